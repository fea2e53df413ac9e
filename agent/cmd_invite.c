/* cmd_invite.c - an invite for a node below this one, as a line and as a QR code. */
#include "agent/i18n.h"
#include "agent/inviting.h"
#include "agent/out.h"
#include "agent/qr.h"
#include "storage/err.h"
#include "storage/meta.h"

#include <string.h>

const char usage_invite[] = N_(
	"--unit CODE [--role office|device] [--name NAME] [--address HOST:PORT]...");
const char help_invite[] = N_(
	"Works without a network. Whoever has the invite can join once: hand it over in person or\n"
	"by a message that only its owner reads.\n"
	"\n"
	"  --unit CODE          what the new node works for: a village, a commune...\n"
	"  --role office        it may invite others; else device (the default for a village)\n"
	"  --name NAME          what it is called; else the unit's name\n"
	"  --address HOST:PORT  where it reaches this node; may be given again; kept for next time\n"
	"  --offices N          how many offices it may invite in its turn (default 0)\n"
	"\n"
	"Example:\n"
	"  cayda invite --unit 07213-01 --name 'chi Hoa' --address 203.0.113.7:5684\n");

static int read_options(struct ctx *ctx, int argc, char **argv, struct inviting *o)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"role", required_argument, NULL, 'r'},
	                                      {"name", required_argument, NULL, 'n'},
	                                      {"address", required_argument, NULL, 'a'},
	                                      {"offices", required_argument, NULL, 'o'},
	                                      {NULL, 0, NULL, 0}};
	int c, rc = 0;

	while (!rc && (c = cmd_getopt(ctx, argc, argv, "u:r:n:a:o:", longs)) != -1) {
		switch (c) {
		case 'u':
			o->unit = optarg;
			break;
		case 'r':
			o->role = optarg;
			break;
		case 'n':
			o->name = optarg;
			break;
		case 'a':
			if (inviting_address(o, optarg))
				rc = cmd_usage(ctx, "%s", err_text());
			break;
		case 'o':
			rc = cmd_number(ctx, "--offices", optarg, 0, INVITING_OFFICES, &o->offices);
			break;
		default:
			rc = STATUS_USAGE;
		}
	}
	if (!rc && optind < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind]);
	if (!rc && !o->unit)
		return cmd_usage(ctx, _("for which place? say --unit CODE"));
	if (!rc && o->role && role_of(o->role) != ROLE_OFFICE && role_of(o->role) != ROLE_DEVICE)
		return cmd_usage(ctx, _("--role is office or device, not '%s'"), o->role);
	return rc;
}

static int print(struct ctx *ctx, const struct invite_text *inv, const char *text)
{
	char node[ID_TEXT];
	struct json j;
	int rc;

	node_text(inv->node.number, node);
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j);
		json_kstr(&j, "uri", text);
		json_kstr(&j, "node", node);
		json_kstr(&j, "role", role_name(inv->node.role));
		json_kstr(&j, "unit", inv->unit.code);
		json_kstr(&j, "name", inv->node.name);
		return json_end(&j);
	}
	printf(_("Invite for node %s, %s (%s), at %s. It can be used once:\n\n"), node,
	       inv->node.name, inv->unit.name, inv->addrs);
	rc = qr_print(text, stdout);
	if (rc)
		return rc;
	printf("\n%s\n\n", text);
	printf(_("On the new device: cayda join, then this line.\n"));
	return out_flush();
}

int cmd_invite(struct ctx *ctx, int argc, char **argv)
{
	struct inviting o = {0};
	struct invite_text inv;
	char text[INVITE_TEXT_MAX];
	int rc = read_options(ctx, argc, argv, &o);

	if (!rc)
		rc = ctx_open(ctx, 0);
	if (!rc)
		rc = inviting_make(ctx, &o, &inv, text);
	return rc ? rc : print(ctx, &inv, text);
}
