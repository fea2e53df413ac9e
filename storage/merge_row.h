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

/* Notes a write of one cell. *stays: 0 when it is here already, or another of that time. */
int write_add(struct store *s, struct mtable *t, int64_t row, int col, const struct write *w,
              sqlite3_value *old, sqlite3_value *new, int *stays);
/* Puts the value into the row when no write of the cell is newer. */
int write_apply(struct store *s, struct mtable *t, int64_t row, int col, const struct write *w,
                sqlite3_value *new);

/* Runs a bound insert; *there: a row of that id is there already, and nothing was done. */
int row_insert(struct store *s, sqlite3_stmt *insert, int *there);
int row_remove(struct store *s, struct mtable *t, int64_t row);
/* A second insert of a row that is there: of a cell that no write decides the greater value
 * stays (NULL, integers, reals, text, blobs, in that order), whichever came first. */
int row_join_cell(struct store *s, struct mtable *t, int64_t row, int col, int64_t scope,
                  sqlite3_value *v);
/* Puts back what a grave in this scope holds, for row_settle() to judge again. */
int row_exhume(struct store *s, struct mtable *t, int64_t row, int64_t scope, int *there);
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
