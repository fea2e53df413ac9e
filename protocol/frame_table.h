/* frame_table.h - the transfers that peers are sending here, within limits.
 *
 *     rc = frame_table_take(&t, peer, bytes, len, now, &got)
 *     ERR_BAD: not a frame, or not of its transfer: drop it. Else by got.what:
 *     FRAME_OPENED  the first of a transfer, not taken yet. frame_table_restore() each frame that was
 *                   kept of it, or frame_table_close(done) if it was complete; then take it again
 *     FRAME_NEW     keep got.kept, durably
 *     others        nothing to do
 *     got.complete  got.data are the content: check its hash, use it, then frame_table_close()
 *     got.ask       n = frame_table_state(&t, &got, now, state, &copies): send it to the peer, `copies`
 *                   times. All that was FRAME_NEW must be durable by then; several frames of a
 *                   transfer may be taken first and the last that asked answered for all
 *
 * What is not in the table (evicted, or the process was restarted) is opened again by its next
 * frame: the frames that the caller keeps are the truth.
 */
#ifndef PROTOCOL_FRAME_TABLE_H
#define PROTOCOL_FRAME_TABLE_H

#include "protocol/frame_recv.h"

#define FRAME_TABLE_MAX 64  /* open transfers */
#define FRAME_CLOSED_MAX 64 /* transfers remembered as complete, for senders that missed it */

struct frame_limits {
	unsigned open;        /* transfers at a time, 1 to FRAME_TABLE_MAX */
	unsigned open_a_peer; /* of one peer */
	size_t memory;        /* bytes, of all together */
	uint32_t len;         /* bytes of a transfer, at most FRAME_LEN_MAX */
	int64_t idle;         /* after that long without a frame another may take its place, us */
	unsigned wait;        /* seconds that a sender is told to wait when there is no room */
};

struct frame_table {
	struct frame_limits limits;
	uint16_t run;
	size_t memory; /* reserved */
	struct frame_entry {
		uint64_t peer;
		bool used;
		int64_t last;    /* time of its last frame */
		size_t reserved; /* bytes of memory */
		struct frame_recv recv;
	} entry[FRAME_TABLE_MAX];
	struct frame_closed {
		uint64_t peer;
		struct frame_name name;
		bool used;
	} closed[FRAME_CLOSED_MAX];
	unsigned next_closed;
};

enum frame_what {
	FRAME_OPENED,    /* see above */
	FRAME_NEW,       /* it brought something */
	FRAME_DUPLICATE, /* it brought nothing: a probe, a copy, a sum of what is there */
	FRAME_COMPLETE,  /* its transfer was closed as complete */
	FRAME_BUSY,      /* there is no room for another transfer now */
	FRAME_REFUSED,   /* longer than allowed */
	FRAME_UNKNOWN,   /* a tag that names no transfer, or two */
};

struct frame_got {
	enum frame_what what;
	uint64_t peer;
	struct frame_name name; /* FRAME_UNKNOWN: only the first two bytes of the id */
	bool ask;               /* a state is wanted */
	bool brief;             /* for frame_table_state() */
	bool complete;          /* all of it is here */
	struct frame_kept kept; /* FRAME_NEW: until the next call */
	const uint8_t *data;    /* complete: the content, borrowed until the transfer is closed */
	size_t data_len;
};

/* run: as frame_recv_init(). Zeroed limits take defaults: 64 open, 4 a peer, 8 MiB, FRAME_LEN_MAX,
 * a minute, 5 s. */
void frame_table_init(struct frame_table *t, const struct frame_limits *limits, uint16_t run);
void frame_table_release(struct frame_table *t);

/* peer: any number that the caller's authentication gives. ERR_BAD: not a frame; ERR_NOMEM. */
int frame_table_take(struct frame_table *t, uint64_t peer, const uint8_t *bytes, size_t len,
                     int64_t now, struct frame_got *out);

/* A frame that was kept, of the transfer that was just opened. ERR_BAD, ERR_NOTFOUND. */
int frame_table_restore(struct frame_table *t, uint64_t peer, const uint8_t id[FRAME_ID],
                        const uint8_t *bytes, size_t len);

/* What to answer to the frame that got came from: its length, at most FRAME_STATE_MAX. */
size_t frame_table_state(struct frame_table *t, const struct frame_got *got, int64_t now,
                         uint8_t out[FRAME_STATE_MAX], unsigned *copies);

/* The transfer is over: done, its sender is told so from now on; else it is forgotten, and opened
 * again when frames of it come (its content was wrong: forget what was kept, too). */
void frame_table_close(struct frame_table *t, uint64_t peer, const uint8_t id[FRAME_ID], bool done);
/* A peer is gone for good. */
void frame_table_forget(struct frame_table *t, uint64_t peer);

#endif
