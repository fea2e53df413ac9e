/* report_submitted_show.c - one report that was handed in, and the same figures as they are today. */
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/submitted.h"
#include "storage/err.h"
#include "storage/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE_SHOWN 64 /* bytes of a code in a peer's line; longer ones are cut */

struct shown {
	struct report *r;
	int64_t version;  /* wanted; 0: the last */
	char *then, *now; /* owned: the lines, and what they are today */
	char title[256], by[160];
	uint8_t hash[HASH_LEN];
	char *note; /* owned */
	bool intact;
	char until[DATE_LEN];
};

/* A line of figures; false for one that is none. */
static bool read_line(const char *line, char code[CODE_SHOWN], char n[24], char of[24])
{
	char end;

	return sscanf(line, "%63[^ \n] %23[-0-9] %23[-0-9]%c", code, n, of, &end) == 4 &&
	       end == '\n';
}

/* The first line after the head: "until DAY" ends it. */
static const char *body(const char *text)
{
	const char *p = strstr(text, "\nuntil ");

	p = p ? strchr(p + 1, '\n') : NULL;
	return p ? p + 1 : "";
}

static const char *next_line(const char *p)
{
	const char *end = strchr(p, '\n');

	return end ? end + 1 : p + strlen(p);
}

/* The line of that code in the other text, or NULL. */
static const char *line_of(const char *text, const char *code)
{
	size_t n = strlen(code);
	const char *p;

	for (p = body(text); *p; p = next_line(p))
		if (!strncmp(p, code, n) && p[n] == ' ')
			return p;
	return NULL;
}

/* ---- finding it ------------------------------------------------------------------------------ */

static int take(void *arg, const struct submission *x)
{
	struct shown *v = arg;
	char id[ID_TEXT], day[DATE_LEN] = "-";
	struct node n;
	bool pending;
	int64_t ms;
	int rc;

	if (v->version && x->version != v->version)
		return 0;
	rc = submission_when(v->r->ctx->s, x, &ms, &pending);
	if (rc)
		return rc;
	if (ms)
		value_today(ms, day);
	free(v->then);
	free(v->note);
	v->then = strdup(x->figures);
	v->note = x->note ? strdup(x->note) : NULL;
	v->intact = x->intact;
	memcpy(v->hash, x->hash, HASH_LEN);
	if (!value_date(x->until, v->until))
		memcpy(v->until, v->r->period.to, DATE_LEN);
	pending &= v->r->ctx->s->self.role != ROLE_ROOT; /* who sends nothing up */
	snprintf(v->title, sizeof v->title, _("Version %lld, handed in on %s%s"),
	         (long long)x->version, day, pending ? _(", not sent yet") : "");
	node_text(x->node, id);
	if (x->node == v->r->ctx->s->self.number)
		snprintf(v->by, sizeof v->by, _("By this node, %s"), id);
	else
		snprintf(v->by, sizeof v->by, _("By node %s (%s), whose signature was checked"), id,
		         node_get(v->r->ctx->s, x->node, &n) ? "-" : n.name);
	return v->then ? 0 : err(ERR_NOMEM, "out of memory");
}

static int find(struct shown *v)
{
	struct report *r = v->r;
	struct buf now = {0};
	int rc = submission_each(r->ctx->s, r->unit.id, r->period.name, take, v);

	if (!rc && !v->then)
		return err(ERR_NOTFOUND, "%s (%s) has handed in no such report of %s here",
		           r->unit.name, r->unit.code, r->period.name);
	if (!rc)
		rc = submission_figures(r->ctx->s, r->unit.id, &r->period, v->until, &now);
	if (!rc && !(v->now = strdup(buf_cstr(&now))))
		rc = err(ERR_NOMEM, "out of memory");
	buf_release(&now);
	return rc;
}

/* ---- the table ------------------------------------------------------------------------------- */

static void count_cell(struct grid *g, const char *text)
{
	int64_t v;

	if (text && value_int(text, &v))
		grid_int(g, v);
	else
		grid_none(g);
}

static void value_cells(struct grid *g, const char *n, const char *of)
{
	count_cell(g, n);
	count_cell(g, n ? of : NULL);
}

static void row(struct grid *g, const char *then, const char *now)
{
	char code[CODE_SHOWN], n[2][24], of[2][24];
	bool is[2] = {then && read_line(then, code, n[0], of[0]),
	              now && read_line(now, code, n[1], of[1])};

	if (!is[0] && !is[1])
		return;
	grid_text(g, code);
	value_cells(g, is[0] ? n[0] : NULL, of[0]);
	value_cells(g, is[1] ? n[1] : NULL, of[1]);
	grid_text(g, is[0] && is[1] && !strcmp(n[0], n[1]) && !strcmp(of[0], of[1])
	                     ? _("unchanged")
	                     : _("another today"));
}

static void rows(struct grid *g, const struct shown *v)
{
	char code[CODE_SHOWN], n[24], of[24];
	const char *p;

	for (p = body(v->then); *p; p = next_line(p))
		row(g, p, read_line(p, code, n, of) ? line_of(v->now, code) : NULL);
	for (p = body(v->now); *p; p = next_line(p))
		if (read_line(p, code, n, of) && !line_of(v->then, code))
			row(g, NULL, p);
}

static int write_grid(struct shown *v)
{
	char hash[HASH_TEXT], line[256];
	struct grid *g;
	int rc = report_begin(v->r, _("Report handed in"), &g);

	if (rc)
		return rc;
	grid_note(g, v->title);
	grid_note(g, v->by);
	if (v->note)
		grid_note(g, v->note);
	snprintf(line, sizeof line, "SHA-256 %s", hash_text(v->hash, hash));
	grid_note(g, line);
	snprintf(line, sizeof line, _("Counted again today, with records up to %s: %s"), v->until,
	         !v->intact                             ? _("what was handed in is damaged")
	         : !strcmp(body(v->then), body(v->now)) ? _("unchanged")
	                                                : _("not the same any more"));
	grid_note(g, line);
	grid_column(g, "code", _("code"), GRID_TEXT);
	grid_column(g, "count", _("handed in"), GRID_INT);
	grid_column(g, "of", _("out of"), GRID_INT);
	grid_column(g, "count_now", _("today"), GRID_INT);
	grid_column(g, "of_now", _("out of"), GRID_INT);
	grid_column(g, "state", _("state"), GRID_TEXT);
	rows(g, v);
	return grid_end(g, 0);
}

/* The very bytes that were handed in: `sha256sum` gives their hash. */
static int print_raw(const struct shown *v)
{
	fputs(v->then, stdout);
	return out_flush();
}

int report_submitted_show(struct report *r)
{
	struct shown v = {.r = r};
	int rc = 0;

	if (r->argc > 2)
		return cmd_usage(r->ctx, _("what is \"%s\"?"), r->argv[2]);
	if (!r->period.kind)
		return cmd_usage(r->ctx, _("which --period, like 2026-Q3?"));
	if (r->argc == 2)
		rc = cmd_number(r->ctx, _("version"), r->argv[1], 1, INT32_MAX, &v.version);
	if (!rc)
		rc = report_open(r);
	if (!rc)
		rc = find(&v);
	if (!rc && r->raw)
		rc = print_raw(&v);
	else if (!rc)
		rc = write_grid(&v);
	free(v.then);
	free(v.now);
	free(v.note);
	return rc;
}
