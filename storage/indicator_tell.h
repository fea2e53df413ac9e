/* indicator_tell.h - what stands behind a figure: its definition, its targets and who set them, and
 * the records that it counts.
 */
#ifndef STORAGE_INDICATOR_TELL_H
#define STORAGE_INDICATOR_TELL_H

#include "storage/figures.h"
#include "storage/history.h"

#define DEFINITION_NAMES 16 /* languages told */

struct definition {
	const char *code;
	struct {
		char *lang, *text; /* "vi" and the title in it */
	} name[DEFINITION_NAMES];
	size_t nname;
	const char *form, *latest_by;
	const char *numerator, *denominator; /* SQL; an empty denominator: a plain number */
	const char *counts, *direction;
	double weight; /* in a score (score.h); 0: it is not in it */
};

struct target {
	int64_t id, year;
	const char *unit, *unit_name; /* code and name */
	double share;                 /* 0 to 1 */
	const char *document;         /* the decision or plan that sets it, NULL: not said */
};

/* What is handed to fn lives until it returns; nonzero ends a walk and is returned. */

/* Calls fn once; ERR_NOTFOUND names a code that is not here. */
int indicator_define(struct store *s, const char *code,
                     int (*fn)(void *arg, const struct definition *d), void *arg);
/* All targets of an indicator, by year and unit. */
int target_each(struct store *s, const char *code, int (*fn)(void *arg, const struct target *t),
                void *arg);
/* The one that a figure of unit in that year is held against (figures_get()), if any. */
int target_for(struct store *s, const char *code, int64_t unit, int64_t year,
               int (*fn)(void *arg, const struct target *t), void *arg);

/* Who set an indicator, its targets and its weight, and changed them, oldest first. */
struct indicator_change {
	const struct history *h; /* form is the table: indicator, target, weight */
	const char *unit;        /* of a target: its unit's code, else NULL */
	int64_t year;            /* of a target */
};
int indicator_changes(struct store *s, const char *code,
                      int (*fn)(void *arg, const struct indicator_change *c), void *arg);

/* What one of the latest records adds to a figure. */
struct contribution {
	int64_t unit, record;
	int64_t numerator, denominator;
};
struct explained {
	struct figure figure;     /* as a report has it */
	bool of_records[2];       /* numerator, denominator: the records' sum, else of the tree */
	struct contribution *row; /* owned; n of them, by unit and record */
	size_t n, counted;        /* kept, and how many add something to either side */
	size_t blank;             /* the latest records that add nothing */
};
#define EXPLAINED_MAX 1000000 /* rows that may be kept: 32 MB */

/* Explains the figure of of->code for unit, as figures_get() gives it, keeping at most limit rows.
 * out is zeroed on error, else explained_release() it. */
int indicator_explain(struct store *s, const struct figures_of *of, int64_t unit, size_t limit,
                      struct explained *out);
void explained_release(struct explained *e);

#endif
