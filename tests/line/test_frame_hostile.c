/* test_frame_hostile.c - bytes that no node sent, and receivers that lie. SEED=n plays others. */
#include "tests/line/bed.h"
#include "protocol/frame_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)
#define SCRIPTS 3000

int LLVMFuzzerTestOneInput(const uint8_t *script, size_t len);

static uint64_t seed(void)
{
	const char *s = getenv("SEED");

	return s ? strtoull(s, NULL, 10) : 20261122;
}

static unsigned draw(uint64_t *x)
{
	*x = *x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*x >> 40);
}

static void random_scripts_break_nothing(void **state)
{
	uint64_t x = seed();
	uint8_t script[400];
	unsigned i, n;

	(void)state;
	for (n = 0; n < SCRIPTS; n++) {
		for (i = 0; i < sizeof script; i++) /* mostly frames that pass */
			script[i] = (uint8_t)(draw(&x) % 3 ? 0 : draw(&x));
		LLVMFuzzerTestOneInput(script, sizeof script);
	}
}

/* ---- a liar ---------------------------------------------------------------------------------- */

struct lie {
	uint16_t run;
	uint32_t received;
	unsigned rank;  /* of the first window */
	uint32_t ticks; /* that its clock goes a frame */
};

/* Sends to a receiver that answers each question at once, as tell() says. Returns the bytes sent in that
 * many seconds. */
static uint64_t lie_to(struct frame_send *s, unsigned seconds,
                       void (*tell)(struct lie *l, unsigned question), int64_t *wake)
{
	struct frame_state t = {.status = FRAME_HAS};
	struct lie l = {.ticks = 1};
	struct frame_out out;
	struct frame_head h;
	uint8_t state[FRAME_STATE_MAX];
	uint64_t bytes = 0;
	int64_t now = 1, end = seconds * SECOND;
	unsigned questions = 0;

	while (now < end && !frame_send_done(s)) {
		*wake = frame_send_next(s, now, &out);
		if (!out.len) {
			now = *wake;
			continue;
		}
		bytes += out.len;
		l.received++;
		if (!out.ask)
			continue;
		assert_int_equal(frame_head_read(&h, out.bytes, out.len), 0);
		tell(&l, questions++);
		t.name = s->name;
		t.brief = h.brief;
		t.run = l.run;
		t.received = l.received;
		t.at += l.ticks;
		t.echo = h.index + 1;
		t.rank[0] = (uint16_t)l.rank;
		frame_send_state(s, state, frame_state_write(&t, s->windows, state), now + 1);
	}
	return bytes;
}

static const uint8_t id[FRAME_ID] = {1, 2, 3, 4, 5, 6, 7, 8};
static uint8_t data[100000];

static void begin(struct frame_send *s, uint32_t rate_max)
{
	struct frame_conf conf = {.rate_max = rate_max};

	assert_int_equal(frame_send_init(s, &conf, NULL, id, data, sizeof data, false, 1), 0);
}

static void nothing_came(struct lie *l, unsigned question)
{
	(void)l;
	(void)question;
}

static void who_says_that_all_came_and_nothing_helped_gets_little(void **state)
{
	struct frame_send s;
	int64_t wake;
	uint64_t bytes;

	(void)state;
	begin(&s, 100000);
	bytes = lie_to(&s, 3600, nothing_came, &wake);
	assert_in_range(bytes, 100000, 256 * 1200 + 3600 * 1200 / 2);
	assert_true(wake >= 3600 * SECOND); /* still willing */
}

static void loses_all_again(struct lie *l, unsigned question)
{
	l->rank = question % 2 ? 50 : 0;
	l->run = (uint16_t)(question / 2);
}

static void who_loses_all_again_and_again_gets_little(void **state)
{
	struct frame_send s;
	int64_t wake;

	(void)state;
	begin(&s, 100000);
	assert_in_range(lie_to(&s, 3600, loses_all_again, &wake), 100000,
	                17 * 4 * 1200 + 300 * 1200 + 3600 * 1200 / 2);
}

static void goes_back(struct lie *l, unsigned question)
{
	l->rank = question % 2 ? 50 : 0;
}

static void who_goes_back_gets_little(void **state)
{
	struct frame_send s;
	int64_t wake;

	(void)state;
	begin(&s, 100000);
	assert_in_range(lie_to(&s, 3600, goes_back, &wake), 100000, 300 * 1200 + 3600 * 1200 / 2);
}

/* One more each time, at once: it looks like the fastest of lines. */
static void creeps(struct lie *l, unsigned question)
{
	l->rank = question / 8;
}

static void no_claim_makes_it_faster_than_configured(void **state)
{
	struct frame_send s;
	int64_t wake;

	(void)state;
	begin(&s, 20000);
	/* the first window is on its way before anything was claimed */
	assert_in_range(lie_to(&s, 20, creeps, &wake), 50000, 20 * 20000 + 32 * 1280);
}

static void slow(struct lie *l, unsigned question)
{
	creeps(l, question);
	l->ticks = 60000000 / FRAME_TICK;
}

static void no_claim_stops_it(void **state)
{
	struct frame_send s;
	int64_t wake;

	(void)state;
	begin(&s, 20000);
	assert_true(lie_to(&s, 600, slow, &wake) > 100000);
}

static void a_state_of_another_is_refused(void **state)
{
	struct frame_state t = {.status = FRAME_ALL, .name = {.id = {9}, .len = 5, .size = 5}};
	uint8_t bytes[FRAME_STATE_MAX];
	struct frame_send s;
	size_t len = frame_state_write(&t, 0, bytes);

	(void)state;
	begin(&s, 0);
	assert_true(frame_send_state(&s, bytes, len, 5) < 0);
	memcpy(t.name.id, id, sizeof id); /* the id, but not the length */
	len = frame_state_write(&t, 0, bytes);
	assert_true(frame_send_state(&s, bytes, len, 5) < 0);
	assert_false(frame_send_done(&s));
	t.name.len = sizeof data;
	t.name.size = s.name.size;
	len = frame_state_write(&t, 0, bytes);
	assert_true(frame_send_state(&s, bytes, len - 1, 5) < 0);
	assert_int_equal(frame_send_state(&s, bytes, len, 5), 0);
	assert_true(frame_send_done(&s));
}

/* Two transfers may have one tag: it would be asked and told so again and again. */
static void a_tag_that_was_not_known_is_not_tried_again(void **state)
{
	struct frame_state t = {.status = FRAME_HAS, .echo = 1};
	uint8_t bytes[FRAME_STATE_MAX];
	struct frame_head h;
	struct frame_out out;
	struct frame_send s;
	unsigned i;

	(void)state;
	begin(&s, 0);
	t.name = s.name;
	for (i = 0; i < 3; i++) {
		frame_send_next(&s, (i + 1) * SECOND, &out);
		assert_int_equal(frame_head_read(&h, out.bytes, out.len), 0);
		assert_int_equal(h.brief, i == 1);
		t.status = i == 1 ? FRAME_WHAT : FRAME_HAS;
		t.brief = h.brief;
		t.echo = h.index + 1;
		frame_send_state(&s, bytes, frame_state_write(&t, s.windows, bytes),
		                 (i + 1) * SECOND + 1);
	}
	frame_send_next(&s, 5 * SECOND, &out);
	assert_int_equal(frame_head_read(&h, out.bytes, out.len), 0);
	assert_false(h.brief);
}

/* What a frame of an earlier life is answered with must not look like an answer to this one's. */
static void two_lives_do_not_begin_with_one_index(void **state)
{
	struct frame_head h[2];
	struct frame_out out;
	struct frame_send s;
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		frame_send_init(&s, NULL, NULL, id, data, sizeof data, true, SECOND + i * 4000);
		frame_send_next(&s, SECOND + i * 4000, &out);
		assert_int_equal(frame_head_read(&h[i], out.bytes, out.len), 0);
		assert_true(h[i].probe && h[i].ask && h[i].map);
	}
	assert_int_not_equal(h[0].index, h[1].index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_scripts_break_nothing),
		cmocka_unit_test(who_says_that_all_came_and_nothing_helped_gets_little),
		cmocka_unit_test(who_loses_all_again_and_again_gets_little),
		cmocka_unit_test(who_goes_back_gets_little),
		cmocka_unit_test(no_claim_makes_it_faster_than_configured),
		cmocka_unit_test(no_claim_stops_it),
		cmocka_unit_test(two_lives_do_not_begin_with_one_index),
		cmocka_unit_test(a_tag_that_was_not_known_is_not_tried_again),
		cmocka_unit_test(a_state_of_another_is_refused),
	};

	printf("SEED=%llu\n", (unsigned long long)seed());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
