/* form_plan.h - a form's expressions made ready: translated, prepared, in the order they need.
 *
 * Every node makes the plan anew from the cells as they were written (expr.h), when it first takes
 * answers to the form. While SQLite prepares the statements, an authorizer lets them read choices and
 * what is bound, and nothing else.
 */
#ifndef STORAGE_FORM_PLAN_H
#define STORAGE_FORM_PLAN_H

#include "storage/expr.h"
#include "storage/form.h"
#include "storage/store.h"

struct sqlite3_stmt;

enum { PLAN_PRESET = FORM_EXPRS, PLAN_EXPRS };

struct formula {
	struct sqlite3_stmt
		*st; /* owned; NULL: the cell is empty. Gives one value; a filter a row or
	                            none, its last parameter being the choice's name */
	struct expr expr;
};

struct plan {
	bool ready;
	struct formula (*of)[PLAN_EXPRS]; /* of each question, owned */
	size_t *repeat; /* the repeat around each question: its index plus 1, or 0 */
	size_t *slot;   /* each question's place among those of the same repeat */
	size_t *slots;  /* how many there are in repeat i - 1, and in none: nq + 1 of them */
	size_t *order;  /* the questions, each after those that its value and relevance need */
	size_t nq;
	bool names_id; /* an expression names the record's id */
};

/* Which cell is at fault. */
struct plan_fault {
	size_t q;
	enum form_expr expr; /* or PLAN_PRESET */
};

struct plan *plan_new(void);     /* NULL: out of memory */
void plan_close(struct plan *p); /* NULL is allowed */
/* Gives the questions their places, once; no expression is looked at. ERR_NOMEM. */
int plan_layout(const struct form *f);
/* Makes f->plan ready, once. ERR_BAD says what is wrong with the cell that *fault names, which is no
 * cell of a form that was added by this program. */
int plan_ready(struct store *s, const struct form *f, struct plan_fault *fault);
/* The same, for messages: names the question and the cell. */
int plan_open(struct store *s, const struct form *f);
/* A statement that walks the choices of q that the filter leaves, name and label, in order; its
 * parameters are those of the filter. Owned by the caller. */
int plan_choices(struct store *s, const struct form *f, size_t q, struct sqlite3_stmt **out);

#endif
