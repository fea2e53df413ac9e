/* test_indicator_tell.c - a figure explained: its definition, targets, changes and records. */
#include "tests/unit/place.h"

#include "storage/figures.h"
#include "storage/indicator_tell.h"
#include "storage/pack.h"
#include "storage/same.h"

static void some_records(struct place *p)
{
	const struct answer signal[] = {{"checked_on", "2026-11-01"}, {"covered", "1"}};
	struct form *f;

	household(p, p->village[0], "1");
	household(p, p->village[0], "2");
	household(p, p->village[1], "1");
	visit(p, p->village[0], "1", "2026-11-03", "9", "9", "1");
	visit(p, p->village[0], "1", "2026-11-05", "4", "1", "0");
	visit(p, p->village[0], "2", "2026-11-04", "3", "2", "1");
	visit(p, p->village[1], "1", "2026-11-10", "5", "5", "1");
	assert_ok(form_load(p->s, "signal", &f));
	add(p->s, p->village[1], f, signal, 2);
	form_free(f);
}

static void explain(struct place *p, const char *code, int64_t unit, const char *day, size_t limit,
                    struct explained *e)
{
	assert_ok(indicator_explain(p->s, &(struct figures_of){.code = code, .day = day}, unit,
	                            limit, e));
}

/* ---- the records ----------------------------------------------------------------------------------- */

static int same_figure(void *arg, const struct indicator *i)
{
	static const char *const days[] = {NULL, "2026-11-03", "2026-11-04", "2000-01-01"};
	struct place *p = arg;
	const int64_t unit[] = {FIXTURE_ROOT_UNIT, p->commune, p->village[0], p->village[1]};
	struct explained e;
	struct figure f;
	size_t u, d;

	for (u = 0; u < sizeof unit / sizeof *unit; u++) {
		for (d = 0; d < sizeof days / sizeof *days; d++) {
			assert_ok(indicator_eval(p->s, i->code, unit[u], days[d], &f));
			explain(p, i->code, unit[u], days[d], 100, &e);
			if (e.figure.numerator != f.numerator ||
			    e.figure.denominator != f.denominator)
				fail_msg("%s of %d on %s: rows give %d / %d", i->code, (int)u,
				         days[d] ? days[d] : "any day", (int)e.figure.numerator,
				         (int)e.figure.denominator);
			explained_release(&e);
		}
	}
	return 0;
}

static void the_rows_of_every_indicator_add_up_to_its_figure(void **state)
{
	struct place *p = *state;

	some_records(p);
	assert_ok(indicator_each(p->s, same_figure, p));
}

static void each_row_says_what_it_adds(void **state)
{
	struct place *p = *state;
	struct explained e;

	some_records(p);
	explain(p, "smartphone", p->commune, NULL, 100, &e);
	assert_int_equal(e.counted, 3);
	assert_int_equal(e.n, 3);
	assert_int_equal(e.blank, 0);
	assert_true(e.of_records[0] && e.of_records[1]);
	assert_int_equal(e.row[0].unit, p->village[0]);
	assert_int_equal(e.row[0].numerator, 1);
	assert_int_equal(e.row[0].denominator, 4);
	assert_int_equal(e.row[1].numerator, 2);
	assert_int_equal(e.row[2].unit, p->village[1]);
	assert_int_equal(e.row[2].numerator, 5);
	assert_true(e.row[0].record < e.row[1].record);
	explained_release(&e);
	explain(p, "smartphone", p->village[1], NULL, 100, &e);
	assert_int_equal(e.counted, 1);
	explained_release(&e);
	explain(p, "digital_address", p->commune, NULL, 100, &e); /* nobody said */
	assert_int_equal(e.counted, 0);
	assert_int_equal(e.blank, 3);
	explained_release(&e);
	explain(p, "coverage", p->commune, NULL, 100, &e);
	assert_true(e.of_records[0] && !e.of_records[1]);
	assert_int_equal(e.figure.denominator, 3);
	assert_int_equal(e.n, 1);
	assert_int_equal(e.row[0].numerator, 1);
	assert_int_equal(e.row[0].denominator, 0);
	explained_release(&e);
}

static void the_limit_cuts_the_list_and_not_the_figure(void **state)
{
	struct figures_of all = {.code = "smartphone"};
	struct place *p = *state;
	struct explained e;

	some_records(p);
	explain(p, "smartphone", p->commune, NULL, 2, &e);
	assert_int_equal(e.n, 2);
	assert_int_equal(e.counted, 3);
	assert_int_equal(e.figure.denominator, 12);
	explained_release(&e);
	explain(p, "smartphone", p->commune, NULL, 0, &e);
	assert_int_equal(e.n, 0);
	assert_int_equal(e.figure.denominator, 12);
	explained_release(&e);
	assert_err(indicator_explain(p->s, &all, p->commune, EXPLAINED_MAX + 1, &e), ERR_TOOBIG,
	           "1000000");
	all.code = "none";
	assert_err(indicator_explain(p->s, &all, p->commune, 1, &e), ERR_NOTFOUND, "none");
}

static void households_that_were_joined_are_one_row(void **state)
{
	struct place *p = *state;
	struct explained e;
	int64_t a = household(p, p->village[0], "1"), b = household(p, p->village[0], "2");

	visit(p, p->village[0], "1", "2026-11-05", "4", "1", "0");
	visit(p, p->village[0], "2", "2026-11-06", "3", "2", "1");
	assert_ok(same_join(p->s, p->household, a, b, 0));
	explain(p, "smartphone", p->commune, NULL, 100, &e);
	assert_int_equal(e.counted, 1);
	assert_int_equal(e.row[0].denominator, 3);
	explained_release(&e);
}

static void a_period_counts_its_own_records_where_every_one_counts(void **state)
{
	const struct answer october[] = {{"held_on", "2026-10-05"},
	                                 {"topic", "eid"},
	                                 {"attendees", "20"}};
	const struct answer november[] = {{"held_on", "2026-11-05"},
	                                  {"topic", "eid"},
	                                  {"attendees", "7"}};
	struct figures_of of = {.code = "sessions_people",
	                        .from = "2026-11-01",
	                        .day = "2026-11-30"};
	struct place *p = *state;
	struct explained e;
	struct form *f;

	some_records(p);
	assert_ok(form_load(p->s, "training", &f));
	add(p->s, p->village[0], f, october, 3);
	add(p->s, p->village[0], f, november, 3);
	form_free(f);
	assert_ok(indicator_explain(p->s, &of, p->commune, 9, &e));
	assert_int_equal(e.figure.numerator, 7);
	assert_int_equal(e.n, 1);
	explained_release(&e);
	of.from = "2026-11-06";
	assert_ok(indicator_explain(p->s, &of, p->commune, 9, &e));
	assert_int_equal(e.figure.numerator, 0);
	explained_release(&e);
	of.code = "smartphone"; /* the state at its end, whenever it was recorded */
	assert_ok(indicator_explain(p->s, &of, p->commune, 9, &e));
	assert_int_equal(e.figure.denominator, 12);
	explained_release(&e);
}

/* ---- the definition and its targets ---------------------------------------------------------------- */

static int one_definition(void *arg, const struct definition *d)
{
	buf_printf(arg, "%s %s=%s %s=%s %s %s|%s|%s %s %s %g", d->code, d->name[0].lang,
	           d->name[0].text, d->name[1].lang, d->name[1].text, d->form, d->latest_by,
	           d->numerator, d->denominator, d->counts, d->direction, d->weight);
	return 0;
}

static int put_target(void *arg, const struct target *t)
{
	buf_printf(arg, "%s:%d:%g:%s ", t->unit, (int)t->year, t->share,
	           t->document ? t->document : "-");
	return 0;
}

static void set_targets(struct place *p, const char *rows)
{
	struct buf text = {0};
	size_t n;

	buf_printf(&text, "indicator,unit_code,year,share,document\n%s", rows);
	assert_ok(target_import(p->s, (const char *)text.data, text.len, &n));
	buf_release(&text);
}

static void a_definition_is_told_in_all_its_languages(void **state)
{
	struct place *p = *state;
	struct buf b = {0};

	assert_ok(indicator_define(p->s, "bank", one_definition, &b));
	assert_string_equal(buf_cstr(&b),
	                    "bank vi=Người từ 15 tuổi có tài khoản ngân hàng en=People aged 15 and "
	                    "over with a bank account visit household|sum(bank)|sum(adults) people "
	                    "up 15");
	assert_err(indicator_define(p->s, "none", one_definition, &b), ERR_NOTFOUND, "none");
	buf_reset(&b);
	set_targets(p, "bank,c,2025,0.5,\nbank,v1,2024,0.25,Kế hoạch\n");
	assert_ok(target_each(p->s, "bank", put_target, &b));
	assert_string_equal(buf_cstr(&b), "24:2022:0.7:Mục tiêu tỉnh Bắc Giang năm 2022 "
	                                  "v1:2024:0.25:Kế hoạch c:2025:0.5:- ");
	buf_release(&b);
}

/* The target that a list shows is the one that a figure is held against. */
static void the_target_in_force_is_the_figures(void **state)
{
	struct place *p = *state;
	const int64_t unit[] = {FIXTURE_ROOT_UNIT, p->commune, p->village[0], p->village[1]};
	struct buf b = {0}, want = {0};
	struct figure f;
	char day[16];
	size_t u;
	int year;

	set_targets(p,
	            "fibre,c,2025,0.9,\nfibre,c,2027,0.95,\nfibre,c,2030,1,\nfibre,v1,2024,0.1,\n");
	for (u = 0; u < sizeof unit / sizeof *unit; u++) {
		for (year = 2020; year < 2033; year++) {
			snprintf(day, sizeof day, "%d-06-01", year);
			assert_ok(indicator_eval(p->s, "fibre", unit[u], day, &f));
			buf_reset(&want);
			buf_printf(&want, ":%d:%g:", (int)f.target_year, f.target);
			buf_reset(&b);
			assert_ok(target_for(p->s, "fibre", unit[u], year, put_target, &b));
			if (!strstr(buf_cstr(&b), buf_cstr(&want)))
				fail_msg("%s in %d: %s, not %s", u == 3 ? "v1" : "another", year,
				         buf_cstr(&b), buf_cstr(&want));
		}
	}
	buf_reset(&b);
	assert_ok(target_for(p->s, "hh4", p->commune, 2026, put_target, &b));
	assert_int_equal(b.len, 0);
	buf_release(&b);
	buf_release(&want);
}

/* ---- who changed it ---------------------------------------------------------------------------------- */

static int put_change(void *arg, const struct indicator_change *c)
{
	char node[ID_TEXT];

	buf_printf(arg, "%s", c->h->form);
	if (c->unit)
		buf_printf(arg, " %s %d", c->unit, (int)c->year);
	if (c->h->kind == HISTORY_CHANGED)
		buf_printf(arg, " %s %s>%s", c->h->question, c->h->old, c->h->new);
	buf_printf(arg, " by %s%s; ", node_text(c->h->node, node), c->h->pending ? " pending" : "");
	return 0;
}

static void every_change_of_an_indicator_is_told(void **state)
{
	static const char weight[] = "indicator,weight\nbank,20\n";
	struct place *p = *state;
	struct buf b = {0};
	size_t n;

	assert_ok(pack_seal(p->s));
	set_targets(p, "bank,,2022,0.75,Mục tiêu tỉnh Bắc Giang năm 2022\n");
	set_targets(p, "bank,c,2023,0.5,\nfibre,c,2023,0.5,\n");
	assert_ok(weight_import(p->s, weight, sizeof weight - 1, &n));
	assert_int_equal(n, 1);
	assert_ok(indicator_changes(p->s, "bank", put_change, &b));
	assert_string_equal(buf_cstr(&b),
	                    "indicator by 1.0; target 24 2022 by 1.0; weight by 1.0; "
	                    "target 24 2022 share 0.7>0.75 by 1.0 pending; target c 2023 by 1.0 "
	                    "pending; weight weight 15.0>20.0 by 1.0 pending; ");
	assert_err(indicator_changes(p->s, "none", put_change, &b), ERR_NOTFOUND, "none");
	buf_release(&b);
}

static void what_is_wrong_in_weights_is_named(void **state)
{
	static const char *const bad[][2] = {
		{"none,1\n", "row 2, column indicator: there is no indicator none"},
		{"sessions,1\n", "row 2, column indicator: sessions is a plain number"},
		{"bank,-1\n", "row 2, column weight: '-1' is not a weight"},
		{"bank,much\n", "row 2, column weight"},
		{"bank,\n", "row 2, column weight"},
		{"bank,1000001\n", "row 2, column weight"},
	};
	struct place *p = *state;
	struct buf text = {0};
	size_t i, n;

	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		buf_reset(&text);
		buf_printf(&text, "indicator,weight\n%sfibre,99\n", bad[i][0]);
		assert_err(weight_import(p->s, (const char *)text.data, text.len, &n), ERR_BAD,
		           bad[i][1]);
	}
	assert_int_equal(count(p->s, "SELECT count(*) FROM weight WHERE weight = 99"), 0);
	p->s->self.role = ROLE_OFFICE;
	assert_err(weight_import(p->s, "indicator,weight\nfibre,9\n", 26, &n), ERR_DENIED, "root");
	buf_release(&text);
}

/* ---- out and in again ---------------------------------------------------------------------------------- */

static void export(struct place *p, struct buf out[3])
{
	size_t i;

	for (i = 0; i < 3; i++)
		buf_reset(&out[i]);
	assert_ok(indicator_export(p->s, &out[0], &out[1], &out[2]));
}

static size_t import(struct place *p, struct buf in[3])
{
	size_t n, all;

	assert_ok(indicator_import(p->s, buf_cstr(&in[0]), in[0].len, &all));
	assert_ok(target_import(p->s, buf_cstr(&in[1]), in[1].len, &n));
	all += n;
	assert_ok(weight_import(p->s, buf_cstr(&in[2]), in[2].len, &n));
	return all + n;
}

static void what_is_written_out_imports_without_a_change(void **state)
{
	static const char more[] =
		"code,order,label::Tày (tyz),label,form,latest_by,numerator,denominator,counts,"
		"direction\nmore,3,\"A, \"\"b\"\"\",Plain,visit,household,sum(persons),,people,down\n";
	struct place *p = *state;
	struct buf out[3] = {{0}}, again[3] = {{0}};
	size_t i, n;

	assert_ok(indicator_import(p->s, more, sizeof more - 1, &n));
	set_targets(p, "bank,c,2025,0.333,Kế hoạch \"7\"\n");
	export(p, out);
	assert_non_null(strstr(buf_cstr(&out[0]), ",label::Vietnamese (vi),label::English (en),"));
	assert_non_null(strstr(buf_cstr(&out[0]), "\"A, \"\"b\"\"\""));
	assert_non_null(strstr(buf_cstr(&out[1]), "\nbank,,2022,0.7,"));
	assert_non_null(strstr(buf_cstr(&out[1]), "\nbank,c,2025,0.333,"));
	assert_non_null(strstr(buf_cstr(&out[2]), "\nbank,15.0\n"));
	assert_int_equal(import(p, out), 0);
	assert_ok(indicator_drop(p->s, "bank"));
	assert_int_equal(import(p, out), 4); /* the indicator, two targets, its weight */
	export(p, again);
	for (i = 0; i < 3; i++) {
		assert_string_equal(buf_cstr(&out[i]), buf_cstr(&again[i]));
		buf_release(&out[i]);
		buf_release(&again[i]);
	}
}

static int is_bank(void *arg, const struct indicator *i)
{
	(void)arg;
	return !strcmp(i->code, "bank");
}

static void what_is_dropped_is_gone_with_its_targets_and_weight(void **state)
{
	struct place *p = *state;

	assert_ok(indicator_drop(p->s, "bank"));
	assert_int_equal(indicator_each(p->s, is_bank, NULL), 0);
	assert_int_equal(count(p->s, "SELECT count(*) FROM target WHERE indicator NOT IN"
	                             " (SELECT id FROM indicator)"),
	                 0);
	assert_int_equal(count(p->s, "SELECT count(*) FROM weight"), 9);
	assert_err(indicator_drop(p->s, "bank"), ERR_NOTFOUND, "bank");
	assert_ok(pack_seal(p->s)); /* as any other change it travels */
	p->s->self.role = ROLE_OFFICE;
	assert_err(indicator_drop(p->s, "fibre"), ERR_DENIED, "root");
}

static void there_are_no_more_than_a_report_holds(void **state)
{
	struct place *p = *state;
	int64_t there = count(p->s, "SELECT count(*) FROM indicator");
	struct buf b = {0};
	struct figures *f;
	size_t n;

	buf_str(&b, "code,order,form,latest_by,numerator,denominator,counts,direction\n");
	for (n = (size_t)there; n < FIGURES_MAX; n++)
		buf_printf(&b, "more_%d,99,visit,household,count(*),count(*),x,up\n", (int)n);
	assert_ok(indicator_import(p->s, buf_cstr(&b), b.len, &n));
	buf_printf(&b, "most,99,visit,household,count(*),count(*),x,up\n");
	assert_err(indicator_import(p->s, buf_cstr(&b), b.len, &n), ERR_BAD, "drop one before");
	assert_ok(figures_open(p->s, &(struct figures_of){0}, &f));
	assert_int_equal(figures_size(f), FIGURES_MAX);
	figures_close(f);
	buf_release(&b);
}

#define each_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		each_test(the_rows_of_every_indicator_add_up_to_its_figure),
		each_test(each_row_says_what_it_adds),
		each_test(the_limit_cuts_the_list_and_not_the_figure),
		each_test(households_that_were_joined_are_one_row),
		each_test(a_period_counts_its_own_records_where_every_one_counts),
		each_test(what_is_written_out_imports_without_a_change),
		each_test(what_is_dropped_is_gone_with_its_targets_and_weight),
		each_test(there_are_no_more_than_a_report_holds),
		each_test(a_definition_is_told_in_all_its_languages),
		each_test(the_target_in_force_is_the_figures),
		each_test(every_change_of_an_indicator_is_told),
		each_test(what_is_wrong_in_weights_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
