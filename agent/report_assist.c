/* report_assist.c - help with online public services: which, how far people got, filed and paid online. */
#include "agent/i18n.h"
#include "agent/reckon.h"
#include "storage/err.h"
#include "storage/text.h"

#include <stdlib.h>
#include <string.h>

#define VALUES (ASSIST_PAID + 1)
#define STEPS (ASSIST_FILED - ASSIST_STEPS)
#define SERVICES_MAX 200 /* services are typed in freely; those beyond are counted as others */

struct service {
	char *name, *fold; /* owned; name NULL: others */
	int64_t now[VALUES], before[VALUES];
};

struct services {
	struct reckon *k;
	struct service list[SERVICES_MAX + 1];
	size_t n;
	bool earlier; /* counting the period before */
};

static void spread(struct reckon *k, const struct activity_row *row, int64_t *n)
{
	(void)k;
	memcpy(n, row->n, VALUES * sizeof *n);
}

/* ---- by service ---------------------------------------------------------------------------- */

static bool lies_here(const struct reckon *k, int64_t unit)
{
	long holder[UNIT_DEPTH_MAX];
	size_t n = geography_holders(k->geo, unit, holder), i;

	for (i = 0; i < n; i++)
		if (holder[i] == k->at)
			return true;
	return false;
}

/* Capitals, accents and spaces do not make another service. */
static struct service *service_of(struct services *s, const char *name)
{
	struct service *v;
	struct buf fold = {0};
	size_t i;

	text_fold(name ? name : "", &fold);
	for (i = 0; i < s->n; i++)
		if (s->list[i].fold && !strcmp(s->list[i].fold, buf_cstr(&fold)))
			break;
	v = &s->list[i];
	if (i == s->n && i < SERVICES_MAX) {
		v->name = strdup(name ? name : "");
		v->fold = strdup(buf_cstr(&fold));
		s->n++;
		if (!v->name || !v->fold || fold.err)
			v = NULL;
	}
	buf_release(&fold);
	return v;
}

static int add_service(void *arg, const struct activity_row *row)
{
	struct services *s = arg;
	struct service *v;
	size_t i;

	if (!lies_here(s->k, row->unit))
		return 0;
	v = service_of(s, row->group);
	if (!v)
		return err(ERR_NOMEM, "out of memory");
	for (i = 0; i < VALUES; i++)
		(s->earlier ? v->before : v->now)[i] += row->n[i];
	return 0;
}

static int most_first(const void *a, const void *b)
{
	const struct service *x = a, *y = b;

	if (x->now[ASSIST_PEOPLE] != y->now[ASSIST_PEOPLE])
		return x->now[ASSIST_PEOPLE] < y->now[ASSIST_PEOPLE] ? 1 : -1;
	return strcmp(x->fold, y->fold);
}

static int gather(struct services *s)
{
	struct report *r = s->k->r;
	struct period before;
	int rc = activity_each(r->ctx->s, ACTIVITY_ASSIST, r->from, r->until, add_service, s);

	s->earlier = true;
	if (!rc && s->k->before && period_before(&r->period, &before))
		rc = activity_each(r->ctx->s, ACTIVITY_ASSIST, before.from, before.to, add_service,
		                   s);
	qsort(s->list, s->n, sizeof *s->list, most_first);
	return rc;
}

/* ---- cells --------------------------------------------------------------------------------- */

/* Behind so many that name the row. */
static void columns(struct reckon *k, size_t behind)
{
	static const char *const key[STEPS] = {"account", "sign_in", "fill_in", "submit", "pay"};
	static const char *const title[STEPS] = {N_("got an account"), N_("signed in"),
	                                         N_("filled in"), N_("submitted"),
	                                         N_("paid a fee")};
	size_t i;

	grid_column(k->g, "people", _("people guided"), GRID_INT);
	if (k->before)
		grid_column(k->g, "change", _("change"), GRID_INT);
	for (i = 0; i < STEPS; i++)
		grid_column(k->g, key[i], _(title[i]), GRID_INT);
	grid_column(k->g, "filed_online", _("filed online"), GRID_SHARE);
	grid_column(k->g, "paid_online", _("paid online"), GRID_SHARE);
	grid_chart(k->g, _("People guided through online services"), behind - 1, behind, GRID_NONE);
}

static void cells(struct reckon *k, long at, const int64_t *now, const int64_t *before)
{
	size_t i;

	(void)at;
	grid_int(k->g, now[ASSIST_PEOPLE]);
	reckon_change(k, now, before, ASSIST_PEOPLE);
	for (i = 0; i < STEPS; i++)
		grid_int(k->g, now[ASSIST_STEPS + i]);
	grid_share(k->g, now[ASSIST_FILED], now[ASSIST_PEOPLE]);
	grid_share(k->g, now[ASSIST_PAID], now[ASSIST_PEOPLE]);
}

static void service_row(struct reckon *k, const char *name, const int64_t *now,
                        const int64_t *before)
{
	grid_text(k->g, name ? name : _("all"));
	cells(k, k->at, now, before);
}

static int by_service(struct reckon *k)
{
	struct services *s = calloc(1, sizeof *s);
	const int64_t *before = reckon_before(k, k->at);
	struct service *v;
	int rc;

	if (!s)
		return err(ERR_NOMEM, "out of memory");
	s->k = k;
	rc = gather(s);
	grid_column(k->g, "service", _("service"), GRID_TEXT);
	columns(k, 1);
	for (v = s->list; !rc && v < s->list + s->n; v++)
		service_row(k, v->name, v->now, before ? v->before : NULL);
	v = &s->list[SERVICES_MAX];
	if (!rc && v->now[ASSIST_PEOPLE])
		service_row(k, _("others"), v->now, before ? v->before : NULL);
	if (!rc)
		service_row(k, NULL, reckon_now(k, k->at), before);
	for (v = s->list; v < s->list + s->n; v++) {
		free(v->name);
		free(v->fold);
	}
	free(s);
	return rc;
}

int report_assist(struct report *r)
{
	struct reckon k = {.r = r, .spread = spread, .cells = cells, .n = VALUES};
	int rc = report_no_arguments(r);

	if (!rc)
		rc = report_open(r);
	if (!rc)
		rc = reckon_open(&k, ACTIVITY_ASSIST);
	if (!rc)
		rc = report_begin(r, _("Help with online public services"), &k.g);
	if (!rc && r->level) {
		report_unit_columns(k.g);
		columns(&k, 2);
		rc = reckon_rows(&k, r->level);
	} else if (!rc) {
		rc = by_service(&k);
	}
	rc = grid_end(k.g, rc);
	reckon_close(&k);
	return rc;
}
