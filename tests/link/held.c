/* held.c - a binary heap. */
#include "tests/link/held.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool before(const struct packet *a, const struct packet *b)
{
	return a->at < b->at || (a->at == b->at && a->nth < b->nth);
}

static int grow(struct held *h)
{
	size_t room = h->room ? h->room * 2 : 64;
	struct packet **heap = realloc(h->heap, room * sizeof *heap);

	if (!heap)
		return -1;
	h->heap = heap;
	h->room = room;
	return 0;
}

int held_put(struct held *h, int64_t at, int direction, const uint8_t *data, size_t len)
{
	struct packet *p;
	size_t i;

	if (len > HELD_PACKET || h->n == HELD_MAX || (h->n == h->room && grow(h)))
		return -1;
	p = malloc(sizeof *p);
	if (!p)
		return -1;
	p->at = at;
	p->nth = h->nth++;
	p->direction = direction;
	p->len = len;
	memcpy(p->data, data, len);
	for (i = h->n++; i && before(p, h->heap[(i - 1) / 2]); i = (i - 1) / 2)
		h->heap[i] = h->heap[(i - 1) / 2];
	h->heap[i] = p;
	return 0;
}

struct packet *held_first(const struct held *h)
{
	return h->n ? h->heap[0] : NULL;
}

void held_drop(struct held *h)
{
	struct packet *last = h->heap[--h->n];
	size_t i = 0, child;

	free(h->heap[0]);
	while ((child = 2 * i + 1) < h->n) {
		if (child + 1 < h->n && before(h->heap[child + 1], h->heap[child]))
			child++;
		if (!before(h->heap[child], last))
			break;
		h->heap[i] = h->heap[child];
		i = child;
	}
	h->heap[i] = last;
}

void held_release(struct held *h)
{
	while (h->n)
		held_drop(h);
	free(h->heap);
	*h = (struct held){0};
}
