/* link_dial.c - the client's way to a session: several addresses, two transports, one that wins.
 *
 * A silent address must not cost the patience that another deserves, so another way is tried as well
 * when nothing has come for a while; but each costs a volunteer bytes, so not before. */
#include "protocol/link_client.h"
#include "storage/err.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#define FAMILIES 2        /* addresses of a name: the first of IPv4 and the first of IPv6 */
#define ACK_LEAST_MS 1000 /* before a request is repeated: 1.5 round trips, but not less, */
#define ACK_MOST_MS 3000  /* nor more than this */

/* How opening ends in vain: what a peer said is worth more than silence, and the first more than later. */
static void fail(struct link *l, int rc)
{
	if (l->why == ERR_DENIED || (l->why && rc != ERR_DENIED))
		return;
	l->why = rc;
	snprintf(l->why_text, sizeof l->why_text, "%s", err_text());
}

/* ---- security -------------------------------------------------------------------------------- */

static int on_certificate(const char *cn, const uint8_t *der, size_t len, coap_session_t *session,
                          unsigned depth, int validated, void *arg)
{
	struct attempt *a = link_attempt_of(arg, session);

	(void)cn;
	return a && !link_pki_peer(der, len, depth, validated, &a->peer);
}

static coap_session_t *new_session(struct link *l, const struct way *w)
{
	const struct link_identity *me = &l->me;
	coap_proto_t proto = w->transport == LINK_TCP ? COAP_PROTO_TLS : COAP_PROTO_DTLS;
	coap_dtls_cpsk_t psk = {.version = COAP_DTLS_CPSK_SETUP_VERSION, .use_cid = 1};
	coap_dtls_pki_t pki;

	if (!me->psk_id) {
		link_pki(me, &l->keys, on_certificate, l, &pki);
		return coap_new_client_session_pki(l->ctx, NULL, &w->to, proto, &pki);
	}
	psk.psk_info.identity.s = (const uint8_t *)me->psk_id;
	psk.psk_info.identity.length = strlen(me->psk_id);
	psk.psk_info.key.s = me->psk;
	psk.psk_info.key.length = me->psk_len;
	return coap_new_client_session_psk2(l->ctx, NULL, &w->to, proto, &psk);
}

/* RFC 5246 section 7.2.2 and RFC 4279 section 2. */
static int refused_by(const char *addr, int alert)
{
	switch (alert) {
	case COAP_DTLS_PEER_REFUSED:
		return err(ERR_DENIED,
		           "%s is not the office it should be: its certificate is not "
		           "signed by one this node trusts",
		           addr);
	case 115: /* unknown_psk_identity */
		return err(ERR_DENIED,
		           "%s does not know this invite, or it was used already: ask "
		           "the office for a new one",
		           addr);
	case 20: /* bad_record_mac */
	case 51: /* decrypt_error */
		return err(ERR_DENIED,
		           "%s does not accept the invite's secret: ask the office for "
		           "a new invite",
		           addr);
	case 41: /* no_certificate, and how a certificate may be refused */
	case 42:
	case 43:
	case 44:
	case 45:
	case 46:
	case 48: /* unknown_ca */
	case 49: /* access_denied */
		return err(ERR_DENIED,
		           "%s does not accept this node's certificate: was it "
		           "enrolled by another office?",
		           addr);
	default:
		return err(ERR_DENIED,
		           "%s refuses the connection (TLS alert %d): is it a cayda of "
		           "this province?",
		           addr, alert);
	}
}

/* ---- attempts -------------------------------------------------------------------------------- */

struct attempt *link_attempt_of(struct link *l, const coap_session_t *session)
{
	size_t i;

	for (i = 0; i < ATTEMPTS_MAX; i++)
		if (l->attempts[i].session == session)
			return &l->attempts[i];
	return NULL;
}

static void drop(struct attempt *a)
{
	if (a->session)
		coap_session_release(a->session);
	memset(a, 0, sizeof *a);
}

/* Who was refused need not ask the same host in another way. */
static void drop_target(struct link *l, unsigned target)
{
	size_t i;

	for (i = 0; i < l->way_count; i++)
		l->ways[i].tried |= l->ways[i].target == target;
	for (i = 0; i < ATTEMPTS_MAX; i++)
		if (l->attempts[i].session && l->attempts[i].way->target == target)
			drop(&l->attempts[i]);
}

static size_t count_attempts(const struct link *l)
{
	size_t i, n = 0;

	for (i = 0; i < ATTEMPTS_MAX; i++)
		n += l->attempts[i].session != NULL;
	return n;
}

static void begin(struct link *l, struct way *w)
{
	struct attempt *a = link_attempt_of(l, NULL);

	w->tried = true;
	a->way = w;
	a->session = new_session(l, w);
	if (a->session)
		l->tried_ms = link_now_ms();
	else
		fail(l, err(ERR_NET, "there is no way to %s: check the network",
		            l->targets[w->target].addr));
}

/* The server's acknowledgement of a request is waited for as long as this line needs. */
static void set_pace(struct link *l)
{
	int ms = l->rtt_ms * 3 / 2;
	coap_fixed_point_t wait;

	ms = ms < ACK_LEAST_MS ? ACK_LEAST_MS : ms > ACK_MOST_MS ? ACK_MOST_MS : ms;
	wait.integer_part = (uint16_t)(ms / 1000);
	wait.fractional_part = (uint16_t)(ms % 1000);
	coap_session_set_ack_timeout(l->session, wait);
}

static void win(struct link *l, struct attempt *a)
{
	int64_t now = link_now_ms();
	unsigned rtt_ms = 0, vain = 0, answered;

	if (l->serial && a->peer.number != l->peer.number) {
		fail(l, err(ERR_DENIED, "another office answers at %s now",
		            l->targets[a->way->target].addr));
		drop_target(l, a->way->target);
		return;
	}
	if (l->session)
		coap_session_release(l->session);
	l->session = a->session;
	a->session = NULL;
	l->peer = a->peer;
	l->peer.enrolling = l->me.psk_id != NULL;
	l->way = a->way;
	l->serial++;
	l->refused = l->lost = false;
	l->heard_ms = now;
	l->asked_ms = l->again_ms = 0;
	answered = coap_session_get_flights(l->session, &rtt_ms, &vain);
	if (!rtt_ms)
		rtt_ms = (unsigned)(now - l->began_ms) / 3; /* a handshake is three */
	if (!l->rtt_ms || (int)rtt_ms < l->rtt_ms)
		l->rtt_ms = (int)rtt_ms;
	l->shook_ms = now;
	/* a flight and its answer are three datagrams */
	l->shook_loss = (uint16_t)(answered ? 65536 * vain / (3 * (vain + answered)) : 0);
	l->why = 0;
	set_pace(l);
	link_dial_end(l);
}

/* Whether this one is over, or all are. */
static void look_after(struct link *l, struct attempt *a)
{
	const char *addr = l->targets[a->way->target].addr;
	coap_session_state_t state = coap_session_get_state(a->session);
	int alert = coap_session_get_dtls_alert(a->session);

	if (state == COAP_SESSION_STATE_ESTABLISHED) {
		win(l, a);
		return;
	}
	if (alert)
		fail(l, refused_by(addr, alert));
	else if (a->refused)
		fail(l, err(ERR_NET,
		            "nobody listens at %s: is cayda running there, and is the port "
		            "right?",
		            addr));
	if (alert)
		drop_target(l, a->way->target);
	else if (a->refused || state == COAP_SESSION_STATE_NONE)
		drop(a);
}

/* ---- ways ------------------------------------------------------------------------------------ */

static void add_way(struct link *l, size_t target, const struct addrinfo *ai, unsigned nth,
                    enum link_transport transport)
{
	struct way w = {.transport = transport, .target = (uint8_t)target};
	size_t i;

	coap_address_init(&w.to);
	memcpy(&w.to.addr, ai->ai_addr, ai->ai_addrlen);
	w.to.size = ai->ai_addrlen;
	w.rank = (uint8_t)(((transport == l->first ? 0u : FAMILIES) + nth) * TARGETS_MAX + target);
	for (i = 0; i < l->way_count; i++)
		if (l->ways[i].transport == transport && coap_address_equals(&l->ways[i].to, &w.to))
			return;
	if (l->way_count < WAYS_MAX)
		l->ways[l->way_count++] = w;
}

/* What a lookup found. */
static void take_lookup(struct link *l, size_t target)
{
	struct target *t = &l->targets[target];
	const struct addrinfo *list = NULL, *ai;
	int rc = link_lookup_result(t->lookup, &list), family = 0;
	unsigned n = 0;

	for (ai = list; ai && n < FAMILIES; ai = ai->ai_next) {
		if (ai->ai_family == family || ai->ai_addrlen > sizeof l->ways[0].to.addr)
			continue;
		family = ai->ai_family;
		add_way(l, target, ai, n, LINK_UDP);
		add_way(l, target, ai, n, LINK_TCP);
		n++;
	}
	if (rc)
		fail(l, rc);
}

static void end_lookup(struct link *l, struct target *t)
{
	if (t->lookup && link_lookup_fd(t->lookup) >= 0)
		epoll_ctl(l->poll_fd, EPOLL_CTL_DEL, link_lookup_fd(t->lookup), NULL);
	link_lookup_drop(t->lookup);
	t->lookup = NULL;
}

static bool looking_up(const struct link *l)
{
	size_t i;

	for (i = 0; i < l->target_count; i++)
		if (l->targets[i].lookup)
			return true;
	return false;
}

static void collect(struct link *l)
{
	size_t i;

	for (i = 0; i < l->target_count; i++)
		if (l->targets[i].lookup && link_lookup_done(l->targets[i].lookup)) {
			take_lookup(l, i);
			end_lookup(l, &l->targets[i]);
		}
}

static void look_up(struct link *l, struct target *t)
{
	struct epoll_event event = {.events = EPOLLIN};
	int rc = link_lookup_start(t->addr, &t->lookup);

	if (rc)
		fail(l, rc);
	else if (link_lookup_fd(t->lookup) >= 0)
		epoll_ctl(l->poll_fd, EPOLL_CTL_ADD, link_lookup_fd(t->lookup), &event);
}

static struct way *next_way(struct link *l)
{
	struct way *best = NULL;
	size_t i;

	for (i = 0; i < l->way_count; i++)
		if (!l->ways[i].tried && (!best || l->ways[i].rank < best->rank))
			best = &l->ways[i];
	return best;
}

/* ---- all together ---------------------------------------------------------------------------- */

/* Names are looked up anew each time: the office may have moved. The way of the session that there
 * was comes first. */
void link_dial(struct link *l, int timeout_ms)
{
	struct way last = l->way ? *l->way : (struct way){0};
	size_t i;

	link_dial_end(l);
	l->opening = true;
	l->why = 0;
	l->began_ms = l->tried_ms = link_now_ms();
	l->open_until_ms = l->began_ms + timeout_ms;
	l->way_count = 0;
	if (l->way) {
		last.tried = false;
		last.rank = 0;
		l->first = last.transport;
		l->ways[l->way_count++] = last;
		l->way = &l->ways[0];
	}
	for (i = 0; i < l->target_count; i++)
		look_up(l, &l->targets[i]);
}

void link_dial_end(struct link *l)
{
	size_t i;

	for (i = 0; i < ATTEMPTS_MAX; i++)
		drop(&l->attempts[i]);
	for (i = 0; i < l->target_count; i++)
		end_lookup(l, &l->targets[i]);
	l->opening = false;
}

static void end_in_vain(struct link *l)
{
	fail(l, err(ERR_NET, "%s does not answer: check the network and the address",
	            l->targets[0].addr));
	l->again_ms = link_now_ms() + RENEW_AGAIN_MS;
	link_dial_end(l);
}

void link_dial_step(struct link *l)
{
	int64_t now = link_now_ms();
	struct link_count traffic;
	struct way *w;
	size_t i, n;

	link_traffic(l->ctx, &traffic);
	if (traffic.datagrams_received != l->heard_of)
		l->tried_ms = now;
	l->heard_of = traffic.datagrams_received;
	for (i = 0; l->opening && i < ATTEMPTS_MAX; i++)
		if (l->attempts[i].session)
			look_after(l, &l->attempts[i]);
	if (!l->opening)
		return;
	collect(l);
	while ((w = next_way(l)) && (n = count_attempts(l)) < ATTEMPTS_MAX &&
	       (!n || now >= l->tried_ms + STAGGER_MS))
		begin(l, w);
	if (now >= l->open_until_ms || (!count_attempts(l) && !w && !looking_up(l)))
		end_in_vain(l);
}

int64_t link_dial_due_ms(const struct link *l)
{
	int64_t due = l->open_until_ms, next = l->tried_ms + STAGGER_MS;
	size_t i;

	if (!l->opening)
		return 0;
	for (i = 0; i < l->way_count; i++)
		if (!l->ways[i].tried && next < due && count_attempts(l) < ATTEMPTS_MAX)
			due = next;
	return due;
}
