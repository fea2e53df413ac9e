/* explain_show.c - one indicator: what it is, its targets, who set and changed them. */
#include "agent/explain.h"
#include "agent/i18n.h"
#include "storage/node.h"

#include <math.h>
#include <string.h>

struct walk {
	struct ctx *ctx;
	struct table table;
	struct json json;
	size_t n; /* targets */
};

void explain_target_cells(struct table *table, const struct target *t)
{
	char text[FMT];

	table_cell(table, fmt_percent(t->share, text));
	table_cellf(table, "%lld", (long long)t->year);
	table_cell(table, t->document);
}

void explain_target_json(struct json *j, const struct target *t)
{
	json_object(j);
	json_kstr(j, "unit", t->unit);
	json_kstr(j, "name", t->unit_name);
	json_kint(j, "year", t->year);
	json_knum(j, "share", t->share);
	json_kstr(j, "document", t->document);
	json_end(j);
}

static void line(struct walk *w, const char *what, const char *value)
{
	table_cell(&w->table, what);
	table_cell(&w->table, value);
}

static int print_definition(void *arg, const struct definition *d)
{
	struct walk *w = arg;
	struct buf text = {0};
	char number[FMT];
	size_t i;

	printf("%s\n\n", d->code);
	table_begin(&w->table, stdout);
	table_column(&w->table, NULL, false);
	table_column(&w->table, NULL, false);
	for (i = 0; i < d->nname; i++)
		line(w, d->name[i].lang, d->name[i].text);
	line(w, _("form"), d->form);
	explain_counted(d, &text);
	line(w, _("counted"), buf_cstr(&text));
	line(w, _("numerator"), d->numerator);
	line(w, _("denominator"),
	     *d->denominator ? d->denominator : _("none: a plain number, no share"));
	line(w, _("counts"), d->counts);
	line(w, _("direction"),
	     strcmp(d->direction, "down") ? _("more is better") : _("less is better"));
	line(w, _("weight"),
	     d->weight > 0 ? fmt_decimal(d->weight, 1, number) : _("none: not in the score"));
	buf_release(&text);
	return table_end(&w->table);
}

static int show_target(void *arg, const struct target *t)
{
	struct walk *w = arg;

	table_cell(&w->table, t->unit);
	table_cell(&w->table, t->unit_name);
	explain_target_cells(&w->table, t);
	w->n++;
	return 0;
}

static int print_targets(struct walk *w, const char *code)
{
	int rc, end;

	w->n = 0;
	putchar('\n');
	table_begin(&w->table, stdout);
	table_column(&w->table, _("unit"), false);
	table_column(&w->table, _("name"), false);
	table_column(&w->table, _("target"), true);
	table_column(&w->table, _("year"), true);
	table_column(&w->table, _("document"), false);
	rc = target_each(w->ctx->s, code, show_target, w);
	end = table_end(&w->table);
	if (!rc && !w->n)
		puts(_("no target is set"));
	return rc ? rc : end;
}

static void change_cells(struct walk *w, const struct indicator_change *c)
{
	struct table *t = &w->table;
	char number[ID_TEXT], when[FMT];
	struct node n;

	table_cell(t, fmt_time(c->h->ms, when));
	node_text(c->h->node, number);
	if (node_get(w->ctx->s, c->h->node, &n) == 0 && *n.name)
		table_cellf(t, "%s %s", number, n.name);
	else
		table_cell(t, number);
	if (c->unit)
		table_cellf(t, _("target of %s for %lld"), c->unit, (long long)c->year);
	else
		table_cell(t, strcmp(c->h->form, "weight") ? _("indicator") : _("weight"));
}

static int change_row(void *arg, const struct indicator_change *c)
{
	struct walk *w = arg;
	bool changed = c->h->kind == HISTORY_CHANGED;

	change_cells(w, c);
	table_cell(&w->table, changed ? c->h->question : _("set"));
	table_cell(&w->table, changed ? c->h->old : NULL);
	table_cell(&w->table, changed ? c->h->new : NULL);
	table_cell(&w->table, c->h->pending ? _("not sent yet") : NULL);
	return 0;
}

static int print_changes(struct walk *w, const char *code)
{
	int rc, end;

	putchar('\n');
	table_begin(&w->table, stdout);
	table_column(&w->table, _("when"), false);
	table_column(&w->table, _("by"), false);
	table_column(&w->table, _("of"), false);
	table_column(&w->table, _("what"), false);
	table_column(&w->table, _("before"), false);
	table_column(&w->table, _("after"), false);
	table_column(&w->table, NULL, false);
	rc = indicator_changes(w->ctx->s, code, change_row, w);
	end = table_end(&w->table);
	return rc ? rc : end;
}

static int json_target(void *arg, const struct target *t)
{
	explain_target_json(&((struct walk *)arg)->json, t);
	return 0;
}

static int json_change(void *arg, const struct indicator_change *c)
{
	struct walk *w = arg;
	struct json *j = &w->json;
	bool changed = c->h->kind == HISTORY_CHANGED;
	char number[ID_TEXT];

	json_object(j);
	json_kint(j, "ms", c->h->ms);
	json_kstr(j, "by", node_text(c->h->node, number));
	json_kstr(j, "of", c->h->form);
	json_kstr(j, "unit", c->unit);
	json_knum(j, "year", c->unit ? (double)c->year : NAN);
	json_kstr(j, "what", changed ? c->h->question : "set");
	json_kstr(j, "before", changed ? c->h->old : NULL);
	json_kstr(j, "after", changed ? c->h->new : NULL);
	json_kbool(j, "sent", !c->h->pending);
	json_end(j);
	return 0;
}

static int json_definition(void *arg, const struct definition *d)
{
	struct walk *w = arg;
	struct json *j = &w->json;

	explain_json(j, d);
	json_key(j, "targets");
	json_array(j);
	return 0;
}

int explain_show(struct ctx *ctx, const char *code)
{
	struct walk w = {.ctx = ctx};
	int rc, end;

	if (!ctx->json) {
		rc = indicator_define(ctx->s, code, print_definition, &w);
		if (!rc)
			rc = print_targets(&w, code);
		return rc ? rc : print_changes(&w, code);
	}
	json_begin(&w.json, stdout);
	json_object(&w.json);
	rc = indicator_define(ctx->s, code, json_definition, &w);
	if (rc)
		return rc;
	rc = target_each(ctx->s, code, json_target, &w);
	json_end(&w.json);
	json_key(&w.json, "changes");
	json_array(&w.json);
	if (!rc)
		rc = indicator_changes(ctx->s, code, json_change, &w);
	json_end(&w.json);
	end = json_end(&w.json);
	return rc ? rc : end;
}
