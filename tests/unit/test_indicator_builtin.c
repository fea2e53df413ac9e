/* test_indicator_builtin.c - the indicators that come with the program, counted by hand. */
#include "tests/unit/place.h"

#include "storage/figures.h"

/* Four households, one of them with fibre and one with nothing. */
static void some_visits(struct place *p)
{
	int64_t v = p->village[0];
	int i;

	for (i = 1; i <= 4; i++)
		household(p, v, (const char *[]){"", "1", "2", "3", "4"}[i]);
	record(p, v, "visit", "household", "1", "surveyed_on", "2026-11-05", "persons", "5",
	       "adults", "3", "persons_14", "4", "smartphones", "2", "featurephones", "1", "fibre",
	       "1", "mobile_bb", "1", "eid", "2", "bank", "1", "digital_address", "1",
	       "sells_online", "1", "computer", "1", NULL);
	record(p, v, "visit", "household", "2", "surveyed_on", "2026-11-05", "persons", "3",
	       "adults", "2", "smartphones", "2", "featurephones", "0", "fibre", "0", "mobile_bb",
	       "1", "eid", "0", "bank", "2", "digital_address", "0", "sells_online", "0",
	       "computer", "0", "barrier", "cost", NULL);
	record(p, v, "visit", "household", "3", "surveyed_on", "2026-11-06", "persons", "2",
	       "adults", "2", "smartphones", "0", "featurephones", "2", "fibre", "0", "mobile_bb",
	       "0", "eid", "1", "bank", "0", "barrier", "no_skill", NULL);
	record(p, v, "visit", "household", "4", "surveyed_on", "2026-11-06", "persons", "4",
	       "adults", "4", "smartphones", "4", "fibre", "0", "eid", "0", "bank", "0", NULL);
}

static void households_and_people_are_counted_of_those_who_answered(void **state)
{
	struct place *p = *state;

	some_visits(p);
	assert_ok(db_run(p->s, "UPDATE unit SET households = 9 WHERE id = ?", "i", p->village[1]));
	figure(p, "visited", p->commune, NULL, 4, 9);
	figure(p, "visited", p->commune, "2026-11-05", 2, 9);
	figure(p, "visited", p->village[1], NULL, 0, 9);
	figure(p, "smartphone", p->commune, NULL, 8, 14);
	figure(p, "fibre", p->commune, NULL, 1, 4);
	figure(p, "eid", p->commune, NULL, 3, 12); /* 14 and over, else 15 and over */
	figure(p, "bank", p->commune, NULL, 3, 11);
	figure(p, "digital_address", p->commune, NULL, 1, 2);
	figure(p, "sells_online", p->commune, NULL, 1, 2);
}

static void itu_counts_the_same_answers(void **state)
{
	struct place *p = *state;

	some_visits(p);
	figure(p, "hh4", p->commune, NULL, 1, 2);
	figure(p, "hh6", p->commune, NULL, 2, 3); /* the fourth has no fibre, and did not say */
	figure(p, "hh11_fixed", p->commune, NULL, 1, 4);
	figure(p, "hh11_mobile", p->commune, NULL, 2, 3);
	figure(p, "hh14_cost", p->commune, NULL, 0, 1); /* the second is on the mobile network */
	figure(p, "hh14_no_skill", p->commune, NULL, 1, 1);
	figure(p, "hh14_no_need", p->commune, NULL, 0, 1);
	figure(p, "hh14_not_available", p->commune, NULL, 0, 1);
	figure(p, "hh14_other", p->commune, NULL, 0, 1);
	figure(p, "hh18", p->commune, NULL, 7, 10);
}

static void signal_is_counted_by_technology_and_dead_spots_are_added_up(void **state)
{
	struct place *p = *state;

	figure(p, "coverage_4g", p->commune, NULL, 0, 3);
	record(p, p->village[0], "signal", "checked_on", "2026-11-01", "covered", "1", "technology",
	       "2g 4g", "dead_spots", "5", NULL);
	record(p, p->village[0], "signal", "checked_on", "2026-11-08", "covered", "1", "technology",
	       "3g 4g", "dead_spots", "2", NULL);
	record(p, p->village[1], "signal", "checked_on", "2026-11-08", "covered", "1", "technology",
	       "4g 5g", "dead_spots", "0", NULL);
	figure(p, "coverage", p->commune, NULL, 2, 3);
	figure(p, "coverage_2g", p->commune, NULL, 0, 3);
	figure(p, "coverage_3g", p->commune, NULL, 1, 3);
	figure(p, "coverage_4g", p->commune, NULL, 2, 3);
	figure(p, "coverage_5g", p->commune, NULL, 1, 3);
	figure(p, "dead_spots", p->commune, NULL, 1, 2); /* of the villages that were looked at */
	figure(p, "dead_spots_open", p->commune, NULL, 2, 0);
	figure(p, "dead_spots_open", p->commune, "2026-11-07", 5, 0);
}

static void help_is_counted_by_the_step_it_got_to(void **state)
{
	static const struct {
		const char *code;
		int64_t numerator;
	} of_four[] = {{"assist_account", 4}, {"assist_sign_in", 3}, {"assist_fill_in", 2},
	               {"assist_submit", 2},  {"assist_pay", 1},     {"assist_filed", 2},
	               {"assist_paid", 1}};
	struct place *p = *state;
	int64_t v = p->village[0];
	size_t i;

	household(p, v, "1");
	household(p, v, "2");
	assert_ok(db_run(p->s, "UPDATE unit SET households = 50 WHERE id = ?", "i", v));
	record(p, v, "assist", "done_on", "2026-11-01", "household", "1", "service", "Khai sinh",
	       "step", "submit", "filed_online", "1", NULL);
	record(p, v, "assist", "done_on", "2026-11-02", "household", "1", "service", "Cư trú",
	       "step", "account", NULL);
	record(p, v, "assist", "done_on", "2026-11-03", "household", "2", "service", "Đất đai",
	       "step", "pay", "filed_online", "1", "paid_online", "1", NULL);
	record(p, v, "assist", "done_on", "2026-11-03", "service", "Khai sinh", "step", "sign_in",
	       NULL);
	figure(p, "assist_people", p->commune, NULL, 4, 0);
	figure(p, "assist_households", p->commune, NULL, 2, 50);
	for (i = 0; i < sizeof of_four / sizeof *of_four; i++)
		figure(p, of_four[i].code, p->commune, NULL, of_four[i].numerator, 4);
}

static void every_session_counts_and_teams_by_their_last_report(void **state)
{
	struct place *p = *state;
	int64_t v = p->village[0];

	record(p, v, "training", "held_on", "2026-11-01", "topic", "eid", "attendees", "20",
	       "women", "12", NULL);
	record(p, v, "training", "held_on", "2026-11-01", "topic", "eid", "attendees", "10", NULL);
	record(p, p->commune, "training", "held_on", "2026-11-02", "topic", "safety", "attendees",
	       "30", "women", "10", NULL);
	figure(p, "sessions", p->commune, NULL, 3, 0);
	figure(p, "sessions", p->commune, "2026-11-01", 2, 0);
	figure(p, "sessions", p->village[1], NULL, 0, 0);
	figure(p, "sessions_people", p->commune, NULL, 60, 0);
	figure(p, "sessions_women", p->commune, NULL, 22,
	       50); /* of those whose women were counted */
	record(p, v, "team", "reported_on", "2026-10-01", "kind", "village", "members", "6",
	       "members_trained", "2", "trained", "0", NULL);
	record(p, v, "team", "reported_on", "2026-11-01", "kind", "village", "members", "7",
	       "members_trained", "5", "trained", "1", NULL);
	record(p, p->commune, "team", "reported_on", "2026-11-01", "kind", "commune", "members",
	       "5", "members_trained", "5", "trained", "1", NULL);
	figure(p, "teams_village", p->commune, NULL, 1, 3);
	figure(p, "teams_commune", p->commune, NULL, 1, 1);
	figure(p, "members_trained", p->commune, NULL, 10, 12);
}

static void an_office_is_equipped_when_nothing_is_missing(void **state)
{
	struct place *p = *state;

	record(p, p->commune, "facility", "checked_on", "2026-11-01", "kind", "one_stop", "name",
	       "A", "computer", "1", "internet", "1", "scanner", "1", "desk", "1", NULL);
	record(p, p->commune, "facility", "checked_on", "2026-11-01", "kind", "one_stop", "name",
	       "B", "computer", "1", "internet", "0", "scanner", "1", "desk", "1", NULL);
	record(p, p->commune, "facility", "checked_on", "2026-11-01", "kind", "post", "name", "C",
	       "broadband", "0", NULL);
	record(p, p->commune, "facility", "checked_on", "2026-11-09", "kind", "post", "name", "C",
	       "broadband", "1", NULL);
	figure(p, "one_stop", p->commune, NULL, 1, 2);
	figure(p, "post_broadband", p->commune, NULL, 1, 1);
	figure(p, "post_broadband", p->commune, "2026-11-08", 0, 1);
}

/* ---- plain numbers ----------------------------------------------------------------------------------- */

static void a_plain_number_says_so_and_has_no_target(void **state)
{
	static const char text[] = "indicator,unit_code,year,share\nsessions,,2026,0.5\n";
	struct place *p = *state;
	struct figures *f;
	const struct indicator *i;
	struct figure of;
	struct buf codes = {0};
	size_t k, n;

	assert_err(target_import(p->s, text, sizeof text - 1, &n), ERR_BAD,
	           "row 2, column indicator: sessions is a plain number");
	assert_ok(figures_open(p->s, &(struct figures_of){0}, &f));
	for (k = 0; k < figures_size(f); k++) {
		i = figures_indicator(f, k);
		figures_get(f, k, geography_find(figures_geography(f), p->commune), &of);
		buf_printf(&codes, "%s", i->plain ? i->code : "");
		assert_true(!i->plain || of.target < 0);
	}
	assert_string_equal(buf_cstr(&codes),
	                    "dead_spots_openassist_peoplesessionssessions_people");
	buf_release(&codes);
	figures_close(f);
}

/* An indicator gains or loses its denominator by an import like any other change. */
static void a_share_may_become_a_plain_number(void **state)
{
	static const char plain[] =
		"code,order,form,latest_by,numerator,denominator,counts,direction\n"
		"hh4,9,visit,household,count(*) FILTER (WHERE computer = '1'),,households,up\n";
	static const char none[] =
		"code,order,form,latest_by,numerator,denominator,counts,direction\n"
		"x,9,visit,household,,count(*),households,up\n";
	struct place *p = *state;
	size_t n;

	some_visits(p);
	assert_ok(indicator_import(p->s, plain, sizeof plain - 1, &n));
	assert_int_equal(n, 1);
	figure(p, "hh4", p->commune, NULL, 1, 0);
	assert_err(indicator_import(p->s, none, sizeof none - 1, &n), ERR_BAD,
	           "row 2, column numerator: the expression is empty");
}

#define each_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		each_test(households_and_people_are_counted_of_those_who_answered),
		each_test(itu_counts_the_same_answers),
		each_test(signal_is_counted_by_technology_and_dead_spots_are_added_up),
		each_test(help_is_counted_by_the_step_it_got_to),
		each_test(every_session_counts_and_teams_by_their_last_report),
		each_test(an_office_is_equipped_when_nothing_is_missing),
		each_test(a_plain_number_says_so_and_has_no_target),
		each_test(a_share_may_become_a_plain_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
