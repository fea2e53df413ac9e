/* quality_check.c - records against the constraints that their form has today. */
#include "storage/err.h"
#include "storage/paper_row.h"
#include "storage/quality_in.h"

#include <string.h>

/* The form's own words, or what it demands. */
static int tell(struct quality *q, const struct paper *p, size_t c, const char *value)
{
	const struct question *of = &q->form->q[c];
	struct buf why = {0};
	struct finding f = {.kind = QUALITY_IMPOSSIBLE,
	                    .form = q->form->code,
	                    .record = p->id,
	                    .unit = p->unit,
	                    .question = of->name,
	                    .value = value};
	int rc = form_label(of->message[FORM_CHECK_MESSAGE], q->of->lang, &why);

	if (!rc && !why.len)
		buf_str(&why, of->expr[FORM_CHECK]);
	f.why = buf_cstr(&why);
	rc = why.err ? why.err : q->fn(q->arg, &f);
	buf_release(&why);
	return rc;
}

static int check(struct quality *q, struct paper *p)
{
	size_t row, c;
	bool good;
	int rc = paper_work_out(p);

	for (row = 0; !rc && row < p->nrow; row++) {
		for (c = 0; !rc && c < q->form->nq; c++) {
			const char *value;

			if (!q->form->q[c].expr[FORM_CHECK] || !paper_holds(p, row, c))
				continue;
			value = paper_value(p, row, c);
			if (!value)
				continue;
			rc = paper_true(p, row, c, FORM_CHECK, true, &good);
			if (!rc && !good)
				rc = tell(q, p, c, value);
		}
	}
	return rc;
}

int quality_constraints(struct quality *q)
{
	struct paper *p;
	sqlite3_stmt *st;
	bool any = false;
	size_t i;
	int rc;

	for (i = 0; i < q->form->nq; i++)
		any |= q->form->q[i].expr[FORM_CHECK] != NULL;
	if (!any)
		return 0;
	rc = quality_sql(q, &st,
	                 "SELECT f._id FROM \"f_%w\" f JOIN temp.quality_unit u"
	                 " ON u.unit = f._unit ORDER BY f._id",
	                 q->form->code);
	while (!rc && (rc = db_step(q->s, st)) == 1) {
		rc = paper_load(q->s, q->form, sqlite3_column_int64(st, 0), &p);
		if (rc)
			break;
		q->looked[QUALITY_IMPOSSIBLE]++;
		rc = check(q, p);
		paper_free(p);
	}
	sqlite3_finalize(st);
	return rc;
}
