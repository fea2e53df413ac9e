/* rollup.c - sums of units: what is kept of them, and the rest by walking over the records. */
#include "storage/rollup.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/mutant.h"
#include "storage/rollup_keep.h"
#include "storage/value.h"

#include <stdlib.h>
#include <string.h>

/* ---- marks ----------------------------------------------------------------------------------- */

static bool keeps(const struct store *s)
{
	return s->self.role == ROLE_OFFICE || s->self.role == ROLE_ROOT;
}

int rollup_mark(struct store *s, int64_t unit)
{
	if (!keeps(s) || MUTANT_IS(29))
		return 0;
	return db_run(s, "INSERT OR IGNORE INTO rollup_stale(unit) VALUES(?)", "i", unit);
}

int rollup_forget(struct store *s)
{
	return db_exec(s, "DELETE FROM rollup; DELETE FROM rollup_set; DELETE FROM rollup_with;"
	                  "DELETE FROM rollup_stale; DELETE FROM rollup_day");
}

int rollup_newest(struct store *s, char day[DATE_LEN])
{
	sqlite3_stmt *st = db_stmt(s, "SELECT max(substr(newest, 1, 10)) FROM rollup");
	int rc = st ? db_step(s, st) : err_code();
	const char *text = rc == 1 ? (const char *)sqlite3_column_text(st, 0) : NULL;

	if (!text || !value_date(text, day))
		*day = 0;
	if (st)
		sqlite3_reset(st);
	return rc < 0 ? rc : 0;
}

/* ---- reading ----------------------------------------------------------------------------------------- */

static int give(void *arg, int64_t unit, int64_t row, const int64_t *value)
{
	struct rollup *r = arg;

	(void)row;
	return r->fn(r->arg, r->at, unit, value);
}

/* What is kept of a unit; one that cannot be read is walked over. */
static int give_kept(struct rollup *r, sqlite3_stmt *st, int64_t *value)
{
	int64_t unit = sqlite3_column_int64(st, 0);
	struct cursor c = cursor_of(sqlite3_column_blob(st, 1),
	                            (size_t)sqlite3_column_bytes(st, 1));
	size_t i;

	if (units_listed(&r->stale, unit))
		return 0;
	for (i = 0; i < r->set[r->at].n; i++)
		value[i] = cursor_svarint(&c);
	if (!c.bad && !sqlite3_column_int(st, 2))
		return r->fn(r->arg, r->at, unit, value);
	buf_add(&r->walked, &unit, sizeof unit);
	return r->walked.err;
}

/* Kept sums are those of a day too, when nothing that they come from is dated later; else those of the day
 * are taken. */
static int read_kept(struct rollup *r, int64_t *value)
{
	sqlite3_stmt *st;
	int rc = db_prepare(r->s,
	                    "SELECT r.unit, coalesce(d.sums, r.sums), d.sums IS NULL AND"
	                    " ?2 IS NOT NULL AND (newest > ?2 || '~' OR EXISTS"
	                    " (SELECT 1 FROM rollup_with w WHERE w.unit = r.unit))"
	                    " FROM rollup r LEFT JOIN rollup_day d ON d.day = ?2 AND"
	                    " d.part = r.part AND d.unit = r.unit WHERE r.part = ?1",
	                    &st);

	buf_add(&r->walked, r->stale.data, r->stale.len);
	if (!rc)
		rc = db_bind(st, "it", r->part[r->at], r->of->day);
	while (!rc && (rc = db_step(r->s, st)) == 1)
		rc = give_kept(r, st, value);
	sqlite3_finalize(st);
	return rc;
}

bool rollup_wanted(const struct rollup *r, size_t i)
{
	return !r->of->only || r->of->only == i + 1;
}

/* Where every record counts. */
bool rollup_of_period(const struct rollup *r, size_t i)
{
	return r->of->from && !strcmp(r->set[i].what->by, "_id");
}

static int read_set(struct rollup *r)
{
	const struct rollup_set *set = &r->set[r->at];
	int64_t *value = calloc(set->n + 1, sizeof *value);
	struct expr_of of = {.day = r->of->day,
	                     .from = rollup_of_period(r, r->at) ? r->of->from : NULL};
	bool use = keeps(r->s) && !r->of->recount && !of.from && r->part[r->at];
	int rc = value ? 0 : err(ERR_NOMEM, "out of memory");

	buf_reset(&r->walked);
	if (!rc)
		rc = use ? read_kept(r, value) : units_of(r->s, set->what, &r->walked);
	of.unit = r->walked.len ? units_list(&r->walked) : value; /* none: they are looked at */
	of.nunit = units_size(&r->walked);
	if (!rc && (of.nunit || !use))
		rc = expr_run(r->s, set->what, set->expr, set->n, &of, give, r);
	free(value);
	return rc;
}

static int read_all(struct rollup *r)
{
	bool all;
	int rc = rollup_parts(r, &all);

	if (!rc)
		rc = rollup_stale(r, -1);
	for (r->at = 0; !rc && r->at < r->nset; r->at++)
		if (rollup_wanted(r, r->at))
			rc = read_set(r);
	return rc;
}

int rollup_read(struct store *s, const struct rollup_set *set, size_t nset,
                const struct rollup_of *of, rollup_fn *fn, void *arg)
{
	struct rollup r = {.s = s, .set = set, .nset = nset, .of = of, .fn = fn, .arg = arg};
	bool alone = sqlite3_get_autocommit(s->db);
	int rc = 0;

	r.part = calloc(nset + 1, sizeof *r.part);
	if (!r.part)
		return err(ERR_NOMEM, "out of memory");
	if (alone && keeps(s) && !of->recount)
		rc = rollup_keep(&r);
	if (!rc && alone)
		rc = db_exec(s, "BEGIN"); /* one state of it all */
	if (!rc)
		rc = read_all(&r);
	if (alone && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
	free(r.part);
	buf_release(&r.stale);
	buf_release(&r.walked);
	return rc;
}
