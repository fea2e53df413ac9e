/* login.h - who is logged in on this node's pages, who tries to be, and how often: pure, told the time.
 *
 * All of it is in memory: an agent that starts again lets people log in again. A password is hashed in slices, so that
 * the loop goes on; tries are counted when they begin, by account and by address, and whoever fails must wait ever
 * longer. A session holds a random token, of which only the hash is kept.
 */
#ifndef AGENT_LOGIN_H
#define AGENT_LOGIN_H

#include "agent/accounts.h"

#define LOGIN_SESSIONS 256 /* at once; the one that was used the longest ago makes room */
#define LOGIN_IDLE_MS (30 * 60000)
#define LOGIN_LIFE_MS (12 * 3600000) /* a working day, however busy */
#define LOGIN_JOBS 4                 /* passwords that are hashed at once, one after the other */
#define LOGIN_GATES 256              /* accounts, and addresses, whose failures are remembered */
#define LOGIN_NAME_FREE 5            /* failures of an account in a row before it must wait */
#define LOGIN_PEER_FREE 20           /* of an address: an office may have one, with many people */
#define LOGIN_WAIT_MS 2000           /* the first wait; then twice that, and so on */
#define LOGIN_WAIT_MAX_MS (5 * 60000)
#define LOGIN_FORGET_MS 3600000 /* failures, after the last try */
#define LOGIN_TOKEN_LEN 32
#define LOGIN_TOKEN_TEXT (2 * LOGIN_TOKEN_LEN + 1)

struct login_session {
	uint8_t token[HASH_LEN]; /* its hash */
	char name[ACCOUNT_NAME_MAX + 1];
	uint8_t salt
		[PASSWORD_SALT_LEN]; /* of the account then: another password ends the session */
	uint64_t number;             /* given once; 0: free */
	int64_t began_ms, used_ms;
};

struct login_gate {
	uint64_t key; /* 0: free */
	unsigned wrong;
	int64_t tried_ms, until_ms;
};

struct login_job {
	uint64_t ticket; /* 0: free */
	struct password_work *work;
	struct account account; /* as it was then; role ACCOUNT_NONE: there is none of that name */
	uint64_t name, peer;    /* keys of its gates */
	bool done, right;
	int64_t done_ms;
};

/* Zero to begin with, but for the first two. */
struct login {
	const struct store_env *env;
	uint32_t rounds; /* of a try at an account that is none: as many as most have */
	struct login_session session[LOGIN_SESSIONS];
	struct login_gate name[LOGIN_GATES], peer[LOGIN_GATES];
	struct login_job job[LOGIN_JOBS];
	uint64_t last; /* ticket, or number, that was given */
};

/* Somebody at that address says that he is name. a: the account, NULL when there is none, which takes as long.
 * ERR_DENIED: he must wait, *wait_s says how long; ERR_BUSY: too many try at once; ERR_BAD: no password at all. */
int login_begin(struct login *l, const struct account *a, const char *name, const char *password,
                const char *peer, int64_t now_ms, uint64_t *ticket, int *wait_s);
bool login_works(const struct login *l); /* is there something to be hashed? */
/* Some of it. True when one came to its end: login_end() tells. */
bool login_step(struct login *l, uint32_t rounds, int64_t now_ms);
/* ERR_BUSY without text: not yet. Else the job is forgotten: 0 when he is who he says, and token opens a session;
 * ERR_DENIED; ERR_NOTFOUND: it was forgotten before. */
int login_end(struct login *l, uint64_t ticket, int64_t now_ms, char token[LOGIN_TOKEN_TEXT]);

/* The account of whoever brings that token, NULL for nobody; the session goes on. */
const struct account *login_who(struct login *l, const struct accounts *a, const char *token,
                                int64_t now_ms);
/* For a stream that stays open: the number of the token's session, 0 for none, and whether that has not ended. */
uint64_t login_number(const struct login *l, const char *token);
bool login_lasts(const struct login *l, const struct accounts *a, uint64_t number, int64_t now_ms);
void login_out(struct login *l, const char *token);
void login_release(struct login *l);

#endif
