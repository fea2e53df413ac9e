/* session.c - syncing with the parent: a link, an exchange on it, and the sync that it is for. */
#include "protocol/enrol.h"
#include "protocol/exchange.h"
#include "protocol/session.h"
#include "protocol/session_identity.h"
#include "protocol/session_network.h"
#include "storage/err.h"
#include "storage/meta.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000)
#define CONNECT_MS 20000 /* all addresses and transports, with lost flights at 1.5 s round trips */
#define ANSWER_MS 60000  /* to an enrolment */
#define SILENCE (8 * SECOND)      /* until the session is thought to be dead on the other side */
#define SILENCE_MAX (64 * SECOND) /* between later attempts to open another */
#define GIVE_UP (150 * SECOND)    /* of silence: what has arrived is kept */
#define ROOM_AGAIN (5 * SECOND / 1000) /* when the system takes no datagram just now */
#define PROMPT 1000 /* bytes of a request, or an answer, that make a round trip */

enum { IDLE, ENROLLING, OPENING, ASKING };

struct session {
	struct store *s;
	int state;
	char addrs[LINK_ADDR_MAX * 4];
	struct session_identity me;
	struct link *link; /* owned; by certificate once enrolled */
	struct sync_client sync;
	struct exchange exchange;
	bool has_exchange;
	int64_t began, asked;  /* us */
	int64_t reopen, pause; /* when, and after how long, another session is tried */
	int64_t blocked;       /* until then the system has no room */
	int64_t wake;
	uint64_t before; /* bytes of earlier requests of this sync */
	size_t ask_len;
	struct link_count base; /* of the link when the sync began */
	struct session_result result;
};

int session_new(struct store *s, struct session **out)
{
	struct session *x = *out = calloc(1, sizeof *x);

	if (!x)
		return err(ERR_NOMEM, "out of memory");
	x->s = s;
	x->wake = INT64_MAX;
	return 0;
}

static void hang_up(struct session *x)
{
	link_close(x->link);
	x->link = NULL;
	session_identity_release(&x->me);
}

void session_free(struct session *x)
{
	if (!x)
		return;
	if (x->state == ASKING)
		sync_release(&x->sync);
	if (x->has_exchange)
		exchange_release(&x->exchange);
	hang_up(x);
	free(x);
}

/* ---- counting --------------------------------------------------------------------------------- */

static void count(struct session *x)
{
	struct link_count c;

	if (!x->link)
		return;
	link_counts(x->link, &c);
	x->result.bytes_sent += c.sent - x->base.sent;
	x->result.bytes_received += c.received - x->base.received;
	x->base = c;
}

/* What is remembered of the network, and what the handshake has just seen. */
static struct frame_line line_of(const struct session *x, const struct network *n)
{
	struct frame_line line = {.rate = (uint32_t)n->rate,
	                          .rtt_us = (uint32_t)n->rtt_us,
	                          .loss = (uint16_t)n->loss,
	                          .room = (uint16_t)n->room};
	uint16_t loss = link_loss(x->link);

	if (line.loss < loss)
		line.loss = loss;
	return line;
}

static void remember_line(struct session *x)
{
	const struct frame_line *l = &x->exchange.line;
	char name[NETWORK_NAME];
	struct network was, n = {.transport = link_transport(x->link),
	                         .rate = l->rate,
	                         .rtt_us = l->rtt_us,
	                         .loss = l->loss,
	                         .room = l->room};

	session_network(name);
	network_get(x->s, name, &was);
	/* a few per cent more or less are not worth a write */
	if (was.transport != n.transport || was.room != n.room ||
	    llabs(was.rate - n.rate) > was.rate / 4 ||
	    llabs(was.rtt_us - n.rtt_us) > was.rtt_us / 4)
		network_set(x->s, name, &n);
}

/* The sync is over, well or not: returns rc. */
static int end(struct session *x, int rc)
{
	if (x->state == ASKING) {
		x->result.packs_sent = x->sync.packs_sent;
		x->result.packs_received = x->sync.packs_received;
		x->result.refused = x->sync.refused;
		x->result.rounds = x->sync.rounds;
		x->result.up_to_date = x->sync.up_to_date;
		sync_release(&x->sync);
		if (rc == 1 && !x->result.up_to_date)
			remember_line(x);
	}
	count(x);
	x->result.seconds = (double)(session_now_us() - x->began) / (double)SECOND;
	x->state = IDLE;
	x->wake = INT64_MAX;
	if (rc < 0)
		hang_up(x);
	return rc;
}

/* ---- opening ------------------------------------------------------------------------------------ */

static int open_link(struct session *x, bool enrolling)
{
	char name[NETWORK_NAME];
	struct network n;
	int rc = enrolling ? session_identity_psk(x->s, &x->me)
	                   : session_identity_cert(x->s, &x->me);

	session_network(name);
	network_get(x->s, name, &n);
	if (!rc)
		rc = link_open(x->addrs, &x->me.id, n.transport == LINK_TCP ? LINK_TCP : LINK_UDP,
		               CONNECT_MS, &x->link);
	memset(&x->base, 0, sizeof x->base);
	x->state = enrolling ? ENROLLING : OPENING;
	return rc;
}

int session_start(struct session *x, const char *addrs)
{
	int rc;

	if (x->state != IDLE)
		return err(ERR_BUSY, "a sync is under way already");
	addrs += strspn(addrs, " ");
	if (!*addrs)
		return err(ERR_NOTFOUND,
		           "this node has no address to sync to: give one with --parent");
	if (strlen(addrs) >= sizeof x->addrs)
		return err(ERR_TOOBIG, "too many addresses");
	if (strcmp(x->addrs, addrs))
		hang_up(x);
	strcpy(x->addrs, addrs);
	memset(&x->result, 0, sizeof x->result);
	x->began = session_now_us();
	x->before = x->ask_len = 0;
	if (x->link) {
		link_counts(x->link, &x->base);
		x->state = OPENING;
		if (link_state(x->link) == LINK_DOWN)
			link_reopen(x->link, CONNECT_MS);
		x->wake = 0;
		return 0;
	}
	rc = open_link(x, !enrol_done(x->s));
	x->wake = 0;
	return rc ? end(x, rc) : 0;
}

static int enrol(struct session *x)
{
	struct buf ask = {0}, answer = {0};
	int rc = enrol_ask(x->s, &ask);

	if (!rc)
		rc = link_exchange(x->link, "e", ask.data, ask.len, &answer, ANSWER_MS);
	if (!rc)
		rc = enrol_answer(x->s, answer.data, answer.len);
	buf_release(&ask);
	buf_release(&answer);
	if (rc)
		return rc;
	x->result.enrolled = true;
	count(x);
	hang_up(x);
	return open_link(x, false);
}

static int check_parent(struct session *x, uint32_t *number)
{
	struct link_peer peer;
	int64_t parent;
	int rc = meta_int(x->s, "parent_number", &parent);

	link_remote(x->link, &peer);
	*number = (uint32_t)parent;
	if (!rc && peer.number != *number)
		rc = err(ERR_DENIED, "%s is node %s, not this node's parent: check the address",
		         link_address(x->link), node_text(peer.number, (char[ID_TEXT]){0}));
	return rc;
}

/* ---- asking ------------------------------------------------------------------------------------- */

static void on_datagram(void *arg, const uint8_t *data, size_t len)
{
	struct session *x = arg;

	if (x->has_exchange)
		exchange_take(&x->exchange, data, len, session_now_us());
	x->pause = SILENCE;
	x->reopen = session_now_us() + SILENCE;
}

/* 1: the sync is over. */
static int ask_next(struct session *x)
{
	struct buf ask = {0};
	int rc = sync_next(&x->sync, &ask);

	if (rc == 1) {
		x->before += x->ask_len;
		x->ask_len = ask.len;
		x->asked = session_now_us();
		x->reopen = x->asked + SILENCE;
		x->pause = SILENCE;
		rc = exchange_ask(&x->exchange, ask.data, ask.len, x->asked);
	} else if (rc == 0) {
		rc = 1;
	}
	buf_release(&ask);
	return rc;
}

/* A request that an earlier process had under way, or the first one. */
static int ask_first(struct session *x)
{
	const uint8_t *request;
	size_t len;
	int64_t now = session_now_us();
	int rc = exchange_resume(&x->exchange, &request, &len, now);

	x->asked = now;
	x->reopen = now + SILENCE;
	x->pause = SILENCE;
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	if (!rc && !sync_resume(&x->sync, request, len)) {
		x->ask_len = len;
		return 0;
	}
	return ask_next(x);
}

static int start_sync(struct session *x)
{
	const struct frame_conf conf = {.room = link_payload_max(LINK_MTU),
	                                .overhead = LINK_MTU - link_payload_max(LINK_MTU)};
	char name[NETWORK_NAME];
	struct network n;
	struct frame_line line;
	int64_t scope;
	uint32_t number;
	int rc = check_parent(x, &number);

	if (!rc)
		rc = meta_int(x->s, "parent_scope", &scope);
	session_network(name);
	network_get(x->s, name, &n);
	line = line_of(x, &n);
	if (!rc && !x->has_exchange) {
		rc = exchange_init(&x->exchange, x->s, number, &line, &conf);
		x->has_exchange = !rc;
	}
	if (rc)
		return rc;
	snprintf(x->result.addr, sizeof x->result.addr, "%s", link_address(x->link));
	link_on_datagram(x->link, on_datagram, x);
	sync_init(&x->sync, x->s, scope);
	x->sync.clock_known = session_clock_known(x->s);
	x->state = ASKING;
	x->blocked = 0;
	return ask_first(x);
}

/* What the answer means; 0 and the next request is under way, 1: that was the last. */
static int take_answer(struct session *x)
{
	const uint8_t *answer;
	size_t len;
	int64_t round_ms = (session_now_us() - x->asked) / 1000;
	int rc = exchange_result(&x->exchange, &answer, &len);

	if (rc != 1)
		return rc;
	if (x->ask_len > PROMPT || len > PROMPT)
		round_ms = -1;
	rc = sync_answer(&x->sync, answer, len, round_ms);
	if (!rc && round_ms >= 0)
		rc = session_clock_learnt(x->s);
	return rc ? rc : ask_next(x);
}

/* Sends what is due. Sets when to look again. */
static int send_due(struct session *x)
{
	struct frame_out out;
	int64_t now, next;
	int rc = 0;

	do {
		now = session_now_us();
		next = now < x->blocked ? x->blocked : exchange_next(&x->exchange, now, &out);
		if (now < x->blocked || !out.len)
			break;
		rc = link_send(x->link, out.bytes, out.len);
		if (rc == ERR_BUSY) /* as if lost */
			x->blocked = next = now + ROOM_AGAIN;
	} while (!rc);
	x->wake = next < x->reopen ? next : x->reopen;
	return rc == ERR_BUSY || rc == ERR_NET ? 0 : rc;
}

/* Nothing has come for a while: the other side may have forgotten the session. */
static int mind_silence(struct session *x)
{
	int64_t now = session_now_us();

	if (now < x->reopen)
		return 0;
	if (now > x->exchange.heard + GIVE_UP)
		return err(ERR_NET,
		           "%s no longer answers: check the network, then try again; what has "
		           "arrived there is kept",
		           link_address(x->link));
	link_reopen(x->link, CONNECT_MS);
	exchange_moved(&x->exchange, &x->exchange.line, now);
	x->pause = x->pause * 2 < SILENCE_MAX ? x->pause * 2 : SILENCE_MAX;
	x->reopen = now + x->pause;
	return 0;
}

static int go_on(struct session *x)
{
	int rc = 0;

	if (x->state == ENROLLING && link_state(x->link) == LINK_UP)
		rc = enrol(x);
	if (!rc && x->state == OPENING && link_state(x->link) == LINK_UP)
		rc = start_sync(x);
	if (!rc && x->state == ASKING)
		rc = take_answer(x);
	if (!rc && x->state == ASKING)
		rc = mind_silence(x);
	if (x->state == ASKING) { /* also the last state, after the last answer */
		int sent = send_due(x);

		rc = rc ? rc : sent;
	} else {
		x->wake = INT64_MAX;
	}
	return rc;
}

int session_process(struct session *x)
{
	int rc;

	if (!x->link)
		return 0;
	rc = link_process(x->link);
	if (x->state == IDLE) {
		if (rc)
			hang_up(x);
		return 0;
	}
	if (rc && x->state == ASKING && session_now_us() < x->exchange.heard + GIVE_UP) {
		link_reopen(x->link, CONNECT_MS);
		rc = 0;
	}
	if (!rc)
		rc = go_on(x);
	return rc ? end(x, rc) : 0;
}

/* ---- for the loop --------------------------------------------------------------------------------- */

bool session_busy(const struct session *x)
{
	return x->state != IDLE;
}

int session_fd(const struct session *x)
{
	return x->link ? link_fd(x->link) : -1;
}

int session_timeout_ms(struct session *x)
{
	int link = x->link ? link_timeout_ms(x->link) : -1, own;
	int64_t left = x->wake - session_now_us();

	if (x->wake == INT64_MAX)
		return link;
	own = left <= 0 ? 0 : left > 3600 * SECOND ? 3600000 : (int)((left + 999) / 1000);
	return link < 0 || own < link ? own : link;
}

const struct session_result *session_result(const struct session *x)
{
	return &x->result;
}

void session_progress(const struct session *x, uint64_t *done, uint64_t *total)
{
	bool asking = x->state == ASKING;

	*total = x->before + x->ask_len;
	*done = x->before + (asking ? exchange_done(&x->exchange) : x->ask_len);
	*done = *done > *total ? *total : *done;
}

void session_moved(struct session *x)
{
	if (x->state == ASKING) {
		exchange_moved(&x->exchange, NULL, session_now_us());
		x->wake = 0;
	}
}

static int wait_for(struct session *x)
{
	struct pollfd fd = {.fd = session_fd(x), .events = POLLIN};

	if (poll(&fd, 1, session_timeout_ms(x)) < 0 && errno != EINTR)
		return err(ERR_IO, "waiting failed");
	return 0;
}

int session_sync(struct store *s, const char *addrs, const struct session_watch *watch,
                 struct session_result *out)
{
	struct session *x;
	uint64_t done, total;
	int rc = session_new(s, &x);

	memset(out, 0, sizeof *out);
	if (!rc)
		rc = session_start(x, addrs);
	while (!rc) {
		rc = wait_for(x);
		if (!rc)
			rc = session_process(x);
		if (x->state == ASKING && watch) {
			session_progress(x, &done, &total);
			rc = rc ? rc : watch->fn(watch->arg, done, total);
		}
	}
	if (x)
		*out = x->result;
	session_free(x);
	return rc == 1 ? 0 : rc;
}
