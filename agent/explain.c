/* explain.c - a figure down to the records that it counts. */
#include "agent/i18n.h"
#include "agent/explain.h"
#include "agent/shown.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/value.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define QUESTIONS_MAX 16 /* of a record: more do not fit on a line */

struct test {
	struct ctx *ctx;
	const struct explain *of;
	struct unit unit;
	struct explained e;
	struct answers a;        /* of the form */
	size_t q[QUESTIONS_MAX]; /* what tells a record, then what the indicator reads of it */
	size_t nq;
	struct buf title, counted, expr[2];
	struct table table;
	struct json json;
};

/* ---- the indicator -------------------------------------------------------------------------------- */

void explain_counted(const struct definition *d, struct buf *out)
{
	buf_reset(out);
	if (!strcmp(d->latest_by, "_id"))
		buf_str(out, _("every record"));
	else if (!strcmp(d->latest_by, "_unit"))
		buf_str(out, _("the latest record of each unit"));
	else
		buf_printf(out, _("the latest record of each %s"), d->latest_by);
}

void explain_json(struct json *j, const struct definition *d)
{
	size_t i;

	json_kstr(j, "code", d->code);
	json_key(j, "label");
	json_object(j);
	for (i = 0; i < d->nname; i++)
		json_kstr(j, d->name[i].lang, d->name[i].text);
	json_end(j);
	json_kstr(j, "form", d->form);
	json_kstr(j, "latest_by", d->latest_by);
	json_kstr(j, "numerator", d->numerator);
	json_kstr(j, "denominator", *d->denominator ? d->denominator : NULL);
	json_kstr(j, "counts", d->counts);
	json_kstr(j, "direction", d->direction);
	json_knum(j, "weight", d->weight);
}

/* Is name a word of the expression? */
static bool reads(const char *expr, const char *name)
{
	size_t n = strlen(name);
	const char *p = expr;

	for (; (p = strstr(p, name)); p += n) {
		bool begins = p == expr || !(isalnum((unsigned char)p[-1]) || p[-1] == '_');

		if (begins && !isalnum((unsigned char)p[n]) && p[n] != '_')
			return true;
	}
	return false;
}

static void add_question(struct test *t, size_t i)
{
	size_t k;

	for (k = 0; k < t->nq; k++)
		if (t->q[k] == i)
			return;
	if (t->nq < QUESTIONS_MAX)
		t->q[t->nq++] = i;
}

static void choose_questions(struct test *t, const struct definition *d)
{
	const struct form *f = t->a.form;
	const struct question *q;
	size_t pass, i;

	for (pass = 0; pass < 3; pass++) {
		for (i = 0; i < f->nq; i++) {
			q = &f->q[i];
			if (!answers_holds(f, i) || q->personal || !q->col)
				continue;
			if (pass == 0 && !strcmp(q->name, d->latest_by))
				add_question(t, i);
			if (pass == 1 && f->date && !strcmp(q->name, f->date))
				add_question(t, i);
			if (pass == 2 &&
			    (reads(d->numerator, q->col) || reads(d->denominator, q->col)))
				add_question(t, i);
		}
	}
}

static int read_definition(void *arg, const struct definition *d)
{
	struct test *t = arg;
	size_t i;
	int rc = answers_open(t->ctx, d->form, &t->a);

	if (rc)
		return rc;
	explain_counted(d, &t->counted);
	buf_str(&t->expr[0], d->numerator);
	buf_str(&t->expr[1], d->denominator);
	for (i = 0; i < d->nname; i++)
		if (!t->title.len || !strcmp(d->name[i].lang, i18n_lang())) {
			buf_reset(&t->title);
			buf_str(&t->title, d->name[i].text);
		}
	choose_questions(t, d);
	return t->title.err;
}

/* ---- for people ------------------------------------------------------------------------------------- */

static void side_line(struct test *t, size_t side, const char *name, int64_t value)
{
	char number[FMT];

	table_cell(&t->table, name);
	table_cell(&t->table, fmt_int(value, number));
	table_cell(&t->table, buf_cstr(&t->expr[side]));
	table_cell(&t->table, t->e.of_records[side] ? _("added up from the records")
	                                            : _("from the tree of units"));
}

static int print_figure(struct test *t)
{
	const struct figure *f = &t->e.figure;
	char today[DATE_LEN], text[FMT];

	value_today(clock_now_ms(t->ctx->s), today);
	printf("%s (%s): %s (%s), %s\n", buf_cstr(&t->title), t->of->of.code, t->unit.name,
	       t->unit.code, t->of->when ? t->of->when : today);
	printf(_("Counted: %s of form %s\n\n"), buf_cstr(&t->counted), t->a.form->code);
	table_begin(&t->table, stdout);
	table_column(&t->table, NULL, false);
	table_column(&t->table, NULL, true);
	table_column(&t->table, NULL, false);
	table_column(&t->table, NULL, false);
	side_line(t, 0, _("numerator"), f->numerator);
	if (t->expr[1].len) {
		side_line(t, 1, _("denominator"), f->denominator);
		table_cell(&t->table, _("share"));
		table_cell(&t->table, f->denominator ? fmt_percent((double)f->numerator /
		                                                           (double)f->denominator,
		                                                   text)
		                                     : "-");
		table_cell(&t->table, NULL);
		table_cell(&t->table, NULL);
	}
	return table_end(&t->table);
}

static void row_titles(struct test *t)
{
	const struct question *q;
	size_t i;

	table_column(&t->table, _("record"), false);
	table_column(&t->table, _("unit"), false);
	for (i = 0; i < t->nq; i++) {
		q = &t->a.form->q[t->q[i]];
		table_column(&t->table, q->name, q->type == Q_INTEGER || q->type == Q_DECIMAL);
	}
	if (t->e.of_records[0])
		table_column(&t->table, _("numerator"), true);
	if (t->e.of_records[1])
		table_column(&t->table, _("denominator"), true);
}

static int table_row(struct test *t, const struct contribution *c, const struct record *r)
{
	struct buf cell = {0};
	char id[ID_TEXT];
	size_t i;
	int rc = 0;

	table_cell(&t->table, id_text(c->record, id));
	table_cell(&t->table, shown_unit(t->ctx, c->unit));
	for (i = 0; !rc && i < t->nq; i++) {
		buf_reset(&cell);
		rc = shown_value(t->ctx, &t->a, &t->a.form->q[t->q[i]], r->value[t->q[i]], &cell);
		table_cell(&t->table, buf_cstr(&cell));
	}
	if (t->e.of_records[0])
		table_int(&t->table, c->numerator);
	if (t->e.of_records[1])
		table_int(&t->table, c->denominator);
	buf_release(&cell);
	return rc;
}

static int each_row(struct test *t,
                    int (*fn)(struct test *t, const struct contribution *c, const struct record *r))
{
	struct record *r;
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < t->e.n; i++) {
		rc = record_get(t->ctx->s, t->a.form, t->e.row[i].record, &r);
		if (!rc)
			rc = fn(t, &t->e.row[i], r);
		record_free(r);
	}
	return rc;
}

static int print(struct test *t)
{
	char a[FMT], b[FMT];
	int rc = print_figure(t), end;

	if (rc)
		return rc;
	if (!t->e.of_records[0] && !t->e.of_records[1])
		return out_flush();
	printf(_("\nRecords that add to it: %s; others that were looked at: %s\n\n"),
	       fmt_int((int64_t)t->e.counted, a), fmt_int((int64_t)t->e.blank, b));
	table_begin(&t->table, stdout);
	row_titles(t);
	rc = each_row(t, table_row);
	end = table_end(&t->table);
	if (!rc && t->e.counted > t->e.n)
		printf(_("... and %s more: --limit N shows them\n"),
		       fmt_int((int64_t)(t->e.counted - t->e.n), a));
	return rc ? rc : end ? end : out_flush();
}

/* ---- for programs ----------------------------------------------------------------------------------- */

static int json_row(struct test *t, const struct contribution *c, const struct record *r)
{
	struct json *j = &t->json;
	char id[ID_TEXT];
	size_t i;

	json_object(j);
	json_kstr(j, "record", id_text(c->record, id));
	json_kstr(j, "unit", shown_unit(t->ctx, c->unit));
	json_key(j, "answers");
	json_object(j);
	for (i = 0; i < t->nq; i++)
		json_kstr(j, t->a.form->q[t->q[i]].name, r->value[t->q[i]]);
	json_end(j);
	json_knum(j, "numerator", t->e.of_records[0] ? (double)c->numerator : NAN);
	json_knum(j, "denominator", t->e.of_records[1] ? (double)c->denominator : NAN);
	return json_end(j);
}

static int json_test(void *arg, const struct definition *d)
{
	struct test *t = arg;
	const struct figure *f = &t->e.figure;
	struct json *j = &t->json;
	double whole = (double)f->denominator;
	int rc, end;

	json_begin(j, stdout);
	json_object(j);
	explain_json(j, d);
	json_kstr(j, "unit", t->unit.code);
	json_kstr(j, "name", t->unit.name);
	json_kstr(j, "from", t->of->of.from);
	json_kstr(j, "as_of", t->of->of.day);
	json_key(j, "figure");
	json_object(j);
	json_kint(j, "numerator", f->numerator);
	json_knum(j, "denominator", *d->denominator ? whole : NAN);
	json_knum(j, "share", f->denominator ? (double)f->numerator / whole : NAN);
	json_knum(j, "target", f->target >= 0 ? f->target : NAN);
	json_knum(j, "target_year", f->target >= 0 ? (double)f->target_year : NAN);
	json_end(j);
	json_kint(j, "records_counted", (int64_t)t->e.counted);
	json_kint(j, "records_blank", (int64_t)t->e.blank);
	json_key(j, "records");
	json_array(j);
	rc = each_row(t, json_row);
	json_end(j);
	end = json_end(j);
	return rc ? rc : end;
}

int explain_figure(struct ctx *ctx, const struct explain *of)
{
	struct test t = {.ctx = ctx, .of = of};
	int rc = indicator_define(ctx->s, of->of.code, read_definition, &t);

	if (!rc)
		rc = ctx_unit(ctx, of->unit, &t.unit);
	if (!rc)
		rc = indicator_explain(ctx->s, &of->of, t.unit.id, (size_t)of->limit, &t.e);
	if (!rc)
		rc = ctx->json ? indicator_define(ctx->s, of->of.code, json_test, &t) : print(&t);
	explained_release(&t.e);
	answers_release(&t.a);
	buf_release(&t.title);
	buf_release(&t.counted);
	buf_release(&t.expr[0]);
	buf_release(&t.expr[1]);
	return rc;
}
