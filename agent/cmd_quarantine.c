/* cmd_quarantine.c - packs that were set aside or refused, and why. */
#include "agent/i18n.h"
#include "agent/shown.h"
#include "storage/merge.h"

const char usage_quarantine[] = "";
const char help_quarantine[] = N_(
	"Lists packs that did not go into the tables. Waiting: for a form, a unit, or its time;\n"
	"they go in by themselves. Set aside: their author may not write what they hold.\n"
	"Refused: not signed by the author they name, or not theirs to send; they are not kept.\n"
	"None of them stops the rest.\n"
	"\n"
	"Example:\n"
	"  cayda quarantine\n");

struct walk {
	struct ctx *ctx;
	struct table table;
	struct json json;
	size_t n;
};

static int row(void *arg, const struct aside *a)
{
	struct walk *w = arg;
	char node[ID_TEXT], when[FMT];
	struct unit u;
	bool known = unit_get(w->ctx->s, a->key.scope, &u) == 0;

	w->n++;
	node_text(a->key.author, node);
	if (w->ctx->json) {
		json_object(&w->json);
		json_kstr(&w->json, "state", shown_aside(a->state));
		json_kstr(&w->json, "author", node);
		json_kstr(&w->json, "unit", known ? u.code : NULL);
		json_kstr(&w->json, "class", shown_class(a->key.class));
		json_kint(&w->json, "seq", a->seq);
		json_kstr(&w->json, "reason", a->reason);
		json_kint(&w->json, "ms", a->ms);
		return json_end(&w->json);
	}
	table_cell(&w->table, _(shown_aside(a->state)));
	table_cell(&w->table, node);
	table_cell(&w->table, known ? u.name : "-");
	table_int(&w->table, a->seq);
	table_cell(&w->table, fmt_time(a->ms, when));
	table_cell(&w->table, a->reason);
	return 0;
}

int cmd_quarantine(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{NULL, 0, NULL, 0}};
	struct walk w = {.ctx = ctx};
	int rc, end;

	if (cmd_getopt(ctx, argc, argv, "", longs) != -1)
		return STATUS_USAGE;
	if (optind < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind]);
	rc = ctx_open(ctx, 0);
	if (rc)
		return rc;
	if (ctx->json) {
		json_begin(&w.json, stdout);
		json_array(&w.json);
		rc = aside_each(ctx->s, row, &w);
		end = json_end(&w.json);
		return rc ? rc : end;
	}
	table_begin(&w.table, stdout);
	table_column(&w.table, _("state"), false);
	table_column(&w.table, _("node"), false);
	table_column(&w.table, _("place"), false);
	table_column(&w.table, _("pack"), true);
	table_column(&w.table, _("time"), false);
	table_column(&w.table, _("reason"), false);
	rc = aside_each(ctx->s, row, &w);
	end = table_end(&w.table);
	if (!w.n)
		printf(_("Nothing is set aside.\n"));
	return rc ? rc : end ? end : out_flush();
}
