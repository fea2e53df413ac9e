/* file.h - files that people hand in and get back, read and written whole. */
#ifndef AGENT_FILE_H
#define AGENT_FILE_H

#include "storage/buf.h"

/* Writes b to path whole or not at all: a new file beside it takes its place. */
int file_replace(const char *path, const struct buf *b);
/* The same for one of many files that can be made again: what a power cut leaves may be cut off. */
int file_write(const char *path, const struct buf *b);
/* Reads path whole, at most max bytes, a NUL after them. One clear ERR_* for what is not there,
 * is a folder, cannot be read or is too big. */
int file_read(const char *path, size_t max, struct buf *out);

/* What errno says of a file, in the user's language for what is usual. */
const char *file_reason(int error);

#endif
