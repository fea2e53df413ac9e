/* report_signal.c - where there is mobile coverage, of which kind, and dead spots that are open. */
#include "agent/choices.h"
#include "agent/i18n.h"
#include "agent/reckon.h"

#include <string.h>

enum { COVERED, SPOTTED, SPOTS, SINCE, RECORDS, TECHNOLOGIES };

static struct choices *technologies(struct reckon *k)
{
	return k->arg;
}

static bool listed(const char *names, const char *name)
{
	size_t n = strlen(name);
	const char *p = names;

	while (p && (p = strstr(p, name))) {
		if ((p == names || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
			return true;
		p += n;
	}
	return false;
}

static void spread(struct reckon *k, const struct activity_row *row, int64_t *n)
{
	size_t i;

	n[COVERED] = row->n[SIGNAL_COVERED];
	n[SPOTTED] = row->n[SIGNAL_DEAD_SPOTS] > 0;
	n[SPOTS] = row->n[SIGNAL_DEAD_SPOTS];
	n[SINCE] = reckon_day(row->since);
	n[RECORDS] = 1;
	for (i = 0; i < technologies(k)->n; i++)
		n[TECHNOLOGIES + i] = n[COVERED] && listed(row->group, technologies(k)->name[i]);
}

static int64_t villages(struct reckon *k, long at)
{
	return at < 0 ? 0 : geography_count(k->geo, at, LEVEL_VILLAGE);
}

static void since_cells(struct reckon *k, const int64_t *now)
{
	char day[DATE_LEN];

	grid_date(k->g, reckon_day_text(now[SINCE], day));
	if (now[SINCE])
		grid_int(k->g, period_days(day, strcmp(k->r->day, k->r->today) < 0 ? k->r->day
		                                                                   : k->r->today));
	else
		grid_none(k->g);
}

/* Without the "other" of choices: nobody records one. */
static size_t shown(struct reckon *k)
{
	return technologies(k)->n - 1;
}

static void cells(struct reckon *k, long at, const int64_t *now, const int64_t *before)
{
	size_t i;

	grid_share(k->g, now[COVERED], villages(k, at));
	reckon_change(k, now, before, COVERED);
	for (i = 0; i < shown(k); i++)
		grid_int(k->g, now[TECHNOLOGIES + i]);
	grid_int(k->g, now[RECORDS]);
	grid_int(k->g, now[SPOTS]);
	since_cells(k, now);
}

static bool whole(struct reckon *k, long at, const int64_t *now)
{
	return now[COVERED] >= villages(k, at) && !now[SPOTS];
}

static int by_unit(struct reckon *k)
{
	size_t i;

	report_unit_columns(k->g);
	grid_column(k->g, "covered", _("villages with coverage"), GRID_SHARE);
	if (k->before)
		grid_column(k->g, "change", _("change"), GRID_INT);
	for (i = 0; i < shown(k); i++)
		grid_column(k->g, technologies(k)->name[i], technologies(k)->label[i], GRID_INT);
	grid_column(k->g, "checked", _("checked"), GRID_INT);
	grid_column(k->g, "dead_spots", _("open dead spots"), GRID_INT);
	grid_column(k->g, "since", _("oldest since"), GRID_DATE);
	grid_column(k->g, "days", _("days"), GRID_INT);
	grid_chart(k->g, _("Villages with mobile coverage"), 1, 2, GRID_NONE);
	return reckon_rows(k, k->r->level);
}

static void technology_row(struct reckon *k, const char *name, const char *label, size_t which)
{
	const int64_t *now = reckon_now(k, k->at), *before = reckon_before(k, k->at);

	grid_text(k->g, name);
	grid_text(k->g, label);
	grid_share(k->g, now[which], villages(k, k->at));
	reckon_change(k, now, before, which);
	if (which == SPOTTED) {
		grid_int(k->g, now[SPOTS]);
		since_cells(k, now);
	} else {
		grid_none(k->g);
		grid_none(k->g);
		grid_none(k->g);
	}
}

static void by_technology(struct reckon *k)
{
	size_t i;

	grid_column(k->g, "what", _("code"), GRID_TEXT);
	grid_column(k->g, "label", _("what there is"), GRID_TEXT);
	grid_column(k->g, "villages", _("villages"), GRID_SHARE);
	if (k->before)
		grid_column(k->g, "change", _("change"), GRID_INT);
	grid_column(k->g, "dead_spots", _("open dead spots"), GRID_INT);
	grid_column(k->g, "since", _("oldest since"), GRID_DATE);
	grid_column(k->g, "days", _("days"), GRID_INT);
	grid_chart(k->g, _("Villages with mobile coverage"), 1, 2, GRID_NONE);
	technology_row(k, "covered", _("any mobile coverage"), COVERED);
	for (i = 0; i < shown(k); i++)
		technology_row(k, technologies(k)->name[i], technologies(k)->label[i],
		               TECHNOLOGIES + i);
	technology_row(k, "dead_spots", _("open dead spots"), SPOTTED);
	technology_row(k, "checked", _("checked at all"), RECORDS);
}

int report_signal(struct report *r)
{
	struct choices c = {.n = 0};
	struct reckon k = {.r = r, .spread = spread, .cells = cells, .whole = whole, .arg = &c};
	int rc = report_no_arguments(r);

	k.how[SINCE] = COMBINE_EARLIEST;
	if (!rc)
		rc = report_open(r);
	if (!rc)
		rc = choices_open(r->ctx->s, "signal", "technology", RECKON_MAX - TECHNOLOGIES, &c);
	k.n = TECHNOLOGIES + c.n;
	if (!rc)
		rc = reckon_open(&k, ACTIVITY_SIGNAL);
	if (!rc)
		rc = report_begin(r, _("Mobile coverage and dead spots"), &k.g);
	if (!rc && r->level)
		rc = by_unit(&k);
	else if (!rc)
		by_technology(&k);
	rc = grid_end(k.g, rc);
	reckon_close(&k);
	choices_close(&c);
	return rc;
}
