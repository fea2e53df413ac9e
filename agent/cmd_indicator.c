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
#include "storage/period.h"
#include "storage/value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CSV_MAX (16u * 1024 * 1024) /* bytes: targets of a province's communes for decades */
#define CODE_LEN 64                 /* bytes of a code, longer than any is */
#define LIMIT 50                    /* records that test shows */

const char usage_indicator[] = N_(
	"list | show CODE | test CODE ... | add FILE.csv | target FILE.csv | weight FILE.csv |"
	" export FOLDER | drop CODE");
const char help_indicator[] = N_(
	"  list                the indicators in the order of a report, each with the target that is\n"
	"                      in force for this node's unit, and the document that it comes from\n"
	"  show CODE           its names, what it counts of which form, all its targets, and who set\n"
	"                      and changed them\n"
	"  test CODE           one figure down to the records that it counts, each with what it adds\n"
	"    --unit CODE       of this unit and all below it; else of this node's own\n"
	"    --as-of DATE      with what was recorded for that day and before\n"
	"    --period P        2026-Q3, 2026-10, 2026-H1, 2026, or 2026-07-01..2026-09-15: what counts\n"
	"                      every record counts those of the period, all else is the state at its\n"
	"                      end\n"
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
	"  export FOLDER       writes indicators.csv, targets.csv and weights.csv as they stand: change\n"
	"                      them and set them again\n"
	"  drop CODE           takes an indicator out of all reports; the records stay\n"
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
	size_t n;         /* targets of the indicator at hand */
};

static const char *title_of(struct walk *w, const char *label, const char *code)
{
	buf_reset(&w->title);
	form_label(label, i18n_lang(), &w->title);
	return w->title.len ? buf_cstr(&w->title) : code;
}

/* ---- list --------------------------------------------------------------------------------------- */

static int target_row(void *arg, const struct target *t)
{
	struct walk *w = arg;

	explain_target_cells(&w->table, t);
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
	rc = target_for(w->ctx->s, i->code, w->ctx->s->self.scope, w->year, target_row, w);
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

	explain_target_json(&w->json, t);
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

/* ---- which ---------------------------------------------------------------------------------------- */

struct nearest {
	const char *wanted;
	char found[CODE_LEN]; /* "" until one is near */
	bool there;
};

static int look(void *arg, const struct indicator *i)
{
	struct nearest *n = arg;
	const char *near = cmd_nearer(n->wanted, *n->found ? n->found : NULL, i->code);

	n->there |= strcmp(i->code, n->wanted) == 0;
	if (near == i->code)
		snprintf(n->found, sizeof n->found, "%s", i->code);
	return 0;
}

/* Whether it is here, and else which was probably meant. */
static int check_code(struct ctx *ctx, const char *code)
{
	struct nearest n = {.wanted = code};
	int rc = indicator_each(ctx->s, look, &n);

	if (rc || n.there)
		return rc;
	return *n.found ? err(ERR_NOTFOUND, "there is no indicator %s here; did you mean %s?", code,
	                      n.found)
	                : err(ERR_NOTFOUND, "there is no indicator %s here", code);
}

/* ---- setting ------------------------------------------------------------------------------------- */

/* Says what was done: msgid fmt for people, key for programs. */
static int said(struct ctx *ctx, const char *key, const char *fmt, const char *what)
{
	struct json j;

	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j);
		json_kstr(&j, key, what);
		return json_end(&j);
	}
	printf(fmt, what);
	return out_flush();
}

static int drop(struct ctx *ctx, const char *code)
{
	int rc = indicator_drop(ctx->s, code);

	return rc ? rc : said(ctx, "dropped", _("Out of all reports: %s\n"), code);
}

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

static int write_csv(const char *dir, const char *name, const struct buf *text)
{
	char *path;
	int rc;

	if (text->err || asprintf(&path, "%s/%s.csv", dir, name) < 0)
		return err(ERR_NOMEM, "out of memory");
	rc = file_replace(path, text);
	free(path);
	return rc;
}

static int export(struct ctx *ctx, const char *dir)
{
	static const char *const names[] = {"indicators", "targets", "weights"};
	struct buf text[3] = {{0}};
	size_t i;
	int rc = indicator_export(ctx->s, &text[0], &text[1], &text[2]);

	if (!rc && mkdir(dir, 0777) < 0 && errno != EEXIST)
		rc = err(ERR_IO, "%s: cannot be written: %s", dir, file_reason(errno));
	for (i = 0; i < 3; i++) {
		if (!rc)
			rc = write_csv(dir, names[i], &text[i]);
		buf_release(&text[i]);
	}
	return rc ? rc
	          : said(ctx, "written",
	                 _("Written in %s: indicators.csv, targets.csv, weights.csv\n"), dir);
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
	if (!strcmp(verb, "show") || !strcmp(verb, "test") || !strcmp(verb, "drop")) {
		if (argc != 2)
			return cmd_usage(ctx, _("which indicator? `cayda indicator list` names "
			                        "them"));
		t->of.code = argv[1];
		rc = ctx_open(ctx, 0);
		if (!rc)
			rc = check_code(ctx, argv[1]);
		if (rc)
			return rc;
		return *verb == 's'   ? explain_show(ctx, argv[1])
		       : *verb == 'd' ? drop(ctx, argv[1])
		                      : explain_figure(ctx, t);
	}
	if (!strcmp(verb, "export")) {
		if (argc != 2)
			return cmd_usage(ctx, _("which folder?"));
		rc = ctx_open(ctx, 0);
		return rc ? rc : export(ctx, argv[1]);
	}
	for (i = 0; i < sizeof imports / sizeof *imports; i++) {
		if (strcmp(verb, imports[i].name) != 0)
			continue;
		if (argc != 2)
			return cmd_usage(ctx, _("which file?"));
		rc = ctx_open(ctx, 0);
		return rc ? rc : import(ctx, argv[1], imports[i].fn);
	}
	return cmd_usage(
		ctx,
		_("what is '%s'? there are list, show, test, add, target, weight, export and drop"),
		verb);
}

int cmd_indicator(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"as-of", required_argument, NULL, 'd'},
	                                      {"period", required_argument, NULL, 'p'},
	                                      {"limit", required_argument, NULL, 'n'},
	                                      {NULL, 0, NULL, 0}};
	struct explain t = {.limit = LIMIT};
	struct period period = {.kind = PERIOD_NONE};
	char day[DATE_LEN];
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:d:p:n:", longs)) != -1) {
		if (c == '?' ||
		    (c == 'n' && cmd_number(ctx, "--limit", optarg, 0, EXPLAINED_MAX, &t.limit)))
			return STATUS_USAGE;
		if (c == 'u')
			t.unit = optarg;
		if (c == 'd' && !value_date(optarg, day))
			return cmd_usage(ctx, _("\"%s\" is not a day like 2026-11-21"), optarg);
		if (c == 'd')
			t.when = t.of.day = day;
		if (c == 'p' && (rc = period_parse(optarg, &period)))
			return rc;
	}
	if (period.kind && t.of.day)
		return cmd_usage(ctx, _("--period and --as-of: which of them?"));
	if (period.kind) {
		t.when = period.name;
		t.of.from = period.from;
		t.of.day = period.to;
	}
	return run(ctx, &t, argc - optind, argv + optind);
}
