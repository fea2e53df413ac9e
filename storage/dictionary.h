/* dictionary.h - what the reader and the writer of a pack know before its first byte.
 *
 * A dictionary is a run of packs that everybody has read before: the program carries it, a pack
 * names it by number, and it never changes. tests/dictionary makes one.
 */
#ifndef STORAGE_DICTIONARY_H
#define STORAGE_DICTIONARY_H

#include "storage/section.h"

#define DICTIONARIES 2 /* 0: nothing is known */
#define DICTIONARY 1   /* what this program writes with */

/* Makes l what dictionary number (below DICTIONARIES) leaves behind. The texts that l then points at
 * live as long as the program. */
int dictionary_begin(unsigned number, struct learnt *l);
/* l knows nothing. */
void dictionary_none(struct learnt *l);

#endif
