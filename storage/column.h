/* column.h - cells written by what their column held before.
 *
 * Each column of each table keeps the values it had (choices, numbers of people), its last number,
 * date and time, and a plan: what of these to ask first, and which other columns of the row tell the
 * most about it. A cell takes then as many bits as it is a surprise. Both sides keep the same.
 */
#ifndef STORAGE_COLUMN_H
#define STORAGE_COLUMN_H

#include "storage/changeset.h"
#include "storage/coder.h"

#define TABLES_MAX 64    /* in a pack and its dictionary: a feed has a few forms' */
#define COLUMNS_MAX 2048 /* of all of them: four times those of the forms that ship */
#define CHUNK 16         /* values of a column are kept by so many */
#define CHUNKS 4         /* a column at most: a list of more choices is told like a text */
#define CHUNKS_MAX 512   /* of all columns */
#define BOOK_MAX 4096    /* texts that can be pointed at: the sheets of some twenty forms */
#define BOOK_LEAST 4     /* bytes of such a text: shorter ones are as short as a pointer */
#define SCALE_MAX 9      /* digits after a decimal point that are told apart from a real */

/* What is asked first of a cell. */
enum column_mode {
	MODE_VALUES,  /* one of the values that the column had? */
	MODE_LITERAL, /* nothing: it is rarely one it had */
	MODE_SAME,    /* the same as the last? */
};

struct column {
	uint32_t name;    /* a context: table and place in it */
	uint16_t told[2]; /* 1 + place of the columns that tell the most; 0 for none */
	uint8_t mode;
	uint8_t fresh;             /* it had no decimal in this pack */
	uint8_t kind, same, scale; /* how the last value was told, for the next */
	uint8_t count, oldest;     /* values kept; the one to go next */
	uint16_t chunk[CHUNKS];    /* where they are */
	uint32_t sign;             /* the last value in short, for columns that it tells of */
	int64_t number, decimal, day, minute; /* the last of each */
	struct cell last;
};

struct table {
	char name[CHANGE_NAME_MAX];
	uint8_t name_len;
	uint8_t planned;
	uint16_t ncol, first; /* columns[first] is its first */
	uint32_t context;     /* of its name */
};

/* The cells of a change, and what they are told by. */
struct columns {
	struct table table[TABLES_MAX];
	struct column column[COLUMNS_MAX];
	struct cell value[CHUNKS_MAX][CHUNK];
	struct cell book[BOOK_MAX]; /* texts that were told in full */
	unsigned ntable, ncolumn, nchunk, nbook;
	unsigned mark; /* the place in the book after the one last pointed at */
	size_t spent;  /* bytes of texts in cells so far */
	int64_t base;  /* row ids of the author are near this */
	int64_t scope; /* of the feed */
	int bad;       /* sticky: bytes that nobody wrote, or more than the limits */
};

/* Whose row it is, and which of its two records. */
enum side { SIDE_ROW, SIDE_OLD, SIDE_NEW };

/* For a feed of author and scope; what was learnt stays. */
void columns_start(struct columns *cs, int64_t base, int64_t scope);
/* The number of the table of that name, cs->ntable when there is none. */
unsigned columns_find(const struct columns *cs, const struct section *s);
/* The table of that name with as many columns, made if there is none. NULL and bad when there is no
 * room. */
struct table *columns_table(struct columns *cs, const struct section *s);
/* Writes or reads the cell of column i. row is the row's id. Texts that are read are put into
 * texts, which never moves: a text that does not fit there is bad. */
void column_code(struct columns *cs, struct coder *c, struct buf *texts, const struct table *t,
                 unsigned i, enum side side, int64_t row, struct cell *v);

#endif
