/* qr.c - draws a QR code with characters. */
#include "agent/qr.h"

#include "agent/i18n.h"
#include "storage/err.h"

#include <errno.h>
#include <qrencode.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define QUIET 4 /* light modules around the code, ISO/IEC 18004 section 9.1 */
#define BLACK_ON_WHITE "\033[30;47m"
#define WHITE_ON_BLACK "\033[37;40m"
#define PLAIN "\033[0m"

static bool dark(const QRcode *q, int x, int y)
{
	x -= QUIET;
	y -= QUIET;
	if (x < 0 || y < 0 || x >= q->width || y >= q->width)
		return false;
	return q->data[y * q->width + x] & 1;
}

/* Uncoloured, the terminal's foreground draws the light modules, since most are dark;
 * coloured, black draws the dark ones. */
static void line_blocks(const QRcode *q, int y, bool colour, struct buf *out)
{
	int x;

	for (x = 0; x < q->width + 2 * QUIET; x++) {
		bool top = dark(q, x, y) == colour;
		bool bottom = dark(q, x, y + 1) == colour;

		if (y + 1 >= q->width + 2 * QUIET)
			bottom = false; /* beyond the last line: the terminal's own background */
		buf_str(out, top && bottom ? "█" : top ? "▀" : bottom ? "▄" : " ");
	}
}

static void line_ascii(const QRcode *q, int y, bool colour, struct buf *out)
{
	int x;

	for (x = 0; x < q->width + 2 * QUIET; x++) {
		if (colour)
			buf_str(out, dark(q, x, y) ? WHITE_ON_BLACK "  " : BLACK_ON_WHITE "  ");
		else
			buf_str(out, dark(q, x, y) ? "##" : "  ");
	}
}

static int encode(const char *text, QRcode **out)
{
	*out = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
	if (*out)
		return 0;
	return errno == ENOMEM ? err(ERR_NOMEM, "out of memory")
	                       : err(ERR_TOOBIG, "the text does not fit in a QR code");
}

int qr_draw(const char *text, int style, struct buf *out)
{
	bool ascii = style & QR_ASCII, colour = style & QR_COLOUR;
	QRcode *q;
	int y, rc = encode(text, &q);

	if (rc)
		return rc;
	for (y = 0; y < q->width + 2 * QUIET; y += ascii ? 1 : 2) {
		if (colour)
			buf_str(out, BLACK_ON_WHITE);
		(ascii ? line_ascii : line_blocks)(q, y, colour, out);
		buf_str(out, colour ? PLAIN "\n" : "\n");
	}
	QRcode_free(q);
	return out->err;
}

int qr_bits(const char *text, struct buf *out)
{
	QRcode *q;
	int x, y, rc = encode(text, &q);

	if (rc)
		return rc;
	for (y = 0; y < q->width; y++) {
		for (x = 0; x < q->width; x++)
			buf_u8(out, dark(q, x + QUIET, y + QUIET) ? '1' : '0');
		buf_u8(out, '\n');
	}
	QRcode_free(q);
	return out->err;
}

/* By the locale's name: it need not be installed for the terminal to speak UTF-8. */
static bool speaks_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++) {
		const char *v = getenv(names[i]);

		if (v && *v)
			return strcasestr(v, "UTF-8") || strcasestr(v, "UTF8");
	}
	return false;
}

static bool shows_colour(FILE *f)
{
	const char *term = getenv("TERM");

	return isatty(fileno(f)) && term && strcmp(term, "dumb") != 0;
}

int qr_print(const char *text, FILE *f)
{
	struct buf b = {0};
	int style = speaks_utf8() ? QR_BLOCKS : QR_ASCII;
	int rc;

	if (shows_colour(f))
		style |= QR_COLOUR;
	rc = qr_draw(text, style, &b);
	if (!rc)
		fwrite(b.data, 1, b.len, f);
	buf_release(&b);
	return rc;
}
