/* indicator_expr.c - an expression is text in a query of ours: looked at, authorized, bounded.
 *
 * Three fences. The text is scanned, so that it cannot leave the brackets it is put in. SQLite's
 * authorizer allows this query to read the form's open table and the tree of units, and to call
 * a few functions. A step count ends what would not end.
 */
#include "storage/indicator_expr.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/unit.h"
#include "storage/value.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORD_MAX 32
#define PARAMETERS 3
#define STEPS_A_CALL 10000
#define EXACT_MAX 9007199254740992.0 /* 2^53: a double keeps whole numbers up to here */

static const char *const parameter[PARAMETERS + 1] = {":villages", ":communes", ":households",
                                                      NULL};

/* ---- the text ---------------------------------------------------------------------------------- */

static bool listed(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (!strcasecmp(word, *list))
			return true;
	return false;
}

/* Reads the letters at p, cut to what is long enough to tell words apart. */
static size_t read_word(const char *p, char *out, size_t cap)
{
	size_t n = 0, kept;

	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	kept = n < cap ? n : cap - 1;
	memcpy(out, p, kept);
	out[kept] = 0;
	return n;
}

/* Length of what stands at p: a word, a quoted text, a parameter, a sign; 0 when it may not. */
static size_t token(const char *p)
{
	static const char *const barred[] = {"select", "values", "with",    "from",
	                                     "union",  "over",   "raise",   "match",
	                                     "glob",   "regexp", "collate", NULL};
	char word[WORD_MAX];
	const char *end;
	size_t n;

	if (isalpha((unsigned char)*p) || *p == '_') {
		n = read_word(p, word, sizeof word);
		return listed(word, barred) ? 0 : n;
	}
	if (*p == ':') {
		word[0] = ':';
		n = read_word(p + 1, word + 1, WORD_MAX - 1) + 1;
		return listed(word, parameter) ? n : 0;
	}
	if (*p == '\'' || *p == '"') {
		end = strchr(p + 1, *p);
		return end ? (size_t)(end - p) + 1 : 0;
	}
	if ((p[0] == '-' && p[1] == '-') || (p[0] == '/' && p[1] == '*'))
		return 0;
	return isdigit((unsigned char)*p) || strchr(" \t\r\n.,()+-*/%<>=!|&~", *p) ? 1 : 0;
}

int expr_check(const char *expr)
{
	char shown[SHOWN_LEN];
	const char *p;
	size_t n;
	int depth = 0;

	if (!expr[strspn(expr, " \t\r\n")])
		return err(ERR_BAD, "the expression is empty");
	if (strlen(expr) > EXPR_MAX)
		return err(ERR_BAD, "the expression is longer than %d bytes", EXPR_MAX);
	for (p = expr; *p; p += n) {
		n = token(p);
		if (!n)
			return err(ERR_BAD, "the expression may not hold this: %s",
			           value_shown(p, shown));
		depth += (*p == '(') - (*p == ')');
		if (depth < 0)
			return err(ERR_BAD, "a bracket closes that was not opened: %s",
			           value_shown(p, shown));
	}
	return depth ? err(ERR_BAD, "a bracket is not closed") : 0;
}

/* ---- what it may do ----------------------------------------------------------------------------- */

struct fence {
	char table[FORM_TABLE_MAX];
	int64_t steps;
};

static int authorize(void *arg, int action, const char *a, const char *b, const char *schema,
                     const char *inside)
{
	static const char *const functions[] = {"count",      "sum",    "total",    "avg",
	                                        "min",        "max",    "coalesce", "ifnull",
	                                        "nullif",     "iif",    "if",       "abs",
	                                        "round",      "length", "substr",   "lower",
	                                        "upper",      "instr",  "trim",     "date",
	                                        "row_number", NULL};
	const struct fence *f = arg;

	(void)schema;
	if (inside && strcmp(inside, "below"))
		return SQLITE_DENY; /* not our common table: a view or a trigger */
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return b && listed(b, functions) ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_READ:
		if (a && !strcasecmp(a, f->table))
			return SQLITE_OK;
		if (a && !strcmp(a, "same_as"))
			return SQLITE_OK;
		if (a && !strcmp(a, "unit") && b && (!strcmp(b, "id") || !strcmp(b, "parent")))
			return SQLITE_OK;
		return SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static int count_steps(void *arg)
{
	struct fence *f = arg;

	f->steps += STEPS_A_CALL;
	return f->steps > EXPR_STEPS_MAX;
}

/* ---- what it counts -------------------------------------------------------------------------------- */

/* Units of a level in force on the day, or now. */
static int count_units(struct store *s, int64_t unit, enum level level, const char *day,
                       int64_t *out)
{
	if (!day)
		return unit_count(s, unit, level, out);
	return db_int(s, out,
	              "WITH RECURSIVE below(id) AS (SELECT ?1 UNION SELECT unit.id FROM unit"
	              " JOIN below ON unit.parent = below.id)"
	              " SELECT count(*) FROM unit JOIN below USING (id) WHERE level = ?2"
	              " AND valid_from <= ?3 AND (valid_to IS NULL OR valid_to >= ?3)",
	              "itt", unit, level_name(level), day);
}

/* Households expected: a unit's own figure, else the sum over its children. */
static int count_households(struct store *s, int64_t unit, int64_t *out)
{
	return db_int(s, out,
	              "WITH RECURSIVE below(id, households) AS (SELECT id, households FROM unit"
	              " WHERE id = ? UNION SELECT unit.id, unit.households FROM unit"
	              " JOIN below ON unit.parent = below.id WHERE below.households IS NULL"
	              " AND unit.valid_to IS NULL) SELECT ifnull(sum(households), 0) FROM below",
	              "i", unit);
}

/* Those that the expressions name; before the fence is up, for these queries are ours. */
static int read_parameters(struct store *s, const char *numerator, const char *denominator,
                           int64_t unit, const char *day, int64_t out[PARAMETERS])
{
	static const enum level level[] = {LEVEL_VILLAGE, LEVEL_COMMUNE};
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < PARAMETERS; i++) {
		out[i] = 0;
		if (!strstr(numerator, parameter[i]) && !strstr(denominator, parameter[i]))
			continue;
		if (i < sizeof level / sizeof *level)
			rc = count_units(s, unit, level[i], day, &out[i]);
		else
			rc = count_households(s, unit, &out[i]);
	}
	return rc;
}

/* By name: the expressions have parameters of their own, anywhere among ours. */
static int bind_all(sqlite3_stmt *st, int64_t unit, const char *day,
                    const int64_t value[PARAMETERS])
{
	int at = sqlite3_bind_parameter_index(st, ":unit");
	int rc = at ? sqlite3_bind_int64(st, at, unit) : 0;
	size_t i;

	at = sqlite3_bind_parameter_index(st, ":day");
	if (!rc && at)
		rc = sqlite3_bind_text(st, at, day, -1, SQLITE_STATIC);
	for (i = 0; !rc && i < PARAMETERS; i++) {
		at = sqlite3_bind_parameter_index(st, parameter[i]);
		if (at)
			rc = sqlite3_bind_int64(st, at, value[i]);
	}
	return rc ? err(ERR_NOMEM, "out of memory") : 0;
}

/* SELECT of the records n of the same thing as latest. joined: also of what somebody said is the
 * same (same.h), and without records that another stands for. */
static char *same_thing(const struct counted *w, bool joined)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);

	if (joined && w->record)
		sqlite3_str_appendf(
			sql,
			"SELECT 1 FROM same_as a CROSS JOIN same_as m ON m.unit = a.unit"
			" AND m.rep = a.rep CROSS JOIN \"f_%w\" n ON n.\"%w\" = m.id"
			" WHERE a.unit = latest._unit AND a.id = latest.\"%w\"",
			w->code, w->by, w->by);
	else
		sqlite3_str_appendf(sql, "SELECT 1 FROM \"f_%w\" n WHERE n.\"%w\" = latest.\"%w\"",
		                    w->code, w->by, w->by);
	if (!w->record && strcmp(w->by, "_unit"))
		sqlite3_str_appendall(sql, " AND n._unit = latest._unit");
	if (joined)
		sqlite3_str_appendall(sql, " AND NOT EXISTS (SELECT 1 FROM same_as h WHERE"
		                           " h.unit = n._unit AND h.id = n._id AND h.rep <> h.id)");
	return sqlite3_str_finish(sql);
}

/* The condition that no record n of the same thing beats latest: a later date, or the same date
 * and a younger row; one without a date is beaten by any. An undated form goes by the row. */
static void no_later(sqlite3_str *sql, const struct counted *w, const char *until, bool joined)
{
	const char *d = w->date;
	char *text = same_thing(w, joined);

	if (!text)
		text = sqlite3_mprintf("");
	if (!*d)
		sqlite3_str_appendf(sql, " NOT EXISTS (%s AND n._id > latest._id)", text);
	else
		sqlite3_str_appendf(
			sql,
			" NOT EXISTS (%s AND n.\"%w\" >= latest.\"%w\"%s AND (n.\"%w\" > latest.\"%w\" OR"
			" n._id > latest._id)) AND (latest.\"%w\" IS NOT NULL OR NOT EXISTS (%s AND"
			" (n.\"%w\" IS NOT NULL%s OR (n.\"%w\" IS NULL AND n._id > latest._id))))",
			text, d, d, until, d, d, d, text, d, until, d);
	sqlite3_free(text);
}

/* The same where records are joined: only what is in a group pays for it. */
static void no_later_joined(sqlite3_str *sql, const struct counted *w, const char *until)
{
	sqlite3_str_appendall(sql, " NOT EXISTS (SELECT 1 FROM same_as h WHERE"
	                           " h.unit = latest._unit AND h.id = latest._id AND"
	                           " h.rep <> h.id) AND");
	if (!w->record) {
		no_later(sql, w, until, true);
		return;
	}
	sqlite3_str_appendf(sql,
	                    " CASE WHEN EXISTS (SELECT 1 FROM same_as a WHERE"
	                    " a.unit = latest._unit AND a.id = latest.\"%w\") THEN",
	                    w->by);
	no_later(sql, w, until, true);
	sqlite3_str_appendall(sql, " ELSE");
	no_later(sql, w, until, false);
	sqlite3_str_appendall(sql, " END");
}

/* A time of day may follow a date: '~' is above any. The root has all
 * records, and reading them in order is three times as fast as by unit. */
static char *query(const struct counted *w, const char *numerator, const char *denominator,
                   bool all, bool dated, bool joined)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	char *until = dated ? sqlite3_mprintf(" AND n.\"%w\" <= :day || '~'", w->date) : NULL;

	sqlite3_str_appendf(
		sql,
		"WITH RECURSIVE below(id) AS (SELECT :unit UNION SELECT unit.id FROM unit"
		" JOIN below ON unit.parent = below.id)"
		" SELECT (%s), (%s) FROM \"f_%w\" latest WHERE%s",
		numerator, denominator, w->code, all ? "" : " _unit IN (SELECT id FROM below) AND");
	if (dated)
		sqlite3_str_appendf(sql, " (\"%w\" IS NULL OR \"%w\" <= :day || '~') AND", w->date,
		                    w->date);
	if (joined)
		no_later_joined(sql, w, until ? until : "");
	else
		no_later(sql, w, until ? until : "", false);
	sqlite3_free(until);
	return sqlite3_str_finish(sql);
}

/* ---- running ------------------------------------------------------------------------------------------ */

static int whole(sqlite3_stmt *st, int i, int64_t *out)
{
	double v;

	switch (sqlite3_column_type(st, i)) {
	case SQLITE_NULL:
		return 0;
	case SQLITE_INTEGER:
		*out = sqlite3_column_int64(st, i);
		return 0;
	case SQLITE_FLOAT:
		v = sqlite3_column_double(st, i);
		if (fabs(v) > EXACT_MAX)
			break;
		*out = llround(v);
		return 0;
	}
	return err(ERR_BAD, "the %s does not give a number", i ? "denominator" : "numerator");
}

static int failed(struct store *s, int rc)
{
	if (rc == SQLITE_INTERRUPT)
		return err(ERR_BAD, "it takes too long");
	if (rc == SQLITE_ERROR || rc == SQLITE_AUTH || rc == SQLITE_TOOBIG || rc == SQLITE_RANGE)
		return err(ERR_BAD, "%s", sqlite3_errmsg(s->db));
	return db_err(s, rc);
}

static int step(struct store *s, sqlite3_stmt *st, int64_t out[2])
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_DONE)
		return 0;
	if (rc != SQLITE_ROW)
		return failed(s, rc & 0xff);
	rc = whole(st, 0, &out[0]);
	return rc ? rc : whole(st, 1, &out[1]);
}

static int run(struct store *s, const char *sql, int64_t unit, const char *day,
               const int64_t value[PARAMETERS], int64_t out[2])
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);

	rc = rc ? failed(s, rc & 0xff) : bind_all(st, unit, day, value);
	if (!rc)
		rc = step(s, st, out);
	sqlite3_finalize(st);
	return rc;
}

int expr_run(struct store *s, const struct counted *what, const char *numerator,
             const char *denominator, int64_t unit, const char *day, int64_t out[2])
{
	struct fence fence = {.steps = 0};
	int64_t value[PARAMETERS], root, joined;
	char *sql;
	bool all;
	int rc;

	out[0] = out[1] = 0;
	rc = expr_check(numerator);
	if (!rc)
		rc = expr_check(denominator);
	if (!rc)
		rc = read_parameters(s, numerator, denominator, unit, day, value);
	if (!rc)
		rc = db_int(s, &joined, "SELECT EXISTS (SELECT 1 FROM same_as)", "");
	if (rc)
		return rc;
	all = !unit_root(s, &root) && root == unit;
	sql = query(what, numerator, denominator, all, day && what->date[0], joined);
	if (!sql)
		return err(ERR_NOMEM, "out of memory");
	sqlite3_snprintf(sizeof fence.table, fence.table, "f_%s", what->code);
	sqlite3_set_authorizer(s->db, authorize, &fence);
	sqlite3_progress_handler(s->db, STEPS_A_CALL, count_steps, &fence);
	rc = run(s, sql, unit, day, value, out);
	sqlite3_progress_handler(s->db, 0, NULL, NULL);
	sqlite3_set_authorizer(s->db, NULL, NULL);
	sqlite3_free(sql);
	return rc;
}
