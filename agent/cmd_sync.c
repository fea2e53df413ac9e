/* cmd_sync.c - exchanges records with the parent now. */
#include "agent/agent.h"
#include "agent/control.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "protocol/invite.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/traffic.h"

#include <stdlib.h>
#include <string.h>

const char usage_sync[] = N_("[--parent HOST:PORT] [--estimate | --budget SIZE]");
const char help_sync[] = N_(
	"Sends what was recorded here and fetches what is new. It can be cut off at any\n"
	"moment: the next sync goes on where this one stopped. While `cayda run` runs, it is\n"
	"the one that syncs.\n"
	"\n"
	"  --parent HOST:PORT  the parent's address, when it is not the invite's any more;\n"
	"                      kept once it has answered\n"
	"  --estimate          only say how much there is to send, and this month's data\n"
	"  --budget SIZE       data that `cayda run` may use in a month by itself, such as\n"
	"                      20MB or 500kB; none for as much as it needs\n"
	"\n"
	"Example:\n"
	"  cayda sync\n");

#define TELL_BYTES 100000 /* a sync of more is announced */

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

/* "20MB" as bytes; "none" as 0. */
static int read_size(const char *text, int64_t *out)
{
	static const struct {
		const char *unit;
		int64_t bytes;
	} units[] = {{"", 1},      {"B", 1},        {"kB", 1000},
	             {"KB", 1000}, {"MB", 1000000}, {"GB", 1000000000}};
	char *end;
	double v = strtod(text, &end);
	size_t i;

	*out = 0;
	if (!strcmp(text, "none"))
		return 0;
	end += strspn(end, " ");
	for (i = 0; end != text && v > 0 && v < 1e6 && i < sizeof units / sizeof *units; i++) {
		if (!strcmp(end, units[i].unit)) {
			*out = (int64_t)(v * (double)units[i].bytes);
			return 0;
		}
	}
	return err(ERR_BAD, "'%s' is not an amount of data: write for example 20MB, or none", text);
}

static int estimate(struct ctx *ctx, uint64_t *bytes)
{
	int64_t scope;

	meta_int(ctx->s, "parent_scope", &scope);
	return traffic_estimate(ctx->s, scope, bytes);
}

static int print_estimate(struct ctx *ctx)
{
	char waits[FMT], month[FMT], most[FMT];
	uint64_t bytes, used = 0;
	int64_t budget = 0;
	struct json j;
	int rc = estimate(ctx, &bytes);

	if (!rc)
		rc = agent_used(ctx->s, &used);
	if (!rc)
		rc = agent_budget(ctx->s, &budget);
	if (rc)
		return rc;
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j);
		json_kint(&j, "to_send", (int64_t)bytes);
		json_kint(&j, "used_this_month", (int64_t)used);
		json_kint(&j, "budget", budget);
		return json_end(&j);
	}
	fmt_bytes((int64_t)bytes, waits);
	fmt_bytes((int64_t)used, month);
	if (budget)
		printf(_("To send: about %s. Data used this month: %s of %s.\n"), waits, month,
		       fmt_bytes(budget, most));
	else
		printf(_("To send: about %s. Data used this month: %s.\n"), waits, month);
	return out_flush();
}

static int sync_now(struct ctx *ctx, const char *parent, struct session_result *r)
{
	const struct session_watch watch = {show_progress, NULL};
	char addrs[INVITE_ADDRS_MAX] = "", size[FMT];
	uint64_t bytes;
	int rc = estimate(ctx, &bytes);

	if (!rc && bytes > TELL_BYTES && !ctx->json)
		fprintf(stderr, _("about %s to send\n"), fmt_bytes((int64_t)bytes, size));
	rc = rc ? rc : parent ? ERR_NOTFOUND : control_sync(ctx->home, &watch, r);
	if (rc != ERR_NOTFOUND)
		return rc;
	rc = meta_text(ctx->s, "parents", addrs, sizeof addrs);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	rc = session_sync(ctx->s, parent ? parent : addrs, &watch, r);
	if (!rc && parent)
		rc = meta_set_text(ctx->s, "parents", parent);
	agent_account(ctx->s, r);
	return rc;
}

int cmd_sync(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"parent", required_argument, NULL, 'p'},
	                                      {"estimate", no_argument, NULL, 'e'},
	                                      {"budget", required_argument, NULL, 'b'},
	                                      {NULL, 0, NULL, 0}};
	const char *parent = NULL, *budget = NULL;
	struct session_result r;
	bool only_estimate = false;
	int64_t bytes;
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "p:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		parent = c == 'p' ? optarg : parent;
		budget = c == 'b' ? optarg : budget;
		only_estimate |= c == 'e';
	}
	if (optind < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind]);
	rc = budget ? read_size(budget, &bytes) : 0;
	if (!rc)
		rc = ctx_open(ctx, 0);
	if (rc)
		return rc;
	if (ctx->s->self.role == ROLE_ROOT)
		return err(ERR_DENIED,
		           "this node is the root: others sync to it while it runs (`cayda run`)");
	if (budget)
		rc = agent_set_budget(ctx->s, bytes);
	if (budget || only_estimate)
		return rc ? rc : print_estimate(ctx);
	rc = sync_now(ctx, parent, &r);
	progress_end();
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
