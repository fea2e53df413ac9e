/* import_rejects.c - the rows that an import could not save, with the reason, ready to be mended. */
#include "agent/import.h"

#include "agent/file.h"
#include "storage/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_field(const struct import *im, struct buf *out, const char *field)
{
	if (im->sep == ',') {
		csv_put(out, field);
		return;
	}
	buf_u8(out, '"');
	for (; *field; field++)
		buf_str(out, *field == '"' ? "\"\"" : (char[]){*field, 0});
	buf_u8(out, '"');
}

/* The row as it stood, without an error column that it brought, and what is wrong with it. */
static void put_row(const struct import *im, struct buf *out, const struct import_row *r,
                    const char *why)
{
	bool had = false;
	struct csv c;
	size_t i;

	for (i = 0; i < im->ncol; i++)
		had |= im->col[i] == IMPORT_IGNORE;
	csv_open(&c, r->raw, r->raw_len);
	c.sep = im->sep;
	if (!had || csv_read(&c) < 0) {
		buf_add(out, r->raw, r->raw_len);
		buf_u8(out, (unsigned char)im->sep);
	} else {
		for (i = 0; i < c.nfield; i++) {
			if (i < im->ncol && im->col[i] == IMPORT_IGNORE)
				continue;
			put_field(im, out, c.field[i]);
			buf_u8(out, (unsigned char)im->sep);
		}
	}
	csv_close(&c);
	put_field(im, out, why);
	buf_u8(out, '\n');
}

int import_write_rejects(struct import *im, const char *path)
{
	static const char *const ends[] = {".csv", ".xml", ".zip"};
	size_t n = strlen(path), i;
	struct buf out = {0};
	int rc;

	while (n > 1 && path[n - 1] == '/')
		n--;
	for (i = 0; i < sizeof ends / sizeof *ends; i++)
		if (n > 4 && !strncasecmp(path + n - 4, ends[i], 4) && !path[n])
			break;
	if (i < sizeof ends / sizeof *ends)
		n -= 4;
	else if (im->json && n > 6 && strcasecmp(path + n - 6, ".jsonl") == 0)
		n -= 6;
	if (asprintf(&im->rejects, "%.*s.rejected.%s", (int)n, path, im->json ? "jsonl" : "csv") <
	    0) {
		im->rejects = NULL;
		return err(ERR_NOMEM, "out of memory");
	}
	if (!im->json)
		put_row(im, &out, &im->head, "error");
	for (i = 0; i < im->nrow; i++) {
		if (im->row[i].why && im->json)
			import_json_reject(&im->row[i], im->row[i].why, &out);
		else if (im->row[i].why)
			put_row(im, &out, &im->row[i], im->row[i].why);
	}
	rc = file_replace(im->rejects, &out);
	buf_release(&out);
	return rc;
}
