/* file.c - files that people hand in and get back, read and written whole. */
#include "agent/file.h"

#include "agent/i18n.h"
#include "storage/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (64 * 1024)

const char *file_reason(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return _("there is no such file or folder");
	case EACCES:
	case EPERM:
		return _("you may not do that there");
	case EROFS:
		return _("the disk is read-only");
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return _("the disk is full");
	case EISDIR:
		return _("this is a folder, not a file");
	default:
		return strerror(error);
	}
}

int file_read(const char *path, size_t max, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = 0;
	struct stat st = {0};

	if (fd < 0)
		return err(errno == ENOENT ? ERR_NOTFOUND : ERR_IO, "%s: %s", path,
		           file_reason(errno));
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		rc = err(ERR_BAD, "%s: %s", path, file_reason(EISDIR));
	while (!rc) {
		uint8_t *p = buf_grow(out, CHUNK);
		ssize_t n = p ? read(fd, p, CHUNK) : 0;

		if (!p)
			rc = err(ERR_NOMEM, "out of memory");
		else if (n < 0 && errno != EINTR)
			rc = err(ERR_IO, "%s: %s", path, file_reason(errno));
		else if (n == 0)
			break;
		out->len += n > 0 ? (size_t)n : 0;
		if (out->len > max)
			rc = err(ERR_TOOBIG, "%s: more than %zu MiB; split it into smaller files",
			         path, max >> 20);
	}
	close(fd);
	buf_cstr(out);
	return rc;
}

static int write_all(int fd, const struct buf *b)
{
	size_t done = 0;

	while (done < b->len) {
		ssize_t n = write(fd, b->data + done, b->len - done);

		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int file_write(const char *path, const struct buf *b)
{
	int fd = b->err ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), rc = 0;

	if (b->err)
		return err(ERR_NOMEM, "out of memory");
	if (fd < 0 || write_all(fd, b) < 0)
		rc = err(ERR_IO, "%s: cannot be written: %s", path, file_reason(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

int file_replace(const char *path, const struct buf *b)
{
	char *temp = NULL;
	mode_t mask = umask(0);
	int fd, rc = 0;

	umask(mask);
	if (b->err || asprintf(&temp, "%s.XXXXXX", path) < 0)
		return err(ERR_NOMEM, "out of memory");
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0 || fchmod(fd, 0666 & ~mask) < 0 || write_all(fd, b) < 0 || fsync(fd) < 0 ||
	    rename(temp, path) < 0) {
		rc = err(ERR_IO, "%s: cannot be written: %s", path, file_reason(errno));
		if (fd >= 0)
			unlink(temp);
	}
	if (fd >= 0)
		close(fd);
	free(temp);
	return rc;
}
