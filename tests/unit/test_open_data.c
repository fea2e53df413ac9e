/* test_open_data.c - what may be published of a commune of four villages. */
#include "tests/unit/fixture.h"

#include "storage/indicator.h"
#include "storage/open_data.h"
#include "storage/record.h"

#define VILLAGES 4

struct place {
	struct store *s;
	int64_t commune, village[VILLAGES];
	struct form *household, *visit;
	int number;
	int vnpt; /* so many of a unit's households on fibre have it of VNPT; 0: nobody is asked */
};

static int setup(void **state)
{
	static struct place p;
	char code[16];
	int i;

	memset(&p, 0, sizeof p);
	p.s = fixture_root();
	p.commune = fixture_unit(p.s, FIXTURE_ROOT_UNIT, LEVEL_COMMUNE, "c", "Xã");
	for (i = 0; i < VILLAGES; i++) {
		snprintf(code, sizeof code, "v%d", i);
		p.village[i] = fixture_unit(p.s, p.commune, LEVEL_VILLAGE, code, code);
	}
	assert_ok(form_add_builtin(p.s));
	assert_ok(indicator_add_builtin(p.s));
	assert_ok(form_load(p.s, "household", &p.household));
	assert_ok(form_load(p.s, "visit", &p.visit));
	*state = &p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	form_free(p->household);
	form_free(p->visit);
	fixture_remove(p->s);
	return 0;
}

/* n households of a unit, with the last `fibre` of them on fibre. */
static void survey(struct place *p, int64_t unit, int n, int fibre)
{
	char number[16], persons[16];
	const struct answer house[] = {{"number", number}, {"head", "Canary Nguyễn"}};
	struct tx *tx;
	int64_t id;
	int i;

	assert_ok(tx_begin(p->s, unit, &tx));
	for (i = 0; i < n; i++) {
		const struct answer visit[] = {{"household", number},
		                               {"surveyed_on", "2026-11-05"},
		                               {"persons", persons},
		                               {"adults", "2"},
		                               {"smartphones", i % 2 ? "1" : "2"},
		                               {"fibre", i >= n - fibre ? "1" : "0"},
		                               {"eid", i % 2 ? "1" : "0"},
		                               {"bank", i % 2 ? "1" : "0"},
		                               {"provider", !p->vnpt || i < n - fibre ? NULL
		                                            : i < n - p->vnpt         ? "viettel"
		                                                                      : "vnpt"},
		                               {"lat", "21.3"},
		                               {"lon", "106.2"},
		                               {"note", "Canary"}};

		snprintf(number, sizeof number, "%d", ++p->number);
		snprintf(persons, sizeof persons, "%d", 3 + i % 3);
		assert_ok(record_add(tx, p->household, 0, house, 2, &id));
		assert_ok(record_add(tx, p->visit, 0, visit, sizeof visit / sizeof *visit, &id));
	}
	assert_ok(tx_commit(tx));
	tx_end(tx);
}

static void open_all(struct place *p, struct open_data **out)
{
	const struct open_of of = {.unit = FIXTURE_ROOT_UNIT};

	assert_ok(open_data_open(p->s, &of, out));
}

static size_t table(const struct open_data *o, enum open_kind kind, const char *name)
{
	size_t i;

	for (i = 0; i < open_data_size(o); i++)
		if (open_data_table(o, i)->kind == kind &&
		    !strcmp(open_data_table(o, i)->name, name) &&
		    strcmp(open_data_table(o, i)->form->code, "assist") != 0)
			return i;
	fail_msg("there is no table %s", name);
	return 0;
}

static int put_row(void *arg, const struct open_row *r)
{
	buf_printf(arg, "%s%s %c", r->unit->code, r->rest ? "*" : "", "soe"[r->state]);
	if (r->state == OPEN_SHOWN)
		buf_printf(arg, " %d %d", (int)r->value[0], (int)r->value[1]);
	buf_str(arg, "; ");
	return 0;
}

static void rows(struct place *p, enum open_kind kind, const char *name, const char *wanted)
{
	struct open_data *o;
	struct buf b = {0};

	open_all(p, &o);
	assert_ok(open_data_rows(o, table(o, kind, name), put_row, &b));
	assert_string_equal(buf_cstr(&b), wanted);
	buf_release(&b);
	open_data_close(o);
}

static void figures_that_count_enough_are_published(void **state)
{
	struct place *p = *state;

	survey(p, p->village[0], 20, 8);
	survey(p, p->village[1], 30, 10);
	survey(p, p->village[2], 15, 10);
	rows(p, OPEN_INDICATOR, "fibre",
	     "24 s 28 65; c s 28 65; v0 s 8 20; v1 s 10 30; v2 s 10 15; v3 e; ");
	rows(p, OPEN_RECORDS, "household",
	     "24 s 65 0; c s 65 0; v0 s 20 0; v1 s 30 0; v2 s 15 0; v3 e; ");
}

static void a_small_figure_and_one_beside_it_are_closed(void **state)
{
	struct place *p = *state;

	survey(p, p->village[0], 20, 3);
	survey(p, p->village[1], 30, 10);
	survey(p, p->village[2], 16, 10);
	survey(p, p->village[3], 40, 20);
	rows(p, OPEN_INDICATOR, "fibre",
	     "24 s 43 106; c s 43 106; v0 o; v1 s 10 30; v2 o; v3 s 20 40; ");
	/* the question says the same, and is closed the same */
	rows(p, OPEN_ANSWERS, "fibre",
	     "24 s 43 63; c s 43 63; v0 o; v1 s 10 20; v2 o; v3 s 20 20; ");
	rows(p, OPEN_INDICATOR, "hh11_fixed",
	     "24 s 43 106; c s 43 106; v0 o; v1 s 10 30; v2 o; v3 s 20 40; ");
	/* and what has nothing to do with it is not */
	rows(p, OPEN_INDICATOR, "bank",
	     "24 s 53 212; c s 53 212; v0 s 10 40; v1 s 15 60; v2 s 8 32; v3 s 20 80; ");
}

/* Records of the commune itself are its figure less those of its villages. */
static void what_lies_in_no_village_is_not_given_away(void **state)
{
	struct place *p = *state;

	survey(p, p->village[0], 20, 10);
	survey(p, p->village[1], 30, 10);
	survey(p, p->village[2], 16, 8);
	survey(p, p->village[3], 40, 20);
	survey(p, p->commune, 12, 2);
	rows(p, OPEN_INDICATOR, "fibre",
	     "24 s 50 118; c s 50 118; c* o; v0 s 10 20; v1 s 10 30; v2 o; v3 s 20 40; ");
}

/* v2 alone would leave 4 households beside it. */
static void a_few_households_are_not_even_counted(void **state)
{
	struct place *p = *state;

	survey(p, p->village[0], 4, 2);
	survey(p, p->village[1], 30, 10);
	survey(p, p->village[2], 16, 8);
	survey(p, p->village[3], 40, 20);
	rows(p, OPEN_RECORDS, "household", "24 s 90 0; c s 90 0; v0 o; v1 o; v2 o; v3 s 40 0; ");
	rows(p, OPEN_INDICATOR, "bank", "24 s 45 180; c s 45 180; v0 o; v1 o; v2 o; v3 s 20 80; ");
}

static void what_is_too_small_in_all_is_not_a_table(void **state)
{
	struct place *p = *state;
	struct open_data *o;

	survey(p, p->village[0], 20, 2);
	survey(p, p->village[1], 30, 2);
	open_all(p, &o);
	assert_true(open_data_table(o, table(o, OPEN_INDICATOR, "fibre"))->withheld);
	assert_true(open_data_table(o, table(o, OPEN_ANSWERS, "fibre"))->withheld);
	assert_false(open_data_table(o, table(o, OPEN_INDICATOR, "smartphone"))->withheld);
	open_data_close(o);
}

/* VNPT is rare in one village: what fibre there is may be told all the same. */
static void a_rare_answer_does_not_close_its_family(void **state)
{
	struct place *p = *state;
	struct open_data *o;
	int i;

	for (i = 0; i < VILLAGES; i++) {
		p->vnpt = i ? 6 : 2;
		survey(p, p->village[i], 30, 15);
	}
	rows(p, OPEN_INDICATOR, "fibre",
	     "24 s 60 120; c s 60 120; v0 s 15 30; v1 s 15 30; v2 s 15 30; v3 s 15 30; ");
	open_all(p, &o);
	assert_int_equal(open_data_table(o, table(o, OPEN_ANSWERS, "provider"))->floor,
	                 LEVEL_COMMUNE);
	open_data_close(o);
}

static int forbidden(void *arg, const struct open_row *r)
{
	struct place *p = arg;
	sqlite3_stmt *st;

	(void)r;
	assert_int_equal(sqlite3_prepare_v2(p->s->db, "SELECT head FROM p_household", -1, &st,
	                                    NULL),
	                 SQLITE_AUTH);
	assert_int_equal(sqlite3_prepare_v2(p->s->db, "SELECT _id FROM f_household", -1, &st, NULL),
	                 SQLITE_OK);
	sqlite3_finalize(st);
	return 0;
}

static void personal_tables_cannot_be_read_meanwhile(void **state)
{
	struct place *p = *state;
	struct open_data *o;
	size_t i;

	survey(p, p->village[0], 20, 8);
	open_all(p, &o);
	assert_ok(open_data_rows(o, table(o, OPEN_INDICATOR, "fibre"), forbidden, p));
	for (i = 0; i < open_data_size(o); i++) {
		const struct question *q = form_question(open_data_table(o, i)->form,
		                                         open_data_table(o, i)->name);

		assert_true(open_data_table(o, i)->kind != OPEN_ANSWERS || (q && !q->personal));
	}
	open_data_close(o);
	assert_int_equal(count(p->s, "SELECT count(*) FROM p_household"), 20);
}

#define claim(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		claim(figures_that_count_enough_are_published),
		claim(a_small_figure_and_one_beside_it_are_closed),
		claim(what_lies_in_no_village_is_not_given_away),
		claim(a_few_households_are_not_even_counted),
		claim(what_is_too_small_in_all_is_not_a_table),
		claim(a_rare_answer_does_not_close_its_family),
		claim(personal_tables_cannot_be_read_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
