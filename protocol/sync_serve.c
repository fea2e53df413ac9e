/* sync_serve.c - the side that is synced to: it answers and remembers nothing. */
#include "protocol/sync.h"
#include "protocol/sync_message.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/merge.h"
#include "storage/pack.h"

#include <string.h>

/* A request being answered. */
struct serve {
	struct store *s;
	int64_t peer; /* unit the peer works for */
	struct buf *out;
	struct sync_runs runs; /* that it brought */
	struct buf items;      /* of an array whose length is not known yet */
	size_t n, room;
	int64_t upto; /* the change that the list of heads goes to */
	struct sync_about about;
};

/* ---- packs that come up --------------------------------------------------------------------- */

static int take_run(struct serve *v, struct reader *r, struct buf *results)
{
	struct sync_run *run = &v->runs.run[v->runs.n];
	struct feed f = {0};
	uint64_t taken = 0;
	int refused = 0, rc = 0;

	if (get_array(r) != 6)
		r->bad = 1;
	memset(run, 0, sizeof *run);
	get_key(r, &run->key);
	run->first = (uint32_t)get_uint(r);
	if (r->bad)
		return err(ERR_BAD, "a message of packs that is cut");
	if (!feed_entitled(v->s, &run->key, v->s->self.scope)) {
		refused = err(ERR_DENIED, "packs of a unit that this node does not serve");
		skip_packs(r);
	} else if (!feed_entitled(v->s, &run->key, v->peer)) {
		refused = err(ERR_DENIED, "packs of a unit that is not the sender's");
		skip_packs(r);
	} else {
		rc = get_packs(r, v->s, &run->key, run->first, &f, &taken, &refused);
	}
	if (rc)
		return rc;
	run->last = f.head;
	v->runs.n++;
	put_uint(results, f.head);
	put_uint(results, sync_root_head(v->s, &f));
	put_text(results, refused && refused != ERR_NOTFOUND ? err_text() : "");
	return results->err;
}

static int take_runs(struct serve *v, struct reader *r, struct buf *results)
{
	size_t n = get_array(r), i;
	int rc = n > SYNC_RUNS_MAX ? err(ERR_BAD, "packs of too many feeds at once") : 0;

	for (i = 0; !rc && i < n; i++)
		rc = take_run(v, r, results);
	return rc;
}

/* ---- what is held where ------------------------------------------------------------------------ */

static int add_head(void *arg, const struct feed *f)
{
	struct serve *v = arg;

	/* also of a feed that a revocation has ended before its first pack */
	if (!feed_entitled(v->s, &f->key, v->peer) || sync_run_of(&v->runs, &f->key))
		return 0;
	put_array(&v->items, 7);
	put_key(&v->items, &f->key);
	put_uint(&v->items, f->head);
	put_uint(&v->items, sync_root_head(v->s, f));
	put_bytes(&v->items, f->hash, CHECK_LEN);
	v->upto = f->changed;
	return v->items.err ? v->items.err : ++v->n == SYNC_HEADS_MAX;
}

/* The heads that changed since the peer was last told, or all when that was another life of ours. */
static int add_heads(struct serve *v, int64_t since, int64_t *change)
{
	int rc = feed_each_since(v->s, since, add_head, v);

	if (rc == 1)
		*change = v->upto;
	return rc < 0 ? rc : 0;
}

static int serve_sync(struct serve *v, struct reader *r, bool tells)
{
	struct buf results = {0};
	uint8_t theirs[DIGEST_LEN], ours[DIGEST_LEN];
	uint64_t version = get_uint(r);
	int64_t known = get_int(r), since = get_int(r), instance = 0, change = 0;
	bool same = false;
	int rc = 0;

	get_fixed(r, theirs, DIGEST_LEN);
	if (!r->bad && version != SYNC_VERSION)
		return err(ERR_BAD,
		           "this node speaks version %d of the protocol: update the older program",
		           SYNC_VERSION);
	rc = take_runs(v, r, &results);
	if (!rc && tells)
		get_text(r, v->about.program, sizeof v->about.program);
	if (!rc)
		rc = reader_end(r, "the message of packs");
	if (!rc)
		rc = pack_seal(v->s);
	if (!rc && v->s->self.role == ROLE_ROOT) /* others do when their parent tells the time */
		rc = merge_due(v->s);
	if (!rc)
		rc = sync_digest(v->s, v->peer, 0, &v->runs, ours);
	if (!rc)
		rc = feed_last_change(v->s, &change, &instance);
	if (!rc && known == instance && since > change) /* this disk is an old state of itself */
		rc = feed_new_instance(v->s, &instance);
	same = v->about.same = !memcmp(theirs, ours, DIGEST_LEN);
	if (!rc && !same)
		rc = add_heads(v, known == instance ? since : 0, &change);
	put_array(v->out, same ? 7 : 9);
	put_uint(v->out, MSG_SYNC);
	put_uint(v->out, SYNC_VERSION);
	put_int(v->out, clock_now_ms(v->s));
	put_int(v->out, instance);
	put_int(v->out, change);
	put_array(v->out, v->runs.n);
	buf_add(v->out, results.data, results.len);
	put_bool(v->out, same);
	if (!same) {
		put_bytes(v->out, ours, DIGEST_LEN);
		put_array(v->out, v->n);
		buf_add(v->out, v->items.data, v->items.len);
	}
	buf_release(&results);
	return rc;
}

/* ---- packs that go down ---------------------------------------------------------------------- */

/* One feed that the peer wants: after what it has, up to what it was told of. */
static int add_run(struct serve *v, const struct feed_key *key, uint32_t after, uint32_t upto)
{
	struct feed f;
	uint32_t last;
	int rc = feed_find(v->s, key, false, &f);

	if (rc == ERR_NOTFOUND || (!rc && f.head <= after))
		return 0;
	if (rc)
		return rc;
	if (!sync_shared(v->s, &f, v->peer, 0))
		return err(ERR_DENIED, "packs that this node may not have");
	put_array(&v->items, 6);
	put_key(&v->items, key);
	put_uint(&v->items, after + 1);
	v->n++;
	rc = put_packs(&v->items, v->s, &f, after, upto, v->room - v->items.len, &last);
	if (last < upto && last < f.head)
		v->about.same = false;
	return rc ? rc : v->items.err;
}

static int serve_pull(struct serve *v, struct reader *r)
{
	uint64_t room = get_uint(r);
	struct feed_key key = {0};
	size_t n = get_array(r), i;
	uint32_t after, upto;
	int rc = 0;

	v->about.same = n > 0;
	v->room = room < SYNC_PULL_BYTES ? (size_t)room : SYNC_PULL_BYTES;
	for (i = 0; !rc && i < n && !r->bad; i++) {
		if (get_array(r) != 6)
			r->bad = 1;
		get_key(r, &key);
		after = (uint32_t)get_uint(r);
		upto = (uint32_t)get_uint(r);
		if (r->bad || (v->n && v->items.len >= v->room))
			v->about.same = false;
		else
			rc = add_run(v, &key, after, upto);
	}
	if (!rc)
		rc = reader_end(r, "the request for packs");
	put_array(v->out, 2);
	put_uint(v->out, MSG_PULL);
	put_array(v->out, v->n);
	buf_add(v->out, v->items.data, v->items.len);
	return rc;
}

int sync_serve(struct store *s, int64_t peer_scope, const void *data, size_t len, struct buf *reply,
               struct sync_about *about)
{
	struct serve v = {.s = s, .peer = peer_scope, .out = reply};
	struct reader r = reader_of(data, len);
	size_t items = get_array(&r);
	uint64_t kind = get_uint(&r);
	unsigned mark = err_mark();
	int rc;

	buf_reset(reply);
	if (!r.bad && kind == MSG_SYNC && (items == 6 || items == 7))
		rc = serve_sync(&v, &r, items == 7);
	else if (!r.bad && kind == MSG_PULL && items == 3)
		rc = serve_pull(&v, &r);
	else
		rc = err(ERR_BAD, "a request that makes no sense");
	buf_release(&v.items);
	if (about)
		*about = v.about;
	if (err_since(mark)) /* no answer is better than a wrong one */
		return err_since(mark);
	return rc ? rc : reply->err;
}
