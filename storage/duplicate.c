/* duplicate.c - finding households that share an address, a code or a name.
 *
 * What they share goes through a temporary table: SQLite sorts it in bounded memory.
 */
#include "storage/duplicate.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/text.h"

#include <ctype.h>

static const struct {
	const char *question;
	int64_t why;
} kinds[] = {{"address", DUPLICATE_ADDRESS},
             {"digital_address_code", DUPLICATE_CODE},
             {"head", DUPLICATE_HEAD}};
#define KINDS (sizeof kinds / sizeof *kinds)

/* Folded, and any run of what is no letter or digit one space. */
static int plain(const char *text, struct buf *out)
{
	struct buf folded = {0};
	const char *p;
	int gap = 0, rc = text_fold(text, &folded);

	for (p = buf_cstr(&folded); !rc && *p; p++) {
		if (isalnum((unsigned char)*p) || (unsigned char)*p >= 0x80) {
			if (gap && out->len)
				buf_u8(out, ' ');
			buf_u8(out, (unsigned char)*p);
			gap = 0;
		} else {
			gap = 1;
		}
	}
	buf_release(&folded);
	return rc ? rc : out->err;
}

static char *select_sql(const struct form *f)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	const struct question *q;
	bool personal = false;
	size_t i;

	sqlite3_str_appendall(sql, "SELECT f._id, f._unit");
	for (i = 0; i < KINDS; i++) {
		q = form_question(f, kinds[i].question);
		personal |= q && q->col && q->personal;
		if (q && q->col)
			sqlite3_str_appendf(sql, ", %c.\"%w\"", q->personal ? 'p' : 'f', q->col);
		else
			sqlite3_str_appendall(sql, ", NULL");
	}
	sqlite3_str_appendf(sql, " FROM \"f_%w\" f", f->code);
	if (personal)
		sqlite3_str_appendf(sql, " JOIN \"p_%w\" p ON p._id = f._id", f->code);
	sqlite3_str_appendall(sql,
	                      " WHERE ?1 = 0 OR f._unit IN (WITH RECURSIVE below(id) AS (SELECT"
	                      " ?1 UNION SELECT unit.id FROM unit JOIN below ON unit.parent ="
	                      " below.id) SELECT id FROM below)");
	return sqlite3_str_finish(sql);
}

static int add_word(struct store *s, sqlite3_stmt *st, size_t i)
{
	const char *text = (const char *)sqlite3_column_text(st, 2 + (int)i);
	struct buf word = {0};
	int rc = text ? plain(text, &word) : 0;

	if (!rc && word.len)
		rc = db_run(s, "INSERT INTO temp.word(unit, why, word, id) VALUES(?, ?, ?, ?)",
		            "iiti", sqlite3_column_int64(st, 1), kinds[i].why, buf_cstr(&word),
		            sqlite3_column_int64(st, 0));
	buf_release(&word);
	return rc == ERR_BAD ? 0 : rc; /* bytes that are no text are like nothing */
}

static int gather(struct store *s, const struct form *f, int64_t unit)
{
	char *sql = select_sql(f);
	sqlite3_stmt *st = NULL;
	size_t i;
	int rc = sql ? db_prepare(s, sql, &st) : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	if (!rc)
		rc = db_bind(st, "i", unit);
	while (!rc && (rc = db_step(s, st)) == 1) {
		rc = 0;
		for (i = 0; !rc && i < KINDS; i++)
			rc = add_word(s, st, i);
	}
	sqlite3_finalize(st);
	return rc;
}

static int propose(struct store *s, int (*fn)(void *arg, const struct duplicate *d), void *arg)
{
	struct duplicate d;
	sqlite3_stmt *st;
	int rc = db_prepare(
		s,
		"WITH alike(unit, a, b, x, y, why) AS (SELECT a.unit, a.id, b.id,"
		" ifnull(ra.rep, a.id), ifnull(rb.rep, b.id), a.why FROM temp.word a"
		" CROSS JOIN temp.word b ON b.unit = a.unit AND b.why = a.why AND b.word = a.word"
		" AND b.id > a.id LEFT JOIN same_as ra ON ra.unit = a.unit AND ra.id = a.id"
		" LEFT JOIN same_as rb ON rb.unit = b.unit AND rb.id = b.id)"
		" SELECT unit, min(x, y), max(x, y), sum(DISTINCT why) FROM alike WHERE x <> y"
		" AND NOT EXISTS (SELECT 1 FROM f__same j WHERE j._unit = alike.unit"
		" AND j.same IS NOT NULL AND (j.keep IN (a, x) AND j.other IN (b, y)"
		" OR j.keep IN (b, y) AND j.other IN (a, x)))"
		" GROUP BY 1, 2, 3 ORDER BY 1, sum(DISTINCT why) = 4, 2, 3",
		&st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		d = (struct duplicate){
			.unit = sqlite3_column_int64(st, 0),
			.a = sqlite3_column_int64(st, 1),
			.b = sqlite3_column_int64(st, 2),
			.why = (unsigned)sqlite3_column_int64(st, 3),
		};
		rc = fn(arg, &d);
	}
	sqlite3_finalize(st);
	return rc;
}

int duplicate_each(struct store *s, const struct form *f, int64_t unit,
                   int (*fn)(void *arg, const struct duplicate *d), void *arg)
{
	int rc = db_exec(s, "DROP TABLE IF EXISTS temp.word;"
	                    "CREATE TEMP TABLE word(unit, why, word, id, PRIMARY KEY"
	                    " (unit, why, word, id)) WITHOUT ROWID");

	if (!rc)
		rc = gather(s, f, unit);
	if (!rc)
		rc = db_run(s,
		            "DELETE FROM temp.word WHERE (unit, why, word) IN (SELECT unit, why,"
		            " word FROM temp.word GROUP BY 1, 2, 3 HAVING count(*) > ?)",
		            "i", (int64_t)DUPLICATE_SHARED);
	if (!rc)
		rc = propose(s, fn, arg);
	if (rc >= 0)
		db_exec(s, "DROP TABLE temp.word");
	return rc;
}
