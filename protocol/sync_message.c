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
	struct buf heads;
};

static int add_head(void *arg, const struct feed *f)
{
	struct digest *d = arg;

	if (!sync_shared(d->s, f, d->unit, d->parent_unit))
		return 0;
	put_key(&d->heads, &f->key);
	put_uint(&d->heads, f->head);
	put_uint(&d->heads, MUTANT_IS(12) ? 0 : sync_root_head(d->s, f));
	return d->heads.err;
}

int sync_digest(struct store *s, int64_t unit, int64_t parent_unit, uint8_t out[DIGEST_LEN])
{
	struct digest d = {s, unit, parent_unit, {0}};
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
	uint32_t last;
};

static int add_pack(void *arg, const struct pack *p)
{
	struct packing *k = arg;

	if (k->n && k->packs.len + p->len > k->max)
		return 1;
	put_array(&k->packs, 2);
	put_bytes(&k->packs, p->body, p->len);
	put_bytes(&k->packs, p->sig, SIG_LEN);
	k->last = p->seq;
	k->n++;
	return k->packs.err;
}

int put_packs(struct buf *b, struct store *s, const struct feed *f, uint32_t seq, size_t max,
              uint32_t *last)
{
	struct packing k = {.max = max, .last = seq};
	int rc = feed_packs(s, f, seq, add_pack, &k);

	put_array(b, k.n);
	buf_add(b, k.packs.data, k.packs.len);
	*last = k.last;
	buf_release(&k.packs);
	return rc < 0 ? rc : b->err;
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
