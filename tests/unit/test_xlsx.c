/* test_xlsx.c - workbooks as CSV, and files that only look like one. */
#include "tests/unit/fixture.h"
#include "tests/unit/zip_make.h"

#include "storage/xlsx.h"
#include "storage/xml.h"
#include "storage/zip.h"

#include <time.h>

static const char *const names[] = {"survey", "choices", "settings"};

static const char book[] =
	"<?xml version='1.0'?><workbook xmlns:r='r'><sheets><sheet name='Notes' r:id='rId9'/>"
	"<sheet name='Survey ' r:id='rId1'/><sheet name='choices' r:id='rId2'/></sheets></workbook>";
static const char relations[] =
	"<Relationships><Relationship Id='rId1' Type='x/worksheet' Target='worksheets/a.xml'/>"
	"<Relationship Id='rId2' Type='x/worksheet' Target='/xl/worksheets/b.xml'/>"
	"<Relationship Id='rId3' Type='x/sharedStrings' Target='strings.xml'/></Relationships>";
static const char strings[] =
	"<sst><si><t>type</t></si><si><r><t>na</t></r><r><t>me</t></r><rPh><t>not</t></rPh></si>"
	"<si><t>Nhà \"mấy\", tầng\n&amp; ngõ</t></si></sst>";
static const char sheet[] =
	"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>"
	"<row r='2'/><row r='3'><c r='B3' t='s'><v>2</v></c><c r='D3'><v>3.0000000000000004E0</v></c>"
	"<c r='E3' t='b'><v>1</v></c></row>"
	"<row r='4'><c r='A4' t='str'><f>A1&amp;B1</f><v>made</v></c>"
	"<c r='C4' t='inlineStr'><is><t>in line</t></is></c><c r='D4'><v>0.5</v></c></row>"
	"</sheetData></worksheet>";

static void workbook(struct zip_make *z, const char *first)
{
	memset(z, 0, sizeof *z);
	zip_add(z, "xl/workbook.xml", book);
	zip_add(z, "xl/_rels/workbook.xml.rels", relations);
	zip_add(z, "xl/strings.xml", strings);
	if (first)
		zip_add(z, "xl/worksheets/a.xml", first);
	zip_add(z, "xl/worksheets/b.xml", "<worksheet/>");
}

static int read_all(const struct buf *file, struct buf out[3], bool there[3])
{
	memset(out, 0, 3 * sizeof *out);
	memset(there, 0, 3 * sizeof *there);
	return xlsx_sheets(file->data, file->len, names, 3, out, there);
}

static void release(struct buf out[3])
{
	size_t i;

	for (i = 0; i < 3; i++)
		buf_release(&out[i]);
}

/* A workbook whose survey is this is refused with a text that holds this. */
static void refused(const char *first, int wanted, const char *text)
{
	struct buf out[3];
	struct zip_make z;
	bool there[3];

	workbook(&z, first);
	zip_end(&z);
	assert_int_equal(read_all(&z.out, out, there), wanted);
	if (!strstr(err_text(), text))
		fail_msg("\"%s\" does not say \"%s\"", err_text(), text);
	release(out);
	buf_release(&z.out);
}

static void sheets_are_found_by_name_and_rows_keep_their_numbers(void **state)
{
	struct buf out[3];
	struct zip_make z;
	bool there[3];

	(void)state;
	workbook(&z, sheet);
	zip_end(&z);
	assert_ok(read_all(&z.out, out, there));
	assert_true(there[0] && there[1] && !there[2]);
	assert_string_equal(buf_cstr(&out[0]),
	                    "type,name\n\n,\"Nhà \"\"mấy\"\", tầng\n& ngõ\",,3,TRUE\n"
	                    "made,,in line,0.5\n");
	release(out);
	buf_release(&z.out);
}

static void what_is_no_workbook_is_refused(void **state)
{
	struct zip_make z = {.n = 0};
	struct buf out[3];
	bool there[3];

	(void)state;
	zip_add(&z, "word/document.xml", "<document/>");
	zip_end(&z);
	assert_int_equal(read_all(&z.out, out, there), ERR_BAD);
	assert_non_null(strstr(err_text(), "no Excel workbook"));
	release(out);
	buf_release(&z.out);
	refused(NULL, ERR_BAD, "sheet survey: the file is damaged");
	refused("<worksheet><sheetData>", ERR_BAD, "sheet survey: line 1");
	refused("<!DOCTYPE w [<!ENTITY a 'b'>]><worksheet/>", ERR_BAD, "DOCTYPE");
	refused("<w><row r='1'><c r='A1' t='s'><v>3</v></c></row></w>", ERR_BAD, "damaged");
	refused("<w><row r='1'><c r='ZZZZ1'><v>3</v></c></row></w>", ERR_BAD, "no place");
	refused("<w><row r='1'><c r='XFD1'><v>3</v></c></row></w>", ERR_TOOBIG, "4096 columns");
	refused("<w><row r='1'><c r='A1'><v>1</v></c><c r='A1'><v>2</v></c></row></w>", ERR_BAD,
	        "out of order");
	refused("<w><row r='2'/><row r='1'/></w>", ERR_BAD, "row 1 comes after");
	refused("<w><row r='4294967297'/></w>", ERR_BAD, "row 4294967297");
}

/* An empty cell far away is no reason to refuse a form, nor to write a million commas. */
static void empty_cells_cost_nothing(void **state)
{
	struct buf out[3];
	struct zip_make z;
	bool there[3];

	(void)state;
	workbook(&z, "<w><row r='1'><c r='A1'><v>1</v></c><c r='XFD1' s='3'/></row>"
	             "<row r='1048576'><c r='A1048576' s='1'/></row></w>");
	zip_end(&z);
	assert_ok(read_all(&z.out, out, there));
	assert_string_equal(buf_cstr(&out[0]), "1\n");
	release(out);
	buf_release(&z.out);
}

static int tally(void *arg, const uint8_t *data, size_t len)
{
	(void)data;
	*(size_t *)arg += len;
	return 0;
}

static void a_file_unpacks_to_what_it_may_and_no_more(void **state)
{
	enum { COPIES = 100000 };
	size_t all = 1 + 258 * (size_t)COPIES, got = 0;
	struct zip_make m = {.n = 0};
	struct zip z;

	(void)state;
	zip_add_run(&m, "run", ' ', COPIES);
	zip_end(&m);
	assert_true(m.out.len < all / 150);
	assert_ok(zip_open(&z, m.out.data, m.out.len));
	assert_ok(zip_read(&z, "run", all, tally, &got));
	assert_int_equal(got, all);
	got = 0;
	assert_int_equal(zip_read(&z, "run", 1000000, tally, &got), ERR_TOOBIG);
	assert_true(got <= 1000000);
	assert_int_equal(zip_read(&z, "other", all, tally, &got), ERR_NOTFOUND);
	m.out.data[33] ^= 0x20; /* the byte that is repeated */
	assert_int_equal(zip_read(&z, "run", all, tally, &got), ERR_BAD);
	buf_release(&m.out);
}

/* What is one endless tag, or one endless text, is given up before it is held. */
static void a_bomb_is_refused(void **state)
{
	struct zip_make z;
	struct buf out[3];
	bool there[3];

	(void)state;
	workbook(&z, NULL);
	zip_add_run(&z, "xl/worksheets/a.xml", ' ', 400000);
	zip_end(&z);
	assert_int_equal(read_all(&z.out, out, there), ERR_TOOBIG);
	release(out);
	buf_release(&z.out);
}

static void deep_xml_is_refused(void **state)
{
	struct xml_tree *t;
	struct buf b = {0};
	int i;

	(void)state;
	for (i = 0; i < XML_DEPTH_MAX + 1; i++)
		buf_str(&b, "<a>");
	assert_int_equal(xml_tree_read(b.data, b.len, &t), ERR_TOOBIG);
	assert_null(t);
	buf_reset(&b);
	buf_str(&b, "<p:a x='1' p:y='&lt;'>one <b/>two<b><c/></b></p:a>");
	assert_ok(xml_tree_read(b.data, b.len, &t));
	assert_string_equal(xml_root(t)->name, "a");
	assert_string_equal(xml_root(t)->text, "one \1two\1");
	assert_string_equal(xml_get(xml_root(t), "y"), "<");
	assert_null(xml_child(xml_root(t), "c"));
	assert_string_equal(xml_root(t)->first->next->first->name, "c");
	xml_tree_free(t);
	assert_int_equal(xml_tree_read("", 0, &t), ERR_BAD);
	buf_release(&b);
}

/* Cut and changed anywhere: read or refused, never worse. Prints the seed. */
static void damage_is_refused_or_harmless(void **state)
{
	unsigned seed = (unsigned)time(NULL), round;
	struct buf out[3];
	struct zip_make z;
	bool there[3];
	size_t len;
	uint8_t *copy;

	(void)state;
	print_message("# seed %u\n", seed);
	srandom(seed);
	workbook(&z, sheet);
	zip_end(&z);
	for (len = 0; len < z.out.len; len++) {
		copy = malloc(len + 1);
		memcpy(copy, z.out.data, len);
		assert_int_equal(read_all(&(struct buf){.data = copy, .len = len}, out, there),
		                 ERR_BAD);
		release(out);
		free(copy);
	}
	for (round = 0; round < 3000; round++) {
		copy = malloc(z.out.len);
		memcpy(copy, z.out.data, z.out.len);
		for (len = 1 + (size_t)random() % 4; len; len--)
			copy[(size_t)random() % z.out.len] = (uint8_t)random();
		read_all(&(struct buf){.data = copy, .len = z.out.len}, out, there);
		release(out);
		free(copy);
	}
	buf_release(&z.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sheets_are_found_by_name_and_rows_keep_their_numbers),
		cmocka_unit_test(what_is_no_workbook_is_refused),
		cmocka_unit_test(empty_cells_cost_nothing),
		cmocka_unit_test(a_file_unpacks_to_what_it_may_and_no_more),
		cmocka_unit_test(a_bomb_is_refused),
		cmocka_unit_test(deep_xml_is_refused),
		cmocka_unit_test(damage_is_refused_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
