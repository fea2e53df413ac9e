/* test_merge.c - whatever the order in which packs come, the same rows and conflicts. */
#include "tests/unit/village.h"
#include "storage/merge.h"

#define RECEIVERS 3
#define HISTORIES 12
#define EDITS 24

static int count_conflict(void *arg, const struct conflict *c)
{
	(void)c;
	++*(int *)arg;
	return 0;
}

static int conflicts(struct rig_node *n)
{
	int count = 0;

	ok(conflict_each(n->s, count_conflict, &count));
	return count;
}

static void the_later_write_of_a_cell_wins_everywhere(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start(&v);
	id = rig_insert(&v.dev[0], v.unit, "first", 1);
	settle_down(&v);
	rig_update(&v.dev[1], v.unit, id, "earlier");
	pass(&v, 60000);
	rig_update(&v.dev[0], v.unit, id, "later");
	settle_down(&v);
	rig_expect(&v.dev[0], id, "later");
	rig_expect(&v.dev[1], id, "later");
	rig_expect(&v.office, id, "later");
	assert_int_equal(conflicts(&v.office), 1);
	assert_int_equal(conflicts(&v.dev[1]), 1);
	stop(&v);
}

static void equal_clocks_are_decided_by_node_number(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start(&v);
	id = rig_insert(&v.dev[0], v.unit, "first", 1);
	settle_down(&v);
	pass(&v, 60000);
	rig_update(&v.dev[1], v.unit, id, "higher number");
	rig_update(&v.dev[0], v.unit, id, "lower number");
	settle_down(&v);
	rig_expect(&v.dev[0], id, "higher number");
	rig_expect(&v.office, id, "higher number");
	stop(&v);
}

static void an_edit_on_top_of_a_seen_one_is_no_conflict(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start(&v);
	id = rig_insert(&v.dev[0], v.unit, "first", 1);
	settle_down(&v);
	rig_update(&v.dev[0], v.unit, id, "second");
	settle_down(&v);
	v.dev[1].now_ms -= 3600000; /* its clock is an hour behind, and still it wins */
	rig_update(&v.dev[1], v.unit, id, "third");
	settle_down(&v);
	rig_expect(&v.office, id, "third");
	rig_expect(&v.dev[0], id, "third");
	assert_int_equal(conflicts(&v.office), 0);
	stop(&v);
}

static void different_cells_of_a_row_do_not_collide(void **state)
{
	struct village v;
	struct tx *tx;
	int64_t id, b;

	(void)state;
	start(&v);
	id = rig_insert(&v.dev[0], v.unit, "first", 1);
	settle_down(&v);
	rig_update(&v.dev[0], v.unit, id, "second");
	ok(tx_begin(v.dev[1].s, v.unit, &tx));
	ok(db_run(v.dev[1].s, "UPDATE f_thing SET b = 2 WHERE _id = ?", "i", id));
	ok(tx_commit(tx));
	tx_end(tx);
	settle_down(&v);
	rig_expect(&v.office, id, "second");
	ok(db_int(v.office.s, &b, "SELECT b FROM f_thing WHERE _id = ?", "i", id));
	assert_int_equal(b, 2);
	assert_int_equal(conflicts(&v.office), 0);
	stop(&v);
}

static void a_later_write_brings_a_deleted_row_back(void **state)
{
	struct village v;
	int64_t id;

	(void)state;
	start(&v);
	id = rig_insert(&v.dev[0], v.unit, "first", 7);
	settle_down(&v);
	rig_delete(&v.dev[0], v.unit, id);
	pass(&v, 60000);
	rig_update(&v.dev[1], v.unit, id, "still wanted");
	settle_down(&v);
	rig_expect(&v.dev[0], id, "still wanted");
	rig_expect(&v.dev[2], id, "still wanted");
	rig_same(&v.dev[0], &v.office, v.unit);
	stop(&v);
}

static void an_earlier_write_does_not_bring_it_back(void **state)
{
	struct village v;
	int64_t id;
	char a[64];

	(void)state;
	start(&v);
	id = rig_insert(&v.dev[0], v.unit, "first", 7);
	settle_down(&v);
	rig_update(&v.dev[1], v.unit, id, "before");
	pass(&v, 60000);
	rig_delete(&v.dev[0], v.unit, id);
	settle_down(&v);
	assert_false(rig_a(&v.dev[1], id, a));
	assert_false(rig_a(&v.office, id, a));
	rig_same(&v.dev[1], &v.office, v.unit);
	stop(&v);
}

/* ---- any order ----------------------------------------------------------------------------------- */

/* Delivers in an order drawn from seed: packs of a feed in sequence, feeds interleaved, some
 * packs twice, and a restart now and then. */
static void deliver(struct rig_node *to, const struct post *post, uint64_t *seed)
{
	char *done = calloc(post->n, 1);
	size_t left = post->n, i;
	struct feed f;

	while (left) {
		i = draw(seed) % post->n;
		while (done[i])
			i = (i + 1) % post->n;
		while (i > 0 && !done[i - 1] &&
		       !memcmp(&post->item[i - 1].key, &post->item[i].key,
		               sizeof post->item[i].key))
			i--;
		f = (struct feed){.key = post->item[i].key};
		ok(feed_receive(to->s, &f, &post->item[i].p));
		if (draw(seed) % 8 == 0)
			ok(feed_receive(to->s, &f, &post->item[i].p));
		if (draw(seed) % 64 == 0)
			rig_open(to);
		done[i] = 1;
		left--;
	}
	free(done);
}

static void random_edits(struct village *v, uint64_t *seed)
{
	int64_t ids[8] = {0};
	char text[16];
	int i, k;

	for (k = 0; k < 8; k++)
		ids[k] = rig_insert(&v->dev[k % AUTHORS], v->unit, "start", k);
	settle_down(v);
	for (i = 0; i < EDITS; i++) {
		struct rig_node *n = &v->dev[draw(seed) % AUTHORS];
		int64_t id = ids[draw(seed) % 8];

		pass(v, (int64_t)(draw(seed) % 3)); /* ties too */
		snprintf(text, sizeof text, "v%d", (int)(draw(seed) % 6));
		switch (draw(seed) % 6) {
		case 0:
			rig_delete(n, v->unit, id);
			break;
		case 1:
			rig_sync(n, &v->office);
			break;
		default:
			rig_update(n, v->unit, id, text);
		}
	}
	settle_down(v);
}

/* A node that knows the keys and the tree but has none of the village's packs. */
static void receiver(struct village *v, struct rig_node *n, const struct post *ref)
{
	struct feed f;
	size_t i;

	rig_join(n, &v->office, "C", ROLE_DEVICE);
	rig_enrol(n, &v->office);
	for (i = 0; i < ref->n; i++) {
		f = (struct feed){.key = ref->item[i].key};
		ok(feed_receive(n->s, &f, &ref->item[i].p));
	}
}

static void one_history(uint64_t seed)
{
	static struct post ref, open;
	struct rig_node to[RECEIVERS];
	struct village v;
	size_t i;
	int k;

	ref.n = open.n = 0;
	start(&v);
	random_edits(&v, &seed);
	collect(&v, &ref, CLASS_REF, CLASS_REF);
	collect(&v, &open, CLASS_OPEN, CLASS_PERSONAL);
	for (k = 0; k < RECEIVERS; k++) {
		receiver(&v, &to[k], &ref);
		deliver(&to[k], &open, &seed);
		rig_same(&to[k], &v.office, v.unit);
		assert_int_equal(conflicts(&to[k]), conflicts(&v.office));
		rig_stop(&to[k]);
	}
	for (k = 0; k < AUTHORS; k++)
		rig_same(&v.dev[k], &v.office, v.unit);
	stop(&v);
	for (i = 0; i < ref.n; i++)
		free(ref.item[i].body);
	for (i = 0; i < open.n; i++)
		free(open.item[i].body);
}

static void any_order_of_packs_gives_the_same_rows_and_conflicts(void **state)
{
	const char *given = getenv("SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : 1,
		 last = given ? seed : seed + HISTORIES - 1;

	(void)state;
	for (; seed <= last; seed++) {
		print_message("# replay with SEED=%" PRIu64 "\n", seed);
		one_history(seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_later_write_of_a_cell_wins_everywhere),
		cmocka_unit_test(equal_clocks_are_decided_by_node_number),
		cmocka_unit_test(an_edit_on_top_of_a_seen_one_is_no_conflict),
		cmocka_unit_test(different_cells_of_a_row_do_not_collide),
		cmocka_unit_test(a_later_write_brings_a_deleted_row_back),
		cmocka_unit_test(an_earlier_write_does_not_bring_it_back),
		cmocka_unit_test(any_order_of_packs_gives_the_same_rows_and_conflicts),
	};

	return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
