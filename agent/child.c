/* child.c - this program, run again beside the agent. */
#include "agent/child.h"

#include "agent/file.h"
#include "storage/err.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENDS_AS 3 /* the descriptor that tells, by its end, of the child's */
#define LINE_MAX_SAID 400
#define YIELDS 5 /* niceness */

static void drop(struct child *c)
{
	close(c->ends);
	close(c->text);
	close(c->err);
	*c = (struct child){0};
}

/* A place that is free, else the one whose answer nobody fetched for the longest. NULL: as many run as may. */
static struct child *place(struct children *k)
{
	struct child *c, *best = NULL, *end = k->child + CHILD_PLACES;
	int run = 0;

	for (c = k->child; c < end; c++) {
		run += c->pid != 0;
		if (!c->pid && (!best || c->ticket < best->ticket))
			best = c;
	}
	if (run == CHILDREN)
		return NULL;
	if (best->ticket)
		drop(best);
	return best;
}

static struct child *find(struct children *k, uint64_t ticket)
{
	int i;

	for (i = 0; i < CHILD_PLACES; i++)
		if (ticket && k->child[i].ticket == ticket)
			return &k->child[i];
	return NULL;
}

/* In the child, until it is another program: only what POSIX lets a fork do. */
static void become(const char *program, char *const argv[], const struct child *c, int ends)
{
	long most = sysconf(_SC_OPEN_MAX), fd;
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpriority(PRIO_PROCESS, 0, YIELDS); /* whoever syncs comes first */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* The four are above ENDS_AS: the agent's own inputs and outputs are not among them. */
	if (dup2(c->text, 1) < 0 || dup2(c->err, 2) < 0 || dup2(ends, ENDS_AS) < 0)
		_exit(1);
	for (fd = ENDS_AS + 1; fd < most && fd < 4096; fd++)
		close((int)fd);
	execv(program, argv);
	_exit(1);
}

/* Above those that a child gives new meanings to. */
static int lifted(int fd)
{
	int up;

	if (fd < 0 || fd > ENDS_AS)
		return fd;
	up = fcntl(fd, F_DUPFD_CLOEXEC, ENDS_AS + 1);
	close(fd);
	return up;
}

int child_start(struct children *k, const char *program, char *const argv[], uint64_t *ticket)
{
	struct child *c = place(k);
	int ends[2];

	if (!program)
		return err(ERR_DENIED, "reports cannot be made from here");
	if (!c)
		return err(ERR_BUSY, "there is too much to do at once: try again");
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return err(ERR_IO, "a report cannot be begun: %s", file_reason(errno));
	*c = (struct child){.ends = lifted(ends[0]),
	                    .text = lifted(memfd_create("text", MFD_CLOEXEC)),
	                    .err = lifted(memfd_create("err", MFD_CLOEXEC))};
	ends[1] = lifted(ends[1]);
	c->pid = c->ends < 0 || c->text < 0 || c->err < 0 || ends[1] < 0 ? -1 : fork();
	if (c->pid == 0)
		become(program, argv, c, ends[1]);
	err(ERR_IO, "a report cannot be begun: %s", file_reason(errno));
	close(ends[1]);
	if (c->pid < 0) {
		drop(c);
		return ERR_IO;
	}
	*ticket = c->ticket = ++k->last;
	return 0;
}

static int read_all(int fd, struct buf *out)
{
	char piece[16 * 1024];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, piece, sizeof piece, at)) > 0) {
		at += n;
		if (at > CHILD_TEXT_MAX)
			return err(ERR_TOOBIG,
			           "the report is too big to be sent: ask for a part of it");
		buf_add(out, piece, (size_t)n);
	}
	return n < 0 ? err(ERR_IO, "a report cannot be read: %s", file_reason(errno)) : out->err;
}

/* The first line that it complained by, without the program's name. */
static int complaint(const struct child *c)
{
	static const char name[] = "cayda: ";
	char line[LINE_MAX_SAID + 1], *text = line;
	ssize_t n = pread(c->err, line, LINE_MAX_SAID, 0);

	line[n > 0 ? n : 0] = 0;
	line[strcspn(line, "\n")] = 0;
	if (!strncmp(text, name, sizeof name - 1))
		text += sizeof name - 1;
	if (!*text)
		return err(ERR_IO, "a report was ended before it was ready: try again");
	return err(ERR_BAD, "%s", text);
}

int child_take(struct children *k, uint64_t ticket, struct buf *out)
{
	struct child *c = find(k, ticket);
	int rc;

	if (!c)
		return err(ERR_NOTFOUND, "a report was ended before it was ready: try again");
	if (c->pid)
		return 1;
	rc = WIFEXITED(c->status) && !WEXITSTATUS(c->status) ? read_all(c->text, out)
	                                                     : complaint(c);
	drop(c);
	return rc;
}

int child_fds(const struct children *k, struct pollfd *out)
{
	int i, n = 0;

	for (i = 0; i < CHILD_PLACES; i++)
		if (k->child[i].pid)
			out[n++] = (struct pollfd){.fd = k->child[i].ends, .events = POLLIN};
	return n;
}

static void reap(struct child *c)
{
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
}

bool child_process(struct children *k)
{
	bool ended = false;
	char byte;
	int i;

	for (i = 0; i < CHILD_PLACES; i++) {
		struct child *c = &k->child[i];

		if (!c->pid || read(c->ends, &byte, 1) < 0)
			continue;
		reap(c); /* it has closed what only its end closes */
		ended = true;
	}
	return ended;
}

void child_end_all(struct children *k)
{
	int i;

	for (i = 0; i < CHILD_PLACES; i++) {
		if (k->child[i].pid) {
			kill(k->child[i].pid, SIGKILL);
			reap(&k->child[i]);
		}
		if (k->child[i].ticket)
			drop(&k->child[i]);
	}
}
