/* form_sheet.c - a sheet's rows by column name. */
#include "storage/form_sheet.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *cell, *base;
} also[] = {
	{"relevance", "relevant"}, {"readonly", "read_only"}, {"calculate", "calculation"},
	{"caption", "label"},      {"value", "name"},         {"list", "list_name"},
	{"id_string", "form_id"},  {"title", "form_title"},
};

static void copy(char out[SHEET_COLUMN_MAX], const char *text, size_t len)
{
	while (len && strchr(" \t\r\n", text[len - 1]))
		len--;
	if (len >= SHEET_COLUMN_MAX)
		len = SHEET_COLUMN_MAX - 1;
	memcpy(out, text, len);
	out[len] = 0;
}

void sheet_language(const char *cell, char out[SHEET_COLUMN_MAX])
{
	const char *open = strrchr(cell, '(');

	if (open && open[1] && strchr(open, ')'))
		copy(out, open + 1, strcspn(open + 1, ")"));
	else
		copy(out, cell, strlen(cell));
}

/* "label::Vietnamese (vi)" is column label in language vi. */
static void read_name(const char *cell, struct sheet_column *out)
{
	size_t base = strcspn(cell, ":"), i;
	char *p;

	copy(out->base, cell, base);
	for (p = out->base; *p; p++)
		*p = *p == ' ' ? '_' : (char)tolower((unsigned char)*p);
	for (i = 0; i < sizeof also / sizeof *also; i++)
		if (!strcmp(out->base, also[i].cell))
			copy(out->base, also[i].base, strlen(also[i].base));
	base += strspn(cell + base, ": ");
	sheet_language(cell + base, out->lang);
}

static size_t inner_lines(const struct csv *c)
{
	size_t i, n = 0;

	for (i = 0; i < c->raw_len; i++)
		n += c->raw[i] == '\n';
	return n;
}

static int read_record(struct sheet_reader *r)
{
	int rc = csv_read(&r->csv);

	r->row = r->csv.line - r->extra;
	if (rc == ERR_BAD)
		return err(ERR_BAD, "sheet %s: %s", r->name, err_text());
	if (rc == 1)
		r->extra += (unsigned)inner_lines(&r->csv);
	return rc;
}

int sheet_open(struct sheet_reader *r, const char *name, const struct sheet *sheet)
{
	size_t i;
	int rc;

	memset(r, 0, sizeof *r);
	r->name = name;
	csv_open(&r->csv, sheet->text ? sheet->text : "", sheet->text ? sheet->len : 0);
	rc = read_record(r);
	if (rc <= 0)
		return rc;
	r->col = calloc(r->csv.nfield, sizeof *r->col);
	if (!r->col)
		return err(ERR_NOMEM, "out of memory");
	r->ncol = r->csv.nfield;
	for (i = 0; i < r->ncol; i++)
		read_name(r->csv.field[i], r->col + i);
	return 0;
}

static bool blank(const struct sheet_reader *r)
{
	size_t i;

	for (i = 0; i < r->csv.nfield && i < r->ncol; i++)
		if (r->csv.field[i][strspn(r->csv.field[i], " \t\r\n")])
			return false;
	return true;
}

int sheet_next(struct sheet_reader *r)
{
	int rc;

	do
		rc = read_record(r);
	while (rc == 1 && blank(r));
	return rc;
}

void sheet_close(struct sheet_reader *r)
{
	csv_close(&r->csv);
	free(r->col);
	memset(r, 0, sizeof *r);
}

static size_t find(const struct sheet_reader *r, const char *base)
{
	size_t i;

	for (i = 0; i < r->ncol; i++)
		if (!strcmp(r->col[i].base, base) && !r->col[i].lang[0])
			break;
	return i;
}

bool sheet_has(const struct sheet_reader *r, const char *base)
{
	return find(r, base) < r->ncol;
}

/* Cells are trimmed in place: nobody means the spaces around them. */
static const char *trimmed(const struct sheet_reader *r, size_t i)
{
	char *text, *end;

	if (i >= r->ncol || i >= r->csv.nfield)
		return "";
	text = r->csv.field[i];
	text += strspn(text, " \t\r\n");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r\n", end[-1]))
		*--end = 0;
	return text;
}

const char *sheet_cell(const struct sheet_reader *r, const char *base)
{
	return trimmed(r, find(r, base));
}

int sheet_texts(const struct sheet_reader *r, const char *base, char **out)
{
	struct buf json = {0};
	const char *text;
	size_t i;
	int rc;

	*out = NULL;
	for (i = 0; i < r->ncol; i++) {
		text = trimmed(r, i);
		if (!strcmp(r->col[i].base, base) && *text)
			form_label_put(&json, r->col[i].lang, text);
	}
	if (!json.len)
		return 0;
	form_label_end(&json);
	buf_u8(&json, 0);
	rc = json.err;
	if (rc)
		buf_release(&json);
	else
		*out = (char *)json.data;
	return rc;
}

int sheet_bad(const struct sheet_reader *r, const char *column)
{
	return err(ERR_BAD, "sheet %s, row %u, column %s: %s", r->name, r->row, column, err_text());
}
