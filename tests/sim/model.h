/* model.h - what was written, kept beside the nodes, and the rows that must follow from it.
 *
 * Written independently of storage/merge*.c: a set of writes with their final clocks, and a pure
 * function from the set to rows, deletions and conflicts. Values are interned: equal numbers are
 * equal values.
 */
#ifndef TESTS_SIM_MODEL_H
#define TESTS_SIM_MODEL_H

#include "tests/sim/sim.h"

#include <sqlite3.h>

enum { VAL_ABSENT, VAL_NULL }; /* interned values that are always there */

struct m_change {
	int table, op, ncol; /* op: SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE */
	int64_t row;
	uint32_t *old, *new; /* ncol each; VAL_ABSENT where the change says nothing */
};

/* What one transaction wrote of one class. */
struct m_entry {
	struct m_change *change;
	int n;
	int64_t clock;   /* final; 0 until model_settle() */
	int64_t true_ms; /* when it was written, and what its author had seen */
	int64_t seen;
	unsigned jumps; /* of its author's clock, until then */
	/* For the check of clocks: when it was sealed, whether the node's idea of the time was right
	 * then, and whether it had been since the entry was written. */
	int64_t sealed_ms;
	bool right, right_all_along;
	bool bad; /* forged: nobody may merge it */
};

struct m_pack {
	size_t first, n; /* entries */
	int64_t last_clock;
	uint8_t hash[HASH_LEN];
	bool bad;
};

struct m_feed {
	struct feed_key key;
	int author; /* node */
	struct m_entry *e;
	size_t n, cap;
	bool cut;      /* its author was restored: what was nowhere else is gone, */
	uint32_t must; /* but not these packs */
	bool reset;    /* what it writes next follows what it has then */
	bool refused;  /* forged: no honest node may hold it */
	struct m_pack *pack;
	uint32_t npack;
	uint32_t held[NODES_MAX]; /* packs that each node holds, after model_settle() */
};

struct model {
	struct m_feed *feed;
	size_t nfeed, cap;
	char table[TABLES_MAX][64];
	int ntable;
	/* private to model.c */
	struct intern *intern;
	struct arena *arena;
};

void model_start(struct world *w);
void model_stop(struct world *w);
void *model_alloc(struct world *w, size_t bytes); /* zeroed; lives as long as the history */

int model_table(struct world *w, const char *name);
uint32_t model_value(struct world *w, sqlite3_value *v);
const char *model_text(struct world *w, uint32_t value); /* for people */
struct m_feed *model_feed(struct world *w, const struct feed_key *key);

/* How many entries the node has not sealed. */
int64_t model_pending(struct sim_node *n);
/* Takes the node's pending entries after the first `from` into the model. */
void model_capture(struct sim_node *n, int64_t from);
/* The node made a pack of this change past the door. */
void model_forged(struct sim_node *n, const struct feed_key *key, const void *set, int len,
                  bool bad);
/* The node's pending entries are sealed now. */
void model_sealed(struct sim_node *n);
/* The node's disk is an old copy now; what that holds unsealed will be of this epoch. */
void model_restored(struct sim_node *n, uint32_t epoch);

/* Finds every feed's packs and gives entries their final clocks; checks that each entry is in its
 * place. */
void model_settle(struct world *w);

/* The rows that a node must hold, and its conflicts, against what it does hold. */
void model_compare(struct sim_node *n);

#endif
