/* figures.h - every indicator of every unit, in one go.
 *
 * Values are counted by the unit of the records and added up in memory along the tree of a day
 * (geography.h), so that a report of a province costs one walk over the records whatever its level.
 */
#ifndef STORAGE_FIGURES_H
#define STORAGE_FIGURES_H

#include "storage/geography.h"
#include "storage/indicator.h"

#define FIGURES_MAX 128 /* indicators in one report: three times those that are built in */

struct figures;

/* Of a period: what counts every record (latest_by _id: sessions held, people guided) counts those
 * dated from its first day to its last; all else is the state at its end, the latest record up to
 * day of each thing, whenever that was. A record without a date is in the state, and in no period. */
struct figures_of {
	const char *code; /* one indicator; NULL: all */
	const char *only; /* all, but those that are counted apart from this one are 0; NULL: all */
	const char *day;  /* records dated up to it, YYYY-MM-DD; NULL: all */
	const char *from; /* first day of the period; NULL: since ever */
	const char *at;   /* in the units in force on that day; NULL: on day, or today */
	bool recount;     /* walk over the records also where sums are kept (rollup.h) */
};

/* *out is owned: figures_close(). ERR_NOTFOUND for a code that is not here, ERR_BAD for an expression
 * that does not run, naming its indicator. */
int figures_open(struct store *s, const struct figures_of *of, struct figures **out);
void figures_close(struct figures *f); /* NULL is allowed */

/* The indicators in report order; borrowed, as what they point to. */
size_t figures_size(const struct figures *f);
const struct indicator *figures_indicator(const struct figures *f, size_t k);
const struct geography *figures_geography(const struct figures *f); /* borrowed */

/* Is indicator k a share of the records that l counts: of the households visited, and of no others? */
bool figures_share_of(const struct figures *f, size_t k, size_t l);

/* Indicator k of the unit that is number i in the geography, with its target. */
void figures_get(const struct figures *f, size_t k, long i, struct figure *out);

#endif
