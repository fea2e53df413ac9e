/* boundary.c - where units lie. */
#include "storage/boundary.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/topology.h"

#include <string.h>

static int check_room(struct store *s, const char *valid_from)
{
	int64_t n, here = 0;
	int rc = db_int(s, &n, "SELECT count(*) FROM boundary", "");

	if (!rc)
		rc = db_int(s, &here, "SELECT count(*) FROM boundary WHERE valid_from = ?", "t",
		            valid_from);
	if (!rc && n >= BOUNDARIES_MAX && !here)
		rc = err(ERR_TOOBIG, "there are boundaries of %d days already: drop some",
		         BOUNDARIES_MAX);
	return rc;
}

int boundary_put(struct store *s, const char *valid_from, const char *text)
{
	struct topology *t = NULL;
	char day[DATE_LEN];
	int rc = value_date(valid_from, day)
	                 ? topology_read(text, &t)
	                 : err(ERR_BAD, "\"%.40s\" is not a day like 2026-11-21", valid_from);

	topology_free(t);
	if (!rc)
		rc = check_room(s, day);
	if (!rc)
		rc = db_run(s, "REPLACE INTO boundary(valid_from, topology) VALUES(?, ?)", "tt",
		            day, text);
	return rc;
}

int boundary_drop(struct store *s, const char *valid_from)
{
	int64_t here;
	int rc = db_int(s, &here, "SELECT count(*) FROM boundary WHERE valid_from = ?", "t",
	                valid_from);

	if (!rc && !here)
		rc = err(ERR_NOTFOUND, "there are no boundaries of %.40s here", valid_from);
	return rc ? rc : db_run(s, "DELETE FROM boundary WHERE valid_from = ?", "t", valid_from);
}

int boundary_of(struct store *s, const char *day, char valid_from[DATE_LEN])
{
	sqlite3_stmt *st = db_stmt(s, "SELECT valid_from FROM boundary ORDER BY valid_from > ?1,"
	                              " CASE WHEN valid_from > ?1 THEN valid_from END,"
	                              " valid_from DESC LIMIT 1");
	char found[DATE_LEN];
	int rc = st ? db_bind(st, "t", day) : err_code();

	*valid_from = 0;
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1 && value_date((const char *)sqlite3_column_text(st, 0), found))
		memcpy(valid_from, found, DATE_LEN);
	if (st)
		sqlite3_reset(st);
	return rc < 0 ? rc : 0;
}

int boundary_read(struct store *s, const char *valid_from, struct buf *out)
{
	sqlite3_stmt *st = db_stmt(s, "SELECT topology FROM boundary WHERE valid_from = ?");
	int rc = st ? db_bind(st, "t", valid_from) : err_code();

	if (!rc)
		rc = db_step(s, st);
	if (rc == 1)
		buf_add(out, sqlite3_column_text(st, 0), (size_t)sqlite3_column_bytes(st, 0));
	else if (!rc)
		rc = err(ERR_NOTFOUND, "there are no boundaries of %.40s here", valid_from);
	if (st)
		sqlite3_reset(st);
	return rc < 0 ? rc : out->err;
}

int boundary_each(struct store *s, int (*fn)(void *arg, const char *valid_from, int64_t size),
                  void *arg)
{
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT valid_from, length(CAST(topology AS BLOB)) FROM boundary"
	                    " ORDER BY valid_from",
	                    &st);

	while (!rc && (rc = db_step(s, st)) == 1)
		rc = fn(arg, (const char *)sqlite3_column_text(st, 0), sqlite3_column_int64(st, 1));
	sqlite3_finalize(st);
	return rc;
}
