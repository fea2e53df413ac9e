/* feed.c - append-only logs: finding, walking, receiving. */
#include "storage/backup.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/feed.h"
#include "storage/merge.h"
#include "storage/meta.h"
#include "storage/mutant.h"
#include "storage/node.h"
#include "storage/pack.h"
#include "storage/unit.h"

#include <string.h>

#define REFUSALS_KEPT 256
#define FEED_COLUMNS \
	"id, author, epoch, scope, class, head, parent_head, root_head, hash, changed, refused"

static void read_feed(sqlite3_stmt *st, struct feed *out)
{
	const void *hash = sqlite3_column_blob(st, 8);

	memset(out, 0, sizeof *out);
	out->id = sqlite3_column_int64(st, 0);
	out->key.author = (uint32_t)sqlite3_column_int64(st, 1);
	out->key.epoch = (uint32_t)sqlite3_column_int64(st, 2);
	out->key.scope = sqlite3_column_int64(st, 3);
	out->key.class = (enum class)sqlite3_column_int(st, 4);
	out->head = (uint32_t)sqlite3_column_int64(st, 5);
	out->parent_head = (uint32_t)sqlite3_column_int64(st, 6);
	out->root_head = (uint32_t)sqlite3_column_int64(st, 7);
	if (hash && sqlite3_column_bytes(st, 8) == HASH_LEN)
		memcpy(out->hash, hash, HASH_LEN);
	out->changed = sqlite3_column_int64(st, 9);
	out->refused = sqlite3_column_int64(st, 10);
}

int feed_find(struct store *s, const struct feed_key *wanted, bool create, struct feed *out)
{
	const struct feed_key copy = *wanted, *key = &copy; /* wanted may be out's own */
	static const uint8_t zero[HASH_LEN];
	sqlite3_stmt *st;
	int rc;

	memset(out, 0, sizeof *out);
	st = db_stmt(s, "SELECT " FEED_COLUMNS " FROM feed"
	                " WHERE author = ? AND epoch = ? AND scope = ? AND class = ?");
	if (!st)
		return err_code();
	rc = db_bind(st, "iiii", (int64_t)key->author, (int64_t)key->epoch, key->scope,
	             (int64_t)key->class);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1)
		read_feed(st, out);
	sqlite3_reset(st);
	if (rc)
		return rc < 0 ? rc : 0;
	if (!create)
		return ERR_NOTFOUND;
	rc = db_run(
		s,
		"INSERT INTO feed(author, epoch, scope, class, head, hash, parent_head, root_head,"
		" changed) VALUES(?, ?, ?, ?, 0, ?, 0, 0, 0)",
		"iiiib", (int64_t)key->author, (int64_t)key->epoch, key->scope, (int64_t)key->class,
		zero, sizeof zero);
	out->id = sqlite3_last_insert_rowid(s->db);
	out->key = *key;
	return rc;
}

static int walk(struct store *s, const char *sql, int64_t since,
                int (*fn)(void *arg, const struct feed *f), void *arg)
{
	sqlite3_stmt *st;
	struct feed f;
	int rc = db_prepare(s, sql, &st);

	if (!rc && since >= 0)
		rc = db_bind(st, "i", since);
	while (!rc && (rc = db_step(s, st)) == 1) {
		read_feed(st, &f);
		rc = fn(arg, &f);
	}
	sqlite3_finalize(st);
	return rc;
}

int feed_each(struct store *s, int (*fn)(void *arg, const struct feed *f), void *arg)
{
	return walk(s, "SELECT " FEED_COLUMNS " FROM feed ORDER BY class, author, epoch, scope", -1,
	            fn, arg);
}

int feed_each_since(struct store *s, int64_t since, int (*fn)(void *arg, const struct feed *f),
                    void *arg)
{
	return walk(s, "SELECT " FEED_COLUMNS " FROM feed WHERE changed > ? ORDER BY changed",
	            since, fn, arg);
}

int feed_last_change(struct store *s, int64_t *changed, int64_t *instance)
{
	int rc = db_int(s, changed, "SELECT ifnull(max(changed), 0) FROM feed", "");

	if (!rc)
		rc = meta_int(s, "instance", instance);
	return rc == ERR_NOTFOUND ? feed_new_instance(s, instance) : rc;
}

int feed_new_instance(struct store *s, int64_t *instance)
{
	uint32_t fresh;
	int rc = s->env->random(s->env->arg, &fresh, sizeof fresh);

	*instance = (int64_t)fresh + 1; /* 0 says that none is known */
	return rc ? rc : meta_set_int(s, "instance", *instance);
}

int feed_packs(struct store *s, const struct feed *f, uint32_t seq,
               int (*fn)(void *arg, const struct pack *p), void *arg)
{
	sqlite3_stmt *st;
	struct pack p;
	int rc = db_prepare(s,
	                    "SELECT id, body, sig FROM pack WHERE id > ? AND id <= ? ORDER BY id",
	                    &st);

	if (!rc)
		rc = db_bind(st, "ii", f->id << 32 | seq, f->id << 32 | f->head);
	while (!rc && (rc = db_step(s, st)) == 1) {
		p = (struct pack){
			.seq = (uint32_t)sqlite3_column_int64(st, 0),
			.body = sqlite3_column_blob(st, 1),
			.len = (size_t)sqlite3_column_bytes(st, 1),
		};
		if (sqlite3_column_bytes(st, 2) == SIG_LEN)
			memcpy(p.sig, sqlite3_column_blob(st, 2), SIG_LEN);
		rc = fn(arg, &p);
	}
	sqlite3_finalize(st);
	return rc;
}

int feed_append(struct store *s, struct feed *f, const struct pack *p, int64_t clock,
                const uint8_t hash[HASH_LEN])
{
	int rc = db_run(
		s, "INSERT INTO pack(id, state, clock, hash, sig, body) VALUES(?, 0, ?, ?, ?, ?)",
		"iibbb", f->id << 32 | p->seq, clock, hash, (size_t)HASH_LEN, p->sig,
		(size_t)SIG_LEN, p->body, p->len);

	if (!rc)
		rc = db_run(s, "UPDATE feed SET head = ?, hash = ? WHERE id = ?", "ibi",
		            (int64_t)p->seq, hash, (size_t)HASH_LEN, f->id);
	if (!rc) {
		f->head = p->seq;
		memcpy(f->hash, hash, HASH_LEN);
	}
	return rc;
}

/* 0 for a body that is not one: it is stored, since its author signed it, and set aside. */
static int64_t pack_clock(const struct pack *p)
{
	int64_t clock;

	return pack_last_clock(p->body, p->len, &clock) ? 0 : clock;
}

/* Who wrote it, and may they write such a feed at all? */
static int check_author(struct store *s, const struct feed *f, const struct pack *p,
                        const uint8_t hash[HASH_LEN])
{
	char who[ID_TEXT];
	struct node author;
	int rc = node_get(s, f->key.author, &author);

	node_text(f->key.author, who);
	if (rc == ERR_NOTFOUND)
		return err(ERR_DENIED, "a pack of node %s, which nobody here has enrolled", who);
	if (rc)
		return rc;
	rc = MUTANT_IS(3) ? 0 : s->env->verify(s->env->arg, author.pubkey, hash, p->sig);
	if (rc && rc != ERR_DENIED)
		return rc;
	if (rc)
		return err(ERR_DENIED, "pack %u of node %s does not carry its signature",
		           (unsigned)p->seq, who);
	if (author.revoked && pack_clock(p) > author.revoked)
		return err(ERR_DENIED, "node %s was revoked before it wrote this", who);
	if (f->key.class == CLASS_REF && author.role == ROLE_DEVICE && !MUTANT_IS(24))
		return err(ERR_DENIED, "node %s is a device and may not write common tables", who);
	if (author.role != ROLE_ROOT && !unit_within(s, f->key.scope, author.unit))
		return err(ERR_DENIED, "node %s may not write for a unit that is not its own", who);
	return 0;
}

int feed_chain(struct store *s, const struct feed *f, uint32_t seq, uint8_t out[HASH_LEN])
{
	sqlite3_stmt *st;
	int rc;

	memset(out, 0, HASH_LEN);
	if (!seq)
		return 0;
	st = db_stmt(s, "SELECT hash FROM pack WHERE id = ?");
	if (!st)
		return err_code();
	rc = db_bind(st, "i", f->id << 32 | seq);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1 && sqlite3_column_bytes(st, 0) == HASH_LEN)
		memcpy(out, sqlite3_column_blob(st, 0), HASH_LEN);
	sqlite3_reset(st);
	return rc < 0 ? rc : rc ? 0 : ERR_NOTFOUND;
}

/* A pack of a number that is here already. It is another one when its author went on twice from one state. */
static int receive_again(struct store *s, struct feed *f, const struct pack *p)
{
	char who[ID_TEXT];
	int64_t same;
	int rc = db_int(s, &same, "SELECT body = ? FROM pack WHERE id = ?", "bi", p->body, p->len,
	                f->id << 32 | p->seq);

	if (rc || same)
		return rc;
	f->head = p->seq - 1;
	if (f->root_head > f->head)
		f->root_head = f->head;
	return err(ERR_DENIED,
	           "pack %u of node %s is not the one that is here: its disk was copied or put "
	           "back, and both went on",
	           (unsigned)p->seq, node_text(f->key.author, who));
}

/* Our own signature on what we do not know: this disk is a copy, or an old state of itself. */
static int notice_own(struct store *s, const struct feed *f)
{
	if (f->key.author != s->self.number || f->key.epoch != s->self.epoch)
		return 0;
	return backup_mark_next(s);
}

static int receive(struct store *s, struct feed *f, const struct pack *p)
{
	uint8_t hash[HASH_LEN];
	int rc = feed_find(s, &f->key, true, f);

	if (!rc && p->seq < f->head + !MUTANT_IS(11))
		return receive_again(s, f, p);
	if (rc)
		return rc;
	if (p->seq != f->head + 1)
		return err(ERR_NOTFOUND, "pack %u came before pack %u", (unsigned)p->seq,
		           (unsigned)f->head + 1);
	pack_hash(s, &f->key, p->seq, f->hash, p->body, p->len, hash);
	rc = check_author(s, f, p, hash);
	if (!rc)
		rc = notice_own(s, f);
	if (!rc && !MUTANT_IS(18))
		rc = pack_seal(s);
	if (!rc)
		rc = feed_append(s, f, p, pack_clock(p), hash);
	if (!rc)
		rc = merge_stored(s, f, p);
	if (!rc && f->key.class == CLASS_REF)
		rc = merge_waiting(s);
	if (!rc && f->key.class == CLASS_REF)
		rc = node_apply_revoked(s);
	return rc;
}

/* The last refusals are kept for people to see, few enough that no peer fills the disk. */
static int note_refusal(struct store *s, const struct feed_key *k, uint32_t seq)
{
	int rc = db_run(s,
	                "REPLACE INTO refusal(author, epoch, scope, class, seq, reason, at_ms)"
	                " VALUES(?, ?, ?, ?, ?, ?, ?)",
	                "iiiiiti", (int64_t)k->author, (int64_t)k->epoch, k->scope,
	                (int64_t)k->class, (int64_t)seq, err_text(), clock_now_ms(s));

	return rc ? rc
	          : db_run(s,
	                   "DELETE FROM refusal WHERE at_ms < (SELECT at_ms FROM refusal"
	                   " ORDER BY at_ms DESC LIMIT 1 OFFSET ?)",
	                   "i", (int64_t)REFUSALS_KEPT - 1);
}

int feed_receive(struct store *s, struct feed *f, const struct pack *p)
{
	unsigned mark;
	int rc;

	if (!p->len || p->len > PACK_MAX)
		return err(ERR_TOOBIG, "a pack of %zu bytes: at most %d are taken", p->len,
		           PACK_MAX);
	mark = err_mark();
	rc = store_begin(s);
	if (rc)
		return rc;
	rc = receive(s, f, p);
	if (!rc)
		rc = store_commit(s);
	store_end(s);
	rc = err_cause(mark, rc); /* which is then no fault of the pack's */
	if (rc == ERR_DENIED)
		note_refusal(s, &f->key, p->seq);
	return rc;
}

int feed_ack(struct store *s, const struct feed *f, uint32_t parent_head, uint32_t root_head)
{
	return db_run(s, "UPDATE feed SET parent_head = ?, root_head = ? WHERE id = ?", "iii",
	              (int64_t)parent_head, (int64_t)root_head, f->id);
}

int feed_refused(struct store *s, const struct feed *f, int64_t change)
{
	return db_run(s, "UPDATE feed SET refused = ? WHERE id = ?", "ii", change, f->id);
}

int feed_forget_parent(struct store *s)
{
	return db_exec(s, "UPDATE feed SET parent_head = 0, refused = 0");
}

int feed_carried(struct store *s, int64_t audience, const struct feed *f, uint32_t *head)
{
	int64_t v;
	int rc = db_int(s, &v, "SELECT head FROM carried WHERE audience = ? AND feed = ?", "ii",
	                audience, f->id);

	*head = (uint32_t)v;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

int feed_set_carried(struct store *s, int64_t audience, const struct feed *f, uint32_t head)
{
	return db_run(s, "REPLACE INTO carried(audience, feed, head) VALUES(?, ?, ?)", "iii",
	              audience, f->id, (int64_t)head);
}

bool feed_entitled(struct store *s, const struct feed_key *key, int64_t unit)
{
	bool below = unit_within(s, key->scope, unit);

	switch (key->class) {
	case CLASS_REF:
		return below || unit_within(s, unit, key->scope);
	case CLASS_OPEN:
		return below;
	case CLASS_PERSONAL:
		return below && (MUTANT_IS(14) || unit_commune(s, unit) != 0);
	default:
		return false;
	}
}
