/* identity_cert.c - certificates that say who a node is: making, reading and checking them. */
#include "protocol/identity_mbedtls.h"
#include "storage/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/ecdsa.h>
#include <mbedtls/oid.h>
#include <mbedtls/sha256.h>
#include <mbedtls/x509_crt.h>

#define NAME_TEXT 48 /* "CN=268435455 office 9223372036854775807" and a NUL */
#define SERIAL_LEN 8

/* ---- making -------------------------------------------------------------------------------- */

/* One name, as every further one costs a dozen bytes a certificate and twice that a handshake. */
static void name_text(const struct cert_info *info, char out[NAME_TEXT])
{
	snprintf(out, NAME_TEXT, "CN=%u %s %lld", (unsigned)info->number, role_name(info->role),
	         (long long)info->scope);
}

static int is_ca(enum role role)
{
	return role == ROLE_ROOT || role == ROLE_OFFICE;
}

/* Nobody but a root is a root. */
static int may_sign(enum role issuer, enum role subject)
{
	return is_ca(issuer) && subject != ROLE_NONE &&
	       (subject != ROLE_ROOT || issuer == ROLE_ROOT);
}

static int set_extensions(mbedtls_x509write_cert *crt, enum role role)
{
	unsigned usage = MBEDTLS_X509_KU_DIGITAL_SIGNATURE;
	int bad = 0;

	if (is_ca(role)) {
		usage |= MBEDTLS_X509_KU_KEY_CERT_SIGN;
		bad = mbedtls_x509write_crt_set_basic_constraints(crt, 1, -1);
	}
	return bad ? bad : mbedtls_x509write_crt_set_key_usage(crt, usage);
}

static int set_fields(mbedtls_x509write_cert *crt, const struct cert_info *issuer,
                      const struct cert_info *subject)
{
	uint8_t serial[SERIAL_LEN];
	char name[NAME_TEXT];
	int bad;

	bad = identity_mbedtls_rng(NULL, serial, sizeof serial);
	if (bad)
		return bad;
	serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, and always of this length */
	mbedtls_x509write_crt_set_version(crt, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(crt, MBEDTLS_MD_SHA256);
	bad = mbedtls_x509write_crt_set_serial_raw(crt, serial, sizeof serial);
	if (!bad)
		bad = mbedtls_x509write_crt_set_validity(crt, "19700101000000", "99991231235959");
	name_text(issuer, name);
	if (!bad)
		bad = mbedtls_x509write_crt_set_issuer_name(crt, name);
	name_text(subject, name);
	if (!bad)
		bad = mbedtls_x509write_crt_set_subject_name(crt, name);
	return bad ? bad : set_extensions(crt, subject->role);
}

int identity_cert_make(const struct cert_info *issuer, const uint8_t issuer_key[KEY_LEN],
                       const struct cert_info *subject, struct buf *der)
{
	mbedtls_pk_context signer, holder;
	mbedtls_x509write_cert crt;
	uint8_t out[CERT_MAX + 200]; /* it needs room to work in */
	int n;

	if (!may_sign(issuer->role, subject->role))
		return err(ERR_DENIED, "a %s cannot sign for a %s", role_name(issuer->role),
		           role_name(subject->role));
	mbedtls_pk_init(&signer);
	mbedtls_pk_init(&holder);
	mbedtls_x509write_crt_init(&crt);
	n = identity_pk_private(&signer, issuer_key);
	if (!n)
		n = identity_pk_public(&holder, subject->pubkey);
	if (!n)
		n = set_fields(&crt, issuer, subject);
	mbedtls_x509write_crt_set_issuer_key(&crt, &signer);
	mbedtls_x509write_crt_set_subject_key(&crt, &holder);
	if (!n)
		n = mbedtls_x509write_crt_der(&crt, out, sizeof out, identity_mbedtls_rng, NULL);
	mbedtls_x509write_crt_free(&crt);
	mbedtls_pk_free(&holder);
	mbedtls_pk_free(&signer);
	if (identity_no_memory(n))
		return err(ERR_NOMEM, "out of memory");
	if (n <= 0 || n > CERT_MAX)
		return err(ERR_BAD,
		           "no certificate could be made: the node's public key is not valid");
	buf_add(der, out + sizeof out - (size_t)n, (size_t)n); /* it writes from the end */
	return der->err;
}

/* ---- reading ------------------------------------------------------------------------------- */

/* What name_text() writes and nothing else: what was read is written again and compared. */
static int read_name(const mbedtls_x509_name *name, struct cert_info *out)
{
	char text[NAME_TEXT] = "CN=", again[NAME_TEXT] = {0}, role[16];
	char *p = text + 3;

	if (name->next || name->oid.len != MBEDTLS_OID_SIZE(MBEDTLS_OID_AT_CN) ||
	    memcmp(name->oid.p, MBEDTLS_OID_AT_CN, name->oid.len) ||
	    name->val.len >= sizeof text - 3)
		return -1;
	memcpy(p, name->val.p, name->val.len);
	out->number = (uint32_t)strtoul(p, &p, 10);
	if (sscanf(p, " %15s", role) != 1 || strlen(p) < 1 + strlen(role))
		return -1;
	out->role = role_of(role);
	out->scope = strtoll(p + 1 + strlen(role), NULL, 10);
	if (!out->number || out->number >= 1 << 28 || out->role == ROLE_NONE || out->scope < 0)
		return -1;
	name_text(out, again);
	return name->val.len + 3 != strlen(again) || memcmp(text, again, sizeof text) ? -1 : 0;
}

static int read_key(const mbedtls_pk_context *pk, uint8_t pubkey[PUBKEY_LEN])
{
	const mbedtls_ecp_keypair *pair;
	size_t len;
	int bad;

	if (mbedtls_pk_get_type(pk) != MBEDTLS_PK_ECKEY)
		return -1;
	pair = mbedtls_pk_ec(*pk);
	if (mbedtls_ecp_keypair_get_group_id(pair) != MBEDTLS_ECP_DP_SECP256R1)
		return -1;
	bad = mbedtls_ecp_write_public_key(pair, MBEDTLS_ECP_PF_COMPRESSED, &len, pubkey,
	                                   PUBKEY_LEN);
	if (bad)
		return bad;
	return len == PUBKEY_LEN ? 0 : -1;
}

/* Parses into crt, which the caller frees, and out. Exactly our form: whatever else a
 * certificate can be is refused here, before anything relies on it. */
static int parse(const void *der, size_t len, mbedtls_x509_crt *crt, struct cert_info *out)
{
	int no = 0;

	memset(out, 0, sizeof *out);
	mbedtls_x509_crt_init(crt);
	if (!der || !len || len > CERT_MAX)
		goto bad;
	no = mbedtls_x509_crt_parse_der(crt, der, len);
	if (no)
		goto bad;
	if (crt->raw.len != len || crt->version != 3)
		goto bad;
	if (crt->sig_oid.len != MBEDTLS_OID_SIZE(MBEDTLS_OID_ECDSA_SHA256) ||
	    memcmp(crt->sig_oid.p, MBEDTLS_OID_ECDSA_SHA256, crt->sig_oid.len))
		goto bad;
	no = read_name(&crt->subject, out) ? -1 : read_key(&crt->pk, out->pubkey);
	if (no)
		goto bad;
	if ((mbedtls_x509_crt_get_ca_istrue(crt) == 1) != is_ca(out->role))
		goto bad;
	return 0;
bad:
	memset(out, 0, sizeof *out);
	if (identity_no_memory(no))
		return err(ERR_NOMEM, "out of memory");
	return err(ERR_BAD, "this is not a node's certificate");
}

int identity_cert_read(const void *der, size_t len, struct cert_info *out)
{
	mbedtls_x509_crt crt;
	int rc = parse(der, len, &crt, out);

	mbedtls_x509_crt_free(&crt);
	return rc;
}

/* ---- checking ------------------------------------------------------------------------------ */

/* mbedtls_x509_crt_verify() would take a certificate that equals the trusted one without
 * looking at its signature, so a root's own is checked by hand, as is any other. */
static int signed_by(const mbedtls_x509_crt *crt, const mbedtls_x509_crt *issuer)
{
	const mbedtls_asn1_buf *sig = &crt->MBEDTLS_PRIVATE(sig);
	uint8_t hash[HASH_LEN];
	mbedtls_pk_context pk = issuer->pk;
	int bad;

	if (mbedtls_x509_crt_get_ca_istrue(issuer) != 1 ||
	    mbedtls_x509_crt_check_key_usage(issuer, MBEDTLS_X509_KU_KEY_CERT_SIGN))
		return 0;
	if (crt->issuer_raw.len != issuer->subject_raw.len ||
	    memcmp(crt->issuer_raw.p, issuer->subject_raw.p, crt->issuer_raw.len))
		return 0;
	if (mbedtls_sha256(crt->tbs.p, crt->tbs.len, hash, 0))
		return 0;
	bad = mbedtls_pk_verify(&pk, MBEDTLS_MD_SHA256, hash, sizeof hash, sig->p, sig->len);
	if (identity_no_memory(bad))
		err(ERR_NOMEM, "out of memory");
	return !bad;
}

int identity_cert_check(const void *der, size_t len, const void *issuer_der, size_t issuer_len)
{
	struct cert_info subject, signer;
	mbedtls_x509_crt crt, issuer;
	unsigned mark = err_mark();
	int ok;

	ok = !parse(issuer_der, issuer_len, &issuer, &signer);
	ok = !parse(der, len, &crt, &subject) && ok;
	ok = ok && may_sign(signer.role, subject.role) && signed_by(&crt, &issuer);
	mbedtls_x509_crt_free(&crt);
	mbedtls_x509_crt_free(&issuer);
	if (!ok && err_since(mark))
		return err_since(mark);
	return ok ? 0 : err(ERR_DENIED, "the certificate was not signed by who it should be");
}
