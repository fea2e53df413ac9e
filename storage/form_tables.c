/* form_tables.c - the tables that question rows ask for.
 *
 * Column numbers travel in changesets, so columns come in colno order on every node. The rows
 * may come from anybody who could sign for the root's scope: a row that does not fit is left
 * out, and what is right beside it still gets its column.
 */
#include "storage/db.h"
#include "storage/err.h"
#include "storage/form_draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct making {
	struct store *s;
	char code[FORM_CODE_MAX + 1];
	char open[FORM_CODE_MAX + 3]; /* the table of its open answers */
	char tbl[FORM_TABLE_MAX];     /* the table at hand, "" for none */
	int columns;                  /* that it has */
};

static int execute(struct store *s, char *sql)
{
	int rc = sql ? db_exec(s, sql) : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	return rc;
}

static int count_columns(struct store *s, const char *tbl, int *out)
{
	int64_t n;
	int rc = db_int(s, &n, "SELECT count(*) FROM pragma_table_info(?)", "t", tbl);

	*out = (int)n;
	return rc;
}

static bool has_column(struct store *s, const char *tbl, const char *col)
{
	return !sqlite3_table_column_metadata(s->db, "main", tbl, col, NULL, NULL, NULL, NULL,
	                                      NULL);
}

static int make_table(struct store *s, const char *tbl, bool personal, bool repeat)
{
	const char *more = personal ? ""
	                   : repeat ? ", _parent INTEGER NOT NULL"
	                            : ", _person INTEGER, _version INTEGER NOT NULL";
	int rc = execute(s, sqlite3_mprintf("CREATE TABLE \"%w\"(_id INTEGER PRIMARY KEY NOT NULL,"
	                                    " _unit INTEGER NOT NULL%s) STRICT",
	                                    tbl, more));

	if (!rc && repeat && !personal)
		rc = execute(s,
		             sqlite3_mprintf("CREATE INDEX \"i_%w\" ON \"%w\"(_parent)", tbl, tbl));
	return rc;
}

/* Makes tbl the table at hand, and the table itself. False in *good when no form has such one. */
static int open_table(struct making *m, const char *tbl, bool *good)
{
	bool personal, repeat;
	int rc;

	*good = true;
	if (!strcmp(m->tbl, tbl))
		return 0;
	m->tbl[0] = 0;
	*good = strlen(tbl) < sizeof m->tbl && form_table_ok(m->code, tbl, &personal, &repeat);
	if (!*good)
		return 0;
	rc = count_columns(m->s, tbl, &m->columns);
	if (!rc && !m->columns) {
		rc = make_table(m->s, tbl, personal, repeat);
		if (!rc)
			rc = count_columns(m->s, tbl, &m->columns);
	}
	strcpy(m->tbl, tbl);
	return rc;
}

static int add_column(struct making *m, const char *tbl, const char *col, const char *type,
                      int64_t colno)
{
	enum qtype t;
	const char *sql_type = "ANY"; /* a newer program's type: kept as it comes */
	bool good;
	int rc = open_table(m, tbl, &good);

	if (rc || !good || colno != m->columns)
		return rc;
	if (!form_ident_ok(col, FORM_COL_MAX) || colno >= FORM_QUESTIONS_MAX + FORM_OPEN_COLUMNS ||
	    has_column(m->s, tbl, col))
		return 0;
	if (form_type_of(type, &t, NULL) && form_type_answers(t))
		sql_type = form_type_column(t);
	rc = execute(m->s, sqlite3_mprintf("ALTER TABLE \"%w\" ADD COLUMN \"%w\" %s", tbl, col,
	                                   sql_type));
	m->columns++;
	return rc;
}

/* Of every form of that code: a root that lost its disk may have made one a second time, and what was
 * recorded with either has its columns. */
static int make_columns(struct making *m)
{
	sqlite3_stmt *st;
	int rc = db_prepare(m->s,
	                    "SELECT q.tbl, q.col, q.type, q.colno FROM form f JOIN question q"
	                    " ON q.form = f.id WHERE f.code = ? AND q.tbl IS NOT NULL"
	                    " AND q.col IS NOT NULL AND q.colno IS NOT NULL"
	                    " ORDER BY q.tbl, q.colno, q.id",
	                    &st);

	if (!rc)
		rc = db_bind(st, "t", m->code);
	while (!rc && (rc = db_step(m->s, st)) == 1)
		rc = add_column(m, (const char *)sqlite3_column_text(st, 0),
		                (const char *)sqlite3_column_text(st, 1),
		                (const char *)sqlite3_column_text(st, 2),
		                sqlite3_column_int64(st, 3));
	sqlite3_finalize(st);
	return rc;
}

/* Also of a repeat that has no open question: its rows are there. */
static int make_repeats(struct making *m)
{
	sqlite3_stmt *st;
	bool good;
	int rc = db_prepare(m->s,
	                    "SELECT q.tbl FROM form f JOIN question q ON q.form = f.id"
	                    " WHERE f.code = ? AND q.type = 'begin_repeat'"
	                    " AND substr(q.tbl, 1, 2) = 'f_' ORDER BY q.tbl",
	                    &st);

	if (!rc)
		rc = db_bind(st, "t", m->code);
	while (!rc && (rc = db_step(m->s, st)) == 1)
		rc = open_table(m, (const char *)sqlite3_column_text(st, 0), &good);
	sqlite3_finalize(st);
	return rc;
}

/* The column of a question of the form's open table: its date (or key) question. "" for none. */
static int role_column(struct making *m, int64_t form, const char *sql, char out[FORM_COL_MAX + 1])
{
	sqlite3_stmt *st;
	const char *col;
	int rc = db_prepare(m->s, sql, &st);

	out[0] = 0;
	if (!rc)
		rc = db_bind(st, "i", form);
	if (!rc)
		rc = db_step(m->s, st);
	col = rc == 1 ? (const char *)sqlite3_column_text(st, 0) : NULL;
	if (col && form_ident_ok(col, FORM_COL_MAX) && has_column(m->s, m->open, col))
		snprintf(out, FORM_COL_MAX + 1, "%s", col);
	sqlite3_finalize(st);
	return rc < 0 ? rc : 0;
}

static int make_index(struct making *m, const char *name, const char *a, const char *b)
{
	return execute(m->s,
	               *b ? sqlite3_mprintf("CREATE INDEX IF NOT EXISTS \"%w\""
	                                    " ON \"%w\"(\"%w\", \"%w\")",
	                                    name, m->open, a, b)
	                  : sqlite3_mprintf("CREATE INDEX IF NOT EXISTS \"%w\" ON \"%w\"(\"%w\")",
	                                    name, m->open, a));
}

/* The records of a thing, by date: what "latest of each household" looks for. */
static int make_record_indexes(struct making *m, int64_t form, const char *date)
{
	char name[FORM_TABLE_MAX];
	const char *col;
	sqlite3_stmt *st;
	int rc = db_prepare(
		m->s,
		"SELECT col FROM question WHERE form = ? AND type = 'select_one_from_file'"
		" AND tbl = ? AND col IS NOT NULL ORDER BY colno",
		&st);

	if (!rc)
		rc = db_bind(st, "it", form, m->open);
	while (!rc && (rc = db_step(m->s, st)) == 1) {
		col = (const char *)sqlite3_column_text(st, 0);
		rc = 0;
		if (!form_ident_ok(col, FORM_COL_MAX) || !has_column(m->s, m->open, col))
			continue;
		snprintf(name, sizeof name, "r_%s__%s", m->code, col);
		rc = make_index(m, name, col, date);
	}
	sqlite3_finalize(st);
	return rc;
}

/* Records are looked up by unit and key, by unit and date, and by the record they are about. */
static int make_indexes(struct making *m, int64_t form)
{
	char date[FORM_COL_MAX + 1], key[FORM_COL_MAX + 1], name[FORM_TABLE_MAX];
	int rc = role_column(m, form,
	                     "SELECT q.col FROM form f JOIN question q ON q.form = f.id AND"
	                     " q.name = f.date_question WHERE f.id = ? AND"
	                     " q.tbl = 'f_' || f.code LIMIT 1",
	                     date);

	if (!rc)
		rc = role_column(m, form,
		                 "SELECT q.col FROM form f JOIN question q ON q.form = f.id AND"
		                 " q.name = f.key_question WHERE f.id = ? AND"
		                 " q.tbl = 'f_' || f.code LIMIT 1",
		                 key);
	snprintf(name, sizeof name, "i_%s", m->open);
	if (!rc)
		rc = make_index(m, name, "_unit", date);
	snprintf(name, sizeof name, "k_%s__%s", m->code, key);
	if (!rc && key[0])
		rc = make_index(m, name, "_unit", key);
	return rc ? rc : make_record_indexes(m, form, date);
}

static int make_form(struct store *s, int64_t form, const char *code)
{
	struct making m = {.s = s};
	bool good;
	int rc;

	if (!form_code_ok(code))
		return 0;
	snprintf(m.code, sizeof m.code, "%s", code);
	snprintf(m.open, sizeof m.open, "f_%s", code);
	rc = open_table(&m, m.open, &good); /* also when all its questions are personal */
	if (!rc)
		rc = make_repeats(&m);
	if (!rc)
		rc = make_columns(&m);
	return rc ? rc : make_indexes(&m, form);
}

int form_tables(struct store *s)
{
	sqlite3_stmt *st;
	int rc;

	/* Several rows of one code: the first is the form, as in draft_load(). */
	rc = db_prepare(s, "SELECT min(id), code FROM form GROUP BY code", &st);
	while (!rc && (rc = db_step(s, st)) == 1)
		rc = make_form(s, sqlite3_column_int64(st, 0),
		               (const char *)sqlite3_column_text(st, 1));
	sqlite3_finalize(st);
	return rc;
}
