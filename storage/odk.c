/* odk.c - submissions on their way in: lines of JSON; and instance XML. */
#include "storage/odk.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/form_plan.h"
#include "storage/odk_in.h"
#include "storage/origin.h"
#include "storage/value.h"
#include "storage/xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES_MAX 200000 /* elements of an instance: a thousand rows of two hundred questions */
#define STRANGE_MAX (4 * 1024) /* bytes of names that are told: what a person still reads */

/* ---- life --------------------------------------------------------------------------------- */

int odk_open(struct store *s, const struct form *f, const struct odk_sink *sink, struct odk **out)
{
	struct odk *o = calloc(1, sizeof *o);
	int rc = o ? plan_layout(f) : err(ERR_NOMEM, "out of memory");

	*out = NULL;
	if (rc) {
		free(o);
		return rc;
	}
	o->s = s;
	o->f = f;
	o->sink = *sink;
	*out = o;
	return 0;
}

void odk_close(struct odk *o)
{
	if (!o)
		return;
	odk_lists_free(o);
	odk_tables_free(o);
	buf_release(&o->strange);
	free(o);
}

const struct odk_counts *odk_counts(const struct odk *o)
{
	return &o->counts;
}

/* What other programs add of their own is not worth a word. */
static bool theirs(const char *name)
{
	static const char *const known[] = {"formhub", "meta", "instanceName", NULL};
	size_t i;

	for (i = 0; known[i] && strcmp(name, known[i]); i++)
		;
	return *name == '_' || known[i];
}

/* NAME_count, which an XForm has for each repeat that is counted. */
static bool counts_rows(const struct form *f, const char *name)
{
	size_t n = strlen(name), q;

	for (q = 0; n > 6 && !strcmp(name + n - 6, "_count") && q < f->nq; q++)
		if (f->q[q].type == Q_REPEAT && strlen(f->q[q].name) == n - 6 &&
		    !strncmp(f->q[q].name, name, n - 6))
			return true;
	return false;
}

int odk_strange(struct odk *o, const char *file, const char *name)
{
	const char *p = (const char *)o->strange.data;
	size_t at = 0, len = strlen(name) + 1;

	if (theirs(name) || counts_rows(o->f, name) || o->strange.len + len > STRANGE_MAX)
		return 0;
	for (; at < o->strange.len; at += strlen(p + at) + 1)
		if (!strcmp(p + at, name))
			return 0;
	buf_add(&o->strange, name, len);
	return o->strange.err ? o->strange.err : o->sink.strange(o->sink.arg, file, name);
}

/* ---- lines -------------------------------------------------------------------------------- */

void odk_key(struct buf *json, const char *name)
{
	if (json->len && json->data[json->len - 1] != '{')
		buf_u8(json, ',');
	form_label_string(json, name);
	buf_u8(json, ':');
}

static void put_fact(struct buf *json, const char *name, const char *text)
{
	if (!*text)
		return;
	odk_key(json, name);
	form_label_string(json, text);
}

int odk_begin(struct odk *o, struct odk_line *l, bool *skip)
{
	struct origin_match m = {.what = ORIGIN_NEW};
	int rc = 0;

	*skip = false;
	if (!l->at.why) {
		rc = origin_find(o->s, o->f, l->instance, l->was, &m);
		if (rc && rc != ERR_BAD && rc != ERR_DENIED)
			return rc;
		if (rc) {
			snprintf(l->why, sizeof l->why, "%s", err_text());
			l->at.why = l->why;
		}
	}
	*skip = m.what == ORIGIN_KNOWN;
	o->counts.known += *skip;
	l->whole = m.record || l->edited;
	buf_reset(&l->json);
	buf_u8(&l->json, '{');
	put_fact(&l->json, "_instance", l->instance);
	put_fact(&l->json, "_was", l->was);
	put_fact(&l->json, "_unit", l->unit);
	return l->json.err;
}

int odk_end(struct odk *o, struct odk_line *l)
{
	buf_u8(&l->json, '}');
	buf_cstr(&l->json);
	return l->json.err ? l->json.err : o->sink.line(o->sink.arg, &l->at, &l->json);
}

int odk_answer(struct odk *o, struct odk_line *l, const struct question *q, const char *text)
{
	struct buf value = {0};
	int rc = 0;

	text += strspn(text, " \t\r\n");
	if (!*text && !l->whole && !q->preset)
		return 0;
	if (*text)
		rc = odk_value(o, q, text, &value);
	odk_key(&l->json, q->name);
	form_label_string(&l->json, buf_cstr(&value));
	buf_release(&value);
	return rc ? rc : l->json.err;
}

/* Something that could not be read at all: what there is to mend is the file. */
static int unreadable(struct odk *o, struct odk_line *l)
{
	snprintf(l->why, sizeof l->why, "%s", err_text());
	l->at.why = l->why;
	buf_reset(&l->json);
	buf_u8(&l->json, '{');
	put_fact(&l->json, "_file", l->at.file);
	return odk_end(o, l);
}

/* ---- instances ------------------------------------------------------------------------------ */

struct walk {
	struct odk *o;
	struct odk_line *line;
	size_t nodes;
};

static int put_children(struct walk *w, const struct xml_node *in);

/* Is there such an element in this row of a repeat, or in the record itself? */
static bool has_element(const struct walk *w, const struct xml_node *in, const char *name)
{
	const struct question *q;
	const struct xml_node *n;

	if (xml_child(in, name))
		return true;
	for (n = in->first; n; n = n->next) {
		q = n->first ? form_question(w->o->f, n->name) : NULL;
		if (n->first && !(q && q->type == Q_REPEAT) && has_element(w, n, name))
			return true;
	}
	return false;
}

/* A row of repeat (its index plus 1), or the record. Repeats of which it has no row are told as such. */
static int put_row(struct walk *w, const struct xml_node *in, size_t repeat)
{
	const struct form *f = w->o->f;
	size_t q;
	int rc = put_children(w, in);

	for (q = 0; !rc && w->line->whole && q < f->nq; q++) {
		if (f->q[q].type != Q_REPEAT || f->plan->repeat[q] != repeat ||
		    has_element(w, in, f->q[q].name))
			continue;
		odk_key(&w->line->json, f->q[q].name);
		buf_str(&w->line->json, "[]");
	}
	return rc;
}

/* All elements of a name are the rows of one repeat. */
static int put_rows(struct walk *w, const struct xml_node *in, size_t q)
{
	const struct xml_node *row = xml_child(in, w->o->f->q[q].name);
	struct buf *json = &w->line->json;
	int rc = 0;

	if (!row)
		return 0;
	odk_key(json, row->name);
	buf_u8(json, '[');
	for (; !rc && row; row = xml_sibling(row, row->name)) {
		if (json->data && json->data[json->len - 1] == '}')
			buf_u8(json, ',');
		buf_u8(json, '{');
		rc = put_row(w, row, q + 1);
		buf_u8(json, '}');
	}
	buf_u8(json, ']');
	return rc ? rc : json->err;
}

static int put_element(struct walk *w, const struct xml_node *n)
{
	const struct question *q = form_question(w->o->f, n->name);

	if (q && q->type == Q_REPEAT)
		return 0; /* put_rows() */
	if (q && q->col)
		return odk_answer(w->o, w->line, q, n->text);
	if (!q && theirs(n->name))
		return 0;
	if (n->first)
		return put_children(w, n);
	return q || !*n->text ? 0 : odk_strange(w->o, w->line->at.file, n->name);
}

static int put_children(struct walk *w, const struct xml_node *in)
{
	const struct form *f = w->o->f;
	const struct xml_node *n;
	size_t q;
	int rc = 0;

	for (n = in->first; !rc && n; n = n->next) {
		if (++w->nodes > NODES_MAX)
			return err(ERR_TOOBIG, "the instance has more than %d elements", NODES_MAX);
		if (in->up || strcmp(n->name, "meta") != 0)
			rc = put_element(w, n);
	}
	for (q = 0; !rc && q < f->nq; q++)
		if (f->q[q].type == Q_REPEAT)
			rc = put_rows(w, in, q);
	return rc;
}

/* Is it of this form? KoboToolbox gives a form an id of its own: then its questions tell. */
static bool of_form(const struct odk *o, const struct xml_node *root, bool *instance)
{
	const char *id = xml_get(root, "id");
	char code[FORM_CODE_MAX + 1];
	const struct xml_node *n;
	size_t ours = 0, all = 0;

	*instance = *id && strcmp(root->name, "html") != 0;
	if (form_code_make(id, code) && !strcmp(code, o->f->code))
		return *instance;
	for (n = root->first; n; n = n->next) {
		if (theirs(n->name) || all > NODES_MAX / 10)
			continue;
		all++;
		ours += form_question(o->f, n->name) != NULL;
	}
	return *instance && all && ours * 2 > all;
}

struct ids {
	struct buf instance, was;
};

static void find_ids(const struct odk *o, const struct xml_node *root, const void *data, size_t len,
                     struct ids *out)
{
	static const char *const earlier[] = {"deprecatedID", "rootUuid"};
	const struct xml_node *meta = xml_child(root, "meta"), *n = xml_child(meta, "instanceID");
	uint8_t hash[HASH_LEN];
	size_t i;

	buf_str(&out->instance, n && *n->text ? n->text : xml_get(root, "instanceID"));
	if (!out->instance.len) { /* an old program's: the same text is the same submission */
		o->s->env->sha256(data, len, hash);
		buf_str(&out->instance, "sha256:");
		for (i = 0; i < HASH_LEN; i++)
			buf_printf(&out->instance, "%02x", hash[i]);
	}
	for (i = 0; i < sizeof earlier / sizeof *earlier; i++) {
		n = xml_child(meta, earlier[i]);
		if (n && *n->text && strcmp(n->text, buf_cstr(&out->instance)) != 0)
			buf_printf(&out->was, "%s%s", out->was.len ? " " : "", n->text);
	}
}

static int put_instance(struct odk *o, struct odk_line *l, const struct xml_node *root,
                        const void *data, size_t len)
{
	struct walk w = {.o = o, .line = l};
	struct ids ids = {0};
	bool skip = false;
	int rc;

	find_ids(o, root, data, len, &ids);
	l->instance = buf_cstr(&ids.instance);
	l->was = buf_cstr(&ids.was);
	l->edited = ids.was.len > 0;
	l->unit = xml_get(root, "unit");
	rc = ids.instance.err ? ids.instance.err : ids.was.err;
	if (!strcmp(xml_get(root, "encrypted"), "yes"))
		rc = err(ERR_BAD, "it is encrypted: let ODK decrypt it first");
	if (!rc)
		rc = odk_begin(o, l, &skip);
	if (!rc && !skip)
		rc = put_row(&w, root, 0);
	if (rc == ERR_BAD || rc == ERR_TOOBIG)
		rc = unreadable(o, l);
	else if (!rc && !skip)
		rc = odk_end(o, l);
	buf_release(&ids.instance);
	buf_release(&ids.was);
	return rc;
}

int odk_instance(struct odk *o, const char *file, const void *data, size_t len, bool among)
{
	struct odk_line l = {.at = {.file = file}, .instance = "", .was = "", .unit = ""};
	char shown[SHOWN_LEN];
	struct xml_tree *t = NULL;
	bool instance;
	int rc;

	rc = len > ODK_INSTANCE_MAX
	             ? err(ERR_TOOBIG, "the instance is larger than %u bytes", ODK_INSTANCE_MAX)
	             : xml_tree_read(data, len, &t);
	if (rc == ERR_BAD || rc == ERR_TOOBIG) {
		rc = unreadable(o, &l);
	} else if (!rc && of_form(o, xml_root(t), &instance)) {
		rc = put_instance(o, &l, xml_root(t), data, len);
	} else if (!rc && among) {
		o->counts.others++;
	} else if (!rc) {
		if (instance)
			err(ERR_BAD, "it is of form %s, not %s",
			    value_shown(xml_get(xml_root(t), "id"), shown), o->f->code);
		else
			err(ERR_BAD, "this is no instance of a form");
		rc = unreadable(o, &l);
	}
	xml_tree_free(t);
	buf_release(&l.json);
	return rc;
}
