/* identity_password.c - passwords into hashes, on mbedTLS's SHA-256. */
#include "protocol/identity_password.h"

#include "protocol/identity.h"
#include "storage/err.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>

#define BLOCK 64 /* of SHA-256 */

struct password_work {
	mbedtls_sha256_context inner, outer, work; /* HMAC's two, with the key taken in already */
	uint8_t last[PASSWORD_HASH_LEN], sum[PASSWORD_HASH_LEN];
	uint32_t left; /* rounds */
};

void password_wipe(void *p, size_t len)
{
	mbedtls_platform_zeroize(p, len);
}

/* Of len bytes at data, which may be out itself. */
static void hmac(struct password_work *w, const uint8_t *data, size_t len,
                 uint8_t out[PASSWORD_HASH_LEN])
{
	mbedtls_sha256_clone(&w->work, &w->inner);
	mbedtls_sha256_update(&w->work, data, len);
	mbedtls_sha256_finish(&w->work, out);
	mbedtls_sha256_clone(&w->work, &w->outer);
	mbedtls_sha256_update(&w->work, out, PASSWORD_HASH_LEN);
	mbedtls_sha256_finish(&w->work, out);
}

static void take_key(struct password_work *w, const char *password)
{
	uint8_t key[BLOCK] = {0}, pad[BLOCK];
	size_t len = strlen(password), i;

	if (len > BLOCK)
		identity_sha256(password, len, key);
	else
		memcpy(key, password, len);
	for (i = 0; i < BLOCK; i++)
		pad[i] = key[i] ^ 0x36;
	mbedtls_sha256_starts(&w->inner, 0);
	mbedtls_sha256_update(&w->inner, pad, BLOCK);
	for (i = 0; i < BLOCK; i++)
		pad[i] = key[i] ^ 0x5c;
	mbedtls_sha256_starts(&w->outer, 0);
	mbedtls_sha256_update(&w->outer, pad, BLOCK);
	password_wipe(key, sizeof key);
	password_wipe(pad, sizeof pad);
}

/* One block is all that is wanted: its number is 1. */
int password_begin(const char *password, const uint8_t salt[PASSWORD_SALT_LEN], uint32_t rounds,
                   struct password_work **out)
{
	uint8_t first[PASSWORD_SALT_LEN + 4] = {0};
	struct password_work *w = calloc(1, sizeof *w);

	*out = w;
	if (!w)
		return err(ERR_NOMEM, "out of memory");
	mbedtls_sha256_init(&w->inner);
	mbedtls_sha256_init(&w->outer);
	mbedtls_sha256_init(&w->work);
	take_key(w, password);
	memcpy(first, salt, PASSWORD_SALT_LEN);
	first[sizeof first - 1] = 1;
	hmac(w, first, sizeof first, w->last);
	memcpy(w->sum, w->last, sizeof w->sum);
	w->left = rounds - 1;
	return 0;
}

bool password_step(struct password_work *w, uint32_t rounds, uint8_t hash[PASSWORD_HASH_LEN])
{
	size_t i;

	for (; w->left && rounds; w->left--, rounds--) {
		hmac(w, w->last, sizeof w->last, w->last);
		for (i = 0; i < sizeof w->sum; i++)
			w->sum[i] ^= w->last[i];
	}
	if (w->left)
		return false;
	memcpy(hash, w->sum, sizeof w->sum);
	return true;
}

void password_end(struct password_work *w)
{
	if (!w)
		return;
	password_wipe(w, sizeof *w);
	free(w);
}

int password_hash(const char *password, const uint8_t salt[PASSWORD_SALT_LEN], uint32_t rounds,
                  uint8_t hash[PASSWORD_HASH_LEN])
{
	struct password_work *w;
	int rc = password_begin(password, salt, rounds, &w);

	if (!rc)
		password_step(w, rounds, hash);
	password_end(w);
	return rc;
}

bool password_same(const uint8_t a[PASSWORD_HASH_LEN], const uint8_t b[PASSWORD_HASH_LEN])
{
	uint8_t diff = 0;
	size_t i;

	for (i = 0; i < PASSWORD_HASH_LEN; i++)
		diff |= a[i] ^ b[i];
	return !diff;
}
