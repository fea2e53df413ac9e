/* sync_message.c - what both sides of a sync share. */
#include "protocol/sync_message.h"
#include "storage/err.h"
#include "storage/mutant.h"

#include <string.h>

void put_key(struct buf *b, const struct feed_key *key)
{
	put_uint(b, key->author);
	put_uint(b, key->epoch);
	put_int(b, key->scope);
	put_uint(b, key->class);
}

void get_key(struct reader *r, struct feed_key *key)
{
	uint64_t author = get_uint(r), epoch = get_uint(r), class;

	key->scope = get_int(r);
	class = get_uint(r);
	if (author >> 28 || epoch > UINT32_MAX || class >= CLASS_COUNT)
		r->bad = 1;
	key->author = (uint32_t)author;
	key->epoch = (uint32_t)epoch;
	key->class = class < CLASS_COUNT ? (enum class) class : CLASS_REF;
}

bool same_key(const struct feed_key *a, const struct feed_key *b)
{
	return a->author == b->author && a->epoch == b->epoch && a->scope == b->scope &&
	       a->class == b->class;
}

const struct sync_run *sync_run_of(const struct sync_runs *runs, const struct feed_key *key)
{
	size_t i;

	for (i = 0; i < runs->n; i++)
		if (same_key(&runs->run[i].key, key))
			return &runs->run[i];
	return NULL;
}

bool sync_shared(struct store *s, const struct feed *f, int64_t unit, int64_t parent_unit)
{
	return f->head && feed_entitled(s, &f->key, unit) &&
	       (!parent_unit || feed_entitled(s, &f->key, parent_unit));
}

uint32_t sync_root_head(const struct store *s, const struct feed *f)
{
	return s->self.role == ROLE_ROOT ? f->head : f->root_head;
}

/* ---- digest ---------------------------------------------------------------------------------- */

struct digest {
	struct store *s;
	int64_t unit, parent_unit;
	const struct sync_runs *runs;
	struct buf heads;
};

static int add_head(void *arg, const struct feed *f)
{
	struct digest *d = arg;
	const struct sync_run *run = sync_run_of(d->runs, &f->key);
	uint32_t head = run ? run->last : f->head;
	uint8_t hash[HASH_LEN];
	int rc = 0;

	if (!sync_shared(d->s, f, d->unit, d->parent_unit))
		return 0;
	if (head == f->head)
		memcpy(hash, f->hash, HASH_LEN);
	else
		rc = feed_chain(d->s, f, head, hash);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	put_key(&d->heads, &f->key);
	put_uint(&d->heads, head);
	put_bytes(&d->heads, hash, HASH_LEN);
	put_uint(&d->heads, run || MUTANT_IS(12) ? 0 : sync_root_head(d->s, f));
	return d->heads.err;
}

int sync_digest(struct store *s, int64_t unit, int64_t parent_unit, const struct sync_runs *runs,
                uint8_t out[DIGEST_LEN])
{
	struct digest d = {s, unit, parent_unit, runs, {0}};
	uint8_t hash[HASH_LEN];
	int rc = feed_each(s, add_head, &d);

	if (!rc) {
		s->env->sha256(d.heads.data, d.heads.len, hash);
		memcpy(out, hash, DIGEST_LEN);
	}
	buf_release(&d.heads);
	return rc;
}

/* ---- packs -------------------------------------------------------------------------------------- */

struct packing {
	struct buf packs;
	size_t max, n;
	uint32_t last, upto;
};

static int add_pack(void *arg, const struct pack *p)
{
	struct packing *k = arg;

	if (p->seq > k->upto || (k->n && k->packs.len + p->len > k->max))
		return 1;
	put_array(&k->packs, 2);
	put_bytes(&k->packs, p->body, p->len);
	put_bytes(&k->packs, p->sig, SIG_LEN);
	k->last = p->seq;
	k->n++;
	return k->packs.err;
}

int put_packs(struct buf *b, struct store *s, const struct feed *f, uint32_t seq, uint32_t upto,
              size_t max, uint32_t *last)
{
	struct packing k = {.max = max, .last = seq, .upto = upto};
	int rc = feed_packs(s, f, seq, add_pack, &k);

	put_array(b, k.n);
	buf_add(b, k.packs.data, k.packs.len);
	*last = k.last;
	buf_release(&k.packs);
	return rc < 0 ? rc : b->err;
}

size_t skip_packs(struct reader *r)
{
	uint8_t sig[SIG_LEN];
	size_t n = get_array(r), i, len;

	for (i = 0; i < n && !r->bad; i++) {
		get_array(r);
		get_bytes(r, &len);
		get_fixed(r, sig, sizeof sig);
	}
	return n;
}

int get_packs(struct reader *r, struct store *s, const struct feed_key *key, uint32_t first,
              struct feed *f, uint64_t *taken, int *refused)
{
	size_t n = get_array(r), i;
	struct pack p;
	int rc;

	rc = feed_find(s, key, false, f);
	f->key = *key;
	*refused = 0;
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	for (i = 0; i < n && !r->bad; i++) {
		if (get_array(r) != 2)
			r->bad = 1;
		p.seq = first + (uint32_t)i;
		p.body = get_bytes(r, &p.len);
		get_fixed(r, p.sig, SIG_LEN);
		if (r->bad || *refused)
			continue;
		rc = feed_receive(s, f, &p);
		if (rc == ERR_IO || rc == ERR_NOMEM || rc == ERR_BUSY || rc == ERR_CORRUPT)
			return rc;
		*refused = rc;
		*taken += !rc;
	}
	return r->bad ? err(ERR_BAD, "a message of packs that is cut") : 0;
}
