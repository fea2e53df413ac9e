/* conflict.c - lost values that no later write of the cell started from. */
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/merge.h"

/* w lost to v, the newest write of the cell, and nobody had seen it when writing. */
#define SQL_CONFLICTS                                                                          \
	"SELECT w.row, coalesce(f.code, t.name), coalesce(q.name, 'column ' || w.col),"        \
	" CAST(v.new AS TEXT), CAST(w.new AS TEXT), v.node, w.node, v.clock, w.clock"          \
	" FROM cell_write w JOIN cell_write v USING (tbl, row, col, scope)"                    \
	" JOIN synced t ON t.id = w.tbl"                                                       \
	" LEFT JOIN question q ON q.tbl = t.name AND q.colno = w.col"                          \
	" LEFT JOIN form f ON f.id = q.form"                                                   \
	" WHERE (v.clock, v.node) > (w.clock, w.node) AND w.new IS NOT v.new"                  \
	" AND NOT EXISTS (SELECT 1 FROM cell_write x WHERE x.tbl = w.tbl AND x.row = w.row"    \
	"  AND x.col = w.col AND x.scope = w.scope AND (x.clock, x.node) > (v.clock, v.node))" \
	" AND NOT EXISTS (SELECT 1 FROM cell_write x WHERE x.tbl = w.tbl AND x.row = w.row"    \
	"  AND x.col = w.col AND x.scope = w.scope AND x.old IS w.new"                         \
	"  AND (x.clock, x.node) > (w.clock, w.node))"                                         \
	" ORDER BY w.clock, w.node, w.row, w.col"

int conflict_each(struct store *s, int (*fn)(void *arg, const struct conflict *c), void *arg)
{
	struct conflict c;
	sqlite3_stmt *st;
	int rc = db_prepare(s, SQL_CONFLICTS, &st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		c = (struct conflict){
			.row = sqlite3_column_int64(st, 0),
			.form = (const char *)sqlite3_column_text(st, 1),
			.question = (const char *)sqlite3_column_text(st, 2),
			.won = (const char *)sqlite3_column_text(st, 3),
			.lost = (const char *)sqlite3_column_text(st, 4),
			.won_node = (uint32_t)sqlite3_column_int64(st, 5),
			.lost_node = (uint32_t)sqlite3_column_int64(st, 6),
			.won_ms = clock_ms(sqlite3_column_int64(st, 7)),
			.lost_ms = clock_ms(sqlite3_column_int64(st, 8)),
		};
		rc = fn(arg, &c);
	}
	sqlite3_finalize(st);
	return rc;
}
