/* cmd_init.c - makes a home the root of a new tree, usually the province. */
#include "agent/cmd.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "protocol/enrol.h"
#include "storage/err.h"
#include "storage/form.h"
#include "storage/indicator.h"
#include "storage/meta.h"
#include "storage/node.h"

#include <string.h>

const char usage_init[] = N_("--unit CODE --unit-name NAME [--name NODE] [--listen ADDRESS]");
const char help_init[] = N_(
	"Makes keys, the root certificate, the unit, the built-in forms and the indicators with "
	"their targets.\n"
	"\n"
	"  --unit CODE       official code of the place, for example 24\n"
	"  --unit-name NAME  its name\n"
	"  --name NODE       what this node is called; else the unit's name\n"
	"  --listen ADDRESS  where `cayda run` listens, for example 0.0.0.0:5684\n"
	"\n"
	"Example:\n"
	"  cayda init --unit 24 --unit-name 'Tinh Bac Giang' --listen 0.0.0.0:5684\n");

#define ROOT_UNIT_ID ((int64_t)ROOT_NUMBER << 35 | 1) /* the first id that a root gives */
#define ALL_OFFICES 0x3fff                            /* office numbers 1 to this */

struct options {
	const char *code, *unit_name, *name, *listen;
};

static int read_options(struct ctx *ctx, int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"unit-name", required_argument, NULL, 'U'},
	                                      {"name", required_argument, NULL, 'n'},
	                                      {"listen", required_argument, NULL, 'l'},
	                                      {NULL, 0, NULL, 0}};
	int c;

	while ((c = cmd_getopt(ctx, argc, argv, "u:U:n:l:", longs)) != -1) {
		switch (c) {
		case 'u':
			o->code = optarg;
			break;
		case 'U':
			o->unit_name = optarg;
			break;
		case 'n':
			o->name = optarg;
			break;
		case 'l':
			o->listen = optarg;
			break;
		default:
			return STATUS_USAGE;
		}
	}
	if (optind < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind]);
	if (!o->code || !o->unit_name)
		return cmd_usage(ctx, _("give the place: --unit CODE --unit-name NAME"));
	return 0;
}

static int fill_unit(const struct options *o, struct unit *u)
{
	*u = (struct unit){.level = LEVEL_PROVINCE, .households = -1, .population = -1};
	if (strlen(o->code) >= sizeof u->code || strlen(o->unit_name) >= sizeof u->name)
		return err(ERR_TOOBIG, "the unit's code or name is too long");
	strcpy(u->code, o->code);
	strcpy(u->name, o->unit_name);
	return 0;
}

/* All of it is captured, so that it travels down the tree. */
static int fill(struct store *s, const struct unit *u)
{
	int64_t id;
	int rc = unit_add(s, u, &id);

	if (!rc)
		rc = form_add_builtin(s);
	if (!rc)
		rc = indicator_add_builtin(s);
	return rc;
}

int cmd_init(struct ctx *ctx, int argc, char **argv)
{
	struct self self = {.number = ROOT_NUMBER,
	                    .role = ROLE_ROOT,
	                    .scope = ROOT_UNIT_ID,
	                    .office_first = ROOT_NUMBER >> 14,
	                    .office_count = ALL_OFFICES};
	struct options o = {0};
	struct json j;
	struct unit u;
	int rc = read_options(ctx, argc, argv, &o);

	if (rc)
		return rc;
	rc = fill_unit(&o, &u);
	if (!rc && o.name && strlen(o.name) >= sizeof self.name)
		rc = err(ERR_TOOBIG, "the node's name is too long");
	if (rc)
		return rc;
	strcpy(self.name, o.name ? o.name : u.name);
	rc = ctx_open(ctx, STORE_CREATE);
	if (!rc)
		rc = enrol_root(ctx->s, &self);
	if (!rc)
		rc = fill(ctx->s, &u);
	if (!rc && o.listen)
		rc = meta_set_text(ctx->s, "listen", o.listen);
	if (rc)
		return rc;
	if (!ctx->json) {
		printf(_("%s is now the root node of %s.\n"), ctx->home, u.name);
		printf(_("Next: `cayda unit import FILE.csv`, then `cayda invite --unit CODE`.\n"));
		return out_flush();
	}
	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "node", node_text(self.number, (char[ID_TEXT]){0}));
	json_kstr(&j, "unit", u.code);
	return json_end(&j);
}
