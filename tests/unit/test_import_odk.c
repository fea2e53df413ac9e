/* test_import_odk.c - submissions in ZIP files and folders, as an import reads and saves them. */
#include "tests/unit/odk_rig.h"
#include "tests/unit/zip_make.h"

#include "agent/file.h"
#include "agent/import.h"
#include "storage/zip.h"

#include <sys/stat.h>
#include <time.h>

static const char main_table[] =
	"house-number,house-region,KEY\n5,n,uuid:k1\n6,Nowhere,k2\n7,s,k3\n";
static const char member_table[] = "age,PARENT_KEY,KEY\n40,uuid:k1,uuid:k1/member[1]\n7,k3,x\n";
static const char instance[] = "<data id='census'><house><number>9</number></house>"
			       "<meta><instanceID>i1</instanceID></meta></data>";

struct trial {
	struct odk_home h;
	struct ctx ctx;
	struct import im;
	char path[256];
	int rc;
};

static void start_trial(struct trial *t)
{
	memset(t, 0, sizeof *t);
	odk_start(&t->h, "tree A");
	t->ctx.s = t->h.s;
	t->ctx.lang = "en";
}

static void stop_trial(struct trial *t)
{
	odk_stop(&t->h);
}

/* Imports what is at path, below the home; the counts stay in im, what it held does not. */
static void run(struct trial *t, const char *name)
{
	snprintf(t->path, sizeof t->path, "%s/%s", t->h.s->home, name);
	t->im = (struct import){.ctx = &t->ctx, .unit = t->h.village};
	assert_ok(answers_open(&t->ctx, "census", &t->im.a));
	t->rc = import_open_odk(&t->im, t->path);
	if (!t->rc)
		t->rc = import_run(&t->im, t->path);
}

static void done(struct trial *t)
{
	import_release(&t->im);
}

static void write_to(struct trial *t, const char *name, const struct buf *b)
{
	snprintf(t->path, sizeof t->path, "%s/%s", t->h.s->home, name);
	assert_ok(file_write(t->path, b));
}

static void make_zip(struct buf *out)
{
	struct zip_make z = {0};

	zip_add(&z, "__MACOSX/._census.csv", "\1\2");
	zip_add(&z, "media/photo.jpg", "\1\2\3");
	zip_add(&z, "media/audit.csv", "event,node\nx,y\n");
	zip_add(&z, "census-member.csv", member_table);
	zip_add(&z, "census.csv", main_table);
	zip_add(&z, "one.xml", instance);
	zip_end(&z);
	*out = z.out;
}

static void the_tables_and_instances_of_a_zip_file_go_in(void **state)
{
	struct trial t;
	struct buf zip = {0};

	(void)state;
	start_trial(&t);
	make_zip(&zip);
	write_to(&t, "c.zip", &zip);
	run(&t, "c.zip");
	assert_ok(t.rc);
	assert_int_equal(t.im.saved, 3);
	assert_int_equal(t.im.bad, 1);
	assert_int_equal(t.im.others, 1);
	assert_non_null(strstr(t.im.rejects, "/c.rejected.jsonl"));
	assert_int_equal(count(t.h.s, "SELECT sum(number) FROM f_census"), 21);
	assert_int_equal(count(t.h.s, "SELECT sum(age) FROM f_census__member"), 47);
	done(&t);
	run(&t, "c.zip");
	assert_ok(t.rc);
	assert_int_equal(t.im.saved, 0);
	assert_int_equal(t.im.known, 3);
	done(&t);
	buf_release(&zip);
	stop_trial(&t);
}

#define CELL(text) "<c t='str'><v>" text "</v></c>"

/* As KoboToolbox writes it: a sheet a repeat, times as days since 1899-12-30. */
static void a_workbook_has_a_table_a_sheet(void **state)
{
	struct zip_make z = {0};
	struct trial t;

	(void)state;
	start_trial(&t);
	zip_add(&z, "xl/workbook.xml",
	        "<workbook xmlns:r='r'><sheets><sheet name='Census' r:id='r1'/>"
	        "<sheet name='member' r:id='r2'/><sheet name='Notes' r:id='r3'/></sheets></workbook>");
	zip_add(&z, "xl/_rels/workbook.xml.rels",
	        "<Relationships><Relationship Id='r1' Target='a.xml'/>"
	        "<Relationship Id='r2' Target='b.xml'/><Relationship Id='r3' Target='c.xml'/>"
	        "</Relationships>");
	zip_add(&z, "xl/a.xml",
	        "<w><row>" CELL("Số nhà") CELL("day") CELL("at") CELL("seen") CELL("_uuid") CELL(
			"_index") "</row><row><c><v>5</v></c><c><v>45427</v></c>"
	                          "<c><v>0.25</v></c><c><v>45427.33405092592</v></c>" CELL(
					  "u1") "<c><v>1</v></c></row>"
	                                        "<row><c><v>6</v></c><c><v>2024</v></c><c/><c/>" CELL(
							"u2") "<c><v>2</v></c></row></w>");
	zip_add(&z, "xl/b.xml",
	        "<w><row>" CELL("Age") CELL("_parent_index") "</row><row><c><v>40</v></c>"
	                                                     "<c><v>1</v></c></row></w>");
	zip_add(&z, "xl/c.xml", "<w><row>" CELL("about") "</row></w>");
	zip_end(&z);
	write_to(&t, "k.xlsx", &z.out);
	run(&t, "k.xlsx");
	assert_ok(t.rc);
	assert_int_equal(t.im.saved, 1);
	assert_int_equal(t.im.bad, 1); /* 2024 is no day */
	assert_string_equal(t.im.row[1].file, "Census");
	assert_int_equal(t.im.row[1].line, 3);
	assert_non_null(strstr(t.im.row[1].why, "'2024' is not a date"));
	assert_int_equal(count(t.h.s, "SELECT number = 5 AND day = '2024-05-15' AND at = '06:00'"
	                              " AND seen = '2024-05-15T08:01:02' FROM f_census"),
	                 1);
	assert_int_equal(count(t.h.s, "SELECT age FROM f_census__member"), 40);
	done(&t);
	buf_release(&z.out);
	stop_trial(&t);
}

static void a_folder_is_read_to_its_depth_and_no_further(void **state)
{
	static const char *const where[] = {"d/1.xml", "d/a/2.xml", "d/.hidden/3.xml",
	                                    "d/link/4.xml"};
	struct buf text = {0};
	char path[400], sub[300], home[200];
	struct trial t;
	size_t i;

	(void)state;
	start_trial(&t);
	snprintf(home, sizeof home, "%s", t.h.s->home);
	for (i = 0; i < 4; i++) {
		buf_reset(&text);
		buf_printf(&text,
		           "<data id='census'><house><number>1</number></house><meta>"
		           "<instanceID>n-%zu</instanceID></meta></data>",
		           i);
		snprintf(sub, sizeof sub, "%s/d", home);
		mkdir(sub, 0777);
		snprintf(sub, sizeof sub, "%s/%.*s", home, (int)(strrchr(where[i], '/') - where[i]),
		         where[i]);
		mkdir(i == 3 ? home : sub, 0777);
		if (i == 3) /* a loop */
			assert_int_equal(symlink(home, sub), 0);
		else
			write_to(&t, where[i], &text);
	}
	snprintf(path, sizeof path, "%s/d/notes.xml", home);
	buf_reset(&text);
	buf_str(&text, "<notes/>");
	write_to(&t, "d/notes.xml", &text);
	run(&t, "d");
	assert_ok(t.rc);
	assert_int_equal(t.im.saved, 2);
	assert_int_equal(t.im.others, 1);
	done(&t);
	buf_release(&text);
	stop_trial(&t);
}

static void what_is_too_much_or_nothing_is_refused(void **state)
{
	struct zip_make z = {0};
	struct buf text = {0};
	struct trial t;

	(void)state;
	start_trial(&t);
	/* 65 MiB that deflate to less than half of one */
	zip_add_run(&z, "a.csv", ',', 65u * 1024 * 1024 / 258);
	zip_end(&z);
	assert_true(z.out.len < 512 * 1024);
	write_to(&t, "bomb.zip", &z.out);
	run(&t, "bomb.zip");
	assert_int_equal(t.rc, ERR_TOOBIG);
	done(&t);
	z.out.len /= 2;
	write_to(&t, "cut.zip", &z.out);
	run(&t, "cut.zip");
	assert_int_equal(t.rc, ERR_BAD);
	done(&t);
	buf_release(&z.out);
	z = (struct zip_make){0};
	zip_add(&z, "xl/workbook.xml", "<workbook/>");
	zip_add(&z, "xl/_rels/workbook.xml.rels", "<Relationships/>");
	zip_end(&z);
	write_to(&t, "book.xlsx", &z.out);
	run(&t, "book.xlsx");
	assert_err(t.rc, ERR_BAD, "no submissions");
	done(&t);
	buf_release(&z.out);
	buf_str(&text, "\1\2");
	buf_u8(&text, 0);
	write_to(&t, "b.bin", &text);
	run(&t, "b.bin");
	assert_err(t.rc, ERR_BAD, "neither XML nor CSV");
	done(&t);
	assert_int_equal(count(t.h.s, "SELECT count(*) FROM f_census"), 0);
	buf_release(&text);
	stop_trial(&t);
}

static int add_up(void *arg, const char *name)
{
	*(size_t *)arg += strlen(name);
	return 0;
}

static void a_damaged_zip_file_is_refused_or_harmless(void **state)
{
	const char *given = getenv("SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL), round, n;
	struct buf whole = {0};
	struct zip z;
	uint8_t *copy;
	size_t names;

	(void)state;
	printf("# SEED=%u\n", seed);
	srandom(seed);
	make_zip(&whole);
	for (round = 0; round < 20000; round++) {
		copy = malloc(whole.len);
		memcpy(copy, whole.data, whole.len);
		for (n = 1 + (unsigned)random() % 4; n; n--)
			copy[whole.len - 1 - (size_t)random() % 500] = (uint8_t)random();
		names = 0;
		if (!zip_open(&z, copy, whole.len))
			zip_each(&z, add_up, &names);
		assert_true(names < whole.len);
		free(copy);
	}
	buf_release(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tables_and_instances_of_a_zip_file_go_in),
		cmocka_unit_test(a_workbook_has_a_table_a_sheet),
		cmocka_unit_test(a_folder_is_read_to_its_depth_and_no_further),
		cmocka_unit_test(what_is_too_much_or_nothing_is_refused),
		cmocka_unit_test(a_damaged_zip_file_is_refused_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
