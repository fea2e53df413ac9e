/* api_sync.c - the node's state, how its sync goes, and events that tell of both. */
#include "agent/api_account.h"

#include "agent/status.h"
#include "storage/clock.h"

#include <inttypes.h>
#include <string.h>

#define TELL_MS 1000 /* between news: what comes in one sync is one piece of it */

static void tell(struct api *a, enum api_news what)
{
	a->news[what]++;
	a->due = true;
}

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
	tell(a, NEWS_SYNC);
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
	tell(a, NEWS_SYNC);
}

void api_records(struct api *a)
{
	if (a)
		tell(a, NEWS_RECORDS);
}

/* ---- events -------------------------------------------------------------------------------------------- */

int api_events_timeout_ms(const struct api *a)
{
	int64_t left = a->told + TELL_MS - http_now_ms();

	return !a->due || !http_streams(a->http) ? -1 : left < 0 ? 0 : (int)left;
}

void api_events_process(struct api *a)
{
	if (api_events_timeout_ms(a) != 0)
		return;
	a->due = false;
	a->told = http_now_ms();
	http_news(a->http);
}

static size_t fits(int n, size_t cap)
{
	return n > 0 && (size_t)n < cap ? (size_t)n : 0;
}

/* One event at a time; *seen has the numbers of the last ones. */
size_t api_stream(void *arg, uint64_t who, uint64_t *seen, char *out, size_t cap)
{
	struct api *a = arg;
	const struct api_sync *y = &a->sync;
	uint32_t sync = (uint32_t)(*seen >> 32), records = (uint32_t)*seen;

	if (!api_account_lasts(a, who))
		return HTTP_STREAM_END;
	if (sync != a->news[NEWS_SYNC]) {
		*seen = (uint64_t)a->news[NEWS_SYNC] << 32 | records;
		return fits(snprintf(out, cap,
		                     "event: sync\ndata: {\"under_way\":%s,\"done\":%" PRIu64
		                     ",\"total\":%" PRIu64 "}\n\n",
		                     y->busy || y->wanted ? "true" : "false", y->done, y->total),
		            cap);
	}
	if (records != a->news[NEWS_RECORDS]) {
		*seen = (uint64_t)sync << 32 | a->news[NEWS_RECORDS];
		return fits(snprintf(out, cap, "event: records\ndata: {}\n\n"), cap);
	}
	return 0;
}

int api_events(struct call *c)
{
	char token[DOOR_TEXT];

	if (c->who && door_token(&c->a->door, c->q, token))
		c->r->who = login_number(c->a->login, token);
	c->r->stream = true;
	c->r->type = "text/event-stream";
	return 0;
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

int api_sync_state(struct call *c)
{
	api_sync_json(c);
	return 0;
}

int api_sync_ask(struct call *c)
{
	if (c->ctx->s->self.role == ROLE_ROOT)
		return err(ERR_DENIED, "this node is the root: it syncs to nobody");
	c->a->sync.asked = c->a->sync.wanted = true;
	tell(c->a, NEWS_SYNC);
	c->r->status = 202;
	api_sync_json(c);
	return 0;
}

int api_status(struct call *c)
{
	struct status st;
	int rc = status_gather(c->ctx, &st);

	if (c->ctx->s->self.role == ROLE_DEVICE && http_arg(c->q, "lang"))
		c->a->lang = c->ctx->lang; /* what goes wrong from now on is read on this page */
	if (rc)
		return rc;
	json_object(&c->j);
	json_kstr(&c->j, "program", CAYDA_VERSION);
	json_kint(&c->j, "now_ms", clock_now_ms(c->ctx->s));
	json_kstr(&c->j, "language", c->ctx->lang);
	json_kstr(&c->j, "unit_name", st.unit.name);
	status_json(&st, &c->j);
	api_account_json(c);
	json_key(&c->j, "sync");
	api_sync_json(c);
	return json_end(&c->j);
}
