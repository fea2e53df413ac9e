/* merge.h - packs become rows: per cell, the last writer by (clock, node number) wins.
 *
 * Any node that merged the same packs, in whatever order, holds the same rows. An update's
 * author had seen the row, so its clock is above the insert's: only updated cells keep
 * clocks, one row of cell_write a write. An update whose row is not here waits there for it. A
 * deletion keeps the row's cells, so that a later write brings it back. Conflicts are what the
 * set of writes says, not the order in which they came: a lost value is one that no later
 * write of the cell started from (conflict.h).
 */
#ifndef STORAGE_MERGE_H
#define STORAGE_MERGE_H

#include "storage/conflict.h"
#include "storage/feed.h"

/* Merges a stored pack's entries, inside the caller's transaction and after pack_seal().
 * ERR_BAD or ERR_DENIED (with the reason recorded) for a pack that may not be merged: the
 * caller rolls back to before it and sets it aside. */
int merge_pack(struct store *s, const struct feed *f, const struct pack *p);

/* The same for a pack that feed_append() has just stored: what may not be merged is set aside
 * with its reason (pack.state), which is no error. */
int merge_stored(struct store *s, const struct feed *f, const struct pack *p);

/* For sealing: the cells that our own changeset updated get this clock, its deletions a grave.
 * *last_row rises to the highest id of a row that it inserted. */
int merge_own(struct store *s, const struct feed *f, int64_t clock, const void *set, size_t len,
              int64_t *last_row);

/* Packs that waited for something, again: after a pack of class ref went in. */
int merge_waiting(struct store *s);
/* The same in a transaction of its own, after pack_seal(): time has gone by. */
int merge_due(struct store *s);

/* The packs whose ids sql gives, in that order. */
int merge_again(struct store *s, const char *sql);

/* What is set aside, and what was refused of late. */
struct aside {
	struct feed_key key;
	uint32_t seq;
	int state; /* PACK_WAITING, PACK_QUARANTINED (stored), or -1: refused, not stored */
	const char *reason; /* in the language of the time */
	int64_t ms;         /* its clock; for a refused one, when it came */
};
int aside_each(struct store *s, int (*fn)(void *arg, const struct aside *a), void *arg);

/* Drops what merging keeps between packs; call when a transaction that merged rolls back. */
void merge_forget(struct store *s);

#endif
