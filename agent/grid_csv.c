/* grid_csv.c - a report as CSV (RFC 4180), for programs and for Excel alike.
 *
 * A byte order mark, because without one Excel reads the file in the machine's own code page and breaks
 * every accent; programs know it (Python's utf-8-sig, R, QGIS, our own import). Commas and a decimal
 * point whatever the language, and the columns' keys as the header, so that a script reads every
 * machine's file: whoever wants titles and commas in numbers takes the workbook. Notes are left out.
 * A share takes three columns: KEY_numerator, KEY_denominator, KEY_share.
 */
#include "agent/grid_writer.h"
#include "storage/csv.h"
#include "storage/err.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int flush(struct grid *g)
{
	struct buf *line = g->state;

	if (line->err)
		return err(ERR_NOMEM, "out of memory");
	fwrite(line->data, 1, line->len, g->f);
	buf_reset(line);
	return 0;
}

/* The next field of the row, behind a comma or at the row's start. */
static void separate(struct buf *line)
{
	if (line->len)
		buf_u8(line, ',');
}

static void put_key(struct buf *line, const struct grid_column *c, const char *suffix)
{
	char *key = NULL;

	separate(line);
	if (asprintf(&key, "%s%s", c->key, suffix) < 0) {
		line->err = ERR_NOMEM;
		return;
	}
	csv_put(line, key);
	free(key);
}

static int open_file(struct grid *g)
{
	struct buf *line = calloc(1, sizeof *line);
	size_t i;

	g->state = line;
	if (!line)
		return err(ERR_NOMEM, "out of memory");
	fputs("\xef\xbb\xbf", g->f);
	for (i = 0; i < g->ncolumn; i++) {
		if (g->column[i].type == GRID_SHARE) {
			put_key(line, &g->column[i], "_numerator");
			put_key(line, &g->column[i], "_denominator");
		}
		put_key(line, &g->column[i], g->column[i].type == GRID_SHARE ? "_share" : "");
	}
	buf_str(line, "\r\n");
	return flush(g);
}

/* -3.5, +84: a spreadsheet makes a number of it, which computes nothing. */
static bool plain_number(const char *p)
{
	p += *p == '-' || *p == '+';
	p += strspn(p, "0123456789");
	p += *p == '.' || *p == ',';
	return !p[strspn(p, "0123456789")];
}

/* Whether a spreadsheet may take the text for a formula (OWASP, "CSV Injection"), the wide forms that
 * East Asian editions take too among them. */
static bool like_formula(const char *text)
{
	static const char *const wide[] = {"＝", "＋", "－", "＠"};
	const char *p = text + strspn(text, " \t\r\n");
	size_t i;

	if (*text == '\t' || *text == '\r')
		return true;
	for (i = 0; i < sizeof wide / sizeof *wide; i++)
		if (!strncmp(p, wide[i], strlen(wide[i])))
			return true;
	return *p && strchr("=+-@", *p) && !plain_number(p);
}

/* An apostrophe in front is how one types a text that is no formula; it is seen, and harms nothing. */
static void put_text(struct buf *line, const char *text)
{
	char *marked = NULL;

	if (!like_formula(text)) {
		csv_put(line, text);
		return;
	}
	if (asprintf(&marked, "'%s", text) < 0) {
		line->err = ERR_NOMEM;
		return;
	}
	csv_put(line, marked);
	free(marked);
}

static void put_number(struct buf *line, double v)
{
	char text[FMT];

	if (isfinite(v))
		buf_str(line, grid_number_exact(v, text));
}

static void put_cell(struct buf *line, const struct grid_cell *c)
{
	if (c->none)
		return;
	if (c->type == GRID_SHARE) {
		buf_printf(line, "%lld,%lld,", (long long)c->n, (long long)c->of);
		put_number(line, grid_cell_value(c));
	} else if (c->type == GRID_INT) {
		buf_printf(line, "%lld", (long long)c->n);
	} else if (grid_numeric(c->type)) {
		put_number(line, c->v);
	} else {
		put_text(line, c->text);
	}
}

static int put_row(struct grid *g)
{
	struct buf *line = g->state;
	size_t i;

	for (i = 0; i < g->ncolumn; i++) {
		if (i)
			buf_u8(line, ',');
		if (g->column[i].type == GRID_SHARE && g->cell[i].none)
			buf_str(line, ",,");
		put_cell(line, &g->cell[i]);
	}
	/* RFC 4180 has no empty line: of one column, an empty cell is a pair of quotes */
	if (!line->len)
		buf_str(line, "\"\"");
	buf_str(line, "\r\n");
	return flush(g);
}

static int close_file(struct grid *g)
{
	(void)g;
	return 0;
}

static void drop_file(struct grid *g)
{
	if (g->state)
		buf_release(g->state);
	free(g->state);
}

const struct grid_writer grid_csv = {.name = "csv",
                                     .open = open_file,
                                     .row = put_row,
                                     .close = close_file,
                                     .drop = drop_file};
