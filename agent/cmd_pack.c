/* cmd_pack.c - packs in a file: on a USB stick, by a chat app. */
#include "agent/cmd.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "protocol/packfile.h"
#include "storage/err.h"
#include "storage/meta.h"

#include <string.h>

const char usage_pack[] = N_("write FILE [--since-last] [--to CODE] | read FILE");
const char help_pack[] = N_(
	"Carries what a sync would carry, where there is no network. What is read is checked like\n"
	"what comes by a sync; reading a file twice changes nothing.\n"
	"\n"
	"  write FILE    what the parent may have; personal data stays in its commune\n"
	"  read FILE     takes the packs of a file, from whomever it came\n"
	"  --since-last  only what did not go into a file for the same place before\n"
	"  --to CODE     for a node of this place instead of the parent\n"
	"\n"
	"Example:\n"
	"  cayda pack write /media/usb/thon-dinh.cayda --since-last\n");

static int print(struct ctx *ctx, const struct packfile_result *r, const char *path, bool reading)
{
	struct json j;
	char size[FMT], packs[FMT], known[FMT], refused[FMT];

	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j);
		json_kstr(&j, "file", path);
		json_kint(&j, "packs", (int64_t)r->packs);
		json_kint(&j, "known", (int64_t)r->known);
		json_kint(&j, "refused", (int64_t)r->refused);
		json_kint(&j, "bytes", (int64_t)r->bytes);
		return json_end(&j);
	}
	fmt_bytes((int64_t)r->bytes, size);
	if (reading)
		printf(_("%s: %s packs taken, %s known before, %s refused.\n"), path,
		       fmt_int((int64_t)r->packs, packs), fmt_int((int64_t)r->known, known),
		       fmt_int((int64_t)r->refused, refused));
	else
		printf(_("%s: %s packs, %s.\n"), path, fmt_int((int64_t)r->packs, packs), size);
	return out_flush();
}

/* A device's parent is its office, an office's the province: what they may have by default. */
static int64_t parent_unit(struct store *s)
{
	int64_t unit;

	return meta_int(s, "parent_scope", &unit) == 0 ? unit : s->self.scope;
}

static int write_file(struct ctx *ctx, const char *path, const char *to, bool since_last)
{
	struct packfile_result r;
	struct unit u = {0};
	int rc = to ? unit_find(ctx->s, to, &u) : 0;

	if (!rc)
		rc = packfile_write(ctx->s, path, to ? u.id : parent_unit(ctx->s), since_last, &r);
	return rc ? rc : print(ctx, &r, path, false);
}

static int read_file(struct ctx *ctx, const char *path)
{
	struct packfile_result r;
	char reason[ERR_TEXT_MAX] = "";
	int rc = packfile_read(ctx->s, path, &r), said;

	if (rc && rc != ERR_CORRUPT)
		return rc;
	if (rc || r.refused)
		snprintf(reason, sizeof reason, "%s", err_text());
	said = print(ctx, &r, path, true);
	if (said)
		return said;
	if (rc)
		return err(rc, "%s", reason);
	return r.refused ? err(ERR_DENIED, "not all was taken: %s", reason) : 0;
}

int cmd_pack(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"since-last", no_argument, NULL, 's'},
	                                      {"to", required_argument, NULL, 't'},
	                                      {NULL, 0, NULL, 0}};
	bool since_last = false, reading;
	const char *to = NULL;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "st:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		if (c == 's')
			since_last = true;
		else
			to = optarg;
	}
	if (argc - optind != 2)
		return cmd_usage(ctx, _("say `write FILE` or `read FILE`"));
	reading = !strcmp(argv[optind], "read");
	if (!reading && strcmp(argv[optind], "write") != 0)
		return cmd_usage(ctx, _("'%s' is neither write nor read"), argv[optind]);
	rc = ctx_open(ctx, 0);
	if (rc)
		return rc;
	return reading ? read_file(ctx, argv[optind + 1])
	               : write_file(ctx, argv[optind + 1], to, since_last);
}
