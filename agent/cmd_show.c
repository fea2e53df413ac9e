/* cmd_show.c - one record with its questions, and how far it has travelled. */
#include "agent/i18n.h"
#include "agent/shown.h"
#include "storage/err.h"
#include "storage/same.h"

const char usage_show[] = N_("RECORD [--unit CODE]");
const char help_show[] = N_(
	"RECORD is an id, or FORM:KEY, for example household:12.\n"
	"\n"
	"  --unit CODE  village of FORM:KEY; else the one that this node works for\n"
	"\n"
	"Example:\n"
	"  cayda show household:12\n");

struct others {
	struct ctx *ctx;
	int64_t rep;
};

static int name_other(void *arg, int64_t other)
{
	struct others *o = arg;
	char id[ID_TEXT];

	printf(other == o->rep ? _("%s stands for it (cayda duplicates)\n")
	                       : _("the same as %s (cayda duplicates)\n"),
	       id_text(other, id));
	return 0;
}

static void head(struct ctx *ctx, const struct answers *a, const struct record *r)
{
	struct others o = {ctx, shown_rep(ctx, r)};
	char id[ID_TEXT];
	struct buf title = {0};
	struct unit u;

	form_label(a->form->label, i18n_lang(), &title);
	printf("%s %s\n", title.len ? buf_cstr(&title) : a->form->code, id_text(r->id, id));
	buf_release(&title);
	if (unit_get(ctx->s, r->unit, &u) == 0)
		printf("%s (%s), ", u.name, u.code);
	puts(shown_held(ctx, r));
	same_others(ctx->s, r->unit, r->id, name_other, &o);
	putchar('\n');
}

/* The answers of a row, a line each. */
static int show_answers(struct ctx *ctx, struct answers *a, const struct paper *p, size_t row)
{
	struct buf label = {0}, value = {0};
	struct table t;
	size_t i;
	int rc = 0, end;

	table_begin(&t, stdout);
	table_column(&t, NULL, false);
	table_column(&t, NULL, false);
	for (i = 0; i < a->form->nq && !rc; i++) {
		const struct question *q = &a->form->q[i];
		const char *answer;

		if (!q->col || !paper_asks(p, row, i))
			continue;
		buf_reset(&label);
		buf_reset(&value);
		answer = paper_stored(p, row, i);
		form_label(q->label, i18n_lang(), &label);
		rc = shown_value(ctx, a, q, answer, &value);
		table_cell(&t, label.len ? buf_cstr(&label) : q->name);
		table_cell(&t, answer ? buf_cstr(&value) : "-");
	}
	buf_release(&label);
	buf_release(&value);
	end = table_end(&t);
	return rc ? rc : end;
}

static int show_rows(struct ctx *ctx, struct answers *a, const struct paper *p, size_t row)
{
	int rc = show_answers(ctx, a, p, row);
	struct buf label = {0};
	size_t q, at, n;

	for (q = 0; q < a->form->nq && !rc; q++) {
		if (a->form->q[q].type != Q_REPEAT || !paper_asks(p, row, q))
			continue;
		buf_reset(&label);
		form_label(a->form->q[q].label, i18n_lang(), &label);
		at = paper_next_row(p, row, q, 0);
		for (n = 1; at && !rc; n++, at = paper_next_row(p, row, q, at)) {
			printf("\n%s %zu\n", label.len ? buf_cstr(&label) : a->form->q[q].name, n);
			rc = show_rows(ctx, a, p, at);
		}
	}
	buf_release(&label);
	return rc;
}

static int show(struct ctx *ctx, struct answers *a, const struct record *r)
{
	struct paper *p;
	int rc = paper_load(ctx->s, a->form, r->id, &p);

	if (!rc) {
		head(ctx, a, r);
		rc = show_rows(ctx, a, p, 0);
	}
	paper_free(p);
	return rc;
}

int cmd_show(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {NULL, 0, NULL, 0}};
	const char *unit_ref = NULL;
	struct answers a = {0};
	struct record *r = NULL;
	struct json j;
	int64_t id;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		unit_ref = optarg;
	}
	if (argc - optind != 1)
		return cmd_usage(ctx, _("which record? say its id, or FORM:KEY"));
	rc = ctx_open(ctx, 0);
	if (!rc)
		rc = shown_find(ctx, argv[optind], unit_ref, &a, &id);
	if (!rc)
		rc = record_get(ctx->s, a.form, id, &r);
	if (!rc && ctx->json) {
		json_begin(&j, stdout);
		shown_json(ctx, &a, r, &j);
	} else if (!rc) {
		rc = show(ctx, &a, r);
	}
	record_free(r);
	answers_release(&a);
	return rc;
}
