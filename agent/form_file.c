/* form_file.c - the sheets of a form out of a folder, a workbook or an XForm; and into a folder. */
#include "agent/form_file.h"

#include "agent/file.h"
#include "storage/err.h"
#include "storage/xform.h"
#include "storage/xlsx.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const sheet_name[FORM_SHEETS] = {"survey", "choices", "settings"};

static int read_sheet(const char *dir, size_t i, struct buf *text, struct sheet *out)
{
	char *path = NULL;
	int rc;

	if (asprintf(&path, "%s/%s.csv", dir, sheet_name[i]) < 0)
		return err(ERR_NOMEM, "out of memory");
	rc = file_read(path, FORM_FILE_MAX, text);
	free(path);
	if (rc == ERR_NOTFOUND && i > 0) /* only the survey must be there */
		return 0;
	if (!rc)
		*out = (struct sheet){(const char *)text->data, text->len};
	return rc;
}

/* The last part of the path, without a file's ending: the form's code when its settings give none. */
static void base_name(const char *path, bool folder, char *out, size_t cap)
{
	size_t n = strlen(path), from;
	const char *dot;

	while (n && path[n - 1] == '/')
		n--;
	for (from = n; from && path[from - 1] != '/'; from--)
		;
	snprintf(out, cap, "%.*s", (int)(n - from), path + from);
	dot = strrchr(out, '.');
	if (!folder && dot && dot > out)
		out[dot - out] = 0;
}

static int read_workbook(const struct buf *data, struct form_file *file, struct sheet *sheet[])
{
	bool there[FORM_SHEETS] = {false};
	size_t i;
	int rc;

	if (data->len > XLSX_FILE_MAX)
		return err(ERR_TOOBIG, "the workbook is larger than %u bytes", XLSX_FILE_MAX);
	rc = xlsx_sheets(data->data, data->len, sheet_name, FORM_SHEETS, file->text, there);

	if (!rc && !there[0])
		rc = err(ERR_BAD, "the workbook has no sheet named survey");
	for (i = 0; i < FORM_SHEETS && !rc; i++)
		if (there[i])
			*sheet[i] = (struct sheet){(const char *)file->text[i].data,
			                           file->text[i].len};
	return rc;
}

static bool looks_like_xml(const struct buf *data)
{
	const char *p = (const char *)data->data;

	if (data->len >= 3 && !memcmp(p, "\xef\xbb\xbf", 3))
		p += 3;
	return data->len && p[strspn(p, " \t\r\n")] == '<';
}

static int read_xform(const struct buf *data, struct form_file *file, struct sheet *sheet[])
{
	size_t i;
	int rc = xform_sheets(data->data, data->len, &file->text[0], &file->text[1],
	                      &file->text[2]);

	for (i = 0; i < FORM_SHEETS && !rc; i++)
		*sheet[i] = (struct sheet){(const char *)file->text[i].data, file->text[i].len};
	return rc;
}

static int take(const char *name, const struct buf *data, struct form_file *file,
                struct sheet *sheet[])
{
	int rc;

	if (data->len >= 4 && !memcmp(data->data, "PK\003\004", 4))
		rc = read_workbook(data, file, sheet);
	else if (looks_like_xml(data))
		rc = read_xform(data, file, sheet);
	else
		rc = err(ERR_BAD, "this is no form: an Excel workbook (.xlsx), an XForm (.xml) or "
		                  "a folder of CSV sheets is wanted");
	return rc ? err(rc, "%s: %s", name, err_text()) : 0;
}

int form_file_take(const char *name, const void *data, size_t len, struct form_file *file,
                   struct xlsform *x)
{
	struct sheet *sheet[FORM_SHEETS] = {&x->survey, &x->choices, &x->settings};
	struct buf copy = {0};
	int rc;

	memset(file, 0, sizeof *file);
	base_name(name, false, file->code, sizeof file->code);
	x->code = file->code;
	buf_add(&copy, data, len);
	buf_u8(&copy, 0); /* as file_read() has it */
	rc = copy.err;
	copy.len = len;
	if (!rc)
		rc = take(name, &copy, file, sheet);
	buf_release(&copy);
	return rc;
}

int form_file_read(const char *path, struct form_file *file, struct xlsform *x)
{
	struct sheet *sheet[FORM_SHEETS] = {&x->survey, &x->choices, &x->settings};
	struct buf data = {0};
	bool folder;
	struct stat st;
	size_t i;
	int rc = 0;

	memset(file, 0, sizeof *file);
	folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	base_name(path, folder, file->code, sizeof file->code);
	x->code = file->code;
	for (i = 0; folder && i < FORM_SHEETS && !rc; i++)
		rc = read_sheet(path, i, &file->text[i], sheet[i]);
	if (folder)
		return rc;
	rc = file_read(path, FORM_FILE_MAX, &data);
	if (!rc)
		rc = take(path, &data, file, sheet);
	buf_release(&data);
	return rc;
}

int form_file_write(const char *dir, const struct form_file *file)
{
	char *path;
	size_t i;
	int rc = 0;

	if (mkdir(dir, 0777) < 0 && errno != EEXIST)
		return err(ERR_IO, "%s: cannot be written: %s", dir, file_reason(errno));
	for (i = 0; i < FORM_SHEETS && !rc; i++) {
		if (asprintf(&path, "%s/%s.csv", dir, sheet_name[i]) < 0)
			return err(ERR_NOMEM, "out of memory");
		rc = file_replace(path, &file->text[i]);
		free(path);
	}
	return rc;
}

void form_file_release(struct form_file *file)
{
	size_t i;

	for (i = 0; i < FORM_SHEETS; i++)
		buf_release(&file->text[i]);
}
