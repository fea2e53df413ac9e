/* link_server.h - what the files of the listening end share; only link_server*.c include it. */
#ifndef PROTOCOL_LINK_SERVER_H
#define PROTOCOL_LINK_SERVER_H

#include "protocol/link_coap.h"
#include "protocol/link_listen.h"

#define SESSION_IDLE_S (7 * 24 * 3600) /* a device is away for days; then it shakes hands again */
#define HANDSHAKES_MAX 256             /* under way at once; about 20 KiB each */
#define HELD_MAX ((size_t)64 << 20)    /* bytes of answers, of all sessions together */
#define HELD_IDLE_MS 60000             /* one not asked for so long gives way to another */
#define KEY_MAX 160                    /* bytes of a path and a query */
#define SEEN_MAX 8 /* requests of a session that are known when they come again */

/* What was answered last, to answer the same when the request comes again. */
struct said {
	uint8_t code;
	bool block2; /* the option is in it */
	bool get;    /* it answers one: with etag and format */
	int format;
	uint32_t etag;
	size_t offset, len; /* of what is in conn.out */
	unsigned szx;       /* of Block2 */
};

/* A peer's session. A client has one request under way, so there is one of each. */
struct link_session {
	struct link_server *server;       /* borrowed */
	struct link_session *prev, *next; /* by last use, see link_server.first */
	coap_session_t *coap;             /* borrowed; it ends first */
	uint64_t key;                     /* see link_session_key() */
	bool met;                         /* the service was told of it, and is told when it goes */
	struct link_peer peer;
	char path[KEY_MAX]; /* of the request that out belongs to, and a GET's query */
	struct buf out;     /* the whole answer */
	struct said said;
	uint16_t seen[SEEN_MAX]; /* message ids, the newest at seen[seen_count - 1 & 7] */
	unsigned seen_count;
	size_t held; /* bytes allocated in out, as counted in the server */
	int64_t used_ms;
};

struct link_server {
	coap_context_t *ctx;                /* owned */
	coap_endpoint_t *endpoint;          /* owned by ctx */
	const struct link_service *service; /* borrowed */
	struct link_keys keys;
	struct buf core;                   /* /.well-known/core */
	struct link_session *first, *last; /* most and least recently used */
	uint64_t keys_given;               /* the last session's key */
	size_t held;                       /* bytes, over all sessions */
	uint8_t psk[32];
	coap_bin_const_t psk_out;
};

/* What libcoap calls. */
int link_server_certificate(const char *cn, const uint8_t *der, size_t len, coap_session_t *session,
                            unsigned depth, int validated, void *arg);
const coap_bin_const_t *link_server_psk(coap_bin_const_t *identity, coap_session_t *session,
                                        void *arg);
int link_server_event(coap_session_t *session, const coap_event_t event);
void link_server_datagram(coap_resource_t *resource, coap_session_t *session,
                          const coap_pdu_t *request, const coap_string_t *query,
                          coap_pdu_t *response);
void link_on_post(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                  const coap_string_t *query, coap_pdu_t *response);

void link_on_get(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                 const coap_string_t *query, coap_pdu_t *response);

/* Adds what can be read, and the list of it. */
int link_add_readable(struct link_server *v, const char *const *paths);
struct link_session *link_session_of(struct link_server *v, coap_session_t *session);

/* ---- link_server_body.c: for both kinds of request ---- */

bool link_make_room(struct link_server *v, size_t need);
void link_count_held(struct link_session *c);
int link_code_of(int rc); /* of an ERR_* */
/* The piece of c->out that Block2 names, or the first. */
void link_say_piece(struct link_session *c, unsigned num, unsigned szx);
void link_refuse(struct link_session *c, int code, const char *text);
void link_say(struct link_session *c, coap_pdu_t *response); /* what c->said says */

void link_session_front(struct link_session *c); /* puts it first in its server's list */
void link_session_unlink(struct link_session *c);
void link_session_drop(struct link_session *c); /* frees its answer */

#endif
