/* env.c - what storage is handed: a clock that is wrong, chance from the seed, fast fake keys. */
#include "protocol/identity.h"
#include "tests/sim/sim.h"

#include <string.h>

/* 64 bits for any bytes: not for an adversary, but no two packs of a history have the same. */
static uint64_t digest(uint64_t h, const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t word;

	h ^= len;
	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&word, p, 8);
		h = mix64(h ^ word) + 0x9e3779b97f4a7c15;
	}
	word = 0;
	if (len)
		memcpy(&word, p, len);
	return mix64(h ^ word);
}

static void expand(uint64_t h, uint8_t *out, size_t len)
{
	struct prng p = {h};
	uint64_t word;
	size_t i;

	for (i = 0; i < len; i += 8) {
		word = draw(&p);
		memcpy(out + i, &word, len - i < 8 ? len - i : 8);
	}
}

static void fake_sha256(const void *data, size_t len, uint8_t out[HASH_LEN])
{
	expand(digest(1, data, len), out, HASH_LEN);
}

static void fake_pubkey(const uint8_t key[KEY_LEN], uint8_t pubkey[PUBKEY_LEN])
{
	expand(digest(2, key, KEY_LEN), pubkey, PUBKEY_LEN);
}

static void fake_signature(const uint8_t pubkey[PUBKEY_LEN], const uint8_t hash[HASH_LEN],
                           uint8_t sig[SIG_LEN])
{
	expand(digest(digest(3, pubkey, PUBKEY_LEN), hash, HASH_LEN), sig, SIG_LEN);
}

static int fake_sign(void *arg, const uint8_t key[KEY_LEN], const uint8_t hash[HASH_LEN],
                     uint8_t sig[SIG_LEN])
{
	uint8_t pubkey[PUBKEY_LEN];

	(void)arg;
	fake_pubkey(key, pubkey);
	fake_signature(pubkey, hash, sig);
	return 0;
}

static int fake_verify(void *arg, const uint8_t pubkey[PUBKEY_LEN], const uint8_t hash[HASH_LEN],
                       const uint8_t sig[SIG_LEN])
{
	uint8_t good[SIG_LEN];

	(void)arg;
	fake_signature(pubkey, hash, good);
	return memcmp(good, sig, SIG_LEN) ? ERR_DENIED : 0;
}

static int64_t env_now(void *arg)
{
	return node_clock(arg);
}

static int env_random(void *arg, void *out, size_t len)
{
	struct sim_node *n = arg;

	expand(draw(&n->w->p), out, len);
	return 0;
}

void env_keys(struct world *w, uint8_t key[KEY_LEN], uint8_t pubkey[PUBKEY_LEN])
{
	expand(draw(&w->p), key, KEY_LEN);
	fake_pubkey(key, pubkey);
}

void env_fill(struct sim_node *n)
{
	n->env = (struct store_env){.arg = n,
	                            .now_ms = env_now,
	                            .random = env_random,
	                            .sha256 = fake_sha256,
	                            .sign = fake_sign,
	                            .verify = fake_verify};
	if (n->w->true_keys) {
		n->env.sha256 = identity_sha256;
		n->env.sign = identity_sign;
		n->env.verify = identity_verify;
	}
}
