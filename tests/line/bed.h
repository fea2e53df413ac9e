/* bed.h - one transfer over one bad line, in virtual time.
 *
 * A sender and a table of receivers with a line (tests/link/line.h) each way between them. What the
 * receiver was told to keep is kept, whatever happens to either end: bed_restart_*(). The bed sees to
 * what must always hold: only what was kept is told of, and nothing that was told is sent again.
 */
#ifndef TESTS_LINE_BED_H
#define TESTS_LINE_BED_H

#include "protocol/frame_send.h"
#include "protocol/frame_table.h"
#include "tests/link/line.h"

#define BED_FLYING 1024 /* packets on both lines */
#define BED_KEPT 8192   /* frames */
#define BED_PEER 7

struct bed_packet {
	int64_t at; /* ns; when it comes out */
	uint64_t order;
	bool up;
	size_t len;
	uint8_t bytes[FRAME_ROOM_MAX];
	uint8_t *told; /* with a state: what the receiver had then; owned */
	uint16_t size; /* of the layout that told is of */
};

struct bed {
	struct frame_send send;
	struct frame_table table;
	struct frame_conf conf;
	struct frame_line known; /* given to each sender, taken from it when it ends */
	struct line up, down;
	int64_t now; /* us */
	uint8_t id[FRAME_ID];
	uint8_t *data; /* owned */
	size_t len;
	struct bed_packet *flying; /* owned */
	unsigned flying_len;
	uint64_t order;
	struct {
		uint8_t *bytes; /* owned */
		size_t len;
	} kept[BED_KEPT];
	unsigned kept_len;
	uint8_t told[FRAME_SYMBOLS_MAX]; /* of the layout told_size: what the sender heard of */
	uint16_t told_size;
	bool arrived; /* the content came, and was right */
	bool wrong;   /* something that must hold did not: said on stderr */
	unsigned runs;
	unsigned frames, states, probes; /* sent */
	uint64_t trace;                  /* print each event if not 0 */
	/* A packet of another flow is due, or INT64_MAX; and what it does. */
	void *other;
	int64_t (*other_due)(void *other);
	void (*other_act)(void *other, struct bed *b);
};

/* up: from the sender; seed of chance and of the content, which does not compress. */
void bed_init(struct bed *b, const struct line_conf *up, const struct line_conf *down, size_t len,
              uint64_t seed);
void bed_start(struct bed *b, bool resumed); /* a sender, after conf and known were set */
/* Until the sender knows that all is there, or the time (us); false: not done by then. */
bool bed_run(struct bed *b, int64_t until);
void bed_restart_sender(struct bed *b);
void bed_restart_receiver(struct bed *b);
void bed_release(struct bed *b);

#endif
