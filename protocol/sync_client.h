/* sync_client.h - what the two halves of the side that syncs up share: asking (sync.c) and
 * taking answers (sync_take.c).
 */
#ifndef PROTOCOL_SYNC_CLIENT_H
#define PROTOCOL_SYNC_CLIENT_H

#include "protocol/sync.h"

/* The states, in their order; PUSH is SYNC again, with packs. */
enum { SYNC, PULL_REF, PUSH, PULL, DONE };

/* What the parent has more of, or what is left alone; NULL for any other feed. */
struct sync_head *sync_their_head(struct sync_client *c, const struct feed_key *key);
/* The same, made if need be; NULL: ERR_NOMEM. */
struct sync_head *sync_make_head(struct sync_client *c, const struct feed_key *key);
/* Digests, ours and the parent's, that were found to differ for good. */
bool sync_difference_known(struct sync_client *c, const uint8_t both[2 * DIGEST_LEN]);

#endif
