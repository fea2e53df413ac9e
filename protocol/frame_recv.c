/* frame_recv.c - symbols out of frames: Gaussian elimination, a window at a time.
 *
 * Each symbol's place holds nothing, the symbol, or an equation: a repair frame's bytes less all that
 * was known when it came, whose row of the window's matrix says which symbols of the window it
 * is a sum of: this one once, and none before it. When no place of a window is empty, it is solved
 * from its end.
 */
#include "protocol/frame_wire.h"
#include "protocol/frame_gf.h"
#include "protocol/frame_recv.h"
#include "storage/err.h"

#include <stdlib.h>
#include <string.h>

enum { EMPTY, EQUATION, SYMBOL };

#define LONG_TRANSFER 16 /* symbols; from there a second copy of the last state is no matter */

struct window {
	unsigned number, start, len; /* symbols */
};

static struct window window_at(const struct frame_recv *r, unsigned w)
{
	unsigned start = frame_window_start(r->symbols, w);

	return (struct window){w, start, frame_window_start(r->symbols, w + 1) - start};
}

static uint8_t *place(const struct frame_recv *r, unsigned symbol)
{
	return r->data + (size_t)symbol * r->name.size;
}

/* The coefficients of the equation in the window's place i. */
static uint8_t *row(const struct frame_recv *r, const struct window *w, unsigned i)
{
	return r->matrix[w->number] + (size_t)i * w->len;
}

/* Symbols with their marks, matrices, a symbol of parts and one to work on. */
size_t frame_recv_memory(const struct frame_name *name)
{
	size_t n = frame_symbols(name);

	return n * (name->size + 1u + FRAME_WINDOW) + FRAME_HEAD_MAX + 1 + 2u * name->size;
}

int frame_recv_init(struct frame_recv *r, const struct frame_name *name, uint16_t run)
{
	*r = (struct frame_recv){.name = *name, .run = run};
	if (frame_name_check(name))
		return ERR_BAD;
	r->symbols = frame_symbols(name);
	r->windows = frame_windows(r->symbols);
	r->data = calloc((size_t)r->symbols + 1, name->size); /* one more to work on */
	r->is = calloc((size_t)r->symbols + 1, 1);
	if (r->data && r->is)
		return 0;
	frame_recv_release(r);
	return err(ERR_NOMEM, "out of memory");
}

void frame_recv_release(struct frame_recv *r)
{
	unsigned w;

	for (w = 0; w < r->windows; w++)
		free(r->matrix[w]);
	free(r->data);
	free(r->is);
	free(r->whole);
	*r = (struct frame_recv){0};
}

bool frame_recv_complete(const struct frame_recv *r)
{
	return r->rank_all == r->symbols;
}

/* ---- equations ------------------------------------------------------------------------------- */

/* From the last place to the first: what an equation is a sum of is known by then. */
static void solve(struct frame_recv *r, const struct window *w)
{
	unsigned i, j;

	if (!r->matrix[w->number])
		return;
	for (i = w->len; i-- > 0;) {
		if (r->is[w->start + i] != EQUATION)
			continue;
		for (j = i + 1; j < w->len; j++)
			gf_add(place(r, w->start + i), place(r, w->start + j), row(r, w, i)[j],
			       r->name.size);
		r->is[w->start + i] = SYMBOL;
	}
	free(r->matrix[w->number]);
	r->matrix[w->number] = NULL;
}

static void put(struct frame_recv *r, const struct window *w, unsigned i, int is)
{
	if (r->is[w->start + i] == EMPTY) {
		r->rank[w->number]++;
		r->rank_all++;
	}
	r->is[w->start + i] = (uint8_t)is;
	if (r->rank[w->number] == w->len)
		solve(r, w);
}

/* Takes what is known out of the coefficients c; by[i]: how often place i was taken out. Returns the
 * first empty place that is left in the sum, or w->len. */
static unsigned reduce(const struct frame_recv *r, const struct window *w, uint8_t *c, uint8_t *by)
{
	unsigned i, first = w->len;

	for (i = 0; i < w->len; i++) {
		by[i] = 0;
		if (!c[i])
			continue;
		if (r->is[w->start + i] == EMPTY) {
			first = first < w->len ? first : i;
			continue;
		}
		by[i] = c[i];
		if (r->is[w->start + i] == EQUATION)
			gf_add(c + i, row(r, w, i) + i, by[i], w->len - i);
		else
			c[i] = 0;
	}
	return first;
}

/* A sum (its bytes in the work place, its coefficients c) becomes an equation, if it says anything
 * new. */
static int add_equation(struct frame_recv *r, const struct window *w, uint8_t *c, bool *new)
{
	uint8_t by[FRAME_WINDOW], *sum = place(r, r->symbols), scale;
	unsigned i, first = reduce(r, w, c, by);

	*new = false;
	if (first == w->len)
		return 0;
	if (!r->matrix[w->number])
		r->matrix[w->number] = malloc((size_t)w->len * w->len);
	if (!r->matrix[w->number])
		return err(ERR_NOMEM, "out of memory");
	for (i = 0; i < w->len; i++)
		gf_add(sum, place(r, w->start + i), by[i], r->name.size);
	scale = gf_inverse(c[first]);
	gf_scale(c, scale, w->len);
	gf_scale(sum, scale, r->name.size);
	memcpy(row(r, w, first), c, w->len);
	memcpy(place(r, w->start + first), sum, r->name.size);
	put(r, w, first, EQUATION);
	*new = true;
	return 0;
}

/* A symbol as it is. An equation in its place moves on to another. */
static int add_symbol(struct frame_recv *r, const struct window *w, unsigned i, const uint8_t *data,
                      size_t len, bool *new)
{
	uint8_t *to = place(r, w->start + i), *sum = place(r, r->symbols), c[FRAME_WINDOW];
	bool equation = r->is[w->start + i] == EQUATION;

	*new = r->is[w->start + i] == EMPTY;
	if (r->is[w->start + i] == SYMBOL)
		return 0;
	if (equation) {
		memcpy(sum, to, r->name.size);
		memcpy(c, row(r, w, i), w->len);
		gf_add(sum, data, 1, len);
		c[i] = 0;
	}
	memcpy(to, data, len);
	memset(to + len, 0, r->name.size - len);
	put(r, w, i, SYMBOL);
	return equation ? add_equation(r, w, c, new) : 0;
}

static int add_repair(struct frame_recv *r, uint32_t index, const uint8_t *data, bool *new)
{
	struct window w = window_at(r, frame_window_of(r->symbols, index));
	uint8_t c[FRAME_WINDOW];
	unsigned i;

	*new = false;
	if (r->rank[w.number] == w.len)
		return 0;
	for (i = 0; i < w.len; i++)
		c[i] = gf_coefficient(index, w.start + i);
	memcpy(place(r, r->symbols), data, r->name.size);
	return add_equation(r, &w, c, new);
}

/* ---- frames ---------------------------------------------------------------------------------- */

/* Bytes of the data of a frame with that index. */
static size_t data_len(const struct frame_recv *r, uint32_t index)
{
	size_t before = (size_t)index * r->name.size;

	if (index >= r->symbols || before + r->name.size <= r->name.len)
		return r->name.size;
	return r->name.len - before;
}

/* Puts part of a symbol to the others that came. True once it is whole: then h is of the whole. */
static int add_part(struct frame_recv *r, struct frame_head *h, bool *whole)
{
	size_t all = data_len(r, h->index), part = (all + h->parts - 1) / h->parts;
	size_t at = part * h->part, len = at + part < all ? part : all > at ? all - at : 0;
	size_t head;

	*whole = false;
	if (!len || h->data_len != len)
		return err(ERR_BAD, "not a frame");
	if (!r->whole)
		r->whole = malloc(FRAME_HEAD_MAX + r->name.size);
	if (!r->whole)
		return err(ERR_NOMEM, "out of memory");
	if (r->part_index != h->index || r->part_count != h->parts)
		r->part_seen = 0;
	r->part_index = h->index;
	r->part_count = h->parts;
	r->part_seen |= 1u << h->part;
	memcpy(r->whole + FRAME_HEAD_MAX + at, h->data, len);
	if (r->part_seen != (1u << h->parts) - 1)
		return 0;
	r->part_seen = 0;
	*whole = true;
	*h = (struct frame_head){.name = r->name, .index = h->index, .parts = 1};
	head = frame_head_write(h, r->whole);
	memmove(r->whole + head, r->whole + FRAME_HEAD_MAX, all);
	h->start = r->whole;
	h->data = r->whole + head;
	h->data_len = all;
	return 0;
}

/* What the sender will want to know of the line. */
static void count(struct frame_recv *r, const struct frame_head *h, int64_t now)
{
	r->received++;
	if (!h->probe && (h->index > r->highest || h->index >= r->symbols))
		r->lossy = true;
	if (h->index >= r->highest)
		r->highest = h->index + 1;
	r->echo = h->index + 1;
	r->at = now;
	r->map |= h->map;
}

static int take(struct frame_recv *r, const struct frame_head *h, bool *new)
{
	struct window w;

	*new = false;
	if (h->data_len != data_len(r, h->index))
		return err(ERR_BAD, "not a frame");
	if (h->index >= r->symbols)
		return add_repair(r, h->index, h->data, new);
	w = window_at(r, frame_window_of(r->symbols, h->index));
	return add_symbol(r, &w, h->index - w.start, h->data, h->data_len, new);
}

int frame_recv_take(struct frame_recv *r, const struct frame_head *head, int64_t now,
                    struct frame_kept *out)
{
	struct frame_head h = *head;
	bool whole = true, new = false;
	int rc = 0;

	*out = (struct frame_kept){0};
	if (!h.probe && !r->symbols)
		return err(ERR_BAD, "not a frame");
	if (!h.probe && h.parts > 1)
		rc = add_part(r, &h, &whole);
	if (!rc && !h.probe && whole)
		rc = take(r, &h, &new);
	if (rc)
		return rc;
	if (now != FRAME_RESTORED)
		count(r, head, now);
	if (!new)
		return 0;
	out->len = (size_t)(h.data - h.start) + h.data_len;
	out->bytes = h.start;
	return 0;
}

/* ---- states ---------------------------------------------------------------------------------- */

static size_t map_write(const struct frame_recv *r, uint8_t *bits)
{
	unsigned i;
	size_t len = 0;

	memset(bits, 0, FRAME_SYMBOLS_MAX / 8);
	for (i = 0; i < r->symbols; i++)
		if (r->is[i] != EMPTY) {
			bits[i / 8] |= (uint8_t)(1u << i % 8);
			len = i / 8 + 1;
		}
	return len;
}

size_t frame_recv_state(struct frame_recv *r, bool brief, int64_t now, uint8_t out[FRAME_STATE_MAX],
                        unsigned *copies)
{
	uint8_t bits[FRAME_SYMBOLS_MAX / 8];
	struct frame_state s = {.name = r->name, .brief = brief, .run = r->run};
	bool all = frame_recv_complete(r);

	s.status = all ? FRAME_ALL : FRAME_HAS;
	s.at = (uint32_t)((uint64_t)r->at / FRAME_TICK);
	s.held = now > r->at ? (uint32_t)((now - r->at) / FRAME_TICK) : 0;
	s.echo = r->echo;
	s.received = r->received;
	memcpy(s.rank, r->rank, sizeof s.rank);
	s.map = !all && r->map;
	if (s.map) {
		s.highest = r->highest;
		s.bits = bits;
		s.bits_len = map_write(r, bits);
		r->map = false;
	}
	*copies = all && (r->lossy || r->symbols >= LONG_TRANSFER) ? 2 : 1;
	return frame_state_write(&s, r->windows, out);
}
