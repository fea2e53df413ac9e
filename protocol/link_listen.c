/* link_listen.c - the listening end: starting, stopping, the poll loop. */
#include "protocol/link_server.h"
#include "storage/err.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORT_TRIES 16 /* when any port would do */

static int set_security(struct link_server *v, const struct link_identity *me)
{
	coap_dtls_spsk_t psk = {.version = COAP_DTLS_SPSK_SETUP_VERSION};
	coap_dtls_pki_t pki;

	psk.validate_id_call_back = link_server_psk;
	psk.id_call_back_arg = v;
	link_pki(me, &v->keys, link_server_certificate, v, &pki);
	if (!coap_context_set_psk2(v->ctx, &psk) || !coap_context_set_pki(v->ctx, &pki))
		return err(ERR_CORRUPT, "this node's certificate is not usable; restore its home");
	return 0;
}

static int add_resources(struct link_server *v, const char *const *paths)
{
	const char *const *all = paths;
	coap_resource_t *r;

	for (; *paths; paths++) {
		r = coap_resource_init(coap_make_str_const(*paths), 0);
		if (!r)
			return err(ERR_NOMEM, "out of memory");
		coap_register_request_handler(r, COAP_REQUEST_POST, link_on_post);
		coap_add_resource(v->ctx, r);
	}
	if (link_add_readable(v, all))
		return err(ERR_NOMEM, "out of memory");
	return v->service->datagram ? link_datagram_resource(v->ctx, link_server_datagram) : 0;
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

static int cannot_listen(const char *addr, int why)
{
	return err(ERR_NET, "cannot listen on %s: %s", addr,
	           why ? strerror(why) : "the system refuses");
}

/* TCP at the port that UDP got; when any would do, another may have that one's TCP. */
static int bind_both(struct link_server *v, const char *addr, const coap_address_t *at)
{
	int tries = coap_address_get_port(at) ? 1 : PORT_TRIES;
	coap_address_t stream;

	while (tries-- > 0) {
		errno = 0;
		v->endpoint = coap_new_endpoint(v->ctx, at, COAP_PROTO_DTLS);
		if (!v->endpoint)
			break;
		stream = *coap_endpoint_get_addr(v->endpoint);
		errno = 0;
		if (coap_new_endpoint(v->ctx, &stream, COAP_PROTO_TLS))
			return 0;
		coap_free_endpoint(v->endpoint);
		v->endpoint = NULL;
	}
	return cannot_listen(addr, errno);
}

static int bind_to(struct link_server *v, const char *addr)
{
	struct addrinfo *list = NULL;
	coap_address_t at;
	int rc = link_resolve(addr, &list);

	if (rc)
		return rc;
	coap_address_init(&at);
	memcpy(&at.addr, list->ai_addr, list->ai_addrlen);
	at.size = list->ai_addrlen;
	rc = port_taken(list) ? cannot_listen(addr, EADDRINUSE) : bind_both(v, addr, &at);
	freeaddrinfo(list);
	return rc;
}

int link_listen_plain(struct link_server *v, const char *addr)
{
	struct addrinfo *list = NULL;
	coap_address_t at;
	int rc = link_resolve(addr, &list);
	bool taken;

	if (rc)
		return rc;
	coap_address_init(&at);
	memcpy(&at.addr, list->ai_addr, list->ai_addrlen);
	at.size = list->ai_addrlen;
	taken = port_taken(list);
	freeaddrinfo(list);
	if (at.addr.sa.sa_family == AF_INET
	            ? ntohl(at.addr.sin.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET
	            : !IN6_IS_ADDR_LOOPBACK(&at.addr.sin6.sin6_addr))
		return err(ERR_BAD,
		           "%s is open to others: without encryption only 127.0.0.1 or [::1] "
		           "will do",
		           addr);
	errno = taken ? EADDRINUSE : 0;
	if (!taken && coap_new_endpoint(v->ctx, &at, COAP_PROTO_UDP))
		return 0;
	return cannot_listen(addr, errno);
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
		coap_register_event_handler(v->ctx, link_server_event);
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
	buf_release(&v->core);
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

void link_server_keep(struct link_server *v, unsigned sessions)
{
	coap_context_set_max_idle_sessions(v->ctx, sessions);
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
