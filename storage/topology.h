/* topology.h - boundaries of units out of a TopoJSON file, which need not be trusted.
 *
 * The TopoJSON format specification 1.0: shared arcs, delta-encoded on a grid where there is a transform.
 * Polygons and multipolygons of all the file's objects are taken, by their property "code" (else their id);
 * what has no code is passed over. Coordinates are longitude and latitude, WGS 84. Everything is checked when
 * it is read and bounded by the constants here: about 35 MB at most.
 */
#ifndef STORAGE_TOPOLOGY_H
#define STORAGE_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>

#define TOPOLOGY_FILE_MAX \
	(16u * 1024 * 1024)         /* bytes: a country's 11,000 communes are about 10 MB */
#define TOPOLOGY_POINTS_MAX 1000000 /* of arcs: 16 MB */
#define TOPOLOGY_REFS_MAX 1000000   /* arcs that rings are made of */
#define TOPOLOGY_SHAPES_MAX 50000   /* polygons and multipolygons */
/* points of all rings, each arc counted as often as it is used: communes, districts and provinces in one
 * file use one six times */
#define TOPOLOGY_RING_POINTS_MAX 6000000

struct topology; /* owned: topology_free() */

/* text is NUL-terminated. ERR_BAD for what is no TopoJSON, for arcs that are not there, rings that do not
 * close, places that are none; ERR_TOOBIG; ERR_NOMEM. */
int topology_read(const char *text, struct topology **out);
void topology_free(struct topology *t); /* NULL is allowed */

/* Rings of a unit in the order of RFC 7946: an outer one, then its holes, then the next polygon's. Outer
 * rings turn left, holes right (section 3.1.6), and each ends where it began. */
struct topology_walk {
	void (*ring)(void *arg, bool outer); /* another ring begins */
	void (*point)(void *arg, double lon, double lat);
	void *arg;
};
/* How many polygons the unit has; 0: it is not there. walk NULL: only that. */
size_t topology_unit(const struct topology *t, const char *code, const struct topology_walk *walk);
/* Whether a place lies in the unit: 1 or 0, -1 when the unit is not there. On a boundary either. */
int topology_contains(const struct topology *t, const char *code, double lat, double lon);

#endif
