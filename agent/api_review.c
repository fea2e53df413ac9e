/* api_review.c - what somebody should look at: conflicts, records that look alike, packs set aside. */
#include "agent/api_office.h"

#include "agent/i18n.h"
#include "agent/judge.h"
#include "storage/duplicate.h"
#include "storage/merge.h"
#include "storage/node.h"
#include "storage/same.h"

#include <string.h>

/* ---- lists ------------------------------------------------------------------------------------------------ */

int api_page_open(struct call *c, struct api_page *p)
{
	int rc = api_limit(c, &p->limit);

	return rc ? rc : api_number(c, "after", 0, INT32_MAX, 0, &p->after);
}

int api_page_takes(struct api_page *p, bool *take)
{
	*take = false;
	if (p->at++ < p->after)
		return 0;
	if (p->n == p->limit) {
		p->more = true;
		return 1;
	}
	p->n++;
	*take = true;
	return 0;
}

int api_page_end(struct call *c, const struct api_page *p, int rc)
{
	if (rc < 0)
		return rc;
	json_end(&c->j);
	json_key(&c->j, "next");
	p->more ? json_int(&c->j, p->after + p->n) : json_null(&c->j);
	return json_end(&c->j);
}

int api_person(const struct call *c, int64_t *out)
{
	const char *text = http_arg(c->q, "person");

	*out = 0;
	return text && *text ? id_parse(text, out) : 0;
}

void api_unit_members(struct call *c, int64_t unit)
{
	struct unit u, in;
	bool known = unit_get(c->ctx->s, unit, &u) == 0;
	bool tells = known && u.level == LEVEL_VILLAGE && u.parent != c->ctx->s->self.scope &&
	             unit_get(c->ctx->s, u.parent, &in) == 0;

	json_kstr(&c->j, "unit", known ? u.code : NULL);
	json_kstr(&c->j, "unit_name", known ? u.name : NULL);
	json_kstr(&c->j, "unit_in", tells ? in.name : NULL);
}

void api_node_members(struct call *c, uint32_t number)
{
	char text[ID_TEXT];
	struct node n;
	bool known = node_get(c->ctx->s, number, &n) == 0 && *n.name;

	json_kstr(&c->j, "node", node_text(number, text));
	json_kstr(&c->j, "name", known ? n.name : NULL);
}

/* A list, and the form that its member at hand is of. */
struct review {
	struct call *c;
	struct api_page page;
	struct answers a;
	int64_t unit; /* only what lies in it */
};

static int review_open(struct review *w, const char *list)
{
	struct call *c = w->c;
	struct unit u = {0};
	int rc = api_page_open(c, &w->page);

	if (!rc && http_arg(c->q, "unit"))
		rc = api_unit(c, "unit", &u);
	if (rc)
		return rc;
	w->unit = u.id;
	json_object(&c->j);
	json_key(&c->j, list);
	json_array(&c->j);
	return 0;
}

static int review_end(struct review *w, int rc)
{
	answers_release(&w->a);
	return api_page_end(w->c, &w->page, rc);
}

static void open_form(struct review *w, const char *code)
{
	if (w->a.form && !strcmp(w->a.form->code, code))
		return;
	answers_release(&w->a);
	if (answers_open(w->c->ctx, code, &w->a)) /* a table of another kind: it has no form */
		memset(&w->a, 0, sizeof w->a);
}

/* ---- conflicts -------------------------------------------------------------------------------------------- */

static void side_json(struct review *w, const struct question *q, const char *key,
                      const char *value, uint32_t by, int64_t ms)
{
	struct json *j = &w->c->j;
	struct buf text = {0}, plain = {0};

	if (value) {
		judge_value(w->c->ctx, &w->a, q, value, &text);
		conflict_text(q, value, &plain);
	}
	json_key(j, key);
	json_object(j);
	json_kstr(j, "value", value ? buf_cstr(&plain) : NULL);
	json_kstr(j, "text", value ? buf_cstr(&text) : NULL);
	api_node_members(w->c, by);
	json_kint(j, "ms", ms);
	json_end(j);
	buf_release(&text);
	buf_release(&plain);
}

/* What people call the record by. */
static void key_json(struct review *w, int64_t row)
{
	const struct form *f = w->a.form;
	const struct question *key = f && f->key ? form_question(f, f->key) : NULL;
	struct record *r = NULL;

	if (key && record_get(w->c->ctx->s, f, row, &r))
		r = NULL;
	json_kstr(&w->c->j, "key", r ? r->value[key - f->q] : NULL);
	record_free(r);
}

static int one_conflict(void *arg, const struct conflict *x)
{
	struct review *w = arg;
	struct json *j = &w->c->j;
	const struct question *q;
	char id[ID_TEXT];
	bool take;

	if (w->unit && !unit_within(w->c->ctx->s, x->unit, w->unit))
		return 0;
	if (api_page_takes(&w->page, &take))
		return 1;
	if (!take)
		return 0;
	open_form(w, x->form);
	q = w->a.form ? form_question(w->a.form, x->question) : NULL;
	json_object(j);
	json_kstr(j, "record", id_text(x->row, id));
	json_kstr(j, "form", x->form);
	api_labels(j, "form_label", w->a.form ? w->a.form->label : NULL);
	api_unit_members(w->c, x->unit);
	key_json(w, x->row);
	json_kstr(j, "question", x->question);
	api_labels(j, "label", q ? q->label : NULL);
	side_json(w, q, "won", x->won, x->won_node, x->won_ms);
	side_json(w, q, "lost", x->lost, x->lost_node, x->lost_ms);
	json_kbool(j, "settled", x->settled);
	json_end(j);
	return 0;
}

int api_conflicts(struct call *c)
{
	struct review w = {.c = c};
	const char *record = http_arg(c->q, "record");
	int64_t row = 0;
	int rc = record ? id_parse(record, &row) : 0;

	if (!rc)
		rc = review_open(&w, "conflicts");
	if (rc)
		return rc;
	return review_end(&w, conflict_about(c->ctx->s, row, NULL, http_arg(c->q, "all") != NULL,
	                                     one_conflict, &w));
}

int api_conflict(struct call *c)
{
	static const char *const hows[] =
		{[SETTLE_KEEP] = "keep", [SETTLE_TAKE] = "take", [SETTLE_SET] = "set"};
	const char *how = http_arg(c->q, "how");
	struct settling st = {.question = c->part[1], .value = http_arg(c->q, "value")};
	struct answers a = {0};
	size_t n = 0, i;
	int rc = api_person(c, &st.person);

	for (i = 0; how && i < sizeof hows / sizeof *hows && strcmp(how, hows[i]);)
		i++;
	if (!rc && (!how || i == sizeof hows / sizeof *hows || (i == SETTLE_SET && !st.value)))
		rc = err(ERR_BAD, "how wants keep, take, or set with a value");
	st.how = (enum settle)i;
	if (!rc)
		rc = judge_settle(c->ctx, c->part[0], http_arg(c->q, "unit"), &st, &a, &n);
	answers_release(&a);
	if (rc)
		return rc;
	json_object(&c->j);
	json_kint(&c->j, "settled", (int64_t)n);
	return json_end(&c->j);
}

/* ---- records that look alike --------------------------------------------------------------------------------- */

static int record_json(struct review *w, const char *key, int64_t id)
{
	struct record *r;
	int rc = record_get(w->c->ctx->s, w->a.form, id, &r);

	if (rc)
		return rc;
	json_key(&w->c->j, key);
	shown_json(w->c->ctx, &w->a, r, &w->c->j);
	record_free(r);
	return 0;
}

static int one_duplicate(void *arg, const struct duplicate *d)
{
	static const struct {
		unsigned why;
		const char *question;
	} reasons[] = {{DUPLICATE_ADDRESS, "address"},
	               {DUPLICATE_CODE, "digital_address_code"},
	               {DUPLICATE_HEAD, "head"}};
	struct review *w = arg;
	struct json *j = &w->c->j;
	bool take;
	size_t i;
	int rc;

	if (api_page_takes(&w->page, &take))
		return 1;
	if (!take)
		return 0;
	json_object(j);
	api_unit_members(w->c, d->unit);
	rc = record_json(w, "a", d->a);
	if (!rc)
		rc = record_json(w, "b", d->b);
	json_key(j, "same");
	json_array(j);
	for (i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (d->why & reasons[i].why)
			json_str(j, reasons[i].question);
	json_end(j);
	json_end(j);
	return rc;
}

int api_duplicates(struct call *c)
{
	struct review w = {.c = c};
	int rc = answers_open(c->ctx, DUPLICATE_FORM, &w.a);

	if (!rc)
		rc = review_open(&w, "duplicates");
	if (!rc)
		return review_end(&w,
		                  duplicate_each(c->ctx->s, w.a.form, w.unit, one_duplicate, &w));
	answers_release(&w.a);
	return rc;
}

static int one_joined(void *arg, const struct same *g)
{
	struct review *w = arg;
	struct json *j = &w->c->j;
	char code[64];
	bool take;
	int rc;

	if (api_page_takes(&w->page, &take))
		return 1;
	rc = take ? record_form(w->c->ctx->s, g->id, code, sizeof code) : ERR_NOTFOUND;
	if (!rc)
		open_form(w, code);
	if (rc || !w->a.form) /* passed over, or not here yet */
		return rc == ERR_NOTFOUND ? 0 : rc;
	json_object(j);
	api_unit_members(w->c, g->unit);
	json_kbool(j, "said", g->said);
	rc = record_json(w, "keep", g->rep);
	if (!rc)
		rc = record_json(w, "other", g->id);
	json_end(j);
	return rc;
}

int api_joined(struct call *c)
{
	struct review w = {.c = c};
	int rc = review_open(&w, "joined");

	return rc ? rc : review_end(&w, same_each(c->ctx->s, w.unit, one_joined, &w));
}

int api_pair(struct call *c)
{
	static const char *const names[JUDGE_PAIRS] = {"merge", "undo", "differ"};
	const char *const refs[2] = {c->part[0], http_arg(c->q, "other")};
	char text[ID_TEXT];
	int64_t ids[2], person;
	int what, rc;

	for (what = 0; what < JUDGE_PAIRS && strcmp(c->part[1], names[what]);)
		what++;
	if (what == JUDGE_PAIRS)
		return err(ERR_NOTFOUND, "there are merge, undo and differ, not %s", c->part[1]);
	if (what != JUDGE_UNDO && !refs[1])
		return err(ERR_BAD, "which two records? other names the second");
	rc = api_person(c, &person);
	if (!rc)
		rc = judge_pair(c->ctx, (enum judge_pair)what, refs, http_arg(c->q, "unit"), person,
		                ids);
	if (rc)
		return rc;
	json_object(&c->j);
	json_kstr(&c->j, "id", id_text(ids[0], text));
	json_kstr(&c->j, "other", ids[1] ? id_text(ids[1], text) : NULL);
	return json_end(&c->j);
}

/* ---- packs set aside -------------------------------------------------------------------------------------------- */

static int one_aside(void *arg, const struct aside *a)
{
	struct review *w = arg;
	struct json *j = &w->c->j;
	bool take;

	if (w->unit && !unit_within(w->c->ctx->s, a->key.scope, w->unit))
		return 0;
	if (api_page_takes(&w->page, &take))
		return 1;
	if (!take)
		return 0;
	json_object(j);
	json_kstr(j, "state", shown_aside(a->state));
	json_kstr(j, "state_text", _(shown_aside(a->state)));
	api_node_members(w->c, a->key.author);
	api_unit_members(w->c, a->key.scope);
	json_kstr(j, "class", shown_class(a->key.class));
	json_kint(j, "seq", a->seq);
	json_kstr(j, "reason", a->reason);
	json_kint(j, "ms", a->ms);
	json_end(j);
	return 0;
}

int api_quarantine(struct call *c)
{
	struct review w = {.c = c};
	int rc = review_open(&w, "quarantine");

	return rc ? rc : review_end(&w, aside_each(c->ctx->s, one_aside, &w));
}
