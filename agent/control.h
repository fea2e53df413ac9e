/* control.h - asking the agent that holds a home to sync, over a socket in that home.
 *
 * Lines of text. The asker says "sync"; the agent answers with "progress DONE TOTAL" now and then and ends
 * with "done ..." or "failed CODE TEXT". Whoever may write to the home may ask.
 */
#ifndef AGENT_CONTROL_H
#define AGENT_CONTROL_H

#include "protocol/session.h"

#include <poll.h>

#define CONTROL_CLIENTS 8

/* ---- the agent ------------------------------------------------------------------------------- */

struct control {
	int fd; /* -1: not open */
	char home[4096];
	struct control_client {
		int fd; /* -1: free */
		bool waits;
		size_t len;
		char line[64];
	} client[CONTROL_CLIENTS];
};

int control_open(struct control *c, const char *home);
void control_close(struct control *c);
/* Appends what is to be waited for; returns how many. */
int control_fds(const struct control *c, struct pollfd *out);
#define CONTROL_FDS (CONTROL_CLIENTS + 1)
/* Takes what came; true when somebody asks for a sync. */
bool control_process(struct control *c);
/* Tells those who wait. rc 1 or 0: it ended well. */
void control_progress(struct control *c, uint64_t done, uint64_t total);
void control_ended(struct control *c, int rc, const struct session_result *r);

/* ---- who asks ---------------------------------------------------------------------------------- */

/* As session_sync(), by the agent that runs. ERR_NOTFOUND without text: none does. */
int control_sync(const char *home, const struct session_watch *watch, struct session_result *out);

#endif
