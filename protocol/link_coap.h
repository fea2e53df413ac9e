/* link_coap.h - what the two ends of a link share; only link*.c include it.
 *
 * Block-wise transfer (RFC 7959) is done here and not by libcoap, whose own keeps as many bytes
 * as a peer names, drops a body 93 s after it began, and does not say how far it is.
 */
#ifndef PROTOCOL_LINK_COAP_H
#define PROTOCOL_LINK_COAP_H

#include "protocol/link.h"

#include <netdb.h>

#include <coap3/coap.h>

#define LINK_BLOCK_SZX 6                          /* 2^(6+4) bytes, the largest block there is */
#define LINK_BLOCK ((size_t)16 << LINK_BLOCK_SZX) /* 1,024: with all headers under 1,280 */
#define LINK_DIAGNOSTIC_MAX 400                   /* bytes of an error's text, both ways */
#define LINK_PATH_MAX 32                          /* bytes of a resource's name, with NUL */
#define LINK_DATAGRAM_PATH "f"                    /* the resource that takes datagrams */

/* What libcoap wants of an identity: DER and PEM that live as long as the context does. */
struct link_keys {
	uint8_t key[160];
	size_t key_len;
	struct buf trust; /* PEM of the accepted signers, with its NUL */
};

/* A context without anything in it yet; ERR_NOMEM. libcoap's log is off unless the
 * environment's CAYDA_COAP_LOG says a level, 0 to 8. */
int link_context_new(coap_context_t **out);

int link_keys_init(struct link_keys *k, const struct link_identity *me);
void link_keys_release(struct link_keys *k);

/* A libcoap set-up for certificates: both sides show theirs, signed directly by one of trust. check
 * is called in the handshake with the peer's. */
void link_pki(const struct link_identity *me, const struct link_keys *k,
              coap_dtls_cn_callback_t check, void *arg, coap_dtls_pki_t *out);
/* For check: 0 and *out when the certificate at this depth of the chain may stand. depth 0 is
 * the peer's own. */
int link_pki_peer(const uint8_t *der, size_t len, unsigned depth, int validated,
                  struct link_peer *out);

/* Splits "host", "host:port", "[v6]:port" or "v6" and resolves it; ERR_BAD, ERR_NET. passive: an
 * address to listen on. *out is owned: freeaddrinfo(). */
int link_resolve(const char *addr, bool passive, struct addrinfo **out);

/* As link_send(), for either end's session. */
int link_datagram_send(coap_session_t *session, const void *data, size_t len);
/* Adds the resource that takes them. */
int link_datagram_resource(coap_context_t *ctx, coap_method_handler_t fn);

void link_traffic(const coap_context_t *ctx, struct link_count *out);

/* The start of text of at most max bytes that ends with a whole UTF-8 character. */
size_t link_utf8_prefix(const uint8_t *text, size_t len, size_t max);
/* Copies what is printable UTF-8 from a peer's text; anything else becomes '?'. */
void link_printable(const uint8_t *text, size_t len, char *out, size_t size);

int64_t link_now_ms(void); /* monotonic */

/* ---- the client ---- */

struct link {
	coap_context_t *ctx;     /* owned */
	coap_session_t *session; /* owned by ctx */
	struct link_keys keys;
	struct link_peer peer;
	char addr[LINK_ADDR_MAX]; /* as the person wrote it */
	bool refused;             /* the host says that nobody listens on the port */
	bool lost;                /* a request was sent as often as it may be, without an answer */
	void (*datagram)(void *arg, const uint8_t *data, size_t len); /* see link_on_datagram() */
	void *datagram_arg;
	uint8_t token; /* of the request under way: one at a time */
	size_t block;  /* bytes of a request's block; the server may ask for less */
	struct answer {
		bool here;
		unsigned code;
		coap_block_b_t ours, theirs; /* Block1 and Block2; num 0 and m 0 when absent */
		const uint8_t *data;         /* in payload */
		size_t len;
		uint8_t payload[LINK_BLOCK];
	} answer;
};

int link_client_datagrams(struct link *l); /* takes them from now on */

#endif
