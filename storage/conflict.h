/* conflict.h - values that lost, that nobody had seen when the cell was written again, and what
 * was said about them since.
 *
 * A conflict is a losing write of a cell: it follows from the set of writes (merge.h). Settling
 * one is an edit like any other: it adds a row to f__settled or p__settled, which says that
 * somebody looked at that write, and perhaps changes the cell. Two nodes that settle the same
 * conflict differently both wrote the cell, or one of them did: the later one stands.
 */
#ifndef STORAGE_CONFLICT_H
#define STORAGE_CONFLICT_H

#include "storage/form.h"
#include "storage/store.h"

#include <stdbool.h>

struct conflict {
	int64_t row, unit;
	const char *form, *question; /* or table and column when no form has it */
	const char *won, *lost;      /* as text; NULL when empty */
	uint32_t won_node, lost_node;
	int64_t won_ms, lost_ms;
	const char *tbl; /* the lost write itself: table, column number, */
	int col;
	int64_t lost_clock; /* and clock; lost_node wrote it */
	bool settled;
};

/* Open ones, oldest loser first; c lives until fn returns. */
int conflict_each(struct store *s, int (*fn)(void *arg, const struct conflict *c), void *arg);
/* The same about one row (0: any) and one question (NULL: any); with all also settled ones. */
int conflict_about(struct store *s, int64_t row, const char *question, bool all,
                   int (*fn)(void *arg, const struct conflict *c), void *arg);

/* Appends a value of a conflict as record_edit() takes it; NULL: nothing. q may be NULL. */
int conflict_text(const struct question *q, const char *value, struct buf *out);

enum settle {
	SETTLE_KEEP, /* what stands is right */
	SETTLE_TAKE, /* the lost value is */
	SETTLE_SET   /* neither is */
};
struct settling {
	const struct form *form; /* of the row; NULL: of none, which can only be kept */
	int64_t row;
	const char *question;
	enum settle how;
	const char
		*value; /* SETTLE_TAKE: which lost value, NULL when there is one; SETTLE_SET: it */
	int64_t person; /* member who decided, or 0 */
};
/* Settles the open conflicts about one answer, in a transaction of its own. *settled: how many
 * there were. ERR_NOTFOUND when there are none or none lost that value; ERR_BAD when several
 * values lost and none is named; ERR_DENIED for a unit that this node does not work for; and
 * what record_edit() says of the value. */
int conflict_settle(struct store *s, const struct settling *how, size_t *settled);

#endif
