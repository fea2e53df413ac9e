/* report_nodes.c - the nodes that this one knows: when they were here, what they hold. */
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/report.h"
#include "agent/status.h"
#include "storage/err.h"
#include "storage/node.h"

struct nodes {
	struct report *r;
	struct grid *g;
};

static void time_cell(struct grid *g, int64_t ms)
{
	char text[FMT];

	if (ms)
		grid_text(g, fmt_time(ms, text));
	else
		grid_none(g);
}

static void cells(struct nodes *w, const struct node *n, const struct node_seen *seen)
{
	struct unit u = {0};
	char text[ID_TEXT];

	if (unit_get(w->r->ctx->s, n->unit, &u) == 0)
		grid_unit(w->g, u.code);
	grid_text(w->g, u.code);
	grid_text(w->g, u.name);
	grid_text(w->g, node_text(n->number, text));
	grid_text(w->g, n->name);
	grid_text(w->g, status_role(n->role));
	time_cell(w->g, seen->contact.at_ms);
	time_cell(w->g, seen->last_ms);
	time_cell(w->g, seen->contact.same_ms);
	grid_int(w->g, (int64_t)seen->records);
	grid_text(w->g, seen->contact.program);
	grid_text(w->g, n->revoked ? _("revoked") : "");
}

static int one(void *arg, const struct node *n)
{
	struct nodes *w = arg;
	struct node_seen seen;
	int rc = 0;

	if (!unit_within(w->r->ctx->s, n->unit, w->r->unit.id))
		return 0;
	rc = node_seen(w->r->ctx->s, n->number, &seen);
	if (!rc)
		cells(w, n, &seen);
	return rc ? rc : grid_error(w->g);
}

/* Invited, not here yet. */
static int one_invite(void *arg, const struct invite *inv, int64_t made_ms)
{
	struct nodes *w = arg;
	struct unit u;
	char text[ID_TEXT];
	int i;

	(void)made_ms;
	if (inv->used || !unit_within(w->r->ctx->s, inv->node.unit, w->r->unit.id) ||
	    unit_get(w->r->ctx->s, inv->node.unit, &u))
		return 0;
	grid_unit(w->g, u.code);
	grid_text(w->g, u.code);
	grid_text(w->g, u.name);
	grid_text(w->g, node_text(inv->node.number, text));
	grid_text(w->g, inv->node.name);
	grid_text(w->g, status_role(inv->node.role));
	for (i = 0; i < 5; i++)
		grid_none(w->g);
	grid_text(w->g, _("invited"));
	return grid_error(w->g);
}

int report_nodes(struct report *r)
{
	struct nodes w = {.r = r};
	int rc = report_no_arguments(r);

	if (!rc)
		rc = report_open(r);
	if (!rc)
		rc = report_begin(r, _("Nodes"), &w.g);
	if (rc)
		return rc;
	report_unit_columns(w.g);
	grid_column(w.g, "node", _("node"), GRID_TEXT);
	grid_column(w.g, "node_name", _("name"), GRID_TEXT);
	grid_column(w.g, "role", _("role"), GRID_TEXT);
	grid_column(w.g, "contact", _("last contact"), GRID_TEXT);
	grid_column(w.g, "last", _("latest data"), GRID_TEXT);
	grid_column(w.g, "held_all", _("held all on"), GRID_TEXT);
	grid_column(w.g, "records", _("records"), GRID_INT);
	grid_column(w.g, "program", _("program"), GRID_TEXT);
	grid_column(w.g, "state", _("state"), GRID_TEXT);
	rc = node_each(r->ctx->s, one, &w);
	if (!rc)
		rc = invite_each(r->ctx->s, one_invite, &w);
	return grid_end(w.g, rc);
}
