/* agent.c - one poll loop: children served, syncs upward, and whoever asks for one. */
#include "agent/agent.h"
#include "agent/autosync.h"
#include "agent/control.h"
#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/resources.h"
#include "agent/watch.h"
#include "protocol/invite.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/traffic.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 1000              /* between looks at what others recorded */
#define HOLD_MS (6 * 3600 * 1000) /* with the month's data used up: then it is looked at again */
#define PROGRESS_MS 500           /* between words of progress */
#define FDS_MAX (5 + CONTROL_FDS + API_FDS)

struct agent {
	struct ctx *ctx;
	struct session_server *server; /* NULL: nobody is served */
	struct session *up;            /* NULL: the root */
	struct api *pages;             /* NULL: none are served */
	struct control control;
	struct watch watch;
	struct autosync when;
	int lock, signals;
	bool asked;   /* somebody waits for a sync */
	bool records; /* the database was written to since it was looked at */
	int64_t looked, told;
	int64_t failed_as; /* ERR_* that was said last, so that it is said once */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- opening ---------------------------------------------------------------------------------- */

int agent_signals(int *fd)
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

static int open_up(struct agent *a)
{
	uint64_t seed = 0;
	struct store *s = a->ctx->s;
	int rc = s->env->random(s->env->arg, &seed, sizeof seed);

	autosync_init(&a->when, seed, now_ms());
	if (rc || s->self.role == ROLE_ROOT)
		return rc;
	rc = session_new(s, &a->up);
	if (!rc)
		rc = control_open(&a->control, a->ctx->home);
	return rc;
}

static int say_ready(struct agent *a, const char *addr)
{
	char shown[LINK_ADDR_MAX + 8];
	const char *colon = addr ? strrchr(addr, ':') : NULL;
	int port = a->server ? session_server_port(a->server) : 0;
	struct json j;

	if (addr)
		snprintf(shown, sizeof shown, "%.*s:%d",
		         (int)(colon ? colon - addr : (long)strlen(addr)), addr, port);
	if (!a->ctx->json) {
		if (addr)
			printf(_("listening on %s\n"), shown);
		else
			printf(_("running: records are sent when there is a network\n"));
		return out_flush();
	}
	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "listening", addr ? shown : NULL);
	json_kint(&j, "port", port);
	json_kint(&j, "pid", getpid());
	json_end(&j);
	return out_flush();
}

/* ---- syncing up --------------------------------------------------------------------------------- */

static bool waits(struct agent *a)
{
	uint64_t bytes = 0;
	int64_t scope;

	meta_int(a->ctx->s, "parent_scope", &scope);
	return !traffic_estimate(a->ctx->s, scope, &bytes) && bytes > 0;
}

/* The month's data is used up: what nobody asked for waits. */
static bool is_held(struct agent *a)
{
	uint64_t used;
	int64_t budget;

	return !a->asked && !agent_budget(a->ctx->s, &budget) && budget &&
	       !agent_used(a->ctx->s, &used) && used >= (uint64_t)budget;
}

static void ended(struct agent *a, int rc)
{
	const struct session_result *r = session_result(a->up);

	if (rc < 0 && rc != a->failed_as)
		fprintf(stderr, "cayda: %s\n", err_text());
	a->failed_as = rc < 0 ? rc : 0;
	control_ended(&a->control, rc, r);
	api_sync_ended(a->pages, rc, r);
	a->asked = false;
	agent_account(a->ctx->s, r);
	autosync_ended(&a->when, rc >= 0, now_ms());
}

static void begin(struct agent *a)
{
	char addrs[INVITE_ADDRS_MAX] = "";
	int rc;

	if (is_held(a)) {
		autosync_hold(&a->when, now_ms() + HOLD_MS);
		return;
	}
	meta_text(a->ctx->s, "parents", addrs, sizeof addrs);
	rc = session_start(a->up, addrs);
	if (rc)
		ended(a, rc);
}

static void go_on(struct agent *a)
{
	uint64_t done, total;
	int rc = session_process(a->up);

	if (rc) {
		ended(a, rc);
	} else if (now_ms() >= a->told + PROGRESS_MS) {
		a->told = now_ms();
		session_progress(a->up, &done, &total);
		control_progress(&a->control, done, total);
		api_sync_progress(a->pages, done, total);
	}
}

/* What came in is looked at, not more than once a second. */
static void look(struct agent *a)
{
	int64_t now = now_ms();

	if (!a->records || now < a->looked + LOOK_MS)
		return;
	a->records = false;
	a->looked = now;
	if (waits(a))
		autosync_recorded(&a->when, now);
}

static void mind_up(struct agent *a, bool moved)
{
	if (moved) {
		autosync_network(&a->when, now_ms());
		session_moved(a->up);
	}
	look(a);
	a->asked |= control_process(&a->control);
	a->asked |= api_asks_sync(a->pages);
	if (session_busy(a->up))
		go_on(a);
	else if (a->asked || now_ms() >= a->when.next)
		begin(a);
	else
		session_process(a->up);
}

/* ---- the loop -------------------------------------------------------------------------------------- */

static int least(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int until(int64_t at)
{
	int64_t left = at - now_ms();

	return left <= 0 ? 0 : left > 3600000 ? 3600000 : (int)left;
}

static int timeout_ms(struct agent *a)
{
	int ms = a->server ? session_server_timeout_ms(a->server) : -1;

	ms = least(ms, api_timeout_ms(a->pages));
	if (!a->up)
		return ms;
	ms = least(ms, session_timeout_ms(a->up));
	if (a->records)
		ms = least(ms, until(a->looked + LOOK_MS));
	return session_busy(a->up) ? ms : least(ms, until(a->when.next));
}

static int add_fd(struct pollfd *fds, int n, int fd)
{
	if (fd >= 0)
		fds[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
	return n;
}

static int loop(struct agent *a)
{
	struct pollfd fds[FDS_MAX];
	bool moved;
	int n, rc;

	for (;;) {
		n = add_fd(fds, 0, a->signals);
		n = a->server ? add_fd(fds, n, session_server_fd(a->server)) : n;
		n = add_fd(fds, n, a->watch.routes);
		n = add_fd(fds, n, a->watch.files);
		if (a->up) {
			n = add_fd(fds, n, session_fd(a->up));
			n += control_fds(&a->control, fds + n);
		}
		n += api_fds(a->pages, fds + n);
		if (poll(fds, (nfds_t)n, timeout_ms(a)) < 0 && errno != EINTR)
			return err(ERR_IO, "waiting failed: %s", file_reason(errno));
		if (fds[0].revents)
			return 0;
		rc = a->server ? session_server_process(a->server) : 0;
		if (rc)
			return rc;
		moved = watch_network(&a->watch);
		if (watch_records(&a->watch)) {
			a->records = true;
			api_records(a->pages);
		}
		api_process(a->pages);
		if (a->up)
			mind_up(a, moved);
	}
}

static int open_server(struct agent *a, const struct agent_conf *conf)
{
	const struct session_offer offer = {.get = agent_get,
	                                    .resources = agent_resources,
	                                    .plain = conf->plain,
	                                    .memory = conf->memory,
	                                    .sessions = conf->sessions};

	return conf->listen ? session_listen(a->ctx->s, conf->listen, &offer, &a->server) : 0;
}

/* Whoever has no pages syncs all the same. */
static void open_pages(struct agent *a, const struct agent_conf *conf)
{
	if (!a->pages && !conf->no_pages && api_open(a->ctx, &conf->pages, &a->pages))
		fprintf(stderr, "cayda: %s\n", err_text());
}

int agent_run(struct ctx *ctx, const struct agent_conf *conf)
{
	struct agent a = {.ctx = ctx,
	                  .pages = conf->api,
	                  .control = {.fd = -1},
	                  .watch = {.routes = -1, .files = -1},
	                  .lock = -1,
	                  .signals = -1};
	int rc = home_lock(ctx->home, &a.lock);

	if (!rc)
		rc = agent_signals(&a.signals);
	if (!rc)
		rc = open_server(&a, conf);
	if (!rc)
		rc = open_up(&a);
	if (!rc) {
		watch_open(&a.watch, ctx->home);
		open_pages(&a, conf);
	}
	if (!rc)
		rc = say_ready(&a, conf->listen);
	if (!rc)
		rc = loop(&a);
	api_close(a.pages);
	control_close(&a.control);
	watch_close(&a.watch);
	session_free(a.up);
	session_close(a.server);
	if (a.signals >= 0)
		close(a.signals);
	home_unlock(a.lock);
	return rc;
}
