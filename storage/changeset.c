/* changeset.c - the bytes of a changeset. */
#include "storage/changeset.h"
#include "storage/err.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* SQLite's variable-length integers: highest part first. Lengths here have 32 bits. */
static uint32_t read_length(struct cursor *c)
{
	uint32_t v = 0;
	unsigned byte, i;

	for (i = 0; i < 5; i++) {
		byte = cursor_u8(c);
		if (v >> 25)
			break;
		v = v << 7 | (byte & 0x7f);
		if (!(byte & 0x80))
			return v;
	}
	c->bad = 1;
	return 0;
}

static void write_length(struct buf *out, uint32_t v)
{
	int shift = 28;

	while (shift && !(v >> shift))
		shift -= 7;
	for (; shift; shift -= 7)
		buf_u8(out, (v >> shift & 0x7f) | 0x80);
	buf_u8(out, v & 0x7f);
}

void section_read(struct cursor *c, struct section *s)
{
	const uint8_t *end;

	*s = (struct section){0};
	if (cursor_u8(c) != 'T')
		c->bad = 1;
	s->ncol = read_length(c);
	if (s->ncol > CHANGE_COLUMNS)
		c->bad = 1;
	s->key = cursor_bytes(c, s->ncol);
	s->name = c->p;
	end = c->bad ? NULL : memchr(c->p, 0, cursor_left(c));
	if (!end || end - s->name > CHANGE_NAME_MAX) {
		c->bad = 1;
		return;
	}
	s->name_len = (size_t)(end - s->name);
	cursor_bytes(c, s->name_len + 1);
}

void section_write(struct buf *out, const struct section *s)
{
	buf_u8(out, 'T');
	write_length(out, s->ncol);
	buf_add(out, s->key, s->ncol);
	buf_add(out, s->name, s->name_len);
	buf_u8(out, 0);
}

static void cell_read(struct cursor *c, struct cell *v)
{
	const uint8_t *p;
	int i;

	*v = (struct cell){.type = (enum value_type)cursor_u8(c)};
	switch (v->type) {
	case V_INT:
	case V_REAL:
		p = cursor_bytes(c, 8);
		for (i = 0; p && i < 8; i++)
			v->bits = v->bits << 8 | p[i];
		break;
	case V_TEXT:
	case V_BLOB:
		v->len = read_length(c);
		if (v->len)
			v->p = cursor_bytes(c, v->len);
		break;
	case V_UNDEFINED:
	case V_NULL:
		break;
	default:
		c->bad = 1;
	}
}

void changeset_get(struct cursor *c, unsigned n, struct cell *cell)
{
	for (; n && !c->bad; n--)
		cell_read(c, cell++);
}

static uint8_t *put_number(uint8_t *p, uint64_t v)
{
	int i;

	for (i = 56; i >= 0; i -= 8)
		*p++ = (uint8_t)(v >> i);
	return p;
}

void changeset_put(struct buf *out, unsigned n, const struct cell *v)
{
	uint8_t *p;

	for (; n; n--, v++) {
		p = buf_grow(out, 9);
		if (!p)
			return;
		*p++ = (uint8_t)v->type;
		if (v->type == V_INT || v->type == V_REAL)
			p = put_number(p, v->bits);
		out->len = (size_t)(p - out->data);
		if (v->type == V_TEXT || v->type == V_BLOB) {
			write_length(out, v->len);
			buf_add(out, v->p, v->len);
		}
	}
}

/* ---- order ------------------------------------------------------------------------------------- */

/* A change, where it stands. */
struct place {
	int64_t id;
	const uint8_t *at;
	size_t len;
};

static int by_id(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

static void find_change(struct cursor *c, unsigned ncol, struct place *place)
{
	struct cell v, first;
	unsigned i, op;

	place->at = c->p;
	op = cursor_u8(c);
	cursor_u8(c);
	cell_read(c, &first);
	for (i = 1; i < (op == SQLITE_UPDATE ? 2 * ncol : ncol) && !c->bad; i++)
		cell_read(c, &v);
	if (first.type != V_INT ||
	    (op != SQLITE_INSERT && op != SQLITE_UPDATE && op != SQLITE_DELETE))
		c->bad = 1;
	place->id = (int64_t)first.bits;
	place->len = (size_t)(c->p - place->at);
}

static void sort_section(struct cursor *c, struct buf *places, struct buf *out)
{
	const uint8_t *from = c->p;
	struct section s;
	struct place one, *place;
	size_t i, n;

	section_read(c, &s);
	if (!s.ncol)
		c->bad = 1;
	if (!c->bad)
		buf_add(out, from, (size_t)(c->p - from));
	buf_reset(places);
	for (n = 0; !c->bad && cursor_left(c) && !section_next(c); n++) {
		find_change(c, s.ncol, &one);
		buf_add(places, &one, sizeof one);
	}
	if (c->bad || places->err)
		return;
	place = (struct place *)(void *)places->data;
	if (n)
		qsort(place, n, sizeof *place, by_id);
	for (i = 0; i < n; i++)
		buf_add(out, place[i].at, place[i].len);
}

void changeset_sorted(const uint8_t *set, size_t len, struct buf *out)
{
	struct cursor c = cursor_of(set, len);
	struct buf places = {0};
	size_t before = out->len;

	while (cursor_left(&c) && !c.bad && !places.err)
		sort_section(&c, &places, out);
	if (places.err)
		out->err = places.err;
	if (c.bad && !out->err) {
		out->len = before;
		buf_add(out, set, len);
	}
	buf_release(&places);
}
