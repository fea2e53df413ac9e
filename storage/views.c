/* views.c - each form as views that people can read. */
#include "storage/views.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/views_in.h"

#include <stdlib.h>
#include <string.h>

#define CACHE_DEFAULT (16 * 1024 * 1024)
#define ID_OF(column)                                                               \
	"printf('%%d.%%d-%%d', " column " >> 49, " column " >> 35 & 16383, " column \
	" & 34359738367)" /* id_text() */

static int no_memory(void)
{
	return err(ERR_NOMEM, "out of memory");
}

int views_err(struct views *v, int rc)
{
	rc &= 0xff;
	if (rc == SQLITE_OK)
		return 0;
	if (rc == SQLITE_NOMEM)
		return no_memory();
	if (rc == SQLITE_TOOBIG)
		return err(ERR_TOOBIG, "a value is longer than %d bytes", VIEWS_VALUE_MAX);
	if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
		return err(ERR_BUSY, "the database is busy: try again");
	return err(rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB ? ERR_CORRUPT : ERR_IO,
	           "database: %s", sqlite3_errmsg(v->db));
}

/* ---- making one ----------------------------------------------------------------------------------- */

static int run(struct views *v, const char *sql)
{
	return views_err(v, sqlite3_exec(v->db, sql, NULL, NULL, NULL));
}

/* Creates view w with its columns' names, body being what they select. */
static int create(struct views *v, const struct view *w, sqlite3_str *body)
{
	sqlite3_str *sql = sqlite3_str_new(v->db);
	char *select = sqlite3_str_finish(body), *text;
	size_t i;
	int rc;

	sqlite3_str_appendf(sql, "CREATE TEMP VIEW \"%w\"(", w->name);
	for (i = 0; i < w->columns; i++)
		sqlite3_str_appendf(sql, "%s\"%w\"", i ? ", " : "", w->column[i].name);
	sqlite3_str_appendf(sql, ") AS %s", select ? select : "");
	text = sqlite3_str_finish(sql);
	rc = select && text ? run(v, text) : no_memory();
	sqlite3_free(select);
	sqlite3_free(text);
	return rc;
}

struct forming {
	struct views *v;
	struct form *f;
	const char *tbl; /* f_CODE or a repeat's */
	char twin[FORM_TABLE_MAX + 1];
	bool personal; /* the twin is here and may be read */
};

static bool stands_in(const struct forming *m, const struct question *q)
{
	return q->col && q->tbl &&
	       (!strcmp(q->tbl, m->tbl) || (m->personal && !strcmp(q->tbl, m->twin)));
}

/* The key of the record that is linked to, where that is no personal question; else its id. */
static void linked(struct forming *m, sqlite3_str *sql, const struct question *q, char from)
{
	struct form *to = NULL;
	const struct question *key = NULL;

	if (!form_load(m->v->s, q->list, &to))
		key = to->key ? form_question(to, to->key) : NULL;
	if (key && key->col && !key->personal)
		sqlite3_str_appendf(
			sql, "(SELECT k.\"%w\" FROM main.\"f_%w\" k WHERE k._id = %c.\"%w\")",
			key->col, to->code, from, q->col);
	else
		sqlite3_str_appendf(sql, ID_OF("%c.\"%w\""), from, q->col, from, q->col, from,
		                    q->col);
	form_free(to);
}

static void labelled(struct forming *m, sqlite3_str *sql, const struct question *q, char from,
                     const char *lang)
{
	const char *code = m->f->code;

	if (q->type == Q_SELECT_ONE && q->list)
		sqlite3_str_appendf(sql,
		                    "coalesce((SELECT l.%s FROM temp.label_ l WHERE l.form = %Q"
		                    " AND l.list = %Q AND l.name = %c.\"%w\"), %c.\"%w\")",
		                    lang, code, q->list, from, q->col, from, q->col);
	else if (q->type == Q_SELECT_MULTIPLE && q->list)
		sqlite3_str_appendf(
			sql,
			"(SELECT group_concat(coalesce(l.%s, w.value), ', ') FROM"
			" json_each('[' || replace(json_quote(%c.\"%w\"), ' ', '\",\"') || ']') w"
			" LEFT JOIN temp.label_ l ON l.form = %Q AND l.list = %Q AND l.name = w.value)",
			lang, from, q->col, code, q->list);
	else if (q->type == Q_RECORD)
		linked(m, sql, q, from);
	else
		sqlite3_str_appendf(sql, "%c.\"%w\"", from, q->col);
}

/* The columns before the answers: of the view by code, or with words in a language. */
static int fixed(struct view *w, sqlite3_str *sql, bool repeat)
{
	static const char *const names[][5] = {{"_id", "_unit", "id", "unit", "unit_name"},
	                                       {NULL, NULL, "Mã bản ghi", "Mã đơn vị", "Đơn vị"},
	                                       {NULL, NULL, "Record", "Unit code", "Unit"}};
	static const char *const select[] = {"f._id", "f._unit", ID_OF("f._id"), "u.code",
	                                     "u.name"};
	size_t lang = !*w->lang ? 0 : !strcmp(w->lang, "vi") ? 1 : 2, i;
	int rc = 0;

	sqlite3_str_appendall(sql, "SELECT ");
	for (i = 0; !rc && i < 5; i++) {
		if (!names[lang][i])
			continue;
		rc = view_add_column(w, names[lang][i], NULL);
		if (w->columns > 1)
			sqlite3_str_appendall(sql, ", ");
		sqlite3_str_appendf(sql, select[i]); /* takes the doubled % of ID_OF */
	}
	if (!rc && repeat) {
		rc = view_add_column(w,
		                     lang == 0   ? "_parent"
		                     : lang == 1 ? "Thuộc bản ghi"
		                                 : "Of record",
		                     NULL);
		sqlite3_str_appendall(sql, ", ");
		sqlite3_str_appendf(sql, lang ? ID_OF("f._parent") : "f._parent");
	}
	if (rc || repeat || lang)
		return rc;
	rc = view_add_column(w, "_person", NULL);
	if (!rc)
		rc = view_add_column(w, "_version", NULL);
	sqlite3_str_appendall(sql, ", f._person, f._version");
	return rc;
}

static int answers(struct forming *m, struct view *w, sqlite3_str *sql)
{
	const struct question *q;
	struct buf label = {0};
	int rc = 0;

	for (q = m->f->q; !rc && q < m->f->q + m->f->nq; q++) {
		char from = q->personal ? 'p' : 'f';

		if (!stands_in(m, q))
			continue;
		buf_reset(&label);
		sqlite3_str_appendall(sql, ", ");
		if (*w->lang) {
			form_label(q->label, w->lang, &label);
			labelled(m, sql, q, from, w->lang);
		} else {
			buf_str(&label, q->name);
			sqlite3_str_appendf(sql, "%c.\"%w\"", from, q->col);
		}
		rc = view_add_column(w, label.len ? buf_cstr(&label) : q->name, q->name);
	}
	buf_release(&label);
	return rc;
}

static int form_view(struct forming *m, const char *name, const char *lang, bool repeat)
{
	struct view *w = view_add(m->v, name, m->f->code, lang);
	sqlite3_str *sql = sqlite3_str_new(m->v->db);
	int rc = w ? fixed(w, sql, repeat) : no_memory();

	if (!rc)
		rc = answers(m, w, sql);
	sqlite3_str_appendf(sql, " FROM main.\"%w\" f LEFT JOIN main.unit u ON u.id = f._unit",
	                    m->tbl);
	if (m->personal)
		sqlite3_str_appendf(sql, " LEFT JOIN main.\"%w\" p ON p._id = f._id", m->twin);
	if (!rc)
		return create(m->v, w, sql);
	sqlite3_free(sqlite3_str_finish(sql));
	return rc;
}

static bool table_here(struct views *v, const char *tbl)
{
	int64_t n;

	return db_int(v->s, &n, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?",
	              "t", tbl) == 0;
}

/* label: of the form, or of the repeat, before which the form's stands. */
static int table_views(struct forming *m, const char *tbl, const char *label)
{
	static const char *const lang[] = {"vi", "en"};
	struct buf name = {0};
	bool repeat = label != NULL;
	size_t i;
	int rc;

	m->tbl = tbl;
	sqlite3_snprintf(sizeof m->twin, m->twin, "p%s", tbl + 1);
	m->personal = m->v->of.personal && table_here(m->v, m->twin);
	if (*tbl != 'f' || !table_here(m->v, tbl))
		return 0;
	rc = form_view(m, tbl + 2, "", repeat);
	for (i = 0; !rc && i < 2; i++) {
		buf_reset(&name);
		form_label(m->f->label, lang[i], &name);
		if (repeat) {
			buf_str(&name, " – ");
			form_label(label, lang[i], &name);
		}
		rc = form_view(m, buf_cstr(&name), lang[i], repeat);
	}
	buf_release(&name);
	return rc;
}

/* ---- choices ------------------------------------------------------------------------------------------ */

struct labelling {
	struct views *v;
	sqlite3_stmt *st;
	const char *form, *list;
};

static int put_label(void *arg, const char *name, const char *label)
{
	struct labelling *l = arg;
	struct buf vi = {0}, en = {0};
	int rc = form_label(label, "vi", &vi);

	if (!rc)
		rc = form_label(label, "en", &en);
	if (!rc)
		rc = db_bind(l->st, "ttttt", l->form, l->list, name, vi.len ? buf_cstr(&vi) : NULL,
		             en.len ? buf_cstr(&en) : NULL);
	if (!rc)
		rc = sqlite3_step(l->st) == SQLITE_DONE
		             ? 0
		             : views_err(l->v, sqlite3_errcode(l->v->db));
	sqlite3_reset(l->st);
	buf_release(&vi);
	buf_release(&en);
	return rc;
}

static int put_labels(struct forming *m)
{
	struct labelling l = {.v = m->v, .form = m->f->code};
	size_t i, k;
	int rc = views_err(
		m->v, sqlite3_prepare_v2(m->v->db,
	                                 "INSERT OR IGNORE INTO label_(form, list, name, vi, en)"
	                                 " VALUES(?, ?, ?, ?, ?)",
	                                 -1, &l.st, NULL));

	for (i = 0; !rc && i < m->f->nq; i++) {
		l.list = m->f->q[i].list;
		if (m->f->q[i].type != Q_SELECT_ONE && m->f->q[i].type != Q_SELECT_MULTIPLE)
			continue;
		for (k = 0; k < i; k++)
			if (m->f->q[k].list && l.list && !strcmp(m->f->q[k].list, l.list))
				break;
		if (k == i && l.list)
			rc = form_choices(m->v->s, m->f, l.list, put_label, &l);
	}
	sqlite3_finalize(l.st);
	return rc;
}

/* ---- all of them ---------------------------------------------------------------------------------------- */

static int form_views(void *arg, const char *code, int version, const char *label)
{
	struct forming m = {.v = arg};
	size_t i;
	int rc = form_load(m.v->s, code, &m.f);
	char tbl[FORM_TABLE_MAX + 1];

	(void)version;
	(void)label;
	if (rc)
		return rc;
	rc = put_labels(&m);
	sqlite3_snprintf(sizeof tbl, tbl, "f_%s", code);
	if (!rc)
		rc = table_views(&m, tbl, NULL);
	for (i = 0; !rc && i < m.f->nq; i++)
		if (m.f->q[i].type == Q_REPEAT && m.f->q[i].tbl)
			rc = table_views(&m, m.f->q[i].tbl, m.f->q[i].label);
	form_free(m.f);
	return rc;
}

static int units(struct views *v)
{
	static const char *const unit[] = {"_unit",      "code",      "name",       "level",
	                                   "_parent",    "parent",    "valid_from", "valid_to",
	                                   "households", "population"};
	static const char *const in[] = {"_unit", "_in", "code", "name", "level"};
	struct view *w = view_add(v, "unit", "place", "");
	size_t i;
	int rc = w ? 0 : no_memory();

	for (i = 0; !rc && i < sizeof unit / sizeof *unit; i++)
		rc = view_add_column(w, unit[i], NULL);
	w = rc ? NULL : view_add(v, "unit_in", "place", "");
	if (!rc && !w)
		rc = no_memory();
	for (i = 0; !rc && i < sizeof in / sizeof *in; i++)
		rc = view_add_column(w, in[i], NULL);
	if (!rc)
		rc = run(v,
		         "CREATE TEMP VIEW unit(_unit, code, name, level, _parent, parent,"
		         " valid_from, valid_to, households, population) AS"
		         " SELECT u.id, u.code, u.name, u.level, u.parent, up.code, u.valid_from,"
		         " u.valid_to, u.households, u.population FROM main.unit u"
		         " LEFT JOIN main.unit up ON up.id = u.parent;"
		         "CREATE TEMP VIEW unit_in(_unit, _in, code, name, level) AS"
		         " WITH RECURSIVE up(of, id, n) AS (SELECT id, id, 0 FROM main.unit"
		         " UNION SELECT up.of, u.parent, n + 1 FROM up JOIN main.unit u"
		         " ON u.id = up.id WHERE u.parent IS NOT NULL AND n < 16)"
		         " SELECT up.of, h.id, h.code, h.name, h.level FROM up"
		         " JOIN main.unit h ON h.id = up.id");
	return rc;
}

static int prepare(struct views *v)
{
	char pragma[64];
	int64_t cache = v->of.cache_bytes ? v->of.cache_bytes : CACHE_DEFAULT;
	int rc;

	sqlite3_busy_timeout(v->db, BUSY_MS);
	sqlite3_limit(v->db, SQLITE_LIMIT_LENGTH, VIEWS_VALUE_MAX);
	sqlite3_snprintf(sizeof pragma, pragma, "PRAGMA main.cache_size = -%lld",
	                 (long long)cache / 2 / 1024);
	rc = run(v, pragma);
	sqlite3_snprintf(sizeof pragma, pragma, "PRAGMA temp.cache_size = -%lld",
	                 (long long)cache / 2 / 1024);
	if (!rc)
		rc = run(v, pragma);
	if (!rc)
		rc = run(
			v,
			"PRAGMA trusted_schema = OFF; CREATE TEMP TABLE label_(form TEXT, list TEXT,"
			" name TEXT, vi TEXT, en TEXT, PRIMARY KEY (form, list, name)) WITHOUT ROWID");
	if (!rc)
		rc = units(v);
	return rc ? rc : form_each(v->s, form_views, v);
}

int views_open(struct store *s, const struct views_of *of, struct views **out)
{
	struct views *v = calloc(1, sizeof *v);
	char path[4096];
	int rc;

	*out = NULL;
	if (!v)
		return no_memory();
	v->s = s;
	v->of = *of;
	sqlite3_snprintf(sizeof path, path, "%s/cayda.db", s->home);
	rc = views_err(v, sqlite3_open_v2(path, &v->db,
	                                  SQLITE_OPEN_READONLY | SQLITE_OPEN_EXRESCODE, NULL));
	if (!rc)
		rc = prepare(v);
	if (rc)
		views_close(v);
	else
		*out = v;
	return rc;
}

void views_close(struct views *v)
{
	size_t i, k;

	if (!v)
		return;
	sqlite3_close(v->db);
	for (i = 0; i < v->n; i++) {
		for (k = 0; k < v->view[i].columns; k++) {
			free(v->view[i].column[k].name);
			free(v->view[i].column[k].about);
		}
		free(v->view[i].column);
		free(v->view[i].name);
	}
	free(v->view);
	free(v);
}

int views_each(struct views *v,
               int (*fn)(void *arg, const char *view, const char *lang, const char *column,
                         const char *about),
               void *arg)
{
	size_t i, k;
	int rc = 0;

	for (i = 0; i < v->n; i++)
		for (k = 0; !rc && k < v->view[i].columns; k++)
			rc = fn(arg, v->view[i].name, v->view[i].lang, v->view[i].column[k].name,
			        v->view[i].column[k].about);
	return rc;
}
