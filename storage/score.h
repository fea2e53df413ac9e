/* score.h - one number a unit out of several indicators: a province's own index of digital transformation.
 *
 * A component is an indicator that has a weight (weight_import()). Of its weight a unit has what part of the
 * target it reached, all of it at most: share / target where more is better; where less is better
 * (1 - share) / (1 - target), how many are free of it of those that should be. Without a target
 * it is held against 1, where less is better against 0. A component without data has no points, so that no
 * unit rises by leaving out what it does badly; what part of the weight has data stands beside the
 * score. The score is the points of all components, 0 to 100.
 */
#ifndef STORAGE_SCORE_H
#define STORAGE_SCORE_H

#include "storage/figures.h"

struct score_component {
	size_t k;      /* indicator of the figures */
	double weight; /* as it was set, */
	double part;   /* and its part of all weights, which add up to 1 */
};

struct score_part {
	struct figure figure;
	double target;  /* that it is held against, 0 to 1 */
	bool assumed;   /* because none is set */
	bool data;      /* the figure has a denominator */
	double reached; /* 0 to 1; 0 without data */
	double points;  /* 0 to 100 times the component's part */
};

struct score {
	double points; /* 0 to 100 */
	double known;  /* part of the weight that has data, 0 to 1 */
};

struct scores;

/* f is borrowed and outlives *out, which is owned: scores_close(). ERR_NOTFOUND when nothing has a
 * weight. */
int scores_open(struct store *s, const struct figures *f, struct scores **out);
void scores_close(struct scores *sc); /* NULL is allowed */

/* The components in report order; borrowed. */
size_t scores_size(const struct scores *sc);
const struct score_component *scores_component(const struct scores *sc, size_t c);

/* Component c of the unit that is number i in the figures' geography; and all of them. */
void scores_part(const struct scores *sc, size_t c, long i, struct score_part *out);
void scores_get(const struct scores *sc, long i, struct score *out);

struct ranked {
	long unit; /* number in the geography */
	struct score score;
	size_t rank; /* 1 is the best, the same for the same score; 0: no data at all, not ranked */
};
/* The units of level in or at unit i, the best first, of equals in the order of the tree, then those that
 * are not ranked. *out is owned: free(). */
int scores_rank(const struct scores *sc, long i, enum level level, struct ranked **out, size_t *n);

#endif
