/* node.c - one node: its clock, its disk, its birth and its first contact. */
#include "protocol/enrol.h"
#include "storage/clock.h"
#include "storage/meta.h"
#include "storage/node.h"
#include "tests/sim/model.h"

#include <stdio.h>
#include <string.h>

int64_t node_clock(const struct sim_node *n)
{
	int64_t t = n->w->now_ms;

	return t + n->offset_ms + (t - START_MS) / 1000 * n->drift_ppm / 1000;
}

bool node_alive(const struct sim_node *n)
{
	return n->s != NULL;
}

void node_open(struct sim_node *n)
{
	env_fill(n);
	must(n->w, store_open(n->home, 0, &n->env, &n->s), "open a home");
}

void node_close(struct sim_node *n)
{
	net_drop(n);
	store_close(n->s);
	n->s = NULL;
}

/* ---- birth ---------------------------------------------------------------------------------------- */

static void want(struct sim_node *n, struct node *out)
{
	*out = (struct node){.role = n->role,
	                     .unit = n->w->place[n->place].id,
	                     .office_count = n->role != ROLE_OFFICE ? 0
	                                     : n->parent            ? 1
	                                                            : 5};
	snprintf(out->name, sizeof out->name, "node %d", n->index);
}

static void join_truly(struct sim_node *n, struct sim_node *parent)
{
	struct world *w = n->w;
	struct invite_text inv, read;
	char text[INVITE_TEXT_MAX];
	struct node as;

	want(n, &as);
	must(w, enrol_invite(parent->s, &as, "192.0.2.1:5684", &inv), "invite");
	must(w, invite_write(&inv, text), "write an invite");
	must(w, invite_read(text, &read), "read an invite");
	node_open(n);
	must(w, enrol_join(n->s, &read, NULL), "join");
}

/* What enrol_join() does, without real keys and built-in forms. */
static int join_rows(struct sim_node *n, const struct self *self, const struct unit *u,
                     int64_t made_ms)
{
	uint8_t key[KEY_LEN], pubkey[PUBKEY_LEN];
	int rc = store_begin(n->s);

	env_keys(n->w, key, pubkey);
	if (!rc)
		rc = store_become(n->s, self, key, pubkey);
	if (!rc)
		rc = clock_saw(n->s, clock_from_ms(made_ms));
	if (!rc)
		rc = unit_seed(n->s, u);
	if (!rc)
		rc = store_commit(n->s);
	store_end(n->s);
	return rc;
}

static void join_fast(struct sim_node *n, struct sim_node *parent)
{
	struct world *w = n->w;
	struct self self = {.role = n->role, .scope = w->place[n->place].id};
	struct invite inv;
	struct unit u;
	struct node as;

	want(n, &as);
	must(w, unit_get(parent->s, as.unit, &u), "find the unit of an invite");
	must(w, invite_new(parent->s, &as, &inv), "invite");
	self.number = inv.node.number;
	self.office_first = inv.node.office_first;
	self.office_count = inv.node.office_count;
	strcpy(self.name, as.name);
	node_open(n);
	must(w, join_rows(n, &self, &u, clock_now_ms(parent->s)), "join");
}

void node_birth(struct world *w, int i)
{
	struct sim_node *n = &w->node[i], *parent = &w->node[n->parent];

	world_blank(n);
	if (w->true_keys)
		join_truly(n, parent);
	else
		join_fast(n, parent);
	n->number = n->s->self.number;
	parent->born++;
	trace(w, "node %d is born below %d, for place %d", i, n->parent, n->place);
}

/* ---- first contact --------------------------------------------------------------------------------- */

/* What enrol_serve() does but for the certificate. */
static int admit(struct sim_node *n, struct sim_node *parent)
{
	struct buf pubkey = {0};
	struct invite inv;
	struct node known;
	int rc = meta_bytes(n->s, "pubkey", &pubkey);

	if (!rc)
		rc = invite_get(parent->s, n->number, &inv);
	if (!rc)
		rc = invite_use(parent->s, n->number, pubkey.data, "certificate", 11);
	if (!rc)
		rc = node_get(parent->s, n->number, &known);
	if (rc == ERR_NOTFOUND) {
		memcpy(inv.node.pubkey, pubkey.data, PUBKEY_LEN);
		rc = node_add(parent->s, &inv.node);
	}
	buf_release(&pubkey);
	return rc;
}

static int admitted(struct sim_node *n, struct sim_node *parent)
{
	struct buf pubkey = {0};
	int rc = meta_bytes(n->w->node[0].s, "pubkey", &pubkey);

	if (!rc)
		rc = meta_set_bytes(n->s, "root_pubkey", pubkey.data, pubkey.len);
	if (!rc)
		rc = meta_set_int(n->s, "parent_number", parent->number);
	if (!rc)
		rc = meta_set_int(n->s, "parent_scope", parent->s->self.scope);
	buf_release(&pubkey);
	return rc;
}

static int enrol_truly(struct sim_node *n, struct sim_node *parent, bool lost)
{
	struct buf ask = {0}, answer = {0};
	int rc = enrol_ask(n->s, &ask);

	if (!rc)
		rc = enrol_serve(parent->s, n->number, ask.data, ask.len, &answer);
	if (!rc && !lost)
		rc = enrol_answer(n->s, answer.data, answer.len);
	buf_release(&ask);
	buf_release(&answer);
	return rc;
}

void node_enrol(struct sim_node *n)
{
	struct world *w = n->w;
	struct sim_node *parent = &w->node[n->parent];
	int64_t pending = model_pending(parent);
	bool lost = chance(&w->p, w->loss);
	int rc;

	if (w->true_keys)
		rc = enrol_truly(n, parent, lost);
	else
		rc = admit(n, parent);
	if (!rc && !lost && !w->true_keys)
		rc = admitted(n, parent);
	must(w, rc, "enrol");
	model_capture(parent, pending);
	parent->born++;
	n->enrolled = !lost;
	trace(w, "node %d knocks at %d%s", n->index, n->parent, lost ? ", the answer is lost" : "");
}
