/* section.h - the changesets of a pack, written or read by a coder.
 *
 * One struct serves a whole pack: it holds what is learnt on the way.
 */
#ifndef STORAGE_SECTION_H
#define STORAGE_SECTION_H

#include "storage/column.h"

struct column_plan {
	uint8_t mode;
	uint16_t told[2];
};

/* What is learnt, and what a dictionary begins with. */
struct learnt {
	struct model model;
	struct columns columns;
};

/* A body being written or read: large, for the heap. */
struct work {
	struct learnt *l; /* borrowed */
	struct coder c;
	struct cursor entries; /* writing: all of them, for plans; PLAIN without the format */
	struct cursor in;      /* writing: the changeset at hand */
	struct buf *out;       /* reading: where changesets go */
	struct buf *texts;     /* reading: where those of cells are; it has all its memory */
	unsigned table;        /* 1 + that of the section before */
	unsigned op;           /* of the change before */
	struct cell old[CHANGE_COLUMNS], new[CHANGE_COLUMNS];
	struct column_plan plan[CHANGE_COLUMNS];
};

/* Contexts of all that is no cell. */
enum {
	X_ENTRIES = 1000,
	X_BACK,
	X_STEP,
	X_REST,
	X_SECTIONS,
	X_TABLE,
	X_NAME_LEN,
	X_NAME,
	X_SAME_COUNT,
	X_COUNT,
	X_KEY,
	X_KEY_OTHER,
	X_PLAN,
	X_MODE,
	X_TOLD,
	X_CHANGES,
	X_OP,
	X_INDIRECT,
	X_CHANGED,
	X_CHANGED_MORE,
};

static inline uint64_t work_number(struct work *w, unsigned what, uint32_t more, uint64_t v)
{
	return coder_number(&w->c, ctx_of(what, more), v);
}
static inline void work_bad_if(struct work *w, bool bad)
{
	if (bad)
		w->l->columns.bad = 1;
}

/* Writes the changeset at in, all of it, or reads one to the end of out. */
void changeset_code(struct work *w);

#endif
