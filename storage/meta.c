/* meta.c - small facts about this node. */
#include "storage/db.h"
#include "storage/err.h"
#include "storage/meta.h"

#include <string.h>

#define SQL_GET "SELECT value FROM meta WHERE key = ?"

int meta_int(struct store *s, const char *key, int64_t *out)
{
	return db_int(s, out, SQL_GET, "t", key);
}

int meta_bytes(struct store *s, const char *key, struct buf *out)
{
	sqlite3_stmt *st;
	int rc;

	buf_reset(out);
	rc = db_prepare(s, SQL_GET, &st);
	if (!rc)
		rc = db_bind(st, "t", key);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1) {
		buf_add(out, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
		rc = out->err;
	} else if (rc == 0) {
		rc = ERR_NOTFOUND;
	}
	sqlite3_finalize(st);
	return rc;
}

int meta_text(struct store *s, const char *key, char *out, size_t cap)
{
	struct buf b = {0};
	int rc = meta_bytes(s, key, &b);

	out[0] = 0;
	if (!rc && b.len >= cap)
		rc = err(ERR_TOOBIG, "the setting %s is too long", key);
	if (!rc && b.len)
		memcpy(out, b.data, b.len);
	if (!rc)
		out[b.len] = 0;
	buf_release(&b);
	return rc;
}

int meta_set_int(struct store *s, const char *key, int64_t v)
{
	return db_run(s, "REPLACE INTO meta(key, value) VALUES(?, ?)", "ti", key, v);
}

int meta_set_bytes(struct store *s, const char *key, const void *data, size_t len)
{
	if (!data)
		return db_run(s, "DELETE FROM meta WHERE key = ?", "t", key);
	return db_run(s, "REPLACE INTO meta(key, value) VALUES(?, ?)", "tb", key, data, len);
}

int meta_set_text(struct store *s, const char *key, const char *text)
{
	if (!text)
		return meta_set_bytes(s, key, NULL, 0);
	return db_run(s, "REPLACE INTO meta(key, value) VALUES(?, ?)", "tt", key, text);
}
