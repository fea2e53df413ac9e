/* test_boundary.c - boundaries that are kept are found by the day whose units a map shows. */
#include "tests/unit/rig.h"
#include "storage/boundary.h"
#include "storage/unit.h"

#define SQUARE(code)                                                                                                                       \
	"{\"type\":\"Topology\",\"objects\":{\"o\":{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Polygon\",\"arcs\":[[0]]," \
	"\"properties\":{\"code\":\"" code                                                                                                 \
	"\"}}]}},\"arcs\":[[[106,21],[107,21],[107,22],[106,22],[106,21]]]}"

static void expect_of(struct rig_node *n, const char *day, const char *valid_from)
{
	char found[DATE_LEN];

	ok(boundary_of(n->s, day, found));
	assert_string_equal(found, valid_from);
}

static void those_of_a_day_are_the_newest_that_hold(void **state)
{
	struct rig_node n;
	struct buf b = {0};

	(void)state;
	rig_root(&n);
	expect_of(&n, "2026-01-01", "");
	ok(boundary_put(n.s, "2025-07-01", SQUARE("B")));
	ok(boundary_put(n.s, "2025-01-01", SQUARE("A")));
	expect_of(&n, "2025-06-30", "2025-01-01");
	expect_of(&n, "2025-07-01", "2025-07-01");
	expect_of(&n, "2026-01-01", "2025-07-01");
	expect_of(&n, "2022-01-01", "2025-01-01"); /* nothing is older: the nearest */
	ok(boundary_put(n.s, "2025-01-01", SQUARE("C")));
	ok(boundary_read(n.s, "2025-01-01", &b));
	assert_string_equal(buf_cstr(&b), SQUARE("C"));
	ok(boundary_drop(n.s, "2025-01-01"));
	expect_of(&n, "2022-01-01", "2025-07-01");
	buf_release(&b);
	assert_int_equal(boundary_read(n.s, "2025-01-01", &b), ERR_NOTFOUND);
	assert_int_equal(boundary_drop(n.s, "2025-01-01"), ERR_NOTFOUND);
	buf_release(&b);
	rig_stop(&n);
}

static int count(void *arg, const char *valid_from, int64_t size)
{
	(void)valid_from;
	*(int *)arg += size == (int64_t)strlen(SQUARE("A"));
	return 0;
}

static void what_is_no_map_is_refused_and_they_are_bounded(void **state)
{
	struct rig_node n;
	char day[16];
	int i, kept = 0;

	(void)state;
	rig_root(&n);
	assert_int_equal(boundary_put(n.s, UNIT_ALWAYS, "{\"type\":\"FeatureCollection\"}"),
	                 ERR_BAD);
	assert_int_equal(boundary_put(n.s, "2025-13-01", SQUARE("A")), ERR_BAD);
	for (i = 0; i < BOUNDARIES_MAX; i++) {
		snprintf(day, sizeof day, "20%02d-01-01", i);
		ok(boundary_put(n.s, day, SQUARE("A")));
	}
	ok(boundary_put(n.s, day, SQUARE("B"))); /* in the place of one */
	assert_int_equal(boundary_put(n.s, "2099-01-01", SQUARE("A")), ERR_TOOBIG);
	ok(boundary_each(n.s, count, &kept));
	assert_int_equal(kept, BOUNDARIES_MAX);
	rig_stop(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_of_a_day_are_the_newest_that_hold),
		cmocka_unit_test(what_is_no_map_is_refused_and_they_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
