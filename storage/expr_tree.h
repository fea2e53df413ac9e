/* expr_tree.h - an expression between text and SQL; for expr*.c only. */
#ifndef STORAGE_EXPR_TREE_H
#define STORAGE_EXPR_TREE_H

#include "storage/expr.h"

#include <sqlite3.h>

/* What the SQL of a node gives. */
enum expr_type {
	TYPE_NUMBER,        /* NULL is NaN */
	TYPE_TEXT,          /* never NULL */
	TYPE_TRUTH,         /* 0 or 1 */
	TYPE_NUMBER_ANSWER, /* NULL is the empty string */
	TYPE_TEXT_ANSWER,   /* the same */
	TYPE_ANY /* a number, a text, a truth as x_flag() gives it, NULL: the empty string */
};

enum expr_op {
	/* operators, in the order of expr_read.c's table */
	OP_OR,
	OP_AND,
	OP_EQ,
	OP_NE,
	OP_LE,
	OP_GE,
	OP_LT,
	OP_GT,
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_MOD,
	OP_NEG,
	OP_NUMBER, /* text is the digits */
	OP_TEXT,   /* text without its quotes */
	OP_NAME,   /* ${text}, or a path that ends so; resolved: question q */
	OP_SELF,   /* . */
	OP_UP,     /* n times .. */
	OP_COLUMN, /* text is a column of the choices around it */
	OP_ITEMS, /* choices of list text that fulfil all operands; column is what is taken of them */
	OP_CALL   /* of the function text */
};

struct expr_node {
	enum expr_op op;
	enum expr_type type; /* once resolved */
	const char *at;      /* where it begins in the cell, for messages */
	const char *text;    /* see above; text_len bytes */
	size_t text_len;
	struct expr_node *first, *next; /* operands or arguments; the next of its parent's */
	size_t n;                       /* how many of them; OP_UP: how often */
	unsigned depth;                 /* of the tree below */
	const struct expr_function *fn; /* OP_CALL */
	const char *column;             /* OP_ITEMS: the name after the brackets, or NULL */
	size_t column_len;
	size_t q;   /* OP_NAME, resolved: index of the question */
	size_t ref; /* parameter, from 1; 0: none */
	bool rows;  /* OP_NAME: of several rows; OP_ITEMS always */
};

#define EXPR_ARGS_ANY 100 /* as many as SQLite is given in one call */
enum expr_special {
	CALL_PLAIN, /* sql says all */
	CALL_IF,
	CALL_COALESCE,
	CALL_ONCE,
	CALL_JOIN,
	CALL_SUM,
	CALL_MIN,
	CALL_MAX,
	CALL_COUNT,
	CALL_COUNT_ANSWERS,
	CALL_INDEXED,
	CALL_PLACE,
	CALL_TODAY,
	CALL_NOW,
	CALL_ID,
	CALL_CHOICE_NAME,
	CALL_ITEXT,
	CALL_REGEX
};
struct expr_function {
	const char *name;
	unsigned char min, max; /* arguments */
	bool self;              /* without its only argument it is about "." */
	enum expr_special special;
	enum expr_type type;
	const char
		*args; /* n number, s text, b truth, a any: of each, the last of all that follow */
	const char *sql; /* %1 %2 ... stand for the arguments, each once */
};

/* expr_call.c: finds the function of an OP_CALL; ERR_BAD, without the place, when there is none or
 * it takes other arguments. */
int expr_function_of(struct expr_node *n);

/* expr_sql.c */
enum expr_as { AS_NUMBER, AS_TEXT, AS_TRUTH, AS_ANY, AS_ANSWER };
struct making {
	const struct expr_form *f;
	sqlite3_str *sql;
	unsigned items; /* the choices at hand are those that SQL calls c0, c1... */
};
/* Appends the SQL of a node that was resolved, of what it gives made what is wanted. */
void expr_put(struct making *m, const struct expr_node *n, enum expr_as as);

/* expr_read.c: text into a tree in pool (the caller frees it). names: plain names are columns. */
int expr_read(const char *text, bool names, struct expr_node **pool, struct expr_node **root);
/* ERR_BAD: the text recorded last, with where in the cell it happened. */
int expr_bad(const char *text, const char *at);

#endif
