/* cmd_report.c - coverage against targets. */
#include "agent/answer.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/tree.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/figures.h"
#include "storage/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char usage_report[] = N_(
	"coverage [--unit CODE] [--as-of DATE] [--geography DATE] [--by LEVEL]");
const char help_report[] = N_(
	"  --unit CODE           of this unit and all below it; else of this node's own\n"
	"  --as-of DATE          with what was recorded for that day and before\n"
	"  --geography DATE      in the units in force on that day; else on the day of --as-of\n"
	"  --by LEVEL            a line for each district, commune or village\n"
	"\n"
	"The target is the one of the year of the day, or of the nearest year that has one.\n"
	"\n"
	"Example:\n"
	"  cayda report coverage --by village\n");

struct shown_indicator {
	char *code, *title, *counts;
	bool down;  /* less is better */
	bool plain; /* a number, no share */
	bool aimed; /* it has a target: a column where there is a line for each unit */
};

struct report {
	struct ctx *ctx;
	struct unit unit;
	long at;                  /* the unit's number in the geography */
	const char *day, *places; /* --as-of and --geography; NULL: all, and today's */
	char today[DATE_LEN];
	struct figures *figures;
	const struct geography *geo; /* of figures */
	struct shown_indicator i[FIGURES_MAX];
	struct figure rest[FIGURES_MAX]; /* of the unit, not in one of the units listed */
	size_t n;
	struct table table;
	struct json json;
};

/* ---- figures ----------------------------------------------------------------------------- */

static double share(const struct figure *f)
{
	return f->denominator ? (double)f->numerator / (double)f->denominator : -1;
}

static bool reached(const struct shown_indicator *i, const struct figure *f)
{
	/* 17 of 20 is 0.85, whatever the floating point says */
	return i->down ? share(f) <= f->target + 1e-9 : share(f) >= f->target - 1e-9;
}

static int add_indicator(struct report *r, const struct indicator *i)
{
	struct shown_indicator *s = &r->i[r->n++];
	struct buf title = {0};

	form_label(i->label, i18n_lang(), &title);
	s->code = strdup(i->code);
	s->title = strdup(title.len ? buf_cstr(&title) : i->code);
	s->counts = strdup(i->counts);
	s->down = strcmp(i->direction, "down") == 0;
	s->plain = i->plain;
	buf_release(&title);
	return s->code && s->title && s->counts ? 0 : err(ERR_NOMEM, "out of memory");
}

/* Households that were visited: what a share of households is a share of. */
static void visited(struct report *r, int64_t *done, int64_t *expected)
{
	struct figure f;
	size_t i;

	*done = -1;
	*expected = geography_households(r->geo, r->at);
	for (i = 0; i < r->n && *done < 0; i++) {
		if (strcmp(r->i[i].counts, "households") != 0)
			continue;
		figures_get(r->figures, i, r->at, &f);
		*done = f.denominator;
	}
}

/* ---- one unit ---------------------------------------------------------------------------- */

static void result_cell(struct table *t, const struct shown_indicator *i, const struct figure *f)
{
	char points[FMT];
	double behind = (i->down ? share(f) - f->target : f->target - share(f)) * 100;

	if (!i->plain && !f->denominator && !f->numerator)
		table_cell(t, _("nothing recorded yet"));
	else if (!f->denominator || f->target < 0)
		table_cell(t, "-");
	else if (reached(i, f))
		table_cell(t, _("reached"));
	else if (behind < 0.05)
		table_cell(t, _("behind by less than a tenth of a point"));
	else
		table_cellf(t, _("behind by %s points"), fmt_decimal(behind, 1, points));
}

static void share_cell(struct table *t, const struct figure *f)
{
	char text[FMT];

	table_cell(t, f->denominator ? fmt_percent(share(f), text) : "-");
}

/* The target, with its year when that is not the report's. */
static void target_cell(struct report *r, const struct figure *f)
{
	long year = strtol(r->day ? r->day : r->today, NULL, 10);
	char text[FMT];

	if (f->target < 0)
		table_cell(&r->table, "-");
	else if (f->target_year == year)
		table_cell(&r->table, fmt_percent(f->target, text));
	else
		table_cellf(&r->table, "%s (%lld)", fmt_percent(f->target, text),
		            (long long)f->target_year);
}

static void table_line(struct report *r, size_t k)
{
	const struct shown_indicator *i = &r->i[k];
	struct table *t = &r->table;
	char a[FMT], b[FMT];
	struct figure f;

	figures_get(r->figures, k, r->at, &f);
	table_cell(t, i->title);
	share_cell(t, &f);
	if (i->plain)
		table_cell(t, fmt_int(f.numerator, a));
	else
		table_cellf(t, "%s / %s", fmt_int(f.numerator, a), fmt_int(f.denominator, b));
	target_cell(r, &f);
	result_cell(t, i, &f);
}

static void title(struct report *r)
{
	int64_t done, expected;
	char a[FMT], b[FMT], c[FMT];

	visited(r, &done, &expected);
	printf(_("Coverage of %s (%s), %s\n"), r->unit.name, r->unit.code,
	       r->day ? r->day : r->today);
	if (r->places)
		printf(_("In the units of %s\n"), r->places);
	if (done >= 0 && expected > 0)
		printf(_("Households visited: %s of %s (%s)\n"), fmt_int(done, a),
		       fmt_int(expected, b), fmt_percent((double)done / (double)expected, c));
	else if (done >= 0)
		printf(_("Households visited: %s\n"), fmt_int(done, a));
	putchar('\n');
}

static int print_unit(struct report *r)
{
	size_t i;

	title(r);
	table_begin(&r->table, stdout);
	table_column(&r->table, _("indicator"), false);
	table_column(&r->table, _("share"), true);
	table_column(&r->table, _("count"), true);
	table_column(&r->table, _("target"), true);
	table_column(&r->table, _("result"), false);
	for (i = 0; i < r->n; i++)
		table_line(r, i);
	return table_end(&r->table);
}

/* ---- unit by unit ------------------------------------------------------------------------ */

static int by_row(void *arg, const struct unit *u)
{
	struct report *r = arg;
	long at = geography_find(r->geo, u->id);
	struct figure f;
	size_t i;

	table_cell(&r->table, u->code);
	table_cell(&r->table, u->name);
	for (i = 0; i < r->n; i++) {
		figures_get(r->figures, i, at, &f);
		if (r->i[i].aimed)
			share_cell(&r->table, &f);
		r->rest[i].numerator -= f.numerator;
		r->rest[i].denominator -= f.denominator;
	}
	return 0;
}

/* Before the units: what all of it is, for by_row() to take from. */
static void rest_begin(struct report *r)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		figures_get(r->figures, i, r->at, &r->rest[i]);
		r->i[i].aimed = r->rest[i].target >= 0;
	}
}

static bool rest_any(const struct report *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->i[i].aimed && (r->rest[i].numerator || r->rest[i].denominator))
			return true;
	return false;
}

/* What was recorded higher up, or where a merge or a split leaves open which unit it was in. */
static void rest_row(struct report *r)
{
	size_t i;

	if (!rest_any(r))
		return;
	table_cell(&r->table, "-");
	table_cell(&r->table, _("in none of these"));
	for (i = 0; i < r->n; i++)
		if (r->i[i].aimed)
			share_cell(&r->table, &r->rest[i]);
}

static int print_by(struct report *r, enum level level)
{
	struct table legend;
	size_t i;
	int rc, end;

	title(r);
	rest_begin(r);
	table_begin(&legend, stdout);
	table_column(&legend, NULL, false);
	table_column(&legend, NULL, false);
	for (i = 0; i < r->n; i++) {
		if (!r->i[i].aimed)
			continue;
		table_cell(&legend, r->i[i].code);
		table_cell(&legend, r->i[i].title);
	}
	table_end(&legend);
	putchar('\n');
	table_begin(&r->table, stdout);
	table_column(&r->table, _("code"), false);
	table_column(&r->table, _("name"), false);
	for (i = 0; i < r->n; i++)
		if (r->i[i].aimed)
			table_column(&r->table, r->i[i].code, true);
	rc = geography_each(r->geo, r->at, level, by_row, r);
	rest_row(r);
	if (!rc && r->unit.level != level)
		rc = by_row(r, &r->unit);
	end = table_end(&r->table);
	return rc ? rc : end;
}

/* ---- JSON -------------------------------------------------------------------------------- */

static void json_count(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	if (v < 0)
		json_null(j);
	else
		json_int(j, v);
}

static void json_figure(struct report *r, const struct shown_indicator *i, const struct figure *of)
{
	struct json *j = &r->json;
	const struct figure f = *of;

	json_object(j);
	json_kstr(j, "code", i->code);
	json_kstr(j, "title", i->title);
	json_kint(j, "numerator", f.numerator);
	json_count(j, "denominator", i->plain ? -1 : f.denominator);
	json_knum(j, "share", f.denominator ? share(&f) : NAN);
	json_knum(j, "target", f.target >= 0 ? f.target : NAN);
	json_count(j, "target_year", f.target >= 0 ? f.target_year : -1);
	json_key(j, "reached");
	if (f.denominator && f.target >= 0)
		json_bool(j, reached(i, &f));
	else
		json_null(j);
	json_end(j);
}

static int json_unit(void *arg, const struct unit *u)
{
	struct report *r = arg;
	long at = geography_find(r->geo, u->id);
	struct figure f;
	size_t i;

	json_object(&r->json);
	json_kstr(&r->json, "unit", u->code);
	json_kstr(&r->json, "name", u->name);
	json_key(&r->json, "indicators");
	json_array(&r->json);
	for (i = 0; i < r->n; i++) {
		figures_get(r->figures, i, at, &f);
		json_figure(r, &r->i[i], &f);
		r->rest[i].numerator -= f.numerator;
		r->rest[i].denominator -= f.denominator;
	}
	json_end(&r->json);
	return json_end(&r->json);
}

static int print_json(struct report *r, enum level level)
{
	int64_t done, expected;
	struct json *j = &r->json;
	size_t i;
	int rc = 0, end;

	visited(r, &done, &expected);
	rest_begin(r);
	json_begin(j, stdout);
	json_object(j);
	json_kstr(j, "unit", r->unit.code);
	json_kstr(j, "name", r->unit.name);
	json_kstr(j, "as_of", r->day);
	json_kstr(j, "geography", r->places);
	json_count(j, "households_visited", done);
	json_count(j, "households_expected", expected);
	json_key(j, "indicators");
	json_array(j);
	for (i = 0; i < r->n; i++)
		json_figure(r, &r->i[i], &r->rest[i]);
	json_end(j);
	if (level) {
		json_key(j, "by");
		json_array(j);
		rc = geography_each(r->geo, r->at, level, json_unit, r);
		json_end(j);
		json_key(j, "in_none");
		json_array(j);
		for (i = 0; i < r->n && rest_any(r); i++)
			json_figure(r, &r->i[i], &r->rest[i]);
		json_end(j);
	}
	end = json_end(j);
	return rc ? rc : end;
}

/* ---- the command ------------------------------------------------------------------------- */

/* The figures, and the unit that was asked for as it is in the geography. */
static int figure_out(struct report *r, const char *unit_ref)
{
	const struct figures_of of = {.day = r->day, .at = r->places};
	size_t i;
	int rc = ctx_open(r->ctx, 0);

	if (!rc)
		rc = ctx_unit(r->ctx, unit_ref, &r->unit);
	if (!rc)
		rc = figures_open(r->ctx->s, &of, &r->figures);
	for (i = 0; !rc && i < figures_size(r->figures); i++)
		rc = add_indicator(r, figures_indicator(r->figures, i));
	if (!rc && !r->n)
		rc = err(ERR_NOTFOUND, "there are no indicators here yet: sync first");
	if (rc)
		return rc;
	r->geo = figures_geography(r->figures);
	r->at = geography_find(r->geo, r->unit.id);
	if (r->at >= 0)
		r->at = geography_becomes(r->geo, r->at);
	if (r->at < 0)
		return err(ERR_NOTFOUND, "%s (%s) is not one unit on that day: ask for a wider one",
		           r->unit.name, r->unit.code);
	r->unit = *geography_unit(r->geo, (size_t)r->at);
	value_today(clock_now_ms(r->ctx->s), r->today);
	return 0;
}

static int coverage(struct report *r, const char *unit_ref, enum level level)
{
	int rc = figure_out(r, unit_ref);

	if (rc)
		return rc;
	if (r->ctx->json)
		return print_json(r, level);
	return level ? print_by(r, level) : print_unit(r);
}

int cmd_report(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"as-of", required_argument, NULL, 'd'},
	                                      {"geography", required_argument, NULL, 'g'},
	                                      {"by", required_argument, NULL, 'b'},
	                                      {NULL, 0, NULL, 0}};
	struct report r = {.ctx = ctx};
	enum level level = LEVEL_NONE;
	const char *unit_ref = NULL;
	char day[DATE_LEN], places[DATE_LEN];
	size_t i;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:d:g:b:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		if (c == 'u')
			unit_ref = optarg;
		if ((c == 'd' || c == 'g') && !value_date(optarg, c == 'd' ? day : places))
			return cmd_usage(ctx, _("\"%s\" is not a day like 2026-11-21"), optarg);
		if (c == 'd')
			r.day = day;
		if (c == 'g')
			r.places = places;
		if (c == 'b')
			level = level_of(optarg);
		if (c == 'b' && !level)
			return cmd_usage(ctx, _("--by wants district, commune or village"));
	}
	if (argc - optind != 1 || strcmp(argv[optind], "coverage") != 0)
		return cmd_usage(ctx, _("which report? there is: coverage"));
	rc = coverage(&r, unit_ref, level);
	for (i = 0; i < r.n; i++) {
		free(r.i[i].code);
		free(r.i[i].title);
		free(r.i[i].counts);
	}
	figures_close(r.figures);
	return rc;
}
