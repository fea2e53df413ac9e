/* cmd_conflicts.c - values that lost when two people changed the same answer, and settling them. */
#include "agent/i18n.h"
#include "agent/judge.h"
#include "storage/err.h"
#include "storage/node.h"

#include <string.h>

const char usage_conflicts[] = N_(
	"[--all] | show RECORD | keep RECORD QUESTION | take RECORD QUESTION [VALUE] |"
	" set RECORD QUESTION VALUE");
const char help_conflicts[] = N_(
	"Each line is an answer that two nodes changed without having seen the other's change.\n"
	"The later one stands; the other is kept here until somebody says which is right:\n"
	"\n"
	"  show RECORD                   those of one record, settled ones too\n"
	"  keep RECORD QUESTION          what stands is right\n"
	"  take RECORD QUESTION [VALUE]  the lost value is right; VALUE names it when several lost\n"
	"  set RECORD QUESTION VALUE     neither is right: VALUE is\n"
	"\n"
	"RECORD is an id, or FORM:KEY, for example household:12. What is decided here reaches the\n"
	"others at the next sync. Nothing is lost by it: `cayda history` still shows each value.\n"
	"\n"
	"  --all        also list what was settled\n"
	"  --unit CODE  village of FORM:KEY; else the one that this node works for\n"
	"  --person ID  who decided: the id of a member\n"
	"\n"
	"Example:\n"
	"  cayda conflicts take household:12 persons\n");

struct options {
	bool all;
	const char *unit, *person;
};

struct walk {
	struct ctx *ctx;
	struct answers a; /* of the form last met */
	struct table table;
	struct json json;
	bool all; /* settled ones too: they have a column */
	size_t n;
};

/* The question that c is about, with its form opened; NULL for what belongs to no form. */
static const struct question *question_of(struct walk *w, const struct conflict *c)
{
	if (!w->a.form || strcmp(w->a.form->code, c->form) != 0) {
		answers_release(&w->a);
		if (answers_open(w->ctx, c->form, &w->a) != 0)
			return NULL;
	}
	return form_question(w->a.form, c->question);
}

static void value_cell(struct walk *w, const struct question *q, const char *value)
{
	struct buf text = {0};

	judge_value(w->ctx, &w->a, q, value, &text);
	table_cell(&w->table, buf_cstr(&text));
	buf_release(&text);
}

/* A node by its number, and its name where it is known here. */
static void node_cell(struct walk *w, uint32_t number)
{
	char text[ID_TEXT];
	struct node n;

	node_text(number, text);
	if (node_get(w->ctx->s, number, &n) == 0 && *n.name)
		table_cellf(&w->table, "%s %s", text, n.name);
	else
		table_cell(&w->table, text);
}

static int table_row(void *arg, const struct conflict *c)
{
	struct walk *w = arg;
	const struct question *q = question_of(w, c);
	char id[ID_TEXT], when[FMT];

	table_cell(&w->table, id_text(c->row, id));
	table_cell(&w->table, c->form);
	table_cell(&w->table, c->question);
	value_cell(w, q, c->won);
	node_cell(w, c->won_node);
	table_cell(&w->table, fmt_time(c->won_ms, when));
	value_cell(w, q, c->lost);
	node_cell(w, c->lost_node);
	table_cell(&w->table, fmt_time(c->lost_ms, when));
	if (w->all)
		table_cell(&w->table, c->settled ? _("yes") : "-");
	w->n++;
	return 0;
}

static int json_row(void *arg, const struct conflict *c)
{
	struct walk *w = arg;
	struct json *j = &w->json;
	char id[ID_TEXT];

	json_object(j);
	json_kstr(j, "record", id_text(c->row, id));
	json_kstr(j, "form", c->form);
	json_kstr(j, "question", c->question);
	json_kstr(j, "won", c->won);
	json_kstr(j, "won_by", node_text(c->won_node, id));
	json_kint(j, "won_ms", c->won_ms);
	json_kstr(j, "lost", c->lost);
	json_kstr(j, "lost_by", node_text(c->lost_node, id));
	json_kint(j, "lost_ms", c->lost_ms);
	json_kbool(j, "settled", c->settled);
	json_end(j);
	return 0;
}

static int print_table(struct ctx *ctx, int64_t row, bool all)
{
	struct walk w = {.ctx = ctx, .all = all};
	int rc, end;

	table_begin(&w.table, stdout);
	table_column(&w.table, _("record"), false);
	table_column(&w.table, _("form"), false);
	table_column(&w.table, _("question"), false);
	table_column(&w.table, _("won"), false);
	table_column(&w.table, _("by"), false);
	table_column(&w.table, _("when"), false);
	table_column(&w.table, _("lost"), false);
	table_column(&w.table, _("by"), false);
	table_column(&w.table, _("when"), false);
	if (all)
		table_column(&w.table, _("settled"), false);
	rc = conflict_about(ctx->s, row, NULL, all, table_row, &w);
	end = table_end(&w.table);
	answers_release(&w.a);
	if (!rc && !w.n)
		puts(_("no conflicts"));
	return rc ? rc : end;
}

static int list(struct ctx *ctx, int64_t row, bool all)
{
	struct walk w = {.ctx = ctx};
	int rc, end;

	if (!ctx->json)
		return print_table(ctx, row, all);
	json_begin(&w.json, stdout);
	json_array(&w.json);
	rc = conflict_about(ctx->s, row, NULL, all, json_row, &w);
	end = json_end(&w.json);
	return rc ? rc : end;
}

/* ---- settling ---------------------------------------------------------------------------- */

/* What stands now. */
static int print_settled(struct ctx *ctx, struct answers *a, const struct settling *st, size_t n)
{
	const struct question *q = a->form ? form_question(a->form, st->question) : NULL;
	struct record *r = NULL;
	struct buf value = {0};
	char id[ID_TEXT], count[FMT];
	struct json j;
	int rc = 0;

	id_text(st->row, id);
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j);
		json_kstr(&j, "record", id);
		json_kstr(&j, "question", st->question);
		json_kint(&j, "settled", (int64_t)n);
		return json_end(&j);
	}
	if (q && !record_get(ctx->s, a->form, st->row, &r))
		rc = shown_value(ctx, a, q, r->value[q - a->form->q], &value);
	if (!rc && q && r)
		printf(_("%s of %s is %s. Conflicts settled: %s.\n"), st->question, id,
		       value.len ? buf_cstr(&value) : "-", fmt_int((int64_t)n, count));
	else if (!rc)
		printf(_("Conflicts settled: %s.\n"), fmt_int((int64_t)n, count));
	record_free(r);
	buf_release(&value);
	return rc ? rc : out_flush();
}

static int settle(struct ctx *ctx, const struct options *o, enum settle how, int argc, char **argv)
{
	struct settling st = {.question = argv[1], .how = how, .value = argc > 2 ? argv[2] : NULL};
	struct answers a = {0};
	size_t n = 0;
	int rc = ctx_open(ctx, 0);

	if (!rc && o->person)
		rc = id_parse(o->person, &st.person);
	if (!rc)
		rc = judge_settle(ctx, argv[0], o->unit, &st, &a, &n);
	if (!rc)
		rc = print_settled(ctx, &a, &st, n);
	answers_release(&a);
	return rc;
}

static int show(struct ctx *ctx, const struct options *o, const char *ref)
{
	struct answers a = {0};
	int64_t row = 0;
	int rc = ctx_open(ctx, 0);

	if (!rc)
		rc = judge_find(ctx, ref, o->unit, &a, &row);
	if (!rc)
		rc = list(ctx, row, true);
	answers_release(&a);
	return rc;
}

static int run(struct ctx *ctx, const struct options *o, int argc, char **argv)
{
	static const struct {
		const char *name;
		enum settle how;
		int least, most; /* arguments */
	} verbs[] = {{"keep", SETTLE_KEEP, 2, 2},
	             {"take", SETTLE_TAKE, 2, 3},
	             {"set", SETTLE_SET, 3, 3}};
	size_t i;
	int rc;

	if (!argc) {
		rc = ctx_open(ctx, 0);
		return rc ? rc : list(ctx, 0, o->all);
	}
	if (strcmp(argv[0], "show") == 0)
		return argc == 2 ? show(ctx, o, argv[1])
		                 : cmd_usage(ctx, _("which record? say its id, or FORM:KEY"));
	for (i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (strcmp(argv[0], verbs[i].name) != 0)
			continue;
		if (argc <= verbs[i].least)
			return cmd_usage(
				ctx,
				verbs[i].least == 2
					? _("say which RECORD and which QUESTION")
					: _("say which RECORD, which QUESTION and what VALUE"));
		if (argc > verbs[i].most + 1)
			return cmd_usage(ctx, _("what is '%s'?"), argv[verbs[i].most + 1]);
		return settle(ctx, o, verbs[i].how, argc - 1, argv + 1);
	}
	return cmd_usage(ctx, _("what is '%s'? there are show, keep, take and set"), argv[0]);
}

int cmd_conflicts(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"all", no_argument, NULL, 'a'},
	                                      {"unit", required_argument, NULL, 'u'},
	                                      {"person", required_argument, NULL, 'p'},
	                                      {NULL, 0, NULL, 0}};
	struct options o = {0};
	int c;

	while ((c = cmd_getopt(ctx, argc, argv, "au:p:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		if (c == 'a')
			o.all = true;
		else
			*(c == 'u' ? &o.unit : &o.person) = optarg;
	}
	return run(ctx, &o, argc - optind, argv + optind);
}
