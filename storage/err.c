/* err.c - records the last error's text. */
#include "storage/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *(*err_translate)(const char *msgid);

static char text[ERR_TEXT_MAX];

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
	return code;
}

const char *err_text(void)
{
	return text;
}
