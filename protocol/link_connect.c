/* link_connect.c - the client's DTLS session: finding the server, shaking hands, closing. */
#include "protocol/link_coap.h"
#include "storage/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESSES_MAX 4 /* of a name, tried in turn */

/* ---- what libcoap tells us ------------------------------------------------------------------- */

static int on_certificate(const char *cn, const uint8_t *der, size_t len, coap_session_t *session,
                          unsigned depth, int validated, void *arg)
{
	struct link *l = arg;

	(void)cn;
	(void)session;
	return !link_pki_peer(der, len, depth, validated, &l->peer);
}

static void on_nack(coap_session_t *session, const coap_pdu_t *sent,
                    const coap_nack_reason_t reason, const coap_mid_t mid)
{
	struct link *l = coap_context_get_app_data(coap_session_get_context(session));

	(void)sent;
	(void)mid;
	if (reason == COAP_NACK_ICMP_ISSUE)
		l->refused = true;
	else
		l->lost = true;
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent,
                                   const coap_pdu_t *received, const coap_mid_t mid)
{
	struct link *l = coap_context_get_app_data(coap_session_get_context(session));
	coap_bin_const_t token = coap_pdu_get_token(received);
	struct answer *a = &l->answer;
	const uint8_t *data = NULL;
	size_t len = 0;

	(void)sent;
	(void)mid;
	if (a->here || token.length != 1 || token.s[0] != l->token)
		return COAP_RESPONSE_OK; /* late, of an exchange that is over */
	coap_get_data(received, &len, &data);
	if (len > sizeof a->payload)
		return COAP_RESPONSE_FAIL;
	memset(a, 0, offsetof(struct answer, payload));
	if (len)
		memcpy(a->payload, data, len);
	a->len = len;
	a->code = coap_pdu_get_code(received);
	coap_get_block_b(session, received, COAP_OPTION_BLOCK1, &a->ours);
	coap_get_block_b(session, received, COAP_OPTION_BLOCK2, &a->theirs);
	a->here = true;
	return COAP_RESPONSE_OK;
}

/* ---- connecting ------------------------------------------------------------------------------ */

static coap_session_t *new_session(struct link *l, const struct link_identity *me,
                                   const coap_address_t *to)
{
	coap_dtls_cpsk_t psk = {.version = COAP_DTLS_CPSK_SETUP_VERSION, .use_cid = 1};
	coap_dtls_pki_t pki;

	if (!me->psk_id) {
		link_pki(me, &l->keys, on_certificate, l, &pki);
		return coap_new_client_session_pki(l->ctx, NULL, to, COAP_PROTO_DTLS, &pki);
	}
	psk.psk_info.identity.s = (const uint8_t *)me->psk_id;
	psk.psk_info.identity.length = strlen(me->psk_id);
	psk.psk_info.key.s = me->psk;
	psk.psk_info.key.length = me->psk_len;
	return coap_new_client_session_psk2(l->ctx, NULL, to, COAP_PROTO_DTLS, &psk);
}

/* RFC 5246 section 7.2.2 and RFC 4279 section 2. */
static int refused_by(const struct link *l, int alert)
{
	switch (alert) {
	case COAP_DTLS_PEER_REFUSED:
		return err(ERR_DENIED,
		           "%s is not the office it should be: its certificate is not "
		           "signed by one this node trusts",
		           l->addr);
	case 115: /* unknown_psk_identity */
		return err(ERR_DENIED,
		           "%s does not know this invite, or it was used already: ask "
		           "the office for a new one",
		           l->addr);
	case 20: /* bad_record_mac */
	case 51: /* decrypt_error */
		return err(ERR_DENIED,
		           "%s does not accept the invite's secret: ask the office for "
		           "a new invite",
		           l->addr);
	case 41: /* no_certificate, and how a certificate may be refused */
	case 42:
	case 43:
	case 44:
	case 45:
	case 46:
	case 48: /* unknown_ca */
	case 49: /* access_denied */
		return err(ERR_DENIED,
		           "%s does not accept this node's certificate: was it "
		           "enrolled by another office?",
		           l->addr);
	default:
		return err(ERR_DENIED,
		           "%s refuses the connection (TLS alert %d): is it a cayda of "
		           "this province?",
		           l->addr, alert);
	}
}

/* Waits until the handshake is over, at most until deadline. */
static int shake_hands(struct link *l, int64_t deadline)
{
	coap_session_state_t state;
	int64_t left;
	int alert;

	for (;;) {
		state = coap_session_get_state(l->session);
		if (state == COAP_SESSION_STATE_ESTABLISHED)
			return 0;
		alert = coap_session_get_dtls_alert(l->session);
		if (alert)
			return refused_by(l, alert);
		if (l->refused)
			return err(ERR_NET,
			           "nobody listens at %s: is cayda running there, and is "
			           "the port right?",
			           l->addr);
		left = deadline - link_now_ms();
		if (state == COAP_SESSION_STATE_NONE || left <= 0)
			return err(ERR_NET, "%s does not answer: check the network and the address",
			           l->addr);
		coap_io_process(l->ctx, (uint32_t)left);
	}
}

static int try_address(struct link *l, const struct link_identity *me, const struct addrinfo *ai,
                       int64_t deadline)
{
	coap_address_t to;
	int rc;

	coap_address_init(&to);
	memcpy(&to.addr, ai->ai_addr, ai->ai_addrlen);
	to.size = ai->ai_addrlen;
	l->refused = l->lost = false;
	l->session = new_session(l, me, &to);
	if (!l->session)
		return err(ERR_NET, "there is no way to %s: check the network", l->addr);
	rc = shake_hands(l, deadline);
	if (rc) {
		coap_session_release(l->session);
		l->session = NULL;
	}
	return rc;
}

static int try_all(struct link *l, const struct link_identity *me, struct addrinfo *list,
                   int timeout_ms)
{
	int64_t now = link_now_ms(), end = now + timeout_ms;
	int n = 0, rc = ERR_NET;
	struct addrinfo *ai;

	for (ai = list; ai && n < ADDRESSES_MAX; ai = ai->ai_next)
		n++;
	for (ai = list; n > 0; ai = ai->ai_next, n--) {
		now = link_now_ms();
		rc = try_address(l, me, ai, now + (end - now) / n);
		if (rc != ERR_NET)
			break;
	}
	return rc;
}

int link_connect(const char *addr, const struct link_identity *me, int timeout_ms,
                 struct link **out)
{
	struct addrinfo *list = NULL;
	struct link *l;
	int rc;

	*out = NULL;
	rc = link_resolve(addr, false, &list);
	if (rc)
		return rc;
	l = calloc(1, sizeof *l);
	rc = l ? link_context_new(&l->ctx) : err(ERR_NOMEM, "out of memory");
	if (rc)
		goto out;
	snprintf(l->addr, sizeof l->addr, "%s", addr);
	l->block = LINK_BLOCK;
	l->peer.enrolling = me->psk_id != NULL;
	if (!me->psk_id)
		rc = link_keys_init(&l->keys, me);
	if (rc)
		goto out;
	coap_context_set_app_data(l->ctx, l);
	coap_register_nack_handler(l->ctx, on_nack);
	coap_register_response_handler(l->ctx, on_response);
	rc = link_client_datagrams(l);
	if (!rc)
		rc = try_all(l, me, list, timeout_ms);
out:
	freeaddrinfo(list);
	if (rc)
		link_close(l);
	else
		*out = l;
	return rc;
}

void link_remote(const struct link *l, struct link_peer *out)
{
	*out = l->peer;
}

void link_counts(const struct link *l, struct link_count *out)
{
	link_traffic(l->ctx, out);
}

void link_close(struct link *l)
{
	if (!l)
		return;
	if (l->session)
		coap_session_release(l->session);
	if (l->ctx)
		coap_free_context(l->ctx);
	link_keys_release(&l->keys);
	free(l);
}
