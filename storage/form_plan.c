/* form_plan.c - translating and preparing a form's expressions, and putting them in order. */
#include "storage/form_plan.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/form_draft.h"

#include <stdlib.h>
#include <string.h>

struct plan *plan_new(void)
{
	return calloc(1, sizeof(struct plan));
}

static void forget(struct plan *p)
{
	size_t i, k;

	for (i = 0; p->of && i < p->nq; i++) {
		for (k = 0; k < PLAN_EXPRS; k++) {
			sqlite3_finalize(p->of[i][k].st);
			p->of[i][k].st = NULL;
			expr_release(&p->of[i][k].expr);
		}
	}
}

void plan_close(struct plan *p)
{
	if (!p)
		return;
	forget(p);
	free(p->of);
	free(p->repeat);
	free(p->slot);
	free(p->slots);
	free(p->order);
	free(p);
}

/* ---- statements ----------------------------------------------------------------------------------------- */

static bool listed(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(name, *list))
			return true;
	return false;
}

static int authorize(void *arg, int action, const char *a, const char *b, const char *schema,
                     const char *inside)
{
	static const char *const functions[] = {"abs",    "concat_ws", "count", "group_concat",
	                                        "ifnull", "iif",       "instr", "json_each",
	                                        "length", "max",       "min",   "nullif",
	                                        "random", "total",     "trim",  "->>",
	                                        NULL};

	(void)arg;
	(void)schema;
	(void)inside;
	switch (action) {
	case SQLITE_SELECT:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return b && (!strncmp(b, "x_", 2) || listed(b, functions)) ? SQLITE_OK
		                                                           : SQLITE_DENY;
	case SQLITE_READ:
		return a && (!strcmp(a, "choice") || !strcmp(a, "json_each")) ? SQLITE_OK
		                                                              : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static int prepare(struct store *s, char *sql, sqlite3_stmt **out)
{
	int rc = sql ? sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL)
	             : SQLITE_NOMEM;

	sqlite3_free(sql);
	if ((rc & 0xff) == SQLITE_ERROR || (rc & 0xff) == SQLITE_AUTH)
		return err(ERR_BAD, "the expression is too deep or too long: give a part of it a "
		                    "calculation of its own");
	return rc ? db_err(s, rc) : 0;
}

static const char *list_of(const struct question *q)
{
	return q->list ? q->list : "";
}

static char *statement(const struct form *f, const struct question *q, const struct formula *m,
                       size_t kind)
{
	if (kind != FORM_FILTER)
		return sqlite3_mprintf("SELECT %s", m->expr.sql);
	return sqlite3_mprintf("SELECT 1 FROM choice c0 WHERE c0.form = %lld AND c0.list = %Q"
	                       " AND c0.name = ?%u AND %s",
	                       (long long)f->id, list_of(q), (unsigned)m->expr.nref + 1,
	                       m->expr.sql);
}

static const char *cell_of(const struct question *q, size_t kind)
{
	if (kind != PLAN_PRESET)
		return q->expr[kind];
	return q->preset && form_preset_computed(q->type, q->preset) ? q->preset : NULL;
}

static int make_formula(struct store *s, const struct form *f, const struct expr_form *e, size_t i,
                        size_t kind)
{
	static const enum expr_want want[] =
		{[FORM_RELEVANT] = EXPR_TRUTH,     [FORM_CHECK] = EXPR_TRUTH,
	         [FORM_CALCULATION] = EXPR_ANSWER, [FORM_FILTER] = EXPR_FILTER,
	         [FORM_REQUIRED] = EXPR_TRUTH,     [FORM_COUNT] = EXPR_NUMBER,
	         [PLAN_PRESET] = EXPR_ANSWER};
	struct formula *m = &f->plan->of[i][kind];
	const char *cell = cell_of(f->q + i, kind);
	size_t k;
	int rc;

	if (!cell)
		return 0;
	rc = expr_translate(e, i, cell, want[kind], &m->expr);
	for (k = 0; !rc && k < m->expr.nref; k++)
		f->plan->names_id |= m->expr.ref[k].kind == EXPR_REF_ID;
	return rc ? rc : prepare(s, statement(f, f->q + i, m, kind), &m->st);
}

static int make_formulas(struct store *s, const struct form *f, struct plan_fault *fault)
{
	struct expr_question *q = calloc(f->nq + 1, sizeof *q);
	struct expr_form e = {.q = q, .nq = f->nq, .id = f->id, .lang = f->language};
	size_t i, k;
	int rc = q ? 0 : err(ERR_NOMEM, "out of memory");

	if (!e.lang)
		e.lang = "";
	for (i = 0; q && i < f->nq; i++)
		q[i] = (struct expr_question){f->q[i].name, f->q[i].list, f->q[i].in, f->q[i].type};
	sqlite3_set_authorizer(s->db, authorize, NULL);
	for (i = 0; !rc && i < f->nq; i++) {
		for (k = 0; !rc && k < PLAN_EXPRS; k++) {
			*fault = (struct plan_fault){i, (enum form_expr)k};
			rc = make_formula(s, f, &e, i, k);
		}
	}
	sqlite3_set_authorizer(s->db, NULL, NULL);
	free(q);
	return rc;
}

int plan_choices(struct store *s, const struct form *f, size_t q, sqlite3_stmt **out)
{
	const struct formula *m = &f->plan->of[q][FORM_FILTER];

	*out = NULL;
	return prepare(
		s,
		sqlite3_mprintf("SELECT c0.name, c0.label FROM choice c0 WHERE c0.form = %lld"
	                        " AND c0.list = %Q AND %s ORDER BY c0.ord, c0.id",
	                        (long long)f->id, list_of(f->q + q), m->st ? m->expr.sql : "1"),
		out);
}

/* ---- order ------------------------------------------------------------------------------------------------ */

/* A walk from a question to those that it needs. */
struct walk {
	const struct form *f;
	unsigned char *state; /* of a question: 0 not met, 1 on the way, 2 in order */
	size_t *way;          /* those on the way */
	size_t depth, n;
	struct plan_fault *fault;
};

/* What decides a question's value and whether it is asked. What another cell of it names does not. */
static const size_t needed[] = {FORM_RELEVANT, FORM_CALCULATION, PLAN_PRESET};
#define NEEDED (sizeof needed / sizeof *needed)

static int goes_round(struct walk *w, size_t q)
{
	struct buf names = {0};
	size_t i;
	int rc;

	for (i = 0; w->way[i] != q; i++)
		;
	for (; i < w->depth && names.len < ERR_TEXT_MAX / 4; i++)
		buf_printf(&names, "%s > ", w->f->q[w->way[i]].name);
	buf_str(&names, w->f->q[q].name);
	rc = err(ERR_BAD, "it needs its own value: %s", buf_cstr(&names));
	buf_release(&names);
	return rc;
}

static int visit(struct walk *w, size_t q);

static int visit_needed(struct walk *w, size_t q)
{
	const struct formula *m;
	size_t k, i;
	int rc = w->f->q[q].in ? visit(w, w->f->q[q].in - 1) : 0;

	for (k = 0; !rc && k < NEEDED; k++) {
		m = &w->f->plan->of[q][needed[k]];
		for (i = 0; !rc && i < m->expr.nref; i++) {
			if (m->expr.ref[i].kind >= EXPR_REF_TODAY ||
			    m->expr.ref[i].kind == EXPR_REF_PLACE)
				continue;
			/* its own value, as it was, or in another row */
			if (m->expr.ref[i].q == q && needed[k] == FORM_CALCULATION)
				continue;
			*w->fault = (struct plan_fault){q, (enum form_expr)needed[k]};
			rc = visit(w, m->expr.ref[i].q);
		}
	}
	return rc;
}

static int visit(struct walk *w, size_t q)
{
	int rc;

	if (w->state[q] == 2)
		return 0;
	if (w->state[q] == 1)
		return goes_round(w, q);
	w->state[q] = 1;
	w->way[w->depth++] = q;
	rc = visit_needed(w, q);
	w->depth--;
	w->state[q] = 2;
	w->f->plan->order[w->n++] = q;
	return rc;
}

static int put_in_order(const struct form *f, struct plan_fault *fault)
{
	struct walk w = {.f = f, .fault = fault};
	size_t q;
	int rc = 0;

	w.state = calloc(f->nq + 1, 1);
	w.way = calloc(f->nq + 1, sizeof *w.way);
	if (!w.state || !w.way)
		rc = err(ERR_NOMEM, "out of memory");
	for (q = 0; !rc && q < f->nq; q++)
		rc = visit(&w, q);
	free(w.state);
	free(w.way);
	return rc;
}

/* ---- all ---------------------------------------------------------------------------------------------------- */

int plan_layout(const struct form *f)
{
	struct plan *p = f->plan;
	size_t n = f->nq + 1, q, up;

	if (p->order)
		return 0;
	p->nq = f->nq;
	if ((!p->of && !(p->of = calloc(n, sizeof *p->of))) ||
	    (!p->repeat && !(p->repeat = calloc(n, sizeof *p->repeat))) ||
	    (!p->slot && !(p->slot = calloc(n, sizeof *p->slot))) ||
	    (!p->slots && !(p->slots = calloc(n, sizeof *p->slots))) ||
	    !(p->order = calloc(n, sizeof *p->order)))
		return err(ERR_NOMEM, "out of memory");
	for (q = 0; q < f->nq; q++) {
		for (up = f->q[q].in; up && f->q[up - 1].type != Q_REPEAT;)
			up = f->q[up - 1].in;
		p->repeat[q] = up;
		p->slot[q] = p->slots[up]++;
	}
	return 0;
}

int plan_ready(struct store *s, const struct form *f, struct plan_fault *fault)
{
	struct plan *p = f->plan;
	int rc = p->ready ? 0 : plan_layout(f);

	if (p->ready || rc)
		return rc;
	rc = make_formulas(s, f, fault);
	if (!rc)
		rc = put_in_order(f, fault);
	p->ready = !rc;
	if (rc)
		forget(p);
	return rc;
}

int plan_open(struct store *s, const struct form *f)
{
	struct plan_fault fault = {0};
	int rc = plan_ready(s, f, &fault);

	if (rc == ERR_BAD)
		rc = err(rc, "form %s cannot be answered here: question %s, %s: %s", f->code,
		         f->q[fault.q].name,
		         (size_t)fault.expr == PLAN_PRESET ? "default" : form_expr_cell[fault.expr],
		         err_text());
	return rc;
}
