/* rowcodec.c - a row of any table as bytes. */
#include "storage/err.h"
#include "storage/rowcodec.h"

#include <string.h>

static void put_u64(struct buf *out, uint64_t v)
{
	int shift;

	for (shift = 56; shift >= 0; shift -= 8)
		buf_u8(out, (unsigned)(v >> shift) & 0xff);
}

static uint64_t get_u64(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 8);
	uint64_t v = 0;
	int i;

	for (i = 0; p && i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

static void put_value(struct buf *out, sqlite3_value *v)
{
	double d;
	uint64_t bits;

	switch (v ? sqlite3_value_type(v) : SQLITE_NULL) {
	case SQLITE_INTEGER:
		buf_u8(out, 1);
		put_u64(out, (uint64_t)sqlite3_value_int64(v));
		break;
	case SQLITE_FLOAT:
		d = sqlite3_value_double(v);
		memcpy(&bits, &d, sizeof bits);
		buf_u8(out, 2);
		put_u64(out, bits);
		break;
	case SQLITE_TEXT:
	case SQLITE_BLOB:
		buf_u8(out, sqlite3_value_type(v) == SQLITE_TEXT ? 3 : 4);
		buf_varint(out, (uint64_t)sqlite3_value_bytes(v));
		buf_add(out, sqlite3_value_blob(v), (size_t)sqlite3_value_bytes(v));
		break;
	default:
		buf_u8(out, 0);
	}
}

void row_put(struct buf *out, int n, sqlite3_value *(*get)(void *arg, int i), void *arg)
{
	size_t end = out->len;
	sqlite3_value *v;
	int i;

	for (i = 0; i < n; i++) {
		v = get(arg, i);
		put_value(out, v);
		if (v && sqlite3_value_type(v) != SQLITE_NULL)
			end = out->len;
	}
	out->len = end;
}

static sqlite3_value *column(void *arg, int i)
{
	return sqlite3_column_value(arg, i);
}

void row_put_stmt(struct buf *out, sqlite3_stmt *st)
{
	row_put(out, sqlite3_column_count(st), column, st);
}

static int bind_one(struct cursor *c, sqlite3_stmt *st, int i)
{
	const uint8_t *p;
	uint64_t bits, len;
	double d;
	unsigned type = cursor_u8(c);

	switch (type) {
	case 0:
		return sqlite3_bind_null(st, i);
	case 1:
		return sqlite3_bind_int64(st, i, (int64_t)get_u64(c));
	case 2:
		bits = get_u64(c);
		memcpy(&d, &bits, sizeof d);
		return sqlite3_bind_double(st, i, d);
	case 3:
	case 4:
		len = cursor_varint(c);
		p = cursor_bytes(c, (size_t)len);
		if (!p)
			return SQLITE_CORRUPT;
		return type == 3 ? sqlite3_bind_text64(st, i, (const char *)p, len,
		                                       SQLITE_TRANSIENT, SQLITE_UTF8)
		                 : sqlite3_bind_blob64(st, i, p, len, SQLITE_TRANSIENT);
	default:
		return SQLITE_CORRUPT;
	}
}

int row_bind(const void *data, size_t len, sqlite3_stmt *st)
{
	struct cursor c = cursor_of(data, len);
	int n = sqlite3_bind_parameter_count(st), i;

	sqlite3_clear_bindings(st);
	for (i = 1; i <= n && cursor_left(&c); i++)
		if (bind_one(&c, st, i) || c.bad)
			return err(ERR_CORRUPT, "a kept row is damaged: run 'cayda verify'");
	return 0;
}
