/* synced.c - which tables are synced. */
#include "storage/db.h"
#include "storage/err.h"
#include "storage/synced.h"

#include <stdlib.h>
#include <string.h>

static const char *const ref_tables[] = {"unit",      "successor", "form",   "question", "choice",
                                         "indicator", "target",    "weight", "deadline", "node"};

int synced_class(const char *table)
{
	size_t i;

	if (!strncmp(table, "f_", 2))
		return CLASS_OPEN;
	if (!strncmp(table, "p_", 2))
		return CLASS_PERSONAL;
	for (i = 0; i < sizeof ref_tables / sizeof *ref_tables; i++)
		if (!strcmp(table, ref_tables[i]))
			return CLASS_REF;
	return -1;
}

int synced_number(struct store *s, const char *table, int64_t *out)
{
	int rc = db_int(s, out, "SELECT id FROM synced WHERE name = ?", "t", table);

	if (rc != ERR_NOTFOUND)
		return rc;
	rc = db_run(s, "INSERT INTO synced(name) VALUES(?)", "t", table);
	*out = sqlite3_last_insert_rowid(s->db);
	return rc;
}

int synced_each(struct store *s, int (*fn)(void *arg, const char *table, enum class class),
                void *arg)
{
	sqlite3_stmt *st;
	const char *name;
	int class, rc;

	for (class = 0; class < CLASS_COUNT; class ++) {
		rc = db_prepare(s,
		                "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
		                &st);
		while (!rc && (rc = db_step(s, st)) == 1) {
			name = (const char *)sqlite3_column_text(st, 0);
			rc = synced_class(name) == class ? fn(arg, name, (enum class) class) : 0;
		}
		sqlite3_finalize(st);
		if (rc)
			return rc;
	}
	return 0;
}
