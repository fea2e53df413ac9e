/* cmd_list.c - the records of a form as a table. */
#include "agent/i18n.h"
#include "agent/shown.h"
#include "storage/err.h"

#include <stdlib.h>
#include <string.h>

#define LIST_COLUMNS 8 /* shown unless --columns names others */

const char usage_list[] = N_("FORM [--unit CODE] [--limit N] [--columns A,B,C] [--joined]");
const char help_list[] = N_(
	"  --unit CODE      only of this unit and those below it\n"
	"  --limit N        at most N records\n"
	"  --columns A,B,C  these questions; id, unit, person, version and held may be named too,\n"
	"                   \"all\" shows all. Else the id, the key, the date, the required ones, and\n"
	"                   held: how far each record has travelled, with all its changes.\n"
	"  --joined         also records that another one stands for (cayda duplicates)\n"
	"\n"
	"Example:\n"
	"  cayda list visit --limit 20 --columns id,household,fibre\n");

/* Columns that are no questions, numbered from -1 down. */
static const char *const extra[] = {"id", "unit", "person", "version", "held"};
enum { COL_ID = -1, COL_UNIT = -2, COL_PERSON = -3, COL_VERSION = -4, COL_HELD = -5 };
#define EXTRAS (sizeof extra / sizeof *extra)

struct list {
	struct ctx *ctx;
	struct answers a;
	int col[TABLE_COLUMNS]; /* index of a question, or COL_* */
	size_t ncol;
	bool joined;     /* also records that another stands for */
	size_t n, limit; /* printed, and at most; 0: no limit */
	struct table table;
	struct json json;
	struct buf cell;
};

static void add_column(struct list *l, int col)
{
	size_t i;

	for (i = 0; i < l->ncol; i++) {
		if (l->col[i] == col)
			return;
	}
	if (l->ncol < TABLE_COLUMNS)
		l->col[l->ncol++] = col;
}

/* Questions that tell one record from another. */
static bool telling(const struct form *f, const struct question *q)
{
	return q->required || (f->key && strcmp(q->name, f->key) == 0) ||
	       (f->date && strcmp(q->name, f->date) == 0);
}

static void usual_columns(struct list *l, bool all)
{
	const struct form *f = l->a.form;
	size_t i, wanted = 0, spare;
	struct unit u;

	add_column(l, COL_ID);
	if (unit_get(l->ctx->s, l->ctx->s->self.scope, &u) || u.level != LEVEL_VILLAGE)
		add_column(l, COL_UNIT);
	for (i = 0; i < f->nq; i++)
		wanted += answers_holds(f, i) && telling(f, &f->q[i]);
	spare = wanted < LIST_COLUMNS - l->ncol ? LIST_COLUMNS - l->ncol - wanted : 0;
	for (i = 0; i < f->nq; i++) {
		if (!answers_holds(f, i))
			continue;
		if (all || telling(f, &f->q[i]) || spare)
			add_column(l, (int)i);
		spare -= spare && !telling(f, &f->q[i]);
	}
	if (l->ctx->s->self.role != ROLE_ROOT)
		add_column(l, COL_HELD);
}

static int named_column(struct list *l, const char *name)
{
	const char *near;
	size_t i;
	int q;

	for (i = 0; i < EXTRAS; i++) {
		if (strcmp(extra[i], name) == 0) {
			add_column(l, -1 - (int)i);
			return 0;
		}
	}
	q = answers_find(&l->a, name);
	if (q >= 0) {
		add_column(l, q);
		return 0;
	}
	near = answers_near(&l->a, name);
	for (i = 0; i < EXTRAS; i++)
		near = cmd_nearer(name, near, extra[i]);
	if (near)
		return err(ERR_NOTFOUND, "form %s has no question %s; did you mean %s?",
		           l->a.form->code, name, near);
	return err(ERR_NOTFOUND, "form %s has no question %s: see 'cayda form show %s'",
	           l->a.form->code, name, l->a.form->code);
}

static int named_columns(struct list *l, const char *names)
{
	char *copy = strdup(names), *save = NULL, *name;
	int rc = copy ? 0 : err(ERR_NOMEM, "out of memory");

	for (name = copy ? strtok_r(copy, ",", &save) : NULL; name && !rc;
	     name = strtok_r(NULL, ",", &save))
		rc = named_column(l, name);
	free(copy);
	if (!rc && !l->ncol)
		rc = err(ERR_BAD, "no column is named");
	return rc;
}

static const char *cell_text(struct list *l, const struct record *r, int col, char id[ID_TEXT])
{
	switch (col) {
	case COL_ID:
		return id_text(r->id, id);
	case COL_UNIT:
		return shown_unit(l->ctx, r->unit);
	case COL_PERSON:
		return r->person ? id_text(r->person, id) : "";
	case COL_VERSION:
		snprintf(id, ID_TEXT, "%d", r->version);
		return id;
	case COL_HELD:
		return shown_place(l->ctx, r);
	default:
		buf_reset(&l->cell);
		shown_value(l->ctx, &l->a, &l->a.form->q[col], r->value[col], &l->cell);
		return buf_cstr(&l->cell);
	}
}

static bool wanted(struct list *l, const struct record *r)
{
	return l->joined || shown_rep(l->ctx, r) == r->id;
}

/* Nonzero when the limit is reached: ends the walk. */
static int full(struct list *l)
{
	return ++l->n == l->limit;
}

static int table_row(void *arg, const struct record *r)
{
	struct list *l = arg;
	char id[ID_TEXT];
	size_t i;

	if (!wanted(l, r))
		return 0;
	for (i = 0; i < l->ncol; i++)
		table_cell(&l->table, cell_text(l, r, l->col[i], id));
	return full(l);
}

static int json_row(void *arg, const struct record *r)
{
	struct list *l = arg;

	if (!wanted(l, r))
		return 0;
	shown_json(l->ctx, &l->a, r, &l->json);
	return full(l);
}

static void table_titles(struct list *l)
{
	size_t i;

	for (i = 0; i < l->ncol; i++) {
		int col = l->col[i];
		const struct question *q = col >= 0 ? &l->a.form->q[col] : NULL;

		table_column(&l->table, q ? q->name : extra[-1 - col],
		             q ? q->type == Q_INTEGER || q->type == Q_DECIMAL : col == COL_VERSION);
	}
}

static int list(struct list *l, int64_t unit)
{
	int rc, end;

	if (l->ctx->json) {
		json_begin(&l->json, stdout);
		json_array(&l->json);
		rc = record_each(l->ctx->s, l->a.form, unit, 0, json_row, l);
		end = json_end(&l->json);
		return rc < 0 ? rc : end;
	}
	table_begin(&l->table, stdout);
	table_titles(l);
	rc = record_each(l->ctx->s, l->a.form, unit, 0, table_row, l);
	if (!rc && !l->n)
		fputs(_("there are no such records here\n"), stderr);
	end = table_end(&l->table);
	return rc < 0 ? rc : end;
}

int cmd_list(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"limit", required_argument, NULL, 'n'},
	                                      {"columns", required_argument, NULL, 'c'},
	                                      {"joined", no_argument, NULL, 'j'},
	                                      {NULL, 0, NULL, 0}};
	const char *unit_ref = NULL, *columns = NULL;
	struct list l = {.ctx = ctx};
	struct unit u = {0};
	int64_t limit = 0;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:n:c:j", longs)) != -1) {
		if (c == '?' ||
		    (c == 'n' && cmd_number(ctx, "--limit", optarg, 1, INT32_MAX, &limit)))
			return STATUS_USAGE;
		if (c == 'j')
			l.joined = true;
		else if (c != 'n')
			*(c == 'u' ? &unit_ref : &columns) = optarg;
	}
	if (argc - optind != 1)
		return cmd_usage(ctx, _("which form? `cayda form list` names them"));
	rc = ctx_open(ctx, 0);
	l.limit = (size_t)limit;
	if (!rc && unit_ref)
		rc = ctx_unit(ctx, unit_ref, &u);
	if (!rc)
		rc = answers_open(ctx, argv[optind], &l.a);
	if (!rc && columns && strcmp(columns, "all") != 0)
		rc = named_columns(&l, columns);
	else if (!rc)
		usual_columns(&l, columns != NULL);
	if (!rc)
		rc = list(&l, u.id);
	buf_release(&l.cell);
	answers_release(&l.a);
	return rc;
}
