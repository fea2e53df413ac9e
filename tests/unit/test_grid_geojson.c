/* test_grid_geojson.c - a report as GeoJSON: boundaries, points or nothing, and flat properties. */
#include "tests/unit/grid_rig.h"

static int english(void **state)
{
	(void)state;
	return i18n_set("en");
}

static void put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* 07201: a square with a hole, wound to the right; 07204: two islands. */
static void put_boundaries(void)
{
	put_file("b.json", "{\"type\":\"Topology\",\"transform\":{\"scale\":[0.0000005,0.25],"
	                   "\"translate\":[106,21]},\"arcs\":[[[0,0],[0,4],[4000000,0],[0,-4],"
	                   "[-4000000,0]],[[1000000,1],[1000000,0],[0,1],[-1000000,-1]],"
	                   "[[8000000,0],[2000000,0],[0,1],[-2000000,-1]]],\"objects\":{\"x\":{"
	                   "\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Polygon\","
	                   "\"arcs\":[[0],[1]],\"properties\":{\"code\":\"07201\"}},{\"type\":"
	                   "\"MultiPolygon\",\"arcs\":[[[1]],[[2]]],\"id\":\"07204\"}]}}}");
}

static void rows_are_points_or_nowhere(void **state)
{
	const struct grid_to to = {.format = GRID_GEOJSON, .path = "a.geojson"};
	struct buf b = {0};

	(void)state;
	rig_write(&to, &b);
	assert_string_equal(
		(const char *)b.data,
		"{\"type\":\"FeatureCollection\",\"title\":\"Độ phủ <xã> & \\\"thôn\\\"\","
		"\"notes\":[\"Tính đến 2026-11-22\",\n\"1 < 2 & 3\"],\"features\":["
		"{\"type\":\"Feature\",\"id\":\"07201\",\"geometry\":null,\"properties\":{"
		"\"code\":\"07201\",\"name\":\"Phường Thọ Xương\",\"households\":12345,"
		"\"fibre\":0.814,\"fibre_numerator\":814,\"fibre_denominator\":1000,"
		"\"target\":0.85,\"change\":-1.25,\"since\":\"2022-10-01\"}},\n"
		"{\"type\":\"Feature\",\"id\":\"no such unit\","
		"\"geometry\":{\"type\":\"Point\",\"coordinates\":[106.2,21.273456]},"
		"\"properties\":{\"code\":\"07204\","
		"\"name\":\"<b>&\\\"=1+1',;\\n]]>\\u0001\xef\xbf\xbd\",\"households\":-7,"
		"\"fibre\":null,\"fibre_numerator\":0,\"fibre_denominator\":0,\"target\":null,"
		"\"change\":0.33333333333333331,\"since\":null}},\n"
		"{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"code\":null,"
		"\"name\":null,\"households\":null,\"fibre\":null,\"fibre_numerator\":null,"
		"\"fibre_denominator\":null,\"target\":null,\"change\":null,\"since\":null}}]}\n");
	buf_release(&b);
}

static void rows_have_their_units_boundaries(void **state)
{
	const struct grid_to to = {.format = GRID_GEOJSON,
	                           .path = "a.geojson",
	                           .boundaries = "b.json"};
	static const char *const codes[] = {"07201", "07204", "x"};
	struct buf b = {0};
	struct grid *g;
	size_t i;

	(void)state;
	put_boundaries();
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "n", "N", GRID_INT);
	for (i = 0; i < 3; i++) {
		grid_unit(g, codes[i]);
		grid_point(g, -0.5, 0);
		grid_int(g, (int64_t)i);
	}
	grid_unit(g, "x"); /* neither a boundary nor a point: the last row's is not its own */
	grid_point(g, 91, 0);
	grid_int(g, 3);
	assert_int_equal(grid_end(g, 0), 0);
	assert_int_equal(file_read(to.path, RIG_MAX, &b), 0);
	assert_string_equal(
		(const char *)b.data,
		"{\"type\":\"FeatureCollection\",\"title\":\"T\",\"notes\":[],\"features\":["
		"{\"type\":\"Feature\",\"id\":\"07201\",\"geometry\":{\"type\":\"Polygon\","
		"\"coordinates\":[[[106,21],[108,21],[108,22],[106,22],[106,21]],\n"
		"[[106.5,21.25],[107,21.5],[107,21.25],[106.5,21.25]]]},\"properties\":{\"n\":0}},\n"
		"{\"type\":\"Feature\",\"id\":\"07204\",\"geometry\":{\"type\":\"MultiPolygon\","
		"\"coordinates\":[[[[106.5,21.25],[107,21.25],[107,21.5],[106.5,21.25]]],\n"
		"[[[110,21],[111,21],[111,21.25],[110,21]]]]},\"properties\":{\"n\":1}},\n"
		"{\"type\":\"Feature\",\"id\":\"x\",\"geometry\":{\"type\":\"Point\","
		"\"coordinates\":[0,-0.5]},\"properties\":{\"n\":2}},\n"
		"{\"type\":\"Feature\",\"id\":\"x\",\"geometry\":null,\"properties\":{\"n\":3}}]}\n");
	buf_release(&b);
}

static void boundaries_that_cannot_be_read_are_told_first(void **state)
{
	struct grid_to to = {.format = GRID_GEOJSON, .path = "c.geojson", .boundaries = "none"};
	struct grid *g;

	(void)state;
	assert_int_equal(grid_begin(&g, &to, "T"), ERR_NOTFOUND);
	put_file("wrong.json", "{\"type\":\"FeatureCollection\"}");
	to.boundaries = "wrong.json";
	assert_int_equal(grid_begin(&g, &to, "T"), ERR_BAD);
	assert_non_null(strstr(err_text(), "wrong.json: these boundaries are GeoJSON"));
	assert_int_equal(access("c.geojson", F_OK), -1);
	/* who asks for another form has no need of them */
	to.format = GRID_JSON;
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	assert_int_equal(grid_end(g, ERR_BUSY), ERR_BUSY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(rows_are_points_or_nowhere, english),
		cmocka_unit_test_setup(rows_have_their_units_boundaries, english),
		cmocka_unit_test_setup(boundaries_that_cannot_be_read_are_told_first, english),
	};

	return cmocka_run_group_tests_name("grid_geojson", tests, NULL, NULL);
}
