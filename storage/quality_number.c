/* quality_number.c - numbers far from their commune's others, and answers that never vary. */
#include "storage/err.h"
#include "storage/quality_in.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- outliers ------------------------------------------------------------------------------------- */

/* The numbers of one commune. */
struct numbers {
	struct number {
		int64_t record, unit;
		double value;
	} * at;
	double *sorted;
	size_t n, cap;
};

static int add(struct numbers *m, sqlite3_stmt *st)
{
	if (m->n == m->cap) {
		size_t cap = m->cap ? 2 * m->cap : 1024;
		void *at = realloc(m->at, cap * sizeof *m->at), *sorted;

		if (at)
			m->at = at;
		sorted = at ? realloc(m->sorted, cap * sizeof *m->sorted) : NULL;
		if (!sorted)
			return err(ERR_NOMEM, "out of memory");
		m->sorted = sorted;
		m->cap = cap;
	}
	m->at[m->n++] = (struct number){sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2),
	                                sqlite3_column_double(st, 3)};
	return 0;
}

/* Deviations from the median: what they are by one value at a time. */
struct spread {
	double mad; /* 0: more than half are the median */
	double sum; /* of all */
	size_t n, differ;
};

static struct spread spread(struct numbers *m, double median)
{
	struct spread s = {.n = m->n};
	size_t i;

	for (i = 0; i < m->n; i++) {
		m->sorted[i] = fabs(m->at[i].value - median);
		s.sum += m->sorted[i];
		s.differ += m->sorted[i] > 0;
	}
	s.mad = quality_median(m->sorted, m->n);
	return s;
}

/* What would be the standard deviation, were the numbers normal. Of counts that are mostly nought, what the
 * others that are not differ by. */
static double deviation(const struct spread *s, double off)
{
	if (s->mad > 0)
		return 1.4826 * s->mad;
	if (s->differ > 1)
		return 1.253314 * (s->sum - off) / (double)(s->differ - 1);
	return 1.253314 * s->sum / (double)s->n;
}

static int tell_outliers(struct quality *q, const struct question *c, struct numbers *m)
{
	struct finding f = {.kind = QUALITY_OUTLIER, .form = q->form->code, .question = c->name};
	struct spread off;
	char value[32];
	size_t i;
	int rc = 0;

	q->looked[QUALITY_OUTLIER] += (int64_t)m->n;
	if (m->n < QUALITY_NUMBERS_MIN)
		return 0;
	for (i = 0; i < m->n; i++)
		m->sorted[i] = m->at[i].value;
	f.a = quality_median(m->sorted, m->n);
	off = spread(m, f.a);
	for (i = 0; !rc && off.differ && i < m->n; i++) {
		f.b = fabs(m->at[i].value - f.a);
		if (f.b > 0)
			f.b /= deviation(&off, f.b);
		if (f.b <= QUALITY_FAR)
			continue;
		sqlite3_snprintf(sizeof value, value, "%!.15g", m->at[i].value);
		if (c->type == Q_INTEGER)
			sqlite3_snprintf(sizeof value, value, "%lld", (long long)m->at[i].value);
		f.value = value;
		f.record = m->at[i].record;
		f.unit = m->at[i].unit;
		rc = q->fn(q->arg, &f);
	}
	return rc;
}

static bool counts(const struct form *f, const struct question *c)
{
	return (c->type == Q_INTEGER || c->type == Q_DECIMAL) && quality_asks(f, c) &&
	       (!f->key || strcmp(f->key, c->name) != 0);
}

static int outliers(struct quality *q, const struct question *c)
{
	struct numbers m = {0};
	int64_t commune = 0;
	sqlite3_stmt *st;
	int rc = quality_sql(q, &st,
	                     "SELECT u.commune, f._id, f._unit, f.\"%w\" FROM \"f_%w\" f"
	                     " JOIN temp.quality_unit u ON u.unit = f._unit"
	                     " WHERE f.\"%w\" IS NOT NULL ORDER BY u.commune, f._id",
	                     c->col, q->form->code, c->col);

	while (!rc && (rc = db_step(q->s, st)) == 1) {
		rc = 0;
		if (sqlite3_column_int64(st, 0) != commune) {
			rc = m.n ? tell_outliers(q, c, &m) : 0;
			m.n = 0;
			commune = sqlite3_column_int64(st, 0);
		}
		if (!rc)
			rc = add(&m, st);
	}
	sqlite3_finalize(st);
	if (!rc && m.n)
		rc = tell_outliers(q, c, &m);
	free(m.at);
	free(m.sorted);
	return rc;
}

int quality_numbers(struct quality *q)
{
	const struct question *c;
	int rc = 0;

	for (c = q->form->q; !rc && c < q->form->q + q->form->nq; c++)
		if (counts(q->form, c))
			rc = outliers(q, c);
	return rc;
}

/* ---- answers that never vary ------------------------------------------------------------------------ */

/* Who made a record: a person where one is named, else the node, below 0. */
#define WHO "CASE WHEN f._person > 0 THEN f._person ELSE -(f._id >> 35) END"

static bool varies(const struct form *f, const struct question *c)
{
	return (c->type == Q_INTEGER || c->type == Q_SELECT_ONE || c->type == Q_SELECT_MULTIPLE) &&
	       quality_asks(f, c) && !c->read_only && (!f->key || strcmp(f->key, c->name) != 0);
}

static int tell_unvarying(struct quality *q, const struct question *c, sqlite3_stmt *st,
                          double tests)
{
	int64_t who = sqlite3_column_int64(st, 0);
	double others = sqlite3_column_double(st, 4), same = sqlite3_column_double(st, 5);
	struct finding f = {.kind = QUALITY_UNVARYING,
	                    .form = q->form->code,
	                    .question = c->name,
	                    .unit = sqlite3_column_int64(st, 1),
	                    .value = (const char *)sqlite3_column_text(st, 2),
	                    .n = sqlite3_column_int64(st, 3),
	                    .a = others > 0 ? same / others : 0,
	                    .person = who > 0 ? who : 0,
	                    .node = who < 0 ? (uint32_t)-who : 0};

	if (others < QUALITY_OTHERS_MIN)
		return 0;
	f.b = pow((same + 1) / (others + 2), (double)f.n);
	return f.b * tests < QUALITY_CHANCE ? q->fn(q->arg, &f) : 0;
}

/* One row an enumerator and commune whose answers are all one: who, where, what, how often; how many
 * answers the others gave, and how many of them were that. */
static int unvarying(struct quality *q, const struct question *c, double tests)
{
	sqlite3_stmt *st;
	int rc = quality_sql(
		q, &st,
		"WITH a AS MATERIALIZED (SELECT u.commune AS c, " WHO " AS who, f.\"%w\" AS v,"
		" count(*) AS n FROM \"f_%w\" f JOIN temp.quality_unit u ON u.unit = f._unit"
		" WHERE f.\"%w\" IS NOT NULL GROUP BY 1, 2, 3),"
		" one AS (SELECT c, who, v, sum(n) AS n FROM a GROUP BY c, who HAVING count(*) = 1),"
		" whole AS MATERIALIZED (SELECT c, sum(n) AS n FROM a GROUP BY c),"
		" each AS MATERIALIZED (SELECT c, v, sum(n) AS n FROM a GROUP BY c, v)"
		" SELECT one.who, one.c, one.v, one.n, whole.n - one.n, each.n - one.n FROM one"
		" JOIN whole ON whole.c = one.c JOIN each ON each.c = one.c AND each.v = one.v"
		" ORDER BY 2, 1",
		c->col, q->form->code, c->col);

	while (!rc && (rc = db_step(q->s, st)) == 1)
		rc = tell_unvarying(q, c, st, tests);
	sqlite3_finalize(st);
	return rc;
}

int quality_unvarying(struct quality *q)
{
	const struct question *c;
	sqlite3_stmt *st;
	int64_t who = 0, questions = 0;
	int rc = quality_sql(q, &st,
	                     "SELECT count(*) FROM (SELECT DISTINCT u.commune, " WHO
	                     " FROM \"f_%w\" f JOIN temp.quality_unit u ON u.unit = f._unit)",
	                     q->form->code);

	if (!rc && (rc = db_step(q->s, st)) == 1) {
		who = sqlite3_column_int64(st, 0);
		rc = 0;
	}
	sqlite3_finalize(st);
	for (c = q->form->q; c < q->form->q + q->form->nq; c++)
		questions += varies(q->form, c);
	q->looked[QUALITY_UNVARYING] += who * questions;
	for (c = q->form->q; !rc && c < q->form->q + q->form->nq; c++)
		if (varies(q->form, c))
			rc = unvarying(q, c, (double)(who * questions));
	return rc;
}
