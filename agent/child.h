/* child.h - this program, run again beside the agent: what takes its time does not keep the one loop from its other
 * work. What a child prints is kept until it is taken; nobody has to.
 */
#ifndef AGENT_CHILD_H
#define AGENT_CHILD_H

#include "storage/buf.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define CHILDREN 2      /* at a time: as many as a cheap machine has processors */
#define CHILD_PLACES 10 /* with those that nobody came back to: the oldest makes room */
#define CHILD_ARGS 24   /* of one, the program's name and the NULL included */
#define CHILD_TEXT_MAX \
	(32 * 1024 * 1024) /* printed: every village with every figure is a quarter */

struct child {
	uint64_t ticket;     /* 0: this place is free */
	pid_t pid;           /* 0: it has ended */
	int status;          /* as of waitpid(), when it has */
	int ends, text, err; /* descriptors: closed when it ends; what it printed */
};

/* All zeros to begin with. */
struct children {
	struct child child[CHILD_PLACES];
	uint64_t last; /* ticket */
};

/* Runs program with argv (argv[0] is its name, a NULL ends it). *ticket: what to ask by, never 0.
 * program NULL: ERR_DENIED. ERR_BUSY when as many run as may; ERR_IO. */
int child_start(struct children *k, const char *program, char *const argv[], uint64_t *ticket);
/* 1: it runs. 0: it ended well, and what it printed is added to out. ERR_BAD: it said why not, as err_text() does;
 * ERR_IO, ERR_TOOBIG. Unless it runs, its ticket is used up. ERR_NOTFOUND: there is none by that ticket. */
int child_take(struct children *k, uint64_t ticket, struct buf *out);

/* For the loop: appends what is to be waited for, returns how many; did one end since the last call? */
int child_fds(const struct children *k, struct pollfd *out);
bool child_process(struct children *k);
/* Ends those that run. */
void child_end_all(struct children *k);

#endif
