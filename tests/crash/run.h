/* run.h - programs that run under the test's hand, and are killed with SIGKILL at their nth system call or
 * after some microseconds.
 *
 * Nothing of a home changes between two system calls but the shared memory of the WAL's index, which the
 * kills by time are for.
 */
#ifndef TESTS_CRASH_RUN_H
#define TESTS_CRASH_RUN_H

#include <stdbool.h>
#include <sys/types.h>

#define RUN_MAX 4 /* programs at a time */

struct run {
	pid_t pid;
	bool traced;
	bool ended;
	bool killed; /* by us */
	long left;   /* system calls until it is killed; negative: it is not */
	long count;  /* system calls so far */
	int status;  /* as waitpid() gives it, once ended */
};

/* True when this process may follow others' system calls. */
bool run_can_trace(void);

/* Starts argv with its stdout in the file out, its stderr in err.txt. It is killed at its system call
 * number `left` when that is not negative. */
void run_start(struct run *r, const char *out, const char *const argv[], bool traced, long left);
/* Lets all that run go on until r has ended. */
void run_wait(struct run *r);
/* The same until a or b has ended. */
void run_wait_either(struct run *a, struct run *b);
/* The same until text is a part of the file, or r has ended. */
void run_wait_text(struct run *r, const char *file, const char *text);
/* Lets it go on for so long, then kills it; all others go on. */
void run_kill_after(struct run *r, long delay_us);
/* Exit status; -1 when it was killed. */
int run_status(const struct run *r);

/* A whole file as text, at most cap - 1 bytes; "" when it is not there. */
const char *run_text(const char *file, char *out, unsigned cap);

#endif
