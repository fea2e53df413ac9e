/* grid.c - collects the cells of a report into rows and hands them to the writer of its format. */
#include "agent/grid_writer.h"
#include "storage/err.h"
#include "storage/text.h"
#include "storage/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS_STEP 16 /* columns that memory grows by */

static int no_memory(void)
{
	return err(ERR_NOMEM, "out of memory");
}

/* A mistake of whoever wrote the report. */
static int wrong(const char *how)
{
	return err(ERR_BAD, "this report is put together wrongly: %s", how);
}

/* ---- beginning ------------------------------------------------------------------------------------ */

static char *copy(struct grid *g, const char *text)
{
	struct buf b = {0};
	char *out = NULL;

	text_mend(text, &b);
	if (!b.err)
		out = strdup(buf_cstr(&b));
	buf_release(&b);
	if (!out && !g->rc)
		g->rc = no_memory();
	return out;
}

static void release(struct grid *g)
{
	size_t i;

	g->w->drop(g);
	for (i = 0; i < g->nnote; i++)
		free(g->note[i]);
	for (i = 0; i < g->ncolumn; i++) {
		free(g->column[i].key);
		free(g->column[i].title);
	}
	free(g->note);
	free(g->column);
	free(g->cell);
	free(g->chart.title);
	free(g->title);
	free(g->path);
	free(g->temp);
	buf_release(&g->text);
	buf_release(&g->unit);
	free(g);
}

int grid_begin(struct grid **out, const struct grid_to *to, const char *title)
{
	struct grid *g = calloc(1, sizeof *g);

	*out = NULL;
	if (!g)
		return no_memory();
	g->w = grid_writer(to->format);
	g->to = *to;
	g->f = stdout;
	g->title = copy(g, title);
	if (!g->rc && !to->path && g->w->binary && isatty(STDOUT_FILENO))
		g->rc = err(ERR_BAD, "%s is nothing for a screen: say --output FILE.%s", g->w->name,
		            g->w->name);
	if (!g->rc && g->w->begin)
		g->rc = g->w->begin(g);
	if (!g->rc && to->path) {
		g->f = NULL;
		g->rc = grid_file_open(g, to->path);
	}
	if (g->rc) {
		int rc = g->rc;

		release(g);
		return rc;
	}
	*out = g;
	return 0;
}

/* Title, notes and columns come before rows: anything else is a mistake of the caller's. */
static bool heading(struct grid *g)
{
	if (!g->rc && (g->open || g->ncell))
		g->rc = wrong("a heading after rows");
	return !g->rc;
}

void grid_note(struct grid *g, const char *line)
{
	char **more = heading(g) ? realloc(g->note, (g->nnote + 1) * sizeof *more) : NULL;

	if (!more) {
		if (!g->rc)
			g->rc = no_memory();
		return;
	}
	g->note = more;
	g->note[g->nnote] = copy(g, line);
	g->nnote += g->note[g->nnote] != NULL;
}

void grid_empty(struct grid *g, const char *line)
{
	g->empty = line;
}

static bool has_key(const struct grid *g, const char *key)
{
	size_t i;

	for (i = 0; i < g->ncolumn; i++)
		if (!strcmp(g->column[i].key, key))
			return true;
	return false;
}

/* key, or key_2, key_3... where it is taken. */
static char *own_key(struct grid *g, const char *key)
{
	char *own = copy(g, key), *numbered;
	unsigned n = 1;

	while (own && has_key(g, own)) {
		if (asprintf(&numbered, "%s_%u", key, ++n) < 0)
			numbered = NULL;
		free(own);
		own = numbered;
	}
	if (!own && !g->rc)
		g->rc = no_memory();
	return own;
}

static bool more_columns(struct grid *g)
{
	size_t cap = g->ncolumn + COLUMNS_STEP;
	struct grid_column *column;
	struct grid_cell *cell;

	if (g->ncolumn % COLUMNS_STEP)
		return true;
	column = realloc(g->column, cap * sizeof *column);
	g->column = column ? column : g->column;
	cell = realloc(g->cell, cap * sizeof *cell);
	g->cell = cell ? cell : g->cell;
	if (!column || !cell)
		g->rc = no_memory();
	return !g->rc;
}

void grid_column(struct grid *g, const char *key, const char *title, enum grid_type type)
{
	struct grid_column c = {.type = type};

	if (!heading(g))
		return;
	if (g->ncolumn == GRID_COLUMNS_MAX) {
		g->rc = err(ERR_TOOBIG, "a report has more than %d columns", GRID_COLUMNS_MAX);
		return;
	}
	if (!more_columns(g))
		return;
	c.key = own_key(g, key);
	c.title = copy(g, title);
	if (g->rc) {
		free(c.key);
		free(c.title);
		return;
	}
	g->column[g->ncolumn++] = c;
}

void grid_chart(struct grid *g, const char *title, size_t label, size_t value, size_t target)
{
	if (!heading(g))
		return;
	free(g->chart.title);
	g->chart.title = NULL;
	if (label >= g->ncolumn || value >= g->ncolumn ||
	    (target != GRID_NONE && target >= g->ncolumn)) {
		g->rc = wrong("a chart of no column");
		return;
	}
	g->chart.title = copy(g, title);
	g->chart.label = label;
	g->chart.value = value;
	g->chart.target = target;
}

/* ---- rows -------------------------------------------------------------------------------------------- */

void grid_unit(struct grid *g, const char *code)
{
	if (g->rc)
		return;
	buf_reset(&g->unit);
	text_mend(code ? code : "", &g->unit);
}

void grid_point(struct grid *g, double lat, double lon)
{
	if (g->rc)
		return;
	g->placed = fabs(lat) <= 90 && fabs(lon) <= 180; /* and not NAN */
	g->lat = lat;
	g->lon = lon;
}

static void open_writer(struct grid *g)
{
	if (!g->rc && !g->open && !g->ncolumn)
		g->rc = wrong("no columns");
	if (!g->rc && !g->open)
		g->rc = g->w->open(g);
	g->open = true;
}

static void end_row(struct grid *g)
{
	size_t i;

	open_writer(g);
	buf_cstr(&g->unit);
	buf_cstr(&g->text);
	if (!g->rc && (g->text.err || g->unit.err))
		g->rc = no_memory();
	for (i = 0; !g->rc && i < g->ncolumn; i++)
		g->cell[i].text = (const char *)g->text.data + g->cell[i].at;
	if (!g->rc)
		g->rc = g->w->row(g);
	if (!g->rc && ferror(g->f))
		g->rc = err(ERR_IO, "the output could not be written: is the disk full?");
	g->rows++;
	g->ncell = 0;
	g->placed = false;
	buf_reset(&g->text);
	buf_reset(&g->unit);
}

/* The next cell, or NULL after an error. */
static void put(struct grid *g, struct grid_cell c)
{
	bool shares;

	if (g->rc)
		return;
	if (!g->ncolumn) {
		open_writer(g);
		return;
	}
	shares = g->column[g->ncell].type == GRID_SHARE;
	if (!c.none && (c.type == GRID_SHARE) != shares) {
		g->rc = wrong(g->column[g->ncell].key);
		return;
	}
	g->cell[g->ncell++] = c;
	if (g->ncell == g->ncolumn)
		end_row(g);
}

static void put_text(struct grid *g, enum grid_type type, const char *text)
{
	struct grid_cell c = {.type = type, .none = !text, .at = g->text.len};

	if (text && !g->rc) {
		text_mend(text, &g->text);
		buf_u8(&g->text, 0);
	}
	put(g, c);
}

void grid_text(struct grid *g, const char *text)
{
	put_text(g, GRID_TEXT, text);
}

void grid_int(struct grid *g, int64_t v)
{
	put(g, (struct grid_cell){.type = GRID_INT, .n = v});
}

void grid_number(struct grid *g, double v)
{
	put(g, (struct grid_cell){.type = GRID_NUMBER, .v = v, .none = !isfinite(v)});
}

void grid_share(struct grid *g, int64_t numerator, int64_t denominator)
{
	put(g, (struct grid_cell){.type = GRID_SHARE, .n = numerator, .of = denominator});
}

void grid_percent(struct grid *g, double share)
{
	put(g, (struct grid_cell){.type = GRID_PERCENT, .v = share, .none = !isfinite(share)});
}

void grid_date(struct grid *g, const char *day)
{
	char date[DATE_LEN];

	if (!day || !*day)
		put_text(g, GRID_DATE, NULL);
	else
		put_text(g, value_date(day, date) && !strcmp(day, date) ? GRID_DATE : GRID_TEXT,
		         day);
}

void grid_none(struct grid *g)
{
	put(g, (struct grid_cell){.none = true});
}

/* ---- the end ------------------------------------------------------------------------------------------ */

int grid_error(const struct grid *g)
{
	return g->rc;
}

int grid_end(struct grid *g, int rc)
{
	if (!g)
		return rc;
	if (!rc && !g->rc && g->ncell)
		g->rc = wrong("the last row is not whole");
	if (!rc) {
		open_writer(g);
		if (!g->rc)
			g->rc = g->w->close(g);
		rc = g->rc;
	}
	rc = grid_file_close(g, rc);
	release(g);
	return rc;
}
