/* contact.c - the table of who was here when. */
#include "storage/contact.h"

#include "storage/db.h"
#include "storage/err.h"

#include <stdio.h>
#include <string.h>

int contact_put(struct store *s, const struct contact *c, size_t n)
{
	int rc = n ? store_begin(s) : 0;

	if (rc || !n)
		return rc;
	for (; !rc && n; n--, c++)
		rc = db_run(s,
		            "INSERT INTO contact(node, at_ms, same_ms, program)"
		            " VALUES(?, ?, ?, ?) ON CONFLICT(node) DO UPDATE SET"
		            " at_ms = max(at_ms, excluded.at_ms),"
		            " same_ms = max(same_ms, excluded.same_ms),"
		            " program = coalesce(nullif(excluded.program, ''), program)",
		            "iiit", (int64_t)c->node, c->at_ms, c->same_ms, c->program);
	if (!rc)
		rc = store_commit(s);
	store_end(s);
	return rc;
}

int contact_get(struct store *s, uint32_t node, struct contact *out)
{
	sqlite3_stmt *st;
	int rc = db_prepare(s, "SELECT at_ms, same_ms, program FROM contact WHERE node = ?", &st);

	memset(out, 0, sizeof *out);
	out->node = node;
	if (!rc)
		rc = db_bind(st, "i", (int64_t)node);
	if (!rc && (rc = db_step(s, st)) == 1) {
		out->at_ms = sqlite3_column_int64(st, 0);
		out->same_ms = sqlite3_column_int64(st, 1);
		snprintf(out->program, sizeof out->program, "%s",
		         (const char *)sqlite3_column_text(st, 2));
		rc = 0;
	}
	sqlite3_finalize(st);
	return rc;
}
