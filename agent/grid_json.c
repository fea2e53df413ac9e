/* grid_json.c - a report as one JSON document: title, notes, columns, and an object for each row. */
#include "agent/grid_writer.h"
#include "storage/err.h"

#include <stdlib.h>

static int open_document(struct grid *g)
{
	struct json *j = calloc(1, sizeof *j);
	size_t i;

	g->state = j;
	if (!j)
		return err(ERR_NOMEM, "out of memory");
	json_begin(j, g->f);
	json_object(j);
	json_kstr(j, "title", g->title);
	json_key(j, "notes");
	json_array(j);
	for (i = 0; i < g->nnote; i++)
		json_str(j, g->note[i]);
	json_end(j);
	json_key(j, "columns");
	json_array(j);
	for (i = 0; i < g->ncolumn; i++) {
		json_object(j);
		json_kstr(j, "key", g->column[i].key);
		json_kstr(j, "title", g->column[i].title);
		json_kstr(j, "type", grid_type_name(g->column[i].type));
		json_end(j);
	}
	json_end(j);
	json_key(j, "rows");
	json_array(j);
	return 0;
}

static void put_share(struct json *j, const struct grid_cell *c)
{
	json_object(j);
	json_kint(j, "numerator", c->n);
	json_kint(j, "denominator", c->of);
	json_knum(j, "share", grid_cell_value(c));
	json_end(j);
}

static int put_row(struct grid *g)
{
	struct json *j = g->state;
	size_t i;

	json_object(j);
	for (i = 0; i < g->ncolumn; i++) {
		const struct grid_cell *c = &g->cell[i];

		json_key(j, g->column[i].key);
		if (c->none)
			json_null(j);
		else if (c->type == GRID_SHARE)
			put_share(j, c);
		else if (c->type == GRID_INT)
			json_int(j, c->n);
		else if (grid_numeric(c->type))
			json_num(j, c->v);
		else
			json_str(j, c->text);
	}
	return json_end(j);
}

static int close_document(struct grid *g)
{
	json_end(g->state);
	return json_end(g->state);
}

static void drop_document(struct grid *g)
{
	free(g->state);
}

const struct grid_writer grid_json = {.name = "json",
                                      .open = open_document,
                                      .row = put_row,
                                      .close = close_document,
                                      .drop = drop_document};
