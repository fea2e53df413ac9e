/* net.c - the network: requests and answers that are lost, doubled, late or cut off. */
#include "protocol/sync_client.h"
#include "protocol/sync_message.h"
#include "storage/clock.h"
#include "tests/sim/model.h"

#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 400 /* requests in one sync: more is going round in circles */

/* ---- what was acknowledged ---------------------------------------------------------------------------- */

static struct told *told_of(struct sim_node *n, const struct feed_key *key)
{
	size_t i;

	for (i = 0; i < n->ntold; i++)
		if (same_key(&n->told[i].key, key))
			return &n->told[i];
	if (n->ntold == sizeof n->told / sizeof *n->told)
		return NULL;
	n->told[n->ntold] = (struct told){.key = *key};
	return &n->told[n->ntold++];
}

/* Then its feeds end earlier at who knows of it. */
static bool is_revoked(const struct world *w, uint32_t number)
{
	int i;

	for (i = 0; i < w->nnode; i++)
		if (w->node[i].number == number && w->node[i].revoked)
			return true;
	return false;
}

static void check_push(struct sim_node *n)
{
	const struct sync_runs *runs = &n->client.runs;
	const struct told *t;
	size_t i;

	for (i = 0; (n->client.state == SYNC || n->client.state == PUSH) && i < runs->n; i++) {
		t = told_of(n, &runs->run[i].key);
		if (t && runs->run[i].first <= t->head &&
		    !is_revoked(n->w, runs->run[i].key.author))
			fail(n->w, "node %d sends pack %u of a feed again: its parent had said %u",
			     n->index, runs->run[i].first, t->head);
	}
}

/* The receipts of an answer, in the order of the runs that were sent. */
static void note_told(struct sim_node *n, const struct sync_runs *runs, const struct buf *answer)
{
	struct reader r = reader_of(answer->data, answer->len);
	char reason[ERR_TEXT_MAX];
	struct told *t;
	uint32_t head;
	size_t i, k;

	get_array(&r);
	if (get_uint(&r) != MSG_SYNC)
		return;
	for (i = 0; i < 4; i++) /* version, time, instance, change */
		get_int(&r);
	k = get_array(&r);
	for (i = 0; i < runs->n && i < k; i++) {
		head = (uint32_t)get_uint(&r);
		get_uint(&r);
		get_text(&r, reason, sizeof reason);
		t = told_of(n, &runs->run[i].key);
		if (t)
			t->head = head;
	}
}

/* ---- one request ----------------------------------------------------------------------------------------- */

void net_drop(struct sim_node *n)
{
	if (n->syncing)
		sync_release(&n->client);
	n->syncing = n->asking = false;
	n->steps = 0;
}

static void begin(struct sim_node *n)
{
	int64_t seen;

	must(n->w, clock_seen(n->s, &seen), "look at the clock");
	if (clock_ms(seen) > n->w->now_ms + 60000)
		n->right = false; /* others' are ahead, and so is what comes after them */
	sync_init(&n->client, n->s, n->w->node[n->parent].s->self.scope);
	n->client.clock_known = n->right && chance(&n->w->p, 50);
	n->syncing = true;
	n->asking = n->changed = false;
	n->steps = 0;
}

/* The next request, unless one waits to be sent again. False when the sync is over. */
static bool next(struct sim_node *n)
{
	int rc;

	if (n->asking)
		return true;
	rc = sync_next(&n->client, &n->ask);
	if (rc < 0 && !memvfs_was_cut())
		must(n->w, rc, "ask");
	n->asking = rc == 1;
	n->up_to_date = n->client.up_to_date;
	if (!n->asking)
		net_drop(n);
	else if (!n->hostile)
		check_push(n);
	return n->asking;
}

static int serve(struct sim_node *n, const struct buf *ask, struct buf *answer)
{
	struct sim_node *parent = &n->w->node[n->parent];
	int64_t pending = model_pending(parent);
	int rc = sync_serve(parent->s, n->w->place[n->place].id, ask->data, ask->len, answer, NULL);

	if (pending && !memvfs_was_cut() && !model_pending(parent))
		model_sealed(parent);
	if (rc && !n->hostile && !memvfs_was_cut())
		must(n->w, rc, "serve");
	return rc;
}

static void take_answer(struct sim_node *n, const struct buf *answer, int64_t round_ms)
{
	int64_t pending = model_pending(n);
	struct sim_node *parent = &n->w->node[n->parent];
	bool asked_time = n->client.state == SYNC || n->client.state == PUSH;
	struct sync_runs runs = n->client.runs;
	int rc = sync_answer(&n->client, answer->data, answer->len, round_ms);

	if (memvfs_was_cut())
		return;
	if (rc) {
		if (!n->hostile && !(rc == ERR_BAD && (n->changed || n->w->count[N_REVOKED])))
			must(n->w, rc, "take an answer");
		trace(n->w, "node %d: %s", n->index, err_text());
		net_drop(n);
		return;
	}
	if (asked_time) {
		note_told(n, &runs, answer);
		n->right = llabs(clock_now_ms(parent->s) - n->w->now_ms) < 60000;
	}
	if (pending && !model_pending(n))
		model_sealed(n);
	n->asking = false;
}

static void keep_late(struct sim_node *n)
{
	struct late *l = &n->w->late[below(&n->w->p, 8)];

	l->from = n->index;
	buf_reset(&l->ask);
	buf_add(&l->ask, n->ask.data, n->ask.len);
}

/* Returns whether the answer came. */
static bool exchange(struct sim_node *n, unsigned loss)
{
	struct world *w = n->w;
	struct buf answer = {0};
	int64_t sent = w->now_ms;
	bool came = false;

	w->count[N_REQUESTS]++;
	if (chance(&w->p, loss))
		return false;
	pass(w, 1500);
	if (loss && chance(&w->p, 10)) /* the datagrams came twice */
		serve(n, &n->ask, &answer);
	if (serve(n, &n->ask, &answer)) {
		net_drop(n);
	} else if (!chance(&w->p, loss)) {
		pass(w, 1500);
		take_answer(n, &answer, w->now_ms - sent);
		came = true;
	}
	buf_release(&answer);
	return came;
}

static _Noreturn void going_round(struct sim_node *n)
{
	fail(n->w, "node %d: a sync of more than %d requests, the last in state %d, %zu runs",
	     n->index, STEPS_MAX, n->client.state, n->client.runs.n);
}

void net_step(struct sim_node *n)
{
	struct world *w = n->w;

	if (!n->syncing)
		begin(n);
	if (!next(n))
		return;
	if (++n->steps > STEPS_MAX)
		going_round(n);
	if (chance(&w->p, 10))
		keep_late(n);
	if (n->cut_off || (!exchange(n, w->loss) && chance(&w->p, 30)))
		net_drop(n);
}

unsigned net_sync(struct sim_node *n)
{
	unsigned steps = 0;

	net_drop(n);
	begin(n);
	while (next(n)) {
		if (++steps > STEPS_MAX)
			going_round(n);
		if (!exchange(n, 0) || !n->syncing || memvfs_was_cut())
			break;
	}
	net_drop(n);
	return steps;
}

void net_late(struct world *w)
{
	struct late *l = &w->late[below(&w->p, 8)];
	struct sim_node *n = &w->node[l->from];
	struct buf answer = {0};

	if (!l->ask.len || !n->s || !w->node[n->parent].s)
		return;
	trace(w, "an old request of node %d comes again", l->from);
	serve(n, &l->ask, &answer);
	buf_release(&answer);
}

void net_end(struct world *w)
{
	size_t i;

	for (i = 0; i < sizeof w->late / sizeof *w->late; i++)
		buf_release(&w->late[i].ask);
}
