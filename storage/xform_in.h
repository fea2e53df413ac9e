/* xform_in.h - an XForm that is being read; for xform*.c only. */
#ifndef STORAGE_XFORM_IN_H
#define STORAGE_XFORM_IN_H

#include "storage/xform.h"
#include "storage/xml.h"

#include <stdbool.h>

enum xform_kind {
	XFORM_BIND,     /* by nodeset */
	XFORM_BIND_ID,  /* by id */
	XFORM_CONTROL,  /* of the body, by ref */
	XFORM_GROUP,    /* likewise */
	XFORM_REPEAT,   /* by nodeset */
	XFORM_SETVALUE, /* by ref: defaults that are computed */
	XFORM_TEXT,     /* itext, by id and language */
	XFORM_INSTANCE  /* secondary, by id */
};
struct xform_entry {
	enum xform_kind kind;
	const char *key; /* borrowed from the tree */
	size_t lang;     /* of a text */
	size_t ord;      /* the first of several counts */
	struct xml_node *node;
	bool used;
};
struct xform {
	struct xml_tree *tree; /* owned */
	struct xml_node *model, *body, *data;
	struct xform_entry *entry; /* n, sorted, owned */
	size_t n, cap;
	const char *lang[1 + XFORM_LANGUAGES_MAX]; /* of texts; 0: those without one */
	size_t nlang;
	struct buf path; /* of the node at hand */
	struct buf cell, more;
	size_t visited;       /* nodes of the primary instance */
	size_t from, repeats; /* entries of repeats: the first, and how many */
	struct buf *survey, *choices;
};

/* xform_index.c: finds model, body and data, and what is in them. ERR_BAD. */
int xform_index(struct xform *x);
/* The first of its key; NULL: there is none. */
struct xform_entry *xform_find(struct xform *x, enum xform_kind kind, const char *key, size_t lang);

/* xform_text.c: an expression at the node of that path, as XLSForms write it. Appended. */
void xform_expression(const char *expr, struct buf *out);
/* The text of a label, hint or value in a language, or what an attribute says; "" when there is none.
 * Until the next call. */
const char *xform_text(struct xform *x, const struct xml_node *n, size_t lang);
const char *xform_attr_text(struct xform *x, const char *value, size_t lang);
/* The column's name in every language, each with a comma before it: ,label::English (en) */
void xform_header(struct xform *x, const char *base, struct buf *out);

/* xform_list.c: choices of a select, its list's name and filter. */
int xform_list(struct xform *x, struct xml_node *control, const char *name, struct buf *list,
               struct buf *filter, bool *file);
int xform_choices(struct xform *x);

#endif
