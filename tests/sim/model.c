/* model.c - what was written: values, feeds, entries and their final clocks. */
#include "tests/sim/model.h"

#include "storage/clock.h"
#include "storage/db.h"
#include "storage/pack.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)64 * 1024)
#define VALUES 8192 /* places for interned values, a power of two */

struct arena {
	struct arena *before;
	size_t used, size;
	uint64_t bytes[]; /* aligned for all we keep */
};

struct intern {
	const char *text[VALUES]; /* by value */
	uint32_t at[VALUES];      /* open addressing: value, 0 none */
	uint32_t n;
};

/* ---- memory ----------------------------------------------------------------------------------------- */

void *model_alloc(struct world *w, size_t bytes)
{
	struct arena *a = w->m->arena;
	size_t size, from;

	bytes = (bytes + 7) & ~(size_t)7;
	if (!a || a->used + bytes > a->size) {
		size = bytes > BLOCK ? bytes : BLOCK;
		a = malloc(sizeof *a + size);
		if (!a)
			abort();
		*a = (struct arena){.before = w->m->arena, .size = size};
		w->m->arena = a;
	}
	from = a->used;
	a->used += bytes;
	return memset((uint8_t *)a->bytes + from, 0, bytes);
}

void model_start(struct world *w)
{
	w->m = calloc(1, sizeof *w->m);
	if (!w->m || !(w->m->intern = calloc(1, sizeof *w->m->intern)))
		abort();
	w->m->intern->n = VAL_NULL + 1;
	w->m->intern->text[VAL_ABSENT] = "(unsaid)";
	w->m->intern->text[VAL_NULL] = "(null)";
}

void model_stop(struct world *w)
{
	struct arena *a, *before;
	size_t i;

	for (a = w->m->arena; a; a = before) {
		before = a->before;
		free(a);
	}
	for (i = 0; i < w->m->nfeed; i++)
		free(w->m->feed[i].e);
	free(w->m->feed);
	free(w->m->intern);
	free(w->m);
	w->m = NULL;
}

int model_table(struct world *w, const char *name)
{
	int i;

	for (i = 0; i < w->m->ntable; i++)
		if (!strcmp(w->m->table[i], name))
			return i;
	if (i == TABLES_MAX)
		fail(w, "more than %d tables", TABLES_MAX);
	snprintf(w->m->table[i], sizeof w->m->table[i], "%s", name);
	return w->m->ntable++;
}

/* A value as text: its type, then its bytes. */
static const char *spell(sqlite3_value *v, char *out, size_t cap, size_t *len)
{
	int type = sqlite3_value_type(v), n = 0, i, bytes;
	const uint8_t *p;

	switch (type) {
	case SQLITE_INTEGER:
		n = snprintf(out, cap, "i%" PRId64, (int64_t)sqlite3_value_int64(v));
		break;
	case SQLITE_FLOAT:
		n = snprintf(out, cap, "d%a", sqlite3_value_double(v));
		break;
	case SQLITE_TEXT:
		n = snprintf(out, cap, "t%s", (const char *)sqlite3_value_text(v));
		break;
	default:
		bytes = sqlite3_value_bytes(v);
		p = sqlite3_value_blob(v);
		n = snprintf(out, cap, "b");
		for (i = 0; i < bytes && (size_t)n + 3 < cap; i++)
			n += snprintf(out + n, cap - (size_t)n, "%02x", p[i]);
	}
	*len = (size_t)n < cap ? (size_t)n : cap - 1;
	return out;
}

uint32_t model_value(struct world *w, sqlite3_value *v)
{
	struct intern *t = w->m->intern;
	char text[2048];
	uint64_t h = 0;
	size_t len, i;
	char *kept;

	if (!v)
		return VAL_ABSENT;
	if (sqlite3_value_type(v) == SQLITE_NULL)
		return VAL_NULL;
	spell(v, text, sizeof text, &len);
	for (i = 0; i < len; i++)
		h = mix64(h ^ (uint8_t)text[i]) + 0x9e3779b97f4a7c15;
	for (i = h % VALUES; t->at[i]; i = (i + 1) % VALUES)
		if (!strcmp(t->text[t->at[i]], text))
			return t->at[i];
	if (t->n >= VALUES - 1)
		fail(w, "more than %d values", VALUES);
	kept = model_alloc(w, len + 1);
	memcpy(kept, text, len + 1);
	t->text[t->n] = kept;
	return t->at[i] = t->n++;
}

const char *model_text(struct world *w, uint32_t value)
{
	return w->m->intern->text[value];
}

/* ---- feeds and entries -------------------------------------------------------------------------------- */

static bool same_key(const struct feed_key *a, const struct feed_key *b)
{
	return a->author == b->author && a->epoch == b->epoch && a->scope == b->scope &&
	       a->class == b->class;
}

struct m_feed *model_feed(struct world *w, const struct feed_key *key)
{
	struct model *m = w->m;
	struct m_feed *f;
	int i;

	for (f = m->feed; f < m->feed + m->nfeed; f++)
		if (same_key(&f->key, key))
			return f;
	if (m->nfeed == m->cap) {
		m->cap = m->cap * 2 + 16;
		m->feed = realloc(m->feed, m->cap * sizeof *m->feed);
		if (!m->feed)
			abort();
	}
	f = &m->feed[m->nfeed++];
	*f = (struct m_feed){.key = *key, .author = -1};
	for (i = 0; i < w->nnode; i++)
		if (w->node[i].number == key->author)
			f->author = i;
	return f;
}

static struct m_entry *add_entry(struct m_feed *f)
{
	if (f->n == f->cap) {
		f->cap = f->cap * 2 + 8;
		f->e = realloc(f->e, f->cap * sizeof *f->e);
		if (!f->e)
			abort();
	}
	return memset(&f->e[f->n++], 0, sizeof *f->e);
}

static uint32_t *read_side(struct world *w, sqlite3_changeset_iter *it, int ncol,
                           int (*get)(sqlite3_changeset_iter *, int, sqlite3_value **))
{
	uint32_t *out = model_alloc(w, (size_t)ncol * sizeof *out);
	sqlite3_value *v;
	int i;

	for (i = 0; i < ncol; i++) {
		v = NULL;
		get(it, i, &v);
		out[i] = model_value(w, v);
	}
	return out;
}

static void read_change(struct world *w, sqlite3_changeset_iter *it, struct m_change *c)
{
	const char *table;
	sqlite3_value *id = NULL;
	int indirect;

	sqlite3changeset_op(it, &table, &c->ncol, &c->op, &indirect);
	c->table = model_table(w, table);
	if (c->op != SQLITE_INSERT)
		c->old = read_side(w, it, c->ncol, sqlite3changeset_old);
	if (c->op != SQLITE_DELETE)
		c->new = read_side(w, it, c->ncol, sqlite3changeset_new);
	if (c->op == SQLITE_INSERT)
		sqlite3changeset_new(it, 0, &id);
	else
		sqlite3changeset_old(it, 0, &id);
	c->row = sqlite3_value_int64(id);
}

/* A pack has the changes of an entry by their rows, a session by a hash of these. */
static int by_row(const void *a, const void *b)
{
	const struct m_change *x = a, *y = b;

	return x->table != y->table ? x->table - y->table : (x->row > y->row) - (x->row < y->row);
}

static void read_entry(struct world *w, struct m_entry *e, const void *set, int len)
{
	void *data = (void *)(uintptr_t)set; /* only read */
	sqlite3_changeset_iter *it;
	int n = 0;

	must(w, sqlite3changeset_start(&it, len, data), "read a changeset");
	while (sqlite3changeset_next(it) == SQLITE_ROW)
		n++;
	sqlite3changeset_finalize(it);
	e->change = model_alloc(w, (size_t)n * sizeof *e->change);
	must(w, sqlite3changeset_start(&it, len, data), "read a changeset");
	for (e->n = 0; sqlite3changeset_next(it) == SQLITE_ROW; e->n++)
		read_change(w, it, &e->change[e->n]);
	sqlite3changeset_finalize(it);
	qsort(e->change, (size_t)n, sizeof *e->change, by_row);
}

int64_t model_pending(struct sim_node *n)
{
	int64_t count;

	must(n->w, pack_pending(n->s, &count), "count entries");
	return count;
}

struct counting {
	const struct m_feed *f;
	size_t entries;
};

static int count_one(void *arg, int64_t clock, const uint8_t *set, size_t len)
{
	(void)clock;
	(void)set;
	(void)len;
	++*(size_t *)arg;
	return 0;
}

static int count_entries(void *arg, const struct pack *p)
{
	struct counting *g = arg;

	return pack_entries(&g->f->key, p->body, p->len, count_one, &g->entries);
}

/* A restored author goes on from the packs that it has got back. */
static void reset_feed(struct sim_node *n, struct m_feed *f)
{
	struct feed got;
	struct counting g = {.f = f};
	int rc = feed_find(n->s, &f->key, false, &got);

	if (!rc)
		rc = feed_packs(n->s, &got, 0, count_entries, &g);
	if (rc != ERR_NOTFOUND)
		must(n->w, rc, "count entries");
	if (g.entries < f->n)
		f->n = g.entries;
	f->reset = false;
}

static void capture(struct sim_node *n, int64_t from, uint32_t epoch)
{
	struct world *w = n->w;
	struct feed_key key = {.author = n->number, .epoch = epoch};
	struct m_feed *f;
	struct m_entry *e;
	sqlite3_stmt *st;
	int rc = db_prepare(n->s,
	                    "SELECT scope, class, seen, changeset FROM entry ORDER BY id"
	                    " LIMIT -1 OFFSET ?",
	                    &st);

	if (!rc)
		rc = db_bind(st, "i", from);
	while (!rc && (rc = db_step(n->s, st)) == 1) {
		key.scope = sqlite3_column_int64(st, 0);
		key.class = (enum class)sqlite3_column_int(st, 1);
		f = model_feed(w, &key);
		if (f->reset)
			reset_feed(n, f);
		e = add_entry(f);
		e->seen = sqlite3_column_int64(st, 2);
		e->true_ms = w->now_ms;
		e->jumps = n->jumps;
		read_entry(w, e, sqlite3_column_blob(st, 3), sqlite3_column_bytes(st, 3));
		rc = 0;
	}
	sqlite3_finalize(st);
	must(w, rc, "read entries");
}

void model_capture(struct sim_node *n, int64_t from)
{
	capture(n, from, n->s->self.epoch);
}

void model_forged(struct sim_node *n, const struct feed_key *key, const void *set, int len,
                  bool bad)
{
	struct m_entry *e = add_entry(model_feed(n->w, key));

	e->bad = bad;
	e->sealed_ms = n->w->now_ms;
	read_entry(n->w, e, set, len);
}

void model_sealed(struct sim_node *n)
{
	struct model *m = n->w->m;
	struct m_feed *f;
	struct m_entry *e;
	size_t i;

	for (f = m->feed; f < m->feed + m->nfeed; f++) {
		if (f->author != n->index)
			continue;
		for (i = f->n; i-- > 0 && !f->e[i].sealed_ms;) {
			e = &f->e[i];
			e->sealed_ms = n->w->now_ms;
			e->right = n->right;
			e->right_all_along = n->right && e->jumps == n->jumps &&
			                     clock_ms(e->seen) <= e->true_ms + 60000;
		}
	}
}

/* ---- packs --------------------------------------------------------------------------------------------- */

struct settling {
	struct world *w;
	struct m_feed *f;
	struct sim_node *n;
	struct m_pack *pack; /* at hand */
	size_t entries;      /* so far */
};

static int count_entry(void *arg, int64_t clock, const uint8_t *set, size_t len)
{
	struct settling *g = arg;
	struct m_feed *f = g->f;
	struct m_entry *e, got = {0};
	int i;

	if (g->entries >= f->n)
		fail(g->w, "feed of node %d has an entry that was never saved", f->author);
	e = &f->e[g->entries++];
	read_entry(g->w, &got, set, (int)len);
	if (got.n != e->n)
		fail(g->w, "entry %zu of node %d has %d changes, not %d", g->entries, f->author,
		     got.n, e->n);
	for (i = 0; i < got.n; i++)
		if (got.change[i].row != e->change[i].row || got.change[i].op != e->change[i].op)
			fail(g->w, "entry %zu of node %d is not what was saved", g->entries,
			     f->author);
	e->clock = clock;
	g->pack->n++;
	g->pack->last_clock = clock;
	g->pack->bad |= e->bad;
	return 0;
}

static int settle_pack(void *arg, const struct pack *p)
{
	struct settling *g = arg;

	g->pack = &g->f->pack[p->seq];
	g->pack->first = g->entries;
	return pack_entries(&g->f->key, p->body, p->len, count_entry, g);
}

/* The node that holds most of the feed. */
static struct sim_node *holder(struct world *w, struct m_feed *f)
{
	struct sim_node *n, *best = NULL;
	struct feed got;
	int rc;

	for (n = w->node; n < w->node + w->nnode; n++) {
		if (!n->s)
			continue;
		rc = feed_find(n->s, &f->key, false, &got);
		if (rc && rc != ERR_NOTFOUND)
			must(w, rc, "find a feed");
		f->held[n->index] = got.head;
		if (got.head > f->npack) {
			f->npack = got.head;
			best = n;
		}
	}
	return best;
}

/* All that hold the feed hold the same packs. */
static void check_forks(struct world *w, const struct m_feed *f, const struct sim_node *best)
{
	const struct sim_node *n;
	struct feed got, longest;
	int64_t same;

	for (n = w->node; best && n < w->node + w->nnode; n++) {
		if (n == best || !f->held[n->index])
			continue;
		must(w, feed_find(best->s, &f->key, false, &longest), "find a feed");
		must(w, feed_find(n->s, &f->key, false, &got), "find a feed");
		must(w,
		     db_int(best->s, &same, "SELECT hash = ? FROM pack WHERE id = ?", "bi",
		            got.hash, (size_t)HASH_LEN, longest.id << 32 | got.head),
		     "find a pack");
		if (!same)
			fail(w,
			     "nodes %d and %d hold two packs %u of one feed of node %d, class %d",
			     best->index, n->index, got.head, f->author, (int)f->key.class);
	}
}

static void settle_feed(struct world *w, struct m_feed *f)
{
	struct settling g = {.w = w, .f = f, .n = holder(w, f)};
	struct feed got;

	f->pack = model_alloc(w, (f->npack + 1) * sizeof *f->pack);
	if (g.n) {
		must(w, feed_find(g.n->s, &f->key, false, &got), "find a feed");
		must(w, feed_packs(g.n->s, &got, 0, settle_pack, &g), "read packs");
	}
	check_forks(w, f, g.n);
	if (f->cut && f->npack < f->must && !w->node[f->author].revoked)
		fail(w, "feed of node %d: %u packs that others held are gone, %u are left",
		     f->author, f->must, f->npack);
	if (f->author >= 0 && w->node[f->author].revoked)
		f->cut = true; /* its end is somewhere in it */
	if (g.entries != f->n && !f->cut)
		fail(w, "feed of node %d, class %d: %zu entries were saved, %zu are left",
		     f->author, (int)f->key.class, f->n, g.entries);
	f->n = g.entries;
}

void model_settle(struct world *w)
{
	struct model *m = w->m;
	size_t i;

	for (i = 0; i < m->nfeed; i++)
		settle_feed(w, &m->feed[i]);
}

/* What nobody holds any more is gone, of feeds whose author lost it; all else must stay. */
void model_restored(struct sim_node *n, uint32_t epoch)
{
	struct world *w = n->w;
	struct m_feed *f;
	unsigned jumps = n->jumps;

	for (f = w->m->feed; f < w->m->feed + w->m->nfeed; f++) {
		f->reset |= f->author == n->index;
		f->cut |= f->reset;
		if (!f->cut)
			continue;
		holder(w, f);
		f->must = f->npack;
		f->npack = 0;
	}
	n->jumps = UINT_MAX; /* when these were written is not known any more */
	capture(n, 0, epoch);
	n->jumps = jumps;
}
