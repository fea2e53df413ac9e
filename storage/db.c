/* db.c - statements, and SQLite's errors as ours. */
#include "storage/db.h"
#include "storage/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CACHE_SLOTS 256 /* literals in storage: far fewer */

struct stmt_cache {
	struct {
		const char *sql; /* by address */
		sqlite3_stmt *st;
	} slot[CACHE_SLOTS];
};

/* ---- memory ------------------------------------------------------------------------------------ */

static sqlite3_mem_methods plain;

static void *noted(void *p)
{
	if (!p)
		err(ERR_NOMEM, "out of memory");
	return p;
}

static void *note_malloc(int n)
{
	return noted(plain.xMalloc(n));
}

static void *note_realloc(void *p, int n)
{
	return noted(plain.xRealloc(p, n));
}

void db_start(void)
{
	sqlite3_mem_methods m;

	if (plain.xMalloc || sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain))
		return;
	m = plain;
	m.xMalloc = note_malloc;
	m.xRealloc = note_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &m); /* no harm where SQLite runs already */
}

/* ---- errors ------------------------------------------------------------------------------------ */

static int read_only(const struct store *s)
{
	return err(ERR_IO,
	           "%s cannot be written (read-only): check the disk and the folder's owner",
	           s->home);
}

static int disk_full(const struct store *s)
{
	return err(ERR_IO,
	           "the disk that holds %s is full: free some space and try again; what "
	           "was saved before is safe",
	           s->home);
}

int db_err(struct store *s, int rc)
{
	if (rc == SQLITE_IOERR_NOMEM)
		rc = SQLITE_NOMEM;
	if (((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN) &&
	    sqlite3_system_errno(s->db) == ENOSPC) /* of the WAL's index */
		return disk_full(s);
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return disk_full(s);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return read_only(s);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL: /* another opens it at the same time, and does not get on */
		return err(
			ERR_BUSY,
			"%s is in use by another process: wait for it to end, or stop it, then try again",
			s->home);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err(ERR_CORRUPT,
		           "%s/cayda.db is damaged: keep the file, and start again from a backup",
		           s->home);
	case SQLITE_NOMEM:
		return err(ERR_NOMEM, "out of memory");
	case SQLITE_CANTOPEN: /* a home that is read-only has no place for SQLite's own files */
		if (access(s->home, W_OK) != 0)
			return read_only(s);
		return err(ERR_IO,
		           "%s/cayda.db cannot be opened: check the disk and the folder's owner",
		           s->home);
	case SQLITE_IOERR:
		return err(ERR_IO, "%s: the disk cannot be read or written (%s)", s->home,
		           sqlite3_errstr(rc));
	case SQLITE_TOOBIG:
		return err(ERR_TOOBIG, "a value is too long for the database");
	default:
		return err(ERR_BAD, "database: %s", sqlite3_errmsg(s->db));
	}
}

int db_prepare(struct store *s, const char *sql, sqlite3_stmt **out)
{
	*out = NULL;
	return db_err(s, sqlite3_prepare_v2(s->db, sql, -1, out, NULL));
}

static int db_cached(struct store *s, const char *sql, sqlite3_stmt **out)
{
	size_t i = ((uintptr_t)sql >> 3) % CACHE_SLOTS, n;
	int rc;

	*out = NULL;
	if (!s->cache)
		s->cache = calloc(1, sizeof *s->cache);
	if (!s->cache)
		return err(ERR_NOMEM, "out of memory");
	for (n = 0; n < CACHE_SLOTS && s->cache->slot[i].sql; n++) {
		if (s->cache->slot[i].sql == sql) {
			*out = s->cache->slot[i].st;
			sqlite3_reset(*out);
			sqlite3_clear_bindings(*out);
			return 0;
		}
		i = (i + 1) % CACHE_SLOTS;
	}
	if (n == CACHE_SLOTS)
		return err(ERR_TOOBIG, "database: too many kinds of statement");
	rc = db_err(s, sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL));
	if (rc)
		return rc;
	s->cache->slot[i].sql = sql;
	s->cache->slot[i].st = *out;
	return 0;
}

sqlite3_stmt *db_stmt(struct store *s, const char *sql)
{
	sqlite3_stmt *st;

	db_cached(s, sql, &st);
	return st;
}

void db_forget(struct store *s)
{
	size_t i;

	if (!s->cache)
		return;
	for (i = 0; i < CACHE_SLOTS; i++)
		sqlite3_finalize(s->cache->slot[i].st);
	free(s->cache);
	s->cache = NULL;
}

static int bind_list(sqlite3_stmt *st, const char *fmt, va_list ap)
{
	int i, rc = SQLITE_OK;
	const void *data;
	size_t len;

	for (i = 1; rc == SQLITE_OK && *fmt; i++, fmt++) {
		switch (*fmt) {
		case 'i':
			rc = sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
			break;
		case 'd':
			rc = sqlite3_bind_double(st, i, va_arg(ap, double));
			break;
		case 't':
			rc = sqlite3_bind_text(st, i, va_arg(ap, const char *), -1, SQLITE_STATIC);
			break;
		case 'b':
			data = va_arg(ap, const void *);
			len = va_arg(ap, size_t);
			rc = sqlite3_bind_blob64(st, i, data, len, SQLITE_STATIC);
			break;
		default:
			rc = sqlite3_bind_null(st, i);
		}
	}
	return rc;
}

int db_bind(sqlite3_stmt *st, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = bind_list(st, fmt, ap);
	va_end(ap);
	return rc ? err(ERR_NOMEM, "database: %s", sqlite3_errstr(rc)) : 0;
}

int db_step(struct store *s, sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		rc = db_err(s, rc);
	else
		rc = 0;
	sqlite3_reset(st);
	return rc;
}

int db_run(struct store *s, const char *sql, const char *fmt, ...)
{
	sqlite3_stmt *st;
	va_list ap;
	int rc = db_cached(s, sql, &st);

	if (rc)
		return rc;
	va_start(ap, fmt);
	rc = bind_list(st, fmt, ap);
	va_end(ap);
	if (rc)
		return db_err(s, rc);
	rc = db_step(s, st);
	if (rc == 1)
		sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return rc < 0 ? rc : 0;
}

int db_int(struct store *s, int64_t *out, const char *sql, const char *fmt, ...)
{
	sqlite3_stmt *st;
	va_list ap;
	int rc = db_cached(s, sql, &st);

	*out = 0;
	if (rc)
		return rc;
	va_start(ap, fmt);
	rc = bind_list(st, fmt, ap);
	va_end(ap);
	if (rc)
		return db_err(s, rc);
	rc = db_step(s, st);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return ERR_NOTFOUND;
	*out = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return 0;
}

int db_exec(struct store *s, const char *sql)
{
	return db_err(s, sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}
