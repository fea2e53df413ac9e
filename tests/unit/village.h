/* village.h - three devices of one village, their office and the root; packs taken out of one and
 * handed to another.
 */
#ifndef TESTS_UNIT_VILLAGE_H
#define TESTS_UNIT_VILLAGE_H

#include "tests/unit/rig.h"

#define AUTHORS 3

/* splitmix64: small, and the same everywhere */
static inline uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

struct village {
	struct rig_node root, office, dev[AUTHORS];
	int64_t unit;
};

static inline void settle_down(struct village *v)
{
	int i, turn;

	for (turn = 0; turn < 2; turn++)
		for (i = 0; i < AUTHORS; i++)
			rig_sync(&v->dev[i], &v->office);
}

/* Time goes by for everybody. */
static inline void pass(struct village *v, int64_t ms)
{
	int i;

	v->root.now_ms += ms;
	v->office.now_ms += ms;
	for (i = 0; i < AUTHORS; i++)
		v->dev[i].now_ms += ms;
}

static inline void start(struct village *v)
{
	int i;

	rig_root(&v->root);
	rig_join(&v->office, &v->root, "C", ROLE_OFFICE);
	rig_enrol(&v->office, &v->root);
	rig_sync(&v->office, &v->root);
	for (i = 0; i < AUTHORS; i++) {
		rig_join(&v->dev[i], &v->office, "C-1", ROLE_DEVICE);
		rig_enrol(&v->dev[i], &v->office);
	}
	settle_down(v);
	v->unit = rig_unit(&v->office, "C-1");
}

static inline void stop(struct village *v)
{
	int i;

	for (i = 0; i < AUTHORS; i++)
		rig_stop(&v->dev[i]);
	rig_stop(&v->office);
	rig_stop(&v->root);
}

/* A node writes into its open feed of scope, past the door; its own signature is good. */
static inline void rig_forge(struct rig_node *n, const char *sql, int64_t scope)
{
	struct store *s = n->s;
	sqlite3_session *session;
	void *set;
	int len;

	ok(db_exec(s, "BEGIN"));
	assert_int_equal(sqlite3session_create(s->db, "main", &session), SQLITE_OK);
	assert_int_equal(sqlite3session_attach(session, NULL), SQLITE_OK);
	ok(db_exec(s, sql));
	assert_int_equal(sqlite3session_changeset(session, &len, &set), SQLITE_OK);
	ok(db_run(
		s,
		"INSERT INTO entry(scope, class, wall_ms, seen, counter, changeset) VALUES(?, 1, ?, 0, 999, ?)",
		"iib", scope, n->now_ms, set, (size_t)len));
	sqlite3session_delete(session);
	sqlite3_free(set);
	ok(db_exec(s, "COMMIT"));
}

/* ---- packs by hand ------------------------------------------------------------------------ */

/* A pack as it will be handed to a receiver. */
struct parcel {
	struct feed_key key;
	struct pack p;
	uint8_t *body; /* owned */
};

struct post {
	struct parcel item[4096];
	size_t n;
	struct feed_key key;
	enum class from, to;
};

static inline int post_pack(void *arg, const struct pack *p)
{
	struct post *post = arg;
	struct parcel *it = &post->item[post->n++];

	assert_true(post->n <= sizeof post->item / sizeof *post->item);
	it->key = post->key;
	it->p = *p;
	it->body = malloc(p->len);
	memcpy(it->body, p->body, p->len);
	it->p.body = it->body;
	return 0;
}

struct posting {
	struct rig_node *n;
	struct post *post;
};

static inline int post_feed(void *arg, const struct feed *f)
{
	struct posting *g = arg;

	g->post->key = f->key;
	if (f->key.class < g->post->from || f->key.class > g->post->to)
		return 0;
	return feed_packs(g->n->s, f, 0, post_pack, g->post);
}

static inline void collect(struct village *v, struct post *post, enum class from, enum class to)
{
	struct posting g = {&v->office, post};

	post->from = from;
	post->to = to;
	ok(feed_each(v->office.s, post_feed, &g));
}

#endif
