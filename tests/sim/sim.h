/* sim.h - one history: a tree of nodes with real storage and real sync, and everything around them
 * (disks, clocks, the network, people) played by chance drawn from a seed.
 *
 * A history ends at the first thing that is not as it must be: fail() does not return.
 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include "protocol/sync.h"
#include "storage/err.h"
#include "storage/feed.h"
#include "storage/unit.h"
#include "tests/sim/memvfs.h"
#include "tests/sim/prng.h"

#include <setjmp.h>

#define NODES_MAX 18
#define UNITS_MAX 24
#define TABLES_MAX 48
#define HOME_LEN 64
#define TRACE_LINES 32
#define TRACE_LEN 120
#define START_MS INT64_C(1668988800000) /* 2022-11-21, when a history begins */
#define DAY_MS (24 * 3600 * INT64_C(1000))

/* What is counted, to see that a run meets what it is for. */
enum count {
	N_NODES,
	N_ROWS,
	N_DELETED,
	N_REVIVED, /* deleted, but written since */
	N_CONFLICTS,
	N_PACKS,
	N_WAITING, /* at the end, for its time */
	N_QUARANTINED,
	N_REQUESTS,
	N_RESTORES,
	N_POWER_CUTS,
	N_FILES,
	N_FORGED,
	N_REVOKED,
	N_COUNT
};
extern const char *const count_names[N_COUNT];

struct place {
	int64_t id;
	int parent; /* index, -1 for the root */
	enum level level;
};

/* What a node knew it had sent: its parent's word, by feed. */
struct told {
	struct feed_key key;
	uint32_t head;
};

struct sim_node {
	struct world *w;
	int index, parent; /* parent -1: the root */
	int place;
	enum role role;
	uint32_t number;
	struct store *s; /* NULL: not born */
	struct store_env env;
	char home[HOME_LEN], file[HOME_LEN + 16];
	bool enrolled, hostile, revoked;
	/* its clock: true time, plus offset, plus drift in parts per million */
	int64_t offset_ms, drift_ppm;
	unsigned jumps; /* of its clock */
	bool right;     /* what it learnt from its parent is the true time */
	/* to the parent */
	bool cut_off, syncing;
	bool changed; /* its parent is not who it was when this sync began */
	struct sync_client client;
	struct buf ask; /* the request under way */
	bool asking;
	unsigned steps; /* of this sync */
	struct told told[96];
	size_t ntold;
	bool up_to_date; /* its last sync found nothing to do */
	/* an old copy of its disk */
	struct image copy;
	bool has_copy, copy_enrolled;
	size_t copy_born; /* births and first contacts below it when the copy was made */
	size_t born;
};

/* A request that the network kept, to deliver it again. */
struct late {
	int from;
	struct buf ask;
};

struct world {
	uint64_t seed;
	struct prng p;
	int64_t now_ms; /* the true time */
	struct place place[UNITS_MAX];
	int nplace;
	struct sim_node node[NODES_MAX];
	int nnode;
	bool true_keys; /* real keys and certificates, built-in forms */
	bool office_jumps, any_jump;
	bool still;              /* time hardly goes by: equal clocks are usual */
	unsigned loss;           /* percent of requests, and of answers */
	unsigned weight[32];     /* of each kind of event in this history */
	struct sim_node *copied; /* whose disk is copied and put back; NULL: nobody's yet */
	struct late late[8];
	struct model *m;
	int form_version[2];
	uint64_t events, tokens, count[N_COUNT];
	char trace[TRACE_LINES][TRACE_LEN];
	unsigned traced;
	char why[1024];
	jmp_buf failed;
};

/* ---- saying what is wrong (main.c) --------------------------------------------------------------- */

_Noreturn void fail(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void trace(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* rc must be 0. */
void must(struct world *w, int rc, const char *what);

/* ---- the world (world.c, node.c) ------------------------------------------------------------------ */

/* The empty files that a store looks for; their bytes are in memory. */
int world_folder_make(char out[HOME_LEN]);
void world_folder_remove(void);
/* Draws a tree and gives birth to its nodes. */
void world_start(struct world *w, uint64_t seed);
void world_stop(struct world *w);
void world_blank(struct sim_node *n); /* gives it an empty database */
bool place_within(const struct world *w, int place, int ancestor);
int place_of(const struct world *w, int64_t id); /* index, -1: none */
/* May a node that works for place hold such a feed? */
bool may_hold(const struct world *w, const struct feed_key *key, int place);
/* Time goes by. */
void pass(struct world *w, unsigned most_ms);

int64_t node_clock(const struct sim_node *n);
void node_open(struct sim_node *n);
void node_close(struct sim_node *n);
bool node_alive(const struct sim_node *n); /* born, and its disk is there */
/* Gives birth to node i: invited by its parent, joined, not enrolled. */
void node_birth(struct world *w, int i);
/* First contact: the certificate, and the registry of the parent. */
void node_enrol(struct sim_node *n);
/* Writes the environment of a node: fake keys and hashes, or the real ones. */
void env_fill(struct sim_node *n);
void env_keys(struct world *w, uint8_t key[KEY_LEN], uint8_t pubkey[PUBKEY_LEN]);

/* ---- what happens (act*.c, net.c, hostile.c) -------------------------------------------------------- */

/* One event. */
void act(struct world *w);
void act_weights(struct world *w);
void write_rows(struct sim_node *n);
void write_ref(struct sim_node *n);
void write_form(struct sim_node *root);
int form_write(struct sim_node *root, int which, int version); /* uncaptured by the model */
void clock_jump(struct sim_node *n);
void copy_take(struct sim_node *n);
void copy_restore(struct sim_node *n);
void power_cut(struct sim_node *n);
void usb(struct sim_node *from, struct sim_node *to);
void hostile_act(struct sim_node *n);

void net_step(struct sim_node *n);     /* one request and its answer, or their loss */
void net_drop(struct sim_node *n);     /* ends the sync under way */
unsigned net_sync(struct sim_node *n); /* a whole one without loss: how many requests */
void net_late(struct world *w);        /* an old request arrives again */
void net_end(struct world *w);

/* ---- at the end (quiet.c, check.c) ------------------------------------------------------------------ */

/* Indicators of one of the two forms; a report now and then; and the same by the records (sums.c). */
int sums_write(struct sim_node *root, int form);
void sums_read(struct world *w);
void sums_check(struct sim_node *n);
/* Everything is healed; syncs until all say the same. */
void quiet(struct world *w);
/* Every invariant. */
void check(struct world *w);

#endif
