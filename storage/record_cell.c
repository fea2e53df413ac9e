/* record_cell.c - checking answers against their form. */
#include "storage/record_cell.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHOICES_SHOWN 100 /* bytes of choices named in a message */

bool record_asks(const struct question *q)
{
	return q->col && !strstr(q->tbl, "__");
}

/* ---- choices ------------------------------------------------------------------------------- */

static int name_choice(void *arg, const char *name, const char *label)
{
	struct buf *names = arg;

	(void)label;
	if (names->len > CHOICES_SHOWN) {
		buf_str(names, ", …");
		return 1;
	}
	buf_printf(names, "%s%s", names->len ? ", " : "", name);
	return 0;
}

static int check_choice(struct store *s, const struct form *f, const char *list, const char *name)
{
	struct buf names = {0};
	char shown[SHOWN_LEN];
	int rc;

	if (form_has_choice(s, f, list, name))
		return 0;
	rc = form_choices(s, f, list, name_choice, &names);
	if (rc >= 0)
		rc = err(ERR_BAD, "'%s' is not a choice: there are %s", value_shown(name, shown),
		         buf_cstr(&names));
	buf_release(&names);
	return rc;
}

/* "b  a b" becomes "b a". */
static int check_several(struct store *s, const struct form *f, const char *list, struct buf *value)
{
	struct buf out = {0};
	char name[FORM_NAME_MAX + 1], padded[FORM_NAME_MAX + 3];
	const char *p = buf_cstr(value);
	size_t len;
	int rc = 0;

	buf_u8(&out, ' ');
	for (p += strspn(p, " "); !rc && *p; p += len + strspn(p + len, " ")) {
		len = strcspn(p, " ");
		snprintf(name, sizeof name, "%.*s", len > FORM_NAME_MAX ? FORM_NAME_MAX : (int)len,
		         p);
		rc = check_choice(s, f, list, name);
		snprintf(padded, sizeof padded, " %s ", name);
		if (!rc && !strstr(buf_cstr(&out), padded))
			buf_printf(&out, "%s ", name);
	}
	buf_reset(value);
	if (out.len > 2)
		buf_add(value, out.data + 1, out.len - 2);
	if (!rc)
		rc = out.err;
	buf_release(&out);
	return rc;
}

/* ---- records of other forms ------------------------------------------------------------------ */

int record_here(struct store *s, const char *code, int64_t id)
{
	sqlite3_stmt *st;
	char *sql;
	int rc;

	if (!form_code_ok(code))
		return ERR_NOTFOUND;
	sql = sqlite3_mprintf("SELECT 1 FROM \"f_%w\" WHERE _id = ?", code);
	if (!sql)
		return err(ERR_NOMEM, "out of memory");
	rc = db_prepare(s, sql, &st);
	sqlite3_free(sql);
	if (rc)
		return rc;
	rc = db_bind(st, "i", id);
	if (!rc)
		rc = db_step(s, st);
	sqlite3_finalize(st);
	return rc == 1 ? 0 : rc == 0 ? ERR_NOTFOUND : rc;
}

static int find_in_column(struct store *s, const char *code, const char *col, int64_t unit,
                          const char *key, int64_t *id)
{
	sqlite3_stmt *st;
	int rc;
	/* Two devices may have made the same key: the older record is meant. */
	char *sql = sqlite3_mprintf("SELECT _id FROM \"f_%w\" WHERE _unit = ? AND \"%w\" = ?"
	                            " ORDER BY _id LIMIT 1",
	                            code, col);

	if (!sql)
		return err(ERR_NOMEM, "out of memory");
	rc = db_prepare(s, sql, &st);
	sqlite3_free(sql);
	if (rc)
		return rc;
	rc = db_bind(st, "it", unit, key);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1)
		*id = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return rc == 1 ? 0 : rc == 0 ? ERR_NOTFOUND : rc;
}

int record_key_find(struct store *s, const char *code, int64_t unit, const char *key, int64_t *id)
{
	sqlite3_stmt *st =
		db_stmt(s, "SELECT q.col, q.type FROM form f JOIN question q ON q.form = f.id"
	                   " AND q.name = f.key_question WHERE f.code = ?"
	                   " AND q.tbl = 'f_' || f.code ORDER BY f.id LIMIT 1");
	struct buf value = {0};
	char col[FORM_COL_MAX + 1] = "";
	enum qtype type = Q_NOTE;
	int rc;

	*id = 0;
	if (!st)
		return err_code();
	rc = db_bind(st, "t", code);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1) {
		snprintf(col, sizeof col, "%s", (const char *)sqlite3_column_text(st, 0));
		form_type_of((const char *)sqlite3_column_text(st, 1), &type, NULL);
		sqlite3_reset(st);
		rc = 0;
	}
	if (!rc && (!form_code_ok(code) || !form_ident_ok(col, FORM_COL_MAX)))
		return ERR_NOTFOUND;
	if (!rc && value_check(type, key, 0, &value))
		rc = ERR_NOTFOUND;
	if (!rc)
		rc = find_in_column(s, code, col, unit, buf_cstr(&value), id);
	buf_release(&value);
	return rc;
}

/* A row id or a key becomes the row id's text. */
static int check_record(struct store *s, const char *code, int64_t unit, struct buf *value)
{
	char text[ID_TEXT], shown[SHOWN_LEN];
	int64_t id;
	int rc = id_parse(buf_cstr(value), &id);

	if (!rc)
		rc = record_here(s, code, id);
	if (rc == ERR_BAD || rc == ERR_NOTFOUND)
		rc = record_key_find(s, code, unit, buf_cstr(value), &id);
	if (rc == ERR_NOTFOUND)
		return err(rc, "there is no %s %s in this unit: add it first, or write its id",
		           code, value_shown(buf_cstr(value), shown));
	buf_reset(value);
	buf_str(value, id_text(id, text));
	return rc;
}

/* ---- one answer -------------------------------------------------------------------------------- */

/* As SQLite writes a REAL, without the ".0" of a whole number. */
static int canonical_decimal(struct store *s, struct buf *value, double *number)
{
	sqlite3_stmt *st = db_stmt(s, "SELECT CAST(? AS REAL)");
	const char *text;
	int rc;

	if (!st)
		return err_code();
	rc = db_bind(st, "t", buf_cstr(value));
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1) {
		*number = sqlite3_column_double(st, 0);
		text = (const char *)sqlite3_column_text(st, 0);
		buf_reset(value);
		buf_str(value, text ? text : "");
		rc = 0;
	}
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	if (!rc && value->len > 2 && !memcmp(value->data + value->len - 2, ".0", 2))
		value->len -= 2;
	return rc;
}

int record_value(struct store *s, const struct form *f, const struct question *q, int64_t unit,
                 const char *text, struct buf *value, double *number)
{
	int rc = value_check(q->type == Q_CALCULATE ? Q_TEXT : q->type, text, clock_now_ms(s),
	                     value);

	*number = 0;
	if (rc || !value->len)
		return rc;
	switch (q->type) {
	case Q_SELECT_ONE:
		return check_choice(s, f, q->list ? q->list : "", buf_cstr(value));
	case Q_SELECT_MULTIPLE:
		return check_several(s, f, q->list ? q->list : "", value);
	case Q_RECORD:
		return check_record(s, q->list ? q->list : "", unit, value);
	case Q_DECIMAL:
		return canonical_decimal(s, value, number);
	default:
		return 0;
	}
}
