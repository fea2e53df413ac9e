/* reader.c - programs that may read what an agent offers, by a key of their own. */
#include "storage/reader.h"
#include "storage/db.h"
#include "storage/err.h"

#include <stdio.h>
#include <string.h>

static int check_name(const char *name)
{
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

	if (n && !name[n] && n < READER_NAME_MAX)
		return 0;
	return err(ERR_BAD, "'%s' cannot be a reader's name: at most %d letters, digits, - and _",
	           name, READER_NAME_MAX - 1);
}

int reader_add(struct store *s, const char *name, char key[READER_KEY_LEN + 1])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t bytes[READER_KEY_LEN] = {0};
	int i, rc = check_name(name);

	key[0] = 0;
	if (!rc)
		rc = s->env->random(s->env->arg, bytes, sizeof bytes);
	if (rc)
		return rc;
	for (i = 0; i < READER_KEY_LEN; i++)
		key[i] = digits[bytes[i] & 31];
	key[i] = 0;
	return db_run(s, "REPLACE INTO reader(name, key) VALUES(?, ?)", "tt", name, key);
}

int reader_key(struct store *s, const char *name, char key[READER_KEY_LEN + 1])
{
	sqlite3_stmt *st;
	int rc = db_prepare(s, "SELECT key FROM reader WHERE name = ?", &st);

	key[0] = 0;
	if (!rc)
		rc = db_bind(st, "t", name);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1)
		snprintf(key, READER_KEY_LEN + 1, "%s", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return rc == 1 ? 0 : rc ? rc : ERR_NOTFOUND;
}

int reader_remove(struct store *s, const char *name)
{
	int rc = db_run(s, "DELETE FROM reader WHERE name = ?", "t", name);

	if (!rc && !sqlite3_changes(s->db))
		return err(ERR_NOTFOUND, "there is no reader '%s'", name);
	return rc;
}

int reader_each(struct store *s, int (*fn)(void *arg, const char *name), void *arg)
{
	sqlite3_stmt *st;
	int rc = db_prepare(s, "SELECT name FROM reader ORDER BY name", &st);

	while (!rc && (rc = db_step(s, st)) == 1)
		rc = fn(arg, (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return rc;
}
