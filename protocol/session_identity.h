/* session_identity.h - who this node is to a peer, from its database.
 *
 * Private to session*.c.
 */
#ifndef PROTOCOL_SESSION_IDENTITY_H
#define PROTOCOL_SESSION_IDENTITY_H

#include "protocol/link.h"

/* Owns what id borrows; must stay where it is while id is used. */
struct session_identity {
	struct link_identity id;
	struct buf key, cert, chain, secret;
	char psk_id[ID_TEXT];
};

/* By the invite's secret: ERR_DENIED when there is none. */
int session_identity_psk(struct store *s, struct session_identity *out);
/* By certificate, trusting the root and whoever signed the parent. */
int session_identity_cert(struct store *s, struct session_identity *out);
/* By certificate, trusting those whom we signed. */
int session_identity_server(struct store *s, struct session_identity *out);
void session_identity_release(struct session_identity *me);

#endif
