/* test_record_personal.c - personal answers that come later, from somebody else. */
#include "tests/unit/households.h"

static void the_first_personal_answer_may_be_somebody_elses(void **state)
{
	struct village v;
	int64_t id, aside;
	int i;

	(void)state;
	start_with_forms(&v);
	id = add_household(&v.dev[0], v.unit, "1", NULL, NULL, NULL);
	sync_all(&v);
	answer(&v.office, v.unit, id, "phone", "0100");
	pass(&v, 60000);
	answer(&v.dev[1], v.unit, id, "phone", "0200");
	sync_all(&v);
	for (i = 0; i < AUTHORS; i++) {
		ok(db_int(v.dev[i].s, &aside, "SELECT count(*) FROM pack WHERE state <> 0", ""));
		assert_int_equal(aside, 0);
		expect_answer(&v.dev[i], id, "phone", "0200");
	}
	expect_answer(&v.office, id, "phone", "0200");
	stop(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_personal_answer_may_be_somebody_elses),
	};

	return cmocka_run_group_tests_name("record_personal", tests, NULL, NULL);
}
