/* test_frame.c - frames and states as PROTOCOL.md has them, receivers and their table. */
#include "tests/unit/fixture.h"

#include "protocol/frame_gf.h"
#include "protocol/frame_send.h"
#include "protocol/frame_table.h"
#include "protocol/frame_wire.h"

#define PEER 5
#define SECOND INT64_C(1000000)

static const uint8_t id[FRAME_ID] = {0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7};

static void hex(const uint8_t *bytes, size_t len, char *out)
{
	size_t i;

	out[0] = '\0';
	for (i = 0; i < len; i++)
		sprintf(out + 2 * i, "%02x", bytes[i]);
}

static void assert_hex(const uint8_t *bytes, size_t len, const char *expected)
{
	char text[2 * FRAME_ROOM_MAX + 1];

	hex(bytes, len, text);
	assert_string_equal(text, expected);
}

/* ---- PROTOCOL.md's test vectors -------------------------------------------------------------- */

/* The transfer of the vectors: 10 bytes in symbols of 4. */
static struct frame_head head(uint32_t index, const char *data)
{
	return (struct frame_head){.name = {.len = 10, .size = 4},
	                           .index = index,
	                           .parts = 1,
	                           .data = (const uint8_t *)data,
	                           .data_len = strlen(data)};
}

static size_t write_frame(const struct frame_head *h, uint8_t *out)
{
	struct frame_head named = *h;
	size_t len;

	memcpy(named.name.id, id, sizeof id);
	len = frame_head_write(&named, out);
	memcpy(out + len, h->data, h->data_len);
	return len + h->data_len;
}

static void frames_are_as_specified(void **state)
{
	uint8_t out[FRAME_ROOM_MAX];
	struct frame_head h = head(2, "ij");

	(void)state;
	h.ask = h.map = true;
	assert_hex(out, write_frame(&h, out), "18a0a1a2a3a4a5a6a70a0402696a");
	h = head(1, "efgh");
	h.brief = true;
	assert_hex(out, write_frame(&h, out), "20a0a10165666768");
	h = head(300, "");
	h.brief = h.ask = h.probe = true;
	assert_hex(out, write_frame(&h, out), "70a0a1ac02");
	h = head(0, "cd");
	h.part = 1;
	h.parts = 2;
	h.brief = true;
	assert_hex(out, write_frame(&h, out), "24a0a100126364");
}

static void what_is_written_is_read(void **state)
{
	uint8_t bytes[FRAME_ROOM_MAX];
	struct frame_head h = head(4711, "xyz"), r;
	size_t len;

	(void)state;
	h.ask = true;
	h.part = 2;
	h.parts = 15;
	len = write_frame(&h, bytes);
	assert_ok(frame_head_read(&r, bytes, len));
	assert_int_equal(r.index, 4711);
	assert_int_equal(r.part, 2);
	assert_int_equal(r.parts, 15);
	assert_int_equal(r.name.len, 10);
	assert_int_equal(r.name.size, 4);
	assert_true(r.ask && !r.map && !r.brief && !r.probe);
	assert_memory_equal(r.data, "xyz", 3);
	while (len-- > 17) /* without data, or less */
		assert_int_equal(frame_head_read(&r, bytes, len), len > 17 ? 0 : ERR_BAD);
}

static void states_are_as_specified(void **state)
{
	static const uint8_t bits[] = {0x05};
	uint8_t out[FRAME_STATE_MAX];
	struct frame_state s = {.status = FRAME_HAS,
	                        .map = true,
	                        .name = {.len = 10, .size = 4},
	                        .run = 0x0102,
	                        .at = 0x03040506,
	                        .held = 200,
	                        .echo = 3,
	                        .received = 7,
	                        .rank = {2},
	                        .highest = 4,
	                        .bits = bits,
	                        .bits_len = 1};

	(void)state;
	memcpy(s.name.id, id, sizeof id);
	assert_hex(out, frame_state_write(&s, 1, out),
	           "90a0a1a2a3a4a5a6a70a04010203040506c8010307020405");
	s.brief = true;
	s.map = false;
	assert_hex(out, frame_state_write(&s, 1, out), "a0a0a1010203040506c801030702");
	s.status = FRAME_ALL;
	assert_hex(out, frame_state_write(&s, 1, out), "a1a0a1010203040506c8010307");
	s.brief = false;
	s.status = FRAME_WAIT;
	s.wait = 5;
	assert_hex(out, frame_state_write(&s, 1, out), "82a0a1a2a3a4a5a6a70a0405");
	s.status = FRAME_NEVER;
	assert_hex(out, frame_state_write(&s, 1, out), "83a0a1a2a3a4a5a6a70a04");
	s.brief = true;
	s.status = FRAME_WHAT;
	assert_hex(out, frame_state_write(&s, 1, out), "a4a0a1");
}

/* The sender's own first frames, and its repair frame, of "abcdefghij". */
static void repair_frames_are_as_specified(void **state)
{
	static const uint8_t symbols[3][5] = {"abcd", "efgh", "ij\0\0"};
	uint8_t sum[4] = {0};
	unsigned i;

	(void)state;
	assert_int_equal(gf_mul(0x53, 0xca), 0x8f);
	assert_int_equal(gf_mul(0x80, 2), 0x1d);
	assert_int_equal(gf_coefficient(3, 0), 0x81);
	assert_int_equal(gf_coefficient(3, 1), 0x28);
	assert_int_equal(gf_coefficient(3, 2), 0x60);
	assert_int_equal(gf_coefficient(70000, 881), 0xb3);
	for (i = 0; i < 3; i++)
		gf_add(sum, symbols[i], gf_coefficient(3, i), 4);
	assert_hex(sum, 4, "6620d7f2");
}

static void field_is_a_field(void **state)
{
	unsigned a, b, c = 0x5b;

	(void)state;
	for (a = 1; a < 256; a++) {
		assert_int_equal(gf_mul((uint8_t)a, gf_inverse((uint8_t)a)), 1);
		for (b = 0; b < 256; b++) {
			uint8_t x = (uint8_t)a, y = (uint8_t)b, z = (uint8_t)c, to[5] = {0};
			const uint8_t from[5] = {y, y, y, y, y};

			assert_int_equal(gf_mul(x, y), gf_mul(y, x));
			assert_int_equal(gf_mul(x, y ^ z), gf_mul(x, y) ^ gf_mul(x, z));
			assert_int_equal(gf_mul(gf_mul(x, y), z), gf_mul(x, gf_mul(y, z)));
			gf_add(to, from, x, 5);
			assert_int_equal(to[4], gf_mul(x, y));
		}
	}
	assert_int_equal(gf_inverse(0), 0);
}

/* ---- a receiver ------------------------------------------------------------------------------ */

#define LEN 40000

static uint8_t data[LEN];

/* The frame of that index, of the transfer of LEN bytes; its length. */
static size_t frame_at(uint32_t index, uint8_t *out)
{
	static struct frame_send s;
	struct frame_out f;

	frame_send_init(&s, NULL, NULL, id, data, LEN, false, 1);
	s.mapped = true;
	s.source = index < s.symbols ? index : s.symbols;
	s.fresh = index;
	s.pace.lost = s.pace.of; /* it wants repairs */
	frame_send_next(&s, 1, &f);
	memcpy(out, f.bytes, f.len);
	return f.len;
}

static void fill(void)
{
	unsigned i;

	for (i = 0; i < LEN; i++)
		data[i] = (uint8_t)(i * 2654435761u >> 11);
}

static int take(struct frame_recv *r, uint32_t index, struct frame_kept *kept)
{
	uint8_t bytes[FRAME_ROOM_MAX];
	struct frame_head h;
	size_t len = frame_at(index, bytes);

	assert_ok(frame_head_read(&h, bytes, len));
	assert_int_equal(h.index, index);
	if (!r->data)
		assert_ok(frame_recv_init(r, &h.name, 1));
	return frame_recv_take(r, &h, 5, kept);
}

/* Any frames as many as there are symbols, but for one time in 255 or so. */
static void any_so_many_frames_give_the_content(void **state)
{
	struct frame_recv r = {0};
	struct frame_kept kept;
	unsigned first, i, brought, waste = 0;

	(void)state;
	fill();
	for (first = 0; first < 60; first++) {
		for (i = 0, brought = 0; !r.data || !frame_recv_complete(&r); i++) {
			/* sources from first on, mixed with repairs */
			uint32_t index = i % 3 == 1 && first + i / 3 < 35 ? first + i / 3
			                                                  : 35 + i * 7;

			assert_ok(take(&r, index, &kept));
			brought += kept.len > 0;
		}
		assert_int_equal(brought, r.symbols);
		waste += i - brought;
		assert_memory_equal(r.data, data, LEN);
		frame_recv_release(&r);
	}
	assert_in_range(waste, 0, 4);
}

static void what_brings_nothing_is_not_to_be_kept(void **state)
{
	struct frame_recv r = {0};
	struct frame_kept kept;
	unsigned i;

	(void)state;
	fill();
	assert_ok(take(&r, 50, &kept));
	assert_true(kept.len > 0);
	assert_ok(take(&r, 50, &kept));
	assert_int_equal(kept.len, 0);
	for (i = 0; i < 34; i++) {
		assert_ok(take(&r, i, &kept));
		assert_true(kept.len > 0);
	}
	assert_true(frame_recv_complete(&r)); /* 34 symbols and the equation of 50 */
	assert_ok(take(&r, 34, &kept));
	assert_int_equal(kept.len, 0);
	assert_memory_equal(r.data, data, LEN);
	frame_recv_release(&r);
}

static void a_frame_of_the_wrong_size_is_refused(void **state)
{
	uint8_t bytes[FRAME_ROOM_MAX];
	struct frame_recv r = {0};
	struct frame_kept kept;
	struct frame_head h;
	size_t len;

	(void)state;
	fill();
	assert_ok(take(&r, 0, &kept));
	len = frame_at(1, bytes);
	assert_ok(frame_head_read(&h, bytes, len - 1));
	assert_int_equal(frame_recv_take(&r, &h, 5, &kept), ERR_BAD);
	h.name.size = 1; /* more symbols than there may be */
	assert_int_equal(frame_recv_init(&(struct frame_recv){0}, &h.name, 1), ERR_BAD);
	frame_recv_release(&r);
}

/* Its loss would cost a probe's time; where nothing was lost that is not likely. */
static void the_end_is_said_twice_where_frames_were_lost(void **state)
{
	uint8_t out[FRAME_STATE_MAX];
	struct frame_name name = {.len = 3000, .size = 1000};
	struct frame_head h = {.parts = 1, .data = data, .start = data, .data_len = 1000};
	struct frame_recv r;
	struct frame_kept kept;
	unsigned copies, i, lost;

	(void)state;
	for (lost = 0; lost < 2; lost++) {
		assert_ok(frame_recv_init(&r, &name, 1));
		for (i = 0; i < 3; i++) {
			h.index = i == 1 && lost ? 5 : i;
			assert_ok(frame_recv_take(&r, &h, 5, &kept));
			frame_recv_state(&r, true, 5, out, &copies);
			assert_int_equal(copies, i == 2 && lost ? 2 : 1);
		}
		assert_true(frame_recv_complete(&r));
		frame_recv_release(&r);
	}
}

/* ---- the table ------------------------------------------------------------------------------- */

/* A probe for a transfer of its own. */
static size_t probe(unsigned number, uint32_t len, bool brief, uint8_t *out)
{
	struct frame_head h = {.probe = true, .ask = true, .brief = brief, .parts = 1};

	memcpy(h.name.id, id, sizeof id);
	h.name.id[0] = (uint8_t)number;
	h.name.len = len;
	h.name.size = 1000;
	h.index = 999;
	return frame_head_write(&h, out);
}

static enum frame_what ask(struct frame_table *t, uint64_t peer, unsigned number, uint32_t len,
                           bool brief, int64_t now, struct frame_state *answer)
{
	uint8_t bytes[FRAME_ROOM_MAX], state[FRAME_STATE_MAX];
	struct frame_got got;
	unsigned copies;
	enum frame_what first;
	size_t n = probe(number, len, brief, bytes);

	assert_ok(frame_table_take(t, peer, bytes, n, now, &got));
	first = got.what;
	if (first == FRAME_OPENED)
		assert_ok(frame_table_take(t, peer, bytes, n, now, &got));
	assert_true(got.ask);
	n = frame_table_state(t, &got, now, state, &copies);
	assert_ok(frame_state_read(answer, frame_windows((len + 999) / 1000), state, n));
	assert_int_equal(answer->name.id[0], number);
	return first;
}

static void the_table_keeps_within_its_limits(void **state)
{
	struct frame_limits limits = {.open = 3,
	                              .open_a_peer = 2,
	                              .memory = 100000,
	                              .len = 60000,
	                              .wait = 9};
	struct frame_table t;
	struct frame_state s;

	(void)state;
	frame_table_init(&t, &limits, 77);
	assert_int_equal(ask(&t, 1, 1, 1000, false, 0, &s), FRAME_OPENED);
	assert_int_equal(s.status, FRAME_HAS);
	assert_int_equal(s.run, 77);
	assert_int_equal(ask(&t, 1, 1, 1000, false, 0, &s), FRAME_DUPLICATE);
	assert_int_equal(ask(&t, 1, 2, 1000, false, SECOND, &s), FRAME_OPENED);
	assert_int_equal(ask(&t, 1, 3, 1000, false, SECOND, &s), FRAME_BUSY); /* of one peer */
	assert_int_equal(s.status, FRAME_WAIT);
	assert_int_equal(s.wait, 9);
	assert_int_equal(ask(&t, 2, 3, 60001, false, SECOND, &s), FRAME_REFUSED);
	assert_int_equal(s.status, FRAME_NEVER);
	assert_int_equal(ask(&t, 2, 3, 60000, false, SECOND, &s), FRAME_OPENED);
	assert_int_equal(ask(&t, 3, 4, 1000, false, SECOND, &s), FRAME_BUSY); /* of all */
	frame_table_forget(&t, 1);
	assert_int_equal(ask(&t, 3, 4, 60000, false, SECOND, &s), FRAME_BUSY); /* memory */
	assert_int_equal(ask(&t, 3, 4, 20000, false, SECOND, &s), FRAME_OPENED);
	/* an idle one makes room */
	assert_int_equal(ask(&t, 3, 4, 20000, false, 59 * SECOND, &s), FRAME_DUPLICATE);
	assert_int_equal(ask(&t, 4, 5, 30000, false, 62 * SECOND, &s), FRAME_OPENED);
	assert_int_equal(ask(&t, 2, 3, 60000, false, 62 * SECOND, &s), FRAME_BUSY);
	frame_table_release(&t);
	assert_int_equal(t.memory, 0);
}

static void tags_name_what_is_known_and_only_one(void **state)
{
	struct frame_table t;
	struct frame_state s;

	(void)state;
	frame_table_init(&t, NULL, 1);
	assert_int_equal(ask(&t, 1, 1, 1000, true, 0, &s), FRAME_UNKNOWN);
	assert_int_equal(s.status, FRAME_WHAT);
	assert_int_equal(ask(&t, 1, 1, 1000, false, 0, &s), FRAME_OPENED);
	assert_int_equal(ask(&t, 1, 1, 1000, true, 0, &s), FRAME_DUPLICATE);
	assert_true(s.brief);
	assert_int_equal(ask(&t, 2, 1, 1000, true, 0, &s), FRAME_UNKNOWN); /* another peer's */
	/* a second one with the same tag: the ids differ later */
	t.entry[0].recv.name.id[7]++;
	assert_int_equal(ask(&t, 1, 1, 1000, false, 0, &s), FRAME_OPENED);
	assert_int_equal(ask(&t, 1, 1, 1000, true, 0, &s), FRAME_UNKNOWN);
	frame_table_release(&t);
}

static void who_missed_the_end_is_told_of_it(void **state)
{
	uint8_t one[FRAME_ID];
	struct frame_table t;
	struct frame_state s;

	(void)state;
	memcpy(one, id, sizeof id);
	one[0] = 1;
	frame_table_init(&t, NULL, 1);
	assert_int_equal(ask(&t, 1, 1, 1000, false, 0, &s), FRAME_OPENED);
	frame_table_close(&t, 1, one, true);
	assert_int_equal(ask(&t, 1, 1, 1000, true, 0, &s), FRAME_COMPLETE);
	assert_int_equal(s.status, FRAME_ALL);
	assert_int_equal(ask(&t, 2, 1, 1000, false, 0, &s), FRAME_OPENED); /* not of that peer */
	frame_table_close(&t, 2, one, false);
	assert_int_equal(ask(&t, 2, 1, 1000, false, 0, &s), FRAME_OPENED);
	frame_table_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_as_specified),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(states_are_as_specified),
		cmocka_unit_test(repair_frames_are_as_specified),
		cmocka_unit_test(field_is_a_field),
		cmocka_unit_test(any_so_many_frames_give_the_content),
		cmocka_unit_test(what_brings_nothing_is_not_to_be_kept),
		cmocka_unit_test(a_frame_of_the_wrong_size_is_refused),
		cmocka_unit_test(the_end_is_said_twice_where_frames_were_lost),
		cmocka_unit_test(the_table_keeps_within_its_limits),
		cmocka_unit_test(tags_name_what_is_known_and_only_one),
		cmocka_unit_test(who_missed_the_end_is_told_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
