/* api_report.c - reports for pages, and to take away: the kinds that `cayda report` has and that only read. */
#include "agent/api_in.h"

#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/report.h"
#include "storage/value.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPORT_MAX   \
	(32 * 1024 * \
	 1024) /* bytes: every village of a province with every figure is a quarter of it */

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

static int day(struct call *c, const char *name, char text[DATE_LEN], const char **out)
{
	const char *said = http_arg(c->q, name);

	if (!said || !*said)
		return 0;
	if (!value_date(said, text))
		return err(ERR_BAD, "\"%.40s\" is not a day like 2026-11-21", said);
	*out = text;
	return 0;
}

static int options(struct call *c, struct report *r)
{
	const char *period = http_arg(c->q, "period"), *level = http_arg(c->q, "by");
	int rc = day(c, "as-of", r->day_text[0], &r->as_of);

	r->unit_ref = http_arg(c->q, "unit");
	r->indicator = http_arg(c->q, "indicator");
	r->missing = http_arg(c->q, "missing") != NULL;
	if (!rc)
		rc = day(c, "geography", r->day_text[1], &r->places);
	if (!rc && period)
		rc = period_parse(period, &r->period);
	if (!rc && period && r->as_of)
		rc = err(ERR_BAD, "period and as-of: which of them?");
	if (!rc && level) {
		r->level = level_of(level);
		rc = r->level ? 0 : err(ERR_BAD, "there is no level %.40s", level);
	}
	return rc;
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

/* A report opens the home by itself, and writes a file; this one is gone again when it was read. */
static int run(struct call *c, const struct report_kind *k, struct report *r, const char *format,
               struct buf *out)
{
	char path[4096];
	int fd, rc;

	snprintf(path, sizeof path, "%s/report.XXXXXX", c->ctx->home);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return err(ERR_IO, "%s: cannot be written: %s", path, file_reason(errno));
	close(fd);
	rc = grid_to_set(&r->to, format, path, NULL, false);
	if (!rc)
		rc = k->run(r);
	if (rc > 0)
		rc = err(ERR_BAD, "this report cannot be made from here");
	if (!rc)
		rc = file_read(path, REPORT_MAX, out);
	unlink(path);
	store_close(r->ctx->s);
	return rc;
}

int api_report(struct call *c)
{
	const char *name = http_arg(c->q, "format");
	const struct report_kind *k = find(c->part[0]);
	const struct format *f = formats, *end = formats + sizeof formats / sizeof *formats;
	char *none = NULL;
	struct ctx own = {.home = c->ctx->home, .lang = c->ctx->lang};
	struct report r = {.ctx = &own, .argv = &none, .within = c->who ? c->unit.id : 0};
	struct buf text = {0};
	int rc = k ? options(c, &r) : err_code();

	while (name && f < end && strcmp(f->name, name))
		f++;
	if (!rc && f == end)
		rc = err(ERR_BAD, "there is no format %.40s: json, csv, xlsx or geojson", name);
	if (!rc)
		rc = run(c, k, &r, f->name, &text);
	if (!rc) {
		c->r->type = f->type;
		c->r->file = f->file;
		fwrite(text.data, 1, text.len, c->r->out);
	}
	buf_release(&text);
	return rc;
}
