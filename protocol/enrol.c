/* enrol.c - first contact: an invite's secret becomes a certificate. */
#include "protocol/cbor.h"
#include "protocol/enrol.h"
#include "protocol/identity.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/form.h"
#include "storage/meta.h"

#include <stdio.h>
#include <string.h>

#define ENROL_VERSION 1

/* ---- becoming a node ------------------------------------------------------------------------------ */

static struct cert_info self_info(const struct self *self, const uint8_t pubkey[PUBKEY_LEN])
{
	struct cert_info info = {.number = self->number, .role = self->role, .scope = self->scope};

	memcpy(info.pubkey, pubkey, PUBKEY_LEN);
	return info;
}

static int keep_root(struct store *s, const void *cert, size_t len, const uint8_t *pubkey)
{
	uint8_t print[HASH_LEN];
	int rc = meta_set_bytes(s, "root_cert", cert, len);

	identity_sha256(cert, len, print);
	if (!rc)
		rc = meta_set_bytes(s, "root_print", print, sizeof print);
	if (!rc)
		rc = meta_set_bytes(s, "root_pubkey", pubkey, PUBKEY_LEN);
	return rc;
}

int enrol_root(struct store *s, const struct self *self)
{
	uint8_t key[KEY_LEN], pubkey[PUBKEY_LEN];
	struct cert_info info;
	struct buf cert = {0};
	int rc = identity_keygen(key, pubkey);

	if (rc)
		return rc;
	info = self_info(self, pubkey);
	rc = identity_cert_make(&info, key, &info, &cert);
	if (!rc)
		rc = store_begin(s);
	if (rc)
		goto out;
	rc = store_become(s, self, key, pubkey);
	if (!rc)
		rc = meta_set_bytes(s, "cert", cert.data, cert.len);
	if (!rc)
		rc = keep_root(s, cert.data, cert.len, pubkey);
	if (!rc)
		rc = store_commit(s);
	store_end(s);
	if (rc)
		s->self = (struct self){0};
out:
	memset(key, 0, sizeof key);
	buf_release(&cert);
	return rc;
}

int enrol_join(struct store *s, const struct invite_text *inv, const char *name)
{
	struct self self = {.number = inv->node.number,
	                    .role = inv->node.role,
	                    .scope = inv->unit.id,
	                    .office_first = inv->node.office_first,
	                    .office_count = inv->node.office_count};
	uint8_t key[KEY_LEN], pubkey[PUBKEY_LEN];
	int rc = identity_keygen(key, pubkey);

	snprintf(self.name, sizeof self.name, "%s", name && *name ? name : inv->node.name);
	if (!rc)
		rc = store_begin(s);
	if (rc)
		return rc;
	rc = store_become(s, &self, key, pubkey);
	if (!rc)
		rc = meta_set_text(s, "parents", inv->addrs);
	if (!rc)
		rc = meta_set_bytes(s, "secret", inv->secret, SECRET_LEN);
	if (!rc)
		rc = meta_set_bytes(s, "root_print", inv->root_print, HASH_LEN);
	if (!rc) /* whatever our clock says, it is later than when the invite was made */
		rc = clock_saw(s, clock_from_ms(inv->made_ms));
	if (!rc)
		rc = unit_seed(s, &inv->unit);
	if (!rc)
		rc = form_seed_builtin(s);
	if (!rc)
		rc = store_commit(s);
	store_end(s);
	if (rc)
		s->self = (struct self){0};
	memset(key, 0, sizeof key);
	return rc;
}

int enrol_invite(struct store *s, const struct node *n, const char *addrs, struct invite_text *out)
{
	struct buf print = {0};
	struct invite inv;
	int rc;

	memset(out, 0, sizeof *out);
	if (strlen(addrs) >= sizeof out->addrs)
		return err(ERR_TOOBIG,
		           "too many addresses for one invite: give at most %d characters",
		           INVITE_ADDRS_MAX - 1);
	rc = meta_bytes(s, "root_print", &print);
	if (!rc && print.len != HASH_LEN)
		rc = err(ERR_CORRUPT,
		         "the root's fingerprint is damaged: join anew with a new invite");
	if (!rc)
		rc = unit_get(s, n->unit, &out->unit);
	if (!rc)
		rc = invite_new(s, n, &inv);
	if (!rc) {
		snprintf(out->addrs, sizeof out->addrs, "%s", addrs);
		out->node = inv.node;
		memcpy(out->secret, inv.secret, SECRET_LEN);
		memcpy(out->root_print, print.data, HASH_LEN);
		out->made_ms = clock_now_ms(s);
	}
	buf_release(&print);
	return rc;
}

int enrol_done(struct store *s)
{
	struct buf cert = {0};
	int done = meta_bytes(s, "cert", &cert) == 0;

	buf_release(&cert);
	return done;
}

/* ---- the node's side ---------------------------------------------------------------------------- */

int enrol_ask(struct store *s, struct buf *out)
{
	struct buf pubkey = {0};
	int rc = meta_bytes(s, "pubkey", &pubkey);

	buf_reset(out);
	put_array(out, 2);
	put_uint(out, ENROL_VERSION);
	put_bytes(out, pubkey.data, pubkey.len);
	buf_release(&pubkey);
	return rc ? rc : out->err;
}

struct chain {
	struct {
		const uint8_t *der; /* borrowed from the answer */
		size_t len;
	} cert[CHAIN_MAX]; /* ours, our parent's, ... the root's */
	size_t n;
	struct cert_info ours, parent, root;
};

static int distrust(void)
{
	return err(ERR_DENIED,
	           "the node that answers is not of the province that invited: check the "
	           "address, or ask for a new invite");
}

/* Is this a chain from us up to the root that the invite named? */
static int check_chain(struct store *s, struct chain *c)
{
	struct buf print = {0}, pubkey = {0};
	uint8_t hash[HASH_LEN];
	size_t i;
	int rc = meta_bytes(s, "root_print", &print);

	if (!rc)
		rc = meta_bytes(s, "pubkey", &pubkey);
	if (rc)
		goto out;
	identity_sha256(c->cert[c->n - 1].der, c->cert[c->n - 1].len, hash);
	if (print.len != HASH_LEN || memcmp(print.data, hash, HASH_LEN)) {
		rc = distrust();
		goto out;
	}
	for (i = 0; i + 1 < c->n; i++)
		if (identity_cert_check(c->cert[i].der, c->cert[i].len, c->cert[i + 1].der,
		                        c->cert[i + 1].len))
			rc = distrust();
	if (rc || identity_cert_read(c->cert[0].der, c->cert[0].len, &c->ours) ||
	    identity_cert_read(c->cert[1].der, c->cert[1].len, &c->parent) ||
	    identity_cert_read(c->cert[c->n - 1].der, c->cert[c->n - 1].len, &c->root) ||
	    pubkey.len != PUBKEY_LEN || memcmp(c->ours.pubkey, pubkey.data, PUBKEY_LEN) ||
	    c->ours.number != s->self.number || c->ours.role != s->self.role ||
	    c->ours.scope != s->self.scope || c->root.role != ROLE_ROOT)
		rc = distrust();
out:
	buf_release(&print);
	buf_release(&pubkey);
	return rc;
}

/* The certificates above ours, parent first, as the bytes of a CBOR array. */
static int keep_chain(struct store *s, const struct chain *c)
{
	struct buf above = {0};
	size_t i;
	int rc;

	put_array(&above, c->n - 1);
	for (i = 1; i < c->n; i++)
		put_bytes(&above, c->cert[i].der, c->cert[i].len);
	rc = above.err ? above.err : meta_set_bytes(s, "chain", above.data, above.len);
	if (!rc)
		rc = keep_root(s, c->cert[c->n - 1].der, c->cert[c->n - 1].len, c->root.pubkey);
	if (!rc)
		rc = meta_set_bytes(s, "cert", c->cert[0].der, c->cert[0].len);
	if (!rc)
		rc = meta_set_int(s, "parent_number", c->parent.number);
	if (!rc)
		rc = meta_set_int(s, "parent_scope", c->parent.scope);
	if (!rc)
		rc = meta_set_bytes(s, "secret", NULL, 0);
	buf_release(&above);
	return rc;
}

int enrol_answer(struct store *s, const void *data, size_t len)
{
	struct reader r = reader_of(data, len);
	struct chain c = {0};
	size_t i;
	int rc;

	if (get_array(&r) != 2 || get_uint(&r) != ENROL_VERSION)
		return err(ERR_NEWER,
		           "the parent speaks another version of cayda: update the program");
	c.n = get_array(&r);
	for (i = 0; i < c.n && i < CHAIN_MAX; i++)
		c.cert[i].der = get_bytes(&r, &c.cert[i].len);
	rc = reader_end(&r, "the parent's answer");
	if (!rc && (c.n < 2 || c.n > CHAIN_MAX))
		rc = err(ERR_BAD,
		         "the parent's answer makes no sense: it may be another version of cayda");
	if (!rc)
		rc = check_chain(s, &c);
	if (!rc)
		rc = store_begin(s);
	if (rc)
		return rc;
	rc = keep_chain(s, &c);
	if (!rc)
		rc = store_commit(s);
	store_end(s);
	return rc;
}

int enrol_know_root(struct store *s, const void *cert, size_t len)
{
	struct buf print = {0};
	struct cert_info root;
	uint8_t hash[HASH_LEN];
	int rc = meta_bytes(s, "root_print", &print);

	identity_sha256(cert, len, hash);
	if (!rc && (print.len != HASH_LEN || memcmp(print.data, hash, HASH_LEN)))
		rc = err(ERR_DENIED,
		         "this is of another province: its root is not the one that invited");
	if (!rc)
		rc = identity_cert_read(cert, len, &root);
	if (!rc && meta_bytes(s, "root_pubkey", &print) == ERR_NOTFOUND)
		rc = meta_set_bytes(s, "root_pubkey", root.pubkey, PUBKEY_LEN);
	buf_release(&print);
	return rc;
}

/* ---- the parent's side -------------------------------------------------------------------------- */

int enrol_secret(struct store *s, uint32_t number, uint8_t secret[SECRET_LEN])
{
	static const uint8_t none[SECRET_LEN];
	struct invite inv;
	int rc = invite_get(s, number, &inv);

	memset(secret, 0, SECRET_LEN);
	if (rc)
		return rc;
	if (!memcmp(inv.secret, none, SECRET_LEN))
		return ERR_NOTFOUND;
	memcpy(secret, inv.secret, SECRET_LEN);
	return SECRET_LEN;
}

static int certify(struct store *s, const struct node *n, const uint8_t pubkey[PUBKEY_LEN],
                   struct buf *cert)
{
	struct cert_info issuer, subject = {.number = n->number, .role = n->role, .scope = n->unit};
	struct buf key = {0}, own = {0};
	int rc = meta_bytes(s, "key", &key);

	memcpy(subject.pubkey, pubkey, PUBKEY_LEN);
	if (!rc)
		rc = meta_bytes(s, "pubkey", &own);
	if (!rc && (key.len != KEY_LEN || own.len != PUBKEY_LEN))
		rc = err(ERR_CORRUPT, "this node's key is damaged: join anew with a new invite");
	if (!rc) {
		issuer = self_info(&s->self, own.data);
		rc = identity_cert_make(&issuer, key.data, &subject, cert);
		memset(key.data, 0, key.len);
	}
	buf_release(&key);
	buf_release(&own);
	return rc;
}

/* Binds the key to the invite and puts the node into the registry: each once. */
static int admit(struct store *s, uint32_t number, const uint8_t pubkey[PUBKEY_LEN])
{
	struct invite inv;
	struct node known;
	struct buf cert = {0};
	int rc = invite_get(s, number, &inv);

	if (rc)
		return err(ERR_DENIED, "this invite is not known here: ask for a new one");
	rc = inv.used ? 0 : certify(s, &inv.node, pubkey, &cert);
	if (!rc)
		rc = invite_use(s, number, pubkey, cert.data, cert.len);
	if (!rc)
		rc = node_get(s, number, &known);
	if (rc == ERR_NOTFOUND) {
		memcpy(inv.node.pubkey, pubkey, PUBKEY_LEN);
		rc = node_add(s, &inv.node);
	}
	buf_release(&cert);
	return rc;
}

int enrol_serve(struct store *s, uint32_t number, const void *data, size_t len, struct buf *reply)
{
	struct reader r = reader_of(data, len);
	uint8_t pubkey[PUBKEY_LEN];
	struct buf cert = {0}, own = {0}, chain = {0};
	struct reader above;
	size_t n;
	int rc;

	buf_reset(reply);
	if (get_array(&r) != 2 || get_uint(&r) != ENROL_VERSION)
		return err(ERR_BAD, "a request that makes no sense");
	get_fixed(&r, pubkey, sizeof pubkey);
	rc = reader_end(&r, "the request to enrol");
	if (!rc)
		rc = admit(s, number, pubkey);
	if (!rc)
		rc = invite_cert(s, number, &cert);
	if (!rc)
		rc = meta_bytes(s, "cert", &own);
	if (!rc && meta_bytes(s, "chain", &chain))
		put_array(&chain, 0);
	above = reader_of(chain.data, chain.len);
	n = get_array(&above);
	put_array(reply, 2);
	put_uint(reply, ENROL_VERSION);
	put_array(reply, 2 + n);
	put_bytes(reply, cert.data, cert.len);
	put_bytes(reply, own.data, own.len);
	buf_add(reply, above.p, (size_t)(above.end - above.p));
	buf_release(&cert);
	buf_release(&own);
	buf_release(&chain);
	return rc ? rc : reply->err;
}
