/* cmd_add.c - records something: a visit, a household, a training session. */
#include "agent/answer.h"
#include "agent/i18n.h"
#include "agent/shown.h"
#include "storage/err.h"

#include <unistd.h>

const char usage_add[] = N_("FORM [QUESTION=VALUE...] [--from FILE] [--unit CODE] [--person ID]");
const char help_add[] = N_(
	"Without answers it asks the form's questions one by one. With answers it asks for the\n"
	"required ones that are missing. Prints the new record's id.\n"
	"\n"
	"  --from FILE  answers in JSON (- for the input), also of repeats:\n"
	"               {\"number\": 12, \"member\": [{\"name\": \"Lan\"}, {\"name\": \"Nam\"}]}\n"
	"  --unit CODE  for this village; else the one that this node works for\n"
	"  --person ID  who recorded it: the id of a member\n"
	"\n"
	"Examples:\n"
	"  cayda add visit\n"
	"  cayda add household number=12 head=\"Nguyen Van An\" persons=4\n");

/* What another try by the same person may mend. */
static bool mendable(int rc)
{
	return rc == ERR_BAD || rc == ERR_NOTFOUND || rc == ERR_EXISTS || rc == ERR_TOOBIG;
}

static int ask_and_save(struct ctx *ctx, const struct answers *a, struct paper *p, int64_t person,
                        bool missing_only, int64_t *id)
{
	int rc = answers_ask(ctx, a, p, 0, missing_only);

	while (!rc) {
		rc = answers_save(ctx, p, person, id);
		if (!rc)
			fprintf(stderr, "%s\n", _("Saved on this machine:"));
		if (!mendable(rc))
			return rc;
		fprintf(stderr, "\n  %s\n  %s\n\n", err_text(),
		        _("Nothing is saved yet. Here are the questions again; Enter keeps an answer."));
		rc = answers_ask(ctx, a, p, 0, false);
	}
	return rc;
}

/* How many questions must be answered and are not; their names go to out. */
static int find_missing(struct paper *p, const struct form *f, struct buf *out, size_t *n)
{
	bool required;
	size_t i;
	int rc = paper_work_out(p);

	*n = 0;
	for (i = 0; !rc && i < f->nq; i++) {
		if (!answers_asks(f, i) || !paper_relevant(p, 0, i) || paper_value(p, 0, i))
			continue;
		rc = paper_required(p, 0, i, &required);
		if (!rc && required)
			buf_printf(out, "%s%s", (*n)++ ? ", " : "", f->q[i].name);
	}
	return rc;
}

static int add(struct ctx *ctx, const struct answers *a, struct paper *p, int64_t person,
               bool asked, int64_t *id)
{
	bool can_ask = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	struct buf names = {0};
	size_t missing;
	int rc = find_missing(p, a->form, &names, &missing);

	if (!rc && can_ask && (asked || missing))
		rc = ask_and_save(ctx, a, p, person, !asked, id);
	else if (!rc && missing > 1)
		rc = err(ERR_BAD, "these questions must be answered: %s", buf_cstr(&names));
	else if (!rc)
		rc = answers_save(ctx, p, person, id);
	buf_release(&names);
	return rc;
}

int cmd_add(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"person", required_argument, NULL, 'p'},
	                                      {"from", required_argument, NULL, 'f'},
	                                      {NULL, 0, NULL, 0}};
	const char *unit_ref = NULL, *person_ref = NULL, *file = NULL;
	struct answers a = {0};
	struct paper *p = NULL;
	struct unit unit;
	int64_t id, person = 0;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:p:f:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		*(c == 'u' ? &unit_ref : c == 'f' ? &file : &person_ref) = optarg;
	}
	if (optind == argc)
		return cmd_usage(ctx, _("which form? `cayda form list` names them"));
	rc = ctx_open(ctx, 0);
	unit.id = ctx->s ? ctx->s->self.scope : 0;
	if (!rc && unit_ref)
		rc = ctx_unit(ctx, unit_ref, &unit);
	if (!rc && person_ref)
		rc = id_parse(person_ref, &person);
	if (!rc)
		rc = answers_open(ctx, argv[optind], &a);
	if (!rc)
		rc = answers_parse(ctx, &a, argv + optind + 1, argc - optind - 1);
	if (!rc)
		rc = paper_new(ctx->s, a.form, unit.id, &p);
	if (!rc)
		rc = answers_fill(&a, file, p);
	if (!rc)
		rc = add(ctx, &a, p, person, optind + 1 == argc && !file, &id);
	if (!rc)
		rc = shown_id(ctx, id);
	paper_free(p);
	answers_release(&a);
	return rc;
}
