/* reckon.c - activities added up by unit. */
#include "agent/reckon.h"
#include "agent/i18n.h"
#include "storage/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rows {
	struct reckon *k;
	int64_t rest[2][RECKON_MAX]; /* of the report's unit, and in none of those listed */
	bool all;                    /* whatever is missing or not */
};

static const int64_t nothing[RECKON_MAX];

/* ---- days ---------------------------------------------------------------------------------- */

int64_t reckon_day(const char *day)
{
	return day ? strtoll(day, NULL, 10) * 10000 + strtoll(day + 5, NULL, 10) * 100 +
	                       strtoll(day + 8, NULL, 10)
	           : 0;
}

const char *reckon_day_text(int64_t day, char out[DATE_LEN])
{
	unsigned d = (unsigned)(day % 100000000);

	snprintf(out, DATE_LEN, "%04u-%02u-%02u", d / 10000 % 10000, d / 100 % 100, d % 100);
	return d ? out : NULL;
}

/* ---- adding up ----------------------------------------------------------------------------- */

static void combine(enum combine how, int64_t *sum, int64_t v)
{
	if (how == COMBINE_SUM)
		*sum += v;
	else if (v && (!*sum || (how == COMBINE_LATEST ? v > *sum : v < *sum)))
		*sum = v;
}

static int64_t *sums(struct reckon *k, int which, long at)
{
	int64_t **sum = &k->sum[which][at];

	if (!*sum && !(*sum = calloc(k->n, sizeof **sum)))
		err(ERR_NOMEM, "out of memory");
	return *sum;
}

static int spread_row(struct reckon *k, int which, const struct activity_row *row)
{
	int64_t v[RECKON_MAX] = {0}, *sum;
	long holder[UNIT_DEPTH_MAX];
	size_t n = geography_holders(k->geo, row->unit, holder), h, i;

	k->spread(k, row, v);
	for (h = 0; h < n; h++) {
		sum = sums(k, which, holder[h]);
		if (!sum)
			return ERR_NOMEM;
		for (i = 0; i < k->n; i++)
			combine(k->how[i], &sum[i], v[i]);
	}
	return 0;
}

static int add_now(void *arg, const struct activity_row *row)
{
	return spread_row(arg, 0, row);
}

static int add_before(void *arg, const struct activity_row *row)
{
	return spread_row(arg, 1, row);
}

int reckon_add(struct reckon *k, int64_t unit, size_t which, int64_t v)
{
	long holder[UNIT_DEPTH_MAX];
	size_t n = geography_holders(k->geo, unit, holder), h;
	int64_t *sum;

	for (h = 0; h < n; h++) {
		sum = sums(k, 0, holder[h]);
		if (!sum)
			return ERR_NOMEM;
		combine(k->how[which], &sum[which], v);
	}
	return 0;
}

int reckon_open(struct reckon *k, enum activity what)
{
	struct report *r = k->r;
	struct period before;
	int i, rc = geography_open(r->ctx->s, r->until, r->places, &k->geo);

	if (!rc)
		rc = report_place(r, k->geo, &k->at);
	for (i = 0; !rc && i < 2; i++) {
		k->sum[i] = calloc(geography_size(k->geo) + 1, sizeof *k->sum[i]);
		if (!k->sum[i])
			rc = err(ERR_NOMEM, "out of memory");
	}
	if (!rc)
		rc = activity_each(r->ctx->s, what, r->from, r->until, add_now, k);
	k->before = r->period.kind && period_before(&r->period, &before);
	if (!rc && k->before)
		rc = activity_each(r->ctx->s, what, before.from, before.to, add_before, k);
	return rc;
}

void reckon_close(struct reckon *k)
{
	size_t i, n;
	int which;

	for (which = 0; which < 2; which++) {
		n = k->sum[which] ? geography_size(k->geo) : 0;
		for (i = 0; i < n; i++)
			free(k->sum[which][i]);
		free(k->sum[which]);
	}
	geography_close(k->geo);
}

const int64_t *reckon_now(const struct reckon *k, long at)
{
	return k->sum[0][at] ? k->sum[0][at] : nothing;
}

const int64_t *reckon_before(const struct reckon *k, long at)
{
	if (!k->before)
		return NULL;
	return k->sum[1][at] ? k->sum[1][at] : nothing;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static void take_from_rest(struct rows *w, long at)
{
	const int64_t *now = reckon_now(w->k, at), *before = reckon_before(w->k, at);
	size_t i;

	for (i = 0; i < w->k->n; i++) {
		if (w->k->how[i] != COMBINE_SUM)
			continue;
		w->rest[0][i] -= now[i];
		w->rest[1][i] -= before ? before[i] : 0;
	}
}

static int put_row(void *arg, const struct unit *u)
{
	struct rows *w = arg;
	struct reckon *k = w->k;
	long at = geography_find(k->geo, u->id);

	take_from_rest(w, at);
	if (!w->all && k->whole && k->whole(k, at, reckon_now(k, at)))
		return 0;
	report_unit_cells(k->g, u);
	k->cells(k, at, reckon_now(k, at), reckon_before(k, at));
	return grid_error(k->g);
}

static void put_rest(struct rows *w)
{
	struct reckon *k = w->k;
	bool any = false;
	size_t i;

	for (i = 0; i < k->n; i++)
		any |= w->rest[0][i] != 0;
	if (!any)
		return;
	grid_none(k->g);
	grid_text(k->g, _("in none of these"));
	k->cells(k, -1, w->rest[0], k->before ? w->rest[1] : NULL);
}

int reckon_rows(struct reckon *k, enum level level)
{
	struct rows w = {.k = k, .all = !k->r->missing};
	const int64_t *before = reckon_before(k, k->at);
	size_t i;
	int rc;

	for (i = 0; i < k->n; i++) {
		if (k->how[i] != COMBINE_SUM)
			continue;
		w.rest[0][i] = reckon_now(k, k->at)[i];
		w.rest[1][i] = before ? before[i] : 0;
	}
	rc = geography_each(k->geo, k->at, level, put_row, &w);
	if (rc || k->r->missing)
		return rc;
	put_rest(&w);
	return k->r->unit.level == level ? 0 : put_row(&w, &k->r->unit);
}

void reckon_change(struct reckon *k, const int64_t *now, const int64_t *before, size_t which)
{
	if (!k->before)
		return;
	if (before)
		grid_int(k->g, now[which] - before[which]);
	else
		grid_none(k->g);
}
