/* rollup_keep.c - sums of units brought up to date: of those that changed, and of no others. */
#include "storage/rollup_keep.h"
#include "storage/db.h"
#include "storage/err.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists of units ---------------------------------------------------------------------------- */

size_t units_size(const struct buf *units)
{
	return units->len / sizeof(int64_t);
}

int64_t *units_list(const struct buf *units)
{
	return (int64_t *)(void *)units->data; /* malloc's alignment holds an int64_t */
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

bool units_listed(const struct buf *units, int64_t unit)
{
	return units->len && bsearch(&unit, units->data, units_size(units), sizeof unit, by_value);
}

/* Ascending, each once. */
static void tidy(struct buf *units)
{
	int64_t *u = units_list(units);
	size_t i, n = 0;

	if (units->err || !units->len)
		return;
	qsort(u, units_size(units), sizeof *u, by_value);
	for (i = 0; i < units_size(units); i++)
		if (!n || u[n - 1] != u[i])
			u[n++] = u[i];
	units->len = n * sizeof *u;
}

/* Adds the first column of every row that sql gives for unit, where it has a parameter. */
static int collect(struct store *s, const char *sql, int64_t unit, struct buf *out)
{
	sqlite3_stmt *st = NULL;
	int64_t id;
	int rc = sql ? db_prepare(s, sql, &st) : err(ERR_NOMEM, "out of memory");

	if (!rc && sqlite3_bind_parameter_count(st))
		rc = db_bind(st, "i", unit);
	while (!rc && (rc = db_step(s, st)) == 1) {
		id = sqlite3_column_int64(st, 0);
		buf_add(out, &id, sizeof id);
		rc = out->err;
	}
	sqlite3_finalize(st);
	return rc;
}

/* The units that have records of a form: a step of its index a unit, not a record. */
int units_of(struct store *s, const struct counted *what, struct buf *out)
{
	char *sql = sqlite3_mprintf(
		"WITH RECURSIVE u(unit) AS (SELECT min(_unit) FROM \"f_%w\" UNION ALL"
		" SELECT (SELECT min(_unit) FROM \"f_%w\" WHERE _unit > u.unit) FROM u"
		" WHERE u.unit IS NOT NULL) SELECT unit FROM u WHERE unit IS NOT NULL",
		what->code, what->code);
	int rc = collect(s, sql, 0, out);

	sqlite3_free(sql);
	return rc;
}

/* ---- which sets are kept ------------------------------------------------------------------------ */

static int sign(struct store *s, const struct rollup_set *set, uint8_t out[HASH_LEN])
{
	const struct counted *c = set->what;
	struct buf text = {0};
	size_t i;
	int rc;

	buf_printf(&text, "%s %s %d %s", c->code, c->by, c->record, c->date);
	for (i = 0; i < set->n; i++)
		buf_printf(&text, " %zu:%s", strlen(set->expr[i]), set->expr[i]);
	rc = text.err;
	if (!rc)
		s->env->sha256(text.data, text.len, out);
	buf_release(&text);
	return rc;
}

/* *all: every set is kept. */
int rollup_parts(struct rollup *r, bool *all)
{
	uint8_t hash[HASH_LEN];
	size_t i;
	int rc = 0;

	*all = true;
	for (i = 0; !rc && i < r->nset; i++) {
		rc = sign(r->s, &r->set[i], hash);
		if (!rc)
			rc = db_int(r->s, &r->part[i], "SELECT id FROM rollup_set WHERE sign = ?",
			            "b", hash, sizeof hash);
		if (rc == ERR_NOTFOUND) {
			*all = false;
			rc = 0;
		}
	}
	return rc;
}

/* Marks the units that have something to add up for it. */
static int new_part(struct rollup *r, size_t i)
{
	const struct rollup_set *set = &r->set[i];
	const struct expr_of nothing = {.unit = r->part};
	uint8_t hash[HASH_LEN];
	struct buf units = {0};
	size_t k;
	int rc = expr_run(r->s, set->what, set->expr, set->n, &nothing, NULL, NULL);

	if (!rc)
		rc = sign(r->s, set, hash);
	if (!rc)
		rc = db_run(r->s, "INSERT INTO rollup_set(sign) VALUES(?)", "b", hash, sizeof hash);
	r->part[i] = sqlite3_last_insert_rowid(r->s->db);
	if (!rc)
		rc = units_of(r->s, set->what, &units);
	for (k = 0; !rc && k < units_size(&units); k++)
		rc = db_run(r->s, "INSERT OR IGNORE INTO rollup_stale(unit) VALUES(?)", "i",
		            units_list(&units)[k]);
	buf_release(&units);
	return rc;
}

/* Indicators were changed: sets that are asked for no more go, new ones come. */
static int renew_parts(struct rollup *r)
{
	struct buf gone = {0}, mine = {0};
	bool all;
	size_t i;
	int rc = rollup_parts(r, &all);

	if (rc || all)
		return rc;
	buf_add(&mine, r->part, r->nset * sizeof *r->part);
	tidy(&mine);
	rc = mine.err ? mine.err : collect(r->s, "SELECT id FROM rollup_set", 0, &gone);
	for (i = 0; !rc && i < units_size(&gone); i++) {
		if (units_listed(&mine, units_list(&gone)[i]))
			continue;
		rc = db_run(r->s, "DELETE FROM rollup WHERE part = ?", "i", units_list(&gone)[i]);
		if (!rc)
			rc = db_run(r->s, "DELETE FROM rollup_day WHERE part = ?", "i",
			            units_list(&gone)[i]);
		if (!rc)
			rc = db_run(r->s, "DELETE FROM rollup_set WHERE id = ?", "i",
			            units_list(&gone)[i]);
	}
	for (i = 0; !rc && i < r->nset; i++)
		if (!r->part[i])
			rc = new_part(r, i);
	buf_release(&gone);
	buf_release(&mine);
	return rc;
}

/* ---- whom a change concerns besides ----------------------------------------------------------- */

/* SELECT of the other units whose records are about the same things as some of unit ?1, also by what
 * was joined there or here. Most things have one record: the index alone says so, by its id. */
static char *sharing(const struct counted *c)
{
	return sqlite3_mprintf(
		"SELECT n._unit FROM \"f_%w\" l CROSS JOIN \"f_%w\" n ON n.\"%w\" = l.\"%w\""
		" WHERE l._unit = ?1 AND n._id <> l._id AND n._unit <> ?1 UNION"
		" SELECT n._unit FROM same_as a CROSS JOIN \"f_%w\" n ON n.\"%w\" = a.id"
		" WHERE a.unit = ?1 AND n._unit <> ?1 UNION"
		" SELECT a.unit FROM \"f_%w\" l CROSS JOIN same_as a ON a.id = l.\"%w\""
		" WHERE l._unit = ?1 AND a.unit <> ?1",
		c->code, c->code, c->by, c->by, c->code, c->by, c->code, c->by);
}

/* Those that shared things with unit when it was added up last: forgotten, but to be added up again. */
static int take_others(struct rollup *r, int64_t unit)
{
	int rc = collect(r->s, "SELECT other FROM rollup_with WHERE unit = ?", unit, &r->walked);

	if (!rc)
		rc = db_run(r->s,
		            "DELETE FROM rollup_with WHERE (unit, other) IN"
		            " (SELECT other, unit FROM rollup_with WHERE unit = ?)",
		            "i", unit);
	return rc ? rc : db_run(r->s, "DELETE FROM rollup_with WHERE unit = ?", "i", unit);
}

static int find_others(struct rollup *r, sqlite3_stmt *st, int64_t unit)
{
	int64_t other;
	int rc = db_bind(st, "i", unit);

	while (!rc && (rc = db_step(r->s, st)) == 1) {
		other = sqlite3_column_int64(st, 0);
		buf_add(&r->walked, &other, sizeof other);
		rc = db_run(r->s,
		            "INSERT OR IGNORE INTO rollup_with(unit, other)"
		            " VALUES(?1, ?2), (?2, ?1)",
		            "ii", unit, other);
	}
	return rc;
}

/* Several sets may be of the same things: the first of them is asked. */
static bool asked_already(const struct rollup *r, size_t at)
{
	const struct counted *c = r->set[at].what;
	size_t i;

	for (i = 0; i < at; i++)
		if (!strcmp(r->set[i].what->code, c->code) && !strcmp(r->set[i].what->by, c->by))
			return true;
	return false;
}

static int find_all_others(struct rollup *r, const struct counted *what)
{
	char *sql = sharing(what);
	sqlite3_stmt *st = NULL;
	size_t i;
	int rc = sql ? db_prepare(r->s, sql, &st) : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	for (i = 0; !rc && i < units_size(&r->stale); i++)
		rc = find_others(r, st, units_list(&r->stale)[i]);
	sqlite3_finalize(st);
	return rc;
}

/* The latest record of a thing may be of another unit than the one that changed: the units to add up
 * again, which are r->walked, are those that changed and those that share a thing with them. */
static int widen(struct rollup *r)
{
	size_t i;
	int rc = 0;

	buf_add(&r->walked, r->stale.data, r->stale.len);
	for (i = 0; !rc && i < units_size(&r->stale); i++)
		rc = take_others(r, units_list(&r->stale)[i]);
	for (i = 0; !rc && i < r->nset; i++)
		if (r->set[i].what->record && !asked_already(r, i))
			rc = find_all_others(r, r->set[i].what);
	tidy(&r->walked);
	return rc ? rc : r->walked.err;
}

/* ---- adding up ----------------------------------------------------------------------------------- */

int sums_add(void *arg, int64_t unit, int64_t row, const int64_t *value)
{
	struct sums *sums = arg;

	(void)unit;
	(void)row;
	buf_add(&sums->value, value, sums->n * sizeof *value);
	return sums->value.err;
}

bool sums_pack(const int64_t *value, size_t n, struct buf *out)
{
	bool any = false;
	size_t i;

	for (i = 0; i < n; i++) {
		any |= value[i] != 0;
		buf_svarint(out, value[i]);
	}
	return any;
}

/* Of a unit without records nothing is kept. */
static int keep_unit(struct rollup *r, int64_t unit, const int64_t *value, const char *newest)
{
	struct buf sums = {0};
	bool any = sums_pack(value, r->set[r->at].n, &sums) || newest;
	int rc;

	if (sums.err)
		rc = sums.err;
	else if (!any)
		rc = db_run(r->s, "DELETE FROM rollup WHERE part = ? AND unit = ?", "ii",
		            r->part[r->at], unit);
	else
		rc = db_run(r->s,
		            "REPLACE INTO rollup(part, unit, newest, sums) VALUES(?, ?, ?, ?)",
		            "iitb", r->part[r->at], unit, newest, sums.data, sums.len);
	buf_release(&sums);
	return rc;
}

static char *newest_sql(const struct counted *c)
{
	return *c->date ? sqlite3_mprintf("SELECT max(\"%w\") FROM \"f_%w\" WHERE _unit = ?",
	                                  c->date, c->code)
	                : sqlite3_mprintf("SELECT NULL WHERE ? IS NOT NULL");
}

static int keep_sums(struct rollup *r, const struct sums *sums)
{
	sqlite3_stmt *st = NULL;
	char *sql = newest_sql(r->set[r->at].what);
	size_t i;
	int rc = sql ? db_prepare(r->s, sql, &st) : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	for (i = 0; !rc && i < units_size(&r->walked); i++) {
		rc = db_bind(st, "i", units_list(&r->walked)[i]);
		if (!rc)
			rc = db_step(r->s, st);
		if (rc == 1)
			rc = keep_unit(r, units_list(&r->walked)[i],
			               units_list(&sums->value) + i * sums->n,
			               (const char *)sqlite3_column_text(st, 0));
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
	return rc;
}

static int add_up(struct rollup *r)
{
	const struct rollup_set *set;
	struct sums sums = {0};
	const struct expr_of of = {.unit = units_list(&r->walked), .nunit = units_size(&r->walked)};
	int rc = 0;

	for (r->at = 0; !rc && r->at < r->nset; r->at++) {
		set = &r->set[r->at];
		buf_reset(&sums.value);
		sums.n = set->n;
		rc = expr_run(r->s, set->what, set->expr, set->n, &of, sums_add, &sums);
		if (!rc)
			rc = keep_sums(r, &sums);
	}
	buf_release(&sums.value);
	return rc;
}

/* ---- bringing up to date -------------------------------------------------------------------------- */

int rollup_stale(struct rollup *r, int64_t most)
{
	buf_reset(&r->stale);
	buf_reset(&r->walked);
	return collect(r->s, "SELECT unit FROM rollup_stale ORDER BY unit LIMIT ?", most,
	               &r->stale);
}

static int refresh_some(struct rollup *r)
{
	size_t i;
	int rc = renew_parts(r);

	if (!rc)
		rc = rollup_stale(r, UNITS_A_TURN);
	if (rc || !r->stale.len)
		return rc;
	rc = widen(r);
	for (i = 0; !rc && i < units_size(&r->walked); i++)
		rc = db_run(r->s, "DELETE FROM rollup_day WHERE unit = ?", "i",
		            units_list(&r->walked)[i]);
	if (!rc)
		rc = add_up(r);
	for (i = 0; !rc && i < units_size(&r->stale); i++)
		rc = db_run(r->s, "DELETE FROM rollup_stale WHERE unit = ?", "i",
		            units_list(&r->stale)[i]);
	return rc;
}

int rollup_begin(struct store *s)
{
	int rc;

	sqlite3_busy_timeout(s->db, 0);
	rc = store_begin(s);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	return rc;
}

static int refresh_turn(struct rollup *r)
{
	int rc = rollup_begin(r->s);

	if (rc)
		return rc;
	rc = refresh_some(r);
	if (!rc)
		rc = store_commit(r->s);
	store_end(r->s);
	return rc;
}

/* Turn by turn until one is not full: what changes meanwhile is walked over by who reads. Where nothing
 * can be written there is still a report. */
static int refresh(struct rollup *r)
{
	bool all;
	int rc;

	rc = rollup_parts(r, &all);
	if (!rc)
		rc = rollup_stale(r, 1);
	if (rc || (all && !r->stale.len))
		return rc;
	do
		rc = refresh_turn(r);
	while (!rc && units_size(&r->stale) == UNITS_A_TURN);
	return rc;
}

int rollup_keep(struct rollup *r)
{
	int rc;

	if (sqlite3_db_readonly(r->s->db, "main"))
		return 0;
	rc = refresh(r);
	if (!rc && r->of->day)
		rc = rollup_keep_day(r);
	return rc == ERR_BUSY || rc == ERR_IO ? 0 : rc;
}
