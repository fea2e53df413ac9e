/* expr_sql.c - an expression's tree into SQL: what it names, what each part gives, its text. */
#include "storage/expr_tree.h"
#include "storage/form_sheet.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What stands around the SQL of a node of that type to make it what is wanted. */
static const struct {
	const char *before, *after;
} convert[][TYPE_ANY + 1] = {
	[AS_NUMBER] = {[TYPE_TEXT] = {"x_num(", ")"},
                       [TYPE_TEXT_ANSWER] = {"x_num(", ")"},
                       [TYPE_ANY] = {"x_num(", ")"}},
	[AS_TEXT] = {[TYPE_NUMBER] = {"ifnull(x_str(", "), 'NaN')"},
                     [TYPE_TRUTH] = {"iif(", ", 'true', 'false')"},
                     [TYPE_NUMBER_ANSWER] = {"ifnull(x_str(", "), '')"},
                     [TYPE_TEXT_ANSWER] = {"ifnull(", ", '')"},
                     [TYPE_ANY] = {"ifnull(x_str(", "), '')"}},
	[AS_TRUTH] = {[TYPE_NUMBER] = {"ifnull(", " <> 0, 0)"},
                      [TYPE_TEXT] = {"(", " <> '')"},
                      [TYPE_NUMBER_ANSWER] = {"ifnull(", " <> 0, 0)"},
                      [TYPE_TEXT_ANSWER] = {"(ifnull(", ", '') <> '')"},
                      [TYPE_ANY] = {"x_truth(", ")"}},
	[AS_ANY] = {[TYPE_TRUTH] = {"x_flag(", ")"}},
	[AS_ANSWER] = {[TYPE_NUMBER] = {"x_answer(", ")"},
                       [TYPE_NUMBER_ANSWER] = {"x_answer(", ")"},
                       [TYPE_TEXT] = {"nullif(", ", '')"},
                       [TYPE_TRUTH] = {"iif(", ", 'true', 'false')"},
                       [TYPE_TEXT_ANSWER] = {"nullif(", ", '')"},
                       [TYPE_ANY] = {"x_answer(", ")"}},
};

static bool is_number(enum expr_type t)
{
	return t == TYPE_NUMBER || t == TYPE_NUMBER_ANSWER;
}

static bool is_text(enum expr_type t)
{
	return t == TYPE_TEXT || t == TYPE_TEXT_ANSWER;
}

static void put(struct making *m, const char *sql)
{
	sqlite3_str_appendall(m->sql, sql);
}

static void put_raw(struct making *m, const struct expr_node *n);

void expr_put(struct making *m, const struct expr_node *n, enum expr_as as)
{
	const char *before = convert[as][n->type].before, *after = convert[as][n->type].after;

	put(m, before ? before : "");
	put_raw(m, n);
	put(m, after ? after : "");
}

/* ---- operators ------------------------------------------------------------------------------------------ */

/* n operands from first on, halved again and again: a long run is not deep. */
static void put_run(struct making *m, const struct expr_node *first, size_t n, const char *sign,
                    enum expr_as as)
{
	size_t half = n / 2, i;

	if (n == 1) {
		expr_put(m, first, as);
		return;
	}
	put(m, "(");
	put_run(m, first, half, sign, as);
	put(m, sign);
	for (i = 0; i < half; i++)
		first = first->next;
	put_run(m, first, n - half, sign, as);
	put(m, ")");
}

static void put_two(struct making *m, const struct expr_node *n, enum expr_as as,
                    const char *before, const char *between, const char *after)
{
	put(m, before);
	expr_put(m, n->first, as);
	put(m, between);
	expr_put(m, n->first->next, as);
	put(m, after);
}

static void put_equal(struct making *m, const struct expr_node *n)
{
	enum expr_type a = n->first->type, b = n->first->next->type;
	bool equal = n->op == OP_EQ, number = a == TYPE_NUMBER || b == TYPE_NUMBER;

	if (a == TYPE_TRUTH || b == TYPE_TRUTH)
		put_two(m, n, AS_TRUTH, "(", equal ? " = " : " <> ", ")");
	else if (number && a != TYPE_ANY && b != TYPE_ANY)
		put_two(m, n, AS_NUMBER, "ifnull(", equal ? " = " : " <> ",
		        equal ? ", 0)" : ", 1)");
	else if (is_text(a) && is_text(b))
		put_two(m, n, AS_TEXT, "(", equal ? " = " : " <> ", ")");
	else if (is_number(a) && is_number(b))
		put_two(m, n, AS_ANY, "(", equal ? " IS " : " IS NOT ", ")");
	else
		put_two(m, n, AS_ANY, equal ? "x_equal(" : "(NOT x_equal(", ", ",
		        number  ? equal ? ", 1)" : ", 1))"
		        : equal ? ", 0)"
		                : ", 0))");
}

static void put_operator(struct making *m, const struct expr_node *n)
{
	static const char *const sign[] = {[OP_OR] = " OR ", [OP_AND] = " AND ", [OP_LE] = " <= ",
	                                   [OP_GE] = " >= ", [OP_LT] = " < ",    [OP_GT] = " > ",
	                                   [OP_ADD] = " + ", [OP_SUB] = " - ",   [OP_MUL] = " * "};

	switch (n->op) {
	case OP_OR:
	case OP_AND:
		put_run(m, n->first, n->n, sign[n->op], AS_TRUTH);
		return;
	case OP_ADD:
		put_run(m, n->first, n->n, sign[n->op], AS_NUMBER);
		return;
	case OP_EQ:
	case OP_NE:
		put_equal(m, n);
		return;
	case OP_SUB:
	case OP_MUL:
		put_two(m, n, AS_NUMBER, "(", sign[n->op], ")");
		return;
	case OP_DIV:
	case OP_MOD:
		put_two(m, n, AS_NUMBER, n->op == OP_DIV ? "x_div(" : "x_mod(", ", ", ")");
		return;
	case OP_NEG:
		put(m, "(-");
		expr_put(m, n->first, AS_NUMBER);
		put(m, ")");
		return;
	default:
		put_two(m, n, AS_NUMBER, "ifnull(", sign[n->op], ", 0)");
	}
}

/* ---- choices -------------------------------------------------------------------------------------------- */

static bool named(const char *text, size_t len, const char *name)
{
	return len == strlen(name) && !strncmp(text, name, len);
}

static void put_column(struct making *m, const char *name, size_t len)
{
	char lower[SHEET_COLUMN_MAX];
	size_t i;

	if (named(name, len, "name")) {
		sqlite3_str_appendf(m->sql, "c%u.name", m->items);
	} else if (named(name, len, "label") || named(name, len, "itextId")) {
		sqlite3_str_appendf(m->sql, "x_label(c%u.label, %Q)", m->items, m->f->lang);
	} else {
		/* the names of sheets' columns are kept in lower case */
		for (i = 0; i < len && i + 1 < sizeof lower; i++)
			lower[i] = (char)tolower((unsigned char)name[i]);
		lower[i] = 0;
		sqlite3_str_appendf(m->sql, "(c%u.more ->> %Q)", m->items, lower);
	}
}

/* FROM and WHERE of the choices of n; the caller's m->items names them. */
static void put_items_from(struct making *m, const struct expr_node *n)
{
	const struct expr_node *condition;

	sqlite3_str_appendf(m->sql, " FROM choice c%u WHERE c%u.form = %lld AND c%u.list = '%.*q'",
	                    m->items, m->items, (long long)m->f->id, m->items, (int)n->text_len,
	                    n->text);
	for (condition = n->first; condition; condition = condition->next) {
		put(m, " AND ");
		expr_put(m, condition, AS_TRUTH);
	}
}

static void put_items(struct making *m, const struct expr_node *n)
{
	m->items++;
	put(m, "(SELECT ");
	put_column(m, n->column ? n->column : "name", n->column ? n->column_len : 4);
	put_items_from(m, n);
	sqlite3_str_appendf(m->sql, " ORDER BY c%u.ord LIMIT 1)", m->items);
	m->items--;
}

static void put_choice_name(struct making *m, const struct expr_node *n)
{
	unsigned c = m->items + 1;

	sqlite3_str_appendf(m->sql,
	                    "ifnull((SELECT x_label(c%u.label, %Q) FROM choice c%u WHERE"
	                    " c%u.form = %lld AND c%u.list = %Q AND c%u.name = ",
	                    c, m->f->lang, c, c, (long long)m->f->id, c, m->f->q[n->q].list, c);
	expr_put(m, n->first, AS_TEXT);
	put(m, " LIMIT 1), '')");
}

/* ---- calls ---------------------------------------------------------------------------------------------- */

/* The SELECT of an aggregate over all that n stands for: before, then each value as wanted. What
 * follows up to end_all() closes before. */
static void begin_all(struct making *m, const struct expr_node *n, enum expr_as as,
                      const char *before)
{
	const char *open = convert[as][n->type].before, *close = convert[as][n->type].after;

	sqlite3_str_appendf(m->sql, "(SELECT %s%s", before, open ? open : "");
	if (n->op == OP_ITEMS) {
		m->items++;
		put_column(m, n->column ? n->column : "name", n->column ? n->column_len : 4);
	} else {
		put(m, "value");
	}
	put(m, close ? close : "");
}

static void end_all(struct making *m, const struct expr_node *n)
{
	if (n->op == OP_ITEMS) {
		put_items_from(m, n);
		m->items--;
		put(m, ")");
	} else {
		sqlite3_str_appendf(m->sql, " FROM json_each(?%u))", (unsigned)n->ref);
	}
}

static void put_aggregate(struct making *m, const struct expr_node *n, enum expr_as as,
                          const char *before, const char *after)
{
	begin_all(m, n, as, before);
	put(m, after);
	end_all(m, n);
}

static void put_extreme(struct making *m, const struct expr_node *n)
{
	bool least = n->fn->special == CALL_MIN;
	const struct expr_node *a;

	put(m, least ? "x_least(" : "x_greatest(");
	for (a = n->first; a; a = a->next) {
		if (a->rows)
			put_aggregate(m, a, AS_NUMBER, least ? "min(" : "max(", ")");
		else
			expr_put(m, a, AS_NUMBER);
		put(m, a->next ? ", " : ")");
	}
}

/* concat() and join(): each text, or the texts of all rows. */
static void put_join(struct making *m, const struct expr_node *n)
{
	static const struct expr_node nothing = {.op = OP_TEXT, .type = TYPE_TEXT, .text = ""};
	const struct expr_node *between = n->fn->name[0] == 'j' ? n->first : &nothing, *a;

	put(m, "concat_ws(");
	expr_put(m, between, AS_TEXT);
	for (a = between == n->first ? n->first->next : n->first; a; a = a->next) {
		put(m, ", ");
		if (!a->rows) {
			expr_put(m, a, AS_TEXT);
			continue;
		}
		begin_all(m, a, AS_TEXT, "ifnull(group_concat(");
		put(m, ", ");
		expr_put(m, between, AS_TEXT);
		put(m, "), '')");
		end_all(m, a);
	}
	put(m, ")");
}

static void put_count(struct making *m, const struct expr_node *n)
{
	const struct expr_node *a = n->first;
	bool answers = n->fn->special == CALL_COUNT_ANSWERS;

	if (n->ref) { /* rows of a repeat */
		sqlite3_str_appendf(m->sql, "?%u", (unsigned)n->ref);
	} else if (a->rows && answers) {
		put_aggregate(m, a, AS_TEXT, "count(nullif(", ", ''))");
	} else if (a->rows) {
		put(m, "(SELECT count(*)");
		m->items += a->op == OP_ITEMS;
		end_all(m, a);
	} else if (answers) {
		put(m, "(");
		expr_put(m, a, AS_TEXT);
		put(m, " <> '')");
	} else {
		put(m, "1");
	}
}

static enum expr_as as_of(enum expr_type t)
{
	return t == TYPE_TRUTH    ? AS_TRUTH
	       : t == TYPE_TEXT   ? AS_TEXT
	       : t == TYPE_NUMBER ? AS_NUMBER
	                          : AS_ANY;
}

static void put_arg(struct making *m, const struct expr_node *n, size_t i)
{
	const struct expr_node *a = n->first;
	char kind = n->fn->args[i];

	while (i--)
		a = a->next;
	expr_put(m, a,
	         kind == 'n'   ? AS_NUMBER
	         : kind == 's' ? AS_TEXT
	         : kind == 'b' ? AS_TRUTH
	                       : as_of(n->type));
}

/* Which argument "%1" at p stands for, from 1; 0: it is no such sign. */
static size_t argument_at(const char *p)
{
	return p[0] == '%' && isdigit((unsigned char)p[1]) ? (size_t)(p[1] - '0') : 0;
}

/* The function's SQL with the arguments; those that may be missing come last, and go with the
 * comma before them. */
static void put_plain(struct making *m, const struct expr_node *n)
{
	const char *p = n->fn->sql;

	while (*p) {
		if (!strncmp(p, ", ", 2) && argument_at(p + 2) > n->n) {
			p += 4;
		} else if (argument_at(p)) {
			put_arg(m, n, argument_at(p) - 1);
			p += 2;
		} else {
			sqlite3_str_appendchar(m->sql, 1, *p++);
		}
	}
}

static void put_call(struct making *m, const struct expr_node *n)
{
	const struct expr_node *a = n->first;

	switch (n->fn->special) {
	case CALL_JOIN:
		put_join(m, n);
		return;
	case CALL_MIN:
	case CALL_MAX:
		put_extreme(m, n);
		return;
	case CALL_SUM:
		if (a->rows)
			put_aggregate(m, a, AS_NUMBER, "total(", ")");
		else
			expr_put(m, a, AS_NUMBER);
		return;
	case CALL_COUNT:
	case CALL_COUNT_ANSWERS:
		put_count(m, n);
		return;
	case CALL_ONCE:
		sqlite3_str_appendf(m->sql, "ifnull(nullif(?%u, ''), ", (unsigned)n->ref);
		expr_put(m, a, as_of(n->type));
		put(m, ")");
		return;
	case CALL_INDEXED:
		sqlite3_str_appendf(m->sql, "(SELECT value FROM json_each(?%u) WHERE key = ",
		                    (unsigned)n->ref);
		put(m, "x_math('trunc', ");
		expr_put(m, a->next->next, AS_NUMBER);
		put(m, ") - 1)");
		return;
	case CALL_CHOICE_NAME:
		put_choice_name(m, n);
		return;
	case CALL_TODAY:
	case CALL_NOW:
	case CALL_ID:
	case CALL_PLACE:
		if (n->ref)
			sqlite3_str_appendf(m->sql, "?%u", (unsigned)n->ref);
		else
			put(m, "1"); /* the place of what is in no repeat */
		return;
	default:
		put_plain(m, n);
	}
}

static void put_raw(struct making *m, const struct expr_node *n)
{
	switch (n->op) {
	case OP_NUMBER:
		sqlite3_str_append(m->sql, n->text, (int)n->text_len);
		return;
	case OP_TEXT:
		sqlite3_str_appendf(m->sql, "'%.*q'", (int)n->text_len, n->text);
		return;
	case OP_NAME:
	case OP_SELF:
		sqlite3_str_appendf(m->sql,
		                    n->rows ? "(SELECT value FROM json_each(?%u) LIMIT 1)" : "?%u",
		                    (unsigned)n->ref);
		return;
	case OP_COLUMN:
		put_column(m, n->text, n->text_len);
		return;
	case OP_ITEMS:
		put_items(m, n);
		return;
	case OP_CALL:
		put_call(m, n);
		return;
	default:
		put_operator(m, n);
	}
}
