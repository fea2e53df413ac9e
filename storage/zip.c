/* zip.c - entries of a ZIP file by name, unpacked by zlib. */
#include "storage/zip.h"
#include "storage/err.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#define END_LEN 22          /* end of central directory, without its comment */
#define ENTRY_LEN 46        /* a directory's entry, without name and extra */
#define LOCAL_LEN 30        /* what stands before an entry's data, likewise */
#define NAME_MAX_BYTES 1024 /* of an entry that is walked */
#define PIECE (32 * 1024)   /* bytes unpacked at a time */

static uint32_t le(const uint8_t *p, unsigned bytes)
{
	uint32_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static int damaged(void)
{
	return err(ERR_BAD, "the file is damaged or cut off");
}

int zip_open(struct zip *z, const void *data, size_t len)
{
	const uint8_t *p = data, *at;
	size_t size, from;

	*z = (struct zip){.data = p, .len = len};
	if (len < END_LEN)
		return damaged();
	for (at = p + len - END_LEN; memcmp(at, "PK\5\6", 4); at--)
		if (at == p || (size_t)(p + len - at) > END_LEN + 0xffff)
			return damaged();
	z->n = le(at + 10, 2);
	size = le(at + 12, 4);
	from = le(at + 16, 4);
	if (le(at + 4, 2) || z->n == 0xffff || from == UINT32_MAX)
		return err(ERR_BAD, "a ZIP file of this kind (ZIP64 or split) is not read");
	if (from > (size_t)(at - p) || size > (size_t)(at - p) - from)
		return damaged();
	z->entry = p + from;
	z->end = z->entry + size;
	return 0;
}

/* The entry of that name; NULL with *bad when the directory is damaged before it. */
static const uint8_t *find(const struct zip *z, const char *name, bool *bad)
{
	const uint8_t *e = z->entry;
	size_t len = strlen(name), all;
	unsigned i;

	*bad = false;
	for (i = 0; i < z->n; i++, e += all) {
		if (z->end - e < ENTRY_LEN || memcmp(e, "PK\1\2", 4)) {
			*bad = true;
			return NULL;
		}
		all = ENTRY_LEN + le(e + 28, 2) + le(e + 30, 2) + le(e + 32, 2);
		if ((size_t)(z->end - e) < all) {
			*bad = true;
			return NULL;
		}
		if (le(e + 28, 2) == len && !strncasecmp((const char *)e + ENTRY_LEN, name, len))
			return e;
	}
	return NULL;
}

int zip_each(const struct zip *z, int (*fn)(void *arg, const char *name), void *arg)
{
	const uint8_t *e = z->entry;
	char name[NAME_MAX_BYTES + 1];
	size_t len, all;
	unsigned i;
	int rc = 0;

	for (i = 0; i < z->n && !rc; i++, e += all) {
		if (z->end - e < ENTRY_LEN || memcmp(e, "PK\1\2", 4))
			return damaged();
		len = le(e + 28, 2);
		all = ENTRY_LEN + len + le(e + 30, 2) + le(e + 32, 2);
		if ((size_t)(z->end - e) < all)
			return damaged();
		if (len > NAME_MAX_BYTES || memchr(e + ENTRY_LEN, 0, len))
			continue; /* none that is looked for */
		memcpy(name, e + ENTRY_LEN, len);
		name[len] = 0;
		rc = fn(arg, name);
	}
	return rc;
}

static int put(uint64_t *left, const uint8_t *data, size_t len,
               int (*fn)(void *arg, const uint8_t *data, size_t len), void *arg)
{
	if (len > *left)
		return err(ERR_TOOBIG, "the file unpacks to more than is allowed");
	*left -= len;
	return len ? fn(arg, data, len) : 0;
}

static int unpack(const uint8_t *data, size_t len, uint64_t max, uint32_t crc,
                  int (*fn)(void *arg, const uint8_t *data, size_t len), void *arg)
{
	z_stream s = {.next_in = (uint8_t *)(uintptr_t)data, .avail_in = (uInt)len};
	uint8_t piece[PIECE];
	uLong sum = crc32(0, NULL, 0);
	int got = Z_OK, rc = 0;

	if (inflateInit2(&s, -MAX_WBITS) != Z_OK)
		return err(ERR_NOMEM, "out of memory");
	while (!rc && got == Z_OK) {
		s.next_out = piece;
		s.avail_out = sizeof piece;
		got = inflate(&s, Z_NO_FLUSH);
		if (got != Z_OK && got != Z_STREAM_END) {
			rc = got == Z_MEM_ERROR ? err(ERR_NOMEM, "out of memory") : damaged();
			break;
		}
		sum = crc32(sum, piece, (uInt)(sizeof piece - s.avail_out));
		rc = put(&max, piece, sizeof piece - s.avail_out, fn, arg);
	}
	inflateEnd(&s);
	return rc || sum == crc ? rc : damaged();
}

int zip_read(const struct zip *z, const char *name, uint64_t max,
             int (*fn)(void *arg, const uint8_t *data, size_t len), void *arg)
{
	bool bad;
	const uint8_t *e = find(z, name, &bad), *data;
	size_t at, len, skip;
	unsigned how;

	if (bad)
		return damaged();
	if (!e)
		return ERR_NOTFOUND;
	how = le(e + 10, 2);
	if (le(e + 8, 2) & 1)
		return err(ERR_BAD, "the file is protected by a password");
	len = le(e + 20, 4);
	at = le(e + 42, 4);
	if (at > z->len || z->len - at < LOCAL_LEN || memcmp(z->data + at, "PK\3\4", 4))
		return damaged();
	skip = LOCAL_LEN + le(z->data + at + 26, 2) + le(z->data + at + 28, 2);
	if (z->len - at < skip || z->len - at - skip < len)
		return damaged();
	data = z->data + at + skip;
	if (how == 8)
		return unpack(data, len, max, le(e + 16, 4), fn, arg);
	if (how)
		return err(ERR_BAD, "a ZIP file packed by method %u is not read", how);
	if (crc32(crc32(0, NULL, 0), data, (uInt)len) != le(e + 16, 4))
		return damaged();
	return put(&max, data, len, fn, arg);
}
