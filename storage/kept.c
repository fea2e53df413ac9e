/* kept.c - frames that have arrived, of transfers that are not whole yet. */
#include "storage/kept.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"

/* Makes room: what is too old, then the oldest transfers but the one that goes on. */
static int prune(struct store *s, const struct kept *f)
{
	static const char too_much[] =
		"DELETE FROM frame WHERE (peer, transfer) IN (SELECT peer, transfer FROM frame"
		" WHERE (?1 = 0 OR peer = ?1) AND NOT (peer = ?2 AND transfer = ?3)"
		" GROUP BY peer, transfer ORDER BY min(at_ms) LIMIT 1)";
	static const char size[] =
		"SELECT ifnull(sum(length(bytes)), 0) FROM frame WHERE ?1 = 0 OR peer = ?1";
	const int64_t peers[] = {f->peer, 0}, most[] = {KEPT_PEER_MAX, KEPT_MAX};
	int64_t bytes;
	int i, rc = db_run(s, "DELETE FROM frame WHERE at_ms < ?", "i", clock_now_ms(s) - KEPT_MS);

	for (i = 0; i < 2; i++) {
		while (!rc && !(rc = db_int(s, &bytes, size, "i", peers[i])) && bytes > most[i]) {
			rc = db_run(s, too_much, "iib", peers[i], (int64_t)f->peer, f->id,
			            (size_t)KEPT_ID);
			if (!rc && !sqlite3_changes(s->db))
				break;
		}
	}
	return rc;
}

static int add(struct store *s, const struct kept *f)
{
	int64_t began;
	int rc = db_int(s, &began,
	                "SELECT at_ms FROM frame WHERE peer = ? AND transfer = ? LIMIT 1", "ib",
	                (int64_t)f->peer, f->id, (size_t)KEPT_ID);

	if (rc == ERR_NOTFOUND) {
		began = clock_now_ms(s);
		rc = prune(s, f);
	}
	return rc ? rc
	          : db_run(s, "INSERT INTO frame(peer, transfer, bytes, at_ms) VALUES(?, ?, ?, ?)",
	                   "ibbi", (int64_t)f->peer, f->id, (size_t)KEPT_ID, f->bytes, f->len,
	                   began);
}

int kept_add(struct store *s, const struct kept *frames, size_t n)
{
	size_t i;
	int rc;

	if (!n)
		return 0;
	rc = store_begin(s);
	for (i = 0; !rc && i < n; i++)
		rc = add(s, &frames[i]);
	if (!rc)
		rc = store_commit(s);
	store_end(s);
	return rc;
}

int kept_each(struct store *s, uint32_t peer, const uint8_t id[KEPT_ID],
              int (*fn)(void *arg, const uint8_t *bytes, size_t len), void *arg)
{
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT bytes FROM frame WHERE peer = ? AND transfer = ? ORDER BY id",
	                    &st);

	if (!rc)
		rc = db_bind(st, "ib", (int64_t)peer, id, (size_t)KEPT_ID);
	while (!rc && (rc = db_step(s, st)) == 1)
		rc = fn(arg, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
	sqlite3_finalize(st);
	return rc;
}

int kept_drop(struct store *s, uint32_t peer, const uint8_t id[KEPT_ID])
{
	int64_t some;
	int rc = db_int(s, &some, "SELECT 1 FROM frame WHERE peer = ? AND transfer = ? LIMIT 1",
	                "ib", (int64_t)peer, id, (size_t)KEPT_ID);

	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	return db_run(s, "DELETE FROM frame WHERE peer = ? AND transfer = ?", "ib", (int64_t)peer,
	              id, (size_t)KEPT_ID);
}
