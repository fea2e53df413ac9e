/* csv.h - CSV as RFC 4180 has it, a record at a time, from memory.
 *
 * Accepts a UTF-8 byte order mark, CRLF or LF, quoted fields with line breaks, and ';' or
 * tab as the separator when the first line has more of them than commas (as spreadsheets
 * in Vietnamese write). The text need not be trusted.
 */
#ifndef STORAGE_CSV_H
#define STORAGE_CSV_H

#include "storage/buf.h"

#include <stdbool.h>

#define CSV_RECORD_MAX (256 * 1024) /* bytes in which an opening quote must be closed */

struct csv {
	const char *p, *end; /* what is left; borrowed */
	char sep;
	unsigned line;   /* first line of the record last read, from 1 */
	const char *raw; /* that record as it stands in the text, */
	size_t raw_len;  /* without its line end; borrowed */
	struct buf text; /* its fields, unquoted, NFC, NUL after each */
	char **field;    /* nfield pointers into text; valid until the next read */
	size_t nfield, cap;
};

void csv_open(struct csv *c, const char *text, size_t len);
/* 1 a record, 0 the end, ERR_BAD (quote not closed, not UTF-8; the text names the line; the
 * next call goes on with the next line), ERR_NOMEM. Empty lines are skipped. */
int csv_read(struct csv *c);
bool csv_blank(const struct csv *c); /* the record read has no field with anything in it */
void csv_close(struct csv *c);
/* Appends one field, quoted where it must be. */
void csv_put(struct buf *out, const char *field);

#endif
