/* quality.c - form by form, check by check. */
#include "storage/quality.h"
#include "storage/err.h"
#include "storage/quality_in.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- what checks share ---------------------------------------------------------------------------- */

int quality_sql(struct quality *q, sqlite3_stmt **out, const char *fmt, ...)
{
	va_list ap;
	char *sql;
	int rc;

	*out = NULL;
	va_start(ap, fmt);
	sql = sqlite3_vmprintf(fmt, ap);
	va_end(ap);
	rc = sql ? db_prepare(q->s, sql, out) : err(ERR_NOMEM, "out of memory");
	sqlite3_free(sql);
	return rc;
}

bool quality_asks(const struct form *f, const struct question *c)
{
	return c->col && c->tbl && !strncmp(c->tbl, "f_", 2) && !strcmp(c->tbl + 2, f->code);
}

const struct question *quality_visits(const struct form *f)
{
	const struct question *c;

	for (c = f->q; c < f->q + f->nq; c++)
		if (c->type == Q_RECORD && c->required && f->date && quality_asks(f, c))
			return c;
	return NULL;
}

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double quality_median(double *value, size_t n)
{
	qsort(value, n, sizeof *value, order);
	return n % 2 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

/* ---- all of them ----------------------------------------------------------------------------------- */

static int read_units(struct quality *q)
{
	int rc = db_exec(q->s, "DROP TABLE IF EXISTS temp.quality_unit;"
	                       "CREATE TEMP TABLE quality_unit(unit INTEGER PRIMARY KEY,"
	                       " commune INTEGER NOT NULL)");

	if (rc)
		return rc;
	return db_run(q->s,
	              "INSERT INTO temp.quality_unit WITH RECURSIVE below(id, commune, n) AS ("
	              " SELECT id, CASE level WHEN 'commune' THEN id END, 0 FROM unit WHERE id = ?"
	              " UNION SELECT u.id, coalesce(below.commune,"
	              " CASE u.level WHEN 'commune' THEN u.id END), n + 1"
	              " FROM unit u JOIN below ON u.parent = below.id WHERE n < 16)"
	              " SELECT id, min(coalesce(commune, id)) FROM below GROUP BY id",
	              "i", q->of->unit);
}

static int (*const checks[])(struct quality *) = {quality_numbers,   quality_constraints,
                                                  quality_unvisited, quality_unvarying,
                                                  quality_fast,      quality_places};

struct codes {
	char (*code)[64]; /* owned; longer than any */
	size_t n;
};

static int note_form(void *arg, const char *code, int version, const char *label)
{
	struct codes *c = arg;
	void *more = realloc(c->code, (c->n + 1) * sizeof *c->code);

	(void)version;
	(void)label;
	if (!more)
		return err(ERR_NOMEM, "out of memory");
	c->code = more;
	sqlite3_snprintf(sizeof *c->code, c->code[c->n++], "%s", code);
	return 0;
}

static int look(struct quality *q, const struct codes *c)
{
	size_t i, k;
	int rc = 0;

	for (k = 0; !rc && k < sizeof checks / sizeof *checks; k++) {
		for (i = 0; !rc && i < c->n; i++) {
			rc = form_load(q->s, c->code[i], &q->form);
			if (!rc) {
				q->form->lang = q->of->lang;
				rc = checks[k](q);
			}
			form_free(q->form);
			q->form = NULL;
		}
	}
	return rc;
}

int quality_check(struct store *s, const struct quality_of *of,
                  int (*fn)(void *arg, const struct finding *f), void *arg,
                  int64_t looked[QUALITY_KINDS])
{
	struct quality q = {.s = s, .of = of, .fn = fn, .arg = arg, .looked = looked};
	struct codes c = {0};
	int rc;

	memset(looked, 0, QUALITY_KINDS * sizeof *looked);
	rc = read_units(&q);
	if (!rc)
		rc = form_each(s, note_form, &c);
	if (!rc)
		rc = look(&q, &c);
	free(c.code);
	db_exec(s, "DROP TABLE IF EXISTS temp.quality_unit");
	return rc;
}
