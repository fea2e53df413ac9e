/* import.c - reads a CSV file's header and rows, and saves the rows in batches. */
#include "agent/import.h"

#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/shown.h"
#include "storage/err.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t interrupted;

static int no_memory(void)
{
	return err(ERR_NOMEM, "out of memory");
}

/* ---- the file and its header ------------------------------------------------------------- */

static int check_text(const struct import *im, const char *path)
{
	const uint8_t *p = im->text.data;
	size_t len = im->text.len;

	if (!len)
		return err(ERR_BAD, "%s: the file is empty", path);
	if (len >= 4 && memcmp(p, "PK\003\004", 4) == 0)
		return err(ERR_BAD, "%s: this is a spreadsheet; save it as CSV (UTF-8) first",
		           path);
	if (len >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0))
		return err(ERR_BAD, "%s: this is UTF-16; save it as CSV (UTF-8)", path);
	if (memchr(p, 0, len))
		return err(ERR_BAD, "%s: this is not a text file; a CSV file (UTF-8) is wanted",
		           path);
	return 0;
}

static bool is_computed(const struct import *im, const char *name)
{
	const struct question *q = form_question(im->a.form, name);

	return q && answers_holds(im->a.form, (size_t)(q - im->a.form->q));
}

static int map_column(struct import *im, size_t i, const char *name)
{
	const char *near;
	size_t j;
	int q = answers_find(&im->a, name);

	if (q < 0 && strcasecmp(name, "unit") == 0)
		q = IMPORT_UNIT;
	else if (q < 0 && strcasecmp(name, "error") == 0)
		q = IMPORT_IGNORE; /* of a file of rejected rows that was mended */
	else if (q < 0 && is_computed(im, name))
		q = IMPORT_IGNORE; /* as an export has it */
	for (j = 0; j < i; j++) {
		if (q != -1 && q != IMPORT_IGNORE && im->col[j] == q)
			return err(ERR_BAD, "column %s is there twice", name);
	}
	im->col[i] = q;
	if (q != -1)
		return 0;
	if (!*name)
		return err(ERR_BAD, "column %zu has no name in the first line", i + 1);
	near = answers_near(&im->a, name);
	if (near)
		return err(
			ERR_NOTFOUND,
			"column %s is no question of form %s, did you mean %s? Nothing was saved",
			name, im->a.form->code, near);
	return err(ERR_NOTFOUND,
	           "column %s is no question of form %s; see cayda form show %s. Nothing was saved",
	           name, im->a.form->code, im->a.form->code);
}

/* Every row would be rejected: better said once. */
static int check_required(const struct import *im)
{
	const struct form *f = im->a.form;
	size_t i, j;

	for (i = 0; i < f->nq; i++) {
		const struct question *q = &f->q[i];

		if (!answers_asks(f, i) || !q->required || (q->preset && *q->preset) ||
		    !answers_always_asks(f, i))
			continue;
		for (j = 0; j < im->ncol && im->col[j] != (int)i; j++)
			;
		if (j == im->ncol)
			return err(
				ERR_BAD,
				"there is no column %s, which must be answered. Nothing was saved",
				q->name);
	}
	return 0;
}

static int read_header(struct import *im, struct csv *c)
{
	size_t i;
	int rc = csv_read(c);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return err(ERR_BAD, "the file has no lines");
	im->head = (struct import_row){.raw = c->raw, .raw_len = (uint32_t)c->raw_len};
	im->sep = c->sep;
	/* spreadsheets leave empty columns behind the last */
	while (c->nfield && !*c->field[c->nfield - 1])
		c->nfield--;
	im->ncol = c->nfield;
	im->col = calloc(im->ncol + 1, sizeof *im->col);
	if (!im->col)
		return no_memory();
	for (i = 0, rc = 0; i < im->ncol && !rc; i++)
		rc = map_column(im, i, c->field[i]);
	return rc ? rc : check_required(im);
}

/* ---- the rows ---------------------------------------------------------------------------- */

int import_reject(struct import *im, struct import_row *r, const char *why)
{
	r->why = strdup(why);
	im->bad++;
	return r->why ? 0 : no_memory();
}

static const char *field_of(const struct import *im, const struct csv *c, int col)
{
	size_t i;

	for (i = 0; i < im->ncol && i < c->nfield; i++) {
		if (im->col[i] == col)
			return c->field[i];
	}
	return "";
}

/* What is written for a unit that is not ours is refused by all others. */
int import_check_unit(struct import *im, int64_t unit)
{
	if (unit == im->allowed)
		return 0;
	if (!unit_within(im->ctx->s, unit, im->ctx->s->self.scope))
		return err(ERR_BAD, "this node does not work for unit %s",
		           shown_unit(im->ctx, unit));
	im->allowed = unit;
	return 0;
}

int import_set_unit(struct import *im, struct import_row *r, const char *ref)
{
	struct unit u;

	r->unit = im->unit;
	if (!*ref)
		return 0;
	if (ctx_unit(im->ctx, ref, &u) != 0 || import_check_unit(im, u.id) != 0)
		return import_reject(im, r, err_text());
	r->unit = u.id;
	return 0;
}

/* What can be told of a row before it is saved: its unit, and that its fields fit. */
static int check_row(struct import *im, struct import_row *r, const struct csv *c)
{
	char why[128];
	size_t i;

	for (i = im->ncol; i < c->nfield; i++) {
		if (*c->field[i]) {
			snprintf(why, sizeof why, _("it has %zu fields, the first line %zu"),
			         c->nfield, im->ncol);
			return import_reject(im, r, why);
		}
	}
	return import_set_unit(im, r, field_of(im, c, IMPORT_UNIT));
}

const char *import_unread(void)
{
	const char *colon = strstr(err_text(), ": ");

	return strncmp(err_text(), "line ", 5) != 0 || !colon ? err_text() : colon + 2;
}

int import_add_row(struct import *im, const char *raw, size_t len, unsigned line,
                   struct import_row **out)
{
	struct import_row *more;

	*out = NULL;
	if (im->nrow == IMPORT_ROWS_MAX)
		return err(ERR_TOOBIG, "more than %d rows; split the file", IMPORT_ROWS_MAX);
	if (im->nrow == im->cap) {
		im->cap = im->cap ? im->cap * 2 : 1024;
		more = realloc(im->row, im->cap * sizeof *more);
		if (!more)
			return no_memory();
		im->row = more;
	}
	*out = &im->row[im->nrow++];
	**out = (struct import_row){.raw = raw,
	                            .raw_len = (uint32_t)len,
	                            .line = line,
	                            .unit = im->unit};
	return 0;
}

static int read_csv(struct import *im)
{
	struct import_row *r;
	struct csv c = {0};
	int rc, got;

	csv_open(&c, (const char *)im->text.data, im->text.len);
	rc = read_header(im, &c);
	while (!rc && (got = csv_read(&c)) != 0) {
		rc = got < 0 && got != ERR_BAD ? got
		                               : import_add_row(im, c.raw, c.raw_len, c.line, &r);
		if (!rc)
			rc = got < 0 ? import_reject(im, r, import_unread()) : check_row(im, r, &c);
	}
	csv_close(&c);
	return rc;
}

static int read_json(struct import *im)
{
	const char *p = (const char *)im->text.data, *end = p + im->text.len;
	struct import_row *r;
	unsigned line = 1;
	size_t len;
	int rc = 0;

	for (; !rc && p < end; p += len + 1, line++) {
		len = strcspn(p, "\n");
		if (strspn(p, " \t\r") >= len)
			continue;
		rc = import_add_row(im, p, len, line, &r);
		if (!rc)
			rc = import_json_unit(im, r);
	}
	return rc;
}

int import_open(struct import *im, const char *path)
{
	int rc = file_read(path, IMPORT_FILE_MAX, &im->text);

	if (!rc)
		rc = check_text(im, path);
	if (rc)
		return rc;
	im->json = import_is_json(&im->text);
	rc = im->json ? read_json(im) : read_csv(im);
	if (!rc && !im->nrow)
		rc = err(ERR_BAD, "there are no rows below the first line");
	return rc ? err(rc, "%s: %s", path, err_text()) : 0;
}

/* ---- saving ------------------------------------------------------------------------------ */

static int by_unit(const void *a, const void *b)
{
	const struct import_row *x = *(struct import_row *const *)a;
	const struct import_row *y = *(struct import_row *const *)b;

	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	return x < y ? -1 : x > y;
}

static int row_answers(struct import *im, const struct import_row *r)
{
	struct csv c;
	size_t i;
	int rc;

	answers_clear(&im->a);
	csv_open(&c, r->raw, r->raw_len);
	c.sep = im->sep;
	rc = csv_read(&c) < 0 ? ERR_BAD : 0;
	for (i = 0; i < im->ncol && i < c.nfield && !rc; i++) {
		if (im->col[i] >= 0 && *c.field[i])
			rc = answers_set(&im->a, (size_t)im->col[i], c.field[i]);
	}
	csv_close(&c);
	return rc;
}

static int save_row(struct import *im, const struct import_row *r, struct tx *tx, int64_t *id)
{
	size_t n;
	int rc = row_answers(im, r);

	if (rc)
		return rc;
	n = answers_given(&im->a);
	return record_add(tx, im->a.form, im->person, im->a.given, n, id);
}

static bool row_fault(int rc)
{
	return rc == ERR_BAD || rc == ERR_NOTFOUND || rc == ERR_EXISTS || rc == ERR_TOOBIG;
}

/* Saves rows of one unit in one transaction, leaving out those that storage refuses. */
static int save_batch(struct import *im, struct import_row **row, size_t n)
{
	size_t good = 0, taken = 0, i;
	struct tx *tx = NULL;
	int64_t id;
	int rc = tx_begin(im->ctx->s, row[0]->unit, &tx);

	for (i = 0; i < n && !rc; i++) {
		if (row[i]->why)
			continue;
		rc = im->json ? import_json_save(im, row[i], tx, &id)
		              : save_row(im, row[i], tx, &id);
		taken += !rc;
		good += !rc && !row[i]->known;
		if (row_fault(rc))
			rc = import_reject(im, row[i], err_text());
	}
	if (!rc && taken)
		rc = tx_commit(tx);
	tx_end(tx);
	/* too much for one transaction: halve it; a row alone is at fault itself */
	if (rc == ERR_TOOBIG && taken > 1) {
		rc = save_batch(im, row, n / 2);
		return rc ? rc : save_batch(im, row + n / 2, n - n / 2);
	}
	if (rc == ERR_TOOBIG) {
		for (i = 0, rc = 0; i < n; i++)
			rc = row[i]->why ? rc : import_reject(im, row[i], err_text());
		return rc;
	}
	for (i = 0; i < n && !rc; i++) {
		row[i]->saved = !row[i]->why;
		im->known += row[i]->known;
	}
	im->saved += rc ? 0 : good;
	return rc;
}

static int save_all(struct import *im)
{
	size_t i, n;
	int rc = 0;

	for (i = 0; i < im->nrow && !rc; i += n) {
		for (n = 1; i + n < im->nrow && n < IMPORT_BATCH; n++) {
			if (im->order[i + n]->unit != im->order[i]->unit)
				break;
		}
		if (interrupted)
			rc = err(ERR_BAD, "interrupted");
		else
			rc = save_batch(im, im->order + i, n);
		if (rc)
			break;
		progress(_("importing, rows:"), i + n, im->nrow);
	}
	progress_end();
	if (!rc)
		return 0;
	im->stopped = rc;
	im->stop_why = strdup(err_text());
	im->bad = im->nrow - im->saved - im->known;
	for (i = 0; i < im->nrow; i++) {
		if (!im->row[i].saved && !im->row[i].why)
			im->row[i].why = strdup(im->stop_why ? im->stop_why : "");
	}
	return im->stop_why ? 0 : no_memory();
}

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* An interrupt ends the import after the transaction at hand, so that what was saved is known. */
static int save_guarded(struct import *im)
{
	struct sigaction act = {.sa_handler = on_signal}, was_int, was_term;
	int rc;

	interrupted = 0;
	sigaction(SIGINT, &act, &was_int);
	sigaction(SIGTERM, &act, &was_term);
	rc = save_all(im);
	sigaction(SIGINT, &was_int, NULL);
	sigaction(SIGTERM, &was_term, NULL);
	return rc;
}

int import_run(struct import *im, const char *path)
{
	size_t i;
	int rc;

	im->order = calloc(im->nrow + 1, sizeof(struct import_row *));
	if (!im->order)
		return no_memory();
	for (i = 0; i < im->nrow; i++)
		im->order[i] = &im->row[i];
	qsort(im->order, im->nrow, sizeof(struct import_row *), by_unit);
	rc = save_guarded(im);
	if (!rc && im->stopped && !im->saved)
		return err(im->stopped, "%s. Nothing was saved", im->stop_why);
	if (!rc && im->bad)
		rc = import_write_rejects(im, path);
	return rc;
}

void import_release(struct import *im)
{
	size_t i;

	for (i = 0; i < im->nrow; i++)
		free(im->row[i].why);
	for (i = 0; i < im->nfile; i++) {
		free(im->file[i].name);
		buf_release(&im->file[i].text);
	}
	free(im->file);
	free(im->row);
	free(im->order);
	free(im->col);
	free(im->stop_why);
	free(im->rejects);
	buf_release(&im->text);
	answers_release(&im->a);
}
