/* rollup_day.c - sums of a day: kept of those units that have something later, where they are not today's. */
#include "storage/rollup_keep.h"
#include "storage/db.h"
#include "storage/err.h"

#include <string.h>

/* The units of r->at that have no sums of the day yet, at most a turn of them. */
static int find_missing(struct rollup *r)
{
	sqlite3_stmt *st;
	int64_t unit;
	int rc = db_prepare(r->s,
	                    "SELECT unit FROM rollup r WHERE part = ?1 AND"
	                    " (newest > ?2 || '~' OR EXISTS (SELECT 1 FROM rollup_with w"
	                    " WHERE w.unit = r.unit)) AND NOT EXISTS (SELECT 1 FROM rollup_day d"
	                    " WHERE d.day = ?2 AND d.part = ?1 AND d.unit = r.unit) AND"
	                    " unit NOT IN (SELECT unit FROM rollup_stale) LIMIT ?3",
	                    &st);

	buf_reset(&r->walked);
	if (!rc)
		rc = db_bind(st, "iti", r->part[r->at], r->of->day, (int64_t)UNITS_A_TURN);
	while (!rc && (rc = db_step(r->s, st)) == 1) {
		unit = sqlite3_column_int64(st, 0);
		buf_add(&r->walked, &unit, sizeof unit);
		rc = r->walked.err;
	}
	sqlite3_finalize(st);
	return rc;
}

/* Whoever asks for more days than that starts again from none. */
static int make_room(struct rollup *r)
{
	int64_t days, here;
	int rc = db_int(r->s, &days,
	                "WITH RECURSIVE d(day) AS (SELECT min(day) FROM rollup_day UNION ALL"
	                " SELECT (SELECT min(day) FROM rollup_day WHERE day > d.day) FROM d"
	                " WHERE d.day IS NOT NULL) SELECT count(day) FROM d",
	                "");

	if (!rc)
		rc = db_int(r->s, &here, "SELECT EXISTS (SELECT 1 FROM rollup_day WHERE day = ?)",
		            "t", r->of->day);
	if (rc || here || days < ROLLUP_DAYS_MAX)
		return rc;
	return db_exec(r->s, "DELETE FROM rollup_day");
}

static int keep_unit(struct rollup *r, int64_t unit, const int64_t *value, size_t n)
{
	struct buf sums = {0};
	int rc;

	sums_pack(value, n, &sums);
	rc = sums.err;
	if (!rc)
		rc = db_run(r->s,
		            "INSERT INTO rollup_day(day, part, unit, sums) VALUES(?, ?, ?, ?)",
		            "tiib", r->of->day, r->part[r->at], unit, sums.data, sums.len);
	buf_release(&sums);
	return rc;
}

static int add_up(struct rollup *r)
{
	const struct rollup_set *set = &r->set[r->at];
	struct sums sums = {.n = set->n};
	const struct expr_of of = {.day = r->of->day,
	                           .unit = units_list(&r->walked),
	                           .nunit = units_size(&r->walked)};
	size_t i;
	int rc = make_room(r);

	if (!rc)
		rc = expr_run(r->s, set->what, set->expr, set->n, &of, sums_add, &sums);
	for (i = 0; !rc && i < of.nunit; i++)
		rc = keep_unit(r, of.unit[i], units_list(&sums.value) + i * sums.n, sums.n);
	buf_release(&sums.value);
	return rc;
}

static int turn(struct rollup *r)
{
	int rc = rollup_begin(r->s);

	if (rc)
		return rc;
	rc = find_missing(r);
	if (!rc && r->walked.len)
		rc = add_up(r);
	if (!rc)
		rc = store_commit(r->s);
	store_end(r->s);
	return rc;
}

int rollup_keep_day(struct rollup *r)
{
	bool all;
	int rc = rollup_parts(r, &all);

	for (r->at = 0; !rc && r->at < r->nset; r->at++) {
		if (!r->part[r->at] || !rollup_wanted(r, r->at) || rollup_of_period(r, r->at))
			continue;
		rc = find_missing(r);
		while (!rc && r->walked.len)
			rc = turn(r);
	}
	return rc;
}
