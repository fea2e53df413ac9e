/* report_teams.c - community teams: trained, their members, and who has none. */
#include "agent/i18n.h"
#include "agent/reckon.h"

#include <string.h>

/* Of the teams of communes, then of villages, then of both. */
enum { REPORTED, TRAINED, VALUES_OF_ONE };
enum { VILLAGE = VALUES_OF_ONE, MEMBERS = 2 * VALUES_OF_ONE, MEMBERS_TRAINED, LAST, VALUES };

static void spread(struct reckon *k, const struct activity_row *row, int64_t *n)
{
	size_t which = row->group && !strcmp(row->group, "village") ? VILLAGE : 0;

	(void)k;
	n[which + REPORTED] = 1;
	n[which + TRAINED] = row->n[TEAM_TRAINED];
	n[MEMBERS] = row->n[TEAM_MEMBERS];
	n[MEMBERS_TRAINED] = row->n[TEAM_MEMBERS_TRAINED];
	n[LAST] = reckon_day(row->day);
}

static int64_t expected(struct reckon *k, long at, enum level level)
{
	return at < 0 ? 0 : geography_count(k->geo, at, level);
}

static void change(struct reckon *k, const int64_t *now, const int64_t *before)
{
	if (k->before && before)
		grid_int(k->g, now[TRAINED] + now[VILLAGE + TRAINED] - before[TRAINED] -
		                       before[VILLAGE + TRAINED]);
	else if (k->before)
		grid_none(k->g);
}

static void cells(struct reckon *k, long at, const int64_t *now, const int64_t *before)
{
	int64_t all = expected(k, at, LEVEL_COMMUNE) + expected(k, at, LEVEL_VILLAGE);
	int64_t trained = now[TRAINED] + now[VILLAGE + TRAINED];
	char day[DATE_LEN];

	grid_share(k->g, now[TRAINED], expected(k, at, LEVEL_COMMUNE));
	grid_share(k->g, now[VILLAGE + TRAINED], expected(k, at, LEVEL_VILLAGE));
	change(k, now, before);
	grid_int(k->g, now[REPORTED] + now[VILLAGE + REPORTED]);
	grid_int(k->g, all > trained ? all - trained : 0);
	grid_int(k->g, now[MEMBERS]);
	grid_share(k->g, now[MEMBERS_TRAINED], now[MEMBERS]);
	grid_date(k->g, reckon_day_text(now[LAST], day));
}

static bool whole(struct reckon *k, long at, const int64_t *now)
{
	return now[TRAINED] >= expected(k, at, LEVEL_COMMUNE) &&
	       now[VILLAGE + TRAINED] >= expected(k, at, LEVEL_VILLAGE);
}

static int by_unit(struct reckon *k)
{
	report_unit_columns(k->g);
	grid_column(k->g, "commune_trained", _("commune teams trained"), GRID_SHARE);
	grid_column(k->g, "village_trained", _("village teams trained"), GRID_SHARE);
	if (k->before)
		grid_column(k->g, "change", _("change"), GRID_INT);
	grid_column(k->g, "reported", _("reported"), GRID_INT);
	grid_column(k->g, "untrained", _("not trained"), GRID_INT);
	grid_column(k->g, "members", _("members"), GRID_INT);
	grid_column(k->g, "members_trained", _("members trained"), GRID_SHARE);
	grid_column(k->g, "last", _("last report"), GRID_DATE);
	grid_chart(k->g, _("Village teams trained"), 1, 3, GRID_NONE);
	return reckon_rows(k, k->r->level);
}

static void kind_row(struct reckon *k, const char *kind, const char *label, size_t which,
                     enum level level)
{
	const int64_t *now = reckon_now(k, k->at) + which, *before = reckon_before(k, k->at);
	int64_t all = expected(k, k->at, level);

	grid_text(k->g, kind);
	grid_text(k->g, label);
	grid_share(k->g, now[TRAINED], all);
	if (before)
		grid_int(k->g, now[TRAINED] - before[which + TRAINED]);
	grid_int(k->g, now[REPORTED]);
	grid_int(k->g, all > now[TRAINED] ? all - now[TRAINED] : 0);
}

static void by_kind(struct reckon *k)
{
	const int64_t *now = reckon_now(k, k->at), *before = reckon_before(k, k->at);

	grid_column(k->g, "kind", _("code"), GRID_TEXT);
	grid_column(k->g, "label", _("who"), GRID_TEXT);
	grid_column(k->g, "trained", _("trained"), GRID_SHARE);
	if (k->before)
		grid_column(k->g, "change", _("change"), GRID_INT);
	grid_column(k->g, "reported", _("reported"), GRID_INT);
	grid_column(k->g, "untrained", _("not trained"), GRID_INT);
	grid_chart(k->g, _("Teams trained"), 1, 2, GRID_NONE);
	kind_row(k, "commune", _("commune teams"), 0, LEVEL_COMMUNE);
	kind_row(k, "village", _("village teams"), VILLAGE, LEVEL_VILLAGE);
	grid_text(k->g, "members");
	grid_text(k->g, _("members"));
	grid_share(k->g, now[MEMBERS_TRAINED], now[MEMBERS]);
	reckon_change(k, now, before, MEMBERS_TRAINED);
	grid_int(k->g, now[MEMBERS]);
	grid_int(k->g, now[MEMBERS] - now[MEMBERS_TRAINED]);
}

int report_teams(struct report *r)
{
	struct reckon k = {.r = r, .spread = spread, .cells = cells, .whole = whole, .n = VALUES};
	int rc = report_no_arguments(r);

	k.how[LAST] = COMBINE_LATEST;
	if (!rc)
		rc = report_open(r);
	if (!rc)
		rc = reckon_open(&k, ACTIVITY_TEAM);
	if (!rc)
		rc = report_begin(r, _("Community teams"), &k.g);
	if (!rc && r->level)
		rc = by_unit(&k);
	else if (!rc)
		by_kind(&k);
	rc = grid_end(k.g, rc);
	reckon_close(&k);
	return rc;
}
