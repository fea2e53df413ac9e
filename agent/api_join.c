/* api_join.c - what pages may ask of a home that is no node yet: to become one. */
#include "agent/api_in.h"

#include "agent/join.h"
#include "storage/json_read.h"

#include <string.h>

const struct route api_join_routes[] = {
	{"GET", "/", api_web, 0},           {"GET", "/style.css", api_page_style, 0},
	{"GET", "/*", api_web, 0},          {"GET", "/api/status", api_join_status, 0},
	{"POST", "/api/join", api_join, 0}, {NULL, NULL, NULL, 0},
};

int api_join_status(struct call *c)
{
	json_object(&c->j);
	json_kstr(&c->j, "program", CAYDA_VERSION);
	json_kstr(&c->j, "language", c->ctx->lang);
	json_kstr(&c->j, "role", "none");
	return json_end(&c->j);
}

static int read_body(const char *body, struct buf *invite, struct buf *name)
{
	struct buf key = {0};
	struct json_read j;

	json_read_open(&j, body);
	for (json_read_begin(&j, '{'); json_read_key(&j, &key);) {
		if (!strcmp(buf_cstr(&key), "invite"))
			json_read_text(&j, invite);
		else if (!strcmp(buf_cstr(&key), "name"))
			json_read_text(&j, name);
		else
			json_read_skip(&j);
	}
	buf_release(&key);
	return json_read_end(&j);
}

int api_join(struct call *c)
{
	struct buf invite = {0}, name = {0};
	struct invite_text inv;
	char node[ID_TEXT];
	int rc;

	if (c->ctx->s)
		return err(ERR_EXISTS, "this is a node already");
	rc = read_body(c->q->body, &invite, &name);
	if (!rc)
		rc = join_home(c->ctx, buf_cstr(&invite), buf_cstr(&name), &inv);
	if (!rc) {
		c->a->routes = api_routes;
		c->r->status = 201;
		json_object(&c->j);
		json_kstr(&c->j, "node", node_text(inv.node.number, node));
		json_kstr(&c->j, "role", role_name(inv.node.role));
		json_kstr(&c->j, "unit", inv.unit.code);
		json_kstr(&c->j, "unit_name", inv.unit.name);
		json_kstr(&c->j, "name", c->ctx->s->self.name);
		json_end(&c->j);
	}
	buf_release(&invite);
	buf_release(&name);
	return rc;
}
