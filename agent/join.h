/* join.h - a home becomes the node that an invite speaks of, by a command or by a page. */
#ifndef AGENT_JOIN_H
#define AGENT_JOIN_H

#include "agent/agent.h"
#include "agent/cmd.h"
#include "protocol/invite.h"

/* Opens, and makes, the home of ctx. name NULL or "": as the invite says. On error nothing is open. ERR_BAD for what is no
 * invite, ERR_EXISTS for a home that is a node, ERR_TOOBIG. */
int join_home(struct ctx *ctx, const char *invite, const char *name, struct invite_text *out);

/* Serves pages that take an invite until the home is a node: 0, with ctx->s open and conf->api the pages; 1 when it is
 * told to stop; ERR_*. */
int join_wait(struct ctx *ctx, struct agent_conf *conf);

#endif
