/* paper_eval.c - a form's expressions, evaluated over the answers of a paper. */
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/paper_row.h"
#include "storage/record_cell.h"
#include "storage/value.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* ---- what is bound ---------------------------------------------------------------------------------------- */

static int bind_cell(sqlite3_stmt *st, int at, const struct paper *p, const struct cell *c)
{
	const char *text = c && c->relevant ? cell_text(p, c) : NULL;
	int64_t whole;

	if (!text)
		return sqlite3_bind_null(st, at);
	if (c->kind == CELL_INTEGER && value_int(text, &whole))
		return sqlite3_bind_int64(st, at, whole);
	if (c->kind == CELL_NUMBER)
		return sqlite3_bind_double(st, at, c->number);
	return sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
}

static void put_json(struct buf *out, const struct paper *p, const struct cell *c)
{
	const char *text = c->relevant ? cell_text(p, c) : NULL;

	buf_str(out, out->len > 1 ? "," : "");
	if (!text)
		buf_str(out, "null");
	else if (c->kind == CELL_TEXT)
		form_label_string(out, text);
	else
		buf_str(out, text);
}

/* Is row within base, or base itself? */
static bool within(const struct paper *p, size_t row, size_t base)
{
	while (row > base)
		row = p->row[row].parent;
	return row == base;
}

/* Answers to q in all rows of repeat in, and of those in it. */
static int bind_rows(sqlite3_stmt *st, int at, const struct paper *p, size_t row,
                     const struct expr_ref *r)
{
	struct buf json = {0};
	size_t base, i;
	int rc;

	buf_str(&json, "[");
	if (paper_row_of(p, row, p->f->plan->repeat[r->in], &base))
		for (i = base + 1; i < p->nrow; i++)
			if (paper_holds(p, i, r->q) && within(p, i, base))
				put_json(&json, p, p->row[i].cell + p->f->plan->slot[r->q]);
	buf_str(&json, "]");
	rc = json.err ? SQLITE_NOMEM
	              : sqlite3_bind_text(st, at, (const char *)json.data, (int)json.len,
	                                  SQLITE_TRANSIENT);
	buf_release(&json);
	return rc;
}

static int64_t count_rows(const struct paper *p, size_t row, size_t q)
{
	size_t base, i;
	int64_t n = 0;

	if (!paper_row_of(p, row, p->f->plan->repeat[q], &base) || !paper_relevant(p, base, q))
		return 0;
	for (i = paper_next_row(p, base, q, 0); i; i = paper_next_row(p, base, q, i))
		n++;
	return n;
}

/* Which row of repeat q is around this one, from 1. */
static int64_t place_of(const struct paper *p, size_t row, size_t q)
{
	size_t i, at;
	int64_t n = 0;

	if (!paper_row_of(p, row, q + 1, &at) || !at)
		return 0;
	for (i = 0; i != at;) {
		i = paper_next_row(p, p->row[at].parent, q, i);
		n++;
		if (!i)
			break;
	}
	return n;
}

static int bind_clock(sqlite3_stmt *st, int at, const struct paper *p, bool time)
{
	int64_t now_ms = clock_now_ms(p->s);
	time_t t = (time_t)(now_ms / 1000);
	char day[DATE_LEN], text[32];
	struct tm tm;

	value_today(now_ms, day);
	if (time && localtime_r(&t, &tm))
		snprintf(text, sizeof text, "%sT%02d:%02d:%02d", day, tm.tm_hour, tm.tm_min,
		         tm.tm_sec);
	else
		snprintf(text, sizeof text, "%s", day);
	return sqlite3_bind_text(st, at, text, -1, SQLITE_TRANSIENT);
}

static int bind_ref(sqlite3_stmt *st, int at, const struct paper *p, size_t row,
                    const struct expr_ref *r)
{
	char id[ID_TEXT] = "";

	switch (r->kind) {
	case EXPR_REF_VALUE:
		return bind_cell(st, at, p, paper_cell(p, row, r->q));
	case EXPR_REF_ROWS:
		return bind_rows(st, at, p, row, r);
	case EXPR_REF_COUNT:
		return sqlite3_bind_int64(st, at, count_rows(p, row, r->q));
	case EXPR_REF_PLACE:
		return sqlite3_bind_int64(st, at, place_of(p, row, r->q));
	case EXPR_REF_TODAY:
	case EXPR_REF_NOW:
		return bind_clock(st, at, p, r->kind == EXPR_REF_NOW);
	default:
		if (p->id)
			id_text(p->id, id);
		return sqlite3_bind_text(st, at, id, -1, SQLITE_TRANSIENT);
	}
}

int paper_bind(struct paper *p, size_t row, sqlite3_stmt *st, const struct expr *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < e->nref; i++)
		rc = bind_ref(st, (int)i + 1, p, row, e->ref + i);
	return rc ? err(ERR_NOMEM, "out of memory") : 0;
}

/* ---- evaluating ---------------------------------------------------------------------------------------------- */

/* A step of a formula that was bound: 1 a row, 0 none. A pattern may be wrong only now. */
static int step(struct paper *p, sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return rc == SQLITE_ROW;
	return (rc & 0xff) == SQLITE_ERROR ? err(ERR_BAD, "%s", sqlite3_errmsg(p->s->db))
	                                   : db_err(p->s, rc);
}

/* Leaves the statement at its row: the caller resets it. */
static int run(struct paper *p, size_t row, size_t q, size_t kind)
{
	const struct formula *m = &p->f->plan->of[q][kind];
	int rc = paper_bind(p, row, m->st, &m->expr);

	return rc ? rc : step(p, m->st);
}

int paper_true(struct paper *p, size_t row, size_t q, size_t kind, bool without, bool *out)
{
	sqlite3_stmt *st = p->f->plan->of[q][kind].st;
	int rc;

	*out = without;
	if (!st)
		return 0;
	rc = run(p, row, q, kind);
	if (rc == 1)
		*out = sqlite3_column_int(st, 0);
	sqlite3_reset(st);
	return rc < 0 ? rc : 0;
}

int paper_number(struct paper *p, size_t row, size_t q, size_t kind, int64_t *out)
{
	sqlite3_stmt *st = p->f->plan->of[q][kind].st;
	int rc;

	*out = -1;
	if (!st)
		return 0;
	rc = run(p, row, q, kind);
	if (rc == 1)
		*out = sqlite3_column_int64(st, 0); /* none: 0 */
	sqlite3_reset(st);
	if (*out < -1)
		*out = 0;
	return rc < 0 ? rc : 0;
}

/* A number keeps its kind in a calculation; what has a type of its own must be of that. */
static int compute(struct paper *p, size_t row, size_t q, size_t kind)
{
	sqlite3_stmt *st = p->f->plan->of[q][kind].st;
	struct cell *c = paper_cell(p, row, q);
	bool given = c->given;
	int rc = run(p, row, q, kind), type;
	const char *text;

	if (rc == 1) {
		type = sqlite3_column_type(st, 0);
		text = (const char *)sqlite3_column_text(st, 0);
		if (p->f->q[q].type == Q_CALCULATE && type != SQLITE_TEXT)
			rc = cell_set(p, q, c, text, text ? strlen(text) : 0,
			              type == SQLITE_INTEGER ? CELL_INTEGER : CELL_NUMBER,
			              sqlite3_column_double(st, 0));
		else
			rc = paper_answer(p, row, q, text);
		c->given = given;
	}
	sqlite3_reset(st);
	return rc;
}

static bool names_touched(const struct paper *p, const struct formula *m)
{
	size_t i;

	for (i = 0; i < m->expr.nref; i++)
		if (m->expr.ref[i].kind < EXPR_REF_TODAY && p->touched[m->expr.ref[i].q])
			return true;
	return false;
}

/* Has anything changed that decides whether the groups and repeats around q are relevant? */
static bool section_touched(const struct paper *p, size_t q)
{
	size_t in = p->f->q[q].in;

	return in && (names_touched(p, p->f->plan->of[in - 1] + FORM_RELEVANT) ||
	              section_touched(p, in - 1));
}

bool paper_touches(const struct paper *p, size_t row, size_t q, const struct formula *m)
{
	return !p->row[row].id || paper_cell(p, row, q)->changed || names_touched(p, m) ||
	       section_touched(p, q);
}

/* An answer that stands, and of which nothing changed that decides it, is relevant: it was. */
static int decide(struct paper *p, size_t row, size_t q, bool *dirty)
{
	const struct formula *m = p->f->plan->of[q];
	struct cell *c = paper_cell(p, row, q);
	size_t in = p->f->q[q].in;
	int rc = 0;

	*dirty = paper_touches(p, row, q, m + FORM_RELEVANT) ||
	         (m[FORM_CALCULATION].st && names_touched(p, m + FORM_CALCULATION));
	if (*dirty && !p->f->q[q].col)
		p->touched[q] = true;
	c->relevant = (c->at && !*dirty) || !in || paper_relevant(p, row, in - 1);
	if (c->relevant && (!c->at || *dirty))
		rc = paper_true(p, row, q, FORM_RELEVANT, true, &c->relevant);
	return rc;
}

static int preset(struct paper *p, size_t row, size_t q)
{
	const struct question *c = p->f->q + q;
	struct cell *cell = paper_cell(p, row, q);
	bool given = cell->given;
	int rc;

	if (!c->preset || cell->at || p->row[row].id || (p->submitted && given))
		return 0;
	rc = p->f->plan->of[q][PLAN_PRESET].st ? compute(p, row, q, PLAN_PRESET)
	                                       : paper_answer(p, row, q, c->preset);
	cell->given = given;
	return rc;
}

/* A number that is written in text becomes one where a number was computed. */
static int as_number(struct paper *p, struct cell *c, struct buf *text, double *number)
{
	static const struct question decimal = {.type = Q_DECIMAL};
	struct buf value = {0};
	int64_t whole;

	if (c->kind == CELL_TEXT)
		return 0;
	if (value_int(buf_cstr(text), &whole)) {
		c->kind = CELL_INTEGER;
	} else if (!record_value(p->s, p->f, &decimal, p->unit, buf_cstr(text), &value, number) &&
	           value.len) {
		c->kind = CELL_NUMBER;
		buf_reset(text);
		buf_add(text, value.data, value.len);
	} else {
		c->kind = CELL_TEXT;
	}
	buf_release(&value);
	return text->err;
}

/* What another program computed stands, as the kind of value that it is here. */
static int stand(struct paper *p, size_t row, size_t q)
{
	struct cell *c = paper_cell(p, row, q), given = *c;
	const char *old = cell_text(p, c);
	struct buf text = {0};
	int rc;

	buf_str(&text, old ? old : "");
	rc = compute(p, row, q, FORM_CALCULATION);
	if (rc == ERR_BAD)
		rc = 0;
	if (p->f->q[q].type != Q_CALCULATE)
		c->kind = given.kind;
	else if (!rc)
		rc = as_number(p, c, &text, &given.number);
	if (!rc)
		rc = cell_set(p, q, c, buf_cstr(&text), text.len, c->kind, given.number);
	buf_release(&text);
	return rc;
}

static int work_out(struct paper *p, size_t row, size_t q)
{
	struct cell *c = paper_cell(p, row, q);
	bool dirty;
	int rc = decide(p, row, q, &dirty);

	if (rc || !p->f->q[q].col)
		return rc;
	if (!c->relevant)
		return p->row[row].id ? cell_set(p, q, c, "", 0, CELL_TEXT, 0) : 0;
	if (p->f->plan->of[q][FORM_CALCULATION].st && p->submitted && c->given)
		return stand(p, row, q);
	if (p->f->plan->of[q][FORM_CALCULATION].st)
		return dirty ? compute(p, row, q, FORM_CALCULATION) : 0;
	return preset(p, row, q);
}

int paper_work_out(struct paper *p)
{
	const struct plan *plan = p->f->plan;
	size_t i, row;
	int rc = plan_open(p->s, p->f);

	for (i = 0; !rc && i < plan->nq; i++)
		for (row = 0; !rc && row < p->nrow; row++)
			if (paper_holds(p, row, plan->order[i]))
				rc = work_out(p, row, plan->order[i]);
	return rc;
}
