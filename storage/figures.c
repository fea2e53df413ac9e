/* figures.c - every indicator of every unit, in one go. */
#include "storage/figures.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/indicator_row.h"
#include "storage/rollup.h"
#include "storage/value.h"

#include <stdlib.h>
#include <string.h>

#define TARGETS_MAX 100000 /* a province's communes, with some indicators and years each */
#define SIDES 2            /* numerator and denominator */

struct counting {
	struct indicator_row row; /* owned texts */
	struct counted what;
	enum expr_kind kind[SIDES];
	struct indicator shown;
};

struct aim {
	int64_t id, indicator, year;
	long at; /* number of its unit in force on the day of the geography, or -1 */
	double share;
};

struct figures {
	struct geography *geo;
	struct counting i[FIGURES_MAX];
	size_t n;
	int64_t **sum; /* by number of the unit: n times SIDES values, or NULL: none */
	struct aim *aim;
	size_t naim;
	long year;
};

/* ---- reading ------------------------------------------------------------------------------- */

static int load(struct store *s, struct counting *c, const char *code)
{
	char shown[SHOWN_LEN];
	int rc = indicator_load(s, code, &c->row);

	if (rc == ERR_NOTFOUND)
		return err(rc, "there is no indicator %s here", value_shown(code, shown));
	if (!rc)
		rc = indicator_counted(s, &c->row, &c->what);
	if (!rc)
		rc = indicator_kinds(&c->row, &c->kind[0], &c->kind[1]);
	c->shown.id = c->row.id;
	c->shown.code = c->row.code;
	c->shown.label = c->row.label;
	c->shown.counts = c->row.counts;
	c->shown.direction = c->row.direction;
	c->shown.plain = c->kind[1] == EXPR_NONE;
	return rc == ERR_BAD ? err(rc, "indicator %s: %s", value_shown(code, shown), err_text())
	                     : rc;
}

struct codes {
	char *code[FIGURES_MAX]; /* owned */
	size_t n;
};

static int note_code(void *arg, const struct indicator *i)
{
	struct codes *c = arg;

	if (c->n == FIGURES_MAX)
		return err(ERR_TOOBIG, "more than %d indicators", FIGURES_MAX);
	c->code[c->n] = strdup(i->code);
	return c->code[c->n++] ? 0 : err(ERR_NOMEM, "out of memory");
}

static int load_all(struct store *s, struct figures *f, const char *code)
{
	struct codes c = {.n = 0};
	struct indicator one = {.code = code};
	size_t i;
	int rc = code ? note_code(&c, &one) : indicator_each(s, note_code, &c);

	for (i = 0; !rc && i < c.n; i++) {
		f->n++;
		rc = load(s, &f->i[i], c.code[i]);
	}
	for (i = 0; i < c.n; i++)
		free(c.code[i]);
	return rc;
}

/* By indicator and unit; of one of these of two for the same year the later row. */
static int aim_order(const void *x, const void *y)
{
	const struct aim *a = x, *b = y;

	if (a->indicator != b->indicator)
		return (a->indicator > b->indicator) - (a->indicator < b->indicator);
	if (a->at != b->at)
		return (a->at > b->at) - (a->at < b->at);
	if (a->year != b->year)
		return (a->year > b->year) - (a->year < b->year);
	return (a->id < b->id) - (a->id > b->id);
}

/* After the geography: what is aimed at in a unit that ended is aimed at in what it became. */
static int load_targets(struct store *s, struct figures *f)
{
	sqlite3_stmt *st = NULL;
	int64_t n;
	int rc = db_int(s, &n, "SELECT count(*) FROM target", "");

	if (!rc && n > TARGETS_MAX)
		rc = err(ERR_TOOBIG, "more than %d targets", TARGETS_MAX);
	if (!rc && !(f->aim = calloc((size_t)n + 1, sizeof *f->aim)))
		rc = err(ERR_NOMEM, "out of memory");
	if (!rc)
		rc = db_prepare(s, "SELECT id, indicator, unit, year, share FROM target", &st);
	while (!rc && f->naim < (size_t)n && (rc = db_step(s, st)) == 1) {
		struct aim *a = &f->aim[f->naim++];

		a->id = sqlite3_column_int64(st, 0);
		a->indicator = sqlite3_column_int64(st, 1);
		a->at = geography_find(f->geo, sqlite3_column_int64(st, 2));
		if (a->at >= 0)
			a->at = geography_becomes(f->geo, a->at);
		a->year = sqlite3_column_int64(st, 3);
		a->share = sqlite3_column_double(st, 4);
		rc = 0;
	}
	sqlite3_finalize(st);
	if (f->naim)
		qsort(f->aim, f->naim, sizeof *f->aim, aim_order);
	return rc < 0 ? rc : 0;
}

/* ---- counting -------------------------------------------------------------------------------- */

/* The expressions over the same records, and whose they are. */
struct group {
	const struct counted *what;
	const char *expr[FIGURES_MAX * SIDES];
	size_t slot[FIGURES_MAX * SIDES], n;
};

struct groups {
	struct figures *f;
	struct group *group; /* owned, n of them */
	struct rollup_set *set;
	size_t n;
};

static void take(struct group *g, const struct figures *f, size_t i)
{
	const struct counting *c = &f->i[i];

	g->what = &c->what;
	if (c->kind[0] == EXPR_RECORDS) {
		g->expr[g->n] = c->row.numerator;
		g->slot[g->n++] = i * SIDES;
	}
	if (c->kind[1] == EXPR_RECORDS) {
		g->expr[g->n] = c->row.denominator;
		g->slot[g->n++] = i * SIDES + 1;
	}
}

/* Those that count the same records are counted together. */
static int group_all(struct groups *gs)
{
	struct figures *f = gs->f;
	struct group *g;
	size_t i, k;

	gs->group = calloc(f->n + 1, sizeof *gs->group);
	gs->set = calloc(f->n + 1, sizeof *gs->set);
	if (!gs->group || !gs->set)
		return err(ERR_NOMEM, "out of memory");
	for (i = 0; i < f->n; i++) {
		for (k = 0; k < gs->n; k++)
			if (!memcmp(gs->group[k].what, &f->i[i].what, sizeof f->i[i].what))
				break;
		g = &gs->group[k];
		take(g, f, i);
		if (!g->n) /* numbers of the tree alone */
			continue;
		gs->n = k < gs->n ? gs->n : k + 1;
		gs->set[k] = (struct rollup_set){g->what, g->expr, g->n};
	}
	return 0;
}

/* Sums are of records that anybody may have sent: they end where they would wrap. */
static void add(int64_t *sum, int64_t value)
{
	if (__builtin_add_overflow(*sum, value, sum))
		*sum = value < 0 ? INT64_MIN : INT64_MAX;
}

static int add_up(void *arg, size_t set, int64_t unit, const int64_t *value)
{
	const struct groups *gs = arg;
	const struct group *g = &gs->group[set];
	struct figures *f = gs->f;
	long holder[UNIT_DEPTH_MAX];
	size_t n = geography_holders(f->geo, unit, holder), k, i;

	for (k = 0; k < n; k++) {
		int64_t **sum = &f->sum[holder[k]];

		if (!*sum && !(*sum = calloc(f->n * SIDES, sizeof **sum)))
			return err(ERR_NOMEM, "out of memory");
		for (i = 0; i < g->n; i++)
			add(&(*sum)[g->slot[i]], value[i]);
	}
	return 0;
}

static int ignore(void *arg, int64_t unit, int64_t row, const int64_t *value)
{
	(void)arg;
	(void)unit;
	(void)row;
	(void)value;
	return 0;
}

/* Which of them is wrong? */
static int blame(struct store *s, const struct figures *f, const struct figures_of *asked)
{
	const struct expr_of of = {.day = asked->day};
	char shown[SHOWN_LEN];
	struct group g;
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < f->n; i++) {
		g = (struct group){.n = 0};
		take(&g, f, i);
		if (g.n)
			rc = expr_run(s, g.what, g.expr, g.n, &of, ignore, NULL);
		if (rc == ERR_BAD)
			return err(rc, "indicator %s: %s", value_shown(f->i[i].row.code, shown),
			           err_text());
	}
	return rc ? rc : err(ERR_BAD, "the indicators do not run together");
}

/* The number of the set that counts the indicator, from 1; 0: none does. */
static size_t set_of(const struct groups *gs, const char *code)
{
	const struct figures *f = gs->f;
	size_t i, k;

	for (i = 0; i < f->n; i++)
		for (k = 0; !strcmp(f->i[i].row.code, code) && k < gs->n; k++)
			if (!memcmp(gs->group[k].what, &f->i[i].what, sizeof f->i[i].what))
				return k + 1;
	return 0;
}

static int count_all(struct store *s, struct figures *f, const struct figures_of *of)
{
	/* what is kept is that of all of them */
	struct rollup_of rollup = {.day = of->day,
	                           .from = of->from,
	                           .recount = of->recount || of->code};
	struct groups gs = {.f = f};
	int rc = group_all(&gs);

	if (!rc && of->only)
		rollup.only = set_of(&gs, of->only);
	f->sum = calloc(geography_size(f->geo) + 1, sizeof *f->sum);
	if (!f->sum)
		rc = err(ERR_NOMEM, "out of memory");
	if (!rc)
		rc = rollup_read(s, gs.set, gs.n, &rollup, add_up, &gs);
	free(gs.group);
	free(gs.set);
	return rc == ERR_BAD ? blame(s, f, of) : rc;
}

int figures_open(struct store *s, const struct figures_of *of, struct figures **out)
{
	struct figures *f = calloc(1, sizeof *f);
	char today[DATE_LEN];
	int rc;

	*out = NULL;
	if (!f)
		return err(ERR_NOMEM, "out of memory");
	value_today(clock_now_ms(s), today);
	f->year = strtol(of->day ? of->day : today, NULL, 10);
	rc = load_all(s, f, of->code);
	if (!rc)
		rc = geography_open(s, of->day, of->at, &f->geo);
	if (!rc)
		rc = load_targets(s, f);
	if (!rc)
		rc = count_all(s, f, of);
	if (rc)
		figures_close(f);
	else
		*out = f;
	return rc;
}

void figures_close(struct figures *f)
{
	size_t i;

	if (!f)
		return;
	for (i = 0; i < f->n; i++)
		indicator_release(&f->i[i].row);
	for (i = 0; f->sum && i < geography_size(f->geo); i++)
		free(f->sum[i]);
	free(f->sum);
	free(f->aim);
	geography_close(f->geo);
	free(f);
}

/* ---- asking -------------------------------------------------------------------------------- */

size_t figures_size(const struct figures *f)
{
	return f->n;
}

const struct indicator *figures_indicator(const struct figures *f, size_t k)
{
	return &f->i[k].shown;
}

const struct geography *figures_geography(const struct figures *f)
{
	return f->geo;
}

bool figures_share_of(const struct figures *f, size_t k, size_t l)
{
	return f->i[k].kind[1] == EXPR_RECORDS &&
	       !memcmp(&f->i[k].what, &f->i[l].what, sizeof f->i[k].what);
}

/* The first aim of an indicator in a unit, or where it would be. */
static const struct aim *aims_of(const struct figures *f, int64_t indicator, long unit)
{
	const struct aim key = {.indicator = indicator, .at = unit, .year = INT64_MIN};
	size_t lo = 0, hi = f->naim, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (aim_order(&f->aim[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return f->aim + lo;
}

/* The nearest year's of one unit, of two as near the earlier: that one is in force already. */
static bool target_of(const struct figures *f, int64_t indicator, long unit, struct figure *out)
{
	const struct aim *a = aims_of(f, indicator, unit), *best = NULL;

	for (; a < f->aim + f->naim && a->indicator == indicator && a->at == unit; a++)
		if (!best || labs((long)a->year - f->year) < labs((long)best->year - f->year))
			best = a;
	if (best) {
		out->target = best->share;
		out->target_year = best->year;
	}
	return best;
}

void figures_get(const struct figures *f, size_t k, long i, struct figure *out)
{
	static const enum level level[] = {LEVEL_VILLAGE, LEVEL_COMMUNE};
	const struct counting *c = &f->i[k];
	int64_t value[SIDES];
	long holder[UNIT_DEPTH_MAX];
	size_t side, n;

	memset(out, 0, sizeof *out);
	out->target = -1;
	for (side = 0; side < SIDES; side++) {
		if (c->kind[side] == EXPR_RECORDS)
			value[side] = f->sum[i] ? f->sum[i][k * SIDES + side] : 0;
		else if (c->kind[side] == EXPR_NONE)
			value[side] = 0;
		else if (c->kind[side] == EXPR_HOUSEHOLDS)
			value[side] = geography_households(f->geo, i);
		else
			value[side] = geography_count(f->geo, i, level[c->kind[side]]);
		if (value[side] < 0 && c->kind[side] == EXPR_HOUSEHOLDS)
			value[side] = 0;
	}
	out->numerator = value[0];
	out->denominator = value[1];
	n = geography_holders(f->geo, geography_unit(f->geo, (size_t)i)->id, holder);
	for (side = 0; side < n; side++)
		if (target_of(f, c->row.id, holder[side], out))
			return;
}
