/* link_datagram.c - datagrams, either way on a session: what frames travel in.
 *
 * One is a NON POST to /f without a token, whose sender wants no response (RFC 7967):
 *
 *     50 02 mm mm   version 1, NON, no token; POST; message id
 *     b1 66         Uri-Path (11): "f"
 *     d1 ea 1a      No-Response (258 = 11 + 13 + 234): 2.xx, 4.xx and 5.xx
 *     ff            the payload follows
 */
#include "protocol/link_client.h"
#include "storage/err.h"

#define NO_RESPONSE 0x1a /* RFC 7967 section 2.1: 2 + 8 + 16 */

/* What an IP packet has besides the payload. The tag and nonce are 16 bytes in all of our cipher
 * suites: 8 + 8 of CCM_8, 16 + 0 of ChaCha20-Poly1305. */
#define IP_HEADER 40 /* of IPv6, which is the longer; a packet of IPv4 may become one on its way */
#define UDP_HEADER 8
#define RECORD_HEADER 13 /* RFC 6347 section 4.1 */
#define CID 8        /* the server's; a client asks for none, records to it have room to spare */
#define INNER_TYPE 1 /* RFC 9146 section 4; its padding is of length 0 */
#define CIPHER 16
#define COAP_HEADER 10

#define OVERHEAD (IP_HEADER + UDP_HEADER + RECORD_HEADER + CID + INNER_TYPE + CIPHER + COAP_HEADER)

size_t link_payload_max(size_t mtu)
{
	if (mtu > LINK_MTU_MAX)
		mtu = LINK_MTU_MAX;
	return mtu > OVERHEAD ? mtu - OVERHEAD : 0;
}

static coap_pdu_t *new_datagram(coap_session_t *session, const void *data, size_t len)
{
	static const uint8_t path[] = LINK_DATAGRAM_PATH, none = NO_RESPONSE;
	coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_NON, COAP_REQUEST_CODE_POST, session);

	if (pdu && coap_add_option(pdu, COAP_OPTION_URI_PATH, sizeof path - 1, path) &&
	    coap_add_option(pdu, COAP_OPTION_NORESPONSE, 1, &none) &&
	    (!len || coap_add_data(pdu, len, data)))
		return pdu;
	coap_delete_pdu(pdu);
	return NULL;
}

int link_datagram_send(coap_session_t *session, const void *data, size_t len)
{
	coap_pdu_t *pdu;

	if (coap_session_get_state(session) != COAP_SESSION_STATE_ESTABLISHED)
		return err(ERR_NET, "there is no connection");
	if (len > link_payload_max(LINK_MTU_MAX))
		return err(ERR_TOOBIG, "%zu bytes are too many for one datagram: %zu at most", len,
		           link_payload_max(LINK_MTU_MAX));
	if (coap_session_is_congested(session))
		return err(ERR_BUSY, "the network has no room for a datagram just now");
	pdu = new_datagram(session, data, len);
	if (!pdu)
		return err(ERR_NOMEM, "out of memory");
	if (coap_send(session, pdu) == COAP_INVALID_MID)
		return err(ERR_BUSY, "the network has no room for a datagram just now");
	return 0;
}

int link_datagram_resource(coap_context_t *ctx, coap_method_handler_t fn)
{
	coap_resource_t *r = coap_resource_init(coap_make_str_const(LINK_DATAGRAM_PATH), 0);

	if (!r)
		return err(ERR_NOMEM, "out of memory");
	coap_register_request_handler(r, COAP_REQUEST_POST, fn);
	coap_add_resource(ctx, r);
	return 0;
}

/* ---- the client ------------------------------------------------------------------------------ */

static void on_datagram(coap_resource_t *resource, coap_session_t *session,
                        const coap_pdu_t *request, const coap_string_t *query, coap_pdu_t *response)
{
	struct link *l = coap_context_get_app_data(coap_session_get_context(session));
	const uint8_t *data = NULL;
	size_t len = 0;

	(void)resource;
	(void)query;
	coap_pdu_set_code(response, COAP_RESPONSE_CODE(204));
	coap_get_data(request, &len, &data);
	link_heard(l);
	if (l->datagram)
		l->datagram(l->datagram_arg, data, len);
}

int link_client_datagrams(struct link *l)
{
	return link_datagram_resource(l->ctx, on_datagram);
}

void link_on_datagram(struct link *l, void (*fn)(void *arg, const uint8_t *data, size_t len),
                      void *arg)
{
	l->datagram = fn;
	l->datagram_arg = arg;
}

int link_send(struct link *l, const void *data, size_t len)
{
	int rc = l->session ? link_datagram_send(l->session, data, len)
	                    : err(ERR_NET, "there is no connection");

	if (!rc)
		link_asked(l);
	return rc;
}
