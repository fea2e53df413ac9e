/* activity.h - what teams did and how far they are, counted out of the built-in forms.
 *
 * For reports that ask for more than a share. Records that another stands for (same.h) are left out,
 * and joined households are one.
 */
#ifndef STORAGE_ACTIVITY_H
#define STORAGE_ACTIVITY_H

#include "storage/store.h"

enum activity {
	ACTIVITY_TRAINING, /* sessions in the period, by unit and topic */
	ACTIVITY_ASSIST,   /* help given in the period, by unit and service */
	ACTIVITY_SIGNAL,   /* each unit's latest record: mobile coverage and dead spots */
	ACTIVITY_TEAM,     /* each unit's latest record of its team */
	ACTIVITY_VISITS,   /* visits by unit; also of units without any in the period */
	ACTIVITY_KINDS
};

/* Places of activity_row.n. */
enum { TRAINING_SESSIONS, TRAINING_PEOPLE, TRAINING_WOMEN, TRAINING_WOMEN_OF };
enum {
	ASSIST_PEOPLE,
	ASSIST_STEPS, /* five: got so far, or further */
	ASSIST_FILED = ASSIST_STEPS + 5,
	ASSIST_PAID
};
enum { SIGNAL_COVERED, SIGNAL_DEAD_SPOTS };
enum { TEAM_TRAINED, TEAM_MEMBERS, TEAM_MEMBERS_TRAINED };
enum { VISITS, VISITS_HOUSEHOLDS };
#define ACTIVITY_VALUES 8

struct activity_row {
	int64_t unit;
	/* The topic's name; the service as it was typed; technologies, names with spaces between;
	 * the team's kind. NULL where there is none. */
	const char *group;
	/* The latest record's day; for dead spots also the day since which every record of the unit
	 * had some; NULL where there is none. */
	const char *day, *since;
	int64_t n[ACTIVITY_VALUES];
};

/* Walks the rows, records dated from from to day (YYYY-MM-DD; NULL: all before, all after), a signal,
 * a team and a visit's latest day without regard to from. row lives until fn returns; nonzero ends the
 * walk and is returned. ERR_NOTFOUND when the form is not here yet. */
int activity_each(struct store *s, enum activity what, const char *from, const char *day,
                  int (*fn)(void *arg, const struct activity_row *row), void *arg);

/* For each unit the time of what came from there last, by its author's clock: of records here that
 * are not this node's own. */
int activity_heard(struct store *s, int (*fn)(void *arg, int64_t unit, int64_t ms), void *arg);

#endif
