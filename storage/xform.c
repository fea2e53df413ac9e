/* xform.c - an XForm's primary instance walked into the sheet survey. */
#include "storage/csv.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/xform_in.h"

#include <stdlib.h>
#include <string.h>

#define NODES_MAX \
	(4 * FORM_QUESTIONS_MAX) /* of the primary instance: a repeat's may be there twice */

/* A row of the survey before it is written. */
struct row {
	const char *name, *preset;
	const struct xml_node *bind, *control; /* or NULL */
	const char *appearance;
	struct buf type, filter, count;
};

static void put(struct xform *x, const char *text)
{
	buf_str(x->survey, ",");
	csv_put(x->survey, text);
}

static void put_rule(struct xform *x, const struct row *r, const char *attr)
{
	const char *text = xml_get(r->bind, attr);

	buf_reset(&x->cell);
	xform_expression(text, &x->cell);
	text = buf_cstr(&x->cell);
	if (!strcmp(attr, "required") || !strcmp(attr, "readonly"))
		text = !strcmp(text, "true()") ? "yes" : !strcmp(text, "false()") ? "" : text;
	put(x, text);
}

static int put_row(struct xform *x, struct row *r)
{
	size_t i;

	csv_put(x->survey, buf_cstr(&r->type));
	put(x, r->name);
	put_rule(x, r, "required");
	put_rule(x, r, "readonly");
	put(x, r->preset ? r->preset : "");
	put(x, r->appearance);
	put_rule(x, r, "relevant");
	put_rule(x, r, "constraint");
	put_rule(x, r, "calculate");
	put(x, r->filter.len ? buf_cstr(&r->filter) : "");
	put(x, r->count.len ? buf_cstr(&r->count) : "");
	for (i = 0; i < x->nlang; i++)
		put(x, xform_text(x, xml_child(r->control, "label"), i));
	for (i = 0; i < x->nlang; i++)
		put(x, xform_text(x, xml_child(r->control, "hint"), i));
	for (i = 0; i < x->nlang; i++)
		put(x, xform_attr_text(x, xml_get(r->bind, "constraintMsg"), i));
	for (i = 0; i < x->nlang; i++)
		put(x, xform_attr_text(x, xml_get(r->bind, "requiredMsg"), i));
	buf_str(x->survey, "\n");
	if (x->survey->len > XFORM_SHEET_MAX)
		return err(ERR_TOOBIG, "the questions take more than %u bytes", XFORM_SHEET_MAX);
	return x->survey->err ? x->survey->err : x->cell.err ? x->cell.err : x->more.err;
}

/* What a question without a control is: filled in by the device, computed, or hidden. */
static const char *hidden_type(const struct row *r)
{
	const char *load = xml_get(r->bind, "preload"), *what = xml_get(r->bind, "preloadParams");

	if (!strcmp(load, "timestamp"))
		return !strcmp(what, "end") ? "end" : "start";
	if (!strcmp(load, "date"))
		return "today";
	if (!strcmp(load, "property") && form_type_of(what, &(enum qtype){0}, NULL))
		return what;
	return *xml_get(r->bind, "calculate") ? "calculate" : "hidden";
}

static const char *input_type(const struct row *r)
{
	static const char *const same[] = {"integer",  "decimal", "date",     "time", "geopoint",
	                                   "geotrace", "barcode", "geoshape", NULL};
	const char *type = xml_get(r->bind, "type"), *colon = strrchr(type, ':');
	size_t i;

	type = colon ? colon + 1 : type;
	if (!strcmp(type, "dateTime"))
		return "datetime";
	if (!strcmp(type, "int"))
		return "integer";
	for (i = 0; same[i] && strcmp(same[i], type); i++)
		;
	if (same[i])
		return same[i];
	if (!strcmp(xml_get(r->bind, "readonly"), "true()") && !*xml_get(r->bind, "calculate") &&
	    !(r->preset && *r->preset))
		return "note";
	return "text";
}

static const char *upload_type(const struct xml_node *n)
{
	const char *kind = xml_get(n, "mediatype");

	return !strncmp(kind, "image/", 6)   ? "image"
	       : !strncmp(kind, "audio/", 6) ? "audio"
	       : !strncmp(kind, "video/", 6) ? "video"
	                                     : "file";
}

static int find_type(struct xform *x, struct row *r, struct xml_node *control)
{
	struct buf list = {0};
	const char *name = control ? control->name : "";
	bool file = false, select;
	int rc = 0;

	select = !strcmp(name, "select1") || !strcmp(name, "select") || !strcmp(name, "rank");
	if (select) {
		rc = xform_list(x, control, r->name, &list, &r->filter, &file);
		buf_printf(&r->type, "%s %s%s",
		           file                       ? "select_one_from_file"
		           : !strcmp(name, "select1") ? "select_one"
		           : !strcmp(name, "rank")    ? "rank"
		                                      : "select_multiple",
		           buf_cstr(&list), file ? ".csv" : "");
	} else {
		buf_str(&r->type, !control                   ? hidden_type(r)
		                  : !strcmp(name, "trigger") ? "acknowledge"
		                  : !strcmp(name, "range")   ? "range"
		                  : !strcmp(name, "upload")  ? upload_type(control)
		                                             : input_type(r));
	}
	buf_release(&list);
	return rc ? rc : r->type.err;
}

static const struct xml_node *bind_of(struct xform *x)
{
	const struct xform_entry *e = xform_find(x, XFORM_BIND, buf_cstr(&x->path), 0);

	return e ? e->node : NULL;
}

/* NAME_count, which only says how often a repeat is asked. */
static bool counts(struct xform *x)
{
	size_t i, n = x->path.len;

	if (n < 7 || memcmp(x->path.data + n - 6, "_count", 6))
		return false;
	for (i = x->from; i < x->from + x->repeats; i++) {
		const char *count = xml_get(x->entry[i].node, "count");

		count += strspn(count, " ");
		if (!strncmp(count, buf_cstr(&x->path), n) && !count[n + strspn(count + n, " ")])
			return true;
	}
	return false;
}

static int put_question(struct xform *x, const struct xml_node *n)
{
	struct xform_entry *e = xform_find(x, XFORM_CONTROL, buf_cstr(&x->path), 0);
	const struct xform_entry *set = xform_find(x, XFORM_SETVALUE, buf_cstr(&x->path), 0);
	struct row r = {.name = n->name, .bind = bind_of(x), .preset = n->text};
	struct buf preset = {0};
	int rc;

	if (!e && (!r.bind || counts(x)))
		return 0;
	if (set && !strstr(xml_get(set->node, "event"), "xforms-value-changed")) {
		xform_expression(xml_get(set->node, "value"), &preset);
		r.preset = buf_cstr(&preset);
	}
	r.control = e ? e->node : NULL;
	r.appearance = xml_get(r.control, "appearance");
	rc = find_type(x, &r, e ? e->node : NULL);
	if (!rc)
		rc = put_row(x, &r);
	for (; e && e < x->entry + x->n && !strcmp(e->key, buf_cstr(&x->path)) &&
	       e->kind == XFORM_CONTROL;
	     e++)
		e->used = true;
	buf_release(&preset);
	buf_release(&r.type);
	buf_release(&r.filter);
	return rc;
}

/* jr:count names a node that only counts, or any question. */
static void repeat_count(struct xform *x, const struct xml_node *repeat, struct buf *out)
{
	const char *count = xml_get(repeat, "count"), *end;
	const struct xform_entry *e;
	struct buf path = {0};

	count += strspn(count, " ");
	end = count + strcspn(count, " ");
	buf_add(&path, count, (size_t)(end - count));
	e = xform_find(x, XFORM_BIND, buf_cstr(&path), 0);
	if (e && end - count > 6 && !memcmp(end - 6, "_count", 6) &&
	    *xml_get(e->node, "calculate") && !xform_find(x, XFORM_CONTROL, e->key, 0))
		count = xml_get(e->node, "calculate");
	xform_expression(count, out);
	buf_release(&path);
}

static int put_children(struct xform *x, const struct xml_node *in);

static int put_section(struct xform *x, const struct xml_node *n)
{
	const struct xform_entry *repeat = xform_find(x, XFORM_REPEAT, buf_cstr(&x->path), 0);
	const struct xform_entry *group = xform_find(x, XFORM_GROUP, buf_cstr(&x->path), 0);
	struct row r = {.name = n->name, .bind = bind_of(x)};
	int rc;

	r.control = group    ? group->node
	            : repeat ? !strcmp(repeat->node->up->name, "group") ? repeat->node->up : NULL
	                     : NULL;
	r.appearance = xml_get(r.control, "appearance");
	buf_str(&r.type, repeat ? "begin_repeat" : "begin_group");
	if (repeat)
		repeat_count(x, repeat->node, &r.count);
	rc = put_row(x, &r);
	buf_release(&r.type);
	buf_release(&r.count);
	if (!rc)
		rc = put_children(x, n);
	r = (struct row){.name = "", .appearance = ""};
	buf_str(&r.type, repeat ? "end_repeat" : "end_group");
	if (!rc)
		rc = put_row(x, &r);
	buf_release(&r.type);
	return rc;
}

static bool is_section(struct xform *x, const struct xml_node *n)
{
	return n->first || xform_find(x, XFORM_REPEAT, buf_cstr(&x->path), 0) ||
	       (xform_find(x, XFORM_GROUP, buf_cstr(&x->path), 0) &&
	        !xform_find(x, XFORM_CONTROL, buf_cstr(&x->path), 0));
}

/* A repeat may stand there twice: its template, and a first row. */
static bool seen_before(const struct xml_node *n)
{
	const struct xml_node *first = xml_child(n->up, n->name);

	return first != n;
}

static int put_children(struct xform *x, const struct xml_node *in)
{
	size_t len = x->path.len;
	const struct xml_node *n;
	int rc = 0;

	for (n = in->first; n && !rc; n = n->next) {
		if (++x->visited > NODES_MAX)
			return err(ERR_TOOBIG, "more than %d questions", FORM_QUESTIONS_MAX);
		if (seen_before(n) || (in == x->data && !strcmp(n->name, "meta")))
			continue;
		buf_str(&x->path, "/");
		buf_str(&x->path, n->name);
		buf_cstr(&x->path);
		rc = x->path.err        ? x->path.err
		     : is_section(x, n) ? put_section(x, n)
		                        : put_question(x, n);
		x->path.len = len;
	}
	return rc;
}

static int put_survey(struct xform *x)
{
	size_t i;
	int rc;

	buf_str(x->survey, "type,name,required,read_only,default,appearance,relevant,constraint,"
	                   "calculation,choice_filter,repeat_count");
	xform_header(x, "label", x->survey);
	xform_header(x, "hint", x->survey);
	xform_header(x, "constraint_message", x->survey);
	xform_header(x, "required_message", x->survey);
	buf_str(x->survey, "\n");
	buf_str(&x->path, "/");
	buf_str(&x->path, x->data->name);
	rc = put_children(x, x->data);
	for (i = 0; i < x->n && !rc; i++)
		if (x->entry[i].kind == XFORM_CONTROL && !x->entry[i].used)
			rc = err(ERR_BAD,
			         "line %zu: %s is about %s, which the instance does not have",
			         x->entry[i].node->line, x->entry[i].node->name, x->entry[i].key);
	return rc;
}

static int put_settings(struct xform *x, struct buf *out)
{
	const struct xml_node *itext = xml_child(x->model, "itext"), *t;
	const struct xml_node *title = xml_child(xml_child(xml_root(x->tree), "head"), "title");

	buf_str(out, "form_id,form_title,default_language\n");
	csv_put(out, xml_get(x->data, "id"));
	buf_str(out, ",");
	csv_put(out, title ? title->text : "");
	buf_str(out, ",");
	for (t = itext ? itext->first : NULL; t && !*xml_get(t, "default"); t = t->next)
		;
	csv_put(out, strcmp(xml_get(t, "lang"), "default") != 0 ? xml_get(t, "lang") : "");
	buf_str(out, "\n");
	return out->err;
}

int xform_sheets(const void *data, size_t len, struct buf *survey, struct buf *choices,
                 struct buf *settings)
{
	struct xform x = {.survey = survey, .choices = choices};
	int rc = xml_tree_read(data, len, &x.tree);

	if (!rc)
		rc = xform_index(&x);
	if (!rc)
		rc = put_survey(&x);
	if (!rc)
		rc = xform_choices(&x);
	if (!rc)
		rc = put_settings(&x, settings);
	xml_tree_free(x.tree);
	free(x.entry);
	buf_release(&x.path);
	buf_release(&x.cell);
	buf_release(&x.more);
	return rc;
}
