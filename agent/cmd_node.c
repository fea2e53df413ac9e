/* cmd_node.c - the nodes enrolled here: list, revoke, rename. */
#include "agent/cmd.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "storage/err.h"
#include "storage/node.h"
#include "storage/reader.h"

#include <string.h>

const char usage_node[] = N_("list | revoke NODE | rename NODE NAME | reader [NAME [--remove]]");
const char help_node[] = N_(
	"The nodes that this one knows: itself, those it enrolled, and those above.\n"
	"\n"
	"  list              all of them\n"
	"  revoke NODE       ends a node that was lost or stolen: nothing is taken from it any\n"
	"                    more; what it brought before stays. It cannot be undone\n"
	"  rename NODE NAME  gives it another name\n"
	"  reader NAME       a key for a program that may read coverage from the agent by CoAP,\n"
	"                    and nothing else; again: a new key; --remove: none any more\n"
	"  reader            those that have one\n"
	"\n"
	"Example:\n"
	"  cayda node revoke 2.1\n");

struct walk {
	struct ctx *ctx;
	struct table table;
	struct json json;
	size_t n;
};

static int row(void *arg, const struct node *n)
{
	struct walk *w = arg;
	char text[ID_TEXT];
	struct node_seen seen;
	struct unit u;
	bool known = unit_get(w->ctx->s, n->unit, &u) == 0;
	int rc = node_seen(w->ctx->s, n->number, &seen);

	w->n++;
	if (rc)
		return rc;
	node_text(n->number, text);
	if (w->ctx->json) {
		json_object(&w->json);
		json_kstr(&w->json, "node", text);
		json_kstr(&w->json, "name", n->name);
		json_kstr(&w->json, "role", role_name(n->role));
		json_kstr(&w->json, "unit", known ? u.code : NULL);
		json_kint(&w->json, "packs", (int64_t)seen.packs);
		json_kint(&w->json, "records", (int64_t)seen.records);
		json_kbool(&w->json, "revoked", n->revoked != 0);
		return json_end(&w->json);
	}
	table_cell(&w->table, text);
	table_cell(&w->table, n->name);
	table_cell(&w->table, n->role == ROLE_OFFICE ? _("office") : _("device"));
	table_cell(&w->table, known ? u.name : "-");
	table_int(&w->table, (int64_t)seen.packs);
	table_cell(&w->table, n->revoked ? _("revoked") : "");
	return 0;
}

static int list(struct ctx *ctx)
{
	struct walk w = {.ctx = ctx};
	int rc, end;

	if (ctx->json) {
		json_begin(&w.json, stdout);
		json_array(&w.json);
		rc = node_each(ctx->s, row, &w);
		end = json_end(&w.json);
		return rc ? rc : end;
	}
	table_begin(&w.table, stdout);
	table_column(&w.table, _("node"), false);
	table_column(&w.table, _("name"), false);
	table_column(&w.table, _("role"), false);
	table_column(&w.table, _("place"), false);
	table_column(&w.table, _("packs"), true);
	table_column(&w.table, "", false);
	rc = node_each(ctx->s, row, &w);
	end = table_end(&w.table);
	if (!w.n)
		printf(_("No node is enrolled yet: `cayda invite --unit CODE`.\n"));
	return rc ? rc : end ? end : out_flush();
}

static int done(struct ctx *ctx, const char *said, const char *node)
{
	struct json j;

	if (!ctx->json) {
		printf(_("Node %s: %s\n"), node, said);
		return out_flush();
	}
	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "node", node);
	return json_end(&j);
}

/* ---- readers ------------------------------------------------------------------------------------ */

static int reader_row(void *arg, const char *name)
{
	struct walk *w = arg;

	w->n++;
	if (w->ctx->json)
		json_str(&w->json, name);
	else
		printf("%s\n", name);
	return 0;
}

static int list_readers(struct ctx *ctx)
{
	struct walk w = {.ctx = ctx};
	int rc;

	if (ctx->json) {
		json_begin(&w.json, stdout);
		json_array(&w.json);
	}
	rc = reader_each(ctx->s, reader_row, &w);
	if (!rc && !ctx->json && !w.n)
		printf(_("no program may read here\n"));
	return rc ? rc : ctx->json ? json_end(&w.json) : out_flush();
}

static int readers(struct ctx *ctx, const char *name, bool remove)
{
	char key[READER_KEY_LEN + 1];
	struct json j;
	int rc = ctx_open(ctx, 0);

	if (rc || !name)
		return rc ? rc : list_readers(ctx);
	if (remove) {
		rc = reader_remove(ctx->s, name);
		if (!rc && !ctx->json)
			printf(_("%s may not read any more\n"), name);
		return rc ? rc : out_flush();
	}
	rc = reader_add(ctx->s, name, key);
	if (rc)
		return rc;
	if (!ctx->json) {
		printf(_("identity %s, key %s\n"), name, key);
		return out_flush();
	}
	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "identity", name);
	json_kstr(&j, "key", key);
	return json_end(&j);
}

int cmd_node(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"remove", no_argument, NULL, 'r'},
	                                      {NULL, 0, NULL, 0}};
	const char *verb;
	uint32_t number = 0;
	bool remove = false;
	int rc, n, c;

	while ((c = cmd_getopt(ctx, argc, argv, "", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		remove = true;
	}
	n = argc - optind;
	verb = n ? argv[optind] : "list";
	if (strcmp(verb, "list") == 0 && n <= 1) {
		rc = ctx_open(ctx, 0);
		return rc ? rc : list(ctx);
	}
	if (strcmp(verb, "reader") == 0 && n <= 2 && (n == 2 || !remove))
		return readers(ctx, n == 2 ? argv[optind + 1] : NULL, remove);
	if (!(strcmp(verb, "revoke") == 0 && n == 2) && !(strcmp(verb, "rename") == 0 && n == 3))
		return cmd_usage(ctx, _("say list, revoke NODE, rename NODE NAME, or reader NAME"));
	if (node_parse(argv[optind + 1], &number))
		return cmd_usage(ctx, "%s", err_text());
	rc = ctx_open(ctx, 0);
	if (rc)
		return rc;
	if (n == 2) {
		rc = node_revoke(ctx->s, number);
		return rc ? rc
		          : done(ctx, _("revoked; others learn it at their next sync"),
		                 argv[optind + 1]);
	}
	rc = node_rename(ctx->s, number, argv[optind + 2]);
	return rc ? rc : done(ctx, _("renamed"), argv[optind + 1]);
}
