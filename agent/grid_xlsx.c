/* grid_xlsx.c - a report as an Excel workbook (ECMA-376, .xlsx): the sheet of rows, written as they come.
 *
 * The titles stand in the first row, frozen, with filters; numbers are numbers and days are days, so that
 * one can go on computing. Title, notes and chart stand on a second sheet. Nothing in the file depends on
 * when it was made.
 */
#include "agent/grid_xlsx.h"
#include "agent/i18n.h"
#include "storage/err.h"
#include "storage/text.h"
#include "storage/xml.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROWS_MAX 1048576 /* of a sheet, Excel's own limit */
#define TEXT_MAX 32767   /* UTF-16 units in a cell, likewise */
#define WIDTH_ROWS 200   /* rows that decide how wide columns are */
#define WIDTH_MIN 9
#define WIDTH_MAX 60
#define HEAD_LINES_MAX 6 /* of a title in its cell */
#define LINE_HEIGHT 15   /* points */
#define FILTER 3         /* characters that the filter's button hides */
#define FIRST_DAY 61     /* 1900-03-01: before it Excel's calendar is a day off */
#define EPOCH 25569      /* 1970-01-01 as Excel counts days */

const char *xlsx_letters(size_t column, char out[XLSX_LETTERS])
{
	char *p = out + XLSX_LETTERS - 1;

	*p = 0;
	for (column++; column; column = (column - 1) / 26)
		*--p = (char)('A' + (column - 1) % 26);
	return memmove(out, p, strlen(p) + 1);
}

size_t xlsx_column(const struct grid *g, size_t i)
{
	size_t at = i, k;

	for (k = 0; k <= i; k++)
		at += g->column[k].type == GRID_SHARE ? 2 : 0;
	return at;
}

/* ---- cells ---------------------------------------------------------------------------------- */

/* "_x000D_" in a cell's text stands for a character: a text that is just so says so of its "_". */
static bool like_escape(const char *p)
{
	size_t i;

	if (strncmp(p, "_x", 2) != 0)
		return false;
	for (i = 2; i < 6; i++)
		if (!isxdigit((unsigned char)p[i]))
			return false;
	return p[6] == '_';
}

static size_t utf16_units(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80 ? 1u + ((unsigned char)*text >= 0xf0)
		                                           : 0u;
	return n;
}

static void put_text(struct buf *xml, const char *text)
{
	char piece[2] = "";

	if (!strstr(text, "_x")) {
		xml_put(xml, text);
		return;
	}
	for (; *text; text++) {
		if (like_escape(text))
			buf_str(xml, "_x005F");
		piece[0] = *text;
		xml_put(xml, piece);
	}
}

static void widen(struct book *b, size_t column, size_t width)
{
	if (!b->begun && column < b->columns && width > b->width[column])
		b->width[column] = (unsigned)(width < WIDTH_MAX ? width : WIDTH_MAX);
}

static void put_place(struct book *b, unsigned row, size_t column, enum style style)
{
	char letters[XLSX_LETTERS];

	buf_printf(&b->xml, "<c r=\"%s%u\" s=\"%d\"", xlsx_letters(column, letters), row, style);
}

int xlsx_text(struct book *b, unsigned row, size_t column, enum style style, const char *text)
{
	if (utf16_units(text) > TEXT_MAX)
		return err(ERR_TOOBIG,
		           "row %u: a text of more than %d characters does not fit into Excel", row,
		           TEXT_MAX);
	put_place(b, row, column, style);
	buf_str(&b->xml, " t=\"inlineStr\"><is><t xml:space=\"preserve\">");
	put_text(&b->xml, text);
	buf_str(&b->xml, "</t></is></c>");
	return 0;
}

static void put_number(struct book *b, size_t column, enum style style, double v)
{
	char shown[FMT];

	if (!isfinite(v))
		return;
	put_place(b, b->row, column, style);
	buf_printf(&b->xml, "><v>%s</v></c>", grid_number_exact(v, shown));
	widen(b, column, strlen(grid_number_text(style == STYLE_PERCENT ? v * 100 : v, shown)));
}

/* Days since 1899-12-30, or 0 for a day that Excel has not. */
static long serial(const char *day)
{
	struct tm tm = {0};
	long n;

	if (!strptime(day, "%Y-%m-%d", &tm))
		return 0;
	n = (long)(timegm(&tm) / 86400) + EPOCH;
	return n >= FIRST_DAY ? n : 0;
}

static int put_cell(struct book *b, size_t column, const struct grid_cell *c)
{
	if (c->none)
		return 0;
	switch (c->type) {
	case GRID_INT:
		put_number(b, column, STYLE_INT, (double)c->n);
		return 0;
	case GRID_NUMBER:
		put_number(b, column, STYLE_PLAIN, c->v);
		return 0;
	case GRID_SHARE:
		put_number(b, column - 2, STYLE_INT, (double)c->n);
		put_number(b, column - 1, STYLE_INT, (double)c->of);
		put_number(b, column, STYLE_PERCENT, grid_cell_value(c));
		return 0;
	case GRID_PERCENT:
		put_number(b, column, STYLE_PERCENT, c->v);
		return 0;
	case GRID_DATE:
		if (serial(c->text)) {
			put_number(b, column, STYLE_DATE, (double)serial(c->text));
			widen(b, column, strlen(c->text));
			return 0;
		}
		break;
	case GRID_TEXT:
		break;
	}
	widen(b, column, text_width(c->text));
	return xlsx_text(b, b->row, column, STYLE_TEXT, c->text);
}

/* ---- the sheet --------------------------------------------------------------------------------- */

static int head_cell(struct book *b, size_t column, const char *fmt, const char *title)
{
	struct buf text = {0};
	const char *word;
	size_t longest = WIDTH_MIN, n;
	int rc;

	buf_printf(&text, fmt, title);
	/* titles are broken into lines: what must fit is a word */
	for (word = buf_cstr(&text); *word; word += n + strspn(word + n, " ")) {
		char one[WIDTH_MAX * 4];

		n = strcspn(word, " ");
		snprintf(one, sizeof one, "%.*s", (int)(n < sizeof one ? n : sizeof one - 1), word);
		if (text_width(one) + FILTER > longest)
			longest = text_width(one) + FILTER;
	}
	widen(b, column, longest);
	n = (text_width(buf_cstr(&text)) + FILTER) / longest + 1;
	if (n > b->lines)
		b->lines = n < HEAD_LINES_MAX ? (unsigned)n : HEAD_LINES_MAX;
	rc = xlsx_text(b, 1, column, STYLE_HEAD, buf_cstr(&text));
	if (text.err)
		rc = err(ERR_NOMEM, "out of memory");
	buf_release(&text);
	return rc;
}

static int head(struct grid *g, struct book *b)
{
	size_t i, column;
	int rc = 0;

	b->row = 1;
	for (i = 0; !rc && i < g->ncolumn; i++) {
		column = xlsx_column(g, i);
		if (g->column[i].type == GRID_SHARE) {
			rc = head_cell(b, column - 2, _("%s: number"), g->column[i].title);
			if (!rc)
				rc = head_cell(b, column - 1, _("%s: of"), g->column[i].title);
		}
		if (!rc)
			rc = head_cell(b, column, "%s", g->column[i].title);
	}
	buf_str(&b->xml, "</row>");
	return rc;
}

/* Writes what stands before the first row's cells, now that it is known how wide they are, and what was
 * held of them. */
static void begin_sheet(struct book *b)
{
	struct buf rows = b->xml;
	size_t i;

	b->xml = (struct buf){0};
	b->begun = true;
	buf_str(&b->xml,
	        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet "
	        "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">"
	        "<sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><sheetViews>"
	        "<sheetView tabSelected=\"1\" workbookViewId=\"0\"><pane ySplit=\"1\" "
	        "topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>"
	        "<selection pane=\"bottomLeft\"/></sheetView></sheetViews>"
	        "<sheetFormatPr defaultRowHeight=\"15\"/><cols>");
	for (i = 0; i < b->columns; i++)
		buf_printf(&b->xml, "<col min=\"%zu\" max=\"%zu\" width=\"%u\" customWidth=\"1\"/>",
		           i + 1, i + 1, b->width[i] + 2);
	buf_printf(&b->xml, "</cols><sheetData><row r=\"1\" ht=\"%u\" customHeight=\"1\">",
	           b->lines * LINE_HEIGHT + 3);
	if (rows.err)
		b->xml.err = rows.err;
	else
		buf_add(&b->xml, rows.data, rows.len);
	buf_release(&rows);
	xlsx_flush(b);
}

static int put_row(struct grid *g)
{
	struct book *b = g->state;
	size_t i;
	int rc = 0;

	if (b->row == ROWS_MAX)
		return err(ERR_TOOBIG, "an Excel sheet holds %d rows: ask for CSV", ROWS_MAX);
	buf_printf(&b->xml, "<row r=\"%u\">", ++b->row);
	for (i = 0; !rc && i < g->ncolumn; i++)
		rc = put_cell(b, xlsx_column(g, i), &g->cell[i]);
	buf_str(&b->xml, "</row>");
	if (!b->begun && b->row > WIDTH_ROWS)
		begin_sheet(b);
	if (b->begun)
		xlsx_flush(b);
	return rc ? rc : zip_out_error(b->zip);
}

static int close_book(struct grid *g)
{
	struct book *b = g->state;
	char letters[XLSX_LETTERS];
	struct buf title = {0};
	const char *p;
	int rc;

	if (!b->begun)
		begin_sheet(b);
	for (p = g->title; *p && title.len < 150; p++) /* a header holds 255 characters */
		buf_str(&title, *p == '&' ? "&&" : (char[]){*p, 0});
	while (title.len && *p && ((unsigned char)*p & 0xc0) == 0x80) /* not half a letter */
		buf_u8(&title, (unsigned char)*p++);
	buf_printf(&b->xml,
	           "</sheetData><autoFilter ref=\"A1:%s%u\"/>"
	           "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.8\" bottom=\"0.7\" "
	           "header=\"0.4\" footer=\"0.3\"/><pageSetup paperSize=\"9\" "
	           "orientation=\"%s\" fitToHeight=\"0\"/><headerFooter><oddHeader>&amp;C",
	           xlsx_letters(b->columns - 1, letters), b->row,
	           b->columns > 7 ? "landscape" : "portrait");
	xml_put(&b->xml, buf_cstr(&title));
	buf_str(&b->xml, "</oddHeader><oddFooter>&amp;R&amp;P / &amp;N</oddFooter></headerFooter>"
	                 "</worksheet>");
	if (title.err)
		b->xml.err = title.err;
	buf_release(&title);
	xlsx_flush(b);
	rc = xlsx_finish(g, b);
	if (rc)
		return rc;
	rc = zip_out_end(b->zip);
	b->zip = NULL;
	return rc;
}

static int put_bytes(void *arg, const void *data, size_t len)
{
	struct grid *g = arg;

	fwrite(data, 1, len, g->f);
	return ferror(g->f) ? err(ERR_IO, "the output could not be written: is the disk full?") : 0;
}

static int open_book(struct grid *g)
{
	struct book *b = calloc(1, sizeof *b);
	int rc;

	g->state = b;
	if (!b)
		return err(ERR_NOMEM, "out of memory");
	b->columns = xlsx_column(g, g->ncolumn - 1) + 1;
	b->width = calloc(b->columns, sizeof *b->width);
	if (!b->width)
		return err(ERR_NOMEM, "out of memory");
	rc = zip_out_begin(put_bytes, g, &b->zip);
	if (rc)
		return rc;
	xlsx_begin(g, b);
	return head(g, b);
}

static void drop_book(struct grid *g)
{
	struct book *b = g->state;

	if (!b)
		return;
	zip_out_drop(b->zip);
	buf_release(&b->xml);
	free(b->width);
	free(b);
}

const struct grid_writer grid_xlsx = {.name = "xlsx",
                                      .binary = true,
                                      .open = open_book,
                                      .row = put_row,
                                      .close = close_book,
                                      .drop = drop_book};
