/* column.c - a cell, told by what its column held before. */
#include "storage/column.h"
#include "storage/column_text.h"
#include "storage/pack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How a cell that is told in full is told. */
enum kind {
	K_NULL,
	K_LAST,
	K_ROW,
	K_SCOPE,
	K_DECIMAL,
	K_REAL,
	K_TEXT,
	K_BLOB,
	K_DATE,
	K_TIME,
	K_BOOK
};

/* Contexts within a column and side. */
enum {
	X_SAME = 1,
	X_HIT,
	X_INDEX,
	X_KIND,
	X_KIND_OTHER,
	X_NUMBER,
	X_SCALE,
	X_SCALE_OF,
	X_LENGTH,
	X_TEXT,
	X_REAL
};

/* Of a decimal's distance from the middle of those before, the middle moves by a part in so many. */
#define MIDDLE 4
#define FAR (1u << 20) /* an integer so far from all that it could be near is kept in the book */

/* One cell being written or read. */
struct work {
	struct columns *cs;
	struct coder *c;
	struct buf *texts;
	struct column *col;
	struct cell *v;
	uint32_t ctx;  /* of the column and side */
	uint32_t told; /* what the columns that tell of it hold */
	int64_t row;
};

static uint32_t within(const struct work *w, unsigned what, uint32_t more)
{
	return ctx_of(ctx_of(w->ctx, what), more);
}

static int64_t signed_of(uint64_t v)
{
	return v >> 63 ? -(int64_t)~v - 1 : (int64_t)v;
}

/* ---- tables -------------------------------------------------------------------------------- */

void columns_start(struct columns *cs, int64_t base, int64_t scope)
{
	unsigned i, k;
	struct column *col;

	cs->base = base;
	cs->scope = scope;
	cs->spent = 0;
	cs->mark = 0;
	for (i = 0; i < cs->ntable; i++) {
		col = &cs->column[cs->table[i].first];
		for (k = 0; k < cs->table[i].ncol; k++)
			col[k].fresh = 1;
		col[0].number = base;
		if (cs->table[i].ncol > 1)
			col[1].last = (struct cell){.type = V_INT, .bits = (uint64_t)scope};
	}
}

static void init_column(const struct columns *cs, const struct table *t, unsigned i,
                        struct column *col)
{
	*col = (struct column){.name = ctx_of(t->context, i), .fresh = 1, .last = {.type = V_NULL}};
	col->mode = i == 0 ? MODE_LITERAL : i == 1 ? MODE_SAME : MODE_VALUES;
	if (i == 0)
		col->number = cs->base;
	if (i == 1)
		col->last = (struct cell){.type = V_INT, .bits = (uint64_t)cs->scope};
}

unsigned columns_find(const struct columns *cs, const struct section *s)
{
	unsigned i;

	for (i = 0; i < cs->ntable; i++)
		if (cs->table[i].name_len == s->name_len &&
		    !memcmp(cs->table[i].name, s->name, s->name_len))
			break;
	return i;
}

struct table *columns_table(struct columns *cs, const struct section *s)
{
	unsigned at = columns_find(cs, s), i;
	struct table *t = &cs->table[at];

	if (at < cs->ntable && s->ncol <= t->ncol)
		return t;
	if (at >= TABLES_MAX || s->ncol > COLUMNS_MAX - cs->ncolumn ||
	    s->name_len > CHANGE_NAME_MAX) {
		cs->bad = 1;
		return NULL;
	}
	if (at == cs->ntable) {
		*t = (struct table){.name_len = (uint8_t)s->name_len};
		memcpy(t->name, s->name, s->name_len);
		for (i = 0; i < s->name_len; i++)
			t->context = ctx_of(t->context, s->name[i]);
		cs->ntable++;
	}
	memcpy(&cs->column[cs->ncolumn], &cs->column[t->first], t->ncol * sizeof *cs->column);
	for (i = t->ncol; i < s->ncol; i++)
		init_column(cs, t, i, &cs->column[cs->ncolumn + i]);
	t->first = (uint16_t)cs->ncolumn;
	t->ncol = (uint16_t)s->ncol;
	cs->ncolumn += s->ncol;
	return t;
}

/* ---- the values that a column had ------------------------------------------------------------------ */

static struct cell *value_at(struct work *w, unsigned i)
{
	return &w->cs->value[w->col->chunk[i / CHUNK]][i % CHUNK];
}

/* Keeps it as one more value, in the place of the oldest when there is no room. */
static void keep_value(struct work *w)
{
	struct column *col = w->col;
	unsigned at = col->count;

	if (at == CHUNK * CHUNKS || (at % CHUNK == 0 && w->cs->nchunk == CHUNKS_MAX)) {
		col->sign = 1;
		if (!at)
			return;
		at = col->oldest;
		col->oldest = (uint8_t)((at + 1u) % col->count);
	} else {
		if (at % CHUNK == 0)
			col->chunk[at / CHUNK] = (uint16_t)w->cs->nchunk++;
		col->count++;
	}
	*value_at(w, at) = *w->v;
	col->sign = at + 2;
}

static bool code_known(struct work *w)
{
	struct column *col = w->col;
	unsigned at = 0, depth = 0;

	if (!col->count)
		return false;
	while (!coder_reading(w->c) && at < col->count && !cell_same(value_at(w, at), w->v))
		at++;
	if (!coder_bit(w->c, within(w, X_HIT, col->count < 3 ? col->count : 3), at < col->count))
		return false;
	while (col->count > 1u << depth)
		depth++;
	at = coder_tree(w->c, within(w, X_INDEX, ctx_of(w->told, depth)), depth, at);
	if (at >= col->count) {
		w->cs->bad = 1;
		at = 0;
	}
	*w->v = *value_at(w, at);
	col->sign = at + 2;
	return true;
}

static bool code_same(struct work *w)
{
	struct column *col = w->col;
	bool same = !coder_reading(w->c) && cell_same(&col->last, w->v);

	same = coder_bit(w->c, within(w, X_SAME, col->same), same);
	col->same = same;
	col->sign = same ? 2 : 1;
	if (same)
		*w->v = col->last;
	return same;
}

/* ---- a cell told in full ------------------------------------------------------------------------------ */

/* A number by how far it is from base; *far when that is far. */
static uint64_t code_near(struct work *w, enum kind kind, uint64_t value, uint64_t base, bool *far)
{
	uint64_t off = coder_number(w->c, within(w, X_NUMBER + 16u * kind, w->told),
	                            zigzag(value - base));

	if (far)
		*far = off >= FAR;
	return base + unzigzag(off);
}

static unsigned find_in_book(const struct columns *cs, const struct cell *v)
{
	unsigned i;

	for (i = 0; i < cs->nbook && !cell_same(&cs->book[i], v); i++)
		continue;
	return i;
}

static enum kind nearest(const struct work *w)
{
	const int64_t from[] = {w->col->number, w->row, w->cs->scope};
	uint64_t off, least = zigzag(w->v->bits - (uint64_t)from[0]);
	enum kind best = K_LAST, kind;

	for (kind = K_ROW; kind <= K_SCOPE; kind++) {
		off = zigzag(w->v->bits - (uint64_t)from[kind - K_LAST]);
		if (off < least / 4) { /* two bits shorter, or a change of mind costs more */
			least = off;
			best = kind;
		}
	}
	if (least >= FAR && find_in_book(w->cs, w->v) < w->cs->nbook)
		return K_BOOK;
	return best;
}

static enum kind kind_of(struct work *w, int64_t *number)
{
	switch (w->v->type) {
	case V_INT:
		return nearest(w);
	case V_REAL:
		return decimal_of(w->v->bits, &w->col->scale, number) ? K_DECIMAL : K_REAL;
	case V_TEXT:
		if (date_of(w->v, number))
			return K_DATE;
		if (time_of(w->v, number))
			return K_TIME;
		return find_in_book(w->cs, w->v) < w->cs->nbook ? K_BOOK : K_TEXT;
	case V_BLOB:
		return find_in_book(w->cs, w->v) < w->cs->nbook ? K_BOOK : K_BLOB;
	default:
		return K_NULL;
	}
}

static void keep_in_book(struct columns *cs, const struct cell *v)
{
	if (cs->nbook < BOOK_MAX)
		cs->book[cs->nbook++] = *v;
}

static void code_pointer(struct work *w)
{
	struct columns *cs = w->cs;
	uint64_t at = coder_reading(w->c) ? 0 : find_in_book(cs, w->v);

	at = code_near(w, K_BOOK, at, cs->mark, NULL);
	if (at >= cs->nbook) {
		cs->bad = 1;
		return;
	}
	*w->v = cs->book[at];
	cs->mark = (unsigned)at + 1;
	if (w->v->type == V_INT)
		w->col->number = signed_of(w->v->bits);
}

static void code_bytes(struct work *w, enum kind kind)
{
	struct cell *v = w->v;
	uint64_t len = coder_number(w->c, within(w, X_LENGTH, kind), v->len);
	uint8_t *to = NULL;

	if (coder_reading(w->c)) {
		if (len > w->texts->cap - w->texts->len) {
			w->cs->bad = 1;
			len = 0;
		}
		v->type = kind == K_TEXT ? V_TEXT : V_BLOB;
		v->len = (uint32_t)len;
		if (len)
			v->p = to = w->texts->data + w->texts->len;
		w->texts->len += len;
	}
	coder_text(w->c, within(w, X_TEXT, kind), to ? NULL : v->p, to, len);
	if (len >= BOOK_LEAST)
		keep_in_book(w->cs, v);
}

static int64_t rescaled(int64_t number, int by)
{
	for (; by > 0; by--)
		number = llabs(number) > DECIMAL_MAX / 10 ? 0 : number * 10;
	for (; by < 0; by++)
		number /= 10;
	return number;
}

/* Told from the middle of those before, not from the last: places scatter around a village. */
static void code_decimal(struct work *w, uint8_t scale, int64_t number)
{
	struct column *col = w->col;

	if (coder_bit(w->c, within(w, X_SCALE, 0), scale != col->scale)) {
		scale = (uint8_t)coder_tree(w->c, within(w, X_SCALE_OF, 0), 4, scale);
		col->decimal = rescaled(col->decimal, scale - col->scale);
		col->scale = scale;
	}
	number = signed_of(code_near(w, K_DECIMAL, (uint64_t)number, (uint64_t)col->decimal, NULL));
	if (!decimal_cell(number, col->scale, w->v))
		w->cs->bad = 1;
	else if (col->fresh)
		col->decimal = number;
	else
		col->decimal += (number - col->decimal) / MIDDLE;
	col->fresh = 0;
}

static void code_calendar(struct work *w, enum kind kind, int64_t number)
{
	int64_t *last = kind == K_DATE ? &w->col->day : &w->col->minute;

	number = signed_of(code_near(w, kind, (uint64_t)number, (uint64_t)*last, NULL));
	*last = number;
	if (!coder_reading(w->c))
		return;
	if (!(kind == K_DATE ? date_cell(number, w->texts, w->v)
	                     : time_cell(number, w->texts, w->v)))
		w->cs->bad = 1;
}

static void code_integer(struct work *w, enum kind kind)
{
	struct column *col = w->col;
	int64_t base = kind == K_LAST ? col->number : kind == K_ROW ? w->row : w->cs->scope;

	bool far;

	w->v->type = V_INT;
	w->v->bits = code_near(w, kind, w->v->bits, (uint64_t)base, &far);
	col->number = signed_of(w->v->bits);
	if (far)
		keep_in_book(w->cs, w->v);
}

static void code_real(struct work *w)
{
	uint64_t bits = 0;
	unsigned i;

	for (i = 0; i < 8; i++)
		bits = bits << 8 | coder_tree(w->c, within(w, X_REAL, i), 8,
		                              (unsigned)(w->v->bits >> (56 - 8 * i)) & 0xff);
	w->v->type = V_REAL;
	w->v->bits = bits;
}

static void code_full(struct work *w)
{
	uint8_t scale = w->col->scale;
	int64_t number = 0;
	enum kind kind = K_NULL;

	if (!coder_reading(w->c)) {
		struct column before = *w->col;

		kind = kind_of(w, &number);
		scale = w->col->scale;
		w->col->scale = before.scale;
	}
	if (coder_bit(w->c, within(w, X_KIND, w->col->kind), kind != w->col->kind))
		w->col->kind = (uint8_t)coder_tree(w->c, within(w, X_KIND_OTHER, w->col->kind), 4,
		                                   kind);
	kind = (enum kind)w->col->kind;
	switch (kind) {
	case K_NULL:
		w->v->type = V_NULL;
		break;
	case K_LAST:
	case K_ROW:
	case K_SCOPE:
		code_integer(w, kind);
		break;
	case K_DECIMAL:
		code_decimal(w, scale, number);
		break;
	case K_REAL:
		code_real(w);
		break;
	case K_TEXT:
	case K_BLOB:
		code_bytes(w, kind);
		break;
	case K_DATE:
	case K_TIME:
		code_calendar(w, kind, number);
		break;
	case K_BOOK:
		code_pointer(w);
		break;
	default:
		w->cs->bad = 1;
	}
}

/* ---- a cell ------------------------------------------------------------------------------------------ */

/* What the columns that tell of this one hold. In an update they are not there: for the new value
 * the old one stands in. */
static uint32_t told_of(const struct column *first, const struct column *col, enum side side)
{
	uint32_t told = side == SIDE_NEW ? col->sign : 0;
	int k;

	for (k = 0; k < 2 && side == SIDE_ROW; k++)
		if (col->told[k])
			told = ctx_of(told + 1, first[col->told[k] - 1].sign);
	return told;
}

void column_code(struct columns *cs, struct coder *c, struct buf *texts, const struct table *t,
                 unsigned i, enum side side, int64_t row, struct cell *v)
{
	struct column *first = &cs->column[t->first], *col = first + i;
	struct work w = {.cs = cs, .c = c, .texts = texts, .col = col, .v = v, .row = row};
	bool done = false;

	w.ctx = ctx_of(col->name, side);
	w.told = told_of(first, col, side);
	if (coder_reading(c))
		*v = (struct cell){.type = V_NULL};
	if (col->mode == MODE_VALUES)
		done = code_known(&w);
	else if (col->mode == MODE_SAME)
		done = code_same(&w);
	if (!done) {
		code_full(&w);
		if (col->mode == MODE_VALUES)
			keep_value(&w);
		else if (col->mode == MODE_LITERAL)
			col->sign = v->type == V_NULL;
	}
	col->last = *v;
	cs->spent += v->len;
	if (cs->spent > PACK_RAW_MAX)
		cs->bad = 1;
}
