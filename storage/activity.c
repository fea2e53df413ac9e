/* activity.c - one statement for each kind of activity. */
#include "storage/activity.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"

#include <string.h>

#define DAY_MIN "0000" /* below any day */
#define DAY_MAX "~"    /* above any, and above a day with a time behind it */

/* Each gives _unit, group, day, since and then what activity_row.n has, from t: the form's records but
 * those that another stands for, or latest: of them each unit's last one. ?1 and ?2 are the first
 * day and the last. */
static const struct {
	const char *form, *date, *sql;
} query[ACTIVITY_KINDS] = {
	[ACTIVITY_TRAINING] =
		{"training", "held_on",
                 "SELECT _unit, topic, max(held_on), NULL, count(*), sum(attendees), sum(women),"
                 " sum(attendees) FILTER (WHERE women IS NOT NULL)"
                 " FROM t WHERE held_on BETWEEN ?1 AND ?2 GROUP BY _unit, topic"},
	[ACTIVITY_ASSIST] =
		{"assist", "done_on",
                 "SELECT _unit, service, max(done_on), NULL, count(*), count(step),"
                 " count(*) FILTER (WHERE step IN ('sign_in', 'fill_in', 'submit', 'pay')),"
                 " count(*) FILTER (WHERE step IN ('fill_in', 'submit', 'pay')),"
                 " count(*) FILTER (WHERE step IN ('submit', 'pay')),"
                 " count(*) FILTER (WHERE step = 'pay'),"
                 " count(*) FILTER (WHERE filed_online = '1'),"
                 " count(*) FILTER (WHERE paid_online = '1')"
                 " FROM t WHERE done_on BETWEEN ?1 AND ?2 GROUP BY _unit, service"},
	/* Dead spots are open since the first record behind the last one without any. */
	[ACTIVITY_SIGNAL] =
		{"signal", "checked_on",
                 "SELECT _unit, technology, checked_on,"
                 " (SELECT min(checked_on) FROM t WHERE _unit = latest._unit AND checked_on <= ?2"
                 "  AND (checked_on, _id) > (SELECT z.checked_on, z._id FROM"
                 "   (SELECT checked_on, _id FROM t WHERE _unit = latest._unit"
                 "    AND checked_on <= ?2 AND coalesce(dead_spots, 0) = 0"
                 "    UNION ALL SELECT '', 0) z ORDER BY 1 DESC, 2 DESC LIMIT 1)),"
                 " covered = '1', dead_spots FROM latest"},
	[ACTIVITY_TEAM] = {"team", "reported_on",
                           "SELECT _unit, kind, reported_on, NULL, trained = '1', members,"
                           " members_trained FROM latest"},
	[ACTIVITY_VISITS] =
		{"visit", "surveyed_on",
                 "SELECT t._unit, NULL, max(surveyed_on), NULL,"
                 " count(*) FILTER (WHERE surveyed_on >= ?1),"
                 " count(DISTINCT coalesce(a.rep, household)) FILTER (WHERE surveyed_on >= ?1)"
                 " FROM t LEFT JOIN same_as a ON a.unit = t._unit AND a.id = household"
                 " WHERE surveyed_on <= ?2 GROUP BY t._unit"},
};

static int prepare(struct store *s, enum activity what, sqlite3_stmt **st)
{
	const char *form = query[what].form, *date = query[what].date;
	char *sql = sqlite3_mprintf(
		"WITH t AS (SELECT * FROM \"f_%w\" r WHERE NOT EXISTS (SELECT 1 FROM same_as h"
		" WHERE h.unit = r._unit AND h.id = r._id AND h.rep <> h.id)),"
		" latest AS (SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY _unit"
		" ORDER BY \"%w\" DESC, _id DESC) AS nth FROM t WHERE \"%w\" <= ?2) WHERE nth = 1) %s",
		form, date, date, query[what].sql);
	int rc = sql ? db_prepare(s, sql, st) : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	return rc;
}

static int form_here(struct store *s, const char *form)
{
	int64_t there;
	int rc = db_int(s, &there,
	                "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'f_' || ?",
	                "t", form);

	if (rc == ERR_NOTFOUND)
		return err(rc, "the form %s is not here yet: sync first", form);
	return rc;
}

static void read_row(sqlite3_stmt *st, struct activity_row *row)
{
	int i;

	memset(row, 0, sizeof *row);
	row->unit = sqlite3_column_int64(st, 0);
	row->group = (const char *)sqlite3_column_text(st, 1);
	row->day = (const char *)sqlite3_column_text(st, 2);
	row->since = (const char *)sqlite3_column_text(st, 3);
	for (i = 4; i < sqlite3_column_count(st); i++)
		row->n[i - 4] = sqlite3_column_int64(st, i);
}

int activity_each(struct store *s, enum activity what, const char *from, const char *day,
                  int (*fn)(void *arg, const struct activity_row *row), void *arg)
{
	struct activity_row row;
	sqlite3_stmt *st = NULL;
	char last[16];
	int rc = form_here(s, query[what].form);

	sqlite3_snprintf(sizeof last, last, "%s" DAY_MAX, day ? day : "");
	if (!rc)
		rc = prepare(s, what, &st);
	if (!rc)
		rc = db_bind(st, "tt", from ? from : DAY_MIN, last);
	while (!rc && (rc = db_step(s, st)) == 1) {
		read_row(st, &row);
		rc = fn(arg, &row);
	}
	sqlite3_finalize(st);
	return rc;
}

int activity_heard(struct store *s, int (*fn)(void *arg, int64_t unit, int64_t ms), void *arg)
{
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT f.scope, max(p.clock) FROM feed f JOIN pack p"
	                    " ON p.id = f.id << 32 | f.head"
	                    " WHERE f.class <> 0 AND f.author <> ? GROUP BY f.scope",
	                    &st);

	if (!rc)
		rc = db_bind(st, "i", (int64_t)s->self.number);
	while (!rc && (rc = db_step(s, st)) == 1)
		rc = fn(arg, sqlite3_column_int64(st, 0), clock_ms(sqlite3_column_int64(st, 1)));
	sqlite3_finalize(st);
	return rc;
}
