/* rollup.h - what indicators add up to in each unit, kept, so that a report of a province does not walk
 * over its records.
 *
 * Offices and roots keep sums in local tables, which are never synced and may be emptied at any
 * time. Whoever changes open records of a unit marks that unit in the same transaction; the next
 * who asks adds up the marked units again, and those whose things were recorded in them too. Sums of
 * a day are kept as well once somebody asked for them, for ROLLUP_DAYS_MAX days: a line over months
 * is as cheap as a report of today. A device has few records and walks over them.
 */
#ifndef STORAGE_ROLLUP_H
#define STORAGE_ROLLUP_H

#include "storage/indicator_expr.h"

#define ROLLUP_DAYS_MAX 64 /* five years of months; a province keeps 0.1 MB a day and set */

/* Expressions (EXPR_RECORDS all) over the same records; borrowed. */
struct rollup_set {
	const struct counted *what;
	const char *const *expr;
	size_t n;
};

struct rollup_of {
	const char *day;  /* as in struct expr_of */
	const char *from; /* the same, for the sets that count every record */
	bool recount;     /* walk over the records whatever is kept */
	size_t only;      /* set number only - 1 alone is read; 0: all */
};

/* In a transaction that changes open records of unit. */
int rollup_mark(struct store *s, int64_t unit);
/* In one that changes them all: nothing is kept any more. */
int rollup_forget(struct store *s);

/* The day of the newest record that sums are kept of, also one in the future; "" where none are kept. */
int rollup_newest(struct store *s, char day[11]);

/* The values of set number `set` in a unit, one an expression. A nonzero return ends the walk and is
 * returned; it may not use the database. */
typedef int rollup_fn(void *arg, size_t set, int64_t unit, const int64_t *value);

/* Calls fn for every unit that has records, set by set. What is kept is brought up to date first,
 * in transactions of its own, and is that of exactly these sets; where that cannot be (another
 * process writes, a transaction is open) the units that changed are walked over instead. Errors as
 * expr_run(). */
int rollup_read(struct store *s, const struct rollup_set *set, size_t nset,
                const struct rollup_of *of, rollup_fn *fn, void *arg);

#endif
