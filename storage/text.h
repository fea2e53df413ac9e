/* text.h - UTF-8 for Vietnamese: one normal form, width on a terminal, folding.
 *
 * All text that is stored is NFC (UAX 15); utf8proc does the work.
 */
#ifndef STORAGE_TEXT_H
#define STORAGE_TEXT_H

#include "storage/buf.h"

/* NFC of text[0..len) appended to out; ERR_BAD for bytes that are not UTF-8 or hold a NUL. */
int text_nfc(const char *text, size_t len, struct buf *out);
/* text appended to out; each byte that is not UTF-8, and what is no character (U+FFFE, U+FFFF), as U+FFFD. */
void text_mend(const char *text, struct buf *out);
/* Columns on a terminal; bytes that are not UTF-8 count one each. */
size_t text_width(const char *text);
/* For searching: no case, no accents, đ as d, runs of space as one, none at the ends. Appended
 * to out; ERR_BAD for bytes that are not UTF-8. */
int text_fold(const char *text, struct buf *out);

#endif
