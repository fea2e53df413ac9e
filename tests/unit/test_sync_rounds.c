/* test_sync_rounds.c - how little a sync says: round trips, heads, and going on after a restart. */
#include "tests/unit/pair.h"
#include "protocol/sync_client.h"
#include "storage/backup.h"

/* A sync of a node that knows the time; returns the round trips, and the longest answer. */
static uint64_t sync_known(struct rig_node *n, struct rig_node *parent, size_t *longest)
{
	struct buf ask = {0}, answer = {0};
	struct sync_client c;

	*longest = 0;
	sync_init(&c, n->s, parent->s->self.scope);
	c.clock_known = true;
	while (sync_next(&c, &ask) == 1) {
		ok(sync_serve(parent->s, n->s->self.scope, ask.data, ask.len, &answer, NULL));
		ok(sync_answer(&c, answer.data, answer.len, 0));
		*longest = answer.len > *longest ? answer.len : *longest;
	}
	assert_int_equal(c.state, DONE);
	assert_int_equal(c.refused, 0);
	sync_release(&c);
	buf_release(&ask);
	buf_release(&answer);
	return c.rounds;
}

static void a_node_that_knows_the_time_sends_at_once(void **state)
{
	struct pair p;
	size_t longest;
	int64_t id;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	rig_sync(&p.dev, &p.office);
	id = rig_insert(&p.dev, p.unit, "x", 1);
	assert_int_equal(sync_known(&p.dev, &p.office, &longest), 1);
	rig_expect(&p.office, id, "x");
	assert_int_equal(sync_known(&p.dev, &p.office, &longest), 1);
	stop(&p);
}

static void heads_are_told_once(void **state)
{
	struct pair p;
	size_t all, longest;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	sync_known(&p.dev, &p.office, &all);
	rig_insert(&p.office, p.unit, "x", 1);
	assert_int_equal(sync_known(&p.dev, &p.office, &longest), 2);
	rig_insert(&p.office, p.unit, "y", 1);
	rig_sync(&p.office, &p.root);
	rig_sync_some(&p.dev, &p.office, 1); /* cut off: not told for good yet */
	assert_int_equal(sync_known(&p.dev, &p.office, &longest), 2);
	assert_int_equal(sync_known(&p.dev, &p.office, &longest), 1);
	assert_true(longest < 50);
	rig_same(&p.dev, &p.office, p.unit);
	stop(&p);
}

static void a_parent_that_lost_packs_gets_them_again(void **state)
{
	struct pair p;
	size_t longest;
	int64_t id[3];
	int i;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	id[0] = rig_insert(&p.dev, p.unit, "0", 1);
	sync_known(&p.dev, &p.office, &longest);
	ok(backup_write(p.office.s, "copy", NULL, NULL));
	id[1] = rig_insert(&p.dev, p.unit, "1", 1);
	sync_known(&p.dev, &p.office, &longest);
	rig_restore(&p.office, "copy");
	id[2] = rig_insert(&p.dev, p.unit, "2", 1);
	assert_true(sync_known(&p.dev, &p.office, &longest) <= 3);
	for (i = 0; i < 3; i++)
		rig_expect(&p.office, id[i], (char[]){(char)('0' + i), 0});
	unlink("copy");
	stop(&p);
}

/* The process ends with the request numbered at under way; another one takes it up. */
static void take_up(unsigned at)
{
	struct buf ask = {0}, answer = {0};
	struct sync_client c;
	struct pair p;
	int64_t id[2];
	unsigned k;
	int rc;

	start(&p);
	rig_enrol(&p.dev, &p.office);
	rig_sync(&p.dev, &p.office);
	id[0] = rig_insert(&p.dev, p.unit, "up", 1);
	id[1] = rig_insert(&p.office, p.unit, "down", 1);
	sync_init(&c, p.dev.s, p.office.s->self.scope);
	for (k = 0; (rc = sync_next(&c, &ask)) == 1; k++) {
		assert_true(k < 8);
		if (k == at) {
			sync_release(&c);
			sync_init(&c, p.dev.s, p.office.s->self.scope);
			assert_int_equal(sync_resume(&c, ask.data, ask.len - 1), ERR_BAD);
			ok(sync_resume(&c, ask.data, ask.len));
		}
		ok(sync_serve(p.office.s, p.unit, ask.data, ask.len, &answer, NULL));
		ok(sync_answer(&c, answer.data, answer.len, 0));
	}
	ok(rc);
	assert_true(k > at);
	rig_expect(&p.office, id[0], "up");
	rig_expect(&p.dev, id[1], "down");
	assert_int_equal(rig_sync(&p.dev, &p.office), 1);
	sync_release(&c);
	buf_release(&ask);
	buf_release(&answer);
	stop(&p);
}

static void a_request_is_taken_up_by_another_process(void **state)
{
	unsigned at;

	(void)state;
	for (at = 0; at < 3; at++) /* what is here, packs up, packs down */
		take_up(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_that_knows_the_time_sends_at_once),
		cmocka_unit_test(heads_are_told_once),
		cmocka_unit_test(a_parent_that_lost_packs_gets_them_again),
		cmocka_unit_test(a_request_is_taken_up_by_another_process),
	};

	return cmocka_run_group_tests_name("sync rounds", tests, NULL, NULL);
}
