/* session_identity.c - who this node is to a peer, from its database. */
#include "protocol/cbor.h"
#include "protocol/session_identity.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/node.h"

#include <string.h>

int session_identity_psk(struct store *s, struct session_identity *out)
{
	int rc;

	memset(out, 0, sizeof *out);
	rc = meta_bytes(s, "secret", &out->secret);
	if (rc == ERR_NOTFOUND || (!rc && out->secret.len != SECRET_LEN))
		rc = err(ERR_DENIED, "this node has no invite: join with one first");
	node_text(s->self.number, out->psk_id);
	out->id.psk_id = out->psk_id;
	out->id.psk = out->secret.data;
	out->id.psk_len = out->secret.len;
	return rc;
}

static int own(struct store *s, struct session_identity *out)
{
	int rc;

	memset(out, 0, sizeof *out);
	rc = meta_bytes(s, "cert", &out->cert);
	if (rc == ERR_NOTFOUND)
		rc = err(ERR_DENIED,
		         "this node has not been enrolled yet: sync with its parent first");
	if (!rc)
		rc = meta_bytes(s, "key", &out->key);
	if (!rc && out->key.len != KEY_LEN)
		rc = err(ERR_CORRUPT, "this node's key is damaged: join anew with a new invite");
	out->id.key = out->key.data;
	out->id.cert = out->cert.data;
	out->id.cert_len = out->cert.len;
	return rc;
}

int session_identity_cert(struct store *s, struct session_identity *out)
{
	struct reader r;
	const uint8_t *der;
	size_t n, i, len;
	int rc = own(s, out);

	if (!rc && s->self.role == ROLE_ROOT)
		return err(ERR_DENIED, "this node is the root: it has no parent to sync to");
	if (!rc)
		rc = meta_bytes(s, "chain", &out->chain);
	if (rc)
		return rc;
	r = reader_of(out->chain.data, out->chain.len);
	n = get_array(&r);
	for (i = 0; i < n; i++) { /* parent, who signed it, ..., root */
		der = get_bytes(&r, &len);
		if (i == 1 || i + 1 == n) {
			out->id.trust[i + 1 == n ? 0 : 1].der = der;
			out->id.trust[i + 1 == n ? 0 : 1].len = len;
		}
	}
	return reader_end(&r, "this node's chain of certificates");
}

int session_identity_server(struct store *s, struct session_identity *out)
{
	int rc = own(s, out);

	out->id.trust[0].der = out->cert.data;
	out->id.trust[0].len = out->cert.len;
	return rc;
}

void session_identity_release(struct session_identity *me)
{
	if (me->key.data)
		memset(me->key.data, 0, me->key.len);
	if (me->secret.data)
		memset(me->secret.data, 0, me->secret.len);
	buf_release(&me->key);
	buf_release(&me->secret);
	buf_release(&me->cert);
	buf_release(&me->chain);
}
