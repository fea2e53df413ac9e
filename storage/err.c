/* err.c - records the last error's text. */
#include "storage/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *(*err_translate)(const char *msgid);

static char text[ERR_TEXT_MAX];

static int last_code;

/* The last failure of memory or disk. */
static struct {
	unsigned count; /* of all of them */
	int code;
	char text[ERR_TEXT_MAX];
} failure;

int err(int code, const char *fmt, ...)
{
	char next[ERR_TEXT_MAX];
	va_list ap;

	if (err_translate)
		fmt = err_translate(fmt);
	va_start(ap, fmt);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	vsnprintf(next, sizeof next, fmt, ap);
#pragma GCC diagnostic pop
	va_end(ap);
	memcpy(text, next, sizeof text);
	last_code = code;
	if (code == ERR_NOMEM || code == ERR_IO || code == ERR_CORRUPT) {
		failure.count++;
		failure.code = code;
		memcpy(failure.text, next, sizeof next);
	}
	return code;
}

int err_code(void)
{
	return last_code;
}

const char *err_text(void)
{
	return text;
}

unsigned err_mark(void)
{
	return failure.count;
}

int err_since(unsigned mark)
{
	if (failure.count == mark)
		return 0;
	memcpy(text, failure.text, sizeof text);
	return failure.code;
}

int err_cause(unsigned mark, int rc)
{
	int cause = rc ? err_since(mark) : 0;

	return cause ? cause : rc;
}
