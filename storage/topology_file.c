/* topology_file.c - arcs, rings and codes out of a TopoJSON file. */
#include "storage/err.h"
#include "storage/json_read.h"
#include "storage/topology_in.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct reading {
	struct topology *t;
	struct json_read j;
	struct buf text;
};

/* Appends, within max of them. */
static void add(struct reading *g, struct buf *b, const void *item, size_t size, size_t max)
{
	if (g->j.rc)
		return;
	if (b->len / size >= max)
		g->j.rc = err(ERR_TOOBIG, "the boundaries are too many or too fine: simplify them");
	buf_add(b, item, size);
	if (b->err && !g->j.rc)
		g->j.rc = err(ERR_NOMEM, "out of memory");
}

/* ---- reading -------------------------------------------------------------------------------- */

static void read_pair(struct reading *g, struct point *out)
{
	double *const at[] = {&out->x, &out->y};
	size_t i;

	json_read_begin(&g->j, '[');
	for (i = 0; i < 2; i++) {
		if (!json_read_item(&g->j))
			json_read_bad(&g->j);
		*at[i] = g->j.rc ? 0 : json_read_number(&g->j);
	}
	while (json_read_item(&g->j)) /* a height */
		json_read_skip(&g->j);
}

static void read_transform(struct reading *g)
{
	g->t->grid = true;
	for (json_read_begin(&g->j, '{'); json_read_key(&g->j, &g->text);) {
		if (!strcmp(buf_cstr(&g->text), "scale"))
			read_pair(g, &g->t->scale);
		else if (!strcmp(buf_cstr(&g->text), "translate"))
			read_pair(g, &g->t->zero);
		else
			json_read_skip(&g->j);
	}
}

static void read_arcs(struct reading *g)
{
	struct topology *t = g->t;
	struct point p;
	uint32_t end;

	for (json_read_begin(&g->j, '['); json_read_item(&g->j);) {
		for (json_read_begin(&g->j, '['); json_read_item(&g->j);) {
			read_pair(g, &p);
			add(g, &t->point, &p, sizeof p, TOPOLOGY_POINTS_MAX);
		}
		end = (uint32_t)(t->point.len / sizeof p);
		if (!g->j.rc && end == arcs(t)[count_arcs(t)])
			g->j.rc = err(ERR_BAD, "an arc of the boundaries is empty");
		add(g, &t->arc, &end, sizeof end, TOPOLOGY_POINTS_MAX);
	}
}

static void read_ring(struct reading *g, bool outer)
{
	struct topology *t = g->t;
	struct ring r = {.ref = (uint32_t)(t->ref.len / sizeof(int32_t)), .outer = outer};

	for (json_read_begin(&g->j, '['); json_read_item(&g->j);) {
		double v = json_read_number(&g->j);
		int32_t ref = fabs(v) <= TOPOLOGY_POINTS_MAX ? (int32_t)v : INT32_MAX;

		add(g, &t->ref, &ref, sizeof ref, TOPOLOGY_REFS_MAX);
		r.nref++;
	}
	if (r.nref)
		add(g, &t->ring, &r, sizeof r, TOPOLOGY_REFS_MAX);
	else if (!g->j.rc)
		g->j.rc = err(ERR_BAD, "a ring of the boundaries is empty");
}

static void read_polygon(struct reading *g)
{
	bool outer = true;

	for (json_read_begin(&g->j, '['); json_read_item(&g->j); outer = false)
		read_ring(g, outer);
}

/* The code out of properties, or what stands in its place. */
static void read_code(struct reading *g, char code[UNIT_CODE_MAX])
{
	struct buf text = {0};

	json_read_text(&g->j, &text);
	if (!g->j.rc && text.len < UNIT_CODE_MAX)
		memcpy(code, buf_cstr(&text), text.len + 1);
	buf_release(&text);
}

static void read_properties(struct reading *g, char code[UNIT_CODE_MAX])
{
	if (json_read_peek(&g->j) != '{') {
		json_read_skip(&g->j);
		return;
	}
	for (json_read_begin(&g->j, '{'); json_read_key(&g->j, &g->text);) {
		if (!strcmp(buf_cstr(&g->text), "code") && !strchr("{[", json_read_peek(&g->j)))
			read_code(g, code);
		else
			json_read_skip(&g->j);
	}
}

/* Reads the arcs at a place that was passed, now that it is known of what they are. */
static void read_shape(struct reading *g, const struct json_read *arcs_at, bool several,
                       const char *code)
{
	struct shape s = {.ring = (uint32_t)(g->t->ring.len / sizeof(struct ring))};
	struct json_read behind = g->j;

	g->j = *arcs_at;
	if (several)
		for (json_read_begin(&g->j, '['); json_read_item(&g->j);)
			read_polygon(g);
	else
		read_polygon(g);
	if (g->j.rc)
		return;
	g->j = behind;
	s.nring = (uint32_t)(g->t->ring.len / sizeof(struct ring)) - s.ring;
	memcpy(s.code, code, sizeof s.code);
	add(g, &g->t->shape, &s, sizeof s, TOPOLOGY_SHAPES_MAX);
}

/* A geometry and those within it; its members come in any order. */
static void read_geometry(struct reading *g)
{
	char code[UNIT_CODE_MAX] = "", id[UNIT_CODE_MAX] = "", type[32] = "";
	struct json_read arcs_at = {0};

	for (json_read_begin(&g->j, '{'); json_read_key(&g->j, &g->text);) {
		const char *key = buf_cstr(&g->text);

		if (!strcmp(key, "geometries")) {
			for (json_read_begin(&g->j, '['); json_read_item(&g->j);)
				read_geometry(g);
		} else if (!strcmp(key, "properties")) {
			read_properties(g, code);
		} else if (!strcmp(key, "id") && !strchr("{[", json_read_peek(&g->j))) {
			read_code(g, id);
		} else if (!strcmp(key, "type")) {
			json_read_text(&g->j, &g->text);
			snprintf(type, sizeof type, "%s", buf_cstr(&g->text));
		} else {
			if (!strcmp(key, "arcs"))
				arcs_at = g->j;
			json_read_skip(&g->j);
		}
	}
	if (g->j.rc || !arcs_at.at || (!*code && !*id))
		return;
	if (!strcmp(type, "Polygon") || !strcmp(type, "MultiPolygon"))
		read_shape(g, &arcs_at, *type == 'M', *code ? code : id);
}

static void read_file(struct reading *g)
{
	for (json_read_begin(&g->j, '{'); json_read_key(&g->j, &g->text);) {
		const char *key = buf_cstr(&g->text);

		if (!strcmp(key, "type")) {
			json_read_text(&g->j, &g->text);
			g->t->typed = !strcmp(buf_cstr(&g->text), "Topology");
			if (!g->j.rc && !strcmp(buf_cstr(&g->text), "FeatureCollection"))
				g->j.rc = err(ERR_BAD,
				              "these boundaries are GeoJSON: make TopoJSON of "
				              "them (mapshaper does)");
		} else if (!strcmp(key, "transform")) {
			read_transform(g);
		} else if (!strcmp(key, "arcs")) {
			read_arcs(g);
		} else if (!strcmp(key, "objects")) {
			for (json_read_begin(&g->j, '{'); json_read_key(&g->j, &g->text);)
				read_geometry(g);
		} else {
			json_read_skip(&g->j);
		}
	}
	json_read_end(&g->j);
	if (!g->j.rc && !g->t->typed)
		g->j.rc = err(ERR_BAD, "the boundaries are no TopoJSON");
}

int topology_file(struct topology *t, const char *text)
{
	struct reading g = {.t = t};
	uint32_t zero = 0;

	json_read_open(&g.j, text);
	add(&g, &t->arc, &zero, sizeof zero, 1);
	read_file(&g);
	buf_release(&g.text);
	return g.j.rc;
}
