/* same.c - groups of records that are one thing. */
#include "storage/same.h"
#include "storage/buf.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/record.h"
#include "storage/unit.h"

#include <stdlib.h>
#include <string.h>

/* ---- groups --------------------------------------------------------------------------------- */

struct member {
	int64_t id;
	size_t up;  /* towards the first of its group; itself there */
	bool other; /* somebody joined it to another */
	int64_t best, least;
};

struct pair {
	int64_t keep, other;
};

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static const char said[] = "SELECT keep, other FROM f__same WHERE _unit = ?1 AND same = 1"
			   " AND keep <> other ORDER BY _id LIMIT ?2";
static const char one_submission[] =
	"SELECT (SELECT min(record) FROM f__origin f WHERE f._unit = ?1"
	" AND f.instance = o.instance) AS keep, record FROM f__origin o WHERE _unit = ?1"
	" AND record <> keep ORDER BY _id LIMIT ?2";

static int load_pairs(struct store *s, int64_t unit, const char *sql, struct buf *out)
{
	sqlite3_stmt *st;
	struct pair p;
	int rc = db_prepare(s, sql, &st);

	if (!rc)
		rc = db_bind(st, "ii", unit, (int64_t)SAME_PAIRS_MAX);
	while (!rc && (rc = db_step(s, st)) == 1) {
		p = (struct pair){sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1)};
		buf_add(out, &p, sizeof p);
		rc = out->err;
	}
	sqlite3_finalize(st);
	return rc;
}

/* Every record that a pair names, once, by id. */
static size_t list_members(const struct pair *p, size_t npair, struct member *m)
{
	size_t i, n = 0;

	for (i = 0; i < npair; i++) {
		m[2 * i].id = p[i].keep;
		m[2 * i + 1].id = p[i].other;
	}
	qsort(m, 2 * npair, sizeof *m, compare_members);
	for (i = 0; i < 2 * npair; i++)
		if (!n || m[n - 1].id != m[i].id)
			m[n++].id = m[i].id;
	for (i = 0; i < n; i++)
		m[i].up = i;
	return n;
}

static size_t top(struct member *m, size_t i)
{
	while (m[i].up != i)
		i = m[i].up = m[m[i].up].up;
	return i;
}

static struct member *find(struct member *m, size_t n, int64_t id)
{
	struct member key = {.id = id};

	return bsearch(&key, m, n, sizeof *m, compare_members);
}

static void link_pairs(const struct pair *p, size_t npair, struct member *m, size_t n)
{
	struct member *keep, *other;
	size_t i, a, b;

	for (i = 0; i < npair; i++) {
		keep = find(m, n, p[i].keep);
		other = find(m, n, p[i].other);
		other->other = true;
		a = top(m, (size_t)(keep - m));
		b = top(m, (size_t)(other - m));
		m[a > b ? a : b].up = a < b ? a : b;
	}
	/* by id, so the first that comes is the smallest */
	for (i = 0; i < n; i++) {
		a = top(m, i);
		if (!m[a].least)
			m[a].least = m[i].id;
		if (!m[i].other && !m[a].best)
			m[a].best = m[i].id;
	}
}

static int write_groups(struct store *s, int64_t unit, struct member *m, size_t n)
{
	const struct member *first;
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < n; i++) {
		first = &m[top(m, i)];
		rc = db_run(s, "INSERT INTO same_as(unit, id, rep) VALUES(?, ?, ?)", "iii", unit,
		            m[i].id, first->best ? first->best : first->least);
	}
	return rc;
}

int same_refresh(struct store *s, int64_t unit)
{
	struct buf pairs = {0};
	struct member *m = NULL;
	const struct pair *p;
	size_t npair, n;
	int rc = load_pairs(s, unit, said, &pairs);

	if (!rc)
		rc = load_pairs(s, unit, one_submission, &pairs);
	if (!rc)
		rc = db_run(s, "DELETE FROM same_as WHERE unit = ?", "i", unit);
	npair = pairs.len / sizeof *p;
	if (rc || !npair)
		goto out;
	p = (const struct pair *)(const void *)pairs.data; /* malloc's alignment holds one */
	m = calloc(2 * npair, sizeof *m);
	if (!m) {
		rc = err(ERR_NOMEM, "out of memory");
		goto out;
	}
	n = list_members(p, npair, m);
	link_pairs(p, npair, m, n);
	rc = write_groups(s, unit, m, n);
out:
	free(m);
	buf_release(&pairs);
	return rc;
}

/* ---- reading ---------------------------------------------------------------------------------- */

int same_rep(struct store *s, int64_t unit, int64_t id, int64_t *rep)
{
	int rc = db_int(s, rep, "SELECT rep FROM same_as WHERE unit = ? AND id = ?", "ii", unit,
	                id);

	if (rc == ERR_NOTFOUND) {
		*rep = id;
		rc = 0;
	}
	return rc;
}

int same_others(struct store *s, int64_t unit, int64_t id, int (*fn)(void *arg, int64_t other),
                void *arg)
{
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT m.id FROM same_as a CROSS JOIN same_as m"
	                    " ON m.unit = a.unit AND m.rep = a.rep"
	                    " WHERE a.unit = ?1 AND a.id = ?2 AND m.id <> ?2 ORDER BY m.id",
	                    &st);

	if (!rc)
		rc = db_bind(st, "ii", unit, id);
	while (!rc && (rc = db_step(s, st)) == 1)
		rc = fn(arg, sqlite3_column_int64(st, 0));
	sqlite3_finalize(st);
	return rc;
}

int same_each(struct store *s, int64_t unit, int (*fn)(void *arg, const struct same *g), void *arg)
{
	struct same g;
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT unit, rep, id, EXISTS (SELECT 1 FROM f__same f"
	                    " WHERE f._unit = a.unit AND f.same = 1 AND a.id IN (f.keep, f.other))"
	                    " FROM same_as a WHERE id <> rep ORDER BY unit, rep, id",
	                    &st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		g = (struct same){.unit = sqlite3_column_int64(st, 0),
		                  .rep = sqlite3_column_int64(st, 1),
		                  .id = sqlite3_column_int64(st, 2),
		                  .said = sqlite3_column_int(st, 3)};
		rc = !unit || unit_within(s, g.unit, unit) ? fn(arg, &g) : 0;
	}
	sqlite3_finalize(st);
	return rc;
}

/* ---- judging ------------------------------------------------------------------------------------ */

static int unit_of(struct store *s, const struct form *f, int64_t id, int64_t *unit)
{
	struct record *r;
	int rc = record_get(s, f, id, &r);

	*unit = rc ? 0 : r->unit;
	record_free(r);
	return rc;
}

/* May the two be judged here, and are they joined? */
static int look(struct store *s, const struct form *f, int64_t a, int64_t b, int64_t *unit,
                bool *joined)
{
	char x[ID_TEXT], y[ID_TEXT];
	int64_t second, ra, rb;
	int rc = unit_of(s, f, a, unit);

	*joined = false;
	if (!rc)
		rc = unit_of(s, f, b, &second);
	if (rc)
		return rc;
	if (a == b)
		return err(ERR_BAD, "%s is named twice: name two records", id_text(a, x));
	if (*unit != second)
		return err(ERR_BAD, "%s and %s are of different units: they cannot be joined",
		           id_text(a, x), id_text(b, y));
	if (!unit_within(s, *unit, s->self.scope))
		return err(ERR_DENIED, "record %s is of a unit that this node does not work for",
		           id_text(a, x));
	rc = same_rep(s, *unit, a, &ra);
	if (!rc)
		rc = same_rep(s, *unit, b, &rb);
	*joined = !rc && ra == rb;
	return rc;
}

/* What is said of two records of a unit. */
struct word {
	int64_t unit, keep, other, same, person;
};

/* A pair that was judged before keeps its row: what it says is what the last one said. */
static int write_pair(struct tx *tx, const struct form *f, const struct word *w)
{
	struct store *s = tx_store(tx);
	int64_t row;
	int rc = db_int(s, &row,
	                "SELECT _id FROM f__same WHERE _unit = ?1 AND (keep = ?2 AND other = ?3"
	                " OR keep = ?3 AND other = ?2) ORDER BY _id LIMIT 1",
	                "iii", w->unit, w->keep, w->other);

	if (!rc)
		return db_run(s,
		              "UPDATE f__same SET keep = ?, other = ?, same = ?,"
		              " person = nullif(?, 0) WHERE _id = ?",
		              "iiiii", w->keep, w->other, w->same, w->person, row);
	if (rc != ERR_NOTFOUND)
		return rc;
	row = tx_new_id(tx);
	return row ? db_run(s,
	                    "INSERT INTO f__same(_id, _unit, form, keep, other, same, person)"
	                    " VALUES(?, ?, ?, ?, ?, ?, nullif(?, 0))",
	                    "iitiiii", row, w->unit, f->code, w->keep, w->other, w->same, w->person)
	           : ERR_TOOBIG;
}

static int judge(struct store *s, const struct form *f, const struct word *w)
{
	struct tx *tx;
	int rc = record_person(s, w->person);

	if (!rc)
		rc = tx_begin(s, w->unit, &tx);
	if (rc)
		return rc;
	rc = write_pair(tx, f, w);
	if (!rc)
		rc = same_refresh(s, w->unit);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

int same_join(struct store *s, const struct form *f, int64_t keep, int64_t other, int64_t person)
{
	struct word w = {.keep = keep, .other = other, .same = 1, .person = person};
	char x[ID_TEXT], y[ID_TEXT];
	bool joined;
	int rc = look(s, f, keep, other, &w.unit, &joined);

	if (!rc && joined)
		return err(ERR_EXISTS, "%s and %s are joined already", id_text(keep, x),
		           id_text(other, y));
	return rc ? rc : judge(s, f, &w);
}

int same_differ(struct store *s, const struct form *f, int64_t a, int64_t b, int64_t person)
{
	struct word w = {.keep = a, .other = b, .same = 0, .person = person};
	char x[ID_TEXT], y[ID_TEXT];
	bool joined;
	int rc = look(s, f, a, b, &w.unit, &joined);

	if (!rc && joined)
		return err(ERR_EXISTS,
		           "%s and %s are joined: take that back first, cayda duplicates undo",
		           id_text(a, x), id_text(b, y));
	return rc ? rc : judge(s, f, &w);
}

int same_undo(struct store *s, const struct form *f, int64_t id, int64_t person)
{
	char text[ID_TEXT];
	int64_t unit, any;
	struct tx *tx;
	int rc = unit_of(s, f, id, &unit);

	if (rc)
		return rc;
	if (!unit_within(s, unit, s->self.scope))
		return err(ERR_DENIED, "record %s is of a unit that this node does not work for",
		           id_text(id, text));
	rc = db_int(s, &any,
	            "SELECT 1 FROM f__same WHERE _unit = ?1 AND same = 1"
	            " AND (keep = ?2 OR other = ?2) LIMIT 1",
	            "ii", unit, id);
	if (rc == ERR_NOTFOUND)
		return err(rc, "%s is not joined to another record", id_text(id, text));
	if (!rc)
		rc = record_person(s, person);
	if (!rc)
		rc = tx_begin(s, unit, &tx);
	if (rc)
		return rc;
	rc = db_run(s,
	            "UPDATE f__same SET same = NULL, person = nullif(?3, 0) WHERE _unit = ?1"
	            " AND same = 1 AND (keep = ?2 OR other = ?2)",
	            "iii", unit, id, person);
	if (!rc)
		rc = same_refresh(s, unit);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}
