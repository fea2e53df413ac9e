/* xlsx.h - sheets of an Excel workbook (ECMA-376, .xlsx) as CSV text.
 *
 * Only what a sheet says is read: text, numbers, what formulas gave when the file was saved. Not
 * formats, so a day that Excel holds as a number comes as a number. Of the file's parts, shared strings
 * are held; sheets pass through. All is bounded by the constants here.
 */
#ifndef STORAGE_XLSX_H
#define STORAGE_XLSX_H

#include "storage/buf.h"

#define XLSX_FILE_MAX (32u * 1024 * 1024) /* bytes of the file, which is held */
#define XLSX_PART_MAX \
	(UINT64_C(512) * 1024 * 1024)     /* bytes that a part unpacks to: seconds of work */
#define XLSX_TEXT_MAX (64u * 1024 * 1024) /* bytes of shared strings, and of a sheet as CSV */
#define XLSX_COLUMNS_MAX 4096 /* with something in them: a form's answers, with each choice */
#define XLSX_ROWS_MAX 1048576 /* as Excel */

/* Sheets by name, letters in either case, as CSV text appended to out[i]; *there[i] tells whether there
 * is one. Rows keep their numbers. ERR_BAD for what is no such file or damaged, ERR_TOOBIG. */
int xlsx_sheets(const void *data, size_t len, const char *const *name, size_t n, struct buf *out,
                _Bool *there);

/* Walks the sheets by name, in the workbook's order. A nonzero return ends it and is returned. Errors as above. */
int xlsx_each(const void *data, size_t len, int (*fn)(void *arg, const char *name), void *arg);

#endif
