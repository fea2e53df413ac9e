/* http_listen.c - addresses: those that are listened at, and those that a request comes from and to. */
#include "agent/http_in.h"

#include "agent/file.h"
#include "agent/i18n.h"
#include "storage/err.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 64

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* ---- listening -------------------------------------------------------------------------------------- */

static int listen_on(const struct sockaddr *a, socklen_t len, int *fd)
{
	int one = 1;

	*fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd >= 0 && a->sa_family == AF_INET6)
		setsockopt(*fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
	if (*fd >= 0)
		setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (*fd >= 0 && !bind(*fd, a, len) && !listen(*fd, BACKLOG))
		return 0;
	err(errno == EADDRINUSE ? ERR_BUSY : ERR_IO, "the pages cannot be served: %s",
	    errno == EADDRINUSE ? _("another program has the port") : file_reason(errno));
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return err_code();
}

int http_listen_loopback(struct http *h, int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	                        .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
	socklen_t len = sizeof a;
	int rc = listen_on((struct sockaddr *)&a, len, &h->listen[0]);

	if (rc)
		return rc;
	if (getsockname(h->listen[0], (struct sockaddr *)&a, &len))
		return err(ERR_IO, "the pages cannot be served: %s", file_reason(errno));
	h->port = ntohs(a.sin_port);
	a6.sin6_port = a.sin_port;
	listen_on((struct sockaddr *)&a6, sizeof a6, &h->listen[1]); /* where there is one */
	return 0;
}

/* Of a family all addresses hold the loopback's, whose place they take. */
static int listen_all(struct http *h, int family)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)h->port)};
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)h->port)};
	int *fd = &h->listen[family == AF_INET6];

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return family == AF_INET6 ? listen_on((struct sockaddr *)&a6, sizeof a6, fd)
	                          : listen_on((struct sockaddr *)&a, sizeof a, fd);
}

int http_listen(struct http *h, const char *address)
{
	union address a = {0};
	int rc;

	if (inet_pton(AF_INET, address, &a.v4.sin_addr) == 1) {
		a.v4.sin_family = AF_INET;
		a.v4.sin_port = htons((uint16_t)h->port);
		return a.v4.sin_addr.s_addr == htonl(INADDR_ANY)
		               ? listen_all(h, AF_INET)
		               : listen_on(&a.any, sizeof a.v4, &h->listen[2]);
	}
	if (inet_pton(AF_INET6, address, &a.v6.sin6_addr) != 1)
		return err(ERR_BAD, "%.60s is no address of this machine, like 192.168.1.10",
		           address);
	a.v6.sin6_family = AF_INET6;
	a.v6.sin6_port = htons((uint16_t)h->port);
	if (!IN6_IS_ADDR_UNSPECIFIED(&a.v6.sin6_addr))
		return listen_on(&a.any, sizeof a.v6, &h->listen[2]);
	rc = listen_all(h, AF_INET);
	return rc ? rc : listen_all(h, AF_INET6);
}

/* ---- whence ----------------------------------------------------------------------------------------- */

/* exactly: the address that the token's pages are at, not just one that only this machine reaches */
static bool is_loopback(const union address *a, bool exactly)
{
	uint32_t v4 = ntohl(a->v4.sin_addr.s_addr);

	if (a->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
	return a->any.sa_family == AF_INET && (exactly ? v4 == INADDR_LOOPBACK : v4 >> 24 == 127);
}

static void address_text(const union address *a, char out[INET6_ADDRSTRLEN])
{
	const void *from = a->any.sa_family == AF_INET6 ? (const void *)&a->v6.sin6_addr
	                                                : (const void *)&a->v4.sin_addr;

	*out = 0;
	inet_ntop(a->any.sa_family, from, out, INET6_ADDRSTRLEN);
}

/* An address that cannot be told is nobody's, and not the loopback. */
void http_whence(struct MHD_Connection *c, struct http_request *q)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	union address peer = {0}, here = {0};
	socklen_t plen = sizeof peer, hlen = sizeof here;
	char text[INET6_ADDRSTRLEN];
	bool v6;

	*q->peer = *q->here = 0;
	q->loopback = false;
	if (!i || getpeername(i->connect_fd, &peer.any, &plen) ||
	    getsockname(i->connect_fd, &here.any, &hlen))
		return;
	v6 = here.any.sa_family == AF_INET6;
	address_text(&peer, text);
	snprintf(q->peer, sizeof q->peer, "%s", text);
	address_text(&here, text);
	snprintf(q->here, sizeof q->here, v6 ? "[%s]:%d" : "%s:%d", text,
	         ntohs(v6 ? here.v6.sin6_port : here.v4.sin_port));
	q->loopback = is_loopback(&peer, false) && is_loopback(&here, true);
}
