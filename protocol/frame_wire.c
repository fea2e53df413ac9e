/* frame_wire.c - frames and states as bytes, and the shape of a transfer. */
#include "protocol/frame_wire.h"
#include "storage/buf.h"
#include "storage/err.h"

#include <string.h>

enum {
	TYPE_PROBE = 0x40,
	TYPE_STATE = 0x80,
	TYPE_MASK = 0xc0,
	BRIEF = 0x20,
	ASK = 0x10,     /* of a frame */
	HAS_MAP = 0x10, /* of a state */
	MAP = 0x08,
	PART = 0x04,
	STATUS_MASK = 0x0f,
};

/* ---- the shape ------------------------------------------------------------------------------- */

unsigned frame_symbols(const struct frame_name *name)
{
	return name->size ? (name->len + name->size - 1) / name->size : 0;
}

unsigned frame_windows(unsigned symbols)
{
	return (symbols + FRAME_WINDOW - 1) / FRAME_WINDOW;
}

unsigned frame_window_start(unsigned symbols, unsigned window)
{
	unsigned windows = frame_windows(symbols);

	return windows ? symbols * window / windows : 0;
}

unsigned frame_window_of(unsigned symbols, uint32_t index)
{
	unsigned windows = frame_windows(symbols), w;

	if (!windows)
		return 0;
	if (index >= symbols)
		return (index - symbols) % windows;
	w = index * windows / symbols;
	while (index >= frame_window_start(symbols, w + 1))
		w++;
	return w;
}

int frame_name_check(const struct frame_name *name)
{
	if (name->len > FRAME_LEN_MAX || name->size > FRAME_ROOM_MAX || !name->size ||
	    frame_symbols(name) > FRAME_SYMBOLS_MAX)
		return err(ERR_BAD, "not a frame");
	return 0;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static uint8_t *put_varint(uint8_t *p, uint32_t v)
{
	for (; v > 0x7f; v >>= 7)
		*p++ = (uint8_t)(v | 0x80);
	*p++ = (uint8_t)v;
	return p;
}

static uint32_t get_varint(struct cursor *c, uint32_t max)
{
	uint64_t v = cursor_varint(c);

	if (v > max)
		c->bad = 1;
	return c->bad ? 0 : (uint32_t)v;
}

static uint8_t *put_name(uint8_t *p, const struct frame_name *name, bool brief)
{
	size_t len = brief ? FRAME_TAG : FRAME_ID;

	memcpy(p, name->id, len);
	p += len;
	if (brief)
		return p;
	p = put_varint(p, name->len);
	return put_varint(p, name->size);
}

static void get_name(struct cursor *c, struct frame_name *name, bool brief)
{
	size_t len = brief ? FRAME_TAG : FRAME_ID;
	const uint8_t *id = cursor_bytes(c, len);

	if (id)
		memcpy(name->id, id, len);
	if (brief)
		return;
	name->len = get_varint(c, UINT32_MAX);
	name->size = (uint16_t)get_varint(c, FRAME_ROOM_MAX);
}

/* ---- frames ---------------------------------------------------------------------------------- */

size_t frame_head_write(const struct frame_head *h, uint8_t *out)
{
	uint8_t *p = out;

	*p++ = (uint8_t)((h->probe ? TYPE_PROBE : 0) | (h->brief ? BRIEF : 0) | (h->ask ? ASK : 0) |
	                 (h->map ? MAP : 0) | (h->parts > 1 ? PART : 0));
	p = put_name(p, &h->name, h->brief);
	p = put_varint(p, h->index);
	if (h->parts > 1)
		*p++ = (uint8_t)(h->part << 4 | h->parts);
	return (size_t)(p - out);
}

static void read_part(struct frame_head *h, struct cursor *c)
{
	unsigned v = cursor_u8(c);

	h->part = v >> 4;
	h->parts = v & 15;
	if (h->parts < 2 || h->part >= h->parts)
		c->bad = 1;
}

int frame_head_read(struct frame_head *h, const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_of(bytes, len);
	unsigned flags = cursor_u8(&c);

	*h = (struct frame_head){.parts = 1, .start = bytes};
	if (c.bad || (flags & TYPE_STATE) || (flags & 3))
		return err(ERR_BAD, "not a frame");
	h->probe = flags & TYPE_PROBE;
	h->brief = flags & BRIEF;
	h->ask = flags & ASK;
	h->map = flags & MAP;
	get_name(&c, &h->name, h->brief);
	h->index = get_varint(&c, FRAME_INDEX_MAX);
	if (flags & PART)
		read_part(h, &c);
	h->data_len = cursor_left(&c);
	h->data = cursor_bytes(&c, h->data_len);
	if (c.bad || h->probe != !h->data_len || (h->probe && h->parts > 1))
		return err(ERR_BAD, "not a frame");
	return 0;
}

/* ---- states ---------------------------------------------------------------------------------- */

int frame_is_state(const uint8_t *bytes, size_t len, uint8_t tag[2])
{
	tag[0] = tag[1] = 0;
	if (len < 1 + FRAME_TAG || (bytes[0] & TYPE_MASK) != TYPE_STATE)
		return ERR_BAD;
	memcpy(tag, bytes + 1, FRAME_TAG);
	return 0;
}

bool frame_is_brief(const uint8_t *bytes)
{
	return bytes[0] & BRIEF;
}

static uint8_t *put_big(uint8_t *p, uint32_t v, unsigned bytes)
{
	while (bytes--)
		*p++ = (uint8_t)(v >> 8 * bytes);
	return p;
}

static uint32_t get_big(struct cursor *c, unsigned bytes)
{
	uint32_t v = 0;

	while (bytes--)
		v = v << 8 | cursor_u8(c);
	return v;
}

static uint8_t *put_has(uint8_t *p, const struct frame_state *s, unsigned windows)
{
	unsigned w;

	for (w = 0; w < windows; w++)
		p = put_varint(p, s->rank[w]);
	if (!s->map)
		return p;
	p = put_varint(p, s->highest);
	memcpy(p, s->bits, s->bits_len);
	return p + s->bits_len;
}

size_t frame_state_write(const struct frame_state *s, unsigned windows,
                         uint8_t out[FRAME_STATE_MAX])
{
	uint8_t *p = out;

	*p++ = (uint8_t)(TYPE_STATE | (s->brief ? BRIEF : 0) | (s->map ? HAS_MAP : 0) | s->status);
	p = put_name(p, &s->name, s->brief);
	if (s->status == FRAME_WAIT)
		p = put_varint(p, s->wait);
	if (s->status > FRAME_ALL)
		return (size_t)(p - out);
	p = put_big(p, s->run, 2);
	p = put_big(p, s->at, 4);
	p = put_varint(p, s->held);
	p = put_varint(p, s->echo);
	p = put_varint(p, s->received);
	if (s->status == FRAME_HAS)
		p = put_has(p, s, windows);
	return (size_t)(p - out);
}

static void get_has(struct cursor *c, struct frame_state *s, unsigned windows)
{
	unsigned w;

	for (w = 0; w < windows; w++) {
		s->rank[w] = (uint16_t)get_varint(c, FRAME_WINDOW);
		s->rank_all += s->rank[w];
	}
	if (!s->map)
		return;
	s->highest = get_varint(c, FRAME_INDEX_MAX);
	s->bits_len = cursor_left(c);
	s->bits = cursor_bytes(c, s->bits_len);
}

int frame_state_read(struct frame_state *s, unsigned windows, const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_of(bytes, len);
	unsigned flags = cursor_u8(&c);

	*s = (struct frame_state){0};
	if (c.bad || (flags & TYPE_MASK) != TYPE_STATE || (flags & STATUS_MASK) >= FRAME_STATUSES)
		return err(ERR_BAD, "not the state of a transfer");
	s->status = flags & STATUS_MASK;
	s->brief = flags & BRIEF;
	s->map = flags & HAS_MAP;
	get_name(&c, &s->name, s->brief);
	if (!s->brief)
		windows = frame_name_check(&s->name) ? 0 : frame_windows(frame_symbols(&s->name));
	if (s->status == FRAME_WAIT)
		s->wait = get_varint(&c, UINT16_MAX);
	if (s->status <= FRAME_ALL) {
		s->run = (uint16_t)get_big(&c, 2);
		s->at = get_big(&c, 4);
		s->held = get_varint(&c, UINT32_MAX);
		s->echo = get_varint(&c, FRAME_INDEX_MAX + 1);
		s->received = get_varint(&c, UINT32_MAX);
	}
	if (s->status == FRAME_HAS)
		get_has(&c, s, windows);
	if (c.bad || cursor_left(&c) || (s->map && s->status != FRAME_HAS))
		return err(ERR_BAD, "not the state of a transfer");
	return 0;
}
