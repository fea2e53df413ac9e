/* cmd_history.c - who changed what of a record, and when. */
#include "agent/i18n.h"
#include "agent/judge.h"
#include "storage/err.h"
#include "storage/history.h"
#include "storage/node.h"

#include <stdlib.h>
#include <string.h>

const char usage_history[] = N_("RECORD [--unit CODE]");
const char help_history[] = N_(
	"Everything that was ever written of a record, oldest first, also what lost to another\n"
	"change. RECORD is an id, or FORM:KEY, for example household:12. Names, phone numbers and\n"
	"exact places are shown only at the commune and below.\n"
	"\n"
	"  --unit CODE  village of FORM:KEY; else the one that this node works for\n"
	"\n"
	"Example:\n"
	"  cayda history household:12\n");

struct walk {
	struct ctx *ctx;
	struct answers a;    /* of the record's form, once met */
	struct form *member; /* owned; NULL: not looked for, or not here */
	struct table table;
	struct json json;
	int64_t ms; /* of the line before: what it shares is not said again */
	uint32_t node;
};

static int json_row(void *arg, const struct history *h)
{
	shown_history(h, &((struct walk *)arg)->json);
	return 0;
}

/* ---- for people ----------------------------------------------------------------------------- */

/* A member by name where that is known here. */
static void person_text(struct walk *w, int64_t person, struct buf *out)
{
	const struct question *q;
	struct record *r = NULL;
	const char *name = NULL;
	char id[ID_TEXT];

	if (!w->member)
		form_load(w->ctx->s, "member", &w->member);
	q = w->member ? form_question(w->member, "name") : NULL;
	if (q && record_get(w->ctx->s, w->member, person, &r) == 0)
		name = r->value[q - w->member->q];
	buf_str(out, name ? name : id_text(person, id));
	record_free(r);
}

static void who_cell(struct walk *w, const struct history *h)
{
	struct buf text = {0};
	char number[ID_TEXT];
	struct node n;

	buf_str(&text, node_text(h->node, number));
	if (node_get(w->ctx->s, h->node, &n) == 0 && *n.name)
		buf_printf(&text, " %s", n.name);
	if (h->person) {
		buf_str(&text, ", ");
		person_text(w, h->person, &text);
	}
	table_cell(&w->table, buf_cstr(&text));
	buf_release(&text);
}

static void value_cell(struct walk *w, const struct question *q, const char *value)
{
	struct buf text = {0};

	judge_value(w->ctx, &w->a, q, value, &text);
	table_cell(&w->table, buf_cstr(&text));
	buf_release(&text);
}

/* What was done, in the place of the question or after it. */
static void what_cells(struct walk *w, const struct history *h)
{
	const struct question *q = w->a.form && h->question ? form_question(w->a.form, h->question)
	                                                    : NULL;
	char id[ID_TEXT];

	switch (h->kind) {
	case HISTORY_RECORDED:
	case HISTORY_DELETED:
		table_cell(&w->table, h->kind == HISTORY_RECORDED ? _("recorded") : _("deleted"));
		table_cell(&w->table, NULL);
		table_cell(&w->table, NULL);
		break;
	case HISTORY_SETTLED:
		table_cellf(&w->table, _("%s: conflict settled"), h->question ? h->question : "-");
		table_cell(&w->table, NULL);
		table_cell(&w->table, NULL);
		break;
	case HISTORY_JOINED:
	case HISTORY_DIFFERENT:
	case HISTORY_PARTED:
		table_cellf(&w->table,
		            h->kind == HISTORY_JOINED      ? _("the same as %s")
		            : h->kind == HISTORY_DIFFERENT ? _("not the same as %s")
		                                           : _("no longer joined to %s"),
		            id_text(strtoll(h->new ? h->new : "0", NULL, 10), id));
		table_cell(&w->table, NULL);
		table_cell(&w->table, NULL);
		break;
	default:
		table_cell(&w->table, h->question);
		if (h->kind == HISTORY_ANSWERED)
			table_cell(&w->table, NULL);
		else
			value_cell(w, q, h->old);
		value_cell(w, q, h->new);
	}
}

static int table_row(void *arg, const struct history *h)
{
	struct walk *w = arg;
	bool again = h->kind == HISTORY_ANSWERED && h->ms == w->ms && h->node == w->node;
	char when[FMT];

	if (!w->a.form)
		answers_open(w->ctx, h->form, &w->a);
	if (again) {
		table_cell(&w->table, NULL);
		table_cell(&w->table, NULL);
	} else {
		table_cell(&w->table, fmt_time(h->ms, when));
		who_cell(w, h);
	}
	what_cells(w, h);
	table_cell(&w->table, h->pending && !again ? _("not sent yet") : NULL);
	w->ms = h->ms;
	w->node = h->node;
	return 0;
}

static int print(struct ctx *ctx, int64_t row)
{
	struct walk w = {.ctx = ctx};
	int rc, end;

	if (ctx->json) {
		json_begin(&w.json, stdout);
		json_array(&w.json);
		rc = history_each(ctx->s, row, json_row, &w);
		end = json_end(&w.json);
		return rc ? rc : end;
	}
	table_begin(&w.table, stdout);
	table_column(&w.table, _("when"), false);
	table_column(&w.table, _("by"), false);
	table_column(&w.table, _("question"), false);
	table_column(&w.table, _("before"), false);
	table_column(&w.table, _("after"), false);
	table_column(&w.table, NULL, false);
	rc = history_each(ctx->s, row, table_row, &w);
	end = table_end(&w.table);
	answers_release(&w.a);
	form_free(w.member);
	return rc ? rc : end;
}

int cmd_history(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {NULL, 0, NULL, 0}};
	const char *unit_ref = NULL;
	struct answers a = {0};
	int64_t id = 0;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		unit_ref = optarg;
	}
	if (argc - optind != 1)
		return cmd_usage(ctx, _("which record? say its id, or FORM:KEY"));
	rc = ctx_open(ctx, 0);
	if (!rc && strchr(argv[optind], ':'))
		rc = shown_find(ctx, argv[optind], unit_ref, &a, &id);
	else if (!rc) /* a deleted record has a history, too */
		rc = id_parse(argv[optind], &id);
	answers_release(&a);
	return rc ? rc : print(ctx, id);
}
