/* open_count.c - the figures of a form's tables, and how many households are behind each. */
#include "storage/err.h"
#include "storage/open_draft.h"

#include <stdlib.h>
#include <string.h>

#define WALK_MAX \
	126 /* expressions in one walk over the records; even, for the sides of indicators */

static int no_memory(void)
{
	return err(ERR_NOMEM, "out of memory");
}

/* ---- walking the records ----------------------------------------------------------------------- */

/* What one walk counts. */
struct walk {
	struct open_data *o;
	struct draft_form *f;
	int64_t *into; /* matrix */
	bool rows;     /* a record at a time: what is behind indicators */
	const char *expr[WALK_MAX];
	struct draft_table *table[WALK_MAX];
	size_t cell[WALK_MAX], n;
};

static void add(struct walk *w, size_t node, size_t i, int64_t v)
{
	w->into[node * w->f->columns + w->table[i]->cell[w->cell[i]].at] += v;
}

/* Of an indicator that counts this record. Its sides follow each other in the walk. */
static void add_behind(struct walk *w, size_t node, size_t i, const int64_t *value)
{
	struct draft_table *t = w->table[i];
	int64_t *at = w->into + node * w->f->columns;
	int64_t num = value[i], den;

	if (w->cell[i] == OPEN_NUMERATOR)
		at[t->cell[OPEN_NUMERATOR].at] += num != 0;
	if (w->cell[i] != OPEN_REST)
		return;
	den = num;
	num = t->side[0] == EXPR_RECORDS ? value[i - 1] : 0;
	at[t->cell[OPEN_REST].at] += den != num;
	at[t->cell[OPEN_OUTSIDE].at] += !den && !num;
	t->many |= den < 0 || den > 1;
}

static int add_up(void *arg, int64_t unit, int64_t row, const int64_t *value)
{
	struct walk *w = arg;
	struct open_data *o = w->o;
	long holder[UNIT_DEPTH_MAX];
	size_t node, i;

	(void)row;
	if (!geography_holders(o->geo, unit, holder) || o->node_of[holder[0]] == OPEN_NONE)
		return 0;
	node = o->node_of[holder[0]];
	if (o->node[node].first != OPEN_NONE)
		node = o->node[node].first;
	for (;; node = o->node[node].parent) {
		for (i = 0; i < w->n; i++) {
			if (w->rows)
				add_behind(w, node, i, value);
			else
				add(w, node, i, value[i]);
		}
		if (!node)
			return 0;
	}
}

static int run(struct walk *w, size_t source)
{
	struct open_data *o = w->o;
	const struct expr_of of = {.day = o->dated ? o->day : NULL, .rows = w->rows};
	int rc = w->n ? expr_run(o->s, &o->source[source].what, w->expr, w->n, &of, add_up, w) : 0;

	open_guard(o);
	w->n = 0;
	return rc;
}

/* Walks with the expressions of the tables that wanted() takes, as many at once as may be. */
static int walk(struct walk *w, size_t source,
                bool (*wanted)(const struct walk *, size_t source, const struct draft_table *))
{
	struct draft_table *t;
	size_t i, k;
	int rc = 0;

	for (i = w->f->first; !rc && i < w->f->last; i++) {
		t = &w->o->table[i];
		if (!wanted(w, source, t))
			continue;
		for (k = 0; !rc && k < t->cells; k++) {
			if (!t->cell[k].expr)
				continue;
			if (w->n == WALK_MAX || (w->n + 2 > WALK_MAX && !k))
				rc = run(w, source);
			w->expr[w->n] = t->cell[k].expr;
			w->table[w->n] = t;
			w->cell[w->n++] = k;
		}
	}
	return rc ? rc : run(w, source);
}

static bool of_source(const struct walk *w, size_t source, const struct draft_table *t)
{
	(void)w;
	return t->source == source;
}

static bool kept_by(const struct walk *w, size_t source, const struct draft_table *t)
{
	return w->o->source[t->source].keeper == source &&
	       w->rows == (t->t.kind == OPEN_INDICATOR) && (w->rows || t->source != source);
}

/* ---- all figures ------------------------------------------------------------------------------- */

/* The households of a choice that a household gives once are those counted already. */
static void behind_choices(struct open_data *o, struct draft_form *f)
{
	size_t i, k, n;

	for (i = f->first; i < f->last; i++) {
		const struct draft_table *t = &o->table[i];

		if (t->t.kind == OPEN_INDICATOR || o->source[t->source].keeper != t->source)
			continue;
		for (k = 0; k < t->cells; k++)
			for (n = 0; n < o->nodes; n++)
				f->behind[n * f->columns + t->cell[k].at] =
					f->value[n * f->columns + t->cell[k].at];
	}
}

static int take_records(struct open_data *o, const struct draft_form *f,
                        const struct draft_table *t)
{
	struct open_source *s = &o->source[t->source];
	size_t n;

	s->records = calloc(o->nodes, sizeof *s->records);
	s->things = calloc(o->nodes, sizeof *s->things);
	s->closed = calloc(o->nodes, sizeof *s->closed);
	if (!s->records || !s->things || !s->closed)
		return no_memory();
	for (n = 0; n < o->nodes; n++) {
		s->records[n] = f->value[n * f->columns + t->cell[0].at];
		s->things[n] = f->behind[n * f->columns + t->cell[0].at];
	}
	return 0;
}

static int count(struct open_data *o, struct draft_form *f)
{
	struct walk w = {.o = o, .f = f};
	size_t i;
	int rc = 0;

	f->value = calloc(o->nodes * f->columns + 1, sizeof *f->value);
	f->behind = calloc(o->nodes * f->columns + 1, sizeof *f->behind);
	if (!f->value || !f->behind)
		return no_memory();
	for (i = 0; !rc && i < o->sources; i++) {
		if (strcmp(o->source[i].what.code, f->form->code) != 0)
			continue;
		w.into = f->value;
		w.rows = false;
		rc = walk(&w, i, of_source);
		w.into = f->behind;
		if (!rc && f->about_people)
			rc = walk(&w, i, kept_by);
		w.rows = true;
		if (!rc && f->about_people)
			rc = walk(&w, i, kept_by);
	}
	behind_choices(o, f);
	for (i = f->first; !rc && i < f->last; i++)
		if (o->table[i].t.kind == OPEN_RECORDS)
			rc = take_records(o, f, &o->table[i]);
	return rc;
}

int open_form_count(struct open_data *o, size_t form)
{
	struct draft_form *f = &o->form[form];
	int rc = 0;

	if (f->first == f->last)
		return 0;
	rc = count(o, f);
	if (!rc && f->about_people)
		rc = open_form_close(o, form);
	return rc;
}
