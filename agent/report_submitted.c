/* report_submitted.c - what was handed in, what is late and missing; and one of them, compared with today. */
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/submitted.h"
#include "storage/err.h"
#include "storage/node.h"

#include <stdlib.h>
#include <string.h>

#define HASH_SHOWN 16 /* digits of a hash in a list: enough to tell two apart by telephone */

struct list {
	struct report *r;
	struct grid *g;
};

/* ---- who is late ----------------------------------------------------------------------------- */

static const char *state(const struct report *r, const struct handed_in *h)
{
	if (h->versions && !h->intact)
		return _("damaged");
	if (h->versions)
		return h->days_late ? _("late") : _("in time");
	return strcmp(r->today, h->due) > 0 ? _("missing") : _("not yet");
}

static void node_cell(struct list *l, uint32_t number)
{
	char text[ID_TEXT + NAME_MAX_LEN + 4], id[ID_TEXT];
	struct node n;

	node_text(number, id);
	if (node_get(l->r->ctx->s, number, &n) || !*n.name)
		snprintf(text, sizeof text, "%s", id);
	else
		snprintf(text, sizeof text, "%s, %s", id, n.name);
	grid_text(l->g, text);
}

static int unit_row(void *arg, const struct unit *u)
{
	struct list *l = arg;
	char hash[HASH_TEXT];
	struct handed_in h;
	int rc = handed_in(l->r, u->id, &h);

	if (rc || (l->r->missing && h.versions))
		return rc;
	report_unit_cells(l->g, u);
	grid_text(l->g, state(l->r, &h));
	if (h.days_late)
		grid_int(l->g, h.days_late);
	else
		grid_none(l->g);
	grid_int(l->g, h.versions);
	grid_date(l->g, h.first);
	grid_date(l->g, h.versions > 1 ? h.last : NULL);
	if (h.versions)
		node_cell(l, h.node);
	else
		grid_none(l->g);
	hash_text(h.hash, hash)[HASH_SHOWN] = 0;
	grid_text(l->g, h.versions ? hash : NULL);
	return grid_error(l->g);
}

static int each_unit(struct list *l)
{
	enum level level = l->r->level;
	struct geography *geo = NULL;
	struct handed_in none;
	char line[160];
	long at;
	int rc = geography_open(l->r->ctx->s, l->r->until, l->r->places, &geo);

	if (!rc)
		rc = report_place(l->r, geo, &at);
	if (!rc)
		rc = handed_in(l->r, -1, &none); /* of no unit: when it is due */
	if (!rc)
		rc = report_begin(l->r, _("Reports handed in"), &l->g);
	if (!rc) {
		snprintf(line, sizeof line, _("Due by %s"), none.due);
		grid_note(l->g, line);
		report_unit_columns(l->g);
		grid_column(l->g, "state", _("state"), GRID_TEXT);
		grid_column(l->g, "days_late", _("days late"), GRID_INT);
		grid_column(l->g, "versions", _("versions"), GRID_INT);
		grid_column(l->g, "handed_in", _("handed in"), GRID_DATE);
		grid_column(l->g, "corrected", _("corrected"), GRID_DATE);
		grid_column(l->g, "node", _("by"), GRID_TEXT);
		grid_column(l->g, "sha256", "SHA-256", GRID_TEXT);
		if (!level)
			level = l->r->unit.level > LEVEL_COMMUNE ? l->r->unit.level : LEVEL_COMMUNE;
		rc = geography_each(geo, at, level, unit_row, l);
	}
	geography_close(geo);
	return rc;
}

/* ---- all that came --------------------------------------------------------------------------- */

static int version_row(void *arg, const struct submission *x)
{
	struct list *l = arg;
	char hash[HASH_TEXT], day[DATE_LEN] = "";
	struct unit u;
	bool pending;
	int64_t ms;
	int rc;

	if (!unit_within(l->r->ctx->s, x->unit, l->r->unit.id) ||
	    unit_get(l->r->ctx->s, x->unit, &u))
		return 0;
	rc = submission_when(l->r->ctx->s, x, &ms, &pending);
	if (rc)
		return rc;
	if (ms)
		value_today(ms, day);
	report_unit_cells(l->g, &u);
	grid_text(l->g, x->period);
	grid_int(l->g, x->version);
	grid_date(l->g, day);
	node_cell(l, x->node);
	hash_text(x->hash, hash)[HASH_SHOWN] = 0;
	grid_text(l->g, x->intact ? hash : _("damaged"));
	grid_text(l->g, x->note);
	return grid_error(l->g);
}

static int each_version(struct list *l)
{
	int rc = report_begin(l->r, _("Reports handed in"), &l->g);

	if (rc)
		return rc;
	report_unit_columns(l->g);
	grid_column(l->g, "period", _("period"), GRID_TEXT);
	grid_column(l->g, "version", _("version"), GRID_INT);
	grid_column(l->g, "handed_in", _("handed in"), GRID_DATE);
	grid_column(l->g, "node", _("by"), GRID_TEXT);
	grid_column(l->g, "sha256", "SHA-256", GRID_TEXT);
	grid_column(l->g, "note", _("note"), GRID_TEXT);
	return submission_each(l->r->ctx->s, 0, NULL, version_row, l);
}

int report_submitted(struct report *r)
{
	struct list l = {.r = r};
	int rc;

	if (r->argc && !strcmp(r->argv[0], "show"))
		return report_submitted_show(r);
	rc = report_no_arguments(r);
	if (!rc)
		rc = report_open(r);
	if (!rc)
		rc = r->period.kind ? each_unit(&l) : each_version(&l);
	return grid_end(l.g, rc);
}
