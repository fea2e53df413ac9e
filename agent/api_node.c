/* api_node.c - the nodes that this one knows: who they are, invites, renaming and revoking. */
#include "agent/api_office.h"

#include "agent/inviting.h"
#include "agent/qr.h"
#include "storage/node.h"

#include <string.h>

/* ---- the list --------------------------------------------------------------------------------------------- */

struct nodes {
	struct call *c;
	struct api_page page;
	int64_t unit;
};

static void time_json(struct json *j, const char *key, int64_t ms)
{
	json_key(j, key);
	ms ? json_int(j, ms) : json_null(j);
}

static int one_node(void *arg, const struct node *n)
{
	struct nodes *w = arg;
	struct json *j = &w->c->j;
	struct node_seen seen;
	char text[ID_TEXT];
	bool take;
	int rc;

	if (w->unit && !unit_within(w->c->ctx->s, n->unit, w->unit))
		return 0;
	if (api_page_takes(&w->page, &take))
		return 1;
	rc = take ? node_seen(w->c->ctx->s, n->number, &seen) : 0;
	if (rc || !take)
		return rc;
	json_object(j);
	json_kstr(j, "node", node_text(n->number, text));
	json_kstr(j, "name", n->name);
	json_kstr(j, "role", role_name(n->role));
	api_unit_members(w->c, n->unit);
	json_kint(j, "packs", (int64_t)seen.packs);
	json_kint(j, "records", (int64_t)seen.records);
	time_json(j, "last_ms", seen.last_ms);
	time_json(j, "contact_ms", seen.contact.at_ms);
	time_json(j, "same_ms", seen.contact.same_ms);
	json_kstr(j, "program", *seen.contact.program ? seen.contact.program : NULL);
	json_kbool(j, "self", n->number == w->c->ctx->s->self.number);
	json_kbool(j, "ours", seen.ours);
	json_kbool(j, "revoked", n->revoked != 0);
	json_end(j);
	return 0;
}

static int one_invite(void *arg, const struct invite *inv, int64_t made_ms)
{
	const struct nodes *w = arg;
	struct call *c = w->c;
	char text[ID_TEXT];

	if (w->unit && !unit_within(c->ctx->s, inv->node.unit, w->unit))
		return 0;
	json_object(&c->j);
	json_kstr(&c->j, "node", node_text(inv->node.number, text));
	json_kstr(&c->j, "name", inv->node.name);
	json_kstr(&c->j, "role", role_name(inv->node.role));
	api_unit_members(c, inv->node.unit);
	json_kint(&c->j, "made_ms", made_ms);
	json_kbool(&c->j, "used", inv->used);
	json_end(&c->j);
	return 0;
}

int api_nodes(struct call *c)
{
	struct nodes w = {.c = c};
	struct unit u = {0};
	char addrs[INVITE_ADDRS_MAX];
	int rc = api_page_open(c, &w.page);

	if (!rc)
		rc = inviting_addresses(c->ctx, addrs);
	if (!rc && http_arg(c->q, "unit"))
		rc = api_unit(c, "unit", &u);
	if (rc)
		return rc;
	w.unit = u.id;
	json_object(&c->j);
	json_kstr(&c->j, "addresses", *addrs ? addrs : NULL);
	json_key(&c->j, "invites");
	json_array(&c->j);
	rc = invite_each(c->ctx->s, one_invite, &w);
	json_end(&c->j);
	json_key(&c->j, "nodes");
	json_array(&c->j);
	if (!rc)
		rc = node_each(c->ctx->s, one_node, &w);
	return api_page_end(c, &w.page, rc);
}

/* ---- invites ---------------------------------------------------------------------------------------------- */

static int add_addresses(struct inviting *o, const char *text)
{
	char one[INVITE_ADDRS_MAX];
	size_t n;
	int rc = 0;

	while (!rc && *(text += strspn(text, " "))) {
		n = strcspn(text, " ");
		snprintf(one, sizeof one, "%.*s", n < sizeof one ? (int)n : 0, text);
		rc = inviting_address(o, one);
		text += n;
	}
	return rc;
}

/* The picture's rows, as texts of 0 and 1. */
static int qr_json(struct json *j, const char *text)
{
	struct buf bits = {0};
	char *row, *save = NULL;
	int rc = qr_bits(text, &bits);

	buf_u8(&bits, 0);
	if (bits.err)
		rc = bits.err;
	json_key(j, "qr");
	json_array(j);
	if (!rc)
		for (row = strtok_r((char *)bits.data, "\n", &save); row;
		     row = strtok_r(NULL, "\n", &save))
			json_str(j, row);
	json_end(j);
	buf_release(&bits);
	return rc;
}

int api_invite(struct call *c)
{
	const char *addrs = http_arg(c->q, "address");
	struct inviting o = {.unit = http_arg(c->q, "unit"),
	                     .role = http_arg(c->q, "role"),
	                     .name = http_arg(c->q, "name")};
	struct invite_text inv;
	char text[INVITE_TEXT_MAX], node[ID_TEXT];
	int rc = addrs ? add_addresses(&o, addrs) : 0;

	if (!rc && (!o.unit || !*o.unit))
		rc = err(ERR_BAD, "for which place? unit names it");
	if (!rc && o.role && role_of(o.role) != ROLE_OFFICE && role_of(o.role) != ROLE_DEVICE)
		rc = err(ERR_BAD, "role is office or device, not %.40s", o.role);
	if (o.name && !*o.name)
		o.name = NULL;
	if (!rc)
		rc = api_number(c, "offices", 0, INVITING_OFFICES, 0, &o.offices);
	if (!rc)
		rc = inviting_make(c->ctx, &o, &inv, text);
	if (rc)
		return rc;
	c->r->status = 201;
	json_object(&c->j);
	json_kstr(&c->j, "uri", text);
	json_kstr(&c->j, "node", node_text(inv.node.number, node));
	json_kstr(&c->j, "name", inv.node.name);
	json_kstr(&c->j, "role", role_name(inv.node.role));
	api_unit_members(c, inv.unit.id);
	json_kstr(&c->j, "addresses", inv.addrs);
	rc = qr_json(&c->j, text);
	return rc ? rc : json_end(&c->j);
}

/* ---- renaming and revoking ---------------------------------------------------------------------------------- */

static int say_node(struct call *c, uint32_t number)
{
	char text[ID_TEXT];

	json_object(&c->j);
	json_kstr(&c->j, "node", node_text(number, text));
	return json_end(&c->j);
}

int api_node_rename(struct call *c)
{
	const char *name = http_arg(c->q, "name");
	uint32_t number;
	int rc = node_parse(c->part[0], &number);

	if (!rc)
		rc = node_rename(c->ctx->s, number, name ? name : "");
	return rc ? rc : say_node(c, number);
}

int api_node_revoke(struct call *c)
{
	uint32_t number;
	int rc = node_parse(c->part[0], &number);

	if (!rc)
		rc = node_revoke(c->ctx->s, number);
	return rc ? rc : say_node(c, number);
}
