/* test_geography.c - figures of one day in the units of another. */
#include "tests/unit/fixture.h"

#include "storage/db.h"
#include "storage/figures.h"
#include "storage/record.h"

#define FILE_MAX 65536
#define COMMUNES_MAX 400

/* The official lists and changes of the province, where they are; else the small ones carried here. */
struct lists {
	const char *folder, *prefix, *root_code;
	size_t before, between, after; /* communes in force */
};
static const struct lists sample = {"tests/data/geography", "", "90", 7, 5, 2};
static const struct lists real = {"../shared/data", "bac_giang_", "24", 209, 192, 58};

static char *slurp(const struct lists *l, const char *name)
{
	static char text[FILE_MAX];
	char path[256];
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "%s/%s%s.csv", l->folder, l->prefix, name);
	f = fopen(path, "r");
	if (!f)
		return NULL;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	assert_true(n < sizeof text - 1);
	text[n] = 0;
	return text;
}

static void bad(void *arg, unsigned line, const char *why)
{
	(void)arg;
	fail_msg("row %u: %s", line, why);
}

static void list(struct store *s, const struct lists *l, const char *name, const char *day)
{
	struct unit_import_result r;
	char *text = slurp(l, name);

	assert_non_null(text);
	assert_ok(unit_import(s, text, strlen(text), day, bad, NULL, &r));
}

static size_t change(struct store *s, const struct lists *l, const char *name)
{
	struct unit_change_result r;
	char *text = slurp(l, name);

	assert_non_null(text);
	assert_ok(unit_change(s, text, strlen(text), bad, NULL, &r));
	return r.changed;
}

static void change_all(struct store *s, const struct lists *l)
{
	change(s, l, "merges");
	change(s, l, "renames");
	change(s, l, "upper_changes");
}

/* ---- records in the old units -------------------------------------------------------------------- */

struct commune {
	char code[UNIT_CODE_MAX];
	int64_t id, people, phones;
};

struct communes {
	struct store *s;
	struct commune c[COMMUNES_MAX];
	size_t n;
	int64_t people, phones, households;
};

static int64_t add(struct store *s, int64_t unit, const char *form, const struct answer *a,
                   size_t n)
{
	struct form *f;
	struct tx *tx;
	int64_t id;

	assert_ok(form_load(s, form, &f));
	assert_ok(tx_begin(s, unit, &tx));
	assert_ok(record_add(tx, f, 0, a, n, &id));
	assert_ok(tx_commit(tx));
	tx_end(tx);
	form_free(f);
	return id;
}

static int note(void *arg, const struct unit *u)
{
	struct communes *all = arg;

	assert_true(all->n < COMMUNES_MAX);
	snprintf(all->c[all->n].code, UNIT_CODE_MAX, "%s", u->code);
	all->c[all->n++].id = u->id;
	return 0;
}

/* A village in each, a household in that, a visit; no two communes with the same numbers. */
static void survey(struct communes *all)
{
	char people[16], phones[16], code[UNIT_CODE_MAX];
	const struct answer household[] = {{"number", "1"}};
	const struct answer visit[] = {{"household", "1"},
	                               {"surveyed_on", "2022-11-05"},
	                               {"persons", people},
	                               {"adults", "1"},
	                               {"smartphones", phones},
	                               {"fibre", "1"},
	                               {"eid", "1"},
	                               {"bank", "1"}};
	size_t i;

	for (i = 0; i < all->n; i++) {
		struct commune *c = &all->c[i];
		int64_t village;

		snprintf(code, sizeof code, "%.20s-01", c->code);
		village = fixture_unit(all->s, c->id, LEVEL_VILLAGE, code, "Thôn 1");
		c->people = 1000 + (int64_t)(i * i);
		c->phones = (int64_t)(7 * i + 1);
		snprintf(people, sizeof people, "%d", (int)c->people);
		snprintf(phones, sizeof phones, "%d", (int)c->phones);
		add(all->s, village, "household", household, 1);
		add(all->s, village, "visit", visit, sizeof visit / sizeof *visit);
		assert_ok(db_run(all->s, "UPDATE unit SET households = ? WHERE id = ?", "ii",
		                 (int64_t)i + 3, c->id));
		all->people += c->people;
		all->phones += c->phones;
		all->households += (int64_t)i + 3;
	}
}

/* ---- restating ---------------------------------------------------------------------------------- */

static struct figures *open_at(struct store *s, const char *at)
{
	const struct figures_of of = {.code = "smartphone", .day = "2022-12-31", .at = at};
	struct figures *f;

	assert_ok(figures_open(s, &of, &f));
	return f;
}

static long number(const struct figures *f, struct store *s, const char *code, const char *day)
{
	int64_t id;

	assert_ok(db_int(s, &id,
	                 "SELECT id FROM unit WHERE code = ?1 AND valid_from <= ?2 AND"
	                 " ifnull(valid_to, '9') >= ?2",
	                 "tt", code, day));
	return geography_find(figures_geography(f), id);
}

struct totals {
	const struct figures *f;
	size_t n;
	int64_t people, phones, households;
};

static int total(void *arg, const struct unit *u)
{
	struct totals *t = arg;
	const struct geography *g = figures_geography(t->f);
	struct figure v;

	figures_get(t->f, 0, geography_find(g, u->id), &v);
	t->n++;
	t->people += v.denominator;
	t->phones += v.numerator;
	t->households += geography_households(g, geography_find(g, u->id));
	return 0;
}

static void totals_agree(struct communes *all, const struct lists *l, const char *at,
                         size_t communes)
{
	struct figures *f = open_at(all->s, at);
	struct totals t = {.f = f};
	struct figure v;
	long root = number(f, all->s, l->root_code, at);

	assert_ok(geography_each(figures_geography(f), root, LEVEL_COMMUNE, total, &t));
	assert_int_equal(t.n, communes);
	assert_int_equal(t.people, all->people);
	assert_int_equal(t.phones, all->phones);
	assert_int_equal(t.households, all->households);
	figures_get(f, 0, root, &v);
	assert_int_equal(v.denominator, all->people);
	assert_int_equal(v.numerator, all->phones);
	assert_int_equal(geography_households(figures_geography(f), root), all->households);
	figures_close(f);
}

/* By the composed list, which the program never reads. */
static void each_is_where_it_went(struct communes *all, const struct lists *l)
{
	struct figures *f = open_at(all->s, "2025-07-01");
	char *text = slurp(l, "merges_2022_to_2025");
	struct csv c;
	size_t old = 0, new = 0, i, k, rows = 0;
	struct {
		char code[UNIT_CODE_MAX];
		int64_t people;
	} sum[COMMUNES_MAX] = {0};
	struct figure v;

	csv_open(&c, text, strlen(text));
	assert_int_equal(csv_read(&c), 1);
	for (i = 0; i < c.nfield; i++) {
		old = !strcmp(c.field[i], "old_code") ? i : old;
		new = !strcmp(c.field[i], "new_code") ? i : new;
	}
	while (csv_read(&c) == 1) {
		for (k = 0; *sum[k].code && strcmp(sum[k].code, c.field[new]); k++)
			;
		snprintf(sum[k].code, sizeof sum[k].code, "%s", c.field[new]);
		for (i = 0; i < all->n; i++)
			if (!strcmp(all->c[i].code, c.field[old]))
				sum[k].people += all->c[i].people;
		rows++;
	}
	csv_close(&c);
	assert_int_equal(rows, all->n);
	for (k = 0; *sum[k].code; k++) {
		figures_get(f, 0, number(f, all->s, sum[k].code, "2025-07-01"), &v);
		if (v.denominator != sum[k].people)
			fail_msg("%s: %d people, not %d", sum[k].code, (int)v.denominator,
			         (int)sum[k].people);
	}
	figures_close(f);
}

static void restate(const struct lists *l)
{
	static struct communes all;
	struct store *s = fixture_node(1u << 14, ROLE_ROOT, FIXTURE_ROOT_UNIT);
	struct figures *f;

	memset(&all, 0, sizeof all);
	all.s = s;
	fixture_unit(s, 0, LEVEL_PROVINCE, l->root_code, "Tỉnh");
	list(s, l, "units_2022", NULL);
	assert_ok(form_add_builtin(s));
	assert_ok(indicator_add_builtin(s));
	f = open_at(s, "2022-12-31");
	assert_ok(geography_each(figures_geography(f), number(f, s, l->root_code, "2022-12-31"),
	                         LEVEL_COMMUNE, note, &all));
	figures_close(f);
	assert_int_equal(all.n, l->before);
	survey(&all);
	list(s, l, "units_2025_01", "2025-01-01");
	list(s, l, "units_2025", "2025-07-01");
	change_all(s, l);
	totals_agree(&all, l, "2022-12-31", l->before);
	totals_agree(&all, l, "2025-01-01", l->between);
	totals_agree(&all, l, "2025-06-30", l->between);
	totals_agree(&all, l, "2025-07-01", l->after);
	each_is_where_it_went(&all, l);
	assert_int_equal(change(s, l, "merges") + change(s, l, "renames"), 0); /* once is enough */
	totals_agree(&all, l, "2025-07-01", l->after);
	fixture_remove(s);
}

static void communes_of_one_year_are_restated_in_anothers(void **state)
{
	(void)state;
	restate(&sample);
	if (access("../shared/data/bac_giang_units_2022.csv", R_OK) == 0)
		restate(&real);
}

/* Two parts of a unit: what is in a village that moved goes with it; what was recorded in the unit
 * itself is in neither, and counts above. */
static void of_a_split_only_what_can_be_told_is_restated(void **state)
{
	static const char changes[] = "old_code,new_code,kind,effective_date\n"
				      "c,c1,abolished,2025-01-01\nc,c2,abolished,2025-01-01\n"
				      "v,v1,merged,2025-01-01\n";
	struct store *s = fixture_root();
	int64_t old = fixture_unit(s, FIXTURE_ROOT_UNIT, LEVEL_COMMUNE, "c", "Xã");
	int64_t village = fixture_unit(s, old, LEVEL_VILLAGE, "v", "Thôn"), part;
	const struct answer household[] = {{"number", "1"}};
	const struct answer visit[] = {{"household", "1"},   {"surveyed_on", "2022-11-05"},
	                               {"persons", "4"},     {"adults", "1"},
	                               {"smartphones", "2"}, {"fibre", "1"},
	                               {"eid", "1"},         {"bank", "1"}};
	struct unit_import_result r;
	struct unit_change_result ch;
	const char *lists = "code,name,level,parent_code\nc1,Xã Một,commune,24\n"
			    "c2,Xã Hai,commune,24\nv1,Thôn,village,c1\n";
	struct figures *f;
	struct figure v;

	(void)state;
	assert_ok(form_add_builtin(s));
	assert_ok(indicator_add_builtin(s));
	assert_ok(unit_import(s, lists, strlen(lists), "2025-01-01", bad, NULL, &r));
	assert_ok(unit_change(s, changes, sizeof changes - 1, bad, NULL, &ch));
	assert_int_equal(ch.changed, 3);
	add(s, village, "household", household, 1);
	add(s, village, "visit", visit, sizeof visit / sizeof *visit);
	add(s, old, "household", household, 1);
	add(s, old, "visit", visit, sizeof visit / sizeof *visit);
	f = open_at(s, "2025-01-01");
	assert_ok(db_int(s, &part, "SELECT id FROM unit WHERE code = 'c1'", ""));
	figures_get(f, 0, geography_find(figures_geography(f), part), &v);
	assert_int_equal(v.denominator, 4);
	assert_ok(db_int(s, &part, "SELECT id FROM unit WHERE code = 'c2'", ""));
	figures_get(f, 0, geography_find(figures_geography(f), part), &v);
	assert_int_equal(v.denominator, 0);
	figures_get(f, 0, geography_find(figures_geography(f), FIXTURE_ROOT_UNIT), &v);
	assert_int_equal(v.denominator, 8);
	figures_close(f);
	assert_true(unit_within(s, village, part) == false);
	fixture_remove(s);
}

/* A test runs in a folder of its own, below the project's. */
int main(void)
{
	int up;

	for (up = 0; up < 8 && access(sample.folder, R_OK) != 0; up++)
		if (chdir("..") != 0)
			return 1;

	const struct CMUnitTest tests[] = {
		cmocka_unit_test(communes_of_one_year_are_restated_in_anothers),
		cmocka_unit_test(of_a_split_only_what_can_be_told_is_restated),
	};

	for (up = 0; up < 8 && access(sample.folder, R_OK) != 0; up++)
		if (chdir("..") != 0)
			return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
