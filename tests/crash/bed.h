/* bed.h - a root, an office and a device with real forms and records, in a state that each trial starts from:
 * the two below the root hold things that the other lacks, sealed and unsealed, concurrent edits and a deletion.
 */
#ifndef TESTS_CRASH_BED_H
#define TESTS_CRASH_BED_H

#include "tests/unit/rig.h"
#include "storage/form.h"
#include "storage/record.h"

enum { ROOT, OFFICE, DEVICE, NODES };
#define PACKS 8

struct bed_image {
	uint8_t *data; /* cayda.db, owned */
	size_t len;
};

/* A pack that the device has and the office lacks. */
struct bed_pack {
	struct feed_key key;
	struct pack p;
	uint8_t *body; /* owned */
};

struct bed {
	struct rig_node n[NODES];
	struct bed_image image[NODES];
	int64_t unit; /* the device's village */
	int64_t household[8];
	struct bed_pack pack[PACKS];
	size_t npack;
};

/* What is tried, and the seed that tries it again: what need() says first when something is not as it must be. */
extern char bed_where[160];
extern uint64_t bed_first_seed;
/* From $SEED, else the time; printed. */
uint64_t bed_seed(void);

#define need(truth, ...)                                                                   \
	do {                                                                               \
		if (!(truth)) {                                                            \
			print_error("SEED=%llu: %s: ", (unsigned long long)bed_first_seed, \
			            bed_where);                                            \
			print_error(__VA_ARGS__);                                          \
			print_error("\n");                                                 \
			_fail(__FILE__, __LINE__);                                         \
		}                                                                          \
	} while (0)

/* A store_env's verify() for where signatures are not what is tested. */
int bed_trust(void *arg, const uint8_t pubkey[PUBKEY_LEN], const uint8_t hash[HASH_LEN],
              const uint8_t sig[SIG_LEN]);

void bed_start(struct bed *b);
void bed_stop(struct bed *b);
/* Closes the nodes and puts their databases back to the state that trials start from. */
void bed_reset(struct bed *b);
/* Opens them as they are. */
void bed_open(struct bed *b);
void bed_close(struct bed *b);

/* Records and corrects through the built-in forms, each in a transaction of its own. 0 or ERR_*. */
int bed_household(struct rig_node *n, int64_t unit, int number, const char *head, int64_t *id);
int bed_visit(struct rig_node *n, int64_t unit, int household, int smartphones, int64_t *id);
int bed_edit(struct rig_node *n, int64_t unit, int64_t household, const char *persons,
             const char *phone);
int bed_delete(struct rig_node *n, int64_t unit, int64_t household);

/* A digest of all that a node holds: rows, heads of feeds, entries, merge state, what is set aside. */
void bed_digest(struct rig_node *n, uint8_t out[HASH_LEN]);

#endif
