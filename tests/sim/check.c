/* check.c - the network comes to rest; then everything that must hold is looked at. */
#include "storage/db.h"
#include "storage/merge.h"
#include "storage/node.h"
#include "storage/pack.h"
#include "storage/rebuild.h"
#include "storage/verify.h"
#include "tests/sim/model.h"

#include <string.h>

#define ROUNDS_MAX 24 /* turns in which everybody syncs */

/* ---- rest -------------------------------------------------------------------------------------------------- */

/* What honest nodes hold. */
static int64_t packs_held(struct world *w)
{
	int64_t sum = 0, n;
	int i;

	for (i = 0; i < w->nnode; i++) {
		if (!w->node[i].s || w->node[i].hostile)
			continue;
		must(w, db_int(w->node[i].s, &n, "SELECT count(*) FROM pack", ""), "count packs");
		sum += n;
	}
	return sum;
}

/* Nobody has anything to say, nor did a hostile node bring anything. */
static bool all_sync(struct world *w, bool tell)
{
	int64_t held = packs_held(w);
	bool same = true;
	unsigned steps;
	int i;

	for (i = w->nnode - 1; i > 0; i--) {
		if (!w->node[i].s)
			continue;
		steps = net_sync(&w->node[i]);
		if (!w->node[i].hostile)
			same &= steps == 1 && w->node[i].up_to_date;
		if (tell && (steps > 1 || !w->node[i].up_to_date))
			trace(w, "node %d still syncs in %u: %s", i, steps, err_text());
		pass(w, 1000);
	}
	return same && packs_held(w) == held;
}

/* Never more than that they hold; a disk that was put back holds less than it had said. */
static int check_ack_now(void *arg, const struct feed *f)
{
	struct sim_node *n = arg, *root = n->w->node, *parent = &root[n->parent];
	struct feed at_parent, at_root;
	int rc = feed_find(parent->s, &f->key, false, &at_parent);

	if (!rc || rc == ERR_NOTFOUND)
		rc = feed_find(root->s, &f->key, false, &at_root);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	if (f->parent_head > at_parent.head && n->w->copied != parent)
		fail(n->w,
		     "node %d thinks that its parent holds %u packs of node %u, class %d: it is %u",
		     n->index, f->parent_head, f->key.author, (int)f->key.class, at_parent.head);
	if (f->root_head > at_root.head && n->w->copied != root)
		fail(n->w, "node %d thinks that the root holds %u packs: it is %u", n->index,
		     f->root_head, at_root.head);
	return 0;
}

static void check_acks_now(struct sim_node *n)
{
	int i;

	for (i = 0; i < n->w->nnode; i++)
		if (n->w->node[i].revoked)
			return; /* its feeds may have become shorter */
	if (n->s && n->parent >= 0 && !n->hostile)
		must(n->w, feed_each(n->s, check_ack_now, n), "look at receipts");
}

static int tell_aside(void *arg, const struct aside *a)
{
	struct sim_node *n = arg;

	trace(n->w, "node %d set aside pack %u of node %u, class %d: %s", n->index, a->seq,
	      a->key.author, (int)a->key.class, a->reason);
	return 0;
}

static _Noreturn void no_rest(struct world *w, int rounds)
{
	int i;

	for (i = 0; i < w->nnode; i++)
		if (w->node[i].s && !w->node[i].hostile)
			must(w, aside_each(w->node[i].s, tell_aside, &w->node[i]), "list packs");
	fail(w, "no rest after %d rounds of syncs", rounds);
}

void quiet(struct world *w)
{
	int i, rounds = 0;

	trace(w, "the network comes to rest");
	w->loss = 0;
	for (i = 0; i < w->nnode; i++) {
		check_acks_now(&w->node[i]);
		w->node[i].cut_off = false;
		net_drop(&w->node[i]);
		if (w->node[i].s && !w->node[i].enrolled)
			node_enrol(&w->node[i]);
	}
	must(w, pack_seal(w->node[0].s), "seal"); /* it may have no children that ask */
	while (!all_sync(w, rounds > ROUNDS_MAX - 2))
		if (++rounds == ROUNDS_MAX / 2)
			w->now_ms += 5 * DAY_MS; /* what waits for its time goes in */
		else if (rounds > ROUNDS_MAX)
			no_rest(w, rounds);
	if (!all_sync(w, rounds > ROUNDS_MAX - 2))
		fail(w, "a sync with nothing to say takes more than one round trip");
}

/* ---- feeds -------------------------------------------------------------------------------------------------- */

/* Nothing that its author wrote after it was revoked is left. */
static void check_revoked(struct world *w, const struct m_feed *f, const struct sim_node *n)
{
	struct node author;

	if (f->author < 0 || f->author == n->index || !w->node[f->author].revoked ||
	    !f->held[n->index] || node_get(n->s, f->key.author, &author) || !author.revoked)
		return;
	if (f->pack[f->held[n->index]].last_clock > author.revoked)
		fail(w, "node %d holds what node %d wrote after it was revoked", n->index,
		     f->author);
}

/* An office that was told of a year to come by a file enrols from there: who it enrolled is known once that
 * year has come. */
static bool enrolled_later(const struct sim_node *parent, const struct m_feed *f)
{
	struct node n;
	int64_t waiting = 0;

	return node_get(parent->s, f->key.author, &n) == ERR_NOTFOUND &&
	       !db_int(parent->s, &waiting, "SELECT 1 FROM pack WHERE state = 1 LIMIT 1", "") &&
	       waiting;
}

static void check_held(struct world *w, const struct m_feed *f)
{
	const struct sim_node *n, *parent;
	int i;

	for (i = 0; i < w->nnode; i++) {
		n = &w->node[i];
		if (!n->s || n->hostile)
			continue;
		/* common tables may have come in a file before the tree was known */
		if (f->held[i] && f->author != i && f->key.class != CLASS_REF &&
		    !may_hold(w, &f->key, n->place))
			fail(w, "node %d holds a feed of class %d of place %d, which it may not", i,
			     (int)f->key.class, place_of(w, f->key.scope));
		if (f->held[i] && f->refused && f->author != i)
			fail(w, "node %d took a feed that its author may not write", i);
		check_revoked(w, f, n);
		if (n->parent < 0 || f->refused)
			continue;
		parent = &w->node[n->parent];
		if (!parent->hostile && may_hold(w, &f->key, n->place) &&
		    may_hold(w, &f->key, parent->place) && f->held[i] != f->held[n->parent] &&
		    !enrolled_later(parent, f))
			fail(w,
			     "feed of node %d, class %d, place %d: node %d holds %u, its parent %u",
			     f->author, (int)f->key.class, place_of(w, f->key.scope), i, f->held[i],
			     f->held[n->parent]);
	}
}

struct acks {
	struct sim_node *n;
};

static int check_ack(void *arg, const struct feed *f)
{
	struct sim_node *n = ((struct acks *)arg)->n;
	struct world *w = n->w;
	const struct m_feed *m = model_feed(w, &f->key);
	int place = n->parent < 0 ? n->place : w->node[n->parent].place;
	uint32_t root = m->held[0];

	if (n->parent < 0 || !m->npack)
		return 0;
	if (f->parent_head > m->held[n->parent] || f->root_head > root)
		fail(w,
		     "node %d, with %u packs of node %d, class %d, thinks that its parent has %u and the "
		     "root %u: it is %u and %u",
		     n->index, f->head, m->author, (int)f->key.class, f->parent_head, f->root_head,
		     m->held[n->parent], root);
	if (!may_hold(w, &f->key, place) || !may_hold(w, &f->key, n->place))
		return 0;
	if (f->parent_head != m->held[n->parent])
		fail(w, "node %d does not know that its parent holds %u packs: %u", n->index,
		     m->held[n->parent], f->parent_head);
	if (may_hold(w, &f->key, 0) && f->root_head != root)
		fail(w, "node %d does not know that the root holds %u packs: %u", n->index, root,
		     f->root_head);
	return 0;
}

/* ---- clocks -------------------------------------------------------------------------------------------------- */

#define CLOCK_ERROR_MS (10 * 60 * 1000) /* of drift since the last sync, and round trips */

/* What a device with a wrong clock wrote carries the true time, when its parent knew it; and if its
 * clock jumped after that, at least none that is still to come. */
static void check_clock(struct world *w, const struct m_feed *f, const struct m_entry *e)
{
	int64_t ms = e->clock >> 16, latest = e->seen >> 16;

	if (e->clock <= e->seen)
		fail(w, "node %d wrote with a clock below what it had seen", f->author);
	if (e->right_all_along && ms < e->true_ms - CLOCK_ERROR_MS)
		fail(w, "an entry of node %d has a clock %lld s too low", f->author,
		     (long long)(e->true_ms - ms) / 1000);
	if (latest < e->sealed_ms)
		latest = e->sealed_ms;
	if (e->right && ms > latest + CLOCK_ERROR_MS)
		fail(w, "an entry of node %d has a clock %lld s after it was sealed", f->author,
		     (long long)(ms - latest) / 1000);
	if (e->right_all_along && latest == e->sealed_ms && ms > e->true_ms + CLOCK_ERROR_MS &&
	    !w->any_jump)
		fail(w, "an entry of node %d has a clock %lld s too high", f->author,
		     (long long)(ms - e->true_ms) / 1000);
}

static void check_clocks(struct world *w, const struct m_feed *f)
{
	size_t i;

	if (f->author < 0 || w->node[f->author].role != ROLE_DEVICE || w->node[f->author].hostile)
		return;
	for (i = 0; i < f->n; i++)
		check_clock(w, f, &f->e[i]);
}

/* ---- each node ------------------------------------------------------------------------------------------------ */

struct again {
	struct sim_node *n;
	struct feed f;
};

static int take_again(void *arg, const struct pack *p)
{
	struct again *g = arg;

	must(g->n->w, feed_receive(g->n->s, &g->f, p), "take an old pack again");
	return 0;
}

static int take_feed_again(void *arg, const struct feed *f)
{
	struct again *g = arg;

	g->f = *f;
	return chance(&g->n->w->p, 20) ? feed_packs(g->n->s, f, 0, take_again, g) : 0;
}

static void check_node(struct sim_node *n)
{
	struct verify_result before, after;
	struct again again = {.n = n};
	struct acks acks = {n};

	sums_check(n);
	must(n->w, verify_store(n->s, 0, &before), "verify");
	model_compare(n);
	must(n->w, feed_each(n->s, check_ack, &acks), "look at receipts");
	if (!chance(&n->w->p, 30))
		return;
	must(n->w, feed_each(n->s, take_feed_again, &again), "take feeds again");
	if (chance(&n->w->p, 30))
		must(n->w, rebuild(n->s), "rebuild");
	node_close(n);
	node_open(n);
	sums_check(n);
	must(n->w, verify_content(n->s, 0, (memset(&after, 0, sizeof after), &after)), "verify");
	if (memcmp(before.hash, after.hash, sizeof before.hash))
		fail(n->w, "node %d changes when it takes old packs again, or is built anew",
		     n->index);
}

void check(struct world *w)
{
	size_t i;
	int k;

	model_settle(w);
	for (i = 0; i < w->m->nfeed; i++) {
		check_held(w, &w->m->feed[i]);
		check_clocks(w, &w->m->feed[i]);
	}
	for (k = 0; k < w->nnode; k++)
		if (w->node[k].s && !w->node[k].hostile)
			check_node(&w->node[k]);
}
