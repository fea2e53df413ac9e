/* test_paper.c - a form that decides what it asks: relevance, rules, computed answers, repeats. */
#include "tests/unit/fixture.h"

#include "storage/paper.h"

#define ANSWERS(...)                          \
	(const struct answer[]){__VA_ARGS__}, \
		sizeof((const struct answer[]){__VA_ARGS__}) / sizeof(struct answer)

#define HEAD \
	"type,name,label,relevant,constraint,constraint_message::English (en),constraint_message::Vietnamese (vi),required,calculation,default,choice_filter,repeat_count,personal\n"

static const char survey[] = HEAD
	"integer,persons,P,,. > 0,,,yes,,,,,\n"
	"integer,phones,S,,. <= ${persons},At most one each,Mỗi người một cái thôi,,,,,,\n"
	"select_one yn,fibre,F,,,,,yes,,,,,\n"
	"begin_group,net,N,${fibre} = '1',,,,,,,,,\n"
	"text,provider,V,,,,,yes,,,,,\n"
	"decimal,speed,S,${provider} != 'none',,,,,,,,,\n"
	"end_group,,,,,,,,,,,,\n"
	"calculate,share,C,,,,,,round(${phones} div ${persons} * 100),,,,\n"
	"calculate,kind,C,,,,,,\"if(${share} > 50, 'many', 'few')\",,,,\n"
	"text,why,W,,,,,${kind} = 'few',,,,,\n"
	"select_one region,region,R,,,,,,,,,,\n"
	"select_one district,district,D,,,,,,,,region = ${region},,\n"
	"date,day,D,,. <= today(),,,,,today(),,,\n"
	"text,code,C,,,,,,,\"concat('h-', ${persons})\",,,\n"
	"begin_repeat,member,M,${persons} > 0,,,,,,,,${persons},\n"
	"text,m_name,N,,,,,yes,,,,,yes\n"
	"integer,age,A,,. >= 0 and . < 130,,,,,,,,\n"
	"calculate,adult,A,,,,,,\"if(${age} >= 15, 1, 0)\",,,,\n"
	"text,job,J,${adult} = 1,,,,,,,,,\n"
	"calculate,place,P,,,,,,position(..),,,,\n"
	"begin_repeat,phone,T,,,,,,,,,,\n"
	"text,make,M,,,,,,,,,,\n"
	"end_repeat,,,,,,,,,,,,\n"
	"end_repeat,,,,,,,,,,,,\n"
	"calculate,adults,A,,,,,,sum(${adult}),,,,\n"
	"calculate,names,N,,,,,,\"join(', ', ${m_name})\",,,,yes\n"
	"calculate,tag,T,,,,,,once(uuid()),,,,\n";
static const char choices[] = "list_name,name,label::Vietnamese (vi),label::English (en),region\n"
			      "yn,1,Có,Yes,\nyn,0,Không,No,\n"
			      "region,n,Bắc,North,\nregion,s,Nam,South,\n"
			      "district,n1,N1,N1,n\ndistrict,n2,N2,N2,n\ndistrict,s1,S1,S1,s\n";
static const char settings[] = "form_id,key,date,default_language\nf,,day,English (en)\n";

struct bench {
	struct store *s;
	struct form *f;
	int64_t village;
};

static struct form *make(struct store *s, const char *a, const char *b, const char *c)
{
	struct xlsform x = {.code = "g", .survey = {a, strlen(a)}};
	struct form *f;
	int version;

	if (b)
		x.choices = (struct sheet){b, strlen(b)};
	if (c)
		x.settings = (struct sheet){c, strlen(c)};
	assert_ok(form_add(s, &x, &version));
	assert_ok(form_load(s, c ? "f" : "g", &f));
	return f;
}

static int setup(void **state)
{
	static struct bench b;

	setenv("TZ", "<+07>-7", 1);
	b.s = fixture_root();
	b.village = fixture_unit(b.s, FIXTURE_ROOT_UNIT, LEVEL_VILLAGE, "v1", "Thôn 1");
	b.f = make(b.s, survey, choices, settings);
	*state = &b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	form_free(b->f);
	fixture_remove(b->s);
	return 0;
}

static int add(struct bench *b, const struct answer *a, size_t n, int64_t *id)
{
	struct tx *tx;
	int rc;

	assert_ok(tx_begin(b->s, b->village, &tx));
	rc = record_add(tx, b->f, 0, a, n, id);
	if (!rc)
		assert_ok(tx_commit(tx));
	tx_end(tx);
	return rc;
}

static int edit(struct bench *b, int64_t id, const struct answer *a, size_t n)
{
	struct tx *tx;
	int rc;

	assert_ok(tx_begin(b->s, b->village, &tx));
	rc = record_edit(tx, b->f, id, a, n);
	if (!rc)
		assert_ok(tx_commit(tx));
	tx_end(tx);
	return rc;
}

/* "a|b||c" of the row of that id, NULL as nothing. */
static void holds(struct store *s, const char *columns, const char *table, int64_t id,
                  const char *want)
{
	char *sql = sqlite3_mprintf("SELECT %s FROM %s WHERE _id = %lld", columns, table,
	                            (long long)id);
	char got[512] = "";
	sqlite3_stmt *st;
	int i;

	assert_ok(db_prepare(s, sql, &st));
	assert_int_equal(db_step(s, st), 1);
	for (i = 0; i < sqlite3_column_count(st); i++) {
		const char *text = (const char *)sqlite3_column_text(st, i);

		snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i ? "|" : "",
		         text ? text : "");
	}
	assert_string_equal(got, want);
	sqlite3_finalize(st);
	sqlite3_free(sql);
}

#define ONE                   \
	{"persons", "1"},     \
	{                     \
		"phones", "1" \
	}
#define MEMBER(name, age)                 \
	{"member", ""}, {"m_name", name}, \
	{                                 \
		"age", age                \
	}

static void what_is_not_relevant_is_not_stored(void **state)
{
	struct bench *b = *state;
	int64_t id;

	assert_ok(add(b,
	              ANSWERS(ONE, {"fibre", "0"}, {"provider", "VNPT"}, {"speed", "5.5"},
	                      MEMBER("A", "20")),
	              &id));
	holds(b->s, "fibre, provider, speed", "f_f", id, "0||");
	/* the group's condition decides for what is in it, and a question's own besides */
	assert_ok(add(b,
	              ANSWERS(ONE, {"fibre", "1"}, {"provider", "none"}, {"speed", "5.5"},
	                      MEMBER("A", "20")),
	              &id));
	holds(b->s, "fibre, provider, speed", "f_f", id, "1|none|");
	assert_ok(add(b,
	              ANSWERS(ONE, {"fibre", "1"}, {"provider", "VNPT"}, {"speed", "5.5"},
	                      MEMBER("A", "20")),
	              &id));
	holds(b->s, "fibre, provider, speed", "f_f", id, "1|VNPT|5.5");
}

static void a_question_must_be_answered_where_it_is_asked(void **state)
{
	struct bench *b = *state;
	int64_t id;

	assert_err(add(b, ANSWERS(ONE, {"fibre", "1"}, MEMBER("A", "20")), &id), ERR_BAD,
	           "provider must be answered");
	/* required by an expression */
	assert_err(add(b, ANSWERS({"persons", "4"}, {"phones", "1"}, {"fibre", "0"}), &id), ERR_BAD,
	           "why must be answered");
	assert_err(add(b, ANSWERS(ONE, {"fibre", "0"}, {"member", ""}, {"age", "3"}), &id), ERR_BAD,
	           "member 1, m_name must be answered");
}

static void a_rule_that_is_broken_is_told_in_its_own_words(void **state)
{
	struct bench *b = *state;
	int64_t id;

	assert_err(add(b, ANSWERS({"persons", "0"}, {"fibre", "0"}), &id), ERR_BAD,
	           "persons: '0' does not fit: . > 0");
	assert_err(add(b,
	               ANSWERS({"persons", "1"}, {"phones", "2"}, {"fibre", "0"}, MEMBER("A", "")),
	               &id),
	           ERR_BAD, "phones: At most one each");
	b->f->lang = "vi";
	assert_err(add(b,
	               ANSWERS({"persons", "1"}, {"phones", "2"}, {"fibre", "0"}, MEMBER("A", "")),
	               &id),
	           ERR_BAD, "phones: Mỗi người một cái thôi");
	assert_err(add(b, ANSWERS(ONE, {"fibre", "0"}, {"day", "2026-11-22"}, MEMBER("A", "")),
	               &id),
	           ERR_BAD, "day: '2026-11-22' does not fit");
	assert_err(add(b, ANSWERS(ONE, {"fibre", "0"}, MEMBER("A", "130")), &id), ERR_BAD,
	           "member 1, age: '130' does not fit");
	/* nothing to check without an answer */
	assert_ok(add(b, ANSWERS({"persons", "1"}, {"fibre", "0"}, {"why", "x"}, MEMBER("A", "")),
	              &id));
}

static void answers_are_computed_in_the_order_they_need(void **state)
{
	struct bench *b = *state;
	char text[ID_TEXT], want[ID_TEXT + 32];
	int64_t id;

	assert_ok(add(b,
	              ANSWERS({"persons", "2"}, {"phones", "2"}, {"fibre", "0"},
	                      MEMBER("Lan", "40"), MEMBER("Nam", "7")),
	              &id));
	snprintf(want, sizeof want, "100|many|1|h-2|2026-11-21|%s", id_text(id, text));
	holds(b->s, "share, kind, adults, code, day, tag", "f_f", id, want);
	holds(b->s, "typeof(share), typeof(kind), typeof(adults)", "f_f", id,
	      "integer|text|integer");
	holds(b->s, "names", "p_f", id, "Lan, Nam");
	assert_err(add(b, ANSWERS(ONE, {"fibre", "0"}, {"share", "5"}, MEMBER("A", "1")), &id),
	           ERR_BAD, "share is computed");
	/* what cannot be computed is not answered */
	assert_ok(add(b, ANSWERS({"persons", "1"}, {"fibre", "0"}, {"why", "x"}, MEMBER("A", "")),
	              &id));
	holds(b->s, "share, kind", "f_f", id, "|few");
}

static void a_filter_leaves_some_choices(void **state)
{
	struct bench *b = *state;
	int64_t id;

	assert_ok(add(b,
	              ANSWERS(ONE, {"fibre", "0"}, {"region", "n"}, {"district", "n2"},
	                      MEMBER("A", "1")),
	              &id));
	assert_err(add(b,
	               ANSWERS(ONE, {"fibre", "0"}, {"region", "s"}, {"district", "n2"},
	                       MEMBER("A", "1")),
	               &id),
	           ERR_BAD, "district: 'n2' is no choice here");
	assert_err(add(b, ANSWERS(ONE, {"fibre", "0"}, {"district", "n2"}, MEMBER("A", "1")), &id),
	           ERR_BAD, "district: 'n2' is no choice here");
}

static void the_rows_of_a_repeat_are_tables(void **state)
{
	struct bench *b = *state;
	int64_t id, row, phone;
	char want[64];

	assert_ok(
		add(b,
	            ANSWERS({"persons", "2"}, {"phones", "2"}, {"fibre", "0"}, MEMBER("Lan", "40"),
	                    {"job", "nông dân"}, {"phone", NULL}, {"make", "a"}, {"phone", ""},
	                    {"make", "b"}, MEMBER("Nam", "7"), {"job", "học"}),
	            &id));
	assert_int_equal(count(b->s, "SELECT count(*) FROM f_f__member"), 2);
	row = count(b->s, "SELECT min(_id) FROM f_f__member");
	snprintf(want, sizeof want, "40|1|nông dân|1|%lld", (long long)id);
	holds(b->s, "age, adult, job, place, _parent", "f_f__member", row, want);
	holds(b->s, "m_name", "p_f__member", row, "Lan");
	phone = count(b->s, "SELECT max(_id) FROM f_f__phone");
	snprintf(want, sizeof want, "b|%lld", (long long)row);
	holds(b->s, "make, _parent", "f_f__phone", phone, want);
	assert_int_equal(count(b->s, "SELECT count(DISTINCT _unit) FROM f_f__phone"), 1);
	row = count(b->s, "SELECT max(_id) FROM f_f__member");
	holds(b->s, "adult, job, place", "f_f__member", row, "0||2");
	/* all in one entry of each class */
	assert_int_equal(count(b->s, "SELECT count(*) FROM entry WHERE class = 1"), 1);
	assert_int_equal(count(b->s, "SELECT count(*) FROM entry WHERE class = 2"), 1);
}

static void rows_are_counted_and_bounded(void **state)
{
	struct bench *b = *state;
	struct answer a[PAPER_ROWS_MAX + 8] = {{"persons", "1"}, {"phones", "1"}, {"fibre", "0"}};
	int64_t id;
	size_t i;

	assert_err(add(b,
	               ANSWERS({"persons", "2"}, {"phones", "2"}, {"fibre", "0"}, MEMBER("A", "1")),
	               &id),
	           ERR_BAD, "member: 2 rows are wanted, and 1 are there");
	assert_err(add(b, ANSWERS(ONE, {"m_name", "A"}), &id), ERR_BAD,
	           "m_name is in repeat member");
	assert_err(add(b, ANSWERS(ONE, {"phone", NULL}), &id), ERR_BAD, "phone is in a repeat");
	for (i = 3; i < sizeof a / sizeof *a; i++)
		a[i] = (struct answer){"member", NULL};
	assert_err(add(b, a, i, &id), ERR_TOOBIG, "rows at most");
}

static void an_edit_reckons_what_follows_from_it(void **state)
{
	struct bench *b = *state;
	int64_t id;

	assert_ok(
		add(b,
	            ANSWERS({"persons", "1"}, {"phones", "1"}, {"fibre", "1"}, {"provider", "VNPT"},
	                    {"speed", "8"}, MEMBER("Lan", "40"), {"job", "x"}),
	            &id));
	assert_ok(edit(b, id, ANSWERS({"fibre", "0"})));
	holds(b->s, "fibre, provider, speed, share", "f_f", id, "0|||100");
	assert_err(edit(b, id, ANSWERS({"fibre", "1"})), ERR_BAD, "provider must be answered");
	assert_ok(edit(b, id, ANSWERS({"fibre", "1"}, {"provider", "FPT"})));
	/* a rule of another question */
	assert_err(edit(b, id, ANSWERS({"phones", "2"})), ERR_BAD, "phones: At most one each");
	assert_err(edit(b, id, ANSWERS({"persons", NULL})), ERR_BAD, "persons must be answered");
	assert_err(edit(b, id, ANSWERS({"phones", "0"})), ERR_BAD, "why must be answered");
	assert_ok(edit(b, id, ANSWERS({"phones", "0"}, {"why", "y"})));
	holds(b->s, "share, kind, provider", "f_f", id, "0|few|FPT");
}

static void an_edit_leaves_alone_what_does_not_follow(void **state)
{
	struct bench *b = *state;
	int64_t id, writes;

	assert_ok(add(b, ANSWERS(ONE, {"fibre", "0"}, MEMBER("Lan", "40")), &id));
	/* as if it had been recorded before the rule was, and its personal answers were not here */
	assert_ok(db_exec(
		b->s,
		"UPDATE f_f SET phones = 7, speed = 3; DELETE FROM p_f__member; DELETE FROM p_f"));
	writes = count(b->s, "SELECT count(*) FROM entry");
	assert_ok(edit(b, id, ANSWERS({"day", "2026-11-01"})));
	holds(b->s, "phones, speed, adults, kind", "f_f", id, "7|3.0|1|many");
	assert_int_equal(count(b->s, "SELECT count(*) FROM entry"), writes + 1);
	assert_int_equal(count(b->s, "SELECT count(*) FROM p_f"), 0);
	assert_err(edit(b, id, ANSWERS({"persons", "1"}, {"phones", "8"})), ERR_BAD,
	           "phones: At most");
}

static void rows_are_changed_added_and_dropped(void **state)
{
	struct bench *b = *state;
	char first[ID_TEXT], drop[ID_TEXT + 1] = "-";
	int64_t id, row;

	assert_ok(
		add(b,
	            ANSWERS({"persons", "2"}, {"phones", "2"}, {"fibre", "0"}, MEMBER("Lan", "40"),
	                    {"phone", NULL}, {"make", "a"}, MEMBER("Nam", "7")),
	            &id));
	row = count(b->s, "SELECT min(_id) FROM f_f__member");
	id_text(row, first);
	assert_ok(edit(b, id, ANSWERS({"member", first}, {"age", "12"})));
	holds(b->s, "age, adult", "f_f__member", row, "12|0");
	holds(b->s, "adults", "f_f", id, "0");
	assert_ok(edit(b, id, ANSWERS({"persons", "3"}, {"why", "z"}, MEMBER("Hoa", "30"))));
	holds(b->s, "adults", "f_f", id, "1");
	holds(b->s, "names", "p_f", id, "Lan, Nam, Hoa");
	assert_int_equal(count(b->s, "SELECT place FROM f_f__member ORDER BY _id DESC LIMIT 1"), 3);
	strcat(drop, first);
	assert_err(edit(b, id, ANSWERS({"member", drop})), ERR_BAD, "3 rows are wanted, and 2");
	assert_ok(edit(b, id, ANSWERS({"persons", "2"}, {"member", drop})));
	assert_int_equal(count(b->s, "SELECT count(*) FROM f_f__member"), 2);
	assert_int_equal(count(b->s, "SELECT count(*) FROM p_f__member"), 2);
	assert_int_equal(count(b->s, "SELECT count(*) FROM f_f__phone"), 0);
	holds(b->s, "names", "p_f", id, "Nam, Hoa");
	assert_err(edit(b, id, ANSWERS({"member", first})), ERR_NOTFOUND, "there is no row");
}

static int add_name(void *arg, const char *name, const char *label)
{
	(void)label;
	buf_printf(arg, "%s ", name);
	return 0;
}

static size_t at(struct bench *b, const char *name)
{
	return (size_t)(form_question(b->f, name) - b->f->q);
}

static void a_paper_tells_what_to_ask_next(void **state)
{
	struct bench *b = *state;
	size_t provider = at(b, "provider"), persons = at(b, "persons"), member = at(b, "member"),
	       row;
	struct buf names = {0};
	struct paper *p;
	int64_t wanted;
	bool required;

	assert_ok(paper_new(b->s, b->f, b->village, &p));
	assert_ok(paper_work_out(p));
	assert_false(paper_relevant(p, 0, provider));
	assert_ok(paper_answer(p, 0, at(b, "fibre"), "1"));
	assert_ok(paper_answer(p, 0, persons, "2"));
	assert_ok(paper_work_out(p));
	assert_true(paper_relevant(p, 0, provider));
	assert_ok(paper_required(p, 0, provider, &required));
	assert_true(required);
	assert_err(paper_wrong(p, 0, provider), ERR_BAD, "provider must be answered");
	assert_err(paper_answer(p, 0, persons, "x"), ERR_BAD, "persons: 'x' is not a whole number");
	assert_string_equal(paper_value(p, 0, persons), "2");
	assert_ok(paper_answer(p, 0, at(b, "region"), "n"));
	assert_ok(paper_work_out(p));
	assert_ok(paper_choices(p, 0, at(b, "district"), add_name, &names));
	assert_string_equal(buf_cstr(&names), "n1 n2 ");
	buf_reset(&names);
	assert_ok(paper_choices(p, 0, at(b, "region"), add_name, &names));
	assert_string_equal(buf_cstr(&names), "n s ");
	assert_ok(paper_rows_wanted(p, 0, member, &wanted));
	assert_int_equal(wanted, 2);
	assert_ok(paper_add_row(p, 0, member, &row));
	assert_int_equal(paper_next_row(p, 0, member, 0), row);
	assert_int_equal(paper_next_row(p, 0, member, row), 0);
	buf_release(&names);
	paper_free(p);
}

/* What the rows of a form say came over the network, from who may be wrong or lie. */
static void a_form_that_is_not_understood_takes_no_answers(void **state)
{
	static const char *const bad[] = {
		"UPDATE question SET check_expr = 'nonsense(' WHERE name = 'persons'",
		"UPDATE question SET relevant = '${persons} = 1' WHERE name = 'persons'",
		"UPDATE question SET calculation = '1) FROM node; DROP TABLE pack; --' WHERE name = 'share'",
		"UPDATE question SET calculation = 'instance(''x'''')/root/item[name=1]/a' WHERE name = 'share'",
		"UPDATE question SET name = 'a} or 1=1' WHERE name = 'fibre'",
		"UPDATE question SET calculation = (SELECT replace(hex(zeroblob(9000)), '0', '(')) WHERE name = 'share'",
	};
	/* these are forms still, of another shape */
	static const char *const odd[] = {
		"UPDATE question SET section = id WHERE name = 'persons'",
		"UPDATE question SET type = 'begin_repeat' WHERE name = 'code'",
		"UPDATE question SET tbl = 'node', col = 'pubkey' WHERE name = 'code'",
		"UPDATE question SET list = 'x''); DROP TABLE pack; --' WHERE name = 'district'",
	};
	struct bench *b = *state;
	struct form *f;
	struct tx *tx;
	struct paper *p;
	int64_t id, good, tables = count(b->s, "SELECT count(*) FROM sqlite_schema");
	size_t i, n = sizeof bad / sizeof *bad;
	int rc;

	assert_ok(add(b, ANSWERS(ONE, {"fibre", "0"}, MEMBER("A", "1")), &good));
	for (i = 0; i < n + sizeof odd / sizeof *odd; i++) {
		assert_ok(db_exec(b->s, "BEGIN"));
		assert_ok(db_exec(b->s, i < n ? bad[i] : odd[i - n]));
		assert_ok(form_load(b->s, "f", &f));
		assert_ok(db_exec(b->s, "ROLLBACK"));
		assert_ok(tx_begin(b->s, b->village, &tx));
		rc = record_add(tx, f, 0, ANSWERS(ONE, {"fibre", "0"}, MEMBER("A", "1")), &id);
		if (i < n && !rc)
			fail_msg("%s: %d", bad[i], rc);
		/* what is there can be read */
		assert_ok(paper_load(b->s, f, good, &p));
		paper_free(p);
		tx_end(tx);
		form_free(f);
		assert_int_equal(count(b->s, "SELECT count(*) FROM sqlite_schema"), tables);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_not_relevant_is_not_stored, setup,
	                                        teardown),
		cmocka_unit_test_setup_teardown(a_question_must_be_answered_where_it_is_asked,
	                                        setup, teardown),
		cmocka_unit_test_setup_teardown(a_rule_that_is_broken_is_told_in_its_own_words,
	                                        setup, teardown),
		cmocka_unit_test_setup_teardown(answers_are_computed_in_the_order_they_need, setup,
	                                        teardown),
		cmocka_unit_test_setup_teardown(a_filter_leaves_some_choices, setup, teardown),
		cmocka_unit_test_setup_teardown(the_rows_of_a_repeat_are_tables, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_are_counted_and_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(an_edit_reckons_what_follows_from_it, setup,
	                                        teardown),
		cmocka_unit_test_setup_teardown(an_edit_leaves_alone_what_does_not_follow, setup,
	                                        teardown),
		cmocka_unit_test_setup_teardown(rows_are_changed_added_and_dropped, setup,
	                                        teardown),
		cmocka_unit_test_setup_teardown(a_paper_tells_what_to_ask_next, setup, teardown),
		cmocka_unit_test_setup_teardown(a_form_that_is_not_understood_takes_no_answers,
	                                        setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
