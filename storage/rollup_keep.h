/* rollup_keep.h - keeping sums up to date; for rollup*.c only. */
#ifndef STORAGE_ROLLUP_KEEP_H
#define STORAGE_ROLLUP_KEEP_H

#include "storage/buf.h"
#include "storage/rollup.h"

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

/* Brings what is kept of r's sets up to date, as far as it can be written. */
int rollup_keep(struct rollup *r);
/* Fills r->part. *all: every set is kept. */
int rollup_parts(struct rollup *r, bool *all);
/* Fills r->stale with at most that many units; -1: all. */
int rollup_stale(struct rollup *r, int64_t most);

/* Runs of int64_t. */
size_t units_size(const struct buf *units);
int64_t *units_list(const struct buf *units);
bool units_listed(const struct buf *units, int64_t unit); /* in an ascending one */
/* Adds the units that have records of a form. */
int units_of(struct store *s, const struct counted *what, struct buf *out);

#endif
