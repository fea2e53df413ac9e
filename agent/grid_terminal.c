/* grid_terminal.c - a report on a terminal: what it is of, then columns that line up. */
#include "agent/grid_writer.h"
#include "agent/i18n.h"
#include "storage/err.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RECORDED 6 /* decimals shown of a number that has no more: degrees of a place */
#define COMPUTED 2 /* and of one that has */

bool grid_numeric(enum grid_type type)
{
	return type != GRID_TEXT && type != GRID_DATE;
}

const char *grid_type_name(enum grid_type type)
{
	static const char *const names[] =
		{[GRID_TEXT] = "text",   [GRID_INT] = "integer",     [GRID_NUMBER] = "number",
	         [GRID_SHARE] = "share", [GRID_PERCENT] = "percent", [GRID_DATE] = "date"};

	return names[type];
}

double grid_cell_value(const struct grid_cell *c)
{
	if (c->none || !grid_numeric(c->type))
		return NAN;
	if (c->type == GRID_INT)
		return (double)c->n;
	if (c->type == GRID_SHARE)
		return c->of ? (double)c->n / (double)c->of : NAN;
	return c->v;
}

const char *grid_number_exact(double v, char out[FMT])
{
	double read;

	snprintf(out, FMT, "%.15g", v);
	read = strtod(out, NULL);
	if (read < v || read > v)
		snprintf(out, FMT, "%.17g", v);
	return out;
}

/* Decimals that v has, if they are not more than max and say all of it; else -1. */
static int decimals(double v, int max)
{
	char text[FMT];
	double read;
	int n;

	for (n = 0; n <= max; n++) {
		snprintf(text, sizeof text, "%.*f", n, v);
		read = strtod(text, NULL);
		if (read <= v && read >= v)
			return n;
	}
	return -1;
}

const char *grid_number_text(double v, char out[FMT])
{
	int n;

	if (fabs(v) >= 1e15)
		return fmt_decimal(v, 0, out);
	n = decimals(v, RECORDED);
	if (n < 0) { /* computed: rounded, without zeros at its end */
		snprintf(out, FMT, "%.*f", COMPUTED, v);
		v = strtod(out, NULL);
		n = decimals(v, COMPUTED);
	}
	return n ? fmt_decimal(v, n, out) : fmt_int((int64_t)v, out);
}

const char *grid_cell_text(const struct grid_cell *c, char out[FMT])
{
	if (c->none)
		return "";
	if (!grid_numeric(c->type))
		return c->text;
	if (c->type == GRID_INT)
		return fmt_int(c->n, out);
	if (c->type == GRID_NUMBER)
		return grid_number_text(c->v, out);
	return isfinite(grid_cell_value(c)) ? fmt_percent(grid_cell_value(c), out) : "";
}

const char *grid_counts_text(const struct grid_cell *c, char out[GRID_COUNTS])
{
	char n[FMT], of[FMT];

	if (c->none)
		return "";
	if (!c->n && !c->of)
		return "-";
	snprintf(out, GRID_COUNTS, "%s/%s", fmt_int(c->n, n), fmt_int(c->of, of));
	return out;
}

/* ---- the writer -------------------------------------------------------------------------------- */

struct shown {
	struct table t;
	size_t columns; /* of the report that fit into the table: a share takes two */
};

static int open_table(struct grid *g)
{
	struct shown *s = calloc(1, sizeof *s);
	size_t i, wide;

	g->state = s;
	if (!s)
		return err(ERR_NOMEM, "out of memory");
	table_begin(&s->t, g->f);
	for (i = 0; i < g->ncolumn; i++) {
		const struct grid_column *c = &g->column[i];

		wide = c->type == GRID_SHARE ? 2 : 1;
		if (s->t.ncol + wide > TABLE_COLUMNS)
			break;
		table_column(&s->t, c->title, grid_numeric(c->type));
		if (wide == 2)
			table_column(&s->t, NULL, true);
	}
	s->columns = i;
	fprintf(g->f, "%s\n", g->title);
	for (i = 0; i < g->nnote; i++)
		fprintf(g->f, "%s\n", g->note[i]);
	fputc('\n', g->f);
	return 0;
}

static int put_row(struct grid *g)
{
	struct shown *s = g->state;
	char text[GRID_COUNTS];
	size_t i;

	for (i = 0; i < s->columns; i++) {
		const struct grid_cell *c = &g->cell[i];

		table_cell(&s->t, grid_cell_text(c, text));
		if (g->column[i].type != GRID_SHARE)
			continue;
		table_cell(&s->t, grid_counts_text(c, text));
	}
	return s->t.cells.err;
}

static int close_table(struct grid *g)
{
	struct shown *s = g->state;
	int rc = table_end(&s->t);

	if (!g->rows)
		fprintf(g->f, "%s\n", g->empty ? g->empty : _("nothing recorded yet"));
	if (s->columns < g->ncolumn) {
		fprintf(g->f, _("%zu more columns do not fit here: say --output FILE.xlsx"),
		        g->ncolumn - s->columns);
		fputc('\n', g->f);
	}
	return rc;
}

static void drop_table(struct grid *g)
{
	struct shown *s = g->state;

	if (s)
		buf_release(&s->t.cells);
	free(s);
}

const struct grid_writer grid_terminal = {.name = "txt",
                                          .open = open_table,
                                          .row = put_row,
                                          .close = close_table,
                                          .drop = drop_table};
