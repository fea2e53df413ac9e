/* inviting.h - an invite for a node below this one, as commands and pages ask for it. */
#ifndef AGENT_INVITING_H
#define AGENT_INVITING_H

#include "agent/cmd.h"
#include "protocol/invite.h"

struct inviting {
	const char *unit;             /* code or name; must be there */
	const char *role;             /* NULL: device for a village, office for anything above */
	const char *name;             /* NULL: the unit's */
	char addrs[INVITE_ADDRS_MAX]; /* "": those of last time */
	int64_t offices;              /* that it may invite in its turn, 0 to INVITING_OFFICES */
};
#define INVITING_OFFICES 0x3ffe /* office numbers there are, without the root's and its own */

int inviting_address(struct inviting *o, const char *addr); /* one more; ERR_BAD, ERR_TOOBIG */
/* Those of last time, "" when there was none. */
int inviting_addresses(struct ctx *ctx, char out[INVITE_ADDRS_MAX]);
/* Keeps the addresses for next time, leases a number, and writes the line. ERR_NOTFOUND: no such unit, or no address
 * yet; and what enrol_invite() says. */
int inviting_make(struct ctx *ctx, struct inviting *o, struct invite_text *inv,
                  char text[INVITE_TEXT_MAX]);

#endif
