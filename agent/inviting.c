/* inviting.c - leases a node's number, and writes the invite that brings it here. */
#include "agent/inviting.h"

#include "protocol/enrol.h"
#include "protocol/link.h"
#include "storage/err.h"
#include "storage/meta.h"

#include <string.h>

int inviting_address(struct inviting *o, const char *addr)
{
	size_t used = strlen(o->addrs);

	if (!*addr || strchr(addr, ' ') || strlen(addr) >= LINK_ADDR_MAX)
		return err(ERR_BAD, "'%s' is not an address: write HOST:PORT", addr);
	if (used + strlen(addr) + 2 > sizeof o->addrs)
		return err(ERR_TOOBIG, "too many addresses");
	if (used)
		strcat(o->addrs, " ");
	strcat(o->addrs, addr);
	return 0;
}

int inviting_addresses(struct ctx *ctx, char out[INVITE_ADDRS_MAX])
{
	int rc = meta_text(ctx->s, "addresses", out, INVITE_ADDRS_MAX);

	return rc == ERR_NOTFOUND ? 0 : rc;
}

/* Those given, else those of last time. */
static int addresses(struct ctx *ctx, struct inviting *o)
{
	int rc;

	if (*o->addrs)
		return meta_set_text(ctx->s, "addresses", o->addrs);
	rc = inviting_addresses(ctx, o->addrs);
	if (!rc && !*o->addrs)
		return err(
			ERR_NOTFOUND,
			"say where the new node reaches this one: --address HOST:PORT (only the first time)");
	return rc;
}

int inviting_make(struct ctx *ctx, struct inviting *o, struct invite_text *inv,
                  char text[INVITE_TEXT_MAX])
{
	struct node n = {0};
	struct unit u;
	int rc = unit_find(ctx->s, o->unit, &u);

	if (!rc)
		rc = addresses(ctx, o);
	if (!rc && o->name && strlen(o->name) >= sizeof n.name)
		rc = err(ERR_TOOBIG, "the node's name is too long");
	if (rc)
		return rc;
	n.unit = u.id;
	n.role = o->role ? role_of(o->role) : u.level == LEVEL_VILLAGE ? ROLE_DEVICE : ROLE_OFFICE;
	n.office_count = n.role == ROLE_OFFICE ? (uint32_t)o->offices + 1 : 0;
	strcpy(n.name, o->name ? o->name : u.name);
	rc = enrol_invite(ctx->s, &n, o->addrs, inv);
	return rc ? rc : invite_write(inv, text);
}
