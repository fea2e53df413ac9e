/* form_export.c - a form back into XLSForm sheets. */
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES_MAX 32 /* of one form; more are left out of the sheets */
#define EXTRAS_MAX 32    /* other columns of choices */

struct names {
	char *name[LANGUAGES_MAX > EXTRAS_MAX ? LANGUAGES_MAX : EXTRAS_MAX]; /* owned */
	size_t n;
};

static void names_release(struct names *names)
{
	while (names->n)
		free(names->name[--names->n]);
}

/* Adds the members of a JSON object that are not there yet. */
static int names_add(struct names *names, const char *json)
{
	struct buf key = {0}, text = {0};
	size_t pos = 0, i;
	int rc = 0;

	while (!rc && json && form_label_next(json, &pos, &key, &text)) {
		for (i = 0; i < names->n && strcmp(names->name[i], buf_cstr(&key)); i++)
			;
		if (i < names->n || i == sizeof names->name / sizeof *names->name)
			continue;
		names->name[i] = strdup(buf_cstr(&key));
		rc = names->name[i] ? 0 : err(ERR_NOMEM, "out of memory");
		names->n += !rc;
	}
	buf_release(&key);
	buf_release(&text);
	return rc;
}

static void put_header(struct buf *out, const char *column, const struct names *langs)
{
	static const struct {
		const char *code, *name;
	} known[] = {{"vi", "Vietnamese"}, {"en", "English"}};
	char cell[128];
	const char *lang;
	size_t i, k;

	for (i = 0; i < langs->n; i++) {
		lang = langs->name[i];
		snprintf(cell, sizeof cell, *lang ? "%s::%s" : "%s", column, lang);
		for (k = 0; k < sizeof known / sizeof *known; k++)
			if (!strcmp(known[k].code, lang))
				snprintf(cell, sizeof cell, "%s::%s (%s)", column, known[k].name,
				         lang);
		buf_str(out, ",");
		csv_put(out, cell);
	}
}

/* The member name of json, exactly, as a cell with a comma before it. */
static void put_member(struct buf *out, const char *json, const char *name)
{
	struct buf key = {0}, text = {0};
	size_t pos = 0;

	buf_str(out, ",");
	while (json && form_label_next(json, &pos, &key, &text)) {
		if (!strcmp(buf_cstr(&key), name)) {
			csv_put(out, buf_cstr(&text));
			break;
		}
	}
	buf_release(&key);
	buf_release(&text);
}

static void put_members(struct buf *out, const char *json, const struct names *names)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		put_member(out, json, names->name[i]);
}

static void put_cell(struct buf *out, const char *text)
{
	buf_str(out, ",");
	csv_put(out, text ? text : "");
}

/* The languages of a survey's texts, each a column. */
struct survey_texts {
	struct names label, hint, check, required;
};

/* ---- survey ----------------------------------------------------------------------------------------- */

/* Expressions in the order of FORM_EXPRS, but required, which has its column before. */
static void put_expressions(struct buf *out, const struct draft_question *q)
{
	size_t i;

	for (i = 0; i < FORM_EXPRS; i++)
		if (i != FORM_REQUIRED)
			put_cell(out, q->expr[i]);
}

static void put_question(struct buf *out, const struct draft_question *q,
                         const struct survey_texts *t)
{
	char type[2 * FORM_NAME_MAX + 8];

	snprintf(type, sizeof type, "%s%s%s%s", q->kind, q->list ? " " : "", q->list ? q->list : "",
	         q->type == Q_RECORD ? ".csv" : "");
	csv_put(out, type);
	put_cell(out, q->name);
	put_members(out, q->label, &t->label);
	put_members(out, q->hint, &t->hint);
	put_cell(out, q->expr[FORM_REQUIRED] ? q->expr[FORM_REQUIRED] : q->required ? "yes" : "");
	put_cell(out, q->read_only ? "yes" : "");
	/* what is computed from a personal question is open only when somebody said so */
	put_cell(out, q->personal ? "yes" : q->expr[FORM_CALCULATION] ? "no" : "");
	put_cell(out, q->preset);
	put_cell(out, q->appearance);
	put_expressions(out, q);
	put_members(out, q->message[FORM_CHECK_MESSAGE], &t->check);
	put_members(out, q->message[FORM_REQUIRED_MESSAGE], &t->required);
	buf_str(out, "\n");
}

static void put_end(struct buf *out, const struct draft_question *q, size_t commas)
{
	buf_str(out, q->type == Q_REPEAT ? "end_repeat" : "end_group");
	while (commas--)
		buf_str(out, ",");
	buf_str(out, "\n");
}

static bool inside(const struct draft *d, size_t section, size_t open)
{
	while (section && section != open)
		section = d->q[section - 1].section;
	return section == open;
}

static int find_languages(const struct draft *d, struct survey_texts *out)
{
	const struct draft_question *q;
	int rc = 0;

	for (q = d->q; !rc && q < d->q + d->nq; q++) {
		rc = names_add(&out->label, q->label);
		if (!rc)
			rc = names_add(&out->hint, q->hint);
		if (!rc)
			rc = names_add(&out->check, q->message[FORM_CHECK_MESSAGE]);
		if (!rc)
			rc = names_add(&out->required, q->message[FORM_REQUIRED_MESSAGE]);
	}
	return rc;
}

static int put_survey(struct buf *out, const struct draft *d)
{
	struct survey_texts t = {0};
	size_t i, open = 0, columns;
	int rc = find_languages(d, &t);

	columns = 11 + t.label.n + t.hint.n + t.check.n + t.required.n;
	buf_str(out, "type,name");
	put_header(out, "label", &t.label);
	put_header(out, "hint", &t.hint);
	buf_str(out, ",required,read_only,personal,default,appearance");
	buf_str(out, ",relevant,constraint,calculation,choice_filter,repeat_count");
	put_header(out, "constraint_message", &t.check);
	put_header(out, "required_message", &t.required);
	buf_str(out, "\n");
	for (i = 0; !rc && i < d->nq; i++) {
		for (; open && !inside(d, d->q[i].section, open); open = d->q[open - 1].section)
			put_end(out, d->q + open - 1, columns);
		put_question(out, d->q + i, &t);
		if (d->q[i].type == Q_GROUP || d->q[i].type == Q_REPEAT)
			open = i + 1;
	}
	for (; open; open = d->q[open - 1].section)
		put_end(out, d->q + open - 1, columns);
	names_release(&t.label);
	names_release(&t.hint);
	names_release(&t.check);
	names_release(&t.required);
	return rc;
}

/* ---- choices and settings ----------------------------------------------------------------------------- */

static int put_choices(struct buf *out, const struct draft *d)
{
	struct names labels = {0}, extras = {0};
	const struct draft_choice *c;
	size_t i;
	int rc = 0;

	for (c = d->c; !rc && c < d->c + d->nc; c++) {
		rc = names_add(&labels, c->label);
		if (!rc)
			rc = names_add(&extras, c->more);
	}
	buf_str(out, "list_name,name");
	put_header(out, "label", &labels);
	for (i = 0; i < extras.n; i++)
		put_cell(out, extras.name[i]);
	buf_str(out, "\n");
	for (c = d->c; !rc && c < d->c + d->nc; c++) {
		csv_put(out, c->list);
		put_cell(out, c->name);
		put_members(out, c->label, &labels);
		put_members(out, c->more, &extras);
		buf_str(out, "\n");
	}
	names_release(&labels);
	names_release(&extras);
	return rc;
}

static int put_settings(struct buf *out, const struct draft *d)
{
	struct names titles = {0};
	int rc = names_add(&titles, d->label);

	buf_str(out, "form_id,version");
	put_header(out, "form_title", &titles);
	buf_str(out, ",key,date,default_language\n");
	csv_put(out, d->code);
	buf_printf(out, ",%d", d->version);
	put_members(out, d->label, &titles);
	put_cell(out, d->key);
	put_cell(out, d->date);
	put_cell(out, d->language);
	buf_str(out, "\n");
	names_release(&titles);
	return rc;
}

int form_export(struct store *s, const char *code, struct buf *survey, struct buf *choices,
                struct buf *settings)
{
	struct form *f;
	struct draft d;
	int rc = form_load(s, code, &f); /* for its message */

	if (rc)
		return rc;
	rc = draft_load(s, f->code, true, &d);
	form_free(f);
	if (rc)
		return rc;
	rc = put_survey(survey, &d);
	if (!rc)
		rc = put_choices(choices, &d);
	if (!rc)
		rc = put_settings(settings, &d);
	draft_release(&d);
	if (!rc)
		rc = survey->err ? survey->err : choices->err ? choices->err : settings->err;
	return rc;
}
