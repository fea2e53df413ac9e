/* grid_geojson.c - a report as GeoJSON (RFC 7946): a feature for each row, with its cells as properties.
 *
 * Its place is the boundary of its unit, from the TopoJSON file that was given; else the point that the
 * report said; else null. A share is three properties: KEY, KEY_numerator, KEY_denominator, since programs
 * that draw maps colour by one number.
 */
#include "agent/file.h"
#include "agent/grid_writer.h"
#include "agent/i18n.h"
#include "storage/err.h"
#include "storage/topology.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DECIMALS 6 /* of a degree: a decimetre (RFC 7946 section 11.2) */

struct map {
	struct json j;
	struct topology *t; /* NULL: no boundaries */
	FILE *f;
	size_t rings, points; /* of the boundary being written; of its ring */
	uint64_t missed;      /* rows whose unit has no boundary */
};

/* Before anything is computed: a file of boundaries that cannot be read is told at once. */
static int begin_map(struct grid *g)
{
	struct map *m = calloc(1, sizeof *m);
	const char *path = g->to.boundaries;
	struct buf text = {0};
	int rc;

	g->state = m;
	if (!m)
		return err(ERR_NOMEM, "out of memory");
	if (!path)
		return g->to.topology ? topology_read(g->to.topology, &m->t) : 0;
	rc = file_read(path, TOPOLOGY_FILE_MAX, &text);
	if (!rc) {
		rc = topology_read(buf_cstr(&text), &m->t);
		if (rc)
			rc = err(rc, "%s: %s", path, err_text());
	}
	buf_release(&text);
	return rc;
}

static int open_map(struct grid *g)
{
	struct map *m = g->state;
	size_t i;

	m->f = g->f;
	json_begin(&m->j, g->f);
	json_object(&m->j);
	json_kstr(&m->j, "type", "FeatureCollection");
	json_kstr(&m->j, "title", g->title); /* foreign members: section 6.1 */
	json_key(&m->j, "notes");
	json_array(&m->j);
	for (i = 0; i < g->nnote; i++)
		json_str(&m->j, g->note[i]);
	json_end(&m->j);
	json_key(&m->j, "features");
	json_array(&m->j);
	return 0;
}

/* ---- where ----------------------------------------------------------------------------------- */

static void put_degrees(FILE *f, double v)
{
	char text[FMT];
	size_t n = (size_t)snprintf(text, sizeof text, "%.*f", DECIMALS, v);

	while (n && text[n - 1] == '0')
		text[--n] = 0;
	if (n && text[n - 1] == '.')
		text[--n] = 0;
	fputs(strcmp(text, "-0") ? text : "0", f);
}

static void put_place(FILE *f, double lon, double lat)
{
	fputc('[', f);
	put_degrees(f, lon);
	fputc(',', f);
	put_degrees(f, lat);
	fputc(']', f);
}

static void put_ring(void *arg, bool outer)
{
	struct map *m = arg;

	fputs(!m->rings ? "[[" : outer ? "]],\n[[" : "],\n[", m->f);
	m->rings++;
	m->points = 0;
}

static void put_point(void *arg, double lon, double lat)
{
	struct map *m = arg;

	if (m->points++)
		fputc(',', m->f);
	put_place(m->f, lon, lat);
}

static void put_boundary(struct map *m, const char *code, size_t polygons)
{
	const struct topology_walk walk = {put_ring, put_point, m};

	m->rings = 0;
	fprintf(m->f, "{\"type\":\"%s\",\"coordinates\":%s",
	        polygons > 1 ? "MultiPolygon" : "Polygon", polygons > 1 ? "[" : "");
	topology_unit(m->t, code, &walk);
	fprintf(m->f, "]]%s}", polygons > 1 ? "]" : "");
}

static void put_geometry(struct grid *g)
{
	struct map *m = g->state;
	const char *code = buf_cstr(&g->unit);
	size_t polygons = m->t && *code ? topology_unit(m->t, code, NULL) : 0;

	m->missed += m->t && *code && !polygons;
	json_key(&m->j, "geometry");
	m->j.keyed = false; /* its value is written here: the fewer lines the better */
	if (polygons) {
		put_boundary(m, code, polygons);
	} else if (g->placed) {
		fputs("{\"type\":\"Point\",\"coordinates\":", m->f);
		put_place(m->f, g->lon, g->lat);
		fputc('}', m->f);
	} else {
		fputs("null", m->f);
	}
}

/* ---- what ------------------------------------------------------------------------------------ */

static void put_count(struct json *j, const char *key, const char *suffix,
                      const struct grid_cell *c, int64_t n)
{
	struct buf name = {0};

	buf_printf(&name, "%s%s", key, suffix);
	json_key(j, buf_cstr(&name));
	if (c->none)
		json_null(j);
	else
		json_int(j, n);
	buf_release(&name);
}

static void put_property(struct json *j, const struct grid_column *column,
                         const struct grid_cell *c)
{
	json_key(j, column->key);
	if (c->none)
		json_null(j);
	else if (c->type == GRID_INT)
		json_int(j, c->n);
	else if (grid_numeric(c->type))
		json_num(j, grid_cell_value(c));
	else
		json_str(j, c->text);
	if (column->type != GRID_SHARE)
		return;
	put_count(j, column->key, "_numerator", c, c->n);
	put_count(j, column->key, "_denominator", c, c->of);
}

static int put_row(struct grid *g)
{
	struct map *m = g->state;
	size_t i;

	json_object(&m->j);
	json_kstr(&m->j, "type", "Feature");
	if (g->unit.len)
		json_kstr(&m->j, "id", buf_cstr(&g->unit));
	put_geometry(g);
	json_key(&m->j, "properties");
	json_object(&m->j);
	for (i = 0; i < g->ncolumn; i++)
		put_property(&m->j, &g->column[i], &g->cell[i]);
	json_end(&m->j);
	return json_end(&m->j);
}

static int close_map(struct grid *g)
{
	struct map *m = g->state;
	char n[FMT];

	json_end(&m->j);
	if (m->missed && g->to.boundaries) {
		fprintf(stderr, _("%s holds no boundary of %s of the rows"), g->to.boundaries,
		        fmt_int((int64_t)m->missed, n));
		fputc('\n', stderr);
	}
	return json_end(&m->j);
}

static void drop_map(struct grid *g)
{
	struct map *m = g->state;

	if (m)
		topology_free(m->t);
	free(m);
}

const struct grid_writer grid_geojson = {.name = "geojson",
                                         .begin = begin_map,
                                         .open = open_map,
                                         .row = put_row,
                                         .close = close_map,
                                         .drop = drop_map};
