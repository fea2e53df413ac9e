/* api_form_file.c - a form that is handed in as a file: looked at, or added. */
#include "agent/api_office.h"

#include "agent/form_file.h"

int api_form_file(struct call *c)
{
	const char *name = http_arg(c->q, "name");
	struct xlsform x = {.anyway = http_arg(c->q, "anyway") != NULL};
	struct form_file file = {0};
	char code[NAME_MAX_LEN] = "";
	int version = 0, rc = 0;

	if (!name || !*name)
		rc = err(ERR_BAD, "the file's name is wanted");
	if (!rc)
		rc = form_file_take(name, c->q->body, c->q->len, &file, &x);
	if (!rc && !http_arg(c->q, "check"))
		rc = form_add(c->ctx->s, &x, &version);
	if (!rc)
		rc = form_look(c->ctx->s, &x, code, sizeof code, &version);
	form_file_release(&file);
	if (rc)
		return rc;
	json_object(&c->j);
	json_kstr(&c->j, "code", code);
	json_kint(&c->j, "version", version);
	return json_end(&c->j);
}
