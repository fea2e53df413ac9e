/* test_record.c - answers into tables and out of them. */
#include "tests/unit/fixture.h"

#include "storage/record.h"

#define ANSWERS(...)                          \
	(const struct answer[]){__VA_ARGS__}, \
		sizeof((const struct answer[]){__VA_ARGS__}) / sizeof(struct answer)

static const char survey[] = "type,name,label,required,personal,default\n"
			     "integer,number,N,yes,,\n"
			     "text,head,H,,yes,\n"
			     "decimal,area,A,,,\n"
			     "date,seen_on,D,yes,,today\n"
			     "time,seen_at,T,,,\n"
			     "datetime,moment,M,,,\n"
			     "geopoint,place,P,,yes,\n"
			     "select_one yesno,fibre,F,,,\n"
			     "select_multiple tech,techs,X,,,\n"
			     "select_one_from_file f.csv,other,O,,,\n"
			     "text,remark,R,,,\n"
			     "note,hello,Hello,,,\n"
			     "begin_repeat,member,Members,,,\n"
			     "text,m_name,Name,yes,,\n"
			     "end_repeat,,,,,\n";
static const char choices[] = "list_name,name,label\nyesno,1,Yes\nyesno,0,No\n"
			      "tech,3g,3G\ntech,4g,4G\ntech,5g,5G\n";
static const char settings[] = "form_id,key,date\nf,number,seen_on\n";

struct bench {
	struct store *s;
	struct form *f;
	int64_t village, other_village;
};

static int setup(void **state)
{
	static struct bench b;
	struct xlsform x = {.survey = {survey, sizeof survey - 1},
	                    .choices = {choices, sizeof choices - 1},
	                    .settings = {settings, sizeof settings - 1}};
	int version;

	setenv("TZ", "<+07>-7", 1);
	b.s = fixture_root();
	b.village = fixture_unit(b.s, FIXTURE_ROOT_UNIT, LEVEL_VILLAGE, "v1", "Thôn 1");
	b.other_village = fixture_unit(b.s, FIXTURE_ROOT_UNIT, LEVEL_VILLAGE, "v2", "Thôn 2");
	assert_ok(form_add(b.s, &x, &version));
	assert_ok(form_load(b.s, "f", &b.f));
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

static int add(struct bench *b, int64_t unit, const struct answer *a, size_t n, int64_t *id)
{
	struct tx *tx;
	int rc;

	assert_ok(tx_begin(b->s, unit, &tx));
	rc = record_add(tx, b->f, 0, a, n, id);
	if (!rc)
		assert_ok(tx_commit(tx));
	tx_end(tx);
	return rc;
}

static int edit(struct bench *b, int64_t unit, int64_t id, const struct answer *a, size_t n)
{
	struct tx *tx;
	int rc;

	assert_ok(tx_begin(b->s, unit, &tx));
	rc = record_edit(tx, b->f, id, a, n);
	if (!rc)
		assert_ok(tx_commit(tx));
	tx_end(tx);
	return rc;
}

static const char *value(const struct record *r, const char *name)
{
	return r->value[form_question(r->form, name) - r->form->q];
}

/* What one answer is stored as. The record is taken back. */
static void stored(struct bench *b, const char *name, const char *text, const char *expected)
{
	struct record *r;
	struct tx *tx;
	int64_t id;

	assert_ok(tx_begin(b->s, b->village, &tx));
	assert_ok(record_add(tx, b->f, 0, ANSWERS({"number", "900"}, {name, text}), &id));
	assert_ok(record_get(b->s, b->f, id, &r));
	assert_string_equal(value(r, name) ? value(r, name) : "", expected);
	record_free(r);
	tx_end(tx);
}

static void answers_are_stored_in_one_way_of_writing(void **state)
{
	struct bench *b = *state;

	stored(b, "area", "3.50", "3.5");
	stored(b, "area", " 120 ", "120");
	stored(b, "area", "21.34289", "21.34289");
	stored(b, "seen_on", "21/11/2026", "2026-11-21");
	stored(b, "seen_on", "today", "2026-11-21");
	stored(b, "seen_at", "now", "11:00");
	stored(b, "place", "21.2731  106.1946", "21.2731 106.1946");
	stored(b, "fibre", "1", "1");
	stored(b, "techs", "5g  3g 5g", "5g 3g");
	stored(b, "head", " Ba\u0306\u0301c ", "B\u1eafc");
	stored(b, "remark", "   ", "");
	stored(b, "remark", NULL, "");
}

static void a_bad_answer_is_named_with_what_is_wanted(void **state)
{
	static const struct {
		const char *name, *text;
		int code;
		const char *part;
	} cases[] = {
		{"number", "12a", ERR_BAD, "number: '12a' is not a whole number"},
		{"area", "3,5", ERR_BAD, "area: '3,5' is not a number"},
		{"seen_on", "2026-02-29", ERR_BAD, "seen_on: '2026-02-29' is not a date"},
		{"seen_at", "24:00", ERR_BAD, "seen_at"},
		{"moment", "2026-11-21", ERR_BAD, "moment"},
		{"place", "91 106", ERR_BAD, "place"},
		{"fibre", "yes", ERR_BAD, "fibre: 'yes' is not a choice: there are 1, 0"},
		{"techs", "4g 6g", ERR_BAD, "techs: '6g'"},
		{"other", "77", ERR_NOTFOUND, "other: there is no f 77"},
		{"other", "1.2-3", ERR_NOTFOUND, "other: there is no f 1.2-3"},
		{"remark", "\xff", ERR_BAD, "remark: text is not UTF-8"},
		{"remark", "\033[2J", ERR_BAD, "control"},
		{"hello", "1", ERR_BAD, "hello takes no answer"},
		{"m_name", "An", ERR_BAD, "m_name is in repeat member"},
		{"nobody", "1", ERR_NOTFOUND, "no question nobody"},
	};
	struct bench *b = *state;
	struct answer a[2] = {{"number", "1"}, {NULL, NULL}};
	int64_t id;
	size_t i, first;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		first = !strcmp(cases[i].name, "number");
		a[1] = (struct answer){cases[i].name, cases[i].text};
		assert_err(add(b, b->village, a + first, 2 - first, &id), cases[i].code,
		           cases[i].part);
		assert_int_equal(id, 0);
	}
	assert_err(add(b, b->village, ANSWERS({"remark", "x"}), &id), ERR_BAD,
	           "number must be answered");
	assert_err(add(b, b->village, ANSWERS({"number", "1"}, {"number", "1"}), &id), ERR_BAD,
	           "answered twice");
	assert_int_equal(count(b->s, "SELECT count(*) FROM f_f"), 0);
	assert_int_equal(count(b->s, "SELECT count(*) FROM entry WHERE class <> 0"), 0);
}

static void a_text_that_is_too_long_is_refused_whole(void **state)
{
	struct bench *b = *state;
	char text[4002];
	int64_t id;

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	assert_err(add(b, b->village, ANSWERS({"number", "1"}, {"remark", text}), &id), ERR_TOOBIG,
	           "remark");
	text[4000] = 0;
	assert_ok(add(b, b->village, ANSWERS({"number", "1"}, {"remark", text}), &id));
}

static void personal_answers_live_apart(void **state)
{
	struct bench *b = *state;
	struct record *r;
	int64_t id;

	assert_ok(add(b, b->village, ANSWERS({"number", "1"}), &id));
	assert_int_equal(count(b->s, "SELECT count(*) FROM p_f WHERE head IS NULL"), 1);
	assert_ok(add(b, b->village, ANSWERS({"number", "2"}, {"head", "Nguyễn Văn An"}), &id));
	assert_int_equal(count(b->s, "SELECT count(*) FROM p_f"), 2);
	assert_int_equal(count(b->s, "SELECT count(*) FROM entry WHERE class = 2"), 2);
	assert_int_equal(count(b->s, "SELECT count(*) FROM f_f JOIN p_f USING (_id, _unit)"), 2);
	assert_ok(record_get(b->s, b->f, id, &r));
	assert_string_equal(value(r, "head"), "Nguyễn Văn An");
	assert_string_equal(value(r, "seen_on"), "2026-11-21");
	assert_null(value(r, "remark"));
	assert_int_equal(r->unit, b->village);
	assert_int_equal(r->version, 1);
	record_free(r);
	assert_err(record_get(b->s, b->f, 12345, &r), ERR_NOTFOUND, "form f");
	assert_null(r);
}

static void a_key_is_taken_once_in_a_unit(void **state)
{
	struct bench *b = *state;
	char text[ID_TEXT];
	int64_t id, other, found;

	assert_ok(add(b, b->village, ANSWERS({"number", "7"}), &id));
	assert_err(add(b, b->village, ANSWERS({"number", "07"}), &other), ERR_EXISTS,
	           id_text(id, text));
	assert_ok(add(b, b->other_village, ANSWERS({"number", "7"}), &other));
	assert_ok(record_by_key(b->s, b->f, b->village, "7", &found));
	assert_int_equal(found, id);
	assert_ok(record_by_key(b->s, b->f, b->other_village, " 7 ", &found));
	assert_int_equal(found, other);
	assert_err(record_by_key(b->s, b->f, b->village, "8", &found), ERR_NOTFOUND, "number 8");
	assert_err(record_by_key(b->s, b->f, b->village, "x", &found), ERR_NOTFOUND, "number x");
	assert_ok(add(b, b->village, ANSWERS({"number", "8"}), &other));
	assert_err(edit(b, b->village, other, ANSWERS({"number", "7"})), ERR_EXISTS, "taken");
	assert_ok(edit(b, b->village, other, ANSWERS({"number", "8"})));
}

static void a_record_of_a_form_is_named_by_key_or_id(void **state)
{
	struct bench *b = *state;
	char text[ID_TEXT];
	int64_t id, other;
	struct record *r;

	assert_ok(add(b, b->village, ANSWERS({"number", "7"}), &id));
	id_text(id, text);
	assert_ok(add(b, b->village, ANSWERS({"number", "8"}, {"other", "7"}), &other));
	assert_ok(record_get(b->s, b->f, other, &r));
	assert_string_equal(value(r, "other"), text);
	record_free(r);
	assert_err(add(b, b->other_village, ANSWERS({"number", "8"}, {"other", "7"}), &other),
	           ERR_NOTFOUND, "in this unit");
	assert_ok(add(b, b->other_village, ANSWERS({"number", "8"}, {"other", text}), &other));
	assert_int_equal(count(b->s,
	                       "SELECT count(DISTINCT other) FROM f_f WHERE other IS NOT NULL"),
	                 1);
}

/* Cells written by the newest changeset of a class: "~" update, "+" insert, table, column=value */
static void changeset(struct store *s, int class, struct buf *out)
{
	sqlite3_changeset_iter *it;
	const char *table;
	sqlite3_stmt *st;
	sqlite3_value *v;
	int n, op, indirect, i;

	buf_reset(out);
	assert_ok(db_prepare(s,
	                     "SELECT changeset FROM entry WHERE class = ? ORDER BY id DESC LIMIT 1",
	                     &st));
	assert_ok(db_bind(st, "i", (int64_t) class));
	assert_int_equal(db_step(s, st), 1);
	assert_int_equal(sqlite3changeset_start(&it, sqlite3_column_bytes(st, 0),
	                                        (void *)(uintptr_t)sqlite3_column_blob(st, 0)),
	                 SQLITE_OK);
	while (sqlite3changeset_next(it) == SQLITE_ROW) {
		sqlite3changeset_op(it, &table, &n, &op, &indirect);
		buf_printf(out, "%s%s", op == SQLITE_UPDATE ? "~" : "+", table);
		for (i = 2; i < n; i++) {
			v = NULL;
			sqlite3changeset_new(it, i, &v);
			if (v)
				buf_printf(out, " %d=%s", i,
				           sqlite3_value_text(v)
				                   ? (const char *)sqlite3_value_text(v)
				                   : "-");
		}
	}
	sqlite3changeset_finalize(it);
	sqlite3_finalize(st);
}

static void an_edit_writes_only_what_changes(void **state)
{
	struct bench *b = *state;
	struct buf set = {0};
	int64_t id, entries;

	assert_ok(add(b, b->village,
	              ANSWERS({"number", "7"}, {"area", "3.5"}, {"fibre", "0"}, {"remark", "x"}),
	              &id));
	assert_ok(edit(b, b->village, id,
	               ANSWERS({"area", "3.50"}, {"fibre", "1"}, {"remark", "x"})));
	changeset(b->s, CLASS_OPEN, &set);
	assert_string_equal(buf_cstr(&set), "~f_f 9=1");
	assert_ok(edit(b, b->village, id, ANSWERS({"remark", ""})));
	changeset(b->s, CLASS_OPEN, &set);
	assert_string_equal(buf_cstr(&set), "~f_f 12=-");
	entries = count(b->s, "SELECT count(*) FROM entry");
	assert_ok(edit(b, b->village, id, ANSWERS({"fibre", "1"}, {"remark", NULL})));
	assert_int_equal(count(b->s, "SELECT count(*) FROM entry"), entries);
	assert_ok(edit(b, b->village, id, ANSWERS({"head", "An"})));
	changeset(b->s, CLASS_PERSONAL, &set);
	assert_string_equal(buf_cstr(&set), "~p_f 2=An");
	assert_ok(edit(b, b->village, id, ANSWERS({"head", "Bình"})));
	changeset(b->s, CLASS_PERSONAL, &set);
	assert_string_equal(buf_cstr(&set), "~p_f 2=Bình");
	assert_int_equal(count(b->s, "SELECT count(*) FROM entry WHERE class = 1"), 3);
	buf_release(&set);
}

static void an_edit_that_cannot_be_changes_nothing(void **state)
{
	struct bench *b = *state;
	int64_t id;

	assert_ok(add(b, b->village, ANSWERS({"number", "7"}, {"remark", "x"}), &id));
	assert_err(edit(b, b->village, id, ANSWERS({"remark", "y"}, {"number", ""})), ERR_BAD,
	           "must be answered");
	assert_err(edit(b, b->village, id, ANSWERS({"remark", "y"}, {"area", "big"})), ERR_BAD,
	           "area");
	assert_err(edit(b, b->village, id, ANSWERS({"nobody", "y"})), ERR_NOTFOUND, "nobody");
	assert_err(edit(b, b->village, id + 1, ANSWERS({"remark", "y"})), ERR_NOTFOUND,
	           "no record");
	assert_err(edit(b, b->other_village, id, ANSWERS({"remark", "y"})), ERR_BAD,
	           "another unit");
	assert_int_equal(count(b->s, "SELECT count(*) FROM f_f WHERE remark = 'x'"), 1);
}

struct walk {
	struct buf keys;
	int stop_after;
};

static int note(void *arg, const struct record *r)
{
	struct walk *w = arg;

	buf_printf(&w->keys, "%s ", value(r, "number"));
	return --w->stop_after == 0 ? 42 : 0;
}

static void records_are_walked_by_unit(void **state)
{
	struct bench *b = *state;
	struct walk w = {{0}, 0};
	int64_t id;

	assert_ok(add(b, b->village, ANSWERS({"number", "1"}), &id));
	assert_ok(add(b, b->other_village, ANSWERS({"number", "2"}), &id));
	assert_ok(add(b, b->village, ANSWERS({"number", "3"}), &id));
	assert_ok(record_each(b->s, b->f, b->village, 0, note, &w));
	assert_string_equal(buf_cstr(&w.keys), "1 3 ");
	buf_reset(&w.keys);
	assert_ok(record_each(b->s, b->f, FIXTURE_ROOT_UNIT, 2, note, &w));
	assert_string_equal(buf_cstr(&w.keys), "1 2 ");
	buf_reset(&w.keys);
	w.stop_after = 1;
	assert_int_equal(record_each(b->s, b->f, 0, 0, note, &w), 42);
	assert_string_equal(buf_cstr(&w.keys), "1 ");
	buf_release(&w.keys);
}

static void a_record_tells_its_form_and_person(void **state)
{
	struct bench *b = *state;
	struct form *member;
	struct record *r;
	struct tx *tx;
	int64_t id, person;
	char code[64];

	assert_ok(form_add_builtin(b->s));
	assert_ok(form_load(b->s, "member", &member));
	assert_ok(tx_begin(b->s, b->village, &tx));
	assert_err(record_add(tx, b->f, 99, ANSWERS({"number", "1"}), &id), ERR_NOTFOUND,
	           "team member");
	assert_ok(record_add(tx, member, 0, ANSWERS({"name", "Nguyễn Thị Bình"}), &person));
	assert_ok(record_add(tx, b->f, person, ANSWERS({"number", "1"}), &id));
	assert_ok(tx_commit(tx));
	tx_end(tx);
	assert_ok(record_get(b->s, b->f, id, &r));
	assert_int_equal(r->person, person);
	record_free(r);
	assert_ok(record_form(b->s, id, code, sizeof code));
	assert_string_equal(code, "f");
	assert_ok(record_form(b->s, person, code, sizeof code));
	assert_string_equal(code, "member");
	assert_err(record_form(b->s, 1, code, sizeof code), ERR_NOTFOUND, "0.0-1");
	form_free(member);
}

static void held(struct bench *b, int64_t id, int expected)
{
	struct record *r;
	enum held found;

	assert_ok(record_get(b->s, b->f, id, &r));
	assert_ok(record_held(b->s, r, &found));
	assert_int_equal(found, expected);
	record_free(r);
}

static void a_record_tells_who_holds_it(void **state)
{
	struct bench *b = *state;
	int64_t id;

	assert_ok(add(b, b->village, ANSWERS({"number", "1"}), &id));
	held(b, id, 3); /* we are the root */
	b->s->self.role = ROLE_OFFICE;
	held(b, id, 0);
	/* as sealing, a sync and a receipt leave them */
	b->s->self.role = ROLE_OFFICE;
	assert_ok(db_exec(
		b->s, "DELETE FROM entry; INSERT INTO feed(author, epoch, scope, class, head, hash,"
		      " parent_head, root_head, changed) SELECT 1 << 14, 1, _unit, 1, 5,"
		      " zeroblob(32), 4, 0, 1"
		      " FROM f_f"));
	held(b, id, 1);
	assert_ok(db_exec(b->s, "UPDATE feed SET parent_head = 5"));
	held(b, id, 2);
	assert_ok(db_exec(b->s, "UPDATE feed SET root_head = 5"));
	held(b, id, 3);
	assert_ok(edit(b, b->village, id, ANSWERS({"fibre", "1"})));
	held(b, id, 0);
}

static void one_bad_record_leaves_the_others_of_its_transaction(void **state)
{
	struct bench *b = *state;
	struct tx *tx;
	int64_t id;

	assert_ok(tx_begin(b->s, b->village, &tx));
	assert_ok(record_add(tx, b->f, 0, ANSWERS({"number", "1"}), &id));
	assert_err(record_add(tx, b->f, 0, ANSWERS({"number", "x"}), &id), ERR_BAD, "number");
	assert_err(record_add(tx, b->f, 0, ANSWERS({"number", "1"}), &id), ERR_EXISTS, "taken");
	assert_ok(record_add(tx, b->f, 0, ANSWERS({"number", "2"}), &id));
	assert_ok(tx_commit(tx));
	tx_end(tx);
	assert_int_equal(count(b->s, "SELECT count(*) FROM f_f"), 2);
}

#define each_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		each_test(answers_are_stored_in_one_way_of_writing),
		each_test(a_bad_answer_is_named_with_what_is_wanted),
		each_test(a_text_that_is_too_long_is_refused_whole),
		each_test(personal_answers_live_apart),
		each_test(a_key_is_taken_once_in_a_unit),
		each_test(a_record_of_a_form_is_named_by_key_or_id),
		each_test(an_edit_writes_only_what_changes),
		each_test(an_edit_that_cannot_be_changes_nothing),
		each_test(records_are_walked_by_unit),
		each_test(a_record_tells_its_form_and_person),
		each_test(a_record_tells_who_holds_it),
		each_test(one_bad_record_leaves_the_others_of_its_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
