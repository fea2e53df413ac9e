/* value.h - one answer as text: checked, and written in the one way it is stored.
 *
 * Dates are ISO 8601 calendar dates (2026-11-21); d/m/yyyy, as dates are written in Vietnam,
 * is understood. Knows no form and no database: choices and records are record.h's matter.
 */
#ifndef STORAGE_VALUE_H
#define STORAGE_VALUE_H

#include "storage/buf.h"
#include "storage/form.h"

#define VALUE_TEXT_MAX 4000 /* bytes of a text answer: two pages; keeps packs small */
#define DATE_LEN 11         /* YYYY-MM-DD and its terminator */
#define SHOWN_LEN 64        /* bytes of a value quoted in a message */

/* Checks text as an answer to a question of this type and appends it in its stored form.
 * now_ms is what "today" and "now" stand for, in local time. Choices and records (Q_SELECT_*,
 * Q_RECORD) are only trimmed and put in NFC. ERR_BAD says what is wanted, without naming the
 * question. */
int value_check(enum qtype type, const char *text, int64_t now_ms, struct buf *out);

/* A real date of the years 1800 to 2199, in either writing; false leaves out "". */
bool value_date(const char *text, char out[DATE_LEN]);
/* The local date at now_ms. */
void value_today(int64_t now_ms, char out[DATE_LEN]);
/* A whole int64_t, without anything around it but spaces. */
bool value_int(const char *text, int64_t *out);
/* A number with a decimal point, as SQLite reads it; appended to out without spaces. */
bool value_decimal(const char *text, struct buf *out);
/* yes/no of a sheet: yes, true, 1, có...; empty is no. False when it is neither. */
bool value_yes(const char *text, bool *out);
/* text cut to what a message can hold, at a character's end. */
const char *value_shown(const char *text, char out[SHOWN_LEN]);

#endif
