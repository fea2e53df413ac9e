/* cmd_join.c - makes a home the node that an invite speaks of; needs no network. */
#include "agent/cmd.h"
#include "agent/i18n.h"
#include "agent/join.h"
#include "agent/out.h"
#include "storage/err.h"
#include "storage/meta.h"

#include <string.h>

const char usage_join[] = N_("INVITE [--name NAME] [--listen ADDRESS]");
const char help_join[] = N_(
	"INVITE is the line that begins with CAYDA:, as it was sent or scanned.\n"
	"Recording can begin at once; the first sync makes the node known.\n"
	"\n"
	"  --name NAME       what this node is called; else as the invite says\n"
	"  --listen ADDRESS  where `cayda run` listens (an office)\n"
	"\n"
	"Example:\n"
	"  cayda join CAYDA:RYA...\n");

static int report(struct ctx *ctx, const struct invite_text *inv)
{
	char node[ID_TEXT];
	struct json j;

	node_text(inv->node.number, node);
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j);
		json_kstr(&j, "node", node);
		json_kstr(&j, "role", role_name(inv->node.role));
		json_kstr(&j, "unit", inv->unit.code);
		json_kstr(&j, "name", ctx->s->self.name);
		return json_end(&j);
	}
	printf(_("This is now node %s, %s, for %s.\n"), node, ctx->s->self.name, inv->unit.name);
	if (inv->node.role == ROLE_DEVICE)
		printf(_(
			"Recording can begin: `cayda add household`. When there is a network: `cayda sync`.\n"));
	else
		printf(_("When there is a network: `cayda sync`, then `cayda run`.\n"));
	return out_flush();
}

int cmd_join(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"name", required_argument, NULL, 'n'},
	                                      {"listen", required_argument, NULL, 'l'},
	                                      {NULL, 0, NULL, 0}};
	const char *name = NULL, *listen = NULL;
	struct invite_text inv;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "n:l:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		*(c == 'n' ? &name : &listen) = optarg;
	}
	if (argc - optind != 1)
		return cmd_usage(ctx, _("give the invite, one line that begins with CAYDA:"));
	rc = join_home(ctx, argv[optind], name, &inv);
	if (!rc && listen)
		rc = meta_set_text(ctx->s, "listen", listen);
	return rc ? rc : report(ctx, &inv);
}
