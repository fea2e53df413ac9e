/* frame_pace.h - how fast: what a line gives, by when frames were sent and when they came.
 *
 * The rate is the highest of the last samples, each the lesser of what was sent and what
 * arrived between two states, by the receiver's clock. In flight is at most what the line holds
 * at that rate in its least round trip, and a few frames. Nothing is believed beyond what was sent.
 */
#ifndef PROTOCOL_FRAME_PACE_H
#define PROTOCOL_FRAME_PACE_H

#include "protocol/frame.h"

#define PACE_RING 256   /* frames in flight at most, and remembered */
#define PACE_SAMPLES 10 /* of the rate */

struct frame_sent {
	uint32_t index;
	uint16_t bytes; /* of its IP packet */
	bool adds;      /* it may add to what the receiver has: the last part of a symbol */
	bool ask, large, probe;
	uint32_t larges; /* large ones sent, with it */
	bool paused;     /* there was nothing to send before it: how fast it came says nothing */
	int64_t at;
	uint64_t before; /* bytes sent before it */
};

struct frame_pace {
	struct frame_sent ring[PACE_RING];
	uint64_t sent;           /* frames, ever */
	uint64_t top;            /* one more than the last frame that is known to have come */
	uint64_t bytes;          /* of all frames sent */
	uint64_t top_bytes;      /* up to the end of the last frame that is known to have come */
	uint32_t rate, rate_max; /* bytes a second; rate 0: not known */
	uint32_t sample[PACE_SAMPLES];
	unsigned samples;     /* ever */
	bool measured;        /* one of them is of this time, and of frames all of which came */
	int64_t rtt_least;    /* with no queue; PACE_NEVER: not known */
	int64_t rtt_seen;     /* when it was last met, about */
	int64_t rtt_guess;    /* from another time; 0: not known */
	int64_t rtt;          /* the last, queue included; 0: not known */
	int64_t rtt_spread;   /* mean difference from one to the next */
	double lost, of;      /* frames, older ones counting less */
	int64_t next;         /* not before that */
	int64_t heard;        /* time of the last state that said something new */
	int64_t asked;        /* time of the first unanswered question, or PACE_NEVER */
	uint64_t asked_bytes; /* sent up to its end */
	uint32_t last_at, last_received; /* of the last state: the receiver's clock and count */
	uint64_t last_top;
	bool has_last;
	bool drain;          /* the queue is let run empty, to see the round trip without it */
	uint64_t drain_from; /* frames from there were sent into it */
	bool pause;          /* there is nothing to send now */
};
#define PACE_NEVER INT64_MAX

void pace_init(struct frame_pace *p, const struct frame_line *line, uint32_t rate_max, int64_t now);
void pace_sent(struct frame_pace *p, const struct frame_sent *f, int64_t now);

/* A state: the last frame that came had index echo - 1 (0: none), at `at` by its clock (ticks), held ticks before
 * it was sent; received: frames that came. same_run: last_* are of the same life of the
 * receiver. Returns the frame that it echoes, or NULL if it says nothing new. */
const struct frame_sent *pace_heard(struct frame_pace *p, bool same_run, uint32_t echo, uint32_t at,
                                    uint32_t held, uint32_t received, int64_t now);

/* Whether that frame was sent by this life, after what is known to have come. */
bool pace_knows(const struct frame_pace *p, uint32_t echo);
bool pace_full(const struct frame_pace *p, unsigned bytes); /* no room for that many in flight */
int64_t pace_frame_time(const struct frame_pace *p);        /* of a full frame */
/* By then the first unanswered question has its answer, unless one of them was lost. */
int64_t pace_deadline(const struct frame_pace *p);
int64_t pace_rtt(const struct frame_pace *p); /* the least; a guess when not known */
double pace_loss(const struct frame_pace *p);
const struct frame_sent *pace_flying(const struct frame_pace *p, uint64_t i); /* top <= i < sent */

#endif
