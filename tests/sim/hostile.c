/* hostile.c - a node whose key somebody else holds, packs that nobody signed, and its end. */
#include "storage/backup.h"
#include "storage/body.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/meta.h"
#include "storage/node.h"
#include "storage/pack.h"
#include "tests/sim/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A change made past the door. */
struct forgery {
	struct sim_node *n;
	int64_t scope; /* of the feed that it is put into */
	enum class class;
	int64_t clock;
	int forged;     /* packs so far */
	bool one_clock; /* all of them say that it is the same time */
	bool bad;       /* nobody may merge it; else it must change nothing elsewhere */
};

static void seal(struct sim_node *n)
{
	must(n->w, pack_seal(n->s), "seal");
	model_sealed(n);
}

static int entry_body(const struct forgery *f, const void *set, size_t len, struct buf *body)
{
	buf_u8(body, BODY_PLAIN);
	body_entry(body, f->clock, set, len);
	return body->err;
}

/* A pack as sealing makes one, of whatever change, rightly signed. */
static void keep_pack(const struct forgery *f, const void *set, int len)
{
	struct store *s = f->n->s;
	struct feed_key key = {f->n->number, s->self.epoch, f->scope, f->class};
	struct buf body = {0}, secret = {0};
	uint8_t hash[HASH_LEN];
	struct feed feed;
	struct pack p = {0};
	int rc = feed_find(s, &key, true, &feed);

	if (!rc)
		rc = entry_body(f, set, (size_t)len, &body);
	if (!rc)
		rc = meta_bytes(s, "key", &secret);
	p.seq = feed.head + 1;
	p.body = body.data;
	p.len = body.len;
	pack_hash(s, &key, p.seq, feed.hash, p.body, p.len, hash);
	if (!rc)
		rc = s->env->sign(s->env->arg, secret.data, hash, p.sig);
	if (!rc)
		rc = feed_append(s, &feed, &p, f->clock, hash);
	must(f->n->w, rc, "forge a pack");
	model_forged(f->n, &key, set, len, f->bad);
	buf_release(&body);
	buf_release(&secret);
}

/* Runs before unseen, then sql as a change of the feed, in a pack of its own; undoes both. */
static void forge(struct forgery *f, const char *before, const char *sql)
{
	struct sim_node *n = f->n;
	sqlite3_session *session;
	void *set = NULL;
	int len = 0;

	seal(n);
	must(n->w, backup_new_epoch(n->s), "begin an epoch");
	must(n->w, store_begin(n->s), "forge");
	if (before)
		must(n->w, db_exec(n->s, before), before);
	if (sqlite3session_create(n->s->db, "main", &session) != SQLITE_OK ||
	    sqlite3session_attach(session, NULL) != SQLITE_OK)
		fail(n->w, "no session to forge with");
	must(n->w, db_exec(n->s, sql), sql);
	if (sqlite3session_changeset(session, &len, &set) != SQLITE_OK)
		fail(n->w, "no changeset was forged");
	sqlite3session_delete(session);
	store_end(n->s);
	if (!f->clock || !f->one_clock)
		f->clock = clock_from_ms(clock_now_ms(n->s)) + ++f->forged;
	if (len)
		keep_pack(f, set, len);
	sqlite3_free(set);
}

static const char *made(char out[200], const char *fmt, int64_t a, int64_t b)
{
	snprintf(out, 200, fmt, a, b);
	return out;
}

/* ---- kinds ------------------------------------------------------------------------------------------------ */

#define INSERT "INSERT INTO f_a(_id, _unit, _version, t1) VALUES(%" PRId64 ", %" PRId64 ", 1, 'x')"

static int64_t fresh_id(struct sim_node *n, uint32_t number)
{
	return (int64_t)number << 35 | (INT64_C(1) << 23) | (int64_t)++n->w->tokens;
}

static int64_t other_scope(struct sim_node *n)
{
	struct world *w = n->w;
	int place = (int)below(&w->p, (unsigned)w->nplace);

	return w->place[place == n->place ? 0 : place].id;
}

static uint32_t other_number(struct sim_node *n)
{
	struct world *w = n->w;

	return w->node[n->index > 1 ? 1 : 0].number;
}

static void in_another_scope(struct forgery *f)
{
	char sql[200];

	forge(f, NULL, made(sql, INSERT, fresh_id(f->n, f->n->number), other_scope(f->n)));
}

static void under_another_number(struct forgery *f)
{
	char sql[200];

	forge(f, NULL, made(sql, INSERT, fresh_id(f->n, other_number(f->n)), f->scope));
}

static void of_another_class(struct forgery *f)
{
	char sql[200];

	forge(f, NULL,
	      made(sql,
	           chance(&f->n->w->p, 50) ? "INSERT INTO p_a(_id, _unit) VALUES(%" PRId64
	                                     ", %" PRId64 ")"
	                                   : "INSERT INTO successor(id, scope, unit, became, day)"
	                                     " VALUES(%" PRId64 ", %" PRId64 ", 1, 2, '')",
	           fresh_id(f->n, f->n->number), f->scope));
}

static void moved(struct forgery *f)
{
	char before[200], sql[200];
	int64_t id = fresh_id(f->n, f->n->number);

	forge(f, made(before, INSERT, id, f->scope),
	      made(sql, "UPDATE f_a SET _unit = %2$" PRId64 " WHERE _id = %1$" PRId64, id,
	           other_scope(f->n)));
}

/* Any row of another unit; 0 when it knows none. */
static int64_t foreign_row(struct forgery *f)
{
	int64_t id;
	int rc = db_int(f->n->s, &id, "SELECT _id FROM f_a WHERE _unit <> ? ORDER BY _id LIMIT 1",
	                "i", f->scope);

	return rc ? 0 : id;
}

static void update_of_foreign(struct forgery *f)
{
	char sql[200];

	f->bad = false;
	if (foreign_row(f))
		forge(f, NULL,
		      made(sql, "UPDATE f_a SET t1 = 'y' WHERE _id = %" PRId64, foreign_row(f), 0));
}

static void delete_of_foreign(struct forgery *f)
{
	int64_t id = foreign_row(f);
	char before[200], sql[200];

	f->bad = false;
	if (id)
		forge(f,
		      made(before, "UPDATE f_a SET _unit = %2$" PRId64 " WHERE _id = %1$" PRId64,
		           id, f->scope),
		      made(sql, "DELETE FROM f_a WHERE _id = %" PRId64, id, 0));
}

/* A row that was never there, deleted and then written: must not rise from its grave. */
static void from_a_grave(struct forgery *f)
{
	int64_t id = fresh_id(f->n, other_number(f->n));
	char before[200], sql[200];

	f->bad = false;
	made(before, INSERT, id, f->scope);
	forge(f, before, made(sql, "DELETE FROM f_a WHERE _id = %" PRId64, id, 0));
	forge(f, before, made(sql, "UPDATE f_a SET t1 = 'y' WHERE _id = %" PRId64, id, 0));
}

/* Two values of one cell at one time: whichever comes first, the same must stay. */
static void at_one_clock(struct forgery *f)
{
	int64_t id;
	char sql[200];
	bool first = chance(&f->n->w->p, 50);

	f->bad = false;
	f->one_clock = true;
	if (db_int(f->n->s, &id, "SELECT _id FROM f_a WHERE _unit = ? ORDER BY _id LIMIT 1", "i",
	           f->scope))
		return;
	made(sql, "UPDATE f_a SET t1 = 'tie one' WHERE _id = %" PRId64, id, 0);
	if (first)
		forge(f, NULL, sql);
	forge(f, NULL, made(sql, "UPDATE f_a SET t1 = 'tie two' WHERE _id = %" PRId64, id, 0));
	made(sql, "UPDATE f_a SET t1 = 'tie one' WHERE _id = %" PRId64, id, 0);
	if (!first)
		forge(f, NULL, sql);
}

static void refuse(struct forgery *f)
{
	struct feed_key key = {f->n->number, f->n->s->self.epoch, f->scope, f->class};

	model_feed(f->n->w, &key)->refused = true;
}

static void a_device_writes_ref(struct forgery *f)
{
	char sql[200];

	f->class = CLASS_REF;
	refuse(f);
	forge(f, NULL,
	      made(sql,
	           "INSERT INTO successor(id, scope, unit, became, day)"
	           " VALUES(%" PRId64 ", %" PRId64 ", 1, 2, '')",
	           fresh_id(f->n, f->n->number), f->scope));
}

static void in_a_feed_above(struct forgery *f)
{
	char sql[200];

	f->scope = f->n->w->place[0].id;
	refuse(f);
	forge(f, NULL, made(sql, INSERT, fresh_id(f->n, f->n->number), f->scope));
}

static void (*const kinds[])(struct forgery *) = {
	in_another_scope,    under_another_number, of_another_class, moved,
	update_of_foreign,   delete_of_foreign,    from_a_grave,     at_one_clock,
	a_device_writes_ref, in_a_feed_above,
};

/* ---- on the wire ------------------------------------------------------------------------------------------ */

struct wire {
	struct sim_node *to;
	struct feed f;
	uint32_t head;
	uint8_t *body;
};

static int damage(void *arg, const struct pack *p)
{
	struct wire *g = arg;
	struct world *w = g->to->w;
	struct pack bad = *p;
	struct feed before;
	int rc;
	uint8_t *body = model_alloc(w, p->len + 1);

	memcpy(body, p->body, p->len);
	bad.body = body;
	switch (below(&w->p, 5)) {
	case 0:
		body[below(&w->p, (unsigned)p->len)] ^= (uint8_t)(1 << below(&w->p, 8));
		break;
	case 1:
		bad.sig[below(&w->p, SIG_LEN)] ^= (uint8_t)(1 << below(&w->p, 8));
		break;
	case 2:
		bad.len -= 1 + below(&w->p, (unsigned)p->len);
		break;
	case 3:
		bad.seq++; /* a gap, or the next one's number */
		break;
	default:
		g->f.key.scope = w->place[below(&w->p, (unsigned)w->nplace)].id;
		if (g->f.key.scope == w->node[0].s->self.scope)
			bad.sig[0] ^= 1;
		else
			bad.sig[1] ^= 1;
	}
	rc = feed_find(g->to->s, &g->f.key, false, &before);
	if (!feed_receive(g->to->s, &g->f, &bad) && (rc || bad.seq > before.head))
		fail(w, "node %d takes a pack that was altered on its way", g->to->index);
	return 1;
}

struct pick {
	struct sim_node *to;
	struct feed f;
	unsigned seen;
};

static int pick_feed(void *arg, const struct feed *f)
{
	struct pick *k = arg;

	if (f->head && may_hold(k->to->w, &f->key, k->to->place) &&
	    below(&k->to->w->p, ++k->seen) == 0)
		k->f = *f;
	return 0;
}

/* What comes next in some feed, with something wrong about it. */
static void alter(struct sim_node *from, struct sim_node *to)
{
	struct world *w = from->w;
	struct pick k = {.to = to};
	struct wire g = {.to = to};
	struct feed after;
	int rc;

	must(w, feed_each(from->s, pick_feed, &k), "pick a feed");
	if (!k.seen || from == to)
		return;
	rc = feed_find(to->s, &k.f.key, false, &g.f);
	if (rc && rc != ERR_NOTFOUND)
		must(w, rc, "find a feed");
	g.f.key = k.f.key;
	g.head = g.f.head;
	rc = feed_packs(from->s, &k.f, g.head, damage, &g);
	if (rc < 0)
		must(w, rc, "read packs");
	rc = feed_find(to->s, &k.f.key, false, &after);
	if (after.head != g.head)
		fail(w, "node %d goes on by a pack that it refused", to->index);
	trace(w, "node %d is sent an altered pack", to->index);
}

/* ---- the act ---------------------------------------------------------------------------------------------- */

static bool has_forms(struct sim_node *n)
{
	return sqlite3_table_column_metadata(n->s->db, "main", "p_a", NULL, NULL, NULL, NULL, NULL,
	                                     NULL) == SQLITE_OK;
}

/* Its parent gives it up. */
static void revoke(struct sim_node *n)
{
	struct sim_node *parent = &n->w->node[n->parent];
	int64_t pending = model_pending(parent);

	must(n->w, node_revoke(parent->s, n->number), "revoke");
	model_capture(parent, pending);
	n->hostile = n->revoked = true;
	n->w->count[N_REVOKED]++;
	trace(n->w, "node %d is revoked", n->index);
	pass(n->w, 20000);
	write_rows(n); /* somebody who has not heard of it may take this for a while */
	usb(n, &n->w->node[below(&n->w->p, (unsigned)n->w->nnode)]);
}

void hostile_act(struct sim_node *n)
{
	struct world *w = n->w;
	struct forgery f = {.n = n,
	                    .scope = w->place[n->place].id,
	                    .class = CLASS_OPEN,
	                    .bad = true};
	struct sim_node *from;
	unsigned kind = below(&w->p, sizeof kinds / sizeof *kinds), what = below(&w->p, 100);

	if (what < 40 || n->role != ROLE_DEVICE || !n->enrolled || !has_forms(n)) {
		from = &w->node[below(&w->p, 2)];
		alter(from->s ? from : &w->node[0], n);
	} else if (what < 55) {
		revoke(n);
	} else {
		n->hostile = true;
		kinds[kind](&f);
		w->count[N_FORGED]++;
		trace(w, "node %d forges (%u)", n->index, kind);
	}
}
