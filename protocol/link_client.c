/* link_client.c - one request and its answer, in blocks when that is long (RFC 7959). */
#include "protocol/link_client.h"
#include "storage/err.h"

#include <string.h>

#define CODE_INCOMPLETE COAP_RESPONSE_CODE(408)

/* What is being exchanged. */
struct exchange {
	struct link *l;
	const char *path;
	const uint8_t *body;
	size_t len;
	struct buf *reply;
	int timeout_ms;
	bool get;          /* else POST */
	const char *query; /* of a GET, or NULL */
	int accept;        /* or -1 */
	bool more;         /* asks for one more piece of the answer: */
	unsigned block2;   /* this one */
};

static int ended(const struct link *l)
{
	return err(ERR_NET, "the connection to %s has ended: try again", link_address(l));
}

/* A number as an option; they are added in the order of their numbers. */
static int add_uint(coap_pdu_t *pdu, coap_option_num_t option, unsigned value)
{
	uint8_t bytes[4];

	return !coap_add_option(pdu, option, coap_encode_var_safe(bytes, sizeof bytes, value),
	                        bytes);
}

/* Each segment of the path is an option of its own. */
static int add_path(const struct exchange *x, coap_pdu_t *pdu)
{
	const char *p = x->path;
	size_t n;
	int bad = 0;

	for (; !bad && *p; p += n + (p[n] == '/')) {
		n = strcspn(p, "/");
		bad = !coap_add_option(pdu, COAP_OPTION_URI_PATH, n, (const uint8_t *)p);
	}
	if (!bad && x->query)
		bad = !coap_add_option(pdu, COAP_OPTION_URI_QUERY, strlen(x->query),
		                       (const uint8_t *)x->query);
	if (!bad && x->get && x->accept >= 0)
		bad = add_uint(pdu, COAP_OPTION_ACCEPT, (unsigned)x->accept);
	return bad;
}

static int send_request(struct exchange *x)
{
	struct link *l = x->l;
	coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON,
	                               x->get ? COAP_REQUEST_CODE_GET : COAP_REQUEST_CODE_POST,
	                               l->session);

	l->token++;
	if (!pdu || !coap_add_token(pdu, 1, &l->token) || add_path(x, pdu) ||
	    (x->more && add_uint(pdu, COAP_OPTION_BLOCK2, x->block2)) ||
	    (!x->more && x->len && !coap_add_data(pdu, x->len, x->body))) {
		coap_delete_pdu(pdu);
		return err(ERR_NOMEM, "out of memory");
	}
	l->lost = l->refused = false;
	if (coap_send(l->session, pdu) == COAP_INVALID_MID)
		return link_has_session(l) ? ended(l) : 0;
	link_asked(l);
	return 0;
}

/* Sends the request, again when the session is another one, and waits for the answer. */
static int round_trip(struct exchange *x)
{
	struct link *l = x->l;
	int64_t deadline = link_now_ms() + x->timeout_ms, now;
	unsigned sent_on = 0; /* serial of the session, which is never 0 */
	int rc = 0;

	l->answer.here = false;
	while (!l->answer.here && !rc) {
		now = link_now_ms();
		if (!link_has_session(l) && !l->opening && sent_on && l->why)
			return link_why(l);
		if (!link_has_session(l) && !l->opening)
			link_reopen(l, (int)(deadline - now));
		else if (link_has_session(l) && l->serial != sent_on) {
			sent_on = l->serial;
			rc = send_request(x);
		}
		if (l->refused)
			rc = err(ERR_NET, "nobody listens at %s any more: is cayda running there?",
			         link_address(l));
		else if (l->why == ERR_DENIED && !l->opening)
			rc = link_why(l);
		else if (l->lost || now >= deadline)
			rc = err(ERR_NET,
			         "%s no longer answers: check the network, then try "
			         "again",
			         link_address(l));
		if (!rc)
			link_await(l, deadline);
	}
	return rc;
}

/* What an answer other than 2.xx means, with the server's own words. */
static int refusal(const struct link *l)
{
	const struct answer *a = &l->answer;
	char text[LINK_DIAGNOSTIC_MAX + 1];
	unsigned class = COAP_RESPONSE_CLASS(a->code);
	int rc = ERR_NET;

	if (a->code == COAP_RESPONSE_CODE(401) || a->code == COAP_RESPONSE_CODE(403))
		rc = ERR_DENIED;
	else if (class == 4 && a->code != CODE_INCOMPLETE)
		rc = ERR_BAD;
	link_printable(a->payload, a->len, text, sizeof text);
	if (*text)
		return err(rc, "%s says: %s", link_address(l), text);
	return err(rc, "%s refuses the request (CoAP %u.%02u)", link_address(l), class,
	           a->code & 31);
}

static int receive_reply(struct exchange *x)
{
	const struct answer *a = &x->l->answer;
	uint32_t etag = a->etag;
	int rc;

	for (;;) {
		size_t block = (size_t)16 << a->theirs.szx;

		if (COAP_RESPONSE_CLASS(a->code) != 2)
			return refusal(x->l);
		if (a->theirs.num * block != x->reply->len || (a->theirs.m && a->len != block) ||
		    a->etag != etag)
			return err(ERR_NET,
			           "the answer of %s came in pieces that do not fit: try "
			           "again",
			           link_address(x->l));
		if (x->reply->len + a->len > LINK_BODY_MAX)
			return err(ERR_TOOBIG, "the answer of %s is longer than %d bytes",
			           link_address(x->l), LINK_BODY_MAX);
		buf_add(x->reply, a->payload, a->len);
		if (x->reply->err || !a->theirs.m)
			return x->reply->err;
		x->more = true;
		x->block2 = (unsigned)(x->reply->len / block) << 4 | a->theirs.szx;
		rc = round_trip(x);
		if (rc)
			return rc;
	}
}

int link_exchange(struct link *l, const char *path, const void *body, size_t len, struct buf *reply,
                  int timeout_ms)
{
	struct exchange x = {.l = l, .path = path, .body = body, .len = len, .reply = reply};
	int rc;

	x.timeout_ms = timeout_ms;
	buf_reset(reply);
	if (len > LINK_REQUEST_MAX)
		return err(ERR_TOOBIG, "%zu bytes are too many for one request: %d at most", len,
		           LINK_REQUEST_MAX);
	rc = round_trip(&x);
	if (!rc)
		rc = receive_reply(&x);
	if (rc)
		buf_reset(reply);
	return rc;
}

int link_get(struct link *l, const char *path, const char *query, int accept, int *format,
             struct buf *reply, int timeout_ms)
{
	struct exchange x = {.l = l, .path = path, .reply = reply, .timeout_ms = timeout_ms};
	int rc;

	x.get = true;
	x.query = query;
	x.accept = accept;
	*format = -1;
	buf_reset(reply);
	rc = round_trip(&x);
	if (!rc) {
		*format = l->answer.format;
		rc = receive_reply(&x);
	}
	if (rc)
		buf_reset(reply);
	return rc;
}
