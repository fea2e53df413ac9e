/* api_form.c - forms as pages show them: questions, labels, choices; units. */
#include "agent/api_form.h"

#include "agent/shown.h"
#include "storage/form_draft.h"
#include "storage/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- texts in languages, and words -------------------------------------------------------------------- */

void api_labels(struct json *j, const char *key, const char *labels)
{
	struct buf lang = {0}, text = {0};
	size_t pos = 0;

	json_key(j, key);
	json_object(j);
	while (labels && form_label_next(labels, &pos, &lang, &text))
		json_kstr(j, buf_cstr(&lang), buf_cstr(&text));
	json_end(j);
	buf_release(&lang);
	buf_release(&text);
}

int api_words(const char *text, struct api_words *out)
{
	struct buf fold = {0};
	char *save = NULL, *word;
	int rc = text ? text_fold(text, &fold) : 0;

	*out = (struct api_words){0};
	snprintf(out->text, sizeof out->text, "%s", buf_cstr(&fold));
	buf_release(&fold);
	for (word = strtok_r(out->text, " ", &save); word && out->n < API_WORDS;
	     word = strtok_r(NULL, " ", &save))
		out->word[out->n++] = word;
	return rc;
}

static bool has_word(const char *fold, const char *word)
{
	size_t n = strlen(word);

	for (; fold; fold = strpbrk(fold, " ,.;:/-()")) {
		fold += strspn(fold, " ,.;:/-()");
		if (!strncmp(fold, word, n))
			return true;
	}
	return false;
}

bool api_words_in(const struct api_words *w, const char *fold)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (!has_word(fold, w->word[i]))
			return false;
	return true;
}

/* ---- units ------------------------------------------------------------------------------------------------ */

static void unit_json(struct json *j, const struct unit *u)
{
	json_object(j);
	json_kstr(j, "code", u->code);
	json_kstr(j, "name", u->name);
	json_kstr(j, "level", level_name(u->level));
	json_kstr(j, "valid_from", u->valid_from);
	json_kstr(j, "valid_to", *u->valid_to ? u->valid_to : NULL);
	json_key(j, "households");
	u->households < 0 ? json_null(j) : json_int(j, u->households);
	json_end(j);
}

static int below(void *arg, const struct unit *u)
{
	unit_json(arg, u);
	return 0;
}

int api_units(struct call *c)
{
	struct unit u;
	int rc = api_unit(c, "parent", &u);

	if (rc)
		return rc;
	json_object(&c->j);
	json_key(&c->j, "unit");
	unit_json(&c->j, &u);
	json_key(&c->j, "below");
	json_array(&c->j);
	rc = unit_each(c->ctx->s, u.id, below, &c->j);
	json_end(&c->j);
	return rc ? rc : json_end(&c->j);
}

/* ---- forms ------------------------------------------------------------------------------------------------ */

static int one_form(void *arg, const char *code, int version, const char *label)
{
	struct json *j = arg;

	json_object(j);
	json_kstr(j, "code", code);
	json_kint(j, "version", version);
	api_labels(j, "label", label);
	json_end(j);
	return 0;
}

int api_forms(struct call *c)
{
	int rc;

	json_object(&c->j);
	json_key(&c->j, "forms");
	json_array(&c->j);
	rc = form_each(c->ctx->s, one_form, &c->j);
	json_end(&c->j);
	return rc ? rc : json_end(&c->j);
}

static void question_json(struct json *j, const struct form *f, const struct question *q)
{
	json_object(j);
	json_kstr(j, "name", q->name);
	json_kstr(j, "type", q->type == Q_RECORD ? "record" : shown_type(q->type));
	json_kstr(j, "kind", q->kind);
	api_labels(j, "label", q->label);
	api_labels(j, "hint", q->hint);
	json_kstr(j, "appearance", q->appearance);
	json_kstr(j, "in", q->in ? f->q[q->in - 1].name : NULL);
	json_kstr(j, q->type == Q_RECORD ? "form" : "list", q->list);
	json_kbool(j, "required", q->required);
	json_kbool(j, "personal", q->personal);
	json_kbool(j, "read_only", q->read_only);
	json_kbool(j, "computed", q->type == Q_CALCULATE || q->expr[FORM_CALCULATION]);
	json_kbool(j, "always", !q->expr[FORM_RELEVANT]);
	json_kbool(j, "filtered", q->expr[FORM_FILTER] != NULL);
	json_end(j);
}

int api_form(struct call *c)
{
	struct form *f;
	size_t i;
	int rc = form_load(c->ctx->s, c->part[0], &f);

	if (rc)
		return rc;
	json_object(&c->j);
	json_kstr(&c->j, "code", f->code);
	json_kint(&c->j, "version", f->version);
	api_labels(&c->j, "label", f->label);
	json_kstr(&c->j, "key", f->key);
	json_kstr(&c->j, "date", f->date);
	json_key(&c->j, "questions");
	json_array(&c->j);
	for (i = 0; i < f->nq; i++)
		if (f->q[i].type != Q_END)
			question_json(&c->j, f, &f->q[i]);
	json_end(&c->j);
	form_free(f);
	return json_end(&c->j);
}

/* ---- choices ---------------------------------------------------------------------------------------------- */

struct choices {
	struct json *j;
	struct api_words words;
	int64_t at, after, limit, n; /* at: of those that fit */
	struct buf fold;
	bool more;
};

static int one_choice(void *arg, const char *name, const char *label)
{
	struct choices *w = arg;
	struct buf lang = {0}, text = {0};
	size_t pos = 0;
	int rc = 0;

	buf_reset(&w->fold);
	if (w->words.n) {
		buf_str(&w->fold, name);
		while (label && form_label_next(label, &pos, &lang, &text) && !rc) {
			buf_u8(&w->fold, ' ');
			rc = text_fold(buf_cstr(&text), &w->fold);
		}
		buf_release(&lang);
		buf_release(&text);
		if (rc || !api_words_in(&w->words, buf_cstr(&w->fold)))
			return rc;
	}
	if (w->at++ < w->after)
		return 0;
	if (w->n == w->limit) {
		w->more = true;
		return 1;
	}
	w->n++;
	json_object(w->j);
	json_kstr(w->j, "name", name);
	api_labels(w->j, "label", label);
	json_end(w->j);
	return 0;
}

static int begin_choices(struct call *c, struct choices *w)
{
	int rc = api_words(http_arg(c->q, "q"), &w->words);

	w->j = &c->j;
	if (!rc)
		rc = api_limit(c, &w->limit);
	if (!rc)
		rc = api_number(c, "after", 0, INT32_MAX, 0, &w->after);
	if (rc)
		return rc;
	json_object(&c->j);
	json_key(&c->j, "choices");
	json_array(&c->j);
	return 0;
}

static int end_choices(struct call *c, struct choices *w, int rc)
{
	buf_release(&w->fold);
	if (rc < 0)
		return rc;
	json_end(&c->j);
	json_key(&c->j, "next");
	w->more ? json_int(&c->j, w->after + w->n) : json_null(&c->j);
	return json_end(&c->j);
}

int api_list(struct call *c)
{
	struct choices w = {0};
	struct form *f;
	size_t i;
	int rc = form_load(c->ctx->s, c->part[0], &f);

	if (rc)
		return rc;
	for (i = 0; i < f->nq; i++)
		if (f->q[i].list && !strcmp(f->q[i].list, c->part[1]) && f->q[i].type != Q_RECORD)
			break;
	if (i == f->nq)
		rc = err(ERR_NOTFOUND, "form %s has no list %s", f->code, c->part[1]);
	if (!rc)
		rc = begin_choices(c, &w);
	if (!rc)
		rc = end_choices(c, &w, form_choices(c->ctx->s, f, c->part[1], one_choice, &w));
	form_free(f);
	return rc;
}

/* The row that the argument counts to, from 0, among those of the repeat around q. */
static int row_of(struct call *c, struct paper *p, const struct form *f, size_t q, size_t *row)
{
	const struct question *in = f->q + q;
	int64_t n;
	int rc = api_number(c, "row", 0, PAPER_ROWS_MAX, 0, &n);

	*row = 0;
	while (in->in && f->q[in->in - 1].type != Q_REPEAT)
		in = f->q + in->in - 1;
	for (; !rc && in->in && n >= 0; n--) {
		*row = paper_next_row(p, 0, in->in - 1, *row);
		if (!*row)
			return err(ERR_NOTFOUND, "%s has no such row", f->q[in->in - 1].name);
	}
	return rc;
}

int api_choices(struct call *c)
{
	struct choices w = {0};
	struct filled a = {0};
	const struct question *q = NULL;
	size_t row;
	int rc = filled_open(c, c->part[0], NULL, &a);

	if (!rc) {
		q = form_question(a.f, c->part[1]);
		if (!q || !q->list || q->type == Q_RECORD)
			rc = err(ERR_NOTFOUND, "form %s has no question %s with choices", a.f->code,
			         c->part[1]);
	}
	if (!rc)
		rc = paper_work_out(a.p);
	if (!rc)
		rc = row_of(c, a.p, a.f, (size_t)(q - a.f->q), &row);
	if (!rc)
		rc = begin_choices(c, &w);
	if (!rc)
		rc = end_choices(c, &w,
		                 paper_choices(a.p, row, (size_t)(q - a.f->q), one_choice, &w));
	filled_release(&a);
	return rc;
}
