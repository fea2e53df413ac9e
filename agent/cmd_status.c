/* cmd_status.c - what this node is, and what waits to be sent. */
#include "agent/cmd.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "protocol/enrol.h"
#include "storage/feed.h"
#include "storage/held.h"
#include "storage/meta.h"
#include "storage/pack.h"

#include <string.h>

const char usage_status[] = "";
const char help_status[] = N_("Example:\n"
                              "  cayda status\n");

struct status {
	struct ctx *ctx;
	char node[ID_TEXT], parents[INVITE_ADDRS_MAX], listen[128];
	struct unit unit;
	int64_t parent_unit;               /* what the parent works for; 0: not known yet */
	int64_t pending;                   /* saved, not sealed */
	int64_t packs, at_parent, at_root; /* of this node's own */
	int64_t stay;                      /* personal: the parent may not have them */
	int64_t held;                      /* packs of others */
	struct held_counts records;        /* made here */
	struct json *json;                 /* when printing feeds */
};

static int count_feed(void *arg, const struct feed *f)
{
	struct status *st = arg;

	if (f->key.author != st->ctx->s->self.number) {
		st->held += f->head;
		return 0;
	}
	st->packs += f->head;
	if (st->parent_unit && !feed_entitled(st->ctx->s, &f->key, st->parent_unit)) {
		st->stay += f->head;
		return 0;
	}
	st->at_parent += f->parent_head < f->head ? f->parent_head : f->head;
	st->at_root += f->root_head < f->head ? f->root_head : f->head;
	return 0;
}

static int gather(struct status *st)
{
	struct store *s = st->ctx->s;
	int rc;

	node_text(s->self.number, st->node);
	meta_text(s, "parents", st->parents, sizeof st->parents);
	meta_text(s, "listen", st->listen, sizeof st->listen);
	meta_int(s, "parent_scope", &st->parent_unit);
	rc = unit_get(s, s->self.scope, &st->unit);
	if (!rc)
		rc = pack_pending(s, &st->pending);
	if (!rc)
		rc = held_count(s, &st->records);
	return rc ? rc : feed_each(s, count_feed, st);
}

static int json_feed(void *arg, const struct feed *f)
{
	static const char *const class_names[CLASS_COUNT] = {"ref", "open", "personal"};
	struct status *st = arg;
	char node[ID_TEXT];
	struct unit u;

	json_object(st->json);
	json_kstr(st->json, "author", node_text(f->key.author, node));
	json_kint(st->json, "epoch", f->key.epoch);
	json_kstr(st->json, "unit", unit_get(st->ctx->s, f->key.scope, &u) ? NULL : u.code);
	json_kstr(st->json, "class", class_names[f->key.class]);
	json_kint(st->json, "head", f->head);
	json_kint(st->json, "parent_head", f->parent_head);
	json_kint(st->json, "root_head", f->root_head);
	return json_end(st->json);
}

static int print_json(struct status *st)
{
	struct json j;
	int rc;

	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "node", st->node);
	json_kstr(&j, "name", st->ctx->s->self.name);
	json_kstr(&j, "role", role_name(st->ctx->s->self.role));
	json_kstr(&j, "unit", st->unit.code);
	json_kbool(&j, "enrolled", enrol_done(st->ctx->s));
	json_kstr(&j, "parents", st->parents);
	json_kstr(&j, "listen", st->listen);
	json_kint(&j, "pending", st->pending);
	json_kint(&j, "packs", st->packs);
	json_kint(&j, "at_parent", st->at_parent);
	json_kint(&j, "at_root", st->at_root);
	json_kint(&j, "stay", st->stay);
	json_kint(&j, "records", st->records.made);
	json_kint(&j, "records_at_parent", st->records.at_parent);
	json_kint(&j, "records_at_root", st->records.at_root);
	json_key(&j, "feeds");
	json_array(&j);
	st->json = &j;
	rc = feed_each(st->ctx->s, json_feed, st);
	json_end(&j);
	return rc ? rc : json_end(&j);
}

static void line(struct table *t, const char *label, const char *value)
{
	table_cell(t, label);
	table_cell(t, *value ? value : "-");
}

static const char *role_label(enum role r)
{
	return r == ROLE_ROOT ? _("root") : r == ROLE_OFFICE ? _("office") : _("device");
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
	table_cellf(&t, "%s, %s (%s)", st->node, self->name, role_label(self->role));
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
	struct status st = {.ctx = ctx};
	int rc;

	if (cmd_getopt(ctx, argc, argv, "", longs) != -1)
		return STATUS_USAGE;
	if (optind < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind]);
	rc = ctx_open(ctx, 0);
	if (!rc)
		rc = gather(&st);
	if (rc)
		return rc;
	return ctx->json ? print_json(&st) : print_text(&st);
}
