/* open_data.c - what a node may publish, put together and walked. */
#include "storage/open_data.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/figures.h"
#include "storage/open_draft.h"
#include "storage/value.h"

#include <stdlib.h>
#include <string.h>

/* ---- what may be read ------------------------------------------------------------------------ */

static int no_personal(void *arg, int action, const char *a, const char *b, const char *schema,
                       const char *inside)
{
	(void)arg;
	(void)b;
	(void)schema;
	(void)inside;
	return action == SQLITE_READ && a && !strncmp(a, "p_", 2) ? SQLITE_DENY : SQLITE_OK;
}

void open_guard(struct open_data *o)
{
	sqlite3_set_authorizer(o->s->db, no_personal, NULL);
}

/* ---- reading ----------------------------------------------------------------------------------- */

struct list {
	struct open_data *o;
	char *code[FIGURES_MAX]; /* owned */
	size_t n;
};

static int add_form(void *arg, const char *code, int version, const char *label)
{
	struct open_data *o = arg;
	struct draft_form *more = realloc(o->form, (o->forms + 1) * sizeof *more);

	(void)version;
	(void)label;
	if (!more)
		return err(ERR_NOMEM, "out of memory");
	o->form = more;
	memset(&o->form[o->forms], 0, sizeof *o->form);
	return form_load(o->s, code, &o->form[o->forms++].form);
}

static int note_code(void *arg, const struct indicator *i)
{
	struct list *l = arg;

	if (l->n == FIGURES_MAX)
		return err(ERR_TOOBIG, "more than %d indicators", FIGURES_MAX);
	l->code[l->n] = strdup(i->code);
	return l->code[l->n++] ? 0 : err(ERR_NOMEM, "out of memory");
}

static int read_indicators(struct open_data *o)
{
	struct list l = {.o = o};
	size_t i;
	int rc = indicator_each(o->s, note_code, &l);

	o->indicator = calloc(l.n + 1, sizeof *o->indicator);
	if (!rc && !o->indicator)
		rc = err(ERR_NOMEM, "out of memory");
	for (i = 0; !rc && i < l.n; i++) {
		rc = indicator_load(o->s, l.code[i], &o->indicator[i]);
		o->indicators += !rc;
	}
	for (i = 0; i < l.n; i++)
		free(l.code[i]);
	return rc;
}

static int read_units(struct open_data *o, const struct open_of *of)
{
	long top = geography_find(o->geo, of->unit);

	top = top < 0 ? top : geography_becomes(o->geo, top);
	if (top < 0)
		return err(ERR_NOTFOUND, "that unit is not one unit on that day");
	return open_units_read(o, top);
}

/* Figures of an indicator have no shown cells, of answers those that are left. */
static int show(struct draft_table *t)
{
	size_t i;

	if (t->t.kind != OPEN_ANSWERS || t->t.withheld)
		return 0;
	t->shown = calloc(t->cells, sizeof *t->shown);
	if (!t->shown)
		return err(ERR_NOMEM, "out of memory");
	t->t.cell = t->shown;
	for (i = 0; i < t->cells; i++)
		if (!t->cell[i].gone && (!i || strcmp(t->type, "select_multiple") != 0))
			t->shown[t->t.cells++] = t->cell[i].shown;
	return 0;
}

int open_data_open(struct store *s, const struct open_of *of, struct open_data **out)
{
	struct open_data *o = calloc(1, sizeof *o);
	size_t i;
	int rc;

	*out = NULL;
	if (!o)
		return err(ERR_NOMEM, "out of memory");
	o->s = s;
	open_guard(o);
	o->dated = of->day != NULL;
	if (of->day)
		memcpy(o->day, of->day, DATE_LEN);
	rc = geography_open(s, of->day, of->at, &o->geo);
	if (!rc)
		rc = read_units(o, of);
	if (!rc)
		rc = form_each(s, add_form, o);
	if (!rc)
		rc = read_indicators(o);
	if (!rc)
		rc = open_tables_draft(o);
	for (i = 0; !rc && i < o->forms; i++)
		rc = open_form_count(o, i);
	for (i = 0; !rc && i < o->tables; i++)
		rc = show(&o->table[i]);
	if (rc)
		open_data_close(o);
	else
		*out = o;
	return rc;
}

static void release_table(struct draft_table *t)
{
	size_t i;

	for (i = 0; i < t->cells; i++) {
		free(t->cell[i].expr);
		free(t->cell[i].shown.name);
		free(t->cell[i].shown.label);
	}
	free(t->cell);
	free(t->shown);
	free(t->name);
	free(t->label);
	free(t->type);
	free(t->made_of);
}

void open_data_close(struct open_data *o)
{
	size_t i, k;

	if (!o)
		return;
	sqlite3_set_authorizer(o->s->db, NULL, NULL);
	for (i = 0; i < o->tables; i++)
		release_table(&o->table[i]);
	for (i = 0; i < o->sources; i++) {
		free(o->source[i].records);
		free(o->source[i].things);
		free(o->source[i].closed);
	}
	for (i = 0; i < o->forms; i++) {
		for (k = 0; k < o->form[i].families; k++)
			free(o->form[i].closed[k]);
		free(o->form[i].closed);
		free(o->form[i].group);
		free(o->form[i].value);
		free(o->form[i].behind);
		form_free(o->form[i].form);
	}
	for (i = 0; i < o->indicators; i++)
		indicator_release(&o->indicator[i]);
	free(o->indicator);
	free(o->table);
	free(o->source);
	free(o->form);
	free(o->node);
	free(o->node_of);
	geography_close(o->geo);
	free(o);
}

/* ---- walking ------------------------------------------------------------------------------------- */

size_t open_data_size(const struct open_data *o)
{
	return o->tables;
}

const struct open_table *open_data_table(const struct open_data *o, size_t i)
{
	return &o->table[i].t;
}

int open_data_units(const struct open_data *o, int (*fn)(void *arg, const struct unit *u),
                    void *arg)
{
	size_t n;
	int rc = 0;

	for (n = 0; !rc && n < o->nodes; n++)
		if (!o->node[n].rest)
			rc = fn(arg, geography_unit(o->geo, (size_t)o->node[n].place));
	return rc;
}

static const struct draft_form *form_of(const struct open_data *o, const struct draft_table *t)
{
	size_t i;

	for (i = 0; o->form[i].form != t->t.form; i++)
		;
	return &o->form[i];
}

/* A side that the tree tells. */
static int64_t from_tree(const struct open_data *o, const struct open_node *n, enum expr_kind kind)
{
	int64_t households;

	if (kind == EXPR_VILLAGES)
		return geography_count(o->geo, n->place, LEVEL_VILLAGE);
	if (kind == EXPR_COMMUNES)
		return geography_count(o->geo, n->place, LEVEL_COMMUNE);
	households = kind == EXPR_HOUSEHOLDS ? geography_households(o->geo, n->place) : 0;
	return households < 0 ? 0 : households;
}

static void values(const struct open_data *o, const struct draft_form *f,
                   const struct draft_table *t, size_t node, int64_t *out)
{
	const int64_t *row = f->value + node * f->columns;
	size_t i, n = 0;

	for (i = 0; i < t->cells; i++) {
		if (t->t.kind == OPEN_INDICATOR && i < OPEN_OUTSIDE)
			out[n++] = t->side[i] == EXPR_RECORDS
			                   ? row[t->cell[i].at]
			                   : from_tree(o, &o->node[node], t->side[i]);
		else if (t->t.kind == OPEN_RECORDS || (n < t->t.cells && !t->cell[i].gone &&
		                                       t->cell[i].shown.name == t->shown[n].name))
			out[n++] = row[t->cell[i].at];
	}
}

static bool of_tree(const struct draft_table *t)
{
	return t->t.kind == OPEN_INDICATOR && t->side[1] != EXPR_RECORDS && t->side[1] != EXPR_NONE;
}

/* What a row of the table is; false: the table has none for the unit. */
static bool state(const struct open_data *o, const struct draft_form *f,
                  const struct draft_table *t, size_t node, struct open_row *r)
{
	const struct open_node *n = &o->node[node];
	const struct open_source *s = &o->source[t->source];

	r->unit = geography_unit(o->geo, (size_t)n->place);
	r->rest = n->rest;
	if (r->unit->level + (r->rest ? 1 : 0) > t->t.floor)
		return false;
	if (r->rest && (of_tree(t) || !s->records[node]))
		return false;
	r->things = s->closed[node] ? -1 : s->records[node];
	if (s->closed[node] || (t->closed != OPEN_NONE && f->closed[t->closed][node]))
		r->state = OPEN_CLOSED;
	else if (!s->records[node] && !of_tree(t))
		r->state = OPEN_EMPTY;
	else
		r->state = OPEN_SHOWN;
	return true;
}

int open_data_rows(const struct open_data *o, size_t table,
                   int (*fn)(void *arg, const struct open_row *r), void *arg)
{
	const struct draft_table *t = &o->table[table];
	const struct draft_form *f = form_of(o, t);
	int64_t *value = calloc(t->cells + 1, sizeof *value);
	struct open_row r = {.value = value};
	size_t n;
	int rc = value ? 0 : err(ERR_NOMEM, "out of memory");

	for (n = 0; !rc && n < o->nodes && !t->t.withheld; n++) {
		if (!state(o, f, t, n, &r))
			continue;
		memset(value, 0, t->cells * sizeof *value);
		if (r.state == OPEN_SHOWN)
			values(o, f, t, n, value);
		rc = fn(arg, &r);
	}
	free(value);
	return rc;
}

int open_data_day(struct store *s, char day[11])
{
	int64_t clock, wall;
	int rc = db_int(s, &clock, "SELECT coalesce(max(clock), 0) FROM pack", "");

	if (!rc)
		rc = db_int(s, &wall, "SELECT coalesce(max(wall_ms), 0) FROM entry", "");
	day[0] = 0;
	if (!rc)
		value_today(clock_ms(clock) > wall ? clock_ms(clock) : wall, day);
	return rc;
}
