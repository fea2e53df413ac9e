/* frame_wire.h - frames and states as bytes. PROTOCOL.md, "Frames". Only frame_*.c include it. */
#ifndef PROTOCOL_FRAME_WIRE_H
#define PROTOCOL_FRAME_WIRE_H

#include "protocol/frame.h"

#define FRAME_TAG 2                         /* bytes of an id that name a transfer that is known */
#define FRAME_HEAD_MAX 23                   /* bytes before the data of a frame */
#define FRAME_INDEX_MAX (UINT32_C(1) << 30) /* repair frames beyond are refused */
#define FRAME_PARTS_MAX 15 /* parts of a symbol, for a line that takes only small ones */
#define FRAME_TICK 16      /* microseconds of a receiver's clock's unit */

struct frame_head {
	bool probe; /* carries no data */
	bool brief; /* of name, only the first FRAME_TAG bytes of id */
	bool ask, map;
	struct frame_name name;
	uint32_t index;       /* below the number of symbols: source, else repair or probe */
	unsigned part, parts; /* data is part of parts of the symbol; parts is 1: all of it */
	const uint8_t *start; /* of the frame that was read; borrowed, as data is */
	const uint8_t *data;
	size_t data_len;
};

enum frame_status { FRAME_HAS, FRAME_ALL, FRAME_WAIT, FRAME_NEVER, FRAME_WHAT, FRAME_STATUSES };

struct frame_state {
	enum frame_status status;
	bool brief, map;
	struct frame_name name;
	unsigned wait;     /* FRAME_WAIT: seconds */
	uint16_t run;      /* FRAME_HAS and FRAME_ALL, from here */
	uint32_t at;       /* ticks of the receiver's clock when the last frame came */
	uint32_t held;     /* ticks since */
	uint32_t echo;     /* one more than its index, 0: none */
	uint32_t received; /* frames */
	uint16_t rank[FRAME_WINDOWS_MAX]; /* FRAME_HAS, from here */
	unsigned rank_all;                /* their sum, when read */
	uint32_t highest;                 /* map: one more than the highest index that came */
	const uint8_t *bits; /* map: bit i of byte i / 8, borrowed; zeros after bits_len */
	size_t bits_len;
};

/* Symbols and windows of a transfer, first symbol of a window; windows are of equal size, or one
 * more. 0 symbols: no such shape, or empty. */
unsigned frame_symbols(const struct frame_name *name);
unsigned frame_windows(unsigned symbols);
unsigned frame_window_start(unsigned symbols, unsigned window);
unsigned frame_window_of(unsigned symbols, uint32_t index); /* source or repair */
/* 0, or ERR_BAD: no transfer has that length and symbol size. */
int frame_name_check(const struct frame_name *name);

/* Writes all but the data; returns its length, at most FRAME_HEAD_MAX. */
size_t frame_head_write(const struct frame_head *h, uint8_t *out);
/* ERR_BAD: it is not a frame. Shape and size of the data are the receiver's to check. */
int frame_head_read(struct frame_head *h, const uint8_t *bytes, size_t len);

bool frame_is_brief(const uint8_t *bytes); /* of a state's bytes */

/* windows: of the transfer, so many ranks there are. A reader of a state that is not brief takes
 * them from its name; *s is only good for a name that frame_name_check() likes. */
size_t frame_state_write(const struct frame_state *s, unsigned windows,
                         uint8_t out[FRAME_STATE_MAX]);
int frame_state_read(struct frame_state *s, unsigned windows, const uint8_t *bytes, size_t len);

#endif
