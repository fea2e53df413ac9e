/* quality_in.h - what the checks of quality_*.c share. */
#ifndef STORAGE_QUALITY_IN_H
#define STORAGE_QUALITY_IN_H

#include "storage/db.h"
#include "storage/form.h"
#include "storage/quality.h"

struct quality {
	struct store *s;
	const struct quality_of *of;
	int (*fn)(void *arg, const struct finding *f);
	void *arg;
	int64_t *looked;
	struct form *form; /* that is looked at now; owned */
};

/* temp.quality_unit has the units below the one asked for, by id, each with the commune that holds it (itself
 * where none does): columns unit, commune. */

/* Prepares SQL of a format (sqlite3_mprintf) for the caller to finalize. */
int quality_sql(struct quality *q, sqlite3_stmt **out, const char *fmt, ...);
/* A question whose answers stand in the record's own open table. */
bool quality_asks(const struct form *f, const struct question *c);
/* The question by which its records say whom they visited, and cannot do without; NULL. */
const struct question *quality_visits(const struct form *f);
double quality_median(double *value, size_t n); /* sorts them */

/* Each looks at one form. */
int quality_numbers(struct quality *q);
int quality_constraints(struct quality *q);
int quality_unvisited(struct quality *q);
int quality_unvarying(struct quality *q);
int quality_fast(struct quality *q);
int quality_places(struct quality *q);

#endif
