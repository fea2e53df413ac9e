/* api_report.c - reports for pages, and to take away: the kinds that `cayda report` has and that only read. */
#include "agent/api_in.h"

#include "agent/i18n.h"
#include "agent/report.h"

#include <stdlib.h>
#include <string.h>

static const struct format {
	const char *name, *type, *file; /* file: to be saved as; NULL: shown */
} formats[] = {
	{"json", NULL, NULL},
	{"csv", "text/csv; charset=utf-8", "report.csv"},
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
         "report.xlsx"},
	{"geojson", "application/geo+json", "report.geojson"},
};

/* Handing in writes. */
static bool only_reads(const struct report_kind *k)
{
	return strcmp(k->name, "submit") != 0;
}

int api_reports(struct call *c)
{
	const struct report_kind *k;

	json_object(&c->j);
	json_key(&c->j, "reports");
	json_array(&c->j);
	for (k = report_kinds; k->name; k++) {
		if (!only_reads(k))
			continue;
		json_object(&c->j);
		json_kstr(&c->j, "kind", k->name);
		json_kstr(&c->j, "summary", _(k->summary));
		json_end(&c->j);
	}
	json_end(&c->j);
	return json_end(&c->j);
}

static const struct report_kind *find(const char *name)
{
	const struct report_kind *k;

	for (k = report_kinds; k->name; k++)
		if (only_reads(k) && !strcmp(k->name, name))
			return k;
	err(ERR_NOTFOUND, "there is no report %s", name);
	return NULL;
}

/* As the command: another process reads the home, and a province's figures do not keep devices waiting. */
static int begin(struct call *c, const struct report_kind *k, const struct format *f)
{
	static const char *const passed[] = {"unit",      "period", "as-of",
	                                     "geography", "by",     "indicator"};
	char *text[sizeof passed / sizeof *passed] = {NULL}, *argv[CHILD_ARGS] = {NULL};
	const char *fixed[] = {"cayda",  "report",    k->name,    "--home", c->ctx->home,
	                       "--lang", i18n_lang(), "--format", f->name};
	char within[ID_TEXT];
	size_t i, n = 0;
	int rc = 0;

	for (i = 0; i < sizeof fixed / sizeof *fixed; i++)
		argv[n++] = (char *)(uintptr_t)fixed[i];
	for (i = 0; !rc && i < sizeof passed / sizeof *passed; i++) {
		const char *value = http_arg(c->q, passed[i]);

		if (!value || !*value)
			continue;
		if (asprintf(&text[i], "--%s=%s", passed[i], value) < 0) {
			text[i] = NULL;
			rc = err(ERR_NOMEM, "out of memory");
		}
		argv[n++] = text[i];
	}
	if (c->who) {
		argv[n++] = (char *)(uintptr_t) "--within";
		argv[n++] = (char *)(uintptr_t)id_text(c->unit.id, within);
	}
	if (http_arg(c->q, "missing"))
		argv[n++] = (char *)(uintptr_t) "--missing";
	if (!rc)
		rc = child_start(&c->a->children, c->ctx->program, argv, c->q->ticket);
	for (i = 0; i < sizeof passed / sizeof *passed; i++)
		free(text[i]);
	return rc;
}

static int take(struct call *c, const struct format *f)
{
	struct buf text = {0};
	int rc = child_take(&c->a->children, *c->q->ticket, &text);

	if (rc == 1) {
		c->r->later = true;
		rc = 0;
	} else if (!rc) {
		c->r->type = f->type;
		c->r->file = f->file;
		fwrite(text.data, 1, text.len, c->r->out);
	}
	buf_release(&text);
	return rc;
}

int api_report(struct call *c)
{
	const char *name = http_arg(c->q, "format");
	const struct report_kind *k = find(c->part[0]);
	const struct format *f = formats, *end = formats + sizeof formats / sizeof *formats;
	struct unit unit;
	int rc = k ? api_unit(c, "unit", &unit) : err_code();

	while (name && f < end && strcmp(f->name, name))
		f++;
	if (!rc && f == end)
		rc = err(ERR_BAD, "there is no format %.40s: json, csv, xlsx or geojson", name);
	if (!rc && !*c->q->ticket)
		rc = begin(c, k, f);
	if (rc == ERR_BUSY) { /* asked again when one has ended */
		c->r->later = true;
		return 0;
	}
	return rc ? rc : take(c, f);
}
