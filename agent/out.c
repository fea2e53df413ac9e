/* out.c - tables that line up, numbers as the language writes them, a progress line. */
#include "agent/out.h"

#include "agent/file.h"
#include "agent/i18n.h"
#include "storage/err.h"
#include "storage/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_MS 100
#define QUIET_MS 1000 /* work shorter than this shows no progress */

int out_flush(void)
{
	int rc = 0;

	errno = 0;
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (errno)
			rc = err(ERR_IO, "the output could not be written: %s", file_reason(errno));
		else
			rc = err(ERR_IO, "the output could not be written: is the disk full?");
	}
	return rc;
}

/* ---- tables ------------------------------------------------------------------------------ */

void table_begin(struct table *t, FILE *f)
{
	memset(t, 0, sizeof *t);
	t->f = f;
}

void table_column(struct table *t, const char *title, bool right)
{
	if (t->ncol == TABLE_COLUMNS)
		return;
	t->title[t->ncol] = title;
	t->right[t->ncol] = right;
	t->width[t->ncol] = title ? text_width(title) : 0;
	t->ncol++;
}

/* A row of cells, without spaces behind the last one that has something. */
static void print_row(const struct table *t, const char *const *cell)
{
	size_t last = t->ncol, i;

	while (last && !*cell[last - 1])
		last--;
	for (i = 0; i < last; i++) {
		size_t width = text_width(cell[i]);
		int pad = width < t->width[i] ? (int)(t->width[i] - width) : 0;

		fputs(i ? "  " : "", t->f);
		if (t->right[i])
			fprintf(t->f, "%*s%s", pad, "", cell[i]);
		else
			fprintf(t->f, "%s%*s", cell[i], i + 1 < last ? pad : 0, "");
	}
	fputc('\n', t->f);
}

static void print_titles(struct table *t)
{
	const char *cell[TABLE_COLUMNS];
	bool any = false;
	size_t i;

	for (i = 0; i < t->ncol; i++) {
		cell[i] = t->title[i] ? t->title[i] : "";
		any |= t->title[i] != NULL;
	}
	if (any && !t->titled)
		print_row(t, cell);
	t->titled = true;
}

static void print_rows(struct table *t)
{
	const char *p = (const char *)t->cells.data, *cell[TABLE_COLUMNS];
	size_t i;

	if (t->cells.err)
		return;
	print_titles(t);
	for (i = 0; i < t->ncell - t->ncell % t->ncol; i++) {
		cell[i % t->ncol] = p;
		p += strlen(p) + 1;
		if (i % t->ncol == t->ncol - 1)
			print_row(t, cell);
	}
	t->ncell = 0;
	buf_reset(&t->cells);
}

void table_cell(struct table *t, const char *text)
{
	size_t col = t->ncol ? t->ncell % t->ncol : 0;
	size_t at = t->cells.len, width, i;

	if (!t->ncol)
		return;
	buf_str(&t->cells, text ? text : "");
	buf_u8(&t->cells, 0);
	if (t->cells.err)
		return;
	for (i = at; i + 1 < t->cells.len; i++) {
		if (t->cells.data[i] < 0x20 || t->cells.data[i] == 0x7f)
			t->cells.data[i] = ' ';
	}
	width = text_width((const char *)t->cells.data + at);
	if (width > t->width[col])
		t->width[col] = width;
	t->ncell++;
	if (t->ncell == t->ncol * TABLE_ROWS)
		print_rows(t);
}

void table_cellf(struct table *t, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0) {
		t->cells.err = ERR_NOMEM;
		text = NULL;
	}
	va_end(ap);
	table_cell(t, text);
	free(text);
}

void table_int(struct table *t, int64_t v)
{
	char text[FMT];

	table_cell(t, fmt_int(v, text));
}

int table_end(struct table *t)
{
	int rc = 0;

	if (t->ncell)
		print_rows(t);
	if (t->cells.err)
		rc = err(ERR_NOMEM, "out of memory");
	else if (ferror(t->f))
		rc = err(ERR_IO, "the output could not be written: is the disk full?");
	buf_release(&t->cells);
	return rc;
}

/* ---- numbers ----------------------------------------------------------------------------- */

static bool vietnamese(void)
{
	return strcmp(i18n_lang(), "vi") == 0;
}

const char *fmt_int(int64_t v, char out[FMT])
{
	char digits[FMT];
	char mark = vietnamese() ? '.' : ',';
	int n = snprintf(digits, sizeof digits, "%lld", (long long)v);
	int first = digits[0] == '-';
	char *p = out;
	int i;

	for (i = 0; i < n; i++) {
		if (i > first && (n - i) % 3 == 0)
			*p++ = mark;
		*p++ = digits[i];
	}
	*p = '\0';
	return out;
}

const char *fmt_decimal(double v, int digits, char out[FMT])
{
	char *point;

	if (fabs(v) < 1e15)
		snprintf(out, FMT, "%.*f", digits, v);
	else
		snprintf(out, FMT, "%g", v);
	point = strchr(out, '.');
	if (point && vietnamese())
		*point = ',';
	return out;
}

const char *fmt_percent(double share, char out[FMT])
{
	char number[FMT];

	fmt_decimal(share * 100, 1, number);
	snprintf(out, FMT, vietnamese() ? "%.24s %%" : "%.24s%%", number);
	return out;
}

const char *fmt_bytes(int64_t bytes, char out[FMT])
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	double v = (double)bytes;
	char number[FMT];
	size_t i = 0;

	if (bytes < 1000 && bytes > -1000) {
		snprintf(out, FMT, "%lld B", (long long)bytes);
		return out;
	}
	/* 999,950 would print as 1000.0 kB */
	for (v /= 1000; fabs(v) >= 999.95 && i + 1 < sizeof units / sizeof *units; i++)
		v /= 1000;
	snprintf(out, FMT, "%.24s %s", fmt_decimal(v, 1, number), units[i]);
	return out;
}

const char *fmt_time(int64_t ms, char out[FMT])
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	if (ms <= 0 || !localtime_r(&t, &tm) || !strftime(out, FMT, "%Y-%m-%d %H:%M", &tm))
		snprintf(out, FMT, "-");
	return out;
}

/* ---- progress ---------------------------------------------------------------------------- */

static struct {
	int64_t began_ms, drawn_ms; /* 0: not */
} line;

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 + 1;
}

void progress(const char *what, uint64_t done, uint64_t total)
{
	int64_t now = now_ms();
	char a[FMT], b[FMT];

	if (!line.began_ms)
		line.began_ms = now;
	if (now - line.began_ms < QUIET_MS || now - line.drawn_ms < REDRAW_MS)
		return;
	if (!isatty(STDERR_FILENO))
		return;
	line.drawn_ms = now;
	fprintf(stderr, "\r%s %s", what, fmt_int((int64_t)done, a));
	if (total)
		fprintf(stderr, " / %s (%d%%)", fmt_int((int64_t)total, b),
		        (int)((double)done * 100 / (double)total));
	fputs("\033[K", stderr);
	fflush(stderr);
}

void progress_end(void)
{
	if (line.drawn_ms)
		fputs("\r\033[K", stderr);
	line.began_ms = line.drawn_ms = 0;
}
