/* paper_check.c - what is still wrong with a paper, and what may be chosen. */
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/paper_row.h"
#include "storage/value.h"

#include <stdio.h>
#include <string.h>

/* A refusal in the form's own words, in the language of who fills it in; false: it has none. */
static bool own_words(const struct paper *p, size_t row, size_t q, int message, int *rc)
{
	struct buf text = {0}, name = {0};
	const char *json = p->f->q[q].message[message];

	if (!json || form_label(json, p->f->lang, &text) || !text.len) {
		buf_release(&text);
		return false;
	}
	*rc = err(ERR_BAD, "%s: %s", paper_name(p, row, q, &name), buf_cstr(&text));
	buf_release(&text);
	buf_release(&name);
	return true;
}

static int missing(const struct paper *p, size_t row, size_t q)
{
	struct buf name = {0};
	int rc;

	if (!own_words(p, row, q, FORM_REQUIRED_MESSAGE, &rc))
		rc = err(ERR_BAD, "%s must be answered", paper_name(p, row, q, &name));
	buf_release(&name);
	return rc;
}

static int not_allowed(const struct paper *p, size_t row, size_t q)
{
	char answer[SHOWN_LEN], rule[SHOWN_LEN];
	struct buf name = {0};
	int rc;

	if (!own_words(p, row, q, FORM_CHECK_MESSAGE, &rc))
		rc = err(ERR_BAD, "%s: '%s' does not fit: %s", paper_name(p, row, q, &name),
		         value_shown(paper_value(p, row, q), answer),
		         value_shown(p->f->q[q].expr[FORM_CHECK], rule));
	buf_release(&name);
	return rc;
}

/* The answer that "${name}" at text stands for, appended to out; the bytes that it takes, 0 when it
 * names no question. */
static size_t put_answer(const struct paper *p, size_t row, const char *text, struct buf *out)
{
	const char *name = text + 2 + strspn(text + 2, " "), *value;
	size_t len = strcspn(name, " }"), q;

	for (q = 0; q < p->f->nq; q++) {
		if (strlen(p->f->q[q].name) != len || strncmp(p->f->q[q].name, name, len) ||
		    !p->f->q[q].col)
			continue;
		value = paper_value(p, row, q);
		buf_str(out, value ? value : "");
		name += len + strspn(name + len, " ");
		return *name == '}' ? (size_t)(name + 1 - text) : 0;
	}
	return 0;
}

int paper_label(const struct paper *p, size_t row, const char *json, const char *lang,
                struct buf *out)
{
	struct buf text = {0};
	const char *c;
	size_t taken;
	int rc = form_label(json, lang, &text);

	for (c = buf_cstr(&text); !rc && *c; c += taken) {
		taken = strncmp(c, "${", 2) ? 0 : put_answer(p, row, c, out);
		if (!taken) {
			buf_u8(out, (unsigned char)*c);
			taken = 1;
		}
	}
	buf_release(&text);
	return rc ? rc : out->err;
}

bool paper_asks(const struct paper *p, size_t row, size_t q)
{
	return paper_holds(p, row, q);
}

int paper_required(struct paper *p, size_t row, size_t q, bool *out)
{
	*out = p->f->q[q].required;
	return *out ? 0 : paper_true(p, row, q, FORM_REQUIRED, false, out);
}

int paper_rows_wanted(struct paper *p, size_t row, size_t q, int64_t *out)
{
	return paper_number(p, row, q, FORM_COUNT, out);
}

/* ---- choices ------------------------------------------------------------------------------------------- */

static int walk(struct paper *p, sqlite3_stmt *st,
                int (*fn)(void *arg, const char *name, const char *label), void *arg)
{
	int rc = 0;

	while (!rc && (rc = db_step(p->s, st)) == 1)
		rc = fn(arg, (const char *)sqlite3_column_text(st, 0),
		        (const char *)sqlite3_column_text(st, 1));
	return rc;
}

int paper_choices(struct paper *p, size_t row, size_t q,
                  int (*fn)(void *arg, const char *name, const char *label), void *arg)
{
	sqlite3_stmt *st;
	int rc = plan_choices(p->s, p->f, q, &st);

	if (!rc)
		rc = paper_bind(p, row, st, &p->f->plan->of[q][FORM_FILTER].expr);
	if (!rc)
		rc = walk(p, st, fn, arg);
	sqlite3_finalize(st);
	return rc;
}

/* Does the filter leave each of the choices in value? They were found in the list before. */
static int check_filter(struct paper *p, size_t row, size_t q, const char *value)
{
	const struct formula *m = &p->f->plan->of[q][FORM_FILTER];
	char shown[SHOWN_LEN];
	struct buf name = {0};
	size_t len;
	int rc = 0;

	for (; !rc && *value; value += len + (value[len] == ' ')) {
		len = strcspn(value, " ");
		rc = paper_bind(p, row, m->st, &m->expr);
		if (!rc &&
		    sqlite3_bind_text(m->st, (int)m->expr.nref + 1, value, (int)len, SQLITE_STATIC))
			rc = err(ERR_NOMEM, "out of memory");
		if (!rc)
			rc = db_step(p->s, m->st);
		sqlite3_reset(m->st);
		if (rc == 0)
			rc = err(ERR_BAD, "%s: '%s' is no choice here, after the other answers",
			         paper_name(p, row, q, &name), value_shown(value, shown));
		else if (rc == 1)
			rc = 0;
	}
	buf_release(&name);
	return rc;
}

/* ---- one question ------------------------------------------------------------------------------------------ */

static int check_answer(struct paper *p, size_t row, size_t q, const char *value)
{
	const struct formula *m = p->f->plan->of[q];
	bool good = true;
	int rc = 0;

	if (m[FORM_FILTER].st && paper_touches(p, row, q, m + FORM_FILTER))
		rc = check_filter(p, row, q, value);
	if (!rc && m[FORM_CHECK].st && paper_touches(p, row, q, m + FORM_CHECK))
		rc = paper_true(p, row, q, FORM_CHECK, true, &good);
	return rc || good ? rc : not_allowed(p, row, q);
}

static int check_missing(struct paper *p, size_t row, size_t q)
{
	const struct formula *m = p->f->plan->of[q];
	bool required = false;
	int rc = 0;

	if (paper_cell(p, row, q)->given || paper_touches(p, row, q, m + FORM_RELEVANT) ||
	    paper_touches(p, row, q, m + FORM_REQUIRED))
		rc = paper_required(p, row, q, &required);
	return rc || !required ? rc : missing(p, row, q);
}

static int check_rows(struct paper *p, size_t row, size_t q)
{
	struct buf name = {0};
	int64_t wanted, n = 0;
	size_t i;
	int rc = paper_rows_wanted(p, row, q, &wanted);

	for (i = paper_next_row(p, row, q, 0); i; i = paper_next_row(p, row, q, i))
		n++;
	if (!rc && wanted >= 0 && n != wanted && (!p->row[row].id || p->touched[q]))
		rc = err(ERR_BAD, "%s: %lld rows are wanted, and %lld are there",
		         paper_name(p, row, q, &name), (long long)wanted, (long long)n);
	buf_release(&name);
	return rc;
}

int paper_wrong(struct paper *p, size_t row, size_t q)
{
	const struct question *c = p->f->q + q;
	const char *value = paper_value(p, row, q);

	if (!paper_relevant(p, row, q))
		return 0;
	if (c->type == Q_REPEAT)
		return check_rows(p, row, q);
	if (!c->col)
		return 0;
	return value ? check_answer(p, row, q, value) : check_missing(p, row, q);
}

int paper_check(struct paper *p)
{
	size_t q, row;
	int rc = 0;

	for (row = 0; !rc && row < p->nrow; row++)
		for (q = 0; !rc && q < p->f->nq; q++)
			if (paper_holds(p, row, q))
				rc = paper_wrong(p, row, q);
	return rc;
}
