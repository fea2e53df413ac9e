/* grid.h - a report as one table of typed columns, written in the form that was asked for.
 *
 * A report says its title, notes, columns and perhaps a chart, then its rows, cell by cell in the
 * order of the columns; a row ends by itself after the last. Rows go out as they come: the
 * terminal's table holds TABLE_ROWS of them, a page's chart GRID_CHART_ROWS. Texts are copied, and
 * bytes in them that are not UTF-8 become U+FFFD. The first error sticks: later calls do nothing
 * and grid_end() tells it.
 *
 * A file is written beside its name and takes its place when it is whole; what stood there stays
 * until then, or if anything fails.
 */
#ifndef AGENT_GRID_H
#define AGENT_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GRID_COLUMNS_MAX \
	500 /* a form of several hundred questions; a share takes three of Excel's 16,384 */
#define GRID_NONE ((size_t)-1)

enum grid_format { GRID_TERMINAL, GRID_JSON, GRID_CSV, GRID_XLSX, GRID_GEOJSON, GRID_HTML };
/* What a column's cells are. A cell of another kind than its column's is written as what it is
 * (free queries have such), but shares stand in columns of shares only. */
enum grid_type {
	GRID_TEXT,
	GRID_INT,
	GRID_NUMBER,
	GRID_SHARE,   /* numerator of denominator: both are shown with the percentage */
	GRID_PERCENT, /* a share that is given as such, 0.85: a target */
	GRID_DATE
};

struct grid_to {
	enum grid_format format;
	const char *path; /* NULL: standard output; borrowed until grid_end() */
	/* GeoJSON: the units' boundaries, a TopoJSON file or its text, borrowed until grid_begin(); both NULL: points */
	const char *boundaries, *topology;
};

/* From --format, --output, --boundaries (each NULL when not given) and --json: the format that is
 * named, else the one of the file's ending (.txt .json .csv .xlsx .geojson .html), else the
 * terminal's. ERR_BAD for an unknown one, or --json beside another. */
int grid_to_set(struct grid_to *to, const char *format, const char *output, const char *boundaries,
                bool json);

struct grid; /* owned: grid_end() */

/* *out is NULL on error: ERR_IO where path cannot be written, ERR_BAD for a workbook to a terminal. */
int grid_begin(struct grid **out, const struct grid_to *to, const char *title);
/* These before the first row. */
void grid_note(struct grid *g, const char *line); /* stands with the title; not in CSV */
/* What stands where there are no rows, instead of "nothing recorded yet"; borrowed until grid_end(). */
void grid_empty(struct grid *g, const char *line);
/* key is for programs: ASCII, the same in every language; one that is there already gets _2, _3... */
void grid_column(struct grid *g, const char *key, const char *title, enum grid_type type);
/* XLSX and HTML: a bar for each row, of a numeric column, with a line for the target, another such
 * column or GRID_NONE. Columns by number from 0. */
void grid_chart(struct grid *g, const char *title, size_t label, size_t value, size_t target);

/* Before the first cell of a row, for GeoJSON: the unit it is of, whose boundary is looked up, or
 * the place (WGS 84, degrees) where there is no boundary. Either, both or none. */
void grid_unit(struct grid *g, const char *code);
void grid_point(struct grid *g, double lat, double lon);

void grid_text(struct grid *g, const char *text); /* NULL: empty */
void grid_int(struct grid *g, int64_t v);
void grid_number(struct grid *g, double v); /* not finite: empty */
/* The share is empty when denominator is 0. */
void grid_share(struct grid *g, int64_t numerator, int64_t denominator);
void grid_percent(struct grid *g, double share); /* 0.85; not finite: empty */
void grid_date(struct grid *g, const char *day); /* YYYY-MM-DD; NULL or "": empty */
void grid_none(struct grid *g);                  /* an empty cell */

/* Whether anything failed yet, for a walk that should stop: 0 or the sticky ERR_*. */
int grid_error(const struct grid *g);
/* Finishes and frees; 0 or the first error (a row that is not whole is one). rc is the caller's own
 * result: not 0, nothing is kept of a file and rc is returned, its text too. NULL g: rc. */
int grid_end(struct grid *g, int rc);

#endif
