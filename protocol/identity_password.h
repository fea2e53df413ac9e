/* identity_password.h - PBKDF2 with HMAC-SHA256 (RFC 8018 section 5.2), in slices, so that one poll loop goes on beside it.
 *
 * Whoever steals the file of accounts must pay this for each password that he tries.
 */
#ifndef PROTOCOL_IDENTITY_PASSWORD_H
#define PROTOCOL_IDENTITY_PASSWORD_H

#include "storage/store.h"

#include <stdbool.h>

#define PASSWORD_HASH_LEN HASH_LEN
#define PASSWORD_SALT_LEN 16
/* Of a new account; each keeps its own. About 0.27 s of a core that makes 2.2 million SHA-256 blocks a second. */
#define PASSWORD_ROUNDS 300000
#define PASSWORD_ROUNDS_MAX 10000000 /* that is read from a file: minutes, not years */

struct password_work;
/* Begins it; rounds 1 or more. *out is owned, NULL on error: ERR_NOMEM. password is not looked at again. */
int password_begin(const char *password, const uint8_t salt[PASSWORD_SALT_LEN], uint32_t rounds,
                   struct password_work **out);
/* Goes on by at most so many rounds. True when it is done: then hash is there. */
bool password_step(struct password_work *w, uint32_t rounds, uint8_t hash[PASSWORD_HASH_LEN]);
void password_end(struct password_work *w); /* wiped and freed; NULL is allowed */

/* All of it at once. */
int password_hash(const char *password, const uint8_t salt[PASSWORD_SALT_LEN], uint32_t rounds,
                  uint8_t hash[PASSWORD_HASH_LEN]);
/* Takes as long whatever differs. */
bool password_same(const uint8_t a[PASSWORD_HASH_LEN], const uint8_t b[PASSWORD_HASH_LEN]);
/* Memory that nobody is to find; the compiler does not leave it out. */
void password_wipe(void *p, size_t len);

#endif
