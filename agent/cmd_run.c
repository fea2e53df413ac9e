/* cmd_run.c - the agent, from the command line. */
#include "agent/agent.h"
#include "agent/i18n.h"
#include "agent/join.h"
#include "protocol/link.h"
#include "storage/err.h"
#include "storage/meta.h"

#include <string.h>
#include <strings.h>

const char usage_run[] = N_("[--listen ADDRESS] [--plain ADDRESS] [--web WHERE]");
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
	"  --web-name NAME   people with an account (cayda account) come in by https://NAME, which\n"
	"                    a proxy on this machine serves\n"
	"  --web ADDRESS:PORT --web-plain  or at that address of this machine, by plain HTTP:\n"
	"                    everybody on that network can read along\n"
	"  --memory MB       what transfers under way may take, all nodes together; else 24\n"
	"  --sessions N      nodes whose sessions are kept; else 4096\n"
	"\n"
	"Example:\n"
	"  cayda run --listen 0.0.0.0:5684\n");

#define LISTEN_DEFAULT "[::]:5684"

/* "off", PORT, ADDRESS:PORT; an IPv6 address in brackets. text is taken apart. */
static int pages_option(struct ctx *ctx, char *text, struct agent_conf *conf)
{
	char *colon = strrchr(text, ':');
	int64_t v = 0;
	int rc;

	conf->no_pages = !strcmp(text, "off");
	conf->pages.address = NULL;
	if (conf->no_pages)
		return 0;
	rc = cmd_number(ctx, "web", colon ? colon + 1 : text, 1, 65535, &v);
	conf->pages.port = (int)v;
	if (rc || !colon)
		return rc;
	*colon = 0;
	if (*text == '[' && colon[-1] == ']') {
		colon[-1] = 0;
		text++;
	}
	if (strcmp(text, "127.0.0.1") && strcmp(text, "::1") && strcmp(text, "localhost"))
		conf->pages.address = text;
	return 0;
}

/* As browsers name it in Host: not one of this machine's own names, which are not for accounts. */
static int name_option(struct ctx *ctx, const char *text, struct agent_conf *conf)
{
	static const char chars[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
	size_t n = strspn(text, chars);
	const char *port = text[n] == ':' ? text + n + 1 : "443";

	conf->pages.name = text;
	if (!n || strspn(port, "0123456789") != strlen(port) || !*port || strlen(text) > 255 ||
	    (text[n] && text[n] != ':') || !strncmp(text, "127.", 4) ||
	    !strncasecmp(text, "localhost", 9))
		return cmd_usage(
			ctx,
			_("--web-name wants the name that people type, like cayda.example.vn, "
		          "not '%s'"),
			text);
	return 0;
}

static int check_pages(const struct agent_conf *conf, bool plain)
{
	if (conf->pages.address && !plain)
		return err(ERR_DENIED,
		           "whoever is on that network could read passwords and records: serve the "
		           "pages by https (--web-name), or say --web-plain as well");
	return 0;
}

/* True: it was one of those of pages. */
static bool pages_options(struct ctx *ctx, int c, struct agent_conf *conf, bool *plain, int *rc)
{
	if (c == 'w')
		*rc = pages_option(ctx, optarg, conf);
	else if (c == 'n')
		*rc = name_option(ctx, optarg, conf);
	else if (c == 'u')
		*plain = true;
	return c == 'w' || c == 'n' || c == 'u';
}

/* For an invite, at a home that is no node yet. */
static bool can_wait(const struct agent_conf *conf)
{
	return !conf->no_pages && !conf->pages.address && !conf->pages.name && !conf->listen &&
	       !conf->plain;
}

int cmd_run(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"listen", required_argument, NULL, 'l'},
	                                      {"plain", required_argument, NULL, 'p'},
	                                      {"memory", required_argument, NULL, 'm'},
	                                      {"sessions", required_argument, NULL, 's'},
	                                      {"web", required_argument, NULL, 'w'},
	                                      {"web-name", required_argument, NULL, 'n'},
	                                      {"web-plain", no_argument, NULL, 'u'},
	                                      {NULL, 0, NULL, 0}};
	struct agent_conf conf = {0};
	char kept[LINK_ADDR_MAX];
	int64_t v = 0;
	bool plain = false;
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
		else if (!pages_options(ctx, c, &conf, &plain, &rc))
			rc = cmd_number(ctx, "sessions", optarg, 1, LINK_SESSIONS_MAX, &v);
		conf.memory = c == 'm' ? (size_t)v << 20 : conf.memory;
		conf.sessions = c == 's' ? (unsigned)v : conf.sessions;
	}
	if (rc)
		return rc;
	if (optind < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind]);
	rc = check_pages(&conf, plain);
	if (!rc)
		rc = ctx_open(ctx, 0);
	if (rc == ERR_NOTFOUND && can_wait(&conf))
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
