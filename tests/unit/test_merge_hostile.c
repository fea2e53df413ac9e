/* test_merge_hostile.c - packs that may not be merged, and bytes that are none. */
#include "tests/unit/village.h"
#include "storage/merge.h"
#include "storage/pack.h"

static void take_first_open(struct village *v, struct post *post)
{
	post->n = 0;
	rig_insert(&v->dev[0], v->unit, "x", 1);
	settle_down(v);
	collect(v, post, CLASS_OPEN, CLASS_OPEN);
	assert_true(post->n > 0);
}

static void a_changed_byte_in_a_pack_is_refused(void **state)
{
	static struct post post;
	struct rig_node n;
	struct village v;
	struct feed f;

	(void)state;
	start(&v);
	take_first_open(&v, &post);
	rig_join(&n, &v.office, "C", ROLE_DEVICE);
	rig_enrol(&n, &v.office);
	n.now_ms = v.office.now_ms;
	f = (struct feed){.key = post.item[0].key};
	assert_int_equal(feed_receive(n.s, &f, &post.item[0].p), ERR_DENIED); /* author unknown */
	rig_sync_some(&n, &v.office, 2);
	f = (struct feed){.key = {ROOT_NUMBER << 1, 0, v.unit, CLASS_OPEN}};
	assert_int_equal(feed_receive(n.s, &f, &post.item[0].p), ERR_DENIED);
	f = (struct feed){.key = post.item[0].key};
	f.key.epoch = 9; /* a feed that is not there: the signature is of another */
	assert_int_equal(feed_receive(n.s, &f, &post.item[0].p), ERR_DENIED);
	post.item[0].body[post.item[0].p.len / 2] ^= 1;
	assert_int_equal(feed_receive(n.s, &f, &post.item[0].p), ERR_DENIED);
	rig_stop(&n);
	stop(&v);
	free(post.item[0].body);
}

static void a_gap_in_a_feed_is_refused(void **state)
{
	static struct post post;
	struct village v;
	struct feed f;

	(void)state;
	start(&v);
	take_first_open(&v, &post);
	f = (struct feed){.key = post.item[0].key};
	post.item[0].p.seq = 7;
	assert_int_equal(feed_receive(v.root.s, &f, &post.item[0].p), ERR_NOTFOUND);
	stop(&v);
	free(post.item[0].body);
}

static int64_t quarantined(struct rig_node *n)
{
	int64_t count;

	ok(db_int(n->s, &count, "SELECT count(*) FROM pack WHERE state = 2", ""));
	return count;
}

/* The device writes, past the door, what it may not; its own signature is good. */
static void forge(struct village *v, const char *sql, int64_t scope)
{
	rig_forge(&v->dev[0], sql, scope);
}

static void a_row_outside_its_scope_is_set_aside_and_the_rest_goes_on(void **state)
{
	struct village v;
	char sql[200], a[64];
	int64_t other, id, next;

	(void)state;
	start(&v);
	other = rig_unit(&v.office, "C-2");
	id = (int64_t)v.dev[0].s->self.number << 35 | 999;
	snprintf(sql, sizeof sql, "INSERT INTO f_thing VALUES(%" PRId64 ", %" PRId64 ", 'x', 1)",
	         id, other);
	forge(&v, sql, v.unit);
	next = rig_insert(&v.dev[0], v.unit, "honest", 2);
	settle_down(&v);
	settle_down(&v);
	assert_true(quarantined(&v.office) > 0);
	assert_false(rig_a(&v.office, id, a));
	rig_insert(&v.dev[0], v.unit, "after", 3);
	settle_down(&v);
	(void)next;
	stop(&v);
}

static void a_row_under_another_nodes_number_is_set_aside(void **state)
{
	struct village v;
	char sql[200], a[64];
	int64_t id;

	(void)state;
	start(&v);
	id = (int64_t)v.dev[1].s->self.number << 35 | 999;
	snprintf(sql, sizeof sql, "INSERT INTO f_thing VALUES(%" PRId64 ", %" PRId64 ", 'x', 1)",
	         id, v.unit);
	forge(&v, sql, v.unit);
	settle_down(&v);
	assert_int_equal(quarantined(&v.office), 1);
	assert_false(rig_a(&v.office, id, a));
	stop(&v);
}

/* The same id twice, in feeds of two epochs, and a deletion between them. */
static void two_inserts_of_a_row_give_the_same_whichever_comes_first(void **state)
{
	static struct post post;
	struct rig_node to[2];
	struct village v;
	struct feed f;
	char sql[200];
	size_t i;
	int64_t id;
	int k;

	(void)state;
	post.n = 0;
	start(&v);
	id = (int64_t)v.dev[0].s->self.number << 35 | 999;
	for (k = 0; k < 2; k++) {
		ok(db_exec(v.dev[0].s, "DELETE FROM f_thing"));
		snprintf(sql, sizeof sql,
		         "INSERT INTO f_thing VALUES(%" PRId64 ", %" PRId64 ", '%s', %d)", id,
		         v.unit, k ? "two" : "one", k ? 1 : 2);
		forge(&v, sql, v.unit);
		ok(pack_seal(v.dev[0].s));
		v.dev[0].s->self.epoch++;
	}
	rig_sync(&v.dev[0], &v.office);
	collect(&v, &post, CLASS_OPEN, CLASS_OPEN);
	assert_int_equal(post.n, 2);
	for (k = 0; k < 2; k++) {
		rig_join(&to[k], &v.office, "C", ROLE_DEVICE);
		rig_enrol(&to[k], &v.office);
		rig_sync_some(&to[k], &v.office, 2); /* hello, and the common tables */
		for (i = 0; i < 2; i++) {
			f = (struct feed){.key = post.item[i ^ (size_t)k].key};
			ok(feed_receive(to[k].s, &f, &post.item[i ^ (size_t)k].p));
		}
		rig_expect(&to[k], id, "two");
	}
	rig_same(&to[0], &to[1], v.unit);
	rig_same(&to[0], &v.office, v.unit);
	for (k = 0; k < 2; k++) {
		rig_stop(&to[k]);
		free(post.item[k].body);
	}
	stop(&v);
}

static void a_pack_of_an_unknown_table_waits_and_goes_in_when_it_comes(void **state)
{
	struct village v;
	int64_t id, waiting;

	(void)state;
	start(&v);
	ok(db_exec(v.office.s, "DROP TABLE f_thing"));
	id = rig_insert(&v.dev[0], v.unit, "patient", 1);
	rig_sync(&v.dev[0], &v.office);
	ok(db_int(v.office.s, &waiting, "SELECT count(*) FROM pack WHERE state = 1", ""));
	assert_int_equal(waiting, 1);
	ok(db_exec(v.office.s, RIG_TABLE));
	ok(merge_waiting(v.office.s));
	rig_expect(&v.office, id, "patient");
	ok(db_int(v.office.s, &waiting, "SELECT count(*) FROM pack WHERE state = 1", ""));
	assert_int_equal(waiting, 0);
	stop(&v);
}

static void mutilated_bodies_are_refused_whatever_their_bytes(void **state)
{
	static struct post post;
	uint64_t seed = 7, i, k;
	struct village v;
	int64_t clock;
	uint8_t *copy;

	(void)state;
	start(&v);
	take_first_open(&v, &post);
	for (i = 0; i < 2000; i++) {
		copy = malloc(post.item[0].p.len);
		memcpy(copy, post.item[0].body, post.item[0].p.len);
		for (k = 0; k <= i % 4; k++)
			copy[draw(&seed) % post.item[0].p.len] = (uint8_t)draw(&seed);
		pack_last_clock(copy, draw(&seed) % (post.item[0].p.len + 1), &clock);
		free(copy);
	}
	stop(&v);
	free(post.item[0].body);
}

/* ---- changesets that no session makes -------------------------------------------------------- */

static void put_int(struct buf *b, int64_t v)
{
	int shift;

	buf_u8(b, 1);
	for (shift = 56; shift >= 0; shift -= 8)
		buf_u8(b, (unsigned)((uint64_t)v >> shift) & 0xff);
}

/* A changeset of f_thing(_id, _unit, a, b); the caller adds changes. */
static void put_table(struct buf *b)
{
	buf_add(b, "T\4\1\0\0\0f_thing", 14);
}

static void write_raw(struct village *v, const struct buf *set)
{
	ok(db_run(v->dev[0].s,
	          "INSERT INTO entry(scope, class, wall_ms, seen, counter, changeset)"
	          " VALUES(?, 1, ?, 0, 999, ?)",
	          "iib", v->unit, v->dev[0].now_ms, set->data, set->len));
}

static void a_change_without_its_old_or_new_values_hurts_nobody(void **state)
{
	struct buf set = {0};
	struct village v;
	int64_t id;

	(void)state;
	start(&v);
	id = rig_insert(&v.dev[0], v.unit, "first", 1);
	settle_down(&v);
	put_table(&set);
	buf_add(&set, "\27\0", 2); /* an update whose old value of a is not there */
	put_int(&set, id);
	buf_add(&set, "\0\0\0\0\0\3\1x\0", 9);
	write_raw(&v, &set);
	settle_down(&v);
	rig_expect(&v.office, id, "first");
	assert_int_equal(quarantined(&v.office), 1);
	buf_reset(&set);
	put_table(&set);
	buf_add(&set, "\22\0", 2); /* an insert without a and b */
	put_int(&set, (int64_t)v.dev[0].s->self.number << 35 | 500);
	put_int(&set, v.unit);
	buf_add(&set, "\0\0", 2);
	write_raw(&v, &set);
	settle_down(&v);
	assert_int_equal(quarantined(&v.office), 2);
	rig_same(&v.dev[1], &v.office, v.unit);
	buf_release(&set);
	stop(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_byte_in_a_pack_is_refused),
		cmocka_unit_test(a_gap_in_a_feed_is_refused),
		cmocka_unit_test(a_row_outside_its_scope_is_set_aside_and_the_rest_goes_on),
		cmocka_unit_test(a_row_under_another_nodes_number_is_set_aside),
		cmocka_unit_test(two_inserts_of_a_row_give_the_same_whichever_comes_first),
		cmocka_unit_test(a_pack_of_an_unknown_table_waits_and_goes_in_when_it_comes),
		cmocka_unit_test(mutilated_bodies_are_refused_whatever_their_bytes),
		cmocka_unit_test(a_change_without_its_old_or_new_values_hurts_nobody),
	};

	return cmocka_run_group_tests_name("merge_hostile", tests, NULL, NULL);
}
