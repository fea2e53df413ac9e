/* bed.c - events of one transfer, in order. */
#include "tests/line/bed.h"
#include "protocol/frame_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OVERHEAD_STATE (FRAME_OVERHEAD - 8) /* records to a client have no CID */

static void *need(void *p)
{
	if (!p)
		abort();
	return p;
}

void bed_init(struct bed *b, const struct line_conf *up, const struct line_conf *down, size_t len,
              uint64_t seed)
{
	uint64_t x = seed * 2 + 1;
	size_t i;

	*b = (struct bed){.len = len, .now = 1000000 + (int64_t)(seed % 1000) * 777, .runs = 1};
	b->data = need(malloc(len + 1));
	for (i = 0; i < len; i++) {
		x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		b->data[i] = (uint8_t)(x >> 56);
	}
	for (i = 0; i < FRAME_ID; i++)
		b->id[i] = (uint8_t)(seed >> 8 * i) ^ 0x5a;
	b->flying = need(calloc(BED_FLYING, sizeof *b->flying));
	line_init(&b->up, up, seed);
	line_init(&b->down, down, seed + 1000003);
	frame_table_init(&b->table, NULL, 1);
}

void bed_start(struct bed *b, bool resumed)
{
	if (frame_send_init(&b->send, &b->conf, &b->known, b->id, b->data, b->len, resumed, b->now))
		abort();
}

void bed_release(struct bed *b)
{
	unsigned i;

	for (i = 0; i < b->flying_len; i++)
		free(b->flying[i].told);
	for (i = 0; i < b->kept_len; i++)
		free(b->kept[i].bytes);
	free(b->flying);
	free(b->data);
	frame_table_release(&b->table);
}

static void wrong(struct bed *b, const char *what, unsigned n)
{
	fprintf(stderr, "bed: %s (%u) at %lld us\n", what, n, (long long)b->now);
	b->wrong = true;
}

/* ---- packets --------------------------------------------------------------------------------- */

static void put(struct bed *b, bool up, const uint8_t *bytes, size_t len, const uint8_t *told,
                unsigned symbols, uint16_t size)
{
	static const uint8_t udp4[28] = {0x45, [9] = 17};
	uint8_t packet[FRAME_ROOM_MAX + FRAME_OVERHEAD] = {0};
	size_t whole = len + (up ? b->send.conf.overhead : OVERHEAD_STATE);
	int64_t at[LINE_COPIES];
	struct bed_packet *p;
	int copies, i;

	memcpy(packet, udp4, sizeof udp4);
	copies = line_take(up ? &b->up : &b->down, b->now * 1000, packet, whole, at);
	for (i = 0; i < copies; i++) {
		if (b->flying_len == BED_FLYING)
			abort();
		p = &b->flying[b->flying_len++];
		*p = (struct bed_packet){.at = at[i],
		                         .order = b->order++,
		                         .up = up,
		                         .len = len,
		                         .size = size};
		memcpy(p->bytes, bytes, len);
		if (told) {
			p->told = need(malloc(symbols + 1));
			memcpy(p->told, told, symbols);
		}
	}
}

/* ---- the receiver ---------------------------------------------------------------------------- */

static const struct frame_recv *receiver(const struct bed *b)
{
	unsigned i;

	for (i = 0; i < FRAME_TABLE_MAX; i++)
		if (b->table.entry[i].used)
			return &b->table.entry[i].recv;
	return NULL;
}

static void keep(struct bed *b, const struct frame_kept *kept)
{
	if (b->kept_len == BED_KEPT)
		abort();
	b->kept[b->kept_len].bytes = need(malloc(kept->len));
	b->kept[b->kept_len].len = kept->len;
	memcpy(b->kept[b->kept_len++].bytes, kept->bytes, kept->len);
}

static void answer(struct bed *b, const struct frame_got *got)
{
	const struct frame_recv *r = receiver(b);
	uint8_t out[FRAME_STATE_MAX];
	unsigned copies, i;
	size_t len = frame_table_state(&b->table, got, b->now, out, &copies);

	for (i = 0; i < copies; i++) {
		put(b, false, out, len, r ? r->is : NULL, r ? r->symbols : 0, r ? r->name.size : 0);
		b->states++;
	}
}

static void receive(struct bed *b, const struct bed_packet *p)
{
	struct frame_got got;
	unsigned i;

	if (frame_table_take(&b->table, BED_PEER, p->bytes, p->len, b->now, &got)) {
		wrong(b, "a frame was refused", p->bytes[0]);
		return;
	}
	if (got.what == FRAME_OPENED) {
		if (b->arrived)
			frame_table_close(&b->table, BED_PEER, b->id, true);
		for (i = 0; i < b->kept_len && !b->arrived; i++)
			if (frame_table_restore(&b->table, BED_PEER, b->id, b->kept[i].bytes,
			                        b->kept[i].len))
				wrong(b, "what was kept does not fit", i);
		if (frame_table_take(&b->table, BED_PEER, p->bytes, p->len, b->now, &got))
			wrong(b, "a frame was refused", p->bytes[0]);
	}
	if (got.what == FRAME_NEW)
		keep(b, &got.kept);
	if (got.complete && !b->arrived) {
		b->arrived = got.data_len == b->len && memcmp(got.data, b->data, b->len) == 0;
		if (!b->arrived)
			wrong(b, "the content is not what was sent", (unsigned)got.data_len);
	}
	if (got.ask)
		answer(b, &got);
}

void bed_restart_receiver(struct bed *b)
{
	frame_table_release(&b->table);
	frame_table_init(&b->table, NULL, (uint16_t)++b->runs);
}

/* ---- the sender ------------------------------------------------------------------------------ */

static void check_sent(struct bed *b, const struct frame_out *out)
{
	struct frame_head h;

	if (frame_head_read(&h, out->bytes, out->len)) {
		wrong(b, "what was sent is not a frame", 0);
		return;
	}
	b->frames++;
	b->probes += h.probe;
	if (!h.probe && h.index < b->send.symbols && b->told_size == b->send.name.size &&
	    b->told[h.index])
		wrong(b, "a symbol that was told is sent again", h.index);
	if (out->len > b->send.room)
		wrong(b, "a frame is too long", (unsigned)out->len);
}

static int64_t send_due(struct bed *b)
{
	struct frame_out out;
	int64_t wake = frame_send_next(&b->send, b->now, &out);
	unsigned n;

	for (n = 0; out.len; n++) {
		check_sent(b, &out);
		put(b, true, out.bytes, out.len, NULL, 0, 0);
		wake = frame_send_next(&b->send, b->now, &out);
		if (n > PACE_RING) {
			wrong(b, "it sends without end", n);
			return INT64_MAX;
		}
	}
	if (wake <= b->now)
		wrong(b, "it wants to be called at once, with nothing to send", 0);
	return wake;
}

static void hear(struct bed *b, const struct bed_packet *p)
{
	const struct frame_recv *r;
	uint64_t top = b->send.pace.top;
	unsigned i;

	if (frame_send_state(&b->send, p->bytes, p->len, b->now))
		wrong(b, "a state was refused", p->bytes[0]);
	if (!p->told || b->send.pace.top == top)
		return; /* or not taken: it answers no frame of this sender */
	r = receiver(b);
	if (p->size != b->told_size)
		memset(b->told, 0, sizeof b->told);
	b->told_size = p->size;
	for (i = 0; r && i < r->symbols && r->name.size == p->size; i++)
		b->told[i] |= p->told[i];
}

void bed_restart_sender(struct bed *b)
{
	frame_send_line(&b->send, &b->known);
	bed_start(b, true);
}

/* ---- time ------------------------------------------------------------------------------------ */

static int first_due(const struct bed *b)
{
	unsigned i;
	int first = -1;

	for (i = 0; i < b->flying_len; i++)
		if (first < 0 || b->flying[i].at < b->flying[first].at ||
		    (b->flying[i].at == b->flying[first].at &&
		     b->flying[i].order < b->flying[first].order))
			first = (int)i;
	return first;
}

static void deliver(struct bed *b, unsigned i)
{
	struct bed_packet p = b->flying[i];

	b->flying[i] = b->flying[--b->flying_len];
	if (p.up)
		receive(b, &p);
	else
		hear(b, &p);
	free(p.told);
}

bool bed_run(struct bed *b, int64_t until)
{
	int64_t wake, due, other;
	int i;

	while (!b->wrong && b->now < until) {
		wake = send_due(b);
		if (frame_send_done(&b->send) || frame_send_refused(&b->send))
			break;
		i = first_due(b);
		due = i < 0 ? INT64_MAX : b->flying[i].at / 1000 + 1;
		other = b->other ? b->other_due(b->other) : INT64_MAX;
		if (other <= due && other <= wake) {
			b->now = other > b->now ? other : b->now;
			b->other_act(b->other, b);
		} else if (due <= wake) {
			b->now = due > b->now ? due : b->now;
			deliver(b, (unsigned)i);
		} else {
			b->now = wake < until ? wake : until;
		}
	}
	frame_send_line(&b->send, &b->known);
	return frame_send_done(&b->send);
}
