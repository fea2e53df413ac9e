/* merge_row.c - one row under merging: its writes, its grave, whether it lives. */
#include "storage/db.h"
#include "storage/err.h"
#include "storage/merge_row.h"
#include "storage/mutant.h"

#include <string.h>

/* ---- writes ------------------------------------------------------------------------------------ */

/* A mark on a row that inserts thought to be free of them. */
static void mark(struct mtable *t, int64_t row)
{
	if (t->mark_node == id_node(row) && row > t->mark_max)
		t->mark_max = row;
}

int row_marked(struct store *s, struct mtable *t, int64_t row, int *marked)
{
	int64_t node = id_node(row), lo = node << 35, hi = (node + 1) << 35, a, b;
	int rc;

	*marked = 0;
	if (t->mark_node != node) {
		rc = db_int(
			s, &a,
			"SELECT max(row) FROM cell_write WHERE tbl = ? AND row >= ? AND row < ?",
			"iii", t->num, lo, hi);
		if (!rc)
			rc = db_int(
				s, &b,
				"SELECT max(row) FROM grave WHERE tbl = ? AND row >= ? AND row < ?",
				"iii", t->num, lo, hi);
		if (rc)
			return rc;
		t->mark_node = node;
		t->mark_max = a > b ? a : b;
	}
	*marked = row <= t->mark_max;
	return 0;
}

static int compare_values(sqlite3_value *a, sqlite3_value *b)
{
	static const int rank[] = {[SQLITE_NULL] = 0,
	                           [SQLITE_INTEGER] = 1,
	                           [SQLITE_FLOAT] = 2,
	                           [SQLITE_TEXT] = 3,
	                           [SQLITE_BLOB] = 4};
	int type = sqlite3_value_type(a), la, lb, c;

	if (type != sqlite3_value_type(b))
		return rank[type] - rank[sqlite3_value_type(b)];
	if (type == SQLITE_INTEGER)
		return (sqlite3_value_int64(a) > sqlite3_value_int64(b)) -
		       (sqlite3_value_int64(a) < sqlite3_value_int64(b));
	if (type == SQLITE_FLOAT)
		return (sqlite3_value_double(a) > sqlite3_value_double(b)) -
		       (sqlite3_value_double(a) < sqlite3_value_double(b));
	if (type == SQLITE_NULL)
		return 0;
	la = sqlite3_value_bytes(a);
	lb = sqlite3_value_bytes(b);
	c = la && lb ? memcmp(sqlite3_value_blob(a), sqlite3_value_blob(b),
	                      (size_t)(la < lb ? la : lb))
	             : 0;
	return c ? c : la - lb;
}

#define WRITE                                                           \
	" INTO cell_write(tbl, row, col, clock, node, scope, old, new)" \
	" VALUES(?, ?, ?, ?, ?, ?, ?, ?)"

static int put_write(struct store *s, const char *sql, int64_t tbl, int64_t row, int col,
                     const struct write *w, sqlite3_value *old, sqlite3_value *new)
{
	sqlite3_stmt *st = db_stmt(s, sql);

	if (!st)
		return err_code();
	db_bind(st, "iiiiii", tbl, row, (int64_t)col, w->clock, w->node, w->scope);
	if (old)
		sqlite3_bind_value(st, 7, old);
	sqlite3_bind_value(st, 8, new);
	return db_step(s, st);
}

/* Is this second write of a cell by one author at one time greater than the first? */
static int tie_won(struct store *s, struct mtable *t, int64_t row, int col, const struct write *w,
                   sqlite3_value *old, sqlite3_value *new, int *won)
{
	sqlite3_stmt *st;
	int more, rc = db_prepare(s,
	                          "SELECT old, new FROM cell_write WHERE tbl = ? AND row = ?"
	                          " AND col = ? AND clock = ? AND node = ? AND scope = ?",
	                          &st);

	if (!rc)
		rc = db_bind(st, "iiiiii", t->num, row, (int64_t)col, w->clock, w->node, w->scope);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1) {
		more = compare_values(new, sqlite3_column_value(st, 1));
		if (!more && old)
			more = compare_values(old, sqlite3_column_value(st, 0));
		*won = more > 0;
	}
	sqlite3_finalize(st);
	return rc < 0 ? rc : 0;
}

/* Nobody writes a cell twice at one time; but a node back from an old copy may, and a forger. The
 * greater stays, so that it is the same everywhere. */
int write_add(struct store *s, struct mtable *t, int64_t row, int col, const struct write *w,
              sqlite3_value *old, sqlite3_value *new, int *stays)
{
	int rc;

	mark(t, row);
	rc = put_write(s, "INSERT OR IGNORE" WRITE, t->num, row, col, w, old, new);
	*stays = sqlite3_changes(s->db) > 0;
	if (rc || *stays || MUTANT_IS(27))
		return rc;
	rc = tie_won(s, t, row, col, w, old, new, stays);
	return rc || !*stays ? rc : put_write(s, "REPLACE" WRITE, t->num, row, col, w, old, new);
}

static int set_cell(struct store *s, struct mtable *t, int64_t row, int col, sqlite3_value *v)
{
	sqlite3_stmt *st;
	int rc = mtable_update(s, t, col, &st);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, row);
	sqlite3_bind_value(st, 2, v);
	return db_step(s, st);
}

int write_apply(struct store *s, struct mtable *t, int64_t row, int col, const struct write *w,
                sqlite3_value *new)
{
	int64_t newer;
	int rc = db_int(s, &newer,
	                "SELECT 1 FROM cell_write WHERE tbl = ? AND row = ? AND col = ?"
	                " AND (clock, node) > (?, ?) AND scope = ? LIMIT 1",
	                "iiiiii", t->num, row, (int64_t)col, w->clock,
	                MUTANT_IS(4) ? INT64_MAX : w->node, w->scope);

	return rc == ERR_NOTFOUND || MUTANT_IS(1) ? set_cell(s, t, row, col, new) : rc;
}

/* Every written cell gets its newest value: walked oldest first, so the newest stays. */
static int overlay_writes(struct store *s, struct mtable *t, int64_t row, int64_t scope)
{
	sqlite3_stmt *st;
	int col, rc = db_prepare(
			 s,
			 "SELECT col, new FROM cell_write"
			 " WHERE tbl = ? AND row = ? AND scope = ? ORDER BY col, clock, node",
			 &st);

	if (!rc)
		rc = db_bind(st, "iii", t->num, row, scope);
	while (!rc && (rc = db_step(s, st)) == 1) {
		col = sqlite3_column_int(st, 0);
		rc = col < t->ncol ? set_cell(s, t, row, col, sqlite3_column_value(st, 1)) : 0;
	}
	sqlite3_finalize(st);
	return rc;
}

/* ---- rows --------------------------------------------------------------------------------------- */

int row_insert(struct store *s, sqlite3_stmt *insert, int *there)
{
	int rc = sqlite3_step(insert);

	*there = rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_ROWID;
	rc = rc == SQLITE_DONE || *there ? 0 : db_err(s, rc);
	sqlite3_reset(insert);
	return rc;
}

int row_remove(struct store *s, struct mtable *t, int64_t row)
{
	sqlite3_bind_int64(t->remove, 1, row);
	return db_step(s, t->remove);
}

int row_join_cell(struct store *s, struct mtable *t, int64_t row, int col, int64_t scope,
                  sqlite3_value *v)
{
	int64_t written;
	int greater = 0;
	int rc = db_int(s, &written,
	                "SELECT 1 FROM cell_write WHERE tbl = ? AND row = ? AND col = ?"
	                " AND scope = ? LIMIT 1",
	                "iiii", t->num, row, (int64_t)col, scope);

	if (rc != ERR_NOTFOUND)
		return rc;
	sqlite3_bind_int64(t->select, 1, row);
	rc = db_step(s, t->select);
	if (rc == 1)
		greater = compare_values(v, sqlite3_column_value(t->select, col)) > 0;
	sqlite3_reset(t->select);
	return rc < 0 ? rc : greater ? set_cell(s, t, row, col, v) : 0;
}

int row_scope(struct store *s, struct mtable *t, int64_t row, int64_t *scope, int *there)
{
	int rc;

	*scope = 0;
	sqlite3_bind_int64(t->select, 1, row);
	rc = db_step(s, t->select);
	*there = rc == 1;
	if (rc == 1)
		*scope = sqlite3_column_int64(t->select, 1);
	sqlite3_reset(t->select);
	return rc < 0 ? rc : 0;
}

/* ---- graves -------------------------------------------------------------------------------------- */

int grave_add(struct store *s, struct mtable *t, int64_t row, const struct write *w,
              struct buf *cells)
{
	mark(t, row);
	return db_run(
		s,
		"INSERT INTO grave(tbl, row, scope, clock, node, cells) VALUES(?, ?, ?, ?, ?, ?)"
		" ON CONFLICT DO UPDATE SET clock = excluded.clock, node = excluded.node,"
		" cells = iif(length(excluded.cells), excluded.cells, cells)"
		" WHERE (excluded.clock, excluded.node) > (clock, node)",
		"iiiiib", t->num, row, w->scope, w->clock, w->node,
		cells->len ? (const void *)cells->data : "", cells->len);
}

static int bury(struct store *s, struct mtable *t, int64_t row, int64_t scope)
{
	struct buf cells = {0};
	int rc;

	sqlite3_bind_int64(t->select, 1, row);
	rc = db_step(s, t->select);
	if (rc == 1) {
		row_put_stmt(&cells, t->select);
		rc = cells.err;
	}
	sqlite3_reset(t->select);
	if (!rc)
		rc = db_run(s, "UPDATE grave SET cells = ? WHERE tbl = ? AND row = ? AND scope = ?",
		            "biii", cells.data, cells.len, t->num, row, scope);
	buf_release(&cells);
	return rc ? rc : row_remove(s, t, row);
}

/* A grave without cells is of a row that never was here: its insert may come yet. */
int row_exhume(struct store *s, struct mtable *t, int64_t row, int64_t scope, int *there)
{
	sqlite3_stmt *st, *insert;
	int was_there, rc = mtable_insert(s, t, t->ncol, &insert);

	if (rc)
		return rc;
	rc = db_prepare(s,
	                "SELECT cells FROM grave WHERE tbl = ? AND row = ? AND scope = ?"
	                " AND length(cells) > 0",
	                &st);
	if (!rc)
		rc = db_bind(st, "iii", t->num, row, scope);
	if (!rc)
		rc = db_step(s, st);
	*there = rc == 1;
	if (rc == 1)
		rc = row_bind(sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0),
		              insert);
	sqlite3_finalize(st);
	if (!rc && *there)
		rc = row_insert(s, insert, &was_there);
	return rc;
}

/* *grave: there is one; *lives: there is none, or a write is newer. */
static int judge(struct store *s, struct mtable *t, int64_t row, int64_t scope, int *grave,
                 int *lives)
{
	int64_t newer;
	int rc = db_int(
		s, &newer,
		"SELECT EXISTS(SELECT 1 FROM cell_write w WHERE w.tbl = g.tbl AND w.row = g.row"
		" AND w.scope = g.scope AND (w.clock, w.node) > (g.clock, g.node))"
		" FROM grave g WHERE tbl = ? AND row = ? AND scope = ?",
		"iii", t->num, row, scope);

	*grave = rc == 0;
	*lives = rc == ERR_NOTFOUND || (newer && !MUTANT_IS(6));
	return rc == ERR_NOTFOUND ? 0 : rc;
}

int row_settle(struct store *s, struct mtable *t, int64_t row, int64_t scope, int overlay)
{
	int64_t has;
	int there, grave, lives;
	int rc = row_scope(s, t, row, &has, &there);

	if (!rc)
		rc = judge(s, t, row, scope, &grave, &lives);
	if (rc || (there && has != scope))
		return rc;
	if (!there && grave && lives) {
		rc = row_exhume(s, t, row, scope, &there);
		overlay = !MUTANT_IS(17);
	}
	if (!rc && there && overlay)
		rc = overlay_writes(s, t, row, scope);
	if (!rc && there && !lives)
		rc = bury(s, t, row, scope);
	return rc;
}
