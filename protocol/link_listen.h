/* link_listen.h - the listening end of link.h: serving peers, in one poll loop.
 */
#ifndef PROTOCOL_LINK_LISTEN_H
#define PROTOCOL_LINK_LISTEN_H

#include "protocol/link.h"

struct link_server;
/* A peer's session. It lives from its first request or datagram until gone() is called for it. */
struct link_session;
/* What can be read there, for /.well-known/core (RFC 6690). */
struct link_resource {
	const char *path;       /* one segment */
	const char *attributes; /* "ct=110;title=\"...\"", or "" */
};

struct link_service {
	void *arg;
	/* The secret of an enrolling node: its length in key, at most 32, or ERR_NOTFOUND. psk_id
	 * is as node_text() writes it. Called for anyone who asks, so it must be cheap. */
	int (*secret)(void *arg, const char *psk_id, uint8_t key[32]);
	/* Answers a request: 0 and reply (2.04 Changed), or ERR_*: ERR_DENIED 4.03, ERR_NOTFOUND
	 * 4.04, ERR_BAD 4.00, ERR_TOOBIG 4.13, ERR_BUSY 5.03, else 5.00, with err_text() as the
	 * diagnostic payload. body is never NULL. Called from link_server_process(). */
	int (*request)(void *arg, const struct link_peer *peer, const char *path,
	               const uint8_t *body, size_t len, struct buf *reply);
	/* Takes a peer's datagram; data is borrowed. It may answer by link_server_send(), now or as
	 * long as the session lives. NULL: there is no resource for datagrams. */
	void (*datagram)(void *arg, struct link_session *s, const struct link_peer *peer,
	                 const uint8_t *data, size_t len);
	/* The session has ended, or its peer shakes hands anew: s is not valid after it. Called
	 * for each session, also of those that sent no datagram. May be NULL. */
	void (*gone)(void *arg, struct link_session *s);
	/* As secret, for who may only read: the key of an identity that is not a node's. May be NULL. */
	int (*reader)(void *arg, const char *psk_id, uint8_t key[32]);
	/* Answers a GET of one of resources, of any peer but one that enrols: 0, reply and *format, a
	 * content format (RFC 7252 section 12.3); else as request. query is "" when there is
	 * none, accept -1 when the peer takes anything; another *format than it accepts
	 * becomes 4.06. Called anew when the peer comes for a later block and the answer is
	 * gone. */
	int (*get)(void *arg, const struct link_peer *peer, const char *path, const char *query,
	           int accept, int *format, struct buf *reply);
	const struct link_resource *resources; /* up to one without a path; NULL: none */
};
/* Listens on addr ("[::]:5684", "0.0.0.0:5684", "127.0.0.1:0" picks a port). The service must
 * outlive the server. paths is a NULL-ended list of resource names. ERR_NET with the reason. */
int link_listen(const char *addr, const struct link_identity *me, const char *const *paths,
                const struct link_service *service, struct link_server **out);
/* Offers what can be read, and nothing else, to the programs of this machine as plain CoAP (RFC 7252)
 * on addr, a number of the loopback; ERR_BAD when it is not one, ERR_NET. */
int link_listen_plain(struct link_server *v, const char *addr);
int link_server_port(const struct link_server *v);
void link_server_counts(const struct link_server *v, struct link_count *out);
/* For the one poll loop: a descriptor to wait on, how long at most (-1: as long as you like),
 * and what to call when it is ready or the time is over. Never blocks. */
int link_server_fd(const struct link_server *v);
/* How many sessions are kept; LINK_SESSIONS_MAX at first. One takes about 16 KiB. */
void link_server_keep(struct link_server *v, unsigned sessions);
int link_server_timeout_ms(struct link_server *v);
int link_server_process(struct link_server *v);
void link_server_close(struct link_server *v); /* NULL is allowed */

/* Never 0, and never used again by the same server. */
uint64_t link_session_key(const struct link_session *s);
/* As link_send(). */
int link_server_send(struct link_session *s, const void *data, size_t len);

#endif
