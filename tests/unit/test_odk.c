/* test_odk.c - instances of ODK, out and in. */
#include "tests/unit/odk_rig.h"

#include <time.h>

#define META(id)                                                               \
	"<orx:meta xmlns:orx='http://openrosa.org/xforms'><orx:instanceID>" id \
	"</orx:instanceID></orx:meta></data>"
#define EDIT(id, was) \
	"<meta><instanceID>" id "</instanceID><deprecatedID>" was "</deprecatedID></meta></data>"
#define ROOT "<?xml version='1.0'?><data id='census' version='1'>"
#define ONE "uuid:11111111-1111-4111-8111-111111111111"
#define TWO "uuid:22222222-2222-4222-8222-222222222222"
#define THREE "uuid:33333333-3333-4333-8333-333333333333"

static const char first[] = ROOT
	"<house><number>5</number><head>Hoa &amp; Lan</head><region>Thatta&amp;ShahBunder</region>"
	"<uses>web 3</uses><net><other>x</other></net></house><speed>2.50</speed>"
	"<place>21.5 106.25 10.0 4.5</place><day>2026-11-02</day><at>07:55:00.000+07:00</at>"
	"<seen>2026-11-02T07:55:30.000+07:00</seen><thanks/>"
	"<member><name>A</name><age>40</age><phone><make>x</make></phone><phone><make>y</make></phone>"
	"</member><member><name>B</name><age>7</age></member><member_count>2</member_count>"
	"<ages>99</ages><stamp>2026-11-02</stamp>" META(ONE);
static const char first_is[] =
	"number=5;head=Hoa & Lan;region=Thatta&ShahBunder;uses=web 3;other=x;speed=2.5;"
	"place=21.5 106.25 10.0 4.5;day=2026-11-02;at=07:55:00;seen=2026-11-02T07:55:30;"
	"member[name=A;age=40;phone[make=x;]phone[make=y;]]member[name=B;age=7;]"
	"ages=99;stamp=2026-11-02;";

static void an_instance_becomes_a_record_as_it_was_taken_up(void **state)
{
	struct odk_taking t;
	struct odk_home h;

	(void)state;
	odk_start(&h, "tree A");
	assert_ok(odk_take(&t, &h, first));
	assert_int_equal(t.lines, 1);
	assert_int_equal(t.bad, 0);
	assert_int_equal(t.strange, 0); /* member_count says nothing */
	odk_expect(&h, t.id, first_is);
	/* a number that was computed is one, also where another was computed here */
	assert_ok(odk_take(&t, &h, ROOT "<ages>2.50</ages>" META(TWO)));
	assert_ok(odk_take(&t, &h, ROOT "<ages>none</ages>" META(THREE)));
	assert_int_equal(count(h.s, "SELECT group_concat(ages || typeof(ages)) ="
	                            " '99integer,2.5real,nonetext' FROM f_census"),
	                 1);
	odk_stop(&h);
}

static void what_was_read_before_changes_nothing(void **state)
{
	struct odk_taking t;
	struct odk_home h;
	int64_t id, writes;

	(void)state;
	odk_start(&h, "tree A");
	assert_ok(odk_take(&t, &h, first));
	id = t.id;
	writes = count(h.s, "SELECT count(*) FROM entry");
	assert_ok(odk_take(&t, &h, first));
	assert_int_equal(t.lines, 0);
	assert_int_equal(count(h.s, "SELECT count(*) FROM entry"), writes);
	/* KoboToolbox writes the same id in another way */
	assert_ok(odk_take(&t, &h, ROOT META("11111111-1111-4111-8111-111111111111")));
	assert_int_equal(t.lines, 0);
	odk_expect(&h, id, first_is);
	odk_stop(&h);
}

static void an_edited_one_brings_its_record_up_to_date(void **state)
{
	static const char edited[] = ROOT
		"<house><number>5</number><head/><region>n</region></house><speed/>"
		"<member><name>A</name><age>41</age></member><ages>41</ages>" EDIT(TWO, ONE);
	struct odk_taking t;
	struct odk_home h;
	int64_t id;

	(void)state;
	odk_start(&h, "tree A");
	assert_ok(odk_take(&t, &h, first));
	id = t.id;
	assert_ok(odk_take(&t, &h, edited));
	assert_int_equal(t.bad, 0);
	assert_int_equal(t.what, ORIGIN_EDITED);
	assert_int_equal(t.id, id);
	/* what it has empty is empty; what it does not have is as it was; rows that it lacks are gone */
	odk_expect(&h, id,
	           "number=5;region=n;uses=web 3;other=x;place=21.5 106.25 10.0 4.5;day=2026-11-02;"
	           "at=07:55:00;seen=2026-11-02T07:55:30;member[name=A;age=41;]ages=41;"
	           "stamp=2026-11-02;");
	assert_ok(odk_take(&t, &h, edited));
	assert_int_equal(t.lines, 0);
	assert_ok(odk_take(&t, &h, first)); /* the old one again */
	assert_int_equal(t.lines, 0);
	assert_int_equal(count(h.s, "SELECT count(*) FROM f_census"), 1);
	odk_stop(&h);
}

static void edits_find_their_record_in_whatever_order_they_come(void **state)
{
	static const char *const came[] = {ROOT
	                                   "<house><number>3</number></house>" EDIT(THREE, TWO),
	                                   ROOT "<house><number>2</number></house>" EDIT(TWO, ONE),
	                                   ROOT "<house><number>1</number></house>" META(ONE)};
	struct odk_taking t;
	struct odk_home h;
	struct buf out = {0};
	int64_t id = 0;
	size_t i;

	(void)state;
	odk_start(&h, "tree A");
	for (i = 0; i < 3; i++) {
		assert_ok(odk_take(&t, &h, came[i]));
		assert_int_equal(t.bad, 0);
		id = id ? id : t.id;
	}
	assert_int_equal(count(h.s, "SELECT count(*) FROM f_census"), 1);
	assert_int_equal(count(h.s, "SELECT number FROM f_census"), 3);
	odk_out_of(&h, id, false, &out); /* under its present name */
	assert_non_null(strstr(buf_cstr(&out), THREE));
	buf_release(&out);
	odk_stop(&h);
}

static void what_goes_out_comes_back_the_same(void **state)
{
	struct odk_home a, b;
	struct odk_taking t;
	struct buf out = {0};
	int64_t id;

	(void)state;
	odk_start(&a, "tree A");
	odk_start(&b, "tree B");
	assert_ok(odk_take(&t, &a, first));
	id = t.id;
	odk_out_of(&a, id, false, &out);
	assert_ok(odk_take(&t, &b, buf_cstr(&out)));
	assert_int_equal(t.bad, 0);
	odk_expect(&b, t.id, first_is);
	/* and from there back again it is known */
	buf_reset(&out);
	odk_out_of(&b, t.id, false, &out);
	assert_ok(odk_take(&t, &a, buf_cstr(&out)));
	assert_int_equal(t.lines, 0);
	buf_release(&out);
	odk_stop(&a);
	odk_stop(&b);
}

static void personal_answers_can_be_left_out(void **state)
{
	struct odk_home h;
	struct odk_taking t;
	struct buf out = {0};

	(void)state;
	odk_start(&h, "tree A");
	assert_ok(odk_take(&t, &h, first));
	odk_out_of(&h, t.id, true, &out);
	assert_null(strstr(buf_cstr(&out), "Hoa"));
	assert_null(strstr(buf_cstr(&out), "<name"));
	assert_non_null(strstr(buf_cstr(&out), "<age>40</age>"));
	buf_release(&out);
	odk_stop(&h);
}

/* A record of this tree has an id that tells which it is, without any row of f__origin. */
static void a_record_made_here_is_known_when_it_comes_back(void **state)
{
	static const struct answer a[] = {{"number", "9"}};
	struct odk_home h, far;
	struct odk_taking t;
	struct buf out = {0};
	struct tx *tx;
	int64_t id;

	(void)state;
	odk_start(&h, "tree A");
	odk_start(&far, "tree B");
	assert_ok(tx_begin(h.s, h.village, &tx));
	assert_ok(record_add(tx, h.f, 0, a, 1, &id));
	assert_ok(tx_commit(tx));
	tx_end(tx);
	odk_out_of(&h, id, false, &out);
	assert_non_null(strstr(buf_cstr(&out), "<orx:instanceID>uuid:"));
	assert_ok(odk_take(&t, &h, buf_cstr(&out)));
	assert_int_equal(t.lines, 0);
	assert_int_equal(count(h.s, "SELECT count(*) FROM f__origin"), 0);
	assert_ok(odk_take(&t, &far, buf_cstr(&out)));
	assert_int_equal(t.bad, 0);
	assert_int_equal(count(far.s, "SELECT number FROM f_census"), 9);
	/* where the record is not, it is not made a second time: it comes by a sync */
	assert_ok(db_exec(h.s, "DELETE FROM f_census"));
	assert_ok(odk_take(&t, &h, buf_cstr(&out)));
	assert_int_equal(t.bad, 1);
	assert_non_null(strstr(t.why, "by a sync"));
	buf_release(&out);
	odk_stop(&h);
	odk_stop(&far);
}

static void what_is_wrong_is_told_and_nothing_of_it_stays(void **state)
{
	static const struct {
		const char *xml, *why;
	} cases[] = {
		{ROOT "<house><number>x</number></house>" META(ONE), "number: 'x'"},
		{ROOT "<member><age>1</age></member><member><age>y</age></member>" META(ONE),
	         "member 2, age: 'y'"},
		{ROOT "<house><region>w</region></house>" META(ONE), "'w' is not a choice"},
		{ROOT "<age>1</age>" META(ONE), "age does not belong here"},
		{ROOT "<house><number>1</number><number>2</number></house>" META(ONE),
	         "answered twice"},
		{"<data id='other'><colour>red</colour></data>", "of form other, not census"},
		{"<h:html xmlns:h='x'/>", "no instance"},
		{"<data id='census' encrypted='yes'><x/></data>", "encrypted"},
		{"<!DOCTYPE d [<!ENTITY a 'aaaa'>]><data id='census'>&a;</data>", "DOCTYPE"},
		{"<data id='census'>", "not XML"},
		{ROOT META("a b"), "'a b' is no instanceID"},
		{"", "not XML"},
	};
	struct odk_home h;
	struct odk_taking t;
	size_t i;

	(void)state;
	odk_start(&h, "tree A");
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_ok(odk_take(&t, &h, cases[i].xml));
		assert_int_equal(t.bad, 1);
		if (!strstr(t.why, cases[i].why))
			fail_msg("'%s' is not in '%s'", cases[i].why, t.why);
		assert_int_equal(count(h.s, "SELECT count(*) FROM f_census"), 0);
		assert_int_equal(count(h.s, "SELECT count(*) FROM f__origin"), 0);
	}
	odk_stop(&h);
}

/* KoboToolbox gives a form an id of its own, and adds elements; a form that has changed lacks some. */
static void an_instance_under_another_id_is_taken_by_its_questions(void **state)
{
	struct odk_home h;
	struct odk_taking t;

	(void)state;
	odk_start(&h, "tree A");
	assert_ok(odk_take(
		&t, &h,
		"<aXyZ id='aXyZ'><formhub><uuid>1</uuid></formhub><start>2</start>"
		"<house><number>4</number></house><day/><speed/><__version__>v</__version__>"
		"<meta><instanceID>" ONE "</instanceID></meta></aXyZ>"));
	assert_int_equal(t.bad, 0);
	assert_int_equal(t.strange, 1);
	assert_string_equal(t.why, "start");
	odk_expect(&h, t.id, "number=4;ages=0;stamp=2026-11-21;");
	odk_stop(&h);
}

static void too_much_is_refused(void **state)
{
	struct odk_home h;
	struct odk_taking t;
	struct buf xml = {0};
	size_t i;

	(void)state;
	odk_start(&h, "tree A");
	buf_str(&xml, ROOT);
	for (i = 0; i < 1100; i++)
		buf_str(&xml, "<member><age>1</age></member>");
	buf_str(&xml, META(ONE));
	assert_ok(odk_take(&t, &h, buf_cstr(&xml)));
	assert_non_null(strstr(t.why, "rows at most"));
	buf_reset(&xml);
	buf_str(&xml, ROOT);
	for (i = 0; i < 200001; i++)
		buf_str(&xml, "<a/>");
	buf_str(&xml, META(ONE));
	assert_ok(odk_take(&t, &h, buf_cstr(&xml)));
	assert_non_null(strstr(t.why, "elements"));
	buf_reset(&xml);
	for (i = 0; i < 200; i++)
		buf_str(&xml, "<a id='census'>");
	assert_ok(odk_take(&t, &h, buf_cstr(&xml)));
	assert_non_null(strstr(t.why, "deep"));
	buf_reset(&xml);
	while (xml.len <= ODK_INSTANCE_MAX)
		buf_str(&xml, "                                                                ");
	assert_ok(odk_take(&t, &h, buf_cstr(&xml)));
	assert_non_null(strstr(t.why, "larger than"));
	assert_int_equal(count(h.s, "SELECT count(*) FROM f_census"), 0);
	buf_release(&xml);
	odk_stop(&h);
}

/* ---- at random -------------------------------------------------------------------------------------- */

static const char *pick(const char *const *of, size_t n)
{
	return of[(size_t)random() % n];
}

/* An instance with answers drawn from what fits, some of them awkward. */
static void draw_instance(struct buf *out, unsigned n)
{
	static const char *const texts[] = {"",       "a",         "&lt;b&gt; &amp;",
	                                    "Đào ệ",  "x&#13;\ny", "&quot;q&quot;",
	                                    "]]&gt;", "&#128512;", "1 2"};
	static const char *const regions[] = {"", "n", "s", "Thatta&amp;ShahBunder"};
	static const char *const uses[] = {"", "web", "web tv", "3 web tv"};
	static const char *const times[] = {"", "07:55", "07:55:00.000", "23:59:59.999Z"};
	long rows = random() % 4, phones;

	buf_printf(out, ROOT "<house><number>%ld</number><head>%s</head><region>%s</region>",
	           random() % 100 - 50, pick(texts, 9), pick(regions, 4));
	buf_printf(out, "<uses>%s</uses><net><other>%s</other></net></house>", pick(uses, 4),
	           pick(texts, 9));
	buf_printf(out, "<speed>%ld.%02ld</speed><place>%s</place><day>%s</day><at>%s</at>",
	           random() % 1000, random() % 100, random() % 2 ? "21.25 -106.5" : "",
	           random() % 2 ? "2020-02-29" : "", pick(times, 4));
	while (rows--) {
		buf_printf(out, "<member><name>%s</name>", pick(texts, 9));
		if (random() % 2)
			buf_printf(out, "<age>%ld</age>", random() % 90);
		for (phones = random() % 3; phones--;)
			buf_printf(out, "<phone><make>%s</make></phone>", pick(texts, 9));
		buf_str(out, "</member>");
	}
	buf_printf(out, "<meta><instanceID>round-%u</instanceID></meta></data>", n);
}

static unsigned seeded(void)
{
	const char *given = getenv("SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);

	printf("# SEED=%u\n", seed);
	srandom(seed);
	return seed;
}

static void any_record_goes_out_and_comes_back(void **state)
{
	struct buf xml = {0}, out = {0}, here = {0}, there = {0};
	struct odk_home a, b;
	struct odk_taking t;
	unsigned n;

	(void)state;
	seeded();
	odk_start(&a, "tree A");
	odk_start(&b, "tree B");
	for (n = 0; n < 150; n++) {
		buf_reset(&xml);
		buf_reset(&out);
		buf_reset(&here);
		buf_reset(&there);
		draw_instance(&xml, n);
		assert_ok(odk_take(&t, &a, buf_cstr(&xml)));
		if (t.bad)
			fail_msg("%s: %s", t.why, buf_cstr(&xml));
		odk_stored(&a, t.id, &here);
		odk_out_of(&a, t.id, false, &out);
		assert_ok(odk_take(&t, &b, buf_cstr(&out)));
		if (t.bad)
			fail_msg("%s: %s", t.why, buf_cstr(&out));
		odk_stored(&b, t.id, &there);
		assert_string_equal(buf_cstr(&there), buf_cstr(&here));
	}
	buf_release(&xml);
	buf_release(&out);
	buf_release(&here);
	buf_release(&there);
	odk_stop(&a);
	odk_stop(&b);
}

static void damage_is_told_or_harmless(void **state)
{
	struct odk_home h;
	struct odk_taking t;
	char copy[sizeof first];
	unsigned round, n;

	(void)state;
	seeded();
	odk_start(&h, "tree A");
	for (round = 0; round < 1500; round++) {
		memcpy(copy, first, sizeof copy);
		for (n = 1 + (unsigned)random() % 4; n; n--)
			copy[(size_t)random() % (sizeof copy - 1)] =
				" /<>'\"&;:=-_ax1.\1\t\xff"[random() % 20];
		if (random() % 4 == 0)
			copy[(size_t)random() % sizeof copy] = 0;
		assert_ok(odk_take(&t, &h, copy));
		assert_true(t.lines <= 1);
	}
	odk_stop(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_instance_becomes_a_record_as_it_was_taken_up),
		cmocka_unit_test(what_was_read_before_changes_nothing),
		cmocka_unit_test(an_edited_one_brings_its_record_up_to_date),
		cmocka_unit_test(edits_find_their_record_in_whatever_order_they_come),
		cmocka_unit_test(what_goes_out_comes_back_the_same),
		cmocka_unit_test(personal_answers_can_be_left_out),
		cmocka_unit_test(a_record_made_here_is_known_when_it_comes_back),
		cmocka_unit_test(what_is_wrong_is_told_and_nothing_of_it_stays),
		cmocka_unit_test(an_instance_under_another_id_is_taken_by_its_questions),
		cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(any_record_goes_out_and_comes_back),
		cmocka_unit_test(damage_is_told_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
