/* paper_row.h - what a paper is made of; for paper*.c and quality_check.c only. */
#ifndef STORAGE_PAPER_ROW_H
#define STORAGE_PAPER_ROW_H

#include "storage/buf.h"
#include "storage/db.h"
#include "storage/form_plan.h"
#include "storage/paper.h"

enum cell_kind { CELL_TEXT, CELL_INTEGER, CELL_NUMBER };

struct cell {
	size_t at;     /* where its text begins in the paper's, plus 1; 0: no answer */
	double number; /* CELL_NUMBER */
	enum cell_kind kind;
	bool given;    /* somebody answered it, perhaps by taking the answer back */
	bool changed;  /* it is not what is stored */
	bool relevant; /* or, of a group or repeat, what is in it */
};

struct row {
	size_t parent; /* the row that its repeat is in; 0 for row 0 too */
	size_t repeat; /* index of the repeat plus 1; 0: the record itself */
	int64_t id;    /* 0: not stored yet */
	bool gone;
	bool fresh;        /* its id was given by a paper_save(), which may have been taken back */
	struct cell *cell; /* of each question of the repeat, owned; see plan's slot */
};

struct paper {
	struct store *s;      /* borrowed */
	const struct form *f; /* the same */
	int64_t unit;
	int64_t id; /* of the record; 0: not given yet */
	bool stored;
	bool submitted;  /* see paper_submitted() */
	struct row *row; /* owned; row 0 is the record */
	size_t nrow, cap;
	struct buf text; /* the answers, a NUL after each; only grows */
	bool *touched;   /* of each question: something of it changed in some row; owned */
};

/* The cell of q in row or in the row around it that holds it; NULL when there is none. */
struct cell *paper_cell(const struct paper *p, size_t row, size_t q);
/* The row at or around row whose repeat (index plus 1) is that; false: there is none. */
bool paper_row_of(const struct paper *p, size_t row, size_t repeat, size_t *out);
/* Is that row's own table the one that holds q? */
bool paper_holds(const struct paper *p, size_t row, size_t q);
const char *cell_text(const struct paper *p, const struct cell *c); /* or NULL */
/* Sets what a question holds to a checked text; len 0: nothing. */
int cell_set(struct paper *p, size_t q, struct cell *c, const char *text, size_t len,
             enum cell_kind kind, double number);
/* From the row *at: "" begins a row of repeat q, a row's id goes to it, with '-' before it drops it. */
int paper_fill_row(struct paper *p, size_t q, const char *value, size_t *at);
/* "member 2, age" for messages. */
const char *paper_name(const struct paper *p, size_t row, size_t q, struct buf *out);

/* paper_eval.c: binds what a formula names, as row has it. */
int paper_bind(struct paper *p, size_t row, sqlite3_stmt *st, const struct expr *e);
/* The truth of a cell's expression; what is true where the cell is empty, is without. */
int paper_true(struct paper *p, size_t row, size_t q, size_t kind, bool without, bool *out);
int paper_number(struct paper *p, size_t row, size_t q, size_t kind, int64_t *out);
/* Has anything that it names changed, or its own answer, or is the row a new one? */
bool paper_touches(const struct paper *p, size_t row, size_t q, const struct formula *m);

#endif
