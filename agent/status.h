/* status.h - what this node is and what waits to be sent, for a command and for pages. */
#ifndef AGENT_STATUS_H
#define AGENT_STATUS_H

#include "agent/cmd.h"
#include "agent/out.h"
#include "protocol/invite.h"
#include "storage/held.h"

struct status {
	struct ctx *ctx;
	char node[ID_TEXT], parents[INVITE_ADDRS_MAX], listen[128];
	struct unit unit;
	int64_t parent_unit;               /* what the parent works for; 0: not known yet */
	int64_t pending;                   /* saved, not sealed */
	int64_t packs, at_parent, at_root; /* of this node's own */
	int64_t stay;                      /* personal: the parent may not have them */
	int64_t held;                      /* packs of others */
	struct held_counts records;        /* made here */
};

int status_gather(struct ctx *ctx, struct status *out);
/* Its members, in the object that is open. */
void status_json(const struct status *st, struct json *j);
const char *status_role(enum role r); /* translated */

#endif
