/* record_cell.h - answers checked and ready to be written; for record*.c only. */
#ifndef STORAGE_RECORD_CELL_H
#define STORAGE_RECORD_CELL_H

#include "storage/db.h"
#include "storage/record.h"

struct cell {
	bool given;      /* there was an answer, perhaps an empty one */
	const char *set; /* what to store, NULL for nothing; points into the cells' text */
	size_t at;       /* its place there plus 1, while that still grows */
};

struct cells {
	struct cell *of; /* form->nq, owned */
	struct buf text; /* the values, a NUL after each */
};

/* Checks answers for a record of unit. Nothing is written; ERR_* as record_add() says. */
int cells_read(struct store *s, const struct form *f, int64_t unit, const struct answer *a,
               size_t n, struct cells *out);
/* Fills in presets where nothing was given, for a new record. */
int cells_preset(struct store *s, const struct form *f, int64_t unit, struct cells *c);
void cells_release(struct cells *c);
/* Binds what is set to parameter i. */
int cell_bind(sqlite3_stmt *st, int i, const struct question *q, const struct cell *c);

/* Can be answered in a record: has a column, and is in no repeat. */
bool record_asks(const struct question *q);
/* The record of form code with that key in unit; ERR_NOTFOUND without text. */
int record_key_find(struct store *s, const char *code, int64_t unit, const char *key, int64_t *id);
/* Is there a record of that form? ERR_NOTFOUND without text. */
int record_here(struct store *s, const char *code, int64_t id);

#endif
