/* invite.h - an invite as one line of text: what a person types, sends or scans.
 *
 * "CAYDA:" and the base32 (RFC 4648 section 6, without padding) of a CBOR sequence of one
 * array (PROTOCOL.md, "Invite") and the first four bytes of its SHA-256, so that a slip of the
 * finger is noticed. Case, spaces and line breaks do not matter.
 */
#ifndef PROTOCOL_INVITE_H
#define PROTOCOL_INVITE_H

#include "storage/node.h"
#include "storage/unit.h"

#define INVITE_ADDRS_MAX 256 /* bytes of addresses, separated by spaces, with NUL */
#define INVITE_TEXT_MAX 1024 /* characters of an invite, with NUL */

struct invite_text {
	char addrs[INVITE_ADDRS_MAX];
	struct node node;           /* number, role, unit, office range; name */
	uint8_t secret[SECRET_LEN]; /* of first contact */
	uint8_t root_print[HASH_LEN];
	struct unit unit; /* id, code, name, level, valid_from of node.unit */
	int64_t made_ms;  /* the inviter's clock: the time is at least this */
};

int invite_write(const struct invite_text *inv, char out[INVITE_TEXT_MAX]);
/* ERR_BAD says whether it is no invite at all, or a damaged one. */
int invite_read(const char *text, struct invite_text *out);

#endif
