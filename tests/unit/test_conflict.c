/* test_conflict.c - settling what two people wrote without having seen each other. */
#include "tests/unit/households.h"
#include "storage/conflict.h"

#define PHONE "phone"

static void settle(struct rig_node *n, int64_t row, const char *question, enum settle how,
                   const char *value)
{
	struct form *f;
	struct settling st = {.row = row, .question = question, .how = how, .value = value};
	size_t settled;

	ok(form_load(n->s, "household", &f));
	st.form = f;
	ok(conflict_settle(n->s, &st, &settled));
	assert_int_equal(settled, 1);
	form_free(f);
}

static int refuse(struct rig_node *n, int64_t row, const char *question, enum settle how,
                  const char *value)
{
	struct form *f;
	struct settling st = {.row = row, .question = question, .how = how, .value = value};
	size_t settled;
	int rc;

	ok(form_load(n->s, "household", &f));
	st.form = f;
	rc = conflict_settle(n->s, &st, &settled);
	assert_int_equal(settled, 0);
	form_free(f);
	return rc;
}

static int count(void *arg, const struct conflict *c)
{
	assert_non_null(c->form);
	++*(int *)arg;
	return 0;
}

static int open_ones(struct rig_node *n)
{
	int found = 0;

	ok(conflict_each(n->s, count, &found));
	return found;
}

static int all(struct rig_node *n, int64_t row)
{
	int found = 0;

	ok(conflict_about(n->s, row, NULL, true, count, &found));
	return found;
}

static void expect_everywhere(struct village *v, int64_t id, const char *question,
                              const char *value, int conflicts)
{
	int i;

	expect_answer(&v->office, id, question, value);
	assert_int_equal(open_ones(&v->office), conflicts);
	for (i = 0; i < AUTHORS; i++) {
		expect_answer(&v->dev[i], id, question, value);
		assert_int_equal(open_ones(&v->dev[i]), conflicts);
		rig_same(&v->dev[i], &v->office, v->unit);
	}
}

/* A household whose question two devices answered apart: device 1's, the later, stands. */
static int64_t quarrel(struct village *v, const char *question, const char *first,
                       const char *second)
{
	int64_t id = add_household(&v->dev[0], v->unit, "1", "Hoa", "0100", NULL);

	sync_all(v);
	answer(&v->dev[0], v->unit, id, question, first);
	pass(v, 60000);
	answer(&v->dev[1], v->unit, id, question, second);
	sync_all(v);
	expect_everywhere(v, id, question, second, 1);
	return id;
}

static void keeping_what_stands_ends_the_conflict_everywhere(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = quarrel(&v, "persons", "4", "5");
	settle(&v.office, id, "persons", SETTLE_KEEP, NULL);
	assert_int_equal(open_ones(&v.office), 0); /* at once, before it is sealed */
	sync_all(&v);
	expect_everywhere(&v, id, "persons", "5", 0);
	assert_int_equal(all(&v.dev[2], id), 1); /* nothing is lost by it */
	stop(&v);
}

static void the_lost_value_can_be_taken(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = quarrel(&v, "persons", "4", "5");
	settle(&v.dev[2], id, "persons", SETTLE_TAKE, NULL);
	expect_answer(&v.dev[2], id, "persons", "4");
	sync_all(&v);
	expect_everywhere(&v, id, "persons", "4", 0);
	stop(&v);
}

static void a_third_value_can_be_written(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = quarrel(&v, "persons", "4", "5");
	assert_int_equal(refuse(&v.office, id, "persons", SETTLE_SET, "many"), ERR_BAD);
	assert_int_equal(open_ones(&v.office), 1); /* a refused value settles nothing */
	settle(&v.office, id, "persons", SETTLE_SET, "6");
	sync_all(&v);
	expect_everywhere(&v, id, "persons", "6", 0);
	stop(&v);
}

static void personal_answers_are_settled_below_the_commune_only(void **state)
{
	struct village v;
	int64_t id, rows;

	(void)state;
	start_with_forms(&v);
	id = quarrel(&v, PHONE, "0111", "0222");
	settle(&v.dev[0], id, PHONE, SETTLE_TAKE, "0111");
	sync_all(&v);
	expect_everywhere(&v, id, PHONE, "0111", 0);
	ok(db_int(v.office.s, &rows, "SELECT count(*) FROM p__settled", ""));
	assert_int_equal(rows, 1);
	ok(db_int(v.root.s, &rows, "SELECT count(*) FROM p__settled", ""));
	assert_int_equal(rows, 0);
	ok(db_int(v.office.s, &rows, "SELECT count(*) FROM f__settled", ""));
	assert_int_equal(rows, 0);
	stop(&v);
}

static void two_who_settle_apart_still_agree(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = quarrel(&v, "persons", "4", "5");
	settle(&v.dev[0], id, "persons", SETTLE_KEEP, NULL);
	pass(&v, 1000);
	settle(&v.dev[1], id, "persons", SETTLE_TAKE, NULL);
	sync_all(&v);
	expect_everywhere(&v, id, "persons", "4", 0);
	stop(&v);
}

/* Two third values are a quarrel of their own, about which somebody must know. */
static void two_third_values_are_a_new_conflict(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = quarrel(&v, "persons", "4", "5");
	settle(&v.dev[0], id, "persons", SETTLE_SET, "6");
	pass(&v, 1000);
	settle(&v.dev[1], id, "persons", SETTLE_SET, "7");
	sync_all(&v);
	expect_everywhere(&v, id, "persons", "7", 1);
	settle(&v.office, id, "persons", SETTLE_KEEP, NULL);
	sync_all(&v);
	expect_everywhere(&v, id, "persons", "7", 0);
	stop(&v);
}

static void of_several_lost_values_one_is_named(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = add_household(&v.dev[0], v.unit, "1", "Hoa", "0100", NULL);
	sync_all(&v);
	answer(&v.dev[0], v.unit, id, "persons", "4");
	pass(&v, 1000);
	answer(&v.dev[1], v.unit, id, "persons", "5");
	pass(&v, 1000);
	answer(&v.dev[2], v.unit, id, "persons", "6");
	sync_all(&v);
	expect_everywhere(&v, id, "persons", "6", 2);
	assert_int_equal(refuse(&v.office, id, "persons", SETTLE_TAKE, NULL), ERR_BAD);
	assert_int_equal(refuse(&v.office, id, "persons", SETTLE_TAKE, "9"), ERR_NOTFOUND);
	assert_int_equal(refuse(&v.office, id, "phone", SETTLE_KEEP, NULL), ERR_NOTFOUND);
	{
		struct form *f;
		struct settling st = {.row = id,
		                      .question = "persons",
		                      .how = SETTLE_TAKE,
		                      .value = "4"};
		size_t settled;

		ok(form_load(v.office.s, "household", &f));
		st.form = f;
		ok(conflict_settle(v.office.s, &st, &settled));
		assert_int_equal(settled, 2);
		form_free(f);
	}
	sync_all(&v);
	expect_everywhere(&v, id, "persons", "4", 0);
	stop(&v);
}

static void a_unit_that_is_not_ours_cannot_be_settled(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = quarrel(&v, "persons", "4", "5");
	v.dev[0].s->self.scope = rig_unit(&v.office, "C-2");
	assert_int_equal(refuse(&v.dev[0], id, "persons", SETTLE_KEEP, NULL), ERR_DENIED);
	v.dev[0].s->self.scope = v.unit;
	stop(&v);
}

/* ---- rows that others may send --------------------------------------------------------------- */

static void say_settled(struct rig_node *n, int64_t unit, const char *tbl, int64_t row,
                        int64_t clock, int64_t node)
{
	struct tx *tx;

	ok(tx_begin(n->s, unit, &tx));
	ok(db_run(n->s, "INSERT INTO f__settled VALUES(?, ?, ?, ?, 5, ?, ?, NULL)", "iitiii",
	          tx_new_id(tx), unit, tbl, row, clock, node));
	ok(tx_commit(tx));
	tx_end(tx);
}

static void rows_that_name_nothing_do_no_harm(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = quarrel(&v, "persons", "4", "5");
	say_settled(&v.dev[0], v.unit, "f_nothing", id, 1, 2);
	say_settled(&v.dev[0], v.unit, "\"; DROP TABLE unit; --", -1, -1, -1);
	say_settled(&v.dev[0], v.unit, "f__settled", INT64_MAX, INT64_MAX, INT64_MIN);
	sync_all(&v);
	expect_everywhere(&v, id, "persons", "5", 1);
	stop(&v);
}

/* The exact write, but said by a node of the other village. */
static void another_village_cannot_settle_ours(void **state)
{
	struct rig_node other;
	struct village v;
	int64_t id, clock, node;

	(void)state;
	start_with_forms(&v);
	id = quarrel(&v, "persons", "4", "5");
	ok(db_int(v.office.s, &clock, "SELECT clock FROM cell_write ORDER BY clock", ""));
	ok(db_int(v.office.s, &node, "SELECT node FROM cell_write ORDER BY clock", ""));
	rig_join(&other, &v.office, "C-2", ROLE_DEVICE);
	rig_enrol(&other, &v.office);
	rig_sync(&other, &v.office);
	say_settled(&other, rig_unit(&v.office, "C-2"), "f_household", id, clock, node);
	rig_sync(&other, &v.office);
	assert_int_equal(open_ones(&v.office), 1);
	say_settled(&v.dev[2], v.unit, "f_household", id, clock, node);
	sync_all(&v);
	expect_everywhere(&v, id, "persons", "5", 0); /* the same row, by one who may */
	rig_stop(&other);
	stop(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeping_what_stands_ends_the_conflict_everywhere),
		cmocka_unit_test(the_lost_value_can_be_taken),
		cmocka_unit_test(a_third_value_can_be_written),
		cmocka_unit_test(personal_answers_are_settled_below_the_commune_only),
		cmocka_unit_test(two_who_settle_apart_still_agree),
		cmocka_unit_test(two_third_values_are_a_new_conflict),
		cmocka_unit_test(of_several_lost_values_one_is_named),
		cmocka_unit_test(a_unit_that_is_not_ours_cannot_be_settled),
		cmocka_unit_test(rows_that_name_nothing_do_no_harm),
		cmocka_unit_test(another_village_cannot_settle_ours),
	};

	return cmocka_run_group_tests_name("conflict", tests, NULL, NULL);
}
