/* cmd_import.c - adds the rows of a CSV file as records. */
#include "agent/i18n.h"
#include "agent/import.h"
#include "agent/out.h"
#include "storage/err.h"

#include <string.h>

#define ROWS_TOLD 20 /* bad rows named on the terminal; the file has them all */

const char usage_import[] = N_("FORM FILE [--unit CODE] [--person ID] | FORM --odk PATH");
const char help_import[] = N_(
	"FILE is CSV: the first line names the questions (cayda form show FORM); a column \"unit\" may\n"
	"give each row's village. Or each line of it is a JSON object, which can hold the rows of a\n"
	"repeat. Good rows are saved. Bad ones are told, and written with the reason to\n"
	"FILE.rejected.csv (or .jsonl): mend them there and import that file.\n"
	"\n"
	"  --unit CODE       village of rows without a unit of their own; else this node's\n"
	"  --person ID       who recorded them: the id of a member\n"
	"  --odk PATH        submissions of ODK or KoboToolbox: an instance (.xml), a folder of them as\n"
	"                    ODK Collect has it, a table (.csv), or a folder, .zip or workbook (.xlsx)\n"
	"                    of tables, one a repeat. What was read before changes nothing; an edited\n"
	"                    one brings its record up to date\n"
	"  --unit-from NAME  with --odk: the question whose answer is the unit's code or name\n"
	"\n"
	"Example:\n"
	"  cayda import visit visits.csv\n"
	"  cayda import visit --odk central.zip --unit-from village\n");

/* "row 17, column fibre: ...": storage begins with the question's name. */
static void print_bad_row(const struct import *im, const struct import_row *r)
{
	size_t n = strcspn(r->why, ":"), i;
	const struct form *f = im->a.form;

	for (i = 0; i < f->nq; i++) {
		if (strlen(f->q[i].name) == n && memcmp(f->q[i].name, r->why, n) == 0)
			break;
	}
	if (r->file)
		fprintf(stderr, "%s: ", r->file);
	if (!r->line)
		fputs(r->why, stderr);
	else if (i < f->nq && r->why[n])
		fprintf(stderr, _("row %u, column %s%s"), r->line, f->q[i].name, r->why + n);
	else
		fprintf(stderr, _("row %u: %s"), r->line, r->why);
	fputc('\n', stderr);
}

static void print_bad_rows(const struct import *im)
{
	size_t i, told = 0;

	for (i = 0; i < im->nrow && told < ROWS_TOLD; i++) {
		const struct import_row *r = &im->row[i];

		if (r->why && !im->stopped) {
			print_bad_row(im, r);
			told++;
		}
	}
	if (im->bad > told && !im->stopped) {
		fprintf(stderr, _("... and %zu more in %s"), im->bad - told, im->rejects);
		fputc('\n', stderr);
	}
}

static void print_text(const struct import *im)
{
	char saved[FMT], bad[FMT], more[FMT];

	print_bad_rows(im);
	fmt_int((int64_t)im->saved, saved);
	fmt_int((int64_t)im->bad, bad);
	if (im->others) {
		fprintf(stderr, _("files that are of other forms: %s"),
		        fmt_int((int64_t)im->others, more));
		fputc('\n', stderr);
	}
	if (im->known)
		printf(_("here already: %s, "), fmt_int((int64_t)im->known, more));
	if (im->bad)
		printf(_("saved: %s, rejected: %s (see %s)"), saved, bad, im->rejects);
	else
		printf(_("saved: %s"), saved);
	putchar('\n');
}

static int print_json(const struct import *im)
{
	struct json j;
	size_t i;

	json_begin(&j, stdout);
	json_object(&j);
	json_kint(&j, "saved", (int64_t)im->saved);
	json_kint(&j, "known", (int64_t)im->known);
	json_kint(&j, "rejected", (int64_t)im->bad);
	json_kstr(&j, "rejected_file", im->rejects);
	json_key(&j, "errors");
	json_array(&j);
	for (i = 0; i < im->nrow; i++) {
		if (!im->row[i].why)
			continue;
		json_object(&j);
		if (im->row[i].file)
			json_kstr(&j, "file", im->row[i].file);
		json_kint(&j, "row", im->row[i].line);
		json_kstr(&j, "error", im->row[i].why);
		json_end(&j);
	}
	json_end(&j);
	return json_end(&j);
}

/* The rows that were saved are told also when the file of the others could not be written. */
static int report(const struct import *im, int rc)
{
	int told = 0;

	if (rc && !im->saved)
		return rc;
	if (im->ctx->json)
		told = print_json(im);
	else
		print_text(im);
	if (rc || told)
		return rc ? rc : told;
	if (im->stopped)
		return err(im->stopped, "stopped: %s. What was not saved is in %s", im->stop_why,
		           im->rejects);
	return im->bad ? STATUS_FAILED : 0;
}

/* What the user asked for. */
struct asked {
	const char *form, *path, *unit, *person, *unit_from;
	bool odk;
};

static int import(struct ctx *ctx, const struct asked *ask)
{
	struct import im = {.ctx = ctx, .unit_from = ask->unit_from};
	struct unit u;
	int rc = ctx_open(ctx, 0);

	if (!rc)
		im.unit = ctx->s->self.scope;
	if (!rc && ask->unit) {
		rc = ctx_unit(ctx, ask->unit, &u);
		im.unit = u.id;
	}
	if (!rc && ask->unit)
		rc = import_check_unit(&im, im.unit);
	if (!rc && ask->person)
		rc = id_parse(ask->person, &im.person);
	if (!rc)
		rc = answers_open(ctx, ask->form, &im.a);
	if (!rc)
		rc = ask->odk ? import_open_odk(&im, ask->path) : import_open(&im, ask->path);
	if (!rc)
		rc = report(&im, import_run(&im, ask->path));
	import_release(&im);
	return rc;
}

int cmd_import(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"person", required_argument, NULL, 'p'},
	                                      {"odk", required_argument, NULL, 'O'},
	                                      {"unit-from", required_argument, NULL, 'f'},
	                                      {NULL, 0, NULL, 0}};
	struct asked ask = {0};
	int c;

	while ((c = cmd_getopt(ctx, argc, argv, "u:p:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		*(c == 'u'   ? &ask.unit
		  : c == 'p' ? &ask.person
		  : c == 'O' ? &ask.path
		             : &ask.unit_from) = optarg;
	}
	ask.odk = ask.path != NULL;
	if (argc - optind != 2 - ask.odk)
		return cmd_usage(ctx, _("a form and a file are wanted"));
	if (ask.unit_from && !ask.odk)
		return cmd_usage(ctx, _("--unit-from goes with --odk"));
	ask.form = argv[optind];
	ask.path = ask.odk ? ask.path : argv[optind + 1];
	return import(ctx, &ask);
}
