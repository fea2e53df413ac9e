/* test_out.c - tables line up, JSON is JSON, numbers are written as the language writes them. */
#include "agent/i18n.h"
#include "agent/out.h"
#include "storage/err.h"
#include "storage/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static char *text;
static size_t len;
static FILE *f;

static int open_memory(void **state)
{
	(void)state;
	i18n_set("en");
	f = open_memstream(&text, &len);
	return f ? 0 : -1;
}

static int close_memory(void **state)
{
	(void)state;
	fclose(f);
	free(text);
	return 0;
}

static const char *written(void)
{
	fflush(f);
	return text;
}

static void accents_do_not_shift_columns(void **state)
{
	static const char *const names[] = {"Nguyễn Thị Thủy", "An", "Đỗ Văn Ước"};
	const char *line, *number;
	struct table t;
	size_t i, width = 0;

	(void)state;
	table_begin(&t, f);
	table_column(&t, "tên", false);
	table_column(&t, "số", true);
	for (i = 0; i < 3; i++) {
		table_cell(&t, names[i]);
		table_int(&t, (int64_t)i * 5000 + 7);
	}
	assert_int_equal(table_end(&t), 0);
	line = written();
	for (i = 0; i < 4; i++) {
		char copy[200];
		const char *end = strchr(line, '\n');

		snprintf(copy, sizeof copy, "%.*s", (int)(end - line), line);
		if (i == 0)
			width = text_width(copy);
		assert_int_equal(text_width(copy), width); /* the last column is on the right */
		line = end + 1;
	}
	number = strstr(text, "10,007");
	assert_non_null(number);
}

static void a_long_table_is_printed_whole(void **state)
{
	size_t i, lines = 0;
	struct table t;

	(void)state;
	table_begin(&t, f);
	table_column(&t, "n", true);
	for (i = 0; i < 3 * TABLE_ROWS + 1; i++)
		table_int(&t, (int64_t)i % 10);
	assert_int_equal(table_end(&t), 0);
	for (i = 0; written()[i]; i++)
		lines += text[i] == '\n';
	assert_int_equal(lines, 3 * TABLE_ROWS + 2);
}

static void a_table_without_rows_prints_nothing(void **state)
{
	struct table t;

	(void)state;
	table_begin(&t, f);
	table_column(&t, "n", true);
	assert_int_equal(table_end(&t), 0);
	assert_string_equal(written(), "");
}

static void control_characters_do_not_reach_the_terminal(void **state)
{
	struct table t;

	(void)state;
	table_begin(&t, f);
	table_column(&t, NULL, false);
	table_cell(&t, "a\x1b[31m\nb\tc\x7f");
	assert_int_equal(table_end(&t), 0);
	assert_string_equal(written(), "a [31m b c \n");
}

static void a_full_disk_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct table t;
	struct json j;

	(void)state;
	if (!full)
		skip();
	setvbuf(full, NULL, _IONBF, 0);
	table_begin(&t, full);
	table_column(&t, NULL, false);
	table_cell(&t, "a");
	assert_int_equal(table_end(&t), ERR_IO);
	clearerr(full);
	json_begin(&j, full);
	json_array(&j);
	assert_int_equal(json_end(&j), ERR_IO);
	fclose(full);
}

static void json_is_nested_and_escaped(void **state)
{
	struct json j;

	(void)state;
	json_begin(&j, f);
	json_object(&j);
	json_kstr(&j, "a\"b", "x\\\n\t\x01 Đ");
	json_kint(&j, "n", -5);
	json_kbool(&j, "yes", true);
	json_kstr(&j, "none", NULL);
	json_key(&j, "list");
	json_array(&j);
	json_num(&j, 0.85);
	json_num(&j, NAN);
	json_object(&j);
	json_end(&j);
	json_end(&j);
	assert_int_equal(json_end(&j), 0);
	assert_string_equal(written(),
	                    "{\"a\\\"b\":\"x\\\\\\n\\u0009\\u0001 Đ\",\"n\":-5,\"yes\":true,"
	                    "\"none\":null,\"list\":[0.85,\nnull,\n{}]}\n");
}

static void bytes_that_are_not_utf8_become_a_sign(void **state)
{
	struct json j;

	(void)state;
	json_begin(&j, f);
	json_array(&j);
	json_str(&j, "\xff");
	json_str(&j, "\xc0\x80");     /* an overlong NUL */
	json_str(&j, "\xed\xa0\x80"); /* half a surrogate pair */
	json_str(&j, "\xe1\xba");     /* cut short */
	json_end(&j);
	assert_string_equal(written(), "[\"\xef\xbf\xbd\",\n\"\xef\xbf\xbd\xef\xbf\xbd\",\n"
	                               "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",\n"
	                               "\"\xef\xbf\xbd\xef\xbf\xbd\"]\n");
}

static void only_numbers_go_unquoted(void **state)
{
	static const char *const values[] = {"12", "-3.5", "0", "1e9", "012", "+1",
	                                     "1.", ".5",   "",  "1 2", "-"};
	struct json j;
	size_t i;

	(void)state;
	json_begin(&j, f);
	json_array(&j);
	for (i = 0; i < sizeof values / sizeof *values; i++)
		json_number_text(&j, values[i]);
	json_end(&j);
	assert_string_equal(written(),
	                    "[12,\n-3.5,\n0,\n1e9,\n\"012\",\n\"+1\",\n\"1.\",\n\".5\",\n\"\",\n"
	                    "\"1 2\",\n\"-\"]\n");
}

static void numbers_are_written_as_the_language_writes_them(void **state)
{
	char a[FMT];

	(void)state;
	assert_string_equal(fmt_int(1891, a), "1,891");
	assert_string_equal(fmt_int(-1234567, a), "-1,234,567");
	assert_string_equal(fmt_int(INT64_MIN, a), "-9,223,372,036,854,775,808");
	assert_string_equal(fmt_int(999, a), "999");
	assert_string_equal(fmt_percent(0.814, a), "81.4%");
	assert_string_equal(fmt_bytes(999, a), "999 B");
	assert_string_equal(fmt_bytes(1234, a), "1.2 kB");
	assert_string_equal(fmt_bytes(999960, a), "1.0 MB");
	assert_int_equal(i18n_set("vi"), 0);
	assert_string_equal(fmt_int(1891, a), "1.891");
	assert_string_equal(fmt_percent(0.814, a), "81,4 %");
	assert_string_equal(fmt_bytes(1234, a), "1,2 kB");
	assert_string_equal(fmt_decimal(2.5, 1, a), "2,5");
	assert_string_equal(fmt_time(0, a), "-");
	assert_string_equal(fmt_bytes(INT64_MAX, a), "9,2 EB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CLAIM(name) cmocka_unit_test_setup_teardown(name, open_memory, close_memory)
		CLAIM(accents_do_not_shift_columns),
		CLAIM(a_long_table_is_printed_whole),
		CLAIM(a_table_without_rows_prints_nothing),
		CLAIM(control_characters_do_not_reach_the_terminal),
		CLAIM(a_full_disk_is_told),
		CLAIM(json_is_nested_and_escaped),
		CLAIM(bytes_that_are_not_utf8_become_a_sign),
		CLAIM(only_numbers_go_unquoted),
		CLAIM(numbers_are_written_as_the_language_writes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
