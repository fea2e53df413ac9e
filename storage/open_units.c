/* open_units.c - the units of open data as a tree in preorder. */
#include "storage/err.h"
#include "storage/open_draft.h"

#include <stdlib.h>
#include <string.h>

/* A unit and the one that holds it, by their numbers in the geography. */
struct held_by {
	long place, up;
	const struct unit *u;
};

struct growing {
	struct open_data *o;
	struct held_by *list; /* by up, then code */
	size_t n;
};

static int order(const void *a, const void *b)
{
	const struct held_by *x = a, *y = b;
	int d;

	if (x->up != y->up)
		return (x->up > y->up) - (x->up < y->up);
	d = strcmp(x->u->code, y->u->code);
	return d ? d : strcmp(x->u->valid_from, y->u->valid_from);
}

/* The first of those that up holds. */
static size_t first_of(const struct growing *g, long up)
{
	size_t lo = 0, hi = g->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (g->list[mid].up < up)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t put(struct open_data *o, long place, size_t parent, bool rest)
{
	o->node[o->nodes] = (struct open_node){place, parent, OPEN_NONE, rest};
	return o->nodes++;
}

/* A unit's own records come as a child of their own, before the units in it. */
static void grow(struct growing *g, long place, size_t parent, int depth)
{
	size_t self = put(g->o, place, parent, false), i = first_of(g, place);

	g->o->node_of[place] = self;
	if (depth == UNIT_DEPTH_MAX || i == g->n || g->list[i].up != place)
		return;
	g->o->node[self].first = put(g->o, place, self, true);
	for (; i < g->n && g->list[i].up == place; i++)
		grow(g, g->list[i].place, self, depth + 1);
}

int open_units_read(struct open_data *o, long top)
{
	size_t n = geography_size(o->geo), i, held;
	struct growing g = {.o = o};
	long holder[UNIT_DEPTH_MAX];

	g.list = calloc(n + 1, sizeof *g.list);
	o->node = calloc(2 * n + 2, sizeof *o->node);
	o->node_of = calloc(n + 1, sizeof *o->node_of);
	if (!g.list || !o->node || !o->node_of) {
		free(g.list);
		return err(ERR_NOMEM, "out of memory");
	}
	for (i = 0; i < n; i++) {
		const struct unit *u = geography_unit(o->geo, i);

		o->node_of[i] = OPEN_NONE;
		held = geography_becomes(o->geo, (long)i) == (long)i
		               ? geography_holders(o->geo, u->id, holder)
		               : 0;
		if (held > 1 && holder[0] == (long)i)
			g.list[g.n++] = (struct held_by){(long)i, holder[1], u};
	}
	qsort(g.list, g.n, sizeof *g.list, order);
	grow(&g, top, 0, 0);
	free(g.list);
	return 0;
}
