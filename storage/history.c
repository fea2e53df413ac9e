/* history.c - a record's changes, out of the packs of its unit.
 *
 * They are put in order by a temporary table: SQLite's memory is bounded, and spills to a file.
 */
#include "storage/history.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/meta.h"
#include "storage/pack.h"
#include "storage/record.h"

#include <stdio.h>
#include <string.h>

#define NO_COLUMN (-1)
/* columns of f__settled and p__settled (schema.sql) */
enum { SETTLED_TBL = 2, SETTLED_ROW, SETTLED_COL, SETTLED_PERSON = 7, SETTLED_COLUMNS };

/* of f__same */
enum { SAME_KEEP = 3, SAME_OTHER, SAME_SAME, SAME_PERSON };
#define PERSON_AS_BEFORE (-1) /* a change that does not touch it */

struct walk {
	struct store *s;
	history_want *want; /* of ref tables: which rows; NULL: of the one record */
	void *want_arg;
	int64_t row, unit; /* row: also the one at hand */
	char code[FORM_CODE_MAX + 1];
	char open[FORM_TABLE_MAX], personal[FORM_TABLE_MAX]; /* its tables */
	/* of the entry at hand */
	int64_t clock; /* ms of a pending one */
	int64_t node;
	int64_t pending; /* its place among the pending ones, 0: sealed */
};

/* ---- one change --------------------------------------------------------------------------- */

static int64_t int_of(sqlite3_value *v)
{
	return v ? sqlite3_value_int64(v) : 0;
}

static sqlite3_value *new_value(sqlite3_changeset_iter *it, int i)
{
	sqlite3_value *v = NULL;

	sqlite3changeset_new(it, i, &v);
	return v;
}

static sqlite3_value *old_value(sqlite3_changeset_iter *it, int i)
{
	sqlite3_value *v = NULL;

	sqlite3changeset_old(it, i, &v);
	return v;
}

static int put(struct walk *w, enum history_kind kind, const char *tbl, int64_t col,
               sqlite3_value *old, sqlite3_value *new, int64_t person)
{
	sqlite3_stmt *st = db_stmt(w->s, "INSERT INTO temp.history(pending, clock, node, kind, tbl,"
	                                 " row, col, person, old, new)"
	                                 " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	if (!st)
		return ERR_IO;
	db_bind(st, "iiiitiii", w->pending, w->clock, w->node, (int64_t)kind, tbl, w->row, col,
	        person);
	if (old)
		sqlite3_bind_value(st, 9, old);
	if (new)
		sqlite3_bind_value(st, 10, new);
	return db_step(w->s, st);
}

static int put_row(struct walk *w, sqlite3_changeset_iter *it, const char *tbl, int ncol, bool open)
{
	sqlite3_value *v;
	int i, rc = 0;

	if (open)
		rc = put(w, HISTORY_RECORDED, tbl, NO_COLUMN, NULL, NULL, int_of(new_value(it, 2)));
	for (i = open ? FORM_OPEN_COLUMNS : FORM_PERSONAL_COLUMNS; !rc && i < ncol; i++) {
		v = new_value(it, i);
		if (v && sqlite3_value_type(v) != SQLITE_NULL)
			rc = put(w, HISTORY_ANSWERED, tbl, i, NULL, v, 0);
	}
	return rc;
}

static int put_cells(struct walk *w, sqlite3_changeset_iter *it, const char *tbl, int ncol)
{
	sqlite3_value *v;
	int i, rc = 0;

	for (i = FORM_PERSONAL_COLUMNS; !rc && i < ncol; i++) {
		v = new_value(it, i);
		if (v)
			rc = put(w, HISTORY_CHANGED, tbl, i, old_value(it, i), v, 0);
	}
	return rc;
}

static int put_settled(struct walk *w, sqlite3_changeset_iter *it, int ncol, int op)
{
	const char *tbl;

	if (op != SQLITE_INSERT || ncol < SETTLED_COLUMNS ||
	    int_of(new_value(it, SETTLED_ROW)) != w->row)
		return 0;
	tbl = (const char *)sqlite3_value_text(new_value(it, SETTLED_TBL));
	if (!tbl || (strcmp(tbl, w->open) && strcmp(tbl, w->personal)))
		return 0;
	return put(w, HISTORY_SETTLED, tbl, int_of(new_value(it, SETTLED_COL)), NULL, NULL,
	           int_of(new_value(it, SETTLED_PERSON)));
}

static enum history_kind same_kind(sqlite3_value *same)
{
	if (sqlite3_value_type(same) == SQLITE_NULL)
		return HISTORY_PARTED;
	return sqlite3_value_int64(same) ? HISTORY_JOINED : HISTORY_DIFFERENT;
}

/* A change of a pair does not name the records: its row does, here. */
static int put_same_again(struct walk *w, int64_t id, sqlite3_value *same, int64_t person)
{
	sqlite3_stmt *st = db_stmt(w->s, "SELECT CASE ?2 WHEN keep THEN other ELSE keep END"
	                                 " FROM f__same WHERE _id = ?1 AND ?2 IN (keep, other)");
	int rc;

	if (!st)
		return err_code();
	rc = db_bind(st, "ii", id, w->row);
	if (!rc && (rc = db_step(w->s, st)) == 1)
		rc = put(w, same_kind(same), "f__same", id, NULL, sqlite3_column_value(st, 0),
		         person);
	sqlite3_reset(st);
	return rc;
}

static int put_same(struct walk *w, sqlite3_changeset_iter *it, int ncol, int op)
{
	sqlite3_value *same = ncol > SAME_SAME ? new_value(it, SAME_SAME) : NULL, *person;
	int64_t keep, id;

	if (!same || op == SQLITE_DELETE)
		return 0;
	person = ncol > SAME_PERSON ? new_value(it, SAME_PERSON) : NULL;
	if (op == SQLITE_UPDATE)
		return put_same_again(w, int_of(old_value(it, 0)), same,
		                      person ? int_of(person) : PERSON_AS_BEFORE);
	id = int_of(new_value(it, 0));
	keep = int_of(new_value(it, SAME_KEEP));
	if (keep != w->row && int_of(new_value(it, SAME_OTHER)) != w->row)
		return 0;
	return put(w, same_kind(same), "f__same", id, NULL,
	           new_value(it, keep == w->row ? SAME_OTHER : SAME_KEEP), int_of(person));
}

static int read_ref(struct walk *w, sqlite3_changeset_iter *it, const char *tbl, int ncol, int op)
{
	w->row = int_of(op == SQLITE_INSERT ? new_value(it, 0) : old_value(it, 0));
	if (!w->want(w->want_arg, tbl, w->row))
		return 0;
	if (op == SQLITE_UPDATE)
		return put_cells(w, it, tbl, ncol);
	return put(w, op == SQLITE_INSERT ? HISTORY_RECORDED : HISTORY_DELETED, tbl, NO_COLUMN,
	           NULL, NULL, 0);
}

static int read_change(struct walk *w, sqlite3_changeset_iter *it)
{
	const char *tbl;
	int ncol, op, indirect;
	bool open;

	sqlite3changeset_op(it, &tbl, &ncol, &op, &indirect);
	if (w->want)
		return read_ref(w, it, tbl, ncol, op);
	if (!strcmp(tbl, "f__settled") || !strcmp(tbl, "p__settled"))
		return put_settled(w, it, ncol, op);
	if (!strcmp(tbl, "f__same"))
		return put_same(w, it, ncol, op);
	open = !strcmp(tbl, w->open);
	if (!open && strcmp(tbl, w->personal))
		return 0;
	if (int_of(op == SQLITE_INSERT ? new_value(it, 0) : old_value(it, 0)) != w->row)
		return 0;
	switch (op) {
	case SQLITE_INSERT:
		return put_row(w, it, tbl, ncol, open);
	case SQLITE_UPDATE:
		return put_cells(w, it, tbl, ncol);
	default:
		return open ? put(w, HISTORY_DELETED, tbl, NO_COLUMN, NULL, NULL, 0) : 0;
	}
}

static int read_set(struct walk *w, const void *set, size_t len)
{
	sqlite3_changeset_iter *it = NULL;
	int rc;

	/* start() takes a non-const pointer but only reads */
	if (len > ENTRY_MAX || sqlite3changeset_start(&it, (int)len, (void *)(uintptr_t)set))
		return err(ERR_CORRUPT, "a changeset that cannot be read: run 'cayda verify'");
	for (rc = 0; !rc && sqlite3changeset_next(it) == SQLITE_ROW;)
		rc = read_change(w, it);
	sqlite3changeset_finalize(it);
	return rc;
}

/* ---- packs and entries --------------------------------------------------------------------- */

static int read_entry(void *arg, int64_t clock, const uint8_t *set, size_t len)
{
	struct walk *w = arg;

	w->clock = clock;
	return read_set(w, set, len);
}

/* What was set aside is not part of the record. */
static int read_packs(struct walk *w)
{
	struct feed_key key = {.scope = w->unit};
	sqlite3_stmt *st;
	int rc = db_prepare(w->s,
	                    "SELECT f.author, f.epoch, p.body FROM feed f JOIN pack p"
	                    " ON p.id > f.id << 32 AND p.id <= f.id << 32 | f.head"
	                    " WHERE f.scope = ? AND (f.class = 0) = ? AND p.state = 0",
	                    &st);

	if (!rc)
		rc = db_bind(st, "ii", w->unit, (int64_t)(w->want != NULL));
	while (!rc && (rc = db_step(w->s, st)) == 1) {
		w->node = sqlite3_column_int64(st, 0);
		key.author = (uint32_t)w->node;
		key.epoch = (uint32_t)sqlite3_column_int64(st, 1);
		rc = pack_entries(&key, sqlite3_column_blob(st, 2),
		                  (size_t)sqlite3_column_bytes(st, 2), read_entry, w);
	}
	sqlite3_finalize(st);
	return rc;
}

static int read_pending(struct walk *w)
{
	sqlite3_stmt *st;
	int64_t offset;
	int rc;

	meta_int(w->s, "offset_ms", &offset);
	w->node = w->s->self.number;
	rc = db_prepare(w->s,
	                "SELECT wall_ms, changeset FROM entry WHERE scope = ? AND (class = 0) = ?"
	                " ORDER BY id",
	                &st);
	if (!rc)
		rc = db_bind(st, "ii", w->unit, (int64_t)(w->want != NULL));
	while (!rc && (rc = db_step(w->s, st)) == 1) {
		w->pending++;
		w->clock = clock_from_ms(sqlite3_column_int64(st, 0) + offset);
		rc = read_set(w, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1));
	}
	sqlite3_finalize(st);
	return rc;
}

/* ---- the record ------------------------------------------------------------------------------ */

static int unit_of(struct walk *w)
{
	char *sql = sqlite3_mprintf("SELECT _unit FROM \"f_%w\" WHERE _id = ?", w->code);
	sqlite3_stmt *st = NULL;
	int rc = sql ? db_prepare(w->s, sql, &st) : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	if (!rc)
		rc = db_bind(st, "i", w->row);
	if (!rc && (rc = db_step(w->s, st)) == 1) {
		w->unit = sqlite3_column_int64(st, 0);
		rc = 0;
	}
	sqlite3_finalize(st);
	return rc;
}

/* A record that was deleted left its grave. */
static int find_grave(struct walk *w)
{
	char id[ID_TEXT];
	const char *name;
	sqlite3_stmt *st;
	int rc = db_prepare(w->s,
	                    "SELECT substr(t.name, 3), g.scope FROM grave g JOIN synced t"
	                    " ON t.id = g.tbl WHERE g.tbl IN (SELECT id FROM synced)"
	                    " AND g.row = ? AND t.name GLOB 'f_[a-z]*' LIMIT 1",
	                    &st);

	if (!rc)
		rc = db_bind(st, "i", w->row);
	if (!rc)
		rc = db_step(w->s, st);
	name = rc == 1 ? (const char *)sqlite3_column_text(st, 0) : NULL;
	if (name && form_code_ok(name)) {
		snprintf(w->code, sizeof w->code, "%s", name);
		w->unit = sqlite3_column_int64(st, 1);
		rc = 0;
	} else if (rc >= 0) {
		rc = err(ERR_NOTFOUND, "there is no record %s here", id_text(w->row, id));
	}
	sqlite3_finalize(st);
	return rc;
}

static int tell(struct walk *w, int (*fn)(void *arg, const struct history *h), void *arg)
{
	struct history h = {.form = w->code};
	sqlite3_stmt *st;
	int rc = db_prepare(w->s,
	                    "SELECT kind, coalesce((SELECT name FROM question q WHERE q.tbl = h.tbl"
	                    " AND q.colno = h.col ORDER BY q.id LIMIT 1), (SELECT name FROM"
	                    " pragma_table_info(h.tbl) WHERE cid = h.col)), CAST(old AS TEXT),"
	                    " CAST(new AS TEXT), node, CASE WHEN person <> -1 THEN person ELSE"
	                    " coalesce((SELECT p.person FROM temp.history p WHERE p.tbl = h.tbl"
	                    " AND p.col = h.col AND p.person <> -1 AND (p.pending, p.clock, p.node,"
	                    " p.n) < (h.pending, h.clock, h.node, h.n) ORDER BY p.pending DESC,"
	                    " p.clock DESC, p.node DESC, p.n DESC LIMIT 1), 0) END,"
	                    " clock, pending, row, tbl"
	                    " FROM temp.history h ORDER BY pending, clock, node, n",
	                    &st);

	while (!rc && (rc = db_step(w->s, st)) == 1) {
		h.kind = (enum history_kind)sqlite3_column_int(st, 0);
		h.question = (const char *)sqlite3_column_text(st, 1);
		h.old = (const char *)sqlite3_column_text(st, 2);
		h.new = (const char *)sqlite3_column_text(st, 3);
		h.node = (uint32_t)sqlite3_column_int64(st, 4);
		h.person = sqlite3_column_int64(st, 5);
		h.ms = clock_ms(sqlite3_column_int64(st, 6));
		h.pending = sqlite3_column_int64(st, 7) != 0;
		h.row = sqlite3_column_int64(st, 8);
		if (w->want)
			h.form = (const char *)sqlite3_column_text(st, 9);
		rc = fn(arg, &h);
	}
	sqlite3_finalize(st);
	return rc;
}

static int read_all(struct walk *w, int (*fn)(void *arg, const struct history *h), void *arg)
{
	int rc = db_exec(w->s, "DROP TABLE IF EXISTS temp.history;"
	                       "CREATE TEMP TABLE history(n INTEGER PRIMARY KEY, pending, clock,"
	                       " node, kind, tbl, row, col, person, old, new)");

	if (!rc)
		rc = read_packs(w);
	if (!rc)
		rc = read_pending(w);
	if (!rc)
		rc = tell(w, fn, arg);
	if (rc >= 0)
		db_exec(w->s, "DROP TABLE temp.history");
	return rc;
}

int history_ref(struct store *s, int64_t scope, history_want *want,
                int (*fn)(void *arg, const struct history *h), void *arg)
{
	struct walk w = {.s = s, .unit = scope, .want = want, .want_arg = arg};

	return read_all(&w, fn, arg);
}

int history_each(struct store *s, int64_t row, int (*fn)(void *arg, const struct history *h),
                 void *arg)
{
	struct walk w = {.s = s, .row = row};
	int rc = record_form(s, row, w.code, sizeof w.code);

	rc = rc == ERR_NOTFOUND ? find_grave(&w) : rc ? rc : unit_of(&w);
	if (rc)
		return rc;
	snprintf(w.open, sizeof w.open, "f_%s", w.code);
	snprintf(w.personal, sizeof w.personal, "p_%s", w.code);
	return read_all(&w, fn, arg);
}
