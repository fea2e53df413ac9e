/* rowcodec.h - a row of any table as bytes: for graves and content hashes.
 *
 * For each column a type byte (0 NULL, 1 integer, 2 real, 3 text, 4 blob), then for 1 and 2
 * eight bytes big-endian (IEEE 754), for 3 and 4 a length (LEB128) and the bytes. NULLs at the
 * end are left out, so that a row's bytes stay the same when its table gets a new column.
 */
#ifndef STORAGE_ROWCODEC_H
#define STORAGE_ROWCODEC_H

#include "storage/buf.h"

#include <sqlite3.h>

/* Appends n values; get(arg, i) gives the i-th, NULL for SQL NULL. */
void row_put(struct buf *out, int n, sqlite3_value *(*get)(void *arg, int i), void *arg);
/* Appends the columns of the statement's current row. */
void row_put_stmt(struct buf *out, sqlite3_stmt *st);
/* Binds the row to st's parameters 1...; those beyond it are NULL. ERR_CORRUPT. */
int row_bind(const void *data, size_t len, sqlite3_stmt *st);

#endif
