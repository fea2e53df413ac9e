/* wrap.c - libc's calls, counted, failing at will, and told to the disk's model. */
#include "tests/crash/wrap.h"
#include "tests/crash/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const fault_name[FAULTS] = {"none",       "no memory",  "disk full", "write error",
                                        "read error", "sync error", "open error"};

static struct {
	enum fault kind;
	uint64_t nth, count, hits;
	bool stays;
} armed;
static long blocks, files;

void fault_arm(enum fault kind, uint64_t nth, bool stays)
{
	armed.kind = kind;
	armed.nth = nth;
	armed.stays = stays;
	armed.count = armed.hits = 0;
}

uint64_t fault_off(uint64_t *hits)
{
	armed.kind = FAULT_NONE;
	if (hits)
		*hits = armed.hits;
	return armed.count;
}

static bool strikes(enum fault kind)
{
	if (kind == FAULT_NONE || armed.kind != kind)
		return false;
	armed.count++;
	if (armed.count != armed.nth && !(armed.stays && armed.count > armed.nth))
		return false;
	armed.hits++;
	return true;
}

/* True, with errno set, when the call is to fail. */
static bool fails(enum fault kind, int fd, const char *path)
{
	if (disk_dead(fd, path)) {
		errno = EIO;
		return true;
	}
	if (!strikes(kind))
		return false;
	errno = kind == FAULT_FULL ? ENOSPC : EIO;
	return true;
}

/* ---- memory ------------------------------------------------------------------------------------------- */

void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *text);
void __wrap_free(void *p);

static void *counted(void *p)
{
	blocks += p != NULL;
	return p;
}

void *__wrap_malloc(size_t n)
{
	return strikes(FAULT_MEMORY) ? NULL : counted(__real_malloc(n));
}

/* These two by malloc() alone: in a static libc they call it, which is wrapped too. */
void *__wrap_calloc(size_t n, size_t size)
{
	size_t len = n * size;
	void *p = size && n > SIZE_MAX / size ? NULL : __wrap_malloc(len);

	return p ? memset(p, 0, len) : NULL;
}

char *__wrap_strdup(const char *text)
{
	size_t len = strlen(text) + 1;
	char *copy = __wrap_malloc(len);

	return copy ? memcpy(copy, text, len) : NULL;
}

void *__wrap_realloc(void *p, size_t n)
{
	if (!p)
		return __wrap_malloc(n);
	return strikes(FAULT_MEMORY) ? NULL : __real_realloc(p, n);
}

void __wrap_free(void *p)
{
	blocks -= p != NULL;
	__real_free(p);
}

long wrap_blocks(void)
{
	return blocks;
}

/* ---- files --------------------------------------------------------------------------------------------- */

int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_close(int fd);
ssize_t __wrap_read(int fd, void *out, size_t len);
ssize_t __wrap_pread(int fd, void *out, size_t len, off_t at);
ssize_t __wrap_pread64(int fd, void *out, size_t len, off_t at);
ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *data, size_t len, off_t at);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_ftruncate(int fd, off_t len);
int __wrap_ftruncate64(int fd, off_t len);
int __wrap_rename(const char *from, const char *to);
int __wrap_link(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_rmdir(const char *path);
void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *at, size_t len, int prot, int flags, int fd, off_t offset);
int __wrap_statx(int folder, const char *path, int flags, unsigned mask, struct statx *out);
int __real_statx(int folder, const char *path, int flags, unsigned mask, struct statx *out);
void *__real_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset);

long wrap_files(void)
{
	return files;
}

static int open_file(const char *path, int flags, int mode)
{
	bool made = flags & O_CREAT && access(path, F_OK) != 0;
	int fd;

	if (fails(FAULT_OPEN, -1, path) || (made && fails(FAULT_FULL, -1, path)))
		return -1;
	disk_known(path);
	fd = __real_open(path, flags, mode);
	if (fd >= 0) {
		files++;
		disk_opened(fd, path, made, flags & O_TRUNC);
	}
	return fd;
}

int __wrap_open(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, int) : 0;
	va_end(ap);
	return open_file(path, flags, mode);
}

int __wrap_open64(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, int) : 0;
	va_end(ap);
	return open_file(path, flags, mode);
}

int __wrap_close(int fd)
{
	files--;
	disk_closed(fd);
	return __real_close(fd);
}

ssize_t __wrap_read(int fd, void *out, size_t len)
{
	return fails(FAULT_READ, fd, NULL) ? -1 : __real_read(fd, out, len);
}

ssize_t __wrap_pread(int fd, void *out, size_t len, off_t at)
{
	return fails(FAULT_READ, fd, NULL) ? -1 : __real_pread(fd, out, len, at);
}

ssize_t __wrap_pread64(int fd, void *out, size_t len, off_t at)
{
	return __wrap_pread(fd, out, len, at);
}

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	if (fails(FAULT_WRITE, fd, NULL) || fails(FAULT_FULL, fd, NULL))
		return -1;
	disk_wrote(fd, data, len, lseek(fd, 0, SEEK_CUR));
	return fails(FAULT_NONE, fd, NULL) ? -1 : __real_write(fd, data, len);
}

/* A disk that fills up takes the first half. */
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at)
{
	if (fails(FAULT_WRITE, fd, NULL))
		return -1;
	if (fails(FAULT_FULL, fd, NULL)) {
		if (armed.nth % 2 && len > 1 && armed.hits == 1)
			return __real_pwrite(fd, data, len / 2, at);
		return -1;
	}
	disk_wrote(fd, data, len, at);
	return fails(FAULT_NONE, fd, NULL) ? -1 : __real_pwrite(fd, data, len, at);
}

ssize_t __wrap_pwrite64(int fd, const void *data, size_t len, off_t at)
{
	return __wrap_pwrite(fd, data, len, at);
}

/* The machine that runs the test does not lose its power: no call of the kernel's. */
int __wrap_fsync(int fd)
{
	if (fails(FAULT_SYNC, fd, NULL))
		return -1;
	disk_synced(fd);
	return fails(FAULT_NONE, fd, NULL) ? -1 : 0;
}

int __wrap_fdatasync(int fd)
{
	return __wrap_fsync(fd);
}

int __wrap_ftruncate(int fd, off_t len)
{
	if (fails(FAULT_WRITE, fd, NULL))
		return -1;
	disk_cut(fd, len);
	return fails(FAULT_NONE, fd, NULL) ? -1 : __real_ftruncate(fd, len);
}

int __wrap_ftruncate64(int fd, off_t len)
{
	return __wrap_ftruncate(fd, len);
}

int __wrap_rename(const char *from, const char *to)
{
	int rc;

	if (fails(FAULT_WRITE, -1, from) || fails(FAULT_FULL, -1, from))
		return -1;
	disk_known(from);
	disk_known(to);
	rc = __real_rename(from, to);
	if (!rc)
		disk_renamed(from, to);
	return fails(FAULT_NONE, -1, from) ? -1 : rc;
}

int __wrap_link(const char *from, const char *to)
{
	int rc;

	if (fails(FAULT_WRITE, -1, from) || fails(FAULT_FULL, -1, from))
		return -1;
	disk_known(from);
	rc = __real_link(from, to);
	if (!rc)
		disk_linked(from, to);
	return fails(FAULT_NONE, -1, from) ? -1 : rc;
}

int __wrap_unlink(const char *path)
{
	int rc;

	if (fails(FAULT_WRITE, -1, path))
		return -1;
	disk_known(path);
	rc = __real_unlink(path);
	if (!rc)
		disk_unlinked(path);
	return fails(FAULT_NONE, -1, path) ? -1 : rc;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
	int rc;

	if (fails(FAULT_OPEN, -1, path) || fails(FAULT_FULL, -1, path))
		return -1;
	rc = __real_mkdir(path, mode);
	if (!rc)
		disk_made(path);
	return fails(FAULT_NONE, -1, path) ? -1 : rc;
}

int __wrap_rmdir(const char *path)
{
	int rc;

	if (fails(FAULT_WRITE, -1, path))
		return -1;
	disk_known(path);
	rc = __real_rmdir(path);
	if (!rc)
		disk_unlinked(path);
	return fails(FAULT_NONE, -1, path) ? -1 : rc;
}

/* What comes back after a power cut, and an image that is put back, is the same file to whoever has it and a new one to
 * the kernel: this disk does not keep when a file was made. */
int __wrap_statx(int folder, const char *path, int flags, unsigned mask, struct statx *out)
{
	int rc = __real_statx(folder, path, flags, mask, out);

	out->stx_mask &= ~STATX_BTIME;
	return rc;
}

void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	return fails(FAULT_OPEN, fd, NULL) ? MAP_FAILED
	                                   : __real_mmap(at, len, prot, flags, fd, offset);
}

void *__wrap_mmap64(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	return __wrap_mmap(at, len, prot, flags, fd, offset);
}
