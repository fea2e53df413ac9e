/* link.h - CoAP (RFC 7252) over DTLS 1.2 (RFC 6347) with Connection ID (RFC 9146): the client.
 *
 * link*.c are the only files that touch libcoap. There are two ways over a session. An exchange is
 * a POST of some bytes to a path of one short name, and an answer: a code and some bytes. A
 * datagram is what frames travel in, either way, unacknowledged: it may be lost, come twice or out
 * of order. The listening end is in link_listen.h.
 */
#ifndef PROTOCOL_LINK_H
#define PROTOCOL_LINK_H

#include "storage/buf.h"
#include "storage/store.h"

#include <stdbool.h>

#define LINK_PORT 5684             /* coaps, RFC 7252 section 12.7 */
#define LINK_REQUEST_MAX 1024      /* bytes of a request: more is refused; it goes by frames */
#define LINK_BODY_MAX (512 * 1024) /* bytes of an answer */
#define LINK_SESSIONS_MAX 4096     /* DTLS sessions a server holds, oldest idle out first */
#define LINK_MTU 1280              /* bytes of an IP packet that every path of IPv6 takes */
#define LINK_MTU_MAX 1500          /* the largest that link_payload_max() may be asked for */
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
	bool reader;    /* by a key that lets others read: nothing is known of who it is */
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

/* A client's end. It outlives its sessions: one that slept, or has another address by now, goes on by
 * its Connection ID without a handshake; one whose server was started anew, or whose NAT forgot it
 * over TCP, shakes hands again when a request or datagram goes unanswered. */
struct link;
enum link_transport {
	LINK_UDP,
	LINK_TCP
}; /* CoAP over DTLS; over TLS (RFC 8323), same port number */
enum link_state { LINK_OPENING, LINK_UP, LINK_DOWN };

/* Begins to connect to the first of addrs (up to 4, separated by spaces) that answers; never blocks,
 * not even on a name. What is silent for some seconds is given another beside it: the next address,
 * then the other transport; first says which to begin with. *out is owned: link_close(). ERR_BAD: not
 * an address. me is copied, what it points to is borrowed as long as the link lives. */
int link_open(const char *addrs, const struct link_identity *me, enum link_transport first,
              int timeout_ms, struct link **out);
/* The same, and waits, at most timeout_ms. ERR_NET: no answer (the text names the address and says
 * what to check); ERR_DENIED: the peer refused us, or its certificate is not signed by one we
 * trust. *out is NULL on error. */
int link_connect(const char *addrs, const struct link_identity *me, int timeout_ms,
                 struct link **out);
enum link_state link_state(const struct link *l);
/* Of the session, or of the last one that there was. Worth remembering for the network. */
const char *link_address(const struct link *l); /* as it was given; lives as long as the link */
enum link_transport link_transport(const struct link *l);
/* The share of datagrams, of 65,536, that a handshake of the last minute has seen lost; 0 if there was none, or
 * over TCP. */
uint16_t link_loss(const struct link *l);
/* Shakes hands again, when the link is down or the caller has a reason; a session that there is goes
 * on until another has taken its place. link_exchange() does it by itself. */
void link_reopen(struct link *l, int timeout_ms);
/* One request, one answer. reply is emptied first. 0 for a 2.xx answer. Else ERR_DENIED for 4.01
 * and 4.03, ERR_BAD other 4.xx, ERR_NET for 5.xx, an interrupted transfer (4.08), a timeout (no
 * progress for timeout_ms) or a dead session; the peer's diagnostic text, made printable, is in
 * err_text(). ERR_TOOBIG for a body over LINK_REQUEST_MAX or an answer over LINK_BODY_MAX. */
int link_exchange(struct link *l, const char *path, const void *body, size_t len, struct buf *reply,
                  int timeout_ms);
/* Reads a resource, by GET: path may have more than one segment ("a/b"), query may be NULL, accept is
 * a content format or -1. *format is that of reply, or -1 when the peer does not say. Errors as
 * link_exchange(). */
int link_get(struct link *l, const char *path, const char *query, int accept, int *format,
             struct buf *reply, int timeout_ms);
/* The peer as its certificate says; zeroed number when it came by pre-shared key. */
void link_remote(const struct link *l, struct link_peer *out);
void link_counts(const struct link *l, struct link_count *out);
void link_close(struct link *l); /* NULL is allowed; says close_notify */

/* ---- datagrams ------------------------------------------------------------------------------ */

/* The longest payload of a datagram whose IP packet has at most mtu bytes (LINK_MTU_MAX at most),
 * over IPv4 or IPv6: what goes with it is counted in link_datagram.c. 0 when there is no room. */
size_t link_payload_max(size_t mtu);
/* Sends one datagram at once: a NON POST to /f with No-Response (RFC 7967). Nothing is ever queued.
 * ERR_NET when the session is not, or no longer, established; ERR_BUSY when the system has no room
 * for it just now; ERR_TOOBIG over link_payload_max(LINK_MTU_MAX). */
int link_send(struct link *l, const void *data, size_t len);
/* fn gets each of the peer's datagrams, from link_process() and link_exchange(). data is borrowed
 * until it returns. It may send, but not close. NULL: they are dropped. */
void link_on_datagram(struct link *l, void (*fn)(void *arg, const uint8_t *data, size_t len),
                      void *arg);
/* For a poll loop: a descriptor to wait on, how long at most (-1: as long as you like), and what
 * to call when it is ready or the time is over; never blocks. 0 as long as the link is opening or
 * up; when it is down, why, as link_connect(). An idle link waits for nothing. */
int link_fd(const struct link *l);
int link_timeout_ms(struct link *l);
int link_process(struct link *l);

#endif
