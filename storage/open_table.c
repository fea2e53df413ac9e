/* open_table.c - which tables there are to be, before anything is counted. */
#include "storage/err.h"
#include "storage/figures.h"
#include "storage/open_draft.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sqlite3.h>

static int no_memory(void)
{
	return err(ERR_NOMEM, "out of memory");
}

/* ---- what a form is about ----------------------------------------------------------------------- */

static struct draft_form *form_of(struct open_data *o, const char *code)
{
	size_t i;

	for (i = 0; code && i < o->forms; i++)
		if (!strcmp(o->form[i].form->code, code))
			return &o->form[i];
	return NULL;
}

static bool answers(const struct form *f, const struct question *q)
{
	return q->col && q->tbl && !q->personal && !strncmp(q->tbl, "f_", 2) &&
	       !strcmp(q->tbl + 2, f->code);
}

/* The question by which its records belong to somebody; NULL. */
static const struct question *belongs_by(struct open_data *o, const struct draft_form *f)
{
	const struct question *q;
	struct draft_form *of;

	for (q = f->form->q; q < f->form->q + f->form->nq; q++) {
		if (q->type != Q_RECORD || !answers(f->form, q))
			continue;
		of = form_of(o, q->list);
		if (of && of->about_people)
			return q;
	}
	return NULL;
}

static void tell_people(struct open_data *o)
{
	size_t i, k, round;

	for (i = 0; i < o->forms; i++)
		for (k = 0; k < o->form[i].form->nq; k++)
			o->form[i].about_people |= o->form[i].form->q[k].personal;
	for (round = 0; round < o->forms; round++)
		for (i = 0; i < o->forms; i++)
			o->form[i].about_people |= belongs_by(o, &o->form[i]) != NULL;
}

/* ---- questions that depend on each other ---------------------------------------------------------- */

static void unite(struct draft_form *f, size_t a, size_t b)
{
	size_t from = f->group[a], to = f->group[b], i;

	for (i = 0; i < f->form->nq; i++)
		if (f->group[i] == from)
			f->group[i] = to;
}

/* Unites q with the questions that an XLSForm expression names. */
static void unite_named(struct draft_form *f, size_t q, const char *text)
{
	const struct question *named;
	char name[FORM_NAME_MAX + 1];
	const char *end;

	while (text && (text = strstr(text, "${")) && (end = strchr(text, '}'))) {
		sqlite3_snprintf(sizeof name, name, "%.*s", (int)(end - text - 2), text + 2);
		named = form_question(f->form, name);
		if (named)
			unite(f, q, (size_t)(named - f->form->q));
		text = end;
	}
}

static int group(struct draft_form *f)
{
	const struct form *form = f->form;
	size_t i, in;
	int depth;

	f->group = calloc(form->nq + 1, sizeof *f->group);
	if (!f->group)
		return no_memory();
	for (i = 0; i < form->nq; i++)
		f->group[i] = i;
	for (i = 0; i < form->nq; i++) {
		unite_named(f, i, form->q[i].expr[FORM_CALCULATION]);
		unite_named(f, i, form->q[i].expr[FORM_FILTER]);
		in = i + 1;
		for (depth = 0; in && depth < FORM_DEPTH_MAX; depth++) {
			unite_named(f, i, form->q[in - 1].expr[FORM_RELEVANT]);
			in = form->q[in - 1].in;
		}
	}
	return 0;
}

/* The group of the questions that an SQL expression reads, all united; OPEN_NONE: it reads none. */
static size_t read_by(struct draft_form *f, const char *sql, size_t with)
{
	size_t i, n;
	const char *p;

	for (p = sql; p && *p; p += n) {
		for (n = 0; isalnum((unsigned char)p[n]) || p[n] == '_'; n++)
			;
		for (i = 0; n && i < f->form->nq; i++) {
			const char *col = f->form->q[i].col;

			if (!col || strlen(col) != n || strncasecmp(p, col, n) != 0)
				continue;
			if (with != OPEN_NONE)
				unite(f, with, i);
			with = i;
		}
		n += !n;
	}
	return with;
}

/* ---- sources --------------------------------------------------------------------------------------- */

/* The records of f by what latest_by says. */
static int source(struct open_data *o, struct draft_form *f, const char *latest_by, size_t *out)
{
	struct indicator_row row = {.form = f->form->code};
	struct open_source *s = &o->source[o->sources];
	char by[FORM_NAME_MAX + 1];
	int rc;

	sqlite3_snprintf(sizeof by, by, "%s", latest_by);
	row.latest_by = by;
	memset(s, 0, sizeof *s);
	rc = indicator_counted(o->s, &row, &s->what);
	if (rc)
		return rc;
	for (*out = 0; *out < o->sources; ++*out)
		if (!strcmp(o->source[*out].what.code, s->what.code) &&
		    !strcmp(o->source[*out].what.by, s->what.by))
			return 0;
	s->keeper = o->sources++;
	return 0;
}

/* Where the records of a source are not one a household, what counts households besides. */
static int keep(struct open_data *o, struct draft_form *f, size_t i)
{
	const struct question *by = f->about_people ? belongs_by(o, f) : NULL;

	return by ? source(o, f, by->name, &o->source[i].keeper) : 0;
}

/* ---- tables ----------------------------------------------------------------------------------------- */

static struct draft_table *add(struct open_data *o, struct draft_form *f, enum open_kind kind,
                               size_t src)
{
	struct draft_table *t;

	if (o->tables == o->room) {
		size_t room = o->room ? 2 * o->room : 64;
		struct draft_table *more = realloc(o->table, room * sizeof *more);

		if (!more)
			return NULL;
		o->table = more;
		o->room = room;
	}
	t = &o->table[o->tables++];
	memset(t, 0, sizeof *t);
	t->t.kind = kind;
	t->t.form = f->form;
	t->source = src;
	t->family = t->closed = OPEN_NONE;
	t->t.floor = LEVEL_VILLAGE;
	f->last = o->tables;
	return t;
}

/* Room for n figures more. */
static int cells(struct draft_form *f, struct draft_table *t, size_t n)
{
	size_t i;

	t->cell = calloc(n, sizeof *t->cell);
	if (!t->cell)
		return no_memory();
	t->cells = n;
	for (i = 0; i < n; i++)
		t->cell[i].at = f->columns++;
	return 0;
}

/* The type is what is counted, or the question's. */
static int name(struct draft_table *t, const char *code, const char *label, const char *type,
                const char *made_of)
{
	t->t.name = t->name = strdup(code);
	t->t.label = t->label = strdup(label ? label : "{}");
	t->t.type = t->type = strdup(type);
	t->t.made_of = t->made_of = strdup(made_of);
	return t->name && t->label && t->type && t->made_of ? 0 : no_memory();
}

static int records(struct open_data *o, struct draft_form *f, size_t src)
{
	struct draft_table *t = add(o, f, OPEN_RECORDS, src);
	int rc = t ? name(t, o->source[src].what.by, f->form->label, "records", "count(*)")
	           : no_memory();

	if (!rc)
		rc = cells(f, t, 1);
	if (!rc && !(t->cell[0].expr = strdup("count(*)")))
		rc = no_memory();
	if (!rc)
		t->cell[0].none_ok = true;
	return rc;
}

/* One whose numerator is a number of the tree hides nothing there. */
static int indicator(struct open_data *o, struct draft_form *f, const struct indicator_row *row)
{
	const char *side[] = {row->numerator, row->denominator};
	struct draft_table *t;
	char *source_text;
	size_t src, i;
	int rc = source(o, f, row->latest_by, &src);

	t = rc ? NULL : add(o, f, OPEN_INDICATOR, src);
	if (!t)
		return rc ? rc : no_memory();
	source_text = sqlite3_mprintf("%s%s%s", side[0], *side[1] ? " / " : "", side[1]);
	rc = source_text ? name(t, row->code, row->label, row->counts, source_text) : no_memory();
	sqlite3_free(source_text);
	if (!rc)
		rc = indicator_kinds(row, &t->side[0], &t->side[1]);
	if (!rc)
		rc = cells(f, t, OPEN_SIDES);
	for (i = 0; !rc && i < 2; i++) {
		t->cell[OPEN_REST].none_ok |= t->side[i] != EXPR_RECORDS;
		if (t->side[i] != EXPR_RECORDS)
			continue;
		t->family = read_by(f, side[i], t->family);
		t->cell[i].expr = strdup(side[i]);
		if (!t->cell[i].expr)
			rc = no_memory();
	}
	if (!rc) {
		t->cell[0].none_ok = t->side[0] != EXPR_RECORDS;
		t->cell[OPEN_OUTSIDE].none_ok = true;
	}
	return rc;
}

/* ---- questions with choices -------------------------------------------------------------------------- */

struct choosing {
	struct open_cell at[OPEN_CHOICES_MAX];
	size_t n;
	bool many;
};

static int choice(void *arg, const char *name, const char *label)
{
	struct choosing *c = arg;

	c->many = c->n == OPEN_CHOICES_MAX;
	if (c->many)
		return 1;
	c->at[c->n].name = strdup(name);
	c->at[c->n].label = strdup(label);
	return c->at[c->n].name && c->at[c->n++].label ? 0 : no_memory();
}

static int fill(struct draft_cell *c, char *expr, const char *name, const char *label)
{
	c->expr = expr ? strdup(expr) : NULL;
	sqlite3_free(expr);
	c->shown.name = strdup(name);
	c->shown.label = strdup(label);
	return c->expr && c->shown.name && c->shown.label ? 0 : no_memory();
}

static int unanswered(struct draft_cell *c, const char *col)
{
	c->none_ok = true;
	return fill(c, sqlite3_mprintf("count(*) FILTER (WHERE \"%w\" IS NULL)", col), "",
	            "{\"vi\":\"Không trả lời\",\"en\":\"No answer\"}");
}

static int one_of(struct open_data *o, struct draft_form *f, size_t src, const struct question *q,
                  const struct choosing *c)
{
	struct draft_table *t = add(o, f, OPEN_ANSWERS, src);
	size_t i;
	int rc = t ? name(t, q->name, q->label, q->kind, q->col) : no_memory();

	if (!rc)
		rc = cells(f, t, c->n + 1);
	for (i = 0; !rc && i < c->n; i++)
		rc = fill(&t->cell[i],
		          sqlite3_mprintf("count(*) FILTER (WHERE \"%w\" = %Q)", q->col,
		                          c->at[i].name),
		          c->at[i].name, c->at[i].label);
	if (!rc)
		rc = unanswered(&t->cell[c->n], q->col);
	if (!rc)
		t->family = (size_t)(q - f->form->q);
	return rc;
}

/* Of several that may be chosen each is a table: those that chose it, and those that did not. */
static int any_of(struct open_data *o, struct draft_form *f, size_t src, const struct question *q,
                  const struct open_cell *c)
{
	struct draft_table *t = add(o, f, OPEN_ANSWERS, src);
	int rc = t ? name(t, q->name, q->label, q->kind, q->col) : no_memory();

	if (!rc)
		rc = cells(f, t, 3);
	if (!rc)
		rc = fill(&t->cell[0],
		          sqlite3_mprintf(
				  "count(*) FILTER (WHERE instr(' ' || \"%w\" || ' ', ' %q ') > 0)",
				  q->col, c->name),
		          c->name, c->label);
	if (!rc)
		rc = fill(&t->cell[1],
		          sqlite3_mprintf(
				  "count(*) FILTER (WHERE instr(' ' || \"%w\" || ' ', ' %q ') = 0)",
				  q->col, c->name),
		          "", "{}");
	if (!rc)
		rc = unanswered(&t->cell[2], q->col);
	if (!rc)
		t->family = (size_t)(q - f->form->q);
	return rc;
}

static int question(struct open_data *o, struct draft_form *f, size_t src, const struct question *q)
{
	struct choosing c = {.n = 0};
	size_t i;
	int rc;

	if ((q->type != Q_SELECT_ONE && q->type != Q_SELECT_MULTIPLE) || !answers(f->form, q))
		return 0;
	rc = form_choices(o->s, f->form, q->list, choice, &c);
	if (rc > 0 || f->columns + 3 * c.n + 1 > OPEN_CELLS_MAX)
		rc = 0;
	else if (!rc && c.n && q->type == Q_SELECT_ONE)
		rc = one_of(o, f, src, q, &c);
	else
		for (i = 0; !rc && i < c.n; i++)
			rc = any_of(o, f, src, q, &c.at[i]);
	for (i = 0; i < OPEN_CHOICES_MAX; i++) {
		free(c.at[i].name);
		free(c.at[i].label);
	}
	return rc;
}

/* ---- a form ------------------------------------------------------------------------------------------- */

/* What its questions are counted by: the first indicator's, else those its records belong to, else all. */
static int main_source(struct open_data *o, struct draft_form *f, size_t *out)
{
	const struct question *by = belongs_by(o, f);

	if (f->last > f->first) {
		*out = o->table[f->first].source;
		return 0;
	}
	return source(o, f, by ? by->name : "_id", out);
}

static int draft(struct open_data *o, struct draft_form *f)
{
	size_t from = o->sources, i, src;
	int rc = group(f);

	f->first = f->last = o->tables;
	for (i = 0; !rc && i < o->indicators; i++)
		if (!strcmp(o->indicator[i].form, f->form->code))
			rc = indicator(o, f, &o->indicator[i]);
	if (!rc)
		rc = main_source(o, f, &src);
	for (i = 0; !rc && i < f->form->nq; i++)
		rc = question(o, f, src, &f->form->q[i]);
	if (rc || f->first == f->last)
		return rc;
	for (i = from; !rc && i < o->sources; i++)
		rc = keep(o, f, i);
	for (i = from; !rc && i < o->sources; i++)
		rc = records(o, f, i);
	for (i = f->first; i < f->last; i++)
		if (o->table[i].family != OPEN_NONE)
			o->table[i].family = f->group[o->table[i].family];
	return rc;
}

int open_tables_draft(struct open_data *o)
{
	size_t i;
	int rc = 0;

	/* an indicator's, those of a form's questions, and what keeps them; one to try */
	o->source = calloc(o->indicators + 2 * o->forms + 1, sizeof *o->source);
	if (!o->source)
		return no_memory();
	tell_people(o);
	for (i = 0; !rc && i < o->forms; i++)
		rc = draft(o, &o->form[i]);
	return rc;
}
