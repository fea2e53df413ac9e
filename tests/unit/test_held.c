/* test_held.c - how far each record has travelled, exact for each. */
#include "tests/unit/households.h"
#include "storage/held.h"
#include "storage/pack.h"

static void expect_held(struct rig_node *n, int64_t id, enum held wanted)
{
	struct form *f;
	struct record *r;
	enum held found;

	ok(form_load(n->s, "household", &f));
	ok(record_get(n->s, f, id, &r));
	ok(record_held(n->s, r, &found));
	assert_int_equal(found, wanted);
	record_free(r);
	form_free(f);
}

static void expect_counts(struct rig_node *n, int64_t made, int64_t at_parent, int64_t at_root)
{
	struct held_counts c;

	ok(held_count(n->s, &c));
	assert_int_equal(c.made, made);
	assert_int_equal(c.at_parent, at_parent);
	assert_int_equal(c.at_root, at_root);
}

static void each_record_is_as_far_as_its_own_pack(void **state)
{
	struct village v;
	struct rig_node *d = &v.dev[0];
	int64_t first, second, third, fourth;

	(void)state;
	start_with_forms(&v);
	first = add_household(d, v.unit, "1", "Hoa", NULL, NULL);
	expect_held(d, first, HELD_HERE);
	sync_all(&v);
	second = add_household(d, v.unit, "2", "Lan", NULL, NULL);
	rig_sync(d, &v.office);
	third = add_household(d, v.unit, "3", "Mai", NULL, NULL);
	ok(pack_seal(d->s));
	fourth = add_household(d, v.unit, "4", "Nga", NULL, NULL);
	expect_held(d, first, HELD_ROOT);
	expect_held(d, second, HELD_PARENT);
	expect_held(d, third, HELD_SEALED);
	expect_held(d, fourth, HELD_HERE);
	expect_counts(d, 4, 2, 1);
	/* at the office: what is its own parent's, the root's */
	expect_held(&v.office, first, HELD_ROOT);
	expect_held(&v.office, second, HELD_SEALED);
	expect_counts(&v.office, 0, 0, 0);
	expect_held(&v.root, first, HELD_ROOT);
	sync_all(&v);
	expect_held(d, fourth, HELD_ROOT);
	expect_counts(d, 4, 4, 4);
	stop(&v);
}

static void an_edit_on_the_way_keeps_only_its_own_record_back(void **state)
{
	struct village v;
	struct rig_node *d = &v.dev[0];
	int64_t first, second;

	(void)state;
	start_with_forms(&v);
	first = add_household(d, v.unit, "1", "Hoa", NULL, NULL);
	second = add_household(d, v.unit, "2", "Lan", NULL, NULL);
	sync_all(&v);
	answer(d, v.unit, first, "persons", "4");
	expect_held(d, first, HELD_HERE);
	expect_held(d, second, HELD_ROOT);
	ok(pack_seal(d->s));
	expect_held(d, first, HELD_SEALED);
	expect_held(d, second, HELD_ROOT);
	rig_sync(d, &v.office);
	expect_held(d, first, HELD_PARENT);
	expect_held(d, second, HELD_ROOT);
	sync_all(&v);
	expect_held(d, first, HELD_ROOT);
	stop(&v);
}

static void an_edit_by_the_office_counts_as_well(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = add_household(&v.dev[0], v.unit, "1", "Hoa", NULL, NULL);
	sync_all(&v);
	answer(&v.office, v.unit, id, "persons", "4");
	expect_held(&v.office, id, HELD_HERE);
	rig_sync(&v.dev[0], &v.office);
	expect_answer(&v.dev[0], id, "persons", "4");
	expect_held(&v.dev[0], id, HELD_PARENT);
	rig_sync(&v.office, &v.root);
	expect_held(&v.office, id, HELD_ROOT);
	rig_sync(&v.dev[0], &v.office);
	expect_held(&v.dev[0], id, HELD_ROOT);
	stop(&v);
}

static void personal_answers_count_up_to_the_commune(void **state)
{
	struct village v;
	struct rig_node *d = &v.dev[0];
	int64_t id;

	(void)state;
	start_with_forms(&v);
	id = add_household(d, v.unit, "1", "Hoa", NULL, NULL);
	sync_all(&v);
	answer(d, v.unit, id, "phone", "0100");
	expect_held(d, id, HELD_HERE);
	rig_sync(d, &v.office);
	expect_held(d, id, HELD_ROOT); /* the province is not to have it */
	answer(&v.office, v.unit, id, "phone", "0200");
	expect_held(&v.office, id, HELD_ROOT);
	stop(&v);
}

static void a_restored_device_is_exact_in_both_its_epochs(void **state)
{
	struct village v;
	struct rig_node *d = &v.dev[0];
	int64_t kept, lost, again;

	(void)state;
	start_with_forms(&v);
	kept = add_household(d, v.unit, "1", "Hoa", NULL, NULL);
	sync_all(&v);
	ok(backup_write(d->s, "copy", NULL, NULL));
	lost = add_household(d, v.unit, "2", "Lan", NULL, NULL);
	rig_sync(d, &v.office);
	rig_restore(d, "copy");
	again = add_household(d, v.unit, "3", "Mai", NULL, NULL);
	expect_held(d, kept, HELD_ROOT);
	expect_held(d, again, HELD_HERE);
	rig_sync(d, &v.office);
	expect_held(d, lost, HELD_PARENT);
	expect_held(d, again, HELD_PARENT);
	expect_counts(d, 3, 3, 1);
	sync_all(&v);
	expect_held(d, lost, HELD_ROOT);
	expect_held(d, again, HELD_ROOT);
	expect_counts(d, 3, 3, 3);
	unlink("copy");
	stop(&v);
}

static void a_parent_that_lost_packs_takes_its_word_back(void **state)
{
	struct village v;
	struct rig_node *d = &v.dev[0];
	int64_t first, second;

	(void)state;
	start_with_forms(&v);
	first = add_household(d, v.unit, "1", "Hoa", NULL, NULL);
	rig_sync(d, &v.office);
	second = add_household(d, v.unit, "2", "Lan", NULL, NULL);
	rig_sync(d, &v.office);
	expect_held(d, second, HELD_PARENT);
	ok(db_exec(d->s, "UPDATE feed SET parent_head = 1 WHERE class > 0"));
	expect_held(d, first, HELD_PARENT);
	expect_held(d, second, HELD_SEALED);
	stop(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_record_is_as_far_as_its_own_pack),
		cmocka_unit_test(an_edit_on_the_way_keeps_only_its_own_record_back),
		cmocka_unit_test(an_edit_by_the_office_counts_as_well),
		cmocka_unit_test(personal_answers_count_up_to_the_commune),
		cmocka_unit_test(a_restored_device_is_exact_in_both_its_epochs),
		cmocka_unit_test(a_parent_that_lost_packs_takes_its_word_back),
	};

	return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
