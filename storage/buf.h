/* buf.h - one growable run of bytes with a sticky error.
 *
 * After a failed growth every appender does nothing and err stays set, so that a
 * caller checks once, at the end. A buf is caller-owned: start with {0} or
 * buf_init(), end with buf_release().
 */
#ifndef STORAGE_BUF_H
#define STORAGE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
	uint8_t *data; /* len bytes, owned; may be NULL when len is 0 */
	size_t len;    /* bytes in use */
	size_t cap;    /* bytes allocated */
	int err;       /* 0 or ERR_NOMEM, sticky */
};

void buf_release(struct buf *b);            /* frees, back to {0} */
void buf_reset(struct buf *b);              /* empties, keeps the memory */
uint8_t *buf_grow(struct buf *b, size_t n); /* room for n more, or NULL */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_str(struct buf *b, const char *text); /* without the terminator */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_u8(struct buf *b, unsigned v);
void buf_varint(struct buf *b, uint64_t v); /* LEB128, 1 to 10 bytes */
void buf_svarint(struct buf *b, int64_t v); /* zigzag, then LEB128 */
const char *buf_cstr(struct buf *b);        /* NUL-terminated view, "" on error */

/* Reading back, with the same stickiness: after the first read beyond the end,
 * bad is set and all reads give 0 or NULL. */
struct cursor {
	const uint8_t *p, *end; /* borrowed */
	int bad;                /* set once something did not fit */
};

struct cursor cursor_of(const void *data, size_t len);
unsigned cursor_u8(struct cursor *c);
uint64_t cursor_varint(struct cursor *c);
int64_t cursor_svarint(struct cursor *c);
const uint8_t *cursor_bytes(struct cursor *c, size_t len); /* borrowed from the input */
size_t cursor_left(const struct cursor *c);

#endif
