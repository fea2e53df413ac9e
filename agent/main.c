/* main.c - finds the command and runs it: the only place that exits. */
#include "agent/cmd.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "storage/err.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct globals {
	const char *home, *lang;
	bool json, help, version;
	const char *lacks; /* an option that came without its value */
};

/* True when argv[*i] is --name VALUE or --name=VALUE; the value goes to *out. */
static bool valued(char **argv, int argc, int *i, const char *name, const char **out,
                   const char **lacks)
{
	const char *arg = argv[*i];
	size_t n = strlen(name);

	if (strncmp(arg, name, n) != 0 || (arg[n] && arg[n] != '='))
		return false;
	if (arg[n] == '=')
		*out = arg + n + 1;
	else if (*i + 1 < argc)
		*out = argv[++*i];
	else
		*lacks = name;
	return true;
}

/* Takes the global options out of argv, wherever they stand before "--". */
static int take_globals(int argc, char **argv, struct globals *g)
{
	int i, n = 1;
	bool done = false;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			done = true;
		if (!done && (valued(argv, argc, &i, "--home", &g->home, &g->lacks) ||
		              valued(argv, argc, &i, "--lang", &g->lang, &g->lacks)))
			continue;
		if (!done && strcmp(argv[i], "--json") == 0)
			g->json = true;
		else if (!done && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0))
			g->help = true;
		else if (!done && strcmp(argv[i], "--version") == 0)
			g->version = true;
		else
			argv[n++] = argv[i];
	}
	argv[n] = NULL;
	return n;
}

static int home_folder(const char *given, char *out, size_t cap)
{
	const char *user = getenv("HOME");
	int n;

	if (!given || !*given)
		given = getenv("CAYDA_HOME");
	if (given && *given)
		n = snprintf(out, cap, "%s", given);
	else if (user && *user)
		n = snprintf(out, cap, "%s/.cayda", user);
	else
		return err(ERR_NOTFOUND, "there is no home folder: say --home DIR");
	if (n < 0 || (size_t)n >= cap)
		return err(ERR_TOOBIG, "the name of the home folder is too long");
	return 0;
}

static int unknown_command(struct ctx *ctx, const char *name)
{
	const struct command *c;
	const char *near = NULL;

	for (c = commands; c->name; c++)
		near = cmd_nearer(name, near, c->name);
	if (near)
		return cmd_usage(ctx, _("there is no command %s, did you mean %s?"), name, near);
	return cmd_usage(ctx, _("there is no command %s"), name);
}

static int dispatch(struct ctx *ctx, const struct globals *g, int argc, char **argv)
{
	static const struct option none[] = {{NULL, 0, NULL, 0}};

	if (g->lacks)
		return cmd_usage(ctx, _("option %s wants a value"), g->lacks);
	if (g->version) {
		puts("cayda " CAYDA_VERSION);
		return 0;
	}
	if (argc < 2 || argv[1][0] == '-') {
		if (argc >= 2 && cmd_getopt(ctx, argc, argv, "", none) == '?')
			return STATUS_USAGE;
		cmd_overview(ctx, g->help ? stdout : stderr);
		return g->help ? 0 : STATUS_USAGE;
	}
	ctx->cmd = command_find(argv[1]);
	if (!ctx->cmd)
		return unknown_command(ctx, argv[1]);
	if (g->help) {
		cmd_help_print(ctx, ctx->cmd);
		return 0;
	}
	return ctx->cmd->fn(ctx, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	static char home[PATH_MAX];
	struct globals g = {0};
	struct ctx ctx = {.home = home, .program = "/proc/self/exe"};
	int rc = 0;

	signal(SIGPIPE, SIG_DFL); /* `cayda list visit | head` ends quietly */
	i18n_set(NULL);
	argc = take_globals(argc, argv, &g);
	ctx.json = g.json;
	if (g.lang && i18n_set(g.lang) != 0)
		rc = cmd_usage(&ctx, "%s", err_text());
	ctx.lang = i18n_lang();
	if (!rc)
		rc = home_folder(g.home, home, sizeof home);
	if (!rc)
		rc = dispatch(&ctx, &g, argc, argv);
	progress_end();
	if (rc >= 0 && rc != STATUS_USAGE && out_flush() != 0)
		rc = ERR_IO;
	if (rc < 0)
		fprintf(stderr, "cayda: %s\n", err_text());
	store_close(ctx.s);
	return rc < 0 ? STATUS_FAILED : rc;
}
