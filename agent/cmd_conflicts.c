/* cmd_conflicts.c - values that lost when two people changed the same answer. */
#include "agent/i18n.h"
#include "agent/shown.h"
#include "storage/err.h"
#include "storage/merge.h"
#include "storage/node.h"

#include <stdlib.h>
#include <string.h>

const char usage_conflicts[] = "";
const char help_conflicts[] = N_(
	"Each line is an answer that two nodes changed without having seen the other's change.\n"
	"The later one stands; the other is kept here. `cayda edit` puts right what is wrong.\n"
	"\n"
	"Example:\n"
	"  cayda conflicts\n");

struct walk {
	struct ctx *ctx;
	struct answers a; /* of the form last met */
	struct table table;
	struct json json;
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
	char id[ID_TEXT];

	if (value && q && q->type == Q_RECORD) /* a conflict has the bare number */
		value = id_text(strtoll(value, NULL, 10), id);
	if (value && q)
		shown_value(w->ctx, &w->a, q, value, &text);
	else
		buf_str(&text, value ? value : "-");
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
	table_cell(&w->table, c->won_ms ? fmt_time(c->won_ms, when) : _("when first recorded"));
	value_cell(w, q, c->lost);
	node_cell(w, c->lost_node);
	table_cell(&w->table, fmt_time(c->lost_ms, when));
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
	json_key(j, "won_ms");
	if (c->won_ms)
		json_int(j, c->won_ms);
	else
		json_null(j);
	json_kstr(j, "lost", c->lost);
	json_kstr(j, "lost_by", node_text(c->lost_node, id));
	json_kint(j, "lost_ms", c->lost_ms);
	json_end(j);
	return 0;
}

static int print_table(struct ctx *ctx)
{
	struct walk w = {.ctx = ctx};
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
	rc = conflict_each(ctx->s, table_row, &w);
	end = table_end(&w.table);
	answers_release(&w.a);
	if (!rc && !w.n)
		puts(_("no conflicts"));
	return rc ? rc : end;
}

int cmd_conflicts(struct ctx *ctx, int argc, char **argv)
{
	static const struct option none[] = {{NULL, 0, NULL, 0}};
	struct walk w = {0};
	int rc, end;

	if (cmd_getopt(ctx, argc, argv, "", none) != -1)
		return STATUS_USAGE;
	if (optind != argc)
		return cmd_usage(ctx, _("it takes no arguments"));
	rc = ctx_open(ctx, 0);
	if (rc || !ctx->json)
		return rc ? rc : print_table(ctx);
	json_begin(&w.json, stdout);
	json_array(&w.json);
	rc = conflict_each(ctx->s, json_row, &w);
	end = json_end(&w.json);
	return rc ? rc : end;
}
