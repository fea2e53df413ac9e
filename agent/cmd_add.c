/* cmd_add.c - records something: a visit, a household, a training session. */
#include "agent/answer.h"
#include "agent/i18n.h"
#include "agent/shown.h"
#include "storage/err.h"

#include <unistd.h>

const char usage_add[] = N_("FORM [QUESTION=VALUE...] [--unit CODE] [--person ID]");
const char help_add[] = N_(
	"Without answers it asks the form's questions one by one. With answers it asks for the\n"
	"required ones that are missing. Prints the new record's id.\n"
	"\n"
	"  --unit CODE  for this village; else the one that this node works for\n"
	"  --person ID  who recorded it: the id of a member\n"
	"\n"
	"Examples:\n"
	"  cayda add visit\n"
	"  cayda add household number=12 head=\"Nguyen Van An\" persons=4\n");

static int save(struct ctx *ctx, struct answers *a, int64_t unit, int64_t person, int64_t *id)
{
	size_t n = answers_given(a);
	struct tx *tx = NULL;
	int rc = tx_begin(ctx->s, unit, &tx);

	if (!rc)
		rc = record_add(tx, a->form, person, a->given, n, id);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

/* What another try by the same person may mend. */
static bool mendable(int rc)
{
	return rc == ERR_BAD || rc == ERR_NOTFOUND || rc == ERR_EXISTS || rc == ERR_TOOBIG;
}

static int ask_and_save(struct ctx *ctx, struct answers *a, int64_t unit, int64_t person,
                        bool missing_only, int64_t *id)
{
	struct asking ask = {.unit = unit, .missing_only = missing_only};
	int rc = answers_ask(ctx, a, &ask);

	ask.missing_only = false;
	while (!rc) {
		rc = save(ctx, a, unit, person, id);
		if (!rc)
			fprintf(stderr, "%s\n", _("Saved on this machine:"));
		if (!mendable(rc))
			return rc;
		fprintf(stderr, "\n  %s\n  %s\n\n", err_text(),
		        _("Nothing is saved yet. Here are the questions again; Enter keeps an answer."));
		rc = answers_ask(ctx, a, &ask);
	}
	return rc;
}

static int add(struct ctx *ctx, struct answers *a, int64_t unit, int64_t person, bool asked,
               int64_t *id)
{
	bool can_ask = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	struct buf names = {0};
	size_t missing = answers_missing(a, &names);
	int rc;

	if (can_ask && (asked || missing))
		rc = ask_and_save(ctx, a, unit, person, !asked, id);
	else if (missing)
		rc = err(ERR_BAD, "these questions must be answered: %s", buf_cstr(&names));
	else
		rc = save(ctx, a, unit, person, id);
	buf_release(&names);
	return rc;
}

int cmd_add(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"person", required_argument, NULL, 'p'},
	                                      {NULL, 0, NULL, 0}};
	const char *unit_ref = NULL, *person_ref = NULL;
	struct answers a = {0};
	struct unit unit;
	int64_t id, person = 0;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:p:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		*(c == 'u' ? &unit_ref : &person_ref) = optarg;
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
		rc = add(ctx, &a, unit.id, person, optind + 1 == argc, &id);
	if (!rc)
		rc = shown_id(ctx, id);
	answers_release(&a);
	return rc;
}
