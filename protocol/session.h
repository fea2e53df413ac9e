/* session.h - a node talking to its parent, and serving its children: sync and enrolment
 * (pure) put onto exchange (pure) and link (the network).
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

/* ---- the node that syncs up, in a poll loop -------------------------------------------------- */

/* Keeps its link between syncs: the next one needs no handshake. */
struct session;
int session_new(struct store *s, struct session **out);
void session_free(struct session *x); /* NULL is allowed; ends a sync that is under way */
/* Begins a sync, with enrolment if that is still to do, with the first of the addresses
 * ("host:port ...") that answers. ERR_NOTFOUND when there are none; ERR_BUSY while one is under
 * way. */
int session_start(struct session *x, const char *addrs);
bool session_busy(const struct session *x);
/* For the loop: -1 when there is nothing to wait on; milliseconds, -1 for as long as you like. */
int session_fd(const struct session *x);
int session_timeout_ms(struct session *x);
/* To call when either is due. 1: the sync has just ended; 0: nothing new. ERR_NET: nobody answers, or no
 * longer; ERR_DENIED: the one that does is not our parent, or does not take our invite. After an error
 * the sync is over, and another goes on where it stopped. */
int session_process(struct session *x);
/* Of the sync under way, or of the last one. */
const struct session_result *session_result(const struct session *x);
/* Bytes of packs that went up, and that there were to go as far as is known. */
void session_progress(const struct session *x, uint64_t *done, uint64_t *total);
/* The network may be another one: whatever waits for the old one tries at once. */
void session_moved(struct session *x);

/* The same at once. Called now and then with progress; a nonzero return of fn ends the sync with it. */
struct session_watch {
	int (*fn)(void *arg, uint64_t done, uint64_t total);
	void *arg;
};
/* watch may be NULL. */
int session_sync(struct store *s, const char *addrs, const struct session_watch *watch,
                 struct session_result *out);

/* ---- the node that is synced to ----------------------------------------------------------------- */

/* What is offered besides, and how much may be used. Zeroed: nothing, and defaults. */
struct session_offer {
	/* Answers a GET of one of resources, of a node or of a reader (storage/reader.h), as link_service's
	 * get does; arg is the store. */
	int (*get)(void *arg, const char *path, const char *query, int accept, int *format,
	           struct buf *reply);
	const struct link_resource *resources; /* up to one without a path */
	const char
		*plain; /* where the same is there by plain CoAP, on the loopback; NULL: nowhere */
	size_t memory;  /* bytes that transfers under way may take, both ways; 0: 24 MiB */
	unsigned sessions; /* that are kept; 0: LINK_SESSIONS_MAX */
};

/* Serves children on addr. offer may be NULL; it is copied. ERR_DENIED when this node has no
 * certificate yet. */
struct session_server;
int session_listen(struct store *s, const char *addr, const struct session_offer *offer,
                   struct session_server **out);
int session_server_port(const struct session_server *v);
int session_server_fd(const struct session_server *v);
int session_server_timeout_ms(struct session_server *v);
int session_server_process(struct session_server *v);
void session_close(struct session_server *v); /* NULL is allowed */

#endif
