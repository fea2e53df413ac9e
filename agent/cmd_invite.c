/* cmd_invite.c - an invite for a node below this one, as a line and as a QR code. */
#include "agent/cmd.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/qr.h"
#include "protocol/enrol.h"
#include "protocol/link.h"
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

struct options {
	const char *unit, *role, *name;
	char addrs[INVITE_ADDRS_MAX];
	int64_t offices;
};

static int add_addr(struct ctx *ctx, struct options *o, const char *addr)
{
	size_t used = strlen(o->addrs);

	if (!*addr || strchr(addr, ' ') || strlen(addr) >= LINK_ADDR_MAX)
		return cmd_usage(ctx, _("'%s' is not an address: write HOST:PORT"), addr);
	if (used + strlen(addr) + 2 > sizeof o->addrs)
		return cmd_usage(ctx, _("too many addresses"));
	if (used)
		strcat(o->addrs, " ");
	strcat(o->addrs, addr);
	return 0;
}

static int read_options(struct ctx *ctx, int argc, char **argv, struct options *o)
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
			rc = add_addr(ctx, o, optarg);
			break;
		case 'o':
			rc = cmd_number(ctx, "--offices", optarg, 0, 0x3ffe, &o->offices);
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

/* The addresses given, else those of last time. */
static int addresses(struct ctx *ctx, struct options *o)
{
	int rc;

	if (*o->addrs)
		return meta_set_text(ctx->s, "addresses", o->addrs);
	rc = meta_text(ctx->s, "addresses", o->addrs, sizeof o->addrs);
	if (rc == ERR_NOTFOUND)
		return err(
			ERR_NOTFOUND,
			"say where the new node reaches this one: --address HOST:PORT (only the first time)");
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
	struct options o = {0};
	struct node n = {0};
	struct invite_text inv;
	struct unit u;
	char text[INVITE_TEXT_MAX];
	int rc = read_options(ctx, argc, argv, &o);

	if (!rc)
		rc = ctx_open(ctx, 0);
	if (!rc)
		rc = unit_find(ctx->s, o.unit, &u);
	if (!rc)
		rc = addresses(ctx, &o);
	if (!rc && o.name && strlen(o.name) >= sizeof n.name)
		rc = err(ERR_TOOBIG, "the node's name is too long");
	if (rc)
		return rc;
	n.unit = u.id;
	n.role = o.role ? role_of(o.role) : u.level == LEVEL_VILLAGE ? ROLE_DEVICE : ROLE_OFFICE;
	n.office_count = n.role == ROLE_OFFICE ? (uint32_t)o.offices + 1 : 0;
	strcpy(n.name, o.name ? o.name : u.name);
	rc = enrol_invite(ctx->s, &n, o.addrs, &inv);
	if (!rc)
		rc = invite_write(&inv, text);
	return rc ? rc : print(ctx, &inv, text);
}
