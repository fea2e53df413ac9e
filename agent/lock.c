/* lock.c - one agent a home at a time. */
#include "agent/cmd.h"
#include "agent/file.h"
#include "storage/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int hold(const char *home, const char *path, int fd)
{
	char pid[32];
	ssize_t n;

	if (flock(fd, LOCK_EX | LOCK_NB)) {
		n = read(fd, pid, sizeof pid - 1);
		pid[n > 0 ? n : 0] = 0;
		return err(ERR_BUSY, "another cayda (process %d) holds %s: stop that one first",
		           atoi(pid), home);
	}
	n = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
	if (ftruncate(fd, 0) || write(fd, pid, (size_t)n) != n)
		return err(ERR_IO,
		           "%s cannot be written: %s; check the disk and the folder's owner", path,
		           file_reason(errno));
	return 0;
}

int home_lock(const char *home, int *fd)
{
	char path[4096];
	int rc;

	*fd = -1;
	if (mkdir(home, 0700) && errno != EEXIST)
		return err(ERR_IO, "the folder %s cannot be made: %s", home, file_reason(errno));
	snprintf(path, sizeof path, "%s/run.lock", home);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		return err(ERR_IO,
		           "%s cannot be written: %s; check the disk and the folder's owner", path,
		           file_reason(errno));
	rc = hold(home, path, *fd);
	if (rc) {
		home_unlock(*fd);
		*fd = -1;
	}
	return rc;
}

void home_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}
