/* run.c - starting, following and killing programs. */
#include "tests/crash/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define POLL_US 500

static struct run *running[RUN_MAX];

static void die(const char *what)
{
	fprintf(stderr, "FAIL: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* ---- following ---------------------------------------------------------------------------------- */

static struct run *run_of(pid_t pid)
{
	size_t i;

	for (i = 0; i < RUN_MAX; i++)
		if (running[i] && running[i]->pid == pid)
			return running[i];
	return NULL;
}

static void forget(struct run *r)
{
	size_t i;

	for (i = 0; i < RUN_MAX; i++)
		if (running[i] == r)
			running[i] = NULL;
}

static void stopped(struct run *r, int sig)
{
	if (sig == (SIGTRAP | 0x80)) { /* at a system call, or at its end */
		r->count++;
		if (r->left >= 0 && r->count >= r->left) {
			r->killed = true;
			kill(r->pid, SIGKILL);
			return;
		}
		sig = 0;
	} else if (sig == SIGTRAP || sig == SIGSTOP) {
		sig = 0;
	}
	ptrace(PTRACE_SYSCALL, r->pid, 0, sig);
}

/* Handles one thing that happened to a child; false when nothing did. */
static bool follow(int flags)
{
	int status;
	pid_t pid = waitpid(-1, &status, flags | __WALL);
	struct run *r = pid > 0 ? run_of(pid) : NULL;

	if (pid <= 0)
		return false;
	if (!r)
		return true;
	if (WIFSTOPPED(status)) {
		stopped(r, WSTOPSIG(status));
		return true;
	}
	r->ended = true;
	r->status = status;
	forget(r);
	return true;
}

void run_wait_either(struct run *a, struct run *b)
{
	while (!a->ended && !b->ended)
		if (!follow(0) && errno != EINTR)
			die("waitpid");
}

void run_wait(struct run *r)
{
	run_wait_either(r, r);
}

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void pause_us(long us)
{
	struct timespec t = {us / 1000000, us % 1000000 * 1000};

	nanosleep(&t, NULL);
}

void run_kill_after(struct run *r, long delay_us)
{
	long end = now_us() + delay_us, left;

	while (!r->ended && (left = end - now_us()) > 0)
		if (!follow(WNOHANG))
			pause_us(left < POLL_US ? left : POLL_US);
	if (r->ended)
		return;
	r->killed = true;
	kill(r->pid, SIGKILL);
	run_wait(r);
}

const char *run_text(const char *file, char *out, unsigned cap)
{
	FILE *f = fopen(file, "rb");
	size_t n = f ? fread(out, 1, cap - 1, f) : 0;

	out[n] = 0;
	if (f)
		fclose(f);
	return out;
}

void run_wait_text(struct run *r, const char *file, const char *text)
{
	char have[4096];

	while (!r->ended && !strstr(run_text(file, have, sizeof have), text))
		if (!follow(WNOHANG))
			pause_us(POLL_US);
}

/* ---- starting ----------------------------------------------------------------------------------- */

static void redirect(const char *file, int fd)
{
	int to = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (to < 0 || dup2(to, fd) < 0)
		_exit(125);
	close(to);
}

static void become(const char *out, const char *const argv[], bool traced)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	redirect("/dev/null", 0);
	redirect(out, 1);
	redirect("err.txt", 2);
	if (traced && ptrace(PTRACE_TRACEME, 0, 0, 0))
		_exit(126);
	execv(argv[0], (char *const *)(void *)argv);
	_exit(127);
}

void run_start(struct run *r, const char *out, const char *const argv[], bool traced, long left)
{
	size_t i;

	*r = (struct run){.traced = traced, .left = left};
	for (i = 0; i < RUN_MAX && running[i]; i++)
		;
	if (i == RUN_MAX)
		die("too many programs");
	unlink(out); /* what an earlier one said is not for run_wait_text() */
	fflush(stdout);
	r->pid = fork();
	if (r->pid < 0)
		die("fork");
	if (r->pid == 0)
		become(out, argv, traced);
	if (traced) {
		if (waitpid(r->pid, &r->status, __WALL) != r->pid || !WIFSTOPPED(r->status))
			die(argv[0]);
		ptrace(PTRACE_SETOPTIONS, r->pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
		ptrace(PTRACE_SYSCALL, r->pid, 0, 0);
	}
	running[i] = r;
}

int run_status(const struct run *r)
{
	return WIFEXITED(r->status) ? WEXITSTATUS(r->status) : -1;
}

bool run_can_trace(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0))
			_exit(126);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		return false;
	kill(pid, SIGKILL);
	waitpid(pid, &status, __WALL);
	return true;
}
