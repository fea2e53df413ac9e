/* test_merge.c - whatever the order in which packs come, the same rows and conflicts. */
#include "tests/unit/rig.h"
#include "storage/clock.h"
#include "storage/merge.h"
#include "storage/pack.h"

#define AUTHORS 3
#define RECEIVERS 3
#define HISTORIES 40
#define EDITS 24

/* splitmix64: small, and the same everywhere */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* ---- three devices of one village under an office -------------------------------------------- */

struct village {
	struct rig_node root, office, dev[AUTHORS];
	int64_t unit;
};

static void settle_down(struct village *v)
{
	int i, turn;

	for (turn = 0; turn < 2; turn++)
		for (i = 0; i < AUTHORS; i++)
			rig_sync(&v->dev[i], &v->office);
}

/* Time goes by for everybody. */
static void pass(struct village *v, int64_t ms)
{
	int i;

	v->root.now_ms += ms;
	v->office.now_ms += ms;
	for (i = 0; i < AUTHORS; i++)
		v->dev[i].now_ms += ms;
}

static void start(struct village *v)
{
	int i;

	rig_root(&v->root);
	rig_join(&v->office, &v->root, "C", ROLE_OFFICE);
	rig_enrol(&v->office, &v->root);
	rig_sync(&v->office, &v->root);
	for (i = 0; i < AUTHORS; i++) {
		rig_join(&v->dev[i], &v->office, "C-1", ROLE_DEVICE);
		rig_enrol(&v->dev[i], &v->office);
	}
	settle_down(v);
	v->unit = rig_unit(&v->office, "C-1");
}

static void stop(struct village *v)
{
	int i;

	for (i = 0; i < AUTHORS; i++)
		rig_stop(&v->dev[i]);
	rig_stop(&v->office);
	rig_stop(&v->root);
}

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

/* A pack as it will be handed to a receiver. */
struct parcel {
	struct feed_key key;
	struct pack p;
	uint8_t *body; /* owned */
};

struct post {
	struct parcel item[4096];
	size_t n;
	struct feed_key key;
	enum class from, to;
};

static int post_pack(void *arg, const struct pack *p)
{
	struct post *post = arg;
	struct parcel *it = &post->item[post->n++];

	assert_true(post->n <= sizeof post->item / sizeof *post->item);
	it->key = post->key;
	it->p = *p;
	it->body = malloc(p->len);
	memcpy(it->body, p->body, p->len);
	it->p.body = it->body;
	return 0;
}

struct posting {
	struct rig_node *n;
	struct post *post;
};

static int post_feed(void *arg, const struct feed *f)
{
	struct posting *g = arg;

	g->post->key = f->key;
	if (f->key.class < g->post->from || f->key.class > g->post->to)
		return 0;
	return feed_packs(g->n->s, f, 0, post_pack, g->post);
}

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

static void collect(struct village *v, struct post *post, enum class from, enum class to)
{
	struct posting g = {&v->office, post};

	post->from = from;
	post->to = to;
	ok(feed_each(v->office.s, post_feed, &g));
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

/* ---- what is refused --------------------------------------------------------------------------- */

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
	struct store *s = v->dev[0].s;
	sqlite3_session *session;
	void *set;
	int len;

	ok(db_exec(s, "BEGIN"));
	assert_int_equal(sqlite3session_create(s->db, "main", &session), SQLITE_OK);
	assert_int_equal(sqlite3session_attach(session, NULL), SQLITE_OK);
	ok(db_exec(s, sql));
	assert_int_equal(sqlite3session_changeset(session, &len, &set), SQLITE_OK);
	ok(db_run(s,
	          "INSERT INTO entry(scope, class, wall_ms, seen, counter, changeset) VALUES(?, 1, ?, 0, 999, ?)",
	          "iib", scope, v->dev[0].now_ms, set, (size_t)len));
	sqlite3session_delete(session);
	sqlite3_free(set);
	ok(db_exec(s, "COMMIT"));
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
		cmocka_unit_test(a_changed_byte_in_a_pack_is_refused),
		cmocka_unit_test(a_gap_in_a_feed_is_refused),
		cmocka_unit_test(a_row_outside_its_scope_is_set_aside_and_the_rest_goes_on),
		cmocka_unit_test(a_row_under_another_nodes_number_is_set_aside),
		cmocka_unit_test(a_pack_of_an_unknown_table_waits_and_goes_in_when_it_comes),
		cmocka_unit_test(mutilated_bodies_are_refused_whatever_their_bytes),
	};

	return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
