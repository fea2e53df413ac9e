/* resources.c - coverage as SenML (RFC 8428) or plain JSON, for programs that are not ours. */
#include "agent/resources.h"
#include "agent/out.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/figures.h"
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

static void put_indicator(struct coverage *c, const struct indicator *i, const struct figure *f)
{
	if (!c->senml)
		put_plain(c, i, f);
	else if (f->denominator || i->plain)
		put_senml(c, i, f);
}

static void write_coverage(struct coverage *c, const struct figures *figures, long at, FILE *f)
{
	struct figure figure;
	struct json j;
	size_t i;

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
	for (i = 0; i < figures_size(figures); i++) {
		figures_get(figures, i, at, &figure);
		put_indicator(c, figures_indicator(figures, i), &figure);
	}
	json_end(&j);
	if (!c->senml)
		json_end(&j);
}

/* The unit as it is today, by its number in the geography. */
static int find_place(const struct figures *f, const struct unit *u, long *at)
{
	*at = geography_find(figures_geography(f), u->id);
	if (*at >= 0)
		*at = geography_becomes(figures_geography(f), *at);
	return *at >= 0 ? 0 : err(ERR_NOTFOUND, "that unit is not one unit on that day");
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

static int answer(struct coverage *c, const struct figures *figures, struct buf *reply)
{
	char *text = NULL;
	size_t len;
	long at;
	FILE *f;
	int rc = find_place(figures, &c->unit, &at);

	if (rc)
		return rc;
	f = open_memstream(&text, &len);
	if (!f)
		return err(ERR_NOMEM, "out of memory");
	write_coverage(c, figures, at, f);
	if (fclose(f))
		rc = err(ERR_NOMEM, "out of memory");
	else
		buf_add(reply, text, len);
	free(text);
	return rc ? rc : reply->err;
}

int agent_get(void *arg, const char *path, const char *query, int accept, int *format,
              struct buf *reply)
{
	const struct figures_of now = {0};
	struct coverage c = {.s = arg};
	struct figures *f = NULL;
	int rc = strcmp(path, "coverage") != 0 ? err(ERR_NOTFOUND, "there is nothing of that name")
	                                       : find_unit(c.s, query, &c.unit);

	c.senml = accept != FORMAT_JSON;
	*format = c.senml ? FORMAT_SENML : FORMAT_JSON;
	if (!rc)
		rc = figures_open(c.s, &now, &f);
	if (!rc)
		rc = answer(&c, f, reply);
	figures_close(f);
	return rc;
}
