/* csv.c - a CSV record at a time. */
#include "storage/csv.h"
#include "storage/err.h"
#include "storage/text.h"

#include <stdlib.h>
#include <string.h>

static size_t count(const char *p, const char *end, char c)
{
	size_t n = 0;

	while (p < end && (p = memchr(p, c, (size_t)(end - p)))) {
		n++;
		p++;
	}
	return n;
}

static const char *line_end(const char *p, const char *end)
{
	const char *nl = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;

	return nl ? nl : end;
}

void csv_open(struct csv *c, const char *text, size_t len)
{
	const char *eol;
	size_t commas;

	memset(c, 0, sizeof *c);
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		len -= 3;
	}
	c->p = text;
	c->end = text + len;
	c->raw = c->p;
	c->line = 1;
	c->sep = ',';
	eol = line_end(c->p, c->end);
	commas = count(c->p, eol, ',');
	if (count(c->p, eol, ';') > commas)
		c->sep = ';';
	else if (count(c->p, eol, '\t') > commas)
		c->sep = '\t';
}

static int at_line_end(const struct csv *c)
{
	return c->p == c->end || *c->p == '\n' ||
	       (*c->p == '\r' && (c->p + 1 == c->end || c->p[1] == '\n'));
}

/* A field without quotes; c->p is left on the separator or the line's end. */
static int read_plain(struct csv *c)
{
	const char *start = c->p;

	while (!at_line_end(c) && *c->p != c->sep)
		c->p++;
	return text_nfc(start, (size_t)(c->p - start), &c->text);
}

/* A field in quotes, doubled quotes inside; c->p is on the first. */
static int read_quoted(struct csv *c)
{
	struct buf part = {0};
	const char *quote, *limit = c->end;
	int rc;

	if ((size_t)(limit - c->raw) > CSV_RECORD_MAX)
		limit = c->raw + CSV_RECORD_MAX;
	for (;;) {
		c->p++;
		quote = c->p < limit ? memchr(c->p, '"', (size_t)(limit - c->p)) : NULL;
		if (!quote) {
			buf_release(&part);
			return err(ERR_BAD, "a quote (\") is not closed");
		}
		buf_add(&part, c->p, (size_t)(quote - c->p));
		c->p = quote + 1;
		if (c->p == c->end || *c->p != '"')
			break;
		buf_u8(&part, '"');
	}
	if (!at_line_end(c) && *c->p != c->sep)
		rc = err(ERR_BAD, "text follows a closing quote (\")");
	else if (part.err)
		rc = part.err;
	else
		rc = text_nfc((const char *)part.data, part.len, &c->text);
	buf_release(&part);
	return rc;
}

static int read_fields(struct csv *c)
{
	int rc;

	buf_reset(&c->text);
	c->nfield = 0;
	for (;;) {
		rc = c->p < c->end && *c->p == '"' ? read_quoted(c) : read_plain(c);
		buf_u8(&c->text, 0);
		if (rc || c->text.err)
			return rc ? rc : c->text.err;
		c->nfield++;
		if (at_line_end(c))
			return 0;
		c->p++;
	}
}

/* The fields lie in text one after the other, a NUL after each. */
static int point_at_fields(struct csv *c)
{
	char *p = (char *)c->text.data, **field;
	size_t i;

	if (c->nfield > c->cap) {
		field = realloc(c->field, c->nfield * sizeof *field);
		if (!field)
			return err(ERR_NOMEM, "out of memory");
		c->field = field;
		c->cap = c->nfield;
	}
	for (i = 0; i < c->nfield; i++) {
		c->field[i] = p;
		p += strlen(p) + 1;
	}
	return 0;
}

static void skip_line_end(struct csv *c)
{
	if (c->p < c->end && *c->p == '\r')
		c->p++;
	if (c->p < c->end && *c->p == '\n')
		c->p++;
}

int csv_read(struct csv *c)
{
	const char *last = c->raw;
	int rc;

	c->nfield = 0;
	while (c->p < c->end && at_line_end(c))
		skip_line_end(c);
	c->line += (unsigned)count(last, c->p, '\n');
	c->raw = c->p;
	c->raw_len = 0;
	if (c->p == c->end)
		return 0;
	rc = read_fields(c);
	if (!rc)
		rc = point_at_fields(c);
	if (rc) {
		c->nfield = 0;
		c->p = line_end(c->raw, c->end);
		if (rc == ERR_BAD) {
			rc = err(ERR_BAD, "line %u: %s", c->line, err_text());
		}
	}
	c->raw_len = (size_t)(c->p - c->raw);
	if (c->raw_len && c->raw[c->raw_len - 1] == '\r')
		c->raw_len--;
	skip_line_end(c);
	return rc ? rc : 1;
}

bool csv_blank(const struct csv *c)
{
	size_t i;

	for (i = 0; i < c->nfield; i++)
		if (*c->field[i])
			return false;
	return true;
}

void csv_close(struct csv *c)
{
	buf_release(&c->text);
	free(c->field);
	memset(c, 0, sizeof *c);
}

void csv_put(struct buf *out, const char *field)
{
	size_t len = strlen(field);
	const char *p;

	if (!strpbrk(field, ",;\t\"\r\n") && (!len || (field[0] != ' ' && field[len - 1] != ' '))) {
		buf_str(out, field);
		return;
	}
	buf_u8(out, '"');
	for (p = field; *p; p++) {
		if (*p == '"')
			buf_u8(out, '"');
		buf_u8(out, (unsigned char)*p);
	}
	buf_u8(out, '"');
}
