/* cmd_help.c - explains the program and its commands. */
#include "agent/cmd.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "storage/err.h"

#include <stdio.h>
#include <string.h>

const char usage_help[] = N_("[COMMAND]");
const char help_help[] = N_("Without a command: lists them all.\n"
                            "\n"
                            "Example:\n"
                            "  cayda help add\n");

void cmd_overview(const struct ctx *ctx, FILE *f)
{
	const struct command *c;
	struct table t;

	(void)ctx;
	fputs(_("cayda: household surveys and training records, made without a network and\n"
	        "brought together when there is one\n"
	        "\n"
	        "Usage: cayda COMMAND ... [--home DIR] [--json] [--lang vi|en]\n"
	        "\n"),
	      f);
	table_begin(&t, f);
	table_column(&t, NULL, false);
	table_column(&t, NULL, false);
	for (c = commands; c->name; c++) {
		table_cellf(&t, "  %s", c->name);
		table_cell(&t, _(c->summary));
	}
	table_end(&t);
	fputs(_("\n"
	        "  --home DIR    folder of this node's records; else $CAYDA_HOME, else ~/.cayda\n"
	        "  --json        print data as JSON, for other programs\n"
	        "  --lang vi|en  language; else that of the system\n"
	        "  --version     print the program's version\n"
	        "\n"
	        "cayda COMMAND --help explains a command, with an example.\n"),
	      f);
}

void cmd_help_print(const struct ctx *ctx, const struct command *c)
{
	(void)ctx;
	printf("cayda %s: %s\n\n", c->name, _(c->summary));
	printf(_("Usage: cayda %s %s"), c->name, *c->usage ? _(c->usage) : "");
	printf("\n\n%s", _(c->help));
}

int cmd_help(struct ctx *ctx, int argc, char **argv)
{
	static const struct option none[] = {{NULL, 0, NULL, 0}};
	const struct command *c;

	if (cmd_getopt(ctx, argc, argv, "", none) != -1)
		return STATUS_USAGE;
	if (argc - optind > 1)
		return cmd_usage(ctx, _("one command at a time"));
	if (argc == optind) {
		cmd_overview(ctx, stdout);
		return 0;
	}
	c = command_find(argv[optind]);
	if (!c)
		return cmd_usage(ctx, _("there is no command %s"), argv[optind]);
	cmd_help_print(ctx, c);
	return 0;
}
