/* api_sync.c - the node's state, and how its sync goes. */
#include "agent/api_in.h"

#include "agent/status.h"
#include "storage/clock.h"

#include <string.h>

/* ---- what the agent tells ------------------------------------------------------------------------------ */

bool api_asks_sync(struct api *a)
{
	bool asked = a && a->sync.asked;

	if (asked)
		a->sync.asked = false;
	return asked;
}

void api_sync_progress(struct api *a, uint64_t done, uint64_t total)
{
	if (!a)
		return;
	a->sync.busy = true;
	a->sync.done = done;
	a->sync.total = total;
}

void api_sync_ended(struct api *a, int rc, const struct session_result *r)
{
	struct api_sync *y = &a->sync;

	if (!a)
		return;
	*y = (struct api_sync){.rc = rc < 0 ? rc : 0, .last = *r};
	y->ended_ms = clock_now_ms(a->ctx->s);
	if (rc < 0)
		snprintf(y->error, sizeof y->error, "%s", err_text());
}

/* ---- what pages ask ------------------------------------------------------------------------------------- */

static void last_json(struct json *j, const struct api_sync *y)
{
	json_key(j, "last");
	if (!y->ended_ms) {
		json_null(j);
		return;
	}
	json_object(j);
	json_kint(j, "ended_ms", y->ended_ms);
	json_kstr(j, "error", y->rc ? y->error : NULL);
	json_kstr(j, "address", *y->last.addr ? y->last.addr : NULL);
	json_kbool(j, "up_to_date", y->last.up_to_date);
	json_kint(j, "packs_sent", (int64_t)y->last.packs_sent);
	json_kint(j, "packs_received", (int64_t)y->last.packs_received);
	json_kint(j, "packs_refused", (int64_t)y->last.refused);
	json_kint(j, "bytes_sent", (int64_t)y->last.bytes_sent);
	json_kint(j, "bytes_received", (int64_t)y->last.bytes_received);
	json_knum(j, "seconds", y->last.seconds);
	json_end(j);
}

void api_sync_json(struct call *c)
{
	const struct api_sync *y = &c->a->sync;

	json_object(&c->j);
	json_kbool(&c->j, "possible", c->ctx->s->self.role != ROLE_ROOT);
	json_kbool(&c->j, "under_way", y->busy || y->wanted);
	json_kint(&c->j, "done", (int64_t)y->done);
	json_kint(&c->j, "total", (int64_t)y->total);
	last_json(&c->j, y);
	json_end(&c->j);
}

int api_status(struct call *c)
{
	struct status st;
	int rc = status_gather(c->ctx, &st);

	if (rc)
		return rc;
	json_object(&c->j);
	json_kstr(&c->j, "program", CAYDA_VERSION);
	json_kint(&c->j, "now_ms", clock_now_ms(c->ctx->s));
	json_kstr(&c->j, "language", c->ctx->lang);
	json_kstr(&c->j, "unit_name", st.unit.name);
	status_json(&st, &c->j);
	json_key(&c->j, "sync");
	api_sync_json(c);
	return json_end(&c->j);
}
