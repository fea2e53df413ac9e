/* cmd_open.c - opens the pages of the agent that runs, in a browser. */
#include "agent/cmd.h"
#include "agent/http_door.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "protocol/identity.h"
#include "storage/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

const char usage_open[] = N_("[--print]");
const char help_open[] = N_(
	"Opens the pages of `cayda run` in a browser: $BROWSER, or the one of this machine. The\n"
	"address is good once and for two minutes, so that nobody else who sees it can use it.\n"
	"\n"
	"  --print  only print the address\n"
	"\n"
	"Example:\n"
	"  cayda open\n");

/* Who holds the home is the agent; whoever else has its port by now is not to get a code. */
static int find(const char *home, struct door *d)
{
	int lock, rc = home_lock(home, &lock);

	if (!rc) {
		home_unlock(lock);
		return err(ERR_NOTFOUND, "no agent runs here: start it with 'cayda run'");
	}
	if (rc != ERR_BUSY)
		return rc;
	rc = door_read(home, d);
	return rc ? err(rc, "the agent that runs serves no pages: start it without '--web off'")
	          : 0;
}

/* In a grandchild, so that nothing is left to wait for. True when the program was there. */
static bool start(const char *program, const char *url)
{
	int report[2], failed = 0;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC))
		return false;
	pid = fork();
	if (pid == 0) {
		if (fork() == 0) {
			setsid();
			execlp(program, program, url, (char *)NULL);
			failed = errno;
			if (write(report[1], &failed, sizeof failed) < 0)
				_exit(2);
		}
		_exit(0);
	}
	close(report[1]);
	if (pid > 0) {
		waitpid(pid, NULL, 0);
		if (read(report[0], &failed, sizeof failed) > 0)
			pid = -1;
	}
	close(report[0]);
	return pid > 0;
}

static bool browse(const char *url)
{
	const char *const programs[] = {getenv("BROWSER"), "termux-open-url", "xdg-open"};
	size_t i;

	for (i = 0; i < sizeof programs / sizeof *programs; i++)
		if (programs[i] && *programs[i] && start(programs[i], url))
			return true;
	return false;
}

static int tell(const struct ctx *ctx, const char *url)
{
	struct json j;

	if (!ctx->json) {
		puts(url);
		return 0;
	}
	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "url", url);
	return json_end(&j);
}

int cmd_open(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"print", no_argument, NULL, 'p'},
	                                      {NULL, 0, NULL, 0}};
	char code[DOOR_CODE_TEXT], url[DOOR_CODE_TEXT + 64];
	bool print = ctx->json;
	struct door d;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "p", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		print = true;
	}
	if (optind < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind]);
	rc = find(ctx->home, &d);
	if (rc)
		return rc;
	door_init(&d, &identity_env);
	door_code(&d, door_now_ms(), code);
	snprintf(url, sizeof url, "http://127.0.0.1:%d/open?code=%s", d.port, code);
	if (!print && browse(url)) {
		printf(_("the browser opens http://127.0.0.1:%d\n"), d.port);
		return 0;
	}
	if (!print)
		fprintf(stderr, "%s\n", _("There is no browser here to start. Open this address:"));
	return tell(ctx, url);
}
