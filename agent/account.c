/* account.c - the data that syncs use, and how much they may. */
#include "agent/agent.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/traffic.h"

#include <time.h>

/* As the person's calendar has it: that is how data is paid for. */
static void this_month(struct store *s, char out[16])
{
	time_t t = (time_t)(clock_now_ms(s) / 1000);
	struct tm tm;

	if (!localtime_r(&t, &tm) || !strftime(out, 16, "%Y-%m", &tm))
		snprintf(out, 16, "0000-00");
}

int agent_budget(struct store *s, int64_t *bytes)
{
	int rc = meta_int(s, "budget", bytes);

	return rc == ERR_NOTFOUND ? 0 : rc;
}

int agent_set_budget(struct store *s, int64_t bytes)
{
	return bytes ? meta_set_int(s, "budget", bytes) : meta_set_bytes(s, "budget", NULL, 0);
}

int agent_account(struct store *s, const struct session_result *r)
{
	char month[16];

	if (!r->bytes_sent && !r->bytes_received)
		return 0;
	this_month(s, month);
	return traffic_add(s, month, r->bytes_sent, r->bytes_received);
}

int agent_used(struct store *s, uint64_t *bytes)
{
	char month[16];

	this_month(s, month);
	return traffic_get(s, month, bytes);
}
