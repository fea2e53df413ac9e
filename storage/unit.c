/* unit.c - the tree of places. */
#include "storage/unit.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/text.h"
#include "storage/unit_row.h"
#include "storage/value.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define WITHIN_STEPS_MAX (UNIT_DEPTH_MAX * 4) /* parents and successors gone through */

static const char *const levels[] = {"", "province", "district", "commune", "village"};

const char *level_name(enum level l)
{
	return levels[l];
}

enum level level_of(const char *name)
{
	enum level l;

	for (l = LEVEL_PROVINCE; l <= LEVEL_VILLAGE; l++)
		if (!strcmp(name, levels[l]))
			return l;
	return LEVEL_NONE;
}

static const char *column_text(sqlite3_stmt *st, int i)
{
	const unsigned char *text = sqlite3_column_text(st, i);

	return text ? (const char *)text : "";
}

static int64_t column_count(sqlite3_stmt *st, int i)
{
	return sqlite3_column_type(st, i) == SQLITE_NULL ? -1 : sqlite3_column_int64(st, i);
}

void unit_read(sqlite3_stmt *st, struct unit *out)
{
	memset(out, 0, sizeof *out);
	out->id = sqlite3_column_int64(st, 0);
	out->parent = sqlite3_column_int64(st, 1);
	out->level = level_of(column_text(st, 2));
	snprintf(out->code, sizeof out->code, "%s", column_text(st, 3));
	snprintf(out->name, sizeof out->name, "%s", column_text(st, 4));
	snprintf(out->valid_from, sizeof out->valid_from, "%s", column_text(st, 5));
	snprintf(out->valid_to, sizeof out->valid_to, "%s", column_text(st, 6));
	out->households = column_count(st, 7);
	out->population = column_count(st, 8);
}

/* The first row of st, which is reset: ERR_NOTFOUND without text when there is none. */
static int unit_one(struct store *s, sqlite3_stmt *st, struct unit *out)
{
	int rc = db_step(s, st);

	if (rc == 1)
		unit_read(st, out);
	sqlite3_reset(st);
	return rc == 1 ? 0 : rc == 0 ? ERR_NOTFOUND : rc;
}

int unit_get(struct store *s, int64_t id, struct unit *out)
{
	sqlite3_stmt *st = db_stmt(s, "SELECT " UNIT_COLUMNS " FROM unit WHERE id = ?");
	char text[ID_TEXT];
	int rc;

	memset(out, 0, sizeof *out);
	if (!st)
		return err_code();
	rc = db_bind(st, "i", id);
	if (!rc)
		rc = unit_one(s, st, out);
	if (rc == ERR_NOTFOUND)
		return err(rc, "unit %s is not known here yet: sync first", id_text(id, text));
	return rc;
}

int unit_root(struct store *s, int64_t *id)
{
	return db_int(s, id,
	              "SELECT id FROM unit WHERE parent IS NULL AND valid_to IS NULL"
	              " ORDER BY id LIMIT 1",
	              "");
}

/* ---- finding ------------------------------------------------------------------------------- */

static int by_code(struct store *s, const char *code, struct unit *out)
{
	sqlite3_stmt *st = db_stmt(s,
	                           "SELECT " UNIT_COLUMNS " FROM unit WHERE code = ?"
	                           " ORDER BY valid_to IS NULL DESC, valid_from DESC, id LIMIT 1");
	int rc;

	if (!st)
		return err_code();
	rc = db_bind(st, "t", code);
	return rc ? rc : unit_one(s, st, out);
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Letters to change, add or drop to make a of b (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LEN], i, j, diagonal, old, n = strlen(b);

	if (n >= NAME_MAX_LEN)
		return NAME_MAX_LEN;
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 0; a[i]; i++) {
		diagonal = row[0];
		row[0] = i + 1;
		for (j = 1; j <= n; j++) {
			old = row[j];
			row[j] = min3(old + 1, row[j - 1] + 1, diagonal + (a[i] != b[j - 1]));
			diagonal = old;
		}
	}
	return row[n];
}

struct search {
	struct buf ref, name; /* folded */
	size_t hits;          /* units of that very name */
	struct unit hit, second, near;
	size_t near_distance; /* of near, 3 or more: there is none */
};

static int compare(struct search *f, const struct unit *u)
{
	size_t d, by_name;
	int rc;

	buf_reset(&f->name);
	rc = text_fold(u->name, &f->name);
	if (rc == ERR_BAD)
		return 0; /* a name that came damaged is not found by name */
	if (rc)
		return rc;
	if (!strcmp(buf_cstr(&f->name), buf_cstr(&f->ref))) {
		*(f->hits ? &f->second : &f->hit) = *u;
		f->hits++;
	}
	d = distance(buf_cstr(&f->ref), u->code);
	by_name = distance(buf_cstr(&f->ref), buf_cstr(&f->name));
	if (by_name < d)
		d = by_name;
	if (d < f->near_distance && d < f->ref.len) {
		f->near_distance = d;
		f->near = *u;
	}
	return f->name.err;
}

static int by_name(struct store *s, const char *ref, struct search *f)
{
	sqlite3_stmt *st = NULL;
	struct unit u;
	int rc = text_fold(ref, &f->ref);

	if (!rc && f->ref.len >= NAME_MAX_LEN)
		return 0;
	if (!rc)
		rc = db_prepare(s,
		                "SELECT " UNIT_COLUMNS
		                " FROM unit WHERE valid_to IS NULL ORDER BY id",
		                &st);
	while (!rc && (rc = db_step(s, st)) == 1) {
		unit_read(st, &u);
		rc = compare(f, &u);
	}
	sqlite3_finalize(st);
	return rc;
}

int unit_find(struct store *s, const char *ref, struct unit *out)
{
	struct search f = {.near_distance = 3};
	char shown[SHOWN_LEN];
	int rc;

	memset(out, 0, sizeof *out);
	rc = by_code(s, ref, out);
	if (rc != ERR_NOTFOUND)
		return rc;
	rc = by_name(s, ref, &f);
	value_shown(ref, shown);
	if (rc)
		goto out;
	if (f.hits == 1)
		*out = f.hit;
	else if (f.hits)
		rc = err(ERR_BAD, "several units are named %s: use the code, like %s or %s", shown,
		         f.hit.code, f.second.code);
	else if (f.near_distance < 3)
		rc = err(ERR_NOTFOUND, "no unit %s: did you mean %s (%s)?", shown, f.near.code,
		         f.near.name);
	else
		rc = err(ERR_NOTFOUND, "no unit %s: see 'cayda unit list'", shown);
out:
	buf_release(&f.ref);
	buf_release(&f.name);
	return rc;
}

/* ---- the tree ------------------------------------------------------------------------------- */

static int64_t parent_of(struct store *s, int64_t unit)
{
	int64_t parent;

	db_int(s, &parent, "SELECT parent FROM unit WHERE id = ?", "i", unit);
	return parent;
}

/* What a unit that ended became, where that is one; else 0. */
static int64_t successor_of(struct store *s, int64_t unit)
{
	int64_t became = 0;

	if (db_int(s, &became,
	           "SELECT min(became) FROM successor x JOIN unit u ON u.id = x.unit WHERE u.id = ?"
	           " AND u.valid_to IS NOT NULL HAVING count(DISTINCT became) = 1",
	           "i", unit))
		return 0;
	return became;
}

static bool within(struct store *s, int64_t unit, int64_t ancestor, int *steps)
{
	for (; unit && *steps < WITHIN_STEPS_MAX; unit = parent_of(s, unit)) {
		++*steps;
		if (unit == ancestor || within(s, successor_of(s, unit), ancestor, steps))
			return true;
	}
	return false;
}

bool unit_within(struct store *s, int64_t unit, int64_t ancestor)
{
	int steps = 0;

	return within(s, unit, ancestor, &steps);
}

int64_t unit_commune(struct store *s, int64_t unit)
{
	int64_t found;
	int depth;

	for (depth = 0; unit && depth < UNIT_DEPTH_MAX; depth++) {
		if (!db_int(s, &found, "SELECT 1 FROM unit WHERE id = ? AND level = 'commune'", "i",
		            unit))
			return unit;
		unit = parent_of(s, unit);
	}
	return 0;
}

int unit_each(struct store *s, int64_t parent, int (*fn)(void *arg, const struct unit *u),
              void *arg)
{
	sqlite3_stmt *st;
	struct unit u;
	int rc = db_prepare(s,
	                    "SELECT " UNIT_COLUMNS " FROM unit WHERE parent IS nullif(?, 0)"
	                    " ORDER BY code, valid_from, id",
	                    &st);

	if (!rc)
		rc = db_bind(st, "i", parent);
	while (!rc && (rc = db_step(s, st)) == 1) {
		unit_read(st, &u);
		rc = fn(arg, &u);
	}
	sqlite3_finalize(st);
	return rc;
}

/* ---- writing -------------------------------------------------------------------------------- */

static bool code_ok(const char *code)
{
	const char *p;

	for (p = code; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._-", *p))
			return false;
	return *code != 0;
}

static int check_name(struct unit *u)
{
	struct buf name = {0};
	int rc = value_check(Q_TEXT, u->name, 0, &name);

	if (!rc && !name.len)
		rc = err(ERR_BAD, "unit %s has no name", u->code);
	if (!rc && name.len >= sizeof u->name)
		rc = err(ERR_TOOBIG, "the name of unit %s is too long: %d bytes at most", u->code,
		         NAME_MAX_LEN - 1);
	if (!rc)
		memcpy(u->name, buf_cstr(&name), name.len + 1);
	buf_release(&name);
	return rc;
}

static bool put_date(char day[DATE_LEN])
{
	char good[DATE_LEN];

	if (!value_date(day, good))
		return false;
	memcpy(day, good, sizeof good);
	return true;
}

int unit_check(struct unit *u)
{
	int rc;

	if (!code_ok(u->code))
		return err(ERR_BAD,
		           "'%s' is not a unit code: use letters, digits, '.', '_' and '-'",
		           u->code);
	rc = check_name(u);
	if (rc)
		return rc;
	if (u->level == LEVEL_NONE)
		return err(ERR_BAD, "unit %s has no level: province, district, commune or village",
		           u->code);
	if (!u->valid_from[0])
		memcpy(u->valid_from, UNIT_ALWAYS, sizeof u->valid_from);
	if (!put_date(u->valid_from))
		return err(ERR_BAD, "unit %s: its first day is not a date like 2026-11-21",
		           u->code);
	if (u->valid_to[0] && !put_date(u->valid_to))
		return err(ERR_BAD, "unit %s: its last day is not a date like 2026-11-21", u->code);
	return 0;
}

int unit_insert(struct store *s, const struct unit *u)
{
	sqlite3_stmt *st = db_stmt(s,
	                           "INSERT INTO unit(id, scope, code, valid_from, valid_to, name,"
	                           " level, parent, households, population)"
	                           " VALUES(?, ?, ?, ?, nullif(?, ''), ?, ?, nullif(?, 0),"
	                           " nullif(?, -1), nullif(?, -1))");
	int rc;

	if (!st)
		return err_code();
	rc = db_bind(st, "iitttttiii", u->id, u->parent ? u->parent : u->id, u->code, u->valid_from,
	             u->valid_to, u->name, level_name(u->level), u->parent, u->households,
	             u->population);
	return rc ? rc : db_step(s, st);
}

/* May u be made where it says? */
static int check_place(struct store *s, const struct unit *u)
{
	struct unit parent;
	int64_t found;
	int rc;

	rc = db_int(s, &found, "SELECT 1 FROM unit WHERE code = ? AND valid_from = ?", "tt",
	            u->code, u->valid_from);
	if (!rc)
		return err(ERR_EXISTS, "unit %s is here already", u->code);
	if (rc != ERR_NOTFOUND)
		return rc;
	if (!u->parent) {
		rc = unit_root(s, &found);
		if (!rc && unit_get(s, found, &parent) == 0)
			return err(ERR_EXISTS,
			           "a tree has one root, and %s is it: name a parent for %s",
			           parent.code, u->code);
		return rc == ERR_NOTFOUND ? 0 : rc;
	}
	rc = unit_get(s, u->parent, &parent);
	if (!rc && parent.level >= u->level)
		rc = err(ERR_BAD, "unit %s is a %s: it cannot be under %s, a %s", u->code,
		         level_name(u->level), parent.code, level_name(parent.level));
	return rc;
}

int unit_add(struct store *s, const struct unit *unit, int64_t *id)
{
	struct unit u = *unit;
	struct tx *tx = NULL;
	int rc;

	*id = 0;
	if (!u.parent && !u.id)
		u.id = s->self.scope;
	rc = unit_check(&u);
	if (!rc)
		rc = check_place(s, &u);
	if (!rc)
		rc = tx_begin(s, u.parent ? u.parent : u.id, &tx);
	if (rc)
		return rc;
	if (u.parent)
		u.id = tx_new_id(tx);
	rc = u.id ? unit_insert(s, &u) : ERR_TOOBIG;
	if (!rc)
		rc = tx_commit(tx);
	if (!rc)
		*id = u.id;
	tx_end(tx);
	return rc;
}

int unit_seed(struct store *s, const struct unit *unit)
{
	struct unit u = *unit;
	int64_t found;
	int rc = unit_check(&u);

	if (!rc)
		rc = db_int(s, &found, "SELECT 1 FROM unit WHERE id = ?", "i", u.id);
	return rc == ERR_NOTFOUND ? unit_insert(s, &u) : rc;
}
