/* exchange_due.h - what both ends of an exchange share: incoming frames, and what is owed for them.
 *
 * Frames are taken one by one; they are kept and states are sent when the caller has no more to
 * take just then, so that many frames cost one write and one state. Private to exchange*.c.
 */
#ifndef PROTOCOL_EXCHANGE_DUE_H
#define PROTOCOL_EXCHANGE_DUE_H

#include "protocol/exchange.h"
#include "storage/kept.h"

#define EXCHANGE_NONCE 4
#define DUE_STATES 64 /* transfers to answer for at once; others ask again */
#define DUE_KEPT 256  /* frames to keep at once */
#define DUE_SYMBOLS 2 /* a transfer of no more is not worth a write */

/* First byte of an answer: a CoAP code (RFC 7252 section 12.1.2). */
enum {
	ANSWER_OK = 0x44,     /* 2.04 */
	ANSWER_BAD = 0x80,    /* 4.00 */
	ANSWER_DENIED = 0x83, /* 4.03 */
	ANSWER_NONE = 0x84,   /* 4.04 */
	ANSWER_TOOBIG = 0x8d, /* 4.13 */
	ANSWER_FAILED = 0xa0, /* 5.00 */
	ANSWER_BUSY = 0xa3,   /* 5.03 */
};

struct exchange_due {
	struct frame_got state[DUE_STATES]; /* what to answer for, without its data */
	uint64_t way[DUE_STATES];
	unsigned nstate;
	struct kept kept[DUE_KEPT];
	size_t at[DUE_KEPT]; /* of their bytes in bytes */
	unsigned nkept;
	struct buf bytes;
	unsigned again; /* copies of the last state that are still to go */
	struct frame_out last;
	uint64_t last_way;
};

void due_release(struct exchange_due *d);
/* Takes a frame into t, with what was kept of its transfer. got as by frame_table_take(), never
 * FRAME_OPENED. ERR_BAD: drop it. */
int due_take(struct exchange_due *d, struct store *s, struct frame_table *t, uint64_t way,
             uint32_t peer, const uint8_t *data, size_t len, int64_t now, struct frame_got *got);
/* A state about got's transfer is owed, as got->what says. */
void due_owe(struct exchange_due *d, uint64_t way, const struct frame_got *got);
/* Nothing is owed for the transfer any more, nor to be kept of it. */
void due_forget(struct exchange_due *d, uint32_t peer, const uint8_t id[FRAME_ID]);
/* The next state, after what came is durable: out->len is 0 when none is due. An error of the
 * database: nothing is said to have come. */
int due_next(struct exchange_due *d, struct store *s, struct frame_table *t, int64_t now,
             uint64_t *way, struct frame_out *out);

/* The first bytes of SHA-256 over both. */
void exchange_id(struct store *s, const void *a, size_t na, const void *b, size_t nb,
                 uint8_t out[FRAME_ID]);

#endif
