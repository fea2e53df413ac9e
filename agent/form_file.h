/* form_file.h - a form as people keep it: a folder of CSV sheets, a workbook, an XForm. */
#ifndef AGENT_FORM_FILE_H
#define AGENT_FORM_FILE_H

#include "storage/form.h"

#define FORM_SHEETS 3                     /* survey, choices, settings */
#define FORM_FILE_MAX (64u * 1024 * 1024) /* bytes of a sheet: 100,000 choices in five languages */

struct form_file {
	struct buf text[FORM_SHEETS]; /* CSV, owned */
	char code[NAME_MAX_LEN];      /* from the file's own name */
};

/* Reads what path is, told by its contents. x borrows from file: form_file_release() it behind x, also
 * on error. One clear ERR_*. */
int form_file_read(const char *path, struct form_file *file, struct xlsform *x);
/* The same of what a file of that name holds: a workbook or an XForm. */
int form_file_take(const char *name, const void *data, size_t len, struct form_file *file,
                   struct xlsform *x);
/* Writes a folder of CSV sheets, made when it is not there. */
int form_file_write(const char *dir, const struct form_file *file);
void form_file_release(struct form_file *file);

#endif
