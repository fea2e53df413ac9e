/* agent.h - the agent: one poll loop that serves the nodes below this one and syncs up by itself.
 */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "agent/api.h"
#include "protocol/session.h"

struct agent_conf {
	const char *listen; /* NULL: nobody is served */
	const char *plain;  /* where programs of this machine may read by plain CoAP, or NULL */
	size_t memory;      /* bytes that transfers under way may take, or 0 */
	unsigned sessions;  /* of other nodes that are kept, or 0 */
	bool no_pages;
	struct api_conf pages;
	struct api *api; /* pages that are served already, or NULL; the agent closes them */
};

/* Until it is told to stop (SIGINT, SIGTERM). Holds the home's lock; says on stdout once it is ready. */
int agent_run(struct ctx *ctx, const struct agent_conf *conf);

/* Being told to stop (SIGINT, SIGTERM) comes through *fd, not in the middle of something. ERR_IO. */
int agent_signals(int *fd);

/* Bytes a month that syncs which nobody asked for may use: 0 for as many as they need. */
int agent_budget(struct store *s, int64_t *bytes);
int agent_set_budget(struct store *s, int64_t bytes);
/* What a sync used goes to the month's account. */
int agent_account(struct store *s, const struct session_result *r);
/* What this month has used. */
int agent_used(struct store *s, uint64_t *bytes);

#endif
