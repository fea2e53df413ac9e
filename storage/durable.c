/* durable.c - files that are still there after a power cut. */
#include "storage/durable.h"
#include "storage/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_LEN 4400

static int failed(const char *path)
{
	return err(ERR_IO, "%s cannot be written: %s", path, strerror(errno));
}

int durable_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return failed(path);
	rc = fsync(fd) ? failed(path) : 0;
	close(fd);
	return rc;
}

int durable_name(const char *path)
{
	char folder[PATH_LEN];
	char *slash;
	int fd, rc;

	if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder)
		return err(ERR_TOOBIG, "the file's name is too long");
	slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = 0; /* "/" keeps its own */
	fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return failed(path);
	/* EINVAL: a file system (on a USB stick, say) whose folders cannot be synced */
	rc = fsync(fd) && errno != EINVAL && errno != ENOTSUP ? failed(path) : 0;
	close(fd);
	return rc;
}

int durable_rename(const char *from, const char *to)
{
	int rc = durable_file(from);

	if (!rc && rename(from, to))
		rc = failed(to);
	return rc ? rc : durable_name(to);
}
