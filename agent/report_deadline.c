/* report_deadline.c - when reports are due. */
#include "agent/i18n.h"
#include "agent/report.h"
#include "storage/submission.h"

#include <string.h>

static int list(struct report *r)
{
	struct grid *g = NULL;
	enum period_kind kind;
	struct deadline d;
	struct period p;
	char due[DATE_LEN];
	int rc = report_begin(r, _("When reports are due"), &g);

	if (rc)
		return rc;
	grid_column(g, "kind", _("period"), GRID_TEXT);
	grid_column(g, "day", _("before day"), GRID_INT);
	grid_column(g, "months", _("months after its last"), GRID_INT);
	grid_column(g, "now", _("this one"), GRID_TEXT);
	grid_column(g, "due", _("due by"), GRID_DATE);
	for (kind = PERIOD_MONTH; !rc && kind < PERIOD_KINDS; kind++) {
		rc = submission_deadline(r->ctx->s, kind, &d);
		period_of(kind, r->day, &p);
		period_due(&p, &d, due);
		grid_text(g, period_kind_name(kind));
		grid_int(g, d.day);
		grid_int(g, d.months);
		grid_text(g, p.name);
		grid_date(g, due);
	}
	return grid_end(g, rc);
}

int report_deadline(struct report *r)
{
	enum period_kind kind = r->argc ? period_kind_of(r->argv[0]) : PERIOD_NONE;
	int64_t day = 0, months = 0;
	struct deadline d;
	int rc = 0;

	if (r->argc && (!kind || r->argc < 2 || r->argc > 3))
		return cmd_usage(r->ctx,
		                 _("month, quarter, half or year, then the day of the month, "
		                   "and how many months later"));
	if (r->argc)
		rc = cmd_number(r->ctx, _("the day"), r->argv[1], 1, 31, &day);
	if (!rc && r->argc == 3)
		rc = cmd_number(r->ctx, _("the months"), r->argv[2], 0, DEADLINE_MONTHS_MAX,
		                &months);
	if (!rc)
		rc = report_open(r);
	d = (struct deadline){.months = (int)months, .day = (int)day};
	if (!rc && r->argc)
		rc = submission_set_deadline(r->ctx->s, kind, &d);
	return rc ? rc : list(r);
}
