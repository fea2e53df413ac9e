/* indicator_expr.c - an expression is text in a query of ours: looked at, authorized, bounded.
 *
 * Three fences. The text is scanned, so that it cannot leave the brackets it is put in. SQLite's
 * authorizer allows this query to read the form's open table, and to call
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
#define STEPS_A_CALL 10000
#define VALUES_MAX 256 /* expressions in one walk: two for each of FIGURES_MAX */

static const char *const parameter[] = {":villages", ":communes", ":households"};

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
	static const char *const barred[] = {"select",  "values",   "with",  "from", "union",
	                                     "over",    "raise",    "match", "glob", "regexp",
	                                     "collate", "distinct", NULL};
	char word[WORD_MAX];
	const char *end;
	size_t n;

	if (isalpha((unsigned char)*p) || *p == '_') {
		n = read_word(p, word, sizeof word);
		return listed(word, barred) ? 0 : n;
	}
	if (*p == '\'' || *p == '"') {
		end = strchr(p + 1, *p);
		return end ? (size_t)(end - p) + 1 : 0;
	}
	if ((p[0] == '-' && p[1] == '-') || (p[0] == '/' && p[1] == '*'))
		return 0;
	return isdigit((unsigned char)*p) || strchr(" \t\r\n.,()+-*/%<>=!|&~", *p) ? 1 : 0;
}

/* Outside all brackets only what adds up over units. */
static bool adds_up(const char *p, size_t n)
{
	static const char *const whole[] = {"sum", "count", "filter", NULL};
	char word[WORD_MAX];

	if (isalpha((unsigned char)*p) || *p == '_') {
		read_word(p, word, sizeof word);
		return listed(word, whole);
	}
	return n == 1 && strchr(" \t\r\n()+-", *p);
}

static int check_records(const char *expr)
{
	char shown[SHOWN_LEN];
	const char *p;
	size_t n;
	int depth = 0;

	for (p = expr; *p; p += n) {
		n = token(p);
		if (!n)
			return err(ERR_BAD, "the expression may not hold this: %s",
			           value_shown(p, shown));
		if (!depth && !adds_up(p, n))
			return err(ERR_BAD,
			           "only sum(...) and count(...), added or subtracted, add up over "
			           "units: %s",
			           value_shown(p, shown));
		depth += (*p == '(') - (*p == ')');
		if (depth < 0)
			return err(ERR_BAD, "a bracket closes that was not opened: %s",
			           value_shown(p, shown));
	}
	return depth ? err(ERR_BAD, "a bracket is not closed") : 0;
}

int expr_check(const char *expr, enum expr_kind *kind)
{
	const char *start = expr + strspn(expr, " \t\r\n");
	size_t len = strlen(start), i;

	*kind = EXPR_RECORDS;
	if (!*start)
		return err(ERR_BAD, "the expression is empty");
	if (strlen(expr) > EXPR_MAX)
		return err(ERR_BAD, "the expression is longer than %d bytes", EXPR_MAX);
	while (len && strchr(" \t\r\n", start[len - 1]))
		len--;
	for (i = 0; i < sizeof parameter / sizeof *parameter; i++) {
		if (len != strlen(parameter[i]) || strncmp(start, parameter[i], len) != 0)
			continue;
		*kind = (enum expr_kind)i;
		return 0;
	}
	return check_records(expr);
}

/* ---- what it may do ----------------------------------------------------------------------------- */

struct fence {
	char table[FORM_TABLE_MAX];
	const char *only;
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
	if (inside)
		return SQLITE_DENY; /* a view or a trigger */
	switch (action) {
	case SQLITE_SELECT:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return b && listed(b, functions) ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_READ:
		if (a && !strcasecmp(a, f->table))
			return SQLITE_OK;
		if (a && !strcmp(a, "same_as"))
			return SQLITE_OK;
		if (a && f->only && !strcmp(a, f->only))
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
	char *text;

	if (!strcmp(w->by, "_id")) { /* each is a thing of its own */
		sqlite3_str_appendall(sql, " 1");
		return;
	}
	text = same_thing(w, joined);
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

/* A time of day may follow a date: '~' is above any. */
static char *query(const struct counted *w, const char *const *expr, size_t n,
                   const struct expr_of *of, bool joined)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	bool dated = of->day && *w->date;
	char *until = dated ? sqlite3_mprintf(" AND n.\"%w\" <= :day || '~'", w->date) : NULL;
	size_t i;

	sqlite3_str_appendf(sql, "SELECT %s, %s", of->unit ? ":unit" : "latest._unit",
	                    of->rows ? "latest._id" : "0");
	for (i = 0; i < n; i++)
		sqlite3_str_appendf(sql, ", (%s)", expr[i]);
	sqlite3_str_appendf(sql, " FROM \"f_%w\" latest WHERE", w->code);
	if (of->unit)
		sqlite3_str_appendall(sql, " latest._unit = :unit AND");
	if (of->only)
		sqlite3_str_appendf(sql, " latest._unit IN (SELECT unit FROM \"%w\") AND",
		                    of->only);
	if (dated)
		sqlite3_str_appendf(sql, " (\"%w\" IS NULL OR \"%w\" <= :day || '~') AND", w->date,
		                    w->date);
	if (of->from && *w->date)
		sqlite3_str_appendf(sql, " \"%w\" >= :from AND", w->date);
	else if (of->from)
		sqlite3_str_appendall(sql, " 0 AND");
	if (joined)
		no_later_joined(sql, w, until ? until : "");
	else
		no_later(sql, w, until ? until : "", false);
	if (!of->unit)
		sqlite3_str_appendf(sql, " GROUP BY latest._unit%s",
		                    of->rows ? ", latest._id" : "");
	sqlite3_free(until);
	return sqlite3_str_finish(sql);
}

/* ---- running ------------------------------------------------------------------------------------------ */

/* Answers without any value sum to NULL: none. */
static int whole(sqlite3_stmt *st, int i, int64_t *out)
{
	int type = sqlite3_column_type(st, i);

	*out = 0;
	if (type == SQLITE_INTEGER)
		*out = sqlite3_column_int64(st, i);
	return type == SQLITE_INTEGER || type == SQLITE_NULL
	               ? 0
	               : err(ERR_BAD, "it does not give a whole number");
}

static int failed(struct store *s, int rc)
{
	if (rc == SQLITE_INTERRUPT)
		return err(ERR_BAD, "it takes too long");
	if (rc == SQLITE_ERROR || rc == SQLITE_AUTH || rc == SQLITE_TOOBIG || rc == SQLITE_RANGE)
		return err(ERR_BAD, "%s", sqlite3_errmsg(s->db));
	return db_err(s, rc);
}

static int step(struct store *s, sqlite3_stmt *st, size_t n, expr_fn *fn, void *arg)
{
	int64_t value[VALUES_MAX];
	size_t i;
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		rc = 0;
		for (i = 0; !rc && i < n; i++)
			rc = whole(st, (int)i + 2, &value[i]);
		if (!rc)
			rc = fn(arg, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1),
			        value);
		if (rc)
			return rc;
	}
	return rc == SQLITE_DONE ? 0 : failed(s, rc & 0xff);
}

/* The groups, or those of the units asked for. */
static int run(struct store *s, sqlite3_stmt *st, size_t n, const struct expr_of *of, expr_fn *fn,
               void *arg)
{
	int at = sqlite3_bind_parameter_index(st, ":unit"), rc = 0;
	size_t i;

	if (!of->unit)
		return step(s, st, n, fn, arg);
	for (i = 0; !rc && i < of->nunit; i++) {
		sqlite3_reset(st);
		sqlite3_bind_int64(st, at, of->unit[i]);
		rc = step(s, st, n, fn, arg);
	}
	return rc;
}

static int bind_day(sqlite3_stmt *st, const char *name, const char *day)
{
	int at = day ? sqlite3_bind_parameter_index(st, name) : 0;

	return at && sqlite3_bind_text(st, at, day, -1, SQLITE_STATIC)
	               ? err(ERR_NOMEM, "out of memory")
	               : 0;
}

static int prepare(struct store *s, const char *sql, const struct expr_of *of, sqlite3_stmt **st)
{
	int rc = sqlite3_prepare_v2(s->db, sql, -1, st, NULL);

	rc = rc ? failed(s, rc & 0xff) : 0;
	if (!rc)
		rc = bind_day(*st, ":day", of->day);
	return rc ? rc : bind_day(*st, ":from", of->from);
}

int expr_run(struct store *s, const struct counted *what, const char *const *expr, size_t n,
             const struct expr_of *of, expr_fn *fn, void *arg)
{
	struct fence fence = {.only = of->only};
	enum expr_kind kind;
	sqlite3_stmt *st = NULL;
	int64_t joined;
	char *sql;
	size_t i;
	int rc = n > VALUES_MAX ? err(ERR_TOOBIG, "more than %d expressions", VALUES_MAX) : 0;

	for (i = 0; !rc && i < n; i++)
		rc = expr_check(expr[i], &kind);
	if (!rc)
		rc = db_int(s, &joined, "SELECT EXISTS (SELECT 1 FROM same_as)", "");
	if (rc)
		return rc;
	sql = query(what, expr, n, of, joined);
	if (!sql)
		return err(ERR_NOMEM, "out of memory");
	sqlite3_snprintf(sizeof fence.table, fence.table, "f_%s", what->code);
	sqlite3_set_authorizer(s->db, authorize, &fence);
	sqlite3_progress_handler(s->db, STEPS_A_CALL, count_steps, &fence);
	rc = prepare(s, sql, of, &st);
	if (!rc && fn)
		rc = run(s, st, n, of, fn, arg);
	sqlite3_progress_handler(s->db, 0, NULL, NULL);
	sqlite3_set_authorizer(s->db, NULL, NULL);
	sqlite3_finalize(st);
	sqlite3_free(sql);
	return rc;
}
