/* submitted.c - what was handed in for a period by a unit, and whether that was in time. */
#include "agent/submitted.h"

#include <stdio.h>
#include <string.h>

struct gather {
	struct report *r;
	struct handed_in *out;
};

char *hash_text(const uint8_t hash[HASH_LEN], char out[HASH_TEXT])
{
	size_t i;

	for (i = 0; i < HASH_LEN; i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
	return out;
}

static int note(void *arg, const struct submission *x)
{
	struct gather *g = arg;
	struct handed_in *h = g->out;
	bool pending;
	int64_t ms;
	int rc = submission_when(g->r->ctx->s, x, &ms, &pending);

	if (rc)
		return rc;
	if (ms)
		value_today(ms, h->last);
	if (!h->versions++)
		memcpy(h->first, h->last, DATE_LEN);
	h->version = x->version;
	h->id = x->id;
	h->node = x->node;
	h->intact = x->intact;
	memcpy(h->hash, x->hash, HASH_LEN);
	return 0;
}

int handed_in(struct report *r, int64_t unit, struct handed_in *out)
{
	struct gather g = {.r = r, .out = out};
	struct deadline d;
	int rc;

	memset(out, 0, sizeof *out);
	rc = submission_deadline(r->ctx->s, r->period.kind, &d);
	if (!rc)
		rc = submission_each(r->ctx->s, unit, r->period.name, note, &g);
	if (rc)
		return rc;
	period_due(&r->period, &d, out->due);
	out->days_late = period_days(out->due, *out->first ? out->first : r->today);
	if (out->days_late < 0)
		out->days_late = 0;
	return 0;
}
