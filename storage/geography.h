/* geography.h - the units of one day, and which of them hold what was recorded in another's.
 *
 * A unit that ended lies in what it became (table successor), one that began later in what it came
 * from, as long as that is one unit; a place without an answer is looked for in the unit above. So a
 * record goes where its own village went, and what a split or a merge leaves open is counted higher
 * up only, never guessed.
 */
#ifndef STORAGE_GEOGRAPHY_H
#define STORAGE_GEOGRAPHY_H

#include "storage/unit.h"

#define GEOGRAPHY_UNITS_MAX 200000 /* units of all times: a country's villages */

struct geography;

/* The units in force on day at, for figures of day (both YYYY-MM-DD; NULL: today, and at then is
 * day). *out is owned: geography_close(). ERR_TOOBIG. */
int geography_open(struct store *s, const char *day, const char *at, struct geography **out);
void geography_close(struct geography *g); /* NULL is allowed */

/* How many units there are, of all times; each by its number, below that. Borrowed. */
size_t geography_size(const struct geography *g);
const struct unit *geography_unit(const struct geography *g, size_t i);
/* The number of a unit by its row id; -1 when it is not known. */
long geography_find(const struct geography *g, int64_t id);

/* The number of the unit of that code that is in force on day at; -1: there is none. Codes are used again, so
 * today's unit of the code may be another. */
long geography_by_code(const struct geography *g, const char *code);

/* The units in force on day at that hold unit, the finest first: their numbers into out, how many
 * returned. A unit that is not known here lies in the root. */
size_t geography_holders(const struct geography *g, int64_t unit, long out[UNIT_DEPTH_MAX]);
/* The unit's number on day at, -1 where that is not one unit. */
long geography_becomes(const struct geography *g, long i);

/* Units of a level in force on the day of the figures that lie in unit i (in force on day at). */
int64_t geography_count(const struct geography *g, long i, enum level level);
/* Households expected in i: a unit's own figure, else its children's, else those of what it came
 * from; -1 when nothing is known. */
int64_t geography_households(const struct geography *g, long i);

/* Units of level in force on day at, in or at i, in the order of the tree (codes within a parent). */
int geography_each(const struct geography *g, long i, enum level level,
                   int (*fn)(void *arg, const struct unit *u), void *arg);

#endif
