/* link.h - CoAP (RFC 7252) over DTLS 1.2 (RFC 6347) with Connection ID (RFC 9146).
 *
 * link*.c are the only files that touch libcoap. A request is a POST of some bytes to a path
 * of one short name, an answer is a code and some bytes. Bodies over a datagram go by
 * libcoap's block-wise transfer (RFC 7959) for now.
 */
#ifndef PROTOCOL_LINK_H
#define PROTOCOL_LINK_H

#include "storage/buf.h"
#include "storage/store.h"

#include <stdbool.h>

#define LINK_PORT 5684             /* coaps, RFC 7252 section 12.7 */
#define LINK_BODY_MAX (512 * 1024) /* bytes of a request or an answer: more is refused */
#define LINK_SESSIONS_MAX 4096     /* DTLS sessions a server holds, oldest idle out first */
#define LINK_ADDR_MAX 128          /* bytes of "host:port", "[v6]:port" or "host", with NUL */

/* Who we are to a peer. Either a pre-shared key (enrolment: ECDHE-PSK, RFC 5489) or a
 * certificate with the certificates that a peer's must be signed by. All borrowed; they must
 * live as long as the link or server. */
struct link_identity {
	const char *psk_id; /* the invited node, as node_text(); NULL: certificates */
	const uint8_t *psk;
	size_t psk_len;
	const uint8_t *key;  /* KEY_LEN bytes */
	const uint8_t *cert; /* DER */
	size_t cert_len;
	struct {
		const uint8_t *der;
		size_t len;
	} trust[2]; /* accepted signers: our parent's, ourselves, the root */
};

/* Who the peer is, as its handshake proved. */
struct link_peer {
	bool enrolling; /* by an invite's secret: number is all that is known */
	uint32_t number;
	enum role role;
	int64_t scope;
};

/* IP bytes (20 of IPv4 or 40 of IPv6, 8 of UDP, and the datagram) since the link was made. */
struct link_count {
	uint64_t sent, received; /* bytes */
	uint64_t datagrams_sent, datagrams_received;
};

/* ---- client --------------------------------------------------------------------------------- */

struct link;
/* Resolves addr (a name may take the resolver's own time) and shakes hands, at most timeout_ms,
 * with the name's addresses in turn. ERR_BAD: no address; ERR_NET: no answer (the text names addr
 * and says what to check); ERR_DENIED: the peer refused us, or its certificate is not signed by
 * one we trust itself. *out is NULL on error, else owned: link_close(). */
int link_connect(const char *addr, const struct link_identity *me, int timeout_ms,
                 struct link **out);
/* One request, one answer. reply is emptied first. 0 for a 2.xx answer. Else ERR_DENIED for 4.01
 * and 4.03, ERR_BAD other 4.xx, ERR_NET for 5.xx, an interrupted transfer (4.08), a timeout (no
 * progress for timeout_ms) or a dead session; the peer's diagnostic text, made printable, is in
 * err_text(). ERR_TOOBIG for a body or an answer over LINK_BODY_MAX. progress may be NULL; it
 * gets the bytes of body that were acknowledged; a nonzero return ends the exchange with it. */
int link_exchange(struct link *l, const char *path, const void *body, size_t len, struct buf *reply,
                  int timeout_ms, int (*progress)(void *arg, size_t done, size_t total), void *arg);
/* The peer as its certificate says; zeroed number when it came by pre-shared key. */
void link_remote(const struct link *l, struct link_peer *out);
void link_counts(const struct link *l, struct link_count *out);
void link_close(struct link *l); /* NULL is allowed; says close_notify */

/* ---- server --------------------------------------------------------------------------------- */

struct link_server;
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
};
/* Listens on addr ("[::]:5684", "0.0.0.0:5684", "127.0.0.1:0" picks a port). The service must
 * outlive the server. paths is a NULL-ended list of resource names. ERR_NET with the reason. */
int link_listen(const char *addr, const struct link_identity *me, const char *const *paths,
                const struct link_service *service, struct link_server **out);
int link_server_port(const struct link_server *v);
void link_server_counts(const struct link_server *v, struct link_count *out);
/* For the one poll loop: a descriptor to wait on, how long at most (-1: as long as you like),
 * and what to call when it is ready or the time is over. Never blocks. */
int link_server_fd(const struct link_server *v);
int link_server_timeout_ms(struct link_server *v);
int link_server_process(struct link_server *v);
void link_server_close(struct link_server *v); /* NULL is allowed */

#endif
