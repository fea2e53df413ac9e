/* import.h - the rows of a CSV file, or lines of JSON, as records: the good ones kept, the bad ones handed back.
 *
 * Rows are saved in transactions of at most IMPORT_BATCH of one unit. What is counted as saved
 * is durable. Rows that could not be saved stand with their reason in a file beside the first,
 * ready to be mended and imported in their turn.
 */
#ifndef AGENT_IMPORT_H
#define AGENT_IMPORT_H

#include "agent/answer.h"
#include "storage/csv.h"

#define IMPORT_BATCH 256                    /* rows in a transaction */
#define IMPORT_FILE_MAX (64u * 1024 * 1024) /* bytes: the file is held in memory */
#define IMPORT_ROWS_MAX 1000000             /* the index of rows is held too */

struct import_row {
	const char *raw;  /* as it stands in the file; borrowed from text */
	char *why;        /* why it was not saved; owned; NULL when it was */
	const char *file; /* of several that it came from; borrowed; or NULL */
	int64_t unit;
	uint32_t raw_len;
	unsigned line; /* 0: the file is one record */
	bool saved;
	bool known; /* as a submission that is here already */
};

struct import_file {
	char *name;
	struct buf text;
};

struct import {
	struct ctx *ctx;
	struct answers a;
	int64_t unit, person; /* of rows without a unit of their own; 0 */
	int64_t allowed;      /* the unit that was last found to be one that this node works for */
	struct buf text;      /* the file */
	bool json;            /* each line is an object: import_json.c */
	struct import_row head; /* the line of names */
	char sep;
	int *col; /* a column's question, or IMPORT_UNIT, IMPORT_IGNORE */
	size_t ncol;
	struct import_row *row, **order; /* in the file's order; by unit */
	size_t nrow, cap;
	size_t saved, bad, known;
	size_t others;            /* files that are of other forms */
	struct import_file *file; /* import_odk.c: what rows and tables borrow; owned */
	size_t nfile;
	const char *unit_from; /* the question that says a submission's unit; NULL */
	int stopped;           /* ERR_* that ended it early, its text in stop_why; 0 */
	char *stop_why;
	char *rejects; /* name of the file of rejected rows; NULL when there are none */
};
enum { IMPORT_UNIT = -2, IMPORT_IGNORE = -3 };

/* Reads the file and its header; im->ctx, unit, person and form (im->a) are set. Nothing is
 * written. ERR_* for what is not such a file, or a column that is no question. */
int import_open(struct import *im, const char *path);
/* Saves the rows and writes the rejected ones to a file. 0 also when rows were rejected. */
int import_run(struct import *im, const char *path);
void import_release(struct import *im);

/* The same for submissions of ODK or KoboToolbox: a file, a folder or a ZIP of them. */
int import_open_odk(struct import *im, const char *path);
/* A row behind the others; ERR_TOOBIG. */
int import_add_row(struct import *im, const char *raw, size_t len, unsigned line,
                   struct import_row **out);
int import_reject(struct import *im, struct import_row *r, const char *why);
/* ERR_BAD when this node does not work for the unit. */
int import_check_unit(struct import *im, int64_t unit);
/* Sets the row's unit to the one that ref names, "" the import's own; rejects it when there is none. */
int import_set_unit(struct import *im, struct import_row *r, const char *ref);

/* What the last reader said, without the line that is told with every reason. */
const char *import_unread(void);
/* import_rejects.c: a file beside path, named in im->rejects. */
int import_write_rejects(struct import *im, const char *path);

/* import_json.c: a row that is a line of JSON. */
bool import_is_json(const struct buf *text);
/* Finds out its unit; of a submission that is here, that of its record. */
int import_json_unit(struct import *im, struct import_row *r);
int import_json_save(struct import *im, struct import_row *r, struct tx *tx, int64_t *id);
/* The line with the reason as its first member, appended to out. */
void import_json_reject(const struct import_row *r, const char *why, struct buf *out);

#endif
