/* join.c - a home that is no node yet: pages that take the invite. */
#include "agent/join.h"

#include "agent/agent.h"
#include "agent/api.h"
#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "protocol/enrol.h"
#include "storage/err.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static void forget(struct ctx *ctx)
{
	store_close(ctx->s);
	ctx->s = NULL;
}

int join_home(struct ctx *ctx, const char *invite, const char *name, struct invite_text *out)
{
	int rc = invite_read(invite, out);

	if (!rc && name && strlen(name) >= NAME_MAX_LEN)
		rc = err(ERR_TOOBIG, "the node's name is too long");
	if (rc)
		return rc;
	rc = ctx_open(ctx, STORE_CREATE);
	if (!rc)
		rc = enrol_join(ctx->s, out, name);
	if (rc)
		forget(ctx);
	return rc;
}

static int say_waiting(const struct ctx *ctx)
{
	struct json j;

	if (!ctx->json) {
		puts(_("this home is no node yet: open its pages with 'cayda open', and give the invite there"));
		return out_flush();
	}
	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "waiting", "invite");
	json_kint(&j, "pid", getpid());
	json_end(&j);
	return out_flush();
}

/* The reply to who joined goes out before the agent takes the pages over. */
static int serve(struct ctx *ctx, struct api *pages, int signals)
{
	struct pollfd fds[1 + API_FDS] = {{.fd = signals, .events = POLLIN}};

	while (!ctx->s) {
		int n = 1 + api_fds(pages, fds + 1);

		if (poll(fds, (nfds_t)n, api_timeout_ms(pages)) < 0 && errno != EINTR)
			return err(ERR_IO, "waiting failed: %s", file_reason(errno));
		if (fds[0].revents)
			return 1;
		api_process(pages);
	}
	return 0;
}

int join_wait(struct ctx *ctx, struct agent_conf *conf)
{
	struct api *pages = NULL;
	int lock = -1, signals = -1, rc;

	forget(ctx);
	rc = home_lock(ctx->home, &lock);
	if (!rc)
		rc = agent_signals(&signals);
	if (!rc)
		rc = api_open(ctx, &conf->pages, &pages);
	if (!rc)
		rc = say_waiting(ctx);
	if (!rc)
		rc = serve(ctx, pages, signals);
	if (rc)
		api_close(pages);
	else
		conf->api = pages;
	if (signals >= 0)
		close(signals);
	home_unlock(lock);
	return rc;
}
