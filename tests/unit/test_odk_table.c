/* test_odk_table.c - tables of ODK Central and KoboToolbox, read as submissions. */
#include "tests/unit/odk_rig.h"

#include <time.h>

#define ONE "uuid:11111111-1111-4111-8111-111111111111"
#define TWO "uuid:22222222-2222-4222-8222-222222222222"
#define BARE "11111111-1111-4111-8111-111111111111"

typedef const char *const table[2];
#define TABLES(...) (table[]){__VA_ARGS__}, sizeof((table[]){__VA_ARGS__}) / sizeof(table)

static void setup_home(struct odk_home *h)
{
	odk_start(h, "tree A");
}

static const char central[] =
	"SubmissionDate,house-number,house-head,house-region,house-uses,house-uses/web,house-uses/tv,"
	"house-net-other,other2,speed,place-Latitude,place-Longitude,place-Altitude,place-Accuracy,day,at,"
	"seen,ages,stamp,meta-instanceID,KEY,SubmitterID,SubmitterName,AttachmentsPresent,Status,"
	"ReviewState,DeviceID,Edits,FormVersion\r\n"
	"2024-05-16T01:00:00.000Z,5,\"Hoa, Lan\",n,web tv,1,1,x,y,2.50,21.5,106.25,0,4.5,2026-11-02,"
	"07:55:00.000+07:00,2026-11-02T07:55:30.000+07:00,47,2026-11-02," ONE "," ONE
	",7,Team,0,,,d,0,1\r\n"
	"2024-05-16T01:00:00.000Z,6,,,,,,,,,,,,,,,,,," TWO "," TWO ",7,Team,0,,,d,0,1\r\n";
static const char central_member[] = "name,age,PARENT_KEY,KEY\r\n"
				     "A,40," ONE "," ONE "/member[1]\r\n"
				     "B,7," ONE "," ONE "/member[2]\r\n";
static const char central_phone[] = "make,PARENT_KEY,KEY\r\n"
				    "x," ONE "/member[1]," ONE "/member[1]/phone[1]\r\n"
				    "y," ONE "/member[1]," ONE "/member[1]/phone[2]\r\n";
static const char central_is[] =
	"number=5;head=Hoa, Lan;region=n;uses=web tv;other=x;other2=y;speed=2.5;"
	"place=21.5 106.25 0 4.5;day=2026-11-02;at=07:55:00;seen=2026-11-02T07:55:30;"
	"member[name=A;age=40;phone[make=x;]phone[make=y;]]member[name=B;age=7;]"
	"ages=47;stamp=2026-11-02;";

static void the_tables_of_central_are_joined(void **state)
{
	struct odk_taking t;
	struct odk_home h;
	int64_t id;

	(void)state;
	setup_home(&h);
	/* whatever their order */
	assert_ok(odk_take_tables(&t, &h,
	                          TABLES({"c-phone.csv", central_phone}, {"c.csv", central},
	                                 {"c-member.csv", central_member})));
	assert_int_equal(t.bad, 0);
	assert_int_equal(t.strange, 0);
	assert_int_equal(t.lines, 2);
	id = count(h.s, "SELECT _id FROM f_census WHERE number = 5");
	odk_expect(&h, id, central_is);
	assert_ok(odk_take_tables(&t, &h,
	                          TABLES({"c-phone.csv", central_phone}, {"c.csv", central},
	                                 {"c-member.csv", central_member})));
	assert_int_equal(t.lines, 0);
	odk_stop(&h);
}

/* Central keeps KEY and gives the edited text another instanceID. */
static void an_edit_in_central_brings_its_record_up_to_date(void **state)
{
	static const char edited[] = "house-number,house-head,day,meta-instanceID,KEY\n"
				     "7,,," TWO "," ONE "\n";
	static const char rows[] = "name,age,PARENT_KEY,KEY\nB,8," ONE "," ONE "/member[1]\n";
	struct odk_taking t;
	struct odk_home h;

	(void)state;
	setup_home(&h);
	assert_ok(odk_take_tables(&t, &h,
	                          TABLES({"c.csv",
	                                  "house-number,house-head,speed,day,meta-instanceID,KEY\n"
	                                  "5,Hoa,2,2026-11-02," ONE "," ONE "\n"},
	                                 {"c-member.csv", central_member})));
	assert_int_equal(t.bad, 0);
	assert_ok(odk_take_tables(&t, &h, TABLES({"c.csv", edited}, {"c-member.csv", rows})));
	assert_int_equal(t.what, ORIGIN_EDITED);
	/* no column speed: as it was; day is empty now, and its default is not put in its place */
	odk_expect(&h, t.id, "number=7;speed=2;member[name=B;age=8;]ages=8;stamp=2026-11-21;");
	assert_int_equal(count(h.s, "SELECT count(*) FROM f_census"), 1);
	odk_stop(&h);
}

static void labels_stand_for_names_in_a_table_of_kobotoolbox(void **state)
{
	static const char labels[] =
		"\"Số nhà\";\"Chủ hộ\";\"Vùng\";\"Dùng để\";\"Khác, ghi rõ\";\"Khác, ghi rõ\";"
		"\"Nơi\";\"_Nơi_latitude\";\"_Nơi_longitude\";\"_Nơi_altitude\";\"_Nơi_precision\";"
		"\"_id\";\"_uuid\";\"_submission_time\";\"_tags\";\"_index\"\n"
		"\"5\";\"Hoa\";\"Bắc Đồng\";\"Đọc báo Xem phim\";\"một\";\"hai\";\"21.5 106.25 0 0\";"
		"\"21.5\";\"106.25\";\"0\";\"0\";\"77\";\"" BARE
		"\";\"2024-05-15T08:01:02\";\"\";\"1\"\n";
	static const char member[] =
		"Tên;Tuổi;_index;_parent_table_name;_parent_index;_submission__uuid\n"
		"A;40;1;Census;1;x\n";
	static const char phone[] = "Member/Phone/Make;_index;_parent_table_name;_parent_index\n"
				    "m;1;member;1\n";
	static const char edited[] = "house/number;_id;_uuid;_submission_time\n"
				     "6;77;22222222-2222-4222-8222-222222222222;"
				     "2024-05-15T08:01:02\n";
	struct odk_taking t;
	struct odk_home h;

	(void)state;
	setup_home(&h);
	assert_ok(odk_take_tables(&t, &h,
	                          TABLES({"Census.csv", labels}, {"member.csv", member},
	                                 {"phone.csv", phone})));
	assert_int_equal(t.strange, 0);
	if (t.bad)
		fail_msg("%s", t.why);
	odk_expect(&h, t.id,
	           "number=5;head=Hoa;region=s;uses=web tv;other=một;other2=hai;"
	           "place=21.5 106.25 0 0;day=2026-01-01;member[name=A;age=40;phone[make=m;]]"
	           "ages=40;stamp=2026-11-21;");
	/* an edit there has a new _uuid, but its number and time stay */
	assert_ok(odk_take_tables(&t, &h, TABLES({"Census.csv", edited})));
	assert_int_equal(t.what, ORIGIN_EDITED);
	assert_int_equal(count(h.s, "SELECT number FROM f_census"), 6);
	assert_int_equal(count(h.s, "SELECT count(*) FROM f_census"), 1);
	odk_stop(&h);
}

static void an_accent_tells_two_labels_apart(void **state)
{
	struct odk_taking t;
	struct odk_home h;

	(void)state;
	setup_home(&h);
	assert_ok(
		odk_take_tables(&t, &h, TABLES({"a.csv", "Chỗ,Chợ,Vùng,_uuid\nx,y,Bắc Đồng,1\n"})));
	assert_ok(odk_take_tables(&t, &h, TABLES({"a.csv", "CHỖ,_uuid\nz,2\n"})));
	assert_int_equal(t.bad, 0); /* without case the first that is left is meant */
	assert_ok(odk_take_tables(&t, &h, TABLES({"a.csv", "number,Vùng,_uuid\n1,BẮC ĐỒNG,3\n"})));
	assert_int_equal(t.bad, 1); /* which of the two? */
	assert_int_equal(count(h.s, "SELECT group_concat(coalesce(spot, '') || market, ';') ="
	                            " 'xy;z' FROM f_census"),
	                 1);
	odk_stop(&h);
}

static void choices_may_have_columns_of_their_own(void **state)
{
	static const char one[] = "house/number,house/uses/web,house/uses/tv,house/uses/3,_uuid\n"
				  "1,1,0,True," BARE "\n2,0,0,0," TWO "\n3,,,,x3\n";
	static const char two[] =
		"Number,Used for/Reading the news,Used for/Reading,Used for/The news,_uuid\n"
		"4,1,0,1,x4\n";
	static const char three[] = "Number,Used for,_uuid\n5,Reading the news The news,x5\n"
				    "6,Reading Nonsense,x6\n";
	struct odk_taking t;
	struct odk_home h;

	(void)state;
	setup_home(&h);
	assert_ok(odk_take_tables(&t, &h, TABLES({"a.csv", one})));
	assert_int_equal(t.bad + t.strange, 0);
	assert_ok(odk_take_tables(&t, &h, TABLES({"a.csv", two})));
	assert_int_equal(t.bad + t.strange, 0);
	assert_ok(odk_take_tables(&t, &h, TABLES({"a.csv", three})));
	assert_int_equal(t.bad, 1); /* the longest label is meant, and what is none is told */
	assert_non_null(strstr(t.why, "'Nonsense' is not a choice"));
	assert_int_equal(count(h.s, "SELECT group_concat(number || ':' || coalesce(uses, '-'), ',')"
	                            " = '1:web 3,2:-,3:-,4:web 3,5:web 3' FROM f_census"),
	                 1);
	odk_stop(&h);
}

static void numbers_and_days_of_a_spreadsheet_are_understood(void **state)
{
	struct odk_taking t;
	struct odk_home h;

	(void)state;
	setup_home(&h);
	assert_ok(odk_take_tables(
		&t, &h,
		TABLES({"a.csv", "number,day,seen,at,_uuid\n"
	                         "5.0,2024-05-15T00:00:00,2024-05-15 08:01:02.500-07:00,08:01Z,x\n"
	                         "5.5,,,,y\n,,,08:01:02+7h,z\n"})));
	assert_int_equal(t.lines, 3);
	assert_int_equal(t.bad, 2);
	assert_int_equal(count(h.s, "SELECT number = 5 AND day = '2024-05-15' AND at = '08:01'"
	                            " AND seen = '2024-05-15T08:01:02' FROM f_census"),
	                 1);
	odk_stop(&h);
}

static void a_bad_row_is_named_and_the_rest_goes_in(void **state)
{
	static const struct {
		const char *main, *member, *why;
		unsigned row;
	} cases[] = {
		{"number,KEY\n1,a\nx,b\n2,c\n", NULL, "number: 'x'", 3},
		{"number,KEY\n1,a\n5,\n2,c\n", NULL, "is no instanceID", 3},
		{"number,KEY\n1,a\n5,b,6\n2,c\n", NULL, "3 fields", 3},
		{"number,KEY\n1,a\n5,\"b\n2,c\n", NULL, "not closed", 3},
		{"number,KEY\n1,a\n2,c\n", "age,PARENT_KEY\n5,a\n6,nobody\n", "nobody", 3},
		{"number,KEY\n1,a\n2,c\n5,d\n", "age,PARENT_KEY\n5,a\n6,d\n7x,d\n",
	         "member 2, age: '7x'", 4},
		{"number,_uuid,_index\n1,a,1\n2,c,2\n5,d,1\n", "age,_parent_index\n5,1\n",
	         "another row before it", 4},
		{"number,KEY\n1,a\n2,c\n5,d\n", "age,PARENT_KEY\n5,a\n6,d,9\n", "b.csv, line 3", 4},
	};
	struct odk_home h;
	struct odk_taking t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		setup_home(&h);
		assert_ok(odk_take_tables(&t, &h,
		                          (table[]){{"a.csv", cases[i].main},
		                                    {"b.csv", cases[i].member}},
		                          cases[i].member ? 2 : 1));
		if (t.bad != 1 || t.row != cases[i].row)
			fail_msg("case %zu: %zu bad, row %u", i, t.bad, t.row);
		if (!strstr(t.why, cases[i].why))
			fail_msg("'%s' is not in '%s'", cases[i].why, t.why);
		assert_int_equal(count(h.s, "SELECT sum(number) FROM f_census"), 3);
		odk_stop(&h);
	}
}

static void tables_that_do_not_fit_together_are_refused(void **state)
{
	static const char main_table[] = "number,KEY\n1,a\n",
			  rows[] = "age,PARENT_KEY,KEY\n5,a,b\n";
	static const char phones[] = "make,PARENT_KEY\nx,b\n";
	struct odk_home h;
	struct odk_taking t;

	(void)state;
	setup_home(&h);
	assert_err(odk_take_tables(&t, &h, TABLES({"m.csv", rows})), ERR_BAD, "themselves");
	assert_err(odk_take_tables(&t, &h, TABLES({"a.csv", "number,head\n1,x\n"})), ERR_BAD,
	           "no column KEY");
	assert_err(odk_take_tables(&t, &h, TABLES({"a.csv", "colour,_uuid\n1,x\n"})), ERR_BAD,
	           "a.csv: none of its columns");
	assert_err(odk_take_tables(&t, &h, TABLES({"a.csv", "number,_uuid\n1,x\n"}, {"m", rows})),
	           ERR_BAD, "no column KEY or _index");
	assert_err(odk_take_tables(&t, &h, TABLES({"a.csv", main_table}, {"p.csv", phones})),
	           ERR_BAD, "p.csv: the table that its rows belong to");
	assert_err(odk_take_tables(&t, &h,
	                           TABLES({"a.csv", main_table}, {"m", rows}, {"n.csv", rows})),
	           ERR_BAD, "m and n.csv both");
	assert_err(odk_take_tables(&t, &h,
	                           TABLES({"a.csv", main_table}, {"b.csv", main_table},
	                                  {"m", rows})),
	           ERR_BAD, "There are 2");
	assert_err(odk_take_tables(&t, &h, TABLES({"m.csv", "colour,PARENT_KEY\nx,y\n"})), ERR_BAD,
	           "of no repeat");
	assert_err(odk_take_tables(&t, &h, TABLES({"m.csv", "\n"})), ERR_BAD, "no lines");
	assert_int_equal(count(h.s, "SELECT count(*) FROM f_census"), 0);
	/* two tables of submissions alone are two exports */
	assert_ok(odk_take_tables(&t, &h,
	                          TABLES({"a.csv", main_table}, {"b.csv", "number,KEY\n2,b\n"})));
	assert_int_equal(t.bad, 0);
	assert_int_equal(t.lines, 2);
	odk_stop(&h);
}

/* ODK Collect keeps a log beside an instance; and somebody a list. */
static void other_tables_among_them_are_passed_over(void **state)
{
	struct odk_taking t;
	struct odk_home h;

	(void)state;
	setup_home(&h);
	assert_ok(odk_take_tables(&t, &h,
	                          TABLES({"audit.csv", "event,node,start,end,at\nx,y,1,2,3\n"},
	                                 {"a.csv", "Nhà ở / Số nhà,KEY\n1,a\n"},
	                                 {"list.csv", "colour\nred\n"})));
	assert_int_equal(t.lines, 1);
	assert_int_equal(t.bad + t.strange, 0);
	assert_int_equal(count(h.s, "SELECT number FROM f_census"), 1);
	odk_stop(&h);
}

static void many_columns_of_choices_take_no_time(void **state)
{
	struct buf text = {0};
	struct odk_taking t;
	struct odk_home h;
	size_t i;

	(void)state;
	setup_home(&h);
	buf_str(&text, "number,KEY");
	for (i = 0; i < ODK_COLUMNS_MAX - 2; i++)
		buf_printf(&text, ",house/uses/%s", i % 2 ? "web" : "tv");
	buf_str(&text, "\n1,a");
	for (i = 0; i < ODK_COLUMNS_MAX - 2; i++)
		buf_str(&text, i == 19997 ? ",1" : ",0");
	buf_str(&text, "\n");
	assert_ok(odk_take_tables(&t, &h, TABLES({"a.csv", buf_cstr(&text)})));
	if (t.bad)
		fail_msg("%s", t.why);
	odk_expect(&h, t.id, "number=1;uses=web;day=2026-01-01;ages=0;stamp=2026-11-21;");
	buf_reset(&text);
	for (i = 0; i <= ODK_COLUMNS_MAX; i++)
		buf_str(&text, "x,");
	buf_str(&text, "KEY\n");
	assert_err(odk_take_tables(&t, &h, TABLES({"a.csv", buf_cstr(&text)})), ERR_TOOBIG,
	           "columns");
	buf_release(&text);
	odk_stop(&h);
}

static void damage_is_told_or_harmless(void **state)
{
	const char *given = getenv("SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
	char a[sizeof central], b[sizeof central_member], c[sizeof central_phone];
	char *const all[] = {a, b, c};
	const size_t len[] = {sizeof a, sizeof b, sizeof c};
	struct odk_taking t;
	struct odk_home h;
	unsigned round, n, k;
	int rc;

	(void)state;
	printf("# SEED=%u\n", seed);
	srandom(seed);
	setup_home(&h);
	for (round = 0; round < 800; round++) {
		memcpy(a, central, sizeof a);
		memcpy(b, central_member, sizeof b);
		memcpy(c, central_phone, sizeof c);
		for (n = 1 + (unsigned)random() % 6; n; n--) {
			k = (unsigned)random() % 3;
			all[k][(size_t)random() % (len[k] - 1)] =
				",,\n\"\";-/_1a\xff\t\1 K"[random() % 16];
		}
		rc = odk_take_tables(&t, &h,
		                     TABLES({"a.csv", a}, {"a-member.csv", b}, {"a-phone.csv", c}));
		assert_true(rc == 0 || rc == ERR_BAD);
		assert_true(t.lines < 60);
	}
	odk_stop(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tables_of_central_are_joined),
		cmocka_unit_test(an_edit_in_central_brings_its_record_up_to_date),
		cmocka_unit_test(labels_stand_for_names_in_a_table_of_kobotoolbox),
		cmocka_unit_test(an_accent_tells_two_labels_apart),
		cmocka_unit_test(choices_may_have_columns_of_their_own),
		cmocka_unit_test(numbers_and_days_of_a_spreadsheet_are_understood),
		cmocka_unit_test(a_bad_row_is_named_and_the_rest_goes_in),
		cmocka_unit_test(tables_that_do_not_fit_together_are_refused),
		cmocka_unit_test(other_tables_among_them_are_passed_over),
		cmocka_unit_test(many_columns_of_choices_take_no_time),
		cmocka_unit_test(damage_is_told_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
