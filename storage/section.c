/* section.c - the changesets of a pack: which table, which change, which columns. */
#include "storage/section.h"
#include "storage/column_plan.h"
#include "storage/pack.h"

#include <sqlite3.h>
#include <string.h>

enum { OP_INSERT, OP_UPDATE, OP_DELETE, OPS };
static const uint8_t op_byte[OPS] = {SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE};

/* ---- a change ------------------------------------------------------------------------------------- */

static void cell(struct work *w, const struct table *t, unsigned i, enum side side, int64_t row,
                 struct cell *v)
{
	column_code(&w->l->columns, &w->c, w->texts, t, i, side, row, v);
}

static int64_t row_id(const struct cell *first)
{
	return first->type == V_INT ? (int64_t)first->bits : 0;
}

static void code_row(struct work *w, const struct table *t, unsigned ncol, struct cell *v)
{
	unsigned i;

	for (i = 0; i < ncol && !w->l->columns.bad; i++)
		cell(w, t, i, SIDE_ROW, i ? row_id(v) : 0, v + i);
}

/* The id; then of each column whether it changed, and if it did what it was and what it is. */
static void code_update(struct work *w, const struct table *t, unsigned ncol)
{
	const struct column *col = &w->l->columns.column[t->first];
	struct cell *old = w->old, *new = w->new;
	unsigned i, changed, before = 0;

	work_bad_if(w, !coder_reading(&w->c) && new->type != V_UNDEFINED);
	cell(w, t, 0, SIDE_OLD, 0, old);
	*new = (struct cell){.type = V_UNDEFINED};
	for (i = 1; i < ncol && !w->l->columns.bad; i++) {
		changed = !coder_reading(&w->c) && new[i].type != V_UNDEFINED;
		changed = coder_bit(&w->c, ctx_of(before ? X_CHANGED_MORE : X_CHANGED, col[i].name),
		                    changed);
		before |= changed;
		if (changed) {
			cell(w, t, i, SIDE_OLD, row_id(old), old + i);
			cell(w, t, i, SIDE_NEW, row_id(old), new + i);
		} else {
			work_bad_if(w, !coder_reading(&w->c) && old[i].type != V_UNDEFINED);
			old[i] = new[i] = (struct cell){.type = V_UNDEFINED};
		}
	}
}

static unsigned read_change(struct work *w, unsigned ncol, unsigned *indirect)
{
	unsigned byte = cursor_u8(&w->in), op = 0;

	while (op < OPS && op_byte[op] != byte)
		op++;
	*indirect = cursor_u8(&w->in);
	if (op != OP_INSERT)
		changeset_get(&w->in, ncol, w->old);
	if (op != OP_DELETE)
		changeset_get(&w->in, ncol, w->new);
	work_bad_if(w, w->in.bad || op == OPS || *indirect > 1);
	return op;
}

static void code_change(struct work *w, const struct table *t, unsigned ncol)
{
	unsigned op = OP_INSERT, indirect = 0;

	if (!coder_reading(&w->c))
		op = read_change(w, ncol, &indirect);
	op = coder_tree(&w->c, ctx_of(ctx_of(X_OP, w->op), t->context), 2, op);
	indirect = coder_bit(&w->c, X_INDIRECT, indirect);
	work_bad_if(w, op >= OPS);
	if (w->l->columns.bad)
		return;
	w->op = op;
	if (op == OP_UPDATE)
		code_update(w, t, ncol);
	else
		code_row(w, t, ncol, op == OP_INSERT ? w->new : w->old);
	if (!coder_reading(&w->c))
		return;
	buf_u8(w->out, op_byte[op]);
	buf_u8(w->out, indirect);
	if (op != OP_INSERT)
		changeset_put(w->out, ncol, w->old);
	if (op != OP_DELETE)
		changeset_put(w->out, ncol, w->new);
}

/* ---- a section -------------------------------------------------------------------------------------- */

/* That of a table that is known, or in full. */
static void code_name(struct work *w, struct section *s, uint8_t name[CHANGE_NAME_MAX])
{
	struct columns *cs = &w->l->columns;
	uint64_t at = coder_reading(&w->c) ? 0 : columns_find(cs, s), len;

	at = work_number(w, X_TABLE, w->table, at);
	work_bad_if(w, at > cs->ntable);
	if (at < cs->ntable) {
		s->name = (const uint8_t *)cs->table[at].name;
		s->name_len = cs->table[at].name_len;
		return;
	}
	len = work_number(w, X_NAME_LEN, 0, s->name_len);
	work_bad_if(w, len > CHANGE_NAME_MAX);
	if (cs->bad)
		return;
	coder_text(&w->c, X_NAME, s->name, name, len);
	work_bad_if(w, memchr(name, 0, len) != NULL);
	s->name = name;
	s->name_len = len;
}

static void code_count(struct work *w, struct section *s)
{
	const struct columns *cs = &w->l->columns;
	unsigned at = columns_find(cs, s), known = at < cs->ntable ? cs->table[at].ncol : 0;
	uint64_t n = s->ncol;

	if (known && !coder_bit(&w->c, X_SAME_COUNT, n != known))
		n = known;
	else
		n = work_number(w, X_COUNT, 0, n);
	work_bad_if(w, !n || n > CHANGE_COLUMNS);
	s->ncol = (unsigned)n;
}

/* Which columns are the key: in our tables the first. */
static void code_key(struct work *w, struct section *s, uint8_t key[CHANGE_COLUMNS])
{
	bool reading = coder_reading(&w->c), other = false;
	unsigned i;

	for (i = 0; !reading && i < s->ncol; i++)
		other |= s->key[i] != (i == 0);
	other = coder_bit(&w->c, X_KEY, other);
	for (i = 0; i < s->ncol; i++)
		key[i] = other ? (uint8_t)coder_tree(&w->c, X_KEY_OTHER, 8, reading ? 0 : s->key[i])
		               : i == 0;
	s->key = key;
}

static void code_plan(struct work *w, struct table *t)
{
	struct column *col = &w->l->columns.column[t->first];
	struct column_plan *p;
	unsigned i, k;

	if (t->planned ||
	    !coder_bit(&w->c, X_PLAN, !coder_reading(&w->c) && column_plan_choose(w, t)))
		return;
	t->planned = 1;
	for (i = 0; i < t->ncol && !w->l->columns.bad; i++) {
		p = &w->plan[i];
		p->mode = (uint8_t)coder_tree(&w->c, X_MODE, 2, p->mode);
		for (k = 0; k < 2; k++) {
			p->told[k] = (uint16_t)work_number(w, X_TOLD, k, p->told[k]);
			work_bad_if(w, p->told[k] > i + 1);
			col[i].told[k] = p->told[k];
		}
		work_bad_if(w, p->mode > MODE_SAME);
		col[i].mode = p->mode;
	}
}

/* Is there one more, after n? */
static bool more(struct work *w, unsigned what, unsigned n, bool is)
{
	return coder_bit(&w->c, ctx_of(what, n < 3 ? n : 3), is) && !w->l->columns.bad;
}

static void code_changes(struct work *w, const struct table *t, unsigned ncol)
{
	bool reading = coder_reading(&w->c);
	unsigned n;

	for (n = 0; more(w, X_CHANGES, n, !reading && cursor_left(&w->in) && !section_next(&w->in));
	     n++) {
		code_change(w, t, ncol);
		work_bad_if(w, reading && w->out->len > PACK_RAW_MAX);
	}
}

static void code_section(struct work *w)
{
	uint8_t name[CHANGE_NAME_MAX], key[CHANGE_COLUMNS];
	struct section s = {0};
	struct table *t;

	if (!coder_reading(&w->c))
		section_read(&w->in, &s);
	work_bad_if(w, w->in.bad);
	if (!w->l->columns.bad)
		code_name(w, &s, name);
	if (!w->l->columns.bad)
		code_count(w, &s);
	t = w->l->columns.bad ? NULL : columns_table(&w->l->columns, &s);
	if (!t)
		return;
	code_key(w, &s, key);
	code_plan(w, t);
	w->table = (unsigned)(t - w->l->columns.table) + 1;
	if (coder_reading(&w->c))
		section_write(w->out, &s);
	code_changes(w, t, s.ncol);
}

void changeset_code(struct work *w)
{
	unsigned n;

	for (n = 0; more(w, X_SECTIONS, n, !coder_reading(&w->c) && cursor_left(&w->in)); n++)
		code_section(w);
}
