/* cmd_export.c - which records go out, and in which of the kinds that there are. */
#include "agent/export.h"
#include "agent/i18n.h"

const char usage_export[] = N_("FORM [--unit CODE] [-o FILE] [--without-personal]");
const char help_export[] = N_(
	"CSV in UTF-8: id, unit, version, then the questions by name. With --json an array.\n"
	"\n"
	"  --unit CODE         only of this unit and those below it\n"
	"  -o FILE             write to FILE, replacing it; else to the terminal\n"
	"  --without-personal  without the personal questions (names, telephones, places)\n"
	"\n"
	"Example:\n"
	"  cayda export visit --without-personal -o visits.csv\n");

/* A kind is chosen by an option that names the folder it writes; rows are what there is without one. */
enum { KIND_ROWS = 256 };
static const struct kind {
	int (*fn)(struct exporting *x);
	bool form; /* one must be named */
} kinds[] = {[KIND_ROWS - KIND_ROWS] = {export_rows, true}};

int cmd_export(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"output", required_argument, NULL, 'o'},
	                                      {"without-personal", no_argument, NULL, 'P'},
	                                      {NULL, 0, NULL, 0}};
	struct exporting x = {.ctx = ctx};
	const struct kind *kind = kinds;
	const char *unit_ref = NULL;
	struct unit u = {0};
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:o:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		if (c == 'P')
			x.without_personal = true;
		else
			*(c == 'u' ? &unit_ref : &x.path) = optarg;
		if (c >= KIND_ROWS)
			kind = kinds + (c - KIND_ROWS);
	}
	if (argc - optind != kind->form)
		return cmd_usage(ctx, kind->form ? _("which form? `cayda form list` names them")
		                                 : _("no form is named here"));
	x.form = argv[optind];
	rc = ctx_open(ctx, 0);
	if (!rc && unit_ref)
		rc = ctx_unit(ctx, unit_ref, &u);
	x.unit = u.id;
	return rc ? rc : kind->fn(&x);
}
