/* json_read.c - JSON that need not be trusted, member by member. */
#include "storage/json_read.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/value.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void json_read_open(struct json_read *j, const char *text)
{
	*j = (struct json_read){.text = text, .at = text};
}

int json_read_bad(struct json_read *j)
{
	char shown[SHOWN_LEN];
	unsigned line = 1;
	const char *c;

	if (j->rc)
		return j->rc;
	for (c = j->text; c < j->at; c++)
		line += *c == '\n';
	j->rc = err(ERR_BAD, "line %u: this is not JSON: %s", line, value_shown(j->at, shown));
	return j->rc;
}

char json_read_peek(struct json_read *j)
{
	j->at += strspn(j->at, " \t\r\n");
	return j->rc ? '\0' : *j->at;
}

static bool take(struct json_read *j, char c)
{
	if (!c || json_read_peek(j) != c)
		return false;
	j->at++;
	return true;
}

void json_read_begin(struct json_read *j, char bracket)
{
	if (!take(j, bracket))
		json_read_bad(j);
	else if (++j->depth > JSON_READ_DEPTH_MAX)
		j->rc = err(ERR_TOOBIG, "JSON is more than %d deep", JSON_READ_DEPTH_MAX);
	j->fresh = true;
}

/* Whether one more member comes, or the end. */
static bool next(struct json_read *j, char close)
{
	bool fresh = j->fresh;

	j->fresh = false;
	if (take(j, close)) {
		j->depth--;
		return false;
	}
	if (!fresh && !take(j, ','))
		json_read_bad(j);
	return !j->rc;
}

bool json_read_item(struct json_read *j)
{
	return next(j, ']');
}

static void read_string(struct json_read *j, struct buf *out)
{
	const char *end = json_read_peek(j) == '"' ? form_label_read(j->at, out) : NULL;

	if (out->err && !j->rc)
		j->rc = out->err;
	if (!end)
		json_read_bad(j);
	else
		j->at = end;
}

bool json_read_key(struct json_read *j, struct buf *key)
{
	if (!next(j, '}'))
		return false;
	read_string(j, key);
	if (!take(j, ':'))
		json_read_bad(j);
	return !j->rc;
}

void json_read_text(struct json_read *j, struct buf *out)
{
	char c = json_read_peek(j);
	size_t len;

	buf_reset(out);
	if (c == '"') {
		read_string(j, out);
		return;
	}
	len = strspn(j->at, "+-.0123456789abcdefghijklmnopqrstuvwxyzE");
	if (!c || !len ||
	    (isalpha((unsigned char)c) && (len != strlen("true") || strncmp(j->at, "true", len)) &&
	     (len != strlen("false") || strncmp(j->at, "false", len)) &&
	     (len != strlen("null") || strncmp(j->at, "null", len)))) {
		json_read_bad(j);
		return;
	}
	if (c != 'n')
		buf_add(out, j->at, len);
	buf_cstr(out);
	if (out->err)
		j->rc = out->err;
	j->at += len;
}

double json_read_number(struct json_read *j)
{
	char c = json_read_peek(j), *end;
	size_t len = c ? strspn(j->at, "+-.0123456789eE") : 0;
	double v = 0;

	if (len && (c == '-' || isdigit((unsigned char)c))) {
		v = strtod(j->at, &end);
		if (end == j->at + len && isfinite(v)) {
			j->at = end;
			return v;
		}
	}
	json_read_bad(j);
	return 0;
}

void json_read_skip(struct json_read *j)
{
	struct buf text = {0};

	switch (json_read_peek(j)) {
	case '{':
		for (json_read_begin(j, '{'); json_read_key(j, &text);)
			json_read_skip(j);
		break;
	case '[':
		for (json_read_begin(j, '['); json_read_item(j);)
			json_read_skip(j);
		break;
	default:
		json_read_text(j, &text);
	}
	buf_release(&text);
}

int json_read_end(struct json_read *j)
{
	if (json_read_peek(j))
		json_read_bad(j);
	return j->rc;
}
