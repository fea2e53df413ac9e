/* form_label.c - texts in several languages: a JSON object (RFC 8259) of strings. */
#include "storage/form_draft.h"

#include <stdio.h>
#include <string.h>

void form_label_string(struct buf *out, const char *text)
{
	const unsigned char *p;

	buf_u8(out, '"');
	for (p = (const unsigned char *)text; *p; p++) {
		if (*p == '"' || *p == '\\') {
			buf_u8(out, '\\');
			buf_u8(out, *p);
		} else if (*p < ' ') {
			buf_printf(out, "\\u%04x", (unsigned)*p);
		} else {
			buf_u8(out, *p);
		}
	}
	buf_u8(out, '"');
}

void form_label_put(struct buf *out, const char *lang, const char *text)
{
	buf_str(out, out->len ? "," : "{");
	form_label_string(out, lang);
	buf_u8(out, ':');
	form_label_string(out, text);
}

void form_label_end(struct buf *out)
{
	buf_str(out, out->len ? "}" : "{}");
}

static void put_utf8(struct buf *out, unsigned c)
{
	if (c < 0x80) {
		buf_u8(out, c);
	} else if (c < 0x800) {
		buf_u8(out, 0xc0 | c >> 6);
		buf_u8(out, 0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		buf_u8(out, 0xe0 | c >> 12);
		buf_u8(out, 0x80 | (c >> 6 & 0x3f));
		buf_u8(out, 0x80 | (c & 0x3f));
	} else {
		buf_u8(out, 0xf0 | c >> 18);
		buf_u8(out, 0x80 | (c >> 12 & 0x3f));
		buf_u8(out, 0x80 | (c >> 6 & 0x3f));
		buf_u8(out, 0x80 | (c & 0x3f));
	}
}

/* Four hexadecimal digits after "\u"; NULL when they are not. */
static const char *read_hex(const char *p, unsigned *out)
{
	int i;

	*out = 0;
	for (i = 0; i < 4; i++, p++) {
		if (*p >= '0' && *p <= '9')
			*out = *out << 4 | (unsigned)(*p - '0');
		else if ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'f')
			*out = *out << 4 | (unsigned)((*p | 0x20) - 'a' + 10);
		else
			return NULL;
	}
	return p;
}

static const char *read_escape(const char *p, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;
	unsigned c, low;

	if (*p == 'u') {
		p = read_hex(p + 1, &c);
		if (p && c >= 0xd800 && c < 0xdc00 && p[0] == '\\' && p[1] == 'u') {
			p = read_hex(p + 2, &low);
			if (!p || low < 0xdc00 || low > 0xdfff)
				return NULL;
			c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
		}
		if (!p || !c || (c >= 0xd800 && c < 0xe000))
			return NULL;
		put_utf8(out, c);
		return p;
	}
	found = *p ? strchr(from, *p) : NULL;
	if (!found)
		return NULL;
	buf_u8(out, (unsigned char)to[found - from]);
	return p + 1;
}

static const char *skip(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

const char *form_label_read(const char *p, struct buf *out)
{
	buf_reset(out);
	if (*p++ != '"')
		return NULL;
	while (*p && *p != '"') {
		if (*p == '\\') {
			p = read_escape(p + 1, out);
			if (!p)
				return NULL;
		} else {
			buf_u8(out, (unsigned char)*p++);
		}
	}
	buf_cstr(out);
	return *p ? p + 1 : NULL;
}

bool form_label_next(const char *json, size_t *pos, struct buf *lang, struct buf *text)
{
	const char *p = skip(json + *pos);

	if (*p != (*pos ? ',' : '{'))
		return false;
	p = form_label_read(skip(p + 1), lang);
	if (!p)
		return false;
	p = skip(p);
	if (*p != ':')
		return false;
	p = form_label_read(skip(p + 1), text);
	if (!p)
		return false;
	*pos = (size_t)(p - json);
	return !lang->err && !text->err;
}

int form_label(const char *json, const char *lang, struct buf *out)
{
	struct buf key = {0}, text = {0}, first = {0};
	size_t pos = 0;
	bool found = false;

	while (!found && json && form_label_next(json, &pos, &key, &text)) {
		found = !strcmp(buf_cstr(&key), lang);
		if (!first.len && !found)
			buf_str(&first, buf_cstr(&text));
	}
	buf_str(out, found ? buf_cstr(&text) : buf_cstr(&first));
	buf_release(&key);
	buf_release(&text);
	buf_release(&first);
	return out->err;
}
