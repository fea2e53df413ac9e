/* durable.h - files that are still there, under their names, after a power cut.
 *
 * fsync() of a file keeps its bytes; that it is there, and under which name, is kept by its folder.
 */
#ifndef STORAGE_DURABLE_H
#define STORAGE_DURABLE_H

/* The file's bytes are on the disk. ERR_IO. */
int durable_file(const char *path);
/* That path is there, or is not, is on the disk. ERR_IO. */
int durable_name(const char *path);
/* Renames, and both. from and to may be in different folders of one disk. ERR_IO. */
int durable_rename(const char *from, const char *to);

#endif
