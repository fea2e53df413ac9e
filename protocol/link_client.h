/* link_client.h - what the files of the connecting end share; only link*.c, and tests of what a
 * hostile client may send, include it. */
#ifndef PROTOCOL_LINK_CLIENT_H
#define PROTOCOL_LINK_CLIENT_H

#include "protocol/link_coap.h"
#include "storage/err.h"

#define TARGETS_MAX 4   /* addresses as a person gave them */
#define WAYS_MAX 16     /* addresses that they resolve to, once for each transport */
#define ATTEMPTS_MAX 6  /* handshakes at once */
#define STAGGER_MS 2500 /* of silence before another way is tried as well */
#define SILENCE_MS 3000 /* and three round trips without an answer: is the server another by now? */
#define RENEW_MS 30000  /* how long a handshake anew is tried, */
#define RENEW_AGAIN_MS 60000 /* and how long not, after it was in vain */

/* A name or address as a person gave it. */
struct target {
	char addr[LINK_ADDR_MAX];
	struct link_lookup *lookup; /* owned; NULL once what it found is in ways */
};

/* Where to try. The lowest rank is tried first. */
struct way {
	coap_address_t to;
	enum link_transport transport;
	uint8_t target;
	uint8_t rank;
	bool tried;
};

/* A handshake under way. */
struct attempt {
	coap_session_t *session; /* owned; NULL: this place is free */
	const struct way *way;
	struct link_peer peer;
	bool refused; /* the host says that nobody listens on the port */
};

struct link {
	coap_context_t *ctx; /* owned */
	int poll_fd;         /* an epoll of ctx and the lookups; owned */
	struct link_identity me;
	struct link_keys keys;
	coap_session_t *session; /* owned; NULL when there is none */
	struct link_peer peer;
	const struct way *way; /* of session, or of the last one that there was */
	unsigned serial;       /* changes with session */

	struct target targets[TARGETS_MAX];
	size_t target_count;
	struct way ways[WAYS_MAX];
	size_t way_count;
	struct attempt attempts[ATTEMPTS_MAX];
	enum link_transport first; /* to be tried first */
	bool opening;
	int64_t open_until_ms;
	int64_t tried_ms;  /* when the last attempt began, or a datagram came since */
	uint64_t heard_of; /* datagrams received until then */
	int64_t began_ms;  /* when the opening did */
	int why;           /* how it ended in vain, and */
	char why_text[ERR_TEXT_MAX];

	int64_t asked_ms;   /* since then the peer owes a sign of life; 0: it owes nothing */
	int64_t heard_ms;   /* the last authentic one */
	int64_t again_ms;   /* not before then is a handshake tried anew */
	int64_t checked_ms; /* when the own address was looked at */
	int rtt_ms;         /* the least seen */
	int64_t shook_ms;   /* when the last handshake ended, and the loss that it saw */
	uint16_t shook_loss;

	bool refused; /* the host says that nobody listens on the port any more */
	bool lost;    /* a request was sent as often as it may be, without an answer */
	void (*datagram)(void *arg, const uint8_t *data, size_t len); /* see link_on_datagram() */
	void *datagram_arg;
	uint8_t token; /* of the request under way: one at a time */
	struct answer {
		bool here;
		unsigned code;
		int format;            /* or -1 */
		uint32_t etag;         /* 0 when there is none */
		coap_block_b_t theirs; /* Block2; num 0 and m 0 when absent */
		const uint8_t *data;   /* in payload */
		size_t len;
		uint8_t payload[LINK_BLOCK];
	} answer;
};

/* ---- link_dial.c: getting a session ---- */

/* Begins to, whether there is one or not; it goes on in link_dial_step(). */
void link_dial(struct link *l, int timeout_ms);
/* Does what is due; called whenever libcoap has done its part. */
void link_dial_step(struct link *l);
/* When something will be due if nothing comes, on link_now_ms(); 0: nothing. */
int64_t link_dial_due_ms(const struct link *l);
void link_dial_end(struct link *l); /* gives up what is under way */
struct attempt *link_attempt_of(struct link *l, const coap_session_t *session);

int link_client_datagrams(struct link *l); /* takes them from now on */

/* ---- link_connect.c ---- */

/* Waits for something to happen, at most until then, and does what is due. */
void link_await(struct link *l, int64_t until_ms);
bool link_has_session(const struct link *l); /* established */
/* Something was sent that the peer should answer to. */
void link_asked(struct link *l);
void link_heard(struct link *l);    /* the peer has answered */
int link_why(const struct link *l); /* tells again how opening ended */

#endif
