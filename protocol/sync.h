/* sync.h - the sync state machine: bytes in, bytes out, told the time.
 *
 * A node syncs up to its parent: hello; if the two hold the same, that was all; else common
 * tables come down, packs that the parent lacks go up, other packs that the node may have come
 * down, and every answer is a receipt. The parent keeps nothing about the node between requests; the node keeps what it
 * must remember in its database. Messages: PROTOCOL.md, "Sync".
 */
#ifndef PROTOCOL_SYNC_H
#define PROTOCOL_SYNC_H

#include "storage/buf.h"
#include "storage/feed.h"

#include <stdbool.h>

#define SYNC_VERSION 1
#define SYNC_FEEDS_MAX 65536         /* heads in one answer */
#define SYNC_PUSH_BYTES (64 * 1024)  /* packs in one request, unless one alone is larger */
#define SYNC_PULL_BYTES (128 * 1024) /* the same in one answer */

/* A feed as the parent has it. */
struct sync_head {
	struct feed_key key;
	uint32_t head, root_head;
	bool refused; /* it would not take ours in this sync */
};

struct sync_client {
	struct store *s;      /* borrowed */
	int64_t parent_scope; /* unit the parent works for; 0: not known */
	int state;
	uint8_t digest[16];       /* of what was here when hello was asked */
	struct sync_head *theirs; /* owned */
	size_t ntheirs;
	struct feed pushing; /* of the request under way */
	/* OUT: for people */
	uint64_t packs_sent, packs_received, rounds, refused;
	bool up_to_date; /* the first hello found nothing to do */
};

/* Starts a sync. Ends with sync_release(). */
void sync_init(struct sync_client *c, struct store *s, int64_t parent_scope);
void sync_release(struct sync_client *c);
/* The next request in out (emptied first): 1, or 0 when the sync is over, or ERR_*. */
int sync_next(struct sync_client *c, struct buf *out);
/* The parent's answer to it, round_ms after it was sent. ERR_BAD for one that makes no sense:
 * nothing is lost, the sync is over. */
int sync_answer(struct sync_client *c, const void *data, size_t len, int64_t round_ms);

/* The other side: answers one request of a node that works for peer_scope, into reply. */
int sync_serve(struct store *s, int64_t peer_scope, const void *data, size_t len,
               struct buf *reply);

#endif
