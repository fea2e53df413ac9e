/* identity_mbedtls.h - what the identity*.c files share; nobody else includes it. */
#ifndef PROTOCOL_IDENTITY_MBEDTLS_H
#define PROTOCOL_IDENTITY_MBEDTLS_H

#include "protocol/identity.h"

#include <mbedtls/pk.h>

#include <stdbool.h>

/* These return mbedTLS's codes. pk is initialised by the caller, who frees it. */
int identity_mbedtls_rng(void *arg, unsigned char *out, size_t len);
int identity_pk_private(mbedtls_pk_context *pk, const uint8_t key[KEY_LEN]);
int identity_pk_public(mbedtls_pk_context *pk, const uint8_t pubkey[PUBKEY_LEN]);
/* Is that what one of mbedTLS's codes says? */
bool identity_no_memory(int bad);

#endif
