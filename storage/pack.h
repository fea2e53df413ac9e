/* pack.h - sealing: entries become a pack of their feed.
 *
 * What a body is, body.h says. The chain hash of a pack is
 *   SHA-256("cayda pack 1" || author(4) || epoch(4) || scope(8) || class(1) || seq(4) ||
 *           hash of the pack before it, 32 zero bytes at first || SHA-256(body))
 * with numbers big-endian; the author signs that hash.
 */
#ifndef STORAGE_PACK_H
#define STORAGE_PACK_H

#include "storage/buf.h"
#include "storage/feed.h"

#define PACK_RAW_MAX (448 * 1024) /* bytes of entries in one pack: fits PACK_MAX as they are */
#define ENTRY_MAX (440 * 1024)    /* bytes of one changeset: tx_commit() refuses more */

/* Seals everything recorded here so far: final clocks, packs, cell clocks. Run before each
 * sync, export or merge; nothing to do costs one query. In a transaction of its own unless
 * one is open. */
int pack_seal(struct store *s);
/* How many entries wait to be sealed. */
int pack_pending(struct store *s, int64_t *count);

void pack_hash(const struct store *s, const struct feed_key *key, uint32_t seq,
               const uint8_t prev[HASH_LEN], const void *body, size_t len, uint8_t out[HASH_LEN]);

/* Walks the entries of a body of that feed; set is the changeset, borrowed until fn returns. ERR_BAD
 * for a body that is not one, whatever its bytes; ERR_NOTFOUND for one of a newer program. */
int pack_entries(const struct feed_key *key, const void *body, size_t len,
                 int (*fn)(void *arg, int64_t clock, const uint8_t *set, size_t set_len),
                 void *arg);
/* Clock of the last entry, by what stands in front: the rest may still be ERR_BAD. Errors as above. */
int pack_last_clock(const void *body, size_t len, int64_t *clock);

#endif
