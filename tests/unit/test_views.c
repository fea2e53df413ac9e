/* test_views.c - what a query of somebody else's may read, and what it may not. */
#include "tests/unit/fixture.h"

#include "storage/record.h"
#include "storage/views.h"

#define HOUSES 30

struct place {
	struct store *s;
	struct views *v;
};

static const char survey[] = "type,name,label::Vietnamese (vi),label::English (en),personal\n"
			     "integer,house,Số nhà,House,\n"
			     "select_one yn,fibre,Cáp quang,Fibre,\n"
			     "select_multiple app,apps,Ứng dụng,Apps,\n"
			     "text,owner,Chủ nhà,Owner,yes\n"
			     "decimal,house2,Số nhà,House,\n"
			     "begin_repeat,member,Người,Member,\n"
			     "integer,age,Tuổi,Age,\n"
			     "end_repeat,,,,\n";
static const char choices[] =
	"list_name,name,label::Vietnamese (vi),label::English (en)\n"
	"yn,1,Có,Yes\nyn,0,Không,No\napp,zalo,Zalo,Zalo\napp,bank,Ngân hàng,Bank\n";
static const char settings[] = "form_id,form_title::Vietnamese (vi),form_title::English (en),key\n"
			       "house,Nhà,House survey,house\n";

static int setup(void **state)
{
	static struct place p;
	const struct xlsform x = {.code = "house",
	                          .survey = {survey, sizeof survey - 1},
	                          .choices = {choices, sizeof choices - 1},
	                          .settings = {settings, sizeof settings - 1}};
	char number[8];
	const struct answer a[] = {{"house", number},
	                           {"fibre", "1"},
	                           {"apps", "zalo bank"},
	                           {"owner", "Canary"}};
	struct form *f;
	struct tx *tx;
	int version, i;
	int64_t id;

	memset(&p, 0, sizeof p);
	p.s = fixture_root();
	assert_ok(form_add(p.s, &x, &version));
	assert_ok(form_load(p.s, "house", &f));
	assert_ok(tx_begin(p.s, FIXTURE_ROOT_UNIT, &tx));
	for (i = 0; i < HOUSES; i++) {
		snprintf(number, sizeof number, "%d", i + 1);
		assert_ok(record_add(tx, f, 0, a, 4, &id));
	}
	assert_ok(tx_commit(tx));
	tx_end(tx);
	form_free(f);
	*state = &p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	views_close(p->v);
	fixture_remove(p->s);
	return 0;
}

static void open_views(struct place *p, bool personal, int64_t ms)
{
	const struct views_of of = {.personal = personal, .ms = ms};

	assert_ok(views_open(p->s, &of, &p->v));
}

/* "name=value" of the first row, then how many rows there are. */
static void asks(struct place *p, const char *sql, const char *wanted)
{
	struct buf b = {0};
	struct query *q;
	size_t i, rows = 0;
	int rc;

	assert_ok(query_open(p->v, sql, &q));
	while ((rc = query_step(q)) == 1) {
		for (i = 0; !rows && i < query_columns(q); i++)
			buf_printf(&b, "%s=%s ", query_name(q, i),
			           query_text(q, i) ? query_text(q, i) : "-");
		rows++;
	}
	assert_ok(rc);
	query_close(q);
	buf_printf(&b, "%zu", rows);
	assert_string_equal(buf_cstr(&b), wanted);
	buf_release(&b);
}

static void refuses(struct place *p, const char *sql, const char *part)
{
	struct query *q;

	assert_int_equal(query_open(p->v, sql, &q), ERR_BAD);
	assert_null(q);
	if (!strstr(err_text(), part))
		fail_msg("%s: '%s' is not in '%s'", sql, part, err_text());
}

static void a_form_is_read_by_names_and_by_labels(void **state)
{
	struct place *p = *state;

	open_views(p, false, 0);
	asks(p, "SELECT house, fibre, apps, unit, unit_name FROM house ORDER BY 1",
	     "house=1 fibre=1 apps=zalo bank unit=24 unit_name=Tỉnh Bắc Giang 30");
	asks(p, "SELECT \"Số nhà\", \"Cáp quang\", \"Ứng dụng\", \"Đơn vị\" FROM \"Nhà\" LIMIT 1",
	     "Số nhà=1 Cáp quang=Có Ứng dụng=Zalo, Ngân hàng Đơn vị=Tỉnh Bắc Giang 1");
	asks(p, "SELECT House, Fibre, Apps, \"House (house2)\" FROM \"House survey\" LIMIT 1",
	     "House=1 Fibre=Yes Apps=Zalo, Bank House (house2)=- 1");
	asks(p, "SELECT age, _parent FROM house__member", "0");
	asks(p, "SELECT \"Tuổi\" FROM \"Nhà – Người\"", "0");
	asks(p, "SELECT code, level FROM unit", "code=24 level=province 1");
	asks(p, "SELECT i.code, count(*) n FROM house h JOIN unit_in i ON i._unit = h._unit",
	     "code=24 n=30 1");
	asks(p, "SELECT count(*) AS n FROM house", "n=30 1");
	asks(p,
	     "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 5)"
	     " SELECT count(*) AS n FROM c; -- no more",
	     "n=5 1");
}

static void nothing_else_is_read(void **state)
{
	static const char *const sql[] =
		{"SELECT * FROM meta",
	         "SELECT count(*) FROM meta",
	         "SELECT secret FROM invite",
	         "SELECT * FROM sqlite_schema",
	         "SELECT * FROM sqlite_temp_schema",
	         "SELECT * FROM main.f_house",
	         "SELECT owner FROM p_house",
	         "SELECT count(*) FROM p_house",
	         "WITH house AS (SELECT owner AS x FROM main.p_house) SELECT x FROM house",
	         "WITH house AS (SELECT value AS x FROM main.meta) SELECT x FROM house",
	         "SELECT (SELECT max(value) FROM meta) FROM house",
	         "SELECT * FROM pragma_table_info('meta')",
	         "PRAGMA query_only",
	         "ATTACH 'x' AS y",
	         "CREATE TEMP TABLE x(y)",
	         "VACUUM INTO 'x'",
	         "BEGIN"};
	struct place *p = *state;
	size_t i;

	open_views(p, false, 0);
	for (i = 0; i < sizeof sql / sizeof *sql; i++)
		refuses(p, sql[i], "");
	refuses(p, "SELECT * FROM meta", "report views");
	refuses(p, "SELECT owner FROM house", "no such column");
	refuses(p, "DELETE FROM house", "house");
	refuses(p, "DELETE FROM main.f_house", "");
	refuses(p, "UPDATE main.f_house SET house = 1", "");
	assert_int_equal(count(p->s, "SELECT count(*) FROM f_house"), HOUSES);
}

static void personal_answers_are_read_where_that_is_asked_for(void **state)
{
	struct place *p = *state;

	open_views(p, true, 0);
	asks(p, "SELECT owner FROM house", "owner=Canary 30");
	asks(p, "SELECT \"Chủ nhà\" FROM \"Nhà\"", "Chủ nhà=Canary 30");
	refuses(p, "SELECT owner FROM p_house", "");
	refuses(p, "SELECT value FROM meta", "");
}

static void a_mistake_is_told_with_its_place(void **state)
{
	struct place *p = *state;

	open_views(p, false, 0);
	refuses(p, "SELECT house,\n  nope FROM house", "line 2, column 3: no such column: nope");
	refuses(p, "SELECT 'Số nhà' nope nope", "line 1, column 22: ");
	refuses(p, "SELECT 1;\nSELECT 2", "line 2, column 1: only one");
	refuses(p, " -- nothing\n;", "no query");
	refuses(p, "SELECT ?", "parameter");
	refuses(p, "EXPLAIN SELECT 1", "no SELECT");
}

static int64_t ticks;

static int64_t later(void *arg)
{
	(void)arg;
	return FIXTURE_NOW_MS + 100 * ticks++;
}

static void a_query_without_end_is_ended(void **state)
{
	struct place *p = *state;
	struct store_env env = fixture_env;
	struct query *q;

	env.now_ms = later;
	p->s->env = &env;
	open_views(p, false, 1000);
	assert_ok(query_open(p->v,
	                     "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
	                     " SELECT count(*) FROM c",
	                     &q));
	assert_err(query_step(q), ERR_BAD, "longer than 1 seconds");
	query_close(q);
	assert_ok(query_open(p->v, "SELECT group_concat(hex(zeroblob(400000))) FROM house", &q));
	assert_err(query_step(q), ERR_TOOBIG, "1048576");
	query_close(q);
	asks(p, "SELECT count(*) AS n FROM house", "n=30 1");
	p->s->env = &fixture_env;
}

#define claim(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		claim(a_form_is_read_by_names_and_by_labels),
		claim(nothing_else_is_read),
		claim(personal_answers_are_read_where_that_is_asked_for),
		claim(a_mistake_is_told_with_its_place),
		claim(a_query_without_end_is_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
