/* xform_list.c - an XForm's secondary instances and items as the sheet choices. */
#include "storage/csv.h"
#include "storage/err.h"
#include "storage/xform_in.h"

#include <stdlib.h>
#include <string.h>

#define EXTRAS_MAX 64 /* other columns of choices */

static int bad_list(const struct xml_node *n, const char *name)
{
	return err(ERR_BAD,
	           "line %zu: the choices of %s must be a list: instance('LIST')/root/item",
	           n->line, name);
}

/* instance('LIST')/root/item[FILTER], within randomize() or not. */
static int read_nodeset(struct xform *x, const struct xml_node *set, const char *name,
                        struct buf *list, struct buf *filter)
{
	const char *p = xml_get(set, "nodeset"), *open, *close;
	size_t n;

	(void)x;
	p += strspn(p, " ");
	if (!strncmp(p, "randomize(", 10))
		p += 10;
	p += strspn(p, " ");
	if (strncmp(p, "instance(", 9) || !p[9])
		return bad_list(set, name);
	n = strcspn(p + 10, "'\"");
	buf_add(list, p + 10, n);
	open = strchr(p, '[');
	close = strrchr(p, ']');
	if (open && close > open) {
		struct buf text = {0};

		buf_add(&text, open + 1, (size_t)(close - open) - 1);
		xform_expression(buf_cstr(&text), filter);
		buf_release(&text);
	}
	return list->err ? list->err : filter->err;
}

int xform_list(struct xform *x, struct xml_node *control, const char *name, struct buf *list,
               struct buf *filter, bool *file)
{
	struct xml_node *set = xml_child(control, "itemset");
	struct xform_entry *e;
	int rc;

	*file = false;
	if (!set && xml_child(control, "item")) {
		buf_str(list, name);
		return list->err;
	}
	if (!set)
		return bad_list(control, name);
	rc = read_nodeset(x, set, name, list, filter);
	if (rc)
		return rc;
	e = xform_find(x, XFORM_INSTANCE, buf_cstr(list), 0);
	if (!e)
		return bad_list(set, name);
	*file = !e->node->first;
	return 0;
}

/* ---- the sheet --------------------------------------------------------------------------------- */

struct extras {
	const char *name[EXTRAS_MAX];
	size_t n;
};

static bool is_own(const char *name)
{
	return !strcmp(name, "name") || !strcmp(name, "label") || !strcmp(name, "itextId") ||
	       !strcmp(name, "value") || !strcmp(name, "list_name");
}

static void find_extras(const struct xform *x, struct extras *out)
{
	const struct xml_node *item, *n;
	size_t i, k;

	for (i = 0; i < x->n; i++) {
		if (x->entry[i].kind != XFORM_INSTANCE || !x->entry[i].node->first)
			continue;
		item = x->entry[i].node->first->first;
		for (; item; item = item->next) {
			for (n = item->first; n; n = n->next) {
				for (k = 0; k < out->n && strcmp(out->name[k], n->name); k++)
					;
				if (k == out->n && k < EXTRAS_MAX && !is_own(n->name))
					out->name[out->n++] = n->name;
			}
		}
	}
}

static const char *child_text(const struct xml_node *item, const char *name)
{
	const struct xml_node *n = xml_child(item, name);

	return n ? n->text : "";
}

static int put_choice(struct xform *x, const char *list, const char *name)
{
	if (x->choices->len > XFORM_SHEET_MAX)
		return err(ERR_TOOBIG, "the choices take more than %u bytes", XFORM_SHEET_MAX);
	csv_put(x->choices, list);
	buf_str(x->choices, ",");
	csv_put(x->choices, name);
	return x->choices->err;
}

static int put_items(struct xform *x, const struct xform_entry *e, const struct extras *extras)
{
	const struct xml_node *item = e->node->first ? e->node->first->first : NULL;
	const char *label, *id;
	struct buf ref = {0};
	size_t i;
	int rc = 0;

	for (; item && !rc; item = item->next) {
		id = child_text(item, "itextId");
		buf_reset(&ref);
		buf_printf(&ref, "jr:itext('%s')", id);
		rc = put_choice(x, e->key,
		                *child_text(item, "name") ? child_text(item, "name")
		                                          : child_text(item, "value"));
		for (i = 0; i < x->nlang; i++) {
			label = *id ? xform_attr_text(x, buf_cstr(&ref), i)
			        : i ? ""
			            : child_text(item, "label");
			buf_str(x->choices, ",");
			csv_put(x->choices, label);
		}
		for (i = 0; i < extras->n; i++) {
			buf_str(x->choices, ",");
			csv_put(x->choices, child_text(item, extras->name[i]));
		}
		buf_str(x->choices, "\n");
	}
	buf_release(&ref);
	return rc;
}

/* Items that stand in a question itself: a list of the question's name. */
static int put_own_items(struct xform *x, const struct xform_entry *e, const struct extras *extras)
{
	const char *slash = strrchr(e->key, '/');
	const struct xml_node *item = xml_child(e->node, "item");
	size_t i;
	int rc = 0;

	for (; item && !rc; item = xml_sibling(item, "item")) {
		rc = put_choice(x, slash ? slash + 1 : e->key, child_text(item, "value"));
		for (i = 0; i < x->nlang; i++) {
			buf_str(x->choices, ",");
			csv_put(x->choices, xform_text(x, xml_child(item, "label"), i));
		}
		for (i = 0; i < extras->n; i++)
			buf_str(x->choices, ",");
		buf_str(x->choices, "\n");
	}
	return rc;
}

int xform_choices(struct xform *x)
{
	struct extras extras = {.n = 0};
	size_t i;
	int rc = 0;

	find_extras(x, &extras);
	buf_str(x->choices, "list_name,name");
	xform_header(x, "label", x->choices);
	for (i = 0; i < extras.n; i++) {
		buf_str(x->choices, ",");
		csv_put(x->choices, extras.name[i]);
	}
	buf_str(x->choices, "\n");
	for (i = 0; i < x->n && !rc; i++) {
		if (x->entry[i].kind == XFORM_INSTANCE)
			rc = put_items(x, &x->entry[i], &extras);
		else if (x->entry[i].kind == XFORM_CONTROL)
			rc = put_own_items(x, &x->entry[i], &extras);
	}
	return rc ? rc : x->choices->err;
}
