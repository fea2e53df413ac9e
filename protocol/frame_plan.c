/* frame_plan.c - which symbol a sender's next frame is for: what is missing, less what is under way. */
#include "protocol/frame_plan.h"
#include "protocol/frame_wire.h"

#include <math.h>
#include <string.h>

#define FEW 4            /* frames: one more in advance is too dear for so few */
#define SIGMAS 1.3       /* of luck that the tail is proof against */
#define LOSS_LEAST 0.004 /* below, no tail is sent in advance */

unsigned plan_parts(const struct frame_send *s, size_t len)
{
	size_t most = s->room - FRAME_HEAD_MAX;

	return len > most ? (unsigned)((len + most - 1) / most) : 1;
}

void plan_lay_out(struct frame_send *s, uint16_t size)
{
	s->name.size = size;
	s->symbols = frame_symbols(&s->name);
	s->windows = frame_windows(s->symbols);
	s->source = 0;
	s->fresh = s->symbols;
	s->part = 0;
	s->parts = plan_parts(s, size);
	memset(s->have, 0, sizeof s->have);
	memset(s->rank, 0, sizeof s->rank);
	s->fewest = s->symbols;
	s->mapped = false;
}

uint16_t plan_size(const struct frame_send *s)
{
	size_t most = s->room - FRAME_HEAD_MAX, n = (s->name.len + most - 1) / most;

	return (uint16_t)(n ? (s->name.len + n - 1) / n : 1);
}

/* ---- what is missing ------------------------------------------------------------------------- */

static unsigned missing(const struct frame_send *s, unsigned w)
{
	return frame_window_start(s->symbols, w + 1) - frame_window_start(s->symbols, w) -
	       s->rank[w];
}

unsigned plan_missing(const struct frame_send *s)
{
	unsigned w, n = 0;

	for (w = 0; w < s->windows; w++)
		n += missing(s, w);
	return n;
}

/* Frames under way that may add to each window. */
static void count_flying(const struct frame_send *s, unsigned flying[FRAME_WINDOWS_MAX])
{
	const struct frame_sent *f;
	uint64_t i;

	memset(flying, 0, FRAME_WINDOWS_MAX * sizeof *flying);
	for (i = s->pace.top; i < s->pace.sent; i++) {
		f = pace_flying(&s->pace, i);
		if (f->adds)
			flying[frame_window_of(s->symbols, f->index)]++;
	}
}

/* How many more frames a window wants, or less than 0: until what is expected to arrive is enough
 * even with some bad luck. */
static double wanted(const struct frame_send *s, unsigned w, unsigned flying, bool luck)
{
	double loss = pace_loss(&s->pace), come, spread;
	unsigned part;

	for (come = 1, part = 0; part < s->parts; part++)
		come *= 1 - loss;
	if (!missing(s, w))
		return -1;
	spread = sqrt(flying * come * (1 - come));
	if (!luck || !flying || loss < LOSS_LEAST)
		return missing(s, w) - flying * come;
	return missing(s, w) - flying * come + SIGMAS * spread + (flying > FEW ? 1 : 0);
}

/* The window that a repair frame should be for; false: none wants one. */
static bool choose_window(const struct frame_send *s, unsigned *w)
{
	unsigned flying[FRAME_WINDOWS_MAX];
	int luck;

	count_flying(s, flying);
	for (luck = 0; luck < 2; luck++)
		for (*w = 0; *w < s->windows; ++*w)
			if (wanted(s, *w, flying[*w], luck) > 0.01)
				return true;
	return false;
}

static bool has(const struct frame_send *s, uint32_t symbol)
{
	return s->have[symbol / 8] >> symbol % 8 & 1;
}

bool plan_source_left(struct frame_send *s)
{
	while (s->source < s->symbols &&
	       (has(s, s->source) || !missing(s, frame_window_of(s->symbols, s->source))))
		s->source++;
	return s->source < s->symbols;
}

uint32_t plan_fresh(struct frame_send *s, unsigned w)
{
	uint32_t n = s->fresh - s->symbols;

	if (s->windows)
		n += (w + s->windows - n % s->windows) % s->windows;
	if (n > FRAME_INDEX_MAX - 2 * FRAME_SYMBOLS_MAX)
		n = w;
	s->fresh = s->symbols + n + 1;
	return s->symbols + n;
}

bool plan_choose(struct frame_send *s, bool forced, uint32_t *index)
{
	unsigned w;

	if (s->part) {
		*index = s->current;
		return true;
	}
	if (plan_source_left(s)) {
		*index = s->source++;
		return true;
	}
	if (!choose_window(s, &w)) {
		for (w = 0; w < s->windows && !missing(s, w);)
			w++;
		if (!forced || w == s->windows)
			return false;
	}
	*index = plan_fresh(s, w);
	return true;
}

bool plan_learn(struct frame_send *s, const struct frame_state *t)
{
	unsigned w, most, now;
	size_t i;

	for (w = 0; w < s->windows; w++) {
		most = s->rank[w] + missing(s, w);
		s->rank[w] = t->rank[w] < most ? t->rank[w] : (uint16_t)most;
	}
	for (i = 0; t->map && i < t->bits_len && i < sizeof s->have; i++)
		s->have[i] |= t->bits[i];
	if (t->map && t->highest > s->fresh)
		s->fresh = t->highest;
	s->mapped |= t->map;
	now = plan_missing(s);
	if (now >= s->fewest)
		return false;
	s->fewest = now;
	return true;
}
