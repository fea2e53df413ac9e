/* cmd_report.c - reports: which kind, of what, and where to. */
#include "agent/i18n.h"
#include "agent/report.h"
#include "storage/boundary.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/value.h"

#include <stdio.h>
#include <string.h>

const char usage_report[] = N_("KIND [--unit CODE] [--period P | --as-of DATE] [--by LEVEL] "
                               "[--output FILE]");
const char help_report[] = N_(
	"`cayda report` alone lists the kinds there are.\n"
	"\n"
	"  --unit CODE           of this unit and all below it; else of this node's own\n"
	"  --period P            2026-Q3, 2026-10, 2026-H1, 2026, or 2026-07-01..2026-09-15: what was\n"
	"                        done in it, how things stood at its end, and what changed against\n"
	"                        the period before\n"
	"  --as-of DATE          with what was recorded for that day and before\n"
	"  --geography DATE      in the units in force on that day; else on the report's day\n"
	"  --by LEVEL            a row for each province, district, commune or village\n"
	"  --indicator CODE      coverage: this one only, with all its figures\n"
	"  --missing             signal, teams, progress, submitted: only units that are not done\n"
	"  --output FILE         into a file: .xlsx .csv .geojson .html .json .txt\n"
	"  --format NAME         one of these, whatever the file is called\n"
	"  --boundaries FILE     TopoJSON of the units' boundaries, for .geojson; else those kept here\n"
	"                        (cayda unit boundaries)\n"
	"\n"
	"Instead of a kind, a free report:\n"
	"  --sql FILE            the one SELECT in FILE, over what `cayda report views` lists: forms by\n"
	"                        their codes or their titles, and units. It can change nothing\n"
	"  --personal            with personal answers, where this node holds them\n"
	"  --seconds N           stop it after that long; else after 60\n"
	"  --memory N            megabytes for sorting, before it goes to the disk; else 16\n"
	"\n"
	"The target is the one of the year of the report's last day, or of the nearest year that\n"
	"has one.\n"
	"\n"
	"Handing in:\n"
	"  submit --period P [--note TEXT]      freezes the figures and sends them up with the next\n"
	"                                       sync; again, it is a correction: a new version\n"
	"  submitted [--period P] [--missing]   what came, in time or late, and what did not\n"
	"  submitted show [VERSION] --period P  one of them, beside the same figures counted today;\n"
	"                                       --raw: its bytes, for sha256sum\n"
	"  deadline [KIND DAY [MONTHS]]         when they are due: before that day of the period's last\n"
	"                                       month, or so many months later. KIND: month, quarter,\n"
	"                                       half, year\n"
	"\n"
	"Example:\n"
	"  cayda report coverage --by village\n"
	"  cayda report training --period 2026-Q3 --output training.xlsx\n");

const struct report_kind report_kinds[] = {
	{"coverage", report_coverage, N_("every indicator against its target")},
	{"training", report_training, N_("training sessions, people and topics")},
	{"signal", report_signal, N_("mobile coverage and open dead spots")},
	{"assist", report_assist, N_("help with online public services")},
	{"teams", report_teams, N_("community teams trained, and which are not")},
	{"progress", report_progress, N_("how far the survey is, unit by unit")},
	{"score", report_score,
         N_("units ranked by several indicators together; weights: cayda indicator weight")},
	{"submit", report_submit,
         N_("hand in a period's figures of a unit: frozen, signed, sent up")},
	{"submitted", report_submitted, N_("what was handed in, what is late, what is missing")},
	{"deadline", report_deadline, N_("when reports are due; the root sets it for everybody")},
	{"quality", report_quality, N_("records that somebody should look at again, and why")},
	{"nodes", report_nodes, N_("the nodes below: when they were here, what they hold")},
	{"views", report_views, N_("what a free report (--sql) can read")},
	{NULL, NULL, NULL},
};

/* ---- what kinds share ---------------------------------------------------------------------- */

int report_open(struct report *r)
{
	int rc = ctx_open(r->ctx, 0);

	if (!rc)
		rc = ctx_unit(r->ctx, r->unit_ref, &r->unit);
	if (rc)
		return rc;
	value_today(clock_now_ms(r->ctx->s), r->today);
	r->until = r->as_of;
	report_period(r);
	return 0;
}

void report_period(struct report *r)
{
	if (r->period.kind) {
		r->from = r->period.from;
		r->until = r->period.to;
	}
	r->day = r->until ? r->until : r->today;
}

int report_place(struct report *r, const struct geography *g, long *at)
{
	*at = r->unit_ref ? geography_by_code(g, r->unit_ref) : -1;
	if (*at < 0)
		*at = geography_find(g, r->unit.id);
	if (*at >= 0)
		*at = geography_becomes(g, *at);
	if (*at < 0)
		return err(ERR_NOTFOUND, "%s (%s) is not one unit on that day: ask for a wider one",
		           r->unit.name, r->unit.code);
	r->unit = *geography_unit(g, (size_t)*at);
	return !r->within || unit_within(r->ctx->s, r->unit.id, r->within)
	               ? 0
	               : err(ERR_DENIED, "%s (%s) is another unit on that day", r->unit.name,
	                     r->unit.code);
}

/* For a map without a file of its own: what this node was given for that day's units. */
static int kept_boundaries(struct report *r, struct buf *out)
{
	char day[DATE_LEN];
	int rc;

	if (r->to.format != GRID_GEOJSON || r->to.boundaries)
		return 0;
	rc = boundary_of(r->ctx->s, r->places ? r->places : r->day, day);
	if (!rc && *day)
		rc = boundary_read(r->ctx->s, day, out);
	if (!rc && *day)
		r->to.topology = buf_cstr(out);
	return rc ? rc : out->err;
}

int report_begin(struct report *r, const char *title, struct grid **out)
{
	struct buf boundaries = {0};
	char line[512];
	int rc = kept_boundaries(r, &boundaries);

	snprintf(line, sizeof line, "%s: %s (%s), %s", title, r->unit.name, r->unit.code,
	         r->period.kind ? r->period.name : r->day);
	if (!rc)
		rc = grid_begin(out, &r->to, line);
	r->to.topology = NULL;
	buf_release(&boundaries);
	if (rc)
		return rc;
	if (r->period.kind && r->period.kind != PERIOD_DAYS) {
		snprintf(line, sizeof line, _("From %s to %s"), r->period.from, r->period.to);
		grid_note(*out, line);
	}
	if (r->places) {
		snprintf(line, sizeof line, _("In the units of %s"), r->places);
		grid_note(*out, line);
	}
	return 0;
}

void report_unit_columns(struct grid *g)
{
	grid_column(g, "code", _("code"), GRID_TEXT);
	grid_column(g, "name", _("name"), GRID_TEXT);
}

void report_unit_cells(struct grid *g, const struct unit *u)
{
	grid_unit(g, u->code);
	grid_text(g, u->code);
	grid_text(g, u->name);
}

int report_no_arguments(struct report *r)
{
	return r->argc ? cmd_usage(r->ctx, _("what is \"%s\"?"), r->argv[0]) : 0;
}

/* ---- the command --------------------------------------------------------------------------- */

static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
                                      {"period", required_argument, NULL, 'p'},
                                      {"as-of", required_argument, NULL, 'd'},
                                      {"geography", required_argument, NULL, 'g'},
                                      {"by", required_argument, NULL, 'b'},
                                      {"indicator", required_argument, NULL, 'i'},
                                      {"output", required_argument, NULL, 'o'},
                                      {"format", required_argument, NULL, 'f'},
                                      {"boundaries", required_argument, NULL, 'B'},
                                      {"note", required_argument, NULL, 'n'},
                                      {"raw", no_argument, NULL, 'r'},
                                      {"missing", no_argument, NULL, 'm'},
                                      {"sql", required_argument, NULL, 'S'},
                                      {"personal", no_argument, NULL, 'P'},
                                      {"seconds", required_argument, NULL, 's'},
                                      {"memory", required_argument, NULL, 'M'},
                                      {"within", required_argument, NULL, 'w'}, /* of pages */
                                      {NULL, 0, NULL, 0}};

static int day_option(struct report *r, const char *text, char out[DATE_LEN], const char **day)
{
	if (!value_date(text, out))
		return cmd_usage(r->ctx, _("\"%s\" is not a day like 2026-11-21"), text);
	*day = out;
	return 0;
}

static int level_option(struct report *r, const char *name)
{
	r->level = level_of(name);
	return r->level ? 0
	                : cmd_usage(r->ctx,
	                            _("there is no level %s: province, district, commune or "
	                              "village"),
	                            name);
}

static int options(struct report *r, int argc, char **argv)
{
	const char *format = NULL, *output = NULL;
	int c, rc = 0;

	while (!rc && (c = cmd_getopt(r->ctx, argc, argv, "u:p:d:g:b:i:o:f:n:", longs)) != -1) {
		const struct {
			int option;
			const char **value;
		} texts[] = {{'u', &r->unit_ref}, {'i', &r->indicator}, {'n', &r->note},
		             {'o', &output},      {'f', &format},       {'B', &r->boundaries},
		             {'S', &r->sql}};
		size_t i;

		for (i = 0; i < sizeof texts / sizeof *texts; i++)
			if (c == texts[i].option)
				*texts[i].value = optarg;
		if (c == '?')
			rc = STATUS_USAGE;
		else if (c == 'd')
			rc = day_option(r, optarg, r->day_text[0], &r->as_of);
		else if (c == 'g')
			rc = day_option(r, optarg, r->day_text[1], &r->places);
		else if (c == 'p')
			rc = period_parse(optarg, &r->period);
		else if (c == 'b')
			rc = level_option(r, optarg);
		else if (c == 'w')
			rc = id_parse(optarg, &r->within);
		else if (c == 's')
			rc = cmd_number(r->ctx, "--seconds", optarg, 1, 86400, &r->seconds);
		else if (c == 'M')
			rc = cmd_number(r->ctx, "--memory", optarg, 2, 65536, &r->memory_mb);
		r->raw |= c == 'r';
		r->missing |= c == 'm';
		r->personal |= c == 'P';
	}
	if (!rc && r->period.kind && r->as_of)
		rc = cmd_usage(r->ctx, _("--period and --as-of: which of them?"));
	return rc ? rc : grid_to_set(&r->to, format, output, r->boundaries, r->ctx->json);
}

static int list_kinds(struct report *r)
{
	const struct report_kind *k;
	struct grid *g;
	int rc = grid_begin(&g, &r->to, _("Reports there are"));

	if (rc)
		return rc;
	grid_column(g, "kind", _("report"), GRID_TEXT);
	grid_column(g, "summary", _("what it tells"), GRID_TEXT);
	for (k = report_kinds; k->name; k++) {
		grid_text(g, k->name);
		grid_text(g, _(k->summary));
	}
	return grid_end(g, 0);
}

static int unknown_kind(struct ctx *ctx, const char *name)
{
	const struct report_kind *k;
	const char *near = NULL;

	for (k = report_kinds; k->name; k++)
		near = cmd_nearer(name, near, k->name);
	if (near)
		return cmd_usage(ctx, _("there is no report %s, did you mean %s?"), name, near);
	return cmd_usage(ctx, _("there is no report %s"), name);
}

int cmd_report(struct ctx *ctx, int argc, char **argv)
{
	struct report r = {.ctx = ctx};
	const struct report_kind *k;
	int rc = options(&r, argc, argv);

	if (rc)
		return rc;
	if (r.sql && optind < argc)
		return cmd_usage(ctx, _("--sql is a report of its own: no kind is named with it"));
	if (r.sql)
		return report_sql(&r);
	if (optind == argc)
		return list_kinds(&r);
	for (k = report_kinds; k->name; k++) {
		if (strcmp(argv[optind], k->name) != 0)
			continue;
		r.argv = argv + optind + 1;
		r.argc = argc - optind - 1;
		return k->run(&r);
	}
	return unknown_kind(ctx, argv[optind]);
}
