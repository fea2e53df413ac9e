/* text.c - UTF-8 by utf8proc. */
#include "storage/text.h"
#include "storage/err.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static bool is_ascii(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

static int map(const char *text, size_t len, int options, utf8proc_uint8_t **out)
{
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len,
	                                  out, (utf8proc_option_t)options);

	if (n == UTF8PROC_ERROR_NOMEM)
		return err(ERR_NOMEM, "out of memory");
	if (n < 0)
		return err(ERR_BAD, "text is not UTF-8: save the file as UTF-8 and try again");
	return 0;
}

int text_nfc(const char *text, size_t len, struct buf *out)
{
	utf8proc_uint8_t *nfc = NULL;
	int rc;

	if (len && memchr(text, 0, len))
		return err(ERR_BAD, "text holds a zero byte: save the file as UTF-8 and try again");
	if (is_ascii(text, len)) {
		buf_add(out, text, len);
		return out->err;
	}
	rc = map(text, len, UTF8PROC_STABLE | UTF8PROC_COMPOSE, &nfc);
	if (!rc)
		buf_str(out, (const char *)nfc);
	free(nfc);
	return rc ? rc : out->err;
}

void text_mend(const char *text, struct buf *out)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text;
	size_t left = strlen(text);
	utf8proc_ssize_t n;
	utf8proc_int32_t c;

	if (is_ascii(text, left)) {
		buf_add(out, text, left);
		return;
	}
	for (; left; p += n, left -= (size_t)n) {
		n = utf8proc_iterate(p, (utf8proc_ssize_t)left, &c);
		if (n > 0 && c != 0xfffe && c != 0xffff) {
			buf_add(out, p, (size_t)n);
			continue;
		}
		buf_str(out, "\xef\xbf\xbd");
		n = n > 0 ? n : 1;
	}
}

size_t text_width(const char *text)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text;
	size_t left = strlen(text), width = 0;
	utf8proc_int32_t c;
	utf8proc_ssize_t n;
	int columns;

	while (left) {
		n = utf8proc_iterate(p, (utf8proc_ssize_t)left, &c);
		columns = n > 0 ? utf8proc_charwidth(c) : 1;
		if (n <= 0)
			n = 1;
		width += (size_t)columns;
		p += n;
		left -= (size_t)n;
	}
	return width;
}

/* Appends p with đ as d and runs of white space as one space, none at the ends. */
static void squeeze(const char *p, struct buf *out)
{
	bool begun = false, gap = false;

	for (; *p; p++) {
		if (strchr(" \t\r\n", *p)) {
			gap = begun;
			continue;
		}
		if (gap)
			buf_u8(out, ' ');
		gap = false;
		begun = true;
		if (!strncmp(p, "đ", 2)) {
			buf_u8(out, 'd');
			p++;
		} else {
			buf_u8(out, (unsigned char)*p);
		}
	}
}

int text_fold(const char *text, struct buf *out)
{
	utf8proc_uint8_t *folded = NULL;
	int rc;

	rc = map(text, strlen(text),
	         UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
	                 UTF8PROC_STRIPMARK,
	         &folded);
	if (!rc)
		squeeze((const char *)folded, out);
	free(folded);
	return rc ? rc : out->err;
}
