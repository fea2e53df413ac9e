/* cmd_run.c - the agent: one poll loop that serves the nodes below this one. */
#include "agent/cmd.h"
#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "protocol/session.h"
#include "storage/err.h"
#include "storage/meta.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

const char usage_run[] = N_("[--listen ADDRESS]");
const char help_run[] = N_(
	"Listens for the nodes that this one invited, until it is told to stop (Ctrl-C).\n"
	"Recording, reports and `cayda sync` work beside it.\n"
	"\n"
	"  --listen ADDRESS  where to listen, for example 0.0.0.0:5684 or [::]:5684; kept\n"
	"                    for next time\n"
	"\n"
	"Example:\n"
	"  cayda run --listen 0.0.0.0:5684\n");

#define LISTEN_DEFAULT "[::]:5684"

/* Being told to stop comes through the loop, not in the middle of something. */
static int catch_signals(int *fd)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	*fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *fd < 0 ? err(ERR_IO, "signals cannot be received: %s", file_reason(errno)) : 0;
}

static int say_ready(struct ctx *ctx, const char *addr, int port)
{
	char shown[LINK_ADDR_MAX + 8];
	const char *colon = strrchr(addr, ':');
	struct json j;

	snprintf(shown, sizeof shown, "%.*s:%d", (int)(colon ? colon - addr : (long)strlen(addr)),
	         addr, port);
	if (!ctx->json) {
		printf(_("listening on %s\n"), shown);
		return out_flush();
	}
	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "listening", shown);
	json_kint(&j, "port", port);
	json_kint(&j, "pid", getpid());
	json_end(&j);
	return out_flush();
}

static int loop(struct link_server *link, int signals)
{
	struct pollfd fds[] = {{.fd = signals, .events = POLLIN},
	                       {.fd = link_server_fd(link), .events = POLLIN}};
	int rc;

	for (;;) {
		if (poll(fds, 2, link_server_timeout_ms(link)) < 0 && errno != EINTR)
			return err(ERR_IO, "waiting failed: %s", file_reason(errno));
		if (fds[0].revents)
			return 0;
		rc = link_server_process(link);
		if (rc)
			return rc;
	}
}

static int serve(struct ctx *ctx, const char *addr)
{
	struct session_server *server = NULL;
	int lock = -1, signals = -1, rc;

	rc = home_lock(ctx->home, &lock);
	if (!rc)
		rc = catch_signals(&signals);
	if (!rc)
		rc = session_listen(ctx->s, addr, &server);
	if (!rc)
		rc = say_ready(ctx, addr, link_server_port(session_link(server)));
	if (!rc)
		rc = loop(session_link(server), signals);
	session_close(server);
	if (signals >= 0)
		close(signals);
	home_unlock(lock);
	return rc;
}

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
	if (ctx->s->self.role == ROLE_DEVICE)
		return err(ERR_DENIED,
		           "this node is a device: nobody syncs to it; use `cayda sync`");
	if (listen)
		rc = meta_set_text(ctx->s, "listen", listen);
	else if (meta_text(ctx->s, "listen", kept, sizeof kept) == 0)
		listen = kept;
	return rc ? rc : serve(ctx, listen ? listen : LISTEN_DEFAULT);
}
