/* form_check.c - are the expressions of a form's sheets all understood? */
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/form_plan.h"

#include <stdlib.h>
#include <string.h>

static const char *column_of(size_t kind)
{
	return kind == PLAN_PRESET ? "default" : form_expr_cell[kind];
}

static int in_cell(const struct draft *d, size_t q, size_t kind)
{
	return err(ERR_BAD, "sheet %s, row %u, column %s: %s", "survey", d->q[q].row,
	           column_of(kind), err_text());
}

/* What is stored openly must not be made of what is personal, unless somebody decided so. */
static int check_personal(const struct draft *d, const struct form *f, size_t q, size_t kind)
{
	const struct expr *e = &f->plan->of[q][kind].expr;
	size_t i;

	if (d->q[q].personal || d->q[q].opened)
		return 0;
	for (i = 0; i < e->nref; i++) {
		if (e->ref[i].kind > EXPR_REF_ROWS || !d->q[e->ref[i].q].personal)
			continue;
		err(ERR_BAD,
		    "it is made of the personal question %s: say yes or no in column personal",
		    d->q[e->ref[i].q].name);
		return in_cell(d, q, kind);
	}
	return 0;
}

/* Where a cell can do nothing, somebody meant something else. */
static int check_place(const struct draft *d, size_t q)
{
	const struct draft_question *c = d->q + q;
	bool choices = c->type == Q_SELECT_ONE || c->type == Q_SELECT_MULTIPLE;

	if (c->expr[FORM_FILTER] && !choices) {
		err(ERR_BAD, "%s has no choices", c->name);
		return in_cell(d, q, FORM_FILTER);
	}
	if (c->type == Q_CALCULATE && !c->expr[FORM_CALCULATION] && !c->preset) {
		err(ERR_BAD, "a calculate question wants a calculation");
		return in_cell(d, q, FORM_CALCULATION);
	}
	return 0;
}

/* The draft as a form that borrows all of it. */
static int view(const struct draft *d, struct form *f)
{
	struct question *to;
	size_t i;

	*f = (struct form){.id = d->id, .code = d->code, .language = d->language, .nq = d->nq};
	f->q = calloc(d->nq + 1, sizeof *f->q);
	f->plan = plan_new();
	if (!f->q || !f->plan)
		return err(ERR_NOMEM, "out of memory");
	for (i = 0; i < d->nq; i++) {
		to = f->q + i;
		to->name = d->q[i].name;
		to->list = d->q[i].list;
		to->type = d->q[i].type;
		to->in = d->q[i].section;
		to->preset = d->q[i].preset;
		memcpy(to->expr, d->q[i].expr, sizeof to->expr);
	}
	return 0;
}

int draft_check(struct store *s, const struct draft *d)
{
	struct plan_fault fault = {0};
	struct form f;
	size_t q;
	int rc = view(d, &f);

	if (!rc) {
		rc = plan_ready(s, &f, &fault);
		if (rc == ERR_BAD)
			rc = in_cell(d, fault.q, fault.expr);
	}
	for (q = 0; !rc && q < d->nq; q++) {
		rc = check_place(d, q);
		if (!rc)
			rc = check_personal(d, &f, q, FORM_CALCULATION);
		if (!rc)
			rc = check_personal(d, &f, q, PLAN_PRESET);
	}
	plan_close(f.plan);
	free(f.q);
	return rc;
}
