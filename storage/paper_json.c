/* paper_json.c - answers out of a JSON object (RFC 8259), with the rows of repeats. */
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/paper_row.h"
#include "storage/value.h"

#include <ctype.h>
#include <string.h>

#define DEPTH_MAX 32 /* objects and arrays within each other */

struct reading {
	struct paper *p; /* NULL: a member is only looked for */
	const char *text, *at;
	int depth;
};

static int read_object(struct reading *g, size_t row);

static int bad(const struct reading *g)
{
	char shown[SHOWN_LEN];
	unsigned line = 1;
	const char *c;

	for (c = g->text; c < g->at; c++)
		line += *c == '\n';
	return err(ERR_BAD, "line %u: this is not JSON: %s", line, value_shown(g->at, shown));
}

static void skip_space(struct reading *g)
{
	g->at += strspn(g->at, " \t\r\n");
}

static bool take(struct reading *g, char c)
{
	skip_space(g);
	if (*g->at != c)
		return false;
	g->at++;
	return true;
}

static int read_string(struct reading *g, struct buf *out)
{
	const char *end;

	skip_space(g);
	end = form_label_read(g->at, out);
	if (!end)
		return out->err ? out->err : bad(g);
	g->at = end;
	return 0;
}

/* A string, number, true or false; null leaves out empty. */
static int read_scalar(struct reading *g, struct buf *out)
{
	size_t len;

	skip_space(g);
	buf_reset(out);
	if (*g->at == '"')
		return read_string(g, out);
	len = strspn(g->at, "+-.0123456789abcdefghijklmnopqrstuvwxyzE");
	if (!len || (isalpha((unsigned char)*g->at) && strncmp(g->at, "true", len) &&
	             strncmp(g->at, "false", len) && strncmp(g->at, "null", len)))
		return bad(g);
	if (*g->at != 'n')
		buf_add(out, g->at, len);
	buf_cstr(out);
	g->at += len;
	return out->err;
}

/* Walks an array or object; *more is false behind its end. */
static int next_member(struct reading *g, char close, bool first, bool *more)
{
	*more = !take(g, close);
	if (!*more)
		return 0;
	return first || take(g, ',') ? 0 : bad(g);
}

static int deeper(struct reading *g)
{
	return ++g->depth > DEPTH_MAX ? err(ERR_TOOBIG, "JSON is more than %d deep", DEPTH_MAX) : 0;
}

static int skip_value(struct reading *g)
{
	struct buf text = {0};
	bool more, first = true, object;
	int rc = deeper(g);

	skip_space(g);
	object = *g->at == '{';
	if (!rc && *g->at != '{' && *g->at != '[') {
		rc = read_scalar(g, &text);
	} else if (!rc) {
		g->at++;
		for (; !(rc = next_member(g, object ? '}' : ']', first, &more)) && more;
		     first = false) {
			if (object && (rc = read_string(g, &text)))
				break;
			if (object && !take(g, ':'))
				rc = bad(g);
			if (!rc)
				rc = skip_value(g);
			if (rc)
				break;
		}
	}
	g->depth--;
	buf_release(&text);
	return rc;
}

/* The text of a member of the object at g->at, which stays where it is; out empty when there is none. */
static int find_member(const struct reading *at, const char *name, struct buf *out)
{
	struct reading g = *at;
	struct buf key = {0};
	bool more, first = true, found = false;
	int rc = take(&g, '{') ? 0 : bad(&g);

	buf_reset(out);
	for (; !rc && !found && !(rc = next_member(&g, '}', first, &more)) && more; first = false) {
		rc = read_string(&g, &key);
		if (!rc && !take(&g, ':'))
			rc = bad(&g);
		skip_space(&g);
		found = !rc && !strcmp(buf_cstr(&key), name) && *g.at != '{' && *g.at != '[';
		if (!rc)
			rc = found ? read_scalar(&g, out) : skip_value(&g);
	}
	buf_release(&key);
	return rc;
}

int paper_json_text(const char *json, const char *name, struct buf *out)
{
	struct reading g = {.text = json, .at = json};

	return find_member(&g, name, out);
}

/* ---- answers ---------------------------------------------------------------------------------------------- */

static int answer(struct reading *g, size_t row, size_t q, const char *text)
{
	size_t of;

	if (!paper_row_of(g->p, row, g->p->f->plan->repeat[q], &of) || of != row)
		return err(ERR_BAD,
		           "%s does not belong here: it is in a repeat, or outside this one",
		           g->p->f->q[q].name);
	if (paper_cell(g->p, row, q)->given)
		return err(ERR_BAD, "%s is answered twice", g->p->f->q[q].name);
	return paper_answer(g->p, row, q, text);
}

/* ["a", "b"] are several choices. */
static int read_several(struct reading *g, size_t row, size_t q)
{
	struct buf all = {0}, one = {0};
	bool more, first = true;
	int rc = 0;

	for (g->at++; !rc && !(rc = next_member(g, ']', first, &more)) && more; first = false) {
		rc = read_scalar(g, &one);
		if (!rc)
			buf_printf(&all, "%s%s", first ? "" : " ", buf_cstr(&one));
	}
	if (!rc)
		rc = answer(g, row, q, buf_cstr(&all));
	buf_release(&all);
	buf_release(&one);
	return rc;
}

/* A row of repeat q: there, where it is not 0; else a new one, or the one that its _id says. */
static int read_row(struct reading *g, size_t parent, size_t q, size_t there)
{
	struct buf id = {0}, drop = {0};
	struct answer a = {.name = g->p->f->q[q].name};
	size_t row = parent;
	int rc;

	if (there)
		return read_object(g, there);
	rc = find_member(g, "_id", &id);
	if (!rc)
		rc = find_member(g, "_drop", &drop);
	a.value = buf_cstr(&id);
	if (!rc)
		rc = paper_fill_row(g->p, q, a.value, &row);
	if (!rc && !strcmp(buf_cstr(&drop), "true")) {
		if (id.len)
			paper_drop_row(g->p, row);
		rc = skip_value(g);
	} else if (!rc) {
		rc = read_object(g, row);
	}
	buf_release(&id);
	buf_release(&drop);
	return rc;
}

/* The rows from there on, which a submission does not have any more. */
static void drop_rest(struct reading *g, size_t parent, size_t q, size_t there)
{
	size_t next;

	for (; there; there = next) {
		next = paper_next_row(g->p, parent, q, there);
		paper_drop_row(g->p, there);
	}
}

static int read_rows(struct reading *g, size_t parent, size_t q)
{
	size_t there = g->p->submitted ? paper_next_row(g->p, parent, q, 0) : 0, next;
	bool more, first = true;
	int rc = 0;

	if (g->p->f->plan->repeat[q] != g->p->row[parent].repeat)
		return err(ERR_BAD,
		           "%s does not belong here: it is in a repeat, or outside this one",
		           g->p->f->q[q].name);
	skip_space(g);
	if (!strncmp(g->at, "null", 4))
		return skip_value(g);
	if (*g->at != '[')
		return read_row(g, parent, q, 0);
	for (g->at++; !rc && !(rc = next_member(g, ']', first, &more)) && more; first = false) {
		next = there ? paper_next_row(g->p, parent, q, there) : 0;
		rc = read_row(g, parent, q, there);
		there = next;
	}
	if (!rc)
		drop_rest(g, parent, q, there);
	return rc;
}

/* What a record is shown with besides its answers, and what is computed: no answers. */
static bool passed_over(const struct reading *g, const char *key, const struct question *q)
{
	static const char *const known[] = {"id",   "form",    "unit",  "person", "version",
	                                    "held", "same_as", "error", NULL};
	size_t i;

	if (q && g->p->submitted)
		return false;
	if (q)
		return q->type == Q_CALCULATE || q->expr[FORM_CALCULATION];
	for (i = 0; known[i]; i++)
		if (!strcmp(key, known[i]))
			return true;
	return *key == '_';
}

static int read_member(struct reading *g, size_t row, const char *key)
{
	const struct question *q = form_question(g->p->f, key);
	struct answer unknown = {.name = key};
	struct buf text = {0};
	size_t i = q ? (size_t)(q - g->p->f->q) : 0;
	int rc;

	if (passed_over(g, key, q))
		return skip_value(g);
	if (!q)
		return paper_fill(g->p, &unknown, 1); /* for its message */
	skip_space(g);
	if (q->type == Q_REPEAT)
		return read_rows(g, row, i);
	if (q->type == Q_GROUP && *g->at == '{')
		return read_object(g, row);
	if (!q->col)
		return skip_value(g); /* a note */
	if (*g->at == '[')
		return read_several(g, row, i);
	rc = read_scalar(g, &text);
	if (!rc)
		rc = answer(g, row, i, buf_cstr(&text));
	buf_release(&text);
	return rc;
}

static int read_object(struct reading *g, size_t row)
{
	struct buf key = {0};
	bool more, first = true;
	int rc = deeper(g);

	if (!rc && !take(g, '{'))
		rc = bad(g);
	for (; !rc && !(rc = next_member(g, '}', first, &more)) && more; first = false) {
		rc = read_string(g, &key);
		if (!rc && !take(g, ':'))
			rc = bad(g);
		if (!rc)
			rc = read_member(g, row, buf_cstr(&key));
	}
	g->depth--;
	buf_release(&key);
	return rc;
}

int paper_fill_json(struct paper *p, const char *json)
{
	struct reading g = {.p = p, .text = json, .at = json};
	int rc = read_object(&g, 0);

	skip_space(&g);
	return !rc && *g.at ? bad(&g) : rc;
}
