/* indicator_expr.h - running expressions that came from elsewhere; for indicator*.c, open_*.c only. */
#ifndef STORAGE_INDICATOR_EXPR_H
#define STORAGE_INDICATOR_EXPR_H

#include "storage/form_draft.h"

#define EXPR_MAX 1000               /* bytes of an expression */
#define EXPR_STEPS_MAX 2000000000LL /* of SQLite's machine: a province takes a tenth */

/* What of a form an expression counts. */
struct counted {
	char code[FORM_CODE_MAX + 1];
	char by[FORM_COL_MAX + 1];   /* column: the latest record of each value counts; _id: all */
	bool record;                 /* by holds row ids, which no two units share */
	char date[FORM_COL_MAX + 1]; /* column that dates a record, "" when the form has none */
};

/* What an expression is: a number of the tree, or counted out of records; EXPR_NONE: there is none. */
enum expr_kind { EXPR_VILLAGES, EXPR_COMMUNES, EXPR_HOUSEHOLDS, EXPR_RECORDS, EXPR_NONE };

/* Looks at the text alone. It is :villages, :communes or :households, or else sums and counts, added
 * or subtracted, which units can be added up of: sum(...), count(...), FILTER (...), no subquery, no
 * parameter. ERR_BAD says what is wrong. */
int expr_check(const char *expr, enum expr_kind *kind);

/* A group's values: one an expression. unit is the records' unit, row the record's id where each
 * is a group of its own. The fence is up: it may not use the database. Nonzero ends the walk and is
 * returned. */
typedef int expr_fn(void *arg, int64_t unit, int64_t row, const int64_t *value);

/* Which of the latest records. */
struct expr_of {
	const char *day;  /* dated up to it; NULL: all */
	const char *from; /* dated on that day or later, for by "_id"; NULL: all */
	const char *only; /* table whose column unit lists the units asked for; NULL: all */
	bool rows;        /* a group a record instead of a group a unit */
	/* Without rows: these units one by one, a group each also where there is none; NULL: all
	 * that have records. Borrowed. */
	const int64_t *unit;
	size_t nunit;
};

/* Runs n expressions (EXPR_RECORDS all) over the latest records; without fn they are only looked at. ERR_BAD for one that does not run,
 * is not allowed what it asks for, takes too long or gives no whole number. */
int expr_run(struct store *s, const struct counted *what, const char *const *expr, size_t n,
             const struct expr_of *of, expr_fn *fn, void *arg);

#endif
