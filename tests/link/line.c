/* line.c - rate, delay, queue, losses and outages of one direction. */
#include "tests/link/line.h"
#include "tests/link/nat.h"

#define SECOND 1000000000

/* SplitMix64: any state will do, also one after another. */
static uint64_t draw(struct line *l)
{
	uint64_t z = l->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static bool happens(struct line *l, double share)
{
	return (double)(draw(l) >> 11) * 0x1p-53 < share;
}

void line_init(struct line *l, const struct line_conf *conf, uint64_t seed)
{
	*l = (struct line){.conf = *conf, .random = seed};
	l->random = draw(l); /* neighbouring seeds are not neighbouring sequences */
	l->bad = happens(l, conf->loss);
}

void line_count(struct line *l, enum line_fate fate, size_t len)
{
	l->count[fate].packets++;
	l->count[fate].bytes += len;
}

/* Two states: in one everything is lost, in the other nothing. Runs of losses last `burst` in the
 * mean, runs without as long as makes the share of losses `loss`. */
static bool lost(struct line *l)
{
	const struct line_conf *c = &l->conf;
	bool bad = l->bad;

	if (c->burst <= 1)
		return happens(l, c->loss);
	if (c->loss >= 1)
		return true;
	l->bad = bad ? !happens(l, 1 / c->burst) : happens(l, c->loss / (c->burst * (1 - c->loss)));
	return bad;
}

static bool queue_full(const struct line *l, int64_t now)
{
	const struct line_conf *c = &l->conf;
	int64_t wait = l->free_at - now;

	if (!c->rate || wait <= 0)
		return false;
	if (c->queue)
		return wait > c->queue;
	return c->queue_bytes &&
	       (double)wait * (double)c->rate > (double)c->queue_bytes * 8 * SECOND;
}

int64_t line_outages(const struct line_conf *c, int64_t now)
{
	return c->outage && c->outage_every ? now / c->outage_every : 0;
}

static bool is_out(const struct line_conf *c, int64_t at)
{
	return c->outage && c->outage_every && at % c->outage_every >= c->outage_every - c->outage;
}

/* What takes it away once it has left, or LINE_SENT if nothing does. */
static enum line_fate fate(struct line *l, int64_t left, const uint8_t *packet, size_t len)
{
	bool unlucky = lost(
		l); /* drawn for each packet, so that one fate does not shift the others */

	if (l->conf.no_udp && nat_is_udp(packet, len))
		return LINE_BLOCKED;
	if (l->conf.mtu && len > l->conf.mtu)
		return LINE_MTU;
	if (is_out(&l->conf, left))
		return LINE_OUTAGE;
	return unlucky ? LINE_LOST : LINE_SENT;
}

int line_take(struct line *l, int64_t now, const uint8_t *packet, size_t len,
              int64_t at[LINE_COPIES])
{
	const struct line_conf *c = &l->conf;
	enum line_fate f;

	line_count(l, LINE_SENT, len);
	if (queue_full(l, now)) {
		line_count(l, LINE_QUEUE, len);
		return 0;
	}
	if (l->free_at < now)
		l->free_at = now;
	if (c->rate)
		l->free_at += (int64_t)((double)len * 8 * SECOND / (double)c->rate);
	f = fate(l, l->free_at, packet, len);
	if (f != LINE_SENT) {
		line_count(l, f, len);
		return 0;
	}
	at[0] = at[1] = l->free_at + c->delay;
	if (c->reorder > 0 && happens(l, c->reorder))
		at[0] = at[1] += c->reorder_by;
	if (c->duplicate <= 0 || !happens(l, c->duplicate))
		return 1;
	line_count(l, LINE_DUPLICATED, len);
	return 2;
}
