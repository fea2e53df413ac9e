/* cmd_form.c - forms and their questions. */
#include "agent/answer.h"
#include "agent/form_file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/shown.h"
#include "storage/err.h"

#include <stdlib.h>
#include <string.h>

const char usage_form[] = N_("list | show CODE | add FILE|DIR [--anyway] | export CODE DIR");
const char help_form[] = N_(
	"  list             the forms there are\n"
	"  show CODE        a form's questions and choices\n"
	"  add FILE|DIR     add a form, or a new version of one: an XLSForm (.xlsx), an ODK XForm\n"
	"                   (.xml), or a folder with survey.csv, choices.csv and settings.csv; only\n"
	"                   where forms are kept, at the root\n"
	"    --anyway       also when this root goes on from a copy: all below have synced since\n"
	"  export CODE DIR  write a form as a folder of CSV sheets\n"
	"\n"
	"Example:\n"
	"  cayda form show visit\n");

static void add_label(const char *label, const char *fallback, struct buf *out)
{
	size_t before = out->len;

	form_label(label, i18n_lang(), out);
	if (out->len == before)
		buf_str(out, fallback);
}

/* ---- list -------------------------------------------------------------------------------- */

struct walk {
	struct table table;
	struct json json;
};

static int table_form(void *arg, const char *code, int version, const char *label)
{
	struct walk *w = arg;
	struct buf title = {0};

	add_label(label, code, &title);
	table_cell(&w->table, code);
	table_int(&w->table, version);
	table_cell(&w->table, buf_cstr(&title));
	buf_release(&title);
	return 0;
}

static int json_form(void *arg, const char *code, int version, const char *label)
{
	struct walk *w = arg;
	struct buf title = {0};

	add_label(label, code, &title);
	json_object(&w->json);
	json_kstr(&w->json, "code", code);
	json_kint(&w->json, "version", version);
	json_kstr(&w->json, "title", buf_cstr(&title));
	json_end(&w->json);
	buf_release(&title);
	return 0;
}

static int list(struct ctx *ctx)
{
	struct walk w = {0};
	int rc, end;

	if (ctx->json) {
		json_begin(&w.json, stdout);
		json_array(&w.json);
		rc = form_each(ctx->s, json_form, &w);
		end = json_end(&w.json);
		return rc ? rc : end;
	}
	table_begin(&w.table, stdout);
	table_column(&w.table, _("form"), false);
	table_column(&w.table, _("version"), true);
	table_column(&w.table, _("title"), false);
	rc = form_each(ctx->s, table_form, &w);
	end = table_end(&w.table);
	return rc ? rc : end;
}

/* ---- show -------------------------------------------------------------------------------- */

static const char *type_title(const struct question *q)
{
	switch (q->type) {
	case Q_INTEGER:
		return _("whole number");
	case Q_DECIMAL:
		return _("number");
	case Q_SELECT_ONE:
		return _("one choice");
	case Q_SELECT_MULTIPLE:
		return _("several choices");
	case Q_DATE:
		return _("day");
	case Q_TIME:
		return _("time");
	case Q_DATETIME:
		return _("day and time");
	case Q_GEOPOINT:
		return _("point on the map");
	case Q_RECORD:
		return _("record");
	default:
		return _("text");
	}
}

static void choices_text(const struct picks *l, struct buf *out)
{
	size_t i;

	for (i = 0; l && i < l->n; i++) {
		const char *label = pick_label(&l->pick[i]);

		buf_printf(out, "%s%s", i ? ", " : "", l->pick[i].name);
		if (strcmp(label, l->pick[i].name) != 0)
			buf_printf(out, "=%s", label);
	}
}

/* How many repeats a question is in; the innermost is left in *repeat, NULL for none. */
static unsigned repeats_around(const struct form *f, size_t i, const struct question **repeat)
{
	size_t in = f->q[i].in;
	unsigned n = 0;

	*repeat = NULL;
	for (; in; in = f->q[in - 1].in) {
		if (f->q[in - 1].type != Q_REPEAT)
			continue;
		if (!n++)
			*repeat = &f->q[in - 1];
	}
	return n;
}

static bool is_computed(const struct question *q)
{
	return q->type == Q_CALCULATE || q->expr[FORM_CALCULATION];
}

static bool is_shown(const struct question *q)
{
	return q->col || q->type == Q_REPEAT;
}

static void table_question(struct table *t, const struct form *f, size_t i)
{
	const struct question *q = &f->q[i], *repeat;
	bool asked = !is_computed(q), must = q->required || q->expr[FORM_REQUIRED];

	table_cellf(t, "%*s%s", (int)(2 * repeats_around(f, i, &repeat)), "", q->name);
	table_cellf(t, "%s%s%s", asked && must ? "*" : "", answers_always_asks(f, i) ? "" : "?",
	            q->personal ? "p" : "");
	table_cell(t, q->type == Q_REPEAT ? _("rows") : asked ? type_title(q) : _("computed"));
}

static int show_table(const struct answers *a)
{
	const struct form *f = a->form;
	struct buf label = {0}, more = {0};
	struct table t;
	size_t i;
	int rc;

	add_label(f->label, f->code, &label);
	printf(_("%s: form %s, version %d\n\n"), buf_cstr(&label), f->code, f->version);
	table_begin(&t, stdout);
	table_column(&t, _("question"), false);
	table_column(&t, "", false);
	table_column(&t, _("wanted"), false);
	table_column(&t, _("label"), false);
	table_column(&t, _("choices"), false);
	for (i = 0; i < f->nq; i++) {
		const struct question *q = &f->q[i];

		if (!is_shown(q))
			continue;
		buf_reset(&label);
		buf_reset(&more);
		add_label(q->label, q->name, &label);
		choices_text(answers_picks(a, q), &more);
		if (q->type == Q_RECORD)
			buf_printf(&more, _("of form %s"), q->list);
		table_question(&t, f, i);
		table_cell(&t, buf_cstr(&label));
		table_cell(&t, buf_cstr(&more));
	}
	buf_release(&label);
	buf_release(&more);
	rc = table_end(&t);
	printf("\n%s\n",
	       _("* must be answered; ? only after some answers; p personal, does not leave the commune"));
	return rc;
}

static void json_choices(struct json *j, const struct picks *l)
{
	size_t i;

	json_key(j, "choices");
	json_array(j);
	for (i = 0; i < l->n; i++) {
		json_object(j);
		json_kstr(j, "name", l->pick[i].name);
		json_kstr(j, "label", pick_label(&l->pick[i]));
		json_end(j);
	}
	json_end(j);
}

/* What decides about a question, as it stands in the sheet. */
static void json_rules(const struct question *q, struct json *j)
{
	static const char *const name[FORM_EXPRS] =
		{[FORM_RELEVANT] = "relevant",       [FORM_CHECK] = "constraint",
	         [FORM_CALCULATION] = "calculation", [FORM_FILTER] = "choice_filter",
	         [FORM_REQUIRED] = "required_if",    [FORM_COUNT] = "repeat_count"};
	size_t i;

	for (i = 0; i < FORM_EXPRS; i++) {
		if (q->expr[i])
			json_kstr(j, name[i], q->expr[i]);
	}
}

static void json_question(const struct answers *a, size_t i, struct json *j)
{
	const struct question *q = &a->form->q[i], *repeat;
	const struct picks *l = answers_picks(a, q);
	struct buf label = {0};

	add_label(q->label, q->name, &label);
	json_object(j);
	json_kstr(j, "name", q->name);
	json_kstr(j, "type", shown_type(q->type));
	json_kstr(j, "label", buf_cstr(&label));
	json_kbool(j, "required", q->required);
	json_kbool(j, "personal", q->personal);
	if (repeats_around(a->form, i, &repeat))
		json_kstr(j, "repeat", repeat->name);
	if (q->preset)
		json_kstr(j, "default", q->preset);
	json_rules(q, j);
	if (q->type == Q_RECORD)
		json_kstr(j, "form", q->list);
	if (l)
		json_choices(j, l);
	json_end(j);
	buf_release(&label);
}

static int show_json(const struct answers *a)
{
	const struct form *f = a->form;
	struct buf label = {0};
	struct json j;
	size_t i;

	add_label(f->label, f->code, &label);
	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "code", f->code);
	json_kint(&j, "version", f->version);
	json_kstr(&j, "title", buf_cstr(&label));
	json_kstr(&j, "key", f->key);
	json_kstr(&j, "date", f->date);
	json_key(&j, "questions");
	json_array(&j);
	for (i = 0; i < f->nq; i++) {
		if (is_shown(&f->q[i]))
			json_question(a, i, &j);
	}
	json_end(&j);
	buf_release(&label);
	return json_end(&j);
}

static int show(struct ctx *ctx, const char *code)
{
	struct answers a;
	int rc = answers_open(ctx, code, &a);

	if (!rc)
		rc = ctx->json ? show_json(&a) : show_table(&a);
	answers_release(&a);
	return rc;
}

/* ---- add and export ------------------------------------------------------------------------ */

static int add(struct ctx *ctx, const char *path, bool anyway)
{
	struct xlsform x = {.anyway = anyway};
	struct form_file file;
	int version = 0, rc = form_file_read(path, &file, &x);
	struct json j;

	if (!rc)
		rc = form_add(ctx->s, &x, &version);
	form_file_release(&file);
	if (rc)
		return rc;
	if (!ctx->json) {
		printf(_("%s: version %d is in force\n"), path, version);
		return 0;
	}
	json_begin(&j, stdout);
	json_object(&j);
	json_kint(&j, "version", version);
	return json_end(&j);
}

static int export(struct ctx *ctx, const char *code, const char *dir)
{
	struct form_file file = {0};
	int rc = form_export(ctx->s, code, &file.text[0], &file.text[1], &file.text[2]);

	if (!rc)
		rc = form_file_write(dir, &file);
	form_file_release(&file);
	return rc;
}

int cmd_form(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"anyway", no_argument, NULL, 'a'},
	                                      {NULL, 0, NULL, 0}};
	const char *what;
	bool anyway = false;
	int rc, n, c;

	while ((c = cmd_getopt(ctx, argc, argv, "", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		anyway = true;
	}
	argv += optind;
	n = argc - optind - 1;
	what = n >= 0 ? argv[0] : "";
	if (!((strcmp(what, "list") == 0 && n == 0) || (strcmp(what, "show") == 0 && n == 1) ||
	      (strcmp(what, "add") == 0 && n == 1) || (strcmp(what, "export") == 0 && n == 2)))
		return cmd_usage(ctx, _("list, show, add or export, with what it needs"));
	rc = ctx_open(ctx, 0);
	if (rc)
		return rc;
	switch (*what) {
	case 'l':
		return list(ctx);
	case 's':
		return show(ctx, argv[1]);
	case 'a':
		return add(ctx, argv[1], anyway);
	default:
		return export(ctx, argv[1], argv[2]);
	}
}
