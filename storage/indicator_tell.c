/* indicator_tell.c - what stands behind a figure. */
#include "storage/indicator_tell.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/figures.h"
#include "storage/indicator_row.h"
#include "storage/value.h"

#include <stdlib.h>
#include <string.h>

static int not_here(const char *code)
{
	char shown[SHOWN_LEN];

	return err(ERR_NOTFOUND, "there is no indicator %s here", value_shown(code, shown));
}

static int load(struct store *s, const char *code, struct indicator_row *out)
{
	int rc = indicator_load(s, code, out);

	return rc == ERR_NOTFOUND ? not_here(code) : rc;
}

static int read_names(const char *label, struct definition *d)
{
	struct buf lang = {0}, text = {0};
	size_t pos = 0;
	int rc = 0;

	while (!rc && d->nname < DEFINITION_NAMES && form_label_next(label, &pos, &lang, &text)) {
		d->name[d->nname].lang = strdup(buf_cstr(&lang));
		d->name[d->nname].text = strdup(buf_cstr(&text));
		if (!d->name[d->nname].lang || !d->name[d->nname].text)
			rc = err(ERR_NOMEM, "out of memory");
		d->nname++;
	}
	buf_release(&lang);
	buf_release(&text);
	return rc;
}

int indicator_define(struct store *s, const char *code,
                     int (*fn)(void *arg, const struct definition *d), void *arg)
{
	struct indicator_row i;
	struct definition d = {0};
	size_t k;
	int rc = load(s, code, &i);

	if (!rc) {
		d.code = i.code;
		d.form = i.form;
		d.latest_by = i.latest_by;
		d.numerator = i.numerator;
		d.denominator = i.denominator;
		d.counts = i.counts;
		d.direction = i.direction;
		rc = read_names(i.label, &d);
	}
	if (!rc)
		rc = indicator_weight(s, i.id, &d.weight);
	if (!rc)
		rc = fn(arg, &d);
	for (k = 0; k < d.nname; k++) {
		free(d.name[k].lang);
		free(d.name[k].text);
	}
	indicator_release(&i);
	return rc;
}

/* ---- targets ------------------------------------------------------------------------------------- */

static int tell_target(sqlite3_stmt *st, int (*fn)(void *arg, const struct target *t), void *arg)
{
	return fn(arg, &(struct target){.id = sqlite3_column_int64(st, 0),
	                                .year = sqlite3_column_int64(st, 1),
	                                .share = sqlite3_column_double(st, 2),
	                                .document = (const char *)sqlite3_column_text(st, 3),
	                                .unit = (const char *)sqlite3_column_text(st, 4),
	                                .unit_name = (const char *)sqlite3_column_text(st, 5)});
}

int target_each(struct store *s, const char *code, int (*fn)(void *arg, const struct target *t),
                void *arg)
{
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT t.id, t.year, t.share, t.document, u.code, u.name FROM target t"
	                    " LEFT JOIN unit u ON u.id = t.unit WHERE t.indicator ="
	                    " (SELECT min(id) FROM indicator WHERE code = ?)"
	                    " ORDER BY t.year, u.code, t.id",
	                    &st);

	if (!rc)
		rc = db_bind(st, "t", code);
	while (!rc && (rc = db_step(s, st)) == 1)
		rc = tell_target(st, fn, arg);
	sqlite3_finalize(st);
	return rc;
}

/* The nearest unit's; of that the nearest year's, of two as near the earlier. */
int target_for(struct store *s, const char *code, int64_t unit, int64_t year,
               int (*fn)(void *arg, const struct target *t), void *arg)
{
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "WITH RECURSIVE up(unit, height) AS (SELECT ?2, 0 UNION ALL"
	                    " SELECT unit.parent, height + 1 FROM up JOIN unit ON unit.id = up.unit"
	                    " WHERE unit.parent IS NOT NULL AND height < ?4)"
	                    " SELECT t.id, t.year, t.share, t.document, u.code, u.name FROM up"
	                    " JOIN target t ON t.unit = up.unit LEFT JOIN unit u ON u.id = t.unit"
	                    " WHERE t.indicator = (SELECT min(id) FROM indicator WHERE code = ?1)"
	                    " ORDER BY height, abs(t.year - ?3), t.year, t.id DESC LIMIT 1",
	                    &st);

	if (!rc)
		rc = db_bind(st, "tiii", code, unit, year, (int64_t)UNIT_DEPTH_MAX);
	if (!rc && (rc = db_step(s, st)) == 1)
		rc = tell_target(st, fn, arg);
	sqlite3_finalize(st);
	return rc;
}

/* ---- who changed it -------------------------------------------------------------------------------- */

struct changes {
	struct store *s;
	int64_t indicator;
	int (*fn)(void *arg, const struct indicator_change *c);
	void *arg;
};

static bool about(void *arg, const char *table, int64_t row)
{
	const struct changes *c = arg;
	int64_t there;

	if (!strcmp(table, "indicator"))
		return row == c->indicator;
	if (!strcmp(table, "target"))
		return !db_int(c->s, &there, "SELECT 1 FROM target WHERE id = ? AND indicator = ?",
		               "ii", row, c->indicator);
	return !strcmp(table, "weight") &&
	       !db_int(c->s, &there, "SELECT 1 FROM weight WHERE id = ? AND indicator = ?", "ii",
	               row, c->indicator);
}

static int tell_change(void *arg, const struct history *h)
{
	const struct changes *c = arg;
	struct indicator_change change = {.h = h};
	sqlite3_stmt *st;
	int rc;

	if (strcmp(h->form, "target") != 0)
		return c->fn(c->arg, &change);
	rc = db_prepare(c->s,
	                "SELECT u.code, t.year FROM target t LEFT JOIN unit u ON u.id = t.unit"
	                " WHERE t.id = ?",
	                &st);
	if (!rc)
		rc = db_bind(st, "i", h->row);
	if (!rc && (rc = db_step(c->s, st)) == 1) {
		change.unit = (const char *)sqlite3_column_text(st, 0);
		change.year = sqlite3_column_int64(st, 1);
		rc = 0;
	}
	if (!rc)
		rc = c->fn(c->arg, &change);
	sqlite3_finalize(st);
	return rc;
}

int indicator_changes(struct store *s, const char *code,
                      int (*fn)(void *arg, const struct indicator_change *c), void *arg)
{
	struct changes c = {.s = s, .fn = fn, .arg = arg};
	int64_t scope;
	int rc = db_int(s, &c.indicator,
	                "SELECT min(id) FROM indicator WHERE code = ?"
	                " HAVING min(id) IS NOT NULL",
	                "t", code);

	if (rc == ERR_NOTFOUND)
		return not_here(code);
	if (!rc)
		rc = db_int(s, &scope, "SELECT scope FROM indicator WHERE id = ?", "i",
		            c.indicator);
	return rc ? rc : history_ref(s, scope, about, tell_change, &c);
}

/* ---- the records ------------------------------------------------------------------------------------ */

struct explaining {
	struct explained *out;
	const struct geography *geo;
	long unit; /* its number there */
	size_t limit, cap;
};

static int keep(struct explaining *e, const struct contribution *c)
{
	struct explained *out = e->out;
	struct contribution *more;

	if (out->n == e->limit)
		return 0;
	if (out->n == e->cap) {
		e->cap = e->cap ? e->cap * 2 : 64;
		more = realloc(out->row, e->cap * sizeof *more);
		if (!more)
			return err(ERR_NOMEM, "out of memory");
		out->row = more;
	}
	out->row[out->n++] = *c;
	return 0;
}

static int take_row(void *arg, int64_t unit, int64_t row, const int64_t *value)
{
	struct explaining *e = arg;
	struct explained *out = e->out;
	struct contribution c = {.unit = unit, .record = row};
	long holder[UNIT_DEPTH_MAX];
	size_t n = geography_holders(e->geo, unit, holder), i;

	for (i = 0; i < n && holder[i] != e->unit; i++)
		;
	if (i == n)
		return 0;
	if (out->of_records[0])
		c.numerator = *value++;
	if (out->of_records[1])
		c.denominator = *value;
	if (!c.numerator && !c.denominator) {
		out->blank++;
		return 0;
	}
	out->counted++;
	if (out->of_records[0])
		out->figure.numerator += c.numerator;
	if (out->of_records[1])
		out->figure.denominator += c.denominator;
	return keep(e, &c);
}

/* The sides that are counted out of records are added up anew, from the rows. */
static int take_rows(struct store *s, const struct figures_of *fo, struct explaining *e)
{
	struct expr_of of = {.day = fo->day, .rows = true};
	struct explained *out = e->out;
	enum expr_kind kind[2];
	const char *expr[2];
	struct indicator_row i;
	struct counted what;
	size_t n = 0;
	int rc = load(s, fo->code, &i);

	if (!rc)
		rc = indicator_counted(s, &i, &what);
	if (!rc)
		rc = indicator_kinds(&i, &kind[0], &kind[1]);
	if (!rc && kind[0] == EXPR_RECORDS) {
		out->of_records[0] = true;
		out->figure.numerator = 0;
		expr[n++] = i.numerator;
	}
	if (!rc && kind[1] == EXPR_RECORDS) {
		out->of_records[1] = true;
		out->figure.denominator = 0;
		expr[n++] = i.denominator;
	}
	if (!rc && !strcmp(what.by, "_id"))
		of.from = fo->from;
	if (!rc && n)
		rc = expr_run(s, &what, expr, n, &of, take_row, e);
	indicator_release(&i);
	return rc;
}

int indicator_explain(struct store *s, const struct figures_of *of, int64_t unit, size_t limit,
                      struct explained *out)
{
	struct explaining e = {.out = out, .limit = limit};
	struct figures *f;
	int rc;

	memset(out, 0, sizeof *out);
	if (limit > EXPLAINED_MAX)
		return err(ERR_TOOBIG, "at most %d records can be listed", EXPLAINED_MAX);
	rc = figures_open(s, of, &f);
	if (rc)
		return rc;
	e.geo = figures_geography(f);
	e.unit = geography_find(e.geo, unit);
	if (e.unit >= 0)
		e.unit = geography_becomes(e.geo, e.unit);
	if (e.unit < 0)
		rc = err(ERR_NOTFOUND, "that unit is not one unit on that day");
	if (!rc) {
		figures_get(f, 0, e.unit, &out->figure);
		rc = take_rows(s, of, &e);
	}
	figures_close(f);
	if (rc)
		explained_release(out);
	return rc;
}

void explained_release(struct explained *e)
{
	free(e->row);
	memset(e, 0, sizeof *e);
}
