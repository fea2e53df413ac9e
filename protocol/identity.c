/* identity.c - P-256 keys, signatures and hashes, on mbedTLS. */
#include "protocol/identity_mbedtls.h"
#include "storage/err.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include <mbedtls/asn1.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/pem.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <mbedtls/x509.h>

/* The kernel's generator, not one of our own: it cannot be copied by fork(). */
int identity_random(void *arg, void *out, size_t len)
{
	uint8_t *p = out;
	ssize_t n;

	(void)arg;
	while (len) {
		n = getrandom(p, len < 256 ? len : 256, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err(ERR_IO, "the system gives no random numbers: %s",
			           strerror(errno));
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int identity_mbedtls_rng(void *arg, unsigned char *out, size_t len)
{
	return identity_random(arg, out, len) ? MBEDTLS_ERR_ECP_RANDOM_FAILED : 0;
}

/* mbedTLS's codes are the sum of a module's and of what failed below it. */
bool identity_no_memory(int bad)
{
	int high = -(-bad & 0x7f80), low = -(-bad & 0x7f);

	return bad < 0 &&
	       (low == MBEDTLS_ERR_MPI_ALLOC_FAILED || low == MBEDTLS_ERR_ASN1_ALLOC_FAILED ||
	        high == MBEDTLS_ERR_ECP_ALLOC_FAILED || high == MBEDTLS_ERR_PK_ALLOC_FAILED ||
	        high == MBEDTLS_ERR_MD_ALLOC_FAILED || high == MBEDTLS_ERR_X509_ALLOC_FAILED);
}

void identity_sha256(const void *data, size_t len, uint8_t out[HASH_LEN])
{
	static const uint8_t nothing[1];

	mbedtls_sha256(len ? data : nothing, len, out, 0);
}

int64_t identity_now_ms(void *arg)
{
	struct timespec now;

	(void)arg;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const struct store_env identity_env = {
	.now_ms = identity_now_ms,
	.random = identity_random,
	.sha256 = identity_sha256,
	.sign = identity_sign,
	.verify = identity_verify,
};

/* ---- signatures ---------------------------------------------------------------------------- */

/* ECDSA with the nonce of RFC 6979: two signatures by one key never share a random number. */
int identity_sign(void *arg, const uint8_t key[KEY_LEN], const uint8_t hash[HASH_LEN],
                  uint8_t sig[SIG_LEN])
{
	mbedtls_ecp_group group;
	mbedtls_mpi d, r, s;
	int bad;

	memset(sig, 0, SIG_LEN);
	mbedtls_ecp_group_init(&group);
	mbedtls_mpi_init(&d);
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	bad = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1);
	if (!bad)
		bad = mbedtls_mpi_read_binary(&d, key, KEY_LEN);
	if (!bad)
		bad = mbedtls_ecp_check_privkey(&group, &d);
	if (!bad)
		bad = mbedtls_ecdsa_sign_det_ext(&group, &r, &s, &d, hash, HASH_LEN,
		                                 MBEDTLS_MD_SHA256, identity_mbedtls_rng, arg);
	if (!bad)
		bad = mbedtls_mpi_write_binary(&r, sig, SIG_LEN / 2);
	if (!bad)
		bad = mbedtls_mpi_write_binary(&s, sig + SIG_LEN / 2, SIG_LEN / 2);
	mbedtls_mpi_free(&s);
	mbedtls_mpi_free(&r);
	mbedtls_mpi_free(&d);
	mbedtls_ecp_group_free(&group);
	if (identity_no_memory(bad))
		return err(ERR_NOMEM, "out of memory");
	return bad ? err(ERR_CORRUPT, "this node's private key cannot sign; restore its home") : 0;
}

int identity_verify(void *arg, const uint8_t pubkey[PUBKEY_LEN], const uint8_t hash[HASH_LEN],
                    const uint8_t sig[SIG_LEN])
{
	mbedtls_ecp_group group;
	mbedtls_ecp_point q;
	mbedtls_mpi r, s;
	int bad;

	(void)arg;
	mbedtls_ecp_group_init(&group);
	mbedtls_ecp_point_init(&q);
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	bad = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1);
	if (!bad)
		bad = mbedtls_ecp_point_read_binary(&group, &q, pubkey, PUBKEY_LEN);
	if (!bad)
		bad = mbedtls_ecp_check_pubkey(&group, &q);
	if (!bad)
		bad = mbedtls_mpi_read_binary(&r, sig, SIG_LEN / 2);
	if (!bad)
		bad = mbedtls_mpi_read_binary(&s, sig + SIG_LEN / 2, SIG_LEN / 2);
	if (!bad)
		bad = mbedtls_ecdsa_verify(&group, hash, HASH_LEN, &q, &r, &s);
	mbedtls_mpi_free(&s);
	mbedtls_mpi_free(&r);
	mbedtls_ecp_point_free(&q);
	mbedtls_ecp_group_free(&group);
	if (identity_no_memory(bad))
		return err(ERR_NOMEM, "out of memory");
	return bad ? err(ERR_DENIED, "a signature is not by the node it names") : 0;
}

/* ---- keys ---------------------------------------------------------------------------------- */

int identity_keygen(uint8_t key[KEY_LEN], uint8_t pubkey[PUBKEY_LEN])
{
	mbedtls_ecp_keypair pair;
	size_t len = 0;
	int bad;

	memset(key, 0, KEY_LEN);
	memset(pubkey, 0, PUBKEY_LEN);
	mbedtls_ecp_keypair_init(&pair);
	bad = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, &pair, identity_mbedtls_rng, NULL);
	if (!bad)
		bad = mbedtls_ecp_write_key_ext(&pair, &len, key, KEY_LEN);
	if (!bad)
		bad = mbedtls_ecp_write_public_key(&pair, MBEDTLS_ECP_PF_COMPRESSED, &len, pubkey,
		                                   PUBKEY_LEN);
	mbedtls_ecp_keypair_free(&pair);
	if (!bad)
		return 0;
	mbedtls_platform_zeroize(key, KEY_LEN);
	if (identity_no_memory(bad))
		return err(ERR_NOMEM, "out of memory");
	return err(ERR_IO, "a key pair could not be made: the system gives no random numbers");
}

int identity_pk_private(mbedtls_pk_context *pk, const uint8_t key[KEY_LEN])
{
	mbedtls_ecp_keypair *pair;
	int bad;

	bad = mbedtls_pk_setup(pk, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
	if (bad)
		return bad;
	pair = mbedtls_pk_ec(*pk);
	bad = mbedtls_ecp_read_key(MBEDTLS_ECP_DP_SECP256R1, pair, key, KEY_LEN);
	return bad ? bad : mbedtls_ecp_keypair_calc_public(pair, identity_mbedtls_rng, NULL);
}

int identity_pk_public(mbedtls_pk_context *pk, const uint8_t pubkey[PUBKEY_LEN])
{
	mbedtls_ecp_keypair *pair;
	mbedtls_ecp_group group;
	mbedtls_ecp_point q;
	int bad;

	mbedtls_ecp_group_init(&group);
	mbedtls_ecp_point_init(&q);
	bad = mbedtls_pk_setup(pk, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
	if (!bad)
		bad = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1);
	if (!bad)
		bad = mbedtls_ecp_point_read_binary(&group, &q, pubkey, PUBKEY_LEN);
	if (!bad)
		bad = mbedtls_ecp_check_pubkey(&group, &q);
	if (!bad) {
		pair = mbedtls_pk_ec(*pk);
		bad = mbedtls_ecp_set_public_key(MBEDTLS_ECP_DP_SECP256R1, pair, &q);
	}
	mbedtls_ecp_point_free(&q);
	mbedtls_ecp_group_free(&group);
	return bad;
}

int identity_key_der(const uint8_t key[KEY_LEN], uint8_t out[IDENTITY_KEY_DER_MAX], size_t *len)
{
	mbedtls_pk_context pk;
	int n;

	*len = 0;
	mbedtls_pk_init(&pk);
	n = identity_pk_private(&pk, key);
	if (!n)
		n = mbedtls_pk_write_key_der(&pk, out, IDENTITY_KEY_DER_MAX);
	mbedtls_pk_free(&pk);
	if (identity_no_memory(n))
		return err(ERR_NOMEM, "out of memory");
	if (n <= 0)
		return err(ERR_CORRUPT, "this node's private key is unreadable; restore its home");
	memmove(out, out + IDENTITY_KEY_DER_MAX - n, (size_t)n); /* it writes from the end */
	*len = (size_t)n;
	return 0;
}

void identity_cert_pem(const void *der, size_t len, struct buf *pem)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----\n";
	static const char end[] = "-----END CERTIFICATE-----\n";
	uint8_t out[CERT_MAX * 4 / 3 + 100];
	size_t used = 0;

	if (len > CERT_MAX ||
	    mbedtls_pem_write_buffer(begin, end, der, len, out, sizeof out, &used))
		return;
	buf_add(pem, out, used - 1); /* its NUL stays behind */
}
