/* sync_message.h - what both sides of a sync share: kinds, feed keys, packs, the digest.
 *
 * Private to sync*.c.
 */
#ifndef PROTOCOL_SYNC_MESSAGE_H
#define PROTOCOL_SYNC_MESSAGE_H

#include "protocol/cbor.h"
#include "protocol/sync.h"

#define CHECK_LEN \
	4 /* bytes of the chain hash that go with a head: two copies of a home seldom agree in them */

enum { MSG_SYNC, MSG_PULL };

/* NULL when none is of that feed. */
const struct sync_run *sync_run_of(const struct sync_runs *runs, const struct feed_key *key);

bool same_key(const struct feed_key *a, const struct feed_key *b);
void put_key(struct buf *b, const struct feed_key *key);
void get_key(struct reader *r, struct feed_key *key);

/* What a node for unit and its parent for parent_unit both may hold, and hold here.
 * parent_unit 0: only unit counts. */
bool sync_shared(struct store *s, const struct feed *f, int64_t unit, int64_t parent_unit);
/* Of what both may hold. Feeds of runs count with the run's last pack, and without what the root
 * holds of them: the answer tells. */
int sync_digest(struct store *s, int64_t unit, int64_t parent_unit, const struct sync_runs *runs,
                uint8_t out[DIGEST_LEN]);
/* What the root holds of a feed, as known here. */
uint32_t sync_root_head(const struct store *s, const struct feed *f);

/* Appends an array of packs of f after seq up to upto, as many as fit max bytes but at least one.
 * *last is the seq of the last of them. */
int put_packs(struct buf *b, struct store *s, const struct feed *f, uint32_t seq, uint32_t upto,
              size_t max, uint32_t *last);
/* Passes over such an array; returns how many they are. */
size_t skip_packs(struct reader *r);
/* Takes such an array for the feed: each pack goes through feed_receive(). When one is refused
 * the rest is skipped and *refused is ERR_* with its text recorded. */
int get_packs(struct reader *r, struct store *s, const struct feed_key *key, uint32_t first,
              struct feed *f, uint64_t *taken, int *refused);

#endif
