/* write.c - what people write: rows of forms, forms themselves, units; and that it was captured. */
#include "storage/backup.h"
#include "storage/db.h"
#include "storage/form.h"
#include "tests/sim/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TOUCHED_MAX 16

/* A row that a transaction touched: before it and after. */
struct touched {
	int table, ncol;
	char name[64];
	int64_t row;
	const uint32_t *was, *is; /* NULL: not there */
};

struct writing {
	struct sim_node *n;
	struct tx *tx;
	int64_t scope;
	struct touched row[TOUCHED_MAX];
	int nrow;
};

static const char *const open_tables[] = {"f_a", "f_b", "f_b__kids"};
static const char *const personal_tables[] = {"p_a", "p_b"};

/* ---- rows ----------------------------------------------------------------------------------------------- */

/* A statement that a made-up SQL text asks for; NULL when the table is not there. */
static sqlite3_stmt *prepare(struct sim_node *n, const char *fmt, const char *table)
{
	sqlite3_stmt *st = NULL;
	char sql[200];

	snprintf(sql, sizeof sql, fmt, table);
	if (sqlite3_prepare_v2(n->s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return NULL;
	return st;
}

static const uint32_t *read_row(struct sim_node *n, const char *table, int64_t id, int *ncol)
{
	sqlite3_stmt *st = prepare(n, "SELECT * FROM %s WHERE rowid = ?", table);
	uint32_t *out = NULL;
	int i;

	if (!st)
		return NULL;
	sqlite3_bind_int64(st, 1, id);
	*ncol = sqlite3_column_count(st);
	if (sqlite3_step(st) == SQLITE_ROW) {
		out = model_alloc(n->w, (size_t)*ncol * sizeof *out);
		for (i = 0; i < *ncol; i++)
			out[i] = model_value(n->w, sqlite3_column_value(st, i));
	}
	sqlite3_finalize(st);
	return out;
}

static void touch(struct writing *g, const char *table, int64_t id)
{
	int t = model_table(g->n->w, table), i;
	struct touched *r;

	for (i = 0; i < g->nrow; i++)
		if (g->row[i].table == t && g->row[i].row == id)
			return;
	if (g->nrow == TOUCHED_MAX)
		fail(g->n->w, "more than %d rows in a transaction", TOUCHED_MAX);
	r = &g->row[g->nrow++];
	*r = (struct touched){.table = t, .row = id};
	snprintf(r->name, sizeof r->name, "%s", table);
	r->was = read_row(g->n, table, id, &r->ncol);
}

/* Half of the values are of a few, so that people often write the same. */
static int bind_value(struct sim_node *n, sqlite3_stmt *st, int at, bool text)
{
	struct prng *p = &n->w->p;
	char out[32];

	if (chance(p, 10))
		return sqlite3_bind_null(st, at);
	if (!text)
		return sqlite3_bind_int64(st, at,
		                          chance(p, 50) ? below(p, 4)
		                                        : (int64_t)++n->w->tokens + 100);
	if (chance(p, 50))
		snprintf(out, sizeof out, "v%u", below(p, 4));
	else
		snprintf(out, sizeof out, "u%" PRIu64, ++n->w->tokens);
	return sqlite3_bind_text(st, at, out, -1, SQLITE_TRANSIENT);
}

static bool is_text(sqlite3_stmt *select, int col)
{
	const char *type = sqlite3_column_decltype(select, col);

	return type && !strcmp(type, "TEXT");
}

/* Columns of its own that come before a form's questions. */
static int fixed_columns(const char *table)
{
	return table[0] == 'p' ? 2 : strstr(table, "__") ? 3 : 4;
}

static int step(struct sim_node *n, sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);

	rc = rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : db_err(n->s, rc);
	sqlite3_finalize(st);
	return rc;
}

static int insert_row(struct writing *g, const char *table, int64_t id, int64_t parent)
{
	struct sim_node *n = g->n;
	sqlite3_stmt *shape = prepare(n, "SELECT * FROM %s", table), *st;
	int i, ncol = sqlite3_column_count(shape), fixed = fixed_columns(table);
	char sql[400];

	touch(g, table, id);
	snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(?", table);
	for (i = 1; i < ncol; i++)
		strcat(sql, ",?");
	st = prepare(n, "%s)", sql);
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, g->scope);
	if (fixed == 3)
		sqlite3_bind_int64(st, 3, parent);
	if (fixed == 4)
		sqlite3_bind_int64(st, 4, 1);
	for (i = fixed; i < ncol; i++)
		bind_value(n, st, i + 1, is_text(shape, i));
	sqlite3_finalize(shape);
	return step(n, st);
}

static int update_row(struct writing *g, const char *table, int64_t id, int from)
{
	struct sim_node *n = g->n;
	struct prng *p = &n->w->p;
	sqlite3_stmt *shape = prepare(n, "SELECT * FROM %s", table), *st;
	int cells = 1 + (int)skewed(p, 3), ncol = sqlite3_column_count(shape), col, rc = 0;
	char sql[200];

	touch(g, table, id);
	while (!rc && cells-- && ncol > from) {
		col = from + (int)below(p, (unsigned)(ncol - from));
		snprintf(sql, sizeof sql, "UPDATE %s SET \"%s\" = ?2 WHERE rowid = ?1", table,
		         sqlite3_column_name(shape, col));
		st = prepare(n, "%s", sql);
		sqlite3_bind_int64(st, 1, id);
		bind_value(n, st, 2, is_text(shape, col));
		rc = step(n, st);
	}
	sqlite3_finalize(shape);
	return rc;
}

static int delete_row(struct writing *g, const char *table, int64_t id)
{
	sqlite3_stmt *st;

	touch(g, table, id);
	st = prepare(g->n, "DELETE FROM %s WHERE rowid = ?", table);
	sqlite3_bind_int64(st, 1, id);
	return step(g->n, st);
}

/* A row of the table in this scope, 0 when there is none. */
static int64_t random_row(struct writing *g, const char *table)
{
	sqlite3_stmt *st = prepare(g->n, "SELECT rowid FROM %s WHERE _unit = ? ORDER BY 1", table);
	unsigned seen = 0;
	int64_t id = 0;

	if (!st)
		return 0;
	sqlite3_bind_int64(st, 1, g->scope);
	while (sqlite3_step(st) == SQLITE_ROW)
		if (below(&g->n->w->p, ++seen) == 0)
			id = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return id;
}

static bool has_table(struct sim_node *n, const char *table)
{
	return sqlite3_table_column_metadata(n->s->db, "main", table, NULL, NULL, NULL, NULL, NULL,
	                                     NULL) == SQLITE_OK;
}

/* ---- one thing that a person does ------------------------------------------------------------------------- */

static bool may_write_personal(const struct writing *g)
{
	struct feed_key key = {.scope = g->scope, .class = CLASS_PERSONAL};

	return may_hold(g->n->w, &key, g->n->place);
}

static int new_record(struct writing *g)
{
	struct prng *p = &g->n->w->p;
	const char *code = has_table(g->n, "f_b") && chance(p, 50) ? "b" : "a";
	char table[16];
	int64_t id = tx_new_id(g->tx);
	unsigned kids = *code == 'b' ? below(p, 3) : 0;
	int rc;

	snprintf(table, sizeof table, "f_%s", code);
	rc = insert_row(g, table, id, 0);
	snprintf(table, sizeof table, "p_%s", code);
	if (!rc && may_write_personal(g) && has_table(g->n, table) && chance(p, 70))
		rc = insert_row(g, table, id, 0);
	while (!rc && kids--)
		rc = insert_row(g, "f_b__kids", tx_new_id(g->tx), id);
	return rc;
}

static int change_row(struct writing *g, bool delete)
{
	struct prng *p = &g->n->w->p;
	bool personal = may_write_personal(g) && chance(p, 30);
	const char *table = personal ? personal_tables[below(p, 2)] : open_tables[below(p, 3)];
	int64_t id = random_row(g, table);

	if (!id)
		return 0;
	return delete ? delete_row(g, table, id) : update_row(g, table, id, fixed_columns(table));
}

static int write_some(struct writing *g)
{
	unsigned times = 1 + skewed(&g->n->w->p, 3), what;
	int rc = 0;

	while (!rc && times--) {
		what = below(&g->n->w->p, 100);
		if (what < 30)
			rc = new_record(g);
		else
			rc = change_row(g, what >= 85);
	}
	return rc;
}

/* ---- what was captured is what was done -------------------------------------------------------------------- */

static const struct m_change *captured(struct writing *g, const struct touched *r)
{
	struct feed_key key = {g->n->number, g->n->s->self.epoch, g->scope,
	                       r->name[0] == 'f'   ? CLASS_OPEN
	                       : r->name[0] == 'p' ? CLASS_PERSONAL
	                                           : CLASS_REF};
	struct m_feed *f = model_feed(g->n->w, &key);
	struct m_entry *e = f->n ? &f->e[f->n - 1] : NULL;
	int i;

	for (i = 0; e && i < e->n; i++)
		if (e->change[i].table == r->table && e->change[i].row == r->row)
			return &e->change[i];
	return NULL;
}

static void check_captured(struct writing *g, const struct touched *r)
{
	struct world *w = g->n->w;
	const struct m_change *c;
	bool changed = !r->was != !r->is;
	int i, op = !r->was ? SQLITE_INSERT : !r->is ? SQLITE_DELETE : SQLITE_UPDATE;

	for (i = 0; r->was && r->is && i < r->ncol; i++)
		changed |= r->was[i] != r->is[i];
	if (!changed)
		return;
	c = captured(g, r);
	if (!c || c->op != op || c->ncol != r->ncol)
		fail(w, "node %d: a change of a row of %s was saved, but not captured", g->n->index,
		     r->name);
	for (i = 0; i < r->ncol; i++) {
		if (op != SQLITE_UPDATE || r->was[i] != r->is[i]) {
			if ((r->is && c->new[i] != r->is[i]) || (r->was && c->old[i] != r->was[i]))
				fail(w, "node %d: column %d of a row of %s was captured wrongly",
				     g->n->index, i, r->name);
		} else if (c->new[i] != VAL_ABSENT) {
			fail(w, "node %d: an unchanged column of %s was captured", g->n->index,
			     r->name);
		}
	}
}

static void commit(struct writing *g, int rc)
{
	struct sim_node *n = g->n;
	int64_t pending = model_pending(n);
	int i;

	for (i = 0; !rc && i < g->nrow; i++)
		g->row[i].is = read_row(n, g->row[i].name, g->row[i].row, &g->row[i].ncol);
	if (!rc)
		rc = tx_commit(g->tx);
	tx_end(g->tx);
	if (memvfs_was_cut() && rc)
		return;
	must(n->w, rc, "write");
	model_capture(n, pending);
	for (i = 0; i < g->nrow; i++)
		check_captured(g, &g->row[i]);
	trace(n->w, "node %d writes %d rows of place %d", n->index, g->nrow,
	      place_of(n->w, g->scope));
}

static bool begin(struct writing *g)
{
	int rc = tx_begin(g->n->s, g->scope, &g->tx);

	if (rc && memvfs_was_cut())
		return false;
	must(g->n->w, rc, "begin to write");
	return true;
}

void write_rows(struct sim_node *n)
{
	struct world *w = n->w;
	struct writing g = {.n = n};
	int place = n->place, i;
	struct unit u;

	if (!has_table(n, "f_a"))
		return; /* no form has come yet */
	for (i = 0; i < w->nplace; i++)
		if (place_within(w, i, n->place) && chance(&w->p, 30) &&
		    !unit_get(n->s, w->place[i].id, &u))
			place = i;
	g.scope = w->place[place].id;
	if (begin(&g))
		commit(&g, write_some(&g));
}

/* ---- what offices write ------------------------------------------------------------------------------------ */

static void edit_unit(struct sim_node *n)
{
	struct world *w = n->w;
	struct writing g = {.n = n};
	int place = (int)below(&w->p, (unsigned)w->nplace), in = w->place[place].parent;
	struct unit u;

	if (in < 0 || !place_within(w, in, n->place) || unit_get(n->s, w->place[place].id, &u))
		return;
	g.scope = w->place[in].id;
	if (begin(&g))
		commit(&g, update_row(&g, "unit", w->place[place].id, 8)); /* counts of people */
}

static void new_unit(struct sim_node *n)
{
	struct world *w = n->w;
	int in = (int)below(&w->p, (unsigned)w->nplace), rc;
	struct unit u = {.level = LEVEL_VILLAGE, .households = -1, .population = -1};
	struct place *made = &w->place[w->nplace];
	int64_t pending = model_pending(n);

	if (w->nplace == UNITS_MAX || w->place[in].level != LEVEL_COMMUNE ||
	    !place_within(w, in, n->place) || unit_get(n->s, w->place[in].id, &u))
		return;
	u = (struct unit){.parent = w->place[in].id,
	                  .level = LEVEL_VILLAGE,
	                  .households = -1,
	                  .population = -1};
	snprintf(u.code, sizeof u.code, "N%d", w->nplace);
	snprintf(u.name, sizeof u.name, "New village %d", w->nplace);
	rc = unit_add(n->s, &u, &made->id);
	if (rc && memvfs_was_cut())
		return;
	must(w, rc, "add a unit");
	made->parent = in;
	made->level = LEVEL_VILLAGE;
	trace(w, "node %d makes place %d in %d", n->index, w->nplace, in);
	w->nplace++;
	model_capture(n, pending);
}

void write_ref(struct sim_node *n)
{
	if (n->role == ROLE_DEVICE)
		return;
	if (chance(&n->w->p, 20))
		new_unit(n);
	else
		edit_unit(n);
}

/* ---- forms -------------------------------------------------------------------------------------------------- */

/* Each version asks what the one before it asked, and more. */
static const char *const surveys[2][3] = {
	{"text,t1,T,\ninteger,n1,N,\ntext,tp,P,yes\n",
         "text,t1,T,\ninteger,n1,N,\ntext,tp,P,yes\ninteger,n2,N,\ntext,tq,Q,yes\n",
         "text,t1,T,\ninteger,n1,N,\ntext,t3,T,\ntext,tp,P,yes\ninteger,n2,N,\ntext,tq,Q,yes\n"},
	{"text,t1,T,\nbegin repeat,kids,K,\ninteger,k1,K,\nend repeat,,,\n",
         "text,t1,T,\nbegin repeat,kids,K,\ninteger,k1,K,\ntext,k2,K,\nend repeat,,,\n"
         "integer,np,P,yes\n",
         "text,t1,T,\nbegin repeat,kids,K,\ninteger,k1,K,\ntext,k2,K,\nend repeat,,,\n"
         "integer,np,P,yes\ntext,t2,T,\n"},
};

int form_write(struct sim_node *root, int which, int version)
{
	char survey[400], settings[60];
	struct xlsform x = {.code = which ? "b" : "a"};
	int made, rc;

	snprintf(survey, sizeof survey, "type,name,label,personal\n%s",
	         surveys[which][version - 1]);
	snprintf(settings, sizeof settings, "form_id,form_title\n%s,Form\n", x.code);
	x.survey = (struct sheet){survey, strlen(survey)};
	x.settings = (struct sheet){settings, strlen(settings)};
	rc = form_add(root->s, &x, &made);
	return rc || version > 1 ? rc : sums_write(root, which);
}

void write_form(struct sim_node *root)
{
	struct world *w = root->w;
	int which = (int)below(&w->p, 2), rc;
	int64_t pending = model_pending(root);

	if (w->form_version[which] == 3)
		return;
	rc = form_write(root, which, w->form_version[which] + 1);
	if (rc && (memvfs_was_cut() || backup_restored(root->s)))
		return;
	must(w, rc, "add a form");
	w->form_version[which]++;
	trace(w, "the root makes version %d of form %d", w->form_version[which], which);
	model_capture(root, pending);
}
