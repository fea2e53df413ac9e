/* cmd_run.c - the agent, from the command line. */
#include "agent/agent.h"
#include "agent/i18n.h"
#include "protocol/link.h"
#include "storage/err.h"
#include "storage/meta.h"

const char usage_run[] = N_("[--listen ADDRESS]");
const char help_run[] = N_(
	"Runs until it is told to stop (Ctrl-C): sends records soon after a network appears\n"
	"or something was recorded, fetches what is new, and at an office or the province\n"
	"listens for the nodes that were invited. Recording, reports and `cayda sync` work\n"
	"beside it.\n"
	"\n"
	"  --listen ADDRESS  where to listen, for example 0.0.0.0:5684 or [::]:5684; kept\n"
	"                    for next time\n"
	"\n"
	"Example:\n"
	"  cayda run --listen 0.0.0.0:5684\n");

#define LISTEN_DEFAULT "[::]:5684"

int cmd_run(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"listen", required_argument, NULL, 'l'},
	                                      {NULL, 0, NULL, 0}};
	const char *listen = NULL;
	char kept[LINK_ADDR_MAX];
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "l:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		listen = optarg;
	}
	if (optind < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind]);
	rc = ctx_open(ctx, 0);
	if (rc)
		return rc;
	if (ctx->s->self.role == ROLE_DEVICE) {
		if (listen)
			return err(ERR_DENIED,
			           "this node is a device: nobody syncs to it; leave --listen out");
		return agent_run(ctx, NULL);
	}
	if (listen)
		rc = meta_set_text(ctx->s, "listen", listen);
	else if (meta_text(ctx->s, "listen", kept, sizeof kept) == 0)
		listen = kept;
	return rc ? rc : agent_run(ctx, listen ? listen : LISTEN_DEFAULT);
}
