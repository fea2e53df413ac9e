/* control.c - asking the agent that holds a home to sync. */
#include "agent/control.h"
#include "agent/file.h"
#include "storage/err.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET "agent.sock"
#define ANSWER_MAX 1024 /* bytes of a line of the agent's */

/* A home's name may be longer than a socket's may be: its descriptor's is not. */
static int address(const char *home, struct sockaddr_un *out)
{
	int dir = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);

	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/" SOCKET, dir);
	return dir;
}

/* ---- the agent ------------------------------------------------------------------------------- */

int control_open(struct control *c, const char *home)
{
	struct sockaddr_un a;
	int i, dir = address(home, &a), bad;
	mode_t mask = umask(0077);

	memset(c, 0, sizeof *c);
	snprintf(c->home, sizeof c->home, "%s", home);
	for (i = 0; i < CONTROL_CLIENTS; i++)
		c->client[i].fd = -1;
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	unlink(a.sun_path); /* of an agent that was killed: we hold the home's lock */
	bad = dir < 0 || c->fd < 0 || bind(c->fd, (struct sockaddr *)&a, sizeof a) ||
	      listen(c->fd, CONTROL_CLIENTS);
	umask(mask);
	if (bad)
		err(ERR_IO, "%s/%s cannot be made: %s", home, SOCKET, file_reason(errno));
	if (dir >= 0)
		close(dir);
	return bad ? ERR_IO : 0;
}

static void drop(struct control_client *k)
{
	close(k->fd);
	*k = (struct control_client){.fd = -1};
}

void control_close(struct control *c)
{
	struct sockaddr_un a;
	int i, dir;

	if (c->fd < 0)
		return;
	for (i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].fd >= 0)
			drop(&c->client[i]);
	close(c->fd);
	c->fd = -1;
	dir = address(c->home, &a);
	unlink(a.sun_path);
	if (dir >= 0)
		close(dir);
}

int control_fds(const struct control *c, struct pollfd *out)
{
	int i, n = 0;

	if (c->fd < 0)
		return 0;
	out[n++] = (struct pollfd){.fd = c->fd, .events = POLLIN};
	for (i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].fd >= 0)
			out[n++] = (struct pollfd){.fd = c->client[i].fd, .events = POLLIN};
	return n;
}

static void take_new(struct control *c)
{
	struct control_client *k = c->client;
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	while (fd >= 0 && k < c->client + CONTROL_CLIENTS && k->fd >= 0)
		k++;
	if (fd >= 0 && k == c->client + CONTROL_CLIENTS)
		close(fd);
	else if (fd >= 0)
		*k = (struct control_client){.fd = fd};
}

/* True when its line is there and asks for a sync. */
static bool take_line(struct control_client *k)
{
	ssize_t n = read(k->fd, k->line + k->len, sizeof k->line - 1 - k->len);

	if (n <= 0) {
		if (!n || (errno != EAGAIN && errno != EINTR))
			drop(k);
		return false;
	}
	k->len += (size_t)n;
	k->line[k->len] = 0;
	if (!strcmp(k->line, "sync\n")) {
		k->waits = true;
		k->len = 0;
		return true;
	}
	if (strchr(k->line, '\n') || k->len == sizeof k->line - 1)
		drop(k);
	return false;
}

bool control_process(struct control *c)
{
	bool asked = false;
	int i;

	if (c->fd < 0)
		return false;
	take_new(c);
	for (i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].fd >= 0)
			asked |= take_line(&c->client[i]);
	return asked;
}

/* Who does not read is not waited for. */
static void say(struct control *c, const char *line, bool last)
{
	struct control_client *k;

	for (k = c->client; k < c->client + CONTROL_CLIENTS; k++) {
		if (k->fd < 0 || !k->waits)
			continue;
		if (send(k->fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 || last)
			drop(k);
	}
}

void control_progress(struct control *c, uint64_t done, uint64_t total)
{
	char line[80];

	snprintf(line, sizeof line, "progress %" PRIu64 " %" PRIu64 "\n", done, total);
	say(c, line, false);
}

void control_ended(struct control *c, int rc, const struct session_result *r)
{
	char line[ANSWER_MAX];

	if (rc < 0)
		snprintf(line, sizeof line, "failed %d %s\n", rc, err_text());
	else
		snprintf(line, sizeof line,
		         "done %d %d %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
		         " %" PRIu64 " %.3f %s\n",
		         r->enrolled, r->up_to_date, r->packs_sent, r->packs_received, r->refused,
		         r->rounds, r->bytes_sent, r->bytes_received, r->seconds, r->addr);
	say(c, line, true);
}

/* ---- who asks ---------------------------------------------------------------------------------- */

/* 1: that was its last word, well; 0: go on; ERR_*. */
static int take_answer(const char *line, const struct session_watch *watch,
                       struct session_result *r)
{
	uint64_t done, total;
	int a, b, text = 0, rc;

	if (sscanf(line, "progress %" SCNu64 " %" SCNu64, &done, &total) == 2)
		return watch ? watch->fn(watch->arg, done, total) : 0;
	if (sscanf(line, "failed %d %n", &rc, &text) == 1 && text && rc < 0)
		return err(rc, "%s", line + text);
	if (sscanf(line,
	           "done %d %d %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
	           " %lf %127s",
	           &a, &b, &r->packs_sent, &r->packs_received, &r->refused, &r->rounds,
	           &r->bytes_sent, &r->bytes_received, &r->seconds, r->addr) != 10)
		return err(ERR_BAD, "the agent that runs is of another version: start it anew");
	r->enrolled = a;
	r->up_to_date = b;
	return 1;
}

static int follow(FILE *f, const struct session_watch *watch, struct session_result *out)
{
	char line[ANSWER_MAX];
	int rc = 0;

	while (!rc && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = 0;
		rc = take_answer(line, watch, out);
	}
	if (!rc)
		return err(ERR_NET, "the agent was stopped before the sync was over: try again");
	return rc == 1 ? 0 : rc;
}

int control_sync(const char *home, const struct session_watch *watch, struct session_result *out)
{
	struct sockaddr_un a;
	int dir = address(home, &a), fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool there = dir >= 0 && fd >= 0 && !connect(fd, (struct sockaddr *)&a, sizeof a) &&
	             send(fd, "sync\n", 5, MSG_NOSIGNAL) == 5;
	FILE *f;
	int rc;

	memset(out, 0, sizeof *out);
	if (dir >= 0)
		close(dir);
	f = there ? fdopen(fd, "r") : NULL;
	if (!f) {
		if (fd >= 0)
			close(fd);
		return ERR_NOTFOUND;
	}
	rc = follow(f, watch, out);
	fclose(f);
	return rc;
}
