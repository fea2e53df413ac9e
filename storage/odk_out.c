/* odk_out.c - a record as an instance. */
#include "storage/err.h"
#include "storage/odk.h"
#include "storage/origin.h"
#include "storage/xml.h"

#include <stdio.h>
#include <string.h>

struct writing {
	const struct odk_out *o;
	const struct paper *p;
	struct buf *out;
	struct buf value;
};

/* xsd:time has seconds. Whether they are ours is told by their fraction, which ODK always writes. */
static void put_time(struct buf *out, enum qtype type, const char *text)
{
	size_t n = strlen(text);

	if (type == Q_DATETIME)
		n -= n > 11 ? 11 : n;
	buf_printf(out, "%s%s", text, n > 5 ? ".000" : ":00");
}

static int put_value(struct writing *w, const struct question *q, const char *text)
{
	int rc = 0;

	buf_reset(&w->value);
	if (q->type == Q_TIME || q->type == Q_DATETIME)
		put_time(&w->value, q->type, text);
	else if (q->type == Q_RECORD)
		rc = w->o->link(w->o->arg, q, text, &w->value);
	else
		buf_str(&w->value, text);
	xml_put(w->out, buf_cstr(&w->value));
	return rc;
}

static int put_within(struct writing *w, size_t row, size_t in);

static int put_element(struct writing *w, size_t row, size_t q)
{
	const struct question *it = &w->o->f->q[q];
	const char *text = it->col ? paper_stored(w->p, row, q) : NULL;
	int rc = 0;

	if (it->col && !text) {
		buf_printf(w->out, "<%s/>", it->name);
		return 0;
	}
	buf_printf(w->out, "<%s>", it->name);
	rc = it->col ? put_value(w, it, text) : put_within(w, row, q + 1);
	buf_printf(w->out, "</%s>", it->name);
	return rc;
}

/* The questions of group or repeat in (its index plus 1; 0: the record), in the form's order. Of a repeat a
 * row each; a note is no answer. */
static int put_within(struct writing *w, size_t row, size_t in)
{
	size_t q, at;
	int rc = 0;

	for (q = in; !rc && q < w->o->f->nq; q++) {
		const struct question *it = &w->o->f->q[q];

		if (it->in != in || (w->o->without_personal && it->personal))
			continue;
		if (it->type == Q_REPEAT)
			for (at = paper_next_row(w->p, row, q, 0); !rc && at;
			     at = paper_next_row(w->p, row, q, at))
				rc = put_element(w, at, q);
		else if (it->col || it->type == Q_GROUP)
			rc = put_element(w, row, q);
	}
	return rc;
}

int odk_put(const struct odk_out *o, const struct paper *p, const struct record *r,
            const char *unit, struct buf *out)
{
	struct writing w = {.o = o, .p = p, .out = out};
	struct buf instance = {0};
	int rc = origin_of(o->s, r->id, &instance);

	buf_str(out,
	        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<data xmlns:cayda=\"" ODK_UNIT_XMLNS
	        "\" id=\"");
	xml_put(out, o->f->code);
	buf_printf(out, "\" version=\"%d\" cayda:unit=\"", r->version);
	xml_put(out, unit);
	buf_str(out, "\">");
	if (!rc)
		rc = put_within(&w, 0, 0);
	buf_str(out, "<orx:meta xmlns:orx=\"http://openrosa.org/xforms\"><orx:instanceID>");
	xml_put(out, buf_cstr(&instance));
	buf_str(out, "</orx:instanceID></orx:meta></data>\n");
	if (!rc)
		rc = instance.err ? instance.err : w.value.err ? w.value.err : out->err;
	buf_release(&instance);
	buf_release(&w.value);
	return rc;
}
