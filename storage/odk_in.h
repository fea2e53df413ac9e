/* odk_in.h - submissions that are being read; for odk*.c only. */
#ifndef STORAGE_ODK_IN_H
#define STORAGE_ODK_IN_H

#include "storage/csv.h"
#include "storage/err.h"
#include "storage/odk.h"

/* A choice by its label: folded, and as it is. */
struct odk_choice {
	size_t fold, label, name; /* where they begin in the list's text */
};
struct odk_list {
	const char *name; /* borrowed from the form */
	struct buf text;
	struct odk_choice *choice; /* by label; owned */
	size_t n, cap;
};

/* What a column of a table holds. */
enum odk_part {
	ODK_STRANGE,
	ODK_SPARE,  /* part of an answer that stands in another column whole */
	ODK_WHOLE,  /* the answer to q */
	ODK_CHOICE, /* of q, whether that one was chosen */
	ODK_LATITUDE,
	ODK_LONGITUDE,
	ODK_ALTITUDE,
	ODK_ACCURACY,
	ODK_INSTANCE, /* ids of the submission as it is */
	ODK_UUID,
	ODK_KEY,
	ODK_WAS, /* an id that it had before */
	ODK_INDEX,
	ODK_PARENT_KEY,
	ODK_PARENT_INDEX,
	ODK_ID, /* KoboToolbox's number of the submission, and when it came: they outlast an edit */
	ODK_SUBMITTED,
	ODK_UNIT,
	ODK_PARTS
};
struct odk_column {
	enum odk_part part;
	size_t q;
	char *choice; /* its name; owned */
	size_t next;  /* the next column of the same answer, plus 1; 0: none */
	bool first;   /* of the columns of an answer */
};
struct odk_row {
	const char *raw; /* as it stands in the text */
	uint32_t raw_len;
	unsigned line;
	size_t key, parent; /* in the table's keys */
	bool used;          /* its parent is there */
	bool bad;           /* it cannot be read */
};
struct odk_table {
	const char *file; /* borrowed */
	char sep;
	bool child;
	size_t repeat; /* whose rows: its index plus 1; 0: submissions */
	struct odk_column *col;
	size_t ncol;
	size_t at[ODK_PARTS]; /* the column of such a part plus 1; 0: there is none */
	struct odk_row *row;
	size_t nrow, cap;
	size_t *order; /* rows by parent */
	struct buf keys;
};

/* A name by which a question may be called in a table's first line: folded, and as it is. */
struct odk_alias {
	size_t at, len, exact; /* in aliases */
};

struct odk {
	struct store *s;
	const struct form *f;
	struct odk_sink sink;
	struct odk_counts counts;
	struct odk_list *list; /* those whose labels were asked for; owned */
	size_t nlist;
	struct odk_table *table;  /* owned */
	struct odk_alias *alias;  /* in the form's order; owned */
	size_t nalias, *alias_of; /* where those of a question begin; nq + 1 of them; owned */
	struct buf aliases;
	size_t ntable;
	struct buf strange; /* names that were told, a NUL behind each */
	size_t rows;        /* of all tables */
};

/* A submission that becomes a line. */
struct odk_line {
	struct odk_place at;
	const char *instance, *was, *unit; /* "" when there is none */
	bool edited;                       /* it may be known here as it was before */
	bool whole;                        /* so what it has empty is told too */
	char why[ERR_TEXT_MAX];
	struct buf json;
};
/* Is it known already? Then *skip. Else the line is begun; what is wrong with its ids stands in at.why. */
int odk_begin(struct odk *o, struct odk_line *l, bool *skip);
/* Closes the line and hands it on. */
int odk_end(struct odk *o, struct odk_line *l);
/* "name": with a comma before it; behind '{' without. */
void odk_key(struct buf *json, const char *name);
/* An answer as another program writes it, with its name; nothing for an empty one that says nothing. */
int odk_answer(struct odk *o, struct odk_line *l, const struct question *q, const char *text);
/* Says once that the form does not ask name. */
int odk_strange(struct odk *o, const char *file, const char *name);

/* odk_value.c: what it means here: choices by their labels too, if labels are looked at. Appended. */
int odk_value(struct odk *o, const struct question *q, const char *text, struct buf *out);
/* The choice of that name or label, or NULL: there is none, or there are two. Until the next call. */
const char *odk_choice(struct odk *o, const struct question *q, const char *text);
void odk_lists_free(struct odk *o);

/* odk_head.c: the first line of a table: what its columns hold, and of which repeat they are. ERR_NOTFOUND: it
 * is no table of this form. */
int odk_head(struct odk *o, struct odk_table *t, char *const *name, size_t n);
/* odk_table.c */
void odk_tables_free(struct odk *o);
/* The field of a part of the row read; "" when there is none. */
const char *odk_cell(const struct odk_table *t, const struct csv *c, enum odk_part part);
const char *odk_parent(const struct odk_table *t, size_t row);
/* Puts the rows in the order of their parents; then the first whose parent is not less than key. */
int odk_sort(struct odk_table *t);
size_t odk_first(const struct odk_table *t, const char *key);

#endif
