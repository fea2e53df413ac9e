/* open_close.c - what is too small in all is joined, what would tell of a household is closed. */
#include "storage/err.h"
#include "storage/open_draft.h"

#include <stdlib.h>
#include <string.h>

/* A table goes down to a level where this part of the units can show it: where most are closed the
 * others had to be closed with them. */
#define FLOOR_PART 3
#define FLOOR_OF 4
#define FLOOR_SPARE 20 /* that part of the units more may fail to than to the best of the family */

static int no_memory(void)
{
	return err(ERR_NOMEM, "out of memory");
}

static int64_t behind(const struct draft_form *f, size_t node, const struct draft_cell *c)
{
	return f->behind[node * f->columns + c->at];
}

static bool safe(const struct draft_form *f, size_t node, const struct draft_cell *c)
{
	const struct suppress_cell as = {.none_ok = c->none_ok};

	return c->gone || suppress_safe(&as, behind(f, node, c));
}

static enum level level_at(const struct open_data *o, size_t node)
{
	enum level l = geography_unit(o->geo, (size_t)o->node[node].place)->level;

	return o->node[node].rest && l < LEVEL_VILLAGE ? l + 1 : l;
}

/* ---- joining choices ------------------------------------------------------------------------------- */

static int join_labels(struct open_cell *to, const struct open_cell *from)
{
	static const char *const lang[] = {"vi", "en"};
	struct buf label = {0}, text = {0};
	size_t i;
	int rc;

	for (i = 0; i < sizeof lang / sizeof *lang; i++) {
		buf_reset(&text);
		form_label(to->label, lang[i], &text);
		buf_str(&text, "; ");
		form_label(from->label, lang[i], &text);
		form_label_put(&label, lang[i], buf_cstr(&text));
	}
	form_label_end(&label);
	rc = label.err || text.err ? no_memory() : 0;
	if (!rc) {
		free(to->label);
		to->label = strdup(buf_cstr(&label));
		buf_reset(&text);
		buf_printf(&text, "%s+%s", to->name, *from->name ? from->name : "none");
		free(to->name);
		to->name = strdup(buf_cstr(&text));
		if (!to->label || !to->name)
			rc = no_memory();
	}
	buf_release(&label);
	buf_release(&text);
	return rc;
}

static int join(struct open_data *o, struct draft_form *f, struct draft_cell *to,
                struct draft_cell *from)
{
	size_t n;

	for (n = 0; n < o->nodes; n++) {
		f->value[n * f->columns + to->at] += f->value[n * f->columns + from->at];
		f->behind[n * f->columns + to->at] += behind(f, n, from);
	}
	from->gone = true;
	return join_labels(&to->shown, &from->shown);
}

/* With which one that is too small in all is joined: the smallest other choice. */
static struct draft_cell *partner(const struct draft_form *f, struct draft_table *t, size_t of)
{
	struct draft_cell *best = NULL, *c;

	if (!strcmp(t->type, "select_multiple"))
		return t->cell[of].none_ok ? &t->cell[1] : NULL;
	for (c = t->cell; c < t->cell + t->cells; c++)
		if (c != &t->cell[of] && !c->gone && !c->none_ok &&
		    (!best || behind(f, 0, c) < behind(f, 0, best)))
			best = c;
	return best;
}

static int join_small(struct open_data *o, struct draft_form *f, struct draft_table *t)
{
	struct draft_cell *with;
	size_t i, left = 0;
	int rc = 0;

	for (i = 0; !rc && i < t->cells; i++) {
		if (safe(f, 0, &t->cell[i]))
			continue;
		with = t->t.kind == OPEN_ANSWERS ? partner(f, t, i) : NULL;
		if (!with) {
			t->t.withheld = true;
			return 0;
		}
		rc = join(o, f, with, &t->cell[i]);
		i = (size_t)-1; /* once more from the first */
	}
	for (i = 0; i < t->cells; i++)
		left += !t->cell[i].gone && !t->cell[i].none_ok;
	t->t.withheld = t->t.kind == OPEN_ANSWERS && left < 2;
	return rc;
}

/* ---- closing ------------------------------------------------------------------------------------------- */

/* Tables that are closed together, put as suppress() wants them. */
struct family {
	size_t table[OPEN_CELLS_MAX], tables;
	struct suppress_cell *cell;
	int64_t *count, *things;
	size_t cells;
};

/* What is so small that it tells, of all tables: columns of the matrix. */
static int fill(const struct open_data *o, const struct draft_form *f, struct family *y)
{
	const struct draft_table *t;
	size_t i, k, n, at = 0;

	for (i = 0; i < y->tables; i++)
		y->cells += o->table[y->table[i]].cells;
	y->cell = calloc(y->cells, sizeof *y->cell);
	y->count = calloc(o->nodes * y->cells, sizeof *y->count);
	if (!y->cell || !y->count)
		return no_memory();
	for (i = 0; i < y->tables; i++) {
		t = &o->table[y->table[i]];
		for (k = 0; k < t->cells; k++, at++) {
			y->cell[at] = (struct suppress_cell){t->cell[k].none_ok,
			                                     (uint8_t)t->t.floor};
			if (t->cell[k].gone)
				y->cell[at].none_ok = true;
			for (n = 0; n < o->nodes && !t->cell[k].gone; n++)
				y->count[n * y->cells + at] = behind(f, n, &t->cell[k]);
		}
	}
	return 0;
}

/* Where the tables count by several things, the least of them in each leaf. */
static int add_things(const struct open_data *o, struct family *y)
{
	size_t i, n;

	y->things = calloc(o->nodes, sizeof *y->things);
	if (!y->things)
		return no_memory();
	for (n = o->nodes; n-- > 0;) {
		for (i = 0; i < y->tables && o->node[n].first == OPEN_NONE; i++) {
			int64_t v = o->source[o->table[y->table[i]].source].things[n];

			if (v && (!y->things[n] || v < y->things[n]))
				y->things[n] = v;
		}
		if (n)
			y->things[o->node[n].parent] += y->things[n];
	}
	return 0;
}

static int close_cells(const struct open_data *o, const struct suppress_cell *cell, size_t cells,
                       const int64_t *things, const int64_t *count, bool *closed)
{
	struct suppress t = {.n = o->nodes,
	                     .cells = cells,
	                     .cell = cell,
	                     .things = things,
	                     .count = count};
	size_t *parent = calloc(o->nodes, sizeof *parent), n;
	uint8_t *level = calloc(o->nodes, sizeof *level);
	int rc = parent && level ? 0 : no_memory();

	for (n = 0; !rc && n < o->nodes; n++) {
		parent[n] = o->node[n].parent;
		level[n] = (uint8_t)level_at(o, n);
	}
	t.parent = parent;
	t.level = level;
	if (!rc)
		rc = suppress(&t, closed);
	free(parent);
	free(level);
	return rc;
}

static int close_family(struct open_data *o, struct draft_form *f, struct family *y)
{
	bool *closed = calloc(o->nodes, sizeof *closed);
	size_t i, n;
	int rc = closed ? fill(o, f, y) : no_memory();

	if (!rc)
		rc = add_things(o, y);
	for (i = 0; !rc && i < y->tables; i++)
		for (n = 0; n < o->nodes; n++)
			closed[n] |= o->source[o->table[y->table[i]].source].closed[n];
	if (!rc)
		rc = close_cells(o, y->cell, y->cells, y->things, y->count, closed);
	for (i = 0; i < y->tables; i++) {
		o->table[y->table[i]].closed = f->families;
		if (!rc && closed[0])
			o->table[y->table[i]].t.withheld = true;
	}
	free(y->cell);
	free(y->count);
	free(y->things);
	f->closed[f->families++] = closed;
	return rc;
}

static bool counts(const struct draft_table *t)
{
	return t->t.kind != OPEN_RECORDS && !t->t.withheld;
}

static bool same(const struct open_data *o, const struct draft_form *f, const struct draft_cell *a,
                 const struct draft_cell *b)
{
	bool any = false;
	size_t n;

	for (n = 0; n < o->nodes; n++) {
		if (behind(f, n, a) != behind(f, n, b))
			return false;
		any |= behind(f, n, a) != 0;
	}
	return any;
}

static bool related(const struct open_data *o, const struct draft_form *f,
                    const struct draft_table *a, const struct draft_table *b)
{
	size_t i, k;

	for (i = 0; i < a->cells; i++)
		for (k = 0; k < b->cells; k++)
			if (!a->cell[i].gone && !b->cell[k].gone &&
			    same(o, f, &a->cell[i], &b->cell[k]))
				return true;
	return false;
}

/* Those who do not sell are those who were not asked where: tables that say the same of every unit are
 * one family, also where the form does not say that they depend on each other. */
static void find_related(struct open_data *o, struct draft_form *f)
{
	size_t i, k, n, from;

	for (i = f->first; i < f->last; i++)
		if (o->table[i].family == OPEN_NONE)
			o->table[i].family = f->form->nq + i;
	for (i = f->first; i < f->last; i++) {
		for (k = i + 1; k < f->last; k++) {
			if (!counts(&o->table[i]) || !counts(&o->table[k]) ||
			    o->table[i].family == o->table[k].family ||
			    !related(o, f, &o->table[i], &o->table[k]))
				continue;
			from = o->table[k].family;
			for (n = f->first; n < f->last; n++)
				if (o->table[n].family == from)
					o->table[n].family = o->table[i].family;
		}
	}
}

/* ---- how far down ------------------------------------------------------------------------------------ */

/* How many units of a level have records, and in how many of them the table would tell of a household. */
static size_t unsafe(const struct open_data *o, const struct draft_form *f,
                     const struct draft_table *t, enum level level, size_t *units)
{
	const int64_t *things = o->source[t->source].things;
	size_t n, k, bad = 0;

	*units = 0;
	for (n = 0; n < o->nodes; n++) {
		if (o->node[n].rest || level_at(o, n) != level || !things[n])
			continue;
		++*units;
		for (k = 0; k < t->cells && safe(f, n, &t->cell[k]); k++)
			;
		bad += k < t->cells;
	}
	return bad;
}

/* One rare answer shall not close a whole family: beside a table that nearly every unit can show, one that
 * many cannot ends above. */
static bool shows(const struct open_data *o, const struct draft_form *f,
                  const struct draft_table *t, enum level level)
{
	size_t units, bad = unsafe(o, f, t, level, &units), least = bad, others, i, k;

	for (i = f->first; i < f->last; i++) {
		if (!counts(&o->table[i]) || o->table[i].family != t->family)
			continue;
		k = unsafe(o, f, &o->table[i], level, &others);
		if (k < least)
			least = k;
	}
	return bad * FLOOR_OF <= units * (FLOOR_OF - FLOOR_PART) &&
	       bad <= 2 * least + units / FLOOR_SPARE;
}

static void set_floor(const struct open_data *o, const struct draft_form *f, struct draft_table *t)
{
	enum level l = level_at(o, 0);

	while (l < LEVEL_VILLAGE && shows(o, f, t, l + 1))
		l++;
	t->t.floor = l;
}

static int close_families(struct open_data *o, struct draft_form *f)
{
	struct family *y = calloc(1, sizeof *y);
	size_t i, k;
	int rc = y ? 0 : no_memory();

	for (i = f->first; !rc && i < f->last; i++) {
		if (!counts(&o->table[i]) || o->table[i].closed != OPEN_NONE)
			continue;
		memset(y, 0, sizeof *y);
		for (k = i; k < f->last; k++)
			if (counts(&o->table[k]) && o->table[k].family == o->table[i].family)
				y->table[y->tables++] = k;
		rc = close_family(o, f, y);
	}
	free(y);
	return rc;
}

/* How many there are of what is counted: closed by itself, before all else. */
static int close_records(struct open_data *o, struct draft_table *t)
{
	static const struct suppress_cell cell = {true, LEVEL_VILLAGE};
	struct open_source *s = &o->source[t->source];
	int rc = close_cells(o, &cell, 1, s->things, s->things, s->closed);

	t->t.withheld = s->closed[0];
	return rc;
}

int open_form_close(struct open_data *o, size_t form)
{
	struct draft_form *f = &o->form[form];
	size_t i;
	int rc = 0;

	f->closed = calloc(f->last - f->first, sizeof *f->closed);
	if (!f->closed)
		return no_memory();
	for (i = f->first; !rc && i < f->last; i++)
		if (o->table[i].t.kind == OPEN_RECORDS)
			rc = close_records(o, &o->table[i]);
	for (i = f->first; !rc && i < f->last; i++) {
		struct draft_table *t = &o->table[i];

		if (t->t.kind == OPEN_INDICATOR)
			t->cell[OPEN_OUTSIDE].gone = t->many || t->side[1] != EXPR_RECORDS;
		if (counts(t))
			rc = join_small(o, f, t);
	}
	find_related(o, f);
	for (i = f->first; !rc && i < f->last; i++)
		if (counts(&o->table[i]))
			set_floor(o, f, &o->table[i]);
	return rc ? rc : close_families(o, f);
}
