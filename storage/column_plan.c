/* column_plan.c - which columns of a table tell of which.
 *
 * Costs are estimated: of a column's values in the order in which they came, the bits of their entropy given
 * the columns before, and what it takes to learn it.
 */
#include "storage/column_plan.h"
#include "storage/column_text.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_CELLS 16384 /* looked at: half a megabyte */
#define SAMPLE_ROWS 512
#define SIGNS (CHUNK * CHUNKS + 2) /* of a column: see struct column */
#define PLACES 256                 /* ways in which two columns come together; more tell nothing */
#define LEARN 3.0                  /* bits that it takes to learn how often something comes */

/* The rows that are looked at. */
struct sample {
	unsigned rows, ncol;
	struct cell *cell;               /* row after row */
	uint8_t *sign;                   /* column after column: what it would hold */
	uint16_t place[SAMPLE_ROWS];     /* of a row: what two columns hold together */
	uint16_t count[PLACES][SIGNS];   /* of a place and a sign */
	uint16_t number[SIGNS * SIGNS];  /* of two signs: the place */
	double entropy[SAMPLE_ROWS + 1]; /* n log2 n */
};

/* ---- looking at rows ----------------------------------------------------------------------------- */

static void take_section(struct sample *sm, const struct table *t, struct cursor *c)
{
	struct section s;
	unsigned op, i;
	struct cell v;
	bool ours;

	section_read(c, &s);
	ours = s.name_len == t->name_len && !memcmp(s.name, t->name, s.name_len) &&
	       s.ncol == sm->ncol;
	while (!c->bad && cursor_left(c) && !section_next(c)) {
		op = cursor_u8(c);
		cursor_u8(c);
		if (op == SQLITE_INSERT && ours && (sm->rows + 1) * sm->ncol <= SAMPLE_CELLS &&
		    sm->rows < SAMPLE_ROWS)
			changeset_get(c, s.ncol, sm->cell + sm->rows++ * sm->ncol);
		else
			for (i = 0; i < (op == SQLITE_UPDATE ? 2 * s.ncol : s.ncol) && !c->bad; i++)
				changeset_get(c, 1, &v);
	}
}

static void take_rows(struct sample *sm, const struct work *w, const struct table *t)
{
	struct cursor entries = w->entries, set;
	const uint8_t *p;
	uint64_t len;

	while (cursor_left(&entries) && !entries.bad) {
		cursor_varint(&entries);
		len = cursor_varint(&entries);
		p = cursor_bytes(&entries, (size_t)len);
		set = cursor_of(p, p ? (size_t)len : 0);
		while (cursor_left(&set) && !set.bad)
			take_section(sm, t, &set);
	}
}

static const struct cell *cell_at(const struct sample *sm, unsigned row, unsigned col)
{
	return &sm->cell[row * sm->ncol + col];
}

/* ---- what a way to tell a column costs ------------------------------------------------------------- */

static unsigned length(uint64_t v)
{
	unsigned n = 0;

	while (n < 64 && v >> n)
		n++;
	return n;
}

/* How many bits a number or a text takes when told in full, roughly; of a number its length as a sign. */
static double full_cost(const struct sample *sm, unsigned row, unsigned col, uint8_t *sign)
{
	const struct cell *v = cell_at(sm, row, col), *before = row ? cell_at(sm, row - 1, col) : v;
	int64_t a, b;
	uint8_t scale = 5;
	uint64_t off;

	*sign = 0;
	if (v->type == V_NULL)
		return 1;
	if (v->type == V_INT && before->type == V_INT)
		off = v->bits - before->bits;
	else if ((v->type == V_REAL && before->type == V_REAL && decimal_of(v->bits, &scale, &a) &&
	          decimal_of(before->bits, &scale, &b)) ||
	         (v->type == V_TEXT && before->type == V_TEXT &&
	          ((date_of(v, &a) && date_of(before, &b)) ||
	           (time_of(v, &a) && time_of(before, &b)))))
		off = (uint64_t)a - (uint64_t)b;
	else
		return v->len ? 8 + 3.0 * v->len : 24;
	*sign = (uint8_t)(length(zigzag(off)) + 1);
	return *sign + 2;
}

/* The signs of a column that keeps values. Returns how many it has, 0 when they are too many. */
static unsigned sign_values(struct sample *sm, unsigned col, uint8_t *sign, double *cost)
{
	unsigned first[SIGNS], n = 0, row, k;
	uint8_t unused;

	for (row = 0; row < sm->rows; row++) {
		for (k = 0; k < n && !cell_same(cell_at(sm, first[k], col), cell_at(sm, row, col));
		     k++)
			continue;
		if (k == n && (n == CHUNK * CHUNKS || 2 * n > sm->rows))
			return 0;
		if (k == n) {
			first[n++] = row;
			*cost += full_cost(sm, row, col, &unused) + 2 * LEARN;
		}
		sign[row] = (uint8_t)(k + 2);
	}
	return n;
}

/* The entropy of sign by what place the rows are in. */
static double conditional(struct sample *sm, const uint8_t *sign, unsigned places)
{
	double bits = 0, kinds;
	unsigned row, i, k, all;

	memset(sm->count, 0, places * sizeof *sm->count);
	for (row = 0; row < sm->rows; row++)
		sm->count[sm->place[row]][sign[row]]++;
	for (i = 0; i < places; i++) {
		for (all = 0, kinds = 0, k = 0; k < SIGNS; k++) {
			all += sm->count[i][k];
			bits -= sm->entropy[sm->count[i][k]];
			kinds += sm->count[i][k] != 0;
		}
		bits += sm->entropy[all] + kinds * LEARN;
	}
	return bits;
}

/* Puts each row in a place by what columns a and b (1 + column, 0 for none) hold; col, the one being
 * told, held its sign a row before. Returns how many places, 0 when too many. */
static unsigned place_rows(struct sample *sm, const uint8_t *sign, unsigned col, unsigned a,
                           unsigned b)
{
	unsigned row, places = 0, of[2] = {a, b}, held[2], k, both;

	memset(sm->number, 0, sizeof sm->number);
	for (row = 0; row < sm->rows; row++) {
		for (k = 0; k < 2; k++) {
			held[k] = 0;
			if (of[k] == col + 1)
				held[k] = row ? sign[row - 1] : 0;
			else if (of[k])
				held[k] = sm->sign[(of[k] - 1) * sm->rows + row];
		}
		both = held[0] * SIGNS + held[1];
		if (!sm->number[both]) {
			if (places == PLACES)
				return 0;
			sm->number[both] = (uint16_t)++places;
		}
		sm->place[row] = (uint16_t)(sm->number[both] - 1);
	}
	return places;
}

/* Finds the one or two columns that tell most of sign, column col; returns what it takes then. */
static double best_told(struct sample *sm, const uint8_t *sign, unsigned col, uint16_t told[2])
{
	double least, cost;
	unsigned i, k, places;

	told[0] = told[1] = 0;
	least = conditional(sm, sign, place_rows(sm, sign, col, 0, 0));
	for (k = 0; k < 2; k++) {
		unsigned best = 0;

		for (i = 2; i <= col; i++) {
			places = place_rows(sm, sign, col, k ? told[0] : i + 1, k ? i + 1 : 0);
			cost = places ? conditional(sm, sign, places) : least;
			if (cost < least - 8) { /* what it takes to say so */
				least = cost;
				best = i + 1;
			}
		}
		told[k] = (uint16_t)best;
		if (!best)
			break;
	}
	return least;
}

static void plan_column(struct sample *sm, unsigned col, struct column_plan *p)
{
	uint8_t *sign = sm->sign + col * sm->rows, length_of[SAMPLE_ROWS], was[SAMPLE_ROWS];
	double literal = 0, again = 0, values = 0, bits;
	unsigned row, n;
	uint16_t told[2];

	for (row = 0; row < sm->rows; row++) {
		bits = full_cost(sm, row, col, &length_of[row]);
		literal += bits;
		was[row] = row && cell_same(cell_at(sm, row, col), cell_at(sm, row - 1, col)) ? 2
		                                                                              : 1;
		if (was[row] == 1)
			again += bits;
	}
	place_rows(sm, was, col, 0, 0);
	again += conditional(sm, was, 1);
	n = sign_values(sm, col, sign, &values);
	values = n ? values + best_told(sm, sign, col, p->told) : literal + 1;
	p->mode = MODE_VALUES;
	if (values <= again && values <= literal)
		return;
	p->mode = again < literal ? MODE_SAME : MODE_LITERAL;
	best_told(sm, length_of, col, told);
	p->told[0] = told[0] == col + 1 ? 0 : told[0];
	p->told[1] = 0;
	for (row = 0; row < sm->rows; row++)
		sign[row] = p->mode == MODE_SAME ? was[row] : cell_at(sm, row, col)->type == V_NULL;
}

bool column_plan_choose(struct work *w, const struct table *t)
{
	struct sample *sm = calloc(1, sizeof *sm);
	bool chosen = false;
	unsigned i;

	if (!sm)
		return false;
	sm->ncol = t->ncol;
	sm->cell = calloc(SAMPLE_CELLS, sizeof *sm->cell);
	if (sm->cell)
		take_rows(sm, w, t);
	sm->sign = calloc(sm->rows + 1, sm->ncol);
	if (sm->rows >= PLAN_ROWS && sm->sign) {
		for (i = 1; i <= sm->rows; i++)
			sm->entropy[i] = i * log2(i);
		memset(w->plan, 0, t->ncol * sizeof *w->plan);
		w->plan[0].mode = MODE_LITERAL;
		w->plan[1].mode = MODE_SAME;
		for (i = 2; i < t->ncol; i++)
			plan_column(sm, i, &w->plan[i]);
		chosen = true;
	}
	free(sm->sign);
	free(sm->cell);
	free(sm);
	return chosen;
}
