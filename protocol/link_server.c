/* link_server.c - the listening end: who may connect, and what is handed to the service. */
#include "protocol/link_server.h"
#include "storage/err.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- who connects ---------------------------------------------------------------------------- */

/* The state of a session; made when its handshake says who it is. */
static struct link_session *session_of(struct link_server *v, coap_session_t *session)
{
	struct link_session *c = coap_session_get_app_data(session);

	if (c)
		return c;
	c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	c->server = v;
	c->coap = session;
	c->key = ++v->keys_given;
	link_session_front(c);
	coap_session_set_app_data(session, c);
	return c;
}

static void say_gone(struct link_session *c)
{
	const struct link_service *service = c->server->service;

	if (c->met && service->gone)
		service->gone(service->arg, c);
	c->met = false;
}

/* A handshake on a session that was another's must not come upon what that one left. */
static void start_over(struct link_session *c)
{
	say_gone(c);
	c->key = ++c->server->keys_given;
	link_session_drop(c);
	c->said = (struct said){0};
	c->seen_count = 0;
	c->peer = (struct link_peer){0};
}

static void session_free(struct link_session *c)
{
	say_gone(c);
	link_session_drop(c);
	link_session_unlink(c);
	free(c);
}

/* The last of these two that a handshake passed says who the session is. */
static int on_certificate(const char *cn, const uint8_t *der, size_t len, coap_session_t *session,
                          unsigned depth, int validated, void *arg)
{
	struct link_session *c = session_of(arg, session);

	(void)cn;
	if (!c)
		return 0;
	start_over(c);
	return !link_pki_peer(der, len, depth, validated, &c->peer);
}

/* The number that node_text() wrote, or 0. */
static uint32_t node_of(const coap_bin_const_t *identity, char id[ID_TEXT])
{
	unsigned long office, device;
	char again[ID_TEXT], *p;

	memset(id, 0, ID_TEXT);
	if (identity->length >= ID_TEXT)
		return 0;
	memcpy(id, identity->s, identity->length);
	office = strtoul(id, &p, 10);
	device = *p == '.' ? strtoul(p + 1, NULL, 10) : 0;
	if (office >= 1 << 14 || device >= 1 << 14)
		return 0;
	node_text((uint32_t)(office << 14 | device), again);
	if (strlen(again) != identity->length || strcmp(id, again) != 0)
		return 0;
	return (uint32_t)(office << 14 | device);
}

static const coap_bin_const_t *on_psk(coap_bin_const_t *identity, coap_session_t *session,
                                      void *arg)
{
	struct link_server *v = arg;
	const struct link_service *service = v->service;
	struct link_session *c = session_of(v, session);
	char id[ID_TEXT];
	uint32_t number = node_of(identity, id);
	int len;

	if (c)
		start_over(c);
	if (!c || !number || !service->secret)
		return NULL;
	len = service->secret(service->arg, id, v->psk);
	if (len <= 0 || (size_t)len > sizeof v->psk)
		return NULL;
	c->peer = (struct link_peer){true, number, ROLE_NONE, 0};
	v->psk_out.s = v->psk;
	v->psk_out.length = (size_t)len;
	return &v->psk_out;
}

static int on_event(coap_session_t *session, const coap_event_t event)
{
	struct link_session *c = coap_session_get_app_data(session);

	if (event == COAP_EVENT_SERVER_SESSION_DEL && c) {
		coap_session_set_app_data(session, NULL);
		session_free(c);
	}
	return 0;
}

/* ---- datagrams ------------------------------------------------------------------------------- */

static void on_datagram(coap_resource_t *resource, coap_session_t *session,
                        const coap_pdu_t *request, const coap_string_t *query, coap_pdu_t *response)
{
	struct link_session *c = coap_session_get_app_data(session);
	const struct link_service *service;
	const uint8_t *data = NULL;
	size_t len = 0;

	(void)resource;
	(void)query;
	if (!c || !c->peer.number) {
		coap_pdu_set_code(response, COAP_RESPONSE_CODE(401));
		return;
	}
	coap_pdu_set_code(response, COAP_RESPONSE_CODE(204));
	link_session_front(c);
	c->met = true;
	coap_get_data(request, &len, &data);
	service = c->server->service;
	service->datagram(service->arg, c, &c->peer, data, len);
}

uint64_t link_session_key(const struct link_session *s)
{
	return s->key;
}

int link_server_send(struct link_session *s, const void *data, size_t len)
{
	return link_datagram_send(s->coap, data, len);
}

/* ---- starting and stopping ------------------------------------------------------------------- */

static int set_security(struct link_server *v, const struct link_identity *me)
{
	coap_dtls_spsk_t psk = {.version = COAP_DTLS_SPSK_SETUP_VERSION};
	coap_dtls_pki_t pki;

	psk.validate_id_call_back = on_psk;
	psk.id_call_back_arg = v;
	link_pki(me, &v->keys, on_certificate, v, &pki);
	if (!coap_context_set_psk2(v->ctx, &psk) || !coap_context_set_pki(v->ctx, &pki))
		return err(ERR_CORRUPT, "this node's certificate is not usable; restore its home");
	return 0;
}

static int add_resources(struct link_server *v, const char *const *paths)
{
	coap_resource_t *r;

	for (; *paths; paths++) {
		r = coap_resource_init(coap_make_str_const(*paths), 0);
		if (!r)
			return err(ERR_NOMEM, "out of memory");
		coap_register_request_handler(r, COAP_REQUEST_POST, link_on_post);
		coap_add_resource(v->ctx, r);
	}
	return v->service->datagram ? link_datagram_resource(v->ctx, on_datagram) : 0;
}

/* libcoap binds with SO_REUSEADDR, with which Linux lets two servers share a UDP port and each
 * get some of the datagrams. Without it the second one is told. */
static bool port_taken(const struct addrinfo *at)
{
	int fd = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool taken = fd >= 0 && bind(fd, at->ai_addr, at->ai_addrlen) < 0 && errno == EADDRINUSE;

	if (fd >= 0)
		close(fd);
	return taken;
}

static int bind_to(struct link_server *v, const char *addr)
{
	struct addrinfo *list = NULL;
	coap_address_t at;
	int rc = link_resolve(addr, true, &list);

	if (rc)
		return rc;
	if (port_taken(list)) {
		freeaddrinfo(list);
		return err(ERR_NET, "cannot listen on %s: %s", addr, strerror(EADDRINUSE));
	}
	coap_address_init(&at);
	memcpy(&at.addr, list->ai_addr, list->ai_addrlen);
	at.size = list->ai_addrlen;
	freeaddrinfo(list);
	errno = 0;
	v->endpoint = coap_new_endpoint(v->ctx, &at, COAP_PROTO_DTLS);
	if (v->endpoint)
		return 0;
	return err(ERR_NET, "cannot listen on %s: %s", addr,
	           errno ? strerror(errno) : "the system refuses");
}

int link_listen(const char *addr, const struct link_identity *me, const char *const *paths,
                const struct link_service *service, struct link_server **out)
{
	struct link_server *v = calloc(1, sizeof *v);
	int rc;

	*out = NULL;
	if (!v)
		return err(ERR_NOMEM, "out of memory");
	v->service = service;
	rc = link_context_new(&v->ctx);
	if (!rc)
		rc = link_keys_init(&v->keys, me);
	if (!rc) {
		coap_context_set_app_data(v->ctx, v);
		coap_context_set_session_timeout(v->ctx, SESSION_IDLE_S);
		coap_context_set_max_idle_sessions(v->ctx, LINK_SESSIONS_MAX);
		coap_context_set_max_handshake_sessions(v->ctx, HANDSHAKES_MAX);
		coap_register_event_handler(v->ctx, on_event);
		rc = set_security(v, me);
	}
	if (!rc)
		rc = add_resources(v, paths);
	if (!rc)
		rc = bind_to(v, addr);
	if (rc)
		link_server_close(v);
	else
		*out = v;
	return rc;
}

void link_server_close(struct link_server *v)
{
	if (!v)
		return;
	if (v->ctx)
		coap_free_context(v->ctx); /* says close_notify to each, and deletes its conn */
	link_keys_release(&v->keys);
	explicit_bzero(v->psk, sizeof v->psk);
	free(v);
}

/* ---- the poll loop --------------------------------------------------------------------------- */

int link_server_port(const struct link_server *v)
{
	return coap_address_get_port(coap_endpoint_get_addr(v->endpoint));
}

void link_server_counts(const struct link_server *v, struct link_count *out)
{
	link_traffic(v->ctx, out);
}

int link_server_fd(const struct link_server *v)
{
	return coap_context_get_coap_fd(v->ctx);
}

/* The descriptor becomes ready for timers too: libcoap keeps a timerfd in it. */
int link_server_timeout_ms(struct link_server *v)
{
	(void)v;
	return -1;
}

int link_server_process(struct link_server *v)
{
	return coap_io_process(v->ctx, COAP_IO_NO_WAIT) < 0
	               ? err(ERR_NET, "the listening socket fails: %s", strerror(errno))
	               : 0;
}
