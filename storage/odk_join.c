/* odk_join.c - submissions out of tables: the rows of repeats joined to their parents by key. */
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/form_plan.h"
#include "storage/odk_in.h"
#include "storage/value.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static struct odk_table *table_of(struct odk *o, size_t repeat)
{
	size_t i;

	for (i = 0; i < o->ntable; i++)
		if (o->table[i].child ? o->table[i].repeat == repeat : !repeat)
			return o->table + i;
	return NULL;
}

static bool has_key(const struct odk_table *t)
{
	return t->at[ODK_KEY] || t->at[ODK_INDEX];
}

static int check_table(struct odk *o, const struct odk_table *t, size_t mains)
{
	const struct odk_table *up;

	if (!t->child)
		return 0;
	if (mains > 1)
		return err(ERR_BAD,
		           "%s: of which table are these the rows? There are %zu: read "
		           "them one after the other",
		           t->file, mains);
	if (table_of(o, t->repeat) != t)
		return err(ERR_BAD, "%s and %s both hold the rows of %s",
		           table_of(o, t->repeat)->file, t->file, o->f->q[t->repeat - 1].name);
	up = table_of(o, o->f->plan->repeat[t->repeat - 1]);
	if (!up)
		return err(ERR_BAD, "%s: the table that its rows belong to is missing", t->file);
	if (!has_key(up))
		return err(ERR_BAD,
		           "%s: there is no column KEY or _index, which the rows of %s name",
		           up->file, t->file);
	return 0;
}

/* ---- lines --------------------------------------------------------------------------------------- */

static bool chosen(const char *text)
{
	return *text && strcmp(text, "0") != 0 && strcmp(text, "0.0") != 0 &&
	       strcasecmp(text, "false") != 0 && strcasecmp(text, "no") != 0;
}

static void put_choices(const struct odk_table *t, const struct csv *c, size_t col, struct buf *out)
{
	for (; col; col = t->col[col - 1].next)
		if (col <= c->nfield && chosen(c->field[col - 1]))
			buf_printf(out, "%s%s", out->len ? " " : "", t->col[col - 1].choice);
}

/* "latitude longitude altitude accuracy", as far as they are there. */
static void put_place(const struct odk_table *t, const struct csv *c, size_t col, struct buf *out)
{
	const char *part[ODK_PARTS] = {NULL};
	int i;

	for (; col; col = t->col[col - 1].next)
		if (col <= c->nfield && *c->field[col - 1])
			part[t->col[col - 1].part] = c->field[col - 1];
	if (!part[ODK_ALTITUDE] && part[ODK_ACCURACY])
		part[ODK_ALTITUDE] = "0";
	for (i = ODK_LATITUDE; i <= ODK_ACCURACY && part[i]; i++)
		buf_printf(out, "%s%s", out->len ? " " : "", part[i]);
}

static int put_cells(struct odk *o, struct odk_line *l, const struct odk_table *t,
                     const struct csv *c)
{
	struct buf text = {0};
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < t->ncol; i++) {
		const struct odk_column *col = t->col + i;

		if (!col->first)
			continue;
		buf_reset(&text);
		if (col->part == ODK_WHOLE)
			buf_str(&text, i < c->nfield ? c->field[i] : "");
		else if (col->part == ODK_CHOICE)
			put_choices(t, c, i + 1, &text);
		else
			put_place(t, c, i + 1, &text);
		rc = odk_answer(o, l, o->f->q + col->q, buf_cstr(&text));
	}
	buf_release(&text);
	return rc;
}

static int read_row(const struct odk_table *t, const struct odk_row *r, struct csv *c)
{
	csv_open(c, r->raw, r->raw_len);
	c->sep = t->sep;
	if (csv_read(c) < 0)
		return err_code();
	for (size_t i = t->ncol; i < c->nfield; i++)
		if (*c->field[i])
			return err(ERR_BAD, "it has %zu fields, the first line %zu", c->nfield,
			           t->ncol);
	return 0;
}

static int put_tables(struct odk *o, struct odk_line *l, size_t repeat, const char *key);

/* The last error is why the line cannot be taken. */
static void note_why(struct odk_line *l)
{
	snprintf(l->why, sizeof l->why, "%s", err_text());
	l->at.why = l->why;
}

static int put_row(struct odk *o, struct odk_line *l, struct odk_table *t, struct odk_row *r)
{
	struct csv c;
	int rc = read_row(t, r, &c);

	r->used = true;
	if (rc == ERR_BAD && !l->at.why) {
		err(ERR_BAD, "%s, line %u: %s", t->file, r->line, err_text());
		note_why(l);
		rc = 0;
	}
	buf_u8(&l->json, '{');
	if (!rc)
		rc = put_cells(o, l, t, &c);
	csv_close(&c);
	if (!rc)
		rc = put_tables(o, l, t->repeat, (const char *)t->keys.data + r->key);
	buf_u8(&l->json, '}');
	return rc;
}

/* The rows of one repeat within the row of that key, which has them alone. */
static int put_rows(struct odk *o, struct odk_line *l, struct odk_table *t, const char *key)
{
	size_t i = odk_first(t, key), from = i;
	char shown[SHOWN_LEN];
	int rc = 0;

	for (; !rc && i < t->nrow && !strcmp(odk_parent(t, t->order[i]), key); i++) {
		struct odk_row *r = t->row + t->order[i];

		if (r->used) {
			err(ERR_BAD, "another row before it has its key, %s",
			    value_shown(key, shown));
			note_why(l);
			break;
		}
		if (i == from)
			odk_key(&l->json, o->f->q[t->repeat - 1].name);
		buf_u8(&l->json, i == from ? '[' : ',');
		rc = put_row(o, l, t, r);
	}
	if (i > from) {
		buf_u8(&l->json, ']');
	} else if (l->whole) {
		odk_key(&l->json, o->f->q[t->repeat - 1].name);
		buf_str(&l->json, "[]");
	}
	return rc ? rc : l->json.err;
}

static int put_tables(struct odk *o, struct odk_line *l, size_t repeat, const char *key)
{
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < o->ntable; i++)
		if (o->table[i].child && o->f->plan->repeat[o->table[i].repeat - 1] == repeat)
			rc = put_rows(o, l, o->table + i, key);
	return rc;
}

static const char *bare(const char *id)
{
	return strncmp(id, "uuid:", 5) ? id : id + 5;
}

static void add_was(struct odk_line *l, const char *id, struct buf *was)
{
	if (!*id || !strcmp(bare(id), bare(l->instance)) || strchr(id, ' '))
		return;
	buf_printf(was, "%s%s", was->len ? " " : "", id);
	l->edited = true;
}

/* KoboToolbox gives an edited submission a new _uuid and says nothing of the old one; but its number and
 * the time when it came stay. */
static void add_number(const struct odk_table *t, const struct csv *c, struct buf *out)
{
	const char *id = odk_cell(t, c, ODK_ID), *when = odk_cell(t, c, ODK_SUBMITTED);

	if (!*id || strlen(id) > 20 || strlen(when) > 40)
		return;
	buf_printf(out, "%skobo:%s:", out->len ? " " : "", id);
	for (; *when; when++)
		buf_u8(out, *when == ' ' ? 'T' : (unsigned char)*when);
}

/* What tells the submission of a row of the main table. */
static void find_ids(struct odk_line *l, const struct odk_table *t, const struct csv *c,
                     struct buf *own, struct buf *was)
{
	static const enum odk_part best[] = {ODK_INSTANCE, ODK_UUID, ODK_KEY};
	size_t i;

	for (i = 0; i < sizeof best / sizeof *best && !own->len; i++)
		buf_str(own, odk_cell(t, c, best[i]));
	if (!own->len)
		add_number(t, c, own);
	l->instance = buf_cstr(own);
	add_was(l, odk_cell(t, c, ODK_KEY), was);
	add_was(l, odk_cell(t, c, ODK_WAS), was);
	if (t->at[ODK_ID] && strncmp(l->instance, "kobo:", 5) != 0)
		add_number(t, c, was);
	l->was = buf_cstr(was);
	l->unit = odk_cell(t, c, ODK_UNIT);
}

/* Its rows in the tables of repeats are nobody else's, also when it is known and they are not looked at. */
static void mark_used(struct odk *o, size_t repeat, const char *key)
{
	size_t i, k;

	for (i = 0; i < o->ntable; i++) {
		struct odk_table *t = o->table + i;

		if (!t->child || o->f->plan->repeat[t->repeat - 1] != repeat)
			continue;
		for (k = odk_first(t, key); k < t->nrow && !strcmp(odk_parent(t, t->order[k]), key);
		     k++) {
			struct odk_row *r = t->row + t->order[k];

			if (r->used)
				break;
			r->used = true;
			mark_used(o, t->repeat, (const char *)t->keys.data + r->key);
		}
	}
}

static int put_main(struct odk *o, struct odk_table *t, struct odk_row *r)
{
	struct odk_line l = {.at = {t->file, r->line, NULL}, .instance = "", .was = "", .unit = ""};
	const char *key = (const char *)t->keys.data + r->key;
	struct buf own = {0}, was = {0};
	struct csv c;
	bool skip = false;
	int rc = read_row(t, r, &c);

	if (rc == ERR_BAD) {
		note_why(&l);
		rc = 0;
	}
	if (!rc && !l.at.why) {
		find_ids(&l, t, &c, &own, &was);
		rc = own.err ? own.err : was.err;
	}
	if (!rc)
		rc = odk_begin(o, &l, &skip);
	if (!rc && !skip)
		rc = put_cells(o, &l, t, &c);
	if (!rc && !skip && *key)
		rc = put_tables(o, &l, 0, key);
	if (!rc && skip && *key)
		mark_used(o, 0, key);
	if (!rc && !skip)
		rc = odk_end(o, &l);
	csv_close(&c);
	buf_release(&own);
	buf_release(&was);
	buf_release(&l.json);
	return rc;
}

/* A row whose parent is nowhere. */
static int put_orphan(struct odk *o, struct odk_table *t, struct odk_row *r, size_t row)
{
	struct odk_line l = {.at = {t->file, r->line, NULL}};
	char shown[SHOWN_LEN];
	int rc;

	err(ERR_BAD, "the row that it belongs to, %s, is not in the table above it",
	    value_shown(odk_parent(t, row), shown));
	note_why(&l);
	buf_u8(&l.json, '{');
	odk_key(&l.json, "_file");
	form_label_string(&l.json, t->file);
	odk_key(&l.json, o->f->q[t->repeat - 1].name);
	buf_u8(&l.json, '[');
	rc = put_row(o, &l, t, r);
	buf_u8(&l.json, ']');
	if (!rc)
		rc = odk_end(o, &l);
	buf_release(&l.json);
	return rc;
}

static int put_orphans(struct odk *o, struct odk_table *t)
{
	size_t i;
	int rc = 0;

	for (i = 0; t->child && !rc && i < t->nrow; i++)
		if (!t->row[i].used)
			rc = put_orphan(o, t, t->row + i, i);
	return rc;
}

int odk_join(struct odk *o)
{
	size_t mains = 0, i, r;
	int rc = 0;

	for (i = 0; i < o->ntable; i++)
		mains += !o->table[i].child;
	if (o->ntable && !mains)
		return err(ERR_BAD, "%s: the table of the submissions themselves is missing",
		           o->table->file);
	for (i = 0; !rc && i < o->ntable; i++)
		rc = check_table(o, o->table + i, mains);
	for (i = 0; !rc && i < o->ntable; i++)
		rc = odk_sort(o->table + i);
	for (i = 0; !rc && i < o->ntable; i++)
		for (r = 0; !rc && !o->table[i].child && r < o->table[i].nrow; r++)
			rc = put_main(o, o->table + i, o->table[i].row + r);
	for (i = 0; !rc && i < o->ntable; i++)
		rc = put_orphans(o, o->table + i);
	return rc;
}
