/* shown.c - a record as people and programs see it. */
#include "agent/shown.h"

#include "agent/i18n.h"
#include "storage/err.h"
#include "storage/same.h"

#include <stdlib.h>
#include <string.h>

#define CODE_MAX 64 /* bytes of a form's code; longer ones are none of ours */

int shown_find(struct ctx *ctx, const char *ref, const char *unit_ref, struct answers *a,
               int64_t *id)
{
	const char *colon = strchr(ref, ':');
	int64_t unit = ctx->s->self.scope;
	char code[CODE_MAX];
	struct unit u;
	int rc;

	memset(a, 0, sizeof *a);
	*id = 0;
	if (!colon) {
		rc = id_parse(ref, id);
		if (!rc)
			rc = record_form(ctx->s, *id, code, sizeof code);
		return rc ? rc : answers_open(ctx, code, a);
	}
	if ((size_t)(colon - ref) >= sizeof code)
		return err(ERR_NOTFOUND, "there is no form %.*s", (int)(colon - ref), ref);
	snprintf(code, sizeof code, "%.*s", (int)(colon - ref), ref);
	rc = answers_open(ctx, code, a);
	if (!rc && unit_ref) {
		rc = ctx_unit(ctx, unit_ref, &u);
		unit = u.id;
	}
	return rc ? rc : record_by_key(ctx->s, a->form, unit, colon + 1, id);
}

/* ---- values ------------------------------------------------------------------------------ */

static void show_picks(struct ctx *ctx, const struct answers *a, const struct picks *l,
                       const char *value, struct buf *out)
{
	while (*value) {
		size_t n = strcspn(value, " ");

		picks_label(ctx, a, l, value, n, out);
		value += n;
		if (*value) {
			buf_str(out, ", ");
			value++;
		}
	}
}

/* The key of a record of form code, when it has one and is here; else its id. */
static void show_link(struct ctx *ctx, struct answers *a, const char *code, const char *value,
                      struct buf *out)
{
	struct form *f;
	struct record *r = NULL;
	const char *key = NULL;
	int64_t id;
	size_t i;

	if (!a->linked || strcmp(a->linked->code, code) != 0) {
		form_free(a->linked);
		form_load(ctx->s, code, &a->linked);
	}
	f = a->linked;
	if (!f || id_parse(value, &id) || record_get(ctx->s, f, id, &r))
		goto out;
	for (i = 0; f->key && i < f->nq; i++) {
		if (strcmp(f->q[i].name, f->key) == 0)
			key = r->value[i];
	}
out:
	buf_str(out, key ? key : value);
	record_free(r);
}

int shown_value(struct ctx *ctx, struct answers *a, const struct question *q, const char *value,
                struct buf *out)
{
	const struct picks *l = answers_picks(a, q);

	if (!value)
		return 0;
	if (q->type == Q_SELECT_ONE && l && strchr(value, ' '))
		buf_str(out, value);
	else if (l)
		show_picks(ctx, a, l, value, out);
	else if (q->type == Q_RECORD && q->list)
		show_link(ctx, a, q->list, value, out);
	else
		buf_str(out, value);
	return out->err;
}

static void json_several(struct json *j, const char *value)
{
	char name[256];

	json_array(j);
	while (*value) {
		size_t n = strcspn(value, " ");

		snprintf(name, sizeof name, "%.*s", (int)n, value);
		json_str(j, name);
		value += n + (value[n] == ' ');
	}
	json_end(j);
}

static void json_answer(struct json *j, const struct question *q, const char *value)
{
	json_key(j, q->name);
	if (value && (q->type == Q_INTEGER || q->type == Q_DECIMAL))
		json_number_text(j, value);
	else if (value && q->type == Q_SELECT_MULTIPLE)
		json_several(j, value);
	else
		json_str(j, value);
}

/* The repeats of a row, each an array of objects. */
static void json_repeats(struct json *j, const struct form *f, const struct paper *p, size_t row)
{
	char id[ID_TEXT];
	size_t q, at, i;

	for (q = 0; q < f->nq; q++) {
		if (f->q[q].type != Q_REPEAT || !paper_asks(p, row, q) || j->depth + 4 > JSON_DEPTH)
			continue;
		json_key(j, f->q[q].name);
		json_array(j);
		for (at = paper_next_row(p, row, q, 0); at; at = paper_next_row(p, row, q, at)) {
			json_object(j);
			json_kstr(j, "_id", id_text(paper_row_id(p, at), id));
			for (i = 0; i < f->nq; i++) {
				if (f->q[i].col && paper_asks(p, at, i))
					json_answer(j, &f->q[i], paper_stored(p, at, i));
			}
			json_repeats(j, f, p, at);
			json_end(j);
		}
		json_end(j);
	}
}

static enum held held_of(struct ctx *ctx, const struct record *r)
{
	enum held held;

	return record_held(ctx->s, r, &held) ? HELD_HERE : held;
}

static const char *held_name(enum held held)
{
	return held == HELD_ROOT ? "root" : held == HELD_PARENT ? "parent" : "device";
}

int64_t shown_rep(struct ctx *ctx, const struct record *r)
{
	int64_t rep;

	return same_rep(ctx->s, r->unit, r->id, &rep) ? r->id : rep;
}

void shown_json(struct ctx *ctx, const struct answers *a, const struct record *r, struct json *j)
{
	int64_t rep;
	struct paper *p = NULL;
	bool repeats = false;
	char id[ID_TEXT];
	size_t i;

	json_object(j);
	json_kstr(j, "id", id_text(r->id, id));
	json_kstr(j, "form", a->form->code);
	json_kstr(j, "unit", shown_unit(ctx, r->unit));
	json_kstr(j, "person", r->person ? id_text(r->person, id) : NULL);
	json_kint(j, "version", r->version);
	json_kstr(j, "held", held_name(held_of(ctx, r)));
	rep = shown_rep(ctx, r);
	json_kstr(j, "same_as", rep == r->id ? NULL : id_text(rep, id));
	for (i = 0; i < a->form->nq; i++) {
		if (answers_holds(a->form, i))
			json_answer(j, &a->form->q[i], r->value[i]);
		repeats |= a->form->q[i].type == Q_REPEAT;
	}
	if (repeats && paper_load(ctx->s, a->form, r->id, &p) == 0) {
		json_repeats(j, a->form, p, 0);
		paper_free(p);
	}
	json_end(j);
}

static const char *change_name(enum history_kind k)
{
	static const char *const names[] =
		{[HISTORY_RECORDED] = "recorded",   [HISTORY_ANSWERED] = "answered",
	         [HISTORY_CHANGED] = "changed",     [HISTORY_DELETED] = "deleted",
	         [HISTORY_SETTLED] = "settled",     [HISTORY_JOINED] = "joined",
	         [HISTORY_DIFFERENT] = "different", [HISTORY_PARTED] = "parted"};

	return names[k];
}

void shown_history(const struct history *h, struct json *j)
{
	bool pair = h->kind == HISTORY_JOINED || h->kind == HISTORY_DIFFERENT ||
	            h->kind == HISTORY_PARTED;
	char id[ID_TEXT];

	json_object(j);
	json_kint(j, "ms", h->ms);
	json_kstr(j, "by", node_text(h->node, id));
	json_kstr(j, "person", h->person ? id_text(h->person, id) : NULL);
	json_kstr(j, "what", change_name(h->kind));
	json_kstr(j, "question", h->question);
	json_kstr(j, "old", h->old);
	json_kstr(j, "new", pair && h->new ? id_text(strtoll(h->new, NULL, 10), id) : h->new);
	json_kbool(j, "sent", !h->pending);
	json_end(j);
}

int shown_id(const struct ctx *ctx, int64_t id)
{
	char text[ID_TEXT];
	struct json j;

	if (!ctx->json) {
		puts(id_text(id, text));
		return 0;
	}
	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "id", id_text(id, text));
	return json_end(&j);
}

const char *shown_unit(struct ctx *ctx, int64_t unit)
{
	static struct unit last;
	static char code[ID_TEXT];

	if (last.id == unit && unit)
		return last.code;
	if (unit_get(ctx->s, unit, &last) == 0)
		return last.code;
	memset(&last, 0, sizeof last);
	return id_text(unit, code);
}

const char *shown_place(struct ctx *ctx, const struct record *r)
{
	enum held held = held_of(ctx, r);

	if (held == HELD_ROOT)
		return _("at the province");
	if (held == HELD_PARENT)
		return ctx->s->self.role == ROLE_OFFICE ? _("at the office above")
		                                        : _("at the commune");
	return _("only here");
}

const char *shown_held(struct ctx *ctx, const struct record *r)
{
	enum held held = held_of(ctx, r);

	if (held == HELD_ROOT)
		return _("has reached the province");
	if (held == HELD_PARENT)
		return ctx->s->self.role == ROLE_OFFICE ? _("has reached the office above")
		                                        : _("has reached the commune");
	return _("on this machine only");
}

const char *shown_type(enum qtype t)
{
	static const char *const names[] = {
		[Q_INTEGER] = "integer",
		[Q_DECIMAL] = "decimal",
		[Q_TEXT] = "text",
		[Q_SELECT_ONE] = "select_one",
		[Q_SELECT_MULTIPLE] = "select_multiple",
		[Q_DATE] = "date",
		[Q_TIME] = "time",
		[Q_DATETIME] = "datetime",
		[Q_GEOPOINT] = "geopoint",
		[Q_NOTE] = "note",
		[Q_CALCULATE] = "calculate",
		[Q_GROUP] = "group",
		[Q_REPEAT] = "repeat",
		[Q_END] = "end",
		[Q_RECORD] = "select_one_from_file",
	};

	return (size_t)t < sizeof names / sizeof *names && names[t] ? names[t] : "text";
}

const char *shown_class(enum class c)
{
	static const char *const names[CLASS_COUNT] = {"ref", "open", "personal"};

	return c < CLASS_COUNT ? names[c] : "";
}

const char *shown_aside(int state)
{
	return state == PACK_WAITING       ? N_("waiting")
	       : state == PACK_QUARANTINED ? N_("set aside")
	                                   : N_("refused");
}
