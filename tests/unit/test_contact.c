/* Who was here when, and with what: the latest stands, and what is not said leaves what is known. */
#include "tests/unit/rig.h"

#include "storage/contact.h"

static void the_latest_stands_and_what_is_not_said_stays(void **state)
{
	const struct contact first[] =
		{{.node = 5, .at_ms = 1000, .same_ms = 900, .program = "0.1.0"},
	         {.node = 6, .at_ms = 1100}};
	const struct contact then[] = {{.node = 5, .at_ms = 2000},
	                               {.node = 6, .at_ms = 700, .program = "0.2.0"}};
	struct rig_node n;
	struct contact c;

	(void)state;
	rig_root(&n);
	ok(contact_put(n.s, first, 2));
	ok(contact_put(n.s, then, 2));
	ok(contact_put(n.s, NULL, 0));
	ok(contact_get(n.s, 5, &c));
	assert_int_equal(c.at_ms, 2000);
	assert_int_equal(c.same_ms, 900);
	assert_string_equal(c.program, "0.1.0");
	ok(contact_get(n.s, 6, &c));
	assert_int_equal(c.at_ms, 1100);
	assert_int_equal(c.same_ms, 0);
	assert_string_equal(c.program, "0.2.0");
	ok(contact_get(n.s, 7, &c));
	assert_int_equal(c.at_ms, 0);
	assert_string_equal(c.program, "");
	rig_stop(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_latest_stands_and_what_is_not_said_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
