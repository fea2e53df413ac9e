/* disk_inode.h - a file's bytes on the disk, and what was written and not synced. Private to disk*.c. */
#ifndef TESTS_CRASH_DISK_INODE_H
#define TESTS_CRASH_DISK_INODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct write; /* one that is not synced */

struct inode {
	bool folder;
	uint8_t *kept; /* bytes on the disk */
	size_t len;
	struct write *first, *last; /* not synced, oldest first */
	struct inode *next;         /* of all */
};

struct inode *inode_new(bool folder);
void inode_free(struct inode *n);
/* data NULL: the file was cut, or grew, to at. */
void inode_write(struct inode *n, const void *data, size_t len, off_t at);
/* It is synced. */
void inode_keep(struct inode *n);
/* The power went: any part of what is not synced stays, as drawn from chance. */
void inode_lose(struct inode *n, uint64_t *chance);

/* Zeroed; not the memory that faults strike. */
void *disk_take(size_t n);
void disk_give_up(const char *why);

#endif
