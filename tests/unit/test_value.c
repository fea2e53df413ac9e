/* test_value.c - one answer as text, checked and in the form it is stored. */
#include "tests/unit/fixture.h"

#include "storage/value.h"

static void values_have_one_way_of_writing(void **state)
{
	static const struct {
		enum qtype type;
		const char *text, *stored;
	} cases[] = {
		{Q_INTEGER, "12", "12"},
		{Q_INTEGER, " -007 ", "-7"},
		{Q_INTEGER, "9223372036854775807", "9223372036854775807"},
		{Q_DECIMAL, " 3.50", "3.50"},
		{Q_DECIMAL, ".5", ".5"},
		{Q_DECIMAL, "1.0e+15", "1.0e+15"},
		{Q_TEXT, "  Ba\u0306\u0301c Giang\n", "B\u1eafc Giang"},
		{Q_TEXT, "two\nlines\tand more", "two\nlines\tand more"},
		{Q_TEXT, "", ""},
		{Q_DATE, "2024-02-29", "2024-02-29"},
		{Q_DATE, "2026-3-5", "2026-03-05"},
		{Q_DATE, "5/3/2026", "2026-03-05"},
		{Q_DATE, "21/11/2026", "2026-11-21"},
		{Q_DATE, "today", "2026-11-21"},
		{Q_DATE, "Today()", "2026-11-21"},
		{Q_TIME, "7:55", "07:55"},
		{Q_TIME, "07:55:30", "07:55:30"},
		{Q_TIME, "now", "11:00"},
		{Q_DATETIME, "2026-11-21 7:05", "2026-11-21T07:05"},
		{Q_DATETIME, "21/11/2026 7:05", "2026-11-21T07:05"},
		{Q_DATETIME, "2026-11-21T23:59:59", "2026-11-21T23:59:59"},
		{Q_DATETIME, "now()", "2026-11-21T11:00"},
		{Q_GEOPOINT, "21.2731  106.1946", "21.2731 106.1946"},
		{Q_GEOPOINT, "-90 180 12.5 4", "-90 180 12.5 4"},
	};
	struct buf b = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_reset(&b);
		assert_ok(value_check(cases[i].type, cases[i].text, FIXTURE_NOW_MS, &b));
		assert_string_equal(buf_cstr(&b), cases[i].stored);
	}
	buf_release(&b);
}

static void what_is_no_value_is_refused_with_an_example(void **state)
{
	static const struct {
		enum qtype type;
		const char *text, *part;
	} cases[] = {
		{Q_INTEGER, "", "whole number"},
		{Q_INTEGER, "12a", "'12a' is not a whole number"},
		{Q_INTEGER, "1.5", "like 12"},
		{Q_INTEGER, "+1", "whole number"},
		{Q_INTEGER, "9223372036854775808", "whole number"},
		{Q_DECIMAL, "3,5", "with a point, like 2.5"},
		{Q_DECIMAL, "1e999", "number"},
		{Q_DECIMAL, "nan", "number"},
		{Q_DECIMAL, ".", "number"},
		{Q_DECIMAL, "1e", "number"},
		{Q_DECIMAL, "0.000000000000000000000000000000001", "number"},
		{Q_DATE, "2026-02-29", "2026-11-21 or 21/11/2026"},
		{Q_DATE, "1900-02-29", "date"},
		{Q_DATE, "2026-13-01", "date"},
		{Q_DATE, "2026-00-01", "date"},
		{Q_DATE, "31/4/2026", "date"},
		{Q_DATE, "11/21/2026", "date"},
		{Q_DATE, "0026-11-21", "date"},
		{Q_DATE, "2026-11-21x", "date"},
		{Q_DATE, "26-11-21", "date"},
		{Q_DATE, "todays", "date"},
		{Q_TIME, "24:00", "like 07:55"},
		{Q_TIME, "07:60", "time"},
		{Q_TIME, "7h55", "time"},
		{Q_TIME, "07:5", "time"},
		{Q_TIME, "", "time"},
		{Q_DATETIME, "2026-11-21", "2026-11-21 07:55"},
		{Q_DATETIME, "2026-11-21T", "time"},
		{Q_GEOPOINT, "91 106", "latitude"},
		{Q_GEOPOINT, "21 181", "latitude"},
		{Q_GEOPOINT, "21", "latitude"},
		{Q_GEOPOINT, "21 106 0 0 0", "latitude"},
		{Q_GEOPOINT, "21 106 0 -1", "latitude"},
		{Q_GEOPOINT, "21,5 106", "latitude"},
		{Q_TEXT, "\xff", "UTF-8"},
		{Q_TEXT, "\033[2J", "control"},
		{Q_NOTE, "x", "takes no answer"},
	};
	struct buf b = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_err(value_check(cases[i].type, cases[i].text, FIXTURE_NOW_MS, &b), ERR_BAD,
		           cases[i].part);
	buf_release(&b);
}

static void a_value_in_a_message_is_cut_at_a_characters_end(void **state)
{
	char text[200] = "", out[SHOWN_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < 60; i++)
		strcat(text, "ế");
	value_shown(text, out);
	assert_true(strlen(out) < SHOWN_LEN);
	assert_int_equal((strlen(out) - 3) % 3, 0);
	assert_string_equal(out + strlen(out) - 3, "…");
	assert_string_equal(value_shown("a\nb", out), "a b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_have_one_way_of_writing),
		cmocka_unit_test(what_is_no_value_is_refused_with_an_example),
		cmocka_unit_test(a_value_in_a_message_is_cut_at_a_characters_end),
	};

	setenv("TZ", "<+07>-7", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
