/* zip.h - reading a ZIP file in memory, which need not be trusted (APPNOTE.TXT 6.3: stored or deflated).
 *
 * What an entry unpacks to is handed on in pieces and never held, and is bounded by the caller: a file
 * that unpacks to more than it may is refused however small it is.
 */
#ifndef STORAGE_ZIP_H
#define STORAGE_ZIP_H

#include <stddef.h>
#include <stdint.h>

struct zip {
	const uint8_t *data; /* borrowed */
	size_t len;
	const uint8_t *entry, *end; /* the directory; borrowed */
	unsigned n;
};

/* ERR_BAD: no ZIP file, cut off, or of a kind that is not read (encrypted, split, ZIP64). */
int zip_open(struct zip *z, const void *data, size_t len);
/* Walks the entries by their names, which may hold anything; nonzero ends the walk and is returned. ERR_BAD. */
int zip_each(const struct zip *z, int (*fn)(void *arg, const char *name), void *arg);
/* Unpacks the entry of that name (ASCII letters in either case). fn's nonzero return ends it and is
 * returned. ERR_NOTFOUND without text, ERR_BAD for damage, ERR_TOOBIG beyond max bytes. */
int zip_read(const struct zip *z, const char *name, uint64_t max,
             int (*fn)(void *arg, const uint8_t *data, size_t len), void *arg);

#endif
