/* qr.h - a text as a QR code (ISO/IEC 18004) drawn in the terminal.
 *
 * Upper-case letters, digits and " $%*+-./:" are packed in alphanumeric mode, 5.5 bits each,
 * so an upper-case URI makes a smaller code.
 */
#ifndef AGENT_QR_H
#define AGENT_QR_H

#include "storage/buf.h"

#include <stdio.h>

enum qr_style {
	QR_BLOCKS,     /* two modules a character by half blocks, light ones drawn */
	QR_ASCII,      /* two characters a module, "##" for dark */
	QR_COLOUR = 2, /* flag: black on white by escapes, right on any background */
};

/* Appends the picture with its quiet zone of 4 modules. ERR_TOOBIG: more than a code holds. */
int qr_draw(const char *text, int style, struct buf *out);
/* Appends a line of '0' (light) and '1' (dark) for each row of modules, without the quiet zone, each with its '\n'. */
int qr_bits(const char *text, struct buf *out);
/* Draws on f in the style that f can show: coloured on a terminal, half blocks in a UTF-8
 * locale. */
int qr_print(const char *text, FILE *f);

#endif
