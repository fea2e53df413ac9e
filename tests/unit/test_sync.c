/* test_sync.c - enrolment and the sync state machine, without a network. */
#include "tests/unit/pair.h"
#include "storage/clock.h"
#include "storage/meta.h"
#include "storage/pack.h"

static void what_was_recorded_before_enrolment_arrives(void **state)
{
	struct pair p;
	int64_t id;

	(void)state;
	start(&p);
	id = rig_insert(&p.dev, p.unit, "early", 1);
	rig_enrol(&p.dev, &p.office);
	rig_sync(&p.dev, &p.office);
	rig_expect(&p.office, id, "early");
	rig_sync(&p.office, &p.root);
	rig_expect(&p.root, id, "early");
	rig_same(&p.dev, &p.root, p.unit);
	stop(&p);
}

static void a_sync_with_nothing_to_say_is_one_round_trip(void **state)
{
	struct pair p;

	(void)state;
	start(&p);
	rig_insert(&p.dev, p.unit, "x", 1);
	rig_enrol(&p.dev, &p.office);
	assert_true(rig_sync(&p.dev, &p.office) > 1);
	assert_int_equal(rig_sync(&p.dev, &p.office), 1);
	stop(&p);
}

static void new_records_cost_two_round_trips(void **state)
{
	struct pair p;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	rig_sync(&p.dev, &p.office);
	rig_insert(&p.dev, p.unit, "x", 1);
	assert_int_equal(rig_sync(&p.dev, &p.office), 2);
	stop(&p);
}

static int root_head(void *arg, const struct feed *f)
{
	if (f->key.class == CLASS_OPEN)
		*(uint32_t *)arg = f->root_head;
	return 0;
}

static void the_device_learns_what_the_root_holds(void **state)
{
	struct pair p;
	uint32_t head = 0;

	(void)state;
	start(&p);
	rig_insert(&p.dev, p.unit, "x", 1);
	rig_enrol(&p.dev, &p.office);
	rig_sync(&p.dev, &p.office);
	ok(feed_each(p.dev.s, root_head, &head));
	assert_int_equal(head, 0);
	rig_sync(&p.office, &p.root);
	rig_sync(&p.dev, &p.office);
	ok(feed_each(p.dev.s, root_head, &head));
	assert_int_equal(head, 1);
	stop(&p);
}

static void personal_data_does_not_leave_the_commune(void **state)
{
	struct pair p;
	struct tx *tx;
	int64_t rows;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	rig_sync(&p.dev, &p.office);
	ok(tx_begin(p.dev.s, p.unit, &tx));
	ok(db_run(p.dev.s, "INSERT INTO p_thing VALUES(?, ?, 'Hoa')", "ii", tx_new_id(tx), p.unit));
	ok(tx_commit(tx));
	tx_end(tx);
	rig_sync(&p.dev, &p.office);
	rig_sync(&p.office, &p.root);
	ok(db_int(p.office.s, &rows, "SELECT count(*) FROM p_thing", ""));
	assert_int_equal(rows, 1);
	ok(db_int(p.root.s, &rows, "SELECT count(*) FROM p_thing", ""));
	assert_int_equal(rows, 0);
	ok(db_int(p.root.s, &rows, "SELECT count(*) FROM feed WHERE class = 2", ""));
	assert_int_equal(rows, 0);
	stop(&p);
}

static void another_villages_records_do_not_come_down(void **state)
{
	struct rig_node other;
	struct pair p;
	int64_t rows;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	rig_join(&other, &p.office, "C-2", ROLE_DEVICE);
	rig_enrol(&other, &p.office);
	rig_insert(&p.dev, p.unit, "x", 1);
	rig_sync(&p.dev, &p.office);
	rig_sync(&other, &p.office);
	ok(db_int(other.s, &rows, "SELECT count(*) FROM f_thing", ""));
	assert_int_equal(rows, 0);
	rig_stop(&other);
	stop(&p);
}

static void a_sync_cut_after_any_round_trip_goes_on(void **state)
{
	struct pair p;
	uint64_t cut;
	int64_t id[8];

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	for (cut = 1; cut < 8; cut++) {
		id[cut] = rig_insert(&p.dev, p.unit, "x", (int64_t)cut);
		rig_sync_some(&p.dev, &p.office, cut);
		rig_open(&p.dev);
		rig_open(&p.office);
	}
	rig_sync(&p.dev, &p.office);
	for (cut = 1; cut < 8; cut++)
		rig_expect(&p.office, id[cut], "x");
	rig_same(&p.dev, &p.office, p.unit);
	stop(&p);
}

static void a_clock_of_1970_is_put_right_before_packs_are_sealed(void **state)
{
	struct pair p;
	int64_t id, clock;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	rig_sync(&p.dev, &p.office);
	p.dev.now_ms = 5000;
	id = rig_insert(&p.dev, p.unit, "x", 1);
	rig_update(&p.dev, p.unit, id, "y");
	rig_sync(&p.dev, &p.office);
	rig_expect(&p.office, id, "y");
	ok(db_int(p.office.s, &clock, "SELECT max(clock) >> 16 FROM cell_write", ""));
	assert_true(llabs(clock - RIG_NOW) < 60000);
	stop(&p);
}

/* What was taken from others is of the past, so a board that wakes up in 1970 knows better. */
static void it_is_never_earlier_than_what_was_seen(void **state)
{
	struct pair p;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	rig_insert(&p.dev, p.unit, "x", 1);
	rig_sync(&p.dev, &p.office);
	p.dev.now_ms = 5000;
	assert_in_range(clock_now_ms(p.dev.s), RIG_NOW - 60000, RIG_NOW + 60000);
	stop(&p);
}

/* ---- enrolment ---------------------------------------------------------------------------------- */

static int enrol_again(struct rig_node *n, struct rig_node *parent)
{
	struct buf ask = {0}, answer = {0};
	int rc = enrol_ask(n->s, &ask);

	if (!rc)
		rc = enrol_serve(parent->s, n->s->self.number, ask.data, ask.len, &answer);
	if (!rc)
		rc = enrol_answer(n->s, answer.data, answer.len);
	buf_release(&ask);
	buf_release(&answer);
	return rc;
}

#define DAY_MS (INT64_C(24) * 3600 * 1000)

struct taking {
	struct rig_node *to, *from;
	struct feed f; /* at the receiver */
};

static int take_pack(void *arg, const struct pack *p)
{
	struct taking *t = arg;

	return p->seq > t->f.head ? feed_receive(t->to->s, &t->f, p) : 0;
}

static int take_feed(void *arg, const struct feed *f)
{
	struct taking *t = arg;
	int rc;

	if (f->key.class != CLASS_OPEN)
		return 0;
	rc = feed_find(t->to->s, &f->key, false, &t->f);
	t->f.key = f->key;
	return rc && rc != ERR_NOTFOUND ? rc : feed_packs(t->from->s, f, 0, take_pack, t);
}

/* Packs of open feeds, without being told the time. */
static void take_packs(struct rig_node *to, struct rig_node *from)
{
	struct taking t = {to, from, {0}};

	ok(pack_seal(from->s));
	ok(feed_each(from->s, take_feed, &t));
}

static void what_waited_for_its_time_goes_in_after_our_own(void **state)
{
	struct pair p;
	int64_t id, waiting;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	id = rig_insert(&p.office, p.unit, "x", 1);
	rig_sync(&p.dev, &p.office);
	p.office.now_ms += 40 * DAY_MS; /* and the device's clock stands still */
	rig_delete(&p.office, p.unit, id);
	take_packs(&p.dev, &p.office);
	ok(db_int(p.dev.s, &waiting, "SELECT count(*) FROM pack WHERE state = 1", ""));
	assert_int_equal(waiting, 1);
	p.office.now_ms += 5000;
	p.dev.now_ms += 5000;
	rig_update(&p.dev, p.unit, id, "later");
	rig_sync(&p.dev, &p.office);
	rig_expect(&p.dev, id, "later");
	rig_expect(&p.office, id, "later");
	rig_same(&p.dev, &p.office, p.unit);
	stop(&p);
}

static void an_answer_that_was_lost_is_given_again(void **state)
{
	struct buf ask = {0}, answer = {0};
	struct pair p;

	(void)state;
	start(&p);
	ok(enrol_ask(p.dev.s, &ask));
	ok(enrol_serve(p.office.s, p.dev.s->self.number, ask.data, ask.len, &answer));
	ok(enrol_again(&p.dev, &p.office));
	rig_sync(&p.dev, &p.office);
	buf_release(&ask);
	buf_release(&answer);
	stop(&p);
}

static void a_spent_invite_is_refused_to_another_key(void **state)
{
	uint8_t pubkey[PUBKEY_LEN], key[KEY_LEN];
	struct pair p;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	ok(identity_keygen(key, pubkey));
	ok(meta_set_bytes(p.dev.s, "pubkey", pubkey, sizeof pubkey));
	assert_int_equal(enrol_again(&p.dev, &p.office), ERR_DENIED);
	stop(&p);
}

static void another_provinces_office_is_not_believed(void **state)
{
	struct rig_node other;
	struct pair p;

	(void)state;
	start(&p);
	rig_root(&other);
	{
		struct node want = {.role = ROLE_OFFICE,
		                    .unit = rig_unit(&other, "C"),
		                    .office_count = 1};
		struct node dev = {.role = ROLE_DEVICE, .unit = want.unit};
		struct invite_text inv;
		int i;

		/* the same number as our device's, so that only the root tells them apart */
		ok(enrol_invite(other.s, &want, "x:1", &inv));
		for (i = 0; i < 2; i++)
			ok(enrol_invite(other.s, &dev, "x:1", &inv));
		ok(db_run(other.s, "UPDATE invite SET number = ? WHERE number = ?", "ii",
		          (int64_t)p.dev.s->self.number, (int64_t)inv.node.number));
	}
	assert_int_equal(enrol_again(&p.dev, &other), ERR_DENIED);
	assert_false(enrol_done(p.dev.s));
	rig_stop(&other);
	stop(&p);
}

static void a_device_cannot_invite(void **state)
{
	struct node want = {.role = ROLE_DEVICE};
	struct invite inv;
	struct pair p;

	(void)state;
	start(&p);
	want.unit = p.unit;
	assert_int_equal(invite_new(p.dev.s, &want, &inv), ERR_DENIED);
	stop(&p);
}

/* ---- bytes from a peer ----------------------------------------------------------------------------- */

static void no_request_bytes_hurt_the_parent(void **state)
{
	struct buf ask = {0}, reply = {0};
	struct sync_client c;
	struct pair p;
	uint64_t x = 88172645463325252;
	size_t i, k;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	rig_insert(&p.dev, p.unit, "x", 1);
	sync_init(&c, p.dev.s, p.office.s->self.scope);
	while (sync_next(&c, &ask) == 1) {
		for (i = 0; i < 300; i++) {
			struct buf bad = {0};

			buf_add(&bad, ask.data, ask.len);
			for (k = 0; k <= i % 3; k++) {
				x ^= x << 13, x ^= x >> 7, x ^= x << 17;
				bad.data[x % bad.len] = (uint8_t)(x >> 32);
			}
			sync_serve(p.office.s, p.unit, bad.data, i % 2 ? bad.len : x % bad.len,
			           &reply, NULL);
			buf_release(&bad);
		}
		ok(sync_serve(p.office.s, p.unit, ask.data, ask.len, &reply, NULL));
		ok(sync_answer(&c, reply.data, reply.len, 0));
	}
	sync_release(&c);
	rig_sync(&p.dev, &p.office);
	rig_same(&p.dev, &p.office, p.unit);
	buf_release(&ask);
	buf_release(&reply);
	stop(&p);
}

static void an_invite_reads_back_and_a_slip_is_noticed(void **state)
{
	struct node want = {.role = ROLE_DEVICE, .name = "Điện thoại chị Hoa"};
	struct invite_text inv, read;
	char text[INVITE_TEXT_MAX], bad[INVITE_TEXT_MAX];
	struct pair p;
	size_t i;

	(void)state;
	start(&p);
	want.unit = p.unit;
	ok(enrol_invite(p.office.s, &want, "192.0.2.1:5684 [2001:db8::1]:5684", &inv));
	ok(invite_write(&inv, text));
	ok(invite_read(text, &read));
	assert_string_equal(read.addrs, inv.addrs);
	assert_string_equal(read.node.name, want.name);
	assert_memory_equal(read.secret, inv.secret, SECRET_LEN);
	assert_int_equal(read.unit.id, p.unit);
	assert_int_equal(read.made_ms, inv.made_ms);
	for (i = strlen("CAYDA:"); text[i]; i++) {
		strcpy(bad, text);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		if (bad[i] == text[i])
			continue;
		assert_int_equal(invite_read(bad, &read), ERR_BAD);
		strcpy(bad, text);
		bad[i] = 0;
		assert_int_equal(invite_read(bad, &read), ERR_BAD);
	}
	stop(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_recorded_before_enrolment_arrives),
		cmocka_unit_test(a_sync_with_nothing_to_say_is_one_round_trip),
		cmocka_unit_test(new_records_cost_two_round_trips),
		cmocka_unit_test(the_device_learns_what_the_root_holds),
		cmocka_unit_test(personal_data_does_not_leave_the_commune),
		cmocka_unit_test(another_villages_records_do_not_come_down),
		cmocka_unit_test(a_sync_cut_after_any_round_trip_goes_on),
		cmocka_unit_test(a_clock_of_1970_is_put_right_before_packs_are_sealed),
		cmocka_unit_test(it_is_never_earlier_than_what_was_seen),
		cmocka_unit_test(what_waited_for_its_time_goes_in_after_our_own),
		cmocka_unit_test(an_answer_that_was_lost_is_given_again),
		cmocka_unit_test(a_spent_invite_is_refused_to_another_key),
		cmocka_unit_test(another_provinces_office_is_not_believed),
		cmocka_unit_test(a_device_cannot_invite),
		cmocka_unit_test(no_request_bytes_hurt_the_parent),
		cmocka_unit_test(an_invite_reads_back_and_a_slip_is_noticed),
	};

	return cmocka_run_group_tests_name("sync", tests, NULL, NULL);
}
