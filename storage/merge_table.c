/* merge_table.c - the shape and statements of synced tables, kept between packs. */
#include "storage/buf.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/merge.h"
#include "storage/merge_table.h"
#include "storage/synced.h"

#include <stdlib.h>
#include <string.h>

struct merge_cache {
	int64_t schema; /* PRAGMA schema_version it was made for */
	struct mtable *tables;
};

static void mtable_free(struct mtable *t)
{
	int i;

	sqlite3_finalize(t->select);
	sqlite3_finalize(t->remove);
	sqlite3_finalize(t->insert);
	for (i = 0; i < t->ncol; i++) {
		if (t->update)
			sqlite3_finalize(t->update[i]);
		if (t->col)
			free(t->col[i]);
	}
	free(t->update);
	free(t->col);
	free(t->name);
	free(t);
}

void merge_forget(struct store *s)
{
	struct mtable *t, *next;

	if (!s->merge)
		return;
	for (t = s->merge->tables; t; t = next) {
		next = t->next;
		mtable_free(t);
	}
	free(s->merge);
	s->merge = NULL;
}

int mtable_refresh(struct store *s)
{
	sqlite3_stmt *st;
	int64_t schema = 0;
	int rc = db_prepare(s, "PRAGMA schema_version", &st);

	if (!rc && (rc = db_step(s, st)) == 1) {
		schema = sqlite3_column_int64(st, 0);
		rc = 0;
	}
	sqlite3_finalize(st);
	if (rc)
		return rc;
	if (s->merge && s->merge->schema != schema)
		merge_forget(s);
	if (!s->merge)
		s->merge = calloc(1, sizeof *s->merge);
	if (!s->merge)
		return err(ERR_NOMEM, "out of memory");
	s->merge->schema = schema;
	return 0;
}

/* Prepares sql made by sqlite3_mprintf() and frees it. */
static int prepare_made(struct store *s, char *sql, sqlite3_stmt **out)
{
	int rc = sql ? db_err(s, sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out,
	                                            NULL))
	             : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	return rc;
}

static int load_shape(struct store *s, struct mtable *t)
{
	int i, rc = prepare_made(s,
	                         sqlite3_mprintf("SELECT * FROM \"%w\" WHERE rowid = ?1", t->name),
	                         &t->select);

	if (rc)
		return rc;
	t->ncol = sqlite3_column_count(t->select);
	t->col = calloc((size_t)t->ncol, sizeof *t->col);
	t->update = calloc((size_t)t->ncol, sizeof *t->update);
	if (!t->col || !t->update)
		return err(ERR_NOMEM, "out of memory");
	for (i = 0; i < t->ncol; i++) {
		t->col[i] = strdup(sqlite3_column_name(t->select, i));
		if (!t->col[i])
			return err(ERR_NOMEM, "out of memory");
	}
	return prepare_made(s, sqlite3_mprintf("DELETE FROM \"%w\" WHERE rowid = ?1", t->name),
	                    &t->remove);
}

static int mtable_make(struct store *s, const char *name, struct mtable **out)
{
	struct mtable *t;
	int64_t there;
	int rc = db_int(s, &there, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?",
	                "t", name);

	if (rc == ERR_NOTFOUND)
		return err(ERR_NOTFOUND, "waits for the form that brings table %.64s", name);
	if (rc)
		return rc;
	t = calloc(1, sizeof *t);
	if (!t || !(t->name = strdup(name))) {
		free(t);
		return err(ERR_NOMEM, "out of memory");
	}
	t->class = synced_class(name);
	t->mark_node = -1;
	rc = synced_number(s, name, &t->num);
	if (!rc)
		rc = load_shape(s, t);
	if (rc) {
		mtable_free(t);
		return rc;
	}
	t->next = s->merge->tables;
	s->merge->tables = t;
	*out = t;
	return 0;
}

int mtable_get(struct store *s, const char *name, struct mtable **out)
{
	struct mtable *t;

	*out = NULL;
	for (t = s->merge->tables; t; t = t->next) {
		if (!strcmp(t->name, name)) {
			*out = t;
			return 0;
		}
	}
	if (synced_class(name) < 0)
		return err(ERR_BAD, "a change to table %.64s, which no node may send", name);
	return mtable_make(s, name, out);
}

int mtable_insert(struct store *s, struct mtable *t, int ncol, sqlite3_stmt **out)
{
	struct buf sql = {0};
	char *name;
	int i, rc;

	*out = t->insert;
	if (t->insert && t->insert_ncol == ncol) {
		sqlite3_reset(t->insert);
		return 0;
	}
	sqlite3_finalize(t->insert);
	t->insert = *out = NULL;
	for (i = 0; i < ncol; i++) {
		name = sqlite3_mprintf("%s\"%w\"", i ? "," : "", t->col[i]);
		if (!name) {
			buf_release(&sql);
			return err(ERR_NOMEM, "out of memory");
		}
		buf_str(&sql, name);
		sqlite3_free(name);
	}
	buf_str(&sql, ") VALUES(?");
	for (i = 1; i < ncol; i++)
		buf_str(&sql, ",?");
	rc = sql.err ? sql.err
	             : prepare_made(s,
	                            sqlite3_mprintf("INSERT INTO \"%w\"(%s)", t->name,
	                                            buf_cstr(&sql)),
	                            &t->insert);
	buf_release(&sql);
	t->insert_ncol = ncol;
	*out = t->insert;
	return rc;
}

int mtable_update(struct store *s, struct mtable *t, int col, sqlite3_stmt **out)
{
	int rc = 0;

	if (!t->update[col])
		rc = prepare_made(s,
		                  sqlite3_mprintf("UPDATE \"%w\" SET \"%w\" = ?2 WHERE \"%w\" = ?1",
		                                  t->name, t->col[col], t->col[0]),
		                  &t->update[col]);
	else
		sqlite3_reset(t->update[col]);
	*out = t->update[col];
	return rc;
}
