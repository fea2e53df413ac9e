/* score.c - a composite of indicators, and who comes first. */
#include "storage/score.h"
#include "storage/err.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct scores {
	const struct figures *f;
	struct score_component c[FIGURES_MAX];
	size_t n;
};

/* ---- components ------------------------------------------------------------------------------------ */

int scores_open(struct store *s, const struct figures *f, struct scores **out)
{
	struct scores *sc = calloc(1, sizeof *sc);
	const struct indicator *i;
	double weight, sum = 0;
	size_t k;
	int rc = sc ? 0 : err(ERR_NOMEM, "out of memory");

	*out = NULL;
	for (k = 0; !rc && k < figures_size(f); k++) {
		i = figures_indicator(f, k);
		rc = indicator_weight(s, i->id, &weight);
		if (rc || !(weight > 0) || i->plain)
			continue;
		sc->c[sc->n++] = (struct score_component){.k = k, .weight = weight};
		sum += weight;
	}
	if (!rc && !sc->n)
		rc = err(ERR_NOTFOUND, "no indicator has a weight here: the root sets them with "
		                       "'cayda indicator weight FILE.csv'");
	if (rc) {
		scores_close(sc);
		return rc;
	}
	sc->f = f;
	for (k = 0; k < sc->n; k++)
		sc->c[k].part = sc->c[k].weight / sum;
	*out = sc;
	return 0;
}

void scores_close(struct scores *sc)
{
	free(sc);
}

size_t scores_size(const struct scores *sc)
{
	return sc->n;
}

const struct score_component *scores_component(const struct scores *sc, size_t c)
{
	return &sc->c[c];
}

/* ---- points ---------------------------------------------------------------------------------------- */

/* have of want, 1 at most; all of it where nothing is wanted. */
static double part_of(double have, double want)
{
	if (have >= want)
		return 1;
	return have > 0 ? have / want : 0;
}

void scores_part(const struct scores *sc, size_t c, long i, struct score_part *out)
{
	const struct score_component *of = &sc->c[c];
	bool down = !strcmp(figures_indicator(sc->f, of->k)->direction, "down");
	double share;

	memset(out, 0, sizeof *out);
	figures_get(sc->f, of->k, i, &out->figure);
	out->assumed = !(out->figure.target >= 0 && out->figure.target <= 1);
	out->target = !out->assumed ? out->figure.target : down ? 0 : 1;
	out->data = out->figure.denominator > 0;
	if (!out->data)
		return;
	share = (double)out->figure.numerator / (double)out->figure.denominator;
	out->reached = down ? part_of(1 - share, 1 - out->target) : part_of(share, out->target);
	out->points = 100 * of->part * out->reached;
}

void scores_get(const struct scores *sc, long i, struct score *out)
{
	struct score_part part;
	size_t c;

	memset(out, 0, sizeof *out);
	for (c = 0; c < sc->n; c++) {
		scores_part(sc, c, i, &part);
		out->points += part.points;
		if (part.data)
			out->known += sc->c[c].part;
	}
	out->known = round(out->known * 1e9) / 1e9; /* all of them are 1, in whatever order */
}

/* ---- ranks ----------------------------------------------------------------------------------------- */

struct ranking {
	const struct scores *sc;
	struct ranked *row;
	size_t n, cap;
};

static int add(void *arg, const struct unit *u)
{
	struct ranking *r = arg;
	struct ranked *more;

	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 64;
		more = realloc(r->row, r->cap * sizeof *more);
		if (!more)
			return err(ERR_NOMEM, "out of memory");
		r->row = more;
	}
	r->row[r->n].unit = geography_find(figures_geography(r->sc->f), u->id);
	scores_get(r->sc, r->row[r->n].unit, &r->row[r->n].score);
	/* for now its place in the tree; 0 is for those without data */
	r->row[r->n].rank = r->row[r->n].score.known > 0 ? r->n + 1 : 0;
	r->n++;
	return 0;
}

/* The same up to what adding in another order may change. */
static long long rounded(const struct ranked *r)
{
	return llround(r->score.points * 1e6);
}

static int by_score(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	if (!a->rank != !b->rank)
		return a->rank ? -1 : 1;
	if (rounded(a) != rounded(b))
		return rounded(a) > rounded(b) ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return (a->unit > b->unit) - (a->unit < b->unit);
}

int scores_rank(const struct scores *sc, long i, enum level level, struct ranked **out, size_t *n)
{
	struct ranking r = {.sc = sc};
	size_t k;
	int rc = geography_each(figures_geography(sc->f), i, level, add, &r);

	*out = NULL;
	*n = 0;
	if (rc) {
		free(r.row);
		return rc;
	}
	if (r.n)
		qsort(r.row, r.n, sizeof *r.row, by_score);
	for (k = 0; k < r.n && r.row[k].rank; k++)
		r.row[k].rank = k && rounded(&r.row[k]) == rounded(&r.row[k - 1])
		                        ? r.row[k - 1].rank
		                        : k + 1;
	*out = r.row;
	*n = r.n;
	return 0;
}
