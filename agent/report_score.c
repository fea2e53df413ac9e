/* report_score.c - units ranked by a composite of indicators, each of which is shown. */
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/report.h"
#include "storage/err.h"
#include "storage/form.h"
#include "storage/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct report_score {
	struct report *r;
	struct grid *g;
	struct figures *f;
	const struct geography *geo;
	struct scores *sc;
	long at;                  /* the unit's number */
	char *title[FIGURES_MAX]; /* of each component; owned */
};

static double tenths(double points)
{
	return round(points * 10) / 10;
}

static const struct indicator *indicator_of(const struct report_score *s, size_t c)
{
	return figures_indicator(s->f, scores_component(s->sc, c)->k);
}

/* How it is worked out stands with it: a rank that nobody can check convinces nobody. */
static void notes(struct report_score *s)
{
	grid_note(s->g,
	          _("Points: the indicator's weight times the part of its target that is reached, "
	            "100% at most"));
	grid_note(s->g,
	          _("Where less is better: times the share free of it, of what the target leaves "
	            "free"));
	grid_note(s->g, _("No data, no points; \"data\" is the part of all weights that has data"));
}

/* ---- one unit ------------------------------------------------------------------------------------ */

static void part_row(struct report_score *s, size_t c)
{
	struct score_part p;

	scores_part(s->sc, c, s->at, &p);
	grid_text(s->g, indicator_of(s, c)->code);
	grid_text(s->g, s->title[c]);
	grid_share(s->g, p.figure.numerator, p.figure.denominator);
	grid_percent(s->g, p.target);
	grid_text(s->g, p.assumed ? _("none is set") : "");
	grid_percent(s->g, p.data ? p.reached : NAN);
	grid_number(s->g, tenths(100 * scores_component(s->sc, c)->part));
	if (p.data)
		grid_number(s->g, tenths(p.points));
	else
		grid_none(s->g);
}

static void print_unit(struct report_score *s)
{
	struct score all;
	size_t c;

	notes(s);
	grid_column(s->g, "code", _("code"), GRID_TEXT);
	grid_column(s->g, "indicator", _("indicator"), GRID_TEXT);
	grid_column(s->g, "share", _("share"), GRID_SHARE);
	grid_column(s->g, "target", _("target"), GRID_PERCENT);
	grid_column(s->g, "note", _("note"), GRID_TEXT);
	grid_column(s->g, "reached", _("of the target"), GRID_PERCENT);
	grid_column(s->g, "of_points", _("of points"), GRID_NUMBER);
	grid_column(s->g, "points", _("points"), GRID_NUMBER);
	for (c = 0; c < scores_size(s->sc); c++)
		part_row(s, c);
	scores_get(s->sc, s->at, &all);
	grid_text(s->g, "score");
	grid_text(s->g, _("Score"));
	for (c = 0; c < 3; c++)
		grid_none(s->g);
	grid_percent(s->g, NAN);
	grid_number(s->g, 100);
	grid_number(s->g, all.known > 0 ? tenths(all.points) : NAN);
}

/* ---- units ranked --------------------------------------------------------------------------------- */

/* A terminal has room for the points only; `report score --unit` shows what they come from. */
static bool narrow(const struct report_score *s)
{
	return s->r->to.format == GRID_TERMINAL;
}

static void columns(struct report_score *s)
{
	char key[128], line[512], weight[FMT];
	const char *code;
	size_t c;

	grid_column(s->g, "rank", _("rank"), GRID_INT);
	report_unit_columns(s->g);
	grid_column(s->g, "score", _("score"), GRID_NUMBER);
	grid_column(s->g, "data", _("data"), GRID_PERCENT);
	for (c = 0; c < scores_size(s->sc); c++) {
		code = indicator_of(s, c)->code;
		snprintf(line, sizeof line, _("%s: %s, of %s points"), code, s->title[c],
		         fmt_decimal(100 * scores_component(s->sc, c)->part, 1, weight));
		grid_note(s->g, line);
		if (!narrow(s))
			grid_column(s->g, code, s->title[c], GRID_SHARE);
		snprintf(key, sizeof key, "%s_points", code);
		snprintf(line, sizeof line, _("%s, points"), s->title[c]);
		grid_column(s->g, key, narrow(s) ? code : line, GRID_NUMBER);
	}
	grid_chart(s->g, _("Score"), 2, 3, GRID_NONE);
}

static void unit_row(struct report_score *s, const struct ranked *ranked)
{
	struct score_part p;
	size_t c;

	if (ranked->rank)
		grid_int(s->g, (int64_t)ranked->rank);
	else
		grid_none(s->g);
	report_unit_cells(s->g, geography_unit(s->geo, (size_t)ranked->unit));
	grid_number(s->g, ranked->score.known > 0 ? tenths(ranked->score.points) : NAN);
	grid_percent(s->g, ranked->score.known);
	for (c = 0; c < scores_size(s->sc); c++) {
		scores_part(s->sc, c, ranked->unit, &p);
		if (!narrow(s))
			grid_share(s->g, p.figure.numerator, p.figure.denominator);
		grid_number(s->g, p.data ? tenths(p.points) : NAN);
	}
}

static int print_ranked(struct report_score *s)
{
	struct ranked *row, whole = {.unit = s->at};
	size_t n, i;
	int rc = scores_rank(s->sc, s->at, s->r->level, &row, &n);

	if (rc)
		return rc;
	notes(s);
	columns(s);
	for (i = 0; i < n && !grid_error(s->g); i++)
		unit_row(s, &row[i]);
	free(row);
	if (s->r->unit.level != s->r->level) { /* all of it, for comparison */
		scores_get(s->sc, s->at, &whole.score);
		unit_row(s, &whole);
	}
	return 0;
}

/* ---- the report ----------------------------------------------------------------------------------- */

static int titles(struct report_score *s)
{
	struct buf text = {0};
	size_t c;
	int rc = 0;

	for (c = 0; !rc && c < scores_size(s->sc); c++) {
		buf_reset(&text);
		rc = form_label(indicator_of(s, c)->label, i18n_lang(), &text);
		s->title[c] = strdup(text.len ? buf_cstr(&text) : indicator_of(s, c)->code);
		if (!s->title[c])
			rc = err(ERR_NOMEM, "out of memory");
	}
	buf_release(&text);
	return rc;
}

static int open_score(struct report_score *s)
{
	struct report *r = s->r;
	const struct figures_of of = {.from = r->from, .day = r->until, .at = r->places};
	int rc = figures_open(r->ctx->s, &of, &s->f);

	if (rc)
		return rc;
	s->geo = figures_geography(s->f);
	rc = scores_open(r->ctx->s, s->f, &s->sc);
	if (!rc)
		rc = report_place(r, s->geo, &s->at);
	return rc ? rc : titles(s);
}

int report_score(struct report *r)
{
	struct report_score s = {.r = r};
	size_t c;
	int rc = report_no_arguments(r);

	if (!rc)
		rc = report_open(r);
	if (!rc)
		rc = open_score(&s);
	if (!rc)
		rc = report_begin(r, _("Score"), &s.g);
	if (!rc && r->level)
		rc = print_ranked(&s);
	else if (!rc)
		print_unit(&s);
	rc = grid_end(s.g, rc);
	for (c = 0; c < FIGURES_MAX; c++)
		free(s.title[c]);
	scores_close(s.sc);
	figures_close(s.f);
	return rc;
}
