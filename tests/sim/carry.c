/* carry.c - packs that go by hand: in a file, or from any node to any other in any order. */
#include "protocol/packfile.h"
#include "storage/pack.h"
#include "tests/sim/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- packs in any order, as from many files ------------------------------------------------------------- */

struct carried {
	struct sim_node *to;
	struct feed_key key[64];
	size_t n;
	struct feed f;
	unsigned room;
	bool stop;
};

static int list_feed(void *arg, const struct feed *f)
{
	struct carried *c = arg;

	if (f->head && c->n < 64 && may_hold(c->to->w, &f->key, c->to->place))
		c->key[c->n++] = f->key;
	return 0;
}

static int give(void *arg, const struct pack *p)
{
	struct carried *c = arg;
	int rc;

	if (!c->room--)
		return 1;
	rc = feed_receive(c->to->s, &c->f, p);
	if (rc == ERR_DENIED || rc == ERR_BAD)
		return 1; /* its author is not known there yet */
	must(c->to->w, rc, "take a pack from a file");
	if (chance(&c->to->w->p, 10))
		must(c->to->w, feed_receive(c->to->s, &c->f, p), "take a pack again");
	return 0;
}

static void give_feed(struct sim_node *from, struct carried *c, const struct feed_key *key)
{
	struct world *w = from->w;
	struct feed have;
	int rc;

	if (feed_find(from->s, key, false, &have))
		return;
	rc = feed_find(c->to->s, key, false, &c->f);
	c->f.key = *key;
	c->room = 1 + below(&w->p, 6);
	if (!rc || rc == ERR_NOTFOUND)
		rc = feed_packs(from->s, &have, c->f.head, give, c);
	if (rc < 0)
		must(w, rc, "read packs for a file");
}

static void in_any_order(struct sim_node *from, struct sim_node *to)
{
	struct world *w = from->w;
	struct carried c = {.to = to};
	unsigned turns;

	must(w, pack_seal(from->s), "seal for a file");
	model_sealed(from);
	must(w, feed_each(from->s, list_feed, &c), "list feeds");
	for (turns = (unsigned)c.n * 2; turns; turns--)
		give_feed(from, &c,
		          &c.key[chance(&w->p, 60) ? c.n - (turns + 1) / 2
		                                   : below(&w->p, (unsigned)c.n)]);
}

/* ---- a file ----------------------------------------------------------------------------------------------- */

/* Cuts the file, or changes a byte of it. */
static void spoil(struct world *w, const char *path, uint64_t bytes)
{
	unsigned at = below(&w->p, (unsigned)bytes);
	FILE *f = fopen(path, "r+b");
	int c;

	if (!f)
		fail(w, "%s cannot be opened", path);
	if (chance(&w->p, 50)) {
		fseek(f, (long)at, SEEK_SET);
		c = fgetc(f);
		fseek(f, (long)at, SEEK_SET);
		fputc(c ^ (1 << below(&w->p, 8)), f);
	} else if (ftruncate(fileno(f), (off_t)at)) {
		fail(w, "%s cannot be cut", path);
	}
	fclose(f);
}

/* Written for one audience and read by anybody. */
static void by_file(struct sim_node *from, struct sim_node *to)
{
	struct world *w = from->w;
	struct sim_node *audience = chance(&w->p, 70) ? to
	                                              : &w->node[below(&w->p, (unsigned)w->nnode)];
	bool spoilt = chance(&w->p, 25), since = chance(&w->p, 40);
	struct packfile_result r;
	char path[HOME_LEN + 32];
	int rc;

	snprintf(path, sizeof path, "%s.%d", from->file, (int)getpid());
	must(w, packfile_write(from->s, path, w->place[audience->place].id, since, &r),
	     "write a file of packs");
	model_sealed(from);
	if (spoilt)
		spoil(w, path, r.bytes);
	rc = packfile_read(to->s, path, &r);
	unlink(path);
	if (rc == ERR_DENIED && w->true_keys)
		return;
	if (rc && !(spoilt && (rc == ERR_CORRUPT || rc == ERR_BAD)))
		must(w, rc, "read a file of packs");
	if (!rc && spoilt)
		fail(w, "a file that was altered is read without a word");
}

void usb(struct sim_node *from, struct sim_node *to)
{
	struct world *w = from->w;
	int64_t pending;

	if (from == to || !from->enrolled || !to->enrolled || (from->hostile && !from->revoked))
		return;
	pending = model_pending(to);
	w->count[N_FILES]++;
	trace(w, "a file goes from node %d to %d", from->index, to->index);
	if (chance(&w->p, 50))
		by_file(from, to);
	else
		in_any_order(from, to);
	if (pending && !model_pending(to))
		model_sealed(to);
}
