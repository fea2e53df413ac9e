/* link_connect.c - the client's end of a link: opening, the poll loop, noticing that the server is
 * another by now, closing. */
#include "protocol/link_client.h"
#include "storage/err.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define CHECK_MS 1000       /* between looks at the own address */
#define LINE_FRESH_MS 60000 /* a line seen so long ago may be another */

/* ---- what libcoap tells us ------------------------------------------------------------------- */

static void on_nack(coap_session_t *session, const coap_pdu_t *sent,
                    const coap_nack_reason_t reason, const coap_mid_t mid)
{
	struct link *l = coap_context_get_app_data(coap_session_get_context(session));
	struct attempt *a = link_attempt_of(l, session);

	(void)sent;
	(void)mid;
	if (a && reason == COAP_NACK_ICMP_ISSUE)
		a->refused = true;
	else if (session == l->session && reason == COAP_NACK_ICMP_ISSUE)
		l->refused = true;
	else if (session == l->session && reason == COAP_NACK_TOO_MANY_RETRIES)
		l->lost = true;
}

static unsigned option_of(const coap_pdu_t *pdu, coap_option_num_t number, unsigned otherwise)
{
	coap_opt_iterator_t it;
	coap_opt_t *option = coap_check_option(pdu, number, &it);

	if (!option)
		return otherwise;
	return coap_decode_var_bytes(coap_opt_value(option), coap_opt_length(option));
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent,
                                   const coap_pdu_t *received, const coap_mid_t mid)
{
	struct link *l = coap_context_get_app_data(coap_session_get_context(session));
	coap_bin_const_t token = coap_pdu_get_token(received);
	struct answer *a = &l->answer;
	const uint8_t *data = NULL;
	size_t len = 0;

	(void)sent;
	(void)mid;
	link_heard(l);
	if (a->here || token.length != 1 || token.s[0] != l->token)
		return COAP_RESPONSE_OK; /* late, of an exchange that is over */
	coap_get_data(received, &len, &data);
	if (len > sizeof a->payload)
		return COAP_RESPONSE_FAIL;
	memset(a, 0, offsetof(struct answer, payload));
	if (len)
		memcpy(a->payload, data, len);
	a->len = len;
	a->code = coap_pdu_get_code(received);
	a->format = (int)option_of(received, COAP_OPTION_CONTENT_FORMAT, UINT_MAX);
	a->etag = option_of(received, COAP_OPTION_ETAG, 0);
	coap_get_block_b(session, received, COAP_OPTION_BLOCK2, &a->theirs);
	a->here = true;
	return COAP_RESPONSE_OK;
}

/* ---- what a session still is ------------------------------------------------------------------ */

bool link_has_session(const struct link *l)
{
	return l->session && coap_session_get_state(l->session) == COAP_SESSION_STATE_ESTABLISHED;
}

int link_why(const struct link *l)
{
	return err(l->why, "%s", l->why_text);
}

void link_asked(struct link *l)
{
	int64_t now = link_now_ms();

	if (!l->asked_ms)
		l->asked_ms = now;
	if (now - l->checked_ms < CHECK_MS)
		return;
	l->checked_ms = now;
	if (l->session)
		coap_session_follow_address(l->session);
}

void link_heard(struct link *l)
{
	l->heard_ms = link_now_ms();
	l->asked_ms = 0;
}

/* A server that was started anew drops the records of sessions that it does not know, in silence. */
static int64_t silent_at_ms(const struct link *l)
{
	int64_t at = l->asked_ms + SILENCE_MS + 3 * (int64_t)l->rtt_ms;

	if (!l->asked_ms || l->opening)
		return 0;
	return at > l->again_ms ? at : l->again_ms;
}

static void step(struct link *l)
{
	int64_t silent_at;

	if (l->session && !link_has_session(l)) {
		coap_session_release(l->session);
		l->session = NULL;
		l->asked_ms = 0;
	}
	silent_at = silent_at_ms(l);
	if (silent_at && link_now_ms() >= silent_at)
		link_dial(l, RENEW_MS);
	link_dial_step(l);
	if (l->opening && l->session && l->heard_ms > l->began_ms)
		link_dial_end(l); /* it was the line that was silent */
}

void link_await(struct link *l, int64_t until_ms)
{
	struct pollfd fd = {l->poll_fd, POLLIN, 0};
	int64_t wait = until_ms - link_now_ms();
	int timer = link_timeout_ms(l);

	if (timer >= 0 && timer < wait)
		wait = timer;
	poll(&fd, 1, wait > 0 ? (int)wait : 0);
	coap_io_process(l->ctx, COAP_IO_NO_WAIT);
	step(l);
}

/* ---- opening and closing ---------------------------------------------------------------------- */

static int take_addresses(struct link *l, const char *addrs)
{
	size_t n;

	for (addrs += strspn(addrs, " "); *addrs; addrs += strspn(addrs, " ")) {
		n = strcspn(addrs, " ");
		if (l->target_count == TARGETS_MAX)
			break;
		if (n >= LINK_ADDR_MAX)
			return err(ERR_BAD,
			           "not an address: %.128s (write host, host:port or [IPv6]:port)",
			           addrs);
		memcpy(l->targets[l->target_count++].addr, addrs, n);
		addrs += n;
	}
	return l->target_count
	               ? 0
	               : err(ERR_BAD,
	                     "not an address: %.128s (write host, host:port or [IPv6]:port)",
	                     addrs);
}

static int set_up(struct link *l, const char *addrs)
{
	struct epoll_event event = {.events = EPOLLIN};
	int rc = take_addresses(l, addrs);

	if (!rc)
		rc = link_context_new(&l->ctx);
	if (!rc && !l->me.psk_id)
		rc = link_keys_init(&l->keys, &l->me);
	if (rc)
		return rc;
	coap_context_set_app_data(l->ctx, l);
	coap_register_nack_handler(l->ctx, on_nack);
	coap_register_response_handler(l->ctx, on_response);
	l->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->poll_fd < 0 ||
	    epoll_ctl(l->poll_fd, EPOLL_CTL_ADD, coap_context_get_coap_fd(l->ctx), &event))
		return err(ERR_NOMEM, "out of memory");
	return link_client_datagrams(l);
}

int link_open(const char *addrs, const struct link_identity *me, enum link_transport first,
              int timeout_ms, struct link **out)
{
	struct link *l = calloc(1, sizeof *l);
	int rc;

	*out = NULL;
	if (!l)
		return err(ERR_NOMEM, "out of memory");
	l->poll_fd = -1;
	l->me = *me;
	l->first = first;
	rc = set_up(l, addrs);
	if (!rc) {
		link_dial(l, timeout_ms);
		step(l);
		if (l->why == ERR_BAD)
			rc = link_why(l);
	}
	if (rc)
		link_close(l);
	else
		*out = l;
	return rc;
}

int link_connect(const char *addrs, const struct link_identity *me, int timeout_ms,
                 struct link **out)
{
	int rc = link_open(addrs, me, LINK_UDP, timeout_ms, out);

	while (!rc && link_state(*out) == LINK_OPENING)
		link_await(*out, (*out)->open_until_ms);
	if (!rc && link_state(*out) == LINK_DOWN) {
		rc = link_why(*out);
		link_close(*out);
		*out = NULL;
	}
	return rc;
}

void link_reopen(struct link *l, int timeout_ms)
{
	if (!l->opening)
		link_dial(l, timeout_ms);
	step(l);
}

void link_close(struct link *l)
{
	if (!l)
		return;
	link_dial_end(l);
	if (l->session)
		coap_session_release(l->session);
	if (l->ctx)
		coap_free_context(l->ctx);
	if (l->poll_fd >= 0)
		close(l->poll_fd);
	link_keys_release(&l->keys);
	free(l);
}

/* ---- what it is ------------------------------------------------------------------------------- */

enum link_state link_state(const struct link *l)
{
	return link_has_session(l) ? LINK_UP : l->opening ? LINK_OPENING : LINK_DOWN;
}

const char *link_address(const struct link *l)
{
	return l->targets[l->way ? l->way->target : 0].addr;
}

uint16_t link_loss(const struct link *l)
{
	return l->shook_ms && link_now_ms() - l->shook_ms < LINE_FRESH_MS ? l->shook_loss : 0;
}

enum link_transport link_transport(const struct link *l)
{
	return l->way ? l->way->transport : l->first;
}

void link_remote(const struct link *l, struct link_peer *out)
{
	*out = l->peer;
}

void link_counts(const struct link *l, struct link_count *out)
{
	link_traffic(l->ctx, out);
}

/* ---- the poll loop ---------------------------------------------------------------------------- */

int link_fd(const struct link *l)
{
	return l->poll_fd;
}

/* libcoap's own timers are in the descriptor, as a timerfd. */
int link_timeout_ms(struct link *l)
{
	int64_t due = link_dial_due_ms(l), silent = silent_at_ms(l), now = link_now_ms();

	if (silent && (!due || silent < due))
		due = silent;
	return !due ? -1 : due <= now ? 0 : (int)(due - now);
}

int link_process(struct link *l)
{
	coap_io_process(l->ctx, COAP_IO_NO_WAIT);
	step(l);
	if (link_state(l) != LINK_DOWN)
		return 0;
	if (l->why)
		return link_why(l);
	return err(ERR_NET, "the connection to %s has ended: try again", link_address(l));
}
