/* autosync.c - when the agent syncs by itself. */
#include "agent/autosync.h"

/* splitmix64: between 3/4 and 5/4 of ms. */
static int64_t about(struct autosync *a, int64_t ms)
{
	uint64_t z = a->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	z ^= z >> 31;
	return ms - ms / 4 + (int64_t)(z % (uint64_t)(ms / 2 + 1));
}

static void by(struct autosync *a, int64_t at)
{
	if (at < a->next)
		a->next = at;
}

void autosync_init(struct autosync *a, uint64_t seed, int64_t now)
{
	*a = (struct autosync){.next = now, .random = seed};
}

void autosync_network(struct autosync *a, int64_t now)
{
	a->failures = 0;
	by(a, now + about(a, AUTOSYNC_NETWORK_MS));
}

void autosync_recorded(struct autosync *a, int64_t now)
{
	if (!a->failures) /* else the network is not there: its return will tell */
		by(a, now + about(a, AUTOSYNC_RECORDS_MS));
}

void autosync_ended(struct autosync *a, bool well, int64_t now)
{
	int64_t pause = AUTOSYNC_FAILED_MS;
	unsigned i;

	for (i = 0; i < a->failures && pause < AUTOSYNC_FAILED_MAX_MS; i++)
		pause *= 2;
	pause = pause < AUTOSYNC_FAILED_MAX_MS ? pause : AUTOSYNC_FAILED_MAX_MS;
	a->next = now + about(a, well ? AUTOSYNC_EVERY_MS : pause);
	a->failures = well ? 0 : a->failures + 1;
}

void autosync_hold(struct autosync *a, int64_t until)
{
	a->next = until;
}
