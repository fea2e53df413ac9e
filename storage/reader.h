/* reader.h - programs that may read what an agent offers, and nothing else, by a key of their own.
 */
#ifndef STORAGE_READER_H
#define STORAGE_READER_H

#include "storage/store.h"

#define READER_NAME_MAX 32 /* bytes, with NUL: letters, digits, - and _ */
#define READER_KEY_LEN 26  /* characters of base32 (RFC 4648): 128 bits that can be typed */

/* A new key for that name, in place of the one it had. ERR_BAD: not a name. */
int reader_add(struct store *s, const char *name, char key[READER_KEY_LEN + 1]);
/* ERR_NOTFOUND without text. */
int reader_key(struct store *s, const char *name, char key[READER_KEY_LEN + 1]);
int reader_remove(struct store *s, const char *name);
int reader_each(struct store *s, int (*fn)(void *arg, const char *name), void *arg);

#endif
