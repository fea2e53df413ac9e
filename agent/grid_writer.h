/* grid_writer.h - what grid.c hands to the writer of each format: whole rows. */
#ifndef AGENT_GRID_WRITER_H
#define AGENT_GRID_WRITER_H

#include "agent/grid.h"
#include "agent/out.h"
#include "storage/buf.h"

#include <stdio.h>

#define GRID_CHART_ROWS 250 /* bars that a page or a sheet shows: a province's communes */

struct grid_column {
	char *key, *title; /* owned */
	enum grid_type type;
};

struct grid_cell {
	bool none;
	enum grid_type type; /* of the cell itself */
	const char *text;    /* GRID_TEXT, GRID_DATE; borrowed until the row is written */
	size_t at;           /* where it lies in grid.text */
	int64_t n, of;       /* GRID_INT: n; GRID_SHARE: n of of */
	double v;            /* GRID_NUMBER, GRID_PERCENT */
};

struct grid {
	const struct grid_writer *w;
	void *state; /* the writer's own */
	FILE *f;     /* where it writes */
	struct grid_to to;
	char *title;
	char **note;
	size_t nnote;
	const char *empty; /* what stands where there are no rows; borrowed, NULL: as usual */
	struct grid_column *column;
	size_t ncolumn;
	struct {
		char *title; /* NULL: no chart */
		size_t label, value, target;
	} chart;
	/* the row at hand */
	struct grid_cell *cell; /* ncolumn */
	size_t ncell;
	struct buf text, unit; /* of its cells; the code of its unit, "" for none */
	bool placed;           /* at */
	double lat, lon;
	uint64_t rows;     /* written */
	bool open;         /* the writer has begun */
	char *path, *temp; /* NULL: standard output; NULL: path is written itself (a pipe, say) */
	int rc;
};

/* Each returns 0 or ERR_*. What goes wrong with g->f is asked of it by grid.c. */
struct grid_writer {
	const char *name;             /* as --format and a file's ending have it */
	bool binary;                  /* nothing for a terminal */
	int (*begin)(struct grid *g); /* nothing is known yet but g->to; NULL: nothing to do */
	int (*open)(struct grid *g);  /* title, notes, columns are known */
	int (*row)(struct grid *g);   /* g->cell */
	int (*close)(struct grid *g); /* behind the last row */
	void (*drop)(struct grid *g); /* frees the state, also after an error or before open() */
};

extern const struct grid_writer grid_terminal, grid_json, grid_csv, grid_xlsx, grid_geojson,
	grid_html;
const struct grid_writer *grid_writer(enum grid_format format);

/* grid_to.c: opens g->f for path, as grid.h says; closes it and, when rc is 0 and nothing failed, gives
 * it its name. Returns rc, else its own error. */
int grid_file_open(struct grid *g, const char *path);
int grid_file_close(struct grid *g, int rc);

/* A number as a person reads it, by language: as it was recorded up to 6 decimals, else rounded to 2. */
const char *grid_number_text(double v, char out[FMT]);
/* A finite number as programs read it, the shortest that reads back the same. */
const char *grid_number_exact(double v, char out[FMT]);
/* Any cell as a person reads it, a share without its counts; "" when it is empty. */
const char *grid_cell_text(const struct grid_cell *c, char out[FMT]);
/* What a share is of, 814/1,000; "-" when it is of nothing. */
#define GRID_COUNTS (2 * FMT)
const char *grid_counts_text(const struct grid_cell *c, char out[GRID_COUNTS]);
/* The share of a cell of any numeric kind, or its value; NAN when it has none. */
double grid_cell_value(const struct grid_cell *c);
bool grid_numeric(enum grid_type type); /* stands on the right */
const char *grid_type_name(enum grid_type type);

#endif
