/* merge.c - packs become rows: per cell, the last writer wins. */
#include "storage/backup.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/form.h"
#include "storage/held.h"
#include "storage/merge.h"
#include "storage/merge_row.h"
#include "storage/meta.h"
#include "storage/mutant.h"
#include "storage/node.h"
#include "storage/pack.h"
#include "storage/rollup.h"
#include "storage/same.h"

#include <inttypes.h>
#include <string.h>

/* One pack being merged, or our own entry being sealed. */
struct merge {
	struct store *s;
	const struct feed_key *key;
	struct write w;     /* clock and author of the entry at hand */
	struct node author; /* only when merging */
	int own;            /* sealing: the rows hold it already */
	int forms;          /* rows that ask for tables came */
	int same;           /* rows that join records came */
	int64_t own_last;   /* highest id among our own rows, come back after a restore */
	int64_t last_row;   /* highest id inserted under the author's number */
};

/* One change of a changeset. */
struct change {
	sqlite3_changeset_iter *it;
	struct mtable *t;
	int ncol, op;
	int64_t row;
};

/* ---- may this node write this? ----------------------------------------------------------------- */

static int64_t value_int(sqlite3_value *v)
{
	return v ? sqlite3_value_int64(v) : 0;
}

/* The registry is written by who enrolled: the numbers of its own range. */
static int check_registry(struct merge *m, sqlite3_value *number)
{
	uint32_t n = (uint32_t)value_int(number), office = n >> 14;
	uint32_t first = m->author.office_first;

	if (m->author.role == ROLE_ROOT)
		return 0;
	if (number && office >= first && office < first + m->author.office_count &&
	    n != m->author.number)
		return 0;
	return err(ERR_DENIED, "node %s enrols a number that is not its to give",
	           node_text(m->author.number, (char[ID_TEXT]){0}));
}

/* Reports are handed in by offices, and stay as they were (submission.h). */
static int check_submission(struct merge *m, struct change *c)
{
	if (strcmp(c->t->name, "f__submission"))
		return 0;
	if (m->author.role == ROLE_DEVICE)
		return err(ERR_DENIED, "device %s hands in a report: only offices may",
		           node_text(m->author.number, (char[ID_TEXT]){0}));
	return c->op == SQLITE_INSERT
	               ? 0
	               : err(ERR_DENIED, "a report that was handed in cannot be changed");
}

static int check_insert(struct merge *m, struct change *c)
{
	sqlite3_value *v = NULL;
	uint32_t maker = id_node(c->row);

	sqlite3changeset_new(c->it, 1, &v);
	if (value_int(v) != m->key->scope && !MUTANT_IS(7))
		return err(ERR_DENIED, "a row of another unit in table %s", c->t->name);
	if (maker != m->key->author && !(maker == 0 && m->author.role == ROLE_ROOT) &&
	    !MUTANT_IS(13))
		return err(ERR_DENIED, "a row of table %s under another node's number", c->t->name);
	if (strcmp(c->t->name, "node"))
		return check_submission(m, c);
	v = NULL;
	if (c->ncol > 2)
		sqlite3changeset_new(c->it, 2, &v);
	return check_registry(m, v);
}

static int check_update(struct merge *m, struct change *c)
{
	sqlite3_value *id = NULL, *scope = NULL, *number = NULL;

	sqlite3changeset_new(c->it, 0, &id);
	sqlite3changeset_new(c->it, 1, &scope);
	if (c->ncol > 2 && !strcmp(c->t->name, "node"))
		sqlite3changeset_new(c->it, 2, &number);
	if (id || scope || number)
		return err(ERR_DENIED, "a row of table %s cannot be moved", c->t->name);
	return check_submission(m, c);
}

static int check_delete(struct merge *m, struct change *c)
{
	sqlite3_value *v = NULL;

	sqlite3changeset_old(c->it, 1, &v);
	if (value_int(v) != m->key->scope)
		return err(ERR_DENIED, "a row of another unit in table %s", c->t->name);
	return check_submission(m, c);
}

/* ---- the three kinds of change ---------------------------------------------------------------- */

/* Our own rows come back after a restore: ids up to theirs are not to be given again. Nor is the epoch that made
 * them to go on while ours is still to be chosen: more of it may be elsewhere. Once it is chosen, later ones
 * are those of other copies of this home. */
static int pass_counter(struct store *s, int64_t id)
{
	uint32_t epoch = (uint32_t)(id >> ID_EPOCH_SHIFT) & ID_EPOCH_MAX;
	int64_t counter, last;
	int rc = meta_int(s, "counter", &counter);

	if (rc && rc != ERR_NOTFOUND)
		return rc;
	last = (int64_t)s->self.number << 35 | (int64_t)s->self.epoch << ID_EPOCH_SHIFT | counter;
	if (id <= last || (epoch > s->self.epoch && !backup_undecided(s)))
		return 0;
	counter = id & ID_COUNTER_MASK;
	if (epoch > s->self.epoch) {
		counter = 0;
		s->self.epoch = epoch + 1;
	}
	rc = meta_set_int(s, "epoch", s->self.epoch);
	return rc ? rc : meta_set_int(s, "counter", counter);
}

/* An insert without all its values, an update without the one it changes. */
static int no_session(void)
{
	return err(ERR_BAD, "a changeset that cannot be read");
}

static int bind_insert(struct change *c, sqlite3_stmt *st)
{
	sqlite3_value *v;
	int i;

	for (i = 0; i < c->ncol; i++) {
		v = NULL;
		sqlite3changeset_new(c->it, i, &v);
		if (!v)
			return no_session();
		sqlite3_bind_value(st, i + 1, v);
	}
	return 0;
}

/* Put in place before its feed came: a built-in form, the unit of an invite. */
static int provisional(const struct merge *m, const struct change *c)
{
	return m->key->class == CLASS_REF && (id_node(c->row) == 0 || c->row == m->s->self.scope);
}

/* A row of that id is there already. */
static int join_insert(struct merge *m, struct change *c, sqlite3_stmt *insert)
{
	sqlite3_value *v;
	int64_t scope;
	int i, there, rc = row_scope(m->s, c->t, c->row, &scope, &there);

	if (rc || (scope > m->key->scope && !provisional(m, c)))
		return rc;
	if (scope != m->key->scope || provisional(m, c)) {
		rc = row_remove(m->s, c->t, c->row);
		if (!rc && m->key->class == CLASS_OPEN)
			rc = rollup_mark(m->s, scope);
		return rc ? rc : row_insert(m->s, insert, &there);
	}
	for (i = 2; !rc && i < c->ncol; i++) {
		sqlite3changeset_new(c->it, i, &v);
		rc = row_join_cell(m->s, c->t, c->row, i, scope, v);
	}
	return rc;
}

static int put_insert(struct merge *m, struct change *c)
{
	sqlite3_stmt *st;
	int rc, marked, there = 0;

	rc = check_insert(m, c);
	if (c->row > m->own_last && id_node(c->row) == m->s->self.number)
		m->own_last = c->row;
	if (!rc)
		rc = row_marked(m->s, c->t, c->row, &marked);
	if (!rc && marked)
		rc = row_exhume(m->s, c->t, c->row, m->key->scope, &there);
	if (!rc)
		rc = mtable_insert(m->s, c->t, c->ncol, &st);
	if (!rc)
		rc = bind_insert(c, st);
	if (!rc)
		rc = row_insert(m->s, st, &there);
	if (!rc && there)
		rc = join_insert(m, c, st);
	if (!rc && (marked || there))
		rc = row_settle(m->s, c->t, c->row, m->key->scope, 1);
	return rc;
}

static int put_update(struct merge *m, struct change *c)
{
	sqlite3_value *old, *new;
	int64_t scope = 0;
	int i, rc, there, stays;

	rc = m->own ? 0 : check_update(m, c);
	if (rc)
		return rc;
	rc = m->own ? 0 : row_scope(m->s, c->t, c->row, &scope, &there);
	for (i = 2; !rc && i < c->ncol; i++) {
		old = new = NULL;
		sqlite3changeset_old(c->it, i, &old);
		sqlite3changeset_new(c->it, i, &new);
		if (!new)
			continue;
		if (!old && !m->own)
			return no_session();
		if (MUTANT_IS(2) && !m->own && !there)
			continue;
		rc = write_add(m->s, c->t, c->row, i, &m->w, old, new, &stays);
		if (!rc && stays && !m->own && there && scope == m->w.scope)
			rc = write_apply(m->s, c->t, c->row, i, &m->w, new);
	}
	if (!rc && !m->own && !there)
		rc = row_settle(m->s, c->t, c->row, m->w.scope, 0);
	return rc;
}

static sqlite3_value *old_value(void *arg, int i)
{
	sqlite3_value *v = NULL;

	sqlite3changeset_old(arg, i, &v);
	return v;
}

static int put_delete(struct merge *m, struct change *c)
{
	struct buf cells = {0};
	int rc;

	rc = m->own ? 0 : check_delete(m, c);
	/* our own row is gone; another's word for what it held is not taken */
	if (m->own || MUTANT_IS(20))
		row_put(&cells, c->ncol, old_value, c->it);
	if (!rc)
		rc = cells.err;
	if (!rc)
		rc = grave_add(m->s, c->t, c->row, &m->w, &cells);
	buf_release(&cells);
	if (!rc && !m->own)
		rc = row_settle(m->s, c->t, c->row, m->w.scope, 0);
	return rc;
}

/* ---- a changeset -------------------------------------------------------------------------------- */

static int read_change(struct merge *m, struct change *c)
{
	const char *name;
	unsigned char *pk;
	sqlite3_value *v = NULL;
	int indirect, npk, i, rc;

	if (sqlite3changeset_op(c->it, &name, &c->ncol, &c->op, &indirect) ||
	    sqlite3changeset_pk(c->it, &pk, &npk))
		return err(ERR_BAD, "a changeset that cannot be read");
	if (!c->t || strcmp(c->t->name, name)) {
		rc = mtable_get(m->s, name, &c->t);
		if (rc)
			return rc;
	}
	if (c->t->class != (int)m->key->class)
		return err(ERR_DENIED, "a change to table %s in a feed of another class",
		           c->t->name);
	if (c->ncol > c->t->ncol)
		return err(MUTANT_IS(25) ? ERR_BAD : ERR_NOTFOUND,
		           "waits for a newer version of the form of table %s", c->t->name);
	for (i = 0; i < npk; i++)
		if (pk[i] != (i == 0))
			return err(ERR_BAD, "a changeset of another kind of table");
	if (c->ncol < 2)
		return err(ERR_BAD, "a changeset of another kind of table");
	if (c->op == SQLITE_INSERT)
		sqlite3changeset_new(c->it, 0, &v);
	else
		sqlite3changeset_old(c->it, 0, &v);
	if (!v || sqlite3_value_type(v) != SQLITE_INTEGER)
		return err(ERR_BAD, "a row without an id in table %s", c->t->name);
	c->row = sqlite3_value_int64(v);
	return 0;
}

static int put_change(struct merge *m, struct change *c)
{
	if (m->key->class == CLASS_REF &&
	    (!strcmp(c->t->name, "question") || !strcmp(c->t->name, "form")))
		m->forms = 1;
	if (m->key->class == CLASS_OPEN &&
	    (!strcmp(c->t->name, "f__same") || !strcmp(c->t->name, "f__origin")))
		m->same = 1;
	switch (c->op) {
	case SQLITE_INSERT:
		if (c->row > m->last_row && id_node(c->row) == m->key->author)
			m->last_row = c->row;
		return m->own ? 0 : put_insert(m, c);
	case SQLITE_UPDATE:
		return put_update(m, c);
	default:
		return put_delete(m, c);
	}
}

static int put_changeset(struct merge *m, const void *set, size_t len)
{
	struct change c = {0};
	int rc, step = SQLITE_OK;

	/* start() takes a non-const pointer but only reads */
	if (len > ENTRY_MAX || sqlite3changeset_start(&c.it, (int)len, (void *)(uintptr_t)set))
		return err(ERR_BAD, "a changeset that cannot be read");
	for (rc = 0; !rc && (step = sqlite3changeset_next(c.it)) == SQLITE_ROW;) {
		rc = read_change(m, &c);
		if (!rc)
			rc = put_change(m, &c);
	}
	sqlite3changeset_finalize(c.it);
	if (!rc && step == SQLITE_NOMEM)
		return err(ERR_NOMEM, "out of memory");
	if (!rc && step != SQLITE_DONE)
		return err(ERR_BAD, "a changeset that cannot be read");
	return rc;
}

static int put_entry(void *arg, int64_t clock, const uint8_t *set, size_t len)
{
	struct merge *m = arg;

	if (clock_ms(clock) > clock_now_ms(m->s) + CLOCK_AHEAD_MS)
		return err(ERR_NOTFOUND,
		           "waits for its time: its clock is more than a day ahead of ours");
	if (m->author.revoked && clock > m->author.revoked)
		return err(ERR_DENIED, "written after its author was revoked");
	m->w.clock = clock;
	return put_changeset(m, set, len);
}

int merge_pack(struct store *s, const struct feed *f, const struct pack *p)
{
	struct merge m = {.s = s, .key = &f->key};
	int rc = mtable_refresh(s);

	m.w.node = f->key.author;
	m.w.scope = f->key.scope;
	if (!rc)
		rc = node_get(s, f->key.author, &m.author);
	if (!rc)
		rc = pack_entries(&f->key, p->body, p->len, put_entry, &m);
	if (!rc)
		rc = clock_saw(s, m.w.clock);
	if (!rc)
		rc = held_note(s, f, p->seq, m.last_row);
	if (!rc && m.same)
		rc = same_refresh(s, f->key.scope);
	if (!rc && f->key.class == CLASS_OPEN)
		rc = rollup_mark(s, f->key.scope);
	if (!rc && f->key.author == s->self.number)
		rc = pass_counter(s, m.own_last);
	if (!rc && m.forms)
		rc = form_tables(s);
	return rc;
}

int merge_own(struct store *s, const struct feed *f, int64_t clock, const void *set, size_t len,
              int64_t *last_row)
{
	struct merge m = {.s = s, .key = &f->key, .own = 1};
	int rc = mtable_refresh(s);

	m.w.node = f->key.author;
	m.w.scope = f->key.scope;
	m.w.clock = clock;
	m.last_row = *last_row;
	if (!rc)
		rc = put_changeset(&m, set, len);
	*last_row = m.last_row;
	return rc;
}
