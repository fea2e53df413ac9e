/* query.c - one SELECT of somebody else's over the views: authorized, bounded. */
#include "storage/err.h"
#include "storage/views.h"
#include "storage/views_in.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define STEPS_A_CALL 10000 /* of SQLite's machine, between two looks at the clock */

struct query {
	struct views *v;
	sqlite3_stmt *st;
	size_t columns;
};

/* ---- what it may do ----------------------------------------------------------------------------- */

static bool is_view(const struct views *v, const char *name)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (!strcasecmp(v->view[i].name, name))
			return true;
	return false;
}

/* What the views themselves read. `inside` is the view, or a WITH clause that took its name: so that it is
 * said what may be read at all, and personal tables only where they are asked for. */
static bool below_views(const struct views *v, const char *table, const char *schema)
{
	if (!strcmp(schema, "temp"))
		return !strcasecmp(table, "label_");
	return !strncasecmp(table, "f_", 2) || !strcasecmp(table, "unit") ||
	       (v->of.personal && !strncasecmp(table, "p_", 2));
}

static bool is_table(const struct views *v, const char *name)
{
	int64_t n;

	return db_int(v->s, &n, "SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE", "t",
	              name) != ERR_NOTFOUND;
}

static int authorize(void *arg, int action, const char *a, const char *b, const char *schema,
                     const char *inside)
{
	const struct views *v = arg;

	if (action == SQLITE_SELECT || action == SQLITE_RECURSIVE || action == SQLITE_FUNCTION)
		return SQLITE_OK;
	if (action != SQLITE_READ || !a)
		return SQLITE_DENY;
	if (!strcasecmp(a, "json_each") || !strcasecmp(a, "json_tree"))
		return SQLITE_OK;
	if (b && !*b && !is_table(v, a))
		return SQLITE_OK; /* a WITH clause */
	if (!schema)
		return SQLITE_DENY;
	if (!strcmp(schema, "temp") && is_view(v, a))
		return SQLITE_OK;
	/* without a column it only counts rows, and is not said to be inside */
	return (inside || (b && !*b)) && below_views(v, a, schema) ? SQLITE_OK : SQLITE_DENY;
}

static int64_t now(const struct views *v)
{
	return v->s->env->now_ms(v->s->env->arg);
}

static int too_long(void *arg)
{
	const struct views *v = arg;

	return v->until_ms && now(v) > v->until_ms;
}

/* ---- what is wrong with it ------------------------------------------------------------------------ */

static int at(const char *sql, int offset, const char *what)
{
	int line = 1, column = 1, i;

	if (offset < 0)
		return err(ERR_BAD, "the query: %s", what);
	for (i = 0; i < offset; i++) {
		column++;
		if (sql[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)sql[i] & 0xc0) == 0x80) {
			column--; /* within a character */
		}
	}
	return err(ERR_BAD, "line %d, column %d: %s", line, column, what);
}

static int refused(struct query *q, const char *sql, int rc)
{
	const char *text = sqlite3_errmsg(q->v->db);

	if ((rc & 0xff) == SQLITE_AUTH)
		return at(
			sql, sqlite3_error_offset(q->v->db),
			"a query reads the views that `cayda report views` lists, and does nothing else");
	if ((rc & 0xff) == SQLITE_ERROR || (rc & 0xff) == SQLITE_TOOBIG)
		return at(sql, sqlite3_error_offset(q->v->db), text);
	return views_err(q->v, rc);
}

/* Nothing but space, comments and semicolons. */
static bool blank(const char *p)
{
	while (*p) {
		if (strchr(" \t\r\n;", *p)) {
			p++;
		} else if (p[0] == '-' && p[1] == '-') {
			p += strcspn(p, "\n");
		} else if (p[0] == '/' && p[1] == '*') {
			p = strstr(p + 2, "*/");
			if (!p)
				return true;
			p += 2;
		} else {
			return false;
		}
	}
	return true;
}

static int prepare(struct query *q, const char *sql)
{
	const char *tail = sql;
	int rc;

	if (strlen(sql) > VIEWS_SQL_MAX)
		return err(ERR_TOOBIG, "the query is longer than %d bytes", VIEWS_SQL_MAX);
	if (blank(sql))
		return err(ERR_BAD, "there is no query in it");
	rc = sqlite3_prepare_v2(q->v->db, sql, -1, &q->st, &tail);
	if (rc)
		return refused(q, sql, rc);
	if (!blank(tail))
		return at(sql, (int)(tail + strspn(tail, " \t\r\n;") - sql),
		          "only one SELECT may stand there");
	q->columns = (size_t)sqlite3_column_count(q->st);
	if (!q->columns || !sqlite3_stmt_readonly(q->st) || sqlite3_stmt_isexplain(q->st))
		return err(ERR_BAD, "the query is no SELECT");
	if (q->columns > VIEWS_COLUMNS_MAX)
		return err(ERR_TOOBIG, "the query has more than %d columns", VIEWS_COLUMNS_MAX);
	if (sqlite3_bind_parameter_count(q->st))
		return err(ERR_BAD, "the query has a parameter: write the value itself");
	return 0;
}

int query_open(struct views *v, const char *sql, struct query **out)
{
	struct query *q = calloc(1, sizeof *q);
	int rc;

	*out = NULL;
	if (!q)
		return err(ERR_NOMEM, "out of memory");
	q->v = v;
	sqlite3_set_authorizer(v->db, authorize, v);
	sqlite3_progress_handler(v->db, STEPS_A_CALL, too_long, v);
	rc = prepare(q, sql);
	v->until_ms = v->of.ms ? now(v) + v->of.ms : 0;
	if (rc)
		query_close(q);
	else
		*out = q;
	return rc;
}

void query_close(struct query *q)
{
	if (!q)
		return;
	sqlite3_finalize(q->st);
	sqlite3_set_authorizer(q->v->db, NULL, NULL);
	sqlite3_progress_handler(q->v->db, 0, NULL, NULL);
	q->v->until_ms = 0;
	free(q);
}

/* ---- what it gives --------------------------------------------------------------------------------- */

size_t query_columns(const struct query *q)
{
	return q->columns;
}

const char *query_name(const struct query *q, size_t i)
{
	return sqlite3_column_name(q->st, (int)i);
}

int query_step(struct query *q)
{
	int rc = sqlite3_step(q->st);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	if (rc == SQLITE_INTERRUPT)
		return err(ERR_BAD, "the query takes longer than %lld seconds",
		           (long long)(q->v->of.ms / 1000));
	if ((rc & 0xff) == SQLITE_ERROR)
		return err(ERR_BAD, "the query: %s", sqlite3_errmsg(q->v->db));
	return views_err(q->v, rc);
}

enum query_type query_type(const struct query *q, size_t i)
{
	switch (sqlite3_column_type(q->st, (int)i)) {
	case SQLITE_NULL:
		return QUERY_NULL;
	case SQLITE_INTEGER:
		return QUERY_INT;
	case SQLITE_FLOAT:
		return QUERY_REAL;
	default:
		return QUERY_TEXT;
	}
}

int64_t query_int(const struct query *q, size_t i)
{
	return sqlite3_column_int64(q->st, (int)i);
}

double query_real(const struct query *q, size_t i)
{
	return sqlite3_column_double(q->st, (int)i);
}

const char *query_text(const struct query *q, size_t i)
{
	return (const char *)sqlite3_column_text(q->st, (int)i);
}
