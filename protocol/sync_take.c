/* sync_take.c - the side that syncs up: what the parent's answers mean. */
#include "protocol/sync_client.h"
#include "protocol/sync_message.h"
#include "storage/backup.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/merge.h"
#include "storage/meta.h"
#include "storage/mutant.h"
#include "storage/pack.h"

#include <stdlib.h>
#include <string.h>

struct sync_head *sync_their_head(struct sync_client *c, const struct feed_key *key)
{
	size_t i;

	for (i = 0; i < c->ntheirs; i++)
		if (same_key(&c->theirs[i].key, key))
			return &c->theirs[i];
	return NULL;
}

struct sync_head *sync_make_head(struct sync_client *c, const struct feed_key *key)
{
	struct sync_head *have = sync_their_head(c, key), *grown;

	if (have)
		return have;
	grown = realloc(c->theirs, (c->ntheirs + 1) * sizeof *grown);
	if (!grown) {
		err(ERR_NOMEM, "out of memory");
		return NULL;
	}
	c->theirs = grown;
	have = &grown[c->ntheirs++];
	*have = (struct sync_head){.key = *key};
	return have;
}

/* The parent holds another pack of that number: its head says nothing of ours. */
static int other_branch(struct sync_client *c, const struct feed *f, uint32_t head,
                        const uint8_t *check, bool *other)
{
	uint8_t hash[HASH_LEN];
	int rc = check && head && head <= f->head ? feed_chain(c->s, f, head, hash) : ERR_NOTFOUND;

	*other = !rc && memcmp(hash, check, CHECK_LEN) != 0;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

/* The parent's word on a feed; check: of the chain there, or NULL. */
static int note_head(struct sync_client *c, const struct feed_key *key, uint32_t head,
                     uint32_t root_head, const uint8_t *check)
{
	struct sync_head *h;
	struct feed f;
	bool other;
	int rc = feed_find(c->s, key, false, &f);

	if (rc && rc != ERR_NOTFOUND)
		return rc;
	if (!rc) {
		rc = other_branch(c, &f, head, check, &other);
		if (!rc && other && key->author == c->s->self.number &&
		    key->epoch == c->s->self.epoch)
			rc = backup_mark_next(c->s); /* what is written from now on can be sent */
		if (rc || other)
			return rc;
	}
	if (head > f.head || sync_their_head(c, key)) {
		h = sync_make_head(c, key);
		if (!h)
			return ERR_NOMEM;
		h->head = head;
		h->root_head = root_head;
	}
	if (rc || (f.parent_head == head && f.root_head == root_head))
		return 0;
	return feed_ack(c->s, &f, MUTANT_IS(8) ? f.head : head, root_head);
}

/* One read to its end, before anything is believed. */
struct told {
	int64_t now_ms, instance, change;
	struct reader results, heads;
	size_t nheads;
	bool same;
};

/* ---- receipts --------------------------------------------------------------------------------- */

/* change: the parent's, when it refused them; 0: it did not. */
static int note_refusal(struct sync_client *c, const struct feed_key *key, int64_t change)
{
	struct feed f;
	int rc = feed_find(c->s, key, false, &f);

	if (rc || change == f.refused)
		return rc == ERR_NOTFOUND ? 0 : rc;
	return feed_refused(c->s, &f, change);
}

static int take_result(struct sync_client *c, struct told *t, const struct sync_run *run)
{
	struct reader *r = &t->results;
	char reason[ERR_TEXT_MAX];
	uint32_t head = (uint32_t)get_uint(r), root_head = (uint32_t)get_uint(r);
	struct sync_head *h = NULL;
	int rc;

	get_text(r, reason, sizeof reason);
	if (r->bad)
		return 0;
	if (reason[0] || head < run->last) {
		h = sync_make_head(c, &run->key);
		if (!h)
			return ERR_NOMEM;
		/* less than it had said: from there again, but once */
		h->refused = reason[0] || head + 1 == run->first || h->set_back;
		h->set_back = true;
		if (h->refused)
			err(ERR_DENIED, "the parent refused packs: %s", reason);
	}
	rc = note_refusal(c, &run->key, h && h->refused ? t->change : 0);
	return rc ? rc : note_head(c, &run->key, head, root_head, NULL);
}

/* The parent holds just what we hold. */
static int note_same(void *arg, const struct feed *f)
{
	struct sync_client *c = arg;

	if (!sync_shared(c->s, f, c->s->self.scope, c->parent_scope) ||
	    sync_run_of(&c->runs, &f->key))
		return 0;
	return note_head(c, &f->key, f->head, f->root_head, NULL);
}

/* The root's before others', as those are known by it. */
static int by_key(const void *a, const void *b)
{
	const struct feed_key *x = &((const struct sync_head *)a)->key;
	const struct feed_key *y = &((const struct sync_head *)b)->key;

	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	if (x->author != y->author)
		return x->author < y->author ? -1 : 1;
	if (x->epoch != y->epoch)
		return x->epoch < y->epoch ? -1 : 1;
	return (x->scope > y->scope) - (x->scope < y->scope);
}

static int take_heads(struct sync_client *c, struct reader *r, size_t *count)
{
	struct feed_key key = {0};
	uint32_t head, root_head;
	uint8_t check[CHECK_LEN];
	size_t n = get_array(r), i;
	int rc = 0;

	if (n > SYNC_HEADS_MAX)
		return err(ERR_BAD, "the parent names more feeds than it may");
	for (i = 0; !rc && i < n && !r->bad; i++) {
		if (get_array(r) != 7)
			r->bad = 1;
		get_key(r, &key);
		head = (uint32_t)get_uint(r);
		root_head = (uint32_t)get_uint(r);
		get_fixed(r, check, CHECK_LEN);
		if (!r->bad)
			rc = note_head(c, &key, head, root_head, check);
	}
	*count = n;
	c->more = n == SYNC_HEADS_MAX;
	if (c->ntheirs)
		qsort(c->theirs, c->ntheirs, sizeof *c->theirs, by_key);
	return rc;
}

/* ---- an answer to what we hold ---------------------------------------------------------------- */

static int read_answer(struct sync_client *c, struct reader *r, struct told *t)
{
	uint64_t version = get_uint(r);
	size_t n, i;

	if (!r->bad && version != SYNC_VERSION)
		return err(ERR_NEWER,
		           "the parent speaks another version of cayda: update the program");
	t->now_ms = get_int(r);
	t->instance = get_int(r);
	t->change = get_int(r);
	n = get_array(r);
	t->results = *r;
	for (i = 0; i < n && !r->bad; i++) {
		get_uint(r);
		get_uint(r);
		get_text(r, (char[ERR_TEXT_MAX]){0}, ERR_TEXT_MAX);
	}
	t->same = get_bool(r);
	if (n != c->runs.n)
		r->bad = 1;
	if (!t->same)
		get_fixed(r, c->parent_digest, DIGEST_LEN);
	t->heads = *r;
	return r->bad ? err(ERR_BAD, "the parent's answer is cut") : 0;
}

/* Something came in between: from below, out of a file, recorded and sealed. */
static int changed_since(struct sync_client *c, bool *changed)
{
	uint8_t now[DIGEST_LEN];
	int rc = sync_digest(c->s, c->s->self.scope, c->parent_scope, &c->runs, now);

	*changed = memcmp(now, c->digest, DIGEST_LEN) != 0;
	return rc;
}

/* Receipts and heads go into the database. A parent that tells all its heads anew may have lost
 * some: it has what it names now, and nothing else. */
static int take_told(struct sync_client *c, struct told *t, bool changed)
{
	size_t i;
	int rc = 0;

	if (!t->same && !c->more && (t->instance != c->instance || !c->change || c->all)) {
		c->told_all = true;
		rc = feed_forget_parent(c->s);
		if (!rc)
			rc = meta_set_bytes(c->s, "parent_instance", NULL, 0);
	}
	for (i = 0; !rc && i < c->runs.n; i++)
		rc = take_result(c, t, &c->runs.run[i]);
	if (!rc && t->same && !changed)
		rc = feed_each(c->s, note_same, c);
	if (!rc && !t->same)
		rc = take_heads(c, &t->heads, &t->nheads);
	if (!rc && !t->same)
		rc = reader_end(&t->heads, "the parent's answer");
	return rc;
}

/* Now that the time is known: what waited for it goes in, after our own has its clocks. */
static int take_time(struct sync_client *c, int64_t now_ms, int64_t round_ms, int64_t *pending)
{
	int rc = round_ms < 0 ? 0 : clock_learn(c->s, now_ms, round_ms / 2);

	if (!rc)
		rc = pack_pending(c->s, pending);
	if (!rc && MUTANT_IS(28))
		rc = merge_waiting(c->s);
	if (!rc && (round_ms >= 0 || c->clock_known)) {
		rc = pack_seal(c->s);
		c->clock_known = true;
	}
	return rc ? rc : merge_waiting(c->s);
}

bool sync_difference_known(struct sync_client *c, const uint8_t both[2 * DIGEST_LEN])
{
	struct buf known = {0};
	bool same = meta_bytes(c->s, "difference", &known) == 0 && known.len == 2 * DIGEST_LEN &&
	            !memcmp(known.data, both, known.len);

	buf_release(&known);
	return same;
}

/* What changed since last time does not explain why the digests differ: some feed may be ours to
 * have only now. */
static int decide_all(struct sync_client *c, size_t had, bool *known)
{
	uint8_t both[2 * DIGEST_LEN];
	bool asked = c->all || !c->change;
	int rc;

	c->all = *known = false;
	if (!c->differs || c->more || c->ntheirs > had || asked || c->runs.n)
		return 0;
	rc = sync_digest(c->s, c->s->self.scope, c->parent_scope, &c->runs, both);
	memcpy(both + DIGEST_LEN, c->parent_digest, DIGEST_LEN);
	if (rc || !memcmp(both, c->parent_digest, DIGEST_LEN))
		return rc;
	*known = sync_difference_known(c, both);
	c->all = !*known;
	return 0;
}

static int answer_sync(struct sync_client *c, struct reader *r, int64_t round_ms)
{
	struct told t = {0};
	int64_t pending = 0;
	bool changed = false, first = !c->told, known;
	size_t had = c->ntheirs;
	int rc = read_answer(c, r, &t);

	if (rc)
		return rc;
	rc = store_begin(c->s);
	if (!rc)
		rc = changed_since(c, &changed);
	if (!rc)
		rc = take_told(c, &t, changed);
	if (!rc)
		rc = take_time(c, t.now_ms, round_ms, &pending);
	if (!rc)
		rc = store_commit(c->s);
	store_end(c->s);
	if (rc)
		return rc;
	c->differs = !t.same;
	rc = decide_all(c, had, &known);
	c->instance = t.instance;
	c->change = t.change;
	/* asked again: what it has is not what is here now, or new records wait for the time */
	c->told = !(t.same && changed) && !(pending && !c->clock_known);
	c->up_to_date = first && (t.same || (known && !t.nheads)) && !changed && !pending &&
	                !c->runs.n;
	if (c->told && !c->more && !c->all && c->state == SYNC)
		c->state = PULL_REF;
	return rc;
}

/* ---- packs down ----------------------------------------------------------------------------------- */

static int take_run(struct sync_client *c, struct reader *r)
{
	struct sync_head *h;
	struct feed_key key = {0};
	struct feed f;
	uint64_t before = c->packs_received;
	uint32_t first;
	int refused, rc;

	if (get_array(r) != 6)
		r->bad = 1;
	get_key(r, &key);
	first = (uint32_t)get_uint(r);
	h = sync_their_head(c, &key);
	if (r->bad || !h)
		return err(ERR_BAD, "the parent sent packs that were not asked for");
	rc = get_packs(r, c->s, &key, first, &f, &c->packs_received, &refused);
	if (rc)
		return rc;
	if (refused || c->packs_received == before) {
		h->refused = true; /* not again in this sync */
		c->refused++;
	}
	return feed_ack(c->s, &f, h->head, h->root_head);
}

static int answer_pull(struct sync_client *c, struct reader *r)
{
	size_t n = get_array(r), i;
	uint64_t before = c->packs_received, refused = c->refused;
	int rc = 0;

	for (i = 0; !rc && i < n && !r->bad; i++)
		rc = take_run(c, r);
	if (!rc)
		rc = reader_end(r, "the parent's answer");
	if (!rc && c->packs_received == before && c->refused == refused)
		rc = err(ERR_BAD, "the parent does not send the packs it says it has");
	return rc;
}

/* ---- the machine ------------------------------------------------------------------------------------ */

static int take_answer(struct sync_client *c, const void *data, size_t len, int64_t round_ms)
{
	bool syncing = c->state == SYNC || c->state == PUSH;
	struct reader r = reader_of(data, len);

	get_array(&r);
	if (c->state == DONE || get_uint(&r) != (syncing ? MSG_SYNC : MSG_PULL) || r.bad)
		return err(
			ERR_BAD,
			"the parent's answer makes no sense: it may be another version of cayda");
	return syncing ? answer_sync(c, &r, round_ms) : answer_pull(c, &r);
}

int sync_answer(struct sync_client *c, const void *data, size_t len, int64_t round_ms)
{
	unsigned mark = err_mark();
	int rc = take_answer(c, data, len, round_ms);

	return err_since(mark) ? err_since(mark) : rc;
}
