/* api_record.c - records and drafts: found, shown, saved. */
#include "agent/api_form.h"

#include "agent/shown.h"
#include "storage/draft.h"
#include "storage/history.h"
#include "storage/same.h"
#include "storage/text.h"

#include <string.h>

#define SCAN_MAX \
	20000 /* records that one request looks at: about a tenth of a second; "next" goes on */

/* ---- lists ------------------------------------------------------------------------------------------------- */

struct list {
	struct call *c;
	struct answers *a;
	struct api_words words;
	struct buf fold;
	int64_t about; /* the record that they are about, or 0: any */
	int64_t limit, n, looked;
	int64_t last; /* that was looked at */
	bool joined, more;
};

/* What a person would search by: the key, and all that is text. */
static int fold_record(struct list *l, const struct record *r)
{
	const struct form *f = l->a->form;
	size_t i;
	int rc = 0;

	buf_reset(&l->fold);
	for (i = 0; i < f->nq && !rc; i++) {
		const struct question *q = &f->q[i];

		if (!r->value[i] || (q->type != Q_TEXT && !(f->key && !strcmp(f->key, q->name))))
			continue;
		buf_u8(&l->fold, ' ');
		rc = text_fold(r->value[i], &l->fold);
	}
	return rc;
}

/* Does an answer of r name the record, or one that is the same? */
static bool is_about(struct list *l, const struct record *r)
{
	const struct form *f = l->a->form;
	int64_t id, rep;
	size_t i;

	for (i = 0; i < f->nq; i++) {
		if (f->q[i].type != Q_RECORD || !r->value[i] || id_parse(r->value[i], &id))
			continue;
		if (same_rep(l->c->ctx->s, r->unit, id, &rep))
			rep = id;
		if (rep == l->about)
			return true;
	}
	return false;
}

static int one_record(void *arg, const struct record *r)
{
	struct list *l = arg;
	int rc;

	if (l->n == l->limit || l->looked == SCAN_MAX) {
		l->more = true;
		return 1;
	}
	l->looked++;
	l->last = r->id;
	if (l->about && !is_about(l, r))
		return 0;
	if (l->words.n) {
		rc = fold_record(l, r);
		if (rc || !api_words_in(&l->words, buf_cstr(&l->fold)))
			return rc;
	}
	if (!l->joined && shown_rep(l->c->ctx, r) != r->id)
		return 0;
	l->n++;
	shown_json(l->c->ctx, l->a, r, &l->c->j);
	return 0;
}

static int list(struct list *l, int64_t unit, int64_t after)
{
	struct json *j = &l->c->j;
	char id[ID_TEXT];
	int rc;

	json_object(j);
	json_key(j, "records");
	json_array(j);
	rc = record_each_after(l->c->ctx->s, l->a->form, unit, after, 0, one_record, l);
	json_end(j);
	json_kstr(j, "next", l->more ? id_text(l->last, id) : NULL);
	return rc < 0 ? rc : json_end(j);
}

int api_list_records(struct call *c)
{
	const char *form = http_arg(c->q, "form"), *after = http_arg(c->q, "after");
	struct answers a = {0};
	struct list l = {.c = c, .a = &a, .joined = http_arg(c->q, "joined") != NULL};
	int64_t from = 0;
	struct unit u = {0};
	const char *about = http_arg(c->q, "about");
	int rc = api_words(http_arg(c->q, "q"), &l.words);

	if (!rc && about && *about)
		rc = id_parse(about, &l.about);
	if (!rc)
		rc = api_limit(c, &l.limit);
	if (!rc && after && *after)
		rc = id_parse(after, &from);
	if (!rc && http_arg(c->q, "unit"))
		rc = api_unit(c, "unit", &u);
	if (!rc)
		rc = answers_open(c->ctx, form ? form : "", &a);
	if (!rc)
		rc = list(&l, u.id, from);
	buf_release(&l.fold);
	answers_release(&a);
	return rc;
}

/* ---- one record ---------------------------------------------------------------------------------------------- */

int api_record(struct call *c)
{
	struct answers a;
	struct record *r = NULL;
	int64_t id;
	int rc = shown_find(c->ctx, c->part[0], http_arg(c->q, "unit"), &a, &id);

	if (!rc)
		rc = record_get(c->ctx->s, a.form, id, &r);
	if (!rc)
		shown_json(c->ctx, &a, r, &c->j);
	record_free(r);
	answers_release(&a);
	return rc;
}

static int one_change(void *arg, const struct history *h)
{
	shown_history(h, arg);
	return 0;
}

int api_history(struct call *c)
{
	int64_t id;
	int rc = id_parse(c->part[0], &id);

	if (rc)
		return rc;
	json_object(&c->j);
	json_key(&c->j, "history");
	json_array(&c->j);
	rc = history_each(c->ctx->s, id, one_change, &c->j);
	json_end(&c->j);
	return rc ? rc : json_end(&c->j);
}

/* ---- saving -------------------------------------------------------------------------------------------------- */

static int say_id(struct call *c, unsigned status, int64_t id)
{
	char text[ID_TEXT];

	c->r->status = status;
	json_object(&c->j);
	json_kstr(&c->j, "id", id_text(id, text));
	return json_end(&c->j);
}

/* Record and draft in one transaction: whoever asks again gets the same record. */
static int save(struct call *c, struct filled *a, const char *draft, int64_t *id)
{
	struct tx *tx = NULL;
	int rc = paper_work_out(a->p);

	if (!rc)
		rc = paper_check(a->p);
	if (!rc)
		rc = tx_begin(c->ctx->s, paper_unit(a->p), &tx);
	if (!rc)
		rc = paper_save(tx, a->p, a->person, id);
	if (!rc && draft)
		rc = draft_saved(c->ctx->s, draft, *id);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

/* What a draft became already: 0 when it did not. */
static int saved_before(struct call *c, const char *draft, int64_t *id)
{
	struct draft d;
	int rc = draft ? draft_get(c->ctx->s, draft, &d, NULL) : 0;

	*id = draft && !rc ? d.saved : 0;
	return rc;
}

static int take(struct call *c, const char *form, const char *record, unsigned status)
{
	const char *draft = http_arg(c->q, "draft");
	struct filled a = {0};
	int64_t id = 0;
	int rc = saved_before(c, draft, &id);

	if (!rc && id)
		return say_id(c, 200, id);
	if (!rc)
		rc = filled_open(c, form, record, &a);
	id = a.record;
	if (!rc)
		rc = save(c, &a, draft, &id);
	filled_release(&a);
	return rc ? rc : say_id(c, status, id);
}

int api_add(struct call *c)
{
	const char *form = http_arg(c->q, "form");

	return take(c, form ? form : "", "", 201);
}

int api_edit(struct call *c)
{
	return take(c, NULL, c->part[0], 200);
}

/* ---- drafts -------------------------------------------------------------------------------------------------- */

static void draft_json(struct call *c, const struct draft *d)
{
	struct json *j = &c->j;
	char id[ID_TEXT];

	json_kstr(j, "draft", d->name);
	json_kstr(j, "form", d->form);
	json_kstr(j, "unit", shown_unit(c->ctx, d->unit));
	json_kstr(j, "record", d->record ? id_text(d->record, id) : NULL);
	json_kstr(j, "person", d->person ? id_text(d->person, id) : NULL);
	json_kint(j, "ms", d->at_ms);
	json_kstr(j, "saved", d->saved ? id_text(d->saved, id) : NULL);
}

static int one_draft(void *arg, const struct draft *d)
{
	struct call *c = arg;

	if (c->who && d->person != c->who->person)
		return 0;
	json_object(&c->j);
	draft_json(c, d);
	json_end(&c->j);
	return 0;
}

int api_drafts(struct call *c)
{
	int rc;

	json_object(&c->j);
	json_key(&c->j, "drafts");
	json_array(&c->j);
	rc = draft_each(c->ctx->s, one_draft, c);
	json_end(&c->j);
	return rc ? rc : json_end(&c->j);
}

int api_draft(struct call *c)
{
	struct buf answers = {0};
	struct draft d;
	int rc = draft_get(c->ctx->s, c->part[0], &d, &answers);

	if (!rc) {
		json_object(&c->j);
		draft_json(c, &d);
		json_key(&c->j, "answers");
		json_raw(&c->j, answers.len ? buf_cstr(&answers) : "{}");
		json_end(&c->j);
	}
	buf_release(&answers);
	return rc;
}

/* The form may be one whose questions have changed since: only its name is asked for. */
int api_draft_put(struct call *c)
{
	const char *form = http_arg(c->q, "form"), *record = http_arg(c->q, "record"),
		   *person = http_arg(c->q, "person");
	struct draft d = {0};
	struct unit u;
	int rc = api_unit(c, "unit", &u);

	if (!rc && record && *record)
		rc = id_parse(record, &d.record);
	if (!rc && person && *person)
		rc = id_parse(person, &d.person);
	if (!rc && (!form || !*form || strlen(form) >= sizeof d.form ||
	            strlen(c->part[0]) > DRAFT_NAME_MAX))
		rc = err(ERR_BAD, "a draft is of a form, and its name has %d bytes at most",
		         DRAFT_NAME_MAX);
	if (rc)
		return rc;
	d.unit = u.id;
	memcpy(d.name, c->part[0], strlen(c->part[0]));
	snprintf(d.form, sizeof d.form, "%s", form);
	rc = draft_put(c->ctx->s, &d, c->q->body, c->q->len);
	if (!rc)
		rc = draft_get(c->ctx->s, c->part[0], &d, NULL);
	return rc ? rc : one_draft(c, &d);
}

int api_draft_drop(struct call *c)
{
	int rc = draft_drop(c->ctx->s, c->part[0]);

	if (!rc) {
		json_object(&c->j);
		json_end(&c->j);
	}
	return rc;
}
