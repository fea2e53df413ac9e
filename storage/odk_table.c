/* odk_table.c - tables of submissions in CSV, and an index of their rows by key. */
#include "storage/err.h"
#include "storage/odk_in.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading ----------------------------------------------------------------------------------- */

static void free_table(struct odk_table *t)
{
	size_t i;

	for (i = 0; i < t->ncol; i++)
		free(t->col[i].choice);
	free(t->col);
	free(t->row);
	free(t->order);
	buf_release(&t->keys);
}

void odk_tables_free(struct odk *o)
{
	size_t i;

	for (i = 0; i < o->ntable; i++)
		free_table(o->table + i);
	free(o->table);
	free(o->alias);
	free(o->alias_of);
	buf_release(&o->aliases);
}

const char *odk_cell(const struct odk_table *t, const struct csv *c, enum odk_part part)
{
	return t->at[part] && t->at[part] <= c->nfield ? c->field[t->at[part] - 1] : "";
}

static size_t keep_key(struct odk_table *t, const char *text)
{
	size_t at = t->keys.len;

	buf_add(&t->keys, text, strlen(text) + 1);
	return at;
}

static int add_row(struct odk *o, struct odk_table *t, const struct csv *c, bool bad)
{
	struct odk_row *more;
	size_t key, parent;

	if (++o->rows > ODK_ROWS_MAX)
		return err(ERR_TOOBIG, "more than %d rows; split the file", ODK_ROWS_MAX);
	if (t->nrow == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 256;
		more = realloc(t->row, t->cap * sizeof *more);
		if (!more)
			return err(ERR_NOMEM, "out of memory");
		t->row = more;
	}
	key = keep_key(t, bad ? "" : odk_cell(t, c, t->at[ODK_KEY] ? ODK_KEY : ODK_INDEX));
	parent = keep_key(t, bad ? ""
	                         : odk_cell(t, c,
	                                    t->at[ODK_PARENT_KEY] ? ODK_PARENT_KEY
	                                                          : ODK_PARENT_INDEX));
	t->row[t->nrow++] = (struct odk_row){.raw = c->raw,
	                                     .raw_len = (uint32_t)c->raw_len,
	                                     .line = c->line,
	                                     .key = key,
	                                     .parent = parent,
	                                     .bad = bad};
	return t->keys.err;
}

static int read_table(struct odk *o, struct odk_table *t, const char *text, size_t len)
{
	struct csv c;
	int got, rc;

	csv_open(&c, text, len);
	got = csv_read(&c);
	rc = got < 0 ? got : got ? 0 : err(ERR_BAD, "the file has no lines");
	t->sep = c.sep;
	while (!rc && c.nfield && !*c.field[c.nfield - 1])
		c.nfield--;
	if (!rc)
		rc = odk_head(o, t, c.field, c.nfield);
	while (!rc && (got = csv_read(&c)) != 0) {
		if (got < 0 && got != ERR_BAD)
			rc = got;
		else if (got < 0 || !csv_blank(&c))
			rc = add_row(o, t, &c, got < 0);
	}
	csv_close(&c);
	return rc;
}

int odk_table(struct odk *o, const char *file, const char *text, size_t len, bool among)
{
	struct odk_table *more = realloc(o->table, (o->ntable + 1) * sizeof *more);
	int rc;

	if (!more)
		return err(ERR_NOMEM, "out of memory");
	o->table = more;
	if (o->ntable == ODK_TABLES_MAX)
		return err(ERR_TOOBIG, "more than %d tables", ODK_TABLES_MAX);
	more += o->ntable++;
	*more = (struct odk_table){.file = file};
	rc = read_table(o, more, text, len);
	if (rc == ERR_NOTFOUND) { /* as the audit.csv that ODK Collect keeps beside an instance */
		o->counts.others += among;
		free_table(o->table + --o->ntable);
		rc = among ? 0 : ERR_BAD;
	}
	return rc ? err(rc, "%s: %s", file, err_text()) : 0;
}

/* ---- rows by parent ------------------------------------------------------------------------------------ */

const char *odk_parent(const struct odk_table *t, size_t row)
{
	return (const char *)t->keys.data + t->row[row].parent;
}

static int by_parent(const void *a, const void *b, void *table)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int c = strcmp(odk_parent(table, x), odk_parent(table, y));

	return c ? c : (x > y) - (x < y);
}

int odk_sort(struct odk_table *t)
{
	size_t i;

	t->order = calloc(t->nrow + 1, sizeof *t->order);
	if (!t->order)
		return err(ERR_NOMEM, "out of memory");
	for (i = 0; i < t->nrow; i++)
		t->order[i] = i;
	qsort_r(t->order, t->nrow, sizeof *t->order, by_parent, t);
	return 0;
}

size_t odk_first(const struct odk_table *t, const char *key)
{
	size_t lo = 0, hi = t->nrow, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(odk_parent(t, t->order[mid]), key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}
