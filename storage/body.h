/* body.h - the entries of a pack as few bytes: what a pack's body is. protocol/PROTOCOL.md has it in
 * full.
 *
 * A body is a format (1 byte) and what that says. BODY_PLAIN: the entries as they are, each its clock less
 * the one before it (LEB128), the changeset's length (LEB128), the changeset. BODY_COLUMNS: the
 * number of a dictionary (1 byte), then their cells by coder.h and column.h.
 */
#ifndef STORAGE_BODY_H
#define STORAGE_BODY_H

#include "storage/feed.h"

#include "storage/buf.h"

#define BODY_PLAIN 1
#define BODY_COLUMNS 2

/* Appends an entry to entries, as in BODY_PLAIN; its changes in the order of their ids. */
void body_entry(struct buf *entries, int64_t step, const void *set, size_t len);
/* Reads the next: its clock, of which that before it is handed in, and its changeset, borrowed. */
void body_next(struct cursor *entries, int64_t *clock, struct cursor *set);

/* Appends the body for those entries, with that dictionary: by columns if that is shorter and if they come
 * back to the byte, else plain. */
int body_write(const struct feed_key *key, unsigned dictionary, const struct buf *entries,
               struct buf *body);
/* The entries of a body, into entries, which is empty. ERR_BAD for a body that is not one, whatever its
 * bytes; ERR_NOTFOUND for one of a format or dictionary that this program does not have. */
int body_read(const struct feed_key *key, const void *body, size_t len, struct buf *entries);
/* The clock of the last entry, without reading them all. Errors as above. */
int body_clock(const void *body, size_t len, int64_t *clock);

struct learnt;
/* What follows the format and the dictionary's number, going on from what was learnt, and learning: of these
 * a dictionary is made. The texts of cells that were read are put into texts, which must have room and live as
 * long as l; those of cells that were written stay in entries, for which the same holds. */
int body_learn(const struct feed_key *key, struct cursor c, struct learnt *l, struct buf *texts,
               struct buf *entries);
int body_teach(const struct feed_key *key, const struct buf *entries, struct learnt *l,
               struct buf *out);

#endif
