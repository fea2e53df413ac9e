/* test_frame_line.c - transfers over bad lines, in virtual time. SEED=n plays others. */
#include "tests/line/tcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)         /* of the bed */
#define LINE_SECOND INT64_C(1000000000) /* of the line */
#define KEPT_APART 20                   /* histories of restarts */

static uint64_t seed(void)
{
	const char *s = getenv("SEED");

	return s ? strtoull(s, NULL, 10) : 20261122;
}

/* kbit/s, ms there and back, share lost */
static struct line_conf line(unsigned rate, unsigned rtt, double loss)
{
	return (struct line_conf){.rate = rate * 1000,
	                          .delay = rtt * LINE_SECOND / 2000,
	                          .queue_bytes = 32768,
	                          .loss = loss};
}

static void open_bed(struct bed *b, const struct line_conf *c, size_t len, uint64_t s)
{
	bed_init(b, c, c, len, s);
	bed_start(b, false);
}

/* The rest of a transfer; fails the test if it is not over within that many seconds. Returns how
 * long it took. */
static int64_t whole(struct bed *b, int64_t seconds)
{
	int64_t start = b->now;

	if (!bed_run(b, start + seconds * SECOND) || b->wrong || !b->arrived)
		fail_msg("not done after %lld us", (long long)(b->now - start));
	return b->now - start;
}

static void any_length_arrives(void **state)
{
	static const size_t lens[] = {0,    1,    15,   16,    463,    464,    1160,
	                              1161, 1162, 3000, 65536, 149000, 300000, FRAME_LEN_MAX};
	struct line_conf c = line(1000, 100, 0.05);
	struct bed b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof lens / sizeof *lens; i++) {
		open_bed(&b, &c, lens[i], seed() + i);
		whole(&b, 60);
		assert_int_equal(frame_send_acked(&b.send), lens[i]);
		bed_release(&b);
	}
}

static void three_frames_take_a_round_trip_and_one_answer(void **state)
{
	struct line_conf c = line(64, 600, 0);
	struct bed b;
	int64_t took;

	(void)state;
	open_bed(&b, &c, 3000, seed());
	took = whole(&b, 10);
	assert_int_equal(b.frames, 3);
	assert_int_equal(b.states, 1);
	/* three packets there, one back */
	assert_in_range(took, 600000, 600000 + (3 * 1110 + 110) * 8 * 1000 / 64);
	bed_release(&b);
}

static void a_line_without_losses_carries_each_symbol_once(void **state)
{
	struct line_conf c = line(256, 300, 0);
	struct bed b;

	(void)state;
	open_bed(&b, &c, 300000, seed());
	whole(&b, 20);
	assert_int_equal(b.frames, b.send.symbols);
	bed_release(&b);
}

static void a_fifth_or_two_lost_and_a_second_and_a_half_away(void **state)
{
	struct line_conf fifth = line(64, 1500, 0.2), two = line(64, 1500, 0.4);
	struct bed b;

	(void)state;
	open_bed(&b, &fifth, 65536, seed());
	whole(&b, 30);
	bed_release(&b);
	open_bed(&b, &two, 65536, seed());
	whole(&b, 60);
	bed_release(&b);
}

/* Frames overtaken, doubled and lost in bursts. */
static void disorder_is_no_matter(void **state)
{
	struct line_conf c = line(128, 400, 0.1);
	struct bed b;

	(void)state;
	c.burst = 4;
	c.reorder = 0.05;
	c.reorder_by = LINE_SECOND / 8;
	c.duplicate = 0.05;
	open_bed(&b, &c, 200000, seed());
	whole(&b, 60);
	bed_release(&b);
}

/* Content that is long beside what an outage of 20 s in every 60 s leaves. */
static void outages_cost_what_they_last_and_little_more(void **state)
{
	struct line_conf c = line(64, 600, 0.1);
	struct bed b;
	int64_t took, alone;

	(void)state;
	open_bed(&b, &c, FRAME_LEN_MAX, seed());
	alone = whole(&b, 200);
	bed_release(&b);
	c.outage = 20 * LINE_SECOND;
	c.outage_every = 60 * LINE_SECOND;
	open_bed(&b, &c, FRAME_LEN_MAX, seed());
	took = whole(&b, 400);
	/* each 40 s of the line are 60 s, and at most a quarter of an outage more to notice its end */
	assert_in_range(took, alone + 40 * SECOND, alone * 13 / 8 + 30 * SECOND);
	bed_release(&b);
}

static void a_long_outage_is_probed_seldom_and_survived(void **state)
{
	struct line_conf c = line(64, 600, 0);
	unsigned before;
	struct bed b;

	(void)state;
	open_bed(&b, &c, 65536, seed());
	bed_run(&b, b.now + 3 * SECOND);
	b.up.conf.loss = 1;
	bed_run(&b, b.now + 60 * SECOND);
	before = b.frames;
	bed_run(&b, b.now + 24 * 3600 * SECOND);
	assert_in_range(b.frames - before, 24 * 60, 24 * 60 + 20);
	b.up.conf.loss = 0;
	whole(&b, 75);
	bed_release(&b);
}

static void a_new_line_is_asked_at_once(void **state)
{
	struct line_conf c = line(64, 600, 0);
	struct bed b;

	(void)state;
	open_bed(&b, &c, 30000, seed());
	bed_run(&b, b.now + 2 * SECOND);
	b.up.conf.loss = 1;
	bed_run(&b, b.now + 600 * SECOND);
	b.up.conf.loss = 0;
	frame_send_moved(&b.send, &b.known, b.now);
	whole(&b, 6);
	bed_release(&b);
}

/* ---- restarts -------------------------------------------------------------------------------- */

/* Either end ends and starts again, at any time, on a bad line. The bed sees to it that nothing that was
 * told is sent again. */
static void restarts_lose_nothing(void **state)
{
	unsigned i, r, at;
	struct line_conf c = line(256, 300, 0.15);
	struct bed b;

	(void)state;
	c.duplicate = 0.02;
	c.reorder = 0.02;
	c.reorder_by = LINE_SECOND / 10;
	for (i = 0; i < KEPT_APART; i++) {
		open_bed(&b, &c, 20000 + 17000 * i, seed() + i);
		for (r = 0; r < 12; r++) {
			at = (unsigned)((seed() + i * 131 + r * 71) * 2654435761u >> 12) %
			     (i % 2 ? 1500 : 300);
			if (bed_run(&b, b.now + at * 1000))
				break;
			if (r % 3 != 1)
				bed_restart_sender(&b);
			if (r % 3 != 0)
				bed_restart_receiver(&b);
		}
		whole(&b, 60);
		bed_release(&b);
	}
}

static void a_sender_that_missed_the_end_is_told(void **state)
{
	struct line_conf c = line(256, 300, 0);
	struct bed b;

	(void)state;
	open_bed(&b, &c, 20000, seed());
	b.down.conf.loss = 1;
	bed_run(&b, b.now + 2 * SECOND);
	assert_true(b.arrived);
	b.down.conf.loss = 0;
	bed_restart_sender(&b);
	bed_restart_receiver(&b);
	b.frames = 0;
	whole(&b, 5);
	assert_int_equal(b.frames, b.probes); /* it had not to send any of it */
	bed_release(&b);
}

/* ---- small datagrams ------------------------------------------------------------------------- */

static void a_line_that_takes_only_small_datagrams_is_noticed(void **state)
{
	struct line_conf c = line(256, 300, 0.05);
	struct bed b;

	(void)state;
	c.mtu = 600;
	open_bed(&b, &c, 65536, seed());
	whole(&b, 40);
	assert_int_equal(b.known.room, FRAME_ROOM_MIN);
	assert_int_equal(b.send.parts, 1);
	bed_start(&b, false); /* remembered: the next one begins so */
	assert_int_equal(b.send.room, FRAME_ROOM_MIN);
	bed_release(&b);
}

static void what_arrived_stays_when_datagrams_must_become_small(void **state)
{
	struct line_conf c = line(256, 300, 0.05);
	uint32_t before;
	struct bed b;

	(void)state;
	open_bed(&b, &c, 65536, seed());
	bed_run(&b, b.now + 3 * SECOND / 2);
	before = frame_send_acked(&b.send);
	assert_in_range(before, 10000, 60000);
	b.up.conf.mtu = 600;
	frame_send_moved(&b.send, &b.known, b.now);
	bed_run(&b, b.now + 10 * SECOND);
	assert_true(b.send.parts > 1);
	assert_true(frame_send_acked(&b.send) >= before);
	whole(&b, 40);
	bed_release(&b);
}

static void a_line_with_many_losses_is_not_taken_for_a_narrow_one(void **state)
{
	struct line_conf c = line(64, 1500, 0.6);
	struct bed b;
	unsigned i;

	(void)state;
	for (i = 0; i < 10; i++) {
		open_bed(&b, &c, 100000, seed() + i);
		whole(&b, 400);
		assert_int_equal(b.known.room, 0);
		bed_release(&b);
	}
}

/* Where frames go one by one, with pauses, they say nothing of the rate. */
static void what_is_remembered_is_the_rate_of_the_line(void **state)
{
	struct line_conf c = line(256, 600, 0.2);
	struct frame_line known = {0};
	struct bed b;
	unsigned i;

	(void)state;
	for (i = 0; i < 40; i++) {
		bed_init(&b, &c, &c, i == 0 ? 65536 : 3000, seed() + i);
		b.known = known;
		bed_start(&b, false);
		whole(&b, 60);
		known = b.known;
		assert_in_range(known.rate, 32000 / 2, 32000 * 11 / 10);
		bed_release(&b);
	}
}

/* ---- others ---------------------------------------------------------------------------------- */

/* A TCP download that was there before, or comes with it. */
static void tcp_keeps_a_third_of_the_line(void **state)
{
	static const struct {
		unsigned rate, rtt;
	} lines[] = {{64, 600}, {256, 600}, {256, 100}};
	static struct tcp t;
	struct line_conf c;
	struct bed b;
	unsigned i;
	uint64_t before;
	int64_t start;
	double share;

	(void)state;
	for (i = 0; i < 6; i++) {
		c = line(lines[i / 2].rate, lines[i / 2].rtt, 0);
		bed_init(&b, &c, &c, 600000, seed());
		tcp_join(&t, &b);
		while (i % 2 && b.now < 20 * SECOND) {
			b.now = t.event[0].at > b.now ? t.event[0].at : b.now;
			b.other_act(&t, &b);
		}
		start = b.now;
		before = t.delivered;
		bed_start(&b, false);
		whole(&b, 300);
		share = (double)(t.delivered - before) * TCP_SEGMENT * 8000 / lines[i / 2].rate /
		        (double)(b.now - start);
		if (share < 1.0 / 3)
			fail_msg("TCP had %.2f of %u kbit/s", share, lines[i / 2].rate);
		bed_release(&b);
	}
}

/* A hand-over to a slower network, of which nobody tells. */
static void a_line_that_becomes_longer_is_used_as_well(void **state)
{
	struct line_conf c = line(1000, 100, 0);
	struct bed b;

	(void)state;
	open_bed(&b, &c, FRAME_LEN_MAX, seed());
	bed_run(&b, b.now + SECOND);
	b.up.conf.delay = b.down.conf.delay = 9 * LINE_SECOND / 20;
	/* 9 s at that rate, and 11 s, mostly unused, until it is noticed; never would be 60 s */
	whole(&b, 26);
	bed_release(&b);
}

static void the_queue_stays_short(void **state)
{
	struct line_conf c = line(64, 600, 0);
	int64_t longest = 0;
	struct bed b;

	(void)state;
	open_bed(&b, &c, 300000, seed());
	bed_run(&b, b.now + 15 * SECOND);
	while (!frame_send_done(&b.send)) {
		bed_run(&b, b.now + SECOND / 10);
		if (b.up.free_at / 1000 - b.now > longest)
			longest = b.up.free_at / 1000 - b.now;
	}
	assert_in_range(longest, 1, 6 * 1280 * 8 * 1000 / 64);
	bed_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_length_arrives),
		cmocka_unit_test(three_frames_take_a_round_trip_and_one_answer),
		cmocka_unit_test(a_line_without_losses_carries_each_symbol_once),
		cmocka_unit_test(a_fifth_or_two_lost_and_a_second_and_a_half_away),
		cmocka_unit_test(disorder_is_no_matter),
		cmocka_unit_test(outages_cost_what_they_last_and_little_more),
		cmocka_unit_test(a_long_outage_is_probed_seldom_and_survived),
		cmocka_unit_test(a_new_line_is_asked_at_once),
		cmocka_unit_test(restarts_lose_nothing),
		cmocka_unit_test(a_sender_that_missed_the_end_is_told),
		cmocka_unit_test(a_line_that_takes_only_small_datagrams_is_noticed),
		cmocka_unit_test(what_arrived_stays_when_datagrams_must_become_small),
		cmocka_unit_test(a_line_with_many_losses_is_not_taken_for_a_narrow_one),
		cmocka_unit_test(what_is_remembered_is_the_rate_of_the_line),
		cmocka_unit_test(tcp_keeps_a_third_of_the_line),
		cmocka_unit_test(a_line_that_becomes_longer_is_used_as_well),
		cmocka_unit_test(the_queue_stays_short),
	};

	printf("SEED=%llu\n", (unsigned long long)seed());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
