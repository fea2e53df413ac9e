/* Drafts: kept at every answer, bounded, and saved once. */
#include "storage/draft.h"
#include "tests/unit/fixture.h"

static struct store *open_new(const char *home)
{
	struct store *s;

	fixture_open(home, &s);
	return s;
}

static struct draft named(const char *name)
{
	struct draft d = {.form = "household", .unit = 5, .record = 6, .person = 7};

	snprintf(d.name, sizeof d.name, "%.40s", name);
	return d;
}

static int put(struct store *s, const char *name, const char *answers)
{
	struct draft d = named(name);

	return draft_put(s, &d, answers, strlen(answers));
}

static void a_draft_is_there_after_opening_again(void **state)
{
	struct store *s = open_new("again");
	struct buf text = {0};
	struct draft d;

	(void)state;
	assert_ok(put(s, "a", "{\"x\":1}"));
	assert_ok(put(s, "a", "{\"x\":\"Đức\"}"));
	store_close(s);
	s = open_new("again");
	assert_ok(draft_get(s, "a", &d, &text));
	assert_string_equal(buf_cstr(&text), "{\"x\":\"Đức\"}");
	assert_string_equal(d.form, "household");
	assert_int_equal(d.unit, 5);
	assert_int_equal(d.record, 6);
	assert_int_equal(d.person, 7);
	assert_int_equal(d.saved, 0);
	assert_ok(draft_drop(s, "a"));
	assert_err(draft_get(s, "a", &d, &text), ERR_NOTFOUND, "draft a");
	assert_err(draft_drop(s, "a"), ERR_NOTFOUND, "draft a");
	buf_release(&text);
	store_close(s);
}

static void only_objects_are_kept(void **state)
{
	static const char *const bad[] = {"",     "{",          "[]",    "1",
	                                  "null", "{\"a\":1}x", "{a:1}", "{\"a\":\"\xff\"}"};
	struct store *s = open_new("objects");
	struct draft d = named("a");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(put(s, "a", bad[i]), ERR_BAD, "JSON object");
	assert_err(draft_put(s, &d, "{}\0{}", 5), ERR_BAD, "JSON object");
	assert_err(put(s, "a b", "{}"), ERR_BAD, "name");
	assert_err(put(s, "", "{}"), ERR_BAD, "name");
	assert_err(put(s, "ă", "{}"), ERR_BAD, "name");
	assert_ok(put(s, "Az09-_", "{}"));
	store_close(s);
}

static int count_one(void *arg, const struct draft *d)
{
	(void)d;
	++*(int *)arg;
	return 0;
}

static void drafts_are_counted(void **state)
{
	struct store *s = open_new("counted");
	char name[16];
	int i, n = 0;

	(void)state;
	for (i = 0; i < DRAFTS_MAX; i++) {
		snprintf(name, sizeof name, "d%d", i);
		assert_ok(put(s, name, "{}"));
	}
	assert_err(put(s, "more", "{}"), ERR_TOOBIG, "200 drafts");
	assert_ok(put(s, "d7", "{\"x\":1}"));
	assert_ok(draft_each(s, count_one, &n));
	assert_int_equal(n, DRAFTS_MAX);
	assert_ok(draft_saved(s, "d7", 99));
	assert_ok(put(s, "more", "{}"));
	store_close(s);
}

static void what_is_saved_stays_saved(void **state)
{
	struct store *s = open_new("saved");
	struct buf text = {0};
	struct draft d;
	int n = 0;

	(void)state;
	assert_ok(put(s, "a", "{\"x\":1}"));
	assert_ok(draft_saved(s, "a", 99));
	assert_err(put(s, "a", "{\"x\":2}"), ERR_EXISTS, "saved already");
	assert_ok(draft_get(s, "a", &d, &text));
	assert_int_equal(d.saved, 99);
	assert_int_equal(text.len, 0);
	assert_ok(draft_each(s, count_one, &n));
	assert_int_equal(n, 0);
	assert_err(draft_saved(s, "b", 99), ERR_NOTFOUND, "draft b");
	buf_release(&text);
	store_close(s);
}

static void a_save_that_is_taken_back_leaves_the_draft(void **state)
{
	struct store *s = open_new("back");
	struct buf text = {0};
	struct draft d;

	(void)state;
	assert_ok(put(s, "a", "{\"x\":1}"));
	assert_ok(store_begin(s));
	assert_ok(draft_saved(s, "a", 99));
	store_end(s);
	assert_ok(draft_get(s, "a", &d, &text));
	assert_int_equal(d.saved, 0);
	assert_string_equal(buf_cstr(&text), "{\"x\":1}");
	buf_release(&text);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_draft_is_there_after_opening_again),
		cmocka_unit_test(only_objects_are_kept),
		cmocka_unit_test(drafts_are_counted),
		cmocka_unit_test(what_is_saved_stays_saved),
		cmocka_unit_test(a_save_that_is_taken_back_leaves_the_draft),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
