/* test_topology.c - boundaries out of TopoJSON are the polygons that went in; a file that lies is refused. */
#include "agent/file.h"
#include "storage/err.h"
#include "storage/topology.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define SIDE 5         /* cells of the random country */
#define POINTS_MAX 200 /* of a ring */

/* ---- rings as they are told -------------------------------------------------------------------- */

struct told {
	size_t rings, n[8];
	bool outer[8];
	double x[8][POINTS_MAX], y[8][POINTS_MAX];
};

static void on_ring(void *arg, bool outer)
{
	struct told *t = arg;

	assert_true(t->rings < 8);
	t->outer[t->rings++] = outer;
}

static void on_point(void *arg, double lon, double lat)
{
	struct told *t = arg;
	size_t r = t->rings - 1;

	assert_true(t->n[r] < POINTS_MAX);
	t->x[r][t->n[r]] = lon;
	t->y[r][t->n[r]++] = lat;
}

static size_t tell(const struct topology *t, const char *code, struct told *out)
{
	const struct topology_walk walk = {on_ring, on_point, out};

	memset(out, 0, sizeof *out);
	return topology_unit(t, code, &walk);
}

static double area(const struct told *t, size_t r)
{
	double a = 0;
	size_t i;

	for (i = 0; i + 1 < t->n[r]; i++)
		a += t->x[r][i] * t->y[r][i + 1] - t->x[r][i + 1] * t->y[r][i];
	return a / 2;
}

static struct topology *must_read(const char *text)
{
	struct topology *t = NULL;

	if (topology_read(text, &t))
		fail_msg("%s", err_text());
	return t;
}

/* ---- a small country ---------------------------------------------------------------------------- */

/* Two squares side by side, A with a hole, B wound to the right; C is two islands on B's and A's outer
 * edges' grid; D has a ring without an inside, E a hole in it. Scale 0.5 from (100, 10). */
static const char country[] =
	"{\"type\":\"Topology\",\"transform\":{\"scale\":[0.5,0.5],\"translate\":[100,10]},"
	"\"objects\":{\"a\":{\"type\":\"GeometryCollection\",\"geometries\":["
	"{\"type\":\"Polygon\",\"arcs\":[[0,1],[3]],\"properties\":{\"name\":\"x\",\"code\":\"A\"}},"
	"{\"properties\":{\"code\":\"B\"},\"arcs\":[[2,-1]],\"type\":\"Polygon\"},"
	"{\"type\":\"MultiPolygon\",\"arcs\":[[[4]],[[5]]],\"id\":7204},"
	"{\"type\":\"Polygon\",\"arcs\":[[6]],\"properties\":{\"code\":\"D\"}},"
	"{\"type\":\"Polygon\",\"arcs\":[[6],[3]],\"properties\":{\"code\":\"E\"}},"
	"{\"type\":\"LineString\",\"arcs\":[0],\"properties\":{\"code\":\"line\"}},"
	"{\"type\":\"Polygon\",\"arcs\":[[4]],\"properties\":{\"code\":\"\"}}]},"
	"\"b\":{\"type\":\"Polygon\",\"arcs\":[[5]],\"properties\":{\"code\":\"A\"}}},"
	"\"arcs\":[[[8,0],[0,8]],[[8,8],[-8,0],[0,-8],[8,0]],[[8,0],[8,0],[0,8],[-8,0]],"
	"[[2,2],[2,0],[0,2],[-2,0],[0,-2]],[[20,0],[2,0],[0,2],[-2,-2]],"
	"[[30,0],[0,2],[2,0],[-2,-2]],[[40,0],[2,0],[2,0],[-4,0]]]}";

static void rings_turn_as_rfc_7946_wants(void **state)
{
	static const double square[][2] = {{104, 10}, {104, 14}, {100, 14}, {100, 10}, {104, 10}};
	struct topology *t = must_read(country);
	struct told a;
	size_t i;

	(void)state;
	assert_int_equal(tell(t, "A", &a), 2); /* the square and, of the other object, an island */
	assert_int_equal(a.rings, 3);
	assert_true(a.outer[0] && !a.outer[1] && a.outer[2]);
	assert_int_equal(a.n[0], 5);
	for (i = 0; i < 5; i++) {
		assert_double_equal(a.x[0][i], square[i][0], 0);
		assert_double_equal(a.y[0][i], square[i][1], 0);
	}
	assert_double_equal(area(&a, 0), 16, 1e-9);
	assert_double_equal(area(&a, 1), -1, 1e-9); /* the hole was wound to the left */
	assert_double_equal(area(&a, 2), 0.5, 1e-9);
	assert_int_equal(tell(t, "B", &a), 1);
	assert_double_equal(area(&a, 0), 16, 1e-9);
	assert_double_equal(a.x[0][0], a.x[0][4], 0);
	assert_int_equal(tell(t, "7204", &a), 2); /* by its id, a number */
	assert_true(a.outer[0] && a.outer[1]);
	assert_double_equal(area(&a, 0), 0.5, 1e-9);
	assert_double_equal(area(&a, 1), 0.5, 1e-9); /* turned */
	assert_int_equal(tell(t, "D", &a), 0);
	assert_int_equal(tell(t, "E", &a), 0);
	assert_int_equal(a.rings, 0); /* nor the hole in it */
	assert_int_equal(tell(t, "line", &a), 0);
	assert_int_equal(tell(t, "", &a), 0);
	assert_int_equal(tell(t, "Z", &a), 0);
	topology_free(t);
	topology_free(NULL);
}

static void a_place_lies_in_its_unit(void **state)
{
	struct topology *t = must_read(country);

	(void)state;
	assert_int_equal(topology_contains(t, "A", 13, 103), 1);
	assert_int_equal(topology_contains(t, "A", 11.5, 101.5), 0); /* the hole */
	assert_int_equal(topology_contains(t, "A", 13, 105), 0);
	assert_int_equal(topology_contains(t, "B", 13, 105), 1);
	assert_int_equal(topology_contains(t, "A", 10.9, 115.1), 1); /* the island */
	assert_int_equal(topology_contains(t, "B", 9, 105), 0);
	assert_int_equal(topology_contains(t, "Z", 13, 105), -1);
	assert_int_equal(topology_contains(t, "D", 10, 121), -1);
	topology_free(t);
}

static void arcs_without_a_transform_are_places(void **state)
{
	struct topology *t = must_read("{\"arcs\":[[[106.25,21.5],[106.5,21.5,9],[106.5,22],"
	                               "[106.25,21.5]]],\"objects\":{\"a\":{\"type\":\"Polygon\","
	                               "\"arcs\":[[0]],\"properties\":{\"code\":\"A\"}}},"
	                               "\"type\":\"Topology\"}");
	struct told a;

	(void)state;
	assert_int_equal(tell(t, "A", &a), 1);
	assert_int_equal(a.n[0], 4);
	assert_double_equal(a.x[0][1], 106.5, 0);
	assert_double_equal(a.y[0][2], 22, 0);
	topology_free(t);
}

/* ---- a random country ------------------------------------------------------------------------------ */

static unsigned seed;

static unsigned roll(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16 & 0x7fff) % n;
}

/* Cells of a lattice whose sides have a bend each: side k of cell (i, j) from the south-east corner's
 * left on: south, east, north, west. */
struct lattice {
	int bend[2][SIDE + 1][SIDE + 1]; /* of the side that goes east, or north, from a corner */
	bool back[2][SIDE + 1][SIDE + 1];
};

static int arc_number(int up, int i, int j)
{
	return (up * (SIDE + 1) + i) * (SIDE + 1) + j;
}

/* Three points of a side, in its own direction. */
static void side_points(const struct lattice *l, int up, int i, int j, int p[3][2])
{
	int x = i * 10, y = j * 10;

	p[0][0] = x;
	p[0][1] = y;
	p[1][0] = up ? x + l->bend[up][i][j] : x + 5;
	p[1][1] = up ? y + 5 : y + l->bend[up][i][j];
	p[2][0] = up ? x : x + 10;
	p[2][1] = up ? y + 10 : y;
}

static void write_arcs(const struct lattice *l, FILE *f)
{
	int up, i, j, k, p[3][2];

	fputs("\"arcs\":[", f);
	for (up = 0; up < 2; up++)
		for (i = 0; i <= SIDE; i++)
			for (j = 0; j <= SIDE; j++) {
				fputs(up + i + j ? ",[" : "[", f);
				side_points(l, up, i, j, p);
				for (k = 0; k < 3; k++) {
					int a = l->back[up][i][j] ? 2 - k : k;
					int b = l->back[up][i][j] ? a + 1 : a - 1;

					fprintf(f, "%s[%d,%d]", k ? "," : "",
					        p[a][0] - (k ? p[b][0] : 0),
					        p[a][1] - (k ? p[b][1] : 0));
				}
				fputc(']', f);
			}
	fputc(']', f);
}

/* Sides of a cell to the left around it: up, from which corner, and whether against their direction. */
static const int around[4][4] = {{0, 0, 0, 0}, {1, 1, 0, 0}, {0, 0, 1, 1}, {1, 0, 0, 1}};

static void write_cell(const struct lattice *l, int i, int j, FILE *f)
{
	unsigned from = roll(4), right = roll(2), k;

	fputs("[[", f);
	for (k = 0; k < 4; k++) {
		const int *s = around[(right ? from + 4 - k : from + k) % 4];
		int arc = arc_number(s[0], i + s[1], j + s[2]);
		bool back = (s[3] != 0) != l->back[s[0]][i + s[1]][j + s[2]];

		back = back != (right != 0);
		fprintf(f, "%s%d", k ? "," : "", back ? ~arc : arc);
	}
	fputs("]]", f);
}

static char *write_country(const struct lattice *l)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int i, j;

	assert_non_null(f);
	fputs("{\"type\":\"Topology\",\"transform\":{\"scale\":[1,1],\"translate\":[0,0]},", f);
	write_arcs(l, f);
	fputs(",\"objects\":{\"o\":{\"type\":\"GeometryCollection\",\"geometries\":[", f);
	for (i = 0; i < SIDE; i++)
		for (j = 0; j < SIDE; j++) {
			fprintf(f, "%s{\"type\":\"Polygon\",\"id\":\"%d-%d\",\"arcs\":",
			        i + j ? "," : "", i, j);
			write_cell(l, i, j, f);
			fputc('}', f);
		}
	fputs("]}}}", f);
	fclose(f);
	return text;
}

/* The cell's eight corners and bends in order, whatever the ring begins with. */
static void cell_is(const struct lattice *l, int i, int j, const struct told *t)
{
	int expected[8][2], p[3][2], k;
	size_t from, n;

	for (k = 0; k < 4; k++) {
		side_points(l, around[k][0], i + around[k][1], j + around[k][2], p);
		memcpy(expected[2 * k], p[around[k][3] ? 2 : 0], sizeof p[0]);
		memcpy(expected[2 * k + 1], p[1], sizeof p[1]);
	}
	assert_int_equal(t->rings, 1);
	assert_int_equal(t->n[0], 9);
	for (from = 0; from < 8; from++)
		if ((int)t->x[0][0] == expected[from][0] && (int)t->y[0][0] == expected[from][1])
			break;
	assert_true(from < 8);
	for (n = 0; n < 9; n++) {
		assert_double_equal(t->x[0][n], expected[(from + n) % 8][0], 0);
		assert_double_equal(t->y[0][n], expected[(from + n) % 8][1], 0);
	}
}

static void polygons_come_back_out_of_their_arcs(void **state)
{
	const char *given = getenv("SEED");
	struct lattice l;
	int round, i, j, up, of;

	(void)state;
	seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
	print_message("# SEED=%u\n", seed);
	for (round = 0; round < 20; round++) {
		struct topology *t;
		struct told told;
		char *text, code[16];

		for (up = 0; up < 2; up++)
			for (i = 0; i <= SIDE; i++)
				for (j = 0; j <= SIDE; j++) {
					l.bend[up][i][j] = (int)roll(5) - 2;
					l.back[up][i][j] = roll(2);
				}
		text = write_country(&l);
		t = must_read(text);
		for (i = 0; i < SIDE; i++)
			for (j = 0; j < SIDE; j++) {
				snprintf(code, sizeof code, "%d-%d", i, j);
				assert_int_equal(tell(t, code, &told), 1);
				cell_is(&l, i, j, &told);
				for (of = 0; of < SIDE; of++) /* their middles */
					assert_int_equal(topology_contains(t, code, j * 10 + 5,
					                                   of * 10 + 5),
					                 of == i);
			}
		topology_free(t);
		free(text);
	}
}

/* ---- files that lie -------------------------------------------------------------------------------- */

#define BAD(arcs, shape)                                                                     \
	"{\"type\":\"Topology\",\"arcs\":" arcs ",\"objects\":{\"a\":{\"type\":\"Polygon\"," \
	"\"arcs\":" shape ",\"properties\":{\"code\":\"A\"}}}}"
#define ROUND "[[[0,0],[1,0],[1,1],[0,0]]]"

static void a_file_that_lies_is_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} files[] = {
		{"", "line 1: this is not JSON"},
		{"{", "line 1: this is not JSON"},
		{"[]", "not JSON"},
		{"{}", "no TopoJSON"},
		{"{} {}", "not JSON"},
		{"{\"type\":\"FeatureCollection\",\"features\":[]}", "are GeoJSON"},
		{BAD(ROUND, "[[1]]"), "boundary of A is of an arc that is not there"},
		{BAD(ROUND, "[[-2]]"), "an arc that is not there"},
		{BAD(ROUND, "[[1e18]]"), "an arc that is not there"},
		{BAD(ROUND, "[[-1e9]]"), "an arc that is not there"},
		{BAD(ROUND, "[[]]"), "a ring of the boundaries is empty"},
		{BAD(ROUND, "[0]"), "not JSON"},
		{BAD(ROUND, "[[[0]]]"), "not JSON"},
		{BAD(ROUND, "[[\"0\"]]"), "not JSON"},
		{BAD("[[]]", "[[0]]"), "an arc of the boundaries is empty"},
		{BAD("[[[0]]]", "[[0]]"), "not JSON"},
		{BAD("[[[],1]]", "[[0]]"), "not JSON"},
		{BAD("[[[0,0],[1,0],[1,1]]]", "[[0]]"), "does not close"},
		{BAD("[[[0,0],[1,0]],[[1,1],[0,0]]]", "[[0,1]]"), "is broken"},
		{BAD("[[[0,0],[181,0],[1,1],[0,0]]]", "[[0]]"), "longitude and latitude"},
		{BAD("[[[0,0],[1,-91],[1,1],[0,0]]]", "[[0]]"), "longitude and latitude"},
		{BAD("[[[0,0],[1e999,0],[1,1],[0,0]]]", "[[0]]"), "not JSON"},
		{BAD("[[[0,0],[nan,0],[1,1],[0,0]]]", "[[0]]"), "not JSON"},
		{BAD("[[[0,0],[0x1,0],[1,1],[0,0]]]", "[[0]]"), "not JSON"},
		{"{\"type\":\"Topology\",\"arcs\":[],\"objects\":{}}", "\"code\""},
		{"{\"type\":\"Topology\",\"arcs\":[],\"objects\":{\"a\":{\"type\":\"Polygon\","
	         "\"arcs\":[[0]]}}}",
	         "\"code\""},
		{"{\"type\":\"Topology\",\"transform\":{\"scale\":[1e300,1],\"translate\":[0,0]},"
	         "\"arcs\":[[[1,1]]],\"objects\":{}}",
	         "longitude and latitude"},
	};
	struct topology *t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof files / sizeof *files; i++) {
		if (topology_read(files[i].text, &t) != ERR_BAD || t)
			fail_msg("taken: %s", files[i].text);
		if (!strstr(err_text(), files[i].says))
			fail_msg("%s: %s", files[i].text, err_text());
	}
}

static char *repeated(const char *head, const char *unit, size_t times, const char *tail)
{
	size_t n = strlen(unit), i;
	char *text = malloc(strlen(head) + n * times + strlen(tail) + 1), *p = text;

	assert_non_null(text);
	p = stpcpy(p, head);
	for (i = 0; i < times; i++)
		p = stpcpy(p, unit);
	strcpy(p, tail);
	return text;
}

static void too_much_is_refused(void **state)
{
	/* deep; more points than are held; few arcs used so often that the work is boundless */
	char *deep = repeated("{\"x\":", "[", 100000, "");
	char *points = repeated("{\"arcs\":[[[0,0]", ",[0,0]", TOPOLOGY_POINTS_MAX, "]]}");
	char *thousand = repeated("{\"type\":\"Topology\",\"arcs\":[[[0,0],[1,0],[1,1]", ",[1,1]",
	                          10000,
	                          ",[0,0]]],\"objects\":{\"a\":{\"type\":\"Polygon\","
	                          "\"properties\":{\"code\":\"A\"},\"arcs\":[[0");
	char *often = repeated(thousand, ",0", 1000, "]]}}}");
	struct topology *t;

	(void)state;
	assert_int_equal(topology_read(deep, &t), ERR_TOOBIG);
	assert_int_equal(topology_read(points, &t), ERR_TOOBIG);
	assert_int_equal(topology_read(often, &t), ERR_TOOBIG);
	assert_non_null(strstr(err_text(), "simplify them"));
	free(deep);
	free(points);
	free(thousand);
	free(often);
}

/* Whatever is done to a file, it is read or refused, and what was read can be asked. */
static void damage_is_survived(void **state)
{
	const char *given = getenv("SEED");
	char text[sizeof country];
	struct topology *t;
	struct told told;
	int round, read = 0;

	(void)state;
	seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
	print_message("# SEED=%u\n", seed);
	for (round = 0; round < 5000; round++) {
		unsigned n = 1 + roll(3);

		memcpy(text, country, sizeof country);
		while (n--) {
			unsigned at = roll(sizeof country - 1);

			text[at] = roll(4) ? country[roll(sizeof country - 1)] : (char)roll(256);
		}
		if (topology_read(text, &t))
			continue;
		read++;
		tell(t, "A", &told);
		tell(t, "7204", &told);
		topology_contains(t, "A", 13, 103);
		topology_free(t);
	}
	assert_true(read > 0 && read < 5000);
}

/* The real file, where it is: every commune has a boundary that turns the right way. */
static void a_provinces_communes_are_all_there(void **state)
{
	static const char path[] = "../shared/data/bac_giang_communes.topo.json";
	const char *root = getenv("ROOT");
	struct buf name = {0}, text = {0};
	struct topology *t;
	struct told told;
	double all = 0;
	char code[16];
	int n = 0, i;

	(void)state;
	buf_printf(&name, "%s/%s", root ? root : ".", path);
	if (file_read(buf_cstr(&name), TOPOLOGY_FILE_MAX, &text)) {
		buf_release(&name);
		buf_release(&text);
		skip();
	}
	t = must_read((const char *)text.data);
	for (i = 0; i < 100000; i++) {
		size_t r;

		snprintf(code, sizeof code, "%05d", i);
		if (!topology_unit(t, code, NULL))
			continue;
		n++;
		tell(t, code, &told);
		for (r = 0; r < told.rings; r++) {
			assert_true((area(&told, r) > 0) == told.outer[r]);
			all += area(&told, r);
		}
	}
	assert_int_equal(n, 209);
	/* 3,895 km2, but for two areas of the army, which have no code; a degree is 110.7 or 103.7 km here */
	assert_double_equal(all * 110.7 * 103.7, 3700, 200);
	topology_free(t);
	buf_release(&name);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rings_turn_as_rfc_7946_wants),
		cmocka_unit_test(a_place_lies_in_its_unit),
		cmocka_unit_test(arcs_without_a_transform_are_places),
		cmocka_unit_test(polygons_come_back_out_of_their_arcs),
		cmocka_unit_test(a_file_that_lies_is_refused),
		cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(damage_is_survived),
		cmocka_unit_test(a_provinces_communes_are_all_there),
	};

	return cmocka_run_group_tests_name("topology", tests, NULL, NULL);
}
