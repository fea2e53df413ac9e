/* test_form_rows.c - the rows of forms: built in, or come from elsewhere. */
#include "tests/unit/fixture.h"

#include "storage/form.h"

/* ---- built in ------------------------------------------------------------------------------- */

static void a_seeded_node_has_the_roots_rows(void **state)
{
	struct store *root = fixture_root(), *device = fixture_node(5, ROLE_DEVICE, 77);
	struct buf sql = {0};
	int64_t n;

	(void)state;
	assert_ok(form_add_builtin(root));
	assert_ok(form_seed_builtin(device));
	n = count(root, "SELECT count(*) FROM question");
	assert_int_equal(count(device, "SELECT count(*) FROM question"), n);
	assert_true(n > 60);
	assert_int_equal(count(device, "SELECT count(*) FROM entry"), 0);
	assert_true(count(device, "SELECT max(id) FROM question") < INT64_C(1) << 35);
	buf_printf(&sql, "ATTACH '%s/cayda.db' AS other", root->home);
	assert_ok(db_exec(device, buf_cstr(&sql)));
	assert_int_equal(
		count(device,
	              "SELECT count(*) FROM (SELECT id, form, ord, name, type, list, section,"
	              " tbl, col, colno, label FROM main.question EXCEPT SELECT id, form, ord,"
	              " name, type, list, section, tbl, col, colno, label FROM other.question)"),
		0);
	assert_int_equal(count(device,
	                       "SELECT count(*) FROM main.choice c JOIN other.choice d USING"
	                       " (id, form, list, name, ord, label)"),
	                 count(root, "SELECT count(*) FROM choice"));
	assert_int_equal(
		count(device,
	              "SELECT count(*) FROM main.form f JOIN other.form g USING (id, code)"),
		8);
	buf_release(&sql);
	fixture_remove(root);
	fixture_remove(device);
}

static void a_builtin_form_can_be_added_to_and_seeding_again_is_harmless(void **state)
{
	struct store *s = fixture_root();
	struct buf b[3] = {{0}, {0}, {0}};
	struct xlsform x;
	int version, i;

	(void)state;
	assert_ok(form_add_builtin(s));
	assert_ok(form_export(s, "training", &b[0], &b[1], &b[2]));
	buf_str(&b[0], "integer,extra,Thêm,Extra,,,,,\n");
	x = (struct xlsform){.survey = {buf_cstr(&b[0]), b[0].len},
	                     .choices = {buf_cstr(&b[1]), b[1].len},
	                     .settings = {buf_cstr(&b[2]), b[2].len}};
	assert_ok(form_add(s, &x, &version));
	assert_int_equal(version, 2);
	assert_ok(form_add_builtin(s));
	assert_int_equal(count(s, "SELECT count(*) FROM question WHERE name = 'extra'"), 1);
	assert_int_equal(count(s, "SELECT version FROM form WHERE code = 'training'"), 2);
	for (i = 0; i < 3; i++)
		buf_release(&b[i]);
	fixture_remove(s);
}

/* ---- rows that came from elsewhere --------------------------------------------------------------- */

static void question(struct store *s, int64_t id, const char *tbl, const char *col,
                     const char *type, int64_t colno)
{
	assert_ok(db_run(
		s,
		"INSERT INTO question(id, scope, form, ord, name, type, tbl, col, colno, version,"
		" label, required, personal, read_only) VALUES(?1, 1, 9, ?1, 'q' || ?1, ?2, ?3, ?4,"
		" ?5, 1, '{}', 0, 0, 0)",
		"ittti", id, type, tbl, col, colno));
}

static void rows_that_cannot_be_right_make_no_tables(void **state)
{
	struct store *s = fixture_root();
	struct buf b = {0};
	struct form *f;

	(void)state;
	assert_ok(db_exec(
		s,
		"INSERT INTO form(id, scope, code, version, label) VALUES(9, 1, 'h', 1, '{'),"
		" (10, 1, 'x\"; DROP TABLE unit; --', 1, ''), (11, 1, '', 1, ''), (12, 1, 'H', 1, '')"));
	question(s, 1, "f_h", "good", "integer", 4);
	question(s, 2, "f_h", "x\" INTEGER); DROP TABLE unit; --", "text", 5);
	question(s, 3, "unit", "code2", "text", 10);
	question(s, 4, "f_other", "a", "text", 4);
	question(s, 5, "f_h\"; DROP TABLE unit; --", "a", "text", 4);
	question(s, 6, "f_h", "also_good", "select_one", 5);
	question(s, 7, "f_h", "after_a_gap", "text", 9);
	question(s, 8, "f_h", "GOOD", "text", 6);
	question(s, 9, "f_h", "good", "text", 6);
	question(s, 10, "f_h", "newer", "hologram'; DROP TABLE unit", 6);
	question(s, 11, "f_h", "huge", "text", INT64_MAX);
	question(s, 12, "f_h", "low", "text", -1);
	question(s, 13, "f_h", "_id", "text", 7);
	assert_ok(form_tables(s));
	assert_ok(form_tables(s));
	columns(s, "f_h", &b);
	assert_string_equal(buf_cstr(&b),
	                    "_id INTEGER,_unit INTEGER,_person INTEGER,_version INTEGER,"
	                    "good INTEGER,also_good TEXT,newer ANY,");
	assert_int_equal(count(s, "SELECT count(*) FROM unit"), 1);
	assert_int_equal(
		count(s,
	              "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name GLOB '[fp]_[^_]*'"),
		1);
	assert_ok(form_load(s, "h", &f));
	assert_non_null(form_question(f, "q1")->col);
	assert_null(form_question(f, "q2")->col);
	assert_null(form_question(f, "q7")->col);
	assert_null(form_question(f, "q10")->col);
	form_free(f);
	buf_release(&b);
	fixture_remove(s);
}

static void a_column_comes_when_its_gap_is_filled(void **state)
{
	struct store *s = fixture_root();
	struct buf b = {0};

	(void)state;
	assert_ok(db_exec(
		s, "INSERT INTO form(id, scope, code, version, label) VALUES(9, 1, 'h', 1, '{}')"));
	question(s, 2, "f_h", "second", "integer", 5);
	assert_ok(form_tables(s));
	columns(s, "f_h", &b);
	assert_null(strstr(buf_cstr(&b), "second"));
	question(s, 1, "f_h", "first", "decimal", 4);
	assert_ok(form_tables(s));
	columns(s, "f_h", &b);
	assert_non_null(strstr(buf_cstr(&b), "first REAL,second INTEGER,"));
	buf_release(&b);
	fixture_remove(s);
}

static void labels_are_read_whatever_their_json(void **state)
{
	static const struct {
		const char *json, *lang, *text;
	} cases[] = {
		{"{\"vi\":\"Hộ\",\"en\":\"House\"}", "en", "House"},
		{"{\"vi\":\"Hộ\",\"en\":\"House\"}", "vi", "Hộ"},
		{"{\"vi\":\"Hộ\"}", "en", "Hộ"},
		{" { \"vi\" : \"a\\n\\u00e9\\ud83d\\ude00\\\"\" } ", "vi", "a\n\u00e9\U0001f600\""},
		{"{}", "vi", ""},
		{"", "vi", ""},
		{"{\"vi\"", "vi", ""},
		{"{\"vi\":\"a", "vi", ""},
		{"{\"vi\":1}", "vi", ""},
		{"{\"vi\":\"\\ud800\"}", "vi", ""},
		{"{\"vi\":\"\\u00\"}", "vi", ""},
		{"[1,2]", "vi", ""},
		{"{\"a\":\"x\",\"vi\":[", "vi", "x"},
	};
	struct buf b = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_reset(&b);
		assert_ok(form_label(cases[i].json, cases[i].lang, &b));
		assert_string_equal(buf_cstr(&b), cases[i].text);
	}
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seeded_node_has_the_roots_rows),
		cmocka_unit_test(a_builtin_form_can_be_added_to_and_seeding_again_is_harmless),
		cmocka_unit_test(rows_that_cannot_be_right_make_no_tables),
		cmocka_unit_test(a_column_comes_when_its_gap_is_filled),
		cmocka_unit_test(labels_are_read_whatever_their_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
