/* test_duplicate.c - one household recorded twice: proposed, joined, counted once, taken apart. */
#include "tests/unit/households.h"
#include "storage/conflict.h"
#include "storage/duplicate.h"
#include "storage/indicator.h"
#include "storage/rebuild.h"
#include "storage/same.h"

#include <inttypes.h>

/* ---- proposals ------------------------------------------------------------------------------- */

struct found {
	size_t n;
	struct duplicate last;
};

static int find(void *arg, const struct duplicate *d)
{
	struct found *f = arg;

	f->n++;
	f->last = *d;
	return 0;
}

static struct found proposals(struct rig_node *n)
{
	struct found found = {0};
	struct form *f;

	ok(form_load(n->s, "household", &f));
	ok(duplicate_each(n->s, f, 0, find, &found));
	form_free(f);
	return found;
}

/* Two households with these answers; what is proposed of them. */
static void expect_why(struct village *v, const char *question, const char *a, const char *b,
                       unsigned why)
{
	struct rig_node *d = &v->dev[0];
	const struct answer one[] = {{"number", "1"}, {question, a}};
	const struct answer two[] = {{"number", "2"}, {question, b}};
	struct found found;
	int64_t x, y;

	ok(db_exec(d->s, "DELETE FROM f_household; DELETE FROM p_household"));
	x = add_record(d, v->unit, "household", one, 2);
	y = add_record(d, v->unit, "household", two, 2);
	found = proposals(d);
	assert_int_equal(found.n, why != 0);
	if (!why)
		return;
	assert_int_equal(found.last.a, x);
	assert_int_equal(found.last.b, y);
	assert_int_equal(found.last.why, why);
	assert_int_equal(found.last.unit, v->unit);
}

static void what_looks_the_same_is_proposed_with_the_reason(void **state)
{
	struct village v;

	(void)state;
	start_with_forms(&v);
	expect_why(&v, "head", "Nguyễn Thị Đào", "NGUYEN  THI dao", DUPLICATE_HEAD);
	expect_why(&v, "head", "Nguyễn Thị Đào", "Nguyễn Thị Dậu", 0);
	expect_why(&v, "address", "Số 5, ngõ 3 - Đông Sơn", "so 5 ngo 3 dong son",
	           DUPLICATE_ADDRESS);
	expect_why(&v, "address", "Số 5 ngõ 3", "Số 53", 0);
	expect_why(&v, "digital_address_code", "ABC-12", "abc-12", DUPLICATE_CODE);
	expect_why(&v, "address", "...", ",,,", 0); /* nothing is like nothing */
	expect_why(&v, "phone", "0100", "0100", 0);
	stop(&v);
}

static void reasons_add_up_and_units_stay_apart(void **state)
{
	struct village v;
	struct found found;
	int64_t other;

	(void)state;
	start_with_forms(&v);
	other = rig_unit(&v.office, "C-2");
	add_household(&v.office, v.unit, "1", "Hoa", NULL, "Ngõ 3");
	add_household(&v.office, other, "1", "Hoa", NULL, "Ngõ 3");
	assert_int_equal(proposals(&v.office).n, 0);
	add_household(&v.office, v.unit, "2", "hoa", NULL, "ngo 3");
	found = proposals(&v.office);
	assert_int_equal(found.n, 1);
	assert_int_equal(found.last.why, DUPLICATE_ADDRESS | DUPLICATE_HEAD);
	stop(&v);
}

static void what_all_share_tells_nothing(void **state)
{
	struct village v;
	char number[16];
	int i;

	(void)state;
	start_with_forms(&v);
	for (i = 1; i <= DUPLICATE_SHARED + 1; i++) {
		snprintf(number, sizeof number, "%d", i);
		add_household(&v.dev[0], v.unit, number, NULL, NULL, "Thôn Đông");
		if (i == 3)
			assert_int_equal(proposals(&v.dev[0]).n, 3);
	}
	assert_int_equal(proposals(&v.dev[0]).n, 0);
	stop(&v);
}

/* ---- joining ------------------------------------------------------------------------------------ */

struct pair {
	struct village v;
	struct form *f;  /* as the office has it */
	int64_t a, b, c; /* a and b are one household, recorded by two devices */
};

static void visit(struct rig_node *n, int64_t unit, int64_t household, const char *day,
                  const char *persons, const char *fibre)
{
	char id[ID_TEXT];
	const struct answer a[] = {{"household", id_text(household, id)},
	                           {"surveyed_on", day},
	                           {"persons", persons},
	                           {"adults", "2"},
	                           {"smartphones", "2"},
	                           {"fibre", fibre},
	                           {"eid", "1"},
	                           {"bank", "1"}};

	add_record(n, unit, "visit", a, sizeof a / sizeof *a);
}

static void expect_figure(struct rig_node *n, const char *code, int64_t numerator,
                          int64_t denominator)
{
	struct figure f;

	ok(indicator_eval(n->s, code, n->s->self.scope, NULL, &f));
	assert_int_equal(f.numerator, numerator);
	assert_int_equal(f.denominator, denominator);
}

/* On every node: people with a smartphone of people, households with fibre of households. */
static void expect_figures(struct village *v, int64_t people, int64_t fibre, int64_t households)
{
	struct rig_node *n[] = {&v->root, &v->office, &v->dev[0], &v->dev[1], &v->dev[2]};
	size_t i;

	for (i = 0; i < sizeof n / sizeof *n; i++) {
		expect_figure(n[i], "smartphone", 2 * households, people);
		expect_figure(n[i], "fibre", fibre, households);
	}
}

static void pair_start(struct pair *p)
{
	struct village *v = &p->v;

	start_with_forms(v);
	ok(indicator_add_builtin(v->root.s));
	p->a = add_household(&v->dev[0], v->unit, "1", "Nguyễn Thị Hoa", NULL, NULL);
	p->b = add_household(&v->dev[1], v->unit, "1", "Nguyen Thi Hoa", NULL, NULL);
	p->c = add_household(&v->dev[2], v->unit, "3", "Vũ An", NULL, NULL);
	visit(&v->dev[0], v->unit, p->a, "2022-10-01", "4", "0");
	visit(&v->dev[1], v->unit, p->b, "2022-11-01", "5", "1");
	visit(&v->dev[2], v->unit, p->c, "2022-11-02", "10", "0");
	sync_all(v);
	sync_all(v);
	ok(form_load(v->office.s, "household", &p->f));
	expect_figures(v, 19, 1, 3);
}

static void pair_stop(struct pair *p)
{
	form_free(p->f);
	stop(&p->v);
}

static void expect_rep(struct village *v, int64_t id, int64_t rep)
{
	struct rig_node *n[] = {&v->root, &v->office, &v->dev[0], &v->dev[1], &v->dev[2]};
	int64_t found;
	size_t i;

	for (i = 0; i < sizeof n / sizeof *n; i++) {
		ok(same_rep(n[i]->s, v->unit, id, &found));
		assert_int_equal(found, rep);
	}
}

static void a_joined_household_counts_once_with_its_latest_visit(void **state)
{
	struct pair p;
	struct village *v = &p.v;

	(void)state;
	pair_start(&p);
	assert_int_equal(proposals(&v->office).n, 1);
	assert_int_equal(proposals(&v->root).n, 0); /* it knows no names */
	ok(same_join(v->office.s, p.f, p.a, p.b, 0));
	assert_int_equal(proposals(&v->office).n, 0);
	sync_all(v);
	expect_rep(v, p.b, p.a);
	expect_rep(v, p.a, p.a);
	expect_rep(v, p.c, p.c);
	expect_figures(v, 15, 1, 2); /* b's visit is the later */
	visit(&v->dev[0], v->unit, p.a, "2022-11-15", "6", "0");
	sync_all(v);
	expect_figures(v, 16, 0, 2);
	assert_int_equal(proposals(&v->dev[0]).n, 0);
	pair_stop(&p);
}

static void undoing_gives_the_earlier_figures_back(void **state)
{
	struct pair p;
	struct village *v = &p.v;
	struct verify_result before, after;

	(void)state;
	pair_start(&p);
	ok(verify_store(v->office.s, v->unit, &before));
	ok(same_join(v->office.s, p.f, p.b, p.a, 0));
	sync_all(v);
	expect_rep(v, p.a, p.b);
	expect_figures(v, 15, 1, 2);
	ok(same_undo(v->dev[0].s, p.f, p.a, 0));
	sync_all(v);
	expect_rep(v, p.a, p.a);
	expect_figures(v, 19, 1, 3);
	assert_int_equal(proposals(&v->office).n, 1); /* nobody has said anything any more */
	ok(verify_store(v->office.s, v->unit, &after));
	assert_int_equal(after.rows[CLASS_PERSONAL], before.rows[CLASS_PERSONAL]);
	assert_int_equal(after.rows[CLASS_OPEN], before.rows[CLASS_OPEN] + 1);
	assert_int_equal(same_undo(v->office.s, p.f, p.a, 0), ERR_NOTFOUND);
	pair_stop(&p);
}

static void what_is_different_is_not_proposed_again(void **state)
{
	struct pair p;
	struct village *v = &p.v;

	(void)state;
	pair_start(&p);
	ok(same_differ(v->dev[0].s, p.f, p.b, p.a, 0));
	sync_all(v);
	assert_int_equal(proposals(&v->office).n, 0);
	assert_int_equal(proposals(&v->dev[1]).n, 0);
	expect_figures(v, 19, 1, 3);
	ok(same_join(v->office.s, p.f, p.a, p.b, 0)); /* and may be thought better of */
	sync_all(v);
	expect_figures(v, 15, 1, 2);
	assert_int_equal(same_differ(v->office.s, p.f, p.a, p.b, 0), ERR_EXISTS);
	assert_int_equal(same_join(v->office.s, p.f, p.b, p.a, 0), ERR_EXISTS);
	pair_stop(&p);
}

static void what_cannot_be_joined_is_refused(void **state)
{
	struct pair p;
	struct village *v = &p.v;
	int64_t far;

	(void)state;
	pair_start(&p);
	far = add_household(&v->office, rig_unit(&v->office, "C-2"), "1", "Hoa", NULL, NULL);
	assert_int_equal(same_join(v->office.s, p.f, p.a, far, 0), ERR_BAD);
	assert_int_equal(same_join(v->office.s, p.f, p.a, p.a, 0), ERR_BAD);
	assert_int_equal(same_join(v->office.s, p.f, p.a, 77, 0), ERR_NOTFOUND);
	v->dev[0].s->self.scope = rig_unit(&v->office, "C-2");
	assert_int_equal(same_join(v->dev[0].s, p.f, p.a, p.b, 0), ERR_DENIED);
	v->dev[0].s->self.scope = v->unit;
	pair_stop(&p);
}

/* ---- joined apart, or by somebody who should not ------------------------------------------------ */

static void circles_made_by_three_nodes_come_out_the_same(void **state)
{
	struct pair p;
	struct village *v = &p.v;

	(void)state;
	pair_start(&p);
	ok(same_join(v->dev[0].s, p.f, p.a, p.b, 0));
	ok(same_join(v->dev[1].s, p.f, p.b, p.c, 0));
	ok(same_join(v->dev[2].s, p.f, p.c, p.a, 0));
	sync_all(v);
	sync_all(v);
	expect_rep(v, p.a, p.a);
	expect_rep(v, p.b, p.a);
	expect_rep(v, p.c, p.a);
	expect_figures(v, 10, 0, 1);
	ok(same_undo(v->office.s, p.f, p.c, 0));
	sync_all(v);
	expect_rep(v, p.b, p.a);
	expect_rep(v, p.c, p.c);
	expect_figures(v, 15, 1, 2);
	pair_stop(&p);
}

static void two_who_join_both_ways_and_a_third_who_differs_agree(void **state)
{
	struct pair p;
	struct village *v = &p.v;

	(void)state;
	pair_start(&p);
	ok(same_join(v->dev[0].s, p.f, p.a, p.b, 0));
	ok(same_join(v->dev[1].s, p.f, p.b, p.a, 0));
	ok(same_differ(v->dev[2].s, p.f, p.a, p.b, 0));
	sync_all(v);
	sync_all(v);
	expect_rep(v, p.a, p.a);
	expect_rep(v, p.b, p.a);
	expect_figures(v, 15, 1, 2);
	ok(same_undo(v->dev[2].s, p.f, p.b, 0));
	sync_all(v);
	expect_rep(v, p.b, p.b);
	expect_figures(v, 19, 1, 3);
	rig_same(&v->dev[0], &v->root, v->unit);
	pair_stop(&p);
}

static int no_conflict(void *arg, const struct conflict *c)
{
	(void)arg;
	print_error("a conflict about %s %s\n", c->form, c->question);
	return 1;
}

static void the_last_word_on_a_pair_counts_and_is_no_conflict(void **state)
{
	struct pair p;
	struct village *v = &p.v;

	(void)state;
	pair_start(&p);
	ok(same_join(v->office.s, p.f, p.a, p.b, 0));
	sync_all(v);
	ok(same_undo(v->dev[0].s, p.f, p.b, 0));
	pass(v, 60000);
	ok(same_undo(v->dev[1].s, p.f, p.b, 0));
	ok(same_differ(v->dev[1].s, p.f, p.a, p.b, 0));
	sync_all(v);
	expect_rep(v, p.b, p.b);
	assert_int_equal(proposals(&v->dev[0]).n, 0);
	assert_int_equal(conflict_each(v->office.s, no_conflict, NULL), 0);
	pair_stop(&p);
}

static void say_same(struct rig_node *n, int64_t unit, int64_t keep, int64_t other)
{
	struct tx *tx;

	ok(tx_begin(n->s, unit, &tx));
	ok(db_run(n->s, "INSERT INTO f__same VALUES(?, ?, 'household', ?, ?, 1, NULL)", "iiii",
	          tx_new_id(tx), unit, keep, other));
	ok(tx_commit(tx));
	tx_end(tx);
}

static void rows_of_others_cannot_join_ours_nor_harm(void **state)
{
	struct rig_node far;
	struct pair p;
	struct village *v = &p.v;
	int64_t elsewhere;

	(void)state;
	pair_start(&p);
	elsewhere = rig_unit(&v->office, "C-2");
	rig_join(&far, &v->office, "C-2", ROLE_DEVICE);
	rig_enrol(&far, &v->office);
	rig_sync(&far, &v->office);
	say_same(&far, elsewhere, p.a, p.b);
	say_same(&far, elsewhere, INT64_MIN, INT64_MAX);
	say_same(&far, elsewhere, 0, 0);
	say_same(&far, elsewhere, 0, -1);
	rig_sync(&far, &v->office);
	say_same(&v->dev[0], v->unit, 123, 456); /* of nothing that there is */
	sync_all(v);
	expect_rep(v, p.b, p.b);
	expect_figures(v, 19, 1, 3);
	ok(same_join(v->office.s, p.f, p.a, p.b, 0));
	sync_all(v);
	expect_figures(v, 15, 1, 2);
	rig_stop(&far);
	pair_stop(&p);
}

static void rebuilding_gives_the_same_groups(void **state)
{
	struct pair p;
	struct village *v = &p.v;

	(void)state;
	pair_start(&p);
	ok(same_join(v->office.s, p.f, p.b, p.a, 0));
	sync_all(v);
	ok(rebuild(v->office.s));
	ok(rebuild(v->root.s));
	expect_rep(v, p.a, p.b);
	expect_figures(v, 15, 1, 2);
	pair_stop(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_looks_the_same_is_proposed_with_the_reason),
		cmocka_unit_test(reasons_add_up_and_units_stay_apart),
		cmocka_unit_test(what_all_share_tells_nothing),
		cmocka_unit_test(a_joined_household_counts_once_with_its_latest_visit),
		cmocka_unit_test(undoing_gives_the_earlier_figures_back),
		cmocka_unit_test(what_is_different_is_not_proposed_again),
		cmocka_unit_test(what_cannot_be_joined_is_refused),
		cmocka_unit_test(circles_made_by_three_nodes_come_out_the_same),
		cmocka_unit_test(two_who_join_both_ways_and_a_third_who_differs_agree),
		cmocka_unit_test(the_last_word_on_a_pair_counts_and_is_no_conflict),
		cmocka_unit_test(rows_of_others_cannot_join_ours_nor_harm),
		cmocka_unit_test(rebuilding_gives_the_same_groups),
	};

	return cmocka_run_group_tests_name("duplicate", tests, NULL, NULL);
}
