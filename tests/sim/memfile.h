/* memfile.h - files in memory, and which of their bytes a power cut would spare.
 *
 * Private to memvfs.c and memfile.c.
 */
#ifndef TESTS_SIM_MEMFILE_H
#define TESTS_SIM_MEMFILE_H

#include "tests/sim/memvfs.h"

#define NAME_LEN 120
#define SHM_MAX 8 /* regions of the index of a write-ahead log */

/* A write that no sync has followed yet. */
struct unsynced {
	size_t at, len, old_size;
	uint8_t *was, *is; /* owned, len bytes each */
};

struct file {
	char name[NAME_LEN]; /* "": free */
	uint8_t *data;       /* owned */
	size_t len, cap;
	int open; /* how often */
	void *shm[SHM_MAX];
	struct unsynced *late; /* owned, oldest first */
	size_t nlate, cap_late;
};

struct file *file_find(const char *name); /* or NULL */
struct file *file_make(const char *name); /* found or new; NULL when there are too many */
void file_resize(struct file *f, size_t len);
void file_write(struct file *f, const void *data, size_t len, size_t at);
void file_sync(struct file *f);
void file_drop_shm(struct file *f);
void file_drop(struct file *f);
void *file_memory(void *p); /* p; the process ends when it is NULL */
/* Counts a call; true once the power is gone. */
int file_power_gone(void);

#endif
