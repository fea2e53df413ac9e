/* resources.c - coverage as SenML (RFC 8428) or plain JSON, for programs that are not ours. */
#include "agent/resources.h"
#include "agent/out.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/indicator.h"
#include "storage/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_JSON 50   /* RFC 7252 section 12.3 */
#define FORMAT_SENML 110 /* RFC 8428 section 12.3 */
#define CODE_MAX 64      /* bytes of a unit's code in a query */

const struct link_resource agent_resources[] = {
	{"coverage", "ct=\"110 50\";rt=\"cayda.coverage\";title=\"Indicators: ?unit=CODE\""},
	{NULL, NULL},
};

struct coverage {
	struct store *s;
	struct unit unit;
	struct json *json;
	bool senml, first;
};

static void put_record(struct coverage *c, const char *n, const char *u, double v)
{
	char name[128];

	json_object(c->json);
	if (c->first) {
		snprintf(name, sizeof name, "urn:cayda:%s:", c->unit.code);
		json_kstr(c->json, "bn", name);
		json_kint(c->json, "bt", clock_now_ms(c->s) / 1000);
		c->first = false;
	}
	json_kstr(c->json, "n", n);
	json_kstr(c->json, "u", u);
	json_knum(c->json, "v", v);
	json_end(c->json);
}

/* SenML: the share, and what it is a share of; or a plain number. */
static void put_senml(struct coverage *c, const struct indicator *i, const struct figure *f)
{
	char name[128];

	if (i->plain) {
		put_record(c, i->code, "count", (double)f->numerator);
		return;
	}
	put_record(c, i->code, "/", (double)f->numerator / (double)f->denominator);
	snprintf(name, sizeof name, "%s:of", i->code);
	put_record(c, name, "count", (double)f->denominator);
}

static void put_plain(struct coverage *c, const struct indicator *i, const struct figure *f)
{
	json_object(c->json);
	json_kstr(c->json, "code", i->code);
	json_kstr(c->json, "counts", i->counts);
	json_kint(c->json, "numerator", f->numerator);
	if (!i->plain)
		json_kint(c->json, "denominator", f->denominator);
	if (f->target >= 0) {
		json_knum(c->json, "target", f->target);
		json_kint(c->json, "target_year", f->target_year);
	}
	json_end(c->json);
}

static int put_indicator(void *arg, const struct indicator *i)
{
	struct coverage *c = arg;
	struct figure f;
	int rc = indicator_eval(c->s, i->code, c->unit.id, NULL, &f);

	if (rc || (c->senml && !f.denominator && !i->plain))
		return rc;
	if (c->senml)
		put_senml(c, i, &f);
	else
		put_plain(c, i, &f);
	return 0;
}

static int write_coverage(struct coverage *c, FILE *f)
{
	struct json j;
	int rc;

	c->json = &j;
	c->first = true;
	json_begin(&j, f);
	if (!c->senml) {
		json_object(&j);
		json_kstr(&j, "unit", c->unit.code);
		json_kint(&j, "time", clock_now_ms(c->s) / 1000);
		json_key(&j, "indicators");
	}
	json_array(&j);
	rc = indicator_each(c->s, put_indicator, c);
	json_end(&j);
	if (!c->senml)
		json_end(&j);
	return rc;
}

/* The unit of "unit=CODE", or this node's own. */
static int find_unit(struct store *s, const char *query, struct unit *out)
{
	char code[CODE_MAX];

	if (!*query)
		return unit_get(s, s->self.scope, out);
	if (sscanf(query, "unit=%63[^&]", code) != 1)
		return err(ERR_BAD, "write ?unit=CODE, or nothing for all that is known here");
	return unit_find(s, code, out);
}

int agent_get(void *arg, const char *path, const char *query, int accept, int *format,
              struct buf *reply)
{
	struct coverage c = {.s = arg};
	char *text = NULL;
	size_t len;
	FILE *f;
	int rc = strcmp(path, "coverage") != 0 ? err(ERR_NOTFOUND, "there is nothing of that name")
	                                       : find_unit(c.s, query, &c.unit);

	if (rc)
		return rc;
	c.senml = accept != FORMAT_JSON;
	*format = c.senml ? FORMAT_SENML : FORMAT_JSON;
	f = open_memstream(&text, &len);
	if (!f)
		return err(ERR_NOMEM, "out of memory");
	rc = write_coverage(&c, f);
	if (fclose(f))
		rc = rc ? rc : err(ERR_NOMEM, "out of memory");
	if (!rc)
		buf_add(reply, text, len);
	free(text);
	return rc ? rc : reply->err;
}
