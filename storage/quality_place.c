/* quality_place.c - records whose place is not in their unit. */
#include "storage/err.h"
#include "storage/quality_in.h"
#include "storage/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KM_A_DEGREE 111.2 /* of latitude */
#define RADIANS (3.14159265358979 / 180)

/* The column or columns of a form that hold a place, and their table. */
struct place_columns {
	const char *tbl, *lat, *lon; /* lon NULL: lat is a geopoint, "lat lon altitude accuracy" */
};

struct spot {
	int64_t record;
	double lat, lon;
};

struct spots {
	struct quality *q;
	int64_t unit;
	char code[UNIT_CODE_MAX]; /* of the unit whose boundary it is, "" for none */
	struct spot *at;
	double *sorted;
	size_t n, cap;
};

static const struct question *named(const struct form *f, const char *const *names)
{
	const struct question *c;
	size_t i;

	for (c = f->q; c < f->q + f->nq; c++)
		for (i = 0; names[i] && c->type == Q_DECIMAL && c->col; i++)
			if (!strcasecmp(c->name, names[i]))
				return c;
	return NULL;
}

static bool find_columns(const struct form *f, struct place_columns *out)
{
	static const char *const lats[] = {"lat", "latitude", "vi_do", NULL};
	static const char *const lons[] = {"lon", "lng", "longitude", "kinh_do", NULL};
	const struct question *c, *lat = named(f, lats), *lon = named(f, lons);

	memset(out, 0, sizeof *out);
	for (c = f->q; c < f->q + f->nq && !out->tbl; c++)
		if (c->type == Q_GEOPOINT && c->col && c->tbl && !strcmp(c->tbl + 2, f->code))
			*out = (struct place_columns){c->tbl, c->col, NULL};
	if (!out->tbl && lat && lon && lat->tbl && lon->tbl && !strcmp(lat->tbl, lon->tbl) &&
	    !strcmp(lat->tbl + 2, f->code))
		*out = (struct place_columns){lat->tbl, lat->col, lon->col};
	return out->tbl != NULL;
}

static double km(double lat1, double lon1, double lat2, double lon2)
{
	double y = (lat1 - lat2) * KM_A_DEGREE;
	double x = (lon1 - lon2) * KM_A_DEGREE * cos((lat1 + lat2) / 2 * RADIANS);

	return sqrt(x * x + y * y);
}

static int tell(struct spots *p, const struct spot *at, double distance)
{
	struct finding f = {.kind = QUALITY_PLACE,
	                    .form = p->q->form->code,
	                    .record = at->record,
	                    .unit = p->unit,
	                    .a = distance};
	char value[64];

	snprintf(value, sizeof value, "%.5f %.5f", at->lat, at->lon);
	f.value = value;
	return p->q->fn(p->q->arg, &f);
}

/* The boundary of the unit, or of the nearest above it that has one. */
static int find_boundary(struct spots *p)
{
	struct unit u = {.parent = p->unit};
	int step, rc = 0;

	p->code[0] = 0;
	for (step = 0; p->q->of->at && !rc && u.parent && step < UNIT_DEPTH_MAX; step++) {
		rc = unit_get(p->q->s, u.parent, &u);
		if (!rc && topology_unit(p->q->of->at, u.code, NULL)) {
			memcpy(p->code, u.code, sizeof p->code);
			return 0;
		}
	}
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static int by_distance(struct spots *p)
{
	double lat, lon, limit, *far = p->sorted;
	size_t i;
	int rc = 0;

	if (p->n < QUALITY_PLACES_MIN)
		return 0;
	for (i = 0; i < p->n; i++)
		far[i] = p->at[i].lat;
	lat = quality_median(far, p->n);
	for (i = 0; i < p->n; i++)
		far[i] = p->at[i].lon;
	lon = quality_median(far, p->n);
	for (i = 0; i < p->n; i++)
		far[i] = km(p->at[i].lat, p->at[i].lon, lat, lon);
	limit = fmax(QUALITY_PLACE_KM, QUALITY_PLACE_TIMES * quality_median(far, p->n));
	for (i = 0; !rc && i < p->n; i++) {
		double d = km(p->at[i].lat, p->at[i].lon, lat, lon);

		if (d > limit)
			rc = tell(p, &p->at[i], d);
	}
	return rc;
}

static int tell_all(struct spots *p)
{
	size_t i;
	int rc;

	if (!p->n)
		return 0;
	p->q->looked[QUALITY_PLACE] += (int64_t)p->n;
	rc = find_boundary(p);
	if (!rc && !*p->code)
		return by_distance(p);
	for (i = 0; !rc && i < p->n; i++)
		if (!topology_contains(p->q->of->at, p->code, p->at[i].lat, p->at[i].lon))
			rc = tell(p, &p->at[i], NAN);
	return rc;
}

static int add(struct spots *p, int64_t record, double lat, double lon)
{
	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 256;
		void *at = realloc(p->at, cap * sizeof *p->at), *sorted;

		if (at)
			p->at = at;
		sorted = at ? realloc(p->sorted, cap * sizeof *p->sorted) : NULL;
		if (!sorted)
			return err(ERR_NOMEM, "out of memory");
		p->sorted = sorted;
		p->cap = cap;
	}
	p->at[p->n++] = (struct spot){record, lat, lon};
	return 0;
}

static bool read_place(sqlite3_stmt *st, bool pair, double *lat, double *lon)
{
	const char *text;
	char *end;

	if (pair) {
		*lat = sqlite3_column_double(st, 2);
		*lon = sqlite3_column_double(st, 3);
		return sqlite3_column_type(st, 3) != SQLITE_NULL;
	}
	text = (const char *)sqlite3_column_text(st, 2);
	*lat = strtod(text, &end);
	*lon = strtod(end, NULL);
	return *end == ' ';
}

int quality_places(struct quality *q)
{
	struct spots p = {.q = q};
	struct place_columns c;
	sqlite3_stmt *st;
	double lat, lon;
	int rc;

	if (!find_columns(q->form, &c))
		return 0;
	rc = quality_sql(q, &st,
	                 "SELECT f._id, f._unit, f.\"%w\", %s%w%s FROM \"%w\" f"
	                 " JOIN temp.quality_unit u ON u.unit = f._unit"
	                 " WHERE f.\"%w\" IS NOT NULL ORDER BY f._unit, f._id",
	                 c.lat, c.lon ? "f.\"" : "", c.lon ? c.lon : "NULL", c.lon ? "\"" : "",
	                 c.tbl, c.lat);
	while (!rc && (rc = db_step(q->s, st)) == 1) {
		rc = 0;
		if (sqlite3_column_int64(st, 1) != p.unit) {
			rc = tell_all(&p);
			p.n = 0;
			p.unit = sqlite3_column_int64(st, 1);
		}
		if (!rc && read_place(st, c.lon, &lat, &lon))
			rc = add(&p, sqlite3_column_int64(st, 0), lat, lon);
	}
	sqlite3_finalize(st);
	if (!rc)
		rc = tell_all(&p);
	free(p.at);
	free(p.sorted);
	return rc;
}
