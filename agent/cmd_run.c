/* cmd_run.c - the agent, from the command line. */
#include "agent/agent.h"
#include "agent/i18n.h"
#include "agent/join.h"
#include "protocol/link.h"
#include "storage/err.h"
#include "storage/meta.h"

#include <string.h>

const char usage_run[] = N_("[--listen ADDRESS] [--plain ADDRESS] [--web PORT]");
const char help_run[] = N_(
	"Runs until it is told to stop (Ctrl-C): sends records soon after a network appears\n"
	"or something was recorded, fetches what is new, and at an office or the province\n"
	"listens for the nodes that were invited. Recording, reports and `cayda sync` work\n"
	"beside it.\n"
	"\n"
	"  --listen ADDRESS  where to listen, for example 0.0.0.0:5684 or [::]:5684; kept\n"
	"                    for next time\n"
	"  --plain ADDRESS   offer coverage to programs of this machine by plain CoAP too, for\n"
	"                    example 127.0.0.1:5683\n"
	"  --web PORT        of the pages that `cayda open` shows, on this machine only; off: none\n"
	"  --memory MB       what transfers under way may take, all nodes together; else 24\n"
	"  --sessions N      nodes whose sessions are kept; else 4096\n"
	"\n"
	"Example:\n"
	"  cayda run --listen 0.0.0.0:5684\n");

#define LISTEN_DEFAULT "[::]:5684"

static int pages_option(struct ctx *ctx, const char *text, int *port)
{
	int64_t v = -1;
	int rc = strcmp(text, "off") ? cmd_number(ctx, "web", text, 1, 65535, &v) : 0;

	*port = (int)v;
	return rc;
}

int cmd_run(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"listen", required_argument, NULL, 'l'},
	                                      {"plain", required_argument, NULL, 'p'},
	                                      {"memory", required_argument, NULL, 'm'},
	                                      {"sessions", required_argument, NULL, 's'},
	                                      {"web", required_argument, NULL, 'w'},
	                                      {NULL, 0, NULL, 0}};
	struct agent_conf conf = {0};
	char kept[LINK_ADDR_MAX];
	int64_t v = 0;
	int c, rc = 0;

	while (!rc && (c = cmd_getopt(ctx, argc, argv, "l:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		if (c == 'l')
			conf.listen = optarg;
		else if (c == 'p')
			conf.plain = optarg;
		else if (c == 'm')
			rc = cmd_number(ctx, "memory", optarg, 2, 1024, &v);
		else if (c == 'w')
			rc = pages_option(ctx, optarg, &conf.pages);
		else
			rc = cmd_number(ctx, "sessions", optarg, 1, LINK_SESSIONS_MAX, &v);
		conf.memory = c == 'm' ? (size_t)v << 20 : conf.memory;
		conf.sessions = c == 's' ? (unsigned)v : conf.sessions;
	}
	if (rc)
		return rc;
	if (optind < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind]);
	rc = ctx_open(ctx, 0);
	if (rc == ERR_NOTFOUND && conf.pages >= 0 && !conf.listen && !conf.plain)
		rc = join_wait(ctx, &conf);
	if (rc)
		return rc > 0 ? 0 : rc;
	if (ctx->s->self.role == ROLE_DEVICE) {
		if (conf.listen || conf.plain)
			return err(ERR_DENIED,
			           "this node is a device: nobody syncs to it; leave --listen out");
		return agent_run(ctx, &conf);
	}
	if (conf.listen)
		rc = meta_set_text(ctx->s, "listen", conf.listen);
	else if (meta_text(ctx->s, "listen", kept, sizeof kept) == 0)
		conf.listen = kept;
	if (!conf.listen)
		conf.listen = LISTEN_DEFAULT;
	return rc ? rc : agent_run(ctx, &conf);
}
