/* api.h - the agent's pages and the JSON interface that they use: API.md is its contract.
 *
 * Part of the agent's one loop. Everything goes through the same calls of storage as the commands.
 */
#ifndef AGENT_API_H
#define AGENT_API_H

#include "agent/child.h"
#include "agent/cmd.h"
#include "agent/http.h"
#include "protocol/session.h"

#define API_PORT 8484 /* unless another program has it */

struct api;
struct api_conf {
	int port; /* 0: API_PORT, or any other */
	const char *
		address; /* of this machine, on its network, where accounts come in by plain HTTP; or NULL */
	const char *
		name; /* by which accounts come in over a proxy of this machine, as https has it; or NULL */
};
/* Begins a session of pages, or goes on with that of an agent that was killed. *out is owned, and NULL when there are no
 * pages at all: an error with pages says why they are for this machine only. ctx and conf's texts are borrowed. */
int api_open(struct ctx *ctx, const struct api_conf *conf, struct api **out);
void api_close(struct api *a); /* NULL is allowed; the session ends */
int api_port(const struct api *a);

/* For the loop. All of them take NULL: there are no pages. */
#define API_FDS (HTTP_FDS + CHILDREN)
int api_fds(const struct api *a, struct pollfd *out); /* API_FDS at most */
int api_timeout_ms(struct api *a);
void api_process(struct api *a);

/* What the agent does, for pages to tell. rc as of session_process(). */
bool api_asks_sync(struct api *a); /* somebody did since the last call */
void api_sync_progress(struct api *a, uint64_t done, uint64_t total);
void api_sync_ended(struct api *a, int rc, const struct session_result *r);
void api_records(struct api *a); /* the database was written to */

#endif
