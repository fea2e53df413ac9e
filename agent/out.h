/* out.h - what people and scripts read: tables that line up, JSON, numbers, progress.
 *
 * Everything here is sticky about errors: writing goes on quietly after a failure and the end
 * (table_end(), json_end() at the outermost level, out_flush()) tells.
 */
#ifndef AGENT_OUT_H
#define AGENT_OUT_H

#include "storage/buf.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Flushes stdout: 0, or ERR_IO with the reason when something could not be written. */
int out_flush(void);

/* ---- tables ------------------------------------------------------------------------------ */

#define TABLE_COLUMNS 64 /* more than fit on any screen */
#define TABLE_ROWS 512   /* held before printing, so that a long list takes bounded memory */

/* Caller-owned: start with table_begin(), end with table_end(). Columns are as wide as their
 * cells on a terminal, accents counted as they show; after TABLE_ROWS rows the widths stay
 * unless a wider cell comes. Nothing is printed, not even titles, for a table without rows. */
struct table {
	FILE *f;
	struct buf cells; /* of the rows held, NUL after each */
	size_t ncol, ncell;
	const char *title[TABLE_COLUMNS]; /* translated; borrowed; all NULL: no line of titles */
	bool right[TABLE_COLUMNS];
	size_t width[TABLE_COLUMNS];
	bool titled; /* the titles are printed */
};
void table_begin(struct table *t, FILE *f);
/* All columns before the first cell. Numbers are right-aligned. title is borrowed. */
void table_column(struct table *t, const char *title, bool right);
/* The next cell; a row ends by itself after the last column. NULL is an empty cell. Line
 * breaks and control characters are shown as spaces. */
void table_cell(struct table *t, const char *text);
void table_cellf(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void table_int(struct table *t, int64_t v); /* by the language: 1,891 or 1.891 */
int table_end(struct table *t);             /* prints what is left and frees; 0 or ERR_* */

/* ---- JSON (RFC 8259), written as it comes ---------------------------------------------------- */

#define JSON_DEPTH 32

struct json {
	FILE *f;
	unsigned depth;
	char close[JSON_DEPTH]; /* what ends each level */
	bool more[JSON_DEPTH];  /* a comma is due */
	bool keyed;             /* a key was written, its value is due */
};
void json_begin(struct json *j, FILE *f);
void json_object(struct json *j); /* { */
void json_array(struct json *j);  /* [ */
/* Ends the innermost object or array; at the outermost also the line. 0, or ERR_IO there. */
int json_end(struct json *j);
void json_key(struct json *j, const char *key);  /* the next value is key's */
void json_str(struct json *j, const char *text); /* NULL: null; bytes not UTF-8: U+FFFD */
void json_int(struct json *j, int64_t v);
void json_num(struct json *j, double v); /* NaN and infinity: null */
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
/* text as a number when it is one as JSON writes it, else as a string; NULL: null */
void json_number_text(struct json *j, const char *text);
/* text that is JSON already */
void json_raw(struct json *j, const char *text);
/* key and value in one */
void json_kstr(struct json *j, const char *key, const char *text);
void json_kint(struct json *j, const char *key, int64_t v);
void json_knum(struct json *j, const char *key, double v);
void json_kbool(struct json *j, const char *key, bool v);

/* ---- numbers for people, by i18n_lang() ---------------------------------------------------------- */

#define FMT 32                                                /* bytes that hold any of these */
const char *fmt_int(int64_t v, char out[FMT]);                /* 1,891 or 1.891 */
const char *fmt_percent(double share, char out[FMT]);         /* 0.814: 81.4% or 81,4 % */
const char *fmt_decimal(double v, int digits, char out[FMT]); /* 9.5 or 9,5 */
const char *fmt_bytes(int64_t bytes, char out[FMT]); /* 512 B, 1.2 kB, 3.4 MB: powers of 1000 */
const char *fmt_time(int64_t ms, char out[FMT]);     /* local, 2022-11-21 07:55; "-" for 0 */

/* ---- progress ------------------------------------------------------------------------------------ */

/* One line on stderr, redrawn; only on a terminal and only after a second. total 0: not known.
 * what is translated. progress_end() wipes it; call it before printing anything else. */
void progress(const char *what, uint64_t done, uint64_t total);
void progress_end(void);

#endif
