/* verify.h - is what is here what was written, and the same as elsewhere?
 *
 * The content hash of a scope is SHA-256 over the rows of its synced tables, by class, table
 * name and row id, in a form that does not depend on the order in which packs came.
 */
#ifndef STORAGE_VERIFY_H
#define STORAGE_VERIFY_H

#include "storage/store.h"

struct verify_result {
	uint8_t hash[CLASS_COUNT][HASH_LEN]; /* content by class */
	int64_t rows[CLASS_COUNT];
	int64_t feeds, packs, waiting, quarantined, pending;
};
/* The content hashes of rows whose scope is unit or below it (0: all rows), and their counts. */
int verify_content(struct store *s, int64_t unit, struct verify_result *out);
/* SQLite's integrity check, each feed's chain and signatures, then the content. ERR_CORRUPT says
 * what is damaged and what to do. */
int verify_store(struct store *s, int64_t unit, struct verify_result *out);

#endif
