/* report_submit.c - handing in a period's figures. */
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/report.h"
#include "agent/submitted.h"
#include "storage/err.h"

#include <string.h>

static int tell(struct report *r, const struct handed_in *h)
{
	char hash[HASH_TEXT];
	struct json j;

	if (r->ctx->json) {
		json_begin(&j, stdout);
		json_object(&j);
		json_kstr(&j, "unit", r->unit.code);
		json_kstr(&j, "period", r->period.name);
		json_kint(&j, "version", h->version);
		json_kstr(&j, "sha256", hash_text(h->hash, hash));
		json_kstr(&j, "due", h->due);
		json_kint(&j, "days_late", h->days_late);
		return json_end(&j);
	}
	printf(_("Handed in: %s (%s), %s, version %lld\n"), r->unit.name, r->unit.code,
	       r->period.name, (long long)h->version);
	printf(_("SHA-256 of its figures: %s\n"), hash_text(h->hash, hash));
	if (h->days_late > 0)
		printf(_("It was due by %s: %lld days late\n"), h->due, (long long)h->days_late);
	else
		printf(_("It was due by %s: in time\n"), h->due);
	if (r->ctx->s->self.role != ROLE_ROOT)
		puts(_("It goes up with the next sync."));
	return out_flush();
}

int report_submit(struct report *r)
{
	struct handed_in h;
	int64_t id;
	int rc = report_no_arguments(r);

	if (!rc && !r->period.kind)
		rc = cmd_usage(r->ctx, _("which --period, like 2026-Q3?"));
	if (!rc)
		rc = report_open(r);
	if (!rc)
		rc = submission_add(r->ctx->s, r->unit.id, &r->period, r->note, 0, &id);
	if (!rc)
		rc = handed_in(r, r->unit.id, &h);
	return rc ? rc : tell(r, &h);
}
