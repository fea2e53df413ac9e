/* test_store.c - homes, the one door for writing, row ids. */
#include "tests/unit/rig.h"
#include "storage/meta.h"
#include "storage/pack.h"

#include <fcntl.h>

static int64_t pending(struct rig_node *n)
{
	int64_t count;

	ok(pack_pending(n->s, &count));
	return count;
}

static void a_commit_survives_reopening(void **state)
{
	struct rig_node n;
	int64_t id;

	(void)state;
	rig_root(&n);
	id = rig_insert(&n, n.s->self.scope, "kept", 1);
	rig_open(&n);
	rig_expect(&n, id, "kept");
	assert_int_equal(n.s->self.number, ROOT_NUMBER);
	rig_stop(&n);
}

static void an_abort_leaves_no_row_and_no_entry(void **state)
{
	struct rig_node n;
	struct tx *tx;
	int64_t id, before;
	char a[64];

	(void)state;
	rig_root(&n);
	before = pending(&n);
	ok(tx_begin(n.s, n.s->self.scope, &tx));
	id = tx_new_id(tx);
	ok(db_run(n.s, "INSERT INTO f_thing VALUES(?, ?, 'x', 1)", "ii", id, n.s->self.scope));
	tx_end(tx);
	assert_false(rig_a(&n, id, a));
	assert_int_equal(pending(&n), before);
	rig_stop(&n);
}

static void a_commit_makes_one_entry_a_class(void **state)
{
	struct rig_node n;
	struct tx *tx;
	int64_t id, scope, before;

	(void)state;
	rig_root(&n);
	scope = n.s->self.scope;
	before = pending(&n);
	ok(tx_begin(n.s, scope, &tx));
	id = tx_new_id(tx);
	ok(db_run(n.s, "INSERT INTO f_thing VALUES(?, ?, 'x', 1)", "ii", id, scope));
	ok(db_run(n.s, "INSERT INTO p_thing VALUES(?, ?, 'Hoa')", "ii", id, scope));
	ok(tx_commit(tx));
	tx_end(tx);
	assert_int_equal(pending(&n), before + 2);
	rig_stop(&n);
}

static void a_row_of_another_scope_does_not_pass_the_door(void **state)
{
	struct rig_node n;
	struct tx *tx;

	(void)state;
	rig_root(&n);
	ok(tx_begin(n.s, n.s->self.scope, &tx));
	ok(db_run(n.s, "INSERT INTO f_thing VALUES(?, ?, 'x', 1)", "ii", tx_new_id(tx),
	          n.s->self.scope + 1));
	assert_int_equal(tx_commit(tx), ERR_BAD);
	tx_end(tx);
	rig_stop(&n);
}

static void too_much_in_one_transaction_is_refused_whole(void **state)
{
	struct rig_node n;
	struct tx *tx;
	int64_t rows, before;

	(void)state;
	rig_root(&n);
	before = pending(&n);
	ok(tx_begin(n.s, n.s->self.scope, &tx));
	ok(db_run(n.s, "INSERT INTO f_thing VALUES(?, ?, hex(zeroblob(300000)), 1)", "ii",
	          tx_new_id(tx), n.s->self.scope));
	assert_int_equal(tx_commit(tx), ERR_TOOBIG);
	tx_end(tx);
	ok(db_int(n.s, &rows, "SELECT count(*) FROM f_thing", ""));
	assert_int_equal(rows, 0);
	assert_int_equal(pending(&n), before);
	rig_stop(&n);
}

static void ids_are_never_given_twice(void **state)
{
	struct rig_node n;
	struct tx *tx;
	int64_t first, second, third;

	(void)state;
	rig_root(&n);
	first = rig_insert(&n, n.s->self.scope, "x", 1);
	rig_open(&n);
	ok(tx_begin(n.s, n.s->self.scope, &tx));
	second = tx_new_id(tx);
	third = tx_new_id(tx);
	tx_end(tx);
	assert_true(second > first && third > second);
	assert_int_equal(id_node(third), ROOT_NUMBER);
	rig_stop(&n);
}

static void an_id_reads_back_as_it_is_written(void **state)
{
	static const char *const bad[] =
		{"", "2.1", "2.1-", "2.1-15x", "99999.1-1", "2.99999-1", "2.1-99999999999999"};
	char text[ID_TEXT];
	int64_t id;
	size_t i;

	(void)state;
	id_text((INT64_C(2) << 14 | 1) << 35 | 15, text);
	assert_string_equal(text, "2.1-15");
	ok(id_parse(text, &id));
	assert_int_equal(id, (INT64_C(2) << 14 | 1) << 35 | 15);
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(id_parse(bad[i], &id), ERR_BAD);
}

static void a_home_that_is_not_there_says_so(void **state)
{
	struct store *s;

	(void)state;
	assert_int_equal(store_open("no-such-home", 0, &identity_env, &s), ERR_NOTFOUND);
	assert_null(s);
}

static void a_newer_database_is_left_alone(void **state)
{
	struct rig_node n;
	struct store *s;

	(void)state;
	rig_root(&n);
	ok(db_exec(n.s, "PRAGMA user_version = 99"));
	assert_int_equal(store_open(n.home, 0, &n.env, &s), ERR_NEWER);
	assert_null(s);
	rig_stop(&n);
}

/* Of a home that an earlier program made, rows stay, and what came since is there. */
static void an_older_database_gets_what_is_new(void **state)
{
	struct rig_node n;
	int64_t units, version, id;

	(void)state;
	rig_root(&n);
	ok(db_int(n.s, &units, "SELECT count(*) FROM unit", ""));
	id = rig_insert(&n, n.s->self.scope, "old", 1);
	ok(db_exec(n.s, "DROP TABLE deadline; DROP TABLE f__submission; DROP TABLE rollup_stale;"
	                "DROP TABLE contact; ALTER TABLE f__same DROP COLUMN person;"
	                "PRAGMA user_version = 1"));
	rig_open(&n);
	ok(db_int(n.s, &version, "SELECT user_version FROM pragma_user_version", ""));
	assert_int_equal(version, STORE_SCHEMA);
	assert_int_equal(units, 4);
	ok(db_int(n.s, &units, "SELECT count(*) FROM unit", ""));
	assert_int_equal(units, 4);
	ok(db_int(n.s, &version, "SELECT count(*) FROM f_thing WHERE _id = ?", "i", id));
	assert_int_equal(version, 1);
	ok(db_int(n.s, &version, "SELECT count(*) FROM deadline", ""));
	ok(db_int(n.s, &version, "SELECT count(*) FROM f__submission", ""));
	ok(db_int(n.s, &version, "SELECT count(*) FROM contact", ""));
	ok(db_int(n.s, &version, "SELECT count(person) FROM f__same", ""));
	rig_insert(&n, n.s->self.scope, "new", 2);
	rig_stop(&n);
}

static void bytes_that_are_no_database_are_refused(void **state)
{
	struct rig_node n;
	struct store *s;
	char path[80];
	int fd;

	(void)state;
	rig_start(&n);
	store_close(n.s);
	n.s = NULL;
	snprintf(path, sizeof path, "%s/cayda.db", n.home);
	fd = open(path, O_WRONLY | O_TRUNC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "not a database, certainly not one", 33), 33);
	close(fd);
	assert_int_equal(store_open(n.home, 0, &n.env, &s), ERR_CORRUPT);
	rig_stop(&n);
}

static void another_sqlite_file_is_not_taken_for_ours(void **state)
{
	struct rig_node n;
	struct store *s;

	(void)state;
	rig_start(&n);
	ok(db_exec(n.s, "PRAGMA application_id = 7"));
	assert_int_equal(store_open(n.home, 0, &n.env, &s), ERR_CORRUPT);
	rig_stop(&n);
}

static void a_home_becomes_a_node_once(void **state)
{
	struct rig_node n;
	struct self self = {.number = 5, .role = ROLE_DEVICE, .scope = 1};
	uint8_t key[KEY_LEN] = {1}, pubkey[PUBKEY_LEN] = {2};

	(void)state;
	rig_root(&n);
	assert_int_equal(store_become(n.s, &self, key, pubkey), ERR_EXISTS);
	assert_int_equal(n.s->self.number, ROOT_NUMBER);
	rig_stop(&n);
}

/* Not a home that nobody has begun, in which a restored device would begin anew beside its own records. */
static void a_home_that_lacks_a_fact_about_its_node_is_damaged(void **state)
{
	static const char *const facts[] = {"number", "role", "scope", "name"};
	struct rig_node n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof facts / sizeof *facts; i++) {
		rig_root(&n);
		ok(meta_set_text(n.s, facts[i], NULL));
		store_close(n.s);
		n.s = NULL;
		assert_int_equal(store_open(n.home, 0, &n.env, &n.s), ERR_CORRUPT);
		assert_non_null(strstr(err_text(), "backup"));
		rig_stop(&n);
	}
}

static void meta_keeps_what_it_is_given(void **state)
{
	struct rig_node n;
	struct buf b = {0};
	char text[8];
	int64_t v;

	(void)state;
	rig_start(&n);
	assert_int_equal(meta_int(n.s, "nothing", &v), ERR_NOTFOUND);
	ok(meta_set_int(n.s, "k", -5));
	ok(meta_int(n.s, "k", &v));
	assert_int_equal(v, -5);
	ok(meta_set_text(n.s, "t", "chữ"));
	ok(meta_text(n.s, "t", text, sizeof text));
	assert_string_equal(text, "chữ");
	ok(meta_set_text(n.s, "t", "too long for it"));
	assert_int_equal(meta_text(n.s, "t", text, sizeof text), ERR_TOOBIG);
	ok(meta_set_bytes(n.s, "b", "\0\1", 2));
	ok(meta_bytes(n.s, "b", &b));
	assert_int_equal(b.len, 2);
	ok(meta_set_bytes(n.s, "b", NULL, 0));
	assert_int_equal(meta_bytes(n.s, "b", &b), ERR_NOTFOUND);
	buf_release(&b);
	rig_stop(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_commit_survives_reopening),
		cmocka_unit_test(an_abort_leaves_no_row_and_no_entry),
		cmocka_unit_test(a_commit_makes_one_entry_a_class),
		cmocka_unit_test(a_row_of_another_scope_does_not_pass_the_door),
		cmocka_unit_test(too_much_in_one_transaction_is_refused_whole),
		cmocka_unit_test(ids_are_never_given_twice),
		cmocka_unit_test(an_id_reads_back_as_it_is_written),
		cmocka_unit_test(a_home_that_is_not_there_says_so),
		cmocka_unit_test(a_newer_database_is_left_alone),
		cmocka_unit_test(an_older_database_gets_what_is_new),
		cmocka_unit_test(bytes_that_are_no_database_are_refused),
		cmocka_unit_test(another_sqlite_file_is_not_taken_for_ours),
		cmocka_unit_test(a_home_becomes_a_node_once),
		cmocka_unit_test(a_home_that_lacks_a_fact_about_its_node_is_damaged),
		cmocka_unit_test(meta_keeps_what_it_is_given),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
