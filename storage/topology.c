/* topology.c - boundaries out of arcs: checked, turned the right way, and what lies within. */
#include "storage/err.h"
#include "storage/topology_in.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- making sense of it --------------------------------------------------------------------- */

/* Deltas on the grid become places. */
static int place_points(struct topology *t)
{
	struct point *p = (struct point *)(void *)t->point.data, at = {0};
	size_t n = t->point.len / sizeof *p, i, arc = 0;

	for (i = 0; i < n; i++) {
		if (t->grid) {
			if (i == arcs(t)[arc]) {
				at = (struct point){0};
				arc++;
			}
			at.x += p[i].x;
			at.y += p[i].y;
			p[i].x = at.x * t->scale.x + t->zero.x;
			p[i].y = at.y * t->scale.y + t->zero.y;
		}
		if (!(fabs(p[i].x) <= 180 && fabs(p[i].y) <= 90))
			return err(ERR_BAD,
			           "the boundaries are not in degrees of longitude and latitude");
	}
	return 0;
}

/* The points of a ring's k-th arc, backwards of the whole ring when back is set. */
static const struct point *arc_of(const struct topology *t, const struct ring *r, uint32_t k,
                                  bool back, size_t *n, int *step)
{
	int32_t ref = refs(t)[r->ref + (back ? r->nref - 1 - k : k)];
	uint32_t arc = (uint32_t)(ref < 0 ? ~ref : ref);
	const struct point *first = points(t) + arcs(t)[arc];

	*n = arcs(t)[arc + 1] - arcs(t)[arc];
	*step = (ref < 0) != back ? -1 : 1;
	return *step < 0 ? first + *n - 1 : first;
}

static bool same(const struct point *a, const struct point *b)
{
	return a->x >= b->x && a->x <= b->x && a->y >= b->y && a->y <= b->y;
}

static int check_ring(struct topology *t, struct ring *r, const char *code)
{
	const struct point *p, *first = NULL, *last = NULL;
	double area = 0;
	size_t n, i, all = 1;
	uint32_t k;
	int step;

	for (k = 0; k < r->nref; k++) {
		int32_t ref = refs(t)[r->ref + k];

		if ((size_t)(ref < 0 ? ~ref : ref) >= count_arcs(t))
			return err(ERR_BAD, "the boundary of %s is of an arc that is not there",
			           code);
		p = arc_of(t, r, k, false, &n, &step);
		t->ring_points += n;
		if (t->ring_points > TOPOLOGY_RING_POINTS_MAX)
			return err(ERR_TOOBIG,
			           "the boundaries are too many or too fine: simplify them");
		if (last && !same(p, last))
			return err(ERR_BAD, "the boundary of %s is broken", code);
		first = first ? first : p;
		last = p;
		all += n - 1;
		for (i = 1; i < n; i++) { /* from the first point, for the sake of small rings */
			p += step;
			area += (last->x - first->x) * (p->y - first->y) -
			        (p->x - first->x) * (last->y - first->y);
			last = p;
		}
	}
	if (!first || !same(first, last))
		return err(ERR_BAD, "the boundary of %s does not close", code);
	if (all >= 4)
		r->turn = (area > 0) - (area < 0);
	return 0;
}

static int by_code(const void *a, const void *b)
{
	const struct shape *x = a, *y = b;
	int order = strcmp(x->code, y->code);

	return order ? order : (x->ring > y->ring) - (x->ring < y->ring);
}

static int check_shapes(struct topology *t)
{
	size_t n = t->shape.len / sizeof(struct shape), i;
	uint32_t k;
	int rc = 0;

	if (!n)
		return err(ERR_BAD, "no boundary has a property \"code\"");
	for (i = 0; !rc && i < n; i++) {
		const struct shape *s = &shapes(t)[i];
		bool inside = false;

		for (k = s->ring; !rc && k < s->ring + s->nring; k++) {
			struct ring *r = &rings(t)[k];

			rc = check_ring(t, r, s->code);
			if (r->outer)
				inside = r->turn != 0;
			else if (!inside) /* a hole in nothing */
				r->turn = 0;
		}
	}
	if (!rc)
		qsort(t->shape.data, n, sizeof(struct shape), by_code);
	return rc;
}

int topology_read(const char *text, struct topology **out)
{
	struct topology *t = calloc(1, sizeof *t);
	int rc;

	*out = NULL;
	if (!t)
		return err(ERR_NOMEM, "out of memory");
	rc = topology_file(t, text);
	if (!rc)
		rc = place_points(t);
	if (!rc)
		rc = check_shapes(t);
	if (rc)
		topology_free(t);
	else
		*out = t;
	return rc;
}

void topology_free(struct topology *t)
{
	if (!t)
		return;
	buf_release(&t->point);
	buf_release(&t->arc);
	buf_release(&t->ref);
	buf_release(&t->ring);
	buf_release(&t->shape);
	free(t);
}

/* ---- asking ------------------------------------------------------------------------------------ */

/* The first shape of that code, or the end. */
static size_t find_shape(const struct topology *t, const char *code)
{
	size_t low = 0, high = t->shape.len / sizeof(struct shape), middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(shapes(t)[middle].code, code) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void walk_ring(const struct topology *t, const struct ring *r,
                      const struct topology_walk *walk)
{
	bool back = (r->turn > 0) != r->outer;
	const struct point *p;
	size_t n, i;
	uint32_t k;
	int step;

	walk->ring(walk->arg, r->outer);
	for (k = 0; k < r->nref; k++) {
		p = arc_of(t, r, k, back, &n, &step);
		for (i = 0; i < n; i++, p += step)
			if (i || !k) /* an arc begins where the one before ended */
				walk->point(walk->arg, p->x, p->y);
	}
}

size_t topology_unit(const struct topology *t, const char *code, const struct topology_walk *walk)
{
	size_t n = t->shape.len / sizeof(struct shape), i = find_shape(t, code), polygons = 0;
	uint32_t k;

	for (; i < n && !strcmp(shapes(t)[i].code, code); i++) {
		const struct shape *s = &shapes(t)[i];

		for (k = s->ring; k < s->ring + s->nring; k++) {
			if (!rings(t)[k].turn)
				continue;
			polygons += rings(t)[k].outer;
			if (walk)
				walk_ring(t, &rings(t)[k], walk);
		}
	}
	return polygons;
}

struct crossing {
	struct point at, last;
	bool inside, going; /* last is of this ring */
};

static void cross_ring(void *arg, bool outer)
{
	struct crossing *c = arg;

	(void)outer;
	c->going = false;
}

/* A line from the place to the east crosses boundaries an odd number of times from inside. */
static void cross_point(void *arg, double lon, double lat)
{
	struct crossing *c = arg;

	if (c->going && (lat > c->at.y) != (c->last.y > c->at.y) &&
	    c->at.x < (c->last.x - lon) * (c->at.y - lat) / (c->last.y - lat) + lon)
		c->inside = !c->inside;
	c->last = (struct point){lon, lat};
	c->going = true;
}

int topology_contains(const struct topology *t, const char *code, double lat, double lon)
{
	struct crossing c = {.at = {lon, lat}};
	const struct topology_walk walk = {cross_ring, cross_point, &c};

	return topology_unit(t, code, &walk) ? c.inside : -1;
}
