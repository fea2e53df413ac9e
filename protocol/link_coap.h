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

/* Splits "host", "host:port", "[v6]:port" or "v6" and resolves it, to listen on; ERR_BAD, ERR_NET.
 * *out is owned: freeaddrinfo(). */
int link_resolve(const char *addr, struct addrinfo **out);

/* The same to connect to, without waiting for the resolver: done at once for a number. ERR_BAD,
 * ERR_NET. *out is owned: link_lookup_drop(), which does not wait either. */
struct link_lookup;
int link_lookup_start(const char *addr, struct link_lookup **out);
int link_lookup_fd(const struct link_lookup *k); /* readable once it is done; -1: it was at once */
bool link_lookup_done(struct link_lookup *k);
/* Once it is done: 0, or ERR_NET. The list is borrowed. */
int link_lookup_result(struct link_lookup *k, const struct addrinfo **out);
void link_lookup_drop(struct link_lookup *k);

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

#endif
