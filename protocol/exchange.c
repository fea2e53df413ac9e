/* exchange.c - the side that asks: one request at a time, until its answer is here. */
#include "protocol/exchange_due.h"
#include "storage/err.h"
#include "storage/meta.h"

#include <stdlib.h>
#include <string.h>

#define KEEP_ABOVE 4096               /* bytes of a request that is worth a write */
#define ANSWERS_OPEN 2                /* the one that is wanted, and an old one */
#define QUIET (INT64_C(10) * 1000000) /* us without an answer to a whole request: asked again */

int exchange_init(struct exchange *x, struct store *s, uint32_t peer, const struct frame_line *line,
                  const struct frame_conf *conf)
{
	static const struct frame_limits limits = {.open = ANSWERS_OPEN,
	                                           .open_a_peer = ANSWERS_OPEN,
	                                           .len = EXCHANGE_MAX + 1,
	                                           .idle = 1};
	uint16_t run;
	int rc;

	memset(x, 0, sizeof *x);
	x->s = s;
	x->peer = peer;
	if (line)
		x->line = *line;
	if (conf)
		x->conf = *conf;
	x->due = calloc(1, sizeof *x->due);
	rc = x->due ? s->env->random(s->env->arg, &run, sizeof run)
	            : err(ERR_NOMEM, "out of memory");
	if (!rc)
		frame_table_init(&x->table, &limits, run);
	return rc;
}

void exchange_release(struct exchange *x)
{
	if (x->due)
		due_release(x->due);
	free(x->due);
	x->due = NULL;
	frame_table_release(&x->table);
	buf_release(&x->content);
	buf_release(&x->answer);
}

/* ---- asking ------------------------------------------------------------------------------------- */

static int start(struct exchange *x, bool resumed, int64_t now)
{
	exchange_id(x->s, x->content.data, x->content.len, NULL, 0, x->id);
	x->asking = true;
	x->heard = now;
	x->answered = false;
	x->failed = 0;
	buf_reset(&x->answer);
	return frame_send_init(&x->send, &x->conf, &x->line, x->id, x->content.data, x->content.len,
	                       resumed, now);
}

/* It is over, or given up for another. */
static int stop(struct exchange *x)
{
	if (x->asking)
		frame_send_line(&x->send, &x->line);
	x->asking = false;
	if (!x->kept)
		return 0;
	x->kept = false;
	return meta_set_bytes(x->s, "asking", NULL, 0);
}

int exchange_ask(struct exchange *x, const void *request, size_t len, int64_t now)
{
	uint8_t nonce[EXCHANGE_NONCE];
	int rc = stop(x);

	if (len > EXCHANGE_MAX)
		return err(ERR_TOOBIG, "%zu bytes are too many for one request: %d at most", len,
		           EXCHANGE_MAX);
	if (!rc)
		rc = x->s->env->random(x->s->env->arg, nonce, sizeof nonce);
	buf_reset(&x->content);
	buf_add(&x->content, nonce, sizeof nonce);
	buf_add(&x->content, request, len);
	if (!rc)
		rc = x->content.err;
	if (!rc && len > KEEP_ABOVE) {
		rc = meta_set_bytes(x->s, "asking", x->content.data, x->content.len);
		x->kept = !rc;
	}
	return rc ? rc : start(x, false, now);
}

int exchange_resume(struct exchange *x, const uint8_t **request, size_t *len, int64_t now)
{
	int rc = meta_bytes(x->s, "asking", &x->content);

	if (!rc && x->content.len <= EXCHANGE_NONCE)
		rc = ERR_NOTFOUND;
	if (rc)
		return rc;
	x->kept = true;
	*request = x->content.data + EXCHANGE_NONCE;
	*len = x->content.len - EXCHANGE_NONCE;
	return start(x, true, now);
}

void exchange_moved(struct exchange *x, const struct frame_line *line, int64_t now)
{
	x->line = line ? *line : (struct frame_line){0};
	if (x->asking)
		frame_send_moved(&x->send, line, now);
}

/* ---- what comes ------------------------------------------------------------------------------------ */

/* A whole transfer: the answer, unless it is one to an earlier request. */
static void take_whole(struct exchange *x, struct frame_got *got)
{
	uint8_t id[FRAME_ID];
	bool many = got->ask || got->data_len > got->name.size;

	exchange_id(x->s, x->id, FRAME_ID, got->data, got->data_len, id);
	if (x->asking && !memcmp(id, got->name.id, FRAME_ID)) {
		buf_add(&x->answer, got->data, got->data_len);
		x->failed = x->answer.err;
		x->answered = true;
		if (!x->failed)
			x->failed = stop(x);
	}
	due_forget(x->due, x->peer, got->name.id);
	frame_table_close(&x->table, x->peer, got->name.id, true);
	if (!x->failed)
		x->failed = kept_drop(x->s, x->peer, got->name.id);
	got->what = FRAME_COMPLETE;
	if (many)
		due_owe(x->due, 1, got);
}

void exchange_take(struct exchange *x, const uint8_t *data, size_t len, int64_t now)
{
	struct frame_got got;
	uint8_t tag[2];
	int rc;

	x->heard = now;
	if (!frame_is_state(data, len, tag)) {
		if (x->asking)
			frame_send_state(&x->send, data, len, now);
		return;
	}
	rc = due_take(x->due, x->s, &x->table, 1, x->peer, data, len, now, &got);
	if (rc == ERR_IO || rc == ERR_NOMEM || rc == ERR_CORRUPT)
		x->failed = rc;
	else if (!rc && got.complete)
		take_whole(x, &got);
}

/* ---- what goes ------------------------------------------------------------------------------------- */

int64_t exchange_next(struct exchange *x, int64_t now, struct frame_out *out)
{
	uint64_t way;
	int rc;

	out->len = 0;
	rc = due_next(x->due, x->s, &x->table, now, &way, out);
	if (rc)
		x->failed = rc;
	if (out->len)
		return now;
	if (!x->asking || x->failed)
		return INT64_MAX;
	if (frame_send_done(&x->send) && now < x->heard + QUIET)
		return x->heard + QUIET;
	if (frame_send_done(&x->send)) /* who has it may have forgotten us */
		x->failed = start(x, true, now);
	return frame_send_next(&x->send, now, out);
}

static int refusal(const uint8_t *answer, size_t len)
{
	int rc = ERR_NET, n = len > 1 ? (int)len - 1 : 0;

	if (len && answer[0] == ANSWER_DENIED)
		rc = ERR_DENIED;
	else if (len && answer[0] >> 5 == 4)
		rc = ERR_BAD;
	return err(rc, "the parent says: %.*s", n < ERR_TEXT_MAX / 2 ? n : ERR_TEXT_MAX / 2,
	           n ? (const char *)answer + 1 : "nothing");
}

int exchange_result(struct exchange *x, const uint8_t **answer, size_t *len)
{
	*answer = NULL;
	*len = 0;
	if (x->failed)
		return x->failed;
	if (x->asking && frame_send_refused(&x->send))
		return err(ERR_TOOBIG, "the parent does not take so much at once");
	if (!x->answered)
		return 0;
	if (!x->answer.len || x->answer.data[0] != ANSWER_OK)
		return refusal(x->answer.data, x->answer.len);
	*answer = x->answer.data + 1;
	*len = x->answer.len - 1;
	return 1;
}

size_t exchange_done(const struct exchange *x)
{
	return x->asking ? frame_send_acked(&x->send) : x->content.len;
}
