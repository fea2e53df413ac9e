/* reckon.h - activities (activity.h) added up by unit, in the units of a day, with the period before.
 *
 * A kind of report says how a record's row becomes numbers and how a unit's numbers become cells;
 * this walks records and units, and adds the line of what is in none of them.
 */
#ifndef AGENT_RECKON_H
#define AGENT_RECKON_H

#include "agent/report.h"
#include "storage/activity.h"

#define RECKON_MAX 128 /* numbers of a unit: a choice list's, some of each */

/* Days are whole numbers like 20260930, 0 for none. */
enum combine { COMBINE_SUM, COMBINE_LATEST, COMBINE_EARLIEST };

struct reckon {
	struct report *r; /* opened */
	struct grid *g;   /* begun by the kind between reckon_open() and reckon_rows() */
	size_t n;         /* numbers of a unit, at most RECKON_MAX */
	enum combine how[RECKON_MAX];
	/* Puts a row's numbers, all 0 at first. */
	void (*spread)(struct reckon *k, const struct activity_row *row, int64_t *n);
	/* Puts the cells behind the unit's. at is the unit's number, -1 for what is in none; before
	 * is NULL without a period before. */
	void (*cells)(struct reckon *k, long at, const int64_t *now, const int64_t *before);
	/* With --missing: is there nothing missing in the unit? NULL: not known of this kind. */
	bool (*whole)(struct reckon *k, long at, const int64_t *now);
	void *arg; /* the kind's own */
	/* After reckon_open(). */
	struct geography *geo; /* owned */
	long at;               /* of the report's unit */
	bool before;           /* there is a period before */
	int64_t **sum[2];      /* by number of the unit, NULL: nothing; now and before; owned */
};

/* The geography, and the sums of that activity; spread, n and how are set. */
int reckon_open(struct reckon *k, enum activity what);
/* Sums of a unit; borrowed. */
const int64_t *reckon_now(const struct reckon *k, long at);
const int64_t *reckon_before(const struct reckon *k, long at); /* NULL: no period before */
/* Adds a number of a record's unit to all that hold it. */
int reckon_add(struct reckon *k, int64_t unit, size_t which, int64_t v);
/* A row for each unit of the level, the rest, and the report's unit itself. */
int reckon_rows(struct reckon *k, enum level level);
void reckon_close(struct reckon *k);

/* now's number less before's, as a cell; none without a period before. */
void reckon_change(struct reckon *k, const int64_t *now, const int64_t *before, size_t which);
int64_t reckon_day(const char *day);                          /* NULL: 0 */
const char *reckon_day_text(int64_t day, char out[DATE_LEN]); /* 0: NULL */

#endif
