/* paper.c - the rows and answers of a paper. */
#include "storage/paper_row.h"
#include "storage/err.h"
#include "storage/record_cell.h"
#include "storage/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- life ----------------------------------------------------------------------------------------------- */

static int add_row(struct paper *p, size_t parent, size_t repeat, size_t *row)
{
	size_t cap = p->cap ? p->cap * 2 : 4;
	struct row *more;

	*row = 0;
	if (p->nrow > PAPER_ROWS_MAX)
		return err(ERR_TOOBIG, "a record has %d rows at most", PAPER_ROWS_MAX);
	if (p->nrow == p->cap) {
		more = realloc(p->row, cap * sizeof *more);
		if (!more)
			return err(ERR_NOMEM, "out of memory");
		p->row = more;
		p->cap = cap;
	}
	more = p->row + p->nrow;
	*more = (struct row){.parent = parent, .repeat = repeat};
	more->cell = calloc(p->f->plan->slots[repeat] + 1, sizeof *more->cell);
	if (!more->cell)
		return err(ERR_NOMEM, "out of memory");
	*row = p->nrow++;
	return 0;
}

int paper_new(struct store *s, const struct form *f, int64_t unit, struct paper **out)
{
	struct paper *p;
	size_t row;
	int rc = plan_layout(f);

	*out = NULL;
	if (rc)
		return rc;
	p = calloc(1, sizeof *p);
	if (!p)
		return err(ERR_NOMEM, "out of memory");
	p->s = s;
	p->f = f;
	p->unit = unit;
	p->touched = calloc(f->nq + 1, sizeof *p->touched);
	rc = p->touched ? add_row(p, 0, 0, &row) : err(ERR_NOMEM, "out of memory");
	if (rc)
		paper_free(p);
	else
		*out = p;
	return rc;
}

void paper_free(struct paper *p)
{
	size_t i;

	if (!p)
		return;
	for (i = 0; i < p->nrow; i++)
		free(p->row[i].cell);
	free(p->row);
	free(p->touched);
	buf_release(&p->text);
	free(p);
}

int64_t paper_unit(const struct paper *p)
{
	return p->unit;
}

void paper_submitted(struct paper *p)
{
	p->submitted = true;
}

/* ---- rows ------------------------------------------------------------------------------------------------- */

bool paper_row_of(const struct paper *p, size_t row, size_t repeat, size_t *out)
{
	while (row && p->row[row].repeat != repeat)
		row = p->row[row].parent;
	*out = row;
	return p->row[row].repeat == repeat;
}

bool paper_holds(const struct paper *p, size_t row, size_t q)
{
	return !p->row[row].gone && p->f->plan->repeat[q] == p->row[row].repeat;
}

/* What is reckoned over the rows of repeat q must be reckoned anew. */
static void touch_rows(struct paper *p, size_t q)
{
	size_t i;

	p->touched[q] = true;
	for (i = 0; i < p->f->nq; i++)
		p->touched[i] |= p->f->plan->repeat[i] == q + 1;
}

int paper_add_row(struct paper *p, size_t parent, size_t q, size_t *row)
{
	touch_rows(p, q);
	return add_row(p, parent, q + 1, row);
}

void paper_drop_row(struct paper *p, size_t row)
{
	size_t i;

	p->row[row].gone = true;
	touch_rows(p, p->row[row].repeat - 1);
	for (i = row + 1; i < p->nrow; i++)
		if (p->row[i].parent == row && !p->row[i].gone)
			paper_drop_row(p, i);
}

size_t paper_next_row(const struct paper *p, size_t parent, size_t q, size_t after)
{
	size_t i;

	for (i = after + 1; i < p->nrow; i++)
		if (p->row[i].repeat == q + 1 && p->row[i].parent == parent && !p->row[i].gone)
			return i;
	return 0;
}

int64_t paper_row_id(const struct paper *p, size_t row)
{
	return p->row[row].id;
}

/* ---- cells ------------------------------------------------------------------------------------------------ */

struct cell *paper_cell(const struct paper *p, size_t row, size_t q)
{
	if (!paper_row_of(p, row, p->f->plan->repeat[q], &row))
		return NULL;
	return p->row[row].cell + p->f->plan->slot[q];
}

const char *cell_text(const struct paper *p, const struct cell *c)
{
	return c->at ? (const char *)p->text.data + c->at - 1 : NULL;
}

int cell_set(struct paper *p, size_t q, struct cell *c, const char *text, size_t len,
             enum cell_kind kind, double number)
{
	const char *old = cell_text(p, c);
	size_t at = p->text.len + 1;

	if (len ? old && strlen(old) == len && !memcmp(old, text, len) : !old)
		return 0;
	if (len) {
		buf_add(&p->text, text, len);
		buf_u8(&p->text, 0);
		if (p->text.err)
			return err(ERR_NOMEM, "out of memory");
	}
	c->at = len ? at : 0;
	c->kind = kind;
	c->number = number;
	c->changed = true;
	p->touched[q] = true;
	return 0;
}

const char *paper_value(const struct paper *p, size_t row, size_t q)
{
	const struct cell *c = paper_cell(p, row, q);

	return c && c->relevant ? cell_text(p, c) : NULL;
}

const char *paper_stored(const struct paper *p, size_t row, size_t q)
{
	const struct cell *c = paper_cell(p, row, q);

	return c ? cell_text(p, c) : NULL;
}

bool paper_relevant(const struct paper *p, size_t row, size_t q)
{
	const struct cell *c = paper_cell(p, row, q);

	return c && c->relevant;
}

const char *paper_name(const struct paper *p, size_t row, size_t q, struct buf *out)
{
	unsigned place = 1;
	size_t i;

	for (; row; row = p->row[row].parent) {
		for (i = 1; i < row; i++)
			place += p->row[i].parent == p->row[row].parent &&
			         p->row[i].repeat == p->row[row].repeat && !p->row[i].gone;
		buf_printf(out, "%s %u, ", p->f->q[p->row[row].repeat - 1].name, place);
		place = 1;
	}
	buf_str(out, p->f->q[q].name);
	return buf_cstr(out);
}

static int in_row(struct paper *p, size_t row, size_t q, int rc)
{
	struct buf name = {0};

	if (rc == ERR_BAD || rc == ERR_NOTFOUND || rc == ERR_TOOBIG)
		rc = err(rc, "%s: %s", paper_name(p, row, q, &name), err_text());
	buf_release(&name);
	return rc;
}

static bool empty(const char *text)
{
	return !text || !text[strspn(text, " \t\r\n")];
}

int paper_answer(struct paper *p, size_t row, size_t q, const char *text)
{
	struct cell *c = paper_cell(p, row, q);
	struct buf value = {0};
	enum cell_kind kind = CELL_TEXT;
	double number = 0;
	int rc = 0;

	if (!c)
		return err(ERR_BAD, "%s is in a repeat", p->f->q[q].name);
	if (!empty(text))
		rc = record_value(p->s, p->f, p->f->q + q, p->unit, text, &value, &number);
	if (p->f->q[q].type == Q_INTEGER)
		kind = CELL_INTEGER;
	if (p->f->q[q].type == Q_DECIMAL)
		kind = CELL_NUMBER;
	if (!rc)
		rc = cell_set(p, q, c, buf_cstr(&value), value.len, kind, number);
	if (!rc)
		c->given = true;
	buf_release(&value);
	return in_row(p, row, q, rc);
}

/* ---- answers by name ------------------------------------------------------------------------------------------ */

static int bad_name(const struct paper *p, const char *name)
{
	char shown[SHOWN_LEN];

	return err(ERR_NOTFOUND, "form %s has no question %s: see 'cayda form show %s'", p->f->code,
	           value_shown(name, shown), p->f->code);
}

int paper_fill_row(struct paper *p, size_t q, const char *value, size_t *at)
{
	size_t parent, row;
	int64_t id;
	int rc;

	if (!p->f->q[q].tbl)
		return err(ERR_BAD, "%s takes no answer", p->f->q[q].name);
	if (!paper_row_of(p, *at, p->f->plan->repeat[q], &parent))
		return err(ERR_BAD, "%s is in a repeat", p->f->q[q].name);
	if (empty(value))
		return paper_add_row(p, parent, q, at);
	rc = id_parse(value + (*value == '-'), &id);
	for (row = paper_next_row(p, parent, q, 0); !rc && row && p->row[row].id != id;)
		row = paper_next_row(p, parent, q, row);
	if (!rc && !row)
		rc = err(ERR_NOTFOUND, "there is no row %s of %s in this record", value,
		         p->f->q[q].name);
	if (rc)
		return rc;
	*at = row;
	if (*value == '-') {
		paper_drop_row(p, row);
		*at = parent;
	}
	return 0;
}

static int fill_one(struct paper *p, const struct answer *a, size_t *at)
{
	const struct question *q = form_question(p->f, a->name);
	size_t i = q ? (size_t)(q - p->f->q) : 0, row;

	if (!q)
		return bad_name(p, a->name);
	if (q->type == Q_REPEAT)
		return paper_fill_row(p, i, a->value, at);
	if (!q->col)
		return err(ERR_BAD, "%s takes no answer", q->name);
	if (q->expr[FORM_CALCULATION])
		return err(ERR_BAD, "%s is computed: leave it out", q->name);
	if (!paper_row_of(p, *at, p->f->plan->repeat[i], &row))
		return err(ERR_BAD, "%s is in repeat %s: begin a row of that first", q->name,
		           p->f->q[p->f->plan->repeat[i] - 1].name);
	if (paper_cell(p, row, i)->given)
		return err(ERR_BAD, "%s is answered twice", q->name);
	return paper_answer(p, row, i, a->value);
}

int paper_fill(struct paper *p, const struct answer *a, size_t n)
{
	size_t i, at = 0;
	int rc = 0;

	for (i = 0; !rc && i < n; i++)
		rc = fill_one(p, a + i, &at);
	return rc;
}
