/* views.h - a node's records as tables that people can ask SQL of, and asking it.
 *
 * Each form is three views: by its code, with the questions' names and what is stored; by its title in
 * Vietnamese and by its title in English, with the questions' labels and the choices' labels. So are its
 * repeats. `unit` has the places, `unit_in` which unit lies in which, itself included.
 *
 * A connection of its own, opened for reading only; an authorizer lets the one SELECT read these views and
 * nothing else. Personal answers are in them only where that is asked for and they are held here.
 */
#ifndef STORAGE_VIEWS_H
#define STORAGE_VIEWS_H

#include "storage/store.h"

#include <stdbool.h>

#define VIEWS_SQL_MAX (64 * 1024)     /* bytes of a query */
#define VIEWS_VALUE_MAX (1024 * 1024) /* bytes of a value, and so of any piece in between */
#define VIEWS_COLUMNS_MAX 500         /* of a query: as a grid takes */
#define VIEWS_MEMORY_MIN (1024 * 1024)

struct views_of {
	bool personal; /* with personal answers */
	int64_t ms;    /* that a query may take; 0: as long as it takes */
	int64_t cache_bytes; /* of memory for pages and for sorting: what is more goes to temporary files */
};

struct views; /* owned: views_close() */

int views_open(struct store *s, const struct views_of *of, struct views **out);
void views_close(struct views *v); /* NULL is allowed */

/* Walks the columns of all views, view by view: lang is "" for the one by code, else "vi" or "en"; about is
 * the question's name, or NULL. Borrowed until fn returns; nonzero ends the walk and is returned. */
int views_each(struct views *v,
               int (*fn)(void *arg, const char *view, const char *lang, const char *column,
                         const char *about),
               void *arg);

enum query_type { QUERY_NULL, QUERY_INT, QUERY_REAL, QUERY_TEXT };
struct query; /* owned: query_close() */

/* Makes the one SELECT of sql ready. ERR_BAD says what is wrong, with line and column where SQLite knows;
 * for a second statement, for what is no SELECT, for what may not be read. v outlives it. */
int query_open(struct views *v, const char *sql, struct query **out);
void query_close(struct query *q); /* NULL is allowed */
size_t query_columns(const struct query *q);
const char *query_name(const struct query *q, size_t i);
/* 1 a row, 0 the end; ERR_BAD when it takes too long or fails, ERR_TOOBIG for a value over VIEWS_VALUE_MAX. */
int query_step(struct query *q);
/* Of the row stepped to; a text until the next step. What is no text is given as one where it is asked for. */
enum query_type query_type(const struct query *q, size_t i);
int64_t query_int(const struct query *q, size_t i);
double query_real(const struct query *q, size_t i);
const char *query_text(const struct query *q, size_t i); /* NULL for QUERY_NULL */

#endif
