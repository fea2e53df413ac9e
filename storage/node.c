/* node.c - the registry of nodes, and invites. */
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/held.h"
#include "storage/meta.h"
#include "storage/mutant.h"
#include "storage/node.h"
#include "storage/rebuild.h"
#include "storage/unit.h"

#include <stdio.h>
#include <string.h>

static int own(struct store *s, struct node *out)
{
	struct buf key = {0};
	int rc = meta_bytes(s, "pubkey", &key);

	if (!rc && key.len == PUBKEY_LEN)
		memcpy(out->pubkey, key.data, PUBKEY_LEN);
	buf_release(&key);
	out->number = s->self.number;
	out->role = s->self.role;
	out->unit = s->self.scope;
	out->office_first = s->self.office_first;
	out->office_count = s->self.office_count;
	memcpy(out->name, s->self.name, sizeof out->name);
	return rc;
}

/* The root is known by the certificate that the invite names, before any feed says so. */
static int root(struct store *s, struct node *out)
{
	struct buf key = {0};
	int rc = meta_bytes(s, "root_pubkey", &key);

	if (!rc && key.len == PUBKEY_LEN)
		memcpy(out->pubkey, key.data, PUBKEY_LEN);
	buf_release(&key);
	out->number = ROOT_NUMBER;
	out->role = ROLE_ROOT;
	return rc;
}

static void copy_text(char *out, size_t cap, const unsigned char *text)
{
	snprintf(out, cap, "%s", text ? (const char *)text : "");
}

#define NODE_COLUMNS "number, role, unit, name, pubkey, office_first, office_count, revoked"

static void read_node(sqlite3_stmt *st, struct node *out)
{
	memset(out, 0, sizeof *out);
	out->number = (uint32_t)sqlite3_column_int64(st, 0);
	out->role = role_of((const char *)sqlite3_column_text(st, 1));
	out->unit = sqlite3_column_int64(st, 2);
	copy_text(out->name, sizeof out->name, sqlite3_column_text(st, 3));
	if (sqlite3_column_bytes(st, 4) == PUBKEY_LEN)
		memcpy(out->pubkey, sqlite3_column_blob(st, 4), PUBKEY_LEN);
	out->office_first = (uint32_t)sqlite3_column_int64(st, 5);
	out->office_count = (uint32_t)sqlite3_column_int64(st, 6);
	out->revoked = sqlite3_column_int64(st, 7);
}

int node_get(struct store *s, uint32_t number, struct node *out)
{
	sqlite3_stmt *st;
	int rc;

	memset(out, 0, sizeof *out);
	if (number == s->self.number)
		return own(s, out);
	if (number == ROOT_NUMBER)
		return root(s, out);
	rc = db_prepare(s, "SELECT " NODE_COLUMNS " FROM node WHERE number = ? ORDER BY id LIMIT 1",
	                &st);
	if (!rc)
		rc = db_bind(st, "i", (int64_t)number);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 0)
		rc = ERR_NOTFOUND;
	if (rc == 1) {
		read_node(st, out);
		rc = 0;
	}
	sqlite3_finalize(st);
	return rc;
}

int node_each(struct store *s, int (*fn)(void *arg, const struct node *n), void *arg)
{
	struct node n;
	sqlite3_stmt *st;
	int rc = db_prepare(s, "SELECT " NODE_COLUMNS " FROM node ORDER BY number, id", &st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		read_node(st, &n);
		rc = fn(arg, &n);
	}
	sqlite3_finalize(st);
	return rc;
}

int node_add(struct store *s, const struct node *n)
{
	struct tx *tx;
	int64_t id;
	int rc = tx_begin(s, s->self.scope, &tx);

	if (rc)
		return rc;
	id = tx_new_id(tx);
	if (!id)
		rc = ERR_TOOBIG;
	if (!rc)
		rc = db_run(s,
		            "INSERT INTO node(id, scope, number, unit, role, name, office_first,"
		            " office_count, pubkey) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
		            "iiiittiib", id, tx_scope(tx), (int64_t)n->number, n->unit,
		            role_name(n->role), n->name, (int64_t)n->office_first,
		            (int64_t)n->office_count, n->pubkey, (size_t)PUBKEY_LEN);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

int node_seen(struct store *s, uint32_t number, struct node_seen *out)
{
	sqlite3_stmt *st;
	int64_t id;
	int rc = db_prepare(s,
	                    "SELECT coalesce(sum(f.head), 0), coalesce(max(p.clock), 0)"
	                    " FROM feed f LEFT JOIN pack p ON p.id = f.id << 32 | f.head"
	                    " WHERE f.author = ?",
	                    &st);

	memset(out, 0, sizeof *out);
	if (!rc)
		rc = db_bind(st, "i", (int64_t)number);
	if (!rc && (rc = db_step(s, st)) == 1) {
		out->packs = (uint64_t)sqlite3_column_int64(st, 0);
		out->last_ms = clock_ms(sqlite3_column_int64(st, 1));
		rc = 0;
	}
	sqlite3_finalize(st);
	if (!rc)
		rc = contact_get(s, number, &out->contact);
	if (!rc)
		rc = held_made(s, number, &out->records);
	if (!rc)
		rc = db_int(s, &id, "SELECT id FROM node WHERE number = ? ORDER BY id LIMIT 1", "i",
		            (int64_t)number);
	out->ours = !rc && number != s->self.number &&
	            (s->self.role == ROLE_ROOT || id_node(id) == s->self.number);
	return rc == ERR_NOTFOUND ? 0 : rc;
}

/* ---- ending and renaming ----------------------------------------------------------------- */

/* The row of a node that this one may speak for, and the scope that it is written in. */
static int own_row(struct store *s, uint32_t number, int64_t *id, int64_t *scope)
{
	char who[ID_TEXT];
	int rc = db_int(s, id, "SELECT id FROM node WHERE number = ? ORDER BY id LIMIT 1", "i",
	                (int64_t)number);

	node_text(number, who);
	if (rc == ERR_NOTFOUND)
		return err(ERR_NOTFOUND, "no node %s is enrolled here: see 'cayda node list'", who);
	if (!rc && s->self.role != ROLE_ROOT && id_node(*id) != s->self.number)
		return err(ERR_DENIED,
		           "node %s was not enrolled here: ask the office that invited it", who);
	return rc ? rc : db_int(s, scope, "SELECT scope FROM node WHERE id = ?", "i", *id);
}

int node_revoke(struct store *s, uint32_t number)
{
	int64_t id, scope, last;
	struct tx *tx;
	int rc = own_row(s, number, &id, &scope);

	if (!rc)
		rc = db_int(s, &last,
		            "SELECT coalesce(max(p.clock), 0) FROM feed f JOIN pack p"
		            " ON p.id BETWEEN f.id << 32 AND f.id << 32 | 4294967295"
		            " WHERE f.author = ?",
		            "i", (int64_t)number);
	if (rc)
		return rc;
	if (last < clock_from_ms(clock_now_ms(s))) /* what is here already stays */
		last = clock_from_ms(clock_now_ms(s));
	rc = tx_begin(s, scope, &tx);
	if (!rc)
		rc = db_run(s, "UPDATE node SET revoked = ? WHERE id = ? AND revoked IS NULL", "ii",
		            last, id);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc ? rc : invite_close(s, number);
}

int node_rename(struct store *s, uint32_t number, const char *name)
{
	int64_t id, scope;
	struct tx *tx;
	int rc;

	if (!*name || strlen(name) >= NAME_MAX_LEN)
		return err(ERR_BAD, "a node's name has 1 to %d bytes", NAME_MAX_LEN - 1);
	rc = own_row(s, number, &id, &scope);
	if (rc)
		return rc;
	rc = tx_begin(s, scope, &tx);
	if (!rc)
		rc = db_run(s, "UPDATE node SET name = ? WHERE id = ?", "ti", name, id);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

/* Where a revoked node's feeds end: before the first pack that is later than its revocation. The
 * packs beyond stay in table pack, set aside. A node's own go on, though nobody takes them. */
#define LATE_PACKS                                                    \
	" FROM node n JOIN feed f ON f.author = n.number JOIN pack p" \
	" ON p.id BETWEEN f.id << 32 AND f.id << 32 | f.head"         \
	" WHERE n.revoked IS NOT NULL AND p.clock > n.revoked"        \
	" AND n.number <> (SELECT value FROM meta WHERE key = 'number')"

static int end_feeds(struct store *s)
{
	return db_run(
		s,
		"UPDATE feed SET head = late.seq - 1,"
		" parent_head = min(parent_head, late.seq - 1),"
		" root_head = min(root_head, late.seq - 1), hash = coalesce((SELECT hash FROM pack"
		" WHERE id = feed.id << 32 | (late.seq - 1)), zeroblob(32))"
		" FROM (SELECT f.id AS id, min(p.id) & 4294967295 AS seq" LATE_PACKS
		" GROUP BY f.id) AS late WHERE late.id = feed.id",
		"");
}

int node_apply_revoked(struct store *s)
{
	int64_t late;
	int rc = db_int(s, &late, "SELECT EXISTS(SELECT 1" LATE_PACKS ")", "");

	if (rc || !late || MUTANT_IS(16))
		return rc;
	rc = rebuild(s);
	return rc ? rc : end_feeds(s);
}

/* ---- invites ------------------------------------------------------------------------------- */

static int may_invite(struct store *s, const struct node *n)
{
	struct unit u;
	int rc;

	if (s->self.role != ROLE_ROOT && s->self.role != ROLE_OFFICE)
		return err(ERR_DENIED,
		           "only an office or a province can invite: this node is a device");
	if (n->role != ROLE_OFFICE && n->role != ROLE_DEVICE)
		return err(ERR_BAD, "an invite is for an office or a device");
	rc = unit_get(s, n->unit, &u);
	if (rc)
		return rc;
	if (!unit_within(s, n->unit, s->self.scope))
		return err(ERR_DENIED, "%s is not a unit of this node", u.name);
	return 0;
}

/* Offices take numbers from our range after our own; devices count up within our first. */
static int next_number(struct store *s, struct node *n)
{
	int64_t last;
	uint32_t first = s->self.office_first;
	int rc;

	if (n->role == ROLE_DEVICE) {
		rc = db_int(s, &last,
		            "SELECT coalesce(max(number), ?) FROM invite WHERE number >> 14 = ?",
		            "ii", (int64_t)first << 14, (int64_t)first);
		if (rc)
			return rc;
		n->number = (uint32_t)last + 1;
		n->office_first = n->office_count = 0;
		if ((n->number & 0x3fff) == 0)
			return err(ERR_TOOBIG,
			           "this office has enrolled %d devices, the most there can be",
			           DEVICES_MAX);
		return 0;
	}
	rc = db_int(s, &last,
	            "SELECT coalesce(max(office_first + office_count), ?) FROM invite"
	            " WHERE office_count > 0",
	            "i", (int64_t)first + 1);
	if (rc)
		return rc;
	if (last + n->office_count > (int64_t)first + s->self.office_count)
		return err(
			ERR_DENIED,
			"this node has no office numbers left to give: its own invite must allow more (--offices)");
	n->office_first = (uint32_t)last;
	n->number = n->office_first << 14;
	return 0;
}

int invite_new(struct store *s, const struct node *n, struct invite *out)
{
	int rc;

	memset(out, 0, sizeof *out);
	out->node = *n;
	rc = may_invite(s, n);
	if (!rc)
		rc = s->env->random(s->env->arg, out->secret, SECRET_LEN);
	if (!rc)
		rc = store_begin(s);
	if (rc)
		return rc;
	rc = next_number(s, &out->node);
	if (!rc)
		rc = db_run(s,
		            "INSERT INTO invite(number, secret, unit, role, name, office_first,"
		            " office_count, made_ms) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
		            "ibittiii", (int64_t)out->node.number, out->secret, (size_t)SECRET_LEN,
		            n->unit, role_name(n->role), n->name, (int64_t)out->node.office_first,
		            (int64_t)out->node.office_count, s->env->now_ms(s->env->arg));
	if (!rc)
		rc = store_commit(s);
	store_end(s);
	return rc;
}

int invite_get(struct store *s, uint32_t number, struct invite *out)
{
	sqlite3_stmt *st;
	int rc;

	memset(out, 0, sizeof *out);
	rc = db_prepare(s,
	                "SELECT secret, unit, role, name, office_first, office_count, pubkey"
	                " FROM invite WHERE number = ?",
	                &st);
	if (!rc)
		rc = db_bind(st, "i", (int64_t)number);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 0)
		rc = ERR_NOTFOUND;
	if (rc == 1) {
		if (sqlite3_column_bytes(st, 0) == SECRET_LEN)
			memcpy(out->secret, sqlite3_column_blob(st, 0), SECRET_LEN);
		out->node.number = number;
		out->node.unit = sqlite3_column_int64(st, 1);
		out->node.role = role_of((const char *)sqlite3_column_text(st, 2));
		copy_text(out->node.name, sizeof out->node.name, sqlite3_column_text(st, 3));
		out->node.office_first = (uint32_t)sqlite3_column_int64(st, 4);
		out->node.office_count = (uint32_t)sqlite3_column_int64(st, 5);
		out->used = sqlite3_column_bytes(st, 6) == PUBKEY_LEN;
		if (out->used)
			memcpy(out->node.pubkey, sqlite3_column_blob(st, 6), PUBKEY_LEN);
		rc = 0;
	}
	sqlite3_finalize(st);
	return rc;
}

int invite_each(struct store *s, int (*fn)(void *arg, const struct invite *inv, int64_t made_ms),
                void *arg)
{
	struct invite inv;
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT number, unit, role, name, pubkey IS NOT NULL, made_ms"
	                    " FROM invite WHERE secret IS NOT NULL ORDER BY made_ms, number",
	                    &st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		memset(&inv, 0, sizeof inv);
		inv.node.number = (uint32_t)sqlite3_column_int64(st, 0);
		inv.node.unit = sqlite3_column_int64(st, 1);
		inv.node.role = role_of((const char *)sqlite3_column_text(st, 2));
		copy_text(inv.node.name, sizeof inv.node.name, sqlite3_column_text(st, 3));
		inv.used = sqlite3_column_int(st, 4);
		rc = fn(arg, &inv, sqlite3_column_int64(st, 5));
	}
	sqlite3_finalize(st);
	return rc;
}

int invite_use(struct store *s, uint32_t number, const uint8_t pubkey[PUBKEY_LEN], const void *cert,
               size_t len)
{
	struct invite inv;
	int rc = invite_get(s, number, &inv);

	if (rc)
		return rc;
	if (inv.used)
		return memcmp(inv.node.pubkey, pubkey, PUBKEY_LEN)
		               ? err(ERR_DENIED,
		                     "this invite has been used on another device: ask for a new one")
		               : 0;
	return db_run(s, "UPDATE invite SET pubkey = ?, cert = ? WHERE number = ?", "bbi", pubkey,
	              (size_t)PUBKEY_LEN, cert, len, (int64_t)number);
}

int invite_cert(struct store *s, uint32_t number, struct buf *cert)
{
	sqlite3_stmt *st;
	int rc = db_prepare(s, "SELECT cert FROM invite WHERE number = ? AND cert IS NOT NULL",
	                    &st);

	buf_reset(cert);
	if (!rc)
		rc = db_bind(st, "i", (int64_t)number);
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1) {
		buf_add(cert, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
		rc = cert->err;
	} else if (rc == 0) {
		rc = ERR_NOTFOUND;
	}
	sqlite3_finalize(st);
	return rc;
}

int invite_close(struct store *s, uint32_t number)
{
	int64_t open;
	int rc = db_int(s, &open, "SELECT 1 FROM invite WHERE number = ? AND secret IS NOT NULL",
	                "i", (int64_t)number);

	if (rc) /* nothing to write: do not take the lock */
		return rc == ERR_NOTFOUND ? 0 : rc;
	return db_run(s, "UPDATE invite SET secret = NULL WHERE number = ?", "i", (int64_t)number);
}
