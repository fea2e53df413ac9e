/* http_reply.c - replies with the headers that keep a page to itself, and streams of events. */
#include "agent/http_in.h"

#include "agent/i18n.h"
#include "agent/out.h"
#include "storage/err.h"

#include <stdlib.h>
#include <string.h>

#define STREAM_BLOCK 2048 /* bytes of events at a time */

/* ---- what is written -------------------------------------------------------------------------------- */

int http_reply_open(struct http_reply *r)
{
	r->out = open_memstream(&r->text, &r->len);
	return r->out ? 0 : err(ERR_NOMEM, "out of memory");
}

int http_reply_again(struct http_reply *r)
{
	http_reply_release(r);
	return http_reply_open(r);
}

int http_reply_close(struct http_reply *r)
{
	bool bad = !r->out || ferror(r->out);

	if (r->out && fclose(r->out))
		bad = true;
	r->out = NULL;
	return bad || !r->text ? err(ERR_NOMEM, "out of memory") : 0;
}

void http_reply_release(struct http_reply *r)
{
	if (r->out)
		fclose(r->out);
	free(r->text);
	r->out = NULL;
	r->text = NULL;
	r->len = 0;
}

/* ---- streams ------------------------------------------------------------------------------------------ */

struct stream *http_stream_take(struct http *h, struct MHD_Connection *c)
{
	int i;

	for (i = 0; i < HTTP_STREAMS; i++) {
		if (h->stream[i].c)
			continue;
		if (!http_streams(h))
			h->beat = http_now_ms() + HTTP_BEAT_MS;
		h->stream[i] = (struct stream){.h = h, .c = c};
		return &h->stream[i];
	}
	return NULL;
}

bool http_streams(const struct http *h)
{
	int i;

	for (i = 0; i < HTTP_STREAMS; i++)
		if (h->stream[i].c)
			return true;
	return false;
}

void http_news(struct http *h)
{
	int i;

	for (i = 0; i < HTTP_STREAMS; i++) {
		if (!h->stream[i].c || !h->stream[i].waits)
			continue;
		h->stream[i].waits = false;
		MHD_resume_connection(h->stream[i].c);
	}
}

/* With nothing to tell the connection sleeps: MHD would ask again at once, for ever. */
static ssize_t next_of(void *arg, uint64_t pos, char *out, size_t cap)
{
	struct stream *x = arg;
	struct http *h = x->h;
	size_t n;

	(void)pos;
	if (h->closing)
		return MHD_CONTENT_READER_END_OF_STREAM;
	n = h->handler.stream(h->handler.arg, x->who, &x->seen, out, cap);
	if (n == HTTP_STREAM_END)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (!n && x->beat && cap >= 3)
		memcpy(out, ":\n\n", n = 3);
	x->beat = false;
	if (!n) {
		x->waits = true;
		MHD_suspend_connection(x->c);
	}
	return (ssize_t)n;
}

static void stream_free(void *arg)
{
	struct stream *x = arg;

	*x = (struct stream){0};
}

/* ---- replies -------------------------------------------------------------------------------------------- */

/* Everything comes from this server and goes nowhere else; nothing is framed, sniffed or told, and
 * only what has a tag is kept. */
static void add_headers(struct MHD_Response *m, const struct http_reply *r)
{
	static const char *const always[][2] = {
		{"Content-Security-Policy",
	         "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
	         "object-src 'none'"},
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "same-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"X-Frame-Options", "DENY"},
	};
	char name[96];
	size_t i;

	for (i = 0; i < sizeof always / sizeof *always; i++)
		MHD_add_response_header(m, always[i][0], always[i][1]);
	MHD_add_response_header(m, "Content-Type", r->type ? r->type : "application/json");
	MHD_add_response_header(m, "Cache-Control", *r->tag ? "no-cache" : "no-store");
	if (r->asset) {
		MHD_add_response_header(m, "Content-Encoding", "gzip");
		MHD_add_response_header(m, "Vary", "Accept-Encoding");
	}
	if (*r->tag)
		MHD_add_response_header(m, "ETag", r->tag);
	if (*r->cookie)
		MHD_add_response_header(m, "Set-Cookie", r->cookie);
	if (r->location)
		MHD_add_response_header(m, "Location", r->location);
	if (r->retry_s) {
		snprintf(name, sizeof name, "%d", r->retry_s);
		MHD_add_response_header(m, "Retry-After", name);
	}
	if (r->file) {
		snprintf(name, sizeof name, "attachment; filename=\"%s\"", r->file);
		MHD_add_response_header(m, "Content-Disposition", name);
	}
}

static struct MHD_Response *make_stream(struct http *h, struct MHD_Connection *c, uint64_t who)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct stream *x = http_stream_take(h, c);
	struct MHD_Response *m;

	if (!x)
		return NULL;
	x->who = who;
	m = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, next_of, x,
	                                      stream_free);
	if (!m)
		stream_free(x);
	else if (i && i->socket_context)
		((struct conn *)i->socket_context)->streams = true;
	return m;
}

enum MHD_Result http_reply_send(struct http *h, struct MHD_Connection *c, struct http_reply *r)
{
	struct MHD_Response *m;
	enum MHD_Result rc;

	if (http_reply_close(r)) {
		http_reply_release(r);
		return MHD_NO;
	}
	if (r->stream) {
		free(r->text);
		m = make_stream(h, c, r->who);
	} else if (r->asset) {
		free(r->text);
		m = MHD_create_response_from_buffer_static(r->asset->len, r->asset->data);
	} else {
		m = MHD_create_response_from_buffer(r->len, r->text, MHD_RESPMEM_MUST_FREE);
		if (!m)
			free(r->text);
	}
	r->text = NULL;
	if (!m)
		return r->stream ? http_refuse(h, c, MHD_HTTP_SERVICE_UNAVAILABLE,
		                               _("too many pages are open: close some"))
		                 : MHD_NO;
	add_headers(m, r);
	rc = MHD_queue_response(c, r->status, m);
	MHD_destroy_response(m);
	return rc;
}

enum MHD_Result http_refuse(struct http *h, struct MHD_Connection *c, unsigned status,
                            const char *why)
{
	struct http_reply r = {.status = status};
	struct json j;

	if (http_reply_open(&r))
		return MHD_NO;
	json_begin(&j, r.out);
	json_object(&j);
	json_kstr(&j, "error", why);
	json_end(&j);
	return http_reply_send(h, c, &r);
}
