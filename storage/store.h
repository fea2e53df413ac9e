/* store.h - one node's database: opening it, and the one door for writing.
 *
 * A home is a folder with cayda.db (SQLite, WAL). Several processes may open a home;
 * a writer waits BUSY_MS for another and then gives ERR_BUSY. What tx_commit() has
 * returned 0 for survives a kill or a power cut at the next instruction.
 */
#ifndef STORAGE_STORE_H
#define STORAGE_STORE_H

#include <stddef.h>
#include <stdint.h>

#define STORE_SCHEMA 4   /* PRAGMA user_version, see schema.sql */
#define BUSY_MS 5000     /* how long to wait for another writer */
#define NAME_MAX_LEN 128 /* bytes of a node's or unit's name, terminator included */
#define KEY_LEN 32       /* P-256 private scalar */
#define PUBKEY_LEN 33    /* P-256 compressed point, SEC 1 section 2.3.3 */
#define SIG_LEN 64       /* ECDSA r||s */
#define HASH_LEN 32      /* SHA-256 */

/* What storage is handed instead of reaching for it. All are called on the thread
 * that called storage; none may call back into it. */
struct store_env {
	void *arg;                    /* passed to each; borrowed */
	int64_t (*now_ms)(void *arg); /* wall clock, ms since 1970; may be wrong */
	int (*random)(void *arg, void *out, size_t len);
	void (*sha256)(const void *data, size_t len, uint8_t out[HASH_LEN]);
	int (*sign)(void *arg, const uint8_t key[KEY_LEN], const uint8_t hash[HASH_LEN],
	            uint8_t sig[SIG_LEN]);
	/* 0 when sig is by the holder of pubkey, ERR_DENIED when not, ERR_NOMEM when that cannot be told */
	int (*verify)(void *arg, const uint8_t pubkey[PUBKEY_LEN], const uint8_t hash[HASH_LEN],
	              const uint8_t sig[SIG_LEN]);
};

enum role { ROLE_NONE, ROLE_ROOT, ROLE_OFFICE, ROLE_DEVICE };
enum class { CLASS_REF, CLASS_OPEN, CLASS_PERSONAL, CLASS_COUNT };

/* Who this node is. number 0: the home is not a node yet. */
struct self {
	uint32_t number; /* 28 bits: office << 14 | device */
	enum role role;
	int64_t scope;           /* unit it works for */
	uint32_t epoch;          /* rises when it starts anew after a restore */
	uint32_t office_first;   /* office numbers it may give away, */
	uint32_t office_count;   /* this many; 0 for a device */
	char name[NAME_MAX_LEN]; /* for people */
};

struct sqlite3;
struct stmt_cache;
struct merge_cache;
struct store {
	struct sqlite3 *db;          /* owned */
	const struct store_env *env; /* borrowed, outlives the store */
	struct self self;
	struct stmt_cache *cache;  /* owned, see db.h */
	struct merge_cache *merge; /* owned, see merge_table.h */
	char *home;                /* owned */
	struct tx *tx;             /* the open transaction, or NULL */
	int begun;                 /* store_begin() was, and neither a commit nor its end */
	unsigned begun_mark;       /* err_mark() then */
	uint32_t begun_epoch;      /* self.epoch then */
};

/* Opens the home, migrating its schema. STORE_CREATE makes folder and database when
 * they are not there; without it that is ERR_NOTFOUND. ERR_NEWER for a database of a
 * newer program, ERR_IO for one that cannot be read or written, ERR_CORRUPT for no
 * database at all. *out is NULL on error, else owned by the caller: store_close(). */
#define STORE_CREATE 1
int store_open(const char *home, int flags, const struct store_env *env, struct store **out);
void store_close(struct store *s); /* NULL is allowed */

/* Makes the home the node that self says, once; ERR_EXISTS when it is one already. The
 * caller's key pair is kept in the database (meta.h). */
int store_become(struct store *s, const struct self *self, const uint8_t key[KEY_LEN],
                 const uint8_t pubkey[PUBKEY_LEN]);

/* ---- the door ---------------------------------------------------------------------------
 *
 * A transaction writes rows of one scope; each class that it touches gets an entry, in
 * the same SQLite transaction. tx_end() rolls back unless tx_commit() returned 0; call it
 * always. One at a time. A failed write leaves the transaction good for rollback only. */
struct tx;
int tx_begin(struct store *s, int64_t scope, struct tx **out);
int tx_commit(struct tx *tx);
void tx_end(struct tx *tx); /* NULL is allowed */
struct store *tx_store(struct tx *tx);
int64_t tx_scope(const struct tx *tx);

/* A fresh row id: node << 35 | epoch << 24 | counter. Never given twice, 0 on error. */
int64_t tx_new_id(struct tx *tx);

/* Local state, not captured: BEGIN IMMEDIATE ... COMMIT. store_end() rolls back unless
 * committed. Nests inside nothing. A transaction in which memory or disk failed is not
 * committed, also when nobody noticed (err_since()). */
int store_begin(struct store *s);
int store_commit(struct store *s);
void store_end(struct store *s);

const char *role_name(enum role r);  /* "root", "office", "device" */
enum role role_of(const char *name); /* ROLE_NONE when it is none of them */

/* ---- row ids for people ------------------------------------------------------------------
 * "2.1-15": office 2, device 1, its 15th. ID_TEXT bytes hold any. */
#define ID_EPOCH_SHIFT 24
#define ID_EPOCH_MAX 2047 /* 11 bits */
#define ID_COUNTER_MASK ((INT64_C(1) << ID_EPOCH_SHIFT) - 1)
#define ID_TEXT 40
const char *id_text(int64_t id, char out[ID_TEXT]);
int id_parse(const char *text, int64_t *id); /* ERR_BAD */
uint32_t id_node(int64_t id);
const char *node_text(uint32_t number, char out[ID_TEXT]); /* "2.1" */
int node_parse(const char *text, uint32_t *number);        /* ERR_BAD */

#endif
