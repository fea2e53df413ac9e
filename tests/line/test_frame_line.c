/* test_frame_line.c - transfers over bad lines, in virtual time. SEED=n plays others. */
#include "tests/line/bed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)         /* of the bed */
#define LINE_SECOND INT64_C(1000000000) /* of the line */

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

/* A whole transfer; fails the test if it is not over within that many seconds. Returns the us. */
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
		bed_init(&b, &c, &c, lens[i], seed() + i);
		bed_start(&b, false);
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
	bed_init(&b, &c, &c, 3000, seed());
	bed_start(&b, false);
	took = whole(&b, 10);
	assert_int_equal(b.frames, 3);
	assert_int_equal(b.states, 1);
	/* three packets there, one back */
	assert_in_range(took, 600000, 600000 + (3 * 1110 + 110) * 8 * 1000 / 64);
	bed_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_length_arrives),
		cmocka_unit_test(three_frames_take_a_round_trip_and_one_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
