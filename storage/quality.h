/* quality.h - records that somebody should look at again, each with why. Nothing is changed.
 *
 * Outliers: |value - median| over 1.4826 MAD (median absolute deviation) above QUALITY_FAR, of the numbers of
 * one question in one commune (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993, whose 3.5 is for
 * normal data: counts are skewed). Where MAD is 0, as of counts that are mostly nought, over 1.2533 times the
 * mean of what the others that differ from the median differ by.
 * Answers that never vary: if an enumerator's n answers to a question are all v, which others of the
 * commune answer with probability p ((their v + 1) / (their answers + 2), Laplace), that has chance p^n. It
 * is a finding below QUALITY_CHANCE over the number of such tests (Bonferroni): a few answers, or answers
 * that everybody gives, never are one.
 * Too fast: two records saved one by one, at one device by one person, less than QUALITY_FAST_S apart. What an
 * import saved together says nothing.
 * Places: outside the unit's boundary; without boundaries farther from the median point of the unit's
 * records than QUALITY_PLACE_TIMES their median distance, and than QUALITY_PLACE_KM.
 */
#ifndef STORAGE_QUALITY_H
#define STORAGE_QUALITY_H

#include "storage/store.h"
#include "storage/topology.h"

#define QUALITY_FAR 7.0        /* in standard deviations, were the data normal */
#define QUALITY_NUMBERS_MIN 20 /* numbers of a commune below which none is an outlier */
#define QUALITY_OTHERS_MIN 20  /* answers of others to compare an enumerator's with */
#define QUALITY_CHANCE 0.001 /* of one false finding or more among all enumerators and questions */
#define QUALITY_FAST_S 60    /* a visit asks twenty questions */
#define QUALITY_PLACES_MIN 10
#define QUALITY_PLACE_TIMES 6
#define QUALITY_PLACE_KM 1.0
#define QUALITY_DAYS 365 /* without a visit */

enum quality_kind {
	QUALITY_OUTLIER,    /* value; a median, b how many standard deviations off */
	QUALITY_IMPOSSIBLE, /* value; why: the form's words, or the constraint */
	QUALITY_UNVISITED,  /* value: day of the last visit, NULL for none */
	QUALITY_UNVARYING,  /* value; n how often, a share among others, b the chance; record 0 */
	QUALITY_FAST,       /* a seconds since the one before */
	QUALITY_PLACE, /* value: lat lon; a kilometres from the median point, NAN outside a boundary */
	QUALITY_KINDS
};

/* All borrowed until fn returns. */
struct finding {
	enum quality_kind kind;
	const char *form;
	int64_t record, unit;
	int64_t person;       /* record of a member, or 0 */
	uint32_t node;        /* that recorded it, where that matters; 0 */
	const char *question; /* or NULL */
	const char *value, *why;
	int64_t n;
	double a, b;
};

struct quality_of {
	int64_t unit;              /* and all below it */
	const char *day;           /* as of which a visit is long ago, YYYY-MM-DD */
	const char *lang;          /* of the forms' own words */
	const struct topology *at; /* boundaries; NULL: none */
};

/* Calls fn for each finding, kind by kind; looked[kind]: how many records, or of QUALITY_UNVARYING
 * enumerators' answers to a question, were looked at. Nonzero from fn ends it and is returned. */
int quality_check(struct store *s, const struct quality_of *of,
                  int (*fn)(void *arg, const struct finding *f), void *arg,
                  int64_t looked[QUALITY_KINDS]);

#endif
