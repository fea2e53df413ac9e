/* status.c - what this node is and what waits to be sent. */
#include "agent/status.h"

#include "agent/i18n.h"
#include "protocol/enrol.h"
#include "storage/feed.h"
#include "storage/meta.h"
#include "storage/pack.h"

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

int status_gather(struct ctx *ctx, struct status *st)
{
	struct store *s = ctx->s;
	int rc;

	*st = (struct status){.ctx = ctx};
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

void status_json(const struct status *st, struct json *j)
{
	json_kstr(j, "node", st->node);
	json_kstr(j, "name", st->ctx->s->self.name);
	json_kstr(j, "role", role_name(st->ctx->s->self.role));
	json_kstr(j, "unit", st->unit.code);
	json_kbool(j, "enrolled", enrol_done(st->ctx->s));
	json_kstr(j, "parents", st->parents);
	json_kstr(j, "listen", st->listen);
	json_kint(j, "pending", st->pending);
	json_kint(j, "packs", st->packs);
	json_kint(j, "at_parent", st->at_parent);
	json_kint(j, "at_root", st->at_root);
	json_kint(j, "stay", st->stay);
	json_kint(j, "records", st->records.made);
	json_kint(j, "records_at_parent", st->records.at_parent);
	json_kint(j, "records_at_root", st->records.at_root);
}

const char *status_role(enum role r)
{
	return r == ROLE_ROOT ? _("root") : r == ROLE_OFFICE ? _("office") : _("device");
}
