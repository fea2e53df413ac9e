/* cmd_export.c - which records go out, and in which of the kinds that there are. */
#include "agent/export.h"
#include "agent/i18n.h"
#include "storage/value.h"

const char usage_export[] = N_(
	"FORM [--unit CODE] [-o FILE | --odk DIR] [--without-personal] | --open FOLDER "
	"[--as-of DATE]");
const char help_export[] = N_(
	"CSV in UTF-8: id, unit, version, then the questions by name. With --json an array.\n"
	"\n"
	"  --unit CODE         only of this unit and those below it\n"
	"  -o FILE             write to FILE, replacing it; else to the terminal\n"
	"  --odk DIR           as ODK instances, DIR/instances/NAME/NAME.xml, as ODK Collect has them\n"
	"  --without-personal  without the personal questions (names, telephones, places)\n"
	"  --open FOLDER       open data instead: figures by unit as CSV and JSON, with a data\n"
	"                      dictionary and a DCAT catalogue. Nothing personal; what counts\n"
	"                      fewer than 5 households, or would give such a figure away, is\n"
	"                      left out. Publish once a period: two editions tell what changed.\n"
	"  --as-of DATE        open data of that day; else of the last change that is here\n"
	"  --license IRI       of the open data; else CC BY 4.0\n"
	"\n"
	"Example:\n"
	"  cayda export visit --without-personal -o visits.csv\n");

/* A kind is chosen by an option that names the folder it writes; rows are what there is without one. */
enum { KIND_ROWS = 256, KIND_ODK, KIND_OPEN };
static const struct kind {
	int (*fn)(struct exporting *x);
	bool form; /* one must be named */
} kinds[] = {[KIND_ROWS - KIND_ROWS] = {export_rows, true},
             [KIND_ODK - KIND_ROWS] = {export_odk, true},
             [KIND_OPEN - KIND_ROWS] = {export_open, false}};

int cmd_export(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"output", required_argument, NULL, 'o'},
	                                      {"odk", required_argument, NULL, KIND_ODK},
	                                      {"without-personal", no_argument, NULL, 'P'},
	                                      {"open", required_argument, NULL, KIND_OPEN},
	                                      {"as-of", required_argument, NULL, 'd'},
	                                      {"license", required_argument, NULL, 'l'},
	                                      {NULL, 0, NULL, 0}};
	struct exporting x = {.ctx = ctx};
	const struct kind *kind = kinds;
	const char *unit_ref = NULL;
	struct unit u = {0};
	char day[DATE_LEN];
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:o:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		if (c == 'd' && !value_date(optarg, day))
			return cmd_usage(ctx, _("\"%s\" is not a day like 2026-11-21"), optarg);
		if (c == 'd')
			x.day = day;
		else if (c == 'l')
			x.license = optarg;
		else if (c == 'P')
			x.without_personal = true;
		else
			*(c == 'u' ? &unit_ref : &x.path) = optarg;
		if (c >= KIND_ROWS)
			kind = kinds + (c - KIND_ROWS);
	}
	if (argc - optind != kind->form)
		return cmd_usage(ctx, kind->form ? _("which form? `cayda form list` names them")
		                                 : _("no form is named here"));
	if ((x.day || x.license) && kind->fn != export_open)
		return cmd_usage(ctx, _("--as-of and --license go with --open"));
	x.form = argv[optind];
	rc = ctx_open(ctx, 0);
	if (!rc && unit_ref)
		rc = ctx_unit(ctx, unit_ref, &u);
	x.unit = u.id;
	return rc ? rc : kind->fn(&x);
}
