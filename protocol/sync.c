/* sync.c - the side that syncs up: what to ask next. */
#include "protocol/sync.h"
#include "protocol/sync_client.h"
#include "protocol/sync_message.h"
#include "storage/backup.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/mutant.h"
#include "storage/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM_TOLD_MAX (SYNC_PROGRAM_MAX + 24) /* a number and a version, with NUL */

void sync_init(struct sync_client *c, struct store *s, int64_t parent_scope)
{
	memset(c, 0, sizeof *c);
	c->s = s;
	c->parent_scope = parent_scope;
}

void sync_release(struct sync_client *c)
{
	free(c->theirs);
	c->theirs = NULL;
	c->ntheirs = 0;
}

/* ---- packs up, and how far we are --------------------------------------------------------------- */

struct pushing {
	struct sync_client *c;
	struct buf runs;
};

/* Adds what the parent lacks of a feed and may have. A nonzero return: the request is full. */
static int add_run(void *arg, const struct feed *f)
{
	struct pushing *g = arg;
	struct sync_client *c = g->c;
	const struct sync_head *h = sync_their_head(c, &f->key);
	struct sync_run *run;
	int rc;

	if ((h && h->refused) || f->parent_head >= f->head + MUTANT_IS(23))
		return 0;
	if (f->refused && f->refused == c->change) /* nothing new there since it refused these */
		return 0;
	if (!f->head || !feed_entitled(c->s, &f->key, c->parent_scope) ||
	    !feed_entitled(c->s, &f->key, c->s->self.scope))
		return 0;
	if (c->runs.n == SYNC_RUNS_MAX || g->runs.len >= SYNC_PUSH_BYTES)
		return 1;
	run = &c->runs.run[c->runs.n++];
	*run = (struct sync_run){.key = f->key, .first = f->parent_head + 1};
	put_array(&g->runs, 6);
	put_key(&g->runs, &f->key);
	put_uint(&g->runs, run->first);
	rc = put_packs(&g->runs, c->s, f, f->parent_head, f->head, SYNC_PUSH_BYTES - g->runs.len,
	               &run->last);
	c->packs_sent += run->last - f->parent_head;
	return rc;
}

/* What the parent told at the end of the last sync. */
static int recall(struct sync_client *c)
{
	int rc = meta_int(c->s, "parent_instance", &c->instance);

	if (!rc)
		rc = meta_int(c->s, "parent_change", &c->change);
	c->known = !rc;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

/* Before the first request, unless new records must wait for the right time. */
static int prepare(struct sync_client *c)
{
	int rc = recall(c);

	return rc || !c->clock_known || !c->known ? rc : pack_seal(c->s);
}

/* Which program this is, and to which life of the parent: what it has been told already it is not told again. */
static void program_text(const struct sync_client *c, char out[PROGRAM_TOLD_MAX])
{
	snprintf(out, PROGRAM_TOLD_MAX, "%lld %s", (long long)c->instance, CAYDA_VERSION);
}

static bool program_told(struct sync_client *c)
{
	char told[PROGRAM_TOLD_MAX], now[PROGRAM_TOLD_MAX];

	program_text(c, now);
	return meta_text(c->s, "program_told", told, sizeof told) == 0 && !strcmp(told, now);
}

static int ask_sync(struct sync_client *c, struct buf *out)
{
	struct pushing g = {.c = c};
	bool tells;
	int rc = c->told ? 0 : prepare(c);

	c->runs.n = 0;
	if (!rc && !c->more && !c->all && (c->told || c->known))
		rc = feed_each(c->s, add_run, &g);
	if (rc >= 0 && c->told && !c->runs.n && !c->more && !c->all) {
		buf_release(&g.runs);
		return 0; /* nothing to bring, nothing to learn */
	}
	if (rc >= 0)
		rc = sync_digest(c->s, c->s->self.scope, c->parent_scope, &c->runs, c->digest);
	tells = !c->rounds && !program_told(c);
	c->tells |= tells;
	put_array(out, tells ? 7 : 6);
	put_uint(out, MSG_SYNC);
	put_uint(out, SYNC_VERSION);
	put_uint(out, (uint64_t)c->instance);
	put_uint(out, c->all ? 0 : (uint64_t)c->change);
	put_bytes(out, c->digest, DIGEST_LEN);
	put_array(out, c->runs.n);
	buf_add(out, g.runs.data, g.runs.len);
	if (tells)
		put_text(out, CAYDA_VERSION);
	rc = rc < 0 ? rc : g.runs.err ? g.runs.err : 1;
	buf_release(&g.runs);
	return rc;
}

/* ---- packs down ----------------------------------------------------------------------------------- */

static int ask_pull(struct sync_client *c, struct buf *out)
{
	struct buf wants = {0};
	struct sync_head *h;
	struct feed f;
	size_t n = 0;
	int rc = 0;

	for (h = c->theirs; !rc && h < c->theirs + c->ntheirs; h++) {
		rc = feed_find(c->s, &h->key, false, &f);
		if (rc == ERR_NOTFOUND)
			rc = 0;
		if (h->refused || f.head >= h->head ||
		    (c->state == PULL_REF && h->key.class != CLASS_REF))
			continue;
		put_array(&wants, 6);
		put_key(&wants, &h->key);
		put_uint(&wants, f.head);
		put_uint(&wants, h->head);
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

/* ---- going on ----------------------------------------------------------------------------------- */

static int resume_sync(struct sync_client *c, struct reader *r, bool tells)
{
	char program[SYNC_PROGRAM_MAX];
	struct sync_run *run;
	size_t n, i, packs;

	c->instance = get_int(r);
	c->change = get_int(r);
	get_fixed(r, c->digest, DIGEST_LEN);
	n = get_array(r);
	for (i = 0; i < n && i < SYNC_RUNS_MAX && !r->bad; i++) {
		run = &c->runs.run[i];
		get_array(r);
		get_key(r, &run->key);
		run->first = (uint32_t)get_uint(r);
		packs = skip_packs(r);
		run->last = run->first + (uint32_t)packs - 1;
		c->packs_sent += packs;
	}
	c->runs.n = i;
	c->known = true;
	if (tells)
		get_text(r, program, sizeof program);
	return reader_end(r, "the request");
}

static int resume_pull(struct sync_client *c, struct reader *r)
{
	struct feed_key key = {0};
	struct sync_head *h;
	struct feed f;
	size_t n, i;
	int rc = 0;

	get_uint(r);
	n = get_array(r);
	for (i = 0; !rc && i < n && !r->bad; i++) {
		get_array(r);
		get_key(r, &key);
		get_uint(r);
		h = sync_make_head(c, &key);
		if (!h)
			return ERR_NOMEM;
		h->head = (uint32_t)get_uint(r);
		rc = feed_find(c->s, &key, false, &f);
		h->root_head = f.root_head;
		rc = rc == ERR_NOTFOUND ? 0 : rc;
	}
	c->state = PULL;
	return rc ? rc : reader_end(r, "the request");
}

int sync_resume(struct sync_client *c, const void *request, size_t len)
{
	struct reader r = reader_of(request, len);
	struct sync_client fresh = *c;
	size_t items = get_array(&r);
	uint64_t kind;
	int rc;

	kind = get_uint(&r);
	if (kind == MSG_SYNC)
		rc = get_uint(&r) == SYNC_VERSION ? resume_sync(c, &r, items == 7)
		                                  : err(ERR_BAD, "a request that makes no sense");
	else
		rc = kind == MSG_PULL ? resume_pull(c, &r)
		                      : err(ERR_BAD, "a request that makes no sense");
	if (!rc) {
		c->resumed = true;
		c->rounds++;
		return 0;
	}
	sync_release(c);
	*c = fresh;
	return rc;
}

/* The earlier process's request is done with, but not all that it had been told. */
static void begin_anew(struct sync_client *c)
{
	c->resumed = false;
	c->ntheirs = 0;
	c->told = false;
	c->state = SYNC;
}

/* ---- the end ---------------------------------------------------------------------------------------- */

static int set_if_other(struct store *s, const char *key, int64_t v)
{
	int64_t had;
	int rc = meta_int(s, key, &had);

	return rc == 0 && had == v ? 0 : rc && rc != ERR_NOTFOUND ? rc : meta_set_int(s, key, v);
}

/* What still differs, as for packs that one of them refuses, will differ next time too: no reason to
 * be told everything again. Unless what was refused at first may be taken now. */
static int note_difference(struct sync_client *c)
{
	uint8_t both[2 * DIGEST_LEN];
	int rc;

	if (!c->differs || !c->told_all || (c->refused && c->packs_received))
		return 0;
	c->runs.n = 0;
	rc = sync_digest(c->s, c->s->self.scope, c->parent_scope, &c->runs, both);
	memcpy(both + DIGEST_LEN, c->parent_digest, DIGEST_LEN);
	if (rc || !memcmp(both, c->parent_digest, DIGEST_LEN) || sync_difference_known(c, both))
		return rc;
	return meta_set_bytes(c->s, "difference", both, sizeof both);
}

/* Packs that the parent did not take, unless it was right: they were a revoked node's. */
static int count_refused(struct sync_client *c)
{
	const struct sync_head *h;
	struct feed f;
	int rc = 0;

	for (h = c->theirs; !rc && h < c->theirs + c->ntheirs; h++) {
		rc = h->refused ? feed_find(c->s, &h->key, false, &f) : ERR_NOTFOUND;
		c->refused += !rc && f.head > h->head;
		rc = rc == ERR_NOTFOUND ? 0 : rc;
	}
	return rc;
}

static int finish(struct sync_client *c)
{
	char told[PROGRAM_TOLD_MAX];
	int rc = count_refused(c);

	if (!rc)
		rc = set_if_other(c->s, "parent_instance", c->instance);
	if (!rc)
		rc = set_if_other(c->s, "parent_change", c->change);
	program_text(c, told);
	if (!rc && c->tells)
		rc = meta_set_text(c->s, "program_told", told);
	if (!rc)
		rc = note_difference(c);
	return rc ? rc : backup_caught_up(c->s);
}

/* Common tables come first after the first answer: forms, revocations, and the tree by which it is
 * known who may have what. */
int sync_next(struct sync_client *c, struct buf *out)
{
	unsigned mark = err_mark();
	int rc = 0;

	buf_reset(out);
	while (!rc && c->state != DONE) {
		rc = c->state == SYNC || c->state == PUSH ? ask_sync(c, out) : ask_pull(c, out);
		if (rc == 0 && ++c->state == DONE && c->resumed)
			begin_anew(c);
		else if (rc == 0 && c->state == DONE)
			rc = finish(c);
	}
	if (rc == 1 && out->err)
		rc = out->err;
	if (err_since(mark)) /* what the parent lacks may have looked like nothing */
		rc = err_since(mark);
	c->rounds += rc == 1;
	return rc;
}
