/* xlsx.c - the parts of a workbook, by zip.c and xml.c: its list of sheets, its strings, a sheet. */
#include "storage/xlsx.h"
#include "storage/csv.h"
#include "storage/err.h"
#include "storage/xml.h"
#include "storage/zip.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PATH_LEN 256 /* bytes of a part's name */
#define ID_LEN 64    /* bytes of a relation's id */

struct reading {
	struct zip zip;
	struct xml_reader *x;
	const char *wanted;              /* sheet's name, or */
	bool strings;                    /* the strings' part, or the part of */
	char id[ID_LEN], path[PATH_LEN]; /* this relation; "" until found */
	/* strings that cells share, NUL after each, and where each begins */
	struct buf text;
	uint32_t *at;
	size_t n, cap;
	/* the sheet */
	struct buf *out, cell;
	unsigned row, column;         /* of the cell at hand, from 1 */
	unsigned put_row, put_column; /* up to where out has come; column 0: none yet */
	unsigned silent;              /* within so many elements whose text is not the cell's */
	bool taking;
	char kind; /* of the cell: 's'hared, 'b'oolean, 't'ext, 'n'umber */
};

static int no_memory(void)
{
	return err(ERR_NOMEM, "out of memory");
}

static int feed(void *arg, const uint8_t *data, size_t len)
{
	return xml_feed(((struct reading *)arg)->x, data, len, 0);
}

/* Reads a part of the file; ERR_NOTFOUND without text. */
static int read_part(struct reading *g, const char *path, const struct xml_events *on)
{
	int rc = xml_open(on, g, &g->x);

	if (!rc)
		rc = zip_read(&g->zip, path, XLSX_PART_MAX, feed, g);
	if (!rc)
		rc = xml_feed(g->x, NULL, 0, 1);
	xml_close(g->x);
	g->x = NULL;
	return rc;
}

static int no_end(void *arg, const char *name)
{
	(void)arg, (void)name;
	return 0;
}

static int no_text(void *arg, const char *text, size_t len)
{
	(void)arg, (void)text, (void)len;
	return 0;
}

/* ---- where the parts are ------------------------------------------------------------------- */

static int book_start(void *arg, const char *name, const char **attr)
{
	struct reading *g = arg;
	const char *sheet, *id = NULL;
	size_t i, len;

	sheet = strcmp(name, "sheet") ? NULL : xml_attr(attr, "name");
	if (!sheet || g->id[0])
		return 0;
	sheet += strspn(sheet, " ");
	len = strlen(g->wanted);
	if (strncasecmp(sheet, g->wanted, len) || sheet[len + strspn(sheet + len, " ")])
		return 0;
	for (i = 0; attr[i]; i += 2) /* r:id, by whatever prefix: the one with a colon */
		if (strchr(attr[i], ':') && !strcmp(strchr(attr[i], ':'), ":id"))
			id = attr[i + 1];
	if (id && strlen(id) < sizeof g->id)
		strcpy(g->id, id);
	return 0;
}

static int relation_start(void *arg, const char *name, const char **attr)
{
	struct reading *g = arg;
	const char *id = xml_attr(attr, "Id"), *to = xml_attr(attr, "Target");
	const char *type = xml_attr(attr, "Type"), *slash = type ? strrchr(type, '/') : NULL;
	int n;

	if (strcmp(name, "Relationship") || !id || !to || g->path[0])
		return 0;
	if (g->strings ? !slash || strcmp(slash, "/sharedStrings") : strcmp(id, g->id) != 0)
		return 0;
	n = snprintf(g->path, sizeof g->path, "%s%s", *to == '/' ? "" : "xl/", to + (*to == '/'));
	if (n < 0 || (size_t)n >= sizeof g->path)
		g->path[0] = 0;
	return 0;
}

static int not_excel(int rc)
{
	return rc == ERR_NOTFOUND ? err(ERR_BAD, "this is no Excel workbook (.xlsx)") : rc;
}

/* The part's name in g->path: of the strings when sheet is NULL; "" when there is none. */
static int find_part(struct reading *g, const char *sheet)
{
	static const struct xml_events book = {book_start, no_end, no_text};
	static const struct xml_events relations = {relation_start, no_end, no_text};
	int rc = 0;

	g->wanted = sheet;
	g->strings = !sheet;
	g->id[0] = g->path[0] = 0;
	if (sheet)
		rc = not_excel(read_part(g, "xl/workbook.xml", &book));
	if (!rc && (!sheet || g->id[0]))
		rc = not_excel(read_part(g, "xl/_rels/workbook.xml.rels", &relations));
	if (!rc && g->id[0] && !g->path[0])
		rc = err(ERR_BAD, "the file is damaged or cut off");
	return rc;
}

/* ---- shared strings ------------------------------------------------------------------------- */

static int start_text(struct reading *g, const char *name)
{
	if (!strcmp(name, "rPh")) /* how to pronounce it */
		g->silent++;
	g->taking = !strcmp(name, "t") && !g->silent;
	return 0;
}

static void end_text(struct reading *g, const char *name)
{
	if (!strcmp(name, "rPh") && g->silent)
		g->silent--;
	g->taking = false;
}

static int strings_start(void *arg, const char *name, const char **attr)
{
	struct reading *g = arg;
	uint32_t *more;

	(void)attr;
	if (strcmp(name, "si"))
		return start_text(g, name);
	if (g->n == g->cap) {
		g->cap = g->cap ? g->cap * 2 : 1024;
		more = realloc(g->at, g->cap * sizeof *more);
		if (!more)
			return no_memory();
		g->at = more;
	}
	g->at[g->n++] = (uint32_t)g->text.len;
	return 0;
}

static int too_big(void)
{
	return err(ERR_TOOBIG, "the sheets hold more than %u bytes of text", XLSX_TEXT_MAX);
}

static int strings_end(void *arg, const char *name)
{
	struct reading *g = arg;

	end_text(g, name);
	if (!strcmp(name, "si"))
		buf_u8(&g->text, 0);
	return g->text.len > XLSX_TEXT_MAX ? too_big() : g->text.err;
}

static int strings_text(void *arg, const char *text, size_t len)
{
	struct reading *g = arg;

	if (!g->taking || !g->n)
		return 0;
	buf_add(&g->text, text, len);
	return g->text.len > XLSX_TEXT_MAX ? too_big() : g->text.err;
}

static int read_strings(struct reading *g)
{
	static const struct xml_events on = {strings_start, strings_end, strings_text};
	int rc = find_part(g, NULL);

	if (rc || !g->path[0])
		return rc;
	rc = read_part(g, g->path, &on);
	if (!rc)
		buf_u8(&g->text, 0);
	return rc == ERR_NOTFOUND ? err(ERR_BAD, "the file is damaged or cut off")
	       : rc               ? rc
	                          : g->text.err;
}

/* ---- a sheet ---------------------------------------------------------------------------------- */

/* "AB12" is column 28 of row 12; a cell without a place stands behind the one before. */
static int place(struct reading *g, const char *ref)
{
	unsigned column = 0;

	if (!ref) {
		g->column++;
		return 0;
	}
	for (; *ref >= 'A' && *ref <= 'Z' && column <= 16384; ref++)
		column = column * 26 + (unsigned)(*ref - 'A' + 1);
	if (!column || column > 16384)
		return err(ERR_BAD, "a cell has no place");
	g->column = column;
	return 0;
}

static int start_row(struct reading *g, const char *ref)
{
	unsigned long row = ref ? strtoul(ref, NULL, 10) : (unsigned long)g->row + 1;

	if (row <= g->row || row > XLSX_ROWS_MAX)
		return err(ERR_BAD, "row %lu comes after row %u", row, g->row);
	g->row = (unsigned)row;
	g->column = 0;
	return 0;
}

static int sheet_start(void *arg, const char *name, const char **attr)
{
	struct reading *g = arg;
	const char *type;

	if (!strcmp(name, "row"))
		return start_row(g, xml_attr(attr, "r"));
	if (!strcmp(name, "v")) {
		g->taking = true;
		return 0;
	}
	if (strcmp(name, "c"))
		return start_text(g, name);
	type = xml_attr(attr, "t");
	g->kind = !type || !strcmp(type, "n") ? 'n'
	          : !strcmp(type, "s")        ? 's'
	          : !strcmp(type, "b")        ? 'b'
	                                      : 't';
	buf_reset(&g->cell);
	g->silent = 0;
	return place(g, xml_attr(attr, "r"));
}

static int sheet_text(void *arg, const char *text, size_t len)
{
	struct reading *g = arg;

	if (!g->taking)
		return 0;
	buf_add(&g->cell, text, len);
	return g->cell.len > CSV_RECORD_MAX ? too_big() : g->cell.err;
}

/* As people type it: 3, not 3.0000000000000001E0. */
static void shorten(struct buf *cell)
{
	const char *text = buf_cstr(cell);
	char *end, shown[40];
	double v = strtod(text, &end);

	if (end == text || *end || !isfinite(v))
		return;
	snprintf(shown, sizeof shown, "%.15g", v);
	if (fabs(v) < 1e15 && v == floor(v))
		snprintf(shown, sizeof shown, "%.0f", v);
	buf_reset(cell);
	buf_str(cell, shown);
}

static int meaning(struct reading *g, const char **out)
{
	const char *text = buf_cstr(&g->cell);
	unsigned long i;

	*out = text;
	if (g->cell.err || !*text || g->kind == 't')
		return g->cell.err;
	if (g->kind == 'b') {
		*out = *text == '1' ? "TRUE" : "FALSE";
	} else if (g->kind == 's') {
		i = strtoul(text, NULL, 10);
		if (i >= g->n)
			return err(ERR_BAD, "the file is damaged or cut off");
		*out = (const char *)g->text.data + g->at[i];
	} else {
		shorten(&g->cell);
		*out = buf_cstr(&g->cell);
	}
	return g->cell.err;
}

/* An empty line keeps the numbers of the rows behind it. */
static int put_cell(struct reading *g)
{
	const char *text;
	unsigned n;
	int rc = meaning(g, &text);

	if (rc || !*text)
		return rc;
	if (g->column > XLSX_COLUMNS_MAX)
		return err(ERR_TOOBIG, "more than %d columns are filled in", XLSX_COLUMNS_MAX);
	for (; g->put_row < g->row; g->put_row++) {
		buf_u8(g->out, '\n');
		g->put_column = 0;
	}
	if (g->column <= g->put_column)
		return err(ERR_BAD, "the cells of row %u are out of order", g->row);
	for (n = g->column - (g->put_column ? g->put_column : 1); n; n--)
		buf_u8(g->out, ',');
	g->put_column = g->column;
	csv_put(g->out, text);
	if (g->out->len > XLSX_TEXT_MAX)
		return too_big();
	return g->out->err;
}

static int sheet_end(void *arg, const char *name)
{
	struct reading *g = arg;

	end_text(g, name);
	return strcmp(name, "c") ? 0 : put_cell(g);
}

static int read_sheet(struct reading *g, const char *name, struct buf *out, _Bool *there)
{
	static const struct xml_events on = {sheet_start, sheet_end, sheet_text};
	int rc = find_part(g, name);

	*there = !rc && g->path[0];
	if (!*there)
		return rc;
	g->out = out;
	g->row = g->column = 0;
	g->put_row = 1;
	g->put_column = 0;
	rc = read_part(g, g->path, &on);
	if (!rc)
		buf_u8(out, '\n');
	if (rc == ERR_NOTFOUND)
		err(rc = ERR_BAD, "the file is damaged or cut off");
	if (rc && rc != ERR_NOMEM)
		err(rc, "sheet %s: %s", name, err_text());
	return rc ? rc : out->err;
}

struct listing {
	struct reading g; /* first: read_part() hands it on */
	int (*fn)(void *arg, const char *name);
	void *arg;
};

static int list_start(void *arg, const char *name, const char **attr)
{
	struct listing *l = arg;
	const char *sheet = strcmp(name, "sheet") ? NULL : xml_attr(attr, "name");

	return sheet ? l->fn(l->arg, sheet) : 0;
}

int xlsx_each(const void *data, size_t len, int (*fn)(void *arg, const char *name), void *arg)
{
	static const struct xml_events on = {list_start, no_end, no_text};
	struct listing l = {.fn = fn, .arg = arg};
	int rc = zip_open(&l.g.zip, data, len);

	return rc ? rc : not_excel(read_part(&l.g, "xl/workbook.xml", &on));
}

int xlsx_sheets(const void *data, size_t len, const char *const *name, size_t n, struct buf *out,
                _Bool *there)
{
	struct reading g = {0};
	size_t i;
	int rc = zip_open(&g.zip, data, len);

	if (!rc)
		rc = read_strings(&g);
	for (i = 0; i < n && !rc; i++)
		rc = read_sheet(&g, name[i], &out[i], &there[i]);
	buf_release(&g.text);
	buf_release(&g.cell);
	free(g.at);
	return rc;
}
