/* fuzz_frame.c - a sender and a receiver of frames, and whatever may happen between them.
 *
 * The input is a script: what to do next, and what to alter on the way. For libFuzzer (make fuzz-frame), and for
 * test_frame_hostile.c, which plays random ones.
 */
#include "protocol/frame_send.h"
#include "protocol/frame_table.h"

#include <stdlib.h>
#include <string.h>

#define LEN_MAX 40000
#define MEMORY 100000

enum { PASS, LOSE, ALTER, CUT, MAKE_UP, SWAP_ENDS, RESTART, WAIT, MOVE, CLOSE, OPS };

int LLVMFuzzerTestOneInput(const uint8_t *script, size_t len);

struct play {
	const uint8_t *p, *end;
	struct frame_send send;
	struct frame_table table;
	struct frame_limits limits;
	int64_t now;
	uint8_t id[FRAME_ID];
};

static unsigned next(struct play *y)
{
	return y->p < y->end ? *y->p++ : 0;
}

static unsigned next_two(struct play *y)
{
	unsigned high = next(y);

	return high << 8 | next(y);
}

static void must(int holds)
{
	if (!holds)
		abort();
}

static void alter(struct play *y, unsigned op, uint8_t *bytes, size_t *len)
{
	size_t i, n;

	if (op == ALTER && *len)
		for (n = next(y) % 4 + 1; n > 0; n--) {
			i = next_two(y);
			i = i < 0x8000 ? i % 24 : i;
			bytes[i % *len] ^= (uint8_t)next(y);
		}
	if (op == CUT && *len)
		*len = next_two(y) % (*len + 1);
	if (op == MAKE_UP)
		for (*len = next(y) % 64, i = 0; i < *len; i++)
			bytes[i] = (uint8_t)next(y);
}

static void hear(struct play *y, const uint8_t *bytes, size_t len)
{
	frame_send_state(&y->send, bytes, len, y->now);
	must(frame_send_acked(&y->send) <= y->send.name.len);
}

static void receive(struct play *y, const uint8_t *bytes, size_t len, unsigned op)
{
	uint8_t state[FRAME_STATE_MAX], tag[2];
	struct frame_got got;
	unsigned copies;
	size_t n;

	frame_is_state(bytes, len, tag);
	if (frame_table_take(&y->table, 1, bytes, len, y->now, &got))
		return;
	if (got.what == FRAME_OPENED) {
		frame_table_restore(&y->table, 1, got.name.id, bytes, len);
		if (frame_table_take(&y->table, 1, bytes, len, y->now, &got))
			return;
	}
	must(y->table.memory <= MEMORY);
	must(!got.kept.len == (got.what != FRAME_NEW));
	must(!got.complete || got.data);
	if (!got.ask)
		return;
	n = frame_table_state(&y->table, &got, y->now, state, &copies);
	must(n <= sizeof state && copies >= 1 && copies <= 2);
	alter(y, op / 16 % OPS, state, &n);
	if (op / 16 != LOSE)
		hear(y, state, n);
}

static void step(struct play *y, unsigned op)
{
	struct frame_out out;
	int64_t wake = frame_send_next(&y->send, y->now, &out);

	must(out.len <= y->send.room && (out.len || wake > y->now));
	if (!out.len && wake != INT64_MAX && op % 16 != WAIT)
		y->now = wake;
	if (op % 16 == WAIT)
		y->now += (int64_t)1 << next(y) % 32;
	if (op % 16 == MOVE)
		frame_send_moved(&y->send, NULL, y->now);
	if (op % 16 == CLOSE)
		frame_table_close(&y->table, 1, y->id, next(y) & 1);
	if (op % 16 == RESTART) {
		frame_table_release(&y->table);
		frame_table_init(&y->table, &y->limits, (uint16_t)next(y));
	}
	if (op % 16 == LOSE || !out.len)
		return;
	alter(y, op % 16, out.bytes, &out.len);
	if (op % 16 == SWAP_ENDS)
		hear(y, out.bytes, out.len);
	else
		receive(y, out.bytes, out.len, op);
}

int LLVMFuzzerTestOneInput(const uint8_t *script, size_t len)
{
	static uint8_t data[LEN_MAX];
	struct frame_limits limits = {.open = 4, .open_a_peer = 2, .memory = MEMORY};
	static struct play y;
	bool resumed;

	y = (struct play){.p = script, .end = script + len, .now = 1};
	limits.idle = next(&y) * 10000;
	resumed = next(&y) & 1;
	y.limits = limits;
	frame_table_init(&y.table, &y.limits, 1);
	must(!frame_send_init(&y.send, NULL, NULL, y.id, data, next_two(&y) % LEN_MAX, resumed,
	                      y.now));
	while (y.p < y.end)
		step(&y, next(&y));
	frame_table_release(&y.table);
	return 0;
}
