/* export_rows.c - the records of a form as CSV or JSON, a row each. */
#include "agent/export.h"
#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/shown.h"
#include "storage/csv.h"
#include "storage/err.h"

#include <string.h>

#define FLUSH_AT (256 * 1024) /* bytes held before they go to stdout */

struct rows {
	const struct exporting *x;
	struct answers a;
	struct buf out, cell;
	struct json json;
	uint64_t n;
};

static bool wanted(const struct rows *w, size_t i)
{
	return answers_holds(w->a.form, i) && !(w->x->without_personal && w->a.form->q[i].personal);
}

static int flush(struct rows *w)
{
	if (w->x->path || w->out.len < FLUSH_AT)
		return w->out.err;
	fwrite(w->out.data, 1, w->out.len, stdout);
	buf_reset(&w->out);
	return ferror(stdout) ? out_flush() : 0;
}

static void header(struct rows *w)
{
	size_t i;

	buf_str(&w->out, "id,unit,version");
	for (i = 0; i < w->a.form->nq; i++) {
		if (!wanted(w, i))
			continue;
		buf_u8(&w->out, ',');
		csv_put(&w->out, w->a.form->q[i].name);
	}
	buf_u8(&w->out, '\n');
}

/* A linked record goes by its key, so that the file can be imported where ids are others. */
static void value(struct rows *w, const struct question *q, const char *text)
{
	if (q->type == Q_RECORD)
		shown_value(w->x->ctx, &w->a, q, text, &w->cell);
	else
		buf_str(&w->cell, text ? text : "");
}

static int csv_row(void *arg, const struct record *r)
{
	struct rows *w = arg;
	char id[ID_TEXT];
	size_t i;

	csv_put(&w->out, id_text(r->id, id));
	buf_u8(&w->out, ',');
	csv_put(&w->out, shown_unit(w->x->ctx, r->unit));
	buf_printf(&w->out, ",%d", r->version);
	for (i = 0; i < w->a.form->nq; i++) {
		if (!wanted(w, i))
			continue;
		buf_u8(&w->out, ',');
		buf_reset(&w->cell);
		value(w, &w->a.form->q[i], r->value[i]);
		csv_put(&w->out, buf_cstr(&w->cell));
	}
	buf_u8(&w->out, '\n');
	progress(_("exporting, records:"), ++w->n, 0);
	return flush(w);
}

static int json_row(void *arg, const struct record *r)
{
	struct rows *w = arg;
	size_t i;

	for (i = 0; w->x->without_personal && i < w->a.form->nq; i++) {
		if (w->a.form->q[i].personal)
			r->value[i] = NULL;
	}
	shown_json(w->x->ctx, &w->a, r, &w->json);
	return ferror(stdout) ? out_flush() : 0;
}

static int write_csv(struct rows *w)
{
	const char *path = w->x->path;
	int rc;

	header(w);
	rc = record_each(w->x->ctx->s, w->a.form, w->x->unit, 0, csv_row, w);
	progress_end();
	if (!rc)
		rc = w->out.err;
	if (!rc && path)
		rc = file_replace(path, &w->out);
	else if (!rc)
		fwrite(w->out.data, 1, w->out.len, stdout);
	if (!rc && path) {
		char n[FMT];

		fprintf(stderr, _("%s: %s records"), path, fmt_int((int64_t)w->n, n));
		fputc('\n', stderr);
	}
	return rc;
}

static int write_json(struct rows *w)
{
	int rc, end;

	json_begin(&w->json, stdout);
	json_array(&w->json);
	rc = record_each(w->x->ctx->s, w->a.form, w->x->unit, 0, json_row, w);
	end = json_end(&w->json);
	return rc ? rc : end;
}

int export_rows(struct exporting *x)
{
	struct rows w = {.x = x};
	int rc;

	if (x->path && x->ctx->json)
		return cmd_usage(x->ctx, _("-o writes CSV; with --json, redirect the output"));
	rc = answers_open(x->ctx, x->form, &w.a);
	if (!rc)
		rc = x->ctx->json ? write_json(&w) : write_csv(&w);
	buf_release(&w.out);
	buf_release(&w.cell);
	answers_release(&w.a);
	return rc;
}
