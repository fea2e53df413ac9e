/* session_server.c - serving children: who may ask for what. */
#include "protocol/enrol.h"
#include "protocol/exchange.h"
#include "protocol/session.h"
#include "protocol/session_identity.h"
#include "protocol/session_network.h"
#include "storage/clock.h"
#include "storage/contact.h"
#include "storage/err.h"
#include "storage/node.h"
#include "storage/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTACTS 64 /* nodes that are put down in one go */
#define CONTACTS_US \
	5000000         /* after the first of them: a crowd is written once, not each by itself */
#define ROOM_AGAIN 5000 /* us, when the system takes no datagram just now */

struct session_server {
	struct store *s;
	struct session_identity me;
	struct session_offer offer;
	struct link_service service;
	struct link_server *link;         /* owned */
	struct exchange_server *exchange; /* owned */
	int64_t wake;                     /* us: when it has something to send */
	int64_t blocked;                  /* until then the system has no room */
	struct contact here[CONTACTS];    /* seen and not put down yet, oldest first */
	size_t nhere;
	int64_t put_down; /* us: when they are; INT64_MAX: there are none */
};

static int on_secret(void *arg, const char *psk_id, uint8_t key[32])
{
	struct session_server *v = arg;
	uint32_t number;

	return node_parse(psk_id, &number) ? ERR_NOTFOUND : enrol_secret(v->s, number, key);
}

/* ---- who was here ------------------------------------------------------------------------------ */

/* Nothing else waits for it: what cannot be written now is forgotten. */
static void put_down_contacts(struct session_server *v)
{
	contact_put(v->s, v->here, v->nhere);
	v->nhere = 0;
	v->put_down = INT64_MAX;
}

static struct contact *contact_of(struct session_server *v, uint32_t peer)
{
	size_t i;

	for (i = 0; i < v->nhere; i++)
		if (v->here[i].node == peer)
			return &v->here[i];
	if (v->nhere == CONTACTS)
		put_down_contacts(v);
	if (!v->nhere)
		v->put_down = session_now_us() + CONTACTS_US;
	v->here[v->nhere] = (struct contact){.node = peer};
	return &v->here[v->nhere++];
}

static void note_contact(struct session_server *v, uint32_t peer, const struct sync_about *about)
{
	struct contact *c = contact_of(v, peer);

	c->at_ms = clock_now_ms(v->s);
	if (about->same)
		c->same_ms = c->at_ms;
	if (*about->program)
		memcpy(c->program, about->program, sizeof c->program);
}

/* ---- requests ------------------------------------------------------------------------------------ */

static int on_sync(void *arg, uint32_t peer, int64_t scope, const uint8_t *request, size_t len,
                   struct buf *answer)
{
	struct session_server *v = arg;
	struct sync_about about = {0};
	struct node n;
	int rc = node_get(v->s, peer, &n);

	if (rc && rc != ERR_NOTFOUND)
		return rc;
	if (rc || n.revoked)
		return err(ERR_DENIED, "this node was revoked: ask the office for a new invite");
	rc = invite_close(v->s, peer); /* it has its certificate */
	if (!rc)
		rc = sync_serve(v->s, scope, request, len, answer, &about);
	if (!rc)
		note_contact(v, peer, &about);
	return rc;
}

static int on_request(void *arg, const struct link_peer *peer, const char *path,
                      const uint8_t *body, size_t len, struct buf *reply)
{
	struct session_server *v = arg;

	if (!strcmp(path, "e") && peer->enrolling)
		return enrol_serve(v->s, peer->number, body, len, reply);
	return err(ERR_DENIED, "not with this kind of session");
}

/* A session's address is its name for exchange, as long as it lives. */
static uint64_t way_of(const struct link_session *s)
{
	return (uint64_t)(uintptr_t)s;
}

static void on_datagram(void *arg, struct link_session *s, const struct link_peer *peer,
                        const uint8_t *data, size_t len)
{
	struct session_server *v = arg;

	if (!peer->enrolling)
		exchange_server_take(v->exchange, way_of(s), peer->number, peer->scope, data, len,
		                     session_now_us());
}

static void on_gone(void *arg, struct link_session *s)
{
	struct session_server *v = arg;

	if (v->exchange) /* at the end it goes first */
		exchange_server_gone(v->exchange, way_of(s));
}

static int on_reader(void *arg, const char *psk_id, uint8_t key[32])
{
	struct session_server *v = arg;
	char text[READER_KEY_LEN + 1];
	int rc = reader_key(v->s, psk_id, text);

	if (rc)
		return ERR_NOTFOUND;
	memcpy(key, text, READER_KEY_LEN);
	return READER_KEY_LEN;
}

static int on_get(void *arg, const struct link_peer *peer, const char *path, const char *query,
                  int accept, int *format, struct buf *reply)
{
	struct session_server *v = arg;

	(void)peer;
	return v->offer.get(v->s, path, query, accept, format, reply);
}

static void make_service(struct session_server *v)
{
	v->service = (struct link_service){.arg = v,
	                                   .secret = on_secret,
	                                   .request = on_request,
	                                   .datagram = on_datagram,
	                                   .gone = on_gone};
	if (!v->offer.get)
		return;
	v->service.reader = on_reader;
	v->service.get = on_get;
	v->service.resources = v->offer.resources;
}

int session_listen(struct store *s, const char *addr, const struct session_offer *offer,
                   struct session_server **out)
{
	static const char *const paths[] = {"e", NULL};
	struct session_server *v = calloc(1, sizeof *v);
	const struct exchange_service service = {v, on_sync};
	struct exchange_limits limits = {0};
	int rc;

	*out = NULL;
	if (!v)
		return err(ERR_NOMEM, "out of memory");
	v->s = s;
	if (offer)
		v->offer = *offer;
	make_service(v);
	limits.frames.memory = v->offer.memory / 3;
	limits.answers = v->offer.memory - v->offer.memory / 3;
	v->wake = v->put_down = INT64_MAX;
	rc = session_identity_server(s, &v->me);
	if (!rc)
		rc = exchange_serve(s, &service, &limits, &v->exchange);
	if (!rc)
		rc = link_listen(addr, &v->me.id, paths, &v->service, &v->link);
	if (!rc && v->offer.sessions)
		link_server_keep(v->link, v->offer.sessions);
	if (!rc && v->offer.plain)
		rc = link_listen_plain(v->link, v->offer.plain);
	if (rc)
		session_close(v);
	else
		*out = v;
	return rc;
}

int session_server_port(const struct session_server *v)
{
	return link_server_port(v->link);
}

int session_server_fd(const struct session_server *v)
{
	return link_server_fd(v->link);
}

int session_server_timeout_ms(struct session_server *v)
{
	int link = link_server_timeout_ms(v->link), own;
	int64_t wake = v->wake < v->put_down ? v->wake : v->put_down;
	int64_t left = wake - session_now_us();

	if (wake == INT64_MAX)
		return link;
	own = left <= 0 ? 0 : left > INT64_C(3600000000) ? 3600000 : (int)((left + 999) / 1000);
	return link < 0 || own < link ? own : link;
}

/* Answers, and what there is to say about frames, once all that came was taken. */
static void send_due(struct session_server *v)
{
	struct frame_out out;
	uint64_t way;
	int64_t now = session_now_us();

	v->wake = v->blocked;
	while (now >= v->blocked) {
		v->wake = exchange_server_next(v->exchange, now, &way, &out);
		if (!out.len)
			break;
		if (link_server_send((struct link_session *)(uintptr_t)way, out.bytes, out.len) ==
		    ERR_BUSY)
			v->wake = v->blocked = now + ROOM_AGAIN; /* as if lost */
		now = session_now_us();
	}
}

int session_server_process(struct session_server *v)
{
	int rc = link_server_process(v->link);

	if (!rc)
		send_due(v);
	if (v->nhere && session_now_us() >= v->put_down)
		put_down_contacts(v);
	return rc;
}

void session_close(struct session_server *v)
{
	if (!v)
		return;
	if (v->nhere)
		put_down_contacts(v);
	exchange_server_free(v->exchange);
	v->exchange = NULL;
	link_server_close(v->link);
	session_identity_release(&v->me);
	free(v);
}
