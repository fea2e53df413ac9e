/* xml.c - expat behind bounds; a tree of what it reads. */
#include "storage/xml.h"
#include "storage/err.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

struct xml_reader {
	XML_Parser p; /* owned */
	struct xml_events on;
	void *arg;
	size_t depth;
	uint64_t fed, seen; /* bytes; up to the last event */
	int rc;
};

static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

static void stop(struct xml_reader *x, int rc)
{
	x->seen = (uint64_t)XML_GetCurrentByteIndex(x->p);
	if (!rc || x->rc)
		return;
	x->rc = rc;
	XML_StopParser(x->p, XML_FALSE);
}

static void XMLCALL on_start(void *arg, const char *name, const char **attr)
{
	struct xml_reader *x = arg;

	if (x->rc)
		return;
	if (++x->depth > XML_DEPTH_MAX)
		stop(x, err(ERR_TOOBIG, "elements are more than %d deep", XML_DEPTH_MAX));
	else
		stop(x, x->on.start(x->arg, local(name), attr));
}

static void XMLCALL on_end(void *arg, const char *name)
{
	struct xml_reader *x = arg;

	if (x->rc)
		return;
	x->depth--;
	stop(x, x->on.end(x->arg, local(name)));
}

static void XMLCALL on_text(void *arg, const char *text, int len)
{
	struct xml_reader *x = arg;

	if (!x->rc)
		stop(x, x->on.text(x->arg, text, (size_t)len));
}

static void XMLCALL on_doctype(void *arg, const char *name, const char *sysid, const char *pubid,
                               int internal)
{
	(void)name, (void)sysid, (void)pubid, (void)internal;
	stop(arg, err(ERR_BAD, "a document type (DOCTYPE) is not allowed"));
}

int xml_open(const struct xml_events *on, void *arg, struct xml_reader **out)
{
	struct xml_reader *x = calloc(1, sizeof *x);

	*out = NULL;
	if (x)
		x->p = XML_ParserCreate(NULL);
	if (!x || !x->p) {
		free(x);
		return err(ERR_NOMEM, "out of memory");
	}
	x->on = *on;
	x->arg = arg;
	XML_SetUserData(x->p, x);
	XML_SetElementHandler(x->p, on_start, on_end);
	XML_SetCharacterDataHandler(x->p, on_text);
	XML_SetStartDoctypeDeclHandler(x->p, on_doctype);
	*out = x;
	return 0;
}

int xml_feed(struct xml_reader *x, const void *data, size_t len, int last)
{
	enum XML_Status got;

	if (x->rc)
		return x->rc;
	got = XML_Parse(x->p, data ? data : "", (int)len, last);
	x->fed += len;
	if (got == XML_STATUS_ERROR && !x->rc && XML_GetErrorCode(x->p) == XML_ERROR_NO_MEMORY)
		x->rc = err(ERR_NOMEM, "out of memory");
	else if (got == XML_STATUS_ERROR && !x->rc)
		x->rc = err(ERR_BAD, "this is not XML: %s",
		            XML_ErrorString(XML_GetErrorCode(x->p)));
	else if (!x->rc && x->fed - x->seen > len + XML_TAG_MAX)
		x->rc = err(ERR_TOOBIG, "a tag is longer than %d bytes", XML_TAG_MAX);
	else
		return x->rc;
	if (x->rc != ERR_NOMEM)
		err(x->rc, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(x->p),
		    err_text());
	return x->rc;
}

void xml_close(struct xml_reader *x)
{
	if (x)
		XML_ParserFree(x->p);
	free(x);
}

const char *xml_attr(const char **attr, const char *name)
{
	for (; *attr; attr += 2)
		if (!strcmp(local(attr[0]), name))
			return attr[1];
	return NULL;
}

/* ---- a tree ----------------------------------------------------------------------------------- */

#define CHUNK (64 * 1024) /* bytes taken from the system at a time */

struct chunk {
	struct chunk *next;
	size_t used, cap;
	char data[];
};

struct xml_tree {
	struct chunk *chunks; /* owned; all that the tree holds lies in them */
	struct xml_node *root, *at;
	struct xml_reader *x;
	struct buf text[XML_DEPTH_MAX + 1]; /* of the elements that are open */
	size_t depth, nodes, bytes;
};

static void *take(struct xml_tree *t, size_t len)
{
	struct chunk *c = t->chunks;
	size_t cap;
	void *p;

	len = (len + 7) & ~(size_t)7;
	if (!c || c->cap - c->used < len) {
		cap = len > CHUNK ? len : CHUNK;
		c = malloc(sizeof *c + cap);
		if (!c) {
			err(ERR_NOMEM, "out of memory");
			return NULL;
		}
		*c = (struct chunk){.next = t->chunks, .cap = cap};
		t->chunks = c;
	}
	p = c->data + c->used;
	c->used += len;
	return p;
}

static int keep(struct xml_tree *t, const char *text, size_t len, const char **out)
{
	char *p;

	t->bytes += len;
	if (t->bytes > XML_TREE_MAX)
		return err(ERR_TOOBIG, "the file holds more than %u bytes of text", XML_TREE_MAX);
	p = take(t, len + 1);
	if (!p)
		return ERR_NOMEM;
	memcpy(p, text, len);
	p[len] = 0;
	*out = p;
	return 0;
}

static int keep_attrs(struct xml_tree *t, const char **attr, struct xml_node *n)
{
	size_t count = 0, i;
	int rc = 0;

	while (attr[count])
		count++;
	n->attr = take(t, (count + 1) * sizeof *n->attr);
	if (!n->attr)
		return ERR_NOMEM;
	for (i = 0; i < count && !rc; i++) {
		const char *text = i % 2 ? attr[i] : local(attr[i]);

		rc = keep(t, text, strlen(text), &n->attr[i]);
	}
	n->attr[count] = NULL;
	return rc;
}

static int tree_start(void *arg, const char *name, const char **attr)
{
	struct xml_tree *t = arg;
	struct xml_node *n;
	int rc;

	if (++t->nodes > XML_NODES_MAX)
		return err(ERR_TOOBIG, "the file holds more than %d elements", XML_NODES_MAX);
	n = take(t, sizeof *n);
	if (!n)
		return ERR_NOMEM;
	*n = (struct xml_node){.up = t->at, .text = "", .line = XML_GetCurrentLineNumber(t->x->p)};
	if (!t->at)
		t->root = n;
	else if (t->at->last)
		t->at->last->next = n;
	else
		t->at->first = n;
	if (t->at)
		t->at->last = n;
	if (t->depth)
		buf_u8(&t->text[t->depth - 1], XML_MARK);
	t->at = n;
	buf_reset(&t->text[t->depth++]);
	rc = keep(t, name, strlen(name), &n->name);
	return rc ? rc : keep_attrs(t, attr, n);
}

static int tree_end(void *arg, const char *name)
{
	struct xml_tree *t = arg;
	struct buf *text = &t->text[--t->depth];
	struct xml_node *n = t->at;

	(void)name;
	t->at = n->up;
	if (text->err)
		return text->err;
	return text->len ? keep(t, (const char *)text->data, text->len, &n->text) : 0;
}

static int tree_text(void *arg, const char *text, size_t len)
{
	struct xml_tree *t = arg;
	struct buf *b = &t->text[t->depth - 1];

	if (b->len + len > XML_TREE_MAX)
		return err(ERR_TOOBIG, "the file holds more than %u bytes of text", XML_TREE_MAX);
	buf_add(b, text, len);
	return b->err;
}

int xml_tree_read(const void *data, size_t len, struct xml_tree **out)
{
	static const struct xml_events on = {tree_start, tree_end, tree_text};
	struct xml_tree *t = calloc(1, sizeof *t);
	const char *p = data;
	size_t i, n;
	int rc = t ? 0 : err(ERR_NOMEM, "out of memory");

	*out = NULL;
	if (!rc)
		rc = xml_open(&on, t, &t->x);
	for (i = 0; !rc && (i < len || !len); i += n) {
		n = len - i < CHUNK ? len - i : CHUNK;
		rc = xml_feed(t->x, p + i, n, i + n == len);
		if (!len)
			break;
	}
	for (i = 0; t && i <= XML_DEPTH_MAX; i++)
		buf_release(&t->text[i]);
	if (t) {
		xml_close(t->x);
		t->x = NULL;
	}
	if (rc)
		xml_tree_free(t);
	else
		*out = t;
	return rc;
}

void xml_tree_free(struct xml_tree *t)
{
	struct chunk *c, *next;

	for (c = t ? t->chunks : NULL; c; c = next) {
		next = c->next;
		free(c);
	}
	free(t);
}

struct xml_node *xml_root(const struct xml_tree *t)
{
	return t->root;
}

static struct xml_node *named(struct xml_node *n, const char *name)
{
	while (n && strcmp(n->name, name))
		n = n->next;
	return n;
}

struct xml_node *xml_child(const struct xml_node *n, const char *name)
{
	return n ? named(n->first, name) : NULL;
}

struct xml_node *xml_sibling(const struct xml_node *n, const char *name)
{
	return named(n->next, name);
}

const char *xml_get(const struct xml_node *n, const char *attr)
{
	const char *value = n ? xml_attr(n->attr, attr) : NULL;

	return value ? value : "";
}

void xml_put(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			buf_str(out, "&amp;");
		else if (*text == '<')
			buf_str(out, "&lt;");
		else if (*text == '>')
			buf_str(out, "&gt;");
		else if (*text == '"')
			buf_str(out, "&quot;");
		else if (*text == '\r') /* as it stands it would be read as a line's end */
			buf_str(out, "&#13;");
		else if ((unsigned char)*text >= ' ' || *text == '\n' || *text == '\t')
			buf_u8(out, (unsigned char)*text);
	}
}
