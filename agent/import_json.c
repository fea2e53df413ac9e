/* import_json.c - an import's rows as lines of JSON: what a CSV file cannot hold, repeats. */
#include "agent/import.h"

#include "storage/err.h"

#include <stdlib.h>
#include <string.h>

bool import_is_json(const struct buf *text)
{
	const char *p = (const char *)text->data;
	size_t i = 0;

	while (i < text->len && strchr(" \t\r\n", p[i]))
		i++;
	return i < text->len && p[i] == '{';
}

static char *line_of(const struct import_row *r)
{
	char *line = strndup(r->raw, r->raw_len);

	if (!line)
		err(ERR_NOMEM, "out of memory");
	return line;
}

int import_json_unit(const struct import_row *r, struct buf *out)
{
	char *line = line_of(r);
	int rc = line ? paper_json_text(line, "unit", out) : ERR_NOMEM;

	free(line);
	return rc;
}

int import_json_save(struct import *im, const struct import_row *r, struct tx *tx, int64_t *id)
{
	char *line = line_of(r);
	struct paper *p = NULL;
	int rc = line ? paper_new(im->ctx->s, im->a.form, r->unit, &p) : ERR_NOMEM;

	if (!rc)
		rc = paper_fill_json(p, line);
	if (!rc)
		rc = paper_work_out(p);
	if (!rc)
		rc = paper_check(p);
	if (!rc)
		rc = paper_save(tx, p, im->person, id);
	paper_free(p);
	free(line);
	return rc;
}

void import_json_reject(const struct import_row *r, const char *why, struct buf *out)
{
	const char *rest;
	size_t open = 0;

	while (open < r->raw_len && r->raw[open] != '{')
		open++;
	buf_str(out, "{\"error\": \"");
	for (; *why; why++)
		buf_str(out,
		        *why == '"' || *why == '\\' ? (char[]){'\\', *why, 0} : (char[]){*why, 0});
	rest = open + 1 < r->raw_len ? r->raw + open + 1 : "}";
	rest += strspn(rest, " \t");
	buf_str(out, *rest == '}' ? "\"" : "\", ");
	if (open == r->raw_len) { /* not even an object: kept for whoever mends it */
		buf_str(out, "\"line\": ");
		open = 0;
	} else {
		open++;
	}
	buf_add(out, r->raw + open, r->raw_len - open);
	buf_u8(out, '\n');
}
