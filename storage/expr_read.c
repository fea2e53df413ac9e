/* expr_read.c - the text of an expression into a tree: XPath 1.0 section 3, as XLSForms use it. */
#include "storage/expr_tree.h"
#include "storage/err.h"
#include "storage/value.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	const char *text, *p;
	struct expr_node *pool;
	size_t used, cap;
	unsigned depth;
	bool names; /* a plain name is a column of the choices around */
	int rc;
};

static struct expr_node *read_expr(struct reading *g, int level);

static const struct {
	const char *sign;
	int level;
	bool word;
} operators[] = {
	[OP_OR] = {"or", 1, true},   [OP_AND] = {"and", 2, true}, [OP_EQ] = {"=", 3, false},
	[OP_NE] = {"!=", 3, false},  [OP_LE] = {"<=", 4, false},  [OP_GE] = {">=", 4, false},
	[OP_LT] = {"<", 4, false},   [OP_GT] = {">", 4, false},   [OP_ADD] = {"+", 5, false},
	[OP_SUB] = {"-", 5, false},  [OP_MUL] = {"*", 6, false},  [OP_DIV] = {"div", 6, true},
	[OP_MOD] = {"mod", 6, true},
};
#define OPERATORS (sizeof operators / sizeof *operators)
#define LEVEL_UNARY 7
#define TREE_DEPTH_MAX 150 /* operators within each other: SQLite takes 200 */

int expr_bad(const char *text, const char *at)
{
	char shown[SHOWN_LEN];
	unsigned n = 1;
	const char *p;

	for (p = text; p < at; p++)
		n += ((unsigned char)*p & 0xc0) != 0x80;
	if (!*at)
		return err(ERR_BAD, "%s (at the end)", err_text());
	return err(ERR_BAD, "%s (character %u: %s)", err_text(), n, value_shown(at, shown));
}

/* Keeps the first thing that is wrong; the text of it was recorded. */
static struct expr_node *fail(struct reading *g, const char *at)
{
	if (!g->rc)
		g->rc = expr_bad(g->text, at);
	return NULL;
}

static bool is_name_start(unsigned char c)
{
	return isalpha(c) || c == '_' || c >= 0x80;
}

static bool is_name_char(unsigned char c)
{
	return is_name_start(c) || isdigit(c) || c == '-' || c == '.';
}

static const char no_break[] = "\xc2\xa0"; /* which editors put for a space */

static void skip_space(struct reading *g)
{
	while (*g->p && (strchr(" \t\r\n", *g->p) || !strncmp(g->p, no_break, 2)))
		g->p += *g->p == no_break[0] ? 2 : 1;
}

/* "jr:choice-name" is one name. */
static size_t name_len(const char *p)
{
	size_t n = 0;

	if (!is_name_start((unsigned char)*p) || !strncmp(p, no_break, 2))
		return 0;
	while (is_name_char((unsigned char)p[n]) && strncmp(p + n, no_break, 2))
		n++;
	if (p[n] == ':' && is_name_start((unsigned char)p[n + 1]))
		n += 1 + name_len(p + n + 1);
	return n;
}

static bool take(struct reading *g, const char *sign)
{
	skip_space(g);
	if (strncmp(g->p, sign, strlen(sign)))
		return false;
	g->p += strlen(sign);
	return true;
}

/* There are as many nodes as bytes of text, and each takes one at least. */
static struct expr_node *node(struct reading *g, enum expr_op op, const char *at)
{
	struct expr_node *n = g->rc || g->used == g->cap ? NULL : g->pool + g->used++;

	if (n) {
		n->op = op;
		n->at = at;
	}
	return n;
}

static void add_child(struct reading *g, struct expr_node *parent, struct expr_node *child)
{
	struct expr_node **end = &parent->first;

	if (!child)
		return;
	while (*end)
		end = &(*end)->next;
	*end = child;
	parent->n++;
	if (child->depth >= parent->depth)
		parent->depth = child->depth + 1;
	if (parent->depth > TREE_DEPTH_MAX && !g->rc) {
		err(ERR_BAD,
		    "the expression is too deep: give a part of it a calculation of its own");
		fail(g, parent->at);
	}
}

static struct expr_node *want(struct reading *g, const char *sign, struct expr_node *n)
{
	if (g->rc || take(g, sign))
		return g->rc ? NULL : n;
	err(ERR_BAD, "'%s' is missing", sign);
	return fail(g, g->p);
}

/* ---- literals ---------------------------------------------------------------------------------------- */

static struct expr_node *read_number(struct reading *g)
{
	struct expr_node *n = node(g, OP_NUMBER, g->p);
	size_t len = strspn(g->p, "0123456789");

	if (g->p[len] == '.')
		len += 1 + strspn(g->p + len + 1, "0123456789");
	if (n) {
		n->text = g->p;
		n->text_len = len;
	}
	g->p += len;
	return n;
}

/* Bytes of a quotation mark of either kind at p, straight or as spreadsheets round it; 0: none. */
static size_t quote_at(const char *p, char kind)
{
	static const char single[2][4] = {"\u2018", "\u2019"}, twice[2][4] = {"\u201c", "\u201d"};
	const char(*round)[4] = kind == '\'' ? single : twice;

	if (*p == kind)
		return 1;
	return !strncmp(p, round[0], 3) || !strncmp(p, round[1], 3) ? 3 : 0;
}

static struct expr_node *read_text(struct reading *g, char kind)
{
	struct expr_node *n = node(g, OP_TEXT, g->p);
	size_t open = quote_at(g->p, kind);
	const char *from = g->p + open, *p;

	for (p = from; *p && !(open == 1 ? *p == kind : quote_at(p, kind) > 0); p++)
		;
	if (!*p) {
		err(ERR_BAD, "a quotation mark is not closed");
		return fail(g, g->p);
	}
	if (n) {
		n->text = from;
		n->text_len = (size_t)(p - from);
	}
	g->p = p + quote_at(p, kind);
	return n;
}

/* ---- questions and paths ------------------------------------------------------------------------------- */

static struct expr_node *no_brackets(struct reading *g, struct expr_node *n)
{
	skip_space(g);
	if (*g->p != '[' && *g->p != '/' && *g->p != '|')
		return n;
	err(ERR_BAD, "'%c' may stand only after instance('LIST')/root/item", *g->p);
	return fail(g, g->p);
}

/* ${name} */
static struct expr_node *read_question(struct reading *g)
{
	struct expr_node *n = node(g, OP_NAME, g->p);
	const char *at = g->p;

	g->p += 2;
	skip_space(g);
	if (n) {
		n->text = g->p;
		n->text_len = name_len(g->p);
		g->p += n->text_len;
	}
	skip_space(g);
	if (n && n->text_len && *g->p == '}') {
		g->p++;
		return no_brackets(g, n);
	}
	err(ERR_BAD, "a question is written ${name}");
	return fail(g, at);
}

/* What follows ".", ".." or "current()", or an absolute path: steps up, then names, of which the
 * last is meant, for a question's name is its form's only one. */
static struct expr_node *read_path(struct reading *g, const char *at, size_t up, bool step)
{
	struct expr_node *n = node(g, OP_UP, at);
	size_t len;

	while (step && n) {
		skip_space(g);
		len = name_len(g->p);
		if (!strncmp(g->p, "..", 2) && n->op == OP_UP) {
			up++;
			g->p += 2;
		} else if (*g->p == '.' && g->p[1] != '.') {
			g->p++;
		} else if (len) {
			n->op = OP_NAME;
			n->text = g->p;
			n->text_len = len;
			g->p += len;
		} else {
			err(ERR_BAD, "this step of the path is not supported");
			return fail(g, g->p);
		}
		step = take(g, "/");
	}
	if (n && n->op == OP_UP) {
		n->n = up;
		n->op = up ? OP_UP : OP_SELF;
	}
	return no_brackets(g, n);
}

static struct expr_node *read_dots(struct reading *g)
{
	const char *at = g->p;
	size_t up = g->p[1] == '.';

	g->p += 1 + up;
	return read_path(g, at, up, take(g, "/"));
}

/* ---- calls -------------------------------------------------------------------------------------------- */

/* The step that must come next: a slash and a name, which is left in *name. */
static bool take_step(struct reading *g, const char *wanted, const char **name, size_t *len)
{
	if (!take(g, "/"))
		return false;
	skip_space(g);
	*name = g->p;
	*len = name_len(g->p);
	if (!*len || (wanted && (*len != strlen(wanted) || strncmp(g->p, wanted, *len))))
		return false;
	g->p += *len;
	return true;
}

/* What follows instance('LIST'): /root/item[condition]/column, of which list is LIST. */
static struct expr_node *read_items(struct reading *g, struct expr_node *n, struct expr_node *list)
{
	const char *name;
	bool names = g->names;
	size_t len;

	if (!list || list->op != OP_TEXT || list->next || !take_step(g, "root", &name, &len) ||
	    !take_step(g, "item", &name, &len)) {
		err(ERR_BAD,
		    "choices are looked up by instance('LIST')/root/item[CONDITION]/COLUMN");
		return fail(g, n->at);
	}
	n->op = OP_ITEMS;
	n->text = list->text;
	n->text_len = list->text_len;
	n->first = NULL;
	n->n = 0;
	while (!g->rc && take(g, "[")) {
		g->names = true;
		add_child(g, n, want(g, "]", read_expr(g, 0)));
		g->names = names;
	}
	n->column = take_step(g, NULL, &name, &n->column_len) ? name : NULL;
	return no_brackets(g, n);
}

static struct expr_node *check_call(struct reading *g, struct expr_node *n)
{
	if (expr_function_of(n))
		return fail(g, n->at);
	if (n->fn->self && !n->n)
		add_child(g, n, node(g, OP_SELF, n->at));
	return n;
}

static bool called(const struct expr_node *n, const char *name)
{
	return n->text_len == strlen(name) && !strncmp(n->text, name, n->text_len);
}

static struct expr_node *read_call(struct reading *g, const char *name, size_t len)
{
	struct expr_node *n = node(g, OP_CALL, name), *arg;

	if (!n)
		return NULL;
	n->text = name;
	n->text_len = len;
	if (!take(g, ")")) {
		do {
			arg = read_expr(g, 0);
			if (g->rc)
				return NULL;
			add_child(g, n, arg);
		} while (take(g, ","));
		if (!want(g, ")", n))
			return NULL;
	}
	if (called(n, "instance"))
		return read_items(g, n, n->first);
	if (called(n, "current") && !n->n)
		return read_path(g, name, 0, take(g, "/"));
	return check_call(g, n) ? no_brackets(g, n) : NULL;
}

static struct expr_node *read_name(struct reading *g)
{
	const char *name = g->p;
	size_t len = name_len(name);
	struct expr_node *n;
	char shown[SHOWN_LEN];

	g->p += len;
	if (take(g, "("))
		return read_call(g, name, len);
	if (!g->names) {
		snprintf(shown, sizeof shown, "%.*s", (int)(len < 40 ? len : 40), name);
		err(ERR_BAD, "'%s' is not understood: a question is written ${%s}, a text '%s'",
		    shown, shown, shown);
		return fail(g, name);
	}
	n = node(g, OP_COLUMN, name);
	if (n) {
		n->text = name;
		n->text_len = len;
	}
	return no_brackets(g, n);
}

/* ---- operators ------------------------------------------------------------------------------------------ */

static struct expr_node *read_primary(struct reading *g)
{
	const char *at;

	skip_space(g);
	at = g->p;
	if (*at == '(') {
		g->p++;
		return want(g, ")", read_expr(g, 0));
	}
	if (isdigit((unsigned char)*at) || (*at == '.' && isdigit((unsigned char)at[1])))
		return read_number(g);
	if (quote_at(at, '\'') || quote_at(at, '"'))
		return read_text(g, quote_at(at, '\'') ? '\'' : '"');
	if (!strncmp(at, "${", 2))
		return read_question(g);
	if (*at == '.')
		return read_dots(g);
	if (*at == '/' && name_len(at + 1)) {
		g->p++;
		return read_path(g, at, 0, true);
	}
	if (name_len(at))
		return read_name(g);
	err(ERR_BAD, "a value is missing");
	return fail(g, at);
}

/* The operator at g->p that binds at level or closer; it is left behind g->p. */
static bool take_operator(struct reading *g, int level, enum expr_op *op)
{
	size_t i, len;

	skip_space(g);
	for (i = 0; i < OPERATORS; i++) {
		len = strlen(operators[i].sign);
		if (operators[i].level < level || strncmp(g->p, operators[i].sign, len) ||
		    (operators[i].word && is_name_char((unsigned char)g->p[len]) &&
		     strncmp(g->p + len, no_break, 2)))
			continue;
		*op = (enum expr_op)i;
		g->p += len;
		return true;
	}
	return false;
}

static struct expr_node *read_unary(struct reading *g)
{
	struct expr_node *n;
	const char *at;
	bool minus = false;

	for (skip_space(g), at = g->p; take(g, "-");)
		minus = !minus;
	if (!minus)
		return read_primary(g);
	n = node(g, OP_NEG, at);
	if (n)
		add_child(g, n, read_primary(g));
	return g->rc ? NULL : n;
}

/* A run of "or", of "and" or of "+" is one node, so that a long one is not deep. */
static struct expr_node *join(struct reading *g, enum expr_op op, const char *at,
                              struct expr_node *left, struct expr_node *right,
                              struct expr_node **run)
{
	struct expr_node *n;

	if (g->rc || !left || !right)
		return NULL;
	if (left == *run && left->op == op && (op <= OP_AND || op == OP_ADD)) {
		add_child(g, left, right);
		return left;
	}
	n = node(g, op, at);
	if (!n)
		return NULL;
	add_child(g, n, left);
	add_child(g, n, right);
	*run = n;
	return n;
}

static struct expr_node *read_expr(struct reading *g, int level)
{
	struct expr_node *left, *run = NULL;
	enum expr_op op;
	const char *at;

	if (g->depth == EXPR_DEPTH_MAX) {
		err(ERR_BAD, "brackets and calls are more than %d deep", EXPR_DEPTH_MAX);
		return fail(g, g->p);
	}
	g->depth++;
	skip_space(g);
	at = g->p;
	left = read_unary(g);
	while (!g->rc && take_operator(g, level, &op))
		left = join(g, op, at, left,
		            operators[op].level + 1 < LEVEL_UNARY
		                    ? read_expr(g, operators[op].level + 1)
		                    : read_unary(g),
		            &run);
	g->depth--;
	return g->rc ? NULL : left;
}

int expr_read(const char *text, bool names, struct expr_node **pool, struct expr_node **root)
{
	struct reading g = {.text = text, .p = text, .names = names};

	*pool = *root = NULL;
	if (strlen(text) > EXPR_TEXT_MAX)
		return err(ERR_BAD, "the expression is longer than %d bytes", EXPR_TEXT_MAX);
	g.cap = strlen(text) + 1;
	g.pool = calloc(g.cap, sizeof *g.pool);
	if (!g.pool)
		return err(ERR_NOMEM, "out of memory");
	*root = read_expr(&g, 0);
	skip_space(&g);
	if (!g.rc && *g.p) {
		err(ERR_BAD, "the expression goes on where it should end");
		fail(&g, g.p);
	}
	if (!g.rc)
		*pool = g.pool;
	else
		free(g.pool);
	return g.rc;
}
