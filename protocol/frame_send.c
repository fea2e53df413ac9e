/* frame_send.c - which frame goes out next. */
#include "protocol/frame_wire.h"
#include "protocol/frame_gf.h"
#include "protocol/frame_plan.h"
#include "protocol/frame_send.h"
#include "storage/err.h"

#include <string.h>

#define RATE_MAX (4u << 20) /* bytes a second, unless configured */
#define SEND_LIES 16        /* times that a receiver may begin anew and be believed */
#define SMALL_TRANSFER 20   /* symbols: fits the first window, so its rate need not be known */
#define FRESH_APART 8192    /* indices that two lives' probes may differ by, at random */
#define ASK_SOON 2          /* frames from one question to the next, */
#define ASK_SELDOM 4        /* when many are under way */
#define ASK_TAIL 8          /* missing symbols: from there all frames ask */
#define PROBES_WITH_DATA 5  /* as long as silence may be a few losses */
#define PROBE_MAX \
	(INT64_C(60) * 1000000) /* between probes: an outage is noticed to be over by then */
#define VAIN_MAX \
	256 /* symbols sent for nothing, by what the receiver says, before it is not believed */
#define LARGE_LOST 10 /* full frames in a row, and two probes answered: too large for the line */

static size_t clamp(size_t v, size_t otherwise, size_t most)
{
	v = v ? v : otherwise;
	return v < FRAME_ROOM_MIN ? FRAME_ROOM_MIN : v > most ? most : v;
}

int frame_send_init(struct frame_send *s, const struct frame_conf *conf,
                    const struct frame_line *line, const uint8_t id[FRAME_ID], const uint8_t *data,
                    size_t len, bool resumed, int64_t now)
{
	*s = (struct frame_send){.data = data, .resumed = resumed};
	if (len > FRAME_LEN_MAX)
		return err(ERR_TOOBIG, "a transfer of %zu bytes: %d at most", len, FRAME_LEN_MAX);
	if (conf)
		s->conf = *conf;
	s->conf.room = clamp(s->conf.room, FRAME_ROOM, FRAME_ROOM_MAX);
	s->conf.room_small = clamp(s->conf.room_small, FRAME_ROOM_MIN, s->conf.room);
	s->conf.overhead = s->conf.overhead ? s->conf.overhead : FRAME_OVERHEAD;
	s->conf.rate_max = s->conf.rate_max ? s->conf.rate_max : RATE_MAX;
	s->room = line && line->room ? clamp(line->room, 0, s->conf.room) : s->conf.room;
	memcpy(s->name.id, id, FRAME_ID);
	s->name.len = (uint32_t)len;
	plan_lay_out(s, plan_size(s));
	if (resumed) /* not what another life's frames had, which may be echoed yet */
		s->fresh += (uint32_t)((uint64_t)now / 1000 % FRESH_APART);
	pace_init(&s->pace, line, s->conf.rate_max, now);
	return 0;
}

size_t frame_send_one(const uint8_t id[FRAME_ID], const uint8_t *data, size_t len,
                      uint8_t out[FRAME_ROOM_MAX])
{
	struct frame_head h = {.name = {.len = (uint32_t)len, .size = (uint16_t)len}, .parts = 1};
	size_t n;

	memcpy(h.name.id, id, FRAME_ID);
	n = frame_head_write(&h, out);
	memcpy(out + n, data, len);
	return n + len;
}

/* ---- making frames --------------------------------------------------------------------------- */

static size_t make_symbol(const struct frame_send *s, uint32_t index, uint8_t *out)
{
	size_t at = (size_t)index * s->name.size, len = s->name.size, left;
	unsigned w, i, end;

	if (index < s->symbols) {
		len = at + len < s->name.len ? len : s->name.len - at;
		memcpy(out, s->data + at, len);
		return len;
	}
	memset(out, 0, len);
	w = frame_window_of(s->symbols, index);
	end = frame_window_start(s->symbols, w + 1);
	for (i = frame_window_start(s->symbols, w); i < end; i++) {
		at = (size_t)i * s->name.size;
		left = s->name.len - at;
		gf_add(out, s->data + at, gf_coefficient(index, i), left < len ? left : len);
	}
	return len;
}

static struct frame_head head_of(struct frame_send *s, uint32_t index)
{
	return (struct frame_head){.name = s->name,
	                           .brief = s->brief,
	                           .index = index,
	                           .map = !s->mapped || (s->resumed && plan_source_left(s)),
	                           .parts = 1};
}

static void finish(struct frame_send *s, struct frame_head *h, struct frame_out *out,
                   size_t data_len, int64_t now)
{
	struct frame_sent f = {.index = h->index, .probe = h->probe, .ask = h->ask};

	out->len = frame_head_write(h, out->bytes);
	if (data_len)
		memcpy(out->bytes + out->len, h->data, data_len);
	out->len += data_len;
	out->ask = h->ask;
	f.bytes = (uint16_t)(out->len + s->conf.overhead);
	f.adds = !h->probe && h->part + 1 == h->parts;
	f.large = out->len > s->conf.room_small;
	s->larges += f.large;
	f.larges = s->larges;
	s->vain += f.adds;
	s->unasked = h->ask ? 0 : s->unasked + 1;
	pace_sent(&s->pace, &f, now);
}

static void send_probe(struct frame_send *s, struct frame_out *out, int64_t now)
{
	struct frame_head h = head_of(s, plan_fresh(s, 0));

	h.probe = h.ask = true;
	finish(s, &h, out, 0, now);
}

/* Whether this frame, of index, is to ask. */
static bool asks(struct frame_send *s, uint32_t index)
{
	unsigned period = s->pace.sent - s->pace.top > 2 * SMALL_TRANSFER ? ASK_SELDOM : ASK_SOON;

	if (s->symbols <= SMALL_TRANSFER && index < s->symbols)
		period = ASK_SELDOM;
	if (!s->pace.sent && s->symbols > SMALL_TRANSFER)
		return true;
	if (s->unasked + 1 >= period || pace_full(&s->pace, 2 * FRAME_ROOM))
		return true;
	return !plan_source_left(s) && (index < s->symbols || plan_missing(s) <= ASK_TAIL);
}

static void send_symbol(struct frame_send *s, uint32_t index, bool ask, struct frame_out *out,
                        int64_t now)
{
	uint8_t symbol[FRAME_ROOM_MAX];
	struct frame_head h = head_of(s, index);
	size_t len = make_symbol(s, index, symbol), part, at;

	h.parts = plan_parts(s, len);
	h.part = s->part;
	s->current = index;
	s->part = (s->part + 1) % h.parts;
	part = (len + h.parts - 1) / h.parts;
	at = part * h.part;
	h.data = symbol + at;
	h.ask = ask || asks(s, index);
	finish(s, &h, out, part < len - at ? part : len - at, now);
}

/* ---- when ------------------------------------------------------------------------------------ */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* No answer came in time: a few more frames, in case that a question or its answer was lost; then
 * small probes, ever more rarely. */
static int64_t send_silent(struct frame_send *s, int64_t now, struct frame_out *out)
{
	int64_t rtt = pace_rtt(&s->pace), quiet = now - s->pace.asked, pause;
	uint32_t index;
	bool data;

	if (now < s->probe)
		return s->probe;
	s->pace.pause = true;
	pause = later(2 * pace_frame_time(&s->pace), rtt / 4);
	if (s->silent >= PROBES_WITH_DATA)
		pause = later(pause, later(rtt / 2, quiet / 8));
	data = s->silent < PROBES_WITH_DATA || s->vain > VAIN_MAX;
	if (data && (s->mapped || !s->resumed) && plan_choose(s, true, &index))
		send_symbol(s, index, true, out, now);
	else
		send_probe(s, out, now);
	s->silent++;
	s->probe = now + (pause < PROBE_MAX ? pause : PROBE_MAX);
	return s->probe;
}

int64_t frame_send_next(struct frame_send *s, int64_t now, struct frame_out *out)
{
	struct frame_pace *p = &s->pace;
	int64_t deadline = pace_deadline(p);
	uint32_t index;

	out->len = 0;
	out->ask = false;
	if (s->done || s->refused)
		return INT64_MAX;
	if (now < s->wait_until)
		return s->wait_until;
	if (now >= deadline)
		return send_silent(s, now, out);
	if (now < p->next)
		return p->next < deadline ? p->next : deadline;
	if ((s->mapped || !s->resumed) && !pace_full(p, FRAME_ROOM) &&
	    plan_choose(s, false, &index)) {
		send_symbol(s, index, false, out, now);
		return now;
	}
	p->pause |= !pace_full(p, FRAME_ROOM);
	if (p->asked == PACE_NEVER) {
		send_probe(s, out, now);
		return now;
	}
	return deadline;
}

void frame_send_moved(struct frame_send *s, const struct frame_line *line, int64_t now)
{
	pace_init(&s->pace, line, s->conf.rate_max, now);
	s->larges_then = s->larges;
	s->probes = s->silent = 0;
	s->probe = now;
	s->wait_until = now;
}

/* ---- hearing --------------------------------------------------------------------------------- */

/* Brief, though we were not: an answer to another life's frame, whose layout may be another. */
static bool is_stale(const struct frame_send *s, const uint8_t *bytes, size_t len)
{
	uint8_t tag[FRAME_TAG];

	return !s->brief && !frame_is_state(bytes, len, tag) && frame_is_brief(bytes) &&
	       memcmp(tag, s->name.id, FRAME_TAG) == 0;
}

static bool is_mine(const struct frame_send *s, const struct frame_state *t)
{
	if (memcmp(t->name.id, s->name.id, t->brief ? FRAME_TAG : FRAME_ID) != 0)
		return false;
	return t->brief || (t->name.len == s->name.len && !frame_name_check(&t->name));
}

/* Full frames do not pass: smaller ones, from the start if nothing is there yet. */
static void shrink(struct frame_send *s)
{
	s->room = s->conf.room_small;
	s->part = 0;
	s->parts = plan_parts(s, s->name.size);
	if (plan_missing(s) < s->symbols)
		return;
	plan_lay_out(s, plan_size(s));
	s->brief = false;
}

/* Small frames arrive; do full ones? */
static void judge_room(struct frame_send *s, const struct frame_sent *echo, bool more)
{
	unsigned lost = echo->larges - s->larges_then;

	if (more || echo->large) {
		s->larges_then = s->larges;
		s->probes = 0;
	} else if (echo->probe && s->probes++ == 0) {
		s->larges_then = echo->larges; /* those before may have met an outage */
	} else if (lost >= LARGE_LOST && s->room > s->conf.room_small) {
		shrink(s);
	}
}

/* A receiver that began anew may have less, or another layout. That is taken for progress only so
 * often. False: nothing to learn from. */
static bool begin_anew(struct frame_send *s, const struct frame_state *t)
{
	bool layout = !t->brief && t->name.size != s->name.size;

	if (layout && (!t->rank_all || s->lies >= SEND_LIES))
		return false; /* while it has nothing it takes ours */
	if (layout)
		plan_lay_out(s, t->name.size);
	else if (!s->heard || t->run == s->run)
		return true;
	memset(s->have, 0, sizeof s->have);
	s->mapped = false;
	if (t->rank_all >= s->symbols - plan_missing(s) && !layout)
		return true;
	if (s->lies < SEND_LIES)
		s->fewest = s->symbols;
	s->lies += s->lies < SEND_LIES;
	return true;
}

static void hear_has(struct frame_send *s, const struct frame_state *t, int64_t now)
{
	bool same = s->heard && t->run == s->run, more;
	const struct frame_sent *echo;

	/* What answers no frame of ours is old, or was meant for another life, whose frames may be
	 * still on their way. */
	if (!pace_knows(&s->pace, t->echo) || !begin_anew(s, t))
		return;
	s->heard = true;
	s->run = t->run;
	s->brief = !s->distrust;
	more = plan_learn(s, t);
	s->vain = more ? 0 : s->vain;
	if (s->vain > VAIN_MAX)
		return; /* silence, as if nothing had been said */
	echo = pace_heard(&s->pace, same, t->echo, t->at, t->held, t->received, now);
	s->silent = 0;
	s->probe = now;
	judge_room(s, echo, more);
}

int frame_send_state(struct frame_send *s, const uint8_t *bytes, size_t len, int64_t now)
{
	struct frame_state t;

	if (is_stale(s, bytes, len))
		return 0;
	if (frame_state_read(&t, s->windows, bytes, len))
		return ERR_BAD;
	if (!is_mine(s, &t))
		return err(ERR_BAD, "not the state of a transfer");
	switch (t.status) {
	case FRAME_HAS:
		hear_has(s, &t, now);
		break;
	case FRAME_ALL:
		pace_heard(&s->pace, s->heard && t.run == s->run, t.echo, t.at, t.held, t.received,
		           now);
		s->done = true;
		break;
	case FRAME_WAIT:
		s->wait_until = now + t.wait * INT64_C(1000000);
		s->silent = PROBES_WITH_DATA;
		s->probe = s->wait_until;
		break;
	case FRAME_NEVER:
		s->refused = true;
		break;
	default: /* the tag says nothing to it, so from now on the whole name */
		s->brief = false;
		s->distrust = true;
	}
	return 0;
}

/* ---- what is known --------------------------------------------------------------------------- */

bool frame_send_done(const struct frame_send *s)
{
	return s->done;
}

bool frame_send_refused(const struct frame_send *s)
{
	return s->refused;
}

uint32_t frame_send_acked(const struct frame_send *s)
{
	uint32_t acked = (uint32_t)(s->symbols - plan_missing(s)) * s->name.size;

	return s->done || acked > s->name.len ? s->name.len : acked;
}

void frame_send_line(const struct frame_send *s, struct frame_line *out)
{
	double loss = pace_loss(&s->pace) * 65536;
	*out = (struct frame_line){.rate = s->pace.rate};
	out->loss = loss > 65535 ? 65535 : (uint16_t)loss;
	if (s->pace.rtt || s->pace.rtt_guess)
		out->rtt_us = (uint32_t)pace_rtt(&s->pace);
	out->room = s->room < s->conf.room ? (uint16_t)s->room : 0;
}
