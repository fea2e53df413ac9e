/* cmd.h - the commands, and what each is handed.
 *
 * A command parses its arguments, calls storage or protocol, and prints: no SQL, no protocol.
 * It returns 0; a negative ERR_* whose text main() prints ("cayda: ..."; exit status 1); or a
 * positive exit status when it has said all there is to say, as cmd_usage() does.
 */
#ifndef AGENT_CMD_H
#define AGENT_CMD_H

#include "storage/store.h"
#include "storage/unit.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#define STATUS_FAILED 1
#define STATUS_USAGE 2

struct command;
struct ctx {
	const char *home;          /* folder of the home; borrowed, lives as long as the process */
	const char *lang;          /* "vi" or "en", as i18n_lang() */
	bool json;                 /* --json: print one JSON document on stdout */
	const char *program;       /* runs another command beside this one; NULL: nothing does */
	const struct command *cmd; /* the command that runs */
	struct store *s;           /* NULL until ctx_open(); closed by main() */
};

/* One command. Texts are msgids (N_); help ends with an example. They stand in the command's
 * own file as usage_NAME and help_NAME:
 *	const char usage_sync[] = N_("[--parent HOST:PORT]");
 *	const char help_sync[] = N_("  --parent HOST:PORT  sync to this address\n\n"
 *				    "Example:\n  cayda sync\n");
 */
struct command {
	const char *name;
	int (*fn)(struct ctx *ctx, int argc, char **argv); /* argv[0] is the command's name */
	const char *usage;                                 /* its arguments, "" for none */
	const char *summary; /* one line of purpose, without a full stop */
	const char *help;    /* options and example */
};
extern const struct command commands[];               /* ends with a NULL name; in cmd.c */
const struct command *command_find(const char *name); /* or NULL */

/* Opens ctx->home. With STORE_CREATE the folder is made; without it and without a node in
 * there, ERR_NOTFOUND says that the home must be made by `init` or `join` first. */
int ctx_open(struct ctx *ctx, int flags);
/* One agent, or one restore, a home at a time: ERR_BUSY names the process that holds it. The lock
 * ends with the process, however it ends; *fd is -1 on error. */
int home_lock(const char *home, int *fd);
void home_unlock(int fd); /* -1 is allowed */

/* The unit that ref names (code or name); ref NULL: the one this node works for. */
int ctx_unit(struct ctx *ctx, const char *ref, struct unit *out);

/* getopt_long() on a command's own table; global options are gone from argv already. Returns
 * the option, -1 at the end (optind is the first argument), or '?' after saying what is wrong:
 * then return STATUS_USAGE. shorts is as for getopt, without '+', '-' or ':' in front. */
int cmd_getopt(struct ctx *ctx, int argc, char **argv, const char *shorts,
               const struct option *longs);
/* Prints "cayda NAME: fmt...; see cayda NAME --help" on stderr (fmt is already translated)
 * and returns STATUS_USAGE. */
int cmd_usage(struct ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A decimal number of an option, or STATUS_USAGE said through cmd_usage(). */
int cmd_number(struct ctx *ctx, const char *option, const char *text, int64_t min, int64_t max,
               int64_t *out);
/* What name was probably meant to be: returns a or b, whichever is nearer; a may be NULL and
 * NULL is returned when nothing is near. Fold over the names there are. */
const char *cmd_nearer(const char *name, const char *a, const char *b);
void cmd_help_print(const struct ctx *ctx, const struct command *c);
void cmd_overview(const struct ctx *ctx, FILE *f); /* what `cayda --help` says */

#define COMMAND(name)                                           \
	int cmd_##name(struct ctx *ctx, int argc, char **argv); \
	extern const char usage_##name[], help_##name[]

COMMAND(init);
COMMAND(invite);
COMMAND(join);
COMMAND(unit);
COMMAND(form);
COMMAND(indicator);
COMMAND(add);
COMMAND(edit);
COMMAND(list);
COMMAND(show);
COMMAND(import);
COMMAND(export);
COMMAND(report);
COMMAND(conflicts);
COMMAND(history);
COMMAND(duplicates);
COMMAND(sync);
COMMAND(run);
COMMAND(open);
COMMAND(account);
COMMAND(status);
COMMAND(verify);
COMMAND(node);
COMMAND(quarantine);
COMMAND(pack);
COMMAND(backup);
COMMAND(restore);
COMMAND(help);

#endif
