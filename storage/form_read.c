/* form_read.c - XLSForm sheets into a draft, with all that can be refused by looking at them. */
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/form_sheet.h"
#include "storage/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const form_expr_cell[] = {"relevant",      "constraint", "calculation",
                                      "choice_filter", "required",   "repeat_count"};

struct reading {
	struct sheet_reader r;
	struct draft *d;
	size_t open[FORM_DEPTH_MAX]; /* groups and repeats around, index in d->q plus 1 */
	size_t depth;
	unsigned unnamed;
};

static int keep(const char *text, char **out)
{
	*out = *text ? strdup(text) : NULL;
	return *text && !*out ? err(ERR_NOMEM, "out of memory") : 0;
}

/* Kept as they stand; draft_check() looks at them when all questions are known. A spreadsheet makes
 * TRUE of true(). */
static int read_expressions(struct reading *g, struct draft_question *q)
{
	const char *cell;
	bool yes;
	int rc = 0, i;

	for (i = 0; !rc && i < FORM_EXPRS; i++) {
		cell = sheet_cell(&g->r, form_expr_cell[i]);
		if (i == FORM_REQUIRED) {
			if (value_yes(cell, &q->required))
				continue;
		} else if (*cell && (i == FORM_RELEVANT || i == FORM_CHECK) &&
		           value_yes(cell, &yes)) {
			cell = yes ? "true()" : "false()";
		}
		rc = keep(cell, &q->expr[i]);
	}
	if (!rc)
		rc = sheet_texts(&g->r, "constraint_message", &q->message[FORM_CHECK_MESSAGE]);
	if (!rc)
		rc = sheet_texts(&g->r, "required_message", &q->message[FORM_REQUIRED_MESSAGE]);
	return rc;
}

static int read_flag(struct reading *g, const char *column, bool *out)
{
	const char *cell = sheet_cell(&g->r, column);
	char shown[SHOWN_LEN];

	if (value_yes(cell, out))
		return 0;
	err(ERR_BAD, "'%s' is neither yes nor no", value_shown(cell, shown));
	return sheet_bad(&g->r, column);
}

/* A default is a value, or an expression. */
static int read_preset(struct reading *g, struct draft_question *q)
{
	const char *cell = sheet_cell(&g->r, "default"), *own = form_type_preset(q->kind);
	struct buf value = {0};
	int rc = 0;

	if (own)
		q->read_only = true;
	if (!*cell && own)
		cell = own;
	if (!*cell || q->type == Q_NOTE || q->type == Q_GROUP || q->type == Q_REPEAT)
		return 0;
	if (!form_preset_computed(q->type, cell))
		rc = value_check(q->type, cell, 0, &value);
	buf_release(&value);
	if (rc)
		return rc == ERR_NOMEM ? rc : sheet_bad(&g->r, "default");
	return keep(cell, &q->preset);
}

static int read_name(struct reading *g, struct draft_question *q)
{
	const char *cell = sheet_cell(&g->r, "name");
	char made[32], shown[SHOWN_LEN];
	size_t i;

	if (!*cell && (q->type == Q_NOTE || q->type == Q_GROUP)) {
		snprintf(made, sizeof made, "%s_%u", q->type == Q_NOTE ? "note" : "group",
		         ++g->unnamed);
		return keep(made, &q->name);
	}
	if (!form_name_ok(cell)) {
		err(ERR_BAD,
		    "'%s' cannot be a name: begin with a letter; use letters, digits, '_', '-' and '.'; "
		    "%d bytes at most",
		    value_shown(cell, shown), FORM_NAME_MAX);
		return sheet_bad(&g->r, "name");
	}
	for (i = 0; i + 1 < g->d->nq; i++) {
		if (strcmp(g->d->q[i].name, cell) || q->type == Q_NOTE || q->type == Q_GROUP ||
		    (q->type == Q_REPEAT) != (g->d->q[i].type == Q_REPEAT) ||
		    (q->type != Q_REPEAT && !form_type_answers(g->d->q[i].type)))
			continue;
		err(ERR_BAD, "%s is the name of row %u already", cell, g->d->q[i].row);
		return sheet_bad(&g->r, "name");
	}
	return keep(cell, &q->name);
}

static int end_section(struct reading *g, const char *cell)
{
	struct draft_question *q = g->depth ? g->d->q + g->open[g->depth - 1] - 1 : NULL;
	bool repeat = strstr(cell, "repeat") != NULL;

	if (!q || (q->type == Q_REPEAT) != repeat) {
		if (repeat)
			err(ERR_BAD, "no repeat is open here");
		else
			err(ERR_BAD, "no group is open here");
		return sheet_bad(&g->r, "type");
	}
	g->depth--;
	return 0;
}

static int begin_section(struct reading *g)
{
	if (g->depth == FORM_DEPTH_MAX) {
		err(ERR_BAD, "groups are more than %d deep", FORM_DEPTH_MAX);
		return sheet_bad(&g->r, "type");
	}
	g->open[g->depth++] = g->d->nq;
	return 0;
}

static int read_cells(struct reading *g, struct draft_question *q)
{
	int rc = read_name(g, q);

	if (!rc)
		rc = read_expressions(g, q);
	if (!rc)
		rc = read_flag(g, "read_only", &q->read_only);
	if (!rc)
		rc = read_flag(g, "personal", &q->personal);
	if (!rc)
		rc = read_preset(g, q);
	if (!rc)
		rc = sheet_texts(&g->r, "label", &q->label);
	if (!rc)
		rc = sheet_texts(&g->r, "hint", &q->hint);
	if (!rc)
		rc = keep(sheet_cell(&g->r, "appearance"), &q->appearance);
	q->opened = *sheet_cell(&g->r, "personal") && !q->personal;
	if (!rc && q->section)
		q->personal |= g->d->q[q->section - 1].personal;
	return rc;
}

/* "or_other" is short for one more choice and a question that asks which. */
static int ask_other(struct reading *g)
{
	size_t of = g->d->nq - 1;
	struct draft_question *q = draft_add_question(g->d);
	const struct draft_question *o;
	struct buf text = {0};
	int rc;

	if (!q)
		return ERR_NOMEM;
	o = g->d->q + of;
	q->type = Q_TEXT;
	q->kind = form_type_name(Q_TEXT);
	q->row = o->row;
	q->section = o->section;
	q->personal = o->personal;
	buf_printf(&text, "%s_other", o->name);
	rc = keep(buf_cstr(&text), &q->name);
	buf_reset(&text);
	buf_printf(&text, "selected(${%s}, 'other')", o->name);
	if (!rc)
		rc = keep(buf_cstr(&text), &q->expr[FORM_RELEVANT]);
	if (!rc)
		rc = keep("{\"vi\":\"Ghi rõ\",\"en\":\"Specify other.\"}", &q->label);
	buf_release(&text);
	return rc;
}

static int read_question(struct reading *g)
{
	const char *cell = sheet_cell(&g->r, "type");
	struct draft_question *q;
	struct buf list = {0};
	const char *kind = NULL;
	enum qtype type = Q_NOTE;
	bool other = false;
	int rc = form_type_read(cell, &type, &kind, &list, &other);

	if (rc == ERR_BAD)
		sheet_bad(&g->r, "type");
	if (rc || type == Q_END) {
		buf_release(&list);
		return rc ? rc : end_section(g, cell);
	}
	if (g->d->nq == FORM_QUESTIONS_MAX)
		rc = err(ERR_TOOBIG, "sheet survey: more than %d questions", FORM_QUESTIONS_MAX);
	q = rc ? NULL : draft_add_question(g->d);
	if (!rc && !q)
		rc = ERR_NOMEM;
	if (!rc) {
		q->type = type;
		q->kind = kind;
		q->other = other;
		q->row = g->r.row;
		q->section = g->depth ? g->open[g->depth - 1] : 0;
		rc = keep(buf_cstr(&list), &q->list);
	}
	if (!rc)
		rc = read_cells(g, q);
	if (!rc && (type == Q_GROUP || type == Q_REPEAT))
		rc = begin_section(g);
	if (!rc && other)
		rc = ask_other(g);
	buf_release(&list);
	return rc;
}

static int need_column(const struct sheet_reader *r, const char *base)
{
	if (sheet_has(r, base))
		return 0;
	return err(ERR_BAD, "sheet %s: the first row must name a column '%s'", r->name, base);
}

static int read_survey(struct reading *g, const struct sheet *sheet)
{
	int rc = sheet_open(&g->r, "survey", sheet);

	if (!rc)
		rc = need_column(&g->r, "type");
	if (!rc)
		rc = need_column(&g->r, "name");
	while (!rc && (rc = sheet_next(&g->r)) == 1)
		rc = *sheet_cell(&g->r, "type") || *sheet_cell(&g->r, "name") ? read_question(g)
		                                                              : 0;
	if (!rc && g->depth)
		rc = err(ERR_BAD,
		         "sheet survey, row %u: the group or repeat that begins here does not end",
		         g->d->q[g->open[g->depth - 1] - 1].row);
	if (!rc && !g->d->nq)
		rc = err(ERR_BAD, "sheet survey: it has no question");
	sheet_close(&g->r);
	return rc;
}

/* ---- choices ----------------------------------------------------------------------------------- */

static bool is_extra(const struct sheet_column *c)
{
	static const char *const known[] = {"list_name", "name",  "label", "image",
	                                    "audio",     "video", "media", ""};
	size_t i;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(c->base, known[i]))
			return false;
	return !c->lang[0];
}

static int read_more(struct sheet_reader *r, char **out)
{
	struct buf json = {0};
	const char *text;
	size_t i;
	int rc = 0;

	*out = NULL;
	for (i = 0; i < r->ncol; i++) {
		text = is_extra(r->col + i) ? sheet_cell(r, r->col[i].base) : "";
		if (*text)
			form_label_put(&json, r->col[i].base, text);
	}
	if (json.len) {
		form_label_end(&json);
		rc = keep(buf_cstr(&json), out);
	}
	buf_release(&json);
	return rc;
}

static int read_choice(struct reading *g)
{
	const char *list = sheet_cell(&g->r, "list_name"), *name = sheet_cell(&g->r, "name");
	struct draft_choice *c;
	char shown[SHOWN_LEN];
	int rc;

	if (!form_name_ok(list)) {
		err(ERR_BAD, "'%s' cannot be the name of a list", value_shown(list, shown));
		return sheet_bad(&g->r, "list_name");
	}
	if (!*name || strpbrk(name, " \t\r\n") || strlen(name) > FORM_NAME_MAX) {
		err(ERR_BAD, "'%s' cannot be a choice's name: one word, %d bytes at most",
		    value_shown(name, shown), FORM_NAME_MAX);
		return sheet_bad(&g->r, "name");
	}
	if (g->d->nc == FORM_CHOICES_MAX)
		return err(ERR_TOOBIG, "sheet choices: more than %d choices", FORM_CHOICES_MAX);
	c = draft_add_choice(g->d);
	if (!c)
		return ERR_NOMEM;
	c->row = g->r.row;
	rc = keep(list, &c->list);
	if (!rc)
		rc = keep(name, &c->name);
	if (!rc)
		rc = sheet_texts(&g->r, "label", &c->label);
	return rc ? rc : read_more(&g->r, &c->more);
}

static int read_choices(struct reading *g, const struct sheet *sheet)
{
	int rc = sheet_open(&g->r, "choices", sheet);

	if (!rc && sheet->text)
		rc = need_column(&g->r, "list_name");
	if (!rc && sheet->text)
		rc = need_column(&g->r, "name");
	while (!rc && (rc = sheet_next(&g->r)) == 1)
		rc = read_choice(g);
	sheet_close(&g->r);
	return rc;
}

/* ---- settings ---------------------------------------------------------------------------------- */

static int read_settings(struct reading *g, const struct xlsform *x)
{
	char code[FORM_CODE_MAX + 1], shown[SHOWN_LEN], language[SHEET_COLUMN_MAX];
	const char *id;
	int rc = sheet_open(&g->r, "settings", &x->settings);

	if (!rc)
		rc = sheet_next(&g->r);
	if (rc < 0)
		goto out;
	id = sheet_cell(&g->r, "form_id");
	if (!*id)
		id = x->code ? x->code : "";
	if (form_code_make(id, code)) {
		rc = keep(code, &g->d->code);
	} else {
		err(ERR_BAD, "'%s' cannot be a form's id: begin with a letter",
		    value_shown(id, shown));
		rc = sheet_bad(&g->r, "form_id");
	}
	if (!rc)
		rc = sheet_texts(&g->r, "form_title", &g->d->label);
	if (!rc)
		rc = keep(sheet_cell(&g->r, "key"), &g->d->key);
	if (!rc)
		rc = keep(sheet_cell(&g->r, "date"), &g->d->date);
	sheet_language(sheet_cell(&g->r, "default_language"), language);
	if (!rc)
		rc = keep(language, &g->d->language);
out:
	sheet_close(&g->r);
	return rc;
}

static bool in_repeat(const struct draft *d, const struct draft_question *q)
{
	size_t up;

	for (up = q->section; up; up = d->q[up - 1].section)
		if (d->q[up - 1].type == Q_REPEAT)
			return true;
	return false;
}

static const struct draft_question *named(const struct draft *d, const char *name)
{
	size_t i;

	for (i = 0; i < d->nq; i++)
		if (form_type_answers(d->q[i].type) && !strcmp(d->q[i].name, name))
			return d->q + i;
	return NULL;
}

/* key and date name questions that everybody may see. */
static int check_role(const struct draft *d, const char *column, const char *name, bool date)
{
	const struct draft_question *q = name ? named(d, name) : NULL;

	if (!name)
		return 0;
	if (!q)
		return err(ERR_BAD, "sheet settings, column %s: no question is named %s", column,
		           name);
	if (q->personal || in_repeat(d, q))
		return err(ERR_BAD, "sheet settings, column %s: %s is personal or in a repeat",
		           column, name);
	if (date && q->type != Q_DATE && q->type != Q_DATETIME)
		return err(ERR_BAD, "sheet settings, column %s: %s is not a date", column, name);
	return 0;
}

int draft_read(const struct xlsform *x, struct draft *out)
{
	struct reading g = {.d = out};
	int rc;

	memset(out, 0, sizeof *out);
	rc = read_settings(&g, x);
	if (!rc)
		rc = read_survey(&g, &x->survey);
	if (!rc)
		rc = read_choices(&g, &x->choices);
	if (!rc)
		rc = draft_check_choices(out);
	if (!rc)
		rc = check_role(out, "key", out->key, false);
	if (!rc)
		rc = check_role(out, "date", out->date, true);
	if (rc)
		draft_release(out);
	return rc;
}
