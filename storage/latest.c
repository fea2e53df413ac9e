/* latest.c - one walk over a form's records, gathered by what they are about. */
#include "storage/latest.h"

#include "storage/db.h"
#include "storage/err.h"

#include <string.h>

static bool is_open(const struct form *f, const struct question *q)
{
	return q && q->col && q->tbl && !strncmp(q->tbl, "f_", 2) && !strcmp(q->tbl + 2, f->code);
}

const struct question *latest_about(const struct form *f)
{
	const struct question *q;

	if (!f->date || !is_open(f, form_question(f, f->date)))
		return NULL;
	for (q = f->q; q < f->q + f->nq; q++)
		if (q->type == Q_RECORD && q->required && is_open(f, q))
			return q;
	return NULL;
}

static int prepare(struct store *s, const struct form *f, sqlite3_stmt **out)
{
	const struct question *to = latest_about(f), *date = form_question(f, f->date);
	char *sql = sqlite3_mprintf(
		"SELECT coalesce(a.rep, v.\"%w\"), max(v.\"%w\") FROM \"f_%w\" v LEFT JOIN same_as a"
		" ON a.unit = v._unit AND a.id = v.\"%w\" WHERE v.\"%w\" IS NOT NULL AND (?1 = 0 OR v._unit IN"
		" (WITH RECURSIVE below(id) AS (SELECT ?1 UNION SELECT u.id FROM unit u JOIN below"
		" ON u.parent = below.id) SELECT id FROM below)) GROUP BY 1 ORDER BY 1",
		to->col, date->col, f->code, to->col, to->col);
	int rc = sql ? db_prepare(s, sql, out) : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	return rc;
}

int latest_each(struct store *s, const struct form *f, int64_t unit,
                int (*fn)(void *arg, int64_t about, const char *last), void *arg)
{
	sqlite3_stmt *st = NULL;
	int rc = prepare(s, f, &st);

	if (!rc)
		rc = db_bind(st, "i", unit);
	while (!rc && (rc = db_step(s, st)) == 1) {
		const char *last = (const char *)sqlite3_column_text(st, 1);

		rc = fn(arg, sqlite3_column_int64(st, 0), last ? last : "");
	}
	sqlite3_finalize(st);
	return rc;
}
