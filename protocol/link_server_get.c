/* link_server_get.c - what can be read, by GET, in blocks where it is long (RFC 7959). */
#include "protocol/link_server.h"
#include "storage/err.h"

#include <string.h>

#define CODE_CONTENT COAP_RESPONSE_CODE(205)
#define CODE_BAD COAP_RESPONSE_CODE(400)
#define CODE_UNAUTHORIZED COAP_RESPONSE_CODE(401)
#define CODE_UNACCEPTABLE COAP_RESPONSE_CODE(406)
#define CODE_FAILED COAP_RESPONSE_CODE(500)
#define CODE_BUSY COAP_RESPONSE_CODE(503)
#define CORE ".well-known/core"

/* Tells one state of a resource from another, so that blocks of two are not put together (FNV-1a). */
static uint32_t etag_of(const struct buf *b)
{
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < b->len; i++)
		h = (h ^ b->data[i]) * 16777619u;
	return h;
}

static int accept_of(const coap_pdu_t *request)
{
	coap_opt_iterator_t it;
	coap_opt_t *option = coap_check_option(request, COAP_OPTION_ACCEPT, &it);

	if (!option)
		return -1;
	return (int)coap_decode_var_bytes(coap_opt_value(option), coap_opt_length(option));
}

/* "path" or "path?query"; false when it is longer than any of ours. */
static bool key_of(const coap_pdu_t *request, const coap_string_t *query, char key[KEY_MAX],
                   size_t *path_len)
{
	coap_string_t *path = coap_get_uri_path(request);
	size_t n = path ? path->length : 0, q = query ? query->length : 0;
	bool ok = path && n + 1 + q < KEY_MAX && !memchr(path->s, 0, n) &&
	          (!q || !memchr(query->s, 0, q));

	memset(key, 0, KEY_MAX);
	if (ok) {
		memcpy(key, path->s, n);
		key[n] = '?';
		if (q)
			memcpy(key + n + 1, query->s, q);
	}
	*path_len = n;
	coap_delete_string(path);
	return ok;
}

/* The whole answer into c->out. 0, or the code to refuse it with and err_text(). */
static int read_resource(struct link_session *c, size_t path_len, int accept)
{
	const struct link_service *service = c->server->service;
	char path[KEY_MAX];
	int format = COAP_MEDIATYPE_APPLICATION_LINK_FORMAT, rc = 0;

	memcpy(path, c->path, KEY_MAX);
	path[path_len] = 0;
	if (!strcmp(path, CORE))
		buf_add(&c->out, c->server->core.data, c->server->core.len);
	else
		rc = service->get(service->arg, &c->peer, path, path + path_len + 1, accept,
		                  &format, &c->out);
	if (!rc)
		rc = c->out.err;
	link_count_held(c);
	if (rc)
		return link_code_of(rc);
	if (c->out.len > LINK_BODY_MAX)
		return err(CODE_FAILED, "the answer is longer than %d bytes", LINK_BODY_MAX);
	if (accept >= 0 && accept != format)
		return err(CODE_UNACCEPTABLE, "there is no such form of it");
	c->said = (struct said){.code = CODE_CONTENT, .get = true, .format = format};
	c->said.etag = etag_of(&c->out);
	return 0;
}

static int take(struct link_session *c, coap_session_t *session, const coap_pdu_t *request,
                const coap_string_t *query)
{
	coap_block_b_t b = {0};
	bool has = coap_get_block_b(session, request, COAP_OPTION_BLOCK2, &b);
	unsigned szx = has && b.szx < LINK_BLOCK_SZX ? b.szx : LINK_BLOCK_SZX;
	char key[KEY_MAX];
	size_t path_len;
	int code;

	if (!key_of(request, query, key, &path_len))
		return err(CODE_BAD, "the path is too long");
	if (!b.num || !c->said.get || strcmp(key, c->path) != 0) {
		link_session_drop(c);
		c->said = (struct said){0};
		memcpy(c->path, key, KEY_MAX);
		if (!link_make_room(c->server, LINK_BLOCK))
			return err(CODE_BUSY, "too many transfers at once: try again in a minute");
		code = read_resource(c, path_len, accept_of(request));
		if (code)
			return code;
	}
	if (b.num && (size_t)b.num << (szx + 4) >= c->out.len)
		return err(CODE_BAD, "the answer is not that long");
	link_say_piece(c, b.num, szx);
	return 0;
}

void link_on_get(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                 const coap_string_t *query, coap_pdu_t *response)
{
	struct link_server *v = coap_context_get_app_data(coap_session_get_context(session));
	bool plain = coap_session_get_proto(session) == COAP_PROTO_UDP;
	struct link_session *c = plain ? link_session_of(v, session)
	                               : coap_session_get_app_data(session);
	int code;

	(void)resource;
	if (plain && c)
		c->peer.reader = true;
	if (!c || c->peer.enrolling || (!c->peer.number && !c->peer.reader)) {
		coap_pdu_set_code(response, CODE_UNAUTHORIZED);
		return;
	}
	link_session_front(c);
	code = take(c, session, request, query);
	if (code)
		link_refuse(c, code, err_text());
	link_say(c, response);
}

/* ---- the list ---------------------------------------------------------------------------------- */

static int add(struct link_server *v, const char *path)
{
	coap_resource_t *r = coap_resource_init(coap_make_str_const(path), 0);

	if (!r)
		return ERR_NOMEM;
	coap_register_request_handler(r, COAP_REQUEST_GET, link_on_get);
	coap_add_resource(v->ctx, r);
	return 0;
}

int link_add_readable(struct link_server *v, const char *const *paths)
{
	const struct link_resource *r = v->service->get ? v->service->resources : NULL;
	int rc = add(v, CORE);

	for (; !rc && r && r->path; r++) {
		rc = add(v, r->path);
		buf_printf(&v->core, "%s</%s>%s%s", v->core.len ? "," : "", r->path,
		           *r->attributes ? ";" : "", r->attributes);
	}
	for (; *paths; paths++)
		buf_printf(&v->core, "%s</%s>", v->core.len ? "," : "", *paths);
	if (v->service->datagram)
		buf_printf(&v->core, ",</%s>", LINK_DATAGRAM_PATH);
	return rc ? rc : v->core.err;
}
