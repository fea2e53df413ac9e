/* identity.h - keys and certificates: the only part that touches mbedTLS.
 *
 * Keys are P-256 (FIPS 186-4), as a 32-byte scalar and a compressed point. Certificates are
 * X.509 v3 (RFC 5280), ECDSA with SHA-256, without an expiry that counts (notAfter
 * 99991231235959Z, RFC 5280 4.1.2.5): a field device's clock cannot be trusted, so a node is
 * ended by revocation. Subject: one common name, "NUMBER ROLE SCOPE": the node's number, its
 * role's name and the row id of its scope, both numbers decimal. Root and offices are CAs.
 */
#ifndef PROTOCOL_IDENTITY_H
#define PROTOCOL_IDENTITY_H

#include "storage/buf.h"
#include "storage/store.h"

#define CERT_MAX 600             /* bytes of DER: larger ones are refused unread */
#define IDENTITY_KEY_DER_MAX 160 /* bytes of a private key in SEC 1's form */

struct cert_info {
	uint32_t number;
	enum role role;
	int64_t scope;
	uint8_t pubkey[PUBKEY_LEN];
};

/* For struct store_env; none keeps state. identity_random() asks the kernel each time, so it
 * gives different numbers after fork(). */
int identity_random(void *arg, void *out, size_t len);
void identity_sha256(const void *data, size_t len, uint8_t out[HASH_LEN]);
int identity_sign(void *arg, const uint8_t key[KEY_LEN], const uint8_t hash[HASH_LEN],
                  uint8_t sig[SIG_LEN]);
int identity_verify(void *arg, const uint8_t pubkey[PUBKEY_LEN], const uint8_t hash[HASH_LEN],
                    const uint8_t sig[SIG_LEN]);
int64_t identity_now_ms(void *arg);
extern const struct store_env identity_env; /* the real one: system clock and entropy */

int identity_keygen(uint8_t key[KEY_LEN], uint8_t pubkey[PUBKEY_LEN]);

/* Appends to der a certificate for subject, signed by the issuer; issuer == subject and its own
 * key make the root's. */
int identity_cert_make(const struct cert_info *issuer, const uint8_t issuer_key[KEY_LEN],
                       const struct cert_info *subject, struct buf *der);
/* Reads a certificate of the above form; ERR_BAD for anything else, whatever its bytes. Says
 * nothing about who signed it. */
int identity_cert_read(const void *der, size_t len, struct cert_info *out);
/* 0 when der was signed by the holder of issuer_der, which may sign (CA); else ERR_DENIED. */
int identity_cert_check(const void *der, size_t len, const void *issuer_der, size_t issuer_len);

/* The two forms that a TLS library reads: a private key as SEC 1 DER (RFC 5915), its public half
 * included; and a certificate as PEM (RFC 7468), appended, so that several make a list. */
int identity_key_der(const uint8_t key[KEY_LEN], uint8_t out[IDENTITY_KEY_DER_MAX], size_t *len);
void identity_cert_pem(const void *der, size_t len, struct buf *pem);

#endif
