/* form.c - a form as the rest of the program sees it. */
#include "storage/form.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/form_plan.h"
#include "storage/value.h"

#include <stdlib.h>
#include <string.h>

/* Is there a column for the answers? A row may have come that form_tables() left out. */
static bool column_here(struct store *s, const char *code, const struct draft_question *q)
{
	bool personal, repeat;

	if (!form_type_answers(q->type) || !q->tbl || !q->col)
		return false;
	return form_table_ok(code, q->tbl, &personal, &repeat) &&
	       form_ident_ok(q->col, FORM_COL_MAX) &&
	       !sqlite3_table_column_metadata(s->db, "main", q->tbl, q->col, NULL, NULL, NULL, NULL,
	                                      NULL);
}

/* Is there a table for the rows of a repeat? */
static bool rows_here(struct store *s, const char *code, const struct draft_question *q)
{
	bool personal, repeat;

	return q->type == Q_REPEAT && q->tbl && form_table_ok(code, q->tbl, &personal, &repeat) &&
	       repeat && !personal &&
	       !sqlite3_table_column_metadata(s->db, "main", q->tbl, "_parent", NULL, NULL, NULL,
	                                      NULL, NULL);
}

/* Moves a question's texts out of the draft. */
static void move(struct store *s, const struct draft *d, struct draft_question *from,
                 struct question *to)
{
	bool here = column_here(s, d->code, from);
	size_t i;

	to->id = from->id;
	to->section = from->section ? d->q[from->section - 1].id : 0;
	to->type = from->type;
	to->required = from->required;
	to->personal = from->personal;
	to->read_only = from->read_only;
	to->colno = from->colno;
	to->name = from->name;
	to->list = from->list;
	to->label = from->label;
	to->hint = from->hint;
	to->appearance = from->appearance;
	to->preset = from->preset;
	to->in = from->section;
	to->kind = from->kind;
	for (i = 0; i < FORM_EXPRS; i++) {
		to->expr[i] = from->expr[i];
		from->expr[i] = NULL;
	}
	for (i = 0; i < FORM_MESSAGES; i++) {
		to->message[i] = from->message[i];
		from->message[i] = NULL;
	}
	from->name = from->list = from->label = from->preset = NULL;
	from->hint = from->appearance = NULL;
	if (here || rows_here(s, d->code, from)) {
		to->tbl = from->tbl;
		from->tbl = NULL;
	}
	if (here) {
		to->col = from->col;
		from->col = NULL;
	}
}

static int from_draft(struct store *s, struct draft *d, struct form *f)
{
	size_t i;

	f->q = calloc(d->nq + 1, sizeof *f->q);
	f->plan = plan_new();
	if (!f->q || !f->plan)
		return err(ERR_NOMEM, "out of memory");
	f->id = d->id;
	f->version = d->version;
	f->nq = d->nq;
	for (i = 0; i < d->nq; i++) {
		move(s, d, d->q + i, f->q + i);
		if (!f->q[i].label && !(f->q[i].label = strdup("{}")))
			return err(ERR_NOMEM, "out of memory");
	}
	f->code = d->code;
	f->label = d->label;
	f->key = d->key;
	f->date = d->date;
	f->language = d->language;
	f->lang = "";
	d->code = d->label = d->key = d->date = d->language = NULL;
	if (!f->label && !(f->label = strdup("{}")))
		return err(ERR_NOMEM, "out of memory");
	return 0;
}

bool form_preset_computed(enum qtype type, const char *preset)
{
	size_t name = strspn(preset, "abcdefghijklmnopqrstuvwxyz-:");
	struct buf value = {0};
	bool computed = strstr(preset, "${") ||
	                (name && preset[name] == '(' && strchr(preset, ')'));

	if (type != Q_TEXT && type != Q_SELECT_ONE && type != Q_SELECT_MULTIPLE && type != Q_RECORD)
		computed = value_check(type, preset, 0, &value) != 0;
	buf_release(&value);
	return computed;
}

static int add_code(void *arg, const char *code, int version, const char *label)
{
	struct buf *codes = arg;

	(void)version;
	(void)label;
	if (codes->len < ERR_TEXT_MAX / 2)
		buf_printf(codes, "%s%s", codes->len ? ", " : "", code);
	return 0;
}

static int no_form(struct store *s, const char *code)
{
	struct buf codes = {0};
	char shown[SHOWN_LEN];
	int rc = form_each(s, add_code, &codes);

	if (!rc)
		rc = codes.len ? err(ERR_NOTFOUND, "no form %s: there are %s",
		                     value_shown(code, shown), buf_cstr(&codes))
		               : err(ERR_NOTFOUND, "no form %s: there is none here yet: sync first",
		                     value_shown(code, shown));
	buf_release(&codes);
	return rc;
}

int form_load(struct store *s, const char *code, struct form **out)
{
	char made[FORM_CODE_MAX + 1];
	struct draft d;
	unsigned mark;
	int rc;

	*out = NULL;
	mark = err_mark();
	if (!form_code_make(code, made))
		return err_since(mark) ? err_since(mark) : no_form(s, code);
	rc = draft_load(s, made, false, &d);
	if (rc == ERR_NOTFOUND)
		return no_form(s, code);
	if (rc)
		return rc;
	*out = calloc(1, sizeof **out);
	rc = *out ? from_draft(s, &d, *out) : err(ERR_NOMEM, "out of memory");
	draft_release(&d);
	if (rc) {
		form_free(*out);
		*out = NULL;
	}
	return rc;
}

void form_free(struct form *f)
{
	size_t i, k;

	if (!f)
		return;
	plan_close(f->plan);
	for (i = 0; f->q && i < f->nq; i++) {
		free(f->q[i].name);
		free(f->q[i].list);
		free(f->q[i].tbl);
		free(f->q[i].col);
		free(f->q[i].label);
		free(f->q[i].hint);
		free(f->q[i].appearance);
		free(f->q[i].preset);
		for (k = 0; k < FORM_EXPRS; k++)
			free(f->q[i].expr[k]);
		for (k = 0; k < FORM_MESSAGES; k++)
			free(f->q[i].message[k]);
	}
	free(f->q);
	free(f->code);
	free(f->label);
	free(f->key);
	free(f->date);
	free(f->language);
	free(f);
}

int form_each(struct store *s,
              int (*fn)(void *arg, const char *code, int version, const char *label), void *arg)
{
	sqlite3_stmt *st;
	const char *code;
	int rc = db_prepare(
		s, "SELECT min(id), code, version, label FROM form GROUP BY code ORDER BY code",
		&st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		code = (const char *)sqlite3_column_text(st, 1);
		rc = form_code_ok(code) ? fn(arg, code, sqlite3_column_int(st, 2),
		                             (const char *)sqlite3_column_text(st, 3))
		                        : 0;
	}
	sqlite3_finalize(st);
	return rc;
}

const struct question *form_question(const struct form *f, const char *name)
{
	const struct question *other = NULL;
	size_t i;

	for (i = 0; i < f->nq; i++) {
		if (strcmp(f->q[i].name, name))
			continue;
		if (form_type_answers(f->q[i].type))
			return f->q + i;
		if (!other)
			other = f->q + i; /* a group may have a question's name */
	}
	return other;
}

int form_choices(struct store *s, const struct form *f, const char *list,
                 int (*fn)(void *arg, const char *name, const char *label), void *arg)
{
	sqlite3_stmt *st;
	int rc = db_prepare(
		s, "SELECT name, label FROM choice WHERE form = ? AND list = ? ORDER BY ord, id",
		&st);

	if (!rc)
		rc = db_bind(st, "it", f->id, list);
	while (!rc && (rc = db_step(s, st)) == 1)
		rc = fn(arg, (const char *)sqlite3_column_text(st, 0),
		        (const char *)sqlite3_column_text(st, 1));
	sqlite3_finalize(st);
	return rc;
}

bool form_has_choice(struct store *s, const struct form *f, const char *list, const char *name)
{
	int64_t found;

	return !db_int(s, &found, "SELECT 1 FROM choice WHERE form = ? AND list = ? AND name = ?",
	               "itt", f->id, list, name);
}

int form_choice_label(struct store *s, const struct form *f, const char *list, const char *name,
                      const char *lang, struct buf *out)
{
	sqlite3_stmt *st =
		db_stmt(s, "SELECT label FROM choice WHERE form = ? AND list = ? AND name = ?");
	int rc = st ? db_bind(st, "itt", f->id, list, name) : err_code();

	if (!rc)
		rc = db_step(s, st);
	if (rc == 1)
		rc = form_label((const char *)sqlite3_column_text(st, 0), lang, out);
	sqlite3_reset(st);
	return rc;
}
