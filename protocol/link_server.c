/* link_server.c - who may connect, and the datagrams of those who did. */
#include "protocol/link_server.h"
#include "storage/err.h"

#include <stdlib.h>
#include <string.h>

#define READER_ID_MAX 64                   /* bytes of an identity, with NUL */
#define ECDHE_PSK_CHACHA20_POLY1305 0xccac /* RFC 7905 */

/* ---- who connects ---------------------------------------------------------------------------- */

/* The state of a session; made when its handshake says who it is. */
struct link_session *link_session_of(struct link_server *v, coap_session_t *session)
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
int link_server_certificate(const char *cn, const uint8_t *der, size_t len, coap_session_t *session,
                            unsigned depth, int validated, void *arg)
{
	struct link_session *c = link_session_of(arg, session);

	(void)cn;
	if (!c)
		return 0;
	start_over(c);
	return !link_pki_peer(der, len, depth, validated, &c->peer);
}

/* The number that node_text() wrote, or 0. */
static uint32_t node_of(const char *id)
{
	unsigned long office, device;
	char again[ID_TEXT], *p;

	office = strtoul(id, &p, 10);
	device = *p == '.' ? strtoul(p + 1, NULL, 10) : 0;
	if (office >= 1 << 14 || device >= 1 << 14)
		return 0;
	node_text((uint32_t)(office << 14 | device), again);
	return strcmp(id, again) ? 0 : (uint32_t)(office << 14 | device);
}

/* A key that lets a node in is used with ephemeral keys only (ECDHE-PSK): who finds the invite later
 * reads nothing of what was recorded. */
static int key_of(struct link_session *c, const char *id, uint32_t number)
{
	struct link_server *v = c->server;
	const struct link_service *service = v->service;
	int len = 0;

	if (number && service->secret &&
	    coap_session_get_ciphersuite(c->coap) == ECDHE_PSK_CHACHA20_POLY1305)
		len = service->secret(service->arg, id, v->psk);
	if (!number && service->reader)
		len = service->reader(service->arg, id, v->psk);
	if (len <= 0 || (size_t)len > sizeof v->psk)
		return 0;
	c->peer = (struct link_peer){.enrolling = number != 0, .reader = !number, .number = number};
	return len;
}

const coap_bin_const_t *link_server_psk(coap_bin_const_t *identity, coap_session_t *session,
                                        void *arg)
{
	struct link_server *v = arg;
	struct link_session *c = link_session_of(v, session);
	char id[READER_ID_MAX];
	int len;

	if (!c || !identity->length || identity->length >= sizeof id ||
	    memchr(identity->s, 0, identity->length))
		return NULL;
	start_over(c);
	memcpy(id, identity->s, identity->length);
	id[identity->length] = 0;
	len = key_of(c, id, node_of(id));
	if (!len)
		return NULL;
	v->psk_out.s = v->psk;
	v->psk_out.length = (size_t)len;
	return &v->psk_out;
}

int link_server_event(coap_session_t *session, const coap_event_t event)
{
	struct link_session *c = coap_session_get_app_data(session);

	if (event == COAP_EVENT_SERVER_SESSION_DEL && c) {
		coap_session_set_app_data(session, NULL);
		session_free(c);
	}
	return 0;
}

/* ---- datagrams ------------------------------------------------------------------------------- */

void link_server_datagram(coap_resource_t *resource, coap_session_t *session,
                          const coap_pdu_t *request, const coap_string_t *query,
                          coap_pdu_t *response)
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
