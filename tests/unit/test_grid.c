/* test_grid.c - reports come out whole or not at all; the terminal's table and JSON hold what was said. */
#include "tests/unit/grid_rig.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static int english(void **state)
{
	(void)state;
	return i18n_set("en");
}

static size_t files_here(void)
{
	DIR *d = opendir(".");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void is_file(const char *path, const char *text)
{
	struct buf b = {0};

	assert_int_equal(file_read(path, RIG_MAX, &b), 0);
	assert_string_equal((const char *)b.data, text);
	buf_release(&b);
}

/* ---- what is written ------------------------------------------------------------------------- */

static void json_holds_types_and_counts(void **state)
{
	const struct grid_to to = {.format = GRID_JSON, .path = "a.json"};
	struct buf b = {0};

	(void)state;
	rig_write(&to, &b);
	assert_string_equal(
		(const char *)b.data,
		"{\"title\":\"Độ phủ <xã> & \\\"thôn\\\"\","
		"\"notes\":[\"Tính đến 2026-11-22\",\n\"1 < 2 & 3\"],"
		"\"columns\":[{\"key\":\"code\",\"title\":\"Mã\",\"type\":\"text\"},\n"
		"{\"key\":\"name\",\"title\":\"Tên\",\"type\":\"text\"},\n"
		"{\"key\":\"households\",\"title\":\"Hộ\",\"type\":\"integer\"},\n"
		"{\"key\":\"fibre\",\"title\":\"Cáp quang\",\"type\":\"share\"},\n"
		"{\"key\":\"target\",\"title\":\"Mục tiêu\",\"type\":\"percent\"},\n"
		"{\"key\":\"change\",\"title\":\"Thay đổi\",\"type\":\"number\"},\n"
		"{\"key\":\"since\",\"title\":\"Từ ngày\",\"type\":\"date\"}],"
		"\"rows\":[{\"code\":\"07201\",\"name\":\"Phường Thọ Xương\",\"households\":12345,"
		"\"fibre\":{\"numerator\":814,\"denominator\":1000,\"share\":0.814},"
		"\"target\":0.85,\"change\":-1.25,\"since\":\"2022-10-01\"},\n"
		"{\"code\":\"07204\",\"name\":\"<b>&\\\"=1+1',;\\n]]>\\u0001\xef\xbf\xbd\","
		"\"households\":-7,"
		"\"fibre\":{\"numerator\":0,\"denominator\":0,\"share\":null},"
		"\"target\":null,\"change\":0.33333333333333331,\"since\":null},\n"
		"{\"code\":null,\"name\":null,\"households\":null,\"fibre\":null,\"target\":null,"
		"\"change\":null,\"since\":null}]}\n");
	buf_release(&b);
}

static void a_table_shows_what_a_share_is_of(void **state)
{
	const struct grid_to to = {.format = GRID_TERMINAL, .path = "a.txt"};
	struct buf b = {0};

	(void)state;
	rig_write(&to, &b);
	assert_string_equal(
		(const char *)b.data,
		"Độ phủ <xã> & \"thôn\"\nTính đến 2026-11-22\n1 < 2 & 3\n\n"
		"Mã     Tên                     Hộ  Cáp quang             Mục tiêu  Thay đổi  Từ ngày\n"
		"07201  Phường Thọ Xương    12,345      81.4%  814/1,000     85.0%     -1.25  2022-10-01\n"
		"07204  <b>&\"=1+1',; ]]> \xef\xbf\xbd      -7                     -                0.33\n"
		"\n");
	assert_int_equal(i18n_set("vi"), 0);
	rig_write(&to, &b);
	assert_non_null(
		strstr((const char *)b.data, "12.345     81,4 %  814/1.000    85,0 %     -1,25"));
	buf_release(&b);
}

static void a_report_without_rows_says_so(void **state)
{
	const struct grid_to text = {.format = GRID_TERMINAL, .path = "a.txt"};
	const struct grid_to json = {.format = GRID_JSON, .path = "a.json"};
	struct grid *g;

	(void)state;
	assert_int_equal(grid_begin(&g, &text, "T"), 0);
	grid_column(g, "a", "A", GRID_INT);
	assert_int_equal(grid_end(g, 0), 0);
	is_file("a.txt", "T\n\nnothing recorded yet\n");
	assert_int_equal(grid_begin(&g, &json, "T"), 0);
	grid_column(g, "a", "A", GRID_INT);
	assert_int_equal(grid_end(g, 0), 0);
	is_file("a.json",
	        "{\"title\":\"T\",\"notes\":[],\"columns\":[{\"key\":\"a\",\"title\":\"A\","
	        "\"type\":\"integer\"}],\"rows\":[]}\n");
}

static void numbers_show_as_they_were_recorded(void **state)
{
	const struct grid_to to = {.format = GRID_TERMINAL, .path = "a.txt"};
	static const double numbers[] = {21.273456, 2.0 / 3, 0.1 + 0.2, 2.9999999,
	                                 1234567,   -0.5,    1e18};
	struct grid *g;
	size_t i;

	(void)state;
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "a", "A", GRID_NUMBER);
	for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
		grid_number(g, numbers[i]);
	assert_int_equal(grid_end(g, 0), 0);
	is_file("a.txt",
	        "T\n\n        A\n21.273456\n     0.67\n      0.3\n        3\n1,234,567\n     -0.5\n"
	        "    1e+18\n");
}

static void what_does_not_fit_a_screen_is_told(void **state)
{
	const struct grid_to to = {.format = GRID_TERMINAL, .path = "a.txt"};
	struct buf b = {0};
	struct grid *g;
	char key[16];
	int i;

	(void)state;
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	for (i = 0; i < 40; i++) {
		snprintf(key, sizeof key, "c%d", i);
		grid_column(g, key, key, GRID_SHARE);
	}
	for (i = 0; i < 80; i++)
		grid_share(g, i, 100);
	assert_int_equal(grid_end(g, 0), 0);
	assert_int_equal(file_read("a.txt", RIG_MAX, &b), 0);
	assert_non_null(strstr((const char *)b.data, "71/100\n")); /* the 32nd of row 2 */
	assert_null(strstr((const char *)b.data, "72/100"));
	assert_non_null(strstr((const char *)b.data, "8 more columns do not fit here"));
	buf_release(&b);
}

static void a_key_is_there_once(void **state)
{
	const struct grid_to to = {.format = GRID_JSON, .path = "a.json"};
	struct buf b = {0};
	struct grid *g;
	int i;

	(void)state;
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	for (i = 0; i < 3; i++)
		grid_column(g, "a", "A", GRID_INT);
	grid_column(g, "a_2", "A", GRID_INT);
	for (i = 0; i < 4; i++)
		grid_int(g, i);
	assert_int_equal(grid_end(g, 0), 0);
	assert_int_equal(file_read("a.json", RIG_MAX, &b), 0);
	assert_non_null(strstr((const char *)b.data, "{\"a\":0,\"a_2\":1,\"a_3\":2,\"a_2_2\":3}"));
	buf_release(&b);
}

/* ---- whole or not at all ------------------------------------------------------------------------ */

static void a_file_is_replaced_when_it_is_whole(void **state)
{
	const struct grid_to to = {.format = GRID_JSON, .path = "old.json"};
	size_t before;
	struct grid *g;

	(void)state;
	put_file("old.json", "old");
	before = files_here();
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	rig_columns(g);
	rig_rows(g);
	is_file("old.json", "old");
	err(ERR_NET, "the caller's own");
	assert_int_equal(grid_end(g, ERR_NET), ERR_NET);
	assert_string_equal(err_text(), "the caller's own");
	is_file("old.json", "old");
	assert_int_equal(files_here(), before);

	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	rig_columns(g);
	grid_text(g, "a row that is not whole");
	assert_int_equal(grid_end(g, 0), ERR_BAD);
	is_file("old.json", "old");
	assert_int_equal(files_here(), before);
	unlink("old.json");
}

static void a_link_stays_a_link(void **state)
{
	const struct grid_to to = {.format = GRID_JSON, .path = "link.json"};
	struct buf b = {0};
	struct stat st;

	(void)state;
	put_file("real.json", "old");
	unlink("link.json");
	assert_int_equal(symlink("real.json", "link.json"), 0);
	rig_write(&to, &b);
	assert_int_equal(lstat("link.json", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(file_read("real.json", RIG_MAX, &b), 0);
	assert_int_not_equal(b.len, 3);
	buf_release(&b);
}

/* A device of our own: were it replaced, as root, the machine's would be gone. */
static void a_device_is_written_itself(void **state)
{
	const struct grid_to to = {.format = GRID_JSON, .path = "full"};
	struct stat st;
	struct grid *g;

	(void)state;
	unlink("full");
	if (mknod("full", S_IFCHR | 0600, makedev(1, 7)) != 0 || access("full", W_OK) != 0)
		skip(); /* not root, or no devices on this disk */
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	rig_columns(g);
	rig_rows(g);
	assert_int_equal(grid_end(g, 0), ERR_IO);
	assert_non_null(strstr(err_text(), "is the disk full?"));
	assert_int_equal(stat("full", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	unlink("full");
}

static void a_folder_that_is_not_there_is_told_at_once(void **state)
{
	const struct grid_to to = {.format = GRID_JSON, .path = "nowhere/a.json"};
	const struct grid_to folder = {.format = GRID_JSON, .path = "."};
	struct grid *g;

	(void)state;
	assert_int_equal(grid_begin(&g, &to, "T"), ERR_IO);
	assert_null(g);
	assert_non_null(strstr(err_text(), "nowhere/a.json: cannot be written: there is no such"));
	assert_int_equal(grid_begin(&g, &folder, "T"), ERR_IO);
	assert_non_null(strstr(err_text(), "this is a folder"));
	assert_int_equal(grid_end(NULL, ERR_BUSY), ERR_BUSY);
}

static void the_first_mistake_is_told(void **state)
{
	const struct grid_to to = {.format = GRID_JSON, .path = "a.json"};
	struct grid *g;

	(void)state;
	unlink("a.json");
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "a", "A", GRID_INT);
	grid_share(g, 1, 2);
	assert_int_equal(grid_error(g), ERR_BAD);
	grid_note(g, "too late, and not what is told");
	grid_int(g, 1);
	assert_int_equal(grid_end(g, 0), ERR_BAD);
	assert_string_equal(err_text(), "this report is put together wrongly: a");
	assert_int_equal(access("a.json", F_OK), -1);

	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_int(g, 1);
	assert_int_equal(grid_end(g, 0), ERR_BAD);
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "a", "A", GRID_INT);
	grid_chart(g, "C", 0, 1, GRID_NONE);
	assert_int_equal(grid_end(g, 0), ERR_BAD);
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "a", "A", GRID_INT);
	grid_int(g, 1);
	grid_column(g, "b", "B", GRID_INT);
	assert_int_equal(grid_end(g, 0), ERR_BAD);
}

/* ---- as the rows come ------------------------------------------------------------------------ */

static void many_rows(enum grid_format format, int rows)
{
	const struct grid_to to = {.format = format, .path = "many"};
	struct grid *g;
	int i;

	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	rig_columns(g);
	grid_chart(g, "C", 1, 3, 4);
	for (i = 0; i < rows; i += 3)
		rig_rows(g);
	assert_int_equal(grid_end(g, 0), 0);
	unlink(to.path);
}

/* Held, 60,000 rows would be 20 MB and more. */
static void rows_are_not_held(void **state)
{
	struct rusage before, after;
	int format;

	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip(); /* what was freed counts as well */
#endif
	for (format = GRID_TERMINAL; format <= GRID_HTML; format++) {
		many_rows((enum grid_format)format, 3000);
		getrusage(RUSAGE_SELF, &before);
		many_rows((enum grid_format)format, 60000);
		getrusage(RUSAGE_SELF, &after);
		if (after.ru_maxrss - before.ru_maxrss > 4096) /* KiB */
			fail_msg("format %d takes %ld KiB more for more rows", format,
			         after.ru_maxrss - before.ru_maxrss);
	}
}

/* ---- which format ------------------------------------------------------------------------------- */

static void the_ending_or_the_name_says_the_format(void **state)
{
	struct grid_to to;

	(void)state;
	assert_int_equal(grid_to_set(&to, NULL, NULL, NULL, false), 0);
	assert_int_equal(to.format, GRID_TERMINAL);
	assert_int_equal(grid_to_set(&to, NULL, NULL, NULL, true), 0);
	assert_int_equal(to.format, GRID_JSON);
	assert_int_equal(grid_to_set(&to, NULL, "a.b/c.JSON", "x", false), 0);
	assert_int_equal(to.format, GRID_JSON);
	assert_string_equal(to.path, "a.b/c.JSON");
	assert_string_equal(to.boundaries, "x");
	assert_int_equal(grid_to_set(&to, "txt", "c.json", NULL, false), 0);
	assert_int_equal(to.format, GRID_TERMINAL);
	assert_int_equal(grid_to_set(&to, NULL, "c.dat", NULL, true), 0);
	assert_int_equal(to.format, GRID_JSON);
	assert_int_equal(grid_to_set(&to, "json", NULL, NULL, true), 0);

	assert_int_equal(grid_to_set(&to, NULL, "a.json/c", NULL, false), ERR_BAD);
	assert_int_equal(grid_to_set(&to, NULL, "c.dat", NULL, false), ERR_BAD);
	assert_non_null(strstr(err_text(),
	                       "c.dat says no format; there are: txt json csv xlsx geojson html"));
	assert_int_equal(grid_to_set(&to, "ods", NULL, NULL, false), ERR_BAD);
	assert_int_equal(grid_to_set(&to, "txt", NULL, NULL, true), ERR_BAD);
}

int main(void)
{
#define CLAIM(name) cmocka_unit_test_setup(name, english)
	const struct CMUnitTest tests[] = {
		CLAIM(json_holds_types_and_counts),
		CLAIM(a_table_shows_what_a_share_is_of),
		CLAIM(a_report_without_rows_says_so),
		CLAIM(numbers_show_as_they_were_recorded),
		CLAIM(what_does_not_fit_a_screen_is_told),
		CLAIM(a_key_is_there_once),
		CLAIM(a_file_is_replaced_when_it_is_whole),
		CLAIM(a_link_stays_a_link),
		CLAIM(a_device_is_written_itself),
		CLAIM(a_folder_that_is_not_there_is_told_at_once),
		CLAIM(the_first_mistake_is_told),
		CLAIM(rows_are_not_held),
		CLAIM(the_ending_or_the_name_says_the_format),
	};

	return cmocka_run_group_tests_name("grid", tests, NULL, NULL);
}
