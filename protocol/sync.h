/* sync.h - the sync state machine: bytes in, bytes out, told the time.
 *
 * A node syncs up to its parent. A request says what the node holds, as a digest, and brings packs
 * that the parent lacked when it last told; the answer is a receipt for them and says where the
 * two differ. Then common tables come down, more packs go up, and other packs that the node may have
 * come down. The parent keeps nothing about the node between requests; the node keeps what it must
 * remember in its database. Messages: PROTOCOL.md, "Sync".
 */
#ifndef PROTOCOL_SYNC_H
#define PROTOCOL_SYNC_H

#include "storage/buf.h"
#include "storage/contact.h"
#include "storage/feed.h"

#include <stdbool.h>

#define SYNC_VERSION 1
#define SYNC_PROGRAM_MAX CONTACT_PROGRAM_MAX
#define SYNC_HEADS_MAX 4096          /* heads in one answer: about 100 KiB */
#define SYNC_RUNS_MAX 64             /* feeds of which one request brings packs */
#define SYNC_PUSH_BYTES (192 * 1024) /* packs in one request, unless one alone is larger */
#define SYNC_PULL_BYTES (192 * 1024) /* the same in one answer */
#define DIGEST_LEN 8 /* of SHA-256: equal holdings, not an adversary's, are to be told apart */

/* A feed that the parent has more of, or that is left alone for this sync. */
struct sync_head {
	struct feed_key key;
	uint32_t head, root_head;
	bool set_back; /* it held less than it had said */
	bool refused;  /* it would not take ours, or we not its */
};

/* Packs of one feed in a request: first to last. */
struct sync_run {
	struct feed_key key;
	uint32_t first, last;
};
struct sync_runs {
	struct sync_run run[SYNC_RUNS_MAX];
	size_t n;
};

struct sync_client {
	struct store *s;      /* borrowed */
	int64_t parent_scope; /* unit the parent works for; 0: not known */
	/* The caller may set it: the clock's offset was learnt and the clock has not jumped since. New
	 * records then go with the first request; else it is asked for the time first. */
	bool clock_known;
	int state;
	bool resumed;               /* the pull of an earlier process: a whole sync follows */
	uint8_t digest[DIGEST_LEN]; /* of what was here when it was asked */
	uint8_t parent_digest[DIGEST_LEN]; /* that differs from it */
	int64_t instance, change;          /* up to where the parent's heads are known */
	bool told;                         /* it has answered */
	bool known;                        /* what the parent holds is known from before */
	bool tells;                        /* it says which program this is */
	bool more;                         /* and it has more heads to tell */
	bool all;                 /* is asked for all heads, as those changed were not all */
	bool told_all;            /* has told all its heads in this sync */
	bool differs;             /* so the last answer */
	struct sync_runs runs;    /* of the request under way */
	struct sync_head *theirs; /* owned */
	size_t ntheirs;
	/* OUT: for people */
	uint64_t packs_sent, packs_received, rounds, refused;
	bool up_to_date; /* the first request found nothing to do */
};

/* Starts a sync. Ends with sync_release(). */
void sync_init(struct sync_client *c, struct store *s, int64_t parent_scope);
void sync_release(struct sync_client *c);
/* Takes up a request that an earlier process had under way: its answer is the next. ERR_BAD: it is none
 * of ours; nothing happened. */
int sync_resume(struct sync_client *c, const void *request, size_t len);
/* The next request in out (emptied first): 1, or 0 when the sync is over, or ERR_*. */
int sync_next(struct sync_client *c, struct buf *out);
/* The parent's answer to it, round_ms after it was sent; -1 when that tells nothing about the
 * time, as after a long transfer. ERR_BAD for one that makes no sense: nothing is lost, the sync is
 * over. */
int sync_answer(struct sync_client *c, const void *data, size_t len, int64_t round_ms);

/* What a request told of its node. */
struct sync_about {
	bool same; /* with this answer it holds all that it may hold of what is here, as far as it asked */
	char program[SYNC_PROGRAM_MAX]; /* version of its program; "": not said this time */
};
/* The other side: answers one request of a node that works for peer_scope, into reply. about may be NULL. */
int sync_serve(struct store *s, int64_t peer_scope, const void *data, size_t len, struct buf *reply,
               struct sync_about *about);

#endif
