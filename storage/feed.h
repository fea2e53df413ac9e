/* feed.h - append-only logs of what each node wrote.
 *
 * A feed has one author, one scope and one class. Its packs are never edited, reordered or
 * removed. merge.h turns packs into rows; protocol/ carries them.
 */
#ifndef STORAGE_FEED_H
#define STORAGE_FEED_H

#include "storage/store.h"

#include <stdbool.h>

enum { PACK_MERGED, PACK_WAITING, PACK_QUARANTINED }; /* pack.state */

#define PACK_MAX (456 * 1024) /* bytes of a pack's body: what a peer can make us hold */

struct feed_key {
	uint32_t author, epoch;
	int64_t scope;
	enum class class;
};

struct feed {
	int64_t id; /* row of table feed */
	struct feed_key key;
	uint32_t head;                   /* seq of the last pack held, 0 when none */
	uint32_t parent_head, root_head; /* what they hold, as last told */
	int64_t refused;                 /* parent's change at which it refused packs of it, or 0 */
	int64_t changed;                 /* numbers changes of head or root_head on this node */
	uint8_t hash[HASH_LEN];          /* chain hash at head */
};

/* A pack: immutable, passed on byte for byte. */
struct pack {
	uint32_t seq;        /* 1, 2, 3... within the feed, no gaps */
	const uint8_t *body; /* see pack.h; borrowed */
	size_t len;          /* bytes at body, at most PACK_MAX */
	uint8_t sig[SIG_LEN];
};

/* Finds the feed, or makes an empty one when create. ERR_NOTFOUND without text. */
int feed_find(struct store *s, const struct feed_key *key, bool create, struct feed *out);
/* Every feed, by class (ref first), scope, author, epoch; f lives until fn returns. */
int feed_each(struct store *s, int (*fn)(void *arg, const struct feed *f), void *arg);
/* The same for feeds whose head or root_head changed after the change numbered since, by change. */
int feed_each_since(struct store *s, int64_t since, int (*fn)(void *arg, const struct feed *f),
                    void *arg);
/* The last change, and the number that tells these changes from those of a node restored from a
 * copy: another lineage, another instance (random, 32 bits). */
int feed_last_change(struct store *s, int64_t *changed, int64_t *instance);
/* Another instance: what was told of the changes is of a state that this node has lost. */
int feed_new_instance(struct store *s, int64_t *instance);
/* Packs after seq, oldest first. p and its body live until fn returns; a nonzero return from
 * fn ends the walk and is returned. */
int feed_packs(struct store *s, const struct feed *f, uint32_t seq,
               int (*fn)(void *arg, const struct pack *p), void *arg);
/* Appends and merges a pack that came from elsewhere, in one transaction: checks size, seq
 * (f->head + 1; higher: ERR_NOTFOUND; lower: 0 and nothing happens when it is the one that is here, else ERR_DENIED
 * and f->head, f->root_head say what is common to both), chain, and that its author
 * is enrolled, signed it and may write such a feed (ERR_DENIED). Content that may not be merged
 * is stored and set aside: that is no error. f is brought up to date. */
int feed_receive(struct store *s, struct feed *f, const struct pack *p);
/* The chain hash at seq, at most f->head; zeros for 0. ERR_NOTFOUND. */
int feed_chain(struct store *s, const struct feed *f, uint32_t seq, uint8_t out[HASH_LEN]);
/* Stores a checked pack at the head. f is brought up to date. */
int feed_append(struct store *s, struct feed *f, const struct pack *p, int64_t clock,
                const uint8_t hash[HASH_LEN]);
/* What parent and root say they hold: as they say, also when that is less than before. */
int feed_ack(struct store *s, const struct feed *f, uint32_t parent_head, uint32_t root_head);
/* The parent refused packs of it, as of that change of its own; 0: it takes them. */
int feed_refused(struct store *s, const struct feed *f, int64_t change);
/* Nothing is known any more of what the parent holds. */
int feed_forget_parent(struct store *s);

/* How much of a feed went into pack files for an audience; 0 at first. */
int feed_carried(struct store *s, int64_t audience, const struct feed *f, uint32_t *head);
int feed_set_carried(struct store *s, int64_t audience, const struct feed *f, uint32_t head);

/* May a node that works for unit hold this feed? ref: above, at or below it; open: at or
 * below; personal: at or below, and only inside one commune. */
bool feed_entitled(struct store *s, const struct feed_key *key, int64_t unit);

#endif
