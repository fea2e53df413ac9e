/* cmd_duplicates.c - households that look like the same one, and what somebody says of them. */
#include "agent/i18n.h"
#include "agent/judge.h"
#include "storage/duplicate.h"
#include "storage/err.h"

#include <string.h>

const char usage_duplicates[] = N_("[--unit CODE] | merge KEEP OTHER | undo OTHER | differ A B");
const char help_duplicates[] = N_(
	"Each line is two households of one village with the same address, the same digital address\n"
	"code or the same head's name, accents aside: perhaps one that was recorded twice.\n"
	"\n"
	"  merge KEEP OTHER  they are the same: KEEP stands for both, and reports count them once\n"
	"  undo OTHER        take that back: OTHER stands for itself again\n"
	"  differ A B        they are not the same: do not propose them again\n"
	"\n"
	"Nothing of the records or their visits changes by it. What is said here reaches the others\n"
	"at the next sync. Names and addresses are known only at the commune and below, and so are\n"
	"these proposals. KEEP, OTHER, A and B are ids, or FORM:KEY, for example household:12.\n"
	"\n"
	"  --unit CODE  only of this unit and those below it; village of FORM:KEY\n"
	"  --person ID  who says so: the id of a member\n"
	"\n"
	"Example:\n"
	"  cayda duplicates merge 2.1-15 2.2-8\n");

struct walk {
	struct ctx *ctx;
	struct answers a;
	struct table table;
	struct json json;
	size_t n;
};

static const struct {
	unsigned why;
	const char *question;
} reasons[] = {{DUPLICATE_ADDRESS, "address"},
               {DUPLICATE_CODE, "digital_address_code"},
               {DUPLICATE_HEAD, "head"}};
#define REASONS (sizeof reasons / sizeof *reasons)

/* ---- the list ----------------------------------------------------------------------------------- */

static int json_row(void *arg, const struct duplicate *d)
{
	struct walk *w = arg;
	struct json *j = &w->json;
	char id[ID_TEXT];
	size_t i;

	json_object(j);
	json_kstr(j, "unit", shown_unit(w->ctx, d->unit));
	json_kstr(j, "a", id_text(d->a, id));
	json_kstr(j, "b", id_text(d->b, id));
	json_key(j, "same");
	json_array(j);
	for (i = 0; i < REASONS; i++)
		if (d->why & reasons[i].why)
			json_str(j, reasons[i].question);
	json_end(j);
	json_end(j);
	return 0;
}

/* Its number in the village, and its head's name. */
static void who_cells(struct walk *w, int64_t id)
{
	const struct form *f = w->a.form;
	const struct question *key = f->key ? form_question(f, f->key) : NULL,
			      *head = form_question(f, "head");
	struct record *r = NULL;
	char text[ID_TEXT];

	table_cell(&w->table, id_text(id, text));
	if (record_get(w->ctx->s, f, id, &r))
		r = NULL;
	table_cell(&w->table, r && key ? r->value[key - f->q] : NULL);
	table_cell(&w->table, r && head ? r->value[head - f->q] : NULL);
	record_free(r);
}

static int table_row(void *arg, const struct duplicate *d)
{
	struct walk *w = arg;
	const struct question *q;
	struct buf why = {0};
	size_t i;

	table_cell(&w->table, shown_unit(w->ctx, d->unit));
	who_cells(w, d->a);
	who_cells(w, d->b);
	for (i = 0; i < REASONS; i++) {
		q = d->why & reasons[i].why ? form_question(w->a.form, reasons[i].question) : NULL;
		if (!q)
			continue;
		if (why.len)
			buf_str(&why, ", ");
		form_label(q->label, i18n_lang(), &why);
	}
	table_cell(&w->table, buf_cstr(&why));
	buf_release(&why);
	w->n++;
	return 0;
}

static int print_table(struct walk *w, int64_t unit)
{
	struct table *t = &w->table;
	int rc, end;

	table_begin(t, stdout);
	table_column(t, _("unit"), false);
	table_column(t, _("record"), false);
	table_column(t, _("number"), true);
	table_column(t, _("head"), false);
	table_column(t, _("record"), false);
	table_column(t, _("number"), true);
	table_column(t, _("head"), false);
	table_column(t, _("the same"), false);
	rc = duplicate_each(w->ctx->s, w->a.form, unit, table_row, w);
	end = table_end(t);
	if (!rc && !w->n)
		puts(_("no duplicates"));
	return rc ? rc : end;
}

static int list(struct ctx *ctx, const char *unit_ref)
{
	struct walk w = {.ctx = ctx};
	struct unit u = {0};
	int rc = ctx_open(ctx, 0), end;

	if (!rc && unit_ref)
		rc = ctx_unit(ctx, unit_ref, &u);
	if (!rc)
		rc = answers_open(ctx, DUPLICATE_FORM, &w.a);
	if (!rc && !ctx->json) {
		rc = print_table(&w, u.id);
	} else if (!rc) {
		json_begin(&w.json, stdout);
		json_array(&w.json);
		rc = duplicate_each(ctx->s, w.a.form, u.id, json_row, &w);
		end = json_end(&w.json);
		rc = rc ? rc : end;
	}
	answers_release(&w.a);
	return rc;
}

/* ---- saying what they are ------------------------------------------------------------------------ */

static int say(struct ctx *ctx, enum judge_pair verb, int64_t a, int64_t b)
{
	char x[ID_TEXT], y[ID_TEXT];
	struct json j;

	id_text(a, x);
	id_text(b, y);
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j);
		json_kstr(&j, verb == JUDGE_UNDO ? "record" : "a", x);
		if (verb != JUDGE_UNDO) {
			json_kstr(&j, "b", y);
			json_kbool(&j, "same", verb == JUDGE_MERGE);
		}
		return json_end(&j);
	}
	if (verb == JUDGE_MERGE)
		printf(_("%s stands for %s too. To take it back: cayda duplicates undo %s\n"), x, y,
		       y);
	else if (verb == JUDGE_DIFFER)
		printf(_("%s and %s are different: they are not proposed again.\n"), x, y);
	else
		printf(_("%s stands for itself again.\n"), x);
	return out_flush();
}

static int judge(struct ctx *ctx, enum judge_pair verb, const char *unit_ref,
                 const char *person_ref, char **refs)
{
	const char *const both[2] = {refs[0], refs[1]};
	int64_t ids[2], person = 0;
	int rc = ctx_open(ctx, 0);

	if (!rc && person_ref)
		rc = id_parse(person_ref, &person);
	if (!rc)
		rc = judge_pair(ctx, verb, both, unit_ref, person, ids);
	return rc ? rc : say(ctx, verb, ids[0], ids[1]);
}

int cmd_duplicates(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"person", required_argument, NULL, 'p'},
	                                      {NULL, 0, NULL, 0}};
	static const char *const verbs[JUDGE_PAIRS] = {"merge", "undo", "differ"};
	const char *unit_ref = NULL, *person = NULL;
	int c, wanted;
	int verb;

	while ((c = cmd_getopt(ctx, argc, argv, "u:p:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		*(c == 'u' ? &unit_ref : &person) = optarg;
	}
	argc -= optind;
	argv += optind;
	if (!argc)
		return list(ctx, unit_ref);
	for (verb = 0; verb < JUDGE_PAIRS && strcmp(argv[0], verbs[verb]) != 0;)
		verb++;
	if (verb == JUDGE_PAIRS)
		return cmd_usage(ctx, _("what is '%s'? there are merge, undo and differ"), argv[0]);
	wanted = verb == JUDGE_UNDO ? 1 : 2;
	if (argc <= wanted)
		return cmd_usage(ctx,
		                 wanted == 1 ? _("say which record") : _("say which two records"));
	if (argc > wanted + 1)
		return cmd_usage(ctx, _("what is '%s'?"), argv[wanted + 1]);
	return judge(ctx, (enum judge_pair)verb, unit_ref, person, argv + 1);
}
