/* suppress.h - which figures of a tree of units may not be published.
 *
 * A figure that counts fewer than SUPPRESS_MIN things (households) would tell about one of them. The
 * unit is closed then: of a closed unit nothing is published but how many things were counted. Others
 * are closed with it (secondary suppression) so that no closed figure can be computed back from totals.
 *
 * All figures that depend on each other, a family, are closed together. What is published is then no
 * more than this: each lowest open unit g above some closed leaves tells the sums of these leaves, its
 * block (g less the open units below it). So a closed unit's share of the block's things is known, a of
 * a + b, and of a cell the block's sum X of X + Y: the cell lies in [max(0, a - Y), min(a, X)], and
 * nothing narrower follows, because exchanging things between a unit and the rest of its block changes
 * nothing that is published. These are Fréchet's bounds; the interval is min(a, b, X, Y) wide. Hence
 * the rule for a block: each cell counts SUPPRESS_MIN at least, and so does what lies outside each
 * closed unit. A block that breaks it grows by the smallest unit that helps; when none is left its g is
 * closed too, and its block is one of the unit above.
 *
 * Threshold rule and secondary suppression: Hundepool et al., Statistical Disclosure Control, Wiley
 * 2012, chapter 4. Bounds: Dobra and Fienberg, PNAS 97 (2000) 11885. Two editions are not protected
 * against each other: what changed between them can be told. Publish per period.
 */
#ifndef STORAGE_SUPPRESS_H
#define STORAGE_SUPPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUPPRESS_MIN 5

struct suppress_cell {
	bool none_ok;  /* that nobody is counted tells nothing: questions left unanswered */
	uint8_t floor; /* published of units down to this level; a larger level is further down */
};

/* All borrowed. */
struct suppress {
	size_t n;             /* units, a tree in preorder: 0 is the top, a parent comes before */
	const size_t *parent; /* [n]; that of 0 is 0 */
	const uint8_t *level; /* [n] */
	size_t cells;
	const struct suppress_cell *cell; /* [cells] */
	const int64_t *things;            /* [n] counted in the unit and all below it */
	const int64_t *count;             /* [n * cells] the same, of a cell */
};

/* Closes what must be, besides what is closed already (closed[n], in and out). Units without things
 * stay open. When closed[0] comes out true nothing of the family may be published. The outcome depends
 * on nothing but what is given. ERR_NOMEM. */
int suppress(const struct suppress *t, bool *closed);

/* May a cell that counts this be published by itself? */
bool suppress_safe(const struct suppress_cell *c, int64_t count);

#endif
