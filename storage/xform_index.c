/* xform_index.c - what an XForm's parts are, by path. */
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/xform_in.h"

#include <stdlib.h>
#include <string.h>

static int by_key(const void *a, const void *b)
{
	const struct xform_entry *x = a, *y = b;
	int c = x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : strcmp(x->key, y->key);

	if (!c && x->lang != y->lang)
		c = x->lang < y->lang ? -1 : 1;
	return c;
}

static int by_key_and_order(const void *a, const void *b)
{
	const struct xform_entry *x = a, *y = b;
	int c = by_key(a, b);

	return c ? c : x->ord < y->ord ? -1 : 1;
}

struct xform_entry *xform_find(struct xform *x, enum xform_kind kind, const char *key, size_t lang)
{
	struct xform_entry wanted = {.kind = kind, .key = key, .lang = lang}, *e;

	e = x->n ? bsearch(&wanted, x->entry, x->n, sizeof *x->entry, by_key) : NULL;
	while (e && e > x->entry && !by_key(e, e - 1))
		e--;
	return e;
}

static int add(struct xform *x, enum xform_kind kind, const char *key, size_t lang,
               struct xml_node *n)
{
	struct xform_entry *more;

	if (!*key)
		return 0;
	if (x->n == x->cap) {
		x->cap = x->cap ? x->cap * 2 : 256;
		more = realloc(x->entry, x->cap * sizeof *more);
		if (!more)
			return err(ERR_NOMEM, "out of memory");
		x->entry = more;
	}
	x->entry[x->n] = (struct xform_entry){kind, key, lang, x->n, n, false};
	x->n++;
	return 0;
}

static int add_translation(struct xform *x, struct xml_node *t)
{
	struct xml_node *text, *v;
	const char *lang = xml_get(t, "lang");
	int rc = 0;

	if (x->nlang > XFORM_LANGUAGES_MAX)
		return err(ERR_TOOBIG, "line %zu: more than %d languages", t->line,
		           XFORM_LANGUAGES_MAX);
	x->lang[x->nlang++] = strcmp(lang, "default") != 0 ? lang : "";
	for (text = t->first; text && !rc; text = text->next) {
		for (v = text->first; v && *xml_get(v, "form"); v = v->next)
			;
		if (v)
			rc = add(x, XFORM_TEXT, xml_get(text, "id"), x->nlang - 1, v);
	}
	return rc;
}

static int add_model(struct xform *x)
{
	struct xml_node *n, *t;
	int rc = 0;

	for (n = x->model->first; n && !rc; n = n->next) {
		if (!strcmp(n->name, "bind")) {
			rc = add(x, XFORM_BIND, xml_get(n, "nodeset"), 0, n);
			if (!rc)
				rc = add(x, XFORM_BIND_ID, xml_get(n, "id"), 0, n);
		} else if (!strcmp(n->name, "setvalue")) {
			rc = add(x, XFORM_SETVALUE, xml_get(n, "ref"), 0, n);
		} else if (!strcmp(n->name, "instance") && !x->data) {
			x->data = n->first;
			if (!x->data)
				return err(ERR_BAD, "line %zu: the instance is empty", n->line);
		} else if (!strcmp(n->name, "instance")) {
			rc = add(x, XFORM_INSTANCE, xml_get(n, "id"), 0, n);
		} else if (!strcmp(n->name, "itext")) {
			for (t = n->first; t && !rc; t = t->next)
				rc = add_translation(x, t);
		}
	}
	return rc;
}

static bool is_control(const char *name)
{
	static const char *const all[] = {"input", "select1", "select", "trigger", "upload",
	                                  "range", "rank",    "secret", NULL};
	size_t i;

	for (i = 0; all[i] && strcmp(all[i], name); i++)
		;
	return all[i] != NULL;
}

/* The path that a control or group is about. */
static const char *ref_of(struct xform *x, const struct xml_node *n)
{
	const struct xform_entry *e;
	const char *ref = xml_get(n, *xml_get(n, "ref") ? "ref" : "nodeset");

	if (*ref || !*xml_get(n, "bind"))
		return ref;
	e = xform_find(x, XFORM_BIND_ID, xml_get(n, "bind"), 0);
	return e ? xml_get(e->node, "nodeset") : "";
}

static int add_body(struct xform *x, struct xml_node *in)
{
	struct xml_node *n;
	const char *ref;
	int rc = 0;

	for (n = in->first; n && !rc; n = n->next) {
		ref = ref_of(x, n);
		if (is_control(n->name) && *ref != '/')
			rc = err(ERR_BAD, "line %zu: %s has no absolute path", n->line, n->name);
		else if (is_control(n->name))
			rc = add(x, XFORM_CONTROL, ref, 0, n);
		else if (!strcmp(n->name, "setvalue"))
			rc = add(x, XFORM_SETVALUE, xml_get(n, "ref"), 0, n);
		else if (!strcmp(n->name, "repeat"))
			rc = add(x, XFORM_REPEAT, ref, 0, n);
		else if (!strcmp(n->name, "group"))
			rc = add(x, XFORM_GROUP, ref, 0, n);
		if (!rc)
			rc = add_body(x, n);
	}
	return rc;
}

int xform_index(struct xform *x)
{
	struct xml_node *root = xml_root(x->tree), *head = xml_child(root, "head");
	size_t i;
	int rc;

	x->model = xml_child(head, "model");
	x->body = xml_child(root, "body");
	if (strcmp(root->name, "html") || !x->model || !x->body)
		return err(ERR_BAD, "this is no XForm: html with a model and a body is wanted");
	x->lang[x->nlang++] = "";
	rc = add_model(x);
	if (!rc && !x->data)
		rc = err(ERR_BAD, "this is no XForm: it has no instance");
	if (!rc && x->n) /* what the body is looked up by */
		qsort(x->entry, x->n, sizeof *x->entry, by_key_and_order);
	if (!rc)
		rc = add_body(x, x->body);
	if (!rc && x->n)
		qsort(x->entry, x->n, sizeof *x->entry, by_key_and_order);
	for (i = 0; i < x->n; i++) {
		if (x->entry[i].kind < XFORM_REPEAT)
			x->from = i + 1;
		x->repeats += x->entry[i].kind == XFORM_REPEAT;
	}
	if (!rc && x->repeats > FORM_QUESTIONS_MAX)
		rc = err(ERR_TOOBIG, "more than %d questions", FORM_QUESTIONS_MAX);
	return rc;
}
