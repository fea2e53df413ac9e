/* test_grid_xlsx.c - a report as a workbook: read back by our own reader, every part well-formed XML, real
 * numbers, the same bytes for the same data. */
#include "storage/xlsx.h"
#include "storage/xml.h"
#include "storage/zip.h"
#include "storage/zip_out.h"
#include "tests/unit/grid_rig.h"

#define PART_MAX (64u * 1024 * 1024)

static const char *const parts[] = {"[Content_Types].xml",
                                    "_rels/.rels",
                                    "docProps/core.xml",
                                    "xl/workbook.xml",
                                    "xl/_rels/workbook.xml.rels",
                                    "xl/styles.xml",
                                    "xl/worksheets/sheet1.xml",
                                    "xl/worksheets/sheet2.xml",
                                    "xl/worksheets/_rels/sheet2.xml.rels",
                                    "xl/drawings/drawing1.xml",
                                    "xl/drawings/_rels/drawing1.xml.rels",
                                    "xl/charts/chart1.xml"};
#define PARTS (sizeof parts / sizeof *parts)

static int english(void **state)
{
	(void)state;
	return i18n_set("en");
}

static int keep(void *arg, const uint8_t *data, size_t len)
{
	buf_add(arg, data, len);
	return 0;
}

/* A part's text, to be released. */
static void part(const struct buf *file, const char *name, struct buf *out)
{
	struct zip z;

	buf_reset(out);
	assert_int_equal(zip_open(&z, file->data, file->len), 0);
	assert_int_equal(zip_read(&z, name, PART_MAX, keep, out), 0);
	buf_cstr(out);
}

static void holds(const struct buf *file, const char *name, const char *text)
{
	struct buf b = {0};

	part(file, name, &b);
	if (!strstr((const char *)b.data, text))
		fail_msg("%s lacks %s", name, text);
	buf_release(&b);
}

static void sheet(const struct buf *file, const char *name, struct buf *out)
{
	_Bool there = false;

	buf_reset(out);
	assert_int_equal(xlsx_sheets(file->data, file->len, &name, 1, out, &there), 0);
	assert_true(there);
	buf_cstr(out);
}

/* ---- what is in it -------------------------------------------------------------------------- */

static void the_sheet_holds_the_rows(void **state)
{
	const struct grid_to to = {.format = GRID_XLSX, .path = "a.xlsx"};
	struct buf b = {0}, csv = {0};

	(void)state;
	rig_write(&to, &b);
	sheet(&b, "Figures", &csv);
	/* the empty row has no cells, and a day is a number: 2022-10-01 is 44835 */
	assert_string_equal(
		(const char *)csv.data,
		"Mã,Tên,Hộ,Cáp quang: number,Cáp quang: of,Cáp quang,Mục tiêu,Thay đổi,Từ ngày\n"
		"07201,Phường Thọ Xương,12345,814,1000,0.814,0.85,-1.25,44835\n"
		"07204,\"<b>&\"\"=1+1',;\n]]>\xef\xbf\xbd\",-7,0,0,,,0.333333333333333\n");
	sheet(&b, "Notes", &csv);
	assert_string_equal((const char *)csv.data,
	                    "\"Độ phủ <xã> & \"\"thôn\"\"\"\nTính đến 2026-11-22\n1 < 2 & 3\n");
	assert_int_equal(i18n_set("vi"), 0);
	rig_write(&to, &b);
	sheet(&b, "Số liệu", &csv);
	assert_non_null(strstr((const char *)csv.data, "Cáp quang: trên tổng số"));
	buf_release(&csv);
	buf_release(&b);
}

static void every_part_is_xml(void **state)
{
	const struct grid_to to = {.format = GRID_XLSX, .path = "a.xlsx"};
	struct buf b = {0}, text = {0};
	struct xml_tree *t;
	struct zip z;
	size_t i;

	(void)state;
	rig_write(&to, &b);
	assert_int_equal(zip_open(&z, b.data, b.len), 0);
	assert_int_equal(z.n, PARTS);
	for (i = 0; i < PARTS; i++) {
		part(&b, parts[i], &text);
		if (xml_tree_read(text.data, text.len, &t))
			fail_msg("%s: %s", parts[i], err_text());
		xml_tree_free(t);
	}
	buf_release(&text);
	buf_release(&b);
}

static void numbers_are_numbers_with_formats(void **state)
{
	static const char path[] = "xl/worksheets/sheet1.xml";
	const struct grid_to to = {.format = GRID_XLSX, .path = "a.xlsx"};
	struct buf b = {0};

	(void)state;
	rig_write(&to, &b);
	/* styles: 2 text, 3 whole number, 4 percent, 5 day, 0 as it is */
	holds(&b, path, "<c r=\"A2\" s=\"2\" t=\"inlineStr\"><is><t xml:space=\"preserve\">07201<");
	holds(&b, path, "<c r=\"C2\" s=\"3\"><v>12345</v></c>");
	holds(&b, path,
	      "<c r=\"D2\" s=\"3\"><v>814</v></c><c r=\"E2\" s=\"3\"><v>1000</v></c>"
	      "<c r=\"F2\" s=\"4\"><v>0.814</v></c>");
	holds(&b, path, "<c r=\"H2\" s=\"0\"><v>-1.25</v></c><c r=\"I2\" s=\"5\"><v>44835</v></c>");
	holds(&b, path, "<row r=\"4\"></row></sheetData><autoFilter ref=\"A1:I4\"/>");
	holds(&b, path,
	      "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" "
	      "state=\"frozen\"/>");
	holds(&b, path, "<oddHeader>&amp;CĐộ phủ &lt;xã&gt; &amp;&amp; &quot;thôn&quot;<");
	holds(&b, "xl/styles.xml", "numFmtId=\"164\" formatCode=\"0.0%\"");
	holds(&b, "xl/workbook.xml", "'Figures'!$A$1:$I$4<");
	holds(&b, "xl/workbook.xml", "'Figures'!$1:$1<");
	buf_release(&b);
}

static void a_chart_is_of_the_rows(void **state)
{
	static const char path[] = "xl/charts/chart1.xml";
	const struct grid_to to = {.format = GRID_XLSX, .path = "a.xlsx"};
	struct buf b = {0}, first = {0};
	struct grid *g;
	struct zip z;
	int i;

	(void)state;
	rig_write(&to, &b);
	holds(&b, path, "<a:t>Cáp quang so với mục tiêu</a:t>");
	holds(&b, path, "<c:cat><c:strRef><c:f>'Figures'!$B$2:$B$4</c:f>");
	holds(&b, path, "<c:val><c:numRef><c:f>'Figures'!$F$2:$F$4</c:f>"); /* the share itself */
	holds(&b, path, "<c:f>'Figures'!$G$2:$G$4</c:f>");                  /* its target */
	holds(&b, path, "formatCode=\"0%\"");

	/* of many rows the first, without a target, and without a chart no parts of one */
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "a", "A", GRID_TEXT);
	grid_column(g, "b", "B", GRID_INT);
	grid_chart(g, "C", 0, 1, GRID_NONE);
	for (i = 0; i < 1000; i++) {
		grid_text(g, "a");
		grid_int(g, i);
	}
	assert_int_equal(grid_end(g, 0), 0);
	buf_reset(&b);
	assert_int_equal(file_read(to.path, RIG_MAX, &b), 0);
	holds(&b, path, "<c:f>'Figures'!$B$2:$B$251</c:f>");
	part(&b, path, &first);
	assert_null(strstr((const char *)first.data, "lineChart"));
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "a", "A", GRID_TEXT);
	assert_int_equal(grid_end(g, 0), 0);
	buf_reset(&b);
	assert_int_equal(file_read(to.path, RIG_MAX, &b), 0);
	assert_int_equal(zip_open(&z, b.data, b.len), 0);
	assert_int_equal(z.n, 8);
	sheet(&b, "Figures", &first);
	assert_string_equal((const char *)first.data, "A\n");
	buf_release(&first);
	buf_release(&b);
}

static void the_same_data_is_the_same_bytes(void **state)
{
	const struct grid_to one = {.format = GRID_XLSX, .path = "one.xlsx"};
	const struct grid_to two = {.format = GRID_XLSX, .path = "two.xlsx"};
	struct buf a = {0}, b = {0};

	(void)state;
	rig_write(&one, &a);
	assert_int_equal(setenv("TZ", "Pacific/Auckland", 1), 0);
	rig_write(&two, &b);
	assert_int_equal(unsetenv("TZ"), 0);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	buf_release(&a);
	buf_release(&b);
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void text_that_looks_like_an_escape_stays(void **state)
{
	const struct grid_to to = {.format = GRID_XLSX, .path = "a.xlsx"};
	struct buf b = {0};
	struct grid *g;

	(void)state;
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "a", "A", GRID_TEXT);
	grid_text(g, "a_x000D_b_x00_c<");
	grid_date(g, "1899-01-01"); /* before Excel's days: as text */
	grid_date(g, "1900-03-01");
	assert_int_equal(grid_end(g, 0), 0);
	assert_int_equal(file_read(to.path, RIG_MAX, &b), 0);
	holds(&b, "xl/worksheets/sheet1.xml", ">a_x005F_x000D_b_x00_c&lt;<");
	holds(&b, "xl/worksheets/sheet1.xml", ">1899-01-01<");
	holds(&b, "xl/worksheets/sheet1.xml", "<c r=\"A4\" s=\"5\"><v>61</v></c>");
	buf_release(&b);
}

static void what_excel_cannot_hold_is_told(void **state)
{
	const struct grid_to to = {.format = GRID_XLSX, .path = "big.xlsx"};
	char *text = malloc(32769);
	struct grid *g;
	int i;

	(void)state;
	assert_non_null(text);
	memset(text, 'a', 32768);
	text[32768] = 0;
	for (i = 0; i < 2; i++) {
		text[32768 - i] = 0;
		assert_int_equal(grid_begin(&g, &to, "T"), 0);
		grid_column(g, "a", "A", GRID_TEXT);
		grid_text(g, text);
		assert_int_equal(grid_end(g, 0), i ? 0 : ERR_TOOBIG);
	}
	free(text);
}

static void the_last_row_is_the_1048576th(void **state)
{
	const struct grid_to to = {.format = GRID_XLSX, .path = "rows.xlsx"};
	struct grid *g;
	int i;

	(void)state;
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "a", "A", GRID_INT);
	for (i = 0; i < 1048575 && !grid_error(g); i++)
		grid_none(g);
	assert_int_equal(grid_error(g), 0);
	grid_none(g);
	assert_int_equal(grid_end(g, 0), ERR_TOOBIG);
	assert_string_equal(err_text(), "an Excel sheet holds 1048576 rows: ask for CSV");
	assert_int_equal(access(to.path, F_OK), -1);
}

static void columns_go_on_behind_z(void **state)
{
	const struct grid_to to = {.format = GRID_XLSX, .path = "wide.xlsx"};
	struct buf b = {0}, csv = {0};
	struct grid *g;
	int i;

	(void)state;
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	for (i = 0; i < GRID_COLUMNS_MAX; i++)
		grid_column(g, "a", "A", i < 250 ? GRID_SHARE : GRID_INT);
	for (i = 0; i < 250; i++)
		grid_share(g, i, 1000);
	for (; i < GRID_COLUMNS_MAX; i++)
		grid_int(g, i);
	assert_int_equal(grid_end(g, 0), 0);
	assert_int_equal(file_read(to.path, RIG_MAX, &b), 0);
	holds(&b, "xl/worksheets/sheet1.xml",
	      "<c r=\"Z2\" s=\"3\"><v>1000</v></c>"
	      "<c r=\"AA2\" s=\"4\"><v>0.008");
	holds(&b, "xl/worksheets/sheet1.xml", "<c r=\"ABV2\" s=\"4\"><v>0.249");
	holds(&b, "xl/worksheets/sheet1.xml", "<c r=\"ALL2\" s=\"3\"><v>499</v></c></row>");
	buf_release(&csv);
	buf_release(&b);
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	for (i = 0; i <= GRID_COLUMNS_MAX; i++)
		grid_column(g, "a", "A", GRID_INT);
	assert_int_equal(grid_end(g, 0), ERR_TOOBIG);
}

/* ---- the ZIP file ------------------------------------------------------------------------------ */

static int fails_at(void *arg, const void *data, size_t len)
{
	size_t *left = arg;

	(void)data;
	if (len > *left)
		return err(ERR_IO, "no more");
	*left -= len;
	return 0;
}

static int append(void *arg, const void *data, size_t len)
{
	buf_add(arg, data, len);
	return 0;
}

static void what_was_packed_is_unpacked(void **state)
{
	struct buf file = {0}, text = {0}, big = {0};
	struct zip_out *z;
	unsigned x = 1;
	size_t i;

	(void)state;
	for (i = 0; i < 300000; i++) { /* more than a piece, and hard to pack */
		x = x * 1103515245u + 12345u;
		buf_u8(&big, x >> 16 & 0xff);
	}
	assert_int_equal(zip_out_begin(append, &file, &z), 0);
	zip_out_entry(z, "empty");
	zip_out_entry(z, "big");
	for (i = 0; i < big.len; i += 1000)
		zip_out_add(z, big.data + i, 1000);
	zip_out_entry(z, "small");
	zip_out_add(z, "abc", 3);
	assert_int_equal(zip_out_end(z), 0);
	part(&file, "empty", &text);
	assert_int_equal(text.len, 0);
	part(&file, "big", &text);
	assert_int_equal(text.len, big.len);
	assert_memory_equal(text.data, big.data, big.len);
	part(&file, "small", &text);
	assert_string_equal((const char *)text.data, "abc");
	/* wherever the writing fails, that is what is told */
	for (i = 0; i + 200 < file.len; i += file.len / 50) {
		size_t left = i;

		assert_int_equal(zip_out_begin(fails_at, &left, &z), 0);
		zip_out_entry(z, "big");
		zip_out_add(z, big.data, big.len);
		zip_out_entry(z, "small");
		assert_int_equal(zip_out_end(z), ERR_IO);
		assert_string_equal(err_text(), "no more");
	}
	buf_release(&big);
	buf_release(&text);
	buf_release(&file);
}

int main(void)
{
#define CLAIM(name) cmocka_unit_test_setup(name, english)
	const struct CMUnitTest tests[] = {
		CLAIM(the_sheet_holds_the_rows),
		CLAIM(every_part_is_xml),
		CLAIM(numbers_are_numbers_with_formats),
		CLAIM(a_chart_is_of_the_rows),
		CLAIM(the_same_data_is_the_same_bytes),
		CLAIM(text_that_looks_like_an_escape_stays),
		CLAIM(what_excel_cannot_hold_is_told),
		CLAIM(the_last_row_is_the_1048576th),
		CLAIM(columns_go_on_behind_z),
		CLAIM(what_was_packed_is_unpacked),
	};

	return cmocka_run_group_tests_name("grid_xlsx", tests, NULL, NULL);
}
