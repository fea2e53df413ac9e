/* embed.h - files compiled into the binary by boards/embed.sh. */
#ifndef STORAGE_EMBED_H
#define STORAGE_EMBED_H

#include <stddef.h>

struct embed_file {
	const char *name;          /* path relative to the set's folder */
	const unsigned char *data; /* len bytes and a NUL that len does not count */
	size_t len;
};

/* Each set ends with a member whose name is NULL. */
extern const struct embed_file embed_dictionary[]; /* storage/dictionary_1.bin */
extern const struct embed_file embed_schema[];     /* storage/schema.sql */
extern const struct embed_file embed_forms[];      /* agent/forms: XLSForm sheets, indicators */
extern const struct embed_file embed_po[];         /* agent/po, as .mo.gz catalogues */
extern const struct embed_file embed_web[];        /* agent/web bundled, each file gzipped */

#endif
