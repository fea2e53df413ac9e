/* exchange_serve.c - the side that answers: whole requests in, answers out until they are taken. */
#include "protocol/exchange_due.h"
#include "storage/err.h"

#include <stdlib.h>
#include <string.h>

#define ANSWERS (16u << 20)             /* bytes of long answers under way */
#define IDLE (INT64_C(120) * 1000000)   /* us */
#define SHORT 256                       /* short answers that are remembered */
#define SHORT_MAX (FRAME_ROOM_MIN - 24) /* bytes of one: passes wherever anything does */
#define REASON_MAX 200                  /* bytes of an error's text */

/* An answer of one frame: said each time that its request is heard, so that it can be lost. */
struct brief {
	uint32_t peer;
	uint8_t request[FRAME_ID];
	struct frame_out out;
	uint64_t way; /* to say it now; 0: it was said */
	bool used;
};

/* A long answer on its way. */
struct sending {
	struct sending *next;
	uint32_t peer;
	uint64_t way; /* 0: the session is gone */
	uint8_t request[FRAME_ID];
	struct buf content; /* owned */
	struct frame_send send;
	int64_t since; /* it was asked for, or something of it was taken */
	uint32_t acked;
};

struct exchange_server {
	struct store *s;
	struct exchange_service service;
	struct exchange_limits limits;
	struct frame_table table;
	struct exchange_due due;
	struct brief *brief; /* SHORT of them, owned */
	unsigned next_brief;
	struct sending *sending; /* owned */
	size_t bytes;            /* of their contents */
};

int exchange_serve(struct store *s, const struct exchange_service *service,
                   const struct exchange_limits *limits, struct exchange_server **out)
{
	struct exchange_server *v = calloc(1, sizeof *v);
	uint16_t run;
	int rc;

	*out = NULL;
	if (v)
		v->brief = calloc(SHORT, sizeof *v->brief);
	if (!v || !v->brief) {
		free(v);
		return err(ERR_NOMEM, "out of memory");
	}
	v->s = s;
	v->service = *service;
	if (limits)
		v->limits = *limits;
	v->limits.answers = v->limits.answers ? v->limits.answers : ANSWERS;
	v->limits.idle = v->limits.idle ? v->limits.idle : IDLE;
	if (!v->limits.frames.len)
		v->limits.frames.len = EXCHANGE_MAX + EXCHANGE_NONCE;
	rc = s->env->random(s->env->arg, &run, sizeof run);
	frame_table_init(&v->table, &v->limits.frames, run);
	if (rc)
		exchange_server_free(v);
	else
		*out = v;
	return rc;
}

static void drop(struct exchange_server *v, struct sending **at)
{
	struct sending *g = *at;

	*at = g->next;
	v->bytes -= g->content.len;
	buf_release(&g->content);
	free(g);
}

void exchange_server_free(struct exchange_server *v)
{
	if (!v)
		return;
	while (v->sending)
		drop(v, &v->sending);
	due_release(&v->due);
	frame_table_release(&v->table);
	free(v->brief);
	free(v);
}

/* ---- answers ---------------------------------------------------------------------------------- */

static struct brief *brief_of(struct exchange_server *v, uint32_t peer, const uint8_t *request)
{
	struct brief *b;

	for (b = v->brief; b < v->brief + SHORT; b++)
		if (b->used && b->peer == peer && !memcmp(b->request, request, FRAME_ID))
			return b;
	return NULL;
}

static struct sending **sending_of(struct exchange_server *v, uint32_t peer)
{
	struct sending **at = &v->sending;

	while (*at && (*at)->peer != peer)
		at = &(*at)->next;
	return at;
}

static void say_brief(struct exchange_server *v, uint64_t way, uint32_t peer,
                      const uint8_t *request, const uint8_t *id, const struct buf *content)
{
	struct brief *b = &v->brief[v->next_brief++ % SHORT];

	*b = (struct brief){.peer = peer, .way = way, .used = true};
	memcpy(b->request, request, FRAME_ID);
	b->out.len = frame_send_one(id, content->data, content->len, b->out.bytes);
}

/* Takes content. */
static int send_long(struct exchange_server *v, uint64_t way, uint32_t peer, const uint8_t *request,
                     const uint8_t *id, struct buf *content, int64_t now)
{
	struct sending *g = calloc(1, sizeof *g);

	if (!g)
		return err(ERR_NOMEM, "out of memory");
	*g = (struct sending){.peer = peer, .way = way, .since = now, .content = *content};
	*content = (struct buf){0};
	memcpy(g->request, request, FRAME_ID);
	/* its first frames may have come in an earlier life of ours: the state that they ask for tells */
	frame_send_init(&g->send, NULL, NULL, id, g->content.data, g->content.len, false, now);
	v->bytes += g->content.len;
	g->next = v->sending;
	v->sending = g;
	return 0;
}

static unsigned code_of(int rc)
{
	switch (rc) {
	case 0:
		return ANSWER_OK;
	case ERR_DENIED:
		return ANSWER_DENIED;
	case ERR_NOTFOUND:
		return ANSWER_NONE;
	case ERR_BAD:
	case ERR_NEWER:
		return ANSWER_BAD;
	case ERR_TOOBIG:
		return ANSWER_TOOBIG;
	case ERR_BUSY:
		return ANSWER_BUSY;
	default:
		return ANSWER_FAILED;
	}
}

/* One answer at a time for a peer: a newer request is the one that it waits for. */
static int answer(struct exchange_server *v, uint64_t way, uint32_t peer, int64_t scope,
                  const struct frame_got *got, int64_t now)
{
	struct sending **old = sending_of(v, peer);
	struct buf content = {0}, body = {0};
	uint8_t id[FRAME_ID];
	int rc;

	if (*old)
		drop(v, old);
	rc = v->service.request(v->service.arg, peer, scope, got->data + EXCHANGE_NONCE,
	                        got->data_len - EXCHANGE_NONCE, &body);
	if (!rc && v->bytes + body.len > v->limits.answers)
		rc = err(ERR_BUSY, "too many answers are under way: try again");
	if (!rc && body.len > EXCHANGE_MAX)
		rc = err(ERR_TOOBIG, "the answer is too long");
	buf_u8(&content, code_of(rc));
	if (rc)
		buf_add(&content, err_text(), strnlen(err_text(), REASON_MAX));
	else
		buf_add(&content, body.data, body.len);
	buf_release(&body);
	rc = content.err;
	if (!rc) {
		exchange_id(v->s, got->name.id, FRAME_ID, content.data, content.len, id);
		if (content.len <= SHORT_MAX)
			say_brief(v, way, peer, got->name.id, id, &content);
		else
			rc = send_long(v, way, peer, got->name.id, id, &content, now);
	}
	buf_release(&content);
	return rc;
}

/* ---- what comes ------------------------------------------------------------------------------- */

static void take_whole(struct exchange_server *v, uint64_t way, uint32_t peer, int64_t scope,
                       const struct frame_got *got, int64_t now)
{
	uint8_t id[FRAME_ID];
	bool right;
	int rc = 0;

	exchange_id(v->s, got->data, got->data_len, NULL, 0, id);
	right = got->data_len >= EXCHANGE_NONCE && !memcmp(id, got->name.id, FRAME_ID);
	due_forget(&v->due, peer, got->name.id);
	if (right)
		rc = answer(v, way, peer, scope, got, now);
	kept_drop(v->s, peer, got->name.id);
	/* without memory for the answer, as if it had not come: it will be asked again */
	frame_table_close(&v->table, peer, got->name.id, right && !rc);
}

/* A request that was answered is heard again: its answer was lost, or is forgotten here. */
static void answer_again(struct exchange_server *v, uint64_t way, uint32_t peer,
                         const struct frame_got *got)
{
	struct brief *b = brief_of(v, peer, got->name.id);
	struct sending *g = *sending_of(v, peer);

	if (!got->ask)
		return; /* late, and nobody waits for what it brings */
	if (b) {
		b->way = way;
		due_forget(&v->due, peer, got->name.id); /* the answer says it */
	} else if (g && !memcmp(g->request, got->name.id, FRAME_ID)) {
		return; /* its asker hears that all is here, and then the answer */
	} else {
		due_forget(&v->due, peer, got->name.id);
		frame_table_forget(&v->table, peer); /* to be asked and answered anew */
	}
}

static void take_state(struct exchange_server *v, uint32_t peer, const uint8_t *data, size_t len,
                       int64_t now)
{
	struct sending **at = sending_of(v, peer), *g = *at;

	if (!g || frame_send_state(&g->send, data, len, now))
		return;
	if (frame_send_acked(&g->send) != g->acked)
		g->since = now;
	g->acked = frame_send_acked(&g->send);
	if (frame_send_done(&g->send) || frame_send_refused(&g->send))
		drop(v, at);
}

void exchange_server_take(struct exchange_server *v, uint64_t way, uint32_t peer, int64_t scope,
                          const uint8_t *data, size_t len, int64_t now)
{
	struct frame_got got;
	struct sending *g;
	uint8_t tag[2];

	g = *sending_of(v, peer);
	if (g && g->way != way) { /* it has another session, perhaps another line */
		g->way = way;
		frame_send_moved(&g->send, NULL, now);
	}
	if (!frame_is_state(data, len, tag)) {
		take_state(v, peer, data, len, now);
		return;
	}
	if (due_take(&v->due, v->s, &v->table, way, peer, data, len, now, &got))
		return;
	if (got.complete)
		take_whole(v, way, peer, scope, &got, now);
	else if (got.what == FRAME_COMPLETE)
		answer_again(v, way, peer, &got);
}

void exchange_server_gone(struct exchange_server *v, uint64_t way)
{
	struct sending *g;
	unsigned i;

	for (g = v->sending; g; g = g->next)
		if (g->way == way)
			g->way = 0;
	for (i = 0; i < SHORT; i++)
		if (v->brief[i].way == way)
			v->brief[i].way = 0;
	for (i = 0; i < v->due.nstate; i++)
		if (v->due.way[i] == way)
			v->due.way[i] = 0;
	if (v->due.last_way == way)
		v->due.again = 0;
}

/* ---- what goes -------------------------------------------------------------------------------- */

static bool next_brief(struct exchange_server *v, uint64_t *way, struct frame_out *out)
{
	struct brief *b;

	for (b = v->brief; b < v->brief + SHORT; b++) {
		if (!b->way)
			continue;
		*way = b->way;
		*out = b->out;
		b->way = 0;
		return true;
	}
	return false;
}

static int64_t next_long(struct exchange_server *v, int64_t now, uint64_t *way,
                         struct frame_out *out)
{
	struct sending **at = &v->sending, *g;
	int64_t wake = INT64_MAX, due;

	while ((g = *at)) {
		due = g->since + v->limits.idle;
		if (now >= due) {
			drop(v, at);
			continue;
		}
		at = &g->next;
		wake = due < wake ? due : wake;
		if (!g->way)
			continue;
		due = frame_send_next(&g->send, now, out);
		if (out->len) {
			*way = g->way;
			return now;
		}
		wake = due < wake ? due : wake;
	}
	return wake;
}

int64_t exchange_server_next(struct exchange_server *v, int64_t now, uint64_t *way,
                             struct frame_out *out)
{
	*way = 0;
	do /* states that are owed to a session that has ended */
		if (due_next(&v->due, v->s, &v->table, now, way, out))
			v->due.nstate = 0; /* not durable: as if the frames had not come */
	while (out->len && !*way);
	if (out->len || next_brief(v, way, out))
		return now;
	return next_long(v, now, way, out);
}
