/* test_history.c - all that was ever written of a record, out of the feeds. */
#include "tests/unit/households.h"
#include "storage/conflict.h"
#include "storage/history.h"
#include "storage/pack.h"

#define LINES 64

/* A history as lines "what question old>new by [pending]". */
struct lines {
	char line[LINES][128];
	int64_t ms[LINES];
	size_t n;
};

static int add_line(void *arg, const struct history *h)
{
	static const char *const names[] = {"recorded", "answered", "changed", "deleted",
	                                    "settled"};
	struct lines *l = arg;
	char node[ID_TEXT];

	assert_true(l->n < LINES);
	l->ms[l->n] = h->ms;
	snprintf(l->line[l->n++], sizeof *l->line, "%s %s %s>%s %s%s", names[h->kind],
	         h->question ? h->question : "-", h->old ? h->old : "-", h->new ? h->new : "-",
	         node_text(h->node, node), h->pending ? " pending" : "");
	return 0;
}

static void read_history(struct rig_node *n, int64_t id, struct lines *l)
{
	memset(l, 0, sizeof *l);
	ok(history_each(n->s, id, add_line, l));
}

static void expect_line(const struct lines *l, size_t i, const char *line)
{
	assert_true(i < l->n);
	assert_string_equal(l->line[i], line);
}

static void every_change_is_told_with_its_author_and_time(void **state)
{
	struct village v;
	struct lines l;
	int64_t id, began;

	(void)state;
	start_with_forms(&v);
	id = add_household(&v.dev[0], v.unit, "1", "Hoa", "0100", NULL);
	began = v.dev[0].now_ms;
	sync_all(&v);
	pass(&v, 60000);
	answer(&v.dev[1], v.unit, id, "persons", "4");
	sync_all(&v);
	pass(&v, 60000);
	answer(&v.office, v.unit, id, "phone", "0200");
	answer(&v.office, v.unit, id, "persons", NULL);
	sync_all(&v);
	read_history(&v.dev[2], id, &l);
	assert_int_equal(l.n, 8);
	expect_line(&l, 0, "recorded - ->- 2.1");
	expect_line(&l, 1, "answered number ->1 2.1");
	assert_string_equal(l.line[2], "answered registered_on ->2022-11-21 2.1");
	expect_line(&l, 3, "answered head ->Hoa 2.1");
	expect_line(&l, 4, "answered phone ->0100 2.1");
	expect_line(&l, 5, "changed persons ->4 2.2");
	expect_line(&l, 6, "changed phone 0100>0200 2.0");
	expect_line(&l, 7, "changed persons 4>- 2.0");
	assert_true(llabs(l.ms[0] - began) < 1000);
	assert_true(llabs(l.ms[5] - began - 60000) < 1000);
	assert_true(llabs(l.ms[7] - began - 120000) < 1000);
	stop(&v);
}

static void what_is_not_sent_says_so(void **state)
{
	struct village v;
	struct lines l;
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = add_household(&v.dev[0], v.unit, "1", "Hoa", NULL, NULL);
	read_history(&v.dev[0], id, &l);
	assert_int_equal(l.n, 4);
	expect_line(&l, 0, "recorded - ->- 2.1 pending");
	sync_all(&v);
	answer(&v.dev[0], v.unit, id, "persons", "4");
	read_history(&v.dev[0], id, &l);
	assert_int_equal(l.n, 5);
	expect_line(&l, 0, "recorded - ->- 2.1");
	expect_line(&l, 4, "changed persons ->4 2.1 pending");
	read_history(&v.dev[0], id, &l); /* once more gives the same */
	assert_int_equal(l.n, 5);
	stop(&v);
}

static void a_value_that_lost_is_in_it_and_who_settled_that(void **state)
{
	struct settling st = {.question = "persons", .how = SETTLE_KEEP};
	struct village v;
	struct lines l, other;
	size_t settled, i;

	(void)state;
	start_with_forms(&v);
	st.row = add_household(&v.dev[0], v.unit, "1", "Hoa", NULL, NULL);
	sync_all(&v);
	answer(&v.dev[0], v.unit, st.row, "persons", "4");
	pass(&v, 60000);
	answer(&v.dev[1], v.unit, st.row, "persons", "5");
	sync_all(&v);
	pass(&v, 60000);
	ok(conflict_settle(v.office.s, &st, &settled));
	sync_all(&v);
	read_history(&v.dev[0], st.row, &l);
	assert_int_equal(l.n, 7);
	expect_line(&l, 4, "changed persons ->4 2.1");
	expect_line(&l, 5, "changed persons ->5 2.2");
	expect_line(&l, 6, "settled persons ->- 2.0");
	read_history(&v.dev[1], st.row, &other);
	assert_int_equal(other.n, l.n);
	for (i = 0; i < l.n; i++)
		assert_string_equal(other.line[i], l.line[i]);
	stop(&v);
}

static void the_province_tells_no_personal_answers(void **state)
{
	struct village v;
	struct lines l;
	int64_t id;
	size_t i;

	(void)state;
	start_with_forms(&v);
	id = add_household(&v.dev[0], v.unit, "1", "Hoa", "0100", NULL);
	sync_all(&v);
	answer(&v.dev[0], v.unit, id, "phone", "0200");
	sync_all(&v);
	read_history(&v.root, id, &l);
	assert_int_equal(l.n, 3);
	for (i = 0; i < l.n; i++)
		assert_null(strstr(l.line[i], "phone"));
	stop(&v);
}

static void a_deleted_record_still_has_its_history(void **state)
{
	struct village v;
	struct lines l;
	struct tx *tx;
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = add_household(&v.dev[0], v.unit, "1", "Hoa", NULL, NULL);
	sync_all(&v);
	pass(&v, 60000);
	ok(tx_begin(v.dev[1].s, v.unit, &tx));
	ok(db_run(v.dev[1].s, "DELETE FROM f_household WHERE _id = ?", "i", id));
	ok(tx_commit(tx));
	tx_end(tx);
	sync_all(&v);
	read_history(&v.office, id, &l);
	assert_int_equal(l.n, 5);
	expect_line(&l, 4, "deleted - ->- 2.2");
	assert_int_equal(history_each(v.office.s, id + 1, add_line, &l), ERR_NOTFOUND);
	assert_non_null(strstr(err_text(), "there is no record"));
	stop(&v);
}

static void what_was_set_aside_is_not_part_of_it(void **state)
{
	struct village v;
	struct lines l;
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = add_household(&v.dev[0], v.unit, "1", "Hoa", NULL, NULL);
	sync_all(&v);
	answer(&v.dev[0], v.unit, id, "persons", "4");
	sync_all(&v);
	ok(db_exec(v.office.s, "UPDATE pack SET state = 2 WHERE id = (SELECT max(id) FROM pack"
	                       " WHERE id >> 32 = (SELECT id FROM feed WHERE class = 1))"));
	read_history(&v.office, id, &l);
	assert_int_equal(l.n, 4);
	stop(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_change_is_told_with_its_author_and_time),
		cmocka_unit_test(what_is_not_sent_says_so),
		cmocka_unit_test(a_value_that_lost_is_in_it_and_who_settled_that),
		cmocka_unit_test(the_province_tells_no_personal_answers),
		cmocka_unit_test(a_deleted_record_still_has_its_history),
		cmocka_unit_test(what_was_set_aside_is_not_part_of_it),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
