/* test_grid_csv.c - a report as CSV is read back the same, and computes nothing in a spreadsheet. */
#include "storage/csv.h"
#include "tests/unit/grid_rig.h"

static int english(void **state)
{
	(void)state;
	return i18n_set("en");
}

static void csv_is_what_rfc_4180_says(void **state)
{
	const struct grid_to to = {.format = GRID_CSV, .path = "a.csv"};
	struct buf b = {0};

	(void)state;
	rig_write(&to, &b);
	assert_string_equal(
		(const char *)b.data,
		"\xef\xbb\xbf"
		"code,name,households,fibre_numerator,fibre_denominator,fibre_share,target,change,since\r\n"
		"07201,Phường Thọ Xương,12345,814,1000,0.814,0.85,-1.25,2022-10-01\r\n"
		"07204,\"<b>&\"\"=1+1',;\n]]>\x01\xef\xbf\xbd\",-7,0,0,,,0.33333333333333331,\r\n"
		",,,,,,,,\r\n");
	/* the same in Vietnamese: a program reads every machine's file */
	assert_int_equal(i18n_set("vi"), 0);
	struct buf vi = {0};
	rig_write(&to, &vi);
	assert_string_equal((const char *)vi.data, (const char *)b.data);
	buf_release(&vi);
	buf_release(&b);
}

static void our_own_reader_reads_it(void **state)
{
	const struct grid_to to = {.format = GRID_CSV, .path = "a.csv"};
	struct buf b = {0};
	struct csv c;

	(void)state;
	rig_write(&to, &b);
	csv_open(&c, (const char *)b.data, b.len);
	assert_int_equal(csv_read(&c), 1);
	assert_int_equal(c.nfield, 9);
	assert_string_equal(c.field[0], "code"); /* without the mark */
	assert_int_equal(csv_read(&c), 1);
	assert_string_equal(c.field[1], "Phường Thọ Xương");
	assert_int_equal(csv_read(&c), 1);
	assert_string_equal(c.field[1], "<b>&\"=1+1',;\n]]>\x01\xef\xbf\xbd");
	csv_close(&c);
	buf_release(&b);
}

/* The texts as the one column of a report; what each became. */
static void formulas_are_texts(void **state)
{
	static const char *const texts[][2] = {
		{"=1+1", "'=1+1"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"},
		{"-2+3", "'-2+3"},
		{"\t=1+1", "'\t=1+1"},
		{"  =1+1", "'  =1+1"},
		{"\r=1+1", "'\r=1+1"},
		{"＝1+1", "'＝1+1"},
		{"=HYPERLINK(\"http://x\",\"y\")", "'=HYPERLINK(\"http://x\",\"y\")"},
		{"-3.5", "-3.5"},
		{"+84912345678", "+84912345678"},
		{"-", "-"},
		{"a=1", "a=1"},
		{"", ""},
	};
	const struct grid_to to = {.format = GRID_CSV, .path = "f.csv"};
	size_t n = sizeof texts / sizeof *texts, i;
	struct buf b = {0};
	struct grid *g;
	struct csv c;

	(void)state;
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "text", "Text", GRID_TEXT);
	grid_column(g, "n", "N", GRID_INT);
	for (i = 0; i < n; i++) {
		grid_text(g, texts[i][0]);
		grid_int(g, -5);
	}
	assert_int_equal(grid_end(g, 0), 0);
	assert_int_equal(file_read("f.csv", RIG_MAX, &b), 0);
	csv_open(&c, (const char *)b.data, b.len);
	assert_int_equal(csv_read(&c), 1);
	for (i = 0; i < n; i++) {
		assert_int_equal(csv_read(&c), 1);
		assert_string_equal(c.field[0], texts[i][1]);
		assert_string_equal(c.field[1], "-5");
	}
	assert_int_equal(csv_read(&c), 0);
	csv_close(&c);
	buf_release(&b);
}

static void an_empty_cell_of_one_column_is_a_row(void **state)
{
	const struct grid_to to = {.format = GRID_CSV, .path = "e.csv"};
	struct buf b = {0};
	struct grid *g;

	(void)state;
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "a", "A", GRID_TEXT);
	grid_none(g);
	grid_text(g, "b");
	assert_int_equal(grid_end(g, 0), 0);
	assert_int_equal(file_read("e.csv", RIG_MAX, &b), 0);
	assert_string_equal((const char *)b.data, "\xef\xbb\xbf"
	                                          "a\r\n\"\"\r\nb\r\n");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(csv_is_what_rfc_4180_says, english),
		cmocka_unit_test(our_own_reader_reads_it),
		cmocka_unit_test(formulas_are_texts),
		cmocka_unit_test(an_empty_cell_of_one_column_is_a_row),
	};

	return cmocka_run_group_tests_name("grid_csv", tests, NULL, NULL);
}
