/* record.c - adding and changing records. */
#include "storage/record.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/record_cell.h"
#include "storage/value.h"

#include <string.h>

/* ---- checks ------------------------------------------------------------------------------------- */

static int check_required(const struct form *f, const struct cells *c, bool whole)
{
	const struct question *q;
	const struct cell *cell;

	for (q = f->q; q < f->q + f->nq; q++) {
		cell = c->of + (q - f->q);
		if (!q->required || !record_asks(q) || cell->set || (!whole && !cell->given))
			continue;
		return err(ERR_BAD, "%s must be answered", q->name);
	}
	return 0;
}

/* Nobody else in the unit has this key. */
static int check_key(struct store *s, const struct form *f, int64_t unit, const struct cells *c,
                     int64_t self)
{
	const struct question *q = f->key ? form_question(f, f->key) : NULL;
	const char *key = q ? c->of[q - f->q].set : NULL;
	char text[ID_TEXT], shown[SHOWN_LEN];
	int64_t id;
	int rc;

	if (!key)
		return 0;
	rc = record_key_find(s, f->code, unit, key, &id);
	if (rc == ERR_NOTFOUND || (!rc && id == self))
		return 0;
	return rc ? rc
	          : err(ERR_EXISTS, "%s: %s is taken in this unit by record %s", q->name,
	                value_shown(key, shown), id_text(id, text));
}

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

/* ---- adding --------------------------------------------------------------------------------------- */

static bool stored(const struct question *q, bool personal, const struct cells *c,
                   const struct form *f)
{
	return record_asks(q) && q->personal == personal && c->of[q - f->q].set;
}

static bool has_personal(const struct form *f)
{
	size_t i;

	for (i = 0; i < f->nq; i++)
		if (record_asks(f->q + i) && f->q[i].personal)
			return true;
	return false;
}

/* INSERT of the answers given into the open or the personal table. */
static char *insert_sql(const struct form *f, const struct cells *c, bool personal)
{
	sqlite3_str *sql = sqlite3_str_new(NULL), *marks = sqlite3_str_new(NULL);
	const struct question *q;
	char *text;

	sqlite3_str_appendf(sql, "INSERT INTO \"%c_%w\"(_id, _unit%s", personal ? 'p' : 'f',
	                    f->code, personal ? "" : ", _person, _version");
	sqlite3_str_appendall(marks, personal ? "?, ?" : "?, ?, nullif(?, 0), ?");
	for (q = f->q; q < f->q + f->nq; q++) {
		if (!stored(q, personal, c, f))
			continue;
		sqlite3_str_appendf(sql, ", \"%w\"", q->col);
		sqlite3_str_appendall(marks, ", ?");
	}
	text = sqlite3_str_finish(marks);
	sqlite3_str_appendf(sql, ") VALUES(%s)", text ? text : "");
	sqlite3_free(text);
	return sqlite3_str_finish(sql);
}

static int bind_stored(sqlite3_stmt *st, int i, const struct form *f, const struct cells *c,
                       bool personal)
{
	const struct question *q;
	int rc = 0;

	for (q = f->q; !rc && q < f->q + f->nq; q++)
		if (stored(q, personal, c, f))
			rc = cell_bind(st, i++, q, c->of + (q - f->q));
	return rc;
}

static int prepare(struct store *s, char *sql, sqlite3_stmt **out)
{
	int rc = sql ? db_prepare(s, sql, out) : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	return rc;
}

static int insert(struct store *s, const struct form *f, const struct cells *c, bool personal,
                  int64_t id, int64_t unit, int64_t person)
{
	sqlite3_stmt *st = NULL;
	int rc = prepare(s, insert_sql(f, c, personal), &st);

	if (!rc)
		rc = personal ? db_bind(st, "ii", id, unit)
		              : db_bind(st, "iiii", id, unit, person, (int64_t)f->version);
	if (!rc)
		rc = bind_stored(st, personal ? 3 : 5, f, c, personal);
	if (!rc)
		rc = db_step(s, st);
	sqlite3_finalize(st);
	return rc;
}

int record_add(struct tx *tx, const struct form *f, int64_t person, const struct answer *a,
               size_t n, int64_t *id)
{
	struct store *s = tx_store(tx);
	int64_t unit = tx_scope(tx);
	unsigned mark = err_mark();
	struct cells c;
	int rc = cells_read(s, f, unit, a, n, &c);

	*id = 0;
	if (!rc)
		rc = cells_preset(s, f, unit, &c);
	if (!rc)
		rc = check_required(f, &c, true);
	if (!rc)
		rc = check_key(s, f, unit, &c, 0);
	if (!rc)
		rc = check_person(s, person);
	if (!rc) {
		*id = tx_new_id(tx);
		rc = *id ? insert(s, f, &c, false, *id, unit, person) : err_code();
	}
	/* Also without an answer: the row must be its author's, and the first may be another's. */
	if (!rc && has_personal(f))
		rc = insert(s, f, &c, true, *id, unit, 0);
	if (rc)
		*id = 0;
	cells_release(&c);
	return err_cause(mark, rc);
}

/* ---- changing ------------------------------------------------------------------------------------ */

static bool changes(const struct record *r, const struct question *q, const struct cell *c,
                    bool personal)
{
	const char *old = r->value[q - r->form->q];

	if (!c->given || q->personal != personal)
		return false;
	return old && c->set ? strcmp(old, c->set) != 0 : old != c->set;
}

/* Only the cells that change: a changeset carries no more than was meant. */
static char *update_sql(const struct record *r, const struct cells *c, bool personal)
{
	const struct form *f = r->form;
	sqlite3_str *sql = sqlite3_str_new(NULL);
	const struct question *q;
	const char *comma = "";

	sqlite3_str_appendf(sql, "UPDATE \"%c_%w\" SET ", personal ? 'p' : 'f', f->code);
	for (q = f->q; q < f->q + f->nq; q++) {
		if (!changes(r, q, c->of + (q - f->q), personal))
			continue;
		sqlite3_str_appendf(sql, "%s\"%w\" = ?", comma, q->col);
		comma = ", ";
	}
	sqlite3_str_appendall(sql, " WHERE _id = ?");
	return sqlite3_str_finish(sql);
}

static bool any_change(const struct record *r, const struct cells *c, bool personal)
{
	const struct form *f = r->form;
	size_t i;

	for (i = 0; i < f->nq; i++)
		if (changes(r, f->q + i, c->of + i, personal))
			return true;
	return false;
}

static int update(struct store *s, const struct record *r, const struct cells *c, bool personal)
{
	const struct form *f = r->form;
	const struct question *q;
	char id[ID_TEXT], node[ID_TEXT];
	sqlite3_stmt *st = NULL;
	int i = 1, rc;

	if (!any_change(r, c, personal))
		return 0;
	rc = prepare(s, update_sql(r, c, personal), &st);
	for (q = f->q; !rc && q < f->q + f->nq; q++)
		if (changes(r, q, c->of + (q - f->q), personal))
			rc = cell_bind(st, i++, q, c->of + (q - f->q));
	if (!rc && sqlite3_bind_int64(st, i, r->id))
		rc = err(ERR_NOMEM, "out of memory");
	if (!rc)
		rc = db_step(s, st);
	sqlite3_finalize(st);
	if (rc || !personal || sqlite3_changes(s->db))
		return rc;
	/* It was made before the form had personal questions; the row may only be its author's. */
	if (id_node(r->id) != s->self.number)
		return err(
			ERR_DENIED,
			"the first personal answer of record %s must come from the node that made it, %s",
			id_text(r->id, id), node_text(id_node(r->id), node));
	return insert(s, f, c, true, r->id, r->unit, 0);
}

int record_edit(struct tx *tx, const struct form *f, int64_t id, const struct answer *a, size_t n)
{
	struct store *s = tx_store(tx);
	struct cells c = {0};
	struct record *r;
	char text[ID_TEXT];
	unsigned mark = err_mark();
	int rc = record_get(s, f, id, &r);

	if (!rc && r->unit != tx_scope(tx))
		rc = err(ERR_BAD, "record %s belongs to another unit: name that unit",
		         id_text(id, text));
	if (!rc)
		rc = cells_read(s, f, tx_scope(tx), a, n, &c);
	if (!rc)
		rc = check_required(f, &c, false);
	if (!rc)
		rc = check_key(s, f, tx_scope(tx), &c, id);
	if (!rc)
		rc = update(s, r, &c, false);
	if (!rc)
		rc = update(s, r, &c, true);
	cells_release(&c);
	record_free(r);
	return err_cause(mark, rc);
}
