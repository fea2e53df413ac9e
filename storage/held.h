/* held.h - how far a record has travelled, by what parent and root say they hold.
 *
 * Exact for each record: its insert and each of its changes are found in their packs, without an
 * index of rows. The rows of an author come in the order of their ids, so the highest id of a
 * pack (pack_row) tells which pack an insert is in; a change has its clock (cell_write), and so
 * has every pack. What is not sealed yet is looked for in the entries, once.
 */
#ifndef STORAGE_HELD_H
#define STORAGE_HELD_H

#include "storage/buf.h"
#include "storage/feed.h"

enum held {
	HELD_HERE,   /* some of it is not sealed yet */
	HELD_SEALED, /* sealed; the parent has not all of it */
	HELD_PARENT,
	HELD_ROOT /* as far as it goes: personal answers stay in the commune */
};

/* What is kept from record to record of one form; caller-owned: {0}, then held_release(). */
struct held_walk {
	bool ready;
	int64_t parent;                  /* unit of the parent, 0 not known */
	int64_t unit;                    /* of the last record, */
	bool personal;                   /* whose personal answers the parent may have */
	int64_t table[CLASS_COUNT];      /* synced numbers of f_CODE and p_CODE, or 0 */
	struct buf pending[CLASS_COUNT]; /* rows touched by entries: sorted int64_t */
	struct buf feeds;                /* those met, with what others hold of them */
};
/* Where the record of form code is that belongs to unit. */
int held_find(struct store *s, struct held_walk *w, const char *code, int64_t row, int64_t unit,
              enum held *out);
void held_release(struct held_walk *w);
/* The records made on this node: how many there are, and how many of them parent and root hold as
 * they were first made. */
struct held_counts {
	int64_t made, at_parent, at_root;
};
int held_count(struct store *s, struct held_counts *out);
/* The records of a node that are here. */
int held_made(struct store *s, uint32_t number, uint64_t *out);

/* Notes the highest row that a pack of f brought under its author's number; 0: it brought none.
 * In the transaction that stores or merges it. */
int held_note(struct store *s, const struct feed *f, uint32_t seq, int64_t row);

#endif
