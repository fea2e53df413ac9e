/* watch.h - what the agent notices: the network, and what others record in the same home. */
#ifndef AGENT_WATCH_H
#define AGENT_WATCH_H

#include <stdbool.h>

struct watch {
	int routes, files; /* -1: this machine does not tell */
};

/* A machine that cannot tell is no error: the timer remains. */
void watch_open(struct watch *w, const char *home);
void watch_close(struct watch *w);
/* A route or an address appeared since the last call (rtnetlink(7)). */
bool watch_network(struct watch *w);
/* The database was written to since the last call, by whomever (inotify(7)). */
bool watch_records(struct watch *w);

#endif
