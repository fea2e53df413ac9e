/* indicator_expr.h - running expressions that came from elsewhere; for indicator*.c only. */
#ifndef STORAGE_INDICATOR_EXPR_H
#define STORAGE_INDICATOR_EXPR_H

#include "storage/form_draft.h"

#define EXPR_MAX 1000               /* bytes of an expression */
#define EXPR_STEPS_MAX 2000000000LL /* of SQLite's machine: a province takes a tenth */

/* What of a form an expression counts. */
struct counted {
	char code[FORM_CODE_MAX + 1];
	char by[FORM_COL_MAX + 1];   /* column: the latest record of each value counts */
	bool record;                 /* by holds row ids, which no two units share */
	char date[FORM_COL_MAX + 1]; /* column that dates a record, "" when the form has none */
};

/* Looks at the text alone: balanced, one expression, no subquery, no parameter but :villages,
 * :communes and :households. ERR_BAD says what is wrong. */
int expr_check(const char *expr);

/* Runs both over the latest records at or below unit up to day (NULL: all). ERR_BAD for one that
 * does not run, is not allowed what it asks for, takes too long or gives no number. */
int expr_run(struct store *s, const struct counted *what, const char *numerator,
             const char *denominator, int64_t unit, const char *day, int64_t out[2]);

#endif
