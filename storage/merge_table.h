/* merge_table.h - what merging needs of each synced table: its shape and its statements.
 *
 * Private to merge*.c. Kept with the store between packs and dropped when the schema changes.
 */
#ifndef STORAGE_MERGE_TABLE_H
#define STORAGE_MERGE_TABLE_H

#include "storage/store.h"

#include <sqlite3.h>

#define COLUMNS_MAX 2000 /* SQLite's own limit */

struct mtable {
	char *name;  /* owned */
	int64_t num; /* synced.id */
	int class;
	int ncol;             /* columns it has here */
	char **col;           /* their names, owned */
	sqlite3_stmt *select; /* every column of row ?1 */
	sqlite3_stmt *remove; /* row ?1 */
	sqlite3_stmt *insert; /* the first insert_ncol columns */
	int insert_ncol;
	sqlite3_stmt **update; /* column i of row ?1 to ?2, made at first use */
	/* Rows of mark_node above mark_max have no writes or graves: the common case. */
	int64_t mark_node, mark_max;
	struct mtable *next;
};

/* ERR_NOTFOUND: there is no such table here (yet); ERR_BAD: it is not a synced one. */
int mtable_get(struct store *s, const char *name, struct mtable **out);
int mtable_insert(struct store *s, struct mtable *t, int ncol, sqlite3_stmt **out);
int mtable_update(struct store *s, struct mtable *t, int col, sqlite3_stmt **out);
/* Drops what is kept when another process or a form changed the schema. */
int mtable_refresh(struct store *s);

#endif
