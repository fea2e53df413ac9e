/* session_server.c - serving children: who may ask for what. */
#include "protocol/enrol.h"
#include "protocol/session.h"
#include "protocol/session_identity.h"
#include "storage/err.h"
#include "storage/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct session_server {
	struct store *s;
	struct session_identity me;
	struct link_service service;
	struct link_server *link; /* owned */
};

static int on_secret(void *arg, const char *psk_id, uint8_t key[32])
{
	struct session_server *v = arg;
	unsigned office, device;
	char end;

	if (sscanf(psk_id, "%5u.%5u%c", &office, &device, &end) != 2 || office > 0x3fff ||
	    device > 0x3fff)
		return ERR_NOTFOUND;
	return enrol_secret(v->s, office << 14 | device, key);
}

static int serve_sync(struct session_server *v, const struct link_peer *peer, const uint8_t *body,
                      size_t len, struct buf *reply)
{
	struct node n;
	int rc = node_get(v->s, peer->number, &n);

	if (rc && rc != ERR_NOTFOUND)
		return rc;
	if (rc || n.revoked)
		return err(ERR_DENIED, "this node was revoked: ask the office for a new invite");
	rc = invite_close(v->s, peer->number); /* it has its certificate */
	return rc ? rc : sync_serve(v->s, peer->scope, body, len, reply);
}

static int on_request(void *arg, const struct link_peer *peer, const char *path,
                      const uint8_t *body, size_t len, struct buf *reply)
{
	struct session_server *v = arg;

	if (!strcmp(path, "e") && peer->enrolling)
		return enrol_serve(v->s, peer->number, body, len, reply);
	if (!strcmp(path, "s") && !peer->enrolling)
		return serve_sync(v, peer, body, len, reply);
	return err(ERR_DENIED, "not with this kind of session");
}

int session_listen(struct store *s, const char *addr, struct session_server **out)
{
	static const char *const paths[] = {"e", "s", NULL};
	struct session_server *v = calloc(1, sizeof *v);
	int rc;

	*out = NULL;
	if (!v)
		return err(ERR_NOMEM, "out of memory");
	v->s = s;
	v->service = (struct link_service){.arg = v, .secret = on_secret, .request = on_request};
	rc = session_identity_server(s, &v->me);
	if (!rc)
		rc = link_listen(addr, &v->me.id, paths, &v->service, &v->link);
	if (rc)
		session_close(v);
	else
		*out = v;
	return rc;
}

struct link_server *session_link(struct session_server *v)
{
	return v->link;
}

void session_close(struct session_server *v)
{
	if (!v)
		return;
	link_server_close(v->link);
	session_identity_release(&v->me);
	free(v);
}
