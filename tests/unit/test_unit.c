/* test_unit.c - the tree of places and its import. */
#include "tests/unit/fixture.h"

#include "storage/db.h"

/* Province 24 > district 213 > communes 07204, 07207 > village 07204-01 */
static struct store *tree(int64_t id[5])
{
	struct store *s = fixture_root();

	id[0] = FIXTURE_ROOT_UNIT;
	id[1] = fixture_unit(s, id[0], LEVEL_DISTRICT, "213", "Thành phố Bắc Giang");
	id[2] = fixture_unit(s, id[1], LEVEL_COMMUNE, "07204", "Phường Trần Nguyên Hãn");
	id[3] = fixture_unit(s, id[1], LEVEL_COMMUNE, "07207", "Phường Ngô Quyền");
	id[4] = fixture_unit(s, id[2], LEVEL_VILLAGE, "07204-01", "Thôn 1");
	return s;
}

static void a_unit_is_found_by_code_or_by_its_only_name(void **state)
{
	int64_t id[5];
	struct store *s = tree(id);
	struct unit u;

	(void)state;
	assert_ok(unit_find(s, "07204", &u));
	assert_int_equal(u.id, id[2]);
	assert_int_equal(u.parent, id[1]);
	assert_int_equal(u.level, LEVEL_COMMUNE);
	assert_int_equal(u.households, -1);
	assert_string_equal(u.valid_from, UNIT_ALWAYS);
	assert_ok(unit_find(s, "phuong ngo quyen", &u));
	assert_int_equal(u.id, id[3]);
	assert_err(unit_find(s, "07205", &u), ERR_NOTFOUND, "did you mean 07204");
	assert_err(unit_find(s, "Phường Ngô Quyềm", &u), ERR_NOTFOUND, "07207");
	assert_err(unit_find(s, "zzzzzzzz", &u), ERR_NOTFOUND, "zzzzzzzz");
	assert_int_equal(u.id, 0);
	fixture_unit(s, id[3], LEVEL_VILLAGE, "07207-01", "Thôn 1");
	assert_err(unit_find(s, "Thôn 1", &u), ERR_BAD, "07207-01");
	fixture_remove(s);
}

static void the_tree_is_walked_up_and_down(void **state)
{
	int64_t id[5], root;
	struct store *s = tree(id);

	(void)state;
	assert_ok(unit_root(s, &root));
	assert_int_equal(root, id[0]);
	assert_true(unit_within(s, id[4], id[0]));
	assert_true(unit_within(s, id[4], id[4]));
	assert_false(unit_within(s, id[4], id[3]));
	assert_false(unit_within(s, id[0], id[4]));
	assert_int_equal(unit_commune(s, id[4]), id[2]);
	assert_int_equal(unit_commune(s, id[2]), id[2]);
	assert_int_equal(unit_commune(s, id[1]), 0);
	fixture_remove(s);
}

static void a_loop_in_received_rows_ends(void **state)
{
	int64_t id[5];
	struct store *s = tree(id);

	(void)state;
	assert_ok(db_run(s, "UPDATE unit SET parent = ? WHERE id = ?", "ii", id[4], id[1]));
	assert_false(unit_within(s, id[4], id[0]));
	assert_int_equal(unit_commune(s, id[3]), id[3]);
	assert_int_equal(unit_commune(s, id[1]), id[2]);
	fixture_remove(s);
}

static int collect(void *arg, const struct unit *u)
{
	buf_printf(arg, "%s ", u->code);
	return 0;
}

static void children_come_by_code(void **state)
{
	int64_t id[5];
	struct store *s = tree(id);
	struct buf codes = {0};

	(void)state;
	assert_ok(unit_each(s, id[1], collect, &codes));
	assert_string_equal(buf_cstr(&codes), "07204 07207 ");
	buf_reset(&codes);
	assert_ok(unit_each(s, 0, collect, &codes));
	assert_string_equal(buf_cstr(&codes), "24 ");
	buf_release(&codes);
	fixture_remove(s);
}

static int add(struct store *s, int64_t parent, enum level level, const char *code,
               const char *name)
{
	struct unit u = {.parent = parent, .level = level, .households = -1, .population = -1};
	int64_t id;

	snprintf(u.code, sizeof u.code, "%s", code);
	snprintf(u.name, sizeof u.name, "%s", name);
	return unit_add(s, &u, &id);
}

static void a_unit_that_cannot_be_is_refused(void **state)
{
	int64_t id[5];
	struct store *s = tree(id);

	(void)state;
	assert_err(add(s, id[1], LEVEL_COMMUNE, "07204", "Again"), ERR_EXISTS, "07204");
	assert_err(add(s, 0, LEVEL_PROVINCE, "25", "Another root"), ERR_EXISTS, "24");
	assert_err(add(s, 99, LEVEL_COMMUNE, "1", "Nowhere"), ERR_NOTFOUND, "sync first");
	assert_err(add(s, id[4], LEVEL_COMMUNE, "1", "Upside down"), ERR_BAD, "cannot be under");
	assert_err(add(s, id[1], LEVEL_COMMUNE, "a b", "X"), ERR_BAD, "'a b'");
	assert_err(add(s, id[1], LEVEL_COMMUNE, "", "X"), ERR_BAD, "not a unit code");
	assert_err(add(s, id[1], LEVEL_COMMUNE, "1", "  "), ERR_BAD, "no name");
	assert_err(add(s, id[1], LEVEL_NONE, "1", "X"), ERR_BAD, "no level");
	assert_err(add(s, id[1], LEVEL_COMMUNE, "1", "\xff"), ERR_BAD, "UTF-8");
	assert_null(s->tx);
	fixture_remove(s);
}

static void what_is_added_is_captured_in_its_parents_scope(void **state)
{
	int64_t id[5], n;
	struct store *s = tree(id);

	(void)state;
	assert_ok(db_int(s, &n, "SELECT count(*) FROM entry WHERE class = 0 AND scope = ?", "i",
	                 id[1]));
	assert_int_equal(n, 2);
	assert_ok(db_int(s, &n, "SELECT count(*) FROM unit WHERE scope <> ifnull(parent, id)", ""));
	assert_int_equal(n, 0);
	fixture_remove(s);
}

static void a_seeded_unit_is_not_captured(void **state)
{
	struct store *s = fixture_node(5, ROLE_DEVICE, 77);
	struct unit u = {.id = 77,
	                 .parent = 70,
	                 .level = LEVEL_VILLAGE,
	                 .code = "x-1",
	                 .name = "Thôn 1",
	                 .households = 40,
	                 .population = -1};
	int64_t n;

	(void)state;
	assert_ok(unit_seed(s, &u));
	assert_ok(unit_seed(s, &u));
	assert_ok(unit_get(s, 77, &u));
	assert_int_equal(u.parent, 70);
	assert_int_equal(unit_commune(s, 77), 0);
	assert_true(unit_within(s, 77, 77));
	assert_int_equal(unit_root(s, &n), ERR_NOTFOUND);
	assert_ok(db_int(s, &n, "SELECT count(*) FROM entry", ""));
	assert_int_equal(n, 0);
	fixture_remove(s);
}

/* ---- import -------------------------------------------------------------------------------- */

struct rejects {
	struct buf text;
	unsigned first;
};

static void note(void *arg, unsigned line, const char *why)
{
	struct rejects *r = arg;

	if (!r->first)
		r->first = line;
	buf_printf(&r->text, "%u: %s\n", line, why);
}

static int import(struct store *s, const char *text, const char *from, struct rejects *r,
                  struct unit_import_result *out)
{
	memset(r, 0, sizeof *r);
	return unit_import(s, text, strlen(text), from, note, r, out);
}

static void parents_may_come_after_children(void **state)
{
	struct store *s = fixture_root();
	struct unit_import_result out;
	struct rejects r;
	struct unit u;
	const char *text = "code,name,level,parent_code,households\n"
			   "07204-01,Thôn 1,village,07204,120\n"
			   "07204,Phường Trần Nguyên Hãn,commune,213,\n"
			   "213,Thành phố Bắc Giang,district,24,\n"
			   "24,Tỉnh Bắc Giang,province,,480000\n";

	(void)state;
	assert_ok(import(s, text, NULL, &r, &out));
	assert_int_equal(out.added, 3);
	assert_int_equal(out.known, 1);
	assert_int_equal(out.bad, 0);
	assert_ok(unit_find(s, "07204-01", &u));
	assert_int_equal(u.households, 120);
	assert_true(unit_within(s, u.id, FIXTURE_ROOT_UNIT));
	assert_ok(unit_find(s, "24", &u));
	assert_int_equal(u.households, 480000);
	assert_ok(import(s, text, NULL, &r, &out));
	assert_int_equal(out.added, 0);
	assert_int_equal(out.known, 4);
	buf_release(&r.text);
	fixture_remove(s);
}

static void bad_rows_are_left_out_and_named(void **state)
{
	struct store *s = fixture_root();
	struct unit_import_result out;
	struct rejects r;
	int64_t n;
	static const char *const parts[] = {
		"3: column level: 'hamlet'",
		"4: column households: '-5'",
		"5: column code: 213 stands in line 2",
		"6: column parent_code: 999",
		"7: column parent_code: empty",
		"8: '!' is not a unit code",
		"9: line 9: ",
		"10: column valid_from: '2022-13-01'",
		"11: column parent_code: B is under itself",
		"12: column parent_code: A is under itself",
		"13: column parent_code: x1 is neither",
		"14: column parent_code: x3 (line 6) was left out",
	};
	size_t i;

	(void)state;
	assert_ok(import(s,
	                 "code,name,level,parent_code,households,valid_from\n"
	                 "213,Thành phố Bắc Giang,district,24,,\n"
	                 "x1,X,hamlet,213,,\n"
	                 "x2,X,commune,213,-5,\n"
	                 "213,Again,district,24,,\n"
	                 "x3,X,commune,999,,\n"
	                 "x4,X,province,,,\n"
	                 "!,X,commune,213,,\n"
	                 "x5,\"X,commune,213,,\n"
	                 "x6,X,commune,213,,2022-13-01\n"
	                 "B,X,commune,A,,\n"
	                 "A,X,commune,B,,\n"
	                 "x7,X,village,x1,,\n"
	                 "x8,X,village,x3,,\n"
	                 "07204,Phường Trần Nguyên Hãn,commune,213,,\n",
	                 NULL, &r, &out));
	for (i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!strstr(buf_cstr(&r.text), parts[i]))
			fail_msg("'%s' is not in:\n%s", parts[i], buf_cstr(&r.text));
	assert_int_equal(out.added, 2);
	assert_int_equal(out.bad, 12);
	assert_ok(db_int(s, &n, "SELECT count(*) FROM unit", ""));
	assert_int_equal(n, 3);
	buf_release(&r.text);
	fixture_remove(s);
}

static void nothing_is_written_when_the_header_is_wrong(void **state)
{
	struct store *s = fixture_root();
	struct unit_import_result out;
	struct rejects r;

	(void)state;
	assert_err(import(s, "code,name,level\n1,X,commune\n", NULL, &r, &out), ERR_BAD,
	           "parent_code");
	assert_err(import(s, "", NULL, &r, &out), ERR_BAD, "code");
	assert_err(import(s, "code,name,level,parent_code\n", "2022-02-30", &r, &out), ERR_BAD,
	           "2022-02-30");
	assert_int_equal(out.added, 0);
	buf_release(&r.text);
	fixture_remove(s);
}

static void a_code_that_is_used_again_is_another_unit(void **state)
{
	struct store *s = fixture_root();
	struct unit_import_result out;
	struct rejects r;
	struct unit u;

	(void)state;
	assert_ok(import(s, "code,name,level,parent_code\n07210,Phường Hoàng Văn Thụ,commune,24\n",
	                 "2022-10-01", &r, &out));
	assert_int_equal(out.added, 1);
	assert_ok(import(s, "code,name,level,parent_code\n07210,Phường Bắc Giang,commune,24\n",
	                 "2025-07-01", &r, &out));
	assert_int_equal(out.added, 1);
	assert_ok(unit_find(s, "07210", &u));
	assert_string_equal(u.name, "Phường Bắc Giang");
	assert_ok(import(s, "code,name,level,parent_code\n07210,Phường Hoàng Văn Thụ,commune,24\n",
	                 "1/10/2022", &r, &out));
	assert_int_equal(out.known, 1);
	buf_release(&r.text);
	fixture_remove(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_unit_is_found_by_code_or_by_its_only_name),
		cmocka_unit_test(the_tree_is_walked_up_and_down),
		cmocka_unit_test(a_loop_in_received_rows_ends),
		cmocka_unit_test(children_come_by_code),
		cmocka_unit_test(a_unit_that_cannot_be_is_refused),
		cmocka_unit_test(what_is_added_is_captured_in_its_parents_scope),
		cmocka_unit_test(a_seeded_unit_is_not_captured),
		cmocka_unit_test(parents_may_come_after_children),
		cmocka_unit_test(bad_rows_are_left_out_and_named),
		cmocka_unit_test(nothing_is_written_when_the_header_is_wrong),
		cmocka_unit_test(a_code_that_is_used_again_is_another_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
