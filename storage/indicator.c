/* indicator.c - figures and their targets. */
#include "storage/indicator.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/figures.h"
#include "storage/indicator_row.h"
#include "storage/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int indicator_each(struct store *s, int (*fn)(void *arg, const struct indicator *i), void *arg)
{
	struct indicator i;
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT min(id), code, label, counts, direction, denominator = ''"
	                    " FROM indicator GROUP BY code ORDER BY ord, code",
	                    &st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		i.id = sqlite3_column_int64(st, 0);
		i.code = (const char *)sqlite3_column_text(st, 1);
		i.label = (const char *)sqlite3_column_text(st, 2);
		i.counts = (const char *)sqlite3_column_text(st, 3);
		i.direction = (const char *)sqlite3_column_text(st, 4);
		i.plain = sqlite3_column_int(st, 5);
		rc = fn(arg, &i);
	}
	sqlite3_finalize(st);
	return rc;
}

int indicator_weight(struct store *s, int64_t indicator, double *out)
{
	sqlite3_stmt *st = db_stmt(s, "SELECT weight FROM weight WHERE indicator = ?"
	                              " ORDER BY id DESC LIMIT 1");
	int rc;

	*out = 0;
	if (!st)
		return err_code();
	rc = db_bind(st, "i", indicator);
	if (!rc && (rc = db_step(s, st)) == 1)
		*out = sqlite3_column_double(st, 0);
	sqlite3_reset(st);
	/* it came by a feed: out of its bounds it is none */
	if (!(*out > 0 && *out <= WEIGHT_MAX))
		*out = 0;
	return rc < 0 ? rc : 0;
}

/* ---- its row ----------------------------------------------------------------------------------- */

static int take(sqlite3_stmt *st, int i, char **out)
{
	const char *text = (const char *)sqlite3_column_text(st, i);

	*out = strdup(text ? text : "");
	return *out ? 0 : err(ERR_NOMEM, "out of memory");
}

int indicator_load(struct store *s, const char *code, struct indicator_row *out)
{
	sqlite3_stmt *st;
	int rc;

	memset(out, 0, sizeof *out);
	rc = db_prepare(
		s,
		"SELECT id, ord, code, label, form, latest_by, numerator, denominator, counts,"
		" direction FROM indicator WHERE code = ? ORDER BY id LIMIT 1",
		&st);
	if (!rc)
		rc = db_bind(st, "t", code);
	if (!rc) {
		rc = db_step(s, st);
		rc = rc == 1 ? 0 : rc == 0 ? ERR_NOTFOUND : rc;
	}
	if (!rc) {
		char **const text[] = {&out->code,      &out->label,     &out->form,
		                       &out->latest_by, &out->numerator, &out->denominator,
		                       &out->counts,    &out->direction};
		size_t i;

		out->id = sqlite3_column_int64(st, 0);
		out->ord = sqlite3_column_int64(st, 1);
		for (i = 0; !rc && i < sizeof text / sizeof *text; i++)
			rc = take(st, 2 + (int)i, text[i]);
	}
	sqlite3_finalize(st);
	if (rc)
		indicator_release(out);
	return rc;
}

void indicator_release(struct indicator_row *i)
{
	free(i->code);
	free(i->label);
	free(i->form);
	free(i->latest_by);
	free(i->numerator);
	free(i->denominator);
	free(i->counts);
	free(i->direction);
	memset(i, 0, sizeof *i);
}

int indicator_kinds(const struct indicator_row *i, enum expr_kind *numerator,
                    enum expr_kind *denominator)
{
	int rc = expr_check(i->numerator, numerator);

	*denominator = EXPR_NONE;
	return rc || !*i->denominator ? rc : expr_check(i->denominator, denominator);
}

/* ---- setting ------------------------------------------------------------------------------------- */

int indicator_root_only(const struct store *s)
{
	return s->self.role == ROLE_ROOT
	               ? 0
	               : err(ERR_DENIED,
	                     "indicators and targets are set at the root of the tree, and "
	                     "come from there to every node");
}

int indicator_drop(struct store *s, const char *code)
{
	char shown[SHOWN_LEN];
	int64_t there;
	struct tx *tx;
	int rc = indicator_root_only(s);

	if (!rc)
		rc = db_int(s, &there, "SELECT 1 FROM indicator WHERE code = ? LIMIT 1", "t", code);
	if (rc == ERR_NOTFOUND)
		return err(rc, "there is no indicator %s here", value_shown(code, shown));
	if (!rc)
		rc = tx_begin(s, s->self.scope, &tx);
	if (rc)
		return rc;
	rc = db_run(s,
	            "DELETE FROM target WHERE indicator IN"
	            " (SELECT id FROM indicator WHERE code = ?)",
	            "t", code);
	if (!rc)
		rc = db_run(s,
		            "DELETE FROM weight WHERE indicator IN"
		            " (SELECT id FROM indicator WHERE code = ?)",
		            "t", code);
	if (!rc)
		rc = db_run(s, "DELETE FROM indicator WHERE code = ?", "t", code);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

/* ---- what it counts ------------------------------------------------------------------------------ */

/* The column of the form's open table that a question named so has; ERR_NOTFOUND without text. */
static int column_of(struct store *s, const char *form, const char *name,
                     char out[FORM_COL_MAX + 1], bool *record)
{
	sqlite3_stmt *st = db_stmt(
		s,
		"SELECT q.col, q.type = 'select_one_from_file' FROM form f JOIN question q ON q.form = f.id"
		" WHERE f.code = ?1 AND (q.name = ?2 OR q.col = ?2)"
		" AND q.tbl = 'f_' || f.code ORDER BY f.id, q.name = ?2 DESC LIMIT 1");
	int rc;

	out[0] = 0;
	*record = false;
	if (!st)
		return err_code();
	rc = db_bind(st, "tt", form, name);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1) {
		snprintf(out, FORM_COL_MAX + 1, "%s", (const char *)sqlite3_column_text(st, 0));
		*record = sqlite3_column_int(st, 1);
		rc = form_ident_ok(out, FORM_COL_MAX) ? 0 : ERR_NOTFOUND;
	} else if (rc == 0) {
		rc = ERR_NOTFOUND;
	}
	sqlite3_reset(st);
	return rc;
}

static int date_of(struct store *s, const char *form, char out[FORM_COL_MAX + 1])
{
	sqlite3_stmt *st = db_stmt(s, "SELECT date_question FROM form WHERE code = ?"
	                              " AND date_question IS NOT NULL ORDER BY id LIMIT 1");
	char name[FORM_NAME_MAX + 1] = "";
	bool record;
	int rc;

	out[0] = 0;
	if (!st)
		return err_code();
	rc = db_bind(st, "t", form);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1)
		snprintf(name, sizeof name, "%s", (const char *)sqlite3_column_text(st, 0));
	sqlite3_reset(st);
	if (rc != 1)
		return rc;
	rc = column_of(s, form, name, out, &record);
	return rc == ERR_NOTFOUND ? 0 : rc;
}

int indicator_counted(struct store *s, const struct indicator_row *i, struct counted *out)
{
	int64_t table;
	int rc;

	memset(out, 0, sizeof *out);
	rc = form_code_ok(i->form)
	             ? db_int(s, &table,
	                      "SELECT 1 FROM form JOIN sqlite_schema t ON t.name = 'f_' || code"
	                      " WHERE code = ?",
	                      "t", i->form)
	             : ERR_NOTFOUND;
	if (rc == ERR_NOTFOUND)
		return err(ERR_BAD, "there is no form %s here", i->form);
	if (rc)
		return rc;
	snprintf(out->code, sizeof out->code, "%s", i->form);
	if (!strcmp(i->latest_by, "_unit") || !strcmp(i->latest_by, "_id"))
		memcpy(out->by, i->latest_by, strlen(i->latest_by) + 1);
	else
		rc = column_of(s, i->form, i->latest_by, out->by, &out->record);
	if (rc == ERR_NOTFOUND)
		return err(ERR_BAD, "form %s has no open question %s", i->form, i->latest_by);
	return rc ? rc : date_of(s, i->form, out->date);
}

/* ---- the figure ------------------------------------------------------------------------------------ */

int indicator_eval(struct store *s, const char *code, int64_t unit, const char *day,
                   struct figure *out)
{
	char date[DATE_LEN], shown[SHOWN_LEN];
	struct figures_of of = {.code = code};
	struct figures *f;
	long i;
	int rc;

	memset(out, 0, sizeof *out);
	out->target = -1;
	if (day && !value_date(day, date))
		return err(ERR_BAD, "'%s' is not a date: write it like 2026-11-21",
		           value_shown(day, shown));
	of.day = day ? date : NULL;
	rc = figures_open(s, &of, &f);
	if (rc)
		return rc;
	i = geography_find(figures_geography(f), unit);
	if (i >= 0)
		i = geography_becomes(figures_geography(f), i);
	if (i >= 0)
		figures_get(f, 0, i, out);
	else
		rc = err(ERR_NOTFOUND, "that unit is not one unit on that day");
	figures_close(f);
	return rc;
}
