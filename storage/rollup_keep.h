/* rollup_keep.h - keeping sums up to date; for rollup*.c only. */
#ifndef STORAGE_ROLLUP_KEEP_H
#define STORAGE_ROLLUP_KEEP_H

#include "storage/buf.h"
#include "storage/rollup.h"

#define UNITS_A_TURN \
	256 /* added up in one transaction: who writes waits for a fraction of a second */

/* Reading sums, or bringing them up to date. */
struct rollup {
	struct store *s;
	const struct rollup_set *set;
	size_t nset;
	const struct rollup_of *of;
	int64_t *part;     /* owned: rollup_set.id by set, 0: none yet */
	struct buf stale;  /* int64_t: units that changed, ascending */
	struct buf walked; /* int64_t: those to walk over */
	rollup_fn *fn;
	void *arg;
	size_t at; /* set at hand */
};

/* Brings what is kept of r's sets up to date, as far as it can be written, and what is kept of the day asked for. */
int rollup_keep(struct rollup *r);
/* rollup_day.c: adds up what is not kept yet of the day asked for, turn by turn. */
int rollup_keep_day(struct rollup *r);
/* Whether set number i is read at all, and if so not of a period alone. */
bool rollup_wanted(const struct rollup *r, size_t i);
bool rollup_of_period(const struct rollup *r, size_t i);
/* A transaction, at once or not at all: somebody else may be writing, for long. */
int rollup_begin(struct store *s);

/* Fills r->part. *all: every set is kept. */
int rollup_parts(struct rollup *r, bool *all);
/* Fills r->stale with at most that many units; -1: all. */
int rollup_stale(struct rollup *r, int64_t most);

/* Values of units, one behind the other. */
struct sums {
	struct buf value; /* int64_t: n of each unit in turn */
	size_t n;
};
/* An expr_fn whose arg is a struct sums. */
int sums_add(void *arg, int64_t unit, int64_t row, const int64_t *value);
/* One unit's n values as what is kept of them; whether any is not 0. */
bool sums_pack(const int64_t *value, size_t n, struct buf *out);

/* Runs of int64_t. */
size_t units_size(const struct buf *units);
int64_t *units_list(const struct buf *units);
bool units_listed(const struct buf *units, int64_t unit); /* in an ascending one */
/* Adds the units that have records of a form. */
int units_of(struct store *s, const struct counted *what, struct buf *out);

#endif
