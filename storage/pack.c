/* pack.c - sealing entries into packs, and reading packs. */
#include "storage/backup.h"
#include "storage/body.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/dictionary.h"
#include "storage/err.h"
#include "storage/held.h"
#include "storage/merge.h"
#include "storage/meta.h"
#include "storage/mutant.h"
#include "storage/pack.h"

#include <stdlib.h>
#include <string.h>

static uint8_t *put_be(uint8_t *p, uint64_t v, int bytes)
{
	while (bytes--)
		*p++ = (uint8_t)(v >> (8 * bytes));
	return p;
}

void pack_hash(const struct store *s, const struct feed_key *key, uint32_t seq,
               const uint8_t prev[HASH_LEN], const void *body, size_t len, uint8_t out[HASH_LEN])
{
	uint8_t head[12 + 4 + 4 + 8 + 1 + 4 + HASH_LEN + HASH_LEN], *p = head;

	memcpy(p, "cayda pack 1", 12);
	p = put_be(p + 12, key->author, 4);
	p = put_be(p, key->epoch, 4);
	p = put_be(p, (uint64_t)key->scope, 8);
	p = put_be(p, key->class, 1);
	p = put_be(p, seq, 4);
	memcpy(p, prev, HASH_LEN);
	s->env->sha256(body, len, p + HASH_LEN);
	s->env->sha256(head, sizeof head, out);
}

/* ---- reading ------------------------------------------------------------------------------- */

int pack_entries(const struct feed_key *key, const void *body, size_t len,
                 int (*fn)(void *arg, int64_t clock, const uint8_t *set, size_t set_len), void *arg)
{
	struct buf entries = {0};
	struct cursor c, set;
	int64_t clock = 0;
	int rc = body_read(key, body, len, &entries);

	c = cursor_of(entries.data, entries.len);
	while (!rc && cursor_left(&c)) {
		body_next(&c, &clock, &set);
		rc = c.bad ? err(ERR_BAD, "a pack whose entries are cut")
		           : fn(arg, clock, set.p, cursor_left(&set));
	}
	buf_release(&entries);
	return rc;
}

int pack_last_clock(const void *body, size_t len, int64_t *clock)
{
	return body_clock(body, len, clock);
}

/* ---- sealing -------------------------------------------------------------------------------- */

/* One pack in the making. */
struct seal {
	struct store *s;
	struct feed feed;
	struct buf raw; /* its entries */
	int64_t clock;  /* of the last of them */
	int64_t row;    /* highest id that they insert */
	uint8_t key[KEY_LEN];
};

static int flush(struct seal *b)
{
	struct store *s = b->s;
	struct buf body = {0};
	struct pack p = {.seq = b->feed.head + 1};
	uint8_t hash[HASH_LEN];
	int rc;

	if (!b->raw.len)
		return 0;
	rc = b->raw.err ? b->raw.err : body_write(&b->feed.key, DICTIONARY, &b->raw, &body);
	if (rc)
		goto out;
	p.body = body.data;
	p.len = body.len;
	pack_hash(s, &b->feed.key, p.seq, b->feed.hash, p.body, p.len, hash);
	rc = s->env->sign(s->env->arg, b->key, hash, p.sig);
	if (!rc)
		rc = feed_append(s, &b->feed, &p, b->clock, hash);
	if (!rc)
		rc = held_note(s, &b->feed, p.seq, b->row);
out:
	buf_release(&body);
	buf_reset(&b->raw);
	b->row = 0;
	return rc;
}

static int add_entry(struct seal *b, int64_t clock, const void *set, size_t len)
{
	int rc = 0;

	if (b->raw.len + len + 20 > PACK_RAW_MAX)
		rc = flush(b);
	if (rc)
		return rc;
	body_entry(&b->raw, clock - (b->raw.len ? b->clock : 0), set, len);
	b->clock = clock;
	return merge_own(b->s, &b->feed, clock, set, len, &b->row);
}

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Gives the pending entries their final clocks: the corrected wall clock, but above all that
 * the author had seen and above the entry before. The wall clock may have jumped since: an entry is
 * not of the future. Whole seconds: the milliseconds would take two or three bytes an entry, and no two
 * nodes' clocks agree so well that they told which of two writes was first. */
static int fix_clocks(struct store *s)
{
	sqlite3_stmt *st;
	int64_t id = 0, before = 0, wall, last = 0, clock, now = clock_from_ms(clock_now_ms(s));
	int rc = db_prepare(s, "SELECT id, wall_ms, seen FROM entry ORDER BY id", &st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		id = sqlite3_column_int64(st, 0);
		if (id <= before) { /* a damaged table could be walked round and round */
			rc = db_err(s, SQLITE_CORRUPT);
			break;
		}
		before = id;
		wall = sqlite3_column_int64(st, 1);
		clock = clock_from_ms(MUTANT_IS(5) ? wall : clock_true_ms(s, wall));
		if (clock > now && !MUTANT_IS(22))
			clock = now;
		clock -= clock % CLOCK_SECOND;
		clock = max64(clock,
		              max64(MUTANT_IS(9) ? 0 : sqlite3_column_int64(st, 2), last) + 1);
		last = clock;
		rc = db_run(s, "UPDATE entry SET seen = ? WHERE id = ?", "ii", clock, id);
	}
	sqlite3_finalize(st);
	return rc ? rc : clock_saw(s, last);
}

/* Walks the entries feed by feed; each change of feed closes a pack. */
static int seal_all(struct seal *b)
{
	struct store *s = b->s;
	struct feed_key key;
	sqlite3_stmt *st;
	int rc = db_prepare(
		s, "SELECT scope, class, seen, changeset FROM entry ORDER BY class, scope, id",
		&st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		key = (struct feed_key){.author = s->self.number,
		                        .epoch = s->self.epoch,
		                        .scope = sqlite3_column_int64(st, 0),
		                        .class = (enum class)sqlite3_column_int(st, 1)};
		rc = 0;
		if (!b->feed.id || key.scope != b->feed.key.scope ||
		    key.class != b->feed.key.class) {
			rc = flush(b);
			if (!rc)
				rc = feed_find(s, &key, true, &b->feed);
		}
		if (!rc)
			rc = add_entry(b, sqlite3_column_int64(st, 2), sqlite3_column_blob(st, 3),
			               (size_t)sqlite3_column_bytes(st, 3));
	}
	sqlite3_finalize(st);
	if (!rc)
		rc = flush(b);
	if (!rc)
		rc = db_run(s,
		            "REPLACE INTO meta(key, value) SELECT 'counter', counter FROM entry"
		            " ORDER BY id DESC LIMIT 1",
		            "");
	return rc ? rc : db_run(s, "DELETE FROM entry", "");
}

int pack_pending(struct store *s, int64_t *count)
{
	return db_int(s, count, "SELECT count(*) FROM entry", "");
}

int pack_seal(struct store *s)
{
	struct seal b = {.s = s};
	struct buf key = {0};
	int64_t pending;
	unsigned mark = err_mark();
	int rc, nested = !sqlite3_get_autocommit(s->db);

	rc = db_int(s, &pending, "SELECT 1 FROM entry LIMIT 1", "");
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	rc = meta_bytes(s, "key", &key);
	if (!rc && key.len != KEY_LEN)
		rc = err(ERR_CORRUPT, "this node's key is damaged: join anew with a new invite");
	if (rc)
		goto out;
	memcpy(b.key, key.data, KEY_LEN);
	if (!nested)
		rc = store_begin(s);
	if (!rc) /* what a copy held unsealed may have been sealed and sent since */
		rc = backup_new_epoch(s);
	if (!rc)
		rc = fix_clocks(s);
	if (!rc)
		rc = seal_all(&b);
	if (!rc && !nested)
		rc = store_commit(s);
	if (!nested)
		store_end(s);
out:
	memset(b.key, 0, sizeof b.key);
	buf_release(&b.raw);
	buf_release(&key);
	return err_cause(mark, rc);
}
