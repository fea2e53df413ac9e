/* api_target.c - indicators with their targets, and setting one. */
#include "agent/api_office.h"

#include "storage/csv.h"
#include "storage/indicator_tell.h"

#include <string.h>

/* ---- what is set ------------------------------------------------------------------------------------------ */

static int one_target(void *arg, const struct target *t)
{
	struct json *j = arg;

	json_object(j);
	json_kstr(j, "unit", t->unit);
	json_kstr(j, "unit_name", t->unit_name);
	json_kint(j, "year", t->year);
	json_knum(j, "share", t->share);
	json_kstr(j, "document", t->document);
	json_end(j);
	return 0;
}

static int one_indicator(void *arg, const struct indicator *i)
{
	struct call *c = arg;
	struct json *j = &c->j;
	int rc;

	json_object(j);
	json_kstr(j, "code", i->code);
	api_labels(j, "label", i->label);
	json_kstr(j, "counts", i->counts);
	json_kstr(j, "direction", i->direction);
	json_kbool(j, "share", !i->plain);
	json_key(j, "targets");
	json_array(j);
	rc = target_each(c->ctx->s, i->code, one_target, j);
	json_end(j);
	json_end(j);
	return rc;
}

/* As the file that `cayda indicator target` takes. */
static int targets_csv(struct call *c)
{
	struct buf text[3] = {{0}};
	size_t i;
	int rc = indicator_export(c->ctx->s, &text[0], &text[1], &text[2]);

	if (!rc)
		fwrite(text[1].data, 1, text[1].len, c->r->out);
	for (i = 0; i < sizeof text / sizeof *text; i++)
		buf_release(&text[i]);
	c->r->type = "text/csv; charset=utf-8";
	c->r->file = "targets.csv";
	return rc;
}

int api_targets(struct call *c)
{
	const char *format = http_arg(c->q, "format");
	int rc;

	if (format && !strcmp(format, "csv"))
		return targets_csv(c);
	json_object(&c->j);
	json_kbool(&c->j, "may_set", c->ctx->s->self.role == ROLE_ROOT);
	json_key(&c->j, "indicators");
	json_array(&c->j);
	rc = indicator_each(c->ctx->s, one_indicator, c);
	json_end(&c->j);
	return rc ? rc : json_end(&c->j);
}

/* ---- setting one ------------------------------------------------------------------------------------------ */

/* As a row of the file that `cayda indicator target` takes: one place says what a target may be. */
int api_target_set(struct call *c)
{
	static const char *const columns[] = {"indicator", "unit_code", "year", "share",
	                                      "document"};
	static const char *const args[] = {"indicator", "unit", "year", "share", "document"};
	const size_t n = sizeof columns / sizeof *columns;
	struct buf text = {0};
	const char *value;
	size_t i, changed = 0;
	int rc;

	for (i = 0; i < n; i++) {
		csv_put(&text, columns[i]);
		buf_u8(&text, i + 1 < n ? ',' : '\n');
	}
	for (i = 0; i < n; i++) {
		value = http_arg(c->q, args[i]);
		csv_put(&text, value ? value : "");
		buf_u8(&text, i + 1 < n ? ',' : '\n');
	}
	rc = text.err;
	if (!rc)
		rc = target_import(c->ctx->s, (const char *)text.data, text.len, &changed);
	buf_release(&text);
	if (rc)
		return rc;
	json_object(&c->j);
	json_kint(&c->j, "changed", (int64_t)changed);
	return json_end(&c->j);
}
