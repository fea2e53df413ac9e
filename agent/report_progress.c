/* report_progress.c - how far the survey is, unit by unit: visited, last record, last heard of, late. */
#include "agent/i18n.h"
#include "agent/reckon.h"
#include "storage/submission.h"

#include <string.h>

enum { VISITED, LAST, HEARD, VALUES };

struct progress {
	struct reckon *k;
	char due[DATE_LEN];
};

static void spread(struct reckon *k, const struct activity_row *row, int64_t *n)
{
	(void)k;
	n[VISITED] = row->n[VISITS_HOUSEHOLDS];
	n[LAST] = reckon_day(row->day);
}

static int heard(void *arg, int64_t unit, int64_t ms)
{
	char day[DATE_LEN];

	value_today(ms, day);
	return reckon_add(arg, unit, HEARD, reckon_day(day));
}

static int64_t expected(struct reckon *k, long at)
{
	int64_t n = at < 0 ? 0 : geography_households(k->geo, at);

	return n < 0 ? 0 : n;
}

/* Of units of which it is not known how many are expected, any visit will do. */
static bool whole(struct reckon *k, long at, const int64_t *now)
{
	int64_t all = expected(k, at);

	return now[VISITED] > 0 && now[VISITED] >= all;
}

static void cells(struct reckon *k, long at, const int64_t *now, const int64_t *before)
{
	const struct progress *p = k->arg;
	bool late = strcmp(k->r->today, p->due) > 0;
	char day[DATE_LEN];

	grid_share(k->g, now[VISITED], expected(k, at));
	reckon_change(k, now, before, VISITED);
	grid_date(k->g, reckon_day_text(now[LAST], day));
	grid_date(k->g, reckon_day_text(now[HEARD], day));
	if (at < 0)
		grid_none(k->g);
	else if (whole(k, at, now))
		grid_text(k->g, _("done"));
	else
		grid_text(k->g, late           ? _("late")
		                : now[VISITED] ? _("under way")
		                               : _("nothing yet"));
}

static int put(struct reckon *k)
{
	const struct progress *p = k->arg;
	enum level level = k->r->level;
	char line[128];

	if (!level)
		level = k->r->unit.level < LEVEL_COMMUNE ? LEVEL_COMMUNE : LEVEL_VILLAGE;
	snprintf(line, sizeof line, _("To be done by %s"), p->due);
	grid_note(k->g, line);
	report_unit_columns(k->g);
	grid_column(k->g, "visited", _("households visited"), GRID_SHARE);
	if (k->before)
		grid_column(k->g, "change", _("change"), GRID_INT);
	grid_column(k->g, "last", _("last visit"), GRID_DATE);
	grid_column(k->g, "heard", _("last heard of"), GRID_DATE);
	grid_column(k->g, "state", _("state"), GRID_TEXT);
	grid_chart(k->g, _("Households visited, of those expected"), 1, 2, GRID_NONE);
	return reckon_rows(k, level);
}

/* Of this quarter, where nothing else was asked for. */
static int due(struct report *r, struct progress *p)
{
	struct deadline d;
	int rc;

	if (!r->period.kind && !r->as_of) {
		period_of(PERIOD_QUARTER, r->today, &r->period);
		report_period(r);
	}
	rc = submission_deadline(r->ctx->s, r->period.kind ? r->period.kind : PERIOD_QUARTER, &d);
	if (!rc && r->period.kind)
		period_due(&r->period, &d, p->due);
	else
		memcpy(p->due, r->day, DATE_LEN);
	return rc;
}

int report_progress(struct report *r)
{
	struct progress p = {.due = ""};
	struct reckon k =
		{.r = r, .spread = spread, .cells = cells, .whole = whole, .n = VALUES, .arg = &p};
	int rc = report_no_arguments(r);

	k.how[LAST] = k.how[HEARD] = COMBINE_LATEST;
	if (!rc)
		rc = report_open(r);
	if (!rc)
		rc = due(r, &p);
	if (!rc)
		rc = reckon_open(&k, ACTIVITY_VISITS);
	if (!rc)
		rc = activity_heard(r->ctx->s, heard, &k);
	if (!rc)
		rc = report_begin(r, _("Progress of the survey"), &k.g);
	if (!rc)
		rc = put(&k);
	rc = grid_end(k.g, rc);
	reckon_close(&k);
	return rc;
}
