/* zip_make.h - ZIP files for tests: entries as they are, or a run of one byte that deflates 150 times. */
#ifndef TESTS_UNIT_ZIP_MAKE_H
#define TESTS_UNIT_ZIP_MAKE_H

#include "storage/buf.h"

#include <string.h>
#include <zlib.h>

struct zip_make {
	struct buf out, directory;
	unsigned n;
};

static inline void zip_le(struct buf *b, uint64_t v, unsigned bytes)
{
	while (bytes--) {
		buf_u8(b, (unsigned)(v & 0xff));
		v >>= 8;
	}
}

static inline void zip_packed(struct zip_make *z, const char *name, const struct buf *data,
                              unsigned method, uint32_t crc, size_t size)
{
	size_t at = z->out.len;

	buf_str(&z->out, "PK\3\4");
	zip_le(&z->out, 20, 2);
	zip_le(&z->out, 0, 2);
	zip_le(&z->out, method, 2);
	zip_le(&z->out, 0, 4);
	zip_le(&z->out, crc, 4);
	zip_le(&z->out, data->len, 4);
	zip_le(&z->out, size, 4);
	zip_le(&z->out, strlen(name), 2);
	zip_le(&z->out, 0, 2);
	buf_str(&z->out, name);
	buf_add(&z->out, data->data, data->len);
	buf_str(&z->directory, "PK\1\2");
	zip_le(&z->directory, 20, 2);
	zip_le(&z->directory, 20, 2);
	zip_le(&z->directory, 0, 2);
	zip_le(&z->directory, method, 2);
	zip_le(&z->directory, 0, 4);
	zip_le(&z->directory, crc, 4);
	zip_le(&z->directory, data->len, 4);
	zip_le(&z->directory, size, 4);
	zip_le(&z->directory, strlen(name), 2);
	zip_le(&z->directory, 0, 12);
	zip_le(&z->directory, at, 4);
	buf_str(&z->directory, name);
	z->n++;
}

static inline void zip_add(struct zip_make *z, const char *name, const char *text)
{
	struct buf data = {.data = (uint8_t *)(uintptr_t)text, .len = strlen(text)};

	zip_packed(z, name, &data, 0, (uint32_t)crc32(0, data.data, (uInt)data.len), data.len);
}

/* RFC 1951: one block of fixed codes; a literal, then copies of 258 bytes from 1 byte before. */
static inline void zip_add_run(struct zip_make *z, const char *name, uint8_t byte, size_t copies)
{
	static const char copy[] = "1100010100000", end[] = "0000000";
	struct buf data = {0};
	uint64_t held = 3; /* the last block, of kind 1 */
	unsigned bits = 3, i;
	uLong crc = crc32(0, &byte, 1);
	uint8_t run[258];
	size_t n;

	for (i = 8; i--; bits++)
		held |= (uint64_t)((0x30u + byte) >> i & 1) << bits;
	memset(run, byte, sizeof run);
	for (n = 0; n <= copies; n++) {
		const char *code = n < copies ? copy : end;

		for (; *code; code++)
			held |= (uint64_t)(*code == '1') << bits++;
		for (; bits >= 8; bits -= 8, held >>= 8)
			buf_u8(&data, (unsigned)(held & 0xff));
		if (n < copies)
			crc = crc32(crc, run, sizeof run);
	}
	buf_u8(&data, (unsigned)(held & 0xff));
	zip_packed(z, name, &data, 8, (uint32_t)crc, 1 + 258 * copies);
	buf_release(&data);
}

/* The whole file, in z->out. */
static inline void zip_end(struct zip_make *z)
{
	size_t at = z->out.len;

	buf_add(&z->out, z->directory.data, z->directory.len);
	buf_str(&z->out, "PK\5\6");
	zip_le(&z->out, 0, 4);
	zip_le(&z->out, z->n, 2);
	zip_le(&z->out, z->n, 2);
	zip_le(&z->out, z->directory.len, 4);
	zip_le(&z->out, at, 4);
	zip_le(&z->out, 0, 2);
	buf_release(&z->directory);
}

#endif
