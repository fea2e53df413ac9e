/* zip_out.c - a ZIP file as it comes, packed by zlib. */
#include "storage/zip_out.h"
#include "storage/err.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define PIECE (32 * 1024)        /* bytes packed at a time */
#define MEMORY_LEVEL 8           /* zlib's own default */
#define DAY ((1 << 5 | 1) << 16) /* 1980-01-01 00:00, the first that MS-DOS has */
#define NEEDS 20                 /* version 2.0: deflate */
#define FLAGS (1 << 3)           /* sizes stand behind the data */

struct zip_out {
	int (*put)(void *arg, const void *data, size_t len);
	void *arg;
	int rc;
	uint64_t at; /* bytes put */
	struct buf directory;
	unsigned n; /* entries in it */
	/* the entry at hand */
	bool open;
	char *name;
	uint64_t from, packed, size;
	uLong crc;
	z_stream s;
	uint8_t piece[PIECE];
};

static void le(struct buf *b, uint64_t v, unsigned bytes)
{
	for (; bytes--; v >>= 8)
		buf_u8(b, (unsigned)(v & 0xff));
}

static void put(struct zip_out *z, const void *data, size_t len)
{
	if (!z->rc && len)
		z->rc = z->put(z->arg, data, len);
	z->at += len;
	if (!z->rc && z->at > UINT32_MAX)
		z->rc = err(ERR_TOOBIG, "the file would be more than 4 GiB");
}

static void put_buf(struct zip_out *z, struct buf *b)
{
	if (!z->rc && b->err)
		z->rc = err(ERR_NOMEM, "out of memory");
	put(z, b->data, b->len);
	buf_release(b);
}

int zip_out_begin(int (*to)(void *arg, const void *data, size_t len), void *arg,
                  struct zip_out **out)
{
	struct zip_out *z = calloc(1, sizeof *z);

	*out = NULL;
	if (!z || deflateInit2(&z->s, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, MEMORY_LEVEL,
	                       Z_DEFAULT_STRATEGY) != Z_OK) {
		free(z);
		return err(ERR_NOMEM, "out of memory");
	}
	z->put = to;
	z->arg = arg;
	*out = z;
	return 0;
}

/* Packs what is in z->s, up to the end of the entry when finish is set. */
static void pack(struct zip_out *z, bool finish)
{
	size_t n;

	do {
		z->s.next_out = z->piece;
		z->s.avail_out = PIECE;
		deflate(&z->s, finish ? Z_FINISH : Z_NO_FLUSH);
		n = PIECE - z->s.avail_out;
		z->packed += n;
		put(z, z->piece, n);
	} while (!z->rc && !z->s.avail_out);
}

void zip_out_add(struct zip_out *z, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (!z->rc && len) {
		uInt n = len > PIECE ? PIECE : (uInt)len;

		z->crc = crc32(z->crc, p, n);
		z->size += n;
		z->s.next_in = (uint8_t *)(uintptr_t)p;
		z->s.avail_in = n;
		pack(z, false);
		p += n;
		len -= n;
	}
	if (!z->rc && z->size > UINT32_MAX)
		z->rc = err(ERR_TOOBIG, "the file would be more than 4 GiB");
}

/* What the entry's local header, descriptor and directory entry have in common. */
static void sums(const struct zip_out *z, struct buf *b)
{
	le(b, z->crc, 4);
	le(b, z->packed, 4);
	le(b, z->size, 4);
}

static void end_entry(struct zip_out *z)
{
	struct buf b = {0};

	if (!z->open)
		return;
	z->open = false;
	if (!z->rc)
		pack(z, true);
	buf_str(&b, "PK\7\10");
	sums(z, &b);
	put_buf(z, &b);
	buf_str(&z->directory, "PK\1\2");
	le(&z->directory, NEEDS, 2); /* made by: as MS-DOS does */
	le(&z->directory, NEEDS, 2);
	le(&z->directory, FLAGS, 2);
	le(&z->directory, Z_DEFLATED, 2);
	le(&z->directory, DAY, 4);
	sums(z, &z->directory);
	le(&z->directory, strlen(z->name), 2);
	le(&z->directory, 0, 12); /* no extra, no comment, disk 0, no attributes */
	le(&z->directory, z->from, 4);
	buf_str(&z->directory, z->name);
	z->n++;
}

void zip_out_entry(struct zip_out *z, const char *name)
{
	struct buf b = {0};

	end_entry(z);
	if (z->rc)
		return;
	if (z->n == 0xffff) {
		z->rc = err(ERR_TOOBIG, "a ZIP file holds no more than %u files", z->n);
		return;
	}
	free(z->name);
	z->name = strdup(name);
	if (!z->name || deflateReset(&z->s) != Z_OK) {
		z->rc = err(ERR_NOMEM, "out of memory");
		return;
	}
	z->from = z->at;
	z->packed = z->size = 0;
	z->crc = crc32(0, NULL, 0);
	z->open = true;
	buf_str(&b, "PK\3\4");
	le(&b, NEEDS, 2);
	le(&b, FLAGS, 2);
	le(&b, Z_DEFLATED, 2);
	le(&b, DAY, 4);
	le(&b, 0, 12); /* behind the data */
	le(&b, strlen(name), 2);
	le(&b, 0, 2);
	buf_str(&b, name);
	put_buf(z, &b);
}

int zip_out_error(const struct zip_out *z)
{
	return z->rc;
}

void zip_out_fail(struct zip_out *z, int rc)
{
	if (!z->rc)
		z->rc = rc;
}

int zip_out_end(struct zip_out *z)
{
	struct buf b = {0};
	uint64_t from;
	int rc;

	end_entry(z);
	from = z->at;
	buf_str(&b, "PK\5\6");
	le(&b, 0, 4);
	le(&b, z->n, 2);
	le(&b, z->n, 2);
	le(&b, z->directory.len, 4);
	le(&b, from, 4);
	le(&b, 0, 2);
	put_buf(z, &z->directory);
	put_buf(z, &b);
	rc = z->rc;
	zip_out_drop(z);
	return rc;
}

void zip_out_drop(struct zip_out *z)
{
	if (!z)
		return;
	deflateEnd(&z->s);
	buf_release(&z->directory);
	free(z->name);
	free(z);
}
