/* export_open.c - open data: figures by unit as CSV and JSON, a data dictionary and a catalogue. */
#include "agent/export_open.h"
#include "agent/file.h"
#include "agent/i18n.h"
#include "storage/csv.h"
#include "storage/durable.h"
#include "storage/err.h"
#include "storage/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CSV, JSON, FORMATS };

static const char catalogue[] = "catalogue.jsonld";

/* ---- writing cells --------------------------------------------------------------------------------- */

static void cell(struct open_file *f, const char *text, bool number)
{
	const struct open_column *c = &f->column[f->at++];

	if (f->at > 1)
		buf_u8(&f->line, ',');
	else
		json_object(&f->json);
	if (text)
		csv_put(&f->line, text);
	json_key(&f->json, c->key);
	if (number)
		json_number_text(&f->json, text);
	else
		json_str(&f->json, text);
	if (f->column[f->at].key)
		return;
	json_end(&f->json);
	buf_u8(&f->line, '\n');
	fwrite(f->line.data, 1, f->line.len, f->csv);
	buf_reset(&f->line);
	f->at = 0;
	f->rows++;
}

static void text(struct open_file *f, const char *t)
{
	cell(f, t, false);
}

static void number(struct open_file *f, bool known, int64_t v)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%lld", (long long)v);
	cell(f, known ? digits : NULL, true);
}

static void label(struct open_file *f, const char *json, const char *lang)
{
	struct buf b = {0};

	form_label(json, lang, &b);
	text(f, buf_cstr(&b));
	buf_release(&b);
}

static void unit_cells(struct open_file *f, const struct open_row *r)
{
	text(f, r->unit->code);
	text(f, r->unit->name);
	text(f, r->rest ? "rest" : level_name(r->unit->level));
}

static const char *state_name(enum open_state s)
{
	return s == OPEN_SHOWN ? "shown" : s == OPEN_CLOSED ? "closed" : "empty";
}

/* ---- the rows ---------------------------------------------------------------------------------------- */

struct rows {
	struct open_export *e;
	const struct open_table *t;
	size_t cell;
};

static int unit_row(void *arg, const struct unit *u)
{
	struct open_export *e = arg;
	struct open_file *f = &e->file[OPEN_FILE_UNITS];
	struct unit up = {0};

	if (u->parent && unit_get(e->x->ctx->s, u->parent, &up))
		return err_code();
	text(f, u->code);
	text(f, u->name);
	text(f, level_name(u->level));
	text(f, u->parent ? up.code : NULL);
	text(f, strcmp(u->valid_from, UNIT_ALWAYS) ? u->valid_from : NULL);
	number(f, u->households >= 0, u->households);
	return 0;
}

static int record_row(void *arg, const struct open_row *r)
{
	struct rows *w = arg;
	struct open_file *f = &w->e->file[OPEN_FILE_RECORDS];

	unit_cells(f, r);
	text(f, w->t->form->code);
	text(f, w->t->name);
	text(f, state_name(r->state));
	number(f, r->state != OPEN_CLOSED, r->value[0]);
	return 0;
}

static int indicator_row(void *arg, const struct open_row *r)
{
	struct rows *w = arg;
	struct open_file *f = &w->e->file[OPEN_FILE_INDICATORS];
	bool shown = r->state == OPEN_SHOWN;
	char share[32];

	unit_cells(f, r);
	text(f, w->t->name);
	text(f, state_name(r->state));
	number(f, shown, r->value[0]);
	number(f, shown && r->value[1], r->value[1]);
	snprintf(share, sizeof share, "%.4f",
	         r->value[1] ? (double)r->value[0] / (double)r->value[1] : 0);
	cell(f, shown && r->value[1] ? share : NULL, true);
	return 0;
}

static int answer_row(void *arg, const struct open_row *r)
{
	struct rows *w = arg;
	struct open_file *f = &w->e->file[OPEN_FILE_ANSWERS];
	size_t i;

	for (i = 0; i < w->t->cells && r->state != OPEN_EMPTY; i++) {
		unit_cells(f, r);
		text(f, w->t->form->code);
		text(f, w->t->name);
		text(f, w->t->cell[i].name);
		label(f, w->t->cell[i].label, "vi");
		label(f, w->t->cell[i].label, "en");
		text(f, state_name(r->state));
		number(f, r->state == OPEN_SHOWN, r->value[i]);
		number(f, r->things >= 0, r->things);
	}
	return 0;
}

/* ---- the dictionary ------------------------------------------------------------------------------------ */

static void explain_column(struct open_file *d, const struct open_file *of,
                           const struct open_column *c)
{
	text(d, of->name);
	text(d, "column");
	text(d, c->key);
	text(d, c->label.vi);
	text(d, c->label.en);
	text(d, c->type);
	text(d, NULL);
	text(d, c->choices);
	text(d, NULL);
	number(d, false, 0);
	text(d, NULL);
	text(d, NULL);
}

static void explain_table(struct open_file *d, const struct open_table *t)
{
	bool indicator = t->kind == OPEN_INDICATOR;
	struct buf choices = {0};
	size_t i;

	for (i = 0; i < t->cells; i++)
		buf_printf(&choices, "%s%s", i ? " " : "", t->cell[i].name);
	text(d, indicator ? "indicators" : "answers");
	text(d, indicator ? "indicator" : "question");
	text(d, t->name);
	label(d, t->label, "vi");
	label(d, t->label, "en");
	text(d, indicator ? "share" : t->type);
	text(d, indicator ? t->type : "records");
	text(d, choices.len ? buf_cstr(&choices) : NULL);
	text(d, t->form->code);
	number(d, true, t->form->version);
	text(d, t->made_of);
	text(d, t->withheld ? "withheld" : level_name(t->floor));
	buf_release(&choices);
}

/* ---- all of it ------------------------------------------------------------------------------------------- */

static int write_rows(struct open_export *e)
{
	static int (*const row[])(void *,
	                          const struct open_row *) = {[OPEN_RECORDS] = record_row,
	                                                      [OPEN_INDICATOR] = indicator_row,
	                                                      [OPEN_ANSWERS] = answer_row};
	struct open_file *d = &e->file[OPEN_FILE_DICTIONARY];
	size_t i, k;
	int rc = open_data_units(e->data, unit_row, e);

	for (i = 0; i < OPEN_FILES; i++)
		for (k = 0; e->file[i].column[k].key; k++)
			explain_column(d, &e->file[i], &e->file[i].column[k]);
	for (i = 0; !rc && i < open_data_size(e->data); i++) {
		struct rows w = {e, open_data_table(e->data, i), 0};

		if (w.t->kind != OPEN_RECORDS)
			explain_table(d, w.t);
		rc = open_data_rows(e->data, i, row[w.t->kind], &w);
		progress(_("writing open data, tables:"), i + 1, open_data_size(e->data));
	}
	progress_end();
	return rc;
}

static int cannot(const char *path)
{
	return err(ERR_IO, "%s: %s", path, file_reason(errno));
}

static int begin(struct open_export *e, struct open_file *f)
{
	static const char *const ending[FORMATS] = {"csv", "json"};
	size_t i;

	for (i = 0; i < FORMATS; i++)
		if ((size_t)snprintf(f->path[i], OPEN_PATH_MAX, "%s/%s.%s.new", e->dir, f->name,
		                     ending[i]) >= OPEN_PATH_MAX)
			return err(ERR_TOOBIG, "the folder's name is too long");
	f->csv = fopen(f->path[CSV], "we");
	if (!f->csv)
		return cannot(f->path[CSV]);
	f->out = fopen(f->path[JSON], "we");
	if (!f->out)
		return cannot(f->path[JSON]);
	for (i = 0; f->column[i].key; i++)
		fprintf(f->csv, "%s%s", i ? "," : "", f->column[i].key);
	fputc('\n', f->csv);
	json_begin(&f->json, f->out);
	json_array(&f->json);
	return 0;
}

static int hash(struct open_export *e, const char *path, int64_t *bytes, uint8_t out[HASH_LEN])
{
	FILE *f = fopen(path, "re");
	struct stat st = {0};
	void *p;

	if (!f || fstat(fileno(f), &st)) {
		if (f)
			fclose(f);
		return cannot(path);
	}
	*bytes = st.st_size; /* never 0: there is a heading, or a bracket */
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fileno(f), 0);
	fclose(f);
	if (p == MAP_FAILED)
		return cannot(path);
	e->x->ctx->s->env->sha256(p, (size_t)st.st_size, out);
	munmap(p, (size_t)st.st_size);
	return 0;
}

static int whole(FILE **f, const char *path)
{
	int bad = *f ? ferror(*f) : 0;

	if (*f && fclose(*f))
		bad = 1;
	*f = NULL;
	return bad ? cannot(path) : 0;
}

static int finish(struct open_export *e, struct open_file *f)
{
	size_t i;
	int rc = f->line.err;

	if (!rc)
		rc = json_end(&f->json);
	if (!rc)
		rc = whole(&f->csv, f->path[CSV]);
	if (!rc)
		rc = whole(&f->out, f->path[JSON]);
	for (i = 0; !rc && i < FORMATS; i++)
		rc = hash(e, f->path[i], &f->bytes[i], f->hash[i]);
	return rc;
}

/* Takes the place of what has its name. */
static int settle(const char *path)
{
	char name[OPEN_PATH_MAX];

	snprintf(name, sizeof name, "%.*s", (int)(strlen(path) - strlen(".new")), path);
	return durable_rename(path, name);
}

static int write_catalogue(struct open_export *e)
{
	char path[OPEN_PATH_MAX];
	FILE *f;
	size_t i, k;
	int rc = 0;

	if ((size_t)snprintf(path, sizeof path, "%s/%s.new", e->dir, catalogue) >= sizeof path)
		return err(ERR_TOOBIG, "the folder's name is too long");
	f = fopen(path, "we");
	if (!f)
		return cannot(path);
	rc = open_catalogue(e, f);
	if (rc)
		fclose(f);
	else
		rc = whole(&f, path);
	for (i = 0; !rc && i < OPEN_FILES; i++)
		for (k = 0; !rc && k < FORMATS; k++)
			rc = settle(e->file[i].path[k]);
	if (!rc)
		rc = settle(path);
	else
		unlink(path);
	return rc;
}

static int write_all(struct open_export *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < OPEN_FILES; i++)
		rc = begin(e, &e->file[i]);
	if (!rc)
		rc = write_rows(e);
	for (i = 0; !rc && i < OPEN_FILES; i++)
		rc = finish(e, &e->file[i]);
	if (!rc)
		rc = write_catalogue(e);
	for (i = 0; i < OPEN_FILES; i++) {
		struct open_file *f = &e->file[i];

		if (f->csv)
			fclose(f->csv);
		if (f->out)
			fclose(f->out);
		if (rc && *f->path[CSV])
			unlink(f->path[CSV]);
		if (rc && *f->path[JSON])
			unlink(f->path[JSON]);
		buf_release(&f->line);
	}
	return rc;
}

static int say(struct open_export *e)
{
	char n[FMT];
	uint64_t rows = 0;
	size_t i, withheld = 0;

	for (i = 0; i < OPEN_FILES; i++)
		rows += e->file[i].rows;
	for (i = 0; i < open_data_size(e->data); i++)
		withheld += open_data_table(e->data, i)->withheld;
	fprintf(stderr, _("%s: %s rows, data of %s\n"), e->dir, fmt_int((int64_t)rows, n), e->day);
	if (withheld)
		fprintf(stderr,
		        _("%s indicators and questions count too few households to be "
		          "published; dictionary.csv names them\n"),
		        fmt_int((int64_t)withheld, n));
	return 0;
}

int export_open(struct exporting *x)
{
	struct open_file file[OPEN_FILES];
	struct open_export e = {.x = x, .dir = x->path, .file = file};
	struct open_of of;
	int rc = x->unit ? unit_get(x->ctx->s, x->unit, &e.unit) : ctx_unit(x->ctx, NULL, &e.unit);

	memcpy(file, open_files, sizeof file);
	if (!rc && x->day)
		memcpy(e.day, x->day, sizeof e.day);
	else if (!rc)
		rc = open_data_day(x->ctx->s, e.day);
	of = (struct open_of){.day = e.day, .unit = e.unit.id};
	if (!rc && mkdir(x->path, 0777) && errno != EEXIST)
		rc = cannot(x->path);
	if (!rc)
		rc = open_data_open(x->ctx->s, &of, &e.data);
	if (!rc)
		rc = write_all(&e);
	if (!rc)
		rc = say(&e);
	open_data_close(e.data);
	return rc;
}
