/* open_data.h - what a node may publish of its records: figures by unit, none of a household.
 *
 * Tables are made of every indicator and of every question with choices that is not personal, one row a
 * unit. What counts households or people is closed where it counts too few (suppress.h); a form is about
 * them when it has personal questions, or names a record of such a form. Choices that too few of all gave
 * are joined until they count enough. A table that many units of a level could not show, or many more than
 * the tables it is closed with, ends above that
 * level. Free texts, numbers, dates, places and record ids are not published at all.
 *
 * No personal table is read: while this is open the connection's authorizer denies it.
 */
#ifndef STORAGE_OPEN_DATA_H
#define STORAGE_OPEN_DATA_H

#include "storage/form.h"
#include "storage/geography.h"

#define OPEN_CHOICES_MAX 60 /* of a question: longer lists name places and things, one by one */
#define OPEN_CELLS_MAX \
	2000 /* figures a unit of one form, to bound memory; later questions are left out */

enum open_kind {
	OPEN_RECORDS,   /* how many things were counted: one figure */
	OPEN_INDICATOR, /* numerator and denominator */
	OPEN_ANSWERS    /* a figure a choice */
};

struct open_cell {
	char *name;  /* choice, or several joined by "+"; "" for those without an answer */
	char *label; /* JSON object, language -> text */
};

/* All borrowed from the open data. */
struct open_table {
	enum open_kind kind;
	const struct form *form;
	const char *
		name; /* of the indicator, the question; of a form's records what they are counted by */
	const char *label; /* JSON object */
	const char *type;  /* what is counted (people, households...); or the question's type */
	const char *
		made_of; /* what it is made of: the question, or the sides of the indicator in SQL */
	const struct open_cell *cell; /* OPEN_ANSWERS: those that rows have; else NULL */
	size_t cells;
	enum level floor; /* rows go down to this level */
	bool withheld;    /* too few even in all: there are no rows */
};

enum open_state { OPEN_SHOWN, OPEN_CLOSED, OPEN_EMPTY };

struct open_row {
	const struct unit *unit;
	bool rest; /* what was recorded in the unit and in none below it */
	enum open_state state;
	int64_t things; /* records, or households, counted; -1 closed */
	/* A figure a cell; of an indicator numerator and denominator. Zeros unless OPEN_SHOWN. */
	const int64_t *value;
};

struct open_data;

struct open_of {
	const char *day; /* records dated up to it; NULL: all */
	const char *at;  /* in the units in force on that day; NULL: on day, or today */
	int64_t unit;    /* and all below it */
};

/* *out is owned: open_data_close(), also the one that lifts the authorizer. ERR_NOTFOUND for a unit that
 * is not one on that day, ERR_BAD for an indicator that does not run, naming it. */
int open_data_open(struct store *s, const struct open_of *of, struct open_data **out);
void open_data_close(struct open_data *o); /* NULL is allowed */

size_t open_data_size(const struct open_data *o);
const struct open_table *open_data_table(const struct open_data *o, size_t i);
/* The units, and the rows of a table, in the order of the tree. What is passed lives until fn returns;
 * nonzero ends the walk and is returned. */
int open_data_units(const struct open_data *o, int (*fn)(void *arg, const struct unit *u),
                    void *arg);
int open_data_rows(const struct open_data *o, size_t table,
                   int (*fn)(void *arg, const struct open_row *r), void *arg);

/* The day of the last change that is here, for a catalogue that says when: local, YYYY-MM-DD. */
int open_data_day(struct store *s, char day[11]);

#endif
