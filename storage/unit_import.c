/* unit_import.c - a list of units from CSV, parents and children in any order. */
#include "storage/db.h"
#include "storage/err.h"
#include "storage/text.h"
#include "storage/unit_row.h"
#include "storage/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUP_MAX 512 /* rows in one transaction: well under ENTRY_MAX bytes */

enum column { C_CODE, C_NAME, C_LEVEL, C_PARENT, C_FROM, C_TO, C_HOUSEHOLDS, C_PEOPLE, C_COUNT };
static const char *const columns[C_COUNT] = {"code",       "name",     "level",      "parent_code",
                                             "valid_from", "valid_to", "households", "population"};
#define C_REQUIRED 4 /* the first so many */

enum state { R_WAITING, R_READY, R_DONE, R_BAD };

struct row {
	unsigned line;
	enum state state;
	bool dated; /* the list says from when it is in force, */
	bool keyed; /* or the row itself: then that is its key */
	bool root;  /* it is the root's new name */
	bool known; /* in the database already: at most its figures change */
	int64_t scope;
	int64_t before; /* the unit that had the code until then, 0 */
	struct unit u;
	char parent[UNIT_CODE_MAX];
};

struct import {
	struct store *s;
	const char *valid_from; /* "" when none was given */
	void (*bad)(void *arg, unsigned line, const char *why);
	void *arg;
	struct unit_import_result *out;
	size_t at[C_COUNT]; /* column's place plus 1; 0: not there */
	struct row *row;    /* owned, in the order of the file */
	size_t n, cap;
	size_t *by_code; /* owned; indexes of row, by code then line */
};

static void reject(struct import *im, unsigned line)
{
	im->out->bad++;
	if (im->bad)
		im->bad(im->arg, line, err_text());
}

static void reject_row(struct import *im, struct row *r)
{
	r->state = R_BAD;
	reject(im, r->line);
}

/* ---- reading the file ---------------------------------------------------------------------- */

static int read_header(struct import *im, struct csv *c)
{
	struct buf folded = {0};
	size_t i, k;
	int rc = csv_read(c);

	if (rc < 0)
		return rc;
	for (i = 0; i < c->nfield; i++) {
		buf_reset(&folded);
		rc = text_fold(c->field[i], &folded);
		for (k = 0; !rc && k < C_COUNT; k++)
			if (!strcmp(buf_cstr(&folded), columns[k]))
				im->at[k] = i + 1;
	}
	buf_release(&folded);
	for (k = 0; k < C_REQUIRED; k++)
		if (!im->at[k])
			return err(
				ERR_BAD,
				"the first line must name the columns code,name,level,parent_code: "
				"'%s' is missing",
				columns[k]);
	return 0;
}

static const char *field(const struct import *im, const struct csv *c, enum column k)
{
	size_t at = im->at[k];

	return at && at <= c->nfield ? c->field[at - 1] : "";
}

static int copy(char *out, size_t cap, const char *text, enum column k)
{
	if ((size_t)snprintf(out, cap, "%s", text) >= cap)
		return err(ERR_BAD, "column %s: longer than %zu bytes", columns[k], cap - 1);
	return 0;
}

static int read_count(const struct import *im, const struct csv *c, enum column k, int64_t *out)
{
	const char *text = field(im, c, k);
	char shown[SHOWN_LEN];

	*out = -1;
	if (!*text || (value_int(text, out) && *out >= 0))
		return 0;
	return err(ERR_BAD, "column %s: '%s' is not a number of things", columns[k],
	           value_shown(text, shown));
}

static int read_row(struct import *im, const struct csv *c, struct row *r)
{
	const char *level = field(im, c, C_LEVEL), *from = field(im, c, C_FROM);
	const char *to = field(im, c, C_TO);
	char shown[SHOWN_LEN];
	int rc;

	memset(r, 0, sizeof *r);
	r->line = c->line;
	rc = copy(r->u.code, sizeof r->u.code, field(im, c, C_CODE), C_CODE);
	if (!rc)
		rc = copy(r->u.name, sizeof r->u.name, field(im, c, C_NAME), C_NAME);
	if (!rc)
		rc = copy(r->parent, sizeof r->parent, field(im, c, C_PARENT), C_PARENT);
	if (!rc)
		rc = read_count(im, c, C_HOUSEHOLDS, &r->u.households);
	if (!rc)
		rc = read_count(im, c, C_PEOPLE, &r->u.population);
	if (rc)
		return rc;
	r->u.level = level_of(level);
	if (r->u.level == LEVEL_NONE)
		return err(ERR_BAD,
		           "column level: '%s' is not one of province, district, commune, village",
		           value_shown(level, shown));
	r->dated = *from || *im->valid_from;
	if (*from && !value_date(from, r->u.valid_from))
		return err(ERR_BAD, "column valid_from: '%s' is not a date like 2026-11-21",
		           value_shown(from, shown));
	if (*to && !value_date(to, r->u.valid_to))
		return err(ERR_BAD, "column valid_to: '%s' is not a date like 2026-11-21",
		           value_shown(to, shown));
	r->keyed = *from || !r->dated;
	if (!*from)
		memcpy(r->u.valid_from, *im->valid_from ? im->valid_from : UNIT_ALWAYS, DATE_LEN);
	return unit_check(&r->u);
}

static int keep(struct import *im, const struct row *r)
{
	struct row *more;

	if (im->n == im->cap) {
		im->cap = im->cap ? im->cap * 2 : 64;
		more = realloc(im->row, im->cap * sizeof *more);
		if (!more)
			return err(ERR_NOMEM, "out of memory");
		im->row = more;
	}
	im->row[im->n++] = *r;
	return 0;
}

static int read_rows(struct import *im, struct csv *c)
{
	struct row r;
	int rc;

	while ((rc = csv_read(c)) != 0) {
		if (rc == 1 && csv_blank(c))
			continue;
		if (rc == 1)
			rc = read_row(im, c, &r);
		if (!rc)
			rc = keep(im, &r);
		else if (rc == ERR_BAD || rc == ERR_TOOBIG)
			reject(im, c->line);
		if (rc && rc != ERR_BAD && rc != ERR_TOOBIG)
			return rc;
	}
	return 0;
}

/* ---- who is who ---------------------------------------------------------------------------- */

static int row_order(const void *a, const void *b, void *rows)
{
	const struct row *r = rows, *x = r + *(const size_t *)a, *y = r + *(const size_t *)b;
	int d = strcmp(x->u.code, y->u.code);

	if (!d)
		d = strcmp(x->u.valid_from, y->u.valid_from);
	return d ? d : (x->line > y->line) - (x->line < y->line);
}

static int sort_by_code(struct import *im)
{
	struct row *a, *b;
	size_t i;

	im->by_code = calloc(im->n + 1, sizeof *im->by_code);
	if (!im->by_code)
		return err(ERR_NOMEM, "out of memory");
	for (i = 0; i < im->n; i++)
		im->by_code[i] = i;
	qsort_r(im->by_code, im->n, sizeof *im->by_code, row_order, im->row);
	for (i = 0; i + 1 < im->n; i++) {
		a = im->row + im->by_code[i];
		b = im->row + im->by_code[i + 1];
		if (strcmp(a->u.code, b->u.code) || strcmp(a->u.valid_from, b->u.valid_from))
			continue;
		err(ERR_BAD, "column code: %s stands in line %u already", b->u.code, a->line);
		reject_row(im, b);
		im->by_code[i + 1] = im->by_code[i]; /* the first one is the one */
	}
	return 0;
}

/* The file's last row of that code, NULL when it has none. */
static struct row *in_file(const struct import *im, const char *code)
{
	size_t lo = 0, hi = im->n, mid;
	struct row *r;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(im->row[im->by_code[mid]].u.code, code) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	r = im->row + im->by_code[lo - 1];
	return strcmp(r->u.code, code) ? NULL : r;
}

static void recognise_as(struct import *im, struct row *r, const struct unit *u)
{
	/* The root is the scope of everything: it stays the row that it is under a new name. */
	bool renamed = !u->parent && r->dated && !unit_same_name(u->name, r->u.name) &&
	               strcmp(u->valid_from, r->u.valid_from) < 0;
	bool households = r->u.households >= 0 && r->u.households != u->households;
	bool population = r->u.population >= 0 && r->u.population != u->population;

	r->known = true;
	r->u.id = u->id;
	r->scope = u->parent ? u->parent : u->id;
	r->root = renamed;
	r->state = households || population || renamed ? R_READY : R_DONE;
	if (r->state == R_DONE)
		im->out->known++;
}

static int find_known(struct import *im, struct row *r)
{
	sqlite3_stmt *st = db_stmt(im->s, "SELECT id FROM unit WHERE code = ?1"
	                                  " ORDER BY valid_from = ?2 DESC, valid_from DESC, id");
	enum unit_means is;
	struct unit u;
	int rc;

	if (!st)
		return err_code();
	rc = db_bind(st, "tt", r->u.code, r->u.valid_from);
	while (!rc && (rc = db_step(im->s, st)) == 1) {
		rc = unit_get(im->s, sqlite3_column_int64(st, 0), &u);
		if (rc)
			break;
		is = u.parent     ? unit_means(im->s, &r->u, r->parent, r->keyed, r->dated, &u)
		     : *r->parent ? UNIT_OTHER
		                  : UNIT_SAME;
		if (is == UNIT_TAKES_OVER)
			r->before = u.id;
		if (is != UNIT_SAME)
			continue;
		recognise_as(im, r, &u);
		break;
	}
	sqlite3_reset(st);
	return rc < 0 ? rc : 0;
}

static int recognise(struct import *im)
{
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < im->n; i++)
		if (im->row[i].state == R_WAITING)
			rc = find_known(im, im->row + i);
	return rc;
}

/* ---- placing and writing ------------------------------------------------------------------- */

static int root_row(struct import *im, struct row *r)
{
	int64_t id;
	int rc = unit_root(im->s, &id);

	if (rc == ERR_NOTFOUND) {
		rc = unit_add(im->s, &r->u, &r->u.id);
		if (rc)
			return rc;
		r->state = R_DONE;
		im->out->added++;
		return 0;
	}
	if (rc)
		return rc;
	err(ERR_BAD, "column parent_code: empty, but the tree has a root already");
	reject_row(im, r);
	return 0;
}

/* Finds a waiting row's parent, if that is written by now. */
static int place(struct import *im, struct row *r)
{
	struct row *up = in_file(im, r->parent);
	struct unit parent;
	int rc;

	if (!*r->parent)
		return root_row(im, r);
	if (up && up != r && up->state != R_DONE) {
		if (up->state == R_BAD) {
			err(ERR_BAD, "column parent_code: %s (line %u) was left out", r->parent,
			    up->line);
			reject_row(im, r);
		}
		return 0;
	}
	rc = up && up != r ? unit_get(im->s, up->u.id, &parent)
	                   : unit_find(im->s, r->parent, &parent);
	if (!rc && strcmp(parent.code, r->parent))
		rc = ERR_NOTFOUND; /* found by name: a list goes by codes */
	if (rc == ERR_NOTFOUND || rc == ERR_BAD)
		rc = err(ERR_BAD, "column parent_code: %s is neither in the file nor here",
		         r->parent);
	else if (!rc && parent.level >= r->u.level)
		rc = err(ERR_BAD, "column level: a %s cannot be under %s, a %s",
		         level_name(r->u.level), parent.code, level_name(parent.level));
	if (rc == ERR_BAD)
		reject_row(im, r);
	if (rc)
		return rc == ERR_BAD ? 0 : rc;
	r->u.parent = r->scope = parent.id;
	r->state = R_READY;
	return 0;
}

static int write_row(struct import *im, struct tx *tx, struct row *r)
{
	if (r->root)
		return unit_rename_root(im->s, tx, &r->u);
	if (!r->known) {
		r->u.id = tx_new_id(tx);
		return r->u.id ? unit_insert(im->s, &r->u) : ERR_TOOBIG;
	}
	return db_run(im->s,
	              "UPDATE unit SET households = ifnull(nullif(?, -1), households),"
	              " population = ifnull(nullif(?, -1), population) WHERE id = ?",
	              "iii", r->u.households, r->u.population, r->u.id);
}

/* Writes the ready rows of the first ready row's scope, from row on. */
static int write_group(struct import *im, size_t first)
{
	struct row *r, *end = im->row + im->n;
	int64_t scope = im->row[first].scope;
	struct tx *tx;
	size_t n = 0;
	int rc = tx_begin(im->s, scope, &tx);

	if (rc)
		return rc;
	for (r = im->row + first; !rc && r < end && n < GROUP_MAX; r++) {
		if (r->state != R_READY || r->scope != scope)
			continue;
		rc = write_row(im, tx, r);
		n++;
	}
	end = r;
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	for (r = im->row + first; !rc && r < end; r++) {
		if (r->state != R_READY || r->scope != scope)
			continue;
		r->state = R_DONE;
		if (r->known)
			im->out->known++;
		else
			im->out->added++;
	}
	return rc;
}

static int write_ready(struct import *im, bool *moved)
{
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < im->n; i++) {
		if (im->row[i].state != R_READY)
			continue;
		*moved = true;
		rc = write_group(im, i);
	}
	return rc;
}

/* A level of the tree a round; what is left in the end hangs on itself. */
static int write_all(struct import *im)
{
	bool moved = true;
	size_t i;
	int rc = 0;

	while (!rc && moved) {
		moved = false;
		for (i = 0; !rc && i < im->n; i++) {
			if (im->row[i].state != R_WAITING)
				continue;
			rc = place(im, im->row + i);
			moved |= im->row[i].state != R_WAITING;
		}
		if (!rc)
			rc = write_ready(im, &moved);
	}
	for (i = 0; !rc && i < im->n; i++) {
		if (im->row[i].state != R_WAITING)
			continue;
		err(ERR_BAD, "column parent_code: %s is under itself", im->row[i].u.code);
		reject_row(im, im->row + i);
	}
	return rc;
}

/* A unit ends when another takes its code; what it became is that one, until a list of changes
 * says otherwise (unit_change.c). */
static int end_those_before(struct import *im)
{
	struct unit_end *end = calloc(im->n + 1, sizeof *end);
	size_t i, n = 0;
	int rc;

	if (!end)
		return err(ERR_NOMEM, "out of memory");
	for (i = 0; i < im->n; i++) {
		const struct row *r = im->row + i;

		if (r->state != R_DONE || r->known || !r->before)
			continue;
		end[n].unit = r->before;
		end[n].became = r->u.id;
		memcpy(end[n++].day, r->u.valid_from, DATE_LEN);
	}
	rc = unit_end_all(im->s, end, n);
	free(end);
	return rc;
}

int unit_import(struct store *s, const char *text, size_t len, const char *valid_from,
                void (*bad)(void *arg, unsigned line, const char *why), void *arg,
                struct unit_import_result *out)
{
	struct import im = {.s = s, .valid_from = "", .bad = bad, .arg = arg, .out = out};
	char day[DATE_LEN], shown[SHOWN_LEN];
	struct csv c;
	int rc;

	memset(out, 0, sizeof *out);
	if (valid_from && *valid_from) {
		if (!value_date(valid_from, day))
			return err(ERR_BAD, "'%s' is not a date: write it like 2026-11-21",
			           value_shown(valid_from, shown));
		im.valid_from = day;
	}
	csv_open(&c, text, len);
	rc = read_header(&im, &c);
	if (!rc)
		rc = read_rows(&im, &c);
	if (!rc)
		rc = sort_by_code(&im);
	if (!rc)
		rc = recognise(&im);
	if (!rc)
		rc = write_all(&im);
	if (!rc)
		rc = end_those_before(&im);
	csv_close(&c);
	free(im.row);
	free(im.by_code);
	return rc;
}
