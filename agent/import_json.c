/* import_json.c - an import's rows as lines of JSON: what a CSV file cannot hold, repeats. */
#include "agent/import.h"

#include "storage/err.h"
#include "storage/origin.h"

#include <stdlib.h>
#include <string.h>

bool import_is_json(const struct buf *text)
{
	const char *p = (const char *)text->data;
	size_t i = 0;

	while (i < text->len && strchr(" \t\r\n", p[i]))
		i++;
	return i < text->len && p[i] == '{';
}

static char *line_of(const struct import_row *r)
{
	char *line = strndup(r->raw, r->raw_len);

	if (!line)
		err(ERR_NOMEM, "out of memory");
	return line;
}

/* The submission that the line is of another program (odk.h); instance is empty when it is none. */
struct submission {
	struct buf instance, was;
	struct origin_match here;
};

static void submission_release(struct submission *sub)
{
	buf_release(&sub->instance);
	buf_release(&sub->was);
}

static int find_submission(struct import *im, const char *line, struct submission *out)
{
	int rc = paper_json_text(line, "_instance", &out->instance);

	if (!rc && out->instance.len)
		rc = paper_json_text(line, "_was", &out->was);
	if (!rc && out->instance.len)
		rc = origin_find(im->ctx->s, im->a.form, buf_cstr(&out->instance),
		                 buf_cstr(&out->was), &out->here);
	return rc;
}

static int named_unit(struct import *im, const char *line, struct buf *out)
{
	int rc = paper_json_text(line, "_unit", out);

	if (!rc && !out->len && im->unit_from)
		rc = paper_json_text(line, im->unit_from, out);
	if (!rc && !out->len && !form_question(im->a.form, "unit"))
		rc = paper_json_text(line, "unit", out);
	return rc;
}

int import_json_unit(struct import *im, struct import_row *r)
{
	struct submission sub = {0};
	struct buf unit = {0};
	char *line = line_of(r);
	int rc = line ? paper_json_text(line, "_file", &unit) : ERR_NOMEM;

	if (!rc && unit.len)
		rc = err(ERR_BAD, "this line stands for what is in %s: mend it there",
		         buf_cstr(&unit));
	buf_reset(&unit);
	if (!rc)
		rc = find_submission(im, line, &sub);
	if (!rc && sub.here.what == ORIGIN_EDITED && sub.here.unit)
		rc = import_check_unit(im, sub.here.unit);
	if (!rc && sub.here.unit)
		r->unit = sub.here.unit;
	else if (!rc)
		rc = named_unit(im, line, &unit);
	if (!rc && !sub.here.unit)
		rc = import_set_unit(im, r, buf_cstr(&unit));
	if (rc == ERR_BAD || rc == ERR_DENIED || rc == ERR_TOOBIG)
		rc = import_reject(im, r, import_unread());
	buf_release(&unit);
	submission_release(&sub);
	free(line);
	return rc;
}

/* The record as it will be: a new one, or the one that the submission was before. */
static int open_paper(struct import *im, const struct import_row *r, const struct submission *sub,
                      struct paper **out)
{
	int rc = sub->here.record ? paper_load(im->ctx->s, im->a.form, sub->here.record, out)
	                          : paper_new(im->ctx->s, im->a.form, r->unit, out);

	if (!rc && sub->instance.len)
		paper_submitted(*out);
	return rc;
}

static int save_line(struct import *im, struct import_row *r, const char *line,
                     const struct submission *sub, struct tx *tx, int64_t *id)
{
	struct paper *p = NULL;
	int rc = open_paper(im, r, sub, &p);

	if (!rc)
		rc = paper_fill_json(p, line);
	if (!rc)
		rc = paper_work_out(p);
	if (!rc)
		rc = paper_check(p);
	if (!rc)
		rc = paper_save(tx, p, im->person, id);
	if (!rc && sub->instance.len)
		rc = origin_add(tx, *id, (const char *)sub->instance.data,
		                sub->was.len ? (const char *)sub->was.data : "");
	paper_free(p);
	return rc;
}

int import_json_save(struct import *im, struct import_row *r, struct tx *tx, int64_t *id)
{
	struct submission sub = {0};
	char *line = line_of(r);
	int rc = line ? find_submission(im, line, &sub) : ERR_NOMEM;

	r->known = !rc && sub.here.what >= ORIGIN_RELATED;
	if (!rc && sub.here.what == ORIGIN_RELATED)
		rc = origin_add(tx, sub.here.record, buf_cstr(&sub.instance), buf_cstr(&sub.was));
	else if (!rc && !r->known)
		rc = save_line(im, r, line, &sub, tx, id);
	submission_release(&sub);
	free(line);
	return rc;
}

void import_json_reject(const struct import_row *r, const char *why, struct buf *out)
{
	const char *rest;
	size_t open = 0;

	while (open < r->raw_len && r->raw[open] != '{')
		open++;
	buf_str(out, "{\"error\": \"");
	for (; *why; why++)
		buf_str(out,
		        *why == '"' || *why == '\\' ? (char[]){'\\', *why, 0} : (char[]){*why, 0});
	rest = open + 1 < r->raw_len ? r->raw + open + 1 : "}";
	rest += strspn(rest, " \t");
	buf_str(out, *rest == '}' ? "\"" : "\", ");
	if (open == r->raw_len) { /* not even an object: kept for whoever mends it */
		buf_str(out, "\"line\": ");
		open = 0;
	} else {
		open++;
	}
	buf_add(out, r->raw + open, r->raw_len - open);
	buf_u8(out, '\n');
}
