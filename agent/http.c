/* http.c - connections: who is let in, and requests put together. */
#include "agent/http_in.h"

#include "agent/file.h"
#include "agent/i18n.h"
#include "storage/err.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ACCEPT_MAX 32 /* in one round, so that a flood leaves the loop its other work */
#define DEAF_MS 1000  /* after the descriptors ran out */

/* A request while its body comes in. */
struct exchange {
	struct buf body;
	size_t promised;
	uint64_t ticket; /* the handler's */
};

int64_t http_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const char *http_arg(const struct http_request *q, const char *name)
{
	size_t i;

	for (i = 0; i < q->nargs; i++)
		if (!strcmp(q->arg[i].name, name))
			return q->arg[i].value;
	return NULL;
}

/* ---- connections -------------------------------------------------------------------------------- */

static void ring_out(struct conn *k)
{
	k->prev->next = k->next;
	k->next->prev = k->prev;
}

static void ring_in(struct http *h, struct conn *k)
{
	k->prev = h->oldest.prev;
	k->next = &h->oldest;
	k->prev->next = k;
	h->oldest.prev = k;
}

static struct conn *conn_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return i ? i->socket_context : NULL;
}

static void notice(void *arg, struct MHD_Connection *c, void **context,
                   enum MHD_ConnectionNotificationCode what)
{
	struct http *h = arg;
	struct conn *k = *context;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = k = calloc(1, sizeof *k);
		if (!k)
			return; /* it cannot be told off, but is in MHD's own count */
		k->c = c;
		k->fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
		ring_in(h, k);
		h->nconn++;
	} else if (k) {
		h->nconn -= !k->told_off;
		h->waiting -= k->waits;
		ring_out(k);
		free(k);
	}
}

/* Whoever has been the longest without a request makes room, but for the few whose answer is being worked at. Its end
 * comes by its socket. */
static void make_room(struct http *h)
{
	struct conn *k;

	for (k = h->oldest.next; k != &h->oldest; k = k->next) {
		if (k->streams || k->waits || k->told_off)
			continue;
		k->told_off = true;
		h->nconn--;
		shutdown(k->fd, SHUT_RDWR);
		return;
	}
}

static void let_in(struct http *h, int fd)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof a;
	int n = 0, one = 1;

	for (; n < ACCEPT_MAX; n++) {
		int got = accept4(fd, (struct sockaddr *)&a, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (got < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (got < 0 && errno != EAGAIN) {
			make_room(h);
			h->deaf_until = http_now_ms() + DEAF_MS;
		}
		if (got < 0)
			return;
		if (h->nconn >= HTTP_CONNECTIONS)
			make_room(h);
		setsockopt(got, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		MHD_add_connection(h->mhd, got, (struct sockaddr *)&a,
		                   len); /* else it closes got */
		len = sizeof a;
		MHD_run(h->mhd); /* those told off leave before the next comes */
	}
}

/* ---- requests ----------------------------------------------------------------------------------- */

static const char *header(struct MHD_Connection *c, const char *name)
{
	return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static enum MHD_Result take_arg(void *arg, enum MHD_ValueKind kind, const char *name,
                                const char *value)
{
	struct http_request *q = arg;

	(void)kind;
	if (q->nargs == HTTP_ARGS_MAX)
		return MHD_NO;
	q->arg[q->nargs++] = (struct http_arg){name, value ? value : ""};
	return MHD_YES;
}

static void read_head(struct MHD_Connection *c, const char *method, const char *path,
                      struct http_request *q)
{
	*q = (struct http_request){.method = method,
	                           .path = path,
	                           .host = header(c, "Host"),
	                           .origin = header(c, "Origin"),
	                           .site = header(c, "Sec-Fetch-Site"),
	                           .cookie = header(c, "Cookie"),
	                           .type = header(c, "Content-Type"),
	                           .language = header(c, "Accept-Language"),
	                           .encoding = header(c, "Accept-Encoding"),
	                           .known = header(c, "If-None-Match"),
	                           .forwarded = header(c, "X-Forwarded-For"),
	                           .proto = header(c, "X-Forwarded-Proto"),
	                           .body = ""};
	http_whence(c, q);
	MHD_get_connection_values(c, MHD_GET_ARGUMENT_KIND, take_arg, q);
}

/* What its head promises: 0, or the status that refuses it. */
static unsigned promised(struct http *h, struct MHD_Connection *c, const char *method, size_t *len)
{
	const char *text = header(c, "Content-Length");
	bool has_body = !strcmp(method, "POST") || !strcmp(method, "PUT") ||
	                !strcmp(method, "PATCH");
	unsigned long long v = 0;

	*len = 0;
	if (header(c, "Transfer-Encoding"))
		return MHD_HTTP_LENGTH_REQUIRED;
	if (text) {
		errno = 0;
		v = strtoull(text, NULL, 10);
		if (errno || v > (has_body ? HTTP_BODY_MAX : 0))
			return MHD_HTTP_CONTENT_TOO_LARGE;
	}
	if (v && h->bodies + v > HTTP_BODIES_MAX)
		return MHD_HTTP_SERVICE_UNAVAILABLE;
	*len = (size_t)v;
	return 0;
}

static const char *refusal(unsigned status)
{
	if (status == MHD_HTTP_CONTENT_TOO_LARGE)
		return _("the request is too big");
	if (status == MHD_HTTP_LENGTH_REQUIRED)
		return _("the request does not say how long it is");
	return _("there is too much to do at once: try again");
}

/* The head is here: may it go on? */
static enum MHD_Result begin(struct http *h, struct MHD_Connection *c, struct http_request *q,
                             struct exchange **out)
{
	struct http_reply r = {.status = MHD_HTTP_OK};
	struct conn *k = conn_of(c);
	struct exchange *x;
	unsigned status;
	size_t len;

	status = promised(h, c, q->method, &len);
	if (status)
		return http_refuse(h, c, status, refusal(status));
	if (http_reply_open(&r))
		return MHD_NO;
	q->promised = len;
	if (!h->handler.admit(h->handler.arg, q, &r))
		return http_reply_send(h, c, &r);
	http_reply_release(&r);
	x = calloc(1, sizeof *x);
	if (!x)
		return MHD_NO;
	*out = x;
	x->promised = len;
	h->bodies += len;
	if (k) { /* who asks is not idle */
		ring_out(k);
		ring_in(h, k);
	}
	return MHD_YES;
}

static enum MHD_Result answer(struct http *h, struct MHD_Connection *c, struct http_request *q,
                              struct exchange *x)
{
	struct http_reply r = {.status = MHD_HTTP_OK};
	struct conn *k = conn_of(c);

	q->body = buf_cstr(&x->body);
	q->len = q->promised = x->body.len;
	q->ticket = &x->ticket;
	if (x->body.err || http_reply_open(&r))
		return MHD_NO;
	h->handler.answer(h->handler.arg, q, &r);
	if (!r.later)
		return http_reply_send(h, c, &r);
	http_reply_release(&r);
	if (!k || h->closing || h->waiting == HTTP_WAITING)
		return http_refuse(h, c, MHD_HTTP_SERVICE_UNAVAILABLE,
		                   refusal(MHD_HTTP_SERVICE_UNAVAILABLE));
	k->waits = true;
	h->waiting++;
	MHD_suspend_connection(c);
	return MHD_YES;
}

void http_again(struct http *h)
{
	struct conn *k;

	for (k = h->oldest.next; k != &h->oldest && h->waiting; k = k->next) {
		if (!k->waits)
			continue;
		k->waits = false;
		h->waiting--;
		MHD_resume_connection(k->c);
	}
}

static enum MHD_Result access_to(void *arg, struct MHD_Connection *c, const char *path,
                                 const char *method, const char *version, const char *data,
                                 size_t *len, void **context)
{
	struct http *h = arg;
	struct exchange *x = *context;
	struct http_request q;

	(void)version;
	if (x && *len) {
		if (x->body.len + *len > x->promised)
			return MHD_NO;
		buf_add(&x->body, data, *len);
		*len = 0;
		return x->body.err ? MHD_NO : MHD_YES;
	}
	read_head(c, method, path, &q);
	return x ? answer(h, c, &q, x) : begin(h, c, &q, (struct exchange **)context);
}

static void completed(void *arg, struct MHD_Connection *c, void **context,
                      enum MHD_RequestTerminationCode why)
{
	struct http *h = arg;
	struct exchange *x = *context;

	(void)c;
	(void)why;
	if (!x)
		return;
	h->bodies -= x->promised;
	buf_release(&x->body);
	free(x);
	*context = NULL;
}

/* ---- life --------------------------------------------------------------------------------------- */

int http_open(int port, const struct http_handler *handler, struct http **out)
{
	struct http *h = calloc(1, sizeof *h);
	int rc;

	*out = NULL;
	if (!h)
		return err(ERR_NOMEM, "out of memory");
	h->handler = *handler;
	h->listen[0] = h->listen[1] = h->listen[2] = -1;
	h->oldest.prev = h->oldest.next = &h->oldest;
	rc = http_listen_loopback(h, port);
	if (!rc) {
		h->mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_THREAD_SAFETY |
		                                  MHD_USE_NO_LISTEN_SOCKET |
		                                  MHD_ALLOW_SUSPEND_RESUME,
		                          0, NULL, NULL, access_to, h, MHD_OPTION_NOTIFY_CONNECTION,
		                          notice, h, MHD_OPTION_NOTIFY_COMPLETED, completed, h,
		                          MHD_OPTION_CONNECTION_LIMIT,
		                          (unsigned)(2 * HTTP_CONNECTIONS + HTTP_STREAMS),
		                          MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_IDLE_S,
		                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEAD_MAX,
		                          MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1, MHD_OPTION_END);
		rc = h->mhd ? 0 : err(ERR_IO, "the pages cannot be served: %s", file_reason(errno));
	}
	if (rc) {
		http_close(h);
		return rc;
	}
	*out = h;
	return 0;
}

int http_port(const struct http *h)
{
	return h->port;
}

void http_close(struct http *h)
{
	int i;

	if (!h)
		return;
	h->closing = true;
	if (h->mhd) {
		http_again(h);
		http_news(h);
		MHD_run(h->mhd); /* streams say that they end */
		MHD_stop_daemon(h->mhd);
	}
	for (i = 0; i < HTTP_LISTEN; i++)
		if (h->listen[i] >= 0)
			close(h->listen[i]);
	free(h);
}

/* ---- the loop ------------------------------------------------------------------------------------- */

int http_fds(const struct http *h, struct pollfd *out)
{
	const union MHD_DaemonInfo *i = MHD_get_daemon_info(h->mhd, MHD_DAEMON_INFO_EPOLL_FD);
	int n = 0, k;

	out[n++] = (struct pollfd){.fd = i->epoll_fd, .events = POLLIN};
	for (k = 0; k < HTTP_LISTEN; k++)
		if (h->listen[k] >= 0 && !h->deaf_until)
			out[n++] = (struct pollfd){.fd = h->listen[k], .events = POLLIN};
	return n;
}

static int sooner(int a, int64_t at)
{
	int64_t left = at - http_now_ms();

	left = left < 0 ? 0 : left;
	return a < 0 || left < a ? (int)left : a;
}

int http_timeout_ms(struct http *h)
{
	uint64_t left;
	int ms = -1;

	if (MHD_get_timeout64(h->mhd, &left) == MHD_YES)
		ms = left > HTTP_IDLE_S * 1000 ? HTTP_IDLE_S * 1000 : (int)left;
	if (h->deaf_until)
		ms = sooner(ms, h->deaf_until);
	return http_streams(h) ? sooner(ms, h->beat) : ms;
}

/* The descriptors are watched edge by edge: MHD is run whenever the loop wakes, and at its timeouts. */
void http_process(struct http *h)
{
	int64_t now = http_now_ms();
	int i;

	if (h->deaf_until && now >= h->deaf_until)
		h->deaf_until = 0;
	for (i = 0; i < HTTP_LISTEN && !h->deaf_until; i++)
		if (h->listen[i] >= 0)
			let_in(h, h->listen[i]);
	if (http_streams(h) && now >= h->beat) {
		for (i = 0; i < HTTP_STREAMS; i++)
			h->stream[i].beat = h->stream[i].c != NULL;
		h->beat = now + HTTP_BEAT_MS;
		http_news(h);
	}
	MHD_run(h->mhd);
}
