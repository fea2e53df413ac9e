/* json.c - a JSON document written as it comes (RFC 8259). */
#include "agent/out.h"

#include "agent/i18n.h"
#include "storage/err.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void json_begin(struct json *j, FILE *f)
{
	memset(j, 0, sizeof *j);
	j->f = f;
}

/* What has to stand before a value or a key: a line for each member of a list. */
static void lead_in(struct json *j)
{
	if (j->keyed)
		j->keyed = false;
	else if (j->depth && j->more[j->depth - 1])
		fputs(j->close[j->depth - 1] == ']' ? ",\n" : ",", j->f);
	if (j->depth)
		j->more[j->depth - 1] = true;
}

static void open_level(struct json *j, char first, char last)
{
	lead_in(j);
	fputc(first, j->f);
	if (j->depth == JSON_DEPTH)
		abort(); /* a programmer's mistake: depth never comes from outside */
	j->close[j->depth] = last;
	j->more[j->depth] = false;
	j->depth++;
}

void json_object(struct json *j)
{
	open_level(j, '{', '}');
}

void json_array(struct json *j)
{
	open_level(j, '[', ']');
}

int json_end(struct json *j)
{
	if (!j->depth)
		return 0;
	j->depth--;
	fputc(j->close[j->depth], j->f);
	if (j->depth)
		return 0;
	fputc('\n', j->f);
	if (ferror(j->f))
		return err(ERR_IO, "the output could not be written: is the disk full?");
	return 0;
}

/* Bytes of the UTF-8 character at p (RFC 3629), 0 when it is none. */
static size_t character(const unsigned char *p)
{
	size_t n, i;

	if (*p < 0x80)
		return 1;
	if (*p < 0xc2 || *p > 0xf4)
		return 0;
	n = *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

static void put_string(FILE *f, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	fputc('"', f);
	while (*p) {
		size_t n = character(p);

		if (n == 0) {
			fputs("\xef\xbf\xbd", f);
			n = 1;
		} else if (*p == '"' || *p == '\\') {
			fprintf(f, "\\%c", *p);
		} else if (*p == '\n') {
			fputs("\\n", f);
		} else if (*p < 0x20 || *p == 0x7f) {
			fprintf(f, "\\u%04x", *p);
		} else {
			fwrite(p, 1, n, f);
		}
		p += n;
	}
	fputc('"', f);
}

void json_key(struct json *j, const char *key)
{
	lead_in(j);
	put_string(j->f, key);
	fputc(':', j->f);
	j->keyed = true;
}

void json_str(struct json *j, const char *text)
{
	if (!text) {
		json_null(j);
		return;
	}
	lead_in(j);
	put_string(j->f, text);
}

void json_int(struct json *j, int64_t v)
{
	lead_in(j);
	fprintf(j->f, "%lld", (long long)v);
}

void json_num(struct json *j, double v)
{
	char text[FMT];

	if (!isfinite(v)) {
		json_null(j);
		return;
	}
	snprintf(text, sizeof text, "%.15g", v);
	if (strtod(text, NULL) < v || strtod(text, NULL) > v)
		snprintf(text, sizeof text, "%.17g", v);
	lead_in(j);
	fputs(text, j->f);
}

void json_bool(struct json *j, bool v)
{
	lead_in(j);
	fputs(v ? "true" : "false", j->f);
}

void json_null(struct json *j)
{
	lead_in(j);
	fputs("null", j->f);
}

static const char *digits(const char *p)
{
	while (isdigit((unsigned char)*p))
		p++;
	return p;
}

/* RFC 8259 section 6: no leading zero, no leading plus, digits on both sides of the point. */
static bool is_number(const char *p)
{
	const char *from;

	p += *p == '-';
	from = p;
	p = digits(p);
	if (p == from || (*from == '0' && p > from + 1))
		return false;
	if (*p == '.') {
		from = ++p;
		p = digits(p);
		if (p == from)
			return false;
	}
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '-' || *p == '+';
		from = p;
		p = digits(p);
		if (p == from)
			return false;
	}
	return *p == '\0';
}

void json_number_text(struct json *j, const char *text)
{
	if (!text || !is_number(text)) {
		json_str(j, text);
		return;
	}
	lead_in(j);
	fputs(text, j->f);
}

void json_raw(struct json *j, const char *text)
{
	lead_in(j);
	fputs(text, j->f);
}

void json_kstr(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	json_str(j, text);
}

void json_kint(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void json_knum(struct json *j, const char *key, double v)
{
	json_key(j, key);
	json_num(j, v);
}

void json_kbool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}
