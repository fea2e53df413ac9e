/* test_submission.c - reports are handed in, travel up, stay as they were, and only offices write them. */
#include "tests/unit/village.h"

#include "storage/form.h"
#include "storage/indicator.h"
#include "storage/rebuild.h"
#include "storage/record.h"
#include "storage/submission.h"

#define TODAY "2022-11-21" /* RIG_NOW */

static struct period period(const char *name)
{
	struct period p;

	ok(period_parse(name, &p));
	return p;
}

/* The village with the built-in forms and indicators; a household is visited. */
static void begin(struct village *v)
{
	start(v);
	ok(form_add_builtin(v->root.s));
	ok(indicator_add_builtin(v->root.s));
	rig_sync(&v->office, &v->root);
	settle_down(v);
}

static void record(struct rig_node *n, int64_t unit, const char *form, const struct answer *a,
                   size_t count)
{
	struct form *f;
	struct tx *tx;
	int64_t id;

	ok(form_load(n->s, form, &f));
	ok(tx_begin(n->s, unit, &tx));
	ok(record_add(tx, f, 0, a, count, &id));
	ok(tx_commit(tx));
	tx_end(tx);
	form_free(f);
}

static void training(struct village *v, const char *day, const char *people)
{
	const struct answer a[] = {{"held_on", day}, {"topic", "eid"}, {"attendees", people}};

	record(&v->dev[0], v->unit, "training", a, 3);
	settle_down(v);
}

static int64_t hand_in(struct rig_node *n, const char *code, const char *name, const char *note)
{
	struct period p = period(name);
	int64_t id;

	ok(submission_add(n->s, rig_unit(n, code), &p, note, 0, &id));
	return id;
}

/* ---- what is there ------------------------------------------------------------------------- */

struct seen {
	struct rig_node *n;
	char text[1024]; /* a line each */
	char figures[8192];
};

static int see(void *arg, const struct submission *x)
{
	struct seen *seen = arg;
	size_t used = strlen(seen->text);
	char node[ID_TEXT], day[DATE_LEN] = "-";
	bool pending;
	int64_t ms;

	ok(submission_when(seen->n->s, x, &ms, &pending));
	if (ms)
		value_today(ms, day);
	snprintf(seen->text + used, sizeof seen->text - used, "%s v%d until %s by %s on %s%s%s%s\n",
	         x->period, (int)x->version, x->until, node_text(x->node, node), day,
	         pending ? " pending" : "", x->intact ? "" : " damaged", x->note ? " noted" : "");
	snprintf(seen->figures, sizeof seen->figures, "%s", x->figures);
	return 0;
}

static struct seen *list(struct rig_node *n, const char *name)
{
	static struct seen seen;

	memset(&seen, 0, sizeof seen);
	seen.n = n;
	ok(submission_each(n->s, 0, name, see, &seen));
	return &seen;
}

static void has(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no %s in %s", line, text);
}

/* ---- claims -------------------------------------------------------------------------------- */

static void a_report_is_frozen_and_travels_up(void **state)
{
	struct village v;
	char frozen[8192];

	(void)state;
	begin(&v);
	training(&v, "2022-08-01", "20");
	hand_in(&v.office, "C", "2022-Q3", NULL);
	assert_string_equal(list(&v.office, NULL)->text,
	                    "2022-Q3 v1 until 2022-09-30 by 2.0 on " TODAY " pending\n");
	memcpy(frozen, list(&v.office, NULL)->figures, sizeof frozen);
	has(frozen, "cayda submission 1\nunit C 2022-01-01 Commune\n"
	            "period 2022-Q3 2022-07-01 2022-09-30\nuntil 2022-09-30\nassist_account ");
	has(frozen, "\nsessions 1 -\nsessions_people 20 -\n");
	has(frozen, "\ncoverage 0 2\n");
	rig_sync(&v.office, &v.root);
	training(&v, "2022-08-02", "7"); /* too late for the report */
	rig_sync(&v.office, &v.root);
	assert_string_equal(list(&v.root, "2022-Q3")->text,
	                    "2022-Q3 v1 until 2022-09-30 by 2.0 on " TODAY "\n");
	assert_string_equal(list(&v.root, "2022-Q3")->figures, frozen);
	assert_string_equal(list(&v.root, "2022-Q2")->text, "");
	/* devices of villages hold none of it */
	settle_down(&v);
	assert_string_equal(list(&v.dev[0], NULL)->text, "");
	stop(&v);
}

static void what_is_counted_again_shows_what_came_later(void **state)
{
	struct period q3 = period("2022-Q3");
	struct buf now = {0};
	struct village v;

	(void)state;
	begin(&v);
	training(&v, "2022-08-01", "20");
	hand_in(&v.office, "C", "2022-Q3", NULL);
	ok(submission_figures(v.office.s, rig_unit(&v.office, "C"), &q3, "2022-09-30", &now));
	assert_string_equal(buf_cstr(&now), list(&v.office, NULL)->figures);
	training(&v, "2022-10-01", "9"); /* of the next quarter */
	buf_reset(&now);
	ok(submission_figures(v.office.s, rig_unit(&v.office, "C"), &q3, "2022-09-30", &now));
	assert_string_equal(buf_cstr(&now), list(&v.office, NULL)->figures);
	training(&v, "2022-09-30", "7");
	buf_reset(&now);
	ok(submission_figures(v.office.s, rig_unit(&v.office, "C"), &q3, "2022-09-30", &now));
	has(buf_cstr(&now), "\nsessions 2 -\nsessions_people 27 -\n");
	has(list(&v.office, NULL)->figures, "\nsessions 1 -\n");
	buf_release(&now);
	stop(&v);
}

static void a_correction_is_a_new_version_and_the_old_stays(void **state)
{
	struct period q3 = period("2022-Q3");
	struct village v;
	int64_t id;

	(void)state;
	begin(&v);
	hand_in(&v.office, "C", "2022-Q3", NULL);
	assert_int_equal(submission_add(v.office.s, rig_unit(&v.office, "C"), &q3, NULL, 0, &id),
	                 ERR_EXISTS);
	training(&v, "2022-08-01", "20");
	pass(&v, 3 * 24 * 3600 * INT64_C(1000));
	hand_in(&v.office, "C", "2022-Q3", "one session was missing");
	rig_sync(&v.office, &v.root);
	assert_string_equal(list(&v.root, NULL)->text,
	                    "2022-Q3 v1 until 2022-09-30 by 2.0 on " TODAY "\n"
	                    "2022-Q3 v2 until 2022-09-30 by 2.0 on 2022-11-24 noted\n");
	/* and so they are when the tables are made anew */
	ok(rebuild(v.root.s));
	assert_string_equal(list(&v.root, NULL)->text,
	                    "2022-Q3 v1 until 2022-09-30 by 2.0 on " TODAY "\n"
	                    "2022-Q3 v2 until 2022-09-30 by 2.0 on 2022-11-24 noted\n");
	stop(&v);
}

static void a_period_that_runs_is_counted_up_to_today(void **state)
{
	struct village v;

	(void)state;
	begin(&v);
	hand_in(&v.office, "C", "2022", NULL);
	assert_string_equal(list(&v.office, NULL)->text,
	                    "2022 v1 until " TODAY " by 2.0 on " TODAY " pending\n");
	stop(&v);
}

static void only_who_may_hands_in(void **state)
{
	struct period q3 = period("2022-Q3"), next = period("2022-12"),
		      days = period("2022-07-01..2022-09-01");
	struct village v;
	int64_t id, unit;

	(void)state;
	begin(&v);
	unit = rig_unit(&v.office, "C");
	assert_int_equal(submission_add(v.dev[0].s, v.unit, &q3, NULL, 0, &id), ERR_DENIED);
	assert_int_equal(submission_add(v.office.s, rig_unit(&v.root, "P"), &q3, NULL, 0, &id),
	                 ERR_DENIED);
	assert_int_equal(submission_add(v.office.s, unit, &next, NULL, 0, &id), ERR_BAD);
	assert_int_equal(submission_add(v.office.s, unit, &days, NULL, 0, &id), ERR_BAD);
	assert_string_equal(list(&v.office, NULL)->text, "");
	ok(submission_add(v.root.s, unit, &q3, NULL, 0, &id)); /* for a commune without an office */
	assert_string_equal(list(&v.root, NULL)->text,
	                    "2022-Q3 v1 until 2022-09-30 by 1.0 on " TODAY " pending\n");
	stop(&v);
}

static int64_t quarantined(struct rig_node *n)
{
	int64_t packs;

	ok(db_int(n->s, &packs, "SELECT count(*) FROM pack WHERE state = 2", ""));
	return packs;
}

static void a_device_hands_in_nothing_past_the_door(void **state)
{
	struct village v;
	char sql[300];

	(void)state;
	begin(&v);
	snprintf(sql, sizeof sql,
	         "INSERT INTO f__submission VALUES(%" PRId64 ", %" PRId64
	         ", '2022-Q3', 1, '2022-09-30', NULL, NULL, 'lies', x'00')",
	         (int64_t)v.dev[0].s->self.number << 35 | 999, v.unit);
	rig_forge(&v.dev[0], sql, v.unit);
	settle_down(&v);
	assert_int_equal(quarantined(&v.office), 1);
	assert_string_equal(list(&v.office, NULL)->text, "");
	stop(&v);
}

/* Neither with an update nor by a delete, with a good signature. */
static void nobody_changes_what_was_handed_in(void **state)
{
	static const char *const change[] = {"UPDATE f__submission SET figures = 'other'",
	                                     "DELETE FROM f__submission"};
	struct village v;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		begin(&v);
		hand_in(&v.office, "C", "2022-Q3", NULL);
		rig_sync(&v.office, &v.root);
		rig_forge(&v.office, change[i], rig_unit(&v.office, "C"));
		rig_sync(&v.office, &v.root);
		assert_int_equal(quarantined(&v.root), 1);
		assert_string_equal(list(&v.root, NULL)->text,
		                    "2022-Q3 v1 until 2022-09-30 by 2.0 on " TODAY "\n");
		has(list(&v.root, NULL)->figures, "cayda submission 1\n");
		stop(&v);
	}
}

static void figures_that_are_not_their_hash_are_told(void **state)
{
	struct village v;
	char sql[300];

	(void)state;
	begin(&v);
	snprintf(sql, sizeof sql,
	         "INSERT INTO f__submission VALUES(%" PRId64 ", %" PRId64
	         ", '2022-Q3', 1, '2022-09-30', NULL, NULL, 'lies', x'00')",
	         (int64_t)v.office.s->self.number << 35 | 999, rig_unit(&v.office, "C"));
	rig_forge(&v.office, sql, rig_unit(&v.office, "C"));
	rig_sync(&v.office, &v.root);
	assert_string_equal(list(&v.root, NULL)->text,
	                    "2022-Q3 v1 until 2022-09-30 by 2.0 on " TODAY " damaged\n");
	stop(&v);
}

static void deadline(struct rig_node *n, enum period_kind kind, int months, int day)
{
	struct deadline d;

	ok(submission_deadline(n->s, kind, &d));
	assert_int_equal(d.months, months);
	assert_int_equal(d.day, day);
}

static void the_roots_deadline_holds_everywhere(void **state)
{
	struct deadline d = {.months = 1, .day = 5}, none = {.months = 0, .day = 32};
	struct village v;

	(void)state;
	begin(&v);
	deadline(&v.office, PERIOD_QUARTER, 0, 25);
	deadline(&v.office, PERIOD_YEAR, 0, 20);
	assert_int_equal(submission_set_deadline(v.office.s, PERIOD_QUARTER, &d), ERR_DENIED);
	assert_int_equal(submission_set_deadline(v.root.s, PERIOD_QUARTER, &none), ERR_BAD);
	assert_int_equal(submission_set_deadline(v.root.s, PERIOD_DAYS, &d), ERR_BAD);
	ok(submission_set_deadline(v.root.s, PERIOD_QUARTER, &d));
	rig_sync(&v.office, &v.root);
	settle_down(&v);
	deadline(&v.office, PERIOD_QUARTER, 1, 5);
	deadline(&v.dev[0], PERIOD_QUARTER, 1, 5);
	deadline(&v.office, PERIOD_YEAR, 0, 20);
	d.day = 10;
	ok(submission_set_deadline(v.root.s, PERIOD_QUARTER, &d));
	rig_sync(&v.office, &v.root);
	deadline(&v.office, PERIOD_QUARTER, 1, 10);
	stop(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_frozen_and_travels_up),
		cmocka_unit_test(what_is_counted_again_shows_what_came_later),
		cmocka_unit_test(a_correction_is_a_new_version_and_the_old_stays),
		cmocka_unit_test(a_period_that_runs_is_counted_up_to_today),
		cmocka_unit_test(only_who_may_hands_in),
		cmocka_unit_test(a_device_hands_in_nothing_past_the_door),
		cmocka_unit_test(nobody_changes_what_was_handed_in),
		cmocka_unit_test(figures_that_are_not_their_hash_are_told),
		cmocka_unit_test(the_roots_deadline_holds_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
