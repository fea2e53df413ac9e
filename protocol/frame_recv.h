/* frame_recv.h - the receiver of one transfer: symbols out of frames.
 *
 * Memory: frame_recv_memory() at most, taken as it is needed. Work: a repair frame costs at most
 * FRAME_WINDOW products of a symbol, a window when it is complete at most FRAME_WINDOW squared.
 * frame_table.h owns many of these; a caller that expects one transfer can do with one.
 */
#ifndef PROTOCOL_FRAME_RECV_H
#define PROTOCOL_FRAME_RECV_H

#include "protocol/frame.h"

#define FRAME_RESTORED INT64_MIN /* as a time: the frame was kept in an earlier life */

struct frame_recv {
	struct frame_name name;
	unsigned symbols, windows;
	unsigned rank_all; /* symbols or equations, of all windows */
	uint16_t rank[FRAME_WINDOWS_MAX];
	uint8_t *data;                      /* symbols * size bytes, and a place to work; owned */
	uint8_t *is;                        /* what is in each place, owned */
	uint8_t *matrix[FRAME_WINDOWS_MAX]; /* owned; NULL while a window has no equations */
	uint8_t *whole;                 /* a frame put together from its parts, owned; or NULL */
	uint32_t part_index, part_seen; /* which one; bits of the parts that came */
	unsigned part_count;
	uint16_t run;      /* tells this life of the receiver from others */
	uint32_t received; /* frames that came in this life */
	uint32_t highest;  /* one more than the highest index that came */
	uint32_t echo;     /* one more than the index of the last frame that came */
	int64_t at;        /* when it came */
	bool lossy;        /* some frame was missed: the last state is said twice */
	bool map;          /* a map was asked for since the last state */
};

/* A frame to keep, and to give back after a restart: borrowed from the frame that was taken or
 * from the receiver, until its next call. len is 0 when it brought nothing. */
struct frame_kept {
	const uint8_t *bytes;
	size_t len;
};

/* Bytes that a transfer takes at most, besides the struct. */
size_t frame_recv_memory(const struct frame_name *name);

/* run: any number that differs from the last life's, such as a random one. ERR_NOMEM; ERR_BAD:
 * no such shape. */
int frame_recv_init(struct frame_recv *r, const struct frame_name *name, uint16_t run);
void frame_recv_release(struct frame_recv *r);

struct frame_head; /* frame_wire.h */

/* Takes a frame of this transfer. out->len is not 0 if it brought something: it must be durable before
 * the next state is made. now may be FRAME_RESTORED. ERR_BAD: not of this shape; ERR_NOMEM. */
int frame_recv_take(struct frame_recv *r, const struct frame_head *h, int64_t now,
                    struct frame_kept *out);

/* All of it is here: name.len bytes at data. */
bool frame_recv_complete(const struct frame_recv *r);

/* The state, to answer a frame that asked. brief: as that frame was. Returns its length; *copies is
 * how many of it to send, 1 or 2. */
size_t frame_recv_state(struct frame_recv *r, bool brief, int64_t now, uint8_t out[FRAME_STATE_MAX],
                        unsigned *copies);

#endif
