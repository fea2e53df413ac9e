/* model_rows.c - the rows, deletions and conflicts that follow from a set of writes. */
#include "tests/sim/model.h"

#include "storage/clock.h"
#include "storage/db.h"
#include "storage/merge.h"
#include "storage/synced.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 512

struct stamp {
	int64_t clock, node;
};

struct m_write {
	struct m_write *next;
	int col;
	int64_t scope;
	struct stamp at;
	uint32_t old, new;
};

struct m_row {
	struct m_row *next; /* in its bucket */
	int table;
	int64_t id, scope; /* scope: of the feed that brought it */
	const struct m_change *insert;
	struct m_write *writes, *deletes;
	bool seen;
};

struct rows {
	struct sim_node *n;
	struct m_row *bucket[BUCKETS];
	uint64_t conflicts, conflict_sum;
};

static bool above(const struct stamp *a, const struct stamp *b)
{
	return a->clock != b->clock ? a->clock > b->clock : a->node > b->node;
}

/* ---- the set of writes ----------------------------------------------------------------------------- */

static struct m_row *row_of(struct rows *r, int table, int64_t id, bool make)
{
	size_t i = mix64((uint64_t)id ^ (uint64_t)table << 56) % BUCKETS;
	struct m_row *row;

	for (row = r->bucket[i]; row; row = row->next)
		if (row->id == id && row->table == table)
			return row;
	if (!make)
		return NULL;
	row = model_alloc(r->n->w, sizeof *row);
	row->table = table;
	row->id = id;
	row->next = r->bucket[i];
	return r->bucket[i] = row;
}

/* Below, above or equal to 0: of a tie the greater stays. */
static int order_values(struct world *w, uint32_t a, uint32_t b)
{
	static const char kinds[] = "idtb";
	const char *x, *y;
	double dx, dy;

	if (a == b || a <= VAL_NULL || b <= VAL_NULL)
		return a == b ? 0 : a > b ? 1 : -1;
	x = model_text(w, a);
	y = model_text(w, b);
	if (*x != *y)
		return strchr(kinds, *x) > strchr(kinds, *y) ? 1 : -1;
	if (*x == 'i')
		return strtoll(x + 1, NULL, 10) > strtoll(y + 1, NULL, 10) ? 1 : -1;
	if (*x == 't' || *x == 'b')
		return strcmp(x, y);
	dx = strtod(x + 1, NULL);
	dy = strtod(y + 1, NULL);
	return (dx > dy) - (dx < dy);
}

static void add_write(struct rows *r, struct m_write **list, const struct m_write *w)
{
	struct m_write *copy;
	int order;

	/* One entry twice: sealed, lost with its disk, and sealed again from an old copy; or two of one
	 * time, of which the greater stays. */
	for (copy = *list; copy; copy = copy->next) {
		if (copy->col != w->col || copy->scope != w->scope ||
		    copy->at.clock != w->at.clock || copy->at.node != w->at.node)
			continue;
		order = order_values(r->n->w, w->new, copy->new);
		if (!order)
			order = order_values(r->n->w, w->old, copy->old);
		if (order > 0) {
			copy->new = w->new;
			copy->old = w->old;
		}
		return;
	}
	copy = model_alloc(r->n->w, sizeof *copy);
	*copy = *w;
	copy->next = *list;
	*list = copy;
}

static void add_change(struct rows *r, const struct m_change *c, const struct m_write *from)
{
	struct m_row *row = row_of(r, c->table, c->row, true);
	struct m_write w = *from;
	int i;

	if (c->op == SQLITE_INSERT) {
		row->insert = c;
		row->scope = from->scope;
	} else if (c->op == SQLITE_DELETE) {
		add_write(r, &row->deletes, &w);
	} else {
		for (i = 2; i < c->ncol; i++) {
			if (c->new[i] == VAL_ABSENT)
				continue;
			w.col = i;
			w.old = c->old[i];
			w.new = c->new[i];
			add_write(r, &row->writes, &w);
		}
	}
}

static bool waits_for_form(struct sim_node *n, const struct m_feed *f, uint32_t seq)
{
	struct feed at;
	int64_t waits;
	int rc = feed_find(n->s, &f->key, false, &at);

	if (!rc)
		rc = db_int(n->s, &waits,
		            "SELECT state = 1 AND reason LIKE 'waits for %form %' FROM pack"
		            " WHERE id = ?",
		            "i", at.id << 32 | seq);
	return !rc && waits;
}

/* Its questions were lost with the root's disk before they went anywhere: till they are asked again, what
 * was answered waits. */
static bool form_lost(const struct rows *r, const struct m_feed *f, uint32_t seq)
{
	struct world *w = r->n->w;

	return w->copied == w->node && waits_for_form(r->n, f, seq) &&
	       waits_for_form(w->node, f, seq);
}

/* Does this node merge that pack? What it wrote itself is there whatever its clock says; but after a
 * restore that came back from others, and it may wait like any. */
static bool merges(const struct rows *r, const struct m_feed *f, uint32_t seq)
{
	const struct m_pack *p = &f->pack[seq];
	struct sim_node *n = r->n;
	struct feed at;
	int64_t state = 0;

	if (f->author == n->index && n->w->copied == n) {
		must(n->w, feed_find(n->s, &f->key, false, &at), "find a feed");
		must(n->w,
		     db_int(n->s, &state, "SELECT state FROM pack WHERE id = ?", "i",
		            at.id << 32 | seq),
		     "find a pack");
		return state == PACK_MERGED;
	}
	if (f->author == n->index)
		return true;
	if (form_lost(r, f, seq))
		return false;
	return !p->bad && clock_ms(p->last_clock) <= clock_now_ms(n->s) + CLOCK_AHEAD_MS;
}

static void add_feed(struct rows *r, const struct m_feed *f)
{
	struct m_write from = {.scope = f->key.scope, .at.node = f->key.author};
	const struct m_entry *e;
	uint32_t seq;
	size_t i;
	int k;

	for (seq = 1; seq <= f->held[r->n->index]; seq++) {
		if (!merges(r, f, seq))
			continue;
		for (i = f->pack[seq].first; i < f->pack[seq].first + f->pack[seq].n; i++) {
			e = &f->e[i];
			from.at.clock = e->clock;
			for (k = 0; k < e->n; k++)
				add_change(r, &e->change[k], &from);
		}
	}
}

/* ---- what follows from it --------------------------------------------------------------------------- */

static const struct m_write *newest(const struct m_write *list, int64_t scope, int col)
{
	const struct m_write *w, *best = NULL;

	for (w = list; w; w = w->next)
		if (w->scope == scope && (col < 0 || w->col == col) &&
		    (!best || above(&w->at, &best->at)))
			best = w;
	return best;
}

static bool lives(const struct m_row *row)
{
	const struct m_write *del, *write;

	if (!row->insert)
		return false;
	del = newest(row->deletes, row->scope, -1);
	write = newest(row->writes, row->scope, -1);
	return !del || (write && above(&write->at, &del->at));
}

static uint32_t cell(const struct m_row *row, int col)
{
	const struct m_write *w = newest(row->writes, row->scope, col);

	if (w)
		return w->new;
	return col < row->insert->ncol ? row->insert->new[col] : VAL_NULL;
}

/* ---- against what is there ---------------------------------------------------------------------------- */

static void compare_row(struct rows *r, const char *table, sqlite3_stmt *st)
{
	struct world *w = r->n->w;
	int t = model_table(w, table), i;
	int64_t id = sqlite3_column_int64(st, 0);
	struct m_row *row = row_of(r, t, id, false);
	char text[ID_TEXT];
	uint32_t want, have;

	if (!row || !row->insert)
		fail(w, "node %d has row %s of %s, which nobody that it may hear wrote",
		     r->n->index, id_text(id, text), table);
	if (!lives(row))
		fail(w, "node %d has row %s of %s, which was deleted", r->n->index,
		     id_text(id, text), table);
	for (i = 0; i < sqlite3_column_count(st); i++) {
		want = i < 2 ? row->insert->new[i] : cell(row, i);
		have = model_value(w, sqlite3_column_value(st, i));
		if (want != have)
			fail(w, "node %d: row %s of %s, column %d is %s, should be %s", r->n->index,
			     id_text(id, text), table, i, model_text(w, have), model_text(w, want));
	}
	row->seen = true;
	w->count[N_ROWS]++;
	w->count[N_REVIVED] += newest(row->deletes, row->scope, -1) != NULL;
}

static int compare_table(void *arg, const char *table, enum class class)
{
	struct rows *r = arg;
	char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", table);
	sqlite3_stmt *st;
	int rc = db_prepare(r->n->s, sql, &st);

	(void)class;
	sqlite3_free(sql);
	while (!rc && (rc = db_step(r->n->s, st)) == 1) {
		compare_row(r, table, st);
		rc = 0;
	}
	sqlite3_finalize(st);
	return rc;
}

static void check_missing(struct rows *r)
{
	struct m_row *row;
	char text[ID_TEXT];
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		for (row = r->bucket[i]; row; row = row->next) {
			r->n->w->count[N_DELETED] += !row->seen && row->insert;
			if (!row->seen && lives(row))
				fail(r->n->w, "node %d lacks row %s of %s", r->n->index,
				     id_text(row->id, text), r->n->w->m->table[row->table]);
		}
	}
}

/* ---- conflicts ------------------------------------------------------------------------------------------ */

static uint64_t hash_text(const char *text)
{
	uint64_t h = 5;

	for (; text && *text; text++)
		h = mix64(h ^ (uint8_t)*text) + 1;
	return text ? h : 0;
}

/* The same for any order in which conflicts are met. */
static void add_conflict(struct rows *r, const struct conflict *c)
{
	uint64_t h = mix64((uint64_t)c->row);

	h = mix64(h ^ (uint64_t)c->won_ms) + c->won_node;
	h = mix64(h ^ (uint64_t)c->lost_ms) + c->lost_node;
	h = mix64(h ^ hash_text(c->won)) ^ hash_text(c->lost) * 3;
	r->conflicts++;
	r->conflict_sum += mix64(h);
}

static const char *as_text(struct world *w, uint32_t value)
{
	return value == VAL_NULL ? NULL : model_text(w, value) + 1;
}

static void expect_conflicts(struct rows *r, const struct m_row *row)
{
	const struct m_write *w, *x, *best;
	struct conflict c = {.row = row->id};
	bool known;

	for (w = row->writes; w; w = w->next) {
		if (w->scope != row->scope)
			continue;
		best = newest(row->writes, row->scope, w->col);
		known = w->new == best->new;
		for (x = row->writes; x && !known; x = x->next)
			known = x->scope == w->scope && x->col == w->col &&
			        x->old == w->new &&above(&x->at, &w->at);
		if (known)
			continue;
		c.won = as_text(r->n->w, best->new);
		c.lost = as_text(r->n->w, w->new);
		c.won_node = (uint32_t)best->at.node;
		c.lost_node = (uint32_t)w->at.node;
		c.won_ms = clock_ms(best->at.clock);
		c.lost_ms = clock_ms(w->at.clock);
		add_conflict(r, &c);
	}
}

static int met_conflict(void *arg, const struct conflict *c)
{
	add_conflict(arg, c);
	return 0;
}

static void compare_conflicts(struct rows *r)
{
	struct rows met = {.n = r->n};
	struct m_row *row;
	size_t i;

	for (i = 0; i < BUCKETS; i++)
		for (row = r->bucket[i]; row; row = row->next)
			expect_conflicts(r, row);
	must(r->n->w, conflict_each(r->n->s, met_conflict, &met), "list conflicts");
	r->n->w->count[N_CONFLICTS] += met.conflicts;
	if (met.conflicts != r->conflicts || met.conflict_sum != r->conflict_sum)
		fail(r->n->w, "node %d lists %" PRIu64 " conflicts, there are %" PRIu64,
		     r->n->index, met.conflicts, r->conflicts);
}

/* ---- packs ------------------------------------------------------------------------------------------------ */

static void check_states(struct rows *r, const struct m_feed *f)
{
	struct feed at;
	int64_t state;
	uint32_t seq;
	int want;

	if (!f->held[r->n->index])
		return;
	must(r->n->w, feed_find(r->n->s, &f->key, false, &at), "find a feed");
	for (seq = 1; seq <= f->held[r->n->index]; seq++) {
		want = merges(r, f, seq)  ? PACK_MERGED
		       : f->pack[seq].bad ? PACK_QUARANTINED
		                          : PACK_WAITING;
		must(r->n->w,
		     db_int(r->n->s, &state, "SELECT state FROM pack WHERE id = ?", "i",
		            at.id << 32 | seq),
		     "find a pack");
		r->n->w->count[N_PACKS]++;
		r->n->w->count[N_WAITING] += want == PACK_WAITING;
		r->n->w->count[N_QUARANTINED] += want == PACK_QUARANTINED;
		if (state != want && !(f->pack[seq].bad && state))
			fail(r->n->w,
			     "node %d: pack %u of node %d, class %d is in state %d, should be %d",
			     r->n->index, seq, f->author, (int)f->key.class, (int)state, want);
	}
}

void model_compare(struct sim_node *n)
{
	struct rows r = {.n = n};
	struct model *m = n->w->m;
	size_t i;

	n->w->count[N_NODES]++;
	for (i = 0; i < m->nfeed; i++) {
		check_states(&r, &m->feed[i]);
		add_feed(&r, &m->feed[i]);
	}
	must(n->w, synced_each(n->s, compare_table, &r), "read the tables");
	check_missing(&r);
	compare_conflicts(&r);
}
