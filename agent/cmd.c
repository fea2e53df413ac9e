/* cmd.c - the table of commands, and what they share: the home, options, usage. */
#include "agent/cmd.h"

#include "agent/i18n.h"
#include "protocol/identity.h"
#include "storage/err.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_MAX 48 /* longer names are compared by their beginning */

const struct command commands[] = {
	{"init", cmd_init, usage_init, N_("make this home the root, usually the province"),
         help_init},
	{"invite", cmd_invite, usage_invite,
         N_("invite a device or an office to join below this one"), help_invite},
	{"join", cmd_join, usage_join, N_("join with the invite you were given; needs no network"),
         help_join},
	{"unit", cmd_unit, usage_unit, N_("the tree of places: list, show, add or import units"),
         help_unit},
	{"form", cmd_form, usage_form, N_("forms and their questions: list, show, add or export"),
         help_form},
	{"indicator", cmd_indicator, usage_indicator,
         N_("indicators and targets: list, show, explain a figure, set"), help_indicator},
	{"add", cmd_add, usage_add,
         N_("record something: answers on the line, or one question at a time"), help_add},
	{"edit", cmd_edit, usage_edit, N_("correct a record"), help_edit},
	{"list", cmd_list, usage_list, N_("list records as a table"), help_list},
	{"show", cmd_show, usage_show, N_("show one record, and how far it has travelled"),
         help_show},
	{"import", cmd_import, usage_import, N_("add the rows of a CSV file as records"),
         help_import},
	{"export", cmd_export, usage_export, N_("write records as CSV"), help_export},
	{"report", cmd_report, usage_report, N_("coverage against targets"), help_report},
	{"conflicts", cmd_conflicts, usage_conflicts,
         N_("values that lost when two people changed the same answer"), help_conflicts},
	{"duplicates", cmd_duplicates, usage_duplicates,
         N_("households that may have been recorded twice"), help_duplicates},
	{"history", cmd_history, usage_history, N_("who changed what of a record, and when"),
         help_history},
	{"sync", cmd_sync, usage_sync, N_("exchange records with the parent now"), help_sync},
	{"run", cmd_run, usage_run, N_("keep running: let others sync with this node"), help_run},
	{"open", cmd_open, usage_open, N_("open the pages of the agent that runs, in a browser"),
         help_open},
	{"account", cmd_account, usage_account,
         N_("people who use the pages from the office's network"), help_account},
	{"status", cmd_status, usage_status, N_("what this node is, and what waits to be sent"),
         help_status},
	{"verify", cmd_verify, usage_verify, N_("check that everything here is what was written"),
         help_verify},
	{"node", cmd_node, usage_node, N_("the nodes enrolled here: list, revoke, rename"),
         help_node},
	{"quarantine", cmd_quarantine, usage_quarantine,
         N_("packs that were set aside or refused, and why"), help_quarantine},
	{"pack", cmd_pack, usage_pack, N_("carry packs in a file, on a USB stick or by a chat app"),
         help_pack},
	{"backup", cmd_backup, usage_backup, N_("copy everything of this node into a file"),
         help_backup},
	{"restore", cmd_restore, usage_restore, N_("make this home what a backup holds"),
         help_restore},
	{"help", cmd_help, usage_help, N_("explain a command"), help_help},
	{NULL, NULL, NULL, NULL, NULL},
};

const struct command *command_find(const char *name)
{
	const struct command *c;

	for (c = commands; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

int ctx_open(struct ctx *ctx, int flags)
{
	int rc = store_open(ctx->home, flags, &identity_env, &ctx->s);

	if (!rc && !(flags & STORE_CREATE) && ctx->s->self.number == 0)
		rc = err(ERR_NOTFOUND,
		         "%s is not a node yet: start with 'cayda join' or 'cayda init'",
		         ctx->home);
	return rc;
}

int ctx_unit(struct ctx *ctx, const char *ref, struct unit *out)
{
	return ref ? unit_find(ctx->s, ref, out) : unit_get(ctx->s, ctx->s->self.scope, out);
}

/* ---- what was probably meant ------------------------------------------------------------- */

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Letters to add, drop or change to make b of a, case aside (Wagner and Fischer, 1974). */
static size_t distance(const char *a, const char *b)
{
	size_t row[NEAR_MAX + 1];
	size_t na = strnlen(a, NEAR_MAX), nb = strnlen(b, NEAR_MAX);
	size_t i, j;

	for (j = 0; j <= nb; j++)
		row[j] = j;
	for (i = 1; i <= na; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (j = 1; j <= nb; j++) {
			size_t same = tolower((unsigned char)a[i - 1]) ==
			              tolower((unsigned char)b[j - 1]);
			size_t cost = least(row[j] + 1, row[j - 1] + 1, corner + !same);

			corner = row[j];
			row[j] = cost;
		}
	}
	return row[nb];
}

static size_t farness(const char *name, const char *other)
{
	size_t n = strlen(name), far;

	if (!other || !n)
		return SIZE_MAX;
	far = distance(name, other);
	if (strncasecmp(name, other, n) == 0)
		return far < 1 ? far : 1;
	return far <= 1 + n / 4 ? far : SIZE_MAX;
}

const char *cmd_nearer(const char *name, const char *a, const char *b)
{
	size_t to_a = farness(name, a), to_b = farness(name, b);

	if (to_a == SIZE_MAX && to_b == SIZE_MAX)
		return NULL;
	return to_a <= to_b ? a : b;
}

/* ---- options ----------------------------------------------------------------------------- */

int cmd_usage(struct ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	fputs("cayda", stderr);
	if (ctx->cmd)
		fprintf(stderr, " %s", ctx->cmd->name);
	fputs(": ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, _("; see cayda %s%s--help"), ctx->cmd ? ctx->cmd->name : "",
	        ctx->cmd ? " " : "");
	fputc('\n', stderr);
	return STATUS_USAGE;
}

/* An option that is none of the table's: says so, with the nearest. */
static int unknown_option(struct ctx *ctx, const char *arg, const struct option *longs)
{
	static const char *const global[] = {"home", "json", "lang", "help", "version"};
	const char *near = NULL;
	char name[NEAR_MAX + 1];
	size_t i;

	snprintf(name, sizeof name, "%.*s", (int)strcspn(arg + 2, "="), arg + 2);
	for (; longs->name; longs++)
		near = cmd_nearer(name, near, longs->name);
	for (i = 0; i < sizeof global / sizeof *global; i++)
		near = cmd_nearer(name, near, global[i]);
	if (near && strcmp(near, name) == 0)
		cmd_usage(ctx, _("option %s takes no value"), name);
	else if (near)
		cmd_usage(ctx, _("there is no option --%s, did you mean --%s?"), name, near);
	else
		cmd_usage(ctx, _("there is no option --%s"), name);
	return '?';
}

int cmd_getopt(struct ctx *ctx, int argc, char **argv, const char *shorts,
               const struct option *longs)
{
	char spec[32];
	const char *arg;
	int c, first = optind ? optind : 1;

	snprintf(spec, sizeof spec, ":%s", shorts);
	opterr = 0;
	c = getopt_long(argc, argv, spec, longs, NULL);
	if (c != '?' && c != ':')
		return c;
	arg = argv[optind > first ? optind - 1 : optind];
	if (c == ':')
		cmd_usage(ctx, _("option %s wants a value"), arg);
	else if (strncmp(arg, "--", 2) != 0)
		cmd_usage(ctx, _("there is no option -%c"), optopt);
	else if (optopt)
		cmd_usage(ctx, _("option %s takes no value"), arg);
	else
		return unknown_option(ctx, arg, longs);
	return '?';
}

int cmd_number(struct ctx *ctx, const char *option, const char *text, int64_t min, int64_t max,
               int64_t *out)
{
	char *end;
	long long v;

	*out = 0;
	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno || *end || end == text || v < min || v > max)
		return cmd_usage(ctx, _("%s wants a whole number from %lld to %lld, not \"%s\""),
		                 option, (long long)min, (long long)max, text);
	*out = v;
	return 0;
}
