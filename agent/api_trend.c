/* api_trend.c - one indicator of one unit at the ends of months, quarters or years. */
#include "agent/api_cover.h"

#include "storage/period.h"
#include "storage/rollup.h"

#include <string.h>

#define POINTS_MAX \
	60 /* of a line: five years of months; below ROLLUP_DAYS_MAX, or they would drive each other out */
#define POINTS 12
#define TURN_MS \
	250 /* a request ends after that; a day that nobody asked for before is a walk over the records */

struct trend {
	struct cover v;
	struct period period[POINTS_MAX]; /* newest first */
	size_t n;
};

/* The last n periods up to as_of; none behind the newest record, where nothing changes any more. */
static int choose(struct call *c, struct trend *t)
{
	const char *said = http_arg(c->q, "step");
	enum period_kind kind = said && *said ? period_kind_of(said) : PERIOD_MONTH;
	char newest[DATE_LEN];
	int64_t n;
	int rc = api_number(c, "n", 1, POINTS_MAX, POINTS, &n);

	if (!rc && kind == PERIOD_NONE)
		rc = err(ERR_BAD, "there is no step %.40s: month, quarter, half or year", said);
	if (!rc)
		rc = rollup_newest(c->ctx->s, newest);
	if (rc)
		return rc;
	period_of(kind, *newest && strcmp(newest, t->v.as_of) < 0 ? newest : t->v.as_of,
	          &t->period[0]);
	for (t->n = 1; t->n < (size_t)n; t->n++)
		if (!period_before(&t->period[t->n - 1], &t->period[t->n]))
			break;
	return 0;
}

static int point(struct call *c, const struct trend *t, size_t i)
{
	const struct period *p = &t->period[t->n - 1 - i];
	const char *day = strcmp(p->to, t->v.as_of) < 0 ? p->to : t->v.as_of;
	const struct figures_of of = {.only = http_arg(c->q, "indicator"),
	                              .day = day,
	                              .at = t->v.geography};
	struct figures *f;
	struct figure figure;
	size_t k;
	long at;
	int rc = figures_open(c->ctx->s, &of, &f);

	if (!rc)
		rc = cover_place(c, figures_geography(f), &at);
	if (!rc)
		rc = cover_indicator(c, f, at, &k);
	if (!rc) {
		figures_get(f, k, at, &figure);
		json_object(&c->j);
		json_kstr(&c->j, "period", p->name);
		json_kstr(&c->j, "day", day);
		cover_figure(&c->j, &figure);
		json_end(&c->j);
	}
	figures_close(f);
	return rc;
}

int api_trend(struct call *c)
{
	int64_t began = http_now_ms(), i;
	struct trend t;
	int rc = cover_days(c, &t.v);

	if (!rc)
		rc = choose(c, &t);
	if (!rc)
		rc = api_number(c, "after", 0, POINTS_MAX, 0, &i);
	if (rc)
		return rc;
	json_object(&c->j);
	json_key(&c->j, "points");
	json_array(&c->j);
	for (; !rc && i < (int64_t)t.n; i++) {
		rc = point(c, &t, (size_t)i);
		if (http_now_ms() - began >= TURN_MS) {
			i++;
			break;
		}
	}
	json_end(&c->j);
	json_key(&c->j, "next");
	i < (int64_t)t.n ? json_int(&c->j, i) : json_null(&c->j);
	return rc ? rc : json_end(&c->j);
}
