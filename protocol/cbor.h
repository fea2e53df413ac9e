/* cbor.h - CBOR (RFC 8949) by tinycbor, with the sticky error of buf.h.
 *
 * Only the subset that PROTOCOL.md uses: unsigned and negative integers, byte and text strings,
 * booleans and arrays, all of definite length.
 */
#ifndef PROTOCOL_CBOR_H
#define PROTOCOL_CBOR_H

#include "storage/buf.h"

#include <stdbool.h>

/* Appending. */
void put_array(struct buf *b, size_t n);
void put_uint(struct buf *b, uint64_t v);
void put_int(struct buf *b, int64_t v);
void put_bytes(struct buf *b, const void *data, size_t len);
void put_text(struct buf *b, const char *text);
void put_bool(struct buf *b, bool v);

/* Reading, one item after another; once something does not fit, bad is set and every read
 * gives 0 or NULL. Bytes and text are borrowed from the input; text has no NUL. */
struct reader {
	const uint8_t *p, *end;
	int bad;
};
struct reader reader_of(const void *data, size_t len);
size_t get_array(struct reader *r); /* number of items that follow */
uint64_t get_uint(struct reader *r);
int64_t get_int(struct reader *r);
const uint8_t *get_bytes(struct reader *r, size_t *len);
/* Exactly len bytes into out, zeroed when they are not there. */
void get_fixed(struct reader *r, void *out, size_t len);
/* Text into out[cap] with NUL; longer is bad. */
void get_text(struct reader *r, char *out, size_t cap);
bool get_bool(struct reader *r);
/* 0 when all was read and nothing is left, else ERR_BAD naming what. */
int reader_end(struct reader *r, const char *what);

#endif
