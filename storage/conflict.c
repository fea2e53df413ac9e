/* conflict.c - lost values that no later write of the cell started from. */
#include "storage/conflict.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/mutant.h"

/* That somebody looked at w: only who writes for the row's own unit can say so. */
#define SQL_SETTLED(table)                                                        \
	"EXISTS (SELECT 1 FROM " table " e WHERE e.row = w.row AND e.col = w.col" \
	" AND e.clock = w.clock AND e.node = w.node AND e.tbl = t.name AND e._unit = w.scope)"

/* w lost to v, the newest write of the cell, and nobody had seen it when writing. Tables of our
 * own (their form has no name) hold decisions, of which the last one counts. */
#define SQL_CONFLICTS                                                                                                \
	"SELECT w.row, coalesce((SELECT f.code FROM question q JOIN form f ON f.id = q.form"                         \
	"  WHERE q.tbl = t.name AND q.colno = w.col ORDER BY q.id LIMIT 1), t.name),"                                \
	" coalesce((SELECT q.name FROM question q WHERE q.tbl = t.name AND q.colno = w.col"                          \
	"  ORDER BY q.id LIMIT 1), (SELECT name FROM pragma_table_info(t.name)"                                      \
	"  WHERE cid = w.col), 'column ' || w.col) AS question,"                                                     \
	" CAST(v.new AS TEXT), CAST(w.new AS TEXT), v.node, w.node, v.clock, w.clock,"                               \
	" t.name, w.col, w.scope,"                                                                                   \
	" " SQL_SETTLED("f__settled") " OR " SQL_SETTLED(                                                            \
		"p__settled") " AS settled,"                                                                         \
			      " EXISTS (SELECT 1 FROM grave g WHERE g.tbl = w.tbl AND g.row = w.row"                 \
			      "  AND g.scope = w.scope AND length(g.cells) > 0)"                                     \
			      " FROM cell_write w JOIN cell_write v USING (tbl, row, col, scope)"                    \
			      " JOIN synced t ON t.id = w.tbl"                                                       \
			      " WHERE (v.clock, v.node) > (w.clock, w.node) AND w.new IS NOT v.new"                  \
			      " AND t.name NOT GLOB '[fp]__*'"                                                       \
			      " AND NOT EXISTS (SELECT 1 FROM cell_write x WHERE x.tbl = w.tbl AND x.row = w.row"    \
			      "  AND x.col = w.col AND x.scope = w.scope AND (x.clock, x.node) > (v.clock, v.node))" \
			      " AND NOT EXISTS (SELECT 1 FROM cell_write x WHERE x.tbl = w.tbl AND x.row = w.row"    \
			      "  AND x.col = w.col AND x.scope = w.scope AND x.old IS w.new"                         \
			      "  AND (x.clock, x.node) > (w.clock, w.node))"                                         \
			      " AND (?2 IS NULL OR question = ?2) AND (?3 OR NOT settled)"
#define SQL_ONE_ROW " AND w.tbl IN (SELECT id FROM synced) AND w.row = ?1"
#define SQL_ORDER " ORDER BY w.clock, w.node, w.row, w.col"

/* Writes of a row may come before it, or without it when its author was revoked. */
static int is_here(struct store *s, const struct conflict *c, int *here)
{
	char *sql = sqlite3_mprintf("SELECT * FROM \"%w\" WHERE rowid = ?", c->tbl);
	sqlite3_stmt *st = NULL;
	int rc = sql ? db_prepare(s, sql, &st) : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	if (!rc)
		rc = db_bind(st, "i", c->row);
	if (!rc)
		rc = db_step(s, st);
	*here = rc == 1 && sqlite3_column_int64(st, 1) == c->unit;
	sqlite3_finalize(st);
	return rc < 0 ? rc : 0;
}

int conflict_about(struct store *s, int64_t row, const char *question, bool all,
                   int (*fn)(void *arg, const struct conflict *c), void *arg)
{
	struct conflict c;
	sqlite3_stmt *st;
	int rc = db_prepare(s, row ? SQL_CONFLICTS SQL_ONE_ROW SQL_ORDER : SQL_CONFLICTS SQL_ORDER,
	                    &st);
	int here;

	if (!rc)
		rc = db_bind(st, "iti", row, question, (int64_t)all);
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
			.lost_clock = sqlite3_column_int64(st, 8),
			.tbl = (const char *)sqlite3_column_text(st, 9),
			.col = sqlite3_column_int(st, 10),
			.unit = sqlite3_column_int64(st, 11),
			.settled = sqlite3_column_int(st, 12),
		};
		c.lost_ms = clock_ms(c.lost_clock);
		here = sqlite3_column_int(st, 13); /* and deleted */
		rc = here ? 0 : is_here(s, &c, &here);
		if (!rc && here && !(MUTANT_IS(15) && c.lost_node < c.won_node))
			rc = fn(arg, &c);
	}
	sqlite3_finalize(st);
	return rc;
}

int conflict_each(struct store *s, int (*fn)(void *arg, const struct conflict *c), void *arg)
{
	return conflict_about(s, 0, NULL, false, fn, arg);
}
