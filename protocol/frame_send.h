/* frame_send.h - the sender of one transfer: what goes out next, and when.
 *
 * Paced by what arrives, and slower when delay grows; repair frames for what is lost; probes while
 * nothing is heard, ever more rarely, without an end. A peer that lies about what came, and when,
 * costs at most rate_max while it tells of progress, which it can at most SEND_LIES + 1 times over.
 *
 *     frame_send_init(&s, &conf, &line, id, data, len, resumed, now);
 *     until frame_send_done(&s) or frame_send_refused(&s):
 *         wake = frame_send_next(&s, now, &out);    if out.len: send out.bytes, and call again
 *         a state came: frame_send_state(&s, bytes, n, now), then frame_send_next() again
 *         else wait until wake
 *     frame_send_line(&s, &line);                   keep it for this network
 */
#ifndef PROTOCOL_FRAME_SEND_H
#define PROTOCOL_FRAME_SEND_H

#include "protocol/frame_pace.h"

struct frame_conf {
	size_t room;       /* bytes of a frame, FRAME_ROOM_MIN to FRAME_ROOM_MAX; 0: FRAME_ROOM */
	size_t room_small; /* the same when those do not pass; 0: FRAME_ROOM_MIN */
	size_t overhead;   /* bytes of an IP packet besides its frame; 0: FRAME_OVERHEAD */
	uint32_t rate_max; /* bytes a second, whatever the peer says; 0: 4 MiB */
};

struct frame_out {
	uint8_t bytes[FRAME_ROOM_MAX];
	size_t len; /* 0: nothing to send now */
	bool ask;   /* it asks for a state; the others want no answer of any kind */
};

struct frame_send {
	struct frame_conf conf; /* without zeros */
	struct frame_name name;
	const uint8_t *data; /* borrowed */
	size_t room;         /* bytes of a frame */
	unsigned symbols, windows;
	unsigned
		parts; /* frames that a symbol goes in: 1, unless the line came to take only smaller ones */
	unsigned part;    /* of current, the next to send */
	uint32_t current; /* index of the symbol whose parts are under way */
	uint32_t source;  /* next source symbol to look at */
	uint32_t fresh;   /* repair frames and probes have not had this index, nor a higher one */
	uint8_t have[FRAME_SYMBOLS_MAX / 8]; /* the receiver's map, where it told it */
	uint16_t rank[FRAME_WINDOWS_MAX];    /* what the receiver has of each window */
	uint16_t run;                        /* which life of the receiver said so */
	unsigned fewest;                     /* symbols that it ever said were missing, the least */
	bool heard, mapped;                  /* a state has come; one with a map */
	bool resumed;                        /* send nothing before the map */
	bool brief,
		distrust; /* the receiver knows the name, so its tag will do; it did not, once */
	bool done, refused;
	unsigned lies;        /* times that the receiver began anew */
	unsigned vain;        /* symbols sent since it had more than before */
	unsigned unasked;     /* frames since the last that asked */
	unsigned silent;      /* probes since a state came */
	int64_t probe;        /* time of the next */
	uint32_t larges;      /* full frames sent */
	uint32_t larges_then; /* the same when it was last known how the line does */
	unsigned probes;      /* answered since then */
	int64_t wait_until;   /* the receiver is busy until then */
	struct frame_pace pace;
};

/* data is borrowed until the last call. len may be 0; ERR_TOOBIG over FRAME_LEN_MAX. resumed: frames
 * of this transfer may have been sent before (by a process that has ended since), so what is there
 * is asked first, which takes a round trip. conf and line may be NULL. */
int frame_send_init(struct frame_send *s, const struct frame_conf *conf,
                    const struct frame_line *line, const uint8_t id[FRAME_ID], const uint8_t *data,
                    size_t len, bool resumed, int64_t now);

/* A transfer of 1 to FRAME_ROOM - 24 bytes as one frame that asks for nothing. Returns its length. */
size_t frame_send_one(const uint8_t id[FRAME_ID], const uint8_t *data, size_t len,
                      uint8_t out[FRAME_ROOM_MAX]);

/* The next frame, if one is due: out->len is 0 if not. Returns when to call again at the latest, now
 * if there may be another frame; INT64_MAX when the transfer has ended. */
int64_t frame_send_next(struct frame_send *s, int64_t now, struct frame_out *out);

/* Takes a state. ERR_BAD and nothing done when it is none, or not of this transfer. */
int frame_send_state(struct frame_send *s, const uint8_t *bytes, size_t len, int64_t now);

/* The line is another one, or is there again: asks at once. line is what is known of it; NULL if
 * nothing. */
void frame_send_moved(struct frame_send *s, const struct frame_line *line, int64_t now);

bool frame_send_done(const struct frame_send *s);    /* the receiver has all of it */
bool frame_send_refused(const struct frame_send *s); /* the receiver will never take it: too long */
uint32_t frame_send_acked(const struct frame_send *s); /* bytes that are there, as far as known */
void frame_send_line(const struct frame_send *s, struct frame_line *out);

#endif
