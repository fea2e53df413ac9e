/* record_cell.h - an answer checked, and records looked up; for record*.c and paper*.c only. */
#ifndef STORAGE_RECORD_CELL_H
#define STORAGE_RECORD_CELL_H

#include "storage/db.h"
#include "storage/record.h"

/* Checks an answer to q in a record of unit, and appends it to value in its stored form; nothing for
 * one that means none. *number is that of a Q_DECIMAL. ERR_BAD, ERR_NOTFOUND and ERR_TOOBIG say what
 * is wrong, without the question's name. */
int record_value(struct store *s, const struct form *f, const struct question *q, int64_t unit,
                 const char *text, struct buf *value, double *number);

/* Can be answered in the record itself: has a column, and is in no repeat. */
bool record_asks(const struct question *q);
/* The record of form code with that key in unit; ERR_NOTFOUND without text. */
int record_key_find(struct store *s, const char *code, int64_t unit, const char *key, int64_t *id);
/* Is there a record of that form? ERR_NOTFOUND without text. */
int record_here(struct store *s, const char *code, int64_t id);

#endif
