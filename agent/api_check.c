/* api_check.c - a form being filled in: what is asked, computed and wrong, question by question. */
#include "agent/api_form.h"

#include <string.h>

#define ROWS_DEPTH 8 /* repeats within repeats that are told: JSON_DEPTH has room for no more */

/* ---- answers of a request ------------------------------------------------------------------------------- */

static int refused(void *arg, size_t row, size_t q)
{
	struct filled *a = arg;
	struct filled_wrong w = {.row = row, .q = q};

	if (a->wrong.len / sizeof w == FILLED_WRONG_MAX)
		return err(ERR_TOOBIG, "more than %d answers are wrong", FILLED_WRONG_MAX);
	snprintf(w.text, sizeof w.text, "%s", err_text());
	buf_add(&a->wrong, &w, sizeof w);
	return a->wrong.err;
}

const struct filled_wrong *filled_wrong(const struct filled *a, size_t row, size_t q)
{
	const struct filled_wrong *w = (const void *)a->wrong.data;
	size_t i;

	for (i = 0; i < a->wrong.len / sizeof *w; i++)
		if (w[i].row == row && w[i].q == q)
			return &w[i];
	return NULL;
}

static int begin_paper(struct call *c, const char *form, const char *record, struct filled *a)
{
	char code[64];
	struct unit u;
	int rc = 0;

	if (record && *record) {
		rc = id_parse(record, &a->record);
		if (!rc)
			rc = record_form(c->ctx->s, a->record, code, sizeof code);
		if (!rc && form && strcmp(form, code))
			rc = err(ERR_NOTFOUND, "there is no record %s of form %s here", record,
			         form);
		form = code;
	}
	if (!rc)
		rc = form_load(c->ctx->s, form ? form : "", &a->f);
	if (rc)
		return rc;
	a->f->lang = c->ctx->lang;
	if (a->record)
		return paper_load(c->ctx->s, a->f, a->record, &a->p);
	rc = api_unit(c, "unit", &u);
	return rc ? rc : paper_new(c->ctx->s, a->f, u.id, &a->p);
}

static int fill(struct call *c, const char *form, const char *record, bool all, struct filled *a)
{
	const char *person = http_arg(c->q, "person");
	int rc;

	memset(a, 0, sizeof *a);
	rc = begin_paper(c, form, record ? record : http_arg(c->q, "record"), a);
	if (!rc && person && *person)
		rc = id_parse(person, &a->person);
	if (!rc && c->q->len)
		rc = all ? paper_fill_json_all(a->p, c->q->body, refused, a)
		         : paper_fill_json(a->p, c->q->body);
	return rc;
}

int filled_open(struct call *c, const char *form, const char *record, struct filled *a)
{
	return fill(c, form, record, false, a);
}

int filled_open_all(struct call *c, const char *form, struct filled *a)
{
	return fill(c, form, NULL, true, a);
}

void filled_release(struct filled *a)
{
	paper_free(a->p);
	form_free(a->f);
	buf_release(&a->wrong);
	memset(a, 0, sizeof *a);
}

/* ---- what is to be said of each question ------------------------------------------------------------------ */

struct check {
	struct call *c;
	struct filled *a;
	bool ok;
};

static bool names_answers(const char *label)
{
	return label && strstr(label, "${");
}

/* A label that names answers, with those in their places. */
static void label_json(struct check *k, size_t row, const struct question *q)
{
	struct buf text = {0};

	if (names_answers(q->label) && !paper_label(k->a->p, row, q->label, k->c->ctx->lang, &text))
		json_kstr(&k->c->j, "text", buf_cstr(&text));
	buf_release(&text);
}

static int error_json(struct check *k, size_t row, size_t q)
{
	const struct filled_wrong *w = filled_wrong(k->a, row, q);
	int rc = 0;

	if (w) {
		json_kstr(&k->c->j, "error", w->text);
		k->ok = false;
		return 0;
	}
	rc = paper_wrong(k->a->p, row, q);
	if (rc == ERR_BAD || rc == ERR_NOTFOUND) {
		json_kstr(&k->c->j, "error", err_text());
		k->ok = false;
		rc = 0;
	}
	return rc;
}

static int question(struct check *k, size_t row, size_t i)
{
	const struct question *q = &k->a->f->q[i];
	struct json *j = &k->c->j;
	bool required = false;
	int64_t rows = -1;
	int rc = 0;

	json_key(j, q->name);
	json_object(j);
	json_kbool(j, "asked", paper_relevant(k->a->p, row, i));
	if (!paper_relevant(k->a->p, row, i)) {
		json_end(j);
		return 0;
	}
	label_json(k, row, q);
	if (q->col) {
		json_kstr(j, "value", paper_value(k->a->p, row, i));
		rc = paper_required(k->a->p, row, i, &required);
		json_kbool(j, "required", required);
	}
	if (!rc && q->type == Q_REPEAT)
		rc = paper_rows_wanted(k->a->p, row, i, &rows);
	if (rows >= 0)
		json_kint(j, "rows", rows);
	if (!rc && (q->col || q->type == Q_REPEAT))
		rc = error_json(k, row, i);
	json_end(j);
	return rc;
}

static int rows_of(struct check *k, size_t row, int depth);

static int row_json(struct check *k, size_t row, int depth)
{
	struct json *j = &k->c->j;
	int64_t id = paper_row_id(k->a->p, row);
	char text[ID_TEXT];
	size_t i;
	int rc = 0;

	if (row)
		json_kstr(j, "_id", id ? id_text(id, text) : NULL);
	json_key(j, "questions");
	json_object(j);
	for (i = 0; !rc && i < k->a->f->nq; i++)
		if (k->a->f->q[i].type != Q_END && paper_asks(k->a->p, row, i))
			rc = question(k, row, i);
	json_end(j);
	return rc ? rc : rows_of(k, row, depth);
}

static int rows_of(struct check *k, size_t row, int depth)
{
	struct json *j = &k->c->j;
	size_t i, at;
	int rc = 0;

	json_key(j, "rows");
	json_object(j);
	for (i = 0; !rc && i < k->a->f->nq; i++) {
		if (k->a->f->q[i].type != Q_REPEAT || !paper_asks(k->a->p, row, i) ||
		    depth == ROWS_DEPTH)
			continue;
		json_key(j, k->a->f->q[i].name);
		json_array(j);
		for (at = paper_next_row(k->a->p, row, i, 0); !rc && at;
		     at = paper_next_row(k->a->p, row, i, at)) {
			json_object(j);
			rc = row_json(k, at, depth + 1);
			json_end(j);
		}
		json_end(j);
	}
	json_end(j);
	return rc;
}

int api_check(struct call *c)
{
	struct filled a;
	struct check k = {.c = c, .a = &a, .ok = true};
	const char *why = NULL;
	int rc = filled_open_all(c, c->part[0], &a);
	char text[ERR_TEXT_MAX];

	if (!rc) {
		rc = paper_work_out(a.p);
		if (rc == ERR_BAD) { /* what is computed cannot be: the rest is told all the same */
			snprintf(text, sizeof text, "%s", err_text());
			why = text;
			rc = 0;
		}
	}
	if (!rc) {
		json_object(&c->j);
		rc = row_json(&k, 0, 1);
		json_kstr(&c->j, "error", why);
		json_kbool(&c->j, "ok", k.ok && !why && !a.wrong.len);
		json_end(&c->j);
	}
	filled_release(&a);
	return rc;
}
