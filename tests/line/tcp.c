/* tcp.c - RFC 5681 and 6675, as far as a greedy sender over one FIFO goes. */
#include "tests/line/tcp.h"

#include <stdlib.h>
#include <string.h>

#define REORDER 3         /* segments that came before one is taken for lost */
#define RTO_LEAST 1000000 /* us */
#define WINDOW_FIRST 10
#define ACK 52

static struct tcp_segment *segment(struct tcp *t, uint64_t number)
{
	return &t->segment[number % TCP_FLYING];
}

static void put(struct tcp *t, struct bed *b, uint64_t number, bool back)
{
	static const uint8_t ip[TCP_SEGMENT] = {0x45, [9] = 6};
	int64_t at[LINE_COPIES];
	struct tcp_segment *s = segment(t, number);

	if (!line_take(back ? &b->down : &b->up, b->now * 1000, ip, back ? ACK : TCP_SEGMENT, at))
		return;
	if (t->events == 2 * TCP_FLYING)
		abort();
	t->event[t->events++] = (struct tcp_event){at[0] / 1000 + 1, number,
	                                           back ? t->order : s->order, back};
}

static void send_one(struct tcp *t, struct bed *b, uint64_t number)
{
	struct tcp_segment *s = segment(t, number);

	s->flying = true;
	s->lost = false;
	s->sent_at = b->now;
	s->order = ++t->order;
	t->flying++;
	put(t, b, number, false);
}

static void fill(struct tcp *t, struct bed *b)
{
	uint64_t n;

	for (n = t->first; n < t->next && t->flying < (unsigned)t->window; n++)
		if (segment(t, n)->lost)
			send_one(t, b, n);
	while (t->flying < (unsigned)t->window && t->next - t->first < TCP_FLYING - 1) {
		*segment(t, t->next) = (struct tcp_segment){0};
		send_one(t, b, t->next++);
	}
}

static void lose(struct tcp *t, uint64_t number)
{
	struct tcp_segment *s = segment(t, number);

	s->flying = false;
	s->lost = true;
	t->flying--;
	if (number < t->recover)
		return;
	t->recover = t->next;
	t->threshold = t->window / 2 > 2 ? t->window / 2 : 2;
	t->window = t->threshold;
}

/* Segments sent REORDER before one that came, and still not here, are lost. */
static void acked(struct tcp *t, struct bed *b, uint64_t number)
{
	struct tcp_segment *s = segment(t, number);
	uint64_t n, order = s->order;

	t->heard = b->now;
	if (number < t->first || s->acked)
		return;
	s->acked = true;
	t->rtt = b->now - s->sent_at;
	if (s->flying)
		t->flying--;
	s->flying = s->lost = false;
	t->window += t->window < t->threshold ? 1 : 1 / t->window;
	for (n = t->first; n < t->next; n++)
		if (segment(t, n)->flying && segment(t, n)->order + REORDER <= order)
			lose(t, n);
	while (t->first < t->next && segment(t, t->first)->acked)
		t->first++;
}

static int64_t timeout(const struct tcp *t)
{
	int64_t rto = 2 * t->rtt > RTO_LEAST ? 2 * t->rtt : RTO_LEAST;

	return t->heard + rto;
}

static int64_t due(void *other)
{
	struct tcp *t = other;
	int64_t first = timeout(t);
	unsigned i;

	for (i = 0; i < t->events; i++)
		first = t->event[i].at < first ? t->event[i].at : first;
	return first;
}

static void act(void *other, struct bed *b)
{
	struct tcp *t = other;
	struct tcp_event e;
	unsigned i;
	uint64_t n;

	for (i = 0; i < t->events && t->event[i].at > b->now; i++)
		;
	if (i < t->events) {
		e = t->event[i];
		memmove(&t->event[i], &t->event[i + 1], (t->events - i - 1) * sizeof e);
		t->events--;
		if (e.back) {
			acked(t, b, e.number);
		} else {
			t->delivered += e.number >= t->first && !segment(t, e.number)->came;
			segment(t, e.number)->came = true;
			put(t, b, e.number, true);
		}
	} else if (b->now >= timeout(t)) {
		for (n = t->first; n < t->next; n++)
			if (segment(t, n)->flying)
				lose(t, n);
		t->window = 1;
		t->heard = b->now;
	}
	fill(t, b);
}

void tcp_join(struct tcp *t, struct bed *b)
{
	*t = (struct tcp){.window = WINDOW_FIRST, .threshold = 1e9, .heard = b->now};
	b->other = t;
	b->other_due = due;
	b->other_act = act;
	fill(t, b);
}
