/* form_sheet.h - one sheet of an XLSForm, row by row, its columns by name; for form*.c. */
#ifndef STORAGE_FORM_SHEET_H
#define STORAGE_FORM_SHEET_H

#include "storage/csv.h"
#include "storage/form.h"

#define SHEET_COLUMN_MAX 64 /* bytes of a column's name or language */

struct sheet_column {
	char base[SHEET_COLUMN_MAX]; /* lower case, '_' for space: "label" */
	char lang[SHEET_COLUMN_MAX]; /* "vi" of "label::Vietnamese (vi)", else "English" or "" */
};

struct sheet_reader {
	const char *name; /* of the sheet, for messages; borrowed */
	struct csv csv;
	struct sheet_column *col; /* ncol, owned */
	size_t ncol;
	unsigned row;   /* of the record last read, as a spreadsheet numbers them */
	unsigned extra; /* line ends inside the cells read so far */
};

/* Reads the header; a sheet whose text is NULL has no rows. */
int sheet_open(struct sheet_reader *r, const char *name, const struct sheet *sheet);
/* 1 a row with something in it, 0 the end, ERR_*. */
int sheet_next(struct sheet_reader *r);
void sheet_close(struct sheet_reader *r);
bool sheet_has(const struct sheet_reader *r, const char *base);
/* The cell of that column without a language; "" when there is none. Until the next row. */
const char *sheet_cell(const struct sheet_reader *r, const char *base);
/* All languages of a column as a JSON object, owned; NULL in *out when all are empty. */
int sheet_texts(const struct sheet_reader *r, const char *base, char **out);
/* "vi" of "Vietnamese (vi)". */
void sheet_language(const char *cell, char out[SHEET_COLUMN_MAX]);
/* ERR_BAD: the text recorded last, with sheet, row and column in front. */
int sheet_bad(const struct sheet_reader *r, const char *column);

#endif
