/* wrap.h - what SQLite, the libraries and we ask of libc, as the tests let it go or fail.
 *
 * A test binary is linked with --wrap for these calls (boards/crash.mk), so that a fault strikes below
 * SQLite's own VFS and its allocator, and ours, alike.
 */
#ifndef TESTS_CRASH_WRAP_H
#define TESTS_CRASH_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum fault {
	FAULT_NONE,
	FAULT_MEMORY, /* malloc() and its kin give NULL */
	FAULT_FULL,   /* ENOSPC, every other time after half of the bytes */
	FAULT_WRITE,  /* EIO of a write, a truncation, a rename, a removal */
	FAULT_READ,   /* EIO of a read */
	FAULT_SYNC,   /* EIO of fsync() */
	FAULT_OPEN,   /* EIO of opening, mapping, making a folder */
	FAULTS
};
extern const char *const fault_name[FAULTS];

/* The nth call of that kind from now on fails (1 is the next); with stays every later one too. */
void fault_arm(enum fault kind, uint64_t nth, bool stays);
/* No more faults; how many calls of the kind there were. *hits (may be NULL): how many failed. */
uint64_t fault_off(uint64_t *hits);

/* Blocks of memory, and files, that are held now. */
long wrap_blocks(void);
long wrap_files(void);

/* From now on the random numbers of the system are drawn from this seed; 0: the system's own. */
void wrap_seed(uint64_t seed);

/* ---- the calls as libc has them --------------------------------------------------------------------- */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
ssize_t __real_read(int fd, void *out, size_t len);
ssize_t __real_pread(int fd, void *out, size_t len, off_t at);
ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t at);
int __real_fsync(int fd);
int __real_ftruncate(int fd, off_t len);
int __real_rename(const char *from, const char *to);
int __real_link(const char *from, const char *to);
int __real_unlink(const char *path);
int __real_mkdir(const char *path, mode_t mode);
int __real_rmdir(const char *path);

#endif
