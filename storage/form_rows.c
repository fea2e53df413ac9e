/* form_rows.c - a form's rows into a draft, and a draft's memory. */
#include "storage/db.h"
#include "storage/err.h"
#include "storage/form_draft.h"

#include <stdlib.h>
#include <string.h>

static void *grow(void *items, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 32;
	char *p;

	if (n < *cap)
		return items;
	p = realloc(items, more * size);
	if (!p) {
		err(ERR_NOMEM, "out of memory");
		return NULL;
	}
	memset(p + *cap * size, 0, (more - *cap) * size);
	*cap = more;
	return p;
}

struct draft_question *draft_add_question(struct draft *d)
{
	struct draft_question *q = grow(d->q, d->nq, &d->qcap, sizeof *q);

	if (!q)
		return NULL;
	d->q = q;
	return d->q + d->nq++;
}

struct draft_choice *draft_add_choice(struct draft *d)
{
	struct draft_choice *c = grow(d->c, d->nc, &d->ccap, sizeof *c);

	if (!c)
		return NULL;
	d->c = c;
	return d->c + d->nc++;
}

void draft_release(struct draft *d)
{
	struct draft_question *q;
	struct draft_choice *c;
	size_t i;

	for (q = d->q; q < d->q + d->nq; q++) {
		free(q->name);
		free(q->label);
		free(q->hint);
		free(q->list);
		free(q->tbl);
		free(q->col);
		free(q->appearance);
		free(q->preset);
		for (i = 0; i < FORM_EXPRS; i++)
			free(q->expr[i]);
		for (i = 0; i < FORM_MESSAGES; i++)
			free(q->message[i]);
	}
	for (c = d->c; c < d->c + d->nc; c++) {
		free(c->list);
		free(c->name);
		free(c->label);
		free(c->more);
	}
	free(d->q);
	free(d->c);
	free(d->code);
	free(d->label);
	free(d->key);
	free(d->date);
	free(d->language);
	memset(d, 0, sizeof *d);
}

/* The text of a column, owned; *out stays NULL for an SQL NULL. */
static int take(sqlite3_stmt *st, int i, char **out)
{
	const unsigned char *text = sqlite3_column_text(st, i);

	*out = text ? strdup((const char *)text) : NULL;
	return text && !*out ? err(ERR_NOMEM, "out of memory") : 0;
}

static size_t section_of(const struct draft *d, int64_t id)
{
	size_t i;

	for (i = 0; id && i < d->nq; i++)
		if (d->q[i].id == id)
			return i + 1;
	return 0;
}

/* The texts of a question, which begin at column 8 of its SELECT. */
static int take_texts(sqlite3_stmt *st, struct draft_question *q)
{
	char **const text[] = {&q->name,
	                       &q->label,
	                       &q->hint,
	                       &q->list,
	                       &q->tbl,
	                       &q->col,
	                       &q->appearance,
	                       &q->preset,
	                       &q->message[FORM_CHECK_MESSAGE],
	                       &q->message[FORM_REQUIRED_MESSAGE]};
	int n = sizeof text / sizeof *text, rc = 0, i;

	for (i = 0; !rc && i < n; i++)
		rc = take(st, 8 + i, text[i]);
	for (i = 0; !rc && i < FORM_EXPRS; i++)
		rc = take(st, 8 + n + i, &q->expr[i]);
	return rc;
}

static int read_question(sqlite3_stmt *st, struct draft *d)
{
	/* Before this one is added, so that no row is its own section. */
	size_t section = section_of(d, sqlite3_column_int64(st, 2));
	struct draft_question *q = draft_add_question(d);
	const unsigned char *type = sqlite3_column_text(st, 1);

	if (!q)
		return ERR_NOMEM;
	q->id = sqlite3_column_int64(st, 0);
	q->section = section;
	q->required = sqlite3_column_int(st, 3);
	q->personal = sqlite3_column_int(st, 4);
	q->read_only = sqlite3_column_int(st, 5);
	q->colno = sqlite3_column_int(st, 6);
	q->version = sqlite3_column_int(st, 7);
	if (!type || !form_type_of((const char *)type, &q->type, &q->kind)) {
		q->type = Q_NOTE; /* of a newer program: shown, not answered */
		q->kind = form_type_name(Q_NOTE);
	}
	return take_texts(st, q);
}

static int load_questions(struct store *s, struct draft *d)
{
	sqlite3_stmt *st;
	int rc = db_prepare(
		s,
		"SELECT id, type, section, required, personal, read_only, colno, version,"
		" name, nullif(label, '{}'), hint, list, tbl, col, appearance, preset,"
		" check_message, required_message,"
		" relevant, check_expr, calculation, choice_filter, required_expr,"
		" repeat_count"
		" FROM question WHERE form = ? ORDER BY ord, id",
		&st);

	if (!rc)
		rc = db_bind(st, "i", d->id);
	while (!rc && (rc = db_step(s, st)) == 1)
		rc = d->nq < 2 * FORM_QUESTIONS_MAX ? read_question(st, d) : 0;
	sqlite3_finalize(st);
	return rc;
}

static int load_choices(struct store *s, struct draft *d)
{
	struct draft_choice *c;
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT id, ord, list, name, nullif(label, '{}'), more FROM choice"
	                    " WHERE form = ? ORDER BY list, ord, id",
	                    &st);

	if (!rc)
		rc = db_bind(st, "i", d->id);
	while (!rc && (rc = db_step(s, st)) == 1) {
		c = draft_add_choice(d);
		if (!c)
			rc = ERR_NOMEM;
		else
			c->id = sqlite3_column_int64(st, 0);
		if (c)
			c->ord = sqlite3_column_int(st, 1);
		if (rc == 1)
			rc = take(st, 2, &c->list);
		if (!rc)
			rc = take(st, 3, &c->name);
		if (!rc)
			rc = take(st, 4, &c->label);
		if (!rc)
			rc = take(st, 5, &c->more);
	}
	sqlite3_finalize(st);
	return rc;
}

int draft_load(struct store *s, const char *code, bool choices, struct draft *out)
{
	sqlite3_stmt *st;
	int rc;

	memset(out, 0, sizeof *out);
	rc = db_prepare(
		s,
		"SELECT id, version, code, nullif(label, '{}'), key_question, date_question,"
		" language FROM form WHERE code = ? ORDER BY id LIMIT 1",
		&st);
	if (!rc)
		rc = db_bind(st, "t", code);
	if (!rc) {
		rc = db_step(s, st);
		rc = rc == 1 ? 0 : rc == 0 ? ERR_NOTFOUND : rc;
	}
	if (!rc) {
		out->id = sqlite3_column_int64(st, 0);
		out->version = sqlite3_column_int(st, 1);
		rc = take(st, 2, &out->code);
	}
	if (!rc)
		rc = take(st, 3, &out->label);
	if (!rc)
		rc = take(st, 4, &out->key);
	if (!rc)
		rc = take(st, 5, &out->date);
	if (!rc)
		rc = take(st, 6, &out->language);
	sqlite3_finalize(st);
	if (!rc)
		rc = load_questions(s, out);
	if (!rc && choices)
		rc = load_choices(s, out);
	if (rc)
		draft_release(out);
	return rc;
}
