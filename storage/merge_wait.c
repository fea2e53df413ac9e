/* merge_wait.c - packs that cannot be merged now: set aside, and tried again. */
#include "storage/buf.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/merge.h"
#include "storage/mutant.h"

#include <string.h>

/* The pack, with a body of its own: no statement may be open when a merge rolls back. */
static int load_pack(struct store *s, int64_t id, struct feed *f, struct pack *p, struct buf *body)
{
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT p.body, f.author, f.epoch, f.scope, f.class FROM pack p, feed f"
	                    " WHERE p.id = ? AND f.id = p.id >> 32",
	                    &st);

	if (!rc)
		rc = db_bind(st, "i", id);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 0)
		rc = err(ERR_CORRUPT, "a pack without its feed: run 'cayda verify'");
	if (rc == 1) {
		buf_reset(body);
		buf_add(body, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
		rc = body->err;
		*p = (struct pack){.seq = (uint32_t)id, .body = body->data, .len = body->len};
		memset(f, 0, sizeof *f);
		f->id = id >> 32;
		f->key = (struct feed_key){.author = (uint32_t)sqlite3_column_int64(st, 1),
		                           .epoch = (uint32_t)sqlite3_column_int64(st, 2),
		                           .scope = sqlite3_column_int64(st, 3),
		                           .class = (enum class)sqlite3_column_int(st, 4)};
	}
	sqlite3_finalize(st);
	return rc;
}

static int set_state(struct store *s, int64_t id, int state)
{
	return db_run(s, "UPDATE pack SET state = ?1, reason = ?2 WHERE id = ?3 AND (state OR ?1)",
	              "iti", (int64_t)state, state ? err_text() : NULL, id);
}

int merge_stored(struct store *s, const struct feed *f, const struct pack *p)
{
	int64_t id = f->id << 32 | p->seq;
	unsigned mark = err_mark();
	int rc = db_exec(s, "SAVEPOINT merge"), merged;

	if (rc)
		return rc;
	merged = merge_pack(s, f, p);
	if (!merged) {
		rc = db_exec(s, "RELEASE merge");
		return rc ? rc : set_state(s, id, PACK_MERGED);
	}
	if (err_since(mark)) /* what looks like a bad pack may be a good one and no memory */
		return err_since(mark);
	if (merged != ERR_BAD && merged != ERR_DENIED && merged != ERR_NOTFOUND &&
	    merged != ERR_TOOBIG)
		return merged;
	rc = db_exec(s, "ROLLBACK TO merge; RELEASE merge");
	merge_forget(s); /* table numbers made since the savepoint are gone */
	return rc ? rc : set_state(s, id, merged == ERR_NOTFOUND ? PACK_WAITING : PACK_QUARANTINED);
}

static int list_packs(struct store *s, const char *sql, struct buf *ids)
{
	sqlite3_stmt *st;
	int64_t id;
	int rc = db_prepare(s, sql, &st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		id = sqlite3_column_int64(st, 0);
		buf_add(ids, &id, sizeof id);
		rc = ids->err;
	}
	sqlite3_finalize(st);
	return rc;
}

int merge_again(struct store *s, const char *sql)
{
	struct buf ids = {0}, body = {0};
	struct feed f;
	struct pack p;
	int64_t id;
	size_t at;
	int rc = list_packs(s, sql, &ids);

	for (at = 0; !rc && at < ids.len; at += sizeof id) {
		memcpy(&id, ids.data + at, sizeof id);
		rc = load_pack(s, id, &f, &p, &body);
		if (!rc)
			rc = merge_stored(s, &f, &p);
	}
	buf_release(&ids);
	buf_release(&body);
	return rc;
}

int merge_waiting(struct store *s)
{
	if (MUTANT_IS(10))
		return 0;
	return merge_again(s, "SELECT id FROM pack WHERE state = 1 ORDER BY id");
}

int merge_due(struct store *s)
{
	int64_t some;
	int rc = db_int(s, &some, "SELECT 1 FROM pack WHERE state = 1 LIMIT 1", "");

	if (rc) /* nothing to write: do not take the lock */
		return rc == ERR_NOTFOUND ? 0 : rc;
	rc = store_begin(s);
	if (!rc)
		rc = merge_waiting(s);
	if (!rc)
		rc = store_commit(s);
	store_end(s);
	if (rc)
		merge_forget(s);
	return rc;
}

int aside_each(struct store *s, int (*fn)(void *arg, const struct aside *a), void *arg)
{
	struct aside a;
	sqlite3_stmt *st;
	int rc = db_prepare(
		s,
		"SELECT f.author, f.epoch, f.scope, f.class, p.id & 4294967295, p.state,"
		" p.reason, p.clock >> 16 FROM pack p JOIN feed f ON f.id = p.id >> 32"
		" WHERE p.state <> 0 UNION ALL"
		" SELECT author, epoch, scope, class, seq, -1, reason, at_ms FROM refusal"
		" ORDER BY 6, 1, 2, 3, 4, 5",
		&st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		a = (struct aside){
			.key = {(uint32_t)sqlite3_column_int64(st, 0),
		                (uint32_t)sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2),
		                (enum class)sqlite3_column_int(st, 3)},
			.seq = (uint32_t)sqlite3_column_int64(st, 4),
			.state = sqlite3_column_int(st, 5),
			.reason = (const char *)sqlite3_column_text(st, 6),
			.ms = sqlite3_column_int64(st, 7),
		};
		rc = fn(arg, &a);
	}
	sqlite3_finalize(st);
	return rc;
}
