/* cbor.c - CBOR by tinycbor, appended to a buf and read item by item. */
#include "protocol/cbor.h"
#include "storage/err.h"

#include <cbor.h>
#include <string.h>

#define HEAD_MAX 9 /* bytes of an item's head, RFC 8949 section 3 */

/* ---- writing ------------------------------------------------------------------------------------- */

/* Room for an item of n bytes after its head; finish() takes what was used of it. */
static int start(struct buf *b, size_t n, CborEncoder *e)
{
	uint8_t *p = buf_grow(b, n + HEAD_MAX);

	if (!p)
		return 0;
	cbor_encoder_init(e, p, n + HEAD_MAX, 0);
	return 1;
}

static void finish(struct buf *b, const CborEncoder *e)
{
	b->len += cbor_encoder_get_buffer_size(e, b->data + b->len);
}

void put_array(struct buf *b, size_t n)
{
	CborEncoder e, inner;

	if (!start(b, 0, &e))
		return;
	cbor_encoder_create_array(&e, &inner, n);
	finish(b, &inner);
}

void put_uint(struct buf *b, uint64_t v)
{
	CborEncoder e;

	if (!start(b, 0, &e))
		return;
	cbor_encode_uint(&e, v);
	finish(b, &e);
}

void put_int(struct buf *b, int64_t v)
{
	CborEncoder e;

	if (!start(b, 0, &e))
		return;
	cbor_encode_int(&e, v);
	finish(b, &e);
}

void put_bytes(struct buf *b, const void *data, size_t len)
{
	CborEncoder e;

	if (!start(b, len, &e))
		return;
	cbor_encode_byte_string(&e, data, len);
	finish(b, &e);
}

void put_text(struct buf *b, const char *text)
{
	CborEncoder e;

	if (!start(b, strlen(text), &e))
		return;
	cbor_encode_text_string(&e, text, strlen(text));
	finish(b, &e);
}

void put_bool(struct buf *b, bool v)
{
	CborEncoder e;

	if (!start(b, 0, &e))
		return;
	cbor_encode_boolean(&e, v);
	finish(b, &e);
}

/* ---- reading ------------------------------------------------------------------------------------- */

struct reader reader_of(const void *data, size_t len)
{
	const uint8_t *p = data;

	return (struct reader){p, p ? p + len : p, 0};
}

/* The item at hand, which must be of this type; bad otherwise. parser backs v. */
static int item(struct reader *r, CborType type, CborParser *parser, CborValue *v)
{
	if (r->bad || r->p == r->end ||
	    cbor_parser_init(r->p, (size_t)(r->end - r->p), 0, parser, v) != CborNoError ||
	    cbor_value_get_type(v) != type)
		r->bad = 1;
	return !r->bad;
}

static void past(struct reader *r, CborValue *v)
{
	if (cbor_value_advance_fixed(v) != CborNoError)
		r->bad = 1;
	else
		r->p = cbor_value_get_next_byte(v);
}

size_t get_array(struct reader *r)
{
	CborParser parser;
	CborValue v, inner;
	size_t n = 0;

	if (!item(r, CborArrayType, &parser, &v))
		return 0;
	if (!cbor_value_is_length_known(&v) || cbor_value_get_array_length(&v, &n) != CborNoError ||
	    n > (size_t)(r->end - r->p)) {
		r->bad = 1;
		return 0;
	}
	if (n == 0) {
		r->p++; /* the head of an empty array, in its shortest form or refused next */
		return 0;
	}
	if (cbor_value_enter_container(&v, &inner) != CborNoError) {
		r->bad = 1;
		return 0;
	}
	r->p = cbor_value_get_next_byte(&inner);
	return n;
}

uint64_t get_uint(struct reader *r)
{
	CborParser parser;
	CborValue v;
	uint64_t out = 0;

	if (!item(r, CborIntegerType, &parser, &v))
		return 0;
	if (!cbor_value_is_unsigned_integer(&v) || cbor_value_get_uint64(&v, &out) != CborNoError)
		r->bad = 1;
	else
		past(r, &v);
	return r->bad ? 0 : out;
}

int64_t get_int(struct reader *r)
{
	CborParser parser;
	CborValue v;
	int64_t out = 0;

	if (!item(r, CborIntegerType, &parser, &v))
		return 0;
	if (cbor_value_get_int64_checked(&v, &out) != CborNoError)
		r->bad = 1;
	else
		past(r, &v);
	return r->bad ? 0 : out;
}

bool get_bool(struct reader *r)
{
	CborParser parser;
	CborValue v;
	bool out = false;

	if (!item(r, CborBooleanType, &parser, &v))
		return false;
	cbor_value_get_boolean(&v, &out);
	past(r, &v);
	return out && !r->bad;
}

static const uint8_t *string(struct reader *r, CborType type, size_t *len)
{
	CborParser parser;
	CborValue v, next;
	const void *p = NULL;
	size_t n = 0;

	*len = 0;
	if (!item(r, type, &parser, &v))
		return NULL;
	if (!cbor_value_is_length_known(&v) ||
	    cbor_value_begin_string_iteration(&v) != CborNoError ||
	    (type == CborTextStringType
	             ? cbor_value_get_text_string_chunk(&v, (const char **)&p, &n, &next)
	             : cbor_value_get_byte_string_chunk(&v, (const uint8_t **)&p, &n, &next)) !=
	            CborNoError ||
	    n > (size_t)(r->end - (const uint8_t *)p)) {
		r->bad = 1;
		return NULL;
	}
	*len = n;
	r->p = (const uint8_t *)p + n;
	return p;
}

const uint8_t *get_bytes(struct reader *r, size_t *len)
{
	return string(r, CborByteStringType, len);
}

void get_fixed(struct reader *r, void *out, size_t len)
{
	size_t n;
	const uint8_t *p = get_bytes(r, &n);

	memset(out, 0, len);
	if (!p || n != len)
		r->bad = 1;
	else
		memcpy(out, p, len);
}

void get_text(struct reader *r, char *out, size_t cap)
{
	size_t n;
	const uint8_t *p = string(r, CborTextStringType, &n);

	out[0] = 0;
	if (!p || n >= cap || memchr(p, 0, n)) {
		r->bad = 1;
		return;
	}
	memcpy(out, p, n);
	out[n] = 0;
}

int reader_end(struct reader *r, const char *what)
{
	if (!r->bad && r->p == r->end)
		return 0;
	return err(ERR_BAD, "%s is damaged, or of another version of cayda", what);
}
