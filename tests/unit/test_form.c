/* test_form.c - XLSForms become rows and tables, and back. */
#include "tests/unit/fixture.h"

#include "storage/form.h"

static const char survey[] =
	"type,name,label::Vietnamese (vi),label::English (en),required,personal,default\n"
	"note,hello,Chào,Hello,,,\n"
	"begin_group,people,Người,People,,,\n"
	"integer,persons,\"Nhà có \"\"mấy\"\" người\",People,yes,,\n"
	"text,head,Chủ hộ,Head,,yes,\n"
	"end_group,,,,,,\n"
	"select_one yesno,fibre,Cáp quang,Fibre,,,1\n"
	"begin_repeat,member,Thành viên,Members,,,\n"
	"text,m_name,Tên,Name,,yes,\n"
	"integer,age,Tuổi,Age,,,\n"
	"end_repeat,,,,,,\n"
	"date,seen_on,Ngày,Day,yes,,today\n";
static const char choices[] = "list_name,name,label::Vietnamese (vi),label::English (en),zone\n"
			      "yesno,1,Có,Yes,a\nyesno,0,Không,No,\n";
static const char settings[] =
	"form_title,form_id,version,key,date\nThử,My-Form,7,persons,seen_on\n";

static struct sheet sheet(const char *text)
{
	return (struct sheet){text, text ? strlen(text) : 0};
}

static int add3(struct store *s, const char *a, const char *b, const char *c, int *version)
{
	struct xlsform x = {.code = "fallback",
	                    .survey = sheet(a),
	                    .choices = sheet(b),
	                    .settings = sheet(c)};

	return form_add(s, &x, version);
}

/* One question after a key question, in a form of its own. */
static int add1(struct store *s, const char *row)
{
	char text[1024];
	int version;

	snprintf(
		text, sizeof text,
		"type,name,label,required,relevant,constraint,calculation,default,personal,choice_filter\n"
		"integer,first,First,,,,,,,\n%s\n",
		row);
	return add3(s, text, "list_name,name,label\nyn,1,Yes\nyn,0,No\n", NULL, &version);
}

static void a_form_becomes_strict_tables(void **state)
{
	struct store *s = fixture_root();
	struct buf b = {0};
	int version;

	(void)state;
	assert_ok(add3(s, survey, choices, settings, &version));
	assert_int_equal(version, 1);
	columns(s, "f_my_form", &b);
	assert_string_equal(buf_cstr(&b),
	                    "_id INTEGER,_unit INTEGER,_person INTEGER,_version INTEGER,"
	                    "persons INTEGER,fibre TEXT,seen_on TEXT,");
	columns(s, "p_my_form", &b);
	assert_string_equal(buf_cstr(&b), "_id INTEGER,_unit INTEGER,head TEXT,");
	columns(s, "f_my_form__member", &b);
	assert_string_equal(buf_cstr(&b), "_id INTEGER,_unit INTEGER,_parent INTEGER,age INTEGER,");
	columns(s, "p_my_form__member", &b);
	assert_string_equal(buf_cstr(&b), "_id INTEGER,_unit INTEGER,m_name TEXT,");
	assert_int_equal(count(s,
	                       "SELECT count(*) FROM pragma_table_list WHERE name LIKE '__my_form%'"
	                       " AND strict"),
	                 4);
	buf_release(&b);
	fixture_remove(s);
}

static void a_loaded_form_is_what_the_sheets_said(void **state)
{
	struct store *s = fixture_root();
	const struct question *q;
	struct buf b = {0};
	struct form *f;
	int version;

	(void)state;
	assert_ok(add3(s, survey, choices, settings, &version));
	assert_ok(form_load(s, "My-Form", &f));
	assert_string_equal(f->code, "my_form");
	assert_string_equal(f->key, "persons");
	assert_string_equal(f->date, "seen_on");
	assert_int_equal(f->nq, 9);
	q = form_question(f, "persons");
	assert_int_equal(q->type, Q_INTEGER);
	assert_true(q->required);
	assert_int_equal(q->section, form_question(f, "people")->id);
	assert_ok(form_label(q->label, "vi", &b));
	assert_string_equal(buf_cstr(&b), "Nhà có \"mấy\" người");
	q = form_question(f, "head");
	assert_true(q->personal);
	assert_string_equal(q->tbl, "p_my_form");
	q = form_question(f, "fibre");
	assert_string_equal(q->list, "yesno");
	assert_string_equal(q->preset, "1");
	assert_null(form_question(f, "hello")->tbl);
	assert_string_equal(form_question(f, "age")->tbl, "f_my_form__member");
	assert_null(form_question(f, "nobody"));
	assert_true(form_has_choice(s, f, "yesno", "0"));
	assert_false(form_has_choice(s, f, "yesno", "2"));
	form_free(f);
	assert_err(form_load(s, "nothing", &f), ERR_NOTFOUND, "my_form");
	assert_null(f);
	buf_release(&b);
	fixture_remove(s);
}

static void adding_the_same_again_changes_nothing(void **state)
{
	struct store *s = fixture_root();
	int64_t entries;
	int version;

	(void)state;
	assert_ok(add3(s, survey, choices, settings, &version));
	entries = count(s, "SELECT count(*) FROM entry");
	assert_ok(add3(s, survey, choices, settings, &version));
	assert_int_equal(version, 1);
	assert_int_equal(count(s, "SELECT count(*) FROM entry"), entries);
	fixture_remove(s);
}

static void a_new_version_adds_questions_and_choices(void **state)
{
	static const char more[] =
		"type,name,label\ninteger,b,B\ninteger,a,A changed\ntext,A,Other\n"
		"select_one l,c,C\n";
	struct store *s = fixture_root();
	struct buf b = {0};
	struct form *f;
	int version;

	(void)state;
	assert_ok(add3(s, "type,name,label\ninteger,a,A\nselect_one l,c,C\nnote,n,Gone later\n",
	               "list_name,name,label\nl,1,One\n", NULL, &version));
	assert_ok(add3(s, more, "list_name,name,label\nl,1,One\nl,2,Two\n", NULL, &version));
	assert_int_equal(version, 2);
	columns(s, "f_fallback", &b);
	assert_string_equal(buf_cstr(&b),
	                    "_id INTEGER,_unit INTEGER,_person INTEGER,_version INTEGER,"
	                    "a INTEGER,c TEXT,b INTEGER,a_2 TEXT,");
	assert_ok(form_load(s, "fallback", &f));
	assert_int_equal(f->version, 2);
	assert_int_equal(f->nq, 4);
	assert_string_equal(f->q[0].name, "b");
	assert_string_equal(form_question(f, "A")->col, "a_2");
	assert_int_equal(form_question(f, "A")->colno, 7);
	assert_string_equal(form_question(f, "a")->label, "{\"\":\"A changed\"}");
	assert_true(form_has_choice(s, f, "l", "2"));
	form_free(f);
	buf_release(&b);
	fixture_remove(s);
}

static void a_change_that_would_orphan_answers_is_refused(void **state)
{
	static const struct {
		const char *survey, *choices, *part;
	} cases[] = {
		{"type,name\ntext,a\nselect_one l,c\n", "list_name,name\nl,1\nm,1\n",
	         "column type: question a was otherwise"},
		{"type,name\nselect_one l,c\n", "list_name,name\nl,1\nm,1\n",
	         "question a is no longer"},
		{"type,name,personal\ninteger,a,yes\nselect_one l,c,\n",
	         "list_name,name\nl,1\nm,1\n", "personal"},
		{"type,name\ninteger,a\nselect_one m,c\n", "list_name,name\nl,1\nm,1\n",
	         "column type: question c was otherwise"},
		{"type,name\ninteger,a\nselect_one l,c\n", "list_name,name\nl,2\nm,1\n",
	         "1 of list l"},
		{"type,name\nbegin_repeat,r\ninteger,a\nend_repeat,\nselect_one l,c\n",
	         "list_name,name\nl,1\nm,1\n", "question a was moved"},
	};
	struct store *s = fixture_root();
	int64_t entries;
	size_t i;
	int version;

	(void)state;
	assert_ok(add3(s, "type,name\ninteger,a\nselect_one l,c\n", "list_name,name\nl,1\nm,1\n",
	               NULL, &version));
	entries = count(s, "SELECT count(*) FROM entry");
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_err(add3(s, cases[i].survey, cases[i].choices, NULL, &version), ERR_BAD,
		           cases[i].part);
		assert_int_equal(version, 0);
		assert_null(s->tx);
	}
	assert_int_equal(count(s, "SELECT count(*) FROM entry"), entries);
	assert_int_equal(count(s, "SELECT version FROM form"), 1);
	fixture_remove(s);
}

static void a_bad_cell_is_named(void **state)
{
	static const struct {
		const char *row, *part;
	} cases[] = {
		{"hologram,x,X,,,,,,,", "row 3, column type: unknown type 'hologram'"},
		{"select_one,x,X,,,,,,,", "row 3, column type: select_one wants"},
		{"select_one nolist,x,X,,,,,,,",
	         "row 3, column type: sheet choices has no list nolist"},
		{"select_one yn or_none,x,X,,,,,,,", "row 3, column type: 'or_none'"},
		{"select_one_from_file other.csv,x,X,,,,,,,", "no form other"},
		{"select_one_from_file other,x,X,,,,,,,", "FORM.csv"},
		{"integer,first,X,,,,,,,", "row 3, column name: first is the name of row 2"},
		{"integer,1x,X,,,,,,,", "row 3, column name: '1x'"},
		{"integer,a b,X,,,,,,,", "row 3, column name: 'a b'"},
		{"integer,,X,,,,,,,", "row 3, column name: ''"},
		{"integer,x,X,sometimes,,,,,,", "row 3, column required: 'sometimes' is not"},
		{"integer,x,X,,${second} > 1,,,,,",
	         "row 3, column relevant: no question is named second (character 1"},
		{"integer,x,X,,,. <,,,,", "row 3, column constraint: a value is missing"},
		{"integer,x,X,,,,foo(1),,,", "row 3, column calculation: the function foo()"},
		{"select_one yn,x,X,,,,,,,${a} = 1", "row 3, column choice_filter"},
		{"integer,x,X,,,,,,,a = 1", "row 3, column choice_filter: x has no choices"},
		{"integer,x,X,,,,${y} + 1,,,\ninteger,y,Y,,${x} > 1,,,,,",
	         "row 4, column relevant: it needs its own value: x > y > x"},
		{"begin_group,g,G,,${x} > 1,,,,,\ninteger,x,X,,,,,,,\nend_group,,,,,,,,,",
	         "it needs its own value: g > x > g"},
		{"calculate,x,X,,,,,,,", "row 3, column calculation: a calculate question wants"},
		{"text,p,P,,,,,,yes,\ncalculate,x,X,,,,\"concat(${p}, '')\",,,",
	         "row 4, column calculation: it is made of the personal question p"},
		{"integer,x,X,,,,,many,,", "row 3, column default: 'many'"},
		{"integer,x,X,,,,,${nobody},,",
	         "row 3, column default: no question is named nobody"},
		{"select_one yn,x,X,,,,,2,,", "row 3, column default: 2 is not in list yn"},
		{"integer,x,X,,,,,,maybe,", "row 3, column personal: 'maybe'"},
		{"end_group,,,,,,,,,", "row 3, column type: no group is open"},
		{"begin_group,g,,,,,,,,",
	         "row 3: the group or repeat that begins here does not end"},
		{"begin_group,g,,,,,,,,\nend_repeat,,,,,,,,,",
	         "row 4, column type: no repeat is open"},
		{"integer,\"x,X", "sheet survey: line 3"},
		{"integer,\xff,X", "sheet survey: line 3"},
	};
	struct store *s = fixture_root();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_err(add1(s, cases[i].row), ERR_BAD, cases[i].part);
		assert_int_equal(count(s, "SELECT count(*) FROM question"), 0);
	}
	fixture_remove(s);
}

static void a_bad_sheet_is_named(void **state)
{
	static const struct {
		const char *a, *b, *c, *part;
	} cases[] = {
		{"", NULL, NULL, "sheet survey"},
		{NULL, NULL, NULL, "sheet survey"},
		{"type,name\n", NULL, NULL, "no question"},
		{"kind,name\ninteger,x\n", NULL, NULL, "'type'"},
		{"type,name\ninteger,x\n", "list_name,name\nl,a b\n", NULL,
	         "sheet choices, row 2, column name: 'a b'"},
		{"type,name\ninteger,x\n", "list_name,name\nl,a\n\nl,a\n", NULL,
	         "row 4, column name: a is in row 2"},
		{"type,name\ninteger,x\n", "name\na\n", NULL, "'list_name'"},
		{"type,name\ninteger,x\n", NULL, "form_id\n123\n", "'123' cannot be"},
		{"type,name\ninteger,x\n", NULL, "form_id,key\nf,y\n", "no question is named y"},
		{"type,name\ninteger,x\n", NULL, "form_id,date\nf,x\n", "x is not a date"},
		{"type,name,personal\ninteger,x,yes\n", NULL, "form_id,key\nf,x\n", "personal"},
	};
	struct store *s = fixture_root();
	size_t i;
	int version;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_err(add3(s, cases[i].a, cases[i].b, cases[i].c, &version), ERR_BAD,
		           cases[i].part);
	fixture_remove(s);
}

static void export_and_add_give_the_same_form(void **state)
{
	struct store *s = fixture_root(), *t = fixture_root();
	struct buf a[3] = {{0}, {0}, {0}}, b[3] = {{0}, {0}, {0}};
	int version, i;

	(void)state;
	assert_ok(add3(s, survey, choices, settings, &version));
	assert_ok(form_export(s, "my_form", &a[0], &a[1], &a[2]));
	assert_ok(add3(s, buf_cstr(&a[0]), buf_cstr(&a[1]), buf_cstr(&a[2]), &version));
	assert_int_equal(version, 1);
	assert_ok(add3(t, buf_cstr(&a[0]), buf_cstr(&a[1]), buf_cstr(&a[2]), &version));
	assert_ok(form_export(t, "my_form", &b[0], &b[1], &b[2]));
	for (i = 0; i < 3; i++)
		assert_string_equal(buf_cstr(&a[i]), buf_cstr(&b[i]));
	assert_non_null(strstr(buf_cstr(&a[0]), "end_repeat,"));
	assert_non_null(strstr(buf_cstr(&a[1]), "label::Vietnamese (vi)"));
	assert_non_null(strstr(buf_cstr(&a[1]), "zone"));
	for (i = 0; i < 3; i++) {
		buf_release(&a[i]);
		buf_release(&b[i]);
	}
	fixture_remove(s);
	fixture_remove(t);
}

static void a_form_of_many_choices_takes_several_transactions(void **state)
{
	struct store *s = fixture_root();
	struct buf list = {0};
	int version, i;

	(void)state;
	buf_str(&list, "list_name,name,label\n");
	for (i = 0; i < 20000; i++)
		buf_printf(&list, "l,c%d,Một nhãn khá dài của lựa chọn thứ %d\n", i, i);
	assert_ok(add3(s, "type,name\nselect_one l,x\n", buf_cstr(&list), NULL, &version));
	assert_int_equal(version, 1);
	assert_int_equal(count(s, "SELECT count(*) FROM choice"), 20000);
	assert_true(count(s, "SELECT count(*) FROM entry") > 4);
	assert_ok(add3(s, "type,name\nselect_one l,x\n", buf_cstr(&list), NULL, &version));
	assert_int_equal(version, 1);
	buf_release(&list);
	fixture_remove(s);
}

static void only_the_root_adds_forms(void **state)
{
	struct store *s = fixture_node(5, ROLE_DEVICE, 77);
	int version;

	(void)state;
	assert_err(add3(s, survey, choices, settings, &version), ERR_DENIED, "root");
	assert_err(form_add_builtin(s), ERR_DENIED, "root");
	fixture_remove(s);
}

/* What real forms have besides questions that are simply asked. */
static void other_kinds_of_rows_are_taken(void **state)
{
	struct store *s = fixture_root();
	struct buf b = {0}, sheets[3] = {{0}};
	const struct question *q;
	struct form *f;
	int version;

	(void)state;
	assert_ok(add3(
		s,
		"type,name,label,required,relevant\n"
		"start,start,,,\ntoday,today,,,\ndeviceid,device,,,\n"
		"select_multiple l or_other,pick,Pick,,\nbarcode,code,Code,,\n"
		"acknowledge,ok,OK,,FALSE\nimage,photo,Photo,,\nrange,how,How,,\nrank l,order,Order,,\n"
		"hidden,h,,,\n",
		"list_name,name,label\nl,a,A\nl,b,B\n", NULL, &version));
	columns(s, "f_fallback", &b);
	assert_string_equal(buf_cstr(&b),
	                    "_id INTEGER,_unit INTEGER,_person INTEGER,_version INTEGER,"
	                    "start TEXT,today TEXT,device TEXT,pick TEXT,pick_other TEXT,"
	                    "code TEXT,ok TEXT,how REAL,order TEXT,h TEXT,");
	assert_ok(form_load(s, "fallback", &f));
	q = form_question(f, "start");
	assert_int_equal(q->type, Q_DATETIME);
	assert_true(q->read_only);
	assert_string_equal(q->preset, "now()");
	assert_string_equal(q->kind, "start");
	assert_string_equal(form_question(f, "ok")->expr[FORM_RELEVANT], "false()");
	assert_string_equal(form_question(f, "pick_other")->expr[FORM_RELEVANT],
	                    "selected(${pick}, 'other')");
	assert_true(form_has_choice(s, f, "l", "other"));
	assert_null(form_question(f, "photo")->col);
	form_free(f);
	/* and come back out as they were */
	assert_ok(form_export(s, "fallback", &sheets[0], &sheets[1], &sheets[2]));
	assert_non_null(strstr(buf_cstr(&sheets[0]), "\nrank l,order,"));
	assert_non_null(strstr(buf_cstr(&sheets[0]), "\nimage,photo,"));
	assert_ok(add3(s, buf_cstr(&sheets[0]), buf_cstr(&sheets[1]), buf_cstr(&sheets[2]),
	               &version));
	assert_int_equal(version, 1);
	/* a kind may become another that is answered alike, and no other */
	assert_err(add3(s, "type,name,label\ndate,start,\n", "list_name,name,label\nl,a,A\nl,b,B\n",
	                NULL, &version),
	           ERR_BAD, "question start was otherwise before");
	for (version = 0; version < 3; version++)
		buf_release(&sheets[version]);
	buf_release(&b);
	fixture_remove(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_becomes_strict_tables),
		cmocka_unit_test(other_kinds_of_rows_are_taken),
		cmocka_unit_test(a_loaded_form_is_what_the_sheets_said),
		cmocka_unit_test(adding_the_same_again_changes_nothing),
		cmocka_unit_test(a_new_version_adds_questions_and_choices),
		cmocka_unit_test(a_change_that_would_orphan_answers_is_refused),
		cmocka_unit_test(a_bad_cell_is_named),
		cmocka_unit_test(a_bad_sheet_is_named),
		cmocka_unit_test(export_and_add_give_the_same_form),
		cmocka_unit_test(a_form_of_many_choices_takes_several_transactions),
		cmocka_unit_test(only_the_root_adds_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
