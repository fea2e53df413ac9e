/* report.h - what every kind of report is handed, and what kinds share.
 *
 * A kind is one file report_NAME.c with one function, and one line of report_kinds (cmd_report.c).
 * It calls report_open(), asks storage, and puts its rows into a grid (grid.h) that report_begin()
 * began: so each can be a table, JSON, a workbook, a page or a map without knowing which.
 */
#ifndef AGENT_REPORT_H
#define AGENT_REPORT_H

#include "agent/cmd.h"
#include "agent/grid.h"
#include "storage/geography.h"
#include "storage/period.h"

struct report {
	struct ctx *ctx;
	int argc; /* what stands behind the kind's name; argv[argc] is NULL */
	char **argv;
	/* As asked for; NULL, LEVEL_NONE or PERIOD_NONE where it was not. Borrowed. */
	const char *unit_ref, *as_of, *places, *indicator, *note, *boundaries;
	struct period period;
	enum level level; /* --by: a row for each unit of it */
	bool missing;     /* only rows in which something is missing */
	bool raw;
	const char *sql;            /* --sql: a file with a query, instead of a kind */
	bool personal;              /* --sql: with personal answers */
	int64_t seconds, memory_mb; /* --sql: how long, and how much; 0: not said */
	int64_t within;             /* the report's unit must lie in that one; 0: any may be */
	struct grid_to to;
	/* After report_open(). */
	struct unit unit; /* that it is about; report_place() makes it the day's */
	char today[DATE_LEN];
	const char *from, *until; /* records dated in between; NULL: all before, all after */
	const char *day;          /* until, or today */
	char day_text[2][DATE_LEN];
};

struct report_kind {
	const char *name;
	int (*run)(struct report *r); /* as a command: 0, ERR_*, or an exit status */
	const char *summary;          /* msgid: one line without a full stop */
};
extern const struct report_kind report_kinds[]; /* ends with a NULL name */

/* One line for each, by name. */
#define REPORT(name) int report_##name(struct report *r)
REPORT(coverage);
REPORT(score);
REPORT(training);
REPORT(signal);
REPORT(assist);
REPORT(teams);
REPORT(progress);
REPORT(submit);
REPORT(submitted);
REPORT(deadline);
REPORT(sql);
REPORT(views);
REPORT(quality);
REPORT(nodes);
#undef REPORT

/* Opens the home, finds the unit, works out the days. */
int report_open(struct report *r);
/* After r->period was set by the kind itself: its days. */
void report_period(struct report *r);
/* The unit's number in a geography, on whose day it must be one unit; r->unit becomes that one. */
int report_place(struct report *r, const struct geography *g, long *at);
/* Begins the grid: title (translated) of unit and days, then notes that say which. */
int report_begin(struct report *r, const char *title, struct grid **out);
/* The row's unit and its first two cells: code and name. */
void report_unit_columns(struct grid *g);
void report_unit_cells(struct grid *g, const struct unit *u);
/* Which kind was meant, for a kind without arguments. Says so when something stands behind its name. */
int report_no_arguments(struct report *r);

#endif
