/* test_figures.c - figures of periods. */
#include "tests/unit/fixture.h"

#include "storage/figures.h"
#include "storage/record.h"

struct place {
	struct store *s;
	int64_t village[2];
	struct form *visits, *undated;
};

static const char survey[] = "type,name\ntext,thing\ndate,seen\ninteger,n\n";
static const char list[] = "code,order,form,latest_by,numerator,denominator,counts,direction\n"
			   "state,1,things,thing,sum(n),count(*),things,up\n"
			   "flow,2,things,_id,sum(n),count(*),things,up\n"
			   "rest,3,undated,_id,sum(n),count(*),things,up\n";

static struct form *add_form(struct store *s, const char *code, const char *settings)
{
	struct xlsform x = {.code = code,
	                    .survey = {survey, sizeof survey - 1},
	                    .settings = {settings, strlen(settings)}};
	struct form *f;
	int version;

	assert_ok(form_add(s, &x, &version));
	assert_ok(form_load(s, code, &f));
	return f;
}

static int setup(void **state)
{
	static struct place p;
	int64_t commune;
	size_t n;

	p.s = fixture_root();
	commune = fixture_unit(p.s, FIXTURE_ROOT_UNIT, LEVEL_COMMUNE, "c", "Xã");
	p.village[0] = fixture_unit(p.s, commune, LEVEL_VILLAGE, "v0", "Thôn 0");
	p.village[1] = fixture_unit(p.s, commune, LEVEL_VILLAGE, "v1", "Thôn 1");
	p.visits = add_form(p.s, "things", "date\nseen\n");
	p.undated = add_form(p.s, "undated", "form_title\nX\n");
	assert_ok(indicator_import(p.s, list, sizeof list - 1, &n));
	assert_int_equal(n, 3);
	*state = &p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	form_free(p->visits);
	form_free(p->undated);
	fixture_remove(p->s);
	return 0;
}

/* day NULL: without a date. */
static void see(struct place *p, int64_t unit, const struct form *f, const char *thing,
                const char *day, const char *n)
{
	const struct answer a[] = {{"thing", thing}, {"n", n}, {"seen", day}};
	struct tx *tx;
	int64_t id;

	assert_ok(tx_begin(p->s, unit, &tx));
	assert_ok(record_add(tx, f, 0, a, day ? 3 : 2, &id));
	assert_ok(tx_commit(tx));
	tx_end(tx);
}

static void expect(struct place *p, const char *code, const char *from, const char *day,
                   int64_t numerator, int64_t denominator)
{
	const struct figures_of of = {.code = code, .from = from, .day = day};
	struct figures *f;
	struct figure v;

	assert_ok(figures_open(p->s, &of, &f));
	figures_get(f, 0, geography_find(figures_geography(f), FIXTURE_ROOT_UNIT), &v);
	if (v.numerator != numerator || v.denominator != denominator)
		fail_msg("%s from %s to %s: %d of %d, not %d of %d", code, from ? from : "ever",
		         day ? day : "now", (int)v.numerator, (int)v.denominator, (int)numerator,
		         (int)denominator);
	figures_close(f);
}

static void what_counts_every_record_counts_those_of_the_period(void **state)
{
	struct place *p = *state;

	see(p, p->village[0], p->visits, "A", "2026-06-30", "1");
	see(p, p->village[0], p->visits, "A", "2026-07-01", "2");
	see(p, p->village[1], p->visits, "B", "2026-09-30", "4");
	see(p, p->village[1], p->visits, "B", "2026-10-01", "8");
	see(p, p->village[1], p->visits, "C", NULL, "16");
	expect(p, "flow", NULL, NULL, 31, 5);
	expect(p, "flow", NULL, "2026-06-30", 17, 2);
	expect(p, "flow", "2026-07-01", "2026-09-30", 6, 2);
	expect(p, "flow", "2026-07-01", NULL, 14, 3);
	expect(p, "flow", "2026-07-02", "2026-09-29", 0, 0);
}

static void a_state_is_that_at_the_end_of_the_period(void **state)
{
	struct place *p = *state;

	see(p, p->village[0], p->visits, "A", "2026-06-30", "1");
	see(p, p->village[1], p->visits, "B", "2026-08-30", "4");
	see(p, p->village[1], p->visits, "B", "2026-10-01", "8");
	see(p, p->village[1], p->visits, "C", NULL, "16");
	expect(p, "state", "2026-07-01", "2026-09-30", 21, 3);
	expect(p, "state", "2026-07-01", NULL, 25, 3);
}

static void a_form_without_dates_is_in_no_period(void **state)
{
	struct place *p = *state;

	see(p, p->village[0], p->undated, "A", "2026-06-30", "1");
	expect(p, "rest", NULL, "2026-06-30", 1, 1);
	expect(p, "rest", "2026-06-01", "2026-06-30", 0, 0);
}

#define each_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		each_test(what_counts_every_record_counts_those_of_the_period),
		each_test(a_state_is_that_at_the_end_of_the_period),
		each_test(a_form_without_dates_is_in_no_period),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
