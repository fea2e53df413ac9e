/* zip_out.h - writing a ZIP file as it comes (APPNOTE.TXT 6.3): deflated, never sought in, so that it may
 * go into a pipe. Sizes and sums stand behind each entry (general purpose flag, bit 3) and in the
 * directory. Every time in it is 1980-01-01 00:00: the same data makes the same bytes.
 *
 * The first error sticks: later calls do nothing and zip_out_end() tells it. About 270 KB of memory.
 */
#ifndef STORAGE_ZIP_OUT_H
#define STORAGE_ZIP_OUT_H

#include "storage/buf.h"

#include <stdbool.h>

struct zip_out; /* owned: zip_out_end() or zip_out_drop() */

/* put's nonzero return ends the writing and is returned in the end. */
int zip_out_begin(int (*put)(void *arg, const void *data, size_t len), void *arg,
                  struct zip_out **out);
/* The next entry; name is ASCII. ERR_TOOBIG beyond 65,535 entries, or 4 GiB of one or of all. */
void zip_out_entry(struct zip_out *z, const char *name);
void zip_out_add(struct zip_out *z, const void *data, size_t len); /* of the entry begun last */
int zip_out_error(const struct zip_out *z);                        /* 0 or the sticky ERR_* */
void zip_out_fail(struct zip_out *z,
                  int rc);          /* an error of the caller's, which sticks as if it were ours */
int zip_out_end(struct zip_out *z); /* writes the directory, unless there was an error, and frees */
void zip_out_drop(struct zip_out *z); /* frees what was left unfinished; NULL is allowed */

#endif
