/* held.c - which pack holds a row's last change, and who holds that pack. */
#include "storage/held.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/form.h"
#include "storage/meta.h"
#include "storage/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How far somebody has a feed: the last row and the last clock in it. */
struct reach {
	int64_t row, clock;
};

struct shelf {
	int64_t author, scope;
	int class;
	int64_t feed; /* 0: this author has none, which is worth knowing, too */
	uint32_t head, parent_head, root_head;
	struct reach here, parent, root;
};

int held_note(struct store *s, const struct feed *f, uint32_t seq, int64_t row)
{
	if (!row || s->self.role == ROLE_ROOT || f->key.class == CLASS_REF)
		return 0;
	return db_run(s, "REPLACE INTO pack_row(pack, row) VALUES(?, ?)", "ii", f->id << 32 | seq,
	              row);
}

/* ---- what is not sealed yet ----------------------------------------------------------------- */

static int add_rows(struct buf *rows, const void *set, int len)
{
	sqlite3_changeset_iter *it = NULL;
	sqlite3_value *v;
	const char *name;
	int ncol, op, indirect;
	int64_t row;

	/* start() takes a non-const pointer but only reads */
	if (sqlite3changeset_start(&it, len, (void *)(uintptr_t)set))
		return err(ERR_NOMEM, "out of memory");
	while (sqlite3changeset_next(it) == SQLITE_ROW) {
		v = NULL;
		sqlite3changeset_op(it, &name, &ncol, &op, &indirect);
		if (op == SQLITE_INSERT)
			sqlite3changeset_new(it, 0, &v);
		else
			sqlite3changeset_old(it, 0, &v);
		row = v ? sqlite3_value_int64(v) : 0;
		buf_add(rows, &row, sizeof row);
	}
	sqlite3changeset_finalize(it);
	return rows->err;
}

static int compare_rows(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

static int read_pending(struct store *s, struct held_walk *w)
{
	sqlite3_stmt *st;
	int class, rc = db_prepare(s, "SELECT class, changeset FROM entry", &st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		class = sqlite3_column_int(st, 0);
		rc = class == CLASS_OPEN || class == CLASS_PERSONAL
		             ? add_rows(&w->pending[class], sqlite3_column_blob(st, 1),
		                        sqlite3_column_bytes(st, 1))
		             : 0;
	}
	sqlite3_finalize(st);
	for (class = 0; class < CLASS_COUNT; class ++)
		if (w->pending[class].len)
			qsort(w->pending[class].data, w->pending[class].len / sizeof(int64_t),
			      sizeof(int64_t), compare_rows);
	return rc;
}

static bool is_pending(const struct held_walk *w, int class, int64_t row)
{
	const struct buf *b = &w->pending[class];

	return b->len && bsearch(&row, b->data, b->len / sizeof row, sizeof row, compare_rows);
}

static int get_ready(struct store *s, struct held_walk *w, const char *code)
{
	static const char prefix[CLASS_COUNT] = {[CLASS_OPEN] = 'f', [CLASS_PERSONAL] = 'p'};
	char name[NAME_MAX_LEN];
	int class, rc = meta_int(s, "parent_scope", &w->parent);

	if (rc == ERR_NOTFOUND)
		rc = 0;
	for (class = CLASS_OPEN; !rc && class < CLASS_COUNT; class ++) {
		snprintf(name, sizeof name, "%c_%s", prefix[class], code);
		rc = db_int(s, &w->table[class], "SELECT id FROM synced WHERE name = ?", "t", name);
		if (rc == ERR_NOTFOUND)
			rc = 0;
	}
	if (!rc)
		rc = read_pending(s, w);
	w->ready = !rc;
	return rc;
}

/* ---- who has how much of a feed ---------------------------------------------------------------- */

static int reach_of(struct store *s, int64_t feed, uint32_t seq, struct reach *out)
{
	int rc = db_int(s, &out->row,
	                "SELECT row FROM pack_row WHERE pack > ? AND pack <= ?"
	                " ORDER BY pack DESC LIMIT 1",
	                "ii", feed << 32, feed << 32 | seq);

	if (!rc || rc == ERR_NOTFOUND)
		rc = db_int(s, &out->clock, "SELECT clock FROM pack WHERE id = ?", "i",
		            feed << 32 | seq);
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static uint32_t at_most(uint32_t head, int64_t limit)
{
	return head < limit ? head : (uint32_t)limit;
}

/* The feeds of an author, in the order of their epochs. */
static int load_shelves(struct store *s, struct held_walk *w, const struct shelf *key)
{
	struct shelf f = *key;
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT id, head, parent_head, root_head FROM feed WHERE author = ?"
	                    " AND scope = ? AND class = ? ORDER BY epoch",
	                    &st);

	if (!rc)
		rc = db_bind(st, "iii", key->author, key->scope, (int64_t)key->class);
	while (!rc && (rc = db_step(s, st)) == 1) {
		f.feed = sqlite3_column_int64(st, 0);
		f.head = (uint32_t)sqlite3_column_int64(st, 1);
		f.parent_head = at_most(f.head, sqlite3_column_int64(st, 2));
		f.root_head = at_most(f.head, sqlite3_column_int64(st, 3));
		rc = reach_of(s, f.feed, f.head, &f.here);
		if (!rc)
			rc = reach_of(s, f.feed, f.parent_head, &f.parent);
		if (!rc)
			rc = reach_of(s, f.feed, f.root_head, &f.root);
		buf_add(&w->feeds, &f, sizeof f);
	}
	sqlite3_finalize(st);
	if (!f.feed)
		buf_add(&w->feeds, &f, sizeof f);
	return rc ? rc : w->feeds.err;
}

/* *first and *n: the shelves of key's author, scope and class. */
static int find_shelves(struct store *s, struct held_walk *w, const struct shelf *key,
                        const struct shelf **first, size_t *n)
{
	const struct shelf *f, *end;
	int rc = 0, loaded;

	*n = 0;
	for (loaded = 0; !rc && !*n && loaded < 2; loaded++) {
		/* malloc's alignment holds a struct shelf */
		f = (const struct shelf *)(const void *)w->feeds.data;
		end = f + w->feeds.len / sizeof *f;
		for (; f < end; f++) {
			if (f->author != key->author || f->scope != key->scope ||
			    f->class != key->class)
				continue;
			if (!(*n)++)
				*first = f;
		}
		if (!*n && !loaded)
			rc = load_shelves(s, w, key);
	}
	return rc;
}

static enum held by_row(const struct shelf *f, size_t n, int64_t row)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (row <= f[i].here.row)
			return row <= f[i].root.row     ? HELD_ROOT
			       : row <= f[i].parent.row ? HELD_PARENT
			                                : HELD_SEALED;
	/* made before packs were noted: as the whole feed */
	f += n - 1;
	if (f->here.row || !f->feed)
		return HELD_SEALED;
	return f->root_head >= f->head     ? HELD_ROOT
	       : f->parent_head >= f->head ? HELD_PARENT
	                                   : HELD_SEALED;
}

static enum held by_clock(const struct shelf *f, size_t n, int64_t clock)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (clock <= f[i].here.clock)
			return clock <= f[i].root.clock     ? HELD_ROOT
			       : clock <= f[i].parent.clock ? HELD_PARENT
			                                    : HELD_SEALED;
	return HELD_SEALED;
}

/* ---- a record ---------------------------------------------------------------------------------- */

static enum held least(enum held a, enum held b)
{
	return a < b ? a : b;
}

/* The last change by each node that changed it. */
static int find_writes(struct store *s, struct held_walk *w, struct shelf *key, int64_t row,
                       enum held *out)
{
	const struct shelf *first;
	sqlite3_stmt *st;
	size_t n;
	int rc = db_prepare(s,
	                    "SELECT node, max(clock) FROM cell_write WHERE tbl = ? AND row = ?"
	                    " AND scope = ? GROUP BY node",
	                    &st);

	if (!rc)
		rc = db_bind(st, "iii", w->table[key->class], row, key->scope);
	while (!rc && (rc = db_step(s, st)) == 1) {
		key->author = sqlite3_column_int64(st, 0);
		rc = find_shelves(s, w, key, &first, &n);
		if (!rc)
			*out = least(*out, by_clock(first, n, sqlite3_column_int64(st, 1)));
	}
	sqlite3_finalize(st);
	return rc;
}

static int find_class(struct store *s, struct held_walk *w, int class, int64_t row, int64_t unit,
                      enum held *out)
{
	struct shelf key = {.author = id_node(row), .scope = unit, .class = class};
	const struct shelf *first;
	size_t n;
	int rc;

	*out = HELD_HERE;
	if (is_pending(w, class, row))
		return 0;
	rc = find_shelves(s, w, &key, &first, &n);
	if (rc)
		return rc;
	*out = by_row(first, n, row);
	if (class == CLASS_PERSONAL && row > first[n - 1].here.row)
		*out = HELD_ROOT; /* it has no personal answers */
	return w->table[class] ? find_writes(s, w, &key, row, out) : 0;
}

int held_find(struct store *s, struct held_walk *w, const char *code, int64_t row, int64_t unit,
              enum held *out)
{
	struct feed_key key = {.scope = unit, .class = CLASS_PERSONAL};
	enum held more;
	int rc;

	*out = HELD_ROOT;
	if (s->self.role == ROLE_ROOT)
		return 0;
	rc = w->ready ? 0 : get_ready(s, w, code);
	if (!rc)
		rc = find_class(s, w, CLASS_OPEN, row, unit, out);
	if (unit != w->unit) {
		w->unit = unit;
		w->personal = !w->parent || feed_entitled(s, &key, w->parent);
	}
	if (rc || !w->personal)
		return rc;
	rc = find_class(s, w, CLASS_PERSONAL, row, unit, &more);
	if (more < HELD_PARENT) /* the commune is as far as these go */
		*out = least(*out, more);
	return rc;
}

void held_release(struct held_walk *w)
{
	int class;

	for (class = 0; class < CLASS_COUNT; class ++)
		buf_release(&w->pending[class]);
	buf_release(&w->feeds);
	memset(w, 0, sizeof *w);
}

/* ---- counts ------------------------------------------------------------------------------------ */

#define NODE_ROWS ((INT64_C(1) << 35) - 1) /* in the ids of one node */

struct counting {
	struct store *s;
	struct held_counts *out;
	struct buf shelves; /* of this node, by scope and epoch */
};

static int add_own(void *arg, const struct feed *f)
{
	struct counting *c = arg;
	struct shelf key = {.author = f->key.author, .scope = f->key.scope, .class = CLASS_OPEN};
	struct held_walk w = {0};
	const struct shelf *first;
	size_t n;
	int rc;

	if (f->key.author != c->s->self.number || f->key.class != CLASS_OPEN)
		return 0;
	rc = find_shelves(c->s, &w, &key, &first, &n);
	for (; !rc && n; n--, first++)
		if (first->feed == f->id)
			buf_add(&c->shelves, first, sizeof *first);
	held_release(&w);
	return rc ? rc : c->shelves.err;
}

/* Rows of a form with ids above lo, at most hi, in a unit (0: any). */
static int count_rows(struct store *s, const char *code, int64_t lo, int64_t hi, int64_t unit,
                      int64_t *sum)
{
	char *sql = sqlite3_mprintf("SELECT count(*) FROM \"f_%w\" WHERE _id > ?1 AND _id <= ?2"
	                            " AND (?3 = 0 OR _unit = ?3)",
	                            code);
	sqlite3_stmt *st = NULL;
	int rc = sql ? db_prepare(s, sql, &st) : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	if (!rc)
		rc = db_bind(st, "iii", lo, hi, unit);
	if (!rc && (rc = db_step(s, st)) == 1) {
		*sum += sqlite3_column_int64(st, 0);
		rc = 0;
	}
	sqlite3_finalize(st);
	return rc;
}

/* A later epoch of the same unit begins where the one before ends. */
static int64_t begins(const struct shelf *f, size_t i, int64_t lo)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (f[j].scope == f[i].scope && f[j].here.row > lo)
			lo = f[j].here.row;
	return lo;
}

static int count_form(void *arg, const char *code, int version, const char *label)
{
	struct counting *c = arg;
	int64_t lo = (int64_t)c->s->self.number << 35, from;
	const struct shelf *f = (const struct shelf *)(const void *)c->shelves.data;
	size_t n = c->shelves.len / sizeof *f, i;
	int rc = count_rows(c->s, code, lo, lo | NODE_ROWS, 0, &c->out->made);

	(void)version;
	(void)label;
	for (i = 0; !rc && i < n; i++) {
		from = begins(f, i, lo);
		rc = count_rows(c->s, code, from, f[i].parent.row, f[i].scope, &c->out->at_parent);
		if (!rc)
			rc = count_rows(c->s, code, from, f[i].root.row, f[i].scope,
			                &c->out->at_root);
	}
	return rc;
}

int held_count(struct store *s, struct held_counts *out)
{
	struct counting c = {.s = s, .out = out};
	int rc;

	memset(out, 0, sizeof *out);
	rc = feed_each(s, add_own, &c);
	if (!rc)
		rc = form_each(s, count_form, &c);
	if (s->self.role == ROLE_ROOT)
		out->at_parent = out->at_root = out->made;
	buf_release(&c.shelves);
	return rc;
}

struct making {
	struct store *s;
	int64_t first, sum;
};

static int count_made(void *arg, const char *code, int version, const char *label)
{
	struct making *m = arg;

	(void)version;
	(void)label;
	return count_rows(m->s, code, m->first, m->first | NODE_ROWS, 0, &m->sum);
}

int held_made(struct store *s, uint32_t number, uint64_t *out)
{
	struct making m = {.s = s, .first = (int64_t)number << 35};
	int rc = form_each(s, count_made, &m);

	*out = (uint64_t)m.sum;
	return rc;
}
