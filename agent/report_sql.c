/* report_sql.c - a free report: one SELECT of the user's over readable views; and what these are. */
#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/report.h"
#include "storage/err.h"
#include "storage/views.h"

#include <math.h>
#include <string.h>

#define SECONDS_DEFAULT 60
#define MEMORY_DEFAULT_MB 16

static int open_views(struct report *r, struct views **out)
{
	const struct views_of of = {.personal = r->personal,
	                            .ms = (r->seconds ? r->seconds : SECONDS_DEFAULT) * 1000,
	                            .cache_bytes = (r->memory_mb ? r->memory_mb
	                                                         : MEMORY_DEFAULT_MB) *
	                                           1024 * 1024};
	int rc = report_open(r);

	return rc ? rc : views_open(r->ctx->s, &of, out);
}

/* ---- the query ------------------------------------------------------------------------------------ */

/* Types by the first row: SQLite's columns have none of their own. Keys are the names that were asked for, but
 * for one that a spreadsheet would take for a formula: it may be a form's label. */
static void columns(struct grid *g, const struct query *q, bool any)
{
	static const enum grid_type type[] = {[QUERY_NULL] = GRID_TEXT,
	                                      [QUERY_INT] = GRID_INT,
	                                      [QUERY_REAL] = GRID_NUMBER,
	                                      [QUERY_TEXT] = GRID_TEXT};
	char number[24];
	size_t i;

	for (i = 0; i < query_columns(q); i++) {
		const char *name = query_name(q, i);

		snprintf(number, sizeof number, "c%zu", i + 1);
		grid_column(g, *name && !strchr("=+-@\t\r", *name) ? name : number, name,
		            any ? type[query_type(q, i)] : GRID_TEXT);
	}
}

static void row(struct grid *g, const struct query *q)
{
	size_t i;

	for (i = 0; i < query_columns(q); i++) {
		switch (query_type(q, i)) {
		case QUERY_NULL:
			grid_none(g);
			break;
		case QUERY_INT:
			grid_int(g, query_int(q, i));
			break;
		case QUERY_REAL:
			grid_number(g, query_real(q, i));
			break;
		default:
			grid_text(g, query_text(q, i));
		}
	}
}

static int print(struct report *r, struct query *q)
{
	struct grid *g;
	const char *slash = strrchr(r->sql, '/');
	int rc = query_step(q), end;

	if (rc < 0)
		return rc;
	end = grid_begin(&g, &r->to, slash ? slash + 1 : r->sql);
	if (end)
		return end;
	grid_empty(g, _("no rows"));
	columns(g, q, rc == 1);
	while (rc == 1) {
		row(g, q);
		rc = grid_error(g);
		if (!rc)
			rc = query_step(q);
	}
	return grid_end(g, rc);
}

int report_sql(struct report *r)
{
	struct buf sql = {0};
	struct views *v = NULL;
	struct query *q = NULL;
	int rc = file_read(r->sql, VIEWS_SQL_MAX, &sql);

	if (!rc)
		rc = open_views(r, &v);
	if (!rc)
		rc = query_open(v, buf_cstr(&sql), &q);
	if (rc == ERR_BAD && v)
		rc = err(rc, "%s: %s", r->sql, err_text());
	if (!rc)
		rc = print(r, q);
	query_close(q);
	views_close(v);
	buf_release(&sql);
	return rc;
}

/* ---- what it can ask --------------------------------------------------------------------------------- */

static int view_row(void *arg, const char *view, const char *lang, const char *column,
                    const char *about)
{
	struct grid *g = arg;

	grid_text(g, view);
	grid_text(g, lang);
	grid_text(g, column);
	grid_text(g, about);
	return grid_error(g);
}

int report_views(struct report *r)
{
	struct views *v = NULL;
	struct grid *g;
	int rc = report_no_arguments(r);

	if (!rc)
		rc = open_views(r, &v);
	if (!rc)
		rc = grid_begin(&g, &r->to, _("What `report --sql` can read"));
	if (!rc) {
		grid_note(g, _("Names with spaces or accents stand in double quotes: "
		               "SELECT \"Unit\" FROM \"Household visit\""));
		grid_column(g, "view", _("view"), GRID_TEXT);
		grid_column(g, "language", _("language"), GRID_TEXT);
		grid_column(g, "column", _("column"), GRID_TEXT);
		grid_column(g, "question", _("question"), GRID_TEXT);
		rc = grid_end(g, views_each(v, view_row, g));
	}
	views_close(v);
	return rc;
}
