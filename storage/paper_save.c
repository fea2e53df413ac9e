/* paper_save.c - a paper out of the tables of its form, and into them. */
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/paper_row.h"
#include "storage/record_cell.h"
#include "storage/value.h"

#include <stdlib.h>
#include <string.h>

/* Columns before the answers, and the parent of a row of a repeat. */
#define FIRST_ANSWER 2 /* of the SELECT of load_rows() */

/* The open table of the rows of a repeat (index plus 1), or of the record. Owned. */
static char *table_of(const struct form *f, size_t repeat, bool personal)
{
	const char *tbl = repeat ? f->q[repeat - 1].tbl : NULL;

	if (repeat)
		return sqlite3_mprintf("%c%s", personal ? 'p' : 'f', tbl ? tbl + 1 : "_");
	return sqlite3_mprintf("%c_%s", personal ? 'p' : 'f', f->code);
}

/* Is there a column for q in that table of a row of repeat? */
static bool has_column(const struct form *f, size_t repeat, bool personal, size_t q)
{
	return f->q[q].col && f->plan->repeat[q] == repeat && f->q[q].personal == personal;
}

static bool has_table(const struct form *f, size_t repeat, bool personal)
{
	size_t q;

	for (q = 0; q < f->nq; q++)
		if (has_column(f, repeat, personal, q))
			return true;
	return false;
}

static int prepare(struct store *s, char *sql, sqlite3_stmt **out)
{
	int rc = sql ? db_prepare(s, sql, out) : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	return rc;
}

/* ---- loading ---------------------------------------------------------------------------------------------- */

static int load_cell(struct paper *p, size_t row, size_t q, sqlite3_stmt *st, int at)
{
	struct cell *c = paper_cell(p, row, q);
	int type = sqlite3_column_type(st, at), rc;
	double number = sqlite3_column_double(st, at);
	char id[ID_TEXT];
	const char *text;
	size_t len;

	if (type == SQLITE_NULL)
		return 0;
	text = p->f->q[q].type == Q_RECORD && type == SQLITE_INTEGER
	               ? id_text(sqlite3_column_int64(st, at), id)
	               : (const char *)sqlite3_column_text(st, at);
	len = text ? strlen(text) : 0;
	if (type == SQLITE_FLOAT && len > 2 && !strcmp(text + len - 2, ".0"))
		len -= 2;
	rc = cell_set(p, q, c, text, len,
	              p->f->q[q].type == Q_RECORD ? CELL_TEXT
	              : type == SQLITE_INTEGER    ? CELL_INTEGER
	              : type == SQLITE_FLOAT      ? CELL_NUMBER
	                                          : CELL_TEXT,
	              number);
	c->changed = false;
	p->touched[q] = false;
	return rc;
}

static char *select_sql(const struct form *f, size_t repeat)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	char *open = table_of(f, repeat, false), *personal = table_of(f, repeat, true);
	size_t q;

	sqlite3_str_appendall(sql, "SELECT f._id, f._unit");
	for (q = 0; q < f->nq; q++)
		if (f->q[q].col && f->plan->repeat[q] == repeat)
			sqlite3_str_appendf(sql, ", %c.\"%w\"", f->q[q].personal ? 'p' : 'f',
			                    f->q[q].col);
	sqlite3_str_appendf(sql, " FROM \"%w\" f", open ? open : "");
	if (has_table(f, repeat, true))
		sqlite3_str_appendf(sql, " LEFT JOIN \"%w\" p ON p._id = f._id",
		                    personal ? personal : "");
	sqlite3_str_appendall(sql,
	                      repeat ? " WHERE f._parent = ? ORDER BY f._id" : " WHERE f._id = ?");
	sqlite3_free(open);
	sqlite3_free(personal);
	return sqlite3_str_finish(sql);
}

static int load_row(struct paper *p, size_t row, sqlite3_stmt *st)
{
	int at = FIRST_ANSWER, rc = 0;
	size_t q;

	p->row[row].id = sqlite3_column_int64(st, 0);
	for (q = 0; !rc && q < p->f->nq; q++)
		if (p->f->q[q].col && p->f->plan->repeat[q] == p->row[row].repeat)
			rc = load_cell(p, row, q, st, at++);
	return rc;
}

static int load_repeats(struct paper *p, size_t row);

/* The rows of repeat q of a row, with those within. */
static int load_rows(struct paper *p, size_t parent, size_t q)
{
	sqlite3_stmt *st = NULL;
	size_t row;
	int rc = p->f->q[q].tbl ? prepare(p->s, select_sql(p->f, q + 1), &st) : 0;

	if (!rc && st)
		rc = db_bind(st, "i", p->row[parent].id);
	while (!rc && st && (rc = db_step(p->s, st)) == 1) {
		rc = paper_add_row(p, parent, q, &row);
		if (!rc)
			rc = load_row(p, row, st);
		if (!rc)
			rc = load_repeats(p, row);
	}
	sqlite3_finalize(st);
	return rc;
}

static int load_repeats(struct paper *p, size_t row)
{
	size_t q;
	int rc = 0;

	for (q = 0; !rc && q < p->f->nq; q++)
		if (p->f->q[q].type == Q_REPEAT && p->f->plan->repeat[q] == p->row[row].repeat)
			rc = load_rows(p, row, q);
	return rc;
}

int paper_load(struct store *s, const struct form *f, int64_t id, struct paper **out)
{
	sqlite3_stmt *st = NULL;
	char text[ID_TEXT];
	int rc = paper_new(s, f, 0, out);

	if (rc)
		return rc;
	rc = prepare(s, select_sql(f, 0), &st);
	if (!rc)
		rc = db_bind(st, "i", id);
	if (!rc) {
		rc = db_step(s, st);
		if (rc == 0)
			rc = err(ERR_NOTFOUND, "there is no record %s of form %s here",
			         id_text(id, text), f->code);
		else if (rc == 1)
			rc = load_row(*out, 0, st);
	}
	if (!rc) {
		(*out)->unit = sqlite3_column_int64(st, 1);
		(*out)->id = id;
		(*out)->stored = true;
		rc = load_repeats(*out, 0);
	}
	sqlite3_finalize(st);
	if (!rc)
		memset((*out)->touched, 0, f->nq * sizeof *(*out)->touched);
	if (rc) {
		paper_free(*out);
		*out = NULL;
	}
	return rc;
}

/* ---- writing ---------------------------------------------------------------------------------------------- */

static int bind_cell(sqlite3_stmt *st, int at, const struct paper *p, size_t q,
                     const struct cell *c)
{
	const char *text = c->relevant ? cell_text(p, c) : NULL;
	int64_t v = 0;
	int rc;

	if (!text)
		rc = sqlite3_bind_null(st, at);
	else if (p->f->q[q].type == Q_RECORD && !id_parse(text, &v))
		rc = sqlite3_bind_int64(st, at, v);
	else if (c->kind == CELL_INTEGER && value_int(text, &v))
		rc = sqlite3_bind_int64(st, at, v);
	else if (c->kind == CELL_NUMBER)
		rc = sqlite3_bind_double(st, at, c->number);
	else
		rc = sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
	return rc ? err(ERR_NOMEM, "out of memory") : 0;
}

/* Is q written into that table of a row: when it is new, what was answered; else what changed. */
static bool written(const struct paper *p, size_t row, size_t q, bool personal)
{
	const struct cell *c;

	if (!has_column(p->f, p->row[row].repeat, personal, q))
		return false;
	c = paper_cell(p, row, q);
	return p->stored && p->row[row].id ? c->changed : c->relevant && c->at;
}

static int bind_written(sqlite3_stmt *st, int at, const struct paper *p, size_t row, bool personal)
{
	size_t q;
	int rc = 0;

	for (q = 0; !rc && q < p->f->nq; q++)
		if (written(p, row, q, personal))
			rc = bind_cell(st, at++, p, q, paper_cell(p, row, q));
	return rc;
}

static char *insert_sql(const struct paper *p, size_t row, bool personal)
{
	sqlite3_str *sql = sqlite3_str_new(NULL), *marks = sqlite3_str_new(NULL);
	char *tbl = table_of(p->f, p->row[row].repeat, personal), *text;
	size_t q;

	sqlite3_str_appendf(sql, "INSERT INTO \"%w\"(_id, _unit%s", tbl ? tbl : "",
	                    personal ? ""
	                    : row    ? ", _parent"
	                             : ", _person, _version");
	sqlite3_str_appendall(marks, personal ? "?, ?" : row ? "?, ?, ?" : "?, ?, nullif(?, 0), ?");
	for (q = 0; q < p->f->nq; q++) {
		if (!written(p, row, q, personal))
			continue;
		sqlite3_str_appendf(sql, ", \"%w\"", p->f->q[q].col);
		sqlite3_str_appendall(marks, ", ?");
	}
	text = sqlite3_str_finish(marks);
	sqlite3_str_appendf(sql, ") VALUES(%s)", text ? text : "");
	sqlite3_free(text);
	sqlite3_free(tbl);
	return sqlite3_str_finish(sql);
}

static int insert(struct paper *p, size_t row, bool personal, int64_t id, int64_t person)
{
	sqlite3_stmt *st = NULL;
	int rc = prepare(p->s, insert_sql(p, row, personal), &st);

	if (!rc && personal)
		rc = db_bind(st, "ii", id, p->unit);
	else if (!rc && row)
		rc = db_bind(st, "iii", id, p->unit, p->row[p->row[row].parent].id);
	else if (!rc)
		rc = db_bind(st, "iiii", id, p->unit, person, (int64_t)p->f->version);
	if (!rc)
		rc = bind_written(st, personal ? 3 : row ? 4 : 5, p, row, personal);
	if (!rc)
		rc = db_step(p->s, st);
	sqlite3_finalize(st);
	return rc;
}

/* Also without a personal answer: the personal row must be its author's, and the first answer may be
 * another's. */
static int insert_row(struct tx *tx, struct paper *p, size_t row, int64_t person)
{
	int64_t id = row || !p->id ? tx_new_id(tx) : p->id;
	int rc = id ? insert(p, row, false, id, person) : err_code();

	if (!rc && has_table(p->f, p->row[row].repeat, true))
		rc = insert(p, row, true, id, 0);
	if (!rc) {
		p->row[row].id = id;
		p->row[row].fresh = true;
	}
	return rc;
}

/* ---- changing --------------------------------------------------------------------------------------------- */

static char *update_sql(const struct paper *p, size_t row, bool personal)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	char *tbl = table_of(p->f, p->row[row].repeat, personal);
	const char *comma = "";
	size_t q;

	sqlite3_str_appendf(sql, "UPDATE \"%w\" SET ", tbl ? tbl : "");
	for (q = 0; q < p->f->nq; q++) {
		if (!written(p, row, q, personal))
			continue;
		sqlite3_str_appendf(sql, "%s\"%w\" = ?", comma, p->f->q[q].col);
		comma = ", ";
	}
	sqlite3_str_appendall(sql, " WHERE _id = ?");
	sqlite3_free(tbl);
	return sqlite3_str_finish(sql);
}

/* Only the cells that change: a changeset carries no more than was meant. */
static int update(struct paper *p, size_t row, bool personal)
{
	char id[ID_TEXT], node[ID_TEXT];
	sqlite3_stmt *st = NULL;
	int64_t row_id = p->row[row].id;
	size_t q;
	int n = 0, rc;

	for (q = 0; q < p->f->nq; q++)
		n += written(p, row, q, personal);
	if (!n)
		return 0;
	rc = prepare(p->s, update_sql(p, row, personal), &st);
	if (!rc)
		rc = bind_written(st, 1, p, row, personal);
	if (!rc && sqlite3_bind_int64(st, n + 1, row_id))
		rc = err(ERR_NOMEM, "out of memory");
	if (!rc)
		rc = db_step(p->s, st);
	sqlite3_finalize(st);
	if (rc || !personal || sqlite3_changes(p->s->db))
		return rc;
	/* It was made before the form had personal questions; the row may only be its author's. */
	if (id_node(row_id) != p->s->self.number)
		return err(
			ERR_DENIED,
			"the first personal answer of record %s must come from the node that made it, %s",
			id_text(row_id, id), node_text(id_node(row_id), node));
	return insert(p, row, true, row_id, 0);
}

static int delete_row(struct paper *p, size_t row)
{
	sqlite3_stmt *st = NULL;
	char *tbl;
	int rc = 0, personal;

	for (personal = 0; !rc && personal < 2; personal++) {
		if (personal && !has_table(p->f, p->row[row].repeat, true))
			continue;
		tbl = table_of(p->f, p->row[row].repeat, personal);
		rc = prepare(p->s,
		             tbl ? sqlite3_mprintf("DELETE FROM \"%w\" WHERE _id = ?", tbl) : NULL,
		             &st);
		sqlite3_free(tbl);
		if (!rc)
			rc = db_bind(st, "i", p->row[row].id);
		if (!rc)
			rc = db_step(p->s, st);
		sqlite3_finalize(st);
		st = NULL;
	}
	return rc;
}

/* ---- saving ------------------------------------------------------------------------------------------------ */

static int check_person(struct store *s, int64_t person)
{
	char text[ID_TEXT];
	int64_t table;
	int rc;

	if (!person)
		return 0;
	rc = db_int(s, &table,
	            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'f_member'", "");
	if (!rc)
		rc = record_here(s, "member", person);
	if (rc == ERR_NOTFOUND)
		return err(rc, "there is no team member %s here: see 'cayda list member'",
		           id_text(person, text));
	return rc;
}

/* Nobody else in the unit has this key. */
static int check_key(struct paper *p)
{
	const struct question *q = p->f->key ? form_question(p->f, p->f->key) : NULL;
	const struct cell *c = q ? paper_cell(p, 0, (size_t)(q - p->f->q)) : NULL;
	char text[ID_TEXT], shown[SHOWN_LEN];
	int64_t id;
	int rc;

	if (!c || !c->at || !c->relevant || (p->stored && !c->changed))
		return 0;
	rc = record_key_find(p->s, p->f->code, p->unit, cell_text(p, c), &id);
	if (rc == ERR_NOTFOUND || (!rc && p->stored && id == p->id))
		return 0;
	return rc ? rc
	          : err(ERR_EXISTS, "%s: %s is taken in this unit by record %s", q->name,
	                value_shown(cell_text(p, c), shown), id_text(id, text));
}

static int save_rows(struct tx *tx, struct paper *p, int64_t person)
{
	size_t row;
	int rc = 0;

	for (row = 0; !rc && row < p->nrow; row++) {
		if (p->row[row].gone)
			rc = p->row[row].id ? delete_row(p, row) : 0;
		else if (!p->row[row].id)
			rc = row && !paper_relevant(p, p->row[row].parent, p->row[row].repeat - 1)
			             ? 0
			             : insert_row(tx, p, row, person);
		else if (p->stored) {
			rc = update(p, row, false);
			if (!rc)
				rc = update(p, row, true);
		}
	}
	return rc;
}

int paper_save(struct tx *tx, struct paper *p, int64_t person, int64_t *id)
{
	char text[ID_TEXT];
	size_t row;
	int rc = 0;

	*id = 0;
	for (row = 0; row < p->nrow; row++)
		if (p->row[row].fresh)
			p->row[row].id = 0;
	if (!p->stored)
		p->id = 0;
	if (p->unit != tx_scope(tx))
		rc = err(ERR_BAD, "record %s belongs to another unit: name that unit",
		         id_text(p->id, text));
	if (!rc)
		rc = check_key(p);
	if (!rc)
		rc = check_person(p->s, person);
	if (!rc && !p->id && p->f->plan->names_id) { /* what names it is reckoned once more */
		p->id = tx_new_id(tx);
		rc = p->id ? paper_work_out(p) : err_code();
	}
	if (!rc)
		rc = save_rows(tx, p, person);
	if (!rc)
		*id = p->id = p->row[0].id;
	return rc;
}
