/* http.h - HTTP/1.1 (RFC 9112) on this machine's loopback, and where one is told to, on an address of its network,
 * in the agent's poll loop: the only part that touches libmicrohttpd. What is asked and answered is api.h's matter.
 *
 * Clients are not trusted: connections, streams, heads and bodies are bounded, and who comes when all
 * places are taken takes the place of whoever has been the longest without a request.
 */
#ifndef AGENT_HTTP_H
#define AGENT_HTTP_H

#include "storage/embed.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HTTP_CONNECTIONS 64       /* a browser opens 6; several browsers, and some to spare */
#define HTTP_STREAMS 8            /* of events that stay open: one a page */
#define HTTP_IDLE_S 30            /* without a byte either way; streams are exempt */
#define HTTP_HEAD_MAX (16 * 1024) /* of a connection: request line, headers, one reply's headers */
#define HTTP_BODY_MAX (1024 * 1024) /* a form with a thousand rows of repeats takes a third of it */
#define HTTP_BODIES_MAX (4 * HTTP_BODY_MAX) /* of all requests under way */
#define HTTP_ARGS_MAX 16                    /* after the "?" */
#define HTTP_BEAT_MS 20000 /* between signs of life on a stream: finds those that left */
#define HTTP_STREAM_END SIZE_MAX
#define HTTP_COOKIE_MAX 160
#define HTTP_TAG_MAX 40
#define HTTP_ADDR_TEXT 64 /* an address, or "ADDRESS:PORT" */
#define HTTP_WAITING 8    /* requests whose answer takes its time: logins, reports */

/* All borrowed, until the function that is handed it returns. A header that is not there is NULL. */
struct http_request {
	const char *method, *path; /* path is decoded, without what stands behind "?" */
	const char *host, *origin, *site, *cookie, *type, *language; /* site: Sec-Fetch-Site */
	const char *encoding, *known; /* Accept-Encoding, If-None-Match */
	struct http_arg {
		const char *name, *value;
	} arg[HTTP_ARGS_MAX]; /* those beyond are not seen */
	size_t nargs;
	const char *body; /* NUL behind it; "" when there is none, or while it is not read yet */
	size_t len;
	size_t promised; /* bytes of the body, also before it is here */
	/* Of a proxy before this server, or of anybody: X-Forwarded-For, X-Forwarded-Proto */
	const char *forwarded, *proto;
	char peer[HTTP_ADDR_TEXT]; /* the other side's address */
	char here[HTTP_ADDR_TEXT]; /* "ADDRESS:PORT" that it came to, as a Host names it */
	bool loopback;             /* it came to 127.0.0.1 or ::1, from this machine */
	uint64_t *ticket;          /* the request's own, 0 at first: see http_reply.later */
};
const char *http_arg(const struct http_request *q, const char *name); /* or NULL */

/* Written to out; http.c frees it. */
struct http_reply {
	unsigned status;              /* RFC 9110; 200 unless set */
	const char *type;             /* Content-Type; a literal */
	const char *file;             /* "name.csv" to be saved as, a literal; or NULL */
	char cookie[HTTP_COOKIE_MAX]; /* Set-Cookie, or "" */
	const char *location;         /* of status 303: a literal, or NULL */
	int retry_s;                  /* Retry-After, or 0 */
	bool later;                   /* nothing yet: answer() is asked again after http_again() */
	uint64_t who;                 /* of a stream: the handler's own */
	bool stream;                  /* no out: handler's stream() goes on telling */
	const struct embed_file *asset; /* sent instead of out: bytes gzipped, that never change */
	char tag[HTTP_TAG_MAX];         /* its ETag, in quotes, or "": nobody keeps it */
	FILE *out;
	char *text; /* what was written, after http_reply_close() */
	size_t len;
};
int http_reply_open(struct http_reply *r);  /* ERR_NOMEM */
int http_reply_again(struct http_reply *r); /* forgets what was written; ERR_NOMEM */
int http_reply_close(struct http_reply *r); /* ERR_NOMEM, also of the writing before */
void http_reply_release(struct http_reply *r);

struct http_handler {
	void *arg;
	/* Before a body is read: true when the request may go on, else r says why not. */
	bool (*admit)(void *arg, const struct http_request *q, struct http_reply *r);
	void (*answer)(void *arg, const struct http_request *q, struct http_reply *r);
	/* The next text of a stream, at most cap bytes; 0: nothing new; HTTP_STREAM_END. who is http_reply.who, *seen the
	 * stream's own, 0 at first. */
	size_t (*stream)(void *arg, uint64_t who, uint64_t *seen, char *out, size_t cap);
};

struct http;
/* Listens on port of 127.0.0.1, and of ::1 where there is one; 0: any port. ERR_BUSY when another program has it,
 * ERR_IO. *out is NULL on error, else owned; handler is copied. */
int http_open(int port, const struct http_handler *handler, struct http **out);
/* On that address too, an IPv4 or IPv6 one as text, at the same port; 0.0.0.0 and :: are all of this machine's.
 * ERR_BAD, ERR_BUSY, ERR_IO. */
int http_listen(struct http *h, const char *address);
void http_close(struct http *h); /* NULL is allowed */
int http_port(const struct http *h);

/* For the loop: appends what is to be waited for, returns how many. */
#define HTTP_FDS 4
int http_fds(const struct http *h, struct pollfd *out);
int http_timeout_ms(struct http *h); /* -1: as long as you like */
void http_process(struct http *h);
/* Requests that were answered later ask again. */
void http_again(struct http *h);
/* There is news for streams. */
void http_news(struct http *h);
bool http_streams(const struct http *h); /* is anybody told? */
int64_t http_now_ms(void);               /* CLOCK_MONOTONIC */

#endif
