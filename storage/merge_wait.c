/* merge_wait.c - packs that cannot be merged now: set aside, and tried again. */
#include "storage/db.h"
#include "storage/err.h"
#include "storage/merge.h"

#include <string.h>

static int load_pack(struct store *s, int64_t id, struct feed *f, struct pack *p, sqlite3_stmt **st)
{
	int rc = db_prepare(s,
	                    "SELECT p.body, f.author, f.epoch, f.scope, f.class FROM pack p, feed f"
	                    " WHERE p.id = ? AND f.id = p.id >> 32",
	                    st);

	if (!rc)
		rc = db_bind(*st, "i", id);
	if (!rc)
		rc = db_step(s, *st);
	if (rc <= 0)
		return rc ? rc : err(ERR_CORRUPT, "a pack without its feed: run 'cayda verify'");
	*p = (struct pack){.seq = (uint32_t)id,
	                   .body = sqlite3_column_blob(*st, 0),
	                   .len = (size_t)sqlite3_column_bytes(*st, 0)};
	memset(f, 0, sizeof *f);
	f->id = id >> 32;
	f->key = (struct feed_key){.author = (uint32_t)sqlite3_column_int64(*st, 1),
	                           .epoch = (uint32_t)sqlite3_column_int64(*st, 2),
	                           .scope = sqlite3_column_int64(*st, 3),
	                           .class = (enum class)sqlite3_column_int(*st, 4)};
	return 0;
}

static int set_state(struct store *s, int64_t id, int state)
{
	return db_run(s, "UPDATE pack SET state = ?1, reason = ?2 WHERE id = ?3 AND (state OR ?1)",
	              "iti", (int64_t)state, state ? err_text() : NULL, id);
}

int merge_stored(struct store *s, const struct feed *f, const struct pack *p)
{
	int64_t id = f->id << 32 | p->seq;
	int rc = db_exec(s, "SAVEPOINT merge"), merged;

	if (rc)
		return rc;
	merged = merge_pack(s, f, p);
	if (!merged) {
		rc = db_exec(s, "RELEASE merge");
		return rc ? rc : set_state(s, id, PACK_MERGED);
	}
	if (merged != ERR_BAD && merged != ERR_DENIED && merged != ERR_NOTFOUND &&
	    merged != ERR_TOOBIG)
		return merged;
	rc = db_exec(s, "ROLLBACK TO merge; RELEASE merge");
	merge_forget(s); /* table numbers made since the savepoint are gone */
	return rc ? rc : set_state(s, id, merged == ERR_NOTFOUND ? PACK_WAITING : PACK_QUARANTINED);
}

int merge_waiting(struct store *s)
{
	struct feed f;
	struct pack p;
	sqlite3_stmt *ids, *st = NULL;
	int rc = db_prepare(s, "SELECT id FROM pack WHERE state = 1 ORDER BY id", &ids);

	while (!rc && (rc = db_step(s, ids)) == 1) {
		rc = load_pack(s, sqlite3_column_int64(ids, 0), &f, &p, &st);
		if (!rc)
			rc = merge_stored(s, &f, &p);
		sqlite3_finalize(st);
		st = NULL;
	}
	sqlite3_finalize(ids);
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
