/* cayda_config.h - the mbedTLS that cayda uses: DTLS 1.2 with Connection ID, P-256, few suites.
 *
 * Left out on purpose: TLS 1.3 and with it PSA, RSA, CBC, SHA-1, renegotiation, tickets (libcoap does
 * not resume, and sessions are kept alive by Connection ID instead).
 */

/* No MBEDTLS_HAVE_TIME_DATE: a board without a battery wakes up in 1970, so a certificate's dates
 * are not checked; revocation travels in the ref feed instead. */
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_HAVE_TIME

/* Hardware AES and SHA where the processor has them, chosen at run time. */
#if defined(__x86_64__)
#define MBEDTLS_AESNI_C
#elif defined(__aarch64__)
#define MBEDTLS_AESCE_C
#define MBEDTLS_SHA256_USE_ARMV8_A_CRYPTO_IF_PRESENT
#endif

/* Primitives. */
#define MBEDTLS_AES_C
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_CCM_C
#define MBEDTLS_CHACHA20_C
#define MBEDTLS_CHACHAPOLY_C
#define MBEDTLS_CIPHER_C
#define MBEDTLS_CTR_DRBG_C
#define MBEDTLS_ECDH_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ECDSA_DETERMINISTIC
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ENTROPY_C
#define MBEDTLS_HMAC_DRBG_C         /* deterministic ECDSA (RFC 6979) draws from it */
#define MBEDTLS_MD_C
#define MBEDTLS_POLY1305_C
#define MBEDTLS_SHA256_C

/* Keys and certificates, in PEM (what libcoap wants a chain in) and DER. */
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_BASE64_C
#define MBEDTLS_OID_C
#define MBEDTLS_PEM_PARSE_C
#define MBEDTLS_PEM_WRITE_C
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_PK_WRITE_C
#define MBEDTLS_X509_CREATE_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_CRT_WRITE_C
#define MBEDTLS_X509_USE_C

/* libcoap loads certificates from files as well as from memory. */
#define MBEDTLS_FS_IO

/* DTLS 1.2. */
#define MBEDTLS_SSL_ALL_ALERT_MESSAGES
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_COOKIE_C
#define MBEDTLS_SSL_DTLS_ANTI_REPLAY
#define MBEDTLS_SSL_DTLS_CLIENT_PORT_REUSE
#define MBEDTLS_SSL_DTLS_CONNECTION_ID
#define MBEDTLS_SSL_DTLS_CONNECTION_ID_COMPAT 0 /* RFC 9146, not a draft of it */
#define MBEDTLS_SSL_DTLS_HELLO_VERIFY
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET
#define MBEDTLS_SSL_KEEP_PEER_CERTIFICATE
#define MBEDTLS_SSL_PROTO_DTLS
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_SSL_SERVER_NAME_INDICATION
#define MBEDTLS_SSL_SRV_C
#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_PSK_ENABLED
#define MBEDTLS_KEY_EXCHANGE_PSK_ENABLED

/* In order of preference. CCM_8 spares 8 bytes a record. mbedTLS knows ECDHE-PSK, which enrolment
 * uses, only with CBC and with ChaCha20-Poly1305. Plain PSK is RFC 7252's suite, for other programs, which
 * may only read. All three take 16 bytes of nonce and tag, which link_payload_max() counts on. */
#define MBEDTLS_SSL_CIPHERSUITES \
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, \
	MBEDTLS_TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256, \
	MBEDTLS_TLS_PSK_WITH_AES_128_CCM_8

/* Sizes. A datagram fits in 2 KiB, and so must one handshake message (a certificate chain). */
#define MBEDTLS_SSL_IN_CONTENT_LEN 2048
#define MBEDTLS_SSL_OUT_CONTENT_LEN 2048
#define MBEDTLS_SSL_DTLS_MAX_BUFFERING 8192     /* messages out of order, a session in handshake */
#define MBEDTLS_SSL_CID_TLS1_3_PADDING_GRANULARITY 1 /* of DTLS 1.2 too, despite its name: 15 bytes less */

/* Words for error codes, and timers for the tests' own clients. */
#define MBEDTLS_ERROR_C
#define MBEDTLS_TIMING_C
#define MBEDTLS_VERSION_C
