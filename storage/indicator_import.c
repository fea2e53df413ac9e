/* indicator_import.c - indicators, targets and weights from CSV, all of a file or nothing. */
#include "storage/db.h"
#include "storage/embed.h"
#include "storage/err.h"
#include "storage/figures.h"
#include "storage/form_sheet.h"
#include "storage/indicator.h"
#include "storage/indicator_row.h"
#include "storage/unit.h"
#include "storage/value.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 2000 /* bytes of a label or document */
#define ROWS_MAX 40   /* in one transaction: with texts this long, well under ENTRY_MAX bytes */

/* A file is gone through twice: to check all rows, then to write them. */
struct importing {
	struct store *s;
	struct sheet_reader r;
	struct tx *tx; /* NULL while checking */
	size_t rows;   /* written in tx */
	size_t fresh;  /* indicators that are new, while checking */
	size_t changed;
};

typedef int row_fn(struct importing *im);

static int copy(struct importing *im, const char *column, char **out)
{
	const char *cell = sheet_cell(&im->r, column);

	if (strlen(cell) > TEXT_MAX) {
		err(ERR_BAD, "longer than %d bytes", TEXT_MAX);
		return sheet_bad(&im->r, column);
	}
	*out = strdup(cell);
	return *out ? 0 : err(ERR_NOMEM, "out of memory");
}

static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static int room(struct importing *im)
{
	int rc = 0;

	im->changed++;
	if (im->tx && im->rows == ROWS_MAX) {
		rc = tx_commit(im->tx);
		tx_end(im->tx);
		im->tx = NULL;
		im->rows = 0;
		if (!rc)
			rc = tx_begin(im->s, im->s->self.scope, &im->tx);
	}
	im->rows++;
	return rc;
}

/* ---- indicators ------------------------------------------------------------------------------------- */

static int read_indicator(struct importing *im, struct indicator_row *i)
{
	const struct {
		const char *column;
		char **out;
	} text[] = {{"code", &i->code},
	            {"form", &i->form},
	            {"latest_by", &i->latest_by},
	            {"numerator", &i->numerator},
	            {"denominator", &i->denominator},
	            {"counts", &i->counts},
	            {"direction", &i->direction}};
	size_t k;
	int rc = 0;

	memset(i, 0, sizeof *i);
	for (k = 0; !rc && k < sizeof text / sizeof *text; k++)
		rc = copy(im, text[k].column, text[k].out);
	if (!rc)
		rc = sheet_texts(&im->r, "label", &i->label);
	if (!rc && !i->label && !(i->label = strdup("{}")))
		rc = err(ERR_NOMEM, "out of memory");
	return rc;
}

static int check_expr(struct importing *im, const struct indicator_row *i, const char *column,
                      const char *expr)
{
	struct counted what;
	enum expr_kind kind;
	int rc = indicator_counted(im->s, i, &what);

	if (!rc)
		rc = expr_check(expr, &kind);
	if (!rc && kind == EXPR_RECORDS)
		rc = expr_run(im->s, &what, &expr, 1, &(struct expr_of){0}, NULL, NULL);
	return rc == ERR_BAD ? sheet_bad(&im->r, column) : rc;
}

static int check_indicator(struct importing *im, struct indicator_row *i)
{
	struct counted what;
	char shown[SHOWN_LEN];
	int rc;

	if (!form_ident_ok(i->code, FORM_CODE_MAX)) {
		err(ERR_BAD, "'%s' cannot be a code: use a-z, 0-9 and '_'",
		    value_shown(i->code, shown));
		return sheet_bad(&im->r, "code");
	}
	if (!value_int(sheet_cell(&im->r, "order"), &i->ord)) {
		err(ERR_BAD, "'%s' is not a whole number",
		    value_shown(sheet_cell(&im->r, "order"), shown));
		return sheet_bad(&im->r, "order");
	}
	if (strcmp(i->direction, "up") && strcmp(i->direction, "down")) {
		err(ERR_BAD, "'%s' is neither up nor down", value_shown(i->direction, shown));
		return sheet_bad(&im->r, "direction");
	}
	rc = indicator_counted(im->s, i, &what);
	if (rc == ERR_BAD)
		return sheet_bad(&im->r, what.code[0] ? "latest_by" : "form");
	if (!rc)
		rc = check_expr(im, i, "numerator", i->numerator);
	return rc || !*i->denominator ? rc : check_expr(im, i, "denominator", i->denominator);
}

/* More would not fit a report: said before anything is written. */
static int check_number(struct importing *im)
{
	int64_t n;
	int rc = db_int(im->s, &n, "SELECT count(DISTINCT code) FROM indicator", "");

	if (rc || n + (int64_t)++im->fresh <= FIGURES_MAX)
		return rc;
	err(ERR_BAD, "there would be more than %d indicators: drop one before", FIGURES_MAX);
	return sheet_bad(&im->r, "code");
}

static int write_indicator(struct importing *im, const struct indicator_row *i, int64_t id)
{
	int rc = room(im);

	if (!rc && id)
		return db_run(
			im->s,
			"UPDATE indicator SET ord = ?, label = ?, form = ?, latest_by = ?,"
			" numerator = ?, denominator = ?, counts = ?, direction = ? WHERE id = ?",
			"ittttttti", i->ord, i->label, i->form, i->latest_by, i->numerator,
			i->denominator, i->counts, i->direction, id);
	if (rc)
		return rc;
	id = tx_new_id(im->tx);
	if (!id)
		return ERR_TOOBIG;
	return db_run(
		im->s,
		"INSERT INTO indicator(id, scope, code, ord, label, form, latest_by, numerator,"
		" denominator, counts, direction) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"iitittttttt", id, im->s->self.scope, i->code, i->ord, i->label, i->form,
		i->latest_by, i->numerator, i->denominator, i->counts, i->direction);
}

static bool differs(const struct indicator_row *a, const struct indicator_row *b)
{
	return !a->id || a->ord != b->ord || !same(a->label, b->label) || !same(a->form, b->form) ||
	       !same(a->latest_by, b->latest_by) || !same(a->numerator, b->numerator) ||
	       !same(a->denominator, b->denominator) || !same(a->counts, b->counts) ||
	       !same(a->direction, b->direction);
}

static int indicator_row(struct importing *im)
{
	struct indicator_row i, old;
	int rc = read_indicator(im, &i);

	memset(&old, 0, sizeof old);
	if (!rc)
		rc = check_indicator(im, &i);
	if (!rc)
		rc = indicator_load(im->s, i.code, &old);
	if (rc == ERR_NOTFOUND)
		rc = 0;
	if (!rc && !im->tx && !old.id)
		rc = check_number(im);
	if (!rc && im->tx && differs(&old, &i))
		rc = write_indicator(im, &i, old.id);
	indicator_release(&i);
	indicator_release(&old);
	return rc;
}

/* ---- targets ---------------------------------------------------------------------------------------- */

struct target {
	int64_t indicator, unit, year;
	double share;
	const char *document;
};

/* The indicator that a row of targets or weights names: one that is a share. */
static int find_indicator(struct importing *im, int64_t *id)
{
	const char *code = sheet_cell(&im->r, "indicator");
	char shown[SHOWN_LEN];
	int64_t plain;
	int rc = db_int(im->s, id, "SELECT id FROM indicator WHERE code = ? ORDER BY id LIMIT 1",
	                "t", code);

	if (rc == ERR_NOTFOUND)
		err(ERR_BAD, "there is no indicator %s", value_shown(code, shown));
	if (!rc)
		rc = db_int(im->s, &plain, "SELECT denominator = '' FROM indicator WHERE id = ?",
		            "i", *id);
	if (!rc && plain)
		rc = err(ERR_BAD, "%s is a plain number: only a share has a target or a weight",
		         value_shown(code, shown));
	return rc == ERR_NOTFOUND || rc == ERR_BAD ? sheet_bad(&im->r, "indicator") : rc;
}

/* A decimal cell from 0 to max; -1 in *out for anything else. */
static int read_number(struct importing *im, const char *column, double max, double *out)
{
	sqlite3_stmt *st = db_stmt(im->s, "SELECT CAST(? AS REAL)");
	struct buf text = {0};
	int rc = 0;

	*out = -1;
	if (!st)
		return err_code();
	if (value_decimal(sheet_cell(&im->r, column), &text)) {
		rc = db_bind(st, "t", buf_cstr(&text));
		if (!rc)
			rc = db_step(im->s, st);
		if (rc == 1)
			*out = sqlite3_column_double(st, 0);
		sqlite3_reset(st);
		sqlite3_clear_bindings(st);
	}
	buf_release(&text);
	if (!(*out >= 0 && *out <= max))
		*out = -1;
	return rc < 0 ? rc : 0;
}

static int read_share(struct importing *im, double *out)
{
	char shown[SHOWN_LEN];
	int rc = read_number(im, "share", 1, out);

	if (rc || *out >= 0)
		return rc;
	err(ERR_BAD, "'%s' is not a share: write 0.85 for 85 %%",
	    value_shown(sheet_cell(&im->r, "share"), shown));
	return sheet_bad(&im->r, "share");
}

static int read_target(struct importing *im, struct target *t)
{
	const char *year = sheet_cell(&im->r, "year"), *unit = sheet_cell(&im->r, "unit_code");
	char shown[SHOWN_LEN];
	struct unit u;
	int rc;

	memset(t, 0, sizeof *t);
	rc = find_indicator(im, &t->indicator);
	if (rc)
		return rc;
	t->unit = im->s->self.scope;
	if (*unit) {
		rc = unit_find(im->s, unit, &u);
		if (rc == ERR_NOTFOUND || rc == ERR_BAD)
			return sheet_bad(&im->r, "unit_code");
		if (rc)
			return rc;
		t->unit = u.id;
	}
	if (!value_int(year, &t->year) || t->year < 1900 || t->year > 2199) {
		err(ERR_BAD, "'%s' is not a year", value_shown(year, shown));
		return sheet_bad(&im->r, "year");
	}
	t->document = sheet_cell(&im->r, "document");
	if (strlen(t->document) > TEXT_MAX) {
		err(ERR_BAD, "longer than %d bytes", TEXT_MAX);
		return sheet_bad(&im->r, "document");
	}
	return read_share(im, &t->share);
}

/* The row of the same indicator, unit and year, and whether it says the same. */
static int find_target(struct store *s, const struct target *t, int64_t *id, bool *equal)
{
	sqlite3_stmt *st =
		db_stmt(s, "SELECT id, share = ?4 AND document IS nullif(?5, '') FROM target"
	                   " WHERE indicator = ?1 AND unit = ?2 AND year = ?3"
	                   " ORDER BY id DESC LIMIT 1");
	int rc;

	*id = 0;
	*equal = false;
	if (!st)
		return err_code();
	rc = db_bind(st, "iiidt", t->indicator, t->unit, t->year, t->share, t->document);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1) {
		*id = sqlite3_column_int64(st, 0);
		*equal = sqlite3_column_int(st, 1);
	}
	sqlite3_reset(st);
	return rc < 0 ? rc : 0;
}

static int target_row(struct importing *im)
{
	struct target t;
	int64_t id;
	bool equal;
	int rc = read_target(im, &t);

	if (rc || !im->tx)
		return rc;
	rc = find_target(im->s, &t, &id, &equal);
	if (rc || equal)
		return rc;
	rc = room(im);
	if (!rc && id)
		return db_run(im->s,
		              "UPDATE target SET share = ?, document = nullif(?, '') WHERE id = ?",
		              "dti", t.share, t.document, id);
	id = rc ? 0 : tx_new_id(im->tx);
	if (!rc && !id)
		rc = ERR_TOOBIG;
	if (!rc)
		rc = db_run(im->s,
		            "INSERT INTO target(id, scope, indicator, unit, year, share, document)"
		            " VALUES(?, ?, ?, ?, ?, ?, nullif(?, ''))",
		            "iiiiidt", id, im->s->self.scope, t.indicator, t.unit, t.year, t.share,
		            t.document);
	return rc;
}

/* ---- weights ---------------------------------------------------------------------------------------- */

static int weight_row(struct importing *im)
{
	char shown[SHOWN_LEN];
	int64_t indicator, id;
	double weight;
	int rc = find_indicator(im, &indicator);

	if (!rc)
		rc = read_number(im, "weight", WEIGHT_MAX, &weight);
	if (!rc && weight < 0) {
		err(ERR_BAD, "'%s' is not a weight: write a number from 0 to %d",
		    value_shown(sheet_cell(&im->r, "weight"), shown), WEIGHT_MAX);
		return sheet_bad(&im->r, "weight");
	}
	if (rc || !im->tx)
		return rc;
	rc = db_int(im->s, &id,
	            "SELECT CASE WHEN weight = ?2 THEN 0 ELSE id END FROM weight"
	            " WHERE indicator = ?1 ORDER BY id DESC LIMIT 1",
	            "id", indicator, weight);
	if (!rc && !id)
		return 0;
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	rc = room(im);
	if (!rc && id)
		return db_run(im->s, "UPDATE weight SET weight = ? WHERE id = ?", "di", weight, id);
	id = rc ? 0 : tx_new_id(im->tx);
	if (!rc && !id)
		rc = ERR_TOOBIG;
	if (!rc)
		rc = db_run(im->s,
		            "INSERT INTO weight(id, scope, indicator, weight) VALUES(?, ?, ?, ?)",
		            "iiid", id, im->s->self.scope, indicator, weight);
	return rc;
}

/* ---- files -------------------------------------------------------------------------------------------- */

static int pass(struct importing *im, const char *name, const struct sheet *sheet,
                const char *const *columns, row_fn *row)
{
	int rc = sheet_open(&im->r, name, sheet);

	for (; !rc && *columns; columns++)
		if (!sheet_has(&im->r, *columns))
			rc = err(ERR_BAD, "sheet %s: the first row must name a column '%s'", name,
			         *columns);
	while (!rc && (rc = sheet_next(&im->r)) == 1)
		rc = row(im);
	sheet_close(&im->r);
	return rc;
}

static int import(struct store *s, const char *name, struct sheet sheet, const char *const *columns,
                  row_fn *row, size_t *changed)
{
	struct importing im = {.s = s};
	int rc;

	*changed = 0;
	rc = indicator_root_only(s);
	if (!rc)
		rc = pass(&im, name, &sheet, columns, row);
	if (!rc)
		rc = tx_begin(s, s->self.scope, &im.tx);
	if (!rc)
		rc = pass(&im, name, &sheet, columns, row);
	if (!rc)
		rc = tx_commit(im.tx);
	tx_end(im.tx);
	if (!rc)
		*changed = im.changed;
	return rc;
}

int indicator_import(struct store *s, const char *text, size_t len, size_t *changed)
{
	static const char *const columns[] = {"code",      "order",     "form",
	                                      "latest_by", "numerator", "denominator",
	                                      "counts",    "direction", NULL};

	return import(s, "indicators", (struct sheet){text, len}, columns, indicator_row, changed);
}

int target_import(struct store *s, const char *text, size_t len, size_t *changed)
{
	static const char *const columns[] = {"indicator", "unit_code", "year", "share", NULL};

	return import(s, "targets", (struct sheet){text, len}, columns, target_row, changed);
}

int weight_import(struct store *s, const char *text, size_t len, size_t *changed)
{
	static const char *const columns[] = {"indicator", "weight", NULL};

	return import(s, "weights", (struct sheet){text, len}, columns, weight_row, changed);
}

int indicator_add_builtin(struct store *s)
{
	static const struct {
		const char *name;
		int (*import)(struct store *s, const char *text, size_t len, size_t *changed);
	} files[] = {{"indicators.csv", indicator_import},
	             {"targets.csv", target_import},
	             {"weights.csv", weight_import}};
	const struct embed_file *f;
	size_t changed, i;
	int rc = 0;

	for (i = 0; !rc && i < sizeof files / sizeof *files; i++)
		for (f = embed_forms; !rc && f->name; f++)
			if (!strcmp(f->name, files[i].name))
				rc = files[i].import(s, (const char *)f->data, f->len, &changed);
	return rc;
}
