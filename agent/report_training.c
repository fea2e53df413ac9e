/* report_training.c - training sessions, who came, and what they were about. */
#include "agent/choices.h"
#include "agent/i18n.h"
#include "agent/reckon.h"

#include <string.h>

#define VALUES 4 /* TRAINING_...: of all sessions, then of each topic */

static struct choices *topics(struct reckon *k)
{
	return k->arg;
}

static void spread(struct reckon *k, const struct activity_row *row, int64_t *n)
{
	size_t topic = choices_find(topics(k), row->group) + 1;

	memcpy(n, row->n, VALUES * sizeof *n);
	memcpy(n + topic * VALUES, row->n, VALUES * sizeof *n);
}

static void columns(struct reckon *k)
{
	grid_column(k->g, "sessions", _("sessions"), GRID_INT);
	grid_column(k->g, "people", _("people who came"), GRID_INT);
	if (k->before)
		grid_column(k->g, "change", _("change of people"), GRID_INT);
	grid_column(k->g, "women", _("of them women"), GRID_SHARE);
}

static void values(struct reckon *k, const int64_t *now, const int64_t *before)
{
	grid_int(k->g, now[TRAINING_SESSIONS]);
	grid_int(k->g, now[TRAINING_PEOPLE]);
	reckon_change(k, now, before, TRAINING_PEOPLE);
	grid_share(k->g, now[TRAINING_WOMEN], now[TRAINING_WOMEN_OF]);
}

static void cells(struct reckon *k, long at, const int64_t *now, const int64_t *before)
{
	size_t i;

	(void)at;
	values(k, now, before);
	for (i = 1; i <= topics(k)->n; i++)
		grid_int(k->g, now[i * VALUES + TRAINING_SESSIONS]);
}

static int by_unit(struct reckon *k)
{
	size_t i;

	report_unit_columns(k->g);
	columns(k);
	for (i = 0; i < topics(k)->n; i++)
		grid_column(k->g, topics(k)->name[i], topics(k)->label[i], GRID_INT);
	grid_chart(k->g, _("People at training sessions"), 1, 3, GRID_NONE);
	return reckon_rows(k, k->r->level);
}

static int by_topic(struct reckon *k)
{
	const int64_t *now = reckon_now(k, k->at), *before = reckon_before(k, k->at);
	size_t i;

	grid_column(k->g, "topic", _("topic"), GRID_TEXT);
	grid_column(k->g, "label", _("what it was about"), GRID_TEXT);
	columns(k);
	grid_chart(k->g, _("People at training sessions"), 1, 3, GRID_NONE);
	for (i = 1; i <= topics(k)->n; i++) {
		grid_text(k->g, topics(k)->name[i - 1]);
		grid_text(k->g, topics(k)->label[i - 1]);
		values(k, now + i * VALUES, before ? before + i * VALUES : NULL);
	}
	grid_none(k->g);
	grid_text(k->g, _("all"));
	values(k, now, before);
	return 0;
}

int report_training(struct report *r)
{
	struct choices c = {.n = 0};
	struct reckon k = {.r = r, .spread = spread, .cells = cells, .arg = &c};
	int rc = report_no_arguments(r);

	if (!rc)
		rc = report_open(r);
	if (!rc)
		rc = choices_open(r->ctx->s, "training", "topic", RECKON_MAX / VALUES - 1, &c);
	k.n = (c.n + 1) * VALUES;
	if (!rc)
		rc = reckon_open(&k, ACTIVITY_TRAINING);
	if (!rc)
		rc = report_begin(r, _("Training sessions"), &k.g);
	if (!rc)
		rc = r->level ? by_unit(&k) : by_topic(&k);
	rc = grid_end(k.g, rc);
	reckon_close(&k);
	choices_close(&c);
	return rc;
}
