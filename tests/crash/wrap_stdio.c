/* wrap_stdio.c - the same for stdio, whose own calls of the kernel nothing can wrap; and random numbers. */
#include "tests/crash/draw.h"
#include "tests/crash/wrap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STREAMS 8

FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode);
FILE *__real_fopen(const char *path, const char *mode);
int __wrap_fileno(FILE *f);
int __real_fileno(FILE *f);
ssize_t __wrap_getrandom(void *out, size_t len, unsigned flags);
ssize_t __real_getrandom(void *out, size_t len, unsigned flags);

/* Streams on descriptors of our own, so that these calls go through wrap.c. */
static struct stream {
	FILE *f;
	int fd;
} streams[STREAMS];

static ssize_t stream_read(void *cookie, char *out, size_t len)
{
	return read(((struct stream *)cookie)->fd, out, len);
}

static ssize_t stream_write(void *cookie, const char *data, size_t len)
{
	ssize_t n = write(((struct stream *)cookie)->fd, data, len);

	return n < 0 ? 0 : n; /* what fopencookie() wants for an error */
}

static int stream_close(void *cookie)
{
	struct stream *s = cookie;

	s->f = NULL;
	return close(s->fd);
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	static const cookie_io_functions_t calls = {stream_read, stream_write, NULL, stream_close};
	int flags = mode[0] == 'r' ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC;
	struct stream *s = streams;

	while (s->f && s < streams + STREAMS - 1)
		s++;
	s->fd = open(path, flags | O_CLOEXEC, 0600);
	if (s->fd < 0)
		return NULL;
	s->f = fopencookie(s, mode[0] == 'r' ? "r" : "w", calls);
	return s->f;
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	return __wrap_fopen(path, mode);
}

int __wrap_fileno(FILE *f)
{
	size_t i;

	for (i = 0; i < STREAMS; i++)
		if (streams[i].f == f)
			return streams[i].fd;
	return __real_fileno(f);
}

static uint64_t random_state;

void wrap_seed(uint64_t seed)
{
	random_state = seed;
}

ssize_t __wrap_getrandom(void *out, size_t len, unsigned flags)
{
	uint8_t *p = out;
	size_t i;

	if (!random_state)
		return __real_getrandom(out, len, flags);
	for (i = 0; i < len; i++)
		p[i] = (uint8_t)draw(&random_state, 256);
	return (ssize_t)len;
}
