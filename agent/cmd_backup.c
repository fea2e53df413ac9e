/* cmd_backup.c - a copy of a home's database, and starting again from one. */
#include "agent/cmd.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "protocol/identity.h"
#include "storage/backup.h"

const char usage_backup[] = N_("FILE");
const char help_backup[] = N_(
	"Copies everything of this node, its key too, into one file, while it goes on working. Keep\n"
	"the file as safe as the device itself.\n"
	"\n"
	"Example:\n"
	"  cayda backup /media/usb/office-2026-11.backup\n");
const char usage_restore[] = N_("FILE");
const char help_restore[] = N_(
	"Makes this home what the backup holds. What was there is kept beside it as\n"
	"cayda.db.before-restore. What was recorded after the backup was made comes back from the\n"
	"parent, or from the nodes below, at the next sync. Stop `cayda run` first.\n"
	"\n"
	"Example:\n"
	"  cayda restore /media/usb/office-2026-11.backup\n");

static void show_progress(void *arg, int done, int total)
{
	(void)arg;
	progress(_("copying"), (uint64_t)done, (uint64_t)total);
}

static const char *one_file(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{NULL, 0, NULL, 0}};

	if (cmd_getopt(ctx, argc, argv, "", longs) != -1)
		return NULL;
	if (argc - optind == 1)
		return argv[optind];
	cmd_usage(ctx, _("which file?"));
	return NULL;
}

int cmd_backup(struct ctx *ctx, int argc, char **argv)
{
	const char *path = one_file(ctx, argc, argv);
	struct json j;
	int rc;

	if (!path)
		return STATUS_USAGE;
	rc = ctx_open(ctx, 0);
	if (!rc)
		rc = backup_write(ctx->s, path, show_progress, NULL);
	progress_end();
	if (rc)
		return rc;
	if (!ctx->json) {
		printf(_("Everything of this node is in %s.\n"), path);
		return out_flush();
	}
	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "file", path);
	return json_end(&j);
}

int cmd_restore(struct ctx *ctx, int argc, char **argv)
{
	const char *path = one_file(ctx, argc, argv);
	char node[ID_TEXT];
	struct json j;
	int rc, lock;

	if (!path)
		return STATUS_USAGE;
	rc = home_lock(ctx->home, &lock);
	if (!rc)
		rc = backup_restore(ctx->home, path, &identity_env);
	home_unlock(lock);
	if (!rc)
		rc = ctx_open(ctx, 0);
	if (rc)
		return rc;
	node_text(ctx->s->self.number, node);
	if (!ctx->json) {
		printf(_("%s is node %s, %s, as it was when the backup was made. Now sync.\n"),
		       ctx->home, node, ctx->s->self.name);
		return out_flush();
	}
	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "node", node);
	return json_end(&j);
}
