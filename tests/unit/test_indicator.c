/* test_indicator.c - figures from records, and expressions that mean harm. */
#include "tests/unit/place.h"

#include "storage/db.h"

static void only_the_latest_visit_of_a_household_counts(void **state)
{
	struct place *p = *state;

	household(p, p->village[0], "1");
	household(p, p->village[0], "2");
	household(p, p->village[1], "1");
	figure(p, "smartphone", FIXTURE_ROOT_UNIT, NULL, 0, 0);
	visit(p, p->village[0], "1", "2026-11-05", "4", "1", "0");
	visit(p, p->village[0], "1", "2026-11-03", "9", "9", "1");
	visit(p, p->village[0], "2", "2026-11-04", "3", "2", "1");
	visit(p, p->village[1], "1", "2026-11-10", "5", "5", "1");
	figure(p, "smartphone", FIXTURE_ROOT_UNIT, NULL, 8, 12);
	figure(p, "fibre", FIXTURE_ROOT_UNIT, NULL, 2, 3);
	figure(p, "smartphone", p->commune, NULL, 8, 12);
	figure(p, "smartphone", p->village[0], NULL, 3, 7);
	figure(p, "fibre", p->village[1], NULL, 1, 1);
	figure(p, "fibre", p->village[2], NULL, 0, 0);
	figure(p, "eid", p->commune, NULL, 3, 6);
	figure(p, "bank", p->commune, NULL, 3, 6);
}

static void a_figure_can_be_asked_as_of_a_day(void **state)
{
	struct place *p = *state;

	household(p, p->village[0], "1");
	visit(p, p->village[0], "1", "2026-11-05", "4", "1", "0");
	visit(p, p->village[0], "1", "2026-11-03", "9", "8", "1");
	figure(p, "smartphone", p->commune, "2026-11-02", 0, 0);
	figure(p, "smartphone", p->commune, "2026-11-03", 8, 9);
	figure(p, "smartphone", p->commune, "4/11/2026", 8, 9);
	figure(p, "smartphone", p->commune, "2026-11-05", 1, 4);
}

static void of_two_visits_on_one_day_the_younger_record_counts(void **state)
{
	struct place *p = *state;

	household(p, p->village[0], "1");
	visit(p, p->village[0], "1", "2026-11-05", "4", "1", "0");
	visit(p, p->village[0], "1", "2026-11-05", "4", "2", "0");
	figure(p, "smartphone", p->commune, NULL, 2, 4);
}

/* A thing named by a text is a thing of its unit; a record without a date is older than any. */
static void things_with_the_same_name_are_counted_in_each_unit(void **state)
{
	static const char survey[] = "type,name\ntext,thing\ndate,seen\ninteger,n\n";
	static const char list[] =
		"code,order,form,latest_by,numerator,denominator,counts,direction\n"
		"things,9,things,thing,sum(n),count(*),things,up\n";
	struct place *p = *state;
	struct xlsform x = {.code = "things",
	                    .survey = {survey, sizeof survey - 1},
	                    .settings = {"date\nseen\n", 10}};
	const struct answer dated[] = {{"thing", "A"}, {"n", "1"}, {"seen", "2026-01-05"}};
	const struct answer undated[] = {{"thing", "A"}, {"n", "10"}};
	const struct answer unnamed[] = {{"n", "100"}};
	struct form *f;
	int version;
	size_t n;

	assert_ok(form_add(p->s, &x, &version));
	assert_ok(indicator_import(p->s, list, sizeof list - 1, &n));
	assert_ok(form_load(p->s, "things", &f));
	add(p->s, p->village[0], f, undated, 2);
	figure(p, "things", p->commune, NULL, 10, 1);
	add(p->s, p->village[0], f, dated, 3);
	add(p->s, p->village[0], f, undated, 2);
	figure(p, "things", p->commune, NULL, 1, 1);
	figure(p, "things", p->commune, "2026-01-04", 10, 1);
	add(p->s, p->village[1], f, undated, 2);
	figure(p, "things", p->commune, NULL, 11, 2);
	figure(p, "things", FIXTURE_ROOT_UNIT, NULL, 11, 2);
	add(p->s, p->village[1], f, unnamed, 1);
	add(p->s, p->village[1], f, unnamed, 1);
	figure(p, "things", FIXTURE_ROOT_UNIT, NULL, 211, 4);
	form_free(f);
}

static void villages_and_communes_are_counted_by_the_tree(void **state)
{
	struct place *p = *state;
	struct form *signal, *team;
	const struct answer yes[] = {{"checked_on", "2026-11-01"},
	                             {"covered", "1"},
	                             {"technology", "3g 4g"}};
	const struct answer no[] = {{"checked_on", "2026-11-02"}, {"covered", "0"}};
	const struct answer commune[] = {{"reported_on", "2026-11-02"},
	                                 {"kind", "commune"},
	                                 {"members", "5"},
	                                 {"trained", "1"}};
	const struct answer village[] = {{"kind", "village"}, {"members", "5"}, {"trained", "1"}};

	assert_ok(form_load(p->s, "signal", &signal));
	assert_ok(form_load(p->s, "team", &team));
	add(p->s, p->village[0], signal, yes, 3);
	add(p->s, p->village[1], signal, yes, 3);
	add(p->s, p->village[1], signal, no, 2);
	figure(p, "coverage", p->commune, NULL, 1, 3);
	figure(p, "coverage", p->commune, "2026-11-01", 2, 3);
	figure(p, "coverage", p->village[0], NULL, 1, 1);
	add(p->s, p->commune, team, commune, 4);
	add(p->s, p->village[2], team, village, 3);
	figure(p, "teams_commune", FIXTURE_ROOT_UNIT, NULL, 1, 1);
	figure(p, "teams_village", FIXTURE_ROOT_UNIT, NULL, 1, 3);
	figure(p, "teams_commune", p->village[0], NULL, 0, 0);
	form_free(signal);
	form_free(team);
}

static void a_target_comes_from_the_nearest_unit_and_year(void **state)
{
	struct place *p = *state;
	struct figure f;
	size_t n;
	const char *text = "indicator,unit_code,year,share,document\n"
			   "fibre,c,2025,0.9,Kế hoạch\nfibre,c,2027,0.95,\nfibre,c,2030,1,\n";

	assert_ok(indicator_eval(p->s, "fibre", p->village[0], "2026-01-01", &f));
	assert_true(f.target > 0.8499 && f.target < 0.8501);
	assert_int_equal(f.target_year, 2022);
	assert_ok(target_import(p->s, text, strlen(text), &n));
	assert_int_equal(n, 3);
	assert_ok(target_import(p->s, text, strlen(text), &n));
	assert_int_equal(n, 0);
	assert_ok(indicator_eval(p->s, "fibre", p->village[0], "2026-01-01", &f));
	assert_int_equal(f.target_year, 2025);
	assert_ok(indicator_eval(p->s, "fibre", p->village[0], "2029-01-01", &f));
	assert_int_equal(f.target_year, 2030);
	assert_ok(indicator_eval(p->s, "fibre", p->village[0], NULL, &f)); /* the clock says 2026 */
	assert_int_equal(f.target_year, 2025);
	assert_ok(indicator_eval(p->s, "fibre", FIXTURE_ROOT_UNIT, "2026-01-01", &f));
	assert_int_equal(f.target_year, 2022);
	text = "indicator,unit_code,year,share,document\nfibre,c,2025,0.8,Kế hoạch\n";
	assert_ok(target_import(p->s, text, strlen(text), &n));
	assert_int_equal(n, 1);
	assert_ok(indicator_eval(p->s, "fibre", p->village[0], "2025-01-01", &f));
	assert_true(f.target > 0.7999 && f.target < 0.8001);
}

/* ---- expressions ----------------------------------------------------------------------------------- */

static int set_numerator(struct place *p, const char *expr)
{
	struct figure f;

	/* as if it had come by a feed, past the checks of the import */
	assert_ok(
		db_run(p->s, "UPDATE indicator SET numerator = ? WHERE code = 'fibre'", "t", expr));
	return indicator_eval(p->s, "fibre", p->commune, NULL, &f);
}

static void an_expression_that_means_harm_is_refused(void **state)
{
	static const char *const bad[] = {
		"1); DROP TABLE unit; --",
		"1) FROM latest; DELETE FROM unit WHERE (1",
		"(SELECT count(*) FROM meta)",
		"(sElEcT value FROM meta WHERE key = 'key')",
		"length(randomblob(1000000000))",
		"length(zeroblob(1000000000))",
		"count(*) FROM latest UNION SELECT count(*), 1 FROM meta",
		"1) FROM f_visit, f_visit b, f_visit c, (f_visit d",
		"'x' IN meta",
		"'x' IN p_visit",
		"household IN p_visit",
		"load_extension('x')",
		"printf('%1000000000d', 1)",
		"group_concat(note)",
		"json_extract('{}', '$')",
		"sum(smartphones) OVER ()",
		"sqlite_version()",
		"hex(1)",
		"count(*) -- hidden",
		"count(*) /* hidden",
		":unit",
		"?1",
		"@a",
		"$a",
		"count(*",
		"count(*))",
		"'open",
		"\"open",
		"",
		" ",
		"nosuch",
		"sum(lat)",
		"1, 2",
		"abs(-9223372036854775808)",
		"'text'",
		"1e300 * 1e9",
		"x'00'",
		"count(*) LIKE '%a%a%a%a%a%a%a%a'",
	};
	struct place *p = *state;
	int64_t n;
	size_t i;

	household(p, p->village[0], "1");
	visit(p, p->village[0], "1", "2026-11-05", "4", "1", "0");
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (set_numerator(p, bad[i]) != ERR_BAD)
			fail_msg("ran: %s", bad[i]);
		if (!strstr(err_text(), "indicator fibre: "))
			fail_msg("%s: %s", bad[i], err_text());
	}
	assert_ok(set_numerator(p, "count(*)"));
	/* the fence is down again */
	assert_ok(
		db_int(p->s, &n, "SELECT count(*) FROM meta WHERE length(randomblob(8)) = 8", ""));
	assert_true(n > 0);
}

static void a_long_or_deep_expression_is_refused(void **state)
{
	struct place *p = *state;
	struct buf b = {0};
	int i;

	for (i = 0; i < 400; i++)
		buf_str(&b, "1 +");
	buf_str(&b, "1");
	assert_err(set_numerator(p, buf_cstr(&b)), ERR_BAD, "longer than");
	buf_reset(&b);
	for (i = 0; i < 300; i++)
		buf_str(&b, "-(");
	buf_str(&b, "1");
	for (i = 0; i < 300; i++)
		buf_str(&b, ")");
	assert_int_equal(set_numerator(p, buf_cstr(&b)), ERR_BAD);
	buf_release(&b);
}

static void households_expected_are_a_units_own_or_its_childrens(void **state)
{
	struct place *p = *state;
	struct figure f;

	assert_ok(db_run(p->s,
	                 "UPDATE indicator SET denominator = ':households' WHERE code = 'fibre'",
	                 ""));
	assert_ok(
		db_run(p->s, "UPDATE unit SET households = 100 WHERE id = ?", "i", p->village[0]));
	assert_ok(db_run(p->s, "UPDATE unit SET households = 50 WHERE id = ?", "i", p->village[1]));
	figure(p, "fibre", FIXTURE_ROOT_UNIT, NULL, 0, 150);
	assert_ok(db_run(p->s, "UPDATE unit SET households = 180 WHERE id = ?", "i", p->commune));
	figure(p, "fibre", FIXTURE_ROOT_UNIT, NULL, 0, 180);
	figure(p, "fibre", p->village[1], NULL, 0, 50);
	assert_ok(indicator_eval(p->s, "fibre", p->village[2], NULL, &f));
	assert_int_equal(f.denominator, 0);
}

/* ---- import ----------------------------------------------------------------------------------------- */

static void what_is_wrong_in_a_file_is_named(void **state)
{
	static const char head[] =
		"code,order,label::English (en),form,latest_by,numerator,denominator,"
		"counts,direction\n";
	static const struct {
		const char *row, *part;
	} cases[] = {
		{"A b,1,X,visit,household,count(*),count(*),people,up\n", "row 2, column code"},
		{"x,one,X,visit,household,count(*),count(*),people,up\n", "row 2, column order"},
		{"x,1,X,visits,household,count(*),count(*),people,up\n",
	         "row 2, column form: there is no form visits"},
		{"x,1,X,visit,house,count(*),count(*),people,up\n", "row 2, column latest_by"},
		{"x,1,X,visit,lat,count(*),count(*),people,up\n", "row 2, column latest_by"},
		{"x,1,X,visit,household,sum(nosuch),count(*),people,up\n",
	         "row 2, column numerator: no such column"},
		{"x,1,X,visit,household,count(*),count(,people,up\n", "row 2, column denominator"},
		{"x,1,X,visit,household,count(*),count(*),people,sideways\n",
	         "row 2, column direction"},
	};
	struct place *p = *state;
	struct buf text = {0};
	int64_t before, after;
	size_t i, n;

	assert_ok(db_int(p->s, &before, "SELECT count(*) FROM indicator", ""));
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_reset(&text);
		buf_printf(&text, "%s%sgood,1,X,visit,household,count(*),count(*),people,up\n",
		           head, cases[i].row);
		assert_err(indicator_import(p->s, (const char *)text.data, text.len, &n), ERR_BAD,
		           cases[i].part);
		assert_int_equal(n, 0);
	}
	assert_ok(db_int(p->s, &after, "SELECT count(*) FROM indicator", ""));
	assert_int_equal(after, before);
	assert_err(indicator_import(p->s, "code,order\n", 11, &n), ERR_BAD, "'form'");
	buf_release(&text);
}

static void what_is_wrong_in_targets_is_named(void **state)
{
	static const struct {
		const char *row, *part;
	} cases[] = {
		{"none,,2022,0.5,\n", "row 2, column indicator: there is no indicator none"},
		{"fibre,zzzzzzz,2022,0.5,\n", "row 2, column unit_code"},
		{"fibre,,22,0.5,\n", "row 2, column year"},
		{"fibre,,2022,85,\n", "row 2, column share"},
		{"fibre,,2022,85%,\n", "write 0.85 for 85 %"},
		{"fibre,,2022,-0.1,\n", "row 2, column share"},
		{"fibre,,2022,,\n", "row 2, column share"},
	};
	struct place *p = *state;
	struct buf text = {0};
	size_t i, n;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_reset(&text);
		buf_printf(&text, "indicator,unit_code,year,share,document\n%s", cases[i].row);
		assert_err(target_import(p->s, (const char *)text.data, text.len, &n), ERR_BAD,
		           cases[i].part);
	}
	p->s->self.role = ROLE_OFFICE;
	assert_err(target_import(p->s, (const char *)text.data, text.len, &n), ERR_DENIED, "root");
	buf_release(&text);
}

static int collect(void *arg, const struct indicator *i)
{
	buf_printf(arg, "%s:%s:%s ", i->code, i->counts, i->direction);
	return 0;
}

static void indicators_come_in_report_order(void **state)
{
	struct place *p = *state;
	struct buf b = {0};
	struct figure f;

	assert_ok(indicator_each(p->s, collect, &b));
	assert_ptr_equal(
		strstr(buf_cstr(&b),
	               "visited:households:up smartphone:people:up fibre:households:up coverage:villages:up "
	               "eid:people:up bank:people:up teams_commune:teams:up "
	               "teams_village:teams:up coverage_2g:villages:up "),
		b.data);
	assert_err(indicator_eval(p->s, "none", p->commune, NULL, &f), ERR_NOTFOUND, "none");
	assert_err(indicator_eval(p->s, "fibre", p->commune, "2026-02-30", &f), ERR_BAD,
	           "2026-02-30");
	buf_release(&b);
}

/* The columns of the visits that teams have recorded so far, as they stand in their CSV. */
static void a_visit_takes_every_column_that_teams_record(void **state)
{
	static const struct answer a[] = {{"household", "1"},
	                                  {"surveyed_on", "2026-11-02"},
	                                  {"time", "07:55"},
	                                  {"persons", "3"},
	                                  {"adults", "1"},
	                                  {"smartphones", "2"},
	                                  {"featurephones", "0"},
	                                  {"fibre", "1"},
	                                  {"provider", "fpt"},
	                                  {"mobile_bb", "1"},
	                                  {"signal", "4"},
	                                  {"eid", "0"},
	                                  {"bank", "0"},
	                                  {"digital_address", "1"},
	                                  {"sells_online", "1"},
	                                  {"platform", "voso"},
	                                  {"services_account", "1"},
	                                  {"paid_online", "0"},
	                                  {"computer", "0"},
	                                  {"barrier", "no_skill"},
	                                  {"lat", "21.34289"},
	                                  {"lon", "106.12384"},
	                                  {"note", "cần hỗ trợ cài VNeID"}};
	static const char *const other[][2] = {{"provider", "vnpt"},        {"provider", "viettel"},
	                                       {"platform", "postmart"},    {"platform", "shopee"},
	                                       {"barrier", "no_need"},      {"barrier", "cost"},
	                                       {"barrier", "not_available"}};
	struct place *p = *state;
	size_t i;

	household(p, p->village[0], "1");
	add(p->s, p->village[0], p->visit, a, sizeof a / sizeof *a);
	for (i = 0; i < sizeof other / sizeof *other; i++)
		assert_true(form_has_choice(p->s, p->visit, other[i][0], other[i][1]));
}

#define each_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		each_test(only_the_latest_visit_of_a_household_counts),
		each_test(a_figure_can_be_asked_as_of_a_day),
		each_test(of_two_visits_on_one_day_the_younger_record_counts),
		each_test(things_with_the_same_name_are_counted_in_each_unit),
		each_test(villages_and_communes_are_counted_by_the_tree),
		each_test(a_target_comes_from_the_nearest_unit_and_year),
		each_test(an_expression_that_means_harm_is_refused),
		each_test(a_long_or_deep_expression_is_refused),
		each_test(households_expected_are_a_units_own_or_its_childrens),
		each_test(what_is_wrong_in_a_file_is_named),
		each_test(what_is_wrong_in_targets_is_named),
		each_test(indicators_come_in_report_order),
		each_test(a_visit_takes_every_column_that_teams_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
