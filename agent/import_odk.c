/* import_odk.c - an import's rows out of submissions of ODK or KoboToolbox: files, folders, ZIP files. */
#include "agent/import.h"

#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "storage/err.h"
#include "storage/odk.h"
#include "storage/xlsx.h"
#include "storage/zip.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LINES_MAX \
	(128u * 1024 * 1024) /* bytes of all submissions as JSON: they are held in memory */
#define FILES_MAX 200000     /* in a folder or a ZIP file */
#define FOLDERS_MAX 8        /* within each other: instances/NAME/NAME.xml is two */

struct odk_import {
	struct import *im;
	struct odk *odk;
	const char *base; /* the folder */
	struct zip zip;
	size_t tables; /* bytes of them */
};

static int no_memory(void)
{
	return err(ERR_NOMEM, "out of memory");
}

/* ---- what the reader gives ---------------------------------------------------------------------- */

/* The lines stand in im->text, which still moves: raw is set when all are there. */
static int take_line(void *arg, const struct odk_place *at, const struct buf *json)
{
	struct odk_import *w = arg;
	struct import_row *r;
	int rc;

	if (w->im->text.len + json->len > LINES_MAX)
		return err(ERR_TOOBIG, "more than %u MiB of submissions; split them",
		           LINES_MAX >> 20);
	rc = import_add_row(w->im, NULL, json->len, at->row, &r);
	if (rc)
		return rc;
	r->file = at->file;
	if (at->why)
		rc = import_reject(w->im, r, at->why);
	buf_add(&w->im->text, json->data, json->len);
	buf_u8(&w->im->text, '\n');
	return rc ? rc : w->im->text.err;
}

static int take_strange(void *arg, const char *file, const char *name)
{
	struct odk_import *w = arg;

	progress_end();
	fprintf(stderr, _("%s: %s is no question of form %s: passed over"), file, name,
	        w->im->a.form->code);
	fputc('\n', stderr);
	return 0;
}

/* ---- files ------------------------------------------------------------------------------------------ */

/* Is remembered until the end: rows name it, tables lie in its text. Not to be kept over another call. */
static struct import_file *add_file(struct import *im, const char *name)
{
	struct import_file *more;

	if (im->nfile == FILES_MAX) {
		err(ERR_TOOBIG, "more than %d files", FILES_MAX);
		return NULL;
	}
	if (!(im->nfile & (im->nfile - 1))) { /* 0, 1, 2, 4... */
		more = realloc(im->file, (im->nfile ? im->nfile * 2 : 1) * sizeof *more);
		if (!more) {
			no_memory();
			return NULL;
		}
		im->file = more;
	}
	more = im->file + im->nfile;
	*more = (struct import_file){.name = strdup(name)};
	if (!more->name) {
		no_memory();
		return NULL;
	}
	im->nfile++;
	return more;
}

static bool starts(const struct buf *b, const char *with)
{
	return b->len >= strlen(with) && !memcmp(b->data, with, strlen(with));
}

static bool looks_like_xml(const struct buf *b)
{
	const char *p = (const char *)b->data + (starts(b, "\xef\xbb\xbf") ? 3 : 0);

	return b->len && p[strspn(p, " \t\r\n")] == '<';
}

static int take_table(struct odk_import *w, struct import_file *f, bool among)
{
	w->tables += f->text.len;
	if (w->tables > IMPORT_FILE_MAX)
		return err(ERR_TOOBIG, "%s: more than %u MiB of tables; split them", f->name,
		           IMPORT_FILE_MAX >> 20);
	if (!f->text.len || memchr(f->text.data, 0, f->text.len))
		return err(ERR_BAD, "%s: it is neither XML nor CSV (UTF-8)", f->name);
	return odk_table(w->odk, f->name, (const char *)f->text.data, f->text.len, among);
}

/* What a file is tells its first bytes. */
static int take_file(struct odk_import *w, struct import_file *f, bool among)
{
	int rc;

	buf_cstr(&f->text);
	if (f->text.err)
		return no_memory();
	if (looks_like_xml(&f->text)) {
		rc = odk_instance(w->odk, f->name, f->text.data, f->text.len, among);
		buf_release(&f->text);
		return rc;
	}
	return take_table(w, f, among);
}

static bool wanted(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && (!strcasecmp(name + n - 4, ".xml") || !strcasecmp(name + n - 4, ".csv"));
}

/* ---- folders ------------------------------------------------------------------------------------------ */

struct names {
	char **name; /* owned */
	size_t n, cap;
};

static int add_name(struct names *l, const char *dir, const char *name)
{
	char **more;

	if (l->n == FILES_MAX)
		return err(ERR_TOOBIG, "more than %d files", FILES_MAX);
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		more = realloc(l->name, l->cap * sizeof *more);
		if (!more)
			return no_memory();
		l->name = more;
	}
	if (asprintf(&l->name[l->n], "%s%s%s", dir, *dir ? "/" : "", name) < 0)
		return no_memory();
	l->n++;
	return 0;
}

static void release_names(struct names *l)
{
	while (l->n)
		free(l->name[--l->n]);
	free(l->name);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *path_of(const struct odk_import *w, const char *name)
{
	char *path;

	if (asprintf(&path, "%s%s%s", w->base, *name ? "/" : "", name) >= 0)
		return path;
	no_memory();
	return NULL;
}

/* Adds what may be read, and walks the folders in it. dir is below the base. */
static int walk_folder(struct odk_import *w, const char *dir, int depth, struct names *out)
{
	struct names folders = {0};
	char *path = path_of(w, dir), *full;
	const struct dirent *e;
	struct stat st;
	DIR *d = path ? opendir(path) : NULL;
	size_t i;
	int rc = d ? 0 : path ? err(ERR_IO, "%s: it cannot be opened", path) : ERR_NOMEM;

	while (!rc && (e = readdir(d))) {
		if (*e->d_name == '.')
			continue;
		if (asprintf(&full, "%s/%s", path, e->d_name) < 0) {
			rc = no_memory();
			break;
		}
		if (lstat(full, &st) == 0 && S_ISDIR(st.st_mode) && depth < FOLDERS_MAX)
			rc = add_name(&folders, dir, e->d_name);
		else if (S_ISREG(st.st_mode) && wanted(e->d_name))
			rc = add_name(out, dir, e->d_name);
		free(full);
	}
	if (d)
		closedir(d);
	free(path);
	for (i = 0; !rc && i < folders.n; i++)
		rc = walk_folder(w, folders.name[i], depth + 1, out);
	release_names(&folders);
	return rc;
}

static int take_folder(struct odk_import *w)
{
	struct names all = {0};
	struct import_file *f;
	char *path;
	size_t i;
	int rc = walk_folder(w, "", 0, &all);

	if (all.n)
		qsort(all.name, all.n, sizeof *all.name, by_name);
	for (i = 0; !rc && i < all.n; i++) {
		f = add_file(w->im, all.name[i]);
		path = f ? path_of(w, all.name[i]) : NULL;
		rc = path ? file_read(path, IMPORT_FILE_MAX, &f->text) : err_code();
		if (!rc)
			rc = take_file(w, f, true);
		free(path);
		progress(_("reading, files:"), i + 1, all.n);
	}
	release_names(&all);
	return rc;
}

/* ---- ZIP files ------------------------------------------------------------------------------------------ */

static int take_piece(void *arg, const uint8_t *data, size_t len)
{
	struct buf *text = arg;

	buf_add(text, data, len);
	return text->err;
}

static int take_entry(void *arg, const char *name)
{
	struct odk_import *w = arg;
	struct import_file *f;
	int rc;

	if (!wanted(name) || !strncmp(name, "__MACOSX/", 9))
		return 0;
	f = add_file(w->im, name);
	rc = f ? zip_read(&w->zip, name, IMPORT_FILE_MAX, take_piece, &f->text) : err_code();
	return rc ? err(rc, "%s: %s", name, err_text()) : take_file(w, f, true);
}

static int is_workbook(void *arg, const char *name)
{
	(void)arg;
	return !strcmp(name, "xl/workbook.xml");
}

static int add_sheet(void *arg, const char *name)
{
	return add_name(arg, "", name);
}

/* KoboToolbox writes a sheet for the submissions and one for each repeat. */
static int take_workbook(struct odk_import *w, const struct buf *text)
{
	struct buf sheet[ODK_TABLES_MAX] = {{0}};
	bool there[ODK_TABLES_MAX] = {false};
	struct names all = {0};
	struct import_file *f;
	size_t i;
	int rc = text->len > XLSX_FILE_MAX
	                 ? err(ERR_TOOBIG, "the workbook is larger than %u bytes", XLSX_FILE_MAX)
	                 : xlsx_each(text->data, text->len, add_sheet, &all);

	if (!rc && all.n > ODK_TABLES_MAX)
		rc = err(ERR_TOOBIG, "more than %d tables", ODK_TABLES_MAX);
	if (!rc)
		rc = xlsx_sheets(text->data, text->len, (const char *const *)all.name, all.n, sheet,
		                 there);
	for (i = 0; !rc && i < all.n; i++) {
		f = there[i] && sheet[i].len ? add_file(w->im, all.name[i]) : NULL;
		if (!f)
			continue;
		f->text = sheet[i];
		sheet[i] = (struct buf){0};
		rc = take_table(w, f, true);
	}
	for (i = 0; i < ODK_TABLES_MAX; i++)
		buf_release(sheet + i);
	release_names(&all);
	return rc;
}

static int take_zip(struct odk_import *w, const struct buf *text)
{
	int rc = zip_open(&w->zip, text->data, text->len);

	if (!rc)
		rc = zip_each(&w->zip, is_workbook, NULL);
	if (rc)
		return rc < 0 ? rc : take_workbook(w, text);
	return zip_each(&w->zip, take_entry, w);
}

/* ---- all of it ------------------------------------------------------------------------------------------- */

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int take_path(struct odk_import *w, const char *path)
{
	struct buf text = {0};
	struct import_file *f;
	struct stat st;
	int rc;

	w->base = path;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return take_folder(w);
	rc = file_read(path, IMPORT_FILE_MAX, &text);
	if (!rc && starts(&text, "PK\003\004")) {
		rc = take_zip(w, &text);
		rc = rc ? err(rc, "%s: %s", path, err_text()) : 0;
	} else if (!rc) {
		f = add_file(w->im, last_part(path));
		if (f)
			f->text = text;
		text = f ? (struct buf){0} : text;
		rc = f ? take_file(w, f, false) : err_code();
	}
	buf_release(&text);
	return rc;
}

/* Now that the text stands still: where each row lies in it, and which unit it is of. */
static int settle_rows(struct import *im)
{
	const char *p = (const char *)im->text.data;
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < im->nrow; i++) {
		im->row[i].raw = p;
		p += im->row[i].raw_len + 1;
		if (!im->row[i].why)
			rc = import_json_unit(im, im->row + i);
	}
	return rc;
}

int import_open_odk(struct import *im, const char *path)
{
	struct odk_import w = {.im = im};
	const struct odk_sink sink = {take_line, take_strange, &w};
	int rc;

	if (im->unit_from && !form_question(im->a.form, im->unit_from))
		return err(ERR_NOTFOUND, "form %s has no question %s: see 'cayda form show %s'",
		           im->a.form->code, im->unit_from, im->a.form->code);
	rc = odk_open(im->ctx->s, im->a.form, &sink, &w.odk);
	im->json = true;
	if (!rc)
		rc = take_path(&w, path);
	progress_end();
	if (!rc)
		rc = odk_join(w.odk);
	if (!rc) {
		im->known = odk_counts(w.odk)->known;
		im->others = odk_counts(w.odk)->others;
		rc = settle_rows(im);
	}
	if (!rc && !im->nrow && !im->known)
		rc = err(ERR_BAD, "%s: there are no submissions of form %s in it", path,
		         im->a.form->code);
	odk_close(w.odk);
	return rc;
}
