/* accounts.h - who may use this node's pages from its network: a file in the home, of this node alone.
 *
 * Not in the database: accounts neither travel nor go into backups, which are handed around. The file is its owner's
 * alone (mode 0600) and holds no password, but what one must be hashed to (identity_password.h). Whoever has none
 * needs the token of the home's owner (http_door.h), and that only this machine's loopback takes.
 */
#ifndef AGENT_ACCOUNTS_H
#define AGENT_ACCOUNTS_H

#include "protocol/identity_password.h"
#include "storage/store.h"

#include <stdbool.h>
#include <time.h>

#define ACCOUNTS_FILE "accounts"
#define ACCOUNTS_MAX 200    /* a province's office, and to spare */
#define ACCOUNT_NAME_MAX 32 /* bytes of a-z 0-9 . - _ */
#define PASSWORD_MIN 10     /* characters */
#define PASSWORD_MAX 256    /* bytes */

enum account_role {
	ACCOUNT_NONE,
	ACCOUNT_VIEWER, /* reads */
	ACCOUNT_EDITOR, /* and records */
	ACCOUNT_ADMIN   /* and all else that pages can do */
};
const char *account_role_name(enum account_role r);
enum account_role account_role_of(const char *name); /* ACCOUNT_NONE */

struct account {
	char name[ACCOUNT_NAME_MAX + 1];
	enum account_role role;
	int64_t unit; /* it sees and writes what is of this and below */
	int64_t person; /* the record of form member that stands for who has it; 0: none, who only reads */
	uint32_t rounds;
	uint8_t salt[PASSWORD_SALT_LEN], hash[PASSWORD_HASH_LEN];
};

/* Zero to begin with. */
struct accounts {
	struct account *list; /* owned; valid until the next call */
	size_t n;
	struct timespec at; /* of the file that was read, and its inode */
	uint64_t inode;
};
/* Reads the file, if it is another than last time; none: none. ERR_CORRUPT, ERR_IO, and then there are none: nobody
 * comes in by a file that is not understood. */
int accounts_load(const char *home, struct accounts *a);
void accounts_release(struct accounts *a);
struct account *accounts_find(const struct accounts *a, const char *name); /* or NULL */

/* Puts it in the place of the one of its name, or takes that away. Two at once come one after the other.
 * ERR_EXISTS (fresh: it is to be new), ERR_NOTFOUND, ERR_TOOBIG, ERR_IO. */
int accounts_put(const char *home, const struct account *a, bool fresh);
int accounts_drop(const char *home, const char *name);

int account_check_name(const char *name); /* ERR_BAD */
/* A password into salt, rounds and hash: in one normal form, however it was typed. ERR_BAD: too short, too long. */
int account_set_password(const struct store_env *env, struct account *a, const char *password);
/* That form. ERR_BAD for what is not UTF-8 or too long. The caller wipes out. */
int account_password(const char *typed, char out[PASSWORD_MAX + 1]);

#endif
