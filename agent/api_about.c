/* api_about.c - what a form's records are about, a line each: households and when they were last visited. */
#include "agent/api_form.h"

#include "agent/shown.h"
#include "storage/clock.h"
#include "storage/latest.h"
#include "storage/record.h"
#include "storage/submission.h"
#include "storage/value.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 20000 /* of one answer, about 2 MB: a commune of Vietnam has a tenth of it */

struct visited {
	int64_t id;
	char last[DATE_LEN];
};

struct about {
	struct call *c;
	struct answers *a;  /* of the form that is asked about */
	struct buf visited; /* struct visited, by id */
	size_t at;
	int64_t n;
	bool more;
};

static int remember(void *arg, int64_t id, const char *last)
{
	struct about *w = arg;
	struct visited v = {.id = id};

	snprintf(v.last, sizeof v.last, "%.10s", last);
	buf_add(&w->visited, &v, sizeof v);
	return w->visited.err;
}

/* Ids only grow, there and here. */
static const char *last_of(struct about *w, int64_t id)
{
	/* malloc's alignment holds a struct visited */
	const struct visited *v = (const struct visited *)(const void *)w->visited.data;
	size_t n = w->visited.len / sizeof *v;

	while (w->at < n && v[w->at].id < id)
		w->at++;
	return w->at < n && v[w->at].id == id && *v[w->at].last ? v[w->at].last : NULL;
}

static const char *held_of(struct call *c, const struct record *r)
{
	enum held h;

	if (record_held(c->ctx->s, r, &h))
		return "device";
	return h == HELD_ROOT ? "root" : h == HELD_PARENT ? "parent" : "device";
}

/* [id, unit, key, [texts], last, held] */
static int one(void *arg, const struct record *r)
{
	struct about *w = arg;
	const struct form *f = w->a->form;
	struct json *j = &w->c->j;
	const char *key = NULL;
	char id[ID_TEXT];
	size_t i;

	if (shown_rep(w->c->ctx, r) != r->id)
		return 0;
	if (w->n == ROWS_MAX) {
		w->more = true;
		return 1;
	}
	w->n++;
	json_array(j);
	json_str(j, id_text(r->id, id));
	json_str(j, shown_unit(w->c->ctx, r->unit));
	for (i = 0; f->key && i < f->nq; i++)
		if (!strcmp(f->q[i].name, f->key))
			key = r->value[i];
	key ? json_str(j, key) : json_null(j);
	json_array(j);
	for (i = 0; i < f->nq; i++)
		if (f->q[i].type == Q_TEXT && r->value[i])
			json_str(j, r->value[i]);
	json_end(j);
	key = last_of(w, r->id);
	key ? json_str(j, key) : json_null(j);
	json_str(j, held_of(w->c, r));
	json_end(j);
	return 0;
}

/* The quarter that runs, and by when its report is due. */
static int write_period(struct call *c)
{
	struct json *j = &c->j;
	char day[DATE_LEN], due[DATE_LEN];
	struct deadline d;
	struct period p;
	int rc = submission_deadline(c->ctx->s, PERIOD_QUARTER, &d);

	if (rc)
		return rc;
	value_today(clock_now_ms(c->ctx->s), day);
	period_of(PERIOD_QUARTER, day, &p);
	period_due(&p, &d, due);
	json_key(j, "period");
	json_object(j);
	json_kstr(j, "name", p.name);
	json_kstr(j, "from", p.from);
	json_kstr(j, "to", p.to);
	json_kstr(j, "due", due);
	json_end(j);
	return 0;
}

static int write_about(struct about *w, int64_t unit)
{
	struct json *j = &w->c->j;
	int rc;

	json_object(j);
	json_kstr(j, "about", w->a->form->code);
	rc = write_period(w->c);
	json_key(j, "rows");
	json_array(j);
	if (!rc)
		rc = record_each(w->c->ctx->s, w->a->form, unit, 0, one, w);
	json_end(j);
	json_kbool(j, "more", w->more);
	return rc < 0 ? rc : json_end(j);
}

int api_about(struct call *c)
{
	const char *code = c->part[0];
	const struct question *to = NULL;
	struct answers a = {0};
	struct about w = {.c = c, .a = &a};
	struct form *f = NULL;
	struct unit u;
	int rc = api_unit(c, "unit", &u);

	if (!rc)
		rc = form_load(c->ctx->s, code, &f);
	if (!rc) {
		to = latest_about(f);
		rc = to ? answers_open(c->ctx, to->list, &a)
		        : err(ERR_NOTFOUND, "the records of %s are not about others", code);
	}
	if (!rc)
		rc = latest_each(c->ctx->s, f, u.id, remember, &w);
	if (!rc)
		rc = write_about(&w, u.id);
	buf_release(&w.visited);
	answers_release(&a);
	form_free(f);
	return rc;
}
