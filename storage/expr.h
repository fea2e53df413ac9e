/* expr.h - an expression of an XLSForm (XPath 1.0 with ODK's functions) becomes SQL.
 *
 * What travels between nodes is the cell as it was written; every node translates it itself, so SQL
 * never comes from outside. The SQL is one expression over parameters: what is bound to each says
 * struct expr_ref. It calls the functions of expr_functions() and reads table choice, nothing else.
 *
 * Values: an answer that was not given is SQL's NULL, and XPath's empty string. A number is INTEGER
 * or REAL, NULL where XPath has NaN. A date is its ISO text; where a number is wanted, it and a date
 * with a time are days since 1970-01-01, as on the clock of who wrote them. Comparing goes by XPath
 * 1.0 section 3.4 as ODK takes it: as truths if one side is one, else as numbers if one side is one
 * (an answer that is missing equals no number and is above and below none), else as texts. sum(),
 * min() and max() pass over what was not answered. A question of a repeat that is named outside it
 * is its first row's, but all of them for count(), sum(), min(), max(), join(), concat(),
 * count-non-empty() and indexed-repeat().
 */
#ifndef STORAGE_EXPR_H
#define STORAGE_EXPR_H

#include "storage/form.h"

#define EXPR_TEXT_MAX (16 * 1024) /* bytes of a cell: no form was seen with a tenth of it */
#define EXPR_DEPTH_MAX 100        /* brackets and calls within each other: SQLite takes 200 */

/* The questions that an expression may name, in sheet order. All borrowed. */
struct expr_question {
	const char *name, *list;
	size_t section; /* index of the group or repeat around it plus 1, or 0 */
	enum qtype type;
};
struct expr_form {
	const struct expr_question *q;
	size_t nq;
	int64_t id;       /* of the form's row, whose choices are looked up */
	const char *lang; /* of labels that become values; "" for the first there is */
};

enum expr_want {
	EXPR_TRUTH,  /* 1 or 0 */
	EXPR_ANSWER, /* NULL, a number or a text: what a calculation stores */
	EXPR_NUMBER, /* or NULL */
	EXPR_FILTER /* 1 or 0, of a row `c0` of table choice, whose columns plain names stand for */
};

/* What is bound to a parameter, ?1 being ref[0]. */
enum expr_ref_kind {
	EXPR_REF_VALUE, /* answer to q, in this row or one around it */
	EXPR_REF_ROWS,  /* answers to q in all rows of repeat in, as a JSON array in order */
	EXPR_REF_COUNT, /* number of rows of repeat q */
	EXPR_REF_PLACE, /* which row of repeat q this is, from 1 */
	EXPR_REF_TODAY, /* YYYY-MM-DD */
	EXPR_REF_NOW,   /* YYYY-MM-DDTHH:MM:SS */
	EXPR_REF_ID     /* the record's id as text */
};
struct expr_ref {
	enum expr_ref_kind kind;
	size_t q;
	size_t in; /* EXPR_REF_ROWS: the outermost repeat that is not around the expression */
};

struct expr {
	char *sql; /* owned */
	struct expr_ref *ref;
	size_t nref;
};

/* Translates text, which stands in the row of question self ("." is its answer). ERR_BAD says what
 * is wrong and where in the text; *out is zeroed on error, else owned: expr_release(). */
int expr_translate(const struct expr_form *f, size_t self, const char *text, enum expr_want want,
                   struct expr *out);
void expr_release(struct expr *e);

struct sqlite3;
/* Gives a connection the functions that the SQL calls. ERR_NOMEM. */
int expr_functions(struct sqlite3 *db);

#endif
