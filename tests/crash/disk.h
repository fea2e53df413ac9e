/* disk.h - what a disk holds once the power went: a model of the files whose names begin with a prefix.
 *
 * The files themselves are as the kernel has them. Beside them the model keeps what fsync() has put onto
 * the disk: a file's bytes by fsync() of the file; that it is there, under which name, by fsync() of its folder
 * and of nothing else. When the power goes, of all that was not synced any part may have got there: any sectors
 * of any writes, the one under way too, and any names made, moved or removed. Sectors that a longer file
 * gained and that were not written hold zeros or whatever was there.
 *
 * -shm files are memory, and gone.
 */
#ifndef TESTS_CRASH_DISK_H
#define TESTS_CRASH_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One disk at a time. What is there now is on it. */
void disk_watch(const char *prefix);
/* The power goes at the nth thing that is written, synced, made, moved or removed from now; 0: it stays. */
void disk_cut_at(uint64_t nth, uint64_t seed);
/* The power goes now. */
void disk_cut_now(void);
/* How many of those there were since. */
uint64_t disk_ops(void);
/* The power is gone: everything fails until disk_power(). */
bool disk_is_off(void);
/* The power comes back: the files become what was left. All must be closed. */
void disk_power(void);
/* The model ends; the files stay. */
void disk_leave(void);

/* ---- for wrap.c: what is asked of the kernel. fd or path may be another disk's. --------------------------- */
bool disk_dead(int fd, const char *path); /* it is on this disk, whose power is gone */
void disk_known(const char *path);        /* before it is opened, moved or removed */
void disk_opened(int fd, const char *path, bool made, bool emptied);
void disk_closed(int fd);
void disk_wrote(int fd, const void *data, size_t len, off_t at);
void disk_cut(int fd, off_t len);
void disk_synced(int fd);
void disk_renamed(const char *from, const char *to);
void disk_linked(const char *from, const char *to);
void disk_unlinked(const char *path);
void disk_made(const char *path);

#endif
