/* cmd_indicator.c - indicators and their targets: what they are, who set them, setting them. */
#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/explain.h"
#include "agent/out.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/form.h"
#include "storage/indicator_tell.h"
#include "storage/node.h"
#include "storage/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CSV_MAX (16u * 1024 * 1024) /* bytes: targets of a province's communes for decades */
#define LIMIT 50                    /* records that test shows */

const char usage_indicator[] = N_(
	"list | show CODE | test CODE [--unit CODE] [--as-of DATE] [--limit N] | add FILE.csv |"
	" target FILE.csv | weight FILE.csv");
const char help_indicator[] = N_(
	"  list                the indicators in the order of a report, each with the target that is\n"
	"                      in force for this node's unit, and the document that it comes from\n"
	"  show CODE           its names, what it counts of which form, all its targets, and who set\n"
	"                      and changed them\n"
	"  test CODE           one figure down to the records that it counts, each with what it adds\n"
	"    --unit CODE       of this unit and all below it; else of this node's own\n"
	"    --as-of DATE      with what was recorded for that day and before\n"
	"    --limit N         show N records (else 50)\n"
	"  add FILE.csv        adds and changes indicators: code,order,label::Vietnamese (vi),\n"
	"                      label::English (en),form,latest_by,numerator,denominator,counts,\n"
	"                      direction. Only the latest record of each latest_by counts (a question;\n"
	"                      _unit: of each unit; _id: every record). Numerator and denominator are\n"
	"                      sums and counts in SQL, or :villages, :communes, :households; without a\n"
	"                      denominator it is a plain number. direction is up or down\n"
	"  target FILE.csv     sets targets: indicator,unit_code,year,share,document; no unit_code is\n"
	"                      the root's, share is 0.85 for 85%\n"
	"  weight FILE.csv     sets what each counts in `cayda report score`: indicator,weight; 0 takes\n"
	"                      it out\n"
	"\n"
	"All of it is set at the root, and comes to every node with the next sync.\n"
	"\n"
	"Example:\n"
	"  cayda indicator test fibre --unit 07210\n");

struct walk {
	struct ctx *ctx;
	struct table table;
	struct json json;
	int64_t year;     /* today's */
	struct buf title; /* scratch */
	const struct indicator *i;
	size_t n;
};

static const char *title_of(struct walk *w, const char *label, const char *code)
{
	buf_reset(&w->title);
	form_label(label, i18n_lang(), &w->title);
	return w->title.len ? buf_cstr(&w->title) : code;
}

/* ---- list --------------------------------------------------------------------------------------- */

static int target_cells(void *arg, const struct target *t)
{
	struct walk *w = arg;
	char text[FMT];

	table_cell(&w->table, fmt_percent(t->share, text));
	table_cellf(&w->table, "%lld", (long long)t->year);
	table_cell(&w->table, t->document);
	w->n++;
	return 0;
}

static int list_row(void *arg, const struct indicator *i)
{
	struct walk *w = arg;
	int rc;

	w->n = 0;
	table_cell(&w->table, i->code);
	table_cell(&w->table, title_of(w, i->label, i->code));
	rc = target_for(w->ctx->s, i->code, w->ctx->s->self.scope, w->year, target_cells, w);
	if (!rc && !w->n) {
		table_cell(&w->table, i->plain ? _("a number, no share") : "-");
		table_cell(&w->table, NULL);
		table_cell(&w->table, NULL);
	}
	return rc;
}

static int json_target(void *arg, const struct target *t)
{
	struct walk *w = arg;
	struct json *j = &w->json;

	json_object(j);
	json_kstr(j, "unit", t->unit);
	json_kstr(j, "name", t->unit_name);
	json_kint(j, "year", t->year);
	json_knum(j, "share", t->share);
	json_kstr(j, "document", t->document);
	json_end(j);
	w->n++;
	return 0;
}

static int json_row(void *arg, const struct indicator *i)
{
	struct walk *w = arg;
	struct json *j = &w->json;
	int rc;

	w->n = 0;
	json_object(j);
	json_kstr(j, "code", i->code);
	json_kstr(j, "title", title_of(w, i->label, i->code));
	json_kstr(j, "counts", i->counts);
	json_kstr(j, "direction", i->direction);
	json_kbool(j, "share", !i->plain);
	json_key(j, "target");
	rc = target_for(w->ctx->s, i->code, w->ctx->s->self.scope, w->year, json_target, w);
	if (!w->n)
		json_null(j);
	json_end(j);
	return rc;
}

static int list(struct ctx *ctx)
{
	struct walk w = {.ctx = ctx};
	char today[DATE_LEN];
	int rc, end;

	value_today(clock_now_ms(ctx->s), today);
	w.year = strtoll(today, NULL, 10);
	if (ctx->json) {
		json_begin(&w.json, stdout);
		json_array(&w.json);
		rc = indicator_each(ctx->s, json_row, &w);
		end = json_end(&w.json);
	} else {
		table_begin(&w.table, stdout);
		table_column(&w.table, _("code"), false);
		table_column(&w.table, _("indicator"), false);
		table_column(&w.table, _("target"), true);
		table_column(&w.table, _("year"), true);
		table_column(&w.table, _("document"), false);
		rc = indicator_each(ctx->s, list_row, &w);
		end = table_end(&w.table);
	}
	buf_release(&w.title);
	return rc ? rc : end;
}

/* ---- show --------------------------------------------------------------------------------------- */

static void line(struct walk *w, const char *what, const char *value)
{
	table_cell(&w->table, what);
	table_cell(&w->table, value);
}

static int print_definition(void *arg, const struct definition *d)
{
	struct walk *w = arg;
	struct buf text = {0};
	char number[FMT];
	size_t i;

	printf("%s\n\n", d->code);
	table_begin(&w->table, stdout);
	table_column(&w->table, NULL, false);
	table_column(&w->table, NULL, false);
	for (i = 0; i < d->nname; i++)
		line(w, d->name[i].lang, d->name[i].text);
	line(w, _("form"), d->form);
	explain_counted(d, &text);
	line(w, _("counted"), buf_cstr(&text));
	line(w, _("numerator"), d->numerator);
	line(w, _("denominator"),
	     *d->denominator ? d->denominator : _("none: a plain number, no share"));
	line(w, _("counts"), d->counts);
	line(w, _("direction"),
	     strcmp(d->direction, "down") ? _("more is better") : _("less is better"));
	line(w, _("weight"),
	     d->weight > 0 ? fmt_decimal(d->weight, 1, number) : _("none: not in the score"));
	buf_release(&text);
	return table_end(&w->table);
}

static int show_target(void *arg, const struct target *t)
{
	struct walk *w = arg;

	table_cell(&w->table, t->unit);
	table_cell(&w->table, t->unit_name);
	return target_cells(w, t);
}

static int print_targets(struct walk *w, const char *code)
{
	int rc, end;

	w->n = 0;
	putchar('\n');
	table_begin(&w->table, stdout);
	table_column(&w->table, _("unit"), false);
	table_column(&w->table, _("name"), false);
	table_column(&w->table, _("target"), true);
	table_column(&w->table, _("year"), true);
	table_column(&w->table, _("document"), false);
	rc = target_each(w->ctx->s, code, show_target, w);
	end = table_end(&w->table);
	if (!rc && !w->n)
		puts(_("no target is set"));
	return rc ? rc : end;
}

static void change_cells(struct walk *w, const struct indicator_change *c)
{
	struct table *t = &w->table;
	char number[ID_TEXT], when[FMT];
	struct node n;

	table_cell(t, fmt_time(c->h->ms, when));
	node_text(c->h->node, number);
	if (node_get(w->ctx->s, c->h->node, &n) == 0 && *n.name)
		table_cellf(t, "%s %s", number, n.name);
	else
		table_cell(t, number);
	if (c->unit)
		table_cellf(t, _("target of %s for %lld"), c->unit, (long long)c->year);
	else
		table_cell(t, strcmp(c->h->form, "weight") ? _("indicator") : _("weight"));
}

static int change_row(void *arg, const struct indicator_change *c)
{
	struct walk *w = arg;
	bool changed = c->h->kind == HISTORY_CHANGED;

	change_cells(w, c);
	table_cell(&w->table, changed ? c->h->question : _("set"));
	table_cell(&w->table, changed ? c->h->old : NULL);
	table_cell(&w->table, changed ? c->h->new : NULL);
	table_cell(&w->table, c->h->pending ? _("not sent yet") : NULL);
	return 0;
}

static int print_changes(struct walk *w, const char *code)
{
	int rc, end;

	putchar('\n');
	table_begin(&w->table, stdout);
	table_column(&w->table, _("when"), false);
	table_column(&w->table, _("by"), false);
	table_column(&w->table, _("of"), false);
	table_column(&w->table, _("what"), false);
	table_column(&w->table, _("before"), false);
	table_column(&w->table, _("after"), false);
	table_column(&w->table, NULL, false);
	rc = indicator_changes(w->ctx->s, code, change_row, w);
	end = table_end(&w->table);
	return rc ? rc : end;
}

static int json_change(void *arg, const struct indicator_change *c)
{
	struct walk *w = arg;
	struct json *j = &w->json;
	bool changed = c->h->kind == HISTORY_CHANGED;
	char number[ID_TEXT];

	json_object(j);
	json_kint(j, "ms", c->h->ms);
	json_kstr(j, "by", node_text(c->h->node, number));
	json_kstr(j, "of", c->h->form);
	json_kstr(j, "unit", c->unit);
	json_knum(j, "year", c->unit ? (double)c->year : NAN);
	json_kstr(j, "what", changed ? c->h->question : "set");
	json_kstr(j, "before", changed ? c->h->old : NULL);
	json_kstr(j, "after", changed ? c->h->new : NULL);
	json_kbool(j, "sent", !c->h->pending);
	json_end(j);
	return 0;
}

static int json_definition(void *arg, const struct definition *d)
{
	struct walk *w = arg;
	struct json *j = &w->json;

	explain_json(j, d);
	json_key(j, "targets");
	json_array(j);
	return 0;
}

static int show(struct ctx *ctx, const char *code)
{
	struct walk w = {.ctx = ctx};
	int rc, end;

	if (!ctx->json) {
		rc = indicator_define(ctx->s, code, print_definition, &w);
		if (!rc)
			rc = print_targets(&w, code);
		return rc ? rc : print_changes(&w, code);
	}
	json_begin(&w.json, stdout);
	json_object(&w.json);
	rc = indicator_define(ctx->s, code, json_definition, &w);
	if (rc)
		return rc;
	rc = target_each(ctx->s, code, json_target, &w);
	json_end(&w.json);
	json_key(&w.json, "changes");
	json_array(&w.json);
	if (!rc)
		rc = indicator_changes(ctx->s, code, json_change, &w);
	json_end(&w.json);
	end = json_end(&w.json);
	return rc ? rc : end;
}

/* ---- setting ------------------------------------------------------------------------------------- */

typedef int import_fn(struct store *s, const char *text, size_t len, size_t *changed);

static int import(struct ctx *ctx, const char *path, import_fn *fn)
{
	struct buf text = {0};
	char number[FMT];
	struct json j;
	size_t changed = 0;
	int rc = file_read(path, CSV_MAX, &text);

	if (!rc)
		rc = fn(ctx->s, (const char *)text.data, text.len, &changed);
	buf_release(&text);
	if (rc)
		return rc;
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j);
		json_kint(&j, "changed", (int64_t)changed);
		return json_end(&j);
	}
	printf(_("Rows set: %s\n"), fmt_int((int64_t)changed, number));
	return out_flush();
}

static int run(struct ctx *ctx, struct explain *t, int argc, char **argv)
{
	const char *verb = argc ? argv[0] : "list";
	static const struct {
		const char *name;
		import_fn *fn;
	} imports[] = {{"add", indicator_import},
	               {"target", target_import},
	               {"weight", weight_import}};
	size_t i;
	int rc = 0;

	if (!strcmp(verb, "list")) {
		rc = argc > 1 ? cmd_usage(ctx, _("what is '%s'?"), argv[1]) : ctx_open(ctx, 0);
		return rc ? rc : list(ctx);
	}
	if (!strcmp(verb, "show") || !strcmp(verb, "test")) {
		if (argc != 2)
			return cmd_usage(ctx, _("which indicator? `cayda indicator list` names "
			                        "them"));
		t->code = argv[1];
		rc = ctx_open(ctx, 0);
		if (rc)
			return rc;
		return *verb == 's' ? show(ctx, t->code) : explain_figure(ctx, t);
	}
	for (i = 0; i < sizeof imports / sizeof *imports; i++) {
		if (strcmp(verb, imports[i].name) != 0)
			continue;
		if (argc != 2)
			return cmd_usage(ctx, _("which file?"));
		rc = ctx_open(ctx, 0);
		return rc ? rc : import(ctx, argv[1], imports[i].fn);
	}
	return cmd_usage(ctx,
	                 _("what is '%s'? there are list, show, test, add, target and "
	                   "weight"),
	                 verb);
}

int cmd_indicator(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"as-of", required_argument, NULL, 'd'},
	                                      {"limit", required_argument, NULL, 'n'},
	                                      {NULL, 0, NULL, 0}};
	struct explain t = {.limit = LIMIT};
	char day[DATE_LEN];
	int c;

	while ((c = cmd_getopt(ctx, argc, argv, "u:d:n:", longs)) != -1) {
		if (c == '?' ||
		    (c == 'n' && cmd_number(ctx, "--limit", optarg, 0, EXPLAINED_MAX, &t.limit)))
			return STATUS_USAGE;
		if (c == 'u')
			t.unit = optarg;
		if (c == 'd' && !value_date(optarg, day))
			return cmd_usage(ctx, _("\"%s\" is not a day like 2026-11-21"), optarg);
		if (c == 'd')
			t.day = day;
	}
	return run(ctx, &t, argc - optind, argv + optind);
}
