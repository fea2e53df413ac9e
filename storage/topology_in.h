/* topology_in.h - what topology_file.c read of a TopoJSON file and topology.c makes sense of. */
#ifndef STORAGE_TOPOLOGY_IN_H
#define STORAGE_TOPOLOGY_IN_H

#include "storage/buf.h"
#include "storage/topology.h"
#include "storage/unit.h"

struct point {
	double x, y; /* longitude, latitude */
};

struct ring {
	uint32_t ref, nref; /* of topology.ref */
	bool outer;         /* a polygon begins */
	int turn;           /* 1 left, -1 right, 0 has no inside and is passed over */
};

struct shape {
	char code[UNIT_CODE_MAX];
	uint32_t ring, nring;
};

struct topology {
	struct buf point; /* struct point: arcs, one after the other */
	struct buf arc;   /* uint32_t: where each begins, and where the last ends */
	struct buf ref;   /* int32_t: an arc, or ~arc backwards */
	struct buf ring;  /* struct ring */
	struct buf shape; /* struct shape, by code in the end */
	bool typed;       /* "type" is "Topology" */
	bool grid;        /* points are deltas on a grid: */
	struct point scale, zero;
	uint64_t ring_points;
};

static inline const struct point *points(const struct topology *t)
{
	return (const struct point *)(const void *)t->point.data;
}

static inline const uint32_t *arcs(const struct topology *t)
{
	return (const uint32_t *)(const void *)t->arc.data;
}

static inline const int32_t *refs(const struct topology *t)
{
	return (const int32_t *)(const void *)t->ref.data;
}

static inline struct ring *rings(const struct topology *t)
{
	return (struct ring *)(void *)t->ring.data;
}

static inline struct shape *shapes(const struct topology *t)
{
	return (struct shape *)(void *)t->shape.data;
}

static inline size_t count_arcs(const struct topology *t)
{
	return t->arc.len / sizeof(uint32_t) - 1;
}

/* Reads the file into t, which starts empty: nothing of it is checked yet but its form. */
int topology_file(struct topology *t, const char *text);

#endif
