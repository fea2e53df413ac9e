/* report_coverage.c - every indicator against its target, and against the period before. */
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/report.h"
#include "storage/err.h"
#include "storage/figures.h"
#include "storage/form.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEARLY 1e-9 /* 17 of 20 is 0.85, whatever the floating point says */

struct shown {
	char *title;
	bool down;          /* less is better */
	bool column;        /* has one of its own, where a row is a unit */
	struct figure rest; /* of the unit, and in none of the units listed */
};

struct coverage {
	struct report *r;
	struct grid *g;
	struct figures *now, *before; /* before: of the period before, or NULL */
	const struct geography *geo;  /* of now */
	long at;                      /* the unit's number there */
	struct shown i[FIGURES_MAX];
	size_t n;
	size_t one; /* --indicator, or n */
};

/* ---- figures ----------------------------------------------------------------------------- */

static double share(const struct figure *f)
{
	return f->denominator ? (double)f->numerator / (double)f->denominator : NAN;
}

/* How far the share is from the target, as part of 1; at most 0 when it is reached. */
static double behind(const struct shown *i, const struct figure *f)
{
	return i->down ? share(f) - f->target : f->target - share(f);
}

static void get(const struct coverage *c, size_t k, long at, struct figure *out)
{
	figures_get(c->now, k, at, out);
}

/* Of the survey itself: households visited, of those expected. */
static bool is_survey(const struct coverage *c, size_t k)
{
	return !strcmp(figures_indicator(c->now, k)->code, "visited");
}

static bool is_plain(const struct coverage *c, size_t k)
{
	return figures_indicator(c->now, k)->plain;
}

static double tenths(double points)
{
	return round(points * 10) / 10;
}

/* The change in points against the period before; of a plain number, how many more. Both
 * geographies number the same units. */
static double change(const struct coverage *c, size_t k, long at, const struct figure *f)
{
	struct figure b;

	figures_get(c->before, k, at, &b);
	if (is_plain(c, k))
		return (double)(f->numerator - b.numerator);
	return tenths((share(f) - share(&b)) * 100);
}

/* ---- a figure's cells ---------------------------------------------------------------------- */

/* Of indicator c->one, or of all of them: numbers then stand beside shares. */
static void figure_columns(struct coverage *c)
{
	if (c->one == c->n || !is_plain(c, c->one))
		grid_column(c->g, "share", _("share"), GRID_SHARE);
	if (c->one == c->n || is_plain(c, c->one))
		grid_column(c->g, "number", _("number"), GRID_INT);
	if (c->before)
		grid_column(c->g, "change", _("change"), GRID_NUMBER);
	grid_column(c->g, "target", _("target"), GRID_PERCENT);
	grid_column(c->g, "target_year", _("of year"), GRID_TEXT);
	grid_column(c->g, "behind", _("behind, points"), GRID_NUMBER);
	grid_column(c->g, "result", _("result"), GRID_TEXT);
}

static void value_cells(struct coverage *c, size_t k, const struct figure *f)
{
	bool both = c->one == c->n;

	if (both && is_plain(c, k))
		grid_none(c->g);
	if (is_plain(c, k))
		grid_int(c->g, f->numerator);
	else
		grid_share(c->g, f->numerator, f->denominator);
	if (both && !is_plain(c, k))
		grid_none(c->g);
}

static void target_cells(struct coverage *c, size_t k, const struct figure *f)
{
	const struct shown *i = &c->i[k];
	bool any = f->denominator || is_plain(c, k);
	char year[FMT];

	if (f->target < 0) {
		grid_none(c->g);
		grid_none(c->g);
		grid_none(c->g);
		grid_text(c->g, any ? "-" : _("nothing recorded yet"));
		return;
	}
	snprintf(year, sizeof year, "%lld", (long long)f->target_year);
	grid_percent(c->g, f->target);
	grid_text(c->g, year);
	if (!any) {
		grid_none(c->g);
		grid_text(c->g, _("nothing recorded yet"));
	} else if (behind(i, f) <= NEARLY) {
		grid_number(c->g, 0);
		grid_text(c->g, _("reached"));
	} else {
		grid_number(c->g, behind(i, f) < 0.0005 ? 0.05 : tenths(behind(i, f) * 100));
		grid_text(c->g, _("behind"));
	}
}

static void figure_cells(struct coverage *c, size_t k, long at, const struct figure *f)
{
	value_cells(c, k, f);
	if (c->before && at < 0)
		grid_none(c->g);
	else if (c->before)
		grid_number(c->g, change(c, k, at, f));
	target_cells(c, k, f);
}

/* ---- one unit ---------------------------------------------------------------------------- */

static void print_unit(struct coverage *c)
{
	struct figure f;
	size_t k;

	grid_column(c->g, "code", _("code"), GRID_TEXT);
	grid_column(c->g, "indicator", _("indicator"), GRID_TEXT);
	figure_columns(c);
	if (c->one == c->n)
		grid_chart(c->g, _("Share and target"), 1, 2, c->before ? 5 : 4);
	for (k = 0; k < c->n; k++) {
		if (c->one != c->n && c->one != k)
			continue;
		get(c, k, c->at, &f);
		grid_text(c->g, figures_indicator(c->now, k)->code);
		grid_text(c->g, c->i[k].title);
		figure_cells(c, k, c->at, &f);
	}
}

/* ---- unit by unit ------------------------------------------------------------------------ */

/* Those without a target would make it too wide for eyes, not for programs; --indicator shows any. How
 * much of the survey is done always stands there: shares are shares of that. */
static void choose_columns(struct coverage *c)
{
	bool eyes = c->r->to.format == GRID_TERMINAL || c->r->to.format == GRID_HTML;
	size_t k;

	for (k = 0; k < c->n; k++) {
		get(c, k, c->at, &c->i[k].rest);
		c->i[k].column = is_survey(c, k) ||
		                 (c->one == c->n ? !eyes || c->i[k].rest.target >= 0 : c->one == k);
	}
}

static void unit_cells(struct coverage *c, long at)
{
	struct figure f;
	size_t k;

	for (k = 0; k < c->n; k++) {
		if (!c->i[k].column)
			continue;
		if (at < 0)
			f = c->i[k].rest;
		else
			get(c, k, at, &f);
		if (c->one == k)
			figure_cells(c, k, at, &f);
		else if (is_plain(c, k))
			grid_int(c->g, f.numerator);
		else
			grid_share(c->g, f.numerator, f.denominator);
	}
}

static int unit_row(void *arg, const struct unit *u)
{
	struct coverage *c = arg;
	long at = geography_find(c->geo, u->id);
	struct figure f;
	size_t k;

	for (k = 0; k < c->n; k++) {
		get(c, k, at, &f);
		c->i[k].rest.numerator -= f.numerator;
		c->i[k].rest.denominator -= f.denominator;
	}
	report_unit_cells(c->g, u);
	unit_cells(c, at);
	return grid_error(c->g);
}

/* What was recorded higher up, or where a merge or a split leaves open which unit it was in. */
static void rest_row(struct coverage *c)
{
	bool any = false;
	size_t k;

	for (k = 0; k < c->n; k++) {
		if (is_survey(c, k)) /* a unit's own list may be longer than those below it */
			c->i[k].rest.denominator = 0;
		any |= c->i[k].column && (c->i[k].rest.numerator || c->i[k].rest.denominator);
	}
	if (!any)
		return;
	grid_none(c->g);
	grid_text(c->g, _("in none of these"));
	unit_cells(c, -1);
}

/* What a column's code stands for, where its title has no room for it. */
static void legend(struct coverage *c)
{
	char line[512];
	size_t k;

	for (k = 0; k < c->n; k++) {
		if (!c->i[k].column)
			continue;
		snprintf(line, sizeof line, "%s: %s", figures_indicator(c->now, k)->code,
		         c->i[k].title);
		grid_note(c->g, line);
	}
}

static int print_by(struct coverage *c)
{
	bool narrow = c->r->to.format == GRID_TERMINAL;
	size_t k, value = 2;
	int rc;

	choose_columns(c);
	if (narrow || c->one != c->n)
		legend(c);
	report_unit_columns(c->g);
	/* of --indicator: behind code, name, and perhaps what is visited */
	for (k = 0; k < c->one && c->one != c->n; k++)
		value += c->i[k].column;
	for (k = 0; k < c->n; k++) {
		const char *code = figures_indicator(c->now, k)->code;

		if (c->one == k)
			figure_columns(c);
		else if (c->i[k].column)
			grid_column(c->g, code, narrow ? code : c->i[k].title,
			            is_plain(c, k) ? GRID_INT : GRID_SHARE);
	}
	if (c->one != c->n)
		grid_chart(c->g, c->i[c->one].title, 1, value,
		           is_plain(c, c->one) ? GRID_NONE : value + (c->before ? 2 : 1));
	else if (is_survey(c, 0)) /* the first column of all */
		grid_chart(c->g, c->i[0].title, 1, 2, GRID_NONE);
	rc = geography_each(c->geo, c->at, c->r->level, unit_row, c);
	if (rc)
		return rc;
	rest_row(c);
	return c->r->unit.level == c->r->level ? 0 : unit_row(c, &c->r->unit);
}

/* ---- the report -------------------------------------------------------------------------- */

static int add_indicator(struct coverage *c, const struct indicator *i)
{
	struct shown *s = &c->i[c->n];
	struct buf title = {0};

	form_label(i->label, i18n_lang(), &title);
	s->title = strdup(title.len ? buf_cstr(&title) : i->code);
	s->down = strcmp(i->direction, "down") == 0;
	if (c->r->indicator && !strcmp(c->r->indicator, i->code))
		c->one = c->n;
	c->n++;
	buf_release(&title);
	return s->title ? 0 : err(ERR_NOMEM, "out of memory");
}

/* The figures, also those of the period before. */
static int figure_out(struct coverage *c)
{
	struct report *r = c->r;
	struct figures_of of = {.from = r->from, .day = r->until, .at = r->places};
	struct period before;
	size_t i;
	int rc = figures_open(r->ctx->s, &of, &c->now);

	if (rc)
		return rc;
	c->one = FIGURES_MAX;
	for (i = 0; !rc && i < figures_size(c->now); i++)
		rc = add_indicator(c, figures_indicator(c->now, i));
	if (!rc && !c->n)
		rc = err(ERR_NOTFOUND, "there are no indicators here yet: sync first");
	if (!rc && r->indicator && c->one == FIGURES_MAX)
		rc = err(ERR_NOTFOUND, "there is no indicator %s here", r->indicator);
	if (c->one == FIGURES_MAX)
		c->one = c->n;
	c->geo = figures_geography(c->now);
	if (!rc)
		rc = report_place(r, c->geo, &c->at);
	if (rc || !r->period.kind || !period_before(&r->period, &before))
		return rc;
	of = (struct figures_of){.from = before.from,
	                         .day = before.to,
	                         .at = r->places ? r->places : r->until};
	return figures_open(r->ctx->s, &of, &c->before);
}

int report_coverage(struct report *r)
{
	struct coverage c = {.r = r};
	size_t i;
	int rc = report_no_arguments(r);

	if (!rc)
		rc = report_open(r);
	if (!rc)
		rc = figure_out(&c);
	if (!rc)
		rc = report_begin(r, _("Coverage"), &c.g);
	if (!rc && r->level)
		rc = print_by(&c);
	else if (!rc)
		print_unit(&c);
	rc = grid_end(c.g, rc);
	for (i = 0; i < c.n; i++)
		free(c.i[i].title);
	figures_close(c.now);
	figures_close(c.before);
	return rc;
}
