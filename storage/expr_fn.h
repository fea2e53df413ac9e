/* expr_fn.h - what the functions of expr_functions() are made of; for expr*.c only. */
#ifndef STORAGE_EXPR_FN_H
#define STORAGE_EXPR_FN_H

#include <sqlite3.h>
#include <stdbool.h>

/* expr_date.c: dates on the calendar, and as days since 1970-01-01. */
/* "2026-11-21" or "2026-11-21T07:55:00.000+07:00" (the clock's reading counts, not its zone). */
bool expr_days_read(const char *text, double *days);
bool expr_time_read(const char *text, double *days); /* "07:55" as a part of a day */
void expr_date(sqlite3_context *c, int n, sqlite3_value **v);
void expr_datetime(sqlite3_context *c, int n, sqlite3_value **v);
void expr_time(sqlite3_context *c, int n, sqlite3_value **v);
void expr_format(sqlite3_context *c, int n, sqlite3_value **v);

/* expr_text.c */
void expr_words(sqlite3_context *c, int n, sqlite3_value **v);
void expr_word(sqlite3_context *c, int n, sqlite3_value **v);
void expr_starts(sqlite3_context *c, int n, sqlite3_value **v);
void expr_ends(sqlite3_context *c, int n, sqlite3_value **v);
void expr_before(sqlite3_context *c, int n, sqlite3_value **v);
void expr_after(sqlite3_context *c, int n, sqlite3_value **v);
void expr_substr(sqlite3_context *c, int n, sqlite3_value **v);
void expr_squeeze(sqlite3_context *c, int n, sqlite3_value **v);
void expr_translate_text(sqlite3_context *c, int n, sqlite3_value **v);
void expr_label(sqlite3_context *c, int n, sqlite3_value **v);
void expr_regex(sqlite3_context *c, int n, sqlite3_value **v);

/* expr_fn.c */
const char *expr_text_of(sqlite3_value *v); /* "" for NULL and when memory is short */
/* The number that v is, or that its text is, or a date's days; false: none. */
bool expr_number_of(sqlite3_value *v, double *out);
/* A whole number as INTEGER, any other as REAL; not a number as NULL. */
void expr_result_number(sqlite3_context *c, double v);

#endif
