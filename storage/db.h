/* db.h - SQLite for the rest of storage: statements, and its errors as ours.
 *
 * Only storage includes this. Every failure goes through db_err(), which turns full,
 * read-only, busy and damaged into a line that says what to do.
 */
#ifndef STORAGE_DB_H
#define STORAGE_DB_H

#include "storage/store.h"

#include <sqlite3.h>

/* Before the first connection: a failure of memory inside SQLite is recorded (err_since()) also where SQLite only
 * tells it by a NULL. */
void db_start(void);

/* ERR_* for the connection's last error, with its text recorded. */
int db_err(struct store *s, int sqlite_rc);

/* A cached statement for sql, reset and unbound; sql must be a literal (it is found again
 * by its address). NULL on error: err_code(). Do not finalize; do not use for two walks at once. */
sqlite3_stmt *db_stmt(struct store *s, const char *sql);

/* Finalizes the cache: before closing. */
void db_forget(struct store *s);

/* Prepares sql for the caller to finalize. */
int db_prepare(struct store *s, const char *sql, sqlite3_stmt **out);

/* Binds by format, one letter an argument: i int64_t, d double, t const char * (may be
 * NULL), b const void * and size_t (NULL: SQL NULL), n nothing (SQL NULL). Borrowed until the
 * statement is reset. */
int db_bind(sqlite3_stmt *st, const char *fmt, ...);

/* One step: 1 a row, 0 done (the statement is reset), negative ERR_*. */
int db_step(struct store *s, sqlite3_stmt *st);

/* Literal sql, bound as db_bind(), run to its end. */
int db_run(struct store *s, const char *sql, const char *fmt, ...);
/* Literal sql's first column of its first row; *out is 0 and ERR_NOTFOUND (no text
 * recorded) without a row. */
int db_int(struct store *s, int64_t *out, const char *sql, const char *fmt, ...);
/* Any text, no parameters, several statements allowed. */
int db_exec(struct store *s, const char *sql);

#endif
