/* cmd_edit.c - corrects a record. */
#include "agent/answer.h"
#include "agent/i18n.h"
#include "agent/shown.h"
#include "storage/err.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char usage_edit[] = N_("RECORD [QUESTION=VALUE...] [--unit CODE]");
const char help_edit[] = N_(
	"RECORD is an id, as `cayda add` and `cayda list` print it, or FORM:KEY, for example\n"
	"household:12. QUESTION= without a value takes the answer away. Without answers it asks\n"
	"for each one; Enter keeps what there is. What was there before is not lost.\n"
	"\n"
	"  --unit CODE  village of FORM:KEY; else the one that this node works for\n"
	"\n"
	"Example:\n"
	"  cayda edit household:12 persons=5 phone=\n");

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Asks with the present answers in view and keeps the ones that changed. */
static int ask_changes(struct ctx *ctx, struct answers *a, const struct record *r)
{
	struct asking ask = {.unit = r->unit, .self = r->id};
	size_t i;
	int rc = 0;

	for (i = 0; i < a->form->nq && !rc; i++) {
		if (answers_asks(a->form, i))
			rc = answers_set(a, i, r->value[i] ? r->value[i] : "");
	}
	if (!rc)
		rc = answers_ask(ctx, a, &ask);
	for (i = 0; i < a->form->nq && !rc; i++) {
		if (a->value[i] && same(a->value[i], r->value[i]))
			rc = answers_set(a, i, NULL);
	}
	return rc;
}

static int save(struct ctx *ctx, struct answers *a, const struct record *r)
{
	size_t n = answers_given(a);
	struct tx *tx = NULL;
	int rc;

	if (!n)
		return 0;
	rc = tx_begin(ctx->s, r->unit, &tx);
	if (!rc)
		rc = record_edit(tx, a->form, r->id, a->given, n);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

static int edit(struct ctx *ctx, struct answers *a, int64_t id, int argc, char **argv)
{
	struct record *r = NULL;
	int rc = record_get(ctx->s, a->form, id, &r);

	if (rc)
		return rc;
	if (argc)
		rc = answers_parse(ctx, a, argv, argc);
	else if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		rc = ask_changes(ctx, a, r);
	else
		rc = cmd_usage(ctx, _("what is to be changed? say QUESTION=VALUE"));
	if (!rc)
		rc = save(ctx, a, r);
	record_free(r);
	return rc;
}

int cmd_edit(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {NULL, 0, NULL, 0}};
	const char *unit_ref = NULL;
	struct answers a = {0};
	int64_t id;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		unit_ref = optarg;
	}
	if (optind == argc)
		return cmd_usage(ctx, _("which record? say its id, or FORM:KEY"));
	rc = ctx_open(ctx, 0);
	if (!rc)
		rc = shown_find(ctx, argv[optind], unit_ref, &a, &id);
	if (!rc)
		rc = edit(ctx, &a, id, argc - optind - 1, argv + optind + 1);
	if (!rc)
		rc = shown_id(ctx, id);
	answers_release(&a);
	return rc;
}
