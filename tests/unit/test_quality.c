/* test_quality.c - faults that are planted are found, each by its check; where there are none, none are. */
#include "tests/unit/fixture.h"
#include "tests/unit/village.h"

#include "storage/pack.h"
#include "storage/quality.h"
#include "storage/record.h"

#include <math.h>

#define VILLAGES 2
#define HOUSES 40
#define PEOPLE 4
#define LAT 21.3
#define LON 106.2

static int64_t clock_ms_now;

static int64_t ticking(void *arg)
{
	(void)arg;
	return clock_ms_now;
}

struct place {
	struct store *s;
	struct store_env env;
	int64_t commune, village[VILLAGES];
	int64_t member[PEOPLE];
	struct form *household, *visit;
	uint64_t seed;
	int number;
	struct topology *at;
};

/* A visit as it is drawn, and what a test changes of it. */
struct drawn {
	char number[16], persons[16], adults[16], phones[16], fibre[16], eid[16], bank[16], lat[16],
		lon[16];
	const char *day, *registered;
};

static void draw_visit(struct place *p, struct drawn *d)
{
	int persons = 1 + (int)(draw(&p->seed) % 6), adults = 1 + (int)(draw(&p->seed) % 3);

	if (adults > persons)
		adults = persons;
	snprintf(d->number, sizeof d->number, "%d", ++p->number);
	snprintf(d->persons, sizeof d->persons, "%d", persons);
	snprintf(d->adults, sizeof d->adults, "%d", adults);
	snprintf(d->phones, sizeof d->phones, "%d",
	         (int)(draw(&p->seed) % (unsigned)(persons + 1)));
	snprintf(d->fibre, sizeof d->fibre, "%d", (int)(draw(&p->seed) % 2));
	snprintf(d->eid, sizeof d->eid, "%d", (int)(draw(&p->seed) % (unsigned)(persons + 1)));
	snprintf(d->bank, sizeof d->bank, "%d", (int)(draw(&p->seed) % (unsigned)(adults + 1)));
	snprintf(d->lat, sizeof d->lat, "%.5f", LAT + (double)(draw(&p->seed) % 1000) * 1e-5);
	snprintf(d->lon, sizeof d->lon, "%.5f", LON + (double)(draw(&p->seed) % 1000) * 1e-5);
	d->day = "2026-11-05";
	d->registered = "2026-10-01";
}

static int64_t put(struct place *p, struct tx *tx, int member, const struct drawn *d)
{
	const struct answer house[] = {{"number", d->number}, {"registered_on", d->registered}};
	const struct answer visit[] =
		{{"household", d->number}, {"surveyed_on", d->day},    {"persons", d->persons},
	         {"adults", d->adults},    {"smartphones", d->phones}, {"fibre", d->fibre},
	         {"eid", d->eid},          {"bank", d->bank},          {"lat", d->lat},
	         {"lon", d->lon}};
	int64_t id, person = p->member[member];

	assert_ok(record_add(tx, p->household, person, house, 2, &id));
	if (d->day)
		assert_ok(
			record_add(tx, p->visit, person, visit, sizeof visit / sizeof *visit, &id));
	return id;
}

/* In a transaction of its own, after so many seconds. */
static int64_t save(struct place *p, int village, int member, const struct drawn *d, int after_s)
{
	struct tx *tx;
	int64_t id;

	clock_ms_now += after_s * 1000;
	assert_ok(tx_begin(p->s, p->village[village], &tx));
	id = put(p, tx, member, d);
	assert_ok(tx_commit(tx));
	tx_end(tx);
	return id;
}

static void add_members(struct place *p)
{
	char name[16];
	const struct answer a = {"name", name};
	struct form *f;
	struct tx *tx;
	int i;

	assert_ok(form_load(p->s, "member", &f));
	assert_ok(tx_begin(p->s, p->commune, &tx));
	for (i = 0; i < PEOPLE; i++) {
		snprintf(name, sizeof name, "N%d", i);
		assert_ok(record_add(tx, f, 0, &a, 1, &p->member[i]));
	}
	assert_ok(tx_commit(tx));
	tx_end(tx);
	form_free(f);
}

static int setup(void **state)
{
	static struct place p;
	struct drawn d;
	char code[16];
	int i, k;

	memset(&p, 0, sizeof p);
	p.s = fixture_root();
	p.env = fixture_env;
	p.env.now_ms = ticking;
	p.s->env = &p.env;
	p.seed = 7;
	clock_ms_now = FIXTURE_NOW_MS;
	p.commune = fixture_unit(p.s, FIXTURE_ROOT_UNIT, LEVEL_COMMUNE, "c", "Xã");
	for (i = 0; i < VILLAGES; i++) {
		snprintf(code, sizeof code, "v%d", i);
		p.village[i] = fixture_unit(p.s, p.commune, LEVEL_VILLAGE, code, code);
	}
	assert_ok(form_add_builtin(p.s));
	assert_ok(form_load(p.s, "household", &p.household));
	assert_ok(form_load(p.s, "visit", &p.visit));
	add_members(&p);
	for (i = 0; i < VILLAGES; i++) {
		for (k = 0; k < HOUSES; k++) {
			draw_visit(&p, &d);
			save(&p, i, k % 3, &d, 300);
		}
	}
	*state = &p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	topology_free(p->at);
	form_free(p->household);
	form_free(p->visit);
	fixture_remove(p->s);
	return 0;
}

static int put_finding(void *arg, const struct finding *f)
{
	static const char *const name[] = {"outlier",   "impossible", "unvisited",
	                                   "unvarying", "fast",       "place"};
	char id[ID_TEXT];

	buf_printf(arg, "%s %s %s %s; ", name[f->kind],
	           f->record   ? id_text(f->record, id)
	           : f->person ? "person"
	                       : "-",
	           f->question ? f->question : "-", f->value ? f->value : "-");
	return 0;
}

static void finds(struct place *p, const char *wanted)
{
	struct quality_of of = {.unit = FIXTURE_ROOT_UNIT,
	                        .day = "2026-11-21",
	                        .lang = "en",
	                        .at = p->at};
	int64_t looked[QUALITY_KINDS], before;
	struct buf b = {0};

	before = count(p->s, "SELECT total_changes()");
	assert_ok(quality_check(p->s, &of, put_finding, &b, looked));
	assert_string_equal(buf_cstr(&b), wanted);
	assert_true(looked[QUALITY_OUTLIER] >= VILLAGES * HOUSES);
	assert_true(looked[QUALITY_IMPOSSIBLE] >= VILLAGES * HOUSES);
	assert_true(looked[QUALITY_UNVISITED] >= VILLAGES * HOUSES);
	assert_true(looked[QUALITY_PLACE] >= VILLAGES * HOUSES);
	/* only the temporary table of units was written */
	assert_true(count(p->s, "SELECT total_changes()") - before <= VILLAGES + 2);
	buf_release(&b);
}

/* "outlier 1.0-17 persons 40; " */
static void finds_one(struct place *p, const char *kind, int64_t record, const char *what)
{
	char wanted[256], id[ID_TEXT];

	snprintf(wanted, sizeof wanted, "%s %s %s; ", kind, id_text(record, id), what);
	finds(p, wanted);
}

static void where_all_is_well_nothing_is_found(void **state)
{
	finds(*state, "");
}

static void a_number_far_from_the_others_is_found(void **state)
{
	struct place *p = *state;
	struct drawn d;

	draw_visit(p, &d);
	snprintf(d.persons, sizeof d.persons, "40");
	finds_one(p, "outlier", save(p, 0, 0, &d, 300), "persons 40");
}

static void what_the_form_does_not_allow_is_found(void **state)
{
	struct place *p = *state;
	struct drawn d;
	char sql[128];
	int64_t id;

	draw_visit(p, &d);
	id = save(p, 0, 0, &d, 300);
	/* as a node of an older form, or of none, could have written it */
	snprintf(sql, sizeof sql, "UPDATE f_visit SET smartphones = persons + 1 WHERE _id = %lld",
	         (long long)id);
	assert_ok(db_exec(p->s, sql));
	snprintf(sql, sizeof sql, "smartphones %d", atoi(d.persons) + 1);
	finds_one(p, "impossible", id, sql);
}

static void a_rule_that_came_later_is_held_against_old_records(void **state)
{
	static const char before[] = "type,name\ninteger,n\n";
	static const char after[] = "type,name,constraint\ninteger,n,. <= 10\n";
	struct place *p = *state;
	struct xlsform x = {.code = "thing", .survey = {before, sizeof before - 1}};
	const struct answer good = {"n", "10"}, bad = {"n", "11"};
	struct form *f;
	struct tx *tx;
	int64_t id;
	int version;

	assert_ok(form_add(p->s, &x, &version));
	assert_ok(form_load(p->s, "thing", &f));
	assert_ok(tx_begin(p->s, p->village[0], &tx));
	assert_ok(record_add(tx, f, 0, &good, 1, &id));
	assert_ok(record_add(tx, f, 0, &bad, 1, &id));
	assert_ok(tx_commit(tx));
	tx_end(tx);
	form_free(f);
	finds(p, "");
	x.survey = (struct sheet){after, sizeof after - 1};
	assert_ok(form_add(p->s, &x, &version));
	finds_one(p, "impossible", id, "n 11");
}

static void a_household_not_visited_for_a_year_is_found(void **state)
{
	struct place *p = *state;
	struct drawn d;
	char wanted[128], id[ID_TEXT];

	draw_visit(p, &d);
	d.registered = "2024-01-01";
	d.day = "2025-11-20"; /* 366 days before */
	/* the household's row is the one before its visit's */
	snprintf(wanted, sizeof wanted, "unvisited %s - 2025-11-20; ",
	         id_text(save(p, 0, 0, &d, 300) - 1, id));
	finds(p, wanted);
	draw_visit(p, &d);
	d.registered = "2024-01-01";
	d.day = "2025-11-21";
	save(p, 0, 0, &d, 300);
	draw_visit(p, &d); /* on the list for a month */
	d.day = NULL;
	save(p, 0, 0, &d, 300);
	finds(p, wanted);
	draw_visit(p, &d);
	d.registered = "2024-01-01";
	d.day = NULL;
	snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "unvisited %s - -; ",
	         id_text(save(p, 0, 0, &d, 300), id));
	finds(p, wanted);
}

static void answers_that_never_vary_are_found(void **state)
{
	struct place *p = *state;
	struct drawn d;
	int i;

	for (i = 0; i < 6; i++) { /* six the same say nothing */
		draw_visit(p, &d);
		snprintf(d.fibre, sizeof d.fibre, "1");
		save(p, 0, 3, &d, 300);
	}
	finds(p, "");
	for (i = 0; i < 30; i++) {
		draw_visit(p, &d);
		snprintf(d.fibre, sizeof d.fibre, "1");
		save(p, 0, 3, &d, 300);
	}
	finds(p, "unvarying person fibre 1; ");
}

static void visits_faster_than_possible_are_found(void **state)
{
	struct place *p = *state;
	struct drawn d;
	struct tx *tx;
	int64_t id;
	int i;

	draw_visit(p, &d);
	save(p, 0, 0, &d, 300);
	draw_visit(p, &d);
	save(p, 0, 1, &d, 20); /* by another person */
	draw_visit(p, &d);
	save(p, 0, 1, &d, 60);
	assert_ok(tx_begin(p->s, p->village[0], &tx)); /* an import */
	for (i = 0; i < 5; i++) {
		draw_visit(p, &d);
		put(p, tx, 1, &d);
	}
	assert_ok(tx_commit(tx));
	tx_end(tx);
	finds(p, "");
	draw_visit(p, &d);
	id = save(p, 0, 1, &d, 40);
	finds_one(p, "fast", id, "- -");
	assert_ok(pack_seal(p->s));
	finds_one(p, "fast", id, "- -");
}

static void a_place_far_from_the_others_is_found(void **state)
{
	struct place *p = *state;
	struct drawn d;

	draw_visit(p, &d);
	snprintf(d.lat, sizeof d.lat, "21.50000");
	snprintf(d.lon, sizeof d.lon, "106.20500");
	finds_one(p, "place", save(p, 1, 0, &d, 300), "- 21.50000 106.20500");
}

static void a_place_outside_the_boundary_is_found(void **state)
{
	/* the commune: 106.2 to 106.215, 21.3 to 21.315 */
	static const char boundary[] =
		"{\"type\":\"Topology\",\"arcs\":[[[106.2,21.3],[106.215,21.3],[106.215,21.315],"
		"[106.2,21.315],[106.2,21.3]]],\"objects\":{\"c\":{\"type\":\"GeometryCollection\","
		"\"geometries\":[{\"type\":\"Polygon\",\"arcs\":[[0]],\"properties\":{\"code\":\"c\"}}]}}}";
	struct place *p = *state;
	struct drawn d;
	int64_t id;

	draw_visit(p, &d);
	snprintf(d.lat, sizeof d.lat, "21.31600"); /* 700 m beyond the others */
	snprintf(d.lon, sizeof d.lon, "106.20500");
	id = save(p, 1, 0, &d, 300);
	finds(p, "");
	assert_ok(topology_read(boundary, &p->at));
	finds_one(p, "place", id, "- 21.31600 106.20500");
}

#define claim(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		claim(where_all_is_well_nothing_is_found),
		claim(a_number_far_from_the_others_is_found),
		claim(what_the_form_does_not_allow_is_found),
		claim(a_rule_that_came_later_is_held_against_old_records),
		claim(a_household_not_visited_for_a_year_is_found),
		claim(answers_that_never_vary_are_found),
		claim(visits_faster_than_possible_are_found),
		claim(a_place_far_from_the_others_is_found),
		claim(a_place_outside_the_boundary_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
