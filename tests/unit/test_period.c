/* test_period.c - quarters, years and days as periods, and when their reports are due. */
#include "tests/unit/fixture.h"

#include <time.h>

#include "storage/period.h"

static void is(const char *text, enum period_kind kind, const char *name, const char *from,
               const char *to)
{
	struct period p;

	assert_ok(period_parse(text, &p));
	assert_int_equal(p.kind, kind);
	assert_string_equal(p.name, name);
	assert_string_equal(p.from, from);
	assert_string_equal(p.to, to);
}

static void a_period_is_its_days(void **state)
{
	(void)state;
	is("2026", PERIOD_YEAR, "2026", "2026-01-01", "2026-12-31");
	is("2026-H1", PERIOD_HALF, "2026-H1", "2026-01-01", "2026-06-30");
	is("2026-h2", PERIOD_HALF, "2026-H2", "2026-07-01", "2026-12-31");
	is("2026-Q1", PERIOD_QUARTER, "2026-Q1", "2026-01-01", "2026-03-31");
	is("2026-q3", PERIOD_QUARTER, "2026-Q3", "2026-07-01", "2026-09-30");
	is("2026-10", PERIOD_MONTH, "2026-10", "2026-10-01", "2026-10-31");
	is("2024-02", PERIOD_MONTH, "2024-02", "2024-02-01", "2024-02-29");
	is("1900-02", PERIOD_MONTH, "1900-02", "1900-02-01", "1900-02-28");
	is("2000-02", PERIOD_MONTH, "2000-02", "2000-02-01", "2000-02-29");
	is("2026-07-01..2026-09-15", PERIOD_DAYS, "2026-07-01..2026-09-15", "2026-07-01",
	   "2026-09-15");
	is("1/7/2026..1/7/2026", PERIOD_DAYS, "2026-07-01..2026-07-01", "2026-07-01", "2026-07-01");
}

static void what_is_none_is_refused(void **state)
{
	static const char *const bad[] =
		{"",        "26",        "2026-",      "2026-Q",
	         "2026-Q0", "2026-Q5",   "2026-H3",    "2026-00",
	         "2026-13", "2026-1",    "2026-Q11",   "1799",
	         "2200",    "2026Q1",    "2026-Q1 ",   "2026-07-02..2026-07-01",
	         "..",      "2026-07..", "2026-02-30", "2026-02-30..2026-03-01",
	         "+026",    "2026-+1",   "2026-Q-1"};
	struct period p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (period_parse(bad[i], &p) == 0)
			fail_msg("%s was taken for %s", bad[i], p.name);
		assert_int_equal(p.kind, PERIOD_NONE);
	}
}

static void before(const char *text, const char *want)
{
	struct period p, q;

	assert_ok(period_parse(text, &p));
	assert_true(period_before(&p, &q));
	assert_string_equal(q.name, want);
	assert_int_equal(q.kind, p.kind);
}

static void the_one_before_ends_the_day_before(void **state)
{
	struct period p, q;

	(void)state;
	before("2026", "2025");
	before("2026-H1", "2025-H2");
	before("2026-Q1", "2025-Q4");
	before("2026-Q3", "2026-Q2");
	before("2024-03", "2024-02");
	before("2026-01", "2025-12");
	before("2026-03-01..2026-03-10", "2026-02-19..2026-02-28");
	before("2024-03-01..2024-03-01", "2024-02-29..2024-02-29");
	assert_ok(period_parse("1800", &p));
	assert_false(period_before(&p, &q));
	assert_ok(period_parse("1800-01-02..1800-01-03", &p));
	assert_false(period_before(&p, &q));
}

/* From 1800 on, day after day, as the C library's calendar has them. */
static void every_day_has_its_number(void **state)
{
	struct period p = {.kind = PERIOD_DAYS}, q;
	struct tm t = {.tm_year = 1800 - 1900, .tm_mday = 2};
	char day[DATE_LEN];
	int64_t n;

	(void)state;
	for (n = 1; t.tm_year <= 2199 - 1900; n++) {
		strftime(day, sizeof day, "%Y-%m-%d", &t);
		assert_int_equal(period_days("1800-01-01", day), n);
		memcpy(p.from, day, DATE_LEN);
		memcpy(p.to, day, DATE_LEN);
		assert_true(period_before(&p, &q));
		assert_int_equal(period_days("1800-01-01", q.to), n - 1);
		t.tm_mday++;
		t.tm_isdst = 0;
		timegm(&t);
	}
}

static void due(const char *text, struct deadline d, const char *want)
{
	struct period p;
	char day[DATE_LEN];

	assert_ok(period_parse(text, &p));
	period_due(&p, &d, day);
	assert_string_equal(day, want);
}

static void a_report_is_due_before_its_day(void **state)
{
	(void)state;
	due("2026-Q3", period_deadline(PERIOD_QUARTER), "2026-09-24");
	due("2026-Q4", period_deadline(PERIOD_QUARTER), "2026-12-24");
	due("2026", period_deadline(PERIOD_YEAR), "2026-12-19");
	due("2026-02", period_deadline(PERIOD_MONTH), "2026-02-24");
	due("2026-H1", period_deadline(PERIOD_HALF), "2026-06-24");
	due("2026-Q4", (struct deadline){1, 5}, "2027-01-04");
	due("2026-Q4", (struct deadline){1, 1}, "2026-12-31");
	due("2026-Q1", (struct deadline){12, 31}, "2027-03-30");
	due("2026-02", (struct deadline){0, 31}, "2026-02-28");
	due("2026-02", (struct deadline){0, 28}, "2026-02-27");
	due("2024-01", (struct deadline){1, 30}, "2024-02-29");
	due("2026-06", (struct deadline){0, 31}, "2026-06-30");
}

static void kinds_have_names(void **state)
{
	(void)state;
	assert_int_equal(period_kind_of("quarter"), PERIOD_QUARTER);
	assert_int_equal(period_kind_of("year"), PERIOD_YEAR);
	assert_int_equal(period_kind_of(""), PERIOD_NONE);
	assert_int_equal(period_kind_of("week"), PERIOD_NONE);
	assert_string_equal(period_kind_name(PERIOD_HALF), "half");
	assert_string_equal(period_kind_name(PERIOD_DAYS), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_period_is_its_days),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(the_one_before_ends_the_day_before),
		cmocka_unit_test(every_day_has_its_number),
		cmocka_unit_test(a_report_is_due_before_its_day),
		cmocka_unit_test(kinds_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
