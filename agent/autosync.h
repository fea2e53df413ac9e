/* autosync.h - when the agent syncs by itself: pure, told what happens and the time.
 *
 * Soon after a network appears or something was recorded, and now and then besides; ever more rarely while
 * it fails; not beyond the month's budget of bytes. Times are milliseconds of any monotonic clock.
 */
#ifndef AGENT_AUTOSYNC_H
#define AGENT_AUTOSYNC_H

#include <stdbool.h>
#include <stdint.h>

#define AUTOSYNC_EVERY_MS (30 * 60000) /* when nothing happens: revocations, forms, receipts */
#define AUTOSYNC_RECORDS_MS 5000       /* after a record: the next one may come right away */
#define AUTOSYNC_NETWORK_MS 2000       /* after a route appeared: more of it may */
#define AUTOSYNC_FAILED_MS 30000       /* after the first failure; then twice that, and so on, */
#define AUTOSYNC_FAILED_MAX_MS (60 * 60000) /* up to this */

struct autosync {
	int64_t next;      /* when to sync; INT64_MAX: not by itself */
	unsigned failures; /* in a row */
	uint64_t random;   /* state of the jitter: so that a village does not come at one time */
};

/* The first sync is due at once. */
void autosync_init(struct autosync *a, uint64_t seed, int64_t now);
void autosync_network(struct autosync *a, int64_t now); /* a route appeared or changed */
void autosync_recorded(struct autosync *a, int64_t now);
/* A sync has ended. */
void autosync_ended(struct autosync *a, bool well, int64_t now);
/* The month's bytes are used up: not before then. */
void autosync_hold(struct autosync *a, int64_t until);

#endif
