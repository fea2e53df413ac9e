/* cmd_edit.c - corrects a record. */
#include "agent/answer.h"
#include "agent/i18n.h"
#include "agent/shown.h"
#include "storage/err.h"

#include <unistd.h>

const char usage_edit[] = N_("RECORD [QUESTION=VALUE...] [--from FILE] [--unit CODE]");
const char help_edit[] = N_(
	"RECORD is an id, as `cayda add` and `cayda list` print it, or FORM:KEY, for example\n"
	"household:12. QUESTION= without a value takes the answer away. Without answers it asks\n"
	"for each one; Enter keeps what there is. What was there before is not lost.\n"
	"\n"
	"  --unit CODE  village of FORM:KEY; else the one that this node works for\n"
	"  --from FILE  answers in JSON (- for the input). A row of a repeat that is there already has\n"
	"               an \"_id\", as `cayda show --json` prints it; \"_drop\": true takes it out\n"
	"\n"
	"Example:\n"
	"  cayda edit household:12 persons=5 phone=\n");

static int edit(struct ctx *ctx, struct answers *a, int64_t id, const char *file, int argc,
                char **argv)
{
	struct paper *p = NULL;
	int rc = paper_load(ctx->s, a->form, id, &p);

	if (!rc)
		rc = answers_parse(ctx, a, argv, argc);
	if (!rc)
		rc = answers_fill(a, file, p);
	if (rc || argc || file)
		;
	else if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		rc = answers_ask(ctx, a, p, id, false);
	else
		rc = cmd_usage(ctx, _("what is to be changed? say QUESTION=VALUE"));
	if (!rc)
		rc = answers_save(ctx, p, 0, &id);
	paper_free(p);
	return rc;
}

int cmd_edit(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"from", required_argument, NULL, 'f'},
	                                      {NULL, 0, NULL, 0}};
	const char *unit_ref = NULL, *file = NULL;
	struct answers a = {0};
	int64_t id;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:f:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		*(c == 'u' ? &unit_ref : &file) = optarg;
	}
	if (optind == argc)
		return cmd_usage(ctx, _("which record? say its id, or FORM:KEY"));
	rc = ctx_open(ctx, 0);
	if (!rc)
		rc = shown_find(ctx, argv[optind], unit_ref, &a, &id);
	if (!rc)
		rc = edit(ctx, &a, id, file, argc - optind - 1, argv + optind + 1);
	if (!rc)
		rc = shown_id(ctx, id);
	answers_release(&a);
	return rc;
}
