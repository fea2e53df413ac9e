/* api_cover.c - coverage for pages: an indicator of the units below one, with all that a page shows beside it. */
#include "agent/api_cover.h"

#include "storage/boundary.h"
#include "storage/clock.h"
#include "storage/rollup.h"

#include <math.h>
#include <string.h>

/* ---- of what ------------------------------------------------------------------------------------------ */

static int day(const struct call *c, const char *name, char out[DATE_LEN], const char *otherwise)
{
	const char *said = http_arg(c->q, name);

	if (!said || !*said)
		memcpy(out, otherwise, DATE_LEN);
	else if (!value_date(said, out))
		return err(ERR_BAD, "\"%.40s\" is not a day like 2026-11-21", said);
	return 0;
}

int cover_days(const struct call *c, struct cover *v)
{
	const char *said = http_arg(c->q, "as-of");
	int rc;

	value_today(clock_now_ms(c->ctx->s), v->today);
	rc = day(c, "as-of", v->as_of, v->today);
	if (!rc)
		rc = day(c, "geography", v->geography, v->as_of);
	v->until = said && *said ? v->as_of : NULL;
	return rc;
}

int cover_place(struct call *c, const struct geography *g, long *at)
{
	const char *code = http_arg(c->q, "unit");
	struct unit u;
	int rc;

	*at = code && *code ? geography_by_code(g, code) : -1;
	if (*at >= 0)
		return api_within(c, geography_unit(g, (size_t)*at)->id);
	rc = api_unit(c, "unit", &u);
	if (rc)
		return rc;
	*at = geography_find(g, u.id);
	if (*at >= 0)
		*at = geography_becomes(g, *at);
	if (*at < 0)
		return err(ERR_NOTFOUND, "%s (%s) is not one unit on that day: ask for a wider one",
		           u.name, u.code);
	return api_within(c, geography_unit(g, (size_t)*at)->id);
}

int cover_indicator(const struct call *c, const struct figures *f, long at, size_t *k)
{
	const char *code = http_arg(c->q, "indicator");
	struct figure figure;

	for (*k = 0; *k < figures_size(f); ++*k) {
		figures_get(f, *k, at, &figure);
		if (code && *code ? !strcmp(figures_indicator(f, *k)->code, code)
		                  : figure.target >= 0)
			return 0;
	}
	*k = 0;
	if (figures_size(f) && (!code || !*code))
		return 0;
	return err(ERR_NOTFOUND, "there is no indicator %s here", code ? code : "-");
}

/* ---- what is told ------------------------------------------------------------------------------------- */

void cover_unit(struct json *j, const struct unit *u)
{
	json_kstr(j, "code", u->code);
	json_kstr(j, "name", u->name);
	json_kstr(j, "level", level_name(u->level));
}

void cover_figure(struct json *j, const struct figure *f)
{
	json_kint(j, "numerator", f->numerator);
	json_kint(j, "denominator", f->denominator);
	json_knum(j, "target", f->target < 0 ? NAN : f->target);
	json_key(j, "target_year");
	f->target < 0 ? json_null(j) : json_int(j, f->target_year);
}

/* From the widest to the unit itself. */
static void path(struct json *j, const struct geography *g, long at)
{
	long holder[UNIT_DEPTH_MAX];
	size_t n = geography_holders(g, geography_unit(g, (size_t)at)->id, holder);

	json_key(j, "path");
	json_array(j);
	while (n) {
		json_object(j);
		cover_unit(j, geography_unit(g, (size_t)holder[--n]));
		json_end(j);
	}
	json_end(j);
}

static int count(void *arg, const struct unit *u)
{
	(void)u;
	++*(size_t *)arg;
	return 0;
}

/* The levels that the unit can be looked at by; the finest that has fewer than a thousand rows unless by says. */
static int levels(struct call *c, const struct geography *g, long at, enum level *by)
{
	const char *said = http_arg(c->q, "by");
	enum level l = geography_unit(g, (size_t)at)->level, otherwise = LEVEL_NONE;
	size_t n;

	*by = said ? level_of(said) : LEVEL_NONE;
	if (said && *said && !*by)
		return err(ERR_BAD, "there is no level %.40s", said);
	json_key(&c->j, "levels");
	json_array(&c->j);
	while (++l <= LEVEL_VILLAGE) {
		n = 0;
		geography_each(g, at, l, count, &n);
		if (!n)
			continue;
		json_str(&c->j, level_name(l));
		otherwise = otherwise && l == LEVEL_VILLAGE ? otherwise : l;
	}
	json_end(&c->j);
	*by = *by ? *by : otherwise;
	json_kstr(&c->j, "by", *by ? level_name(*by) : NULL);
	return 0;
}

/* The first days on which units were others than before: a page offers them as geographies. */
static void changes(struct json *j, const struct geography *g)
{
	const char *next, *last = UNIT_ALWAYS, *from;
	size_t i, n = 0;

	json_key(j, "changes");
	json_array(j);
	do {
		next = NULL;
		for (i = 0; i < geography_size(g); i++) {
			from = geography_unit(g, i)->valid_from;
			if (strcmp(from, last) > 0 && (!next || strcmp(from, next) < 0))
				next = from;
		}
		if (next)
			json_str(j, last = next);
	} while (next && ++n < COVER_CHANGES_MAX);
	json_end(j);
}

/* How much of the survey is done: the number of that indicator, or figures_size(). */
static size_t survey(const struct figures *f)
{
	size_t k = 0;

	while (k < figures_size(f) && strcmp(figures_indicator(f, k)->code, "visited") != 0)
		k++;
	return k;
}

/* Every indicator of the unit. */
static void overview(struct json *j, const struct figures *f, long at)
{
	const struct indicator *i;
	size_t k, visited = survey(f);
	struct figure figure;

	json_key(j, "indicators");
	json_array(j);
	for (k = 0; k < figures_size(f); k++) {
		i = figures_indicator(f, k);
		figures_get(f, k, at, &figure);
		json_object(j);
		json_kstr(j, "code", i->code);
		api_labels(j, "label", i->label);
		json_kstr(j, "counts", i->counts);
		json_kstr(j, "direction", i->direction);
		json_kbool(j, "plain", i->plain);
		json_kbool(j, "of_visited",
		           visited < figures_size(f) && figures_share_of(f, k, visited));
		cover_figure(j, &figure);
		json_end(j);
	}
	json_end(j);
}

/* ---- unit by unit --------------------------------------------------------------------------------------- */

struct rows {
	struct json *j;
	const struct figures *f;
	size_t one, survey; /* the indicator; how much of the survey is done, or figures_size() */
	int64_t numerator, denominator; /* of the unit, and of none of those told so far */
};

/* In which unit it lies: villages of a province have the same names in many communes. */
static void above(struct rows *r, const struct unit *u)
{
	const struct geography *g = figures_geography(r->f);
	long holder[UNIT_DEPTH_MAX];
	size_t n = geography_holders(g, u->id, holder);

	json_kstr(r->j, "in", n > 1 ? geography_unit(g, (size_t)holder[1])->name : NULL);
}

static int row(void *arg, const struct unit *u)
{
	struct rows *r = arg;
	long at = geography_find(figures_geography(r->f), u->id);
	struct figure f, visited = {0};

	figures_get(r->f, r->one, at, &f);
	r->numerator -= f.numerator;
	r->denominator -= f.denominator;
	if (r->survey < figures_size(r->f))
		figures_get(r->f, r->survey, at, &visited);
	json_object(r->j);
	cover_unit(r->j, u);
	above(r, u);
	cover_figure(r->j, &f);
	json_kint(r->j, "visited", visited.numerator);
	json_kint(r->j, "expected", visited.denominator);
	return json_end(r->j);
}

static int rows(struct call *c, const struct figures *f, long at, enum level by)
{
	struct rows r = {.j = &c->j, .f = f, .survey = survey(f)};
	struct figure all;
	int rc = cover_indicator(c, f, at, &r.one);

	if (rc)
		return rc;
	json_kstr(&c->j, "indicator", figures_indicator(f, r.one)->code);
	figures_get(f, r.one, at, &all);
	r.numerator = all.numerator;
	r.denominator = all.denominator;
	json_key(&c->j, "rows");
	json_array(&c->j);
	if (by)
		rc = geography_each(figures_geography(f), at, by, row, &r);
	json_end(&c->j);
	if (r.one == r.survey) /* a unit's own list may be longer than those below it */
		r.denominator = 0;
	json_key(&c->j, "rest");
	json_object(&c->j);
	json_kint(&c->j, "numerator", by ? r.numerator : 0);
	json_kint(&c->j, "denominator", by ? r.denominator : 0);
	json_end(&c->j);
	return rc;
}

/* ---- the answers ---------------------------------------------------------------------------------------- */

static int tell(struct call *c, const struct cover *v, const struct figures *f)
{
	const struct geography *g = figures_geography(f);
	char map[DATE_LEN], newest[DATE_LEN];
	enum level by;
	long at;
	int rc = cover_place(c, g, &at);

	if (!rc)
		rc = boundary_of(c->ctx->s, v->geography, map);
	if (!rc)
		rc = rollup_newest(c->ctx->s, newest);
	if (rc)
		return rc;
	json_object(&c->j);
	path(&c->j, g, at);
	json_kstr(&c->j, "as_of", v->as_of);
	json_kstr(&c->j, "geography", v->geography);
	json_kstr(&c->j, "newest", *newest ? newest : NULL);
	json_kstr(&c->j, "map", *map ? map : NULL);
	changes(&c->j, g);
	rc = levels(c, g, at, &by);
	overview(&c->j, f, at);
	if (!rc && figures_size(f))
		rc = rows(c, f, at, by);
	return rc ? rc : json_end(&c->j);
}

int api_coverage(struct call *c)
{
	struct figures *f = NULL;
	struct cover v;
	int rc = cover_days(c, &v);
	const struct figures_of of = {.day = v.until, .at = v.geography};

	if (!rc)
		rc = figures_open(c->ctx->s, &of, &f);
	if (!rc)
		rc = tell(c, &v, f);
	figures_close(f);
	return rc;
}

int api_map(struct call *c)
{
	struct buf text = {0};
	int rc = boundary_read(c->ctx->s, c->part[0], &text);

	if (!rc && !api_known(c, text.data, text.len))
		fwrite(text.data, 1, text.len, c->r->out);
	buf_release(&text);
	return rc;
}

static int nothing(struct call *c)
{
	json_object(&c->j);
	return json_end(&c->j);
}

int api_map_put(struct call *c)
{
	int rc = boundary_put(c->ctx->s, c->part[0], c->q->body);

	return rc ? rc : nothing(c);
}

int api_map_drop(struct call *c)
{
	int rc = boundary_drop(c->ctx->s, c->part[0]);

	return rc ? rc : nothing(c);
}
