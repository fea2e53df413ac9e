/* cmd_export.c - the records of a form as CSV. */
#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/shown.h"
#include "storage/csv.h"
#include "storage/err.h"

#include <string.h>

#define FLUSH_AT (256 * 1024) /* bytes held before they go to stdout */

const char usage_export[] = N_("FORM [--unit CODE] [-o FILE] [--open]");
const char help_export[] = N_(
	"CSV in UTF-8: id, unit, version, then the questions by name. With --json an array.\n"
	"\n"
	"  --unit CODE  only of this unit and those below it\n"
	"  -o FILE      write to FILE, replacing it; else to the terminal\n"
	"  --open       without the personal questions (names, telephones, places)\n"
	"\n"
	"Example:\n"
	"  cayda export visit --open -o visits.csv\n");

struct export
{
	struct ctx *ctx;
	struct answers a;
	const char *file; /* NULL: stdout */
	bool open;
	struct buf out, cell;
	struct json json;
	uint64_t rows;
};

static bool wanted(const struct export *x, size_t i)
{
	return answers_holds(x->a.form, i) && !(x->open && x->a.form->q[i].personal);
}

static int flush(struct export *x)
{
	if (x->file || x->out.len < FLUSH_AT)
		return x->out.err;
	fwrite(x->out.data, 1, x->out.len, stdout);
	buf_reset(&x->out);
	return ferror(stdout) ? out_flush() : 0;
}

static void header(struct export *x)
{
	size_t i;

	buf_str(&x->out, "id,unit,version");
	for (i = 0; i < x->a.form->nq; i++) {
		if (!wanted(x, i))
			continue;
		buf_u8(&x->out, ',');
		csv_put(&x->out, x->a.form->q[i].name);
	}
	buf_u8(&x->out, '\n');
}

/* A linked record goes by its key, so that the file can be imported where ids are others. */
static void value(struct export *x, const struct question *q, const char *text)
{
	if (q->type == Q_RECORD)
		shown_value(x->ctx, &x->a, q, text, &x->cell);
	else
		buf_str(&x->cell, text ? text : "");
}

static int csv_row(void *arg, const struct record *r)
{
	struct export *x = arg;
	char id[ID_TEXT];
	size_t i;

	csv_put(&x->out, id_text(r->id, id));
	buf_u8(&x->out, ',');
	csv_put(&x->out, shown_unit(x->ctx, r->unit));
	buf_printf(&x->out, ",%d", r->version);
	for (i = 0; i < x->a.form->nq; i++) {
		if (!wanted(x, i))
			continue;
		buf_u8(&x->out, ',');
		buf_reset(&x->cell);
		value(x, &x->a.form->q[i], r->value[i]);
		csv_put(&x->out, buf_cstr(&x->cell));
	}
	buf_u8(&x->out, '\n');
	progress(_("exporting, records:"), ++x->rows, 0);
	return flush(x);
}

static int json_row(void *arg, const struct record *r)
{
	struct export *x = arg;
	size_t i;

	for (i = 0; x->open && i < x->a.form->nq; i++) {
		if (x->a.form->q[i].personal)
			r->value[i] = NULL;
	}
	shown_json(x->ctx, &x->a, r, &x->json);
	return ferror(stdout) ? out_flush() : 0;
}

static int export_csv(struct export *x, int64_t unit)
{
	int rc;

	header(x);
	rc = record_each(x->ctx->s, x->a.form, unit, 0, csv_row, x);
	progress_end();
	if (!rc)
		rc = x->out.err;
	if (!rc && x->file)
		rc = file_replace(x->file, &x->out);
	else if (!rc)
		fwrite(x->out.data, 1, x->out.len, stdout);
	if (!rc && x->file) {
		char n[FMT];

		fprintf(stderr, _("%s: %s records"), x->file, fmt_int((int64_t)x->rows, n));
		fputc('\n', stderr);
	}
	return rc;
}

static int export(struct export *x, const char *form, const char *unit_ref)
{
	struct unit u = {0};
	int rc = ctx_open(x->ctx, 0), end;

	if (!rc && unit_ref)
		rc = ctx_unit(x->ctx, unit_ref, &u);
	if (!rc)
		rc = answers_open(x->ctx, form, &x->a);
	if (rc)
		return rc;
	if (!x->ctx->json)
		return export_csv(x, u.id);
	json_begin(&x->json, stdout);
	json_array(&x->json);
	rc = record_each(x->ctx->s, x->a.form, u.id, 0, json_row, x);
	end = json_end(&x->json);
	return rc ? rc : end;
}

int cmd_export(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"output", required_argument, NULL, 'o'},
	                                      {"open", no_argument, NULL, 'O'},
	                                      {NULL, 0, NULL, 0}};
	struct export x = {.ctx = ctx};
	const char *unit_ref = NULL;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:o:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		if (c == 'O')
			x.open = true;
		else
			*(c == 'u' ? &unit_ref : &x.file) = optarg;
	}
	if (argc - optind != 1)
		return cmd_usage(ctx, _("which form? `cayda form list` names them"));
	if (x.file && ctx->json)
		return cmd_usage(ctx, _("-o writes CSV; with --json, redirect the output"));
	rc = export(&x, argv[optind], unit_ref);
	buf_release(&x.out);
	buf_release(&x.cell);
	answers_release(&x.a);
	return rc;
}
