/* form_match.c - what of a form may change, and where new questions go. */
#include "storage/form_match.h"
#include "storage/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *form_kind(enum qtype type)
{
	if (form_type_answers(type))
		return "answer";
	return type == Q_REPEAT ? "repeat" : type == Q_GROUP ? "group" : "note";
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static int own(const char *text, char **out)
{
	*out = strdup(text);
	return *out ? 0 : err(ERR_NOMEM, "out of memory");
}

/* ---- questions ---------------------------------------------------------------------------------- */

static struct draft_question *find_old(struct draft *old, const struct draft_question *q)
{
	struct draft_question *o;

	for (o = old->q; o < old->q + old->nq; o++)
		if (!o->kept && form_kind(o->type) == form_kind(q->type) &&
		    !strcmp(o->name, q->name))
			return o;
	return NULL;
}

static const struct draft_question *repeat_around(const struct draft *d, size_t section)
{
	while (section && d->q[section - 1].type != Q_REPEAT)
		section = d->q[section - 1].section;
	return section ? d->q + section - 1 : NULL;
}

/* The table of q's answers, by the repeat around it, which has its own already. */
static int table_of(const struct draft *d, const struct draft_question *q, char **out)
{
	const struct draft_question *repeat = repeat_around(d, q->section);
	char tbl[FORM_TABLE_MAX];

	snprintf(tbl, sizeof tbl, "%c_%s", q->personal ? 'p' : 'f',
	         repeat ? repeat->tbl + 2 : d->code);
	return own(tbl, out);
}

static int changed(const struct draft_question *q, const char *column)
{
	return err(ERR_BAD,
	           "sheet survey, row %u, column %s: question %s was otherwise before, and records "
	           "hold answers to it: add a question with another name instead",
	           q->row, column, q->name);
}

static int take_over(struct draft *new, struct draft_question *q, struct draft_question *o)
{
	char *tbl = NULL;
	bool moved;
	int rc;

	o->kept = true;
	q->id = o->id;
	q->colno = o->colno;
	q->version = o->version;
	if (o->tbl && (rc = own(o->tbl, &q->tbl)))
		return rc;
	if (!form_type_answers(q->type))
		return 0;
	if (q->type != o->type)
		return changed(q, "type");
	if (!same(q->list, o->list))
		return changed(q, "type");
	if (q->personal != o->personal)
		return changed(q, "personal");
	rc = table_of(new, q, &tbl);
	moved = !rc && !same(tbl, o->tbl);
	free(tbl);
	if (moved)
		return err(
			ERR_BAD,
			"sheet survey, row %u: question %s was moved into or out of a repeat, and "
			"records hold answers to it: add a question with another name instead",
			q->row, q->name);
	return rc ? rc : own(o->col, &q->col);
}

static bool column_taken(const struct draft *d, const struct draft_question *q, const char *col)
{
	const struct draft_question *o;

	for (o = d->q; o < d->q + d->nq; o++)
		if (o != q && o->col && o->tbl && !strcmp(o->tbl + 1, q->tbl + 1) &&
		    !strcmp(o->col, col))
			return true;
	return false;
}

static bool table_taken(const struct draft *d, const char *tbl)
{
	const struct draft_question *o;

	for (o = d->q; o < d->q + d->nq; o++)
		if (o->tbl && !strcmp(o->tbl + 1, tbl + 1))
			return true;
	return false;
}

/* A column that nobody has, from the question's name. */
static int name_column(const struct draft *new, const struct draft *old, struct draft_question *q)
{
	char base[FORM_COL_MAX + 1], col[FORM_COL_MAX + 1];
	unsigned n;
	int rc = form_ident_make(q->name, base);

	snprintf(col, sizeof col, "%s", base);
	for (n = 2; !rc && (column_taken(new, q, col) || column_taken(old, q, col)); n++)
		snprintf(col, sizeof col, "%.*s_%u", FORM_COL_MAX - 6, base, n);
	return rc ? rc : own(col, &q->col);
}

static int name_repeat(const struct draft *new, const struct draft *old, struct draft_question *q)
{
	char base[FORM_COL_MAX + 1], tbl[FORM_TABLE_MAX];
	unsigned n;
	int rc = form_ident_make(q->name, base);

	snprintf(tbl, sizeof tbl, "f_%s__%s", new->code, base);
	for (n = 2; !rc && (table_taken(new, tbl) || table_taken(old, tbl)); n++)
		snprintf(tbl, sizeof tbl, "f_%s__%.*s_%u", new->code, FORM_COL_MAX - 6, base, n);
	return rc ? rc : own(tbl, &q->tbl);
}

static int next_column(const struct draft *new, const struct draft *old,
                       const struct draft_question *q)
{
	const struct draft *d[2] = {new, old};
	const struct draft_question *o;
	int next = q->personal                      ? FORM_PERSONAL_COLUMNS
	           : repeat_around(new, q->section) ? FORM_REPEAT_COLUMNS
	                                            : FORM_OPEN_COLUMNS;
	size_t i;

	for (i = 0; i < 2; i++)
		for (o = d[i]->q; o < d[i]->q + d[i]->nq; o++)
			if (o != q && o->col && !strcmp(o->tbl, q->tbl) && o->colno >= next)
				next = o->colno + 1;
	return next;
}

static int place_new(struct draft *new, struct draft *old, struct draft_question *q)
{
	int rc;

	q->version = old->version + 1;
	if (q->type == Q_REPEAT)
		return name_repeat(new, old, q);
	if (!form_type_answers(q->type))
		return 0;
	rc = table_of(new, q, &q->tbl);
	if (!rc) {
		q->colno = next_column(new, old, q);
		rc = name_column(new, old, q);
	}
	return rc;
}

static int match_questions(struct draft *new, struct draft *old)
{
	struct draft_question *q, *o;
	int rc = 0;

	for (q = new->q; !rc &&q < new->q + new->nq; q++) {
		o = find_old(old, q);
		if (o)
			rc = take_over(new, q, o);
		else if (q->type == Q_REPEAT)
			rc = place_new(new, old, q); /* those within go by its table */
	}
	for (q = new->q; !rc &&q < new->q + new->nq; q++)
		if (!q->id && q->type != Q_REPEAT)
			rc = place_new(new, old, q);
	for (o = old->q; !rc && o < old->q + old->nq; o++)
		if (!o->kept && o->col && !new->builtin)
			rc = err(
				ERR_BAD,
				"sheet survey: question %s is no longer there: records hold its answers, "
				"so keep its row, last if you like",
				o->name);
	return rc;
}

/* ---- choices -------------------------------------------------------------------------------------- */

static int choice_order(const void *a, const void *b)
{
	const struct draft_choice *x = *(struct draft_choice *const *)a,
				  *y = *(struct draft_choice *const *)b;
	int d = strcmp(x->list, y->list);

	return d ? d : strcmp(x->name, y->name);
}

static struct draft_choice **sorted_choices(struct draft *d)
{
	struct draft_choice **out = calloc(d->nc + 1, sizeof(struct draft_choice *));
	size_t i;

	if (!out) {
		err(ERR_NOMEM, "out of memory");
		return NULL;
	}
	for (i = 0; i < d->nc; i++)
		out[i] = d->c + i;
	qsort(out, d->nc, sizeof *out, choice_order);
	return out;
}

static int match_choices(struct draft *new, struct draft *old)
{
	struct draft_choice **a = sorted_choices(new), **b = sorted_choices(old);
	size_t i = 0, j;
	int d, rc = a && b ? 0 : ERR_NOMEM;

	for (j = 0; !rc && j < old->nc; j++) {
		while (i < new->nc && choice_order(a + i, b + j) < 0)
			i++;
		d = i < new->nc ? choice_order(a + i, b + j) : 1;
		if (!d) {
			a[i]->id = b[j]->id;
			b[j]->kept = true;
		} else if (!new->builtin) {
			rc = err(
				ERR_BAD,
				"sheet choices: %s of list %s is no longer there: records may hold it, so "
				"keep its row",
				b[j]->name, b[j]->list);
		}
	}
	free(a);
	free(b);
	return rc;
}

int form_match(struct draft *new, struct draft *old)
{
	int rc;

	new->id = old->id;
	rc = match_questions(new, old);
	return rc ? rc : match_choices(new, old);
}
