/* test_rollup.c - sums that are kept are what the records give, whatever happened to these. */
#include "tests/unit/households.h"

#include "storage/figures.h"
#include "storage/form.h"
#include "storage/rebuild.h"
#include "storage/rollup.h"
#include "storage/same.h"

#define HISTORIES 4
#define STEPS 150
#define HOUSEHOLDS 6 /* few, so that people write of the same */
#define VISITS 24

static const char list[] =
	"code,order,form,latest_by,numerator,denominator,counts,direction\n"
	"people,1,visit,household,sum(smartphones),sum(persons),people,up\n"
	"homes,2,visit,household,count(*) FILTER (WHERE fibre = '1'),count(*),households,up\n"
	"all,3,visit,_id,sum(persons),count(*),people,up\n"
	"last,4,visit,_unit,sum(persons),:villages,people,up\n"
	"named,5,visit,provider,sum(persons),count(*),people,up\n"
	"numbers,6,household,number,sum(persons),count(*),people,up\n";

struct history {
	struct village v;
	int64_t unit[2];               /* villages C-1 and C-2 */
	int64_t household[HOUSEHOLDS]; /* half of them in each */
	int64_t visit[VISITS], at[VISITS];
	size_t nvisit;
	uint64_t seed;
	bool kept, days; /* something was kept at least once, of a day too */
};

/* ---- comparing ---------------------------------------------------------------------------------- */

static struct figures *ask(struct rig_node *n, const char *from, const char *day, bool recount)
{
	const struct figures_of of = {.from = from, .day = day, .recount = recount};
	struct figures *f;

	ok(figures_open(n->s, &of, &f));
	return f;
}

static void compare(struct rig_node *n, const char *from, const char *day)
{
	struct figures *kept = ask(n, from, day, false), *walked = ask(n, from, day, true);
	const struct geography *g = figures_geography(kept);
	struct figure a, b;
	size_t i, k;

	for (i = 0; i < geography_size(g); i++) {
		for (k = 0; k < figures_size(kept); k++) {
			figures_get(kept, k, (long)i, &a);
			figures_get(walked, k, (long)i, &b);
			if (a.numerator == b.numerator && a.denominator == b.denominator)
				continue;
			fail_msg("%s of %s up to %s: kept %d of %d, by the records %d of %d",
			         figures_indicator(kept, k)->code, geography_unit(g, i)->code,
			         day ? day : "now", (int)a.numerator, (int)a.denominator,
			         (int)b.numerator, (int)b.denominator);
		}
	}
	figures_close(kept);
	figures_close(walked);
}

static int64_t rows(struct rig_node *n, const char *table)
{
	char sql[80];
	sqlite3_stmt *st;
	int64_t count;

	snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
	ok(db_prepare(n->s, sql, &st));
	assert_int_equal(db_step(n->s, st), 1);
	count = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return count;
}

static void compare_all(struct history *h)
{
	static const char *const days[] = {"2026-11-03", "2026-11-08", "2026-12-31"};
	struct rig_node *const node[] = {&h->v.root, &h->v.office, &h->v.dev[0]};
	struct rig_node *n = node[draw(&h->seed) % 3];

	compare(n, NULL, NULL);
	compare(n, draw(&h->seed) % 2 ? "2026-11-03" : NULL, days[draw(&h->seed) % 3]);
	h->kept |= n != &h->v.dev[0] && rows(n, "rollup") > 0;
	h->days |= n != &h->v.dev[0] && rows(n, "rollup_day") > 0;
}

/* ---- what happens ---------------------------------------------------------------------------------- */

static void run(struct rig_node *n, int64_t unit, const char *sql, int64_t a, int64_t b)
{
	sqlite3_stmt *st;
	struct tx *tx;

	ok(tx_begin(n->s, unit, &tx));
	ok(db_prepare(n->s, sql, &st));
	ok(db_bind(st, "ii", a, b));
	ok(db_step(n->s, st));
	sqlite3_finalize(st);
	ok(tx_commit(tx));
	tx_end(tx);
}

/* A visit of any household by anybody, also in a village that is not the household's. */
static void add_visit(struct history *h, struct rig_node *n, int64_t unit)
{
	uint64_t d = draw(&h->seed);
	char day[16];
	int64_t id;
	struct tx *tx;

	if (h->nvisit == VISITS)
		return;
	snprintf(day, sizeof day, "2026-11-%02d", 1 + (int)(d % 9));
	ok(tx_begin(n->s, unit, &tx));
	id = tx_new_id(tx);
	ok(db_run(n->s,
	          "INSERT INTO f_visit(_id, _unit, _version, household, surveyed_on, persons,"
	          " smartphones, fibre, provider) VALUES(?1, ?2, 1, ?3, ?4, ?5, ?5 / 2, ?5 % 2,"
	          " CASE WHEN ?5 % 3 THEN ?5 % 3 END)",
	          "iiiti", id, unit, d % 11 ? h->household[(d >> 8) % HOUSEHOLDS] : 0,
	          d % 7 ? day : NULL, (int64_t)(1 + (d >> 16 & 7))));
	ok(tx_commit(tx));
	tx_end(tx);
	h->visit[h->nvisit] = id;
	h->at[h->nvisit++] = unit;
}

static void change_visit(struct history *h, struct rig_node *n, size_t i)
{
	static const char *const sql[] = {
		"UPDATE f_visit SET persons = ?2 % 9 WHERE _id = ?1",
		"UPDATE f_visit SET surveyed_on = '2026-11-0' || (1 + ?2 % 9) WHERE _id = ?1",
		"UPDATE f_visit SET household = ?2 WHERE _id = ?1",
		"UPDATE f_visit SET provider = ?2 % 3 WHERE _id = ?1",
		"DELETE FROM f_visit WHERE _id = ?1 AND ?2",
	};
	size_t what = draw(&h->seed) % (sizeof sql / sizeof *sql);
	uint64_t d = draw(&h->seed);

	run(n, h->at[i], sql[what], h->visit[i],
	    what == 2 ? h->household[d % HOUSEHOLDS] : (int64_t)(d >> 40 | 1));
}

/* Households, and sometimes visits, become one thing, or are two again. */
static void judge(struct history *h)
{
	struct rig_node *n = &h->v.office;
	struct form *f;
	uint64_t d = draw(&h->seed);
	size_t village = d % 2, half = HOUSEHOLDS / 2;
	int64_t a = h->household[village * half + (d >> 8) % half];
	int64_t b = h->household[village * half + (d >> 16) % half];

	if (d >> 24 & 1 && h->nvisit) {
		a = h->visit[(d >> 8) % h->nvisit];
		b = h->visit[(d >> 16) % h->nvisit];
		ok(form_load(n->s, "visit", &f));
	} else {
		ok(form_load(n->s, "household", &f));
	}
	if (d >> 25 & 1)
		same_undo(n->s, f, a, 0); /* it may not be joined, or not be here: nothing then */
	else
		same_join(n->s, f, a, b, 0);
	form_free(f);
}

static void change_indicators(struct history *h)
{
	static const char *const sums[] = {"sum(smartphones)", "sum(persons)", "count(provider)"};
	char text[300];
	size_t n;

	snprintf(text, sizeof text,
	         "code,order,form,latest_by,numerator,denominator,counts,direction\n"
	         "people,1,visit,household,%s,sum(persons),people,up\n",
	         sums[draw(&h->seed) % 3]);
	ok(indicator_import(h->v.root.s, text, strlen(text), &n));
}

static void step(struct history *h)
{
	struct rig_node *n = &h->v.dev[draw(&h->seed) % AUTHORS];
	uint64_t d = draw(&h->seed) % 20;
	int64_t unit = h->unit[0];

	pass(&h->v, 1000);
	if (draw(&h->seed) % 3 == 0) { /* an office works for all its villages */
		n = &h->v.office;
		unit = h->unit[draw(&h->seed) % 2];
	}
	if (d < 6)
		add_visit(h, n, unit);
	else if (d < 10 && h->nvisit)
		change_visit(h, &h->v.office, draw(&h->seed) % h->nvisit);
	else if (d < 12)
		judge(h);
	else if (d < 15)
		rig_sync(&h->v.dev[draw(&h->seed) % AUTHORS], &h->v.office);
	else if (d < 18)
		rig_sync(&h->v.office, &h->v.root);
	else if (d == 18)
		change_indicators(h);
	else
		ok(rebuild(draw(&h->seed) % 2 ? h->v.root.s : h->v.office.s));
}

/* ---- claims ------------------------------------------------------------------------------------------ */

static void begin(struct history *h)
{
	static const char *const number[] = {"1", "2", "3"};
	size_t n;
	int i;

	start(&h->v);
	ok(form_add_builtin(h->v.root.s));
	ok(indicator_import(h->v.root.s, list, sizeof list - 1, &n));
	sync_all(&h->v);
	h->unit[0] = h->v.unit;
	h->unit[1] = rig_unit(&h->v.office, "C-2");
	for (i = 0; i < HOUSEHOLDS; i++)
		h->household[i] = add_household(&h->v.office, h->unit[i / 3], number[i % 3], "A",
		                                NULL, NULL);
}

static void what_is_kept_is_what_the_records_give(void **state)
{
	const char *given = getenv("SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : 1,
		 last = given ? seed : seed + HISTORIES - 1;
	struct history h;
	int i;

	(void)state;
	for (; seed <= last; seed++) {
		print_message("# replay with SEED=%" PRIu64 "\n", seed);
		memset(&h, 0, sizeof h);
		h.seed = seed;
		begin(&h);
		for (i = 0; i < STEPS; i++) {
			step(&h);
			compare_all(&h);
		}
		assert_true(h.kept && h.days);
		stop(&h.v);
	}
}

static void expect(struct rig_node *n, const char *code, int64_t numerator, int64_t denominator)
{
	struct figures *f = ask(n, NULL, NULL, false);
	struct figure v;
	size_t k = 0;

	while (strcmp(figures_indicator(f, k)->code, code) != 0)
		k++;
	figures_get(f, k, geography_find(figures_geography(f), n->s->self.scope), &v);
	assert_int_equal(v.numerator, numerator);
	assert_int_equal(v.denominator, denominator);
	figures_close(f);
}

/* The figures of a day, of which "people" counts that many. */
static void expect_day(struct rig_node *n, const char *day, int64_t denominator)
{
	struct figures *f = ask(n, NULL, day, false);
	struct figure v;

	figures_get(f, 0, geography_find(figures_geography(f), n->s->self.scope), &v);
	assert_int_equal(v.denominator, denominator);
	figures_close(f);
}

/* What is read is what is kept: without it there would be nothing to see here. */
static void a_report_does_not_walk_over_the_records(void **state)
{
	struct history h = {.seed = 7};

	(void)state;
	begin(&h);
	expect(&h.v.office, "numbers", 0, 6);
	assert_true(rows(&h.v.office, "rollup") > 0);
	assert_int_equal(rows(&h.v.office, "rollup_stale"), 0);
	ok(db_exec(h.v.office.s, "DELETE FROM rollup"));
	expect(&h.v.office, "numbers", 0, 0);
	ok(rollup_forget(h.v.office.s));
	expect(&h.v.office, "numbers", 0, 6);
	expect(&h.v.dev[0], "numbers", 0, 0);
	assert_int_equal(rows(&h.v.dev[0], "rollup"), 0); /* a device keeps none */
	stop(&h.v);
}

static void visit_on(struct rig_node *n, int64_t unit, int64_t household, const char *day,
                     int64_t persons)
{
	struct tx *tx;

	ok(tx_begin(n->s, unit, &tx));
	ok(db_run(n->s,
	          "INSERT INTO f_visit(_id, _unit, _version, household, surveyed_on, persons)"
	          " VALUES(?, ?, 1, ?, ?, ?)",
	          "iiiti", tx_new_id(tx), unit, household, day, persons));
	ok(tx_commit(tx));
	tx_end(tx);
}

/* A household that was visited from another village counts once, and where the latest visit was. */
static void a_visit_elsewhere_changes_what_is_kept_at_home(void **state)
{
	struct history h = {.seed = 7};

	(void)state;
	begin(&h);
	visit_on(&h.v.office, h.unit[0], h.household[0], "2026-11-05", 4);
	expect(&h.v.office, "people", 0, 4);
	visit_on(&h.v.office, h.unit[1], h.household[0], "2026-11-07", 7);
	expect(&h.v.office, "people", 0, 7);
	assert_int_equal(rows(&h.v.office, "rollup_with"), 2);
	run(&h.v.office, h.unit[1], "DELETE FROM f_visit WHERE _unit = ?1 AND ?2", h.unit[1], 1);
	expect(&h.v.office, "people", 0, 4);
	assert_int_equal(rows(&h.v.office, "rollup_with"), 0);
	stop(&h.v);
}

/* Of the day, and of the day only; what changed is added up anew, and days do not pile up. */
static void sums_of_a_day_are_kept_too(void **state)
{
	struct history h = {.seed = 7};
	char day[16];
	int i;

	(void)state;
	begin(&h);
	visit_on(&h.v.office, h.unit[0], h.household[0], "2026-11-05", 4);
	visit_on(&h.v.office, h.unit[0], h.household[0], "2026-11-07", 5);
	compare(&h.v.office, NULL, "2026-11-08"); /* nothing is later: today's are that day's */
	assert_int_equal(rows(&h.v.office, "rollup_day"), 0);
	compare(&h.v.office, NULL, "2026-11-06");
	assert_true(rows(&h.v.office, "rollup_day") > 0);
	ok(db_exec(h.v.office.s, "UPDATE rollup_day SET sums = zeroblob(length(sums))"));
	expect_day(&h.v.office, "2026-11-06", 0); /* they are what is read */
	visit_on(&h.v.office, h.unit[0], h.household[0], "2026-11-06", 9);
	compare(&h.v.office, NULL, "2026-11-06");
	for (i = 0; i < 2 * ROLLUP_DAYS_MAX; i++) {
		snprintf(day, sizeof day, "2026-%02d-%02d", 5 + i / 28, 1 + i % 28);
		figures_close(ask(&h.v.office, NULL, day, false));
	}
	assert_in_range(rows(&h.v.office, "rollup_day"), 1, ROLLUP_DAYS_MAX * 6);
	stop(&h.v);
}

/* What a line over months asks for: one indicator's records and no others. */
static void one_indicator_can_be_read_alone(void **state)
{
	struct figures_of of = {.only = "people"};
	struct history h = {.seed = 7};
	struct figures *f;
	struct figure v;

	(void)state;
	begin(&h);
	visit_on(&h.v.office, h.unit[0], h.household[0], "2026-11-05", 4);
	ok(figures_open(h.v.office.s, &of, &f));
	figures_get(f, 0, geography_find(figures_geography(f), h.unit[0]), &v);
	assert_int_equal(v.denominator, 4);
	assert_string_equal(figures_indicator(f, 2)->code, "all");
	figures_get(f, 2, geography_find(figures_geography(f), h.unit[0]), &v);
	assert_int_equal(v.denominator, 0);
	figures_close(f);
	stop(&h.v);
}

static void join(struct history *h, int64_t keep, int64_t other)
{
	struct form *f;

	ok(form_load(h->v.office.s, "household", &f));
	ok(same_join(h->v.office.s, f, keep, other, 0));
	form_free(f);
}

/* Also where only the joined household was visited from there. */
static void a_visit_elsewhere_of_a_joined_household_does_too(void **state)
{
	struct history h = {.seed = 7};

	(void)state;
	begin(&h);
	visit_on(&h.v.office, h.unit[0], h.household[0], "2026-11-05", 4);
	join(&h, h.household[0], h.household[1]);
	expect(&h.v.office, "people", 0, 4);
	visit_on(&h.v.office, h.unit[1], h.household[1], "2026-11-07", 7);
	expect(&h.v.office, "people", 0, 7);
	stop(&h.v);
}

static void a_joint_with_what_was_visited_elsewhere_is_known_when_that_goes(void **state)
{
	struct history h = {.seed = 7};

	(void)state;
	begin(&h);
	visit_on(&h.v.office, h.unit[0], h.household[0], "2026-11-05", 4);
	visit_on(&h.v.office, h.unit[1], h.household[1], "2026-11-07", 7);
	expect(&h.v.office, "people", 0, 11);
	join(&h, h.household[0], h.household[1]);
	expect(&h.v.office, "people", 0, 7);
	run(&h.v.office, h.unit[1], "DELETE FROM f_visit WHERE _unit = ?1 AND ?2", h.unit[1], 1);
	expect(&h.v.office, "people", 0, 4);
	stop(&h.v);
}

/* An office gives one id in two of its villages: the row is in one of them in the end. */
static void a_row_that_goes_to_another_village_leaves_what_was_kept(void **state)
{
	struct history h = {.seed = 7};
	char sql[200];
	int64_t id;

	(void)state;
	begin(&h);
	visit_on(&h.v.office, h.unit[0], h.household[3], "2026-11-05", 4);
	ok(db_int(h.v.office.s, &id, "SELECT max(_id) FROM f_visit", ""));
	rig_sync(&h.v.office, &h.v.root);
	expect(&h.v.root, "people", 0, 4);
	ok(db_exec(h.v.office.s, "DELETE FROM f_visit"));
	snprintf(sql, sizeof sql,
	         "INSERT INTO f_visit(_id, _unit, _version, household, surveyed_on, persons)"
	         " VALUES(%" PRId64 ", %" PRId64 ", 1, %" PRId64 ", '2026-11-05', 4)",
	         id, h.unit[1], h.household[3]);
	rig_forge(&h.v.office, sql, h.unit[1]);
	rig_sync(&h.v.office, &h.v.root);
	compare(&h.v.root, NULL, NULL);
	expect(&h.v.root, "people", 0, 4);
	stop(&h.v);
}

/* Nothing of what was kept outlives the tables: of units without packs too. */
static void what_is_kept_goes_with_the_tables(void **state)
{
	struct history h = {.seed = 7};

	(void)state;
	begin(&h);
	expect(&h.v.office, "numbers", 0, 6);
	ok(rebuild(h.v.office.s));
	assert_int_equal(rows(&h.v.office, "rollup"), 0);
	assert_int_equal(rows(&h.v.office, "rollup_set"), 0);
	expect(&h.v.office, "numbers", 0, 6);
	stop(&h.v);
}

static void a_home_that_somebody_writes_to_still_gives_a_report(void **state)
{
	struct history h = {.seed = 7};
	struct store *other;

	(void)state;
	begin(&h);
	ok(store_open(h.v.office.home, 0, &h.v.office.env, &other));
	ok(store_begin(other));
	expect(&h.v.office, "numbers", 0, 6);
	assert_int_equal(rows(&h.v.office, "rollup"), 0);
	store_end(other);
	expect(&h.v.office, "numbers", 0, 6);
	assert_true(rows(&h.v.office, "rollup") > 0);
	ok(store_begin(h.v.office.s)); /* nor does a transaction of our own hinder it */
	expect(&h.v.office, "numbers", 0, 6);
	store_end(h.v.office.s);
	store_close(other);
	stop(&h.v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_does_not_walk_over_the_records),
		cmocka_unit_test(a_visit_elsewhere_changes_what_is_kept_at_home),
		cmocka_unit_test(a_visit_elsewhere_of_a_joined_household_does_too),
		cmocka_unit_test(a_joint_with_what_was_visited_elsewhere_is_known_when_that_goes),
		cmocka_unit_test(a_row_that_goes_to_another_village_leaves_what_was_kept),
		cmocka_unit_test(sums_of_a_day_are_kept_too),
		cmocka_unit_test(one_indicator_can_be_read_alone),
		cmocka_unit_test(what_is_kept_goes_with_the_tables),
		cmocka_unit_test(a_home_that_somebody_writes_to_still_gives_a_report),
		cmocka_unit_test(what_is_kept_is_what_the_records_give),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
