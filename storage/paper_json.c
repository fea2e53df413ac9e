/* paper_json.c - answers out of a JSON object (RFC 8259), with the rows of repeats. */
#include "storage/err.h"
#include "storage/json_read.h"
#include "storage/paper_row.h"

#include <string.h>

struct reading {
	struct paper *p;
	struct json_read j;
	int (*refused)(void *arg, size_t row, size_t q); /* or NULL */
	void *arg;
};

static void read_object(struct reading *g, size_t row);

/* What goes wrong with an answer ends the reading too. */
static void note(struct reading *g, int rc)
{
	if (rc && !g->j.rc)
		g->j.rc = rc;
}

/* The text of a member of the object that comes next, and still does; out empty when there is none. */
static int find_member(const struct json_read *at, const char *name, struct buf *out)
{
	struct json_read j = *at;
	struct buf key = {0};
	bool found = false;

	buf_reset(out);
	for (json_read_begin(&j, '{'); !found && json_read_key(&j, &key);) {
		char next = json_read_peek(&j);

		found = !strcmp(buf_cstr(&key), name) && next != '{' && next != '[';
		if (found)
			json_read_text(&j, out);
		else
			json_read_skip(&j);
	}
	buf_release(&key);
	return j.rc;
}

int paper_json_text(const char *json, const char *name, struct buf *out)
{
	struct json_read j;

	json_read_open(&j, json);
	return find_member(&j, name, out);
}

/* ---- answers ---------------------------------------------------------------------------------------------- */

static int answer(struct reading *g, size_t row, size_t q, const char *text)
{
	size_t of;
	int rc;

	if (!paper_row_of(g->p, row, g->p->f->plan->repeat[q], &of) || of != row)
		return err(ERR_BAD,
		           "%s does not belong here: it is in a repeat, or outside this one",
		           g->p->f->q[q].name);
	if (paper_cell(g->p, row, q)->given)
		return err(ERR_BAD, "%s is answered twice", g->p->f->q[q].name);
	rc = paper_answer(g->p, row, q, text);
	if (g->refused && (rc == ERR_BAD || rc == ERR_NOTFOUND))
		rc = g->refused(g->arg, row, q);
	return rc;
}

/* ["a", "b"] are several choices. */
static void read_several(struct reading *g, size_t row, size_t q)
{
	struct buf all = {0}, one = {0};

	for (json_read_begin(&g->j, '['); json_read_item(&g->j);) {
		json_read_text(&g->j, &one);
		buf_printf(&all, "%s%s", all.len ? " " : "", buf_cstr(&one));
	}
	if (!g->j.rc)
		note(g, answer(g, row, q, buf_cstr(&all)));
	buf_release(&all);
	buf_release(&one);
}

/* A row of repeat q: there, where it is not 0; else a new one, or the one that its _id says. */
static void read_row(struct reading *g, size_t parent, size_t q, size_t there)
{
	struct buf id = {0}, drop = {0};
	struct answer a = {.name = g->p->f->q[q].name};
	size_t row = parent;

	if (there) {
		read_object(g, there);
		return;
	}
	note(g, find_member(&g->j, "_id", &id));
	if (!g->j.rc)
		note(g, find_member(&g->j, "_drop", &drop));
	a.value = buf_cstr(&id);
	if (!g->j.rc)
		note(g, paper_fill_row(g->p, q, a.value, &row));
	if (!g->j.rc && !strcmp(buf_cstr(&drop), "true")) {
		if (id.len)
			paper_drop_row(g->p, row);
		json_read_skip(&g->j);
	} else if (!g->j.rc) {
		read_object(g, row);
	}
	buf_release(&id);
	buf_release(&drop);
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

static void read_rows(struct reading *g, size_t parent, size_t q)
{
	size_t there = g->p->submitted ? paper_next_row(g->p, parent, q, 0) : 0, next;

	if (g->p->f->plan->repeat[q] != g->p->row[parent].repeat) {
		note(g,
		     err(ERR_BAD, "%s does not belong here: it is in a repeat, or outside this one",
		         g->p->f->q[q].name));
	} else if (json_read_peek(&g->j) == 'n') { /* null */
		json_read_skip(&g->j);
	} else if (json_read_peek(&g->j) != '[') {
		read_row(g, parent, q, 0);
	} else {
		for (json_read_begin(&g->j, '['); json_read_item(&g->j); there = next) {
			next = there ? paper_next_row(g->p, parent, q, there) : 0;
			read_row(g, parent, q, there);
		}
		if (!g->j.rc)
			drop_rest(g, parent, q, there);
	}
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

static void read_member(struct reading *g, size_t row, const char *key)
{
	const struct question *q = form_question(g->p->f, key);
	struct answer unknown = {.name = key};
	struct buf text = {0};
	size_t i = q ? (size_t)(q - g->p->f->q) : 0;
	char next = json_read_peek(&g->j);

	if (passed_over(g, key, q)) {
		json_read_skip(&g->j);
	} else if (!q) {
		note(g, paper_fill(g->p, &unknown, 1)); /* for its message */
	} else if (q->type == Q_REPEAT) {
		read_rows(g, row, i);
	} else if (q->type == Q_GROUP && next == '{') {
		read_object(g, row);
	} else if (!q->col) { /* a note */
		json_read_skip(&g->j);
	} else if (next == '[') {
		read_several(g, row, i);
	} else {
		json_read_text(&g->j, &text);
		if (!g->j.rc)
			note(g, answer(g, row, i, buf_cstr(&text)));
	}
	buf_release(&text);
}

static void read_object(struct reading *g, size_t row)
{
	struct buf key = {0};

	for (json_read_begin(&g->j, '{'); json_read_key(&g->j, &key);)
		read_member(g, row, buf_cstr(&key));
	buf_release(&key);
}

int paper_fill_json(struct paper *p, const char *json)
{
	return paper_fill_json_all(p, json, NULL, NULL);
}

int paper_fill_json_all(struct paper *p, const char *json,
                        int (*fn)(void *arg, size_t row, size_t q), void *arg)
{
	struct reading g = {.p = p, .refused = fn, .arg = arg};

	json_read_open(&g.j, json);
	read_object(&g, 0);
	return json_read_end(&g.j);
}
