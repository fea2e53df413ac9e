/* network.h - what is remembered of the networks that this node was in.
 *
 * A name is whatever tells one network from another, such as an interface and its router, or a peer.
 */
#ifndef STORAGE_NETWORK_H
#define STORAGE_NETWORK_H

#include "storage/store.h"

#define NETWORK_NAME 64   /* bytes, with NUL */
#define NETWORKS_KEPT 500 /* those used last */

struct network {
	int64_t transport;                /* enum link_transport that worked */
	int64_t rate, rtt_us, loss, room; /* struct frame_line */
};

/* Zeroed when nothing is known; no error is worth stopping for. */
void network_get(struct store *s, const char *name, struct network *out);
int network_set(struct store *s, const char *name, const struct network *n);

#endif
