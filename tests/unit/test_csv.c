/* test_csv.c - CSV as spreadsheets write it. */
#include "tests/unit/fixture.h"

#include "storage/csv.h"

/* Reads text and writes it as fields in brackets, a '/' after each record, "!" for a bad one. */
static void flatten(const char *text, size_t len, struct buf *out)
{
	struct csv c;
	size_t i;
	int rc;

	csv_open(&c, text, len);
	while ((rc = csv_read(&c)) != 0) {
		if (rc < 0) {
			assert_int_equal(rc, ERR_BAD);
			buf_str(out, "!/");
			continue;
		}
		for (i = 0; i < c.nfield; i++)
			buf_printf(out, "[%s]", c.field[i]);
		buf_str(out, "/");
	}
	csv_close(&c);
}

static void records_and_fields_come_as_written(void **state)
{
	static const struct {
		const char *text, *flat;
	} cases[] = {
		{"", ""},
		{"\n\r\n", ""},
		{"a,b\n1,2\n", "[a][b]/[1][2]/"},
		{"a,b\r\n1,2", "[a][b]/[1][2]/"},
		{"\xef\xbb\xbfmã,b\n", "[mã][b]/"},
		{"a,b,\n,,\n", "[a][b][]/[][][]/"},
		{"\"a,1\",\"say \"\"hi\"\"\",\"\"\n", "[a,1][say \"hi\"][]/"},
		{"\"two\nlines\",x\n", "[two\nlines][x]/"},
		{"a;b;c,d\n1;2;3\n", "[a][b][c,d]/[1][2][3]/"},
		{"a\tb\n1,5\t2\n", "[a][b]/[1,5][2]/"},
		{"a\"b,c\n", "[a\"b][c]/"},
		{"Ba\u0306\u0301c\n", "[B\u1eafc]/"},
		{"\"x\"", "[x]/"},
		{"a\rb\n", "[a\rb]/"},
	};
	struct buf out = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_reset(&out);
		flatten(cases[i].text, strlen(cases[i].text), &out);
		assert_string_equal(buf_cstr(&out), cases[i].flat);
	}
	buf_release(&out);
}

static void a_bad_record_does_not_take_the_next_with_it(void **state)
{
	static const char *const texts[] = {
		"a,b\n\"open,1\n2,3\n",
		"a,b\n\"x\"y,1\n2,3\n",
		"a,b\n\xff,1\n2,3\n",
	};
	struct buf out = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof *texts; i++) {
		buf_reset(&out);
		flatten(texts[i], strlen(texts[i]), &out);
		assert_string_equal(buf_cstr(&out), "[a][b]/!/[2][3]/");
	}
	flatten("a\0b", 3, &out);
	buf_release(&out);
}

static void a_record_knows_its_line_and_its_own_text(void **state)
{
	const char *text = "\na,\"b\nb\"\r\n\n\"bad\nx,y\n";
	struct csv c;

	(void)state;
	csv_open(&c, text, strlen(text));
	assert_int_equal(csv_read(&c), 1);
	assert_int_equal(c.line, 2);
	assert_memory_equal(c.raw, "a,\"b\nb\"", c.raw_len);
	assert_int_equal(c.raw_len, 7);
	assert_err(csv_read(&c), ERR_BAD, "line 5");
	assert_memory_equal(c.raw, "\"bad", c.raw_len);
	assert_int_equal(csv_read(&c), 1);
	assert_int_equal(c.line, 6);
	assert_string_equal(c.field[1], "y");
	assert_int_equal(csv_read(&c), 0);
	assert_int_equal(csv_read(&c), 0);
	csv_close(&c);
}

static void what_is_put_is_read_back(void **state)
{
	static const char *const fields[] = {"",           "plain",      "a,b",     "a;b",
	                                     "say \"hi\"", "two\nlines", " gap",    "gap ",
	                                     "a\tb",       "\"",         "Đồng Hưu"};
	const size_t n = sizeof fields / sizeof *fields;
	struct buf out = {0};
	struct csv c;
	size_t i;

	(void)state;
	for (i = 0; i < n; i++) {
		if (i)
			buf_str(&out, ",");
		csv_put(&out, fields[i]);
	}
	buf_str(&out, "\r\n");
	csv_open(&c, (const char *)out.data, out.len);
	assert_int_equal(csv_read(&c), 1);
	assert_int_equal(c.nfield, n);
	for (i = 0; i < n; i++)
		assert_string_equal(c.field[i], fields[i]);
	csv_close(&c);
	buf_release(&out);
}

static void a_quote_left_open_is_not_searched_for_without_bound(void **state)
{
	struct buf text = {0};
	struct csv c;
	size_t i;

	(void)state;
	buf_str(&text, "\"open\n");
	for (i = 0; i < CSV_RECORD_MAX; i++)
		buf_u8(&text, 'x');
	buf_str(&text, "\"\nlast\n");
	csv_open(&c, (const char *)text.data, text.len);
	assert_err(csv_read(&c), ERR_BAD, "not closed");
	assert_int_equal(csv_read(&c), 1); /* the long line, its quote in the middle is text */
	assert_int_equal(csv_read(&c), 1);
	assert_string_equal(c.field[0], "last");
	csv_close(&c);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_and_fields_come_as_written),
		cmocka_unit_test(a_bad_record_does_not_take_the_next_with_it),
		cmocka_unit_test(a_record_knows_its_line_and_its_own_text),
		cmocka_unit_test(what_is_put_is_read_back),
		cmocka_unit_test(a_quote_left_open_is_not_searched_for_without_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
