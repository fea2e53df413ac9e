/* grid_xlsx.h - between the rows of a workbook (grid_xlsx.c) and its other parts (grid_xlsx_book.c). */
#ifndef AGENT_GRID_XLSX_H
#define AGENT_GRID_XLSX_H

#include "agent/grid_writer.h"
#include "storage/zip_out.h"

/* The cell formats of xl/styles.xml, in its order. */
enum style {
	STYLE_PLAIN,
	STYLE_HEAD,
	STYLE_TEXT,
	STYLE_INT,
	STYLE_PERCENT,
	STYLE_DATE,
	STYLE_TITLE
};

struct book {
	struct zip_out *zip;
	struct buf xml;  /* of the part at hand, not packed yet */
	size_t columns;  /* of the sheet: a share takes three */
	unsigned *width; /* of each, in characters */
	bool begun;      /* the sheet's head is written: widths are settled */
	unsigned lines;  /* of the highest title */
	unsigned row;    /* the last one written, the titles' is 1 */
};

/* "AB" for 27. */
#define XLSX_LETTERS 4
const char *xlsx_letters(size_t column, char out[XLSX_LETTERS]);
/* The sheet's column of column i's own value: of a share, its third. */
size_t xlsx_column(const struct grid *g, size_t i);
/* A text cell, in its row's order. ERR_TOOBIG for what Excel cannot hold. */
int xlsx_text(struct book *b, unsigned row, size_t column, enum style style, const char *text);

/* The parts before the sheet of rows, and those behind it. What fails sticks to b->zip. */
void xlsx_begin(struct grid *g, struct book *b);
int xlsx_finish(struct grid *g, struct book *b);
void xlsx_flush(struct book *b); /* packs b->xml */

#endif
