/* period.h - the stretch of days that a report is about, and when it is due.
 *
 * Pure: days are texts YYYY-MM-DD of the years 1800 to 2199 (value.h), nothing reads a clock.
 */
#ifndef STORAGE_PERIOD_H
#define STORAGE_PERIOD_H

#include "storage/value.h"

#include <stdbool.h>

#define PERIOD_LEN 24 /* bytes of a period's name: 2026-07-01..2026-09-30 */

enum period_kind {
	PERIOD_NONE,
	PERIOD_DAYS,
	PERIOD_MONTH,
	PERIOD_QUARTER,
	PERIOD_HALF,
	PERIOD_YEAR,
	PERIOD_KINDS
};

struct period {
	enum period_kind kind;
	char name[PERIOD_LEN];             /* the one way it is written: 2026-Q3 */
	char from[DATE_LEN], to[DATE_LEN]; /* its first and last day */
};

/* A report is due before this day of the month that is so many months after the period's last. */
struct deadline {
	int months; /* 0 to DEADLINE_MONTHS_MAX */
	int day;    /* 1 to 31; in a shorter month its end */
};
#define DEADLINE_MONTHS_MAX 12

/* 2026, 2026-H1, 2026-Q3, 2026-10 or FROM..TO (days in either writing, FROM not after TO). ERR_BAD. */
int period_parse(const char *text, struct period *out);
/* The period of that kind (not PERIOD_DAYS) in which the day lies. */
void period_of(enum period_kind kind, const char *day, struct period *out);
/* The one of its kind right before it; of days, as many days. False: there is none, before 1800. */
bool period_before(const struct period *p, struct period *out);
/* The last day on which its report is in time. */
void period_due(const struct period *p, const struct deadline *d, char out[DATE_LEN]);
/* Where nobody set one: before the 25th of the last month; of a year before 20 December. */
struct deadline period_deadline(enum period_kind kind);

const char *period_kind_name(enum period_kind kind); /* "month", "quarter", "half", "year"; "" */
enum period_kind period_kind_of(const char *name);   /* PERIOD_NONE when it is none of them */
int64_t period_days(const char *from,
                    const char *to); /* from one day to the other: 0 for the same */

#endif
