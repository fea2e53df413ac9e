/* buf.c - growable bytes with a sticky error, and reading them back. */
#include "storage/buf.h"
#include "storage/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf){0};
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->err = 0;
}

uint8_t *buf_grow(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 64;
	uint8_t *data;

	if (b->err)
		return NULL;
	if (b->data && n <= b->cap - b->len)
		return b->data + b->len;
	while (cap - b->len < n) {
		if (cap > SIZE_MAX / 4) {
			b->err = err(ERR_NOMEM, "out of memory");
			return NULL;
		}
		cap *= 2;
	}
	data = realloc(b->data, cap);
	if (!data) {
		b->err = err(ERR_NOMEM, "out of memory");
		return NULL;
	}
	b->data = data;
	b->cap = cap;
	return b->data + b->len;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	uint8_t *p = buf_grow(b, len);

	if (!p || !len)
		return;
	memcpy(p, data, len);
	b->len += len;
}

void buf_str(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	uint8_t *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	p = buf_grow(b, (size_t)n + 1);
	if (!p)
		return;
	va_start(ap, fmt);
	vsnprintf((char *)p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void buf_u8(struct buf *b, unsigned v)
{
	uint8_t byte = (uint8_t)v;

	buf_add(b, &byte, 1);
}

void buf_varint(struct buf *b, uint64_t v)
{
	while (v >= 0x80) {
		buf_u8(b, (unsigned)(v & 0x7f) | 0x80);
		v >>= 7;
	}
	buf_u8(b, (unsigned)v);
}

void buf_svarint(struct buf *b, int64_t v)
{
	buf_varint(b, ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0));
}

const char *buf_cstr(struct buf *b)
{
	uint8_t *p = buf_grow(b, 1);

	if (!p)
		return "";
	*p = 0;
	return (const char *)b->data;
}

struct cursor cursor_of(const void *data, size_t len)
{
	const uint8_t *p = data;

	return (struct cursor){p, p ? p + len : p, 0};
}

size_t cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->p);
}

const uint8_t *cursor_bytes(struct cursor *c, size_t len)
{
	const uint8_t *p = c->p;

	if (c->bad || len > cursor_left(c)) {
		c->bad = 1;
		return NULL;
	}
	c->p += len;
	return p;
}

unsigned cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 1);

	return p ? *p : 0;
}

uint64_t cursor_varint(struct cursor *c)
{
	uint64_t v = 0;
	unsigned shift, byte;

	for (shift = 0; shift < 64; shift += 7) {
		byte = cursor_u8(c);
		if (shift == 63 && byte > 1)
			break;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return c->bad ? 0 : v;
	}
	c->bad = 1;
	return 0;
}

int64_t cursor_svarint(struct cursor *c)
{
	uint64_t v = cursor_varint(c);

	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}
