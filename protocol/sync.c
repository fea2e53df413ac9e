/* sync.c - the side that syncs up: what to ask next, and what the answers mean. */
#include "protocol/sync.h"
#include "protocol/sync_message.h"
#include "storage/backup.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/merge.h"
#include "storage/mutant.h"
#include "storage/pack.h"

#include <stdlib.h>
#include <string.h>

/* Common tables come first: revocations, forms, and the tree by which it is known who may have
 * what. */
enum { HELLO, PULL_REF, PUSH, PULL, DONE };

void sync_init(struct sync_client *c, struct store *s, int64_t parent_scope)
{
	*c = (struct sync_client){.s = s, .parent_scope = parent_scope, .state = HELLO};
}

void sync_release(struct sync_client *c)
{
	free(c->theirs);
	c->theirs = NULL;
	c->ntheirs = 0;
}

static bool same_key(const struct feed_key *a, const struct feed_key *b)
{
	return a->author == b->author && a->epoch == b->epoch && a->scope == b->scope &&
	       a->class == b->class;
}

static struct sync_head *their_head(struct sync_client *c, const struct feed_key *key)
{
	size_t i;

	for (i = 0; i < c->ntheirs; i++)
		if (same_key(&c->theirs[i].key, key))
			return &c->theirs[i];
	return NULL;
}

static int set_head(struct sync_client *c, const struct sync_head *h)
{
	struct sync_head *have = their_head(c, &h->key), *grown;

	if (!have) {
		grown = realloc(c->theirs, (c->ntheirs + 1) * sizeof *grown);
		if (!grown)
			return err(ERR_NOMEM, "out of memory");
		c->theirs = grown;
		have = &grown[c->ntheirs++];
		have->refused = false;
	}
	have->key = h->key;
	have->head = h->head;
	have->root_head = h->root_head;
	have->refused |= h->refused;
	return 0;
}

/* The parent's word on a feed that we hold too. */
static int note_head(struct sync_client *c, const struct sync_head *h)
{
	struct feed f;
	int rc = set_head(c, h);

	if (!rc)
		rc = feed_find(c->s, &h->key, false, &f);
	if (rc == ERR_NOTFOUND)
		return 0;
	if (rc || (f.parent_head == h->head && f.root_head == h->root_head))
		return rc;
	return feed_ack(c->s, &f, MUTANT_IS(8) ? f.head : h->head, h->root_head);
}

/* ---- hello ------------------------------------------------------------------------------------ */

static int ask_hello(struct sync_client *c, struct buf *out)
{
	int rc = sync_digest(c->s, c->s->self.scope, c->parent_scope, c->digest);

	put_array(out, 3);
	put_uint(out, MSG_HELLO);
	put_uint(out, SYNC_VERSION);
	put_bytes(out, c->digest, DIGEST_LEN);
	return rc ? rc : 1;
}

/* Something came in between: from below, or out of a file. */
static int changed_since(struct sync_client *c, bool *changed)
{
	uint8_t now[DIGEST_LEN];
	int rc = sync_digest(c->s, c->s->self.scope, c->parent_scope, now);

	*changed = memcmp(now, c->digest, DIGEST_LEN) != 0;
	return rc;
}

/* The parent holds just what we hold. */
static int note_same(void *arg, const struct feed *f)
{
	struct sync_client *c = arg;
	struct sync_head h = {.key = f->key, .head = f->head, .root_head = f->root_head};

	return sync_shared(c->s, f, c->s->self.scope, c->parent_scope) ? note_head(c, &h) : 0;
}

static int take_heads(struct sync_client *c, struct reader *r)
{
	struct sync_head h = {0};
	size_t n = get_array(r), i;
	int rc = 0;

	if (n > SYNC_FEEDS_MAX)
		return err(ERR_TOOBIG, "the parent names more feeds than this node can follow");
	for (i = 0; !rc && i < n && !r->bad; i++) {
		if (get_array(r) != 6)
			r->bad = 1;
		get_key(r, &h.key);
		h.head = (uint32_t)get_uint(r);
		h.root_head = (uint32_t)get_uint(r);
		if (!r->bad)
			rc = note_head(c, &h);
	}
	return rc;
}

static int answer_hello(struct sync_client *c, struct reader *r, int64_t round_ms)
{
	uint64_t version = get_uint(r);
	int64_t now_ms = get_int(r), pending;
	bool same = get_bool(r), changed = false;
	int rc;

	if (version != SYNC_VERSION)
		return err(ERR_NEWER,
		           "the parent speaks another version of cayda: update the program");
	rc = store_begin(c->s);
	if (!rc && same)
		rc = changed_since(c, &changed);
	if (!rc && !changed)
		rc = same ? feed_each(c->s, note_same, c) : take_heads(c, r);
	if (!rc)
		rc = reader_end(r, "the parent's answer");
	if (!rc)
		rc = clock_learn(c->s, now_ms, round_ms / 2);
	if (!rc)
		rc = pack_pending(c->s, &pending);
	if (!rc && MUTANT_IS(28))
		rc = merge_waiting(c->s);
	if (!rc)
		rc = pack_seal(c->s);
	if (!rc) /* what waited for its time may go in now */
		rc = merge_waiting(c->s);
	if (!rc && same && !changed)
		rc = backup_caught_up(c->s);
	if (!rc)
		rc = store_commit(c->s);
	store_end(c->s);
	if (rc)
		return rc;
	if (changed) /* what the parent has is not what is here now: ask again */
		return 0;
	c->up_to_date = same && !pending;
	c->state = c->up_to_date ? DONE : PULL_REF;
	return 0;
}

/* ---- packs up ----------------------------------------------------------------------------------- */

/* Stops the walk at the first feed of which the parent lacks something it may have. */
static int find_push(void *arg, const struct feed *f)
{
	struct sync_client *c = arg;
	const struct sync_head *h = their_head(c, &f->key);

	if (h && (h->refused || h->head >= f->head + MUTANT_IS(23)))
		return 0;
	if (!f->head || !feed_entitled(c->s, &f->key, c->parent_scope) ||
	    !feed_entitled(c->s, &f->key, c->s->self.scope))
		return 0;
	c->pushing = *f;
	return 1;
}

static int ask_push(struct sync_client *c, struct buf *out)
{
	const struct sync_head *h;
	uint32_t after, last;
	int rc = feed_each(c->s, find_push, c);

	if (rc != 1)
		return rc;
	h = their_head(c, &c->pushing.key);
	after = h ? h->head : 0;
	put_array(out, 7);
	put_uint(out, MSG_PUSH);
	put_key(out, &c->pushing.key);
	put_uint(out, after + 1);
	rc = put_packs(out, c->s, &c->pushing, after, SYNC_PUSH_BYTES, &last);
	c->packs_sent += last - after;
	return rc ? rc : 1;
}

static int answer_push(struct sync_client *c, struct reader *r)
{
	struct sync_head h = {.key = c->pushing.key};
	const struct sync_head *had = their_head(c, &h.key);
	char reason[ERR_TEXT_MAX];
	int rc;

	h.head = (uint32_t)get_uint(r);
	h.root_head = (uint32_t)get_uint(r);
	get_text(r, reason, sizeof reason);
	rc = reader_end(r, "the parent's answer");
	if (rc)
		return rc;
	/* no progress: do not offer it again in this sync */
	h.refused = reason[0] || h.head <= (had ? had->head : 0);
	c->refused += h.refused;
	if (h.refused)
		err(ERR_DENIED, "the parent refused packs: %s", reason);
	return note_head(c, &h);
}

/* ---- packs down ----------------------------------------------------------------------------------- */

static int ask_pull(struct sync_client *c, struct buf *out)
{
	struct buf wants = {0};
	struct feed f;
	size_t i, n = 0;
	int rc = 0;

	for (i = 0; !rc && i < c->ntheirs; i++) {
		rc = feed_find(c->s, &c->theirs[i].key, false, &f);
		if (rc == ERR_NOTFOUND)
			rc = 0;
		if (c->theirs[i].refused || f.head >= c->theirs[i].head ||
		    (c->state == PULL_REF && c->theirs[i].key.class != CLASS_REF))
			continue;
		put_array(&wants, 5);
		put_key(&wants, &c->theirs[i].key);
		put_uint(&wants, f.head);
		n++;
	}
	if (!rc && n) {
		put_array(out, 3);
		put_uint(out, MSG_PULL);
		put_uint(out, SYNC_PULL_BYTES);
		put_array(out, n);
		buf_add(out, wants.data, wants.len);
		rc = wants.err;
	}
	buf_release(&wants);
	return rc ? rc : n > 0;
}

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
	h = their_head(c, &key);
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

static int ask(struct sync_client *c, struct buf *out)
{
	switch (c->state) {
	case HELLO:
		return ask_hello(c, out);
	case PUSH:
		return ask_push(c, out);
	default:
		return ask_pull(c, out);
	}
}

int sync_next(struct sync_client *c, struct buf *out)
{
	unsigned mark = err_mark();
	int rc = 0;

	buf_reset(out);
	while (!rc && c->state != DONE) {
		rc = ask(c, out);
		if (rc == 0 && ++c->state == DONE)
			rc = backup_caught_up(c->s);
	}
	if (rc == 1 && out->err)
		rc = out->err;
	if (err_since(mark)) /* what the parent lacks may have looked like nothing */
		rc = err_since(mark);
	c->rounds += rc == 1;
	return rc;
}

static int take_answer(struct sync_client *c, const void *data, size_t len, int64_t round_ms)
{
	static const uint64_t kind[] = {MSG_HELLO, MSG_PULL, MSG_PUSH, MSG_PULL};
	struct reader r = reader_of(data, len);

	get_array(&r);
	if (c->state == DONE || get_uint(&r) != kind[c->state] || r.bad)
		return err(
			ERR_BAD,
			"the parent's answer makes no sense: it may be another version of cayda");
	switch (c->state) {
	case HELLO:
		return answer_hello(c, &r, round_ms);
	case PUSH:
		return answer_push(c, &r);
	default:
		return answer_pull(c, &r);
	}
}

int sync_answer(struct sync_client *c, const void *data, size_t len, int64_t round_ms)
{
	unsigned mark = err_mark();
	int rc = take_answer(c, data, len, round_ms);

	return err_since(mark) ? err_since(mark) : rc;
}
