/* enrol.h - first contact: an invite's secret becomes a certificate.
 *
 * Over a session opened with the secret (ECDHE-PSK) the node sends its public key; the parent
 * answers with a certificate for it, its own, and those above it up to the root, which must be
 * the one that the invite named. Messages: PROTOCOL.md, "Enrolment".
 */
#ifndef PROTOCOL_ENROL_H
#define PROTOCOL_ENROL_H

#include "protocol/invite.h"
#include "storage/buf.h"
#include "storage/store.h"

#define CHAIN_MAX 8 /* certificates from a node up to the root, itself included */

/* Makes the home a root that works for unit: key pair, root certificate. In a transaction of
 * its own. */
int enrol_root(struct store *s, const struct self *self);

/* Makes the home what the invite says, without a network: key pair, unit, built-in forms. */
int enrol_join(struct store *s, const struct invite_text *inv, const char *name);
/* What an office needs to write an invite: addresses are the caller's. ERR_DENIED when this
 * node cannot invite. */
int enrol_invite(struct store *s, const struct node *n, const char *addrs, struct invite_text *out);

/* 1 when this node has its certificate. */
int enrol_done(struct store *s);

/* The node's side: its request, and taking the answer. ERR_DENIED when the certificates are not
 * below the root that the invite named. */
int enrol_ask(struct store *s, struct buf *out);
int enrol_answer(struct store *s, const void *data, size_t len);

/* A root certificate that came some other way: kept when it is the one that the invite named
 * and no parent has given it yet. ERR_DENIED when it is of another province. */
int enrol_know_root(struct store *s, const void *cert, size_t len);

/* The parent's side: the secret of a node that knocks (SECRET_LEN or ERR_NOTFOUND), and the
 * answer. The same key asking again gets the same answer; another key ERR_DENIED. */
int enrol_secret(struct store *s, uint32_t number, uint8_t secret[SECRET_LEN]);
int enrol_serve(struct store *s, uint32_t number, const void *data, size_t len, struct buf *reply);

#endif
