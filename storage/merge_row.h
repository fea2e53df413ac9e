/* merge_row.h - one row under merging: its writes, its grave, whether it lives.
 *
 * Private to merge*.c.
 */
#ifndef STORAGE_MERGE_ROW_H
#define STORAGE_MERGE_ROW_H

#include "storage/merge_table.h"
#include "storage/rowcodec.h"

/* Who writes, when, for which unit. */
struct write {
	int64_t clock, node, scope;
};

/* Notes a write of one cell; the same write again changes nothing. */
int write_add(struct store *s, struct mtable *t, int64_t row, int col, const struct write *w,
              sqlite3_value *old, sqlite3_value *new);
/* Puts the value into the row when no write of the cell is newer. */
int write_apply(struct store *s, struct mtable *t, int64_t row, int col, const struct write *w,
                sqlite3_value *new);

/* Runs a bound insert; a row that is there with that id (a form or unit that was put in place
 * before its feed came) is replaced. */
int row_insert(struct store *s, struct mtable *t, int64_t row, sqlite3_stmt *insert);
int row_scope(struct store *s, struct mtable *t, int64_t row, int64_t *scope, int *there);
/* 1 when writes or a grave may be known of the row. */
int row_marked(struct store *s, struct mtable *t, int64_t row, int *marked);
/* Makes the row what its writes and its grave in this scope say: there or not, and with
 * overlay every written cell its newest value. */
int row_settle(struct store *s, struct mtable *t, int64_t row, int64_t scope, int overlay);

/* Notes a deletion and what the row held; nothing where row_settle() is to see to that. */
int grave_add(struct store *s, struct mtable *t, int64_t row, const struct write *w,
              struct buf *cells);

#endif
