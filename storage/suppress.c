/* suppress.c - which figures of a tree of units may not be published. */
#include "storage/suppress.h"
#include "storage/err.h"

#include <stdlib.h>

#define NOWHERE ((size_t)-1)

struct closing {
	const struct suppress *t;
	bool *closed;
	size_t *end;    /* [n] one past the last unit below */
	int64_t *share; /* [n] things of the block within each closed unit */
	int64_t *sum;   /* [cells] of the block */
};

/* What a block lacks; both NOWHERE: a closed leaf. */
struct lack {
	size_t cell;    /* one that counts too few */
	size_t outside; /* a closed unit outside of which there is too little */
};

bool suppress_safe(const struct suppress_cell *c, int64_t count)
{
	return count >= SUPPRESS_MIN || (c->none_ok && !count);
}

static int64_t count_of(const struct closing *c, size_t i, size_t cell)
{
	return c->t->count[i * c->t->cells + cell];
}

static bool leaf(const struct closing *c, size_t i)
{
	return c->end[i] == i + 1;
}

static bool safe(const struct closing *c, size_t i)
{
	const struct suppress *t = c->t;
	size_t k;

	for (k = 0; k < t->cells; k++)
		if (t->level[i] <= t->cell[k].floor &&
		    !suppress_safe(&t->cell[k], count_of(c, i, k)))
			return false;
	return true;
}

/* ---- a block --------------------------------------------------------------------------------- */

/* The next unit after i that an open unit above sees: what lies below an open one is its own. */
static size_t next(const struct closing *c, size_t i)
{
	return c->closed[i] ? i + 1 : c->end[i];
}

/* Adds the block of u up; false when it is empty. *top is the level of its highest closed unit. */
static bool gather(struct closing *c, size_t u, int64_t *things, uint8_t *top)
{
	const struct suppress *t = c->t;
	bool any = false;
	size_t i, k;

	*things = 0;
	*top = UINT8_MAX;
	for (k = 0; k < t->cells; k++)
		c->sum[k] = 0;
	for (i = u + 1; i < c->end[u]; i++)
		c->share[i] = 0;
	for (i = u + 1; i < c->end[u]; i = next(c, i)) {
		if (!c->closed[i])
			continue;
		any = true;
		if (t->level[i] < *top)
			*top = t->level[i];
		if (!leaf(c, i))
			continue;
		c->share[i] = t->things[i];
		*things += t->things[i];
		for (k = 0; k < t->cells; k++)
			c->sum[k] += count_of(c, i, k);
	}
	for (i = c->end[u]; any && i-- > u + 1;)
		if (t->parent[i] != u)
			c->share[t->parent[i]] += c->share[i];
	return any;
}

/* Does the block of u lack something? Closed units inside an open one are that one's matter. */
static bool lacks(struct closing *c, size_t u, struct lack *out)
{
	const struct suppress *t = c->t;
	int64_t things;
	uint8_t top;
	size_t i;

	*out = (struct lack){NOWHERE, NOWHERE};
	if (!gather(c, u, &things, &top))
		return false;
	for (i = u + 1; i < c->end[u]; i = next(c, i)) {
		if (c->closed[i] && things - c->share[i] < SUPPRESS_MIN) {
			out->outside = i;
			return true;
		}
	}
	for (i = 0; i < t->cells; i++) {
		if (top <= t->cell[i].floor && !suppress_safe(&t->cell[i], c->sum[i])) {
			out->cell = i;
			return true;
		}
	}
	return false;
}

/* ---- closing more ------------------------------------------------------------------------------ */

static bool helps(const struct closing *c, size_t i, const struct lack *l)
{
	if (c->closed[i] || !c->t->things[i])
		return false;
	if (l->outside != NOWHERE)
		return i < l->outside || i >= c->end[l->outside];
	return l->cell == NOWHERE || count_of(c, i, l->cell) > 0;
}

/* The smallest that helps among what u sees open; NOWHERE. */
static size_t smallest(const struct closing *c, size_t u, const struct lack *l)
{
	size_t best = NOWHERE, i;

	for (i = u + 1; i < c->end[u]; i = next(c, i))
		if (helps(c, i, l) && (best == NOWHERE || c->t->things[i] < c->t->things[best]))
			best = i;
	return best;
}

static bool has_closed_leaf(const struct closing *c, size_t u)
{
	size_t i;

	for (i = u + 1; i < c->end[u]; i = next(c, i))
		if (c->closed[i] && leaf(c, i))
			return true;
	return false;
}

/* Closes i, down to a leaf: a closed unit whose parts are all open is their sum. Of a cell that is not
 * published further down the leaf is closed all the same, so that all figures have the same block. */
static void close_down(struct closing *c, size_t i, const struct lack *l)
{
	for (; i != NOWHERE; i = smallest(c, i, l)) {
		c->closed[i] = true;
		if (leaf(c, i) || has_closed_leaf(c, i))
			return;
	}
}

static void close_block(struct closing *c, size_t u)
{
	struct lack l;
	size_t i;

	while (!c->closed[u] && lacks(c, u, &l)) {
		i = smallest(c, u, &l);
		if (i == NOWHERE)
			c->closed[u] = true;
		else
			close_down(c, i, &l);
	}
}

int suppress(const struct suppress *t, bool *closed)
{
	struct closing c = {.t = t, .closed = closed};
	size_t i;

	c.end = calloc(t->n + 1, sizeof *c.end);
	c.share = calloc(t->n + 1, sizeof *c.share);
	c.sum = calloc(t->cells + 1, sizeof *c.sum);
	if (!c.end || !c.share || !c.sum) {
		free(c.end);
		free(c.share);
		free(c.sum);
		return err(ERR_NOMEM, "out of memory");
	}
	for (i = 0; i < t->n; i++)
		c.end[i] = i + 1;
	for (i = t->n; i-- > 1;)
		if (c.end[i] > c.end[t->parent[i]])
			c.end[t->parent[i]] = c.end[i];
	for (i = 0; i < t->n; i++)
		if (t->things[i] && !safe(&c, i))
			closed[i] = true;
	for (i = t->n; i-- > 0;) {
		const struct lack l = {NOWHERE, NOWHERE};

		if (!closed[i])
			close_block(&c, i);
		else if (!leaf(&c, i) && !has_closed_leaf(&c, i))
			close_down(&c, smallest(&c, i, &l), &l);
	}
	free(c.end);
	free(c.share);
	free(c.sum);
	return 0;
}
