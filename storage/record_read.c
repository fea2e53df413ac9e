/* record_read.c - records as they stand. */
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/record.h"
#include "storage/record_cell.h"
#include "storage/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIXED_COLUMNS 4 /* _id, _unit, _person, _version: what the SELECT begins with */

/* A record with the memory of its values. r comes first: record_free() gets that. */
struct reader {
	struct record r;
	struct buf text; /* values, a NUL after each */
	size_t *at;      /* value's place there plus 1; 0: not answered */
	struct held_walk held;
};

/* ---- reading ------------------------------------------------------------------------------------- */

static void reader_release(struct reader *rd)
{
	buf_release(&rd->text);
	free(rd->at);
	free(rd->r.value);
	held_release(&rd->held);
}

static int reader_init(struct reader *rd, const struct form *f)
{
	memset(rd, 0, sizeof *rd);
	rd->r.form = f;
	rd->r.value = calloc(f->nq + 1, sizeof(char *));
	rd->at = calloc(f->nq + 1, sizeof(size_t));
	if (rd->r.value && rd->at)
		return 0;
	reader_release(rd);
	return err(ERR_NOMEM, "out of memory");
}

static bool has_personal(const struct form *f)
{
	size_t i;

	for (i = 0; i < f->nq; i++)
		if (record_asks(f->q + i) && f->q[i].personal)
			return true;
	return false;
}

/* SELECT of all that can be answered, in sheet order; the caller adds a WHERE. */
static sqlite3_str *select_sql(const struct form *f)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	const struct question *q;

	sqlite3_str_appendall(sql, "SELECT f._id, f._unit, f._person, f._version");
	for (q = f->q; q < f->q + f->nq; q++)
		if (record_asks(q))
			sqlite3_str_appendf(sql, ", %c.\"%w\"", q->personal ? 'p' : 'f', q->col);
	sqlite3_str_appendf(sql, " FROM \"f_%w\" f", f->code);
	if (has_personal(f))
		sqlite3_str_appendf(sql, " LEFT JOIN \"p_%w\" p ON p._id = f._id", f->code);
	return sql;
}

static int prepare(struct store *s, sqlite3_str *str, sqlite3_stmt **out)
{
	char *sql = sqlite3_str_finish(str);
	int rc;

	*out = NULL;
	rc = sql ? db_prepare(s, sql, out) : err(ERR_NOMEM, "out of memory");
	sqlite3_free(sql);
	return rc;
}

static void read_value(sqlite3_stmt *st, int i, const struct question *q, struct buf *out)
{
	const char *text;
	char id[ID_TEXT];
	size_t len;

	if (q->type == Q_RECORD && sqlite3_column_type(st, i) == SQLITE_INTEGER) {
		buf_str(out, id_text(sqlite3_column_int64(st, i), id));
	} else {
		text = (const char *)sqlite3_column_text(st, i);
		len = text ? strlen(text) : 0;
		if (q->type == Q_DECIMAL && len > 2 && !strcmp(text + len - 2, ".0"))
			len -= 2;
		buf_add(out, text, len);
	}
	buf_u8(out, 0);
}

static int read_row(sqlite3_stmt *st, struct reader *rd)
{
	const struct form *f = rd->r.form;
	int column = FIXED_COLUMNS;
	size_t i;

	buf_reset(&rd->text);
	memset(rd->at, 0, f->nq * sizeof *rd->at);
	rd->r.id = sqlite3_column_int64(st, 0);
	rd->r.unit = sqlite3_column_int64(st, 1);
	rd->r.person = sqlite3_column_int64(st, 2);
	rd->r.version = sqlite3_column_int(st, 3);
	for (i = 0; i < f->nq; i++) {
		if (!record_asks(f->q + i))
			continue;
		if (sqlite3_column_type(st, column) != SQLITE_NULL) {
			rd->at[i] = rd->text.len + 1;
			read_value(st, column, f->q + i, &rd->text);
		}
		column++;
	}
	if (rd->text.err)
		return rd->text.err;
	for (i = 0; i < f->nq; i++)
		rd->r.value[i] = rd->at[i] ? (char *)rd->text.data + rd->at[i] - 1 : NULL;
	return 0;
}

int record_held(struct store *s, const struct record *r, enum held *out)
{
	struct reader *rd = (struct reader *)(uintptr_t)r; /* every record is a reader's */

	return held_find(s, &rd->held, r->form->code, r->id, r->unit, out);
}

int record_get(struct store *s, const struct form *f, int64_t id, struct record **out)
{
	struct reader *rd = calloc(1, sizeof *rd);
	sqlite3_stmt *st = NULL;
	sqlite3_str *sql;
	char text[ID_TEXT];
	int rc;

	*out = NULL;
	if (!rd)
		return err(ERR_NOMEM, "out of memory");
	rc = reader_init(rd, f);
	if (rc) {
		free(rd);
		return rc;
	}
	sql = select_sql(f);
	sqlite3_str_appendall(sql, " WHERE f._id = ?");
	rc = prepare(s, sql, &st);
	if (!rc)
		rc = db_bind(st, "i", id);
	if (!rc) {
		rc = db_step(s, st);
		if (rc == 1)
			rc = read_row(st, rd);
		else if (rc == 0)
			rc = err(ERR_NOTFOUND, "there is no record %s of form %s here",
			         id_text(id, text), f->code);
	}
	sqlite3_finalize(st);
	if (rc)
		record_free(&rd->r);
	else
		*out = &rd->r;
	return rc;
}

void record_free(struct record *r)
{
	if (!r)
		return;
	reader_release((struct reader *)r);
	free(r);
}

int record_each(struct store *s, const struct form *f, int64_t unit, size_t limit,
                int (*fn)(void *arg, const struct record *r), void *arg)
{
	return record_each_after(s, f, unit, 0, limit, fn, arg);
}

int record_each_after(struct store *s, const struct form *f, int64_t unit, int64_t after,
                      size_t limit, int (*fn)(void *arg, const struct record *r), void *arg)
{
	sqlite3_stmt *st = NULL;
	struct reader rd;
	sqlite3_str *sql;
	int rc = reader_init(&rd, f);

	if (rc)
		return rc;
	sql = select_sql(f);
	sqlite3_str_appendall(sql, " WHERE f._id > ?1");
	if (unit)
		sqlite3_str_appendall(
			sql, " AND f._unit IN (WITH RECURSIVE below(id) AS (SELECT ?2 UNION"
			     " SELECT unit.id FROM unit JOIN below ON unit.parent = below.id)"
			     " SELECT id FROM below)");
	sqlite3_str_appendall(sql, " ORDER BY f._id");
	if (limit)
		sqlite3_str_appendf(sql, " LIMIT %lld", (long long)limit);
	rc = prepare(s, sql, &st);
	if (!rc)
		rc = unit ? db_bind(st, "ii", after, unit) : db_bind(st, "i", after);
	while (!rc && (rc = db_step(s, st)) == 1) {
		rc = read_row(st, &rd);
		if (!rc)
			rc = fn(arg, &rd.r);
	}
	sqlite3_finalize(st);
	reader_release(&rd);
	return rc;
}

/* ---- finding --------------------------------------------------------------------------------------- */

struct form_search {
	struct store *s;
	int64_t id;
	char *code; /* "" until found */
	size_t cap;
};

static int look(void *arg, const char *code, int version, const char *label)
{
	struct form_search *f = arg;
	int rc = record_here(f->s, code, f->id);

	(void)version;
	(void)label;
	if (rc == ERR_NOTFOUND)
		return 0;
	if (!rc && (size_t)snprintf(f->code, f->cap, "%s", code) >= f->cap)
		rc = err(ERR_TOOBIG, "internal: no room for a form's code");
	return rc ? rc : 1;
}

int record_form(struct store *s, int64_t id, char *code, size_t cap)
{
	struct form_search f = {.s = s, .id = id, .code = code, .cap = cap};
	char text[ID_TEXT];
	int rc;

	code[0] = 0;
	rc = form_each(s, look, &f);
	if (rc < 0)
		return rc;
	return rc ? 0 : err(ERR_NOTFOUND, "there is no record %s here", id_text(id, text));
}

int record_by_key(struct store *s, const struct form *f, int64_t unit, const char *key, int64_t *id)
{
	char shown[SHOWN_LEN];
	int rc;

	*id = 0;
	if (!f->key)
		return err(ERR_NOTFOUND, "form %s has no key question: name the record by its id",
		           f->code);
	rc = record_key_find(s, f->code, unit, key, id);
	if (rc == ERR_NOTFOUND)
		return err(rc, "there is no %s with %s %s in this unit", f->code, f->key,
		           value_shown(key, shown));
	return rc;
}

int record_person(struct store *s, int64_t person)
{
	char code[FORM_CODE_MAX + 1], id[ID_TEXT];
	int rc = person ? record_form(s, person, code, sizeof code) : 0;

	if (rc == ERR_NOTFOUND || (!rc && person && strcmp(code, "member")))
		return err(ERR_NOTFOUND, "there is no team member %s here: see 'cayda list member'",
		           id_text(person, id));
	return rc;
}
