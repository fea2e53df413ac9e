/* cmd_sync.c - exchanges records with the parent now. */
#include "agent/cmd.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "protocol/invite.h"
#include "protocol/session.h"
#include "storage/err.h"
#include "storage/meta.h"

const char usage_sync[] = N_("[--parent HOST:PORT]");
const char help_sync[] = N_(
	"Sends what was recorded here and fetches what is new. It can be cut off at any\n"
	"moment: the next sync goes on where this one stopped.\n"
	"\n"
	"  --parent HOST:PORT  the parent's address, when it is not the invite's any more;\n"
	"                      kept once it has answered\n"
	"\n"
	"Example:\n"
	"  cayda sync\n");

static int show_progress(void *arg, uint64_t done, uint64_t total)
{
	(void)arg;
	progress(_("sending"), done, total);
	return 0;
}

static int print_json(const struct session_result *r)
{
	struct json j;

	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "parent", r->addr);
	json_kbool(&j, "enrolled", r->enrolled);
	json_kbool(&j, "up_to_date", r->up_to_date);
	json_kint(&j, "packs_sent", (int64_t)r->packs_sent);
	json_kint(&j, "packs_received", (int64_t)r->packs_received);
	json_kint(&j, "packs_refused", (int64_t)r->refused);
	json_kint(&j, "bytes_sent", (int64_t)r->bytes_sent);
	json_kint(&j, "bytes_received", (int64_t)r->bytes_received);
	json_kint(&j, "rounds", (int64_t)r->rounds);
	json_knum(&j, "seconds", r->seconds);
	return json_end(&j);
}

static int print_text(const struct session_result *r)
{
	char up[FMT], down[FMT], seconds[FMT];

	if (r->enrolled)
		printf(_("This node is now known at %s.\n"), r->addr);
	if (r->up_to_date)
		printf(_("Nothing to exchange: all is up to date.\n"));
	else
		printf(_("Sent %s and received %s packs.\n"), fmt_int((int64_t)r->packs_sent, up),
		       fmt_int((int64_t)r->packs_received, down));
	printf(_("%s up, %s down, %s s, with %s.\n"), fmt_bytes((int64_t)r->bytes_sent, up),
	       fmt_bytes((int64_t)r->bytes_received, down), fmt_decimal(r->seconds, 1, seconds),
	       r->addr);
	return out_flush();
}

int cmd_sync(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"parent", required_argument, NULL, 'p'},
	                                      {NULL, 0, NULL, 0}};
	const struct session_progress progress_to = {show_progress, NULL};
	const char *parent = NULL;
	char addrs[INVITE_ADDRS_MAX] = "";
	struct session_result r;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "p:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		parent = optarg;
	}
	if (optind < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind]);
	rc = ctx_open(ctx, 0);
	if (!rc && !parent)
		rc = meta_text(ctx->s, "parents", addrs, sizeof addrs);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	if (!ctx->s || !ctx->s->self.number)
		return rc;
	if (ctx->s->self.role == ROLE_ROOT)
		return err(ERR_DENIED,
		           "this node is the root: others sync to it while it runs (`cayda run`)");
	rc = session_sync(ctx->s, parent ? parent : addrs, &progress_to, &r);
	progress_end();
	if (!rc && parent)
		rc = meta_set_text(ctx->s, "parents", parent);
	if (rc)
		return rc;
	rc = ctx->json ? print_json(&r) : print_text(&r);
	if (!rc && r.refused)
		rc = err(
			ERR_DENIED,
			"%d packs were refused and stay here: they will be offered again; tell the office",
			(int)r.refused);
	return rc;
}
