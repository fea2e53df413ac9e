/* open_draft.h - tables on their way to be open data; for open_*.c only. */
#ifndef STORAGE_OPEN_DRAFT_H
#define STORAGE_OPEN_DRAFT_H

#include "storage/indicator_row.h"
#include "storage/open_data.h"
#include "storage/suppress.h"

#define OPEN_NONE ((size_t)-1)

/* The figures of an indicator whose smallness tells: things in the numerator; in the denominator and not in
 * the numerator, whole or in part; in neither. The first two columns hold the values of the two sides. */
enum { OPEN_NUMERATOR, OPEN_REST, OPEN_OUTSIDE, OPEN_SIDES };

/* A unit of the tree, or what was recorded in one and in none below it. */
struct open_node {
	long place;    /* number in the geography */
	size_t parent; /* node */
	size_t first;  /* its first child in the list of units, OPEN_NONE: it is a leaf */
	bool rest;
};

/* Records of a form by the thing that each is the latest of. */
struct open_source {
	struct counted what;
	size_t keeper; /* the source whose things are households where this one's are not; else itself */
	int64_t *records, *things; /* [nodes], owned: how many it has, and of how many households */
	bool *closed;              /* [nodes], owned: how many things there are is not told */
};

struct draft_cell {
	struct open_cell shown;
	char *expr; /* SQL aggregate, owned; NULL: a number of the tree */
	bool none_ok;
	bool gone; /* joined with another, or not shown */
	size_t at; /* its column in the form's matrix */
};

struct draft_table {
	struct open_table t;
	char *name, *label, *type, *made_of; /* owned */
	enum expr_kind side[2];              /* of an indicator */
	bool many;                           /* its denominator counts more than one a thing */
	size_t source, family;   /* family: a question that its figures depend on, or OPEN_NONE */
	size_t closed;           /* of its form's: which units are closed; OPEN_NONE: none */
	struct draft_cell *cell; /* owned; of an indicator OPEN_SIDES */
	size_t cells;
	struct open_cell *shown; /* owned */
};

struct draft_form {
	struct form *form; /* owned */
	bool about_people;
	size_t *group; /* [nq] of questions that depend on each other: one of them stands for all */
	size_t first, last; /* its tables */
	size_t columns;
	int64_t *value,
		*behind; /* [nodes * columns], owned; behind: things that a value comes from */
	bool **closed;   /* [families] each [nodes], owned */
	size_t families;
};

struct open_data {
	struct store *s;
	struct geography *geo;
	char day[11];
	bool dated;
	struct open_node *node;
	size_t nodes;
	size_t *node_of; /* [size of geo] */
	struct draft_form *form;
	size_t forms;
	struct open_source *source;
	size_t sources;
	struct draft_table *table;
	size_t tables, room;
	struct indicator_row *indicator; /* [FIGURES_MAX], in report order */
	size_t indicators;
};

/* While it is up, personal tables are not read. expr_run() takes it down. */
void open_guard(struct open_data *o);

/* open_units.c: o->node, o->node_of. */
int open_units_read(struct open_data *o, long top);
/* open_table.c: the tables of the forms, before anything is counted. */
int open_tables_draft(struct open_data *o);
/* open_count.c: counts those of a form, and closes what must be. */
int open_form_count(struct open_data *o, size_t form);
/* open_close.c: of a form about people: joins what is too small in all, closes what is in a unit. */
int open_form_close(struct open_data *o, size_t form);

#endif
