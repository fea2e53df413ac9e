/* memvfs.c - what SQLite asks of an operating system, answered from memory. */
#include "tests/sim/memfile.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct handle {
	sqlite3_file base;
	struct file *f;
	int temporary;
};

/* ---- what SQLite calls on a file ----------------------------------------------------------------- */

static struct file *of(sqlite3_file *h)
{
	return ((struct handle *)h)->f;
}

static int mem_close(sqlite3_file *h)
{
	struct file *f = of(h);

	if (!--f->open && ((struct handle *)h)->temporary)
		file_drop(f);
	return SQLITE_OK;
}

static int mem_read(sqlite3_file *h, void *out, int n, sqlite3_int64 at)
{
	struct file *f = of(h);
	size_t from = (size_t)at, len = (size_t)n, has;

	has = from >= f->len ? 0 : f->len - from < len ? f->len - from : len;
	if (has)
		memcpy(out, f->data + from, has);
	memset((uint8_t *)out + has, 0, len - has);
	return has == len ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int mem_write(sqlite3_file *h, const void *data, int n, sqlite3_int64 at)
{
	if (file_power_gone())
		return SQLITE_IOERR_WRITE;
	file_write(of(h), data, (size_t)n, (size_t)at);
	return SQLITE_OK;
}

static int mem_truncate(sqlite3_file *h, sqlite3_int64 size)
{
	if (file_power_gone())
		return SQLITE_IOERR_TRUNCATE;
	file_resize(of(h), (size_t)size);
	return SQLITE_OK;
}

static int mem_sync(sqlite3_file *h, int flags)
{
	(void)flags;
	if (file_power_gone())
		return SQLITE_IOERR_FSYNC;
	file_sync(of(h));
	return SQLITE_OK;
}

static int mem_size(sqlite3_file *h, sqlite3_int64 *size)
{
	*size = (sqlite3_int64)of(h)->len;
	return SQLITE_OK;
}

static int mem_lock(sqlite3_file *h, int level)
{
	(void)h;
	(void)level;
	return SQLITE_OK;
}

static int mem_reserved(sqlite3_file *h, int *out)
{
	(void)h;
	*out = 0;
	return SQLITE_OK;
}

static int mem_control(sqlite3_file *h, int op, void *arg)
{
	(void)h;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int mem_sector(sqlite3_file *h)
{
	(void)h;
	return 4096;
}

static int mem_traits(sqlite3_file *h)
{
	(void)h;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN;
}

static int mem_shm_map(sqlite3_file *h, int i, int size, int extend, void volatile **out)
{
	struct file *f = of(h);

	*out = NULL;
	if (i >= SHM_MAX)
		return SQLITE_IOERR_SHMMAP;
	if (!f->shm[i] && extend)
		f->shm[i] = file_memory(calloc(1, (size_t)size));
	*out = f->shm[i];
	return SQLITE_OK;
}

static int mem_shm_lock(sqlite3_file *h, int at, int n, int flags)
{
	(void)h;
	(void)at;
	(void)n;
	(void)flags;
	return SQLITE_OK;
}

static void mem_shm_barrier(sqlite3_file *h)
{
	(void)h;
}

static int mem_shm_unmap(sqlite3_file *h, int delete)
{
	(void)delete;
	if (of(h)->open == 1)
		file_drop_shm(of(h));
	return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = mem_close,
	.xRead = mem_read,
	.xWrite = mem_write,
	.xTruncate = mem_truncate,
	.xSync = mem_sync,
	.xFileSize = mem_size,
	.xLock = mem_lock,
	.xUnlock = mem_lock,
	.xCheckReservedLock = mem_reserved,
	.xFileControl = mem_control,
	.xSectorSize = mem_sector,
	.xDeviceCharacteristics = mem_traits,
	.xShmMap = mem_shm_map,
	.xShmLock = mem_shm_lock,
	.xShmBarrier = mem_shm_barrier,
	.xShmUnmap = mem_shm_unmap,
};

/* ---- what SQLite calls on the file system --------------------------------------------------------- */

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *h, int flags, int *out)
{
	struct handle *handle = (struct handle *)h;
	static unsigned temporaries;
	char made[NAME_LEN];

	(void)vfs;
	memset(handle, 0, sizeof *handle);
	if (!name) {
		snprintf(made, sizeof made, "temporary-%u", ++temporaries);
		handle->temporary = 1;
	}
	handle->f = file_make(name ? name : made);
	if (!handle->f)
		return SQLITE_CANTOPEN;
	handle->f->open++;
	handle->base.pMethods = &methods;
	if (out)
		*out = flags;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	struct file *f = file_find(name);

	(void)vfs;
	(void)sync;
	if (file_power_gone())
		return SQLITE_IOERR_DELETE;
	if (!f)
		return SQLITE_IOERR_DELETE_NOENT;
	file_drop(f);
	return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	const struct file *f = file_find(name);

	(void)vfs;
	(void)flags;
	*out = f && f->len; /* an empty log is none */
	return SQLITE_OK;
}

static int vfs_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)n, "%s", name);
	return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	memset(out, 7, (size_t)n); /* the same in every run */
	return n;
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us;
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
	(void)vfs;
	*out = INT64_C(212000000000000);
	return SQLITE_OK;
}

void memvfs_start(void)
{
	static sqlite3_vfs vfs = {
		.iVersion = 2,
		.szOsFile = sizeof(struct handle),
		.mxPathname = NAME_LEN,
		.zName = "memory",
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_path,
		.xRandomness = vfs_random,
		.xSleep = vfs_sleep,
		.xCurrentTimeInt64 = vfs_time,
	};

	sqlite3_vfs_register(&vfs, 1);
}
