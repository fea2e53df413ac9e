/* session.h - a node talking to its parent, and serving its children: sync and enrolment
 * (pure) put onto link (the network).
 */
#ifndef PROTOCOL_SESSION_H
#define PROTOCOL_SESSION_H

#include "protocol/link_listen.h"
#include "protocol/sync.h"

/* What a sync did, for people. */
struct session_result {
	char addr[LINK_ADDR_MAX]; /* that answered */
	bool enrolled;            /* this was first contact */
	bool up_to_date;          /* there was nothing to do */
	uint64_t packs_sent, packs_received, refused, rounds;
	uint64_t bytes_sent, bytes_received; /* IP, handshakes included */
	double seconds;
};

/* Called now and then with the bytes of this node's packs that went up so far and in all, as
 * known; a nonzero return ends the sync, which can be taken up again. */
struct session_progress {
	int (*fn)(void *arg, uint64_t done, uint64_t total);
	void *arg;
};

/* Enrols if that is still to do, then syncs with the first of the addresses ("host:port ...")
 * that answers. ERR_NET when none does; ERR_DENIED when the one that does is not our parent,
 * or does not take our invite. progress may be NULL. */
int session_sync(struct store *s, const char *addrs, const struct session_progress *progress,
                 struct session_result *out);

/* Serves children on addr. ERR_DENIED when this node has no certificate yet. */
struct session_server;
int session_listen(struct store *s, const char *addr, struct session_server **out);
struct link_server *session_link(struct session_server *v);
void session_close(struct session_server *v); /* NULL is allowed */

#endif
