/* views_in.h - what views.c makes and query.c asks. */
#ifndef STORAGE_VIEWS_IN_H
#define STORAGE_VIEWS_IN_H

#include "storage/buf.h"
#include "storage/db.h"
#include "storage/views.h"

struct view_column {
	char *name, *about; /* owned; about: the question's name, or NULL */
};

struct view {
	char *name; /* owned */
	const char *lang;
	struct view_column *column; /* owned */
	size_t columns;
};

struct views {
	struct store *s;
	sqlite3 *db; /* our own; owned */
	struct views_of of;
	struct view *view; /* owned */
	size_t n;
	int64_t until_ms; /* when a query must be done, 0: none runs or it may take any time */
};

/* views_name.c. A view with that name, or where it is taken, with more of one; NULL: out of memory. */
struct view *view_add(struct views *v, const char *name, const char *code, const char *lang);
/* about: the question's name, or NULL. ERR_NOMEM. */
int view_add_column(struct view *w, const char *name, const char *about);

/* ERR_* for the connection's last error. */
int views_err(struct views *v, int sqlite_rc);

#endif
