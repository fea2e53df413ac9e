/* column_text.h - numbers in texts: dates, times of the day, and reals with a decimal point.
 *
 * Only what comes back to the very bytes is taken for one.
 */
#ifndef STORAGE_COLUMN_TEXT_H
#define STORAGE_COLUMN_TEXT_H

#include "storage/changeset.h"

#include <stdbool.h>

#define DECIMAL_MAX (INT64_C(1) << 53) /* a real holds every integer up to here */

/* YYYY-MM-DD as days since 1970-01-01. */
bool date_of(const struct cell *v, int64_t *day);
/* HH:MM as minutes. */
bool time_of(const struct cell *v, int64_t *minute);
/* A real as number / 10^scale, exactly; with the scale handed in if that is right, else the least. */
bool decimal_of(uint64_t bits, uint8_t *scale, int64_t *number);

/* The reverse; the text is put into texts. False when there is no such day, minute or decimal, or no
 * room. */
bool date_cell(int64_t day, struct buf *texts, struct cell *v);
bool time_cell(int64_t minute, struct buf *texts, struct cell *v);
bool decimal_cell(int64_t number, unsigned scale, struct cell *v);

#endif
