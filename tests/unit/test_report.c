/* test_report.c - each kind of report over a small commune, against figures worked out by hand.
 *
 * Reports go into CSV files, which are compared whole: a cell that moves, is missing or is too much shows.
 */
#include "tests/unit/place.h"

#include "agent/cmd.h"
#include "agent/i18n.h"
#include "storage/same.h"

#define FILE_MAX 8192
#define BOM "\xef\xbb\xbf"

/* What `cayda report ARGUMENT...` writes; NULL at the end. Its status is rc. */
static const char *report(struct place *p, int rc, ...)
{
	static char text[FILE_MAX];
	char *argv[16] = {"report", "--format", "csv", "--output", "report.csv"};
	struct ctx ctx = {.home = p->s->home, .lang = "en", .cmd = command_find("report")};
	int argc = 5, got;
	va_list ap;
	size_t n;
	FILE *f;

	va_start(ap, rc);
	while ((argv[argc] = va_arg(ap, char *)))
		argc++;
	va_end(ap);
	unlink("report.csv");
	optind = 0;
	got = ctx.cmd->fn(&ctx, argc, argv);
	if (got != rc)
		fail_msg("status %d, not %d: %s", got, rc, err_text());
	store_close(ctx.s);
	f = fopen("report.csv", "r");
	n = f ? fread(text, 1, sizeof text - 1, f) : 0;
	text[n] = 0;
	if (f)
		fclose(f);
	unlink("report.csv");
	return strncmp(text, BOM, 3) ? text : text + 3;
}

/* Line by line, so that a failure names the line; want has \n, the file \r\n. */
static void is(const char *got, const char *want)
{
	while (*want || *got) {
		size_t n = strcspn(want, "\n"), m = strcspn(got, "\r\n");

		if (n != m || strncmp(want, got, n))
			fail_msg("wanted: %.*s\n   got: %.*s", (int)n, want, (int)m, got);
		want += n + (want[n] == '\n');
		got += m;
		got += strspn(got, "\r") + (strspn(got, "\r\n") > 0);
	}
}

/* Villages v0 and v1 have records, v2 has none; expected 2, 6 and nothing known. */
static void a_year(struct place *p)
{
	int64_t a = p->village[0], b = p->village[1];

	assert_ok(db_exec(p->s, "UPDATE unit SET households = 2 WHERE code = 'v0';"
	                        "UPDATE unit SET households = 6 WHERE code = 'v1'"));
	household(p, a, "1");
	household(p, a, "2");
	household(p, b, "1");
	visit(p, a, "1", "2022-05-02", "4", "1", "0");
	visit(p, a, "1", "2022-08-02", "4", "3", "1");
	visit(p, a, "1", "2022-09-02", "4", "4", "1");
	visit(p, a, "2", "2022-08-03", "2", "1", "0");
	visit(p, b, "1", "2022-06-30", "5", "2", "1");
	record(p, a, "training", "held_on", "2022-07-01", "topic", "eid", "attendees", "20",
	       "women", "12", NULL);
	record(p, a, "training", "held_on", "2022-09-30", "topic", "safety", "attendees", "5",
	       NULL);
	record(p, b, "training", "held_on", "2022-06-30", "topic", "eid", "attendees", "10",
	       "women", "4", NULL);
	record(p, b, "training", "held_on", "2022-10-01", "topic", "eid", "attendees", "99", NULL);
	record(p, a, "signal", "checked_on", "2022-01-10", "covered", "1", "technology", "2g",
	       "dead_spots", "1", NULL);
	record(p, a, "signal", "checked_on", "2022-02-10", "covered", "1", "technology", "2g",
	       "dead_spots", "0", NULL);
	record(p, a, "signal", "checked_on", "2022-06-10", "covered", "1", "technology", "2g",
	       "dead_spots", "3", NULL);
	record(p, a, "signal", "checked_on", "2022-08-10", "covered", "1", "technology", "2g 4g",
	       "dead_spots", "2", NULL);
	record(p, b, "signal", "checked_on", "2022-06-10", "covered", "0", NULL);
	record(p, a, "assist", "done_on", "2022-07-05", "service", "VNeID", "step", "sign_in",
	       NULL);
	record(p, a, "assist", "done_on", "2022-07-06", "service", " vneid ", "step", "submit",
	       "filed_online", "1", NULL);
	record(p, b, "assist", "done_on", "2022-09-30", "service", "Khai sinh", "step", "pay",
	       "filed_online", "1", "paid_online", "1", NULL);
	record(p, b, "assist", "done_on", "2022-06-30", "service", "VNeID", "step", "account",
	       NULL);
	record(p, a, "team", "reported_on", "2022-04-01", "kind", "village", "members", "5",
	       "members_trained", "2", "trained", "0", NULL);
	record(p, a, "team", "reported_on", "2022-07-01", "kind", "village", "members", "6",
	       "members_trained", "4", "trained", "1", NULL);
	record(p, p->commune, "team", "reported_on", "2022-05-01", "kind", "commune", "members",
	       "3", "members_trained", "3", "trained", "1", NULL);
}

static void training_counts_sessions_of_the_period_by_topic(void **state)
{
	struct place *p = *state;

	a_year(p);
	is(report(p, 0, "training", "--period", "2022-Q3", NULL),
	   "topic,label,sessions,people,change,women_numerator,women_denominator,women_share\n"
	   "smartphone,Using a smartphone,0,0,0,0,0,\n"
	   "services,Online public services,0,0,0,0,0,\n"
	   "eid,Electronic ID,1,20,10,12,20,0.6\n"
	   "payment,Paying without cash,0,0,0,0,0,\n"
	   "safety,Safety online,1,5,5,0,0,\n"
	   "selling,Selling online,0,0,0,0,0,\n"
	   "other,other,0,0,0,0,0,\n"
	   ",all,2,25,15,12,20,0.6\n");
	is(report(p, 0, "training", "--period", "2022-Q3", "--unit", "c", "--by", "village", NULL),
	   "code,name,sessions,people,change,women_numerator,women_denominator,women_share,"
	   "smartphone,services,eid,payment,safety,selling,other\n"
	   "v0,v0,2,25,25,12,20,0.6,0,0,1,0,1,0,0\n"
	   "v1,v1,0,0,-10,0,0,,0,0,0,0,0,0,0\n"
	   "v2,v2,0,0,0,0,0,,0,0,0,0,0,0,0\n"
	   "c,Xã,2,25,15,12,20,0.6,0,0,1,0,1,0,0\n");
	/* without a period: all there is up to the day, and nothing to compare it with */
	is(report(p, 0, "training", "--as-of", "2022-06-30", "--unit", "v1", "--by", "village",
	          NULL),
	   "code,name,sessions,people,women_numerator,women_denominator,women_share,"
	   "smartphone,services,eid,payment,safety,selling,other\n"
	   "v1,v1,1,10,4,10,0.4,0,0,1,0,0,0,0\n");
}

static void signal_is_each_villages_latest_word(void **state)
{
	struct place *p = *state;

	a_year(p);
	is(report(p, 0, "signal", "--period", "2022-Q3", NULL),
	   "what,label,villages_numerator,villages_denominator,villages_share,change,dead_spots,"
	   "since,days\n"
	   "covered,any mobile coverage,1,3,0.33333333333333331,0,,,\n"
	   "2g,2G,1,3,0.33333333333333331,0,,,\n"
	   "3g,3G,0,3,0,0,,,\n"
	   "4g,4G,1,3,0.33333333333333331,1,,,\n"
	   "5g,5G,0,3,0,0,,,\n"
	   "dead_spots,open dead spots,1,3,0.33333333333333331,0,2,2022-06-10,112\n"
	   "checked,checked at all,2,3,0.66666666666666663,0,,,\n");
	is(report(p, 0, "signal", "--as-of", "2022-09-30", "--unit", "c", "--by", "village", NULL),
	   "code,name,covered_numerator,covered_denominator,covered_share,2g,3g,4g,5g,checked,"
	   "dead_spots,since,days\n"
	   "v0,v0,1,1,1,1,0,1,0,1,2,2022-06-10,112\n"
	   "v1,v1,0,1,0,0,0,0,0,1,0,,\n"
	   "v2,v2,0,1,0,0,0,0,0,0,0,,\n"
	   "c,Xã,1,3,0.33333333333333331,1,0,1,0,2,2,2022-06-10,112\n");
	/* closed in between */
	is(report(p, 0, "signal", "--as-of", "2022-03-01", "--unit", "v0", "--by", "village", NULL),
	   "code,name,covered_numerator,covered_denominator,covered_share,2g,3g,4g,5g,checked,"
	   "dead_spots,since,days\n"
	   "v0,v0,1,1,1,1,0,0,0,1,0,,\n");
}

static void help_is_counted_by_service_and_step(void **state)
{
	struct place *p = *state;

	a_year(p);
	is(report(p, 0, "assist", "--period", "2022-Q3", NULL),
	   "service,people,change,account,sign_in,fill_in,submit,pay,filed_online_numerator,"
	   "filed_online_denominator,filed_online_share,paid_online_numerator,"
	   "paid_online_denominator,paid_online_share\n"
	   "VNeID,2,1,2,2,1,1,0,1,2,0.5,0,2,0\n"
	   "Khai sinh,1,1,1,1,1,1,1,1,1,1,1,1,1\n"
	   "all,3,2,3,3,2,2,1,2,3,0.66666666666666663,1,3,0.33333333333333331\n");
	is(report(p, 0, "assist", "--period", "2022-Q3", "--by", "commune", NULL),
	   "code,name,people,change,account,sign_in,fill_in,submit,pay,filed_online_numerator,"
	   "filed_online_denominator,filed_online_share,paid_online_numerator,"
	   "paid_online_denominator,paid_online_share\n"
	   "c,Xã,3,2,3,3,2,2,1,2,3,0.66666666666666663,1,3,0.33333333333333331\n"
	   "24,Tỉnh Bắc Giang,3,2,3,3,2,2,1,2,3,0.66666666666666663,1,3,0.33333333333333331\n");
	/* a service of another unit is none of this one's */
	is(report(p, 0, "assist", "--period", "2022-Q3", "--unit", "v1", NULL),
	   "service,people,change,account,sign_in,fill_in,submit,pay,filed_online_numerator,"
	   "filed_online_denominator,filed_online_share,paid_online_numerator,"
	   "paid_online_denominator,paid_online_share\n"
	   "Khai sinh,1,1,1,1,1,1,1,1,1,1,1,1,1\n"
	   "VNeID,0,-1,0,0,0,0,0,0,0,,0,0,\n"
	   "all,1,0,1,1,1,1,1,1,1,1,1,1,1\n");
}

static void teams_that_are_not_trained_are_listed(void **state)
{
	struct place *p = *state;

	a_year(p);
	is(report(p, 0, "teams", "--period", "2022-Q3", NULL),
	   "kind,label,trained_numerator,trained_denominator,trained_share,change,reported,untrained\n"
	   "commune,commune teams,1,1,1,0,1,0\n"
	   "village,village teams,1,3,0.33333333333333331,1,1,2\n"
	   "members,members,7,9,0.77777777777777779,2,9,2\n");
	is(report(p, 0, "teams", "--as-of", "2022-09-30", "--by", "village", "--missing", NULL),
	   "code,name,commune_trained_numerator,commune_trained_denominator,commune_trained_share,"
	   "village_trained_numerator,village_trained_denominator,village_trained_share,reported,"
	   "untrained,members,members_trained_numerator,members_trained_denominator,"
	   "members_trained_share,last\n"
	   "v1,v1,0,0,,0,1,0,0,1,0,0,0,,\n"
	   "v2,v2,0,0,,0,1,0,0,1,0,0,0,,\n");
	/* the commune's own team is in none of its villages */
	is(report(p, 0, "teams", "--as-of", "2022-06-30", "--unit", "c", "--by", "village", NULL),
	   "code,name,commune_trained_numerator,commune_trained_denominator,commune_trained_share,"
	   "village_trained_numerator,village_trained_denominator,village_trained_share,reported,"
	   "untrained,members,members_trained_numerator,members_trained_denominator,"
	   "members_trained_share,last\n"
	   "v0,v0,0,0,,0,1,0,1,1,5,2,5,0.4,2022-04-01\n"
	   "v1,v1,0,0,,0,1,0,0,1,0,0,0,,\n"
	   "v2,v2,0,0,,0,1,0,0,1,0,0,0,,\n"
	   ",in none of these,1,0,,0,0,,1,0,3,3,3,1,\n"
	   "c,Xã,1,1,1,0,3,0,2,3,8,5,8,0.625,2022-05-01\n");
}

static const char progress_head[] = "code,name,visited_numerator,visited_denominator,visited_share,"
				    "change,last,heard,state\n";

static void progress_is_households_visited_in_the_period(void **state)
{
	struct place *p = *state;
	char want[1024];

	a_year(p);
	snprintf(want, sizeof want,
	         "%sv0,v0,2,2,1,1,2022-09-02,,done\n"
	         "v1,v1,0,6,0,-1,2022-06-30,,late\n"
	         "v2,v2,0,0,,0,,,late\n"
	         "c,Xã,2,8,0.25,0,2022-09-02,,late\n",
	         progress_head);
	is(report(p, 0, "progress", "--unit", "c", "--period", "2022-Q3", NULL), want);
	snprintf(want, sizeof want, "%sc,Xã,2,8,0.25,0,2022-09-02,,late\n", progress_head);
	is(report(p, 0, "progress", "--period", "2022-Q3", "--missing", NULL), want);
}

static void households_that_were_joined_are_visited_once(void **state)
{
	struct place *p = *state;
	char want[1024];

	a_year(p);
	assert_ok(same_join(p->s, p->household,
	                    count(p->s, "SELECT min(_id) FROM f_household WHERE number = 1"),
	                    count(p->s, "SELECT _id FROM f_household WHERE number = 2"), 0));
	snprintf(want, sizeof want, "%sv0,v0,1,2,0.5,0,2022-09-02,,late\n", progress_head);
	is(report(p, 0, "progress", "--unit", "v0", "--period", "2022-Q3", NULL), want);
}

static void bad_row(void *arg, unsigned line, const char *why)
{
	(void)arg;
	fail_msg("row %u: %s", line, why);
}

static void activities_are_restated_in_the_units_of_another_day(void **state)
{
	static const char changes[] = "old_code,new_code,effective_date\nv0,v1,2023-01-01\n";
	struct unit_change_result r;
	struct place *p = *state;

	a_year(p);
	assert_ok(unit_change(p->s, changes, sizeof changes - 1, bad_row, NULL, &r));
	assert_int_equal(r.changed, 1);
	is(report(p, 0, "training", "--period", "2022-Q3", "--unit", "c", "--by", "village", NULL),
	   "code,name,sessions,people,change,women_numerator,women_denominator,women_share,"
	   "smartphone,services,eid,payment,safety,selling,other\n"
	   "v0,v0,2,25,25,12,20,0.6,0,0,1,0,1,0,0\n"
	   "v1,v1,0,0,-10,0,0,,0,0,0,0,0,0,0\n"
	   "v2,v2,0,0,0,0,0,,0,0,0,0,0,0,0\n"
	   "c,Xã,2,25,15,12,20,0.6,0,0,1,0,1,0,0\n");
	is(report(p, 0, "training", "--period", "2022-Q3", "--unit", "c", "--by", "village",
	          "--geography", "2023-06-01", NULL),
	   "code,name,sessions,people,change,women_numerator,women_denominator,women_share,"
	   "smartphone,services,eid,payment,safety,selling,other\n"
	   "v1,v1,2,25,15,12,20,0.6,0,0,1,0,1,0,0\n"
	   "v2,v2,0,0,0,0,0,,0,0,0,0,0,0,0\n"
	   "c,Xã,2,25,15,12,20,0.6,0,0,1,0,1,0,0\n");
}

/* The line that begins so, or fails. */
static void has_line(const char *text, const char *want)
{
	size_t n = strlen(want);
	const char *at;

	for (at = text; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (!strncmp(at, want, n) && (at[n] == '\r' || at[n] == '\n'))
			return;
	fail_msg("no line %s in:\n%s", want, text);
}

static void coverage_tells_what_changed(void **state)
{
	struct place *p = *state;
	const char *text;

	a_year(p);
	text = report(p, 0, "coverage", "--unit", "c", "--period", "2022-Q3", NULL);
	has_line(text, "code,indicator,share_numerator,share_denominator,share_share,number,change,"
	               "target,target_year,behind,result");
	has_line(text, "visited,\"Households visited, of those expected\",3,8,0.375,,12.5,,,,-");
	has_line(text, "smartphone,People with a smartphone,7,11,0.63636363636363635,,30.3,0.85,"
	               "2022,21.4,behind");
	has_line(text, "fibre,Households with fibre,2,3,0.66666666666666663,,16.7,0.85,2022,18.3,"
	               "behind");
	has_line(text, "teams_commune,Commune teams trained,1,1,1,,0,1,2022,0,reached");
	has_line(text, "sessions,Training sessions,,,,2,1,,,,-");
	has_line(text, "hh4,ITU HH4: households with a computer,0,0,,,,,,,nothing recorded yet");
	text = report(p, 0, "coverage", "--unit", "c", "--period", "2022-Q3", "--by", "village",
	              "--indicator", "fibre", NULL);
	has_line(text, "v0,v0,2,2,1,1,2,0.5,50,0.85,2022,35,behind");
	has_line(text, "v1,v1,1,6,0.16666666666666666,1,1,1,0,0.85,2022,0,reached");
	has_line(text, "v2,v2,0,0,,0,0,,,0.85,2022,,nothing recorded yet");
	has_line(text, "c,Xã,3,8,0.375,2,3,0.66666666666666663,16.7,0.85,2022,18.3,behind");
	text = report(p, 0, "coverage", "--unit", "c", "--as-of", "2022-09-30", "--by", "village",
	              "--indicator", "teams_commune", NULL);
	has_line(text, ",in none of these,0,0,,1,1,1,1,2022,0,reached");
	text = report(p, 0, "coverage", "--as-of", "2022-09-30", "--by", "commune", NULL);
	assert_non_null(strstr(text, "\nc,Xã,3,8,0.375,7,11,0.63636363636363635,2,3,"
	                             "0.66666666666666663,1,3,0.33333333333333331,"));
}

static void what_makes_no_sense_is_refused(void **state)
{
	struct place *p = *state;

	report(p, STATUS_USAGE, "trainign", NULL);
	report(p, STATUS_USAGE, "training", "2022", NULL);
	report(p, STATUS_USAGE, "training", "--period", "2022", "--as-of", "2022-01-01", NULL);
	report(p, STATUS_USAGE, "training", "--by", "street", NULL);
	report(p, STATUS_USAGE, "training", "--as-of", "2022-02-30", NULL);
	report(p, STATUS_USAGE, "submit", NULL);
	report(p, ERR_BAD, "training", "--period", "2022-Q5", NULL);
	report(p, ERR_NOTFOUND, "training", "--unit", "nowhere", NULL);
	report(p, ERR_NOTFOUND, "coverage", "--indicator", "happiness", NULL);
}

static int begin(void **state)
{
	i18n_set("en");
	return setup(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(training_counts_sessions_of_the_period_by_topic,
	                                        begin, teardown),
		cmocka_unit_test_setup_teardown(signal_is_each_villages_latest_word, begin,
	                                        teardown),
		cmocka_unit_test_setup_teardown(help_is_counted_by_service_and_step, begin,
	                                        teardown),
		cmocka_unit_test_setup_teardown(teams_that_are_not_trained_are_listed, begin,
	                                        teardown),
		cmocka_unit_test_setup_teardown(progress_is_households_visited_in_the_period, begin,
	                                        teardown),
		cmocka_unit_test_setup_teardown(households_that_were_joined_are_visited_once, begin,
	                                        teardown),
		cmocka_unit_test_setup_teardown(activities_are_restated_in_the_units_of_another_day,
	                                        begin, teardown),
		cmocka_unit_test_setup_teardown(coverage_tells_what_changed, begin, teardown),
		cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, begin, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
