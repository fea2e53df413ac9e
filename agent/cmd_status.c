/* cmd_status.c - what this node is, and what waits to be sent. */
#include "agent/i18n.h"
#include "agent/shown.h"
#include "agent/status.h"
#include "protocol/enrol.h"
#include "storage/feed.h"

const char usage_status[] = "";
const char help_status[] = N_("Example:\n"
                              "  cayda status\n");

struct feeds {
	struct ctx *ctx;
	struct json *j;
};

static int json_feed(void *arg, const struct feed *f)
{
	struct feeds *w = arg;
	char node[ID_TEXT];
	struct unit u;

	json_object(w->j);
	json_kstr(w->j, "author", node_text(f->key.author, node));
	json_kint(w->j, "epoch", f->key.epoch);
	json_kstr(w->j, "unit", unit_get(w->ctx->s, f->key.scope, &u) ? NULL : u.code);
	json_kstr(w->j, "class", shown_class(f->key.class));
	json_kint(w->j, "head", f->head);
	json_kint(w->j, "parent_head", f->parent_head);
	json_kint(w->j, "root_head", f->root_head);
	return json_end(w->j);
}

static int print_json(struct status *st)
{
	struct json j;
	struct feeds w = {st->ctx, &j};
	int rc;

	json_begin(&j, stdout);
	json_object(&j);
	status_json(st, &j);
	json_key(&j, "feeds");
	json_array(&j);
	rc = feed_each(st->ctx->s, json_feed, &w);
	json_end(&j);
	return rc ? rc : json_end(&j);
}

static void line(struct table *t, const char *label, const char *value)
{
	table_cell(t, label);
	table_cell(t, *value ? value : "-");
}

static int print_text(struct status *st)
{
	struct self *self = &st->ctx->s->self;
	struct table t;
	char n[FMT];

	table_begin(&t, stdout);
	table_column(&t, NULL, false);
	table_column(&t, NULL, false);
	table_cell(&t, _("node"));
	table_cellf(&t, "%s, %s (%s)", st->node, self->name, status_role(self->role));
	table_cell(&t, _("place"));
	table_cellf(&t, "%s (%s)", st->unit.name, st->unit.code);
	if (self->role != ROLE_ROOT) {
		line(&t, _("syncs to"), st->parents);
		line(&t, _("known there"),
		     enrol_done(st->ctx->s) ? _("yes") : _("not yet: sync once"));
	}
	if (self->role != ROLE_DEVICE)
		line(&t, _("listens on"), st->listen);
	line(&t, _("saved since the last sync"), fmt_int(st->pending, n));
	line(&t, _("records made here"), fmt_int(st->records.made, n));
	if (self->role != ROLE_ROOT) {
		line(&t, _("of them only here"),
		     fmt_int(st->records.made - st->records.at_parent, n));
		line(&t, _("of them at the root"), fmt_int(st->records.at_root, n));
	}
	line(&t, _("packs made here"), fmt_int(st->packs, n));
	if (self->role != ROLE_ROOT) {
		line(&t, _("of them at the parent"), fmt_int(st->at_parent, n));
		line(&t, _("of them at the root"), fmt_int(st->at_root, n));
		if (st->stay)
			line(&t, _("of them personal, not for the parent"), fmt_int(st->stay, n));
	}
	line(&t, _("packs of others"), fmt_int(st->held, n));
	return table_end(&t);
}

int cmd_status(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{NULL, 0, NULL, 0}};
	struct status st;
	int rc;

	if (cmd_getopt(ctx, argc, argv, "", longs) != -1)
		return STATUS_USAGE;
	if (optind < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind]);
	rc = ctx_open(ctx, 0);
	if (!rc)
		rc = status_gather(ctx, &st);
	if (rc)
		return rc;
	return ctx->json ? print_json(&st) : print_text(&st);
}
