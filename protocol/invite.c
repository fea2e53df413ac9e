/* invite.c - an invite as one line of text. */
#include "protocol/cbor.h"
#include "protocol/identity.h"
#include "protocol/invite.h"
#include "storage/err.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define SCHEME "CAYDA:"
#define INVITE_VERSION 1
#define CHECK_LEN 4 /* bytes of SHA-256 against slips of the finger */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; /* RFC 4648 section 6 */

static int base32_write(const uint8_t *data, size_t len, char *out, size_t cap)
{
	unsigned acc = 0, bits = 0;
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		acc = (acc << 8 | data[i]) & 0xffff;
		for (bits += 8; bits >= 5 || (i + 1 == len && bits); n++) {
			if (n + 1 >= cap)
				return err(
					ERR_TOOBIG,
					"the invite does not fit: give fewer or shorter addresses");
			out[n] = alphabet[(bits >= 5 ? acc >> (bits - 5) : acc << (5 - bits)) & 31];
			bits = bits >= 5 ? bits - 5 : 0;
		}
	}
	out[n] = 0;
	return 0;
}

/* Skips spaces and line breaks, as mail programs and people put them in. */
static void base32_read(const char *text, struct buf *out, int *bad)
{
	unsigned acc = 0, bits = 0;
	const char *at;

	for (; *text; text++) {
		if (isspace((unsigned char)*text) || *text == '-')
			continue;
		at = strchr(alphabet, toupper((unsigned char)*text));
		if (!at) {
			*bad = 1;
			return;
		}
		acc = (acc << 5 | (unsigned)(at - alphabet)) & 0xffff;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			buf_u8(out, acc >> bits & 0xff);
		}
	}
}

int invite_write(const struct invite_text *inv, char out[INVITE_TEXT_MAX])
{
	struct buf b = {0};
	uint8_t hash[HASH_LEN];
	int rc;

	out[0] = 0;
	put_array(&b, 14);
	put_uint(&b, INVITE_VERSION);
	put_text(&b, inv->addrs);
	put_uint(&b, inv->node.number);
	put_uint(&b, inv->node.role);
	put_uint(&b, inv->node.office_first);
	put_uint(&b, inv->node.office_count);
	put_text(&b, inv->node.name);
	put_bytes(&b, inv->secret, SECRET_LEN);
	put_bytes(&b, inv->root_print, HASH_LEN);
	put_int(&b, inv->unit.id);
	put_text(&b, inv->unit.code);
	put_text(&b, inv->unit.name);
	put_uint(&b, inv->unit.level);
	put_int(&b, inv->made_ms);
	identity_sha256(b.data, b.len, hash);
	buf_add(&b, hash, CHECK_LEN);
	rc = b.err;
	if (!rc) {
		memcpy(out, SCHEME, sizeof SCHEME);
		rc = base32_write(b.data, b.len, out + strlen(SCHEME),
		                  INVITE_TEXT_MAX - strlen(SCHEME));
	}
	buf_release(&b);
	return rc;
}

static int parse(struct reader *r, struct invite_text *out)
{
	uint64_t role, level;

	if (get_array(r) != 14 || get_uint(r) != INVITE_VERSION)
		return err(ERR_NEWER, "this invite is for a newer cayda: update the program");
	get_text(r, out->addrs, sizeof out->addrs);
	out->node.number = (uint32_t)get_uint(r);
	role = get_uint(r);
	out->node.office_first = (uint32_t)get_uint(r);
	out->node.office_count = (uint32_t)get_uint(r);
	get_text(r, out->node.name, sizeof out->node.name);
	get_fixed(r, out->secret, SECRET_LEN);
	get_fixed(r, out->root_print, HASH_LEN);
	out->unit.id = get_int(r);
	get_text(r, out->unit.code, sizeof out->unit.code);
	get_text(r, out->unit.name, sizeof out->unit.name);
	level = get_uint(r);
	out->made_ms = get_int(r);
	if (role < ROLE_OFFICE || role > ROLE_DEVICE || level > LEVEL_VILLAGE ||
	    out->node.number >> 28 || out->unit.id <= 0)
		r->bad = 1;
	out->node.role = (enum role)role;
	out->unit.level = (enum level)level;
	out->node.unit = out->unit.id;
	return reader_end(r, "the invite");
}

int invite_read(const char *text, struct invite_text *out)
{
	struct buf b = {0};
	struct reader r;
	uint8_t hash[HASH_LEN];
	int rc = 0, bad = 0;

	memset(out, 0, sizeof *out);
	while (isspace((unsigned char)*text))
		text++;
	if (strncasecmp(text, SCHEME, strlen(SCHEME)))
		return err(ERR_BAD, "that is not an invite: it begins with %s", SCHEME);
	if (strlen(text) < INVITE_TEXT_MAX * 2)
		base32_read(text + strlen(SCHEME), &b, &bad);
	if (!bad && b.len > CHECK_LEN)
		identity_sha256(b.data, b.len - CHECK_LEN, hash);
	if (b.err)
		rc = b.err;
	else if (bad || b.len <= CHECK_LEN || memcmp(hash, b.data + b.len - CHECK_LEN, CHECK_LEN))
		rc = err(ERR_BAD, "the invite is mistyped or cut: copy the whole line again");
	if (!rc) {
		r = reader_of(b.data, b.len - CHECK_LEN);
		rc = parse(&r, out);
	}
	buf_release(&b);
	return rc;
}
