/* exchange.h - a request and its answer over a bad line, each of up to EXCHANGE_MAX bytes.
 *
 * Both are transfers of frames (frame.h). A request that fits one frame and its answer that does cost
 * one datagram each; the asking side repeats its frame until the answer is here. A request is kept
 * in the database while it is under way if it is long, and so are the frames that have arrived, at either
 * end: after a restart it goes on. PROTOCOL.md, "Exchange".
 *
 * Pure but for the database: datagrams in and out, told the time in microseconds of any monotonic clock.
 */
#ifndef PROTOCOL_EXCHANGE_H
#define PROTOCOL_EXCHANGE_H

#include "protocol/frame_send.h"
#include "protocol/frame_table.h"
#include "storage/buf.h"
#include "storage/store.h"

#define EXCHANGE_MAX (512 * 1024) /* bytes of a request or an answer */

/* ---- the side that asks ---------------------------------------------------------------------- */

struct exchange_due; /* states that are to be sent, and frames to be kept before; exchange_due.h */
struct exchange {
	struct store *s; /* borrowed */
	uint32_t peer;   /* whom we ask */
	struct frame_line line;
	struct frame_conf conf;
	struct buf content; /* of the request, with its nonce */
	uint8_t id[FRAME_ID];
	bool asking, kept;
	struct frame_send send;
	struct frame_table table; /* of answers */
	struct exchange_due *due; /* owned */
	struct buf answer;        /* owned: what was answered, once answered */
	bool answered;
	int64_t heard; /* time of the last datagram */
	int failed;    /* ERR_*: the database cannot keep what arrives */
};

/* line: what is known of the line, or NULL. ERR_NOMEM. Ends with exchange_release(). */
int exchange_init(struct exchange *x, struct store *s, uint32_t peer, const struct frame_line *line,
                  const struct frame_conf *conf);
void exchange_release(struct exchange *x);
/* A request; an earlier one that was not answered is forgotten. ERR_TOOBIG. */
int exchange_ask(struct exchange *x, const void *request, size_t len, int64_t now);
/* The request that an earlier process had under way, taken up again; request is borrowed until the
 * next call. ERR_NOTFOUND: there is none. */
int exchange_resume(struct exchange *x, const uint8_t **request, size_t *len, int64_t now);
/* A datagram of the peer's; anything else than what belongs here is dropped. */
void exchange_take(struct exchange *x, const uint8_t *data, size_t len, int64_t now);
/* The next datagram, if one is due: out->len is 0 if not. Returns when to call again at the latest. */
int64_t exchange_next(struct exchange *x, int64_t now, struct frame_out *out);
/* The line is another one, or there again. */
void exchange_moved(struct exchange *x, const struct frame_line *line, int64_t now);
/* 1 once the answer is here: borrowed until the next request; 0: not yet; ERR_*: refused by the
 * peer, with its words, or the database failed. */
int exchange_result(struct exchange *x, const uint8_t **answer, size_t *len);
/* Bytes of the request that have arrived. */
size_t exchange_done(const struct exchange *x);

/* ---- the side that answers -------------------------------------------------------------------- */

struct exchange_server;
struct exchange_service {
	void *arg;
	/* Answers a request of peer into answer (empty at first): 0, or ERR_* and err_text(). */
	int (*request)(void *arg, uint32_t peer, int64_t scope, const uint8_t *request, size_t len,
	               struct buf *answer);
};
struct exchange_limits {
	size_t answers; /* bytes of long answers under way, of all peers */
	int64_t idle;   /* us after which an answer that nobody takes is forgotten */
	struct frame_limits frames;
};

/* Zeroed limits take defaults: 16 MiB, 2 minutes, frame_table_init()'s. */
int exchange_serve(struct store *s, const struct exchange_service *service,
                   const struct exchange_limits *limits, struct exchange_server **out);
void exchange_server_free(struct exchange_server *v); /* NULL is allowed */
/* A datagram of peer, who works for scope, by a session that way is the caller's name for, not 0. */
void exchange_server_take(struct exchange_server *v, uint64_t way, uint32_t peer, int64_t scope,
                          const uint8_t *data, size_t len, int64_t now);
/* The next datagram and the session it goes to; as exchange_next(). */
int64_t exchange_server_next(struct exchange_server *v, int64_t now, uint64_t *way,
                             struct frame_out *out);
/* That session has ended. */
void exchange_server_gone(struct exchange_server *v, uint64_t way);

#endif
