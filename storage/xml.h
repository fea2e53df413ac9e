/* xml.h - XML that need not be trusted: events, or a small tree.
 *
 * By expat, which is told to refuse a document type: neither entities nor anything outside the file is
 * ever read. Names come without their prefixes. All is bounded by the constants here.
 */
#ifndef STORAGE_XML_H
#define STORAGE_XML_H

#include "storage/buf.h"

#define XML_DEPTH_MAX 100                /* elements within each other */
#define XML_TAG_MAX (1024 * 1024)        /* bytes of one tag with its attributes */
#define XML_NODES_MAX 1000000            /* elements of a tree: 100,000 choices in five languages */
#define XML_TREE_MAX (64u * 1024 * 1024) /* bytes of text and attributes in a tree */

/* ---- events --------------------------------------------------------------------------------- */

struct xml_events {
	/* A nonzero return ends the reading and is returned. attr: name, value, ... NULL; borrowed. */
	int (*start)(void *arg, const char *name, const char **attr);
	int (*end)(void *arg, const char *name);
	int (*text)(void *arg, const char *text, size_t len); /* in pieces */
};
struct xml_reader;
int xml_open(const struct xml_events *on, void *arg, struct xml_reader **out);
/* The next piece of the document; last: there is no more. ERR_BAD "line N: ...". Sticky. */
int xml_feed(struct xml_reader *x, const void *data, size_t len, int last);
void xml_close(struct xml_reader *x);                      /* NULL is allowed */
const char *xml_attr(const char **attr, const char *name); /* NULL: there is none */

/* ---- a tree ----------------------------------------------------------------------------------- */

#define XML_MARK '\1' /* which XML itself cannot hold */

struct xml_node {
	const char *name;
	const char **attr; /* as above */
	const char
		*text; /* of this element itself, with XML_MARK where another stands within; "" */
	struct xml_node *up, *first, *last, *next;
	size_t line;
};
struct xml_tree;
/* All in one piece; owned by the caller: xml_tree_free(). ERR_BAD, ERR_TOOBIG. */
int xml_tree_read(const void *data, size_t len, struct xml_tree **out);
void xml_tree_free(struct xml_tree *t); /* NULL is allowed */
struct xml_node *xml_root(const struct xml_tree *t);
/* The first element of that name directly within n, or behind n beside it; NULL: there is none. */
struct xml_node *xml_child(const struct xml_node *n, const char *name);
struct xml_node *xml_sibling(const struct xml_node *n, const char *name);
const char *xml_get(const struct xml_node *n, const char *attr); /* "" when there is none */
/* Text as content or attribute, escaped; what XML cannot hold is left out. */
void xml_put(struct buf *out, const char *text);

#endif
