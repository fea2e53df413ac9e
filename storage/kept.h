/* kept.h - frames that have arrived, of transfers that are not whole yet.
 *
 * What a peer was told to have arrived must be here first. A transfer that was given up for good is
 * dropped after KEPT_MS, or when its peer or all together take more room than they may.
 */
#ifndef STORAGE_KEPT_H
#define STORAGE_KEPT_H

#include "storage/store.h"

#define KEPT_ID 8                            /* bytes of a transfer's name */
#define KEPT_MS (INT64_C(30) * 24 * 3600000) /* since its first frame */
#define KEPT_PEER_MAX (3 * 1024 * 1024)      /* bytes of one peer's: the older go first */
#define KEPT_MAX (256 * 1024 * 1024)         /* bytes of all */

/* One frame that is to be kept. */
struct kept {
	uint32_t peer;
	uint8_t id[KEPT_ID];
	const uint8_t *bytes; /* borrowed */
	size_t len;
};

/* All of them or none, durable when it returns. */
int kept_add(struct store *s, const struct kept *frames, size_t n);
/* Those of a transfer, in the order in which they came; frame lives until fn returns. */
int kept_each(struct store *s, uint32_t peer, const uint8_t id[KEPT_ID],
              int (*fn)(void *arg, const uint8_t *bytes, size_t len), void *arg);
/* The transfer is whole and done with. Nothing to drop costs a query. */
int kept_drop(struct store *s, uint32_t peer, const uint8_t id[KEPT_ID]);

#endif
