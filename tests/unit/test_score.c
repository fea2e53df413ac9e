/* test_score.c - composite scores, counted by hand. */
#include "tests/unit/place.h"

#include "storage/score.h"

#define NEAR(a, b) assert_true((a) - (b) < 1e-9 && (b) - (a) < 1e-9)

struct scored {
	struct figures *f;
	struct scores *sc;
};

static void begin(struct place *p, struct scored *x)
{
	assert_ok(figures_open(p->s, &(struct figures_of){.day = "2026-11-20"}, &x->f));
	assert_ok(scores_open(p->s, x->f, &x->sc));
}

static void end(struct scored *x)
{
	scores_close(x->sc);
	figures_close(x->f);
}

/* These weights and no others. */
static void weights(struct place *p, const char *rows)
{
	struct buf text = {0};
	size_t n;

	assert_ok(db_run(p->s, "UPDATE weight SET weight = 0", ""));
	buf_printf(&text, "indicator,weight\n%s", rows);
	assert_ok(weight_import(p->s, (const char *)text.data, text.len, &n));
	buf_release(&text);
}

static void targets(struct place *p, const char *rows)
{
	struct buf text = {0};
	size_t n;

	buf_printf(&text, "indicator,unit_code,year,share\n%s", rows);
	assert_ok(target_import(p->s, (const char *)text.data, text.len, &n));
	buf_release(&text);
}

static void checked(struct place *p, int village, const char *dead_spots)
{
	const struct answer a[] = {{"checked_on", "2026-11-01"},
	                           {"covered", "1"},
	                           {"dead_spots", dead_spots}};
	struct form *f;

	assert_ok(form_load(p->s, "signal", &f));
	add(p->s, p->village[village], f, a, 3);
	form_free(f);
}

static void surveyed(struct place *p, int village, const char *persons, const char *smartphones,
                     const char *fibre)
{
	household(p, p->village[village], "1");
	visit(p, p->village[village], "1", "2026-11-05", persons, smartphones, fibre);
}

static double points(struct place *p, struct scored *x, int64_t unit)
{
	struct score s;

	(void)p;
	scores_get(x->sc, geography_find(figures_geography(x->f), unit), &s);
	return s.points;
}

static double known(struct scored *x, int64_t unit)
{
	struct score s;

	scores_get(x->sc, geography_find(figures_geography(x->f), unit), &s);
	return s.known;
}

static void points_are_the_part_of_the_target_times_the_weight(void **state)
{
	struct place *p = *state;
	struct scored x;

	weights(p, "smartphone,3\nfibre,1\n");
	targets(p, "smartphone,,2026,0.8\nfibre,,2026,0.5\n");
	surveyed(p, 0, "10", "4", "1");
	begin(p, &x);
	assert_int_equal(scores_size(x.sc), 2);
	NEAR(scores_component(x.sc, 0)->weight, 3);
	NEAR(scores_component(x.sc, 0)->part, 0.75);
	/* 0.4 of 0.8 is half of 75; fibre is beyond its target: all of 25 and no more */
	NEAR(points(p, &x, p->village[0]), 37.5 + 25);
	NEAR(known(&x, p->village[0]), 1);
	end(&x);
}

static void where_less_is_better_the_rest_counts(void **state)
{
	struct place *p = *state;
	struct scored x;

	weights(p, "dead_spots,1\n");
	targets(p, "dead_spots,,2026,0.2\n");
	checked(p, 0, "2");
	checked(p, 1, "0");
	begin(p, &x);
	NEAR(points(p, &x, p->commune),
	     100 * 0.5 / 0.8); /* half are free of them, 80 % should be */
	NEAR(points(p, &x, p->village[0]), 0);
	NEAR(points(p, &x, p->village[1]), 100);
	end(&x);
	targets(p, "dead_spots,,2026,1\n"); /* nothing is wanted */
	begin(p, &x);
	NEAR(points(p, &x, p->village[0]), 100);
	end(&x);
}

static void without_a_target_it_is_held_against_all(void **state)
{
	struct place *p = *state;
	struct score_part part;
	struct scored x;

	weights(p, "hh11_fixed,1\ndead_spots,1\n");
	surveyed(p, 0, "4", "1", "1");
	surveyed(p, 1, "4", "1", "0");
	checked(p, 0, "2");
	checked(p, 1, "0");
	begin(p, &x);
	NEAR(points(p, &x, p->commune), 25 + 25);
	scores_part(x.sc, 1, geography_find(figures_geography(x.f), p->commune), &part);
	assert_true(part.assumed && part.data);
	NEAR(part.target, 1);
	NEAR(part.reached, 0.5);
	scores_part(x.sc, 0, geography_find(figures_geography(x.f), p->commune), &part);
	assert_true(part.assumed);
	NEAR(part.target, 0);
	end(&x);
}

static void no_data_means_no_points_and_is_told(void **state)
{
	struct place *p = *state;
	struct score_part part;
	struct scored x;

	weights(p, "smartphone,1\nfibre,1\ndigital_address,2\n");
	targets(p, "smartphone,,2026,0.5\nfibre,,2026,1\n");
	surveyed(p, 0, "4", "2", "1");
	begin(p, &x);
	NEAR(points(p, &x, p->village[0]), 50);
	NEAR(known(&x, p->village[0]), 0.5);
	NEAR(known(&x, p->village[1]), 0);
	scores_part(x.sc, 2, geography_find(figures_geography(x.f), p->village[0]), &part);
	assert_false(part.data);
	NEAR(part.points, 0);
	end(&x);
}

static void the_best_comes_first_and_equals_share_a_rank(void **state)
{
	struct place *p = *state;
	struct ranked *r;
	struct scored x;
	int64_t more = fixture_unit(p->s, p->commune, LEVEL_VILLAGE, "v3", "v3");
	size_t n;
	const struct geography *g;

	weights(p, "smartphone,1\n");
	targets(p, "smartphone,,2026,1\n");
	surveyed(p, 0, "4", "1", "1");
	surveyed(p, 2, "8", "2", "0");
	p->village[0] = more;
	surveyed(p, 0, "5", "5", "1");
	begin(p, &x);
	g = figures_geography(x.f);
	assert_ok(scores_rank(x.sc, geography_find(g, p->commune), LEVEL_VILLAGE, &r, &n));
	assert_int_equal(n, 4);
	assert_string_equal(geography_unit(g, (size_t)r[0].unit)->code, "v3");
	assert_int_equal(r[0].rank, 1);
	NEAR(r[0].score.points, 100);
	assert_string_equal(geography_unit(g, (size_t)r[1].unit)->code, "v0");
	assert_int_equal(r[1].rank, 2);
	assert_string_equal(geography_unit(g, (size_t)r[2].unit)->code, "v2");
	assert_int_equal(r[2].rank, 2);
	assert_string_equal(geography_unit(g, (size_t)r[3].unit)->code, "v1");
	assert_int_equal(r[3].rank, 0);
	free(r);
	assert_ok(scores_rank(x.sc, geography_find(g, p->village[1]), LEVEL_COMMUNE, &r, &n));
	assert_int_equal(n, 0);
	free(r);
	end(&x);
}

static void built_in_weights_add_up_to_a_hundred(void **state)
{
	struct place *p = *state;
	struct scored x;
	double sum = 0, parts = 0;
	size_t c;

	begin(p, &x);
	for (c = 0; c < scores_size(x.sc); c++) {
		sum += scores_component(x.sc, c)->weight;
		parts += scores_component(x.sc, c)->part;
	}
	assert_int_equal(scores_size(x.sc), 10);
	NEAR(sum, 100);
	NEAR(parts, 1);
	end(&x);
}

/* As if they had come by a feed: numbers that no import takes, and a weight of what is no share. */
static void weights_that_mean_nothing_count_nothing(void **state)
{
	struct place *p = *state;
	struct figures *f;
	struct scores *sc;

	weights(p, "");
	assert_ok(figures_open(p->s, &(struct figures_of){0}, &f));
	assert_err(scores_open(p->s, f, &sc), ERR_NOTFOUND, "no indicator has a weight");
	assert_ok(db_run(p->s,
	                 "UPDATE weight SET weight = CASE id % 3 WHEN 0 THEN -1 WHEN 1 THEN"
	                 " 9e999 ELSE 1e300 END",
	                 ""));
	assert_err(scores_open(p->s, f, &sc), ERR_NOTFOUND, "no indicator has a weight");
	assert_ok(db_run(p->s,
	                 "UPDATE weight SET weight = 1, indicator ="
	                 " (SELECT id FROM indicator WHERE code = 'sessions')",
	                 ""));
	assert_err(scores_open(p->s, f, &sc), ERR_NOTFOUND, "no indicator has a weight");
	assert_null(sc);
	figures_close(f);
}

#define each_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		each_test(points_are_the_part_of_the_target_times_the_weight),
		each_test(where_less_is_better_the_rest_counts),
		each_test(without_a_target_it_is_held_against_all),
		each_test(no_data_means_no_points_and_is_told),
		each_test(the_best_comes_first_and_equals_share_a_rank),
		each_test(built_in_weights_add_up_to_a_hundred),
		each_test(weights_that_mean_nothing_count_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
