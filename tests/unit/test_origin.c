/* test_origin.c - one submission that two nodes read before they heard of each other. */
#include "tests/unit/households.h"
#include "storage/indicator.h"
#include "storage/origin.h"
#include "storage/rebuild.h"
#include "storage/same.h"

#define INSTANCE "uuid:11111111-1111-4111-8111-111111111111"

/* A household as an import makes it: the record, and what it came from. */
static int64_t take(struct rig_node *n, int64_t unit, const char *number, const char *instance)
{
	const struct answer a[] = {{"number", number}};
	struct form *f;
	struct tx *tx;
	int64_t id;

	ok(form_load(n->s, "household", &f));
	ok(tx_begin(n->s, unit, &tx));
	ok(record_add(tx, f, 0, a, 1, &id));
	ok(origin_add(tx, id, instance, ""));
	ok(tx_commit(tx));
	tx_end(tx);
	form_free(f);
	return id;
}

static struct origin_match found(struct rig_node *n, const char *instance, const char *was)
{
	struct origin_match m;
	struct form *f;

	ok(form_load(n->s, "household", &f));
	ok(origin_find(n->s, f, instance, was, &m));
	form_free(f);
	return m;
}

static void expect_rep(struct village *v, int64_t unit, int64_t id, int64_t rep)
{
	struct rig_node *n[] = {&v->root, &v->office, &v->dev[0], &v->dev[1], &v->dev[2]};
	int64_t got;
	size_t i;

	for (i = 0; i < sizeof n / sizeof *n; i++) {
		ok(same_rep(n[i]->s, unit, id, &got));
		assert_int_equal(got, rep);
	}
}

static void two_readings_of_one_submission_are_one_thing_everywhere(void **state)
{
	struct village v;
	int64_t a, b, c;

	(void)state;
	start_with_forms(&v);
	a = take(&v.dev[0], v.unit, "1", INSTANCE);
	b = take(&v.dev[1], v.unit, "1", "11111111-1111-4111-8111-111111111111");
	c = take(&v.dev[2], v.unit, "1", "another");
	sync_all(&v);
	sync_all(&v);
	expect_rep(&v, v.unit, a, a);
	expect_rep(&v, v.unit, b, a);
	expect_rep(&v, v.unit, c, c);
	/* whoever reads it a third time knows it, by the record that stands for both */
	assert_int_equal(found(&v.dev[2], INSTANCE, "").what, ORIGIN_KNOWN);
	assert_int_equal(found(&v.root, INSTANCE, "").record, a);
	assert_int_equal(found(&v.office, "new", INSTANCE).what, ORIGIN_EDITED);
	assert_int_equal(found(&v.office, INSTANCE, "older").what, ORIGIN_RELATED);
	assert_int_equal(found(&v.office, "new", "").what, ORIGIN_NEW);
	/* the tables made anew say the same */
	ok(rebuild(v.office.s));
	expect_rep(&v, v.unit, b, a);
	stop(&v);
}

static void in_two_units_they_stay_two(void **state)
{
	struct village v;
	int64_t other, a, b;

	(void)state;
	start_with_forms(&v);
	other = rig_unit(&v.office, "C-2");
	a = take(&v.dev[0], v.unit, "1", INSTANCE);
	b = take(&v.office, other, "1", INSTANCE);
	sync_all(&v);
	expect_rep(&v, v.unit, a, a);
	expect_rep(&v, other, b, b);
	stop(&v);
}

static void what_is_no_id_is_refused(void **state)
{
	struct village v;
	struct origin_match m;
	char text[ORIGIN_MAX + 2];
	struct form *f;

	(void)state;
	start_with_forms(&v);
	ok(form_load(v.office.s, "household", &f));
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = 0;
	assert_int_equal(origin_find(v.office.s, f, text, "", &m), ERR_BAD);
	text[ORIGIN_MAX] = 0;
	ok(origin_find(v.office.s, f, text, "", &m));
	assert_int_equal(origin_find(v.office.s, f, "", "", &m), ERR_BAD);
	assert_int_equal(origin_find(v.office.s, f, "a\nb", "", &m), ERR_BAD);
	assert_int_equal(origin_find(v.office.s, f, "a", "1 2 3 4 5 6 7 8", &m), ERR_BAD);
	ok(origin_find(v.office.s, f, "a", " 1  2 3 4 5 6 7 ", &m));
	form_free(f);
	stop(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_readings_of_one_submission_are_one_thing_everywhere),
		cmocka_unit_test(in_two_units_they_stay_two),
		cmocka_unit_test(what_is_no_id_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
