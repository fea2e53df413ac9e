/* frame_pace.c - rate, round trip, loss and window of one sender. */
#include "protocol/frame_pace.h"
#include "protocol/frame_wire.h"

#include <string.h>

#define SECOND INT64_C(1000000)
#define FRAME 1280         /* bytes of a full frame's packet, to count the window in */
#define WINDOW_FIRST 24    /* frames in flight while the rate is not known */
#define WINDOW_UNHEARD 32  /* and while it is only known from another time */
#define WINDOW_OVER 7      /* frames in flight besides what the line holds, */
#define WINDOW_LOSS 20.0   /* and by the share that is lost: states are lost, too */
#define RATE_FIRST 125000  /* bytes a second, of those: a burst would overrun short queues */
#define RATE_WORST 8000    /* bytes a second, to wait for an answer while nothing is known */
#define RATE_LEAST 500     /* bytes a second: a liar cannot make it slower */
#define RTT_GUESS (SECOND) /* until it is known: 3G, and a few frames before */
#define RTT_EPOCH \
	(10 * SECOND)   /* the least one is looked for anew when it was not met for so long */
#define DRAIN_LEAST 4   /* frames in flight while the queue is let run empty */
#define RTT_MET 4       /* frame times: met, as far as our own short queue lets one see */
#define QUEUE_LOW 2     /* frames in the line's queue: below, send faster than arrives */
#define QUEUE_HIGH 4    /* above, slower */
#define WINDOW_LEAST 2  /* frames */
#define SAMPLE_FRAMES 2 /* a sample is over at least so many */
#define SAMPLE_TIME_MAX (30 * SECOND) /* and not longer: the receiver's clock may have gone round */
#define LOSS_MEMORY 64.0              /* frames */
#define LOSS_PRIOR 8.0                /* frames that the loss of last time counts for */

void pace_init(struct frame_pace *p, const struct frame_line *line, uint32_t rate_max, int64_t now)
{
	*p = (struct frame_pace){.rate_max = rate_max, .asked = PACE_NEVER, .next = now};
	p->rtt_least = PACE_NEVER;
	p->of = LOSS_PRIOR;
	if (!line)
		return;
	p->rate = line->rate < rate_max ? line->rate : rate_max;
	if (p->rate)
		p->sample[p->samples++] = p->rate;
	p->lost = LOSS_PRIOR * line->loss / 65536;
	p->rtt_guess = line->rtt_us;
}

double pace_loss(const struct frame_pace *p)
{
	return p->lost / p->of;
}

int64_t pace_rtt(const struct frame_pace *p)
{
	if (p->rtt_least != PACE_NEVER)
		return p->rtt_least;
	return p->rtt_guess ? p->rtt_guess : RTT_GUESS;
}

int64_t pace_frame_time(const struct frame_pace *p)
{
	return FRAME * SECOND / (p->rate ? p->rate : RATE_FIRST);
}

/* Both a round trip after the question, and when the line has carried all that was before it. */
int64_t pace_deadline(const struct frame_pace *p)
{
	int64_t rtt = p->rtt ? p->rtt : pace_rtt(p), trip, queue;
	double rate = p->rate ? p->rate : RATE_WORST;

	if (p->asked == PACE_NEVER)
		return PACE_NEVER;
	if (!p->rate && p->rtt)
		rate = (double)p->top_bytes * (double)SECOND / (double)rtt;
	trip = p->asked + rtt;
	queue = (p->rtt ? p->heard : trip) +
	        (int64_t)((double)(p->asked_bytes - p->top_bytes) / rate * (double)SECOND);
	return (trip > queue ? trip : queue) + rtt / 8 + 2 * p->rtt_spread +
	       (p->rate ? 2 * pace_frame_time(p) : 0);
}

const struct frame_sent *pace_flying(const struct frame_pace *p, uint64_t i)
{
	return &p->ring[i % PACE_RING];
}

/* ---- sending --------------------------------------------------------------------------------- */

static uint64_t in_flight(const struct frame_pace *p)
{
	return p->top < p->sent ? p->bytes - pace_flying(p, p->top)->before : 0;
}

/* What may be in flight, in bytes. */
static uint64_t window(const struct frame_pace *p)
{
	uint64_t least = WINDOW_LEAST * FRAME, holds, w;

	if (!p->rate)
		return WINDOW_FIRST * FRAME;
	holds = (uint64_t)p->rate * (uint64_t)pace_rtt(p) / SECOND;
	w = holds + WINDOW_OVER * FRAME + (uint64_t)(pace_loss(p) * WINDOW_LOSS * FRAME);
	if (!p->has_last)
		return w < WINDOW_UNHEARD * FRAME ? w : WINDOW_UNHEARD * FRAME;
	if (p->drain)
		w = holds / 2 > DRAIN_LEAST * FRAME ? holds / 2 : DRAIN_LEAST * FRAME;
	return w > least ? w : least;
}

bool pace_full(const struct frame_pace *p, unsigned bytes)
{
	return p->sent - p->top >= PACE_RING - 1 || in_flight(p) + bytes > window(p);
}

/* Frames that wait in the line, by how much longer the last round trip was than the least. */
static double queued(const struct frame_pace *p)
{
	if (!p->rtt || !p->rate)
		return 0;
	return (double)(p->rtt - pace_rtt(p)) * p->rate / (double)SECOND / FRAME;
}

static double pace_rate(const struct frame_pace *p)
{
	double queue = queued(p), rate = p->rate;

	if (!p->rate)
		return RATE_FIRST;
	rate *= queue < QUEUE_LOW ? 1.25 : queue < QUEUE_HIGH ? 1 : 0.8;
	return rate > p->rate_max ? p->rate_max : rate;
}

void pace_sent(struct frame_pace *p, const struct frame_sent *f, int64_t now)
{
	struct frame_sent *to = &p->ring[p->sent % PACE_RING];
	int64_t gap = (int64_t)((double)f->bytes * (double)SECOND / pace_rate(p));

	*to = *f;
	to->at = now;
	to->before = p->bytes;
	to->paused = p->pause;
	p->pause = false;
	p->bytes += f->bytes;
	p->sent++;
	if (p->sent - p->top > PACE_RING)
		p->top = p->sent - PACE_RING;
	if (f->ask && p->asked == PACE_NEVER) {
		p->asked = now;
		p->asked_bytes = p->bytes;
	}
	/* A caller that wakes late may catch up by a frame. */
	p->next = (p->next > now - gap ? p->next : now - gap) + gap;
}

/* ---- hearing --------------------------------------------------------------------------------- */

static void add_sample(struct frame_pace *p, double rate)
{
	uint32_t most = 0, v;
	unsigned i;

	rate = rate > p->rate_max ? p->rate_max : rate < RATE_LEAST ? RATE_LEAST : rate;
	v = (uint32_t)rate;
	if (!p->measured && v < p->rate / 2)
		p->samples = 0; /* what was known of the line is of another one */
	p->measured = true;
	p->sample[p->samples++ % PACE_SAMPLES] = v;
	for (i = 0; i < PACE_SAMPLES && i < p->samples; i++)
		most = p->sample[i] > most ? p->sample[i] : most;
	p->rate = most;
}

static void measure_rate(struct frame_pace *p, const struct frame_sent *from,
                         const struct frame_sent *to, double came, double took)
{
	double bytes = (double)(to->before - from->before), frames = (double)(p->top - p->last_top);
	double send_time = (double)(to->at - from->at), sent, arrived;
	uint64_t i;

	if (frames < SAMPLE_FRAMES || took <= 0 || took > (double)SAMPLE_TIME_MAX)
		return;
	for (i = p->last_top; i < p->top; i++)
		if (pace_flying(p, i)->paused)
			return;
	came = came < frames ? came : frames;
	if (!p->measured && came < frames)
		return; /* a loss makes it too low, which later ones would put right */
	arrived = bytes * came / frames * (double)SECOND / took;
	sent = send_time > 0 ? bytes * (double)SECOND / send_time : arrived;
	add_sample(p, sent < arrived ? sent : arrived);
}

static void measure_loss(struct frame_pace *p, double frames, double came)
{
	double keep = frames < LOSS_MEMORY ? 1 - frames / LOSS_MEMORY : 0;

	p->lost = p->lost * keep + (came < frames ? frames - came : 0);
	p->of = p->of * keep + frames;
}

/* The least round trip holds while it is about met. When it is not for long, the line has changed, or
 * there is always a queue: then that is let run empty. */
static void measure_least(struct frame_pace *p, int64_t now)
{
	if (p->rtt < p->rtt_least || (p->drain && p->top > p->drain_from)) {
		p->rtt_least = p->rtt;
		p->rtt_seen = now;
		p->drain = false;
	} else if (p->rtt < p->rtt_least + RTT_MET * pace_frame_time(p)) {
		p->rtt_seen = now;
	}
	if (p->rate && !p->drain && now - p->rtt_seen > RTT_EPOCH) {
		p->drain = true;
		p->drain_from = p->sent;
	}
}

static void measure_rtt(struct frame_pace *p, int64_t rtt, int64_t now)
{
	int64_t change = rtt > p->rtt ? rtt - p->rtt : p->rtt - rtt;

	if (p->rtt)
		p->rtt_spread += (change - p->rtt_spread) / 4;
	p->rtt = rtt > 0 ? rtt : 1;
	measure_least(p, now);
}

static void find_question(struct frame_pace *p)
{
	uint64_t i;

	p->asked = PACE_NEVER;
	for (i = p->top; i < p->sent && p->asked == PACE_NEVER; i++)
		if (pace_flying(p, i)->ask) {
			p->asked = pace_flying(p, i)->at;
			p->asked_bytes = pace_flying(p, i)->before + pace_flying(p, i)->bytes;
		}
}

/* The frame that is echoed: the first of that index (parts of a symbol share one) after top. */
static bool find_echo(const struct frame_pace *p, uint32_t echo, uint64_t *at)
{
	for (*at = p->top; *at < p->sent; ++*at)
		if (pace_flying(p, *at)->index + 1 == echo)
			return true;
	return false;
}

bool pace_knows(const struct frame_pace *p, uint32_t echo)
{
	uint64_t at;

	return find_echo(p, echo, &at);
}

const struct frame_sent *pace_heard(struct frame_pace *p, bool same_run, uint32_t echo, uint32_t at,
                                    uint32_t held, uint32_t received, int64_t now)
{
	const struct frame_sent *to;
	uint64_t i;

	if (!find_echo(p, echo, &i))
		return NULL;
	to = pace_flying(p, i);
	p->top = i + 1;
	p->top_bytes = to->before + to->bytes;
	p->heard = now;
	measure_rtt(p, now - to->at - (int64_t)held * FRAME_TICK, now);
	if (p->has_last && same_run && p->last_top && p->sent - p->last_top < PACE_RING) {
		double came = (double)(uint32_t)(received - p->last_received);

		measure_rate(p, pace_flying(p, p->last_top - 1), to, came,
		             (double)(uint32_t)(at - p->last_at) * FRAME_TICK);
		measure_loss(p, (double)(p->top - p->last_top), came);
	}
	p->has_last = true;
	p->last_at = at;
	p->last_received = received;
	p->last_top = p->top;
	find_question(p);
	return to;
}
