/* link_server_body.c - requests of the listening end, and answers in blocks where they are long (RFC 7959). */
#include "protocol/link_server.h"
#include "storage/err.h"

#include <stdlib.h>
#include <string.h>

#define CODE_CHANGED COAP_RESPONSE_CODE(204)
#define CODE_BAD COAP_RESPONSE_CODE(400)
#define CODE_UNAUTHORIZED COAP_RESPONSE_CODE(401)
#define CODE_DENIED COAP_RESPONSE_CODE(403)
#define CODE_NOTFOUND COAP_RESPONSE_CODE(404)
#define CODE_INCOMPLETE COAP_RESPONSE_CODE(408)
#define CODE_TOOBIG COAP_RESPONSE_CODE(413)
#define CODE_FAILED COAP_RESPONSE_CODE(500)
#define CODE_BUSY COAP_RESPONSE_CODE(503)

/* ---- sessions by last use, and what they hold ------------------------------------------------ */

void link_session_unlink(struct link_session *c)
{
	struct link_server *v = c->server;

	if (c->prev)
		c->prev->next = c->next;
	else if (v->first == c)
		v->first = c->next;
	if (c->next)
		c->next->prev = c->prev;
	else if (v->last == c)
		v->last = c->prev;
	c->prev = c->next = NULL;
}

void link_session_front(struct link_session *c)
{
	struct link_server *v = c->server;

	c->used_ms = link_now_ms();
	if (v->first == c)
		return;
	link_session_unlink(c);
	c->next = v->first;
	if (v->first)
		v->first->prev = c;
	else
		v->last = c;
	v->first = c;
}

void link_count_held(struct link_session *c)
{
	c->server->held -= c->held;
	c->held = c->out.cap;
	c->server->held += c->held;
}

void link_session_drop(struct link_session *c)
{
	buf_release(&c->out);
	*c->path = 0;
	link_count_held(c);
}

/* Room for so many bytes more, at the cost of bodies that nobody has asked for in a while. */
bool link_make_room(struct link_server *v, size_t need)
{
	int64_t long_ago = link_now_ms() - HELD_IDLE_MS;
	struct link_session *c;

	for (c = v->last; c && v->held + need > HELD_MAX && c->used_ms < long_ago; c = c->prev)
		link_session_drop(c);
	return v->held + need <= HELD_MAX;
}

/* ---- answering ------------------------------------------------------------------------------- */

/* Puts what c->said says into the response. */
void link_say(struct link_session *c, coap_pdu_t *response)
{
	const struct said *s = &c->said;
	unsigned more = s->offset + s->len < c->out.len;
	uint8_t b[4];

	coap_pdu_set_code(response, (coap_pdu_code_t)s->code);
	if (s->get) {
		coap_add_option(response, COAP_OPTION_ETAG, sizeof s->etag,
		                (const uint8_t *)&s->etag);
		coap_add_option(response, COAP_OPTION_CONTENT_FORMAT,
		                coap_encode_var_safe(b, sizeof b, (unsigned)s->format), b);
	}
	if (s->block2)
		coap_add_option(response, COAP_OPTION_BLOCK2,
		                coap_encode_var_safe(b, sizeof b,
		                                     (unsigned)(s->offset >> (s->szx + 4)) << 4 |
		                                             more << 3 | s->szx),
		                b);
	if (s->len)
		coap_add_data(response, s->len, c->out.data + s->offset);
}

/* An answer without a body but a text for people. */
void link_refuse(struct link_session *c, int code, const char *text)
{
	link_session_drop(c);
	buf_str(&c->out, text);
	c->out.len = link_utf8_prefix(c->out.data, c->out.len, LINK_DIAGNOSTIC_MAX);
	link_count_held(c);
	c->said = (struct said){.code = (uint8_t)code, .len = c->out.len};
}

int link_code_of(int rc)
{
	switch (rc) {
	case ERR_DENIED:
		return CODE_DENIED;
	case ERR_NOTFOUND:
		return CODE_NOTFOUND;
	case ERR_BAD:
		return CODE_BAD;
	case ERR_TOOBIG:
		return CODE_TOOBIG;
	case ERR_BUSY:
		return CODE_BUSY;
	default:
		return CODE_FAILED;
	}
}

/* The piece of the answer that Block2 names, or the first. */
void link_say_piece(struct link_session *c, unsigned num, unsigned szx)
{
	size_t block = (size_t)16 << szx, left;

	c->said.szx = szx;
	c->said.offset = num * block;
	left = c->out.len - c->said.offset;
	c->said.len = left < block ? left : block;
	c->said.block2 = c->out.len > block;
}

/* Does what is asked. As take(): 0, or the code to refuse it with and err_text(). */
static int run(struct link_session *c, const uint8_t *body, size_t len, unsigned szx)
{
	static const uint8_t nothing[1];
	const struct link_service *service = c->server->service;
	int rc;

	buf_release(&c->out);
	link_count_held(c);
	c->met = true;
	rc = service->request(service->arg, &c->peer, c->path, len ? body : nothing, len, &c->out);
	if (!rc)
		rc = c->out.err;
	if (!rc && c->out.len > LINK_BODY_MAX)
		rc = err(ERR_IO, "the answer is longer than %d bytes", LINK_BODY_MAX);
	if (rc)
		return link_code_of(rc);
	link_count_held(c);
	c->said.code = CODE_CHANGED;
	link_say_piece(c, 0, szx);
	return 0;
}

/* ---- taking a request ------------------------------------------------------------------------ */

static bool path_of(const coap_pdu_t *request, char out[LINK_PATH_MAX])
{
	coap_string_t *path = coap_get_uri_path(request);
	bool ok = path && path->length < LINK_PATH_MAX;

	memset(out, 0, LINK_PATH_MAX);
	if (ok)
		memcpy(out, path->s, path->length);
	coap_delete_string(path);
	return ok;
}

/* Whether the request came before: then it is answered the same, or, when the client has
 * moved on since, not at all. Without this a lost answer would make a request run twice. */
static bool seen(struct link_session *c, uint16_t mid, coap_pdu_t *response)
{
	unsigned n = c->seen_count < SEEN_MAX ? c->seen_count : SEEN_MAX, i;

	for (i = 1; i <= n; i++) {
		if (c->seen[(c->seen_count - i) % SEEN_MAX] != mid)
			continue;
		if (i == 1)
			link_say(c, response);
		return true;
	}
	c->seen[c->seen_count++ % SEEN_MAX] = mid;
	return false;
}

static int take(struct link_session *c, coap_session_t *session, const coap_pdu_t *request)
{
	coap_block_b_t ours = {0}, theirs = {0};
	bool has_ours, has_theirs;
	char path[LINK_PATH_MAX];
	const uint8_t *data = NULL;
	size_t len = 0;
	unsigned szx;

	has_ours = coap_get_block_b(session, request, COAP_OPTION_BLOCK1, &ours);
	has_theirs = coap_get_block_b(session, request, COAP_OPTION_BLOCK2, &theirs);
	szx = has_theirs && theirs.szx < LINK_BLOCK_SZX ? theirs.szx : LINK_BLOCK_SZX;
	coap_get_data(request, &len, &data);
	if (!path_of(request, path))
		return err(CODE_NOTFOUND, "there is no such resource");
	if (has_theirs && theirs.num > 0) {
		if (strcmp(path, c->path) != 0 || !c->said.block2 ||
		    (size_t)theirs.num << (szx + 4) >= c->out.len)
			return err(CODE_INCOMPLETE, "the answer is no longer here: ask again");
		link_say_piece(c, theirs.num, szx);
		return 0;
	}
	if ((has_ours && (ours.num || ours.m)) || len > LINK_REQUEST_MAX)
		return err(CODE_TOOBIG, "the request is longer than %d bytes", LINK_REQUEST_MAX);
	link_session_drop(c);
	memcpy(c->path, path, LINK_PATH_MAX);
	if (!link_make_room(c->server, 2 * LINK_BLOCK))
		return err(CODE_BUSY, "too many transfers at once: try again in a minute");
	c->said = (struct said){0};
	return run(c, data, len, szx);
}

void link_on_post(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                  const coap_string_t *query, coap_pdu_t *response)
{
	struct link_session *c = coap_session_get_app_data(session);
	int code;

	(void)resource;
	(void)query;
	if (!c || (!c->peer.number && !c->peer.enrolling)) {
		coap_pdu_set_code(response, CODE_UNAUTHORIZED);
		return;
	}
	link_session_front(c);
	/* A stream repeats nothing, and has no message ids. */
	if (coap_session_get_proto(session) == COAP_PROTO_DTLS &&
	    seen(c, (uint16_t)coap_pdu_get_mid(request), response))
		return;
	code = take(c, session, request);
	if (code)
		link_refuse(c, code, err_text());
	link_say(c, response);
}
