/* link_common.c - contexts, keys, addresses and texts that both ends of a link need. */
#include "protocol/identity.h"
#include "protocol/link_coap.h"
#include "storage/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t link_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int link_context_new(coap_context_t **out)
{
	const char *level = getenv("CAYDA_COAP_LOG");
	coap_log_t log = level && *level >= '0' && *level <= '8' ? (coap_log_t)(*level - '0')
	                                                         : COAP_LOG_EMERG;

	coap_startup();
	coap_set_log_level(log);
	coap_dtls_set_log_level(log);
	*out = coap_new_context(NULL);
	if (!*out)
		return err(ERR_NOMEM, "out of memory");
	coap_context_set_block_mode(*out, 0);
	return 0;
}

/* ---- keys ---------------------------------------------------------------------------------- */

int link_keys_init(struct link_keys *k, const struct link_identity *me)
{
	size_t i;
	int rc;

	memset(k, 0, sizeof *k);
	rc = identity_key_der(me->key, k->key, &k->key_len);
	if (rc)
		return rc;
	for (i = 0; i < sizeof me->trust / sizeof me->trust[0]; i++)
		if (me->trust[i].der)
			identity_cert_pem(me->trust[i].der, me->trust[i].len, &k->trust);
	if (!k->trust.len)
		return err(ERR_CORRUPT, "this node has no certificate to trust; restore its home");
	buf_u8(&k->trust, 0);
	return k->trust.err;
}

void link_keys_release(struct link_keys *k)
{
	explicit_bzero(k->key, sizeof k->key);
	buf_release(&k->trust);
}

void link_pki(const struct link_identity *me, const struct link_keys *k,
              coap_dtls_cn_callback_t check, void *arg, coap_dtls_pki_t *out)
{
	*out = (coap_dtls_pki_t){
		.version = COAP_DTLS_PKI_SETUP_VERSION,
		.verify_peer_cert = 1,
		.cert_chain_validation = 1,
		.cert_chain_verify_depth = 1,
		.allow_no_crl = 1,
		.use_cid = 1,
		.validate_cn_call_back = check,
		.cn_call_back_arg = arg,
	};
	out->pki_key.key_type = COAP_PKI_KEY_DEFINE;
	out->pki_key.key.define = (coap_pki_key_define_t){
		.ca.u_byte = k->trust.data,
		.ca_len = k->trust.len,
		.ca_def = COAP_PKI_KEY_DEF_PEM_BUF,
		.public_cert.u_byte = me->cert,
		.public_cert_len = me->cert_len,
		.public_cert_def = COAP_PKI_KEY_DEF_DER_BUF,
		.private_key.u_byte = k->key,
		.private_key_len = k->key_len,
		.private_key_def = COAP_PKI_KEY_DEF_DER_BUF,
	};
}

/* Depth 1 is an accepted signer; anything above means that the peer sent further certificates to
 * reach one, and an office could so pass its own nodes off under the root. */
int link_pki_peer(const uint8_t *der, size_t len, unsigned depth, int validated,
                  struct link_peer *out)
{
	struct cert_info info;
	int rc;

	if (!validated || depth > 1)
		return err(ERR_DENIED, "the peer's certificate is not signed by one we trust");
	rc = identity_cert_read(der, len, &info);
	if (rc || depth > 0)
		return rc;
	*out = (struct link_peer){.number = info.number, .role = info.role, .scope = info.scope};
	return 0;
}

/* ---- figures and texts ---------------------------------------------------------------------- */

void link_traffic(const coap_context_t *ctx, struct link_count *out)
{
	coap_traffic_t t;

	coap_context_get_traffic(ctx, &t);
	*out = (struct link_count){t.sent, t.received, t.datagrams_sent, t.datagrams_received};
}

/* Bytes of the character at p, 0 when it is not printable UTF-8 (RFC 3629). */
static size_t printable(const uint8_t *p, size_t left)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = p[0] < 0x80       ? 1
	           : p[0] >> 5 == 6  ? 2
	           : p[0] >> 4 == 14 ? 3
	           : p[0] >> 3 == 30 ? 4
	                             : 0;
	uint32_t c;
	size_t i;

	if (!n || n > left)
		return 0;
	c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || c >> 11 == 27 || c < 0x20 || (c >= 0x7f && c < 0xa0))
		return 0;
	/* Marks that reorder or hide what is around them have no place in a peer's text. */
	if ((c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) || c == 0xfeff)
		return 0;
	return n;
}

void link_printable(const uint8_t *text, size_t len, char *out, size_t size)
{
	size_t i = 0, used = 0, n;

	while (i < len) {
		n = printable(text + i, len - i);
		if (used + (n ? n : 1) + 1 > size)
			break;
		if (n)
			memcpy(out + used, text + i, n);
		else
			out[used] = '?';
		used += n ? n : 1;
		i += n ? n : 1;
	}
	out[used] = 0;
}

size_t link_utf8_prefix(const uint8_t *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max && text[max] >> 6 == 2)
		max--;
	return max;
}
