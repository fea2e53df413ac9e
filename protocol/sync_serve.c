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
	struct buf items; /* of an array whose length is not known yet */
	size_t n, room;
};

static int add_head(void *arg, const struct feed *f)
{
	struct serve *v = arg;

	if (!sync_shared(v->s, f, v->peer, 0))
		return 0;
	put_array(&v->items, 6);
	put_key(&v->items, &f->key);
	put_uint(&v->items, f->head);
	put_uint(&v->items, sync_root_head(v->s, f));
	v->n++;
	return v->items.err;
}

static int serve_hello(struct serve *v, struct reader *r)
{
	uint8_t theirs[DIGEST_LEN], ours[DIGEST_LEN];
	uint64_t version = get_uint(r);
	bool same;
	int rc;

	get_fixed(r, theirs, DIGEST_LEN);
	rc = reader_end(r, "the hello");
	if (rc)
		return rc;
	if (version != SYNC_VERSION)
		return err(ERR_BAD,
		           "this node speaks version %d of the protocol: update the older program",
		           SYNC_VERSION);
	rc = pack_seal(v->s);
	if (!rc && v->s->self.role == ROLE_ROOT) /* others do when their parent tells the time */
		rc = merge_due(v->s);
	if (!rc)
		rc = sync_digest(v->s, v->peer, 0, ours);
	same = !memcmp(theirs, ours, DIGEST_LEN);
	if (!rc && !same)
		rc = feed_each(v->s, add_head, v);
	put_array(v->out, same ? 4 : 5);
	put_uint(v->out, MSG_HELLO);
	put_uint(v->out, SYNC_VERSION);
	put_int(v->out, clock_now_ms(v->s));
	put_bool(v->out, same);
	if (!same) {
		put_array(v->out, v->n);
		buf_add(v->out, v->items.data, v->items.len);
	}
	return rc;
}

static int serve_push(struct serve *v, struct reader *r)
{
	struct feed_key key = {0};
	struct feed f;
	uint64_t taken = 0;
	uint32_t first;
	int refused, rc;

	get_key(r, &key);
	first = (uint32_t)get_uint(r);
	if (r->bad)
		return err(ERR_BAD, "a message of packs that is cut");
	if (!feed_entitled(v->s, &key, v->s->self.scope))
		return err(ERR_DENIED, "packs of a unit that this node does not serve");
	if (!feed_entitled(v->s, &key, v->peer))
		return err(ERR_DENIED, "packs of a unit that is not the sender's");
	rc = get_packs(r, v->s, &key, first, &f, &taken, &refused);
	if (!rc)
		rc = reader_end(r, "the message of packs");
	if (rc)
		return rc;
	put_array(v->out, 4);
	put_uint(v->out, MSG_PUSH);
	put_uint(v->out, f.head);
	put_uint(v->out, sync_root_head(v->s, &f));
	put_text(v->out, refused ? err_text() : "");
	return 0;
}

/* One feed that the peer wants, after what it has. */
static int add_run(struct serve *v, const struct feed_key *key, uint32_t after)
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
	rc = put_packs(&v->items, v->s, &f, after, v->room - v->items.len, &last);
	return rc ? rc : v->items.err;
}

static int serve_pull(struct serve *v, struct reader *r)
{
	uint64_t room = get_uint(r);
	struct feed_key key = {0};
	size_t n = get_array(r), i;
	uint32_t after;
	int rc = 0;

	v->room = room < SYNC_PULL_BYTES ? (size_t)room : SYNC_PULL_BYTES;
	for (i = 0; !rc && i < n && !r->bad; i++) {
		if (get_array(r) != 5)
			r->bad = 1;
		get_key(r, &key);
		after = (uint32_t)get_uint(r);
		if (!r->bad && (!v->n || v->items.len < v->room))
			rc = add_run(v, &key, after);
	}
	if (!rc)
		rc = reader_end(r, "the request for packs");
	put_array(v->out, 2);
	put_uint(v->out, MSG_PULL);
	put_array(v->out, v->n);
	buf_add(v->out, v->items.data, v->items.len);
	return rc;
}

int sync_serve(struct store *s, int64_t peer_scope, const void *data, size_t len, struct buf *reply)
{
	struct serve v = {.s = s, .peer = peer_scope, .out = reply};
	struct reader r = reader_of(data, len);
	size_t items = get_array(&r);
	uint64_t kind = get_uint(&r);
	unsigned mark = err_mark();
	int rc;

	buf_reset(reply);
	if (!r.bad && kind == MSG_HELLO && items == 3)
		rc = serve_hello(&v, &r);
	else if (!r.bad && kind == MSG_PUSH && items == 7)
		rc = serve_push(&v, &r);
	else if (!r.bad && kind == MSG_PULL && items == 3)
		rc = serve_pull(&v, &r);
	else
		rc = err(ERR_BAD, "a request that makes no sense");
	buf_release(&v.items);
	if (err_since(mark)) /* no answer is better than a wrong one */
		return err_since(mark);
	return rc ? rc : reply->err;
}
