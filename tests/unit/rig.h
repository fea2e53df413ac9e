/* rig.h - a few nodes in one process: real databases in a temporary folder, real keys, a clock
 * that the test moves, and messages handed over without a network.
 */
#ifndef TESTS_UNIT_RIG_H
#define TESTS_UNIT_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/enrol.h"
#include "protocol/identity.h"
#include "protocol/packfile.h"
#include "protocol/sync.h"
#include "storage/backup.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/unit.h"
#include "storage/verify.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RIG_NOW INT64_C(1668988800000) /* 2022-11-21 */
#define RIG_TABLE                                                              \
	"CREATE TABLE IF NOT EXISTS f_thing(_id INTEGER PRIMARY KEY NOT NULL," \
	" _unit INTEGER NOT NULL, a TEXT, b INTEGER) STRICT;"                  \
	"CREATE TABLE IF NOT EXISTS p_thing(_id INTEGER PRIMARY KEY NOT NULL," \
	" _unit INTEGER NOT NULL, name TEXT) STRICT"

struct rig_node {
	struct store *s;
	struct store_env env;
	int64_t now_ms;
	char home[64];
};

#define ok(call) rig_ok((call), #call, __FILE__, __LINE__)
static inline void rig_ok(int rc, const char *what, const char *file, int line)
{
	if (!rc)
		return;
	print_error("%s: %d: %s\n", what, rc, err_text());
	_fail(file, line);
}

static inline int64_t rig_now(void *arg)
{
	return *(int64_t *)arg;
}

static inline int rig_random(void *arg, void *out, size_t len)
{
	(void)arg;
	return identity_random(NULL, out, len);
}

static inline int rig_remove(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

/* Opens the home again, as after a restart. */
static inline void rig_open(struct rig_node *n)
{
	store_close(n->s);
	ok(store_open(n->home, STORE_CREATE, &n->env, &n->s));
	ok(db_exec(n->s, "PRAGMA synchronous = OFF")); /* no test here cuts the power */
	ok(db_exec(n->s, RIG_TABLE));
}

static inline void rig_start(struct rig_node *n)
{
	memset(n, 0, sizeof *n);
	n->now_ms = RIG_NOW;
	n->env = identity_env;
	n->env.arg = &n->now_ms;
	n->env.now_ms = rig_now;
	n->env.random = rig_random;
	strcpy(n->home, "rig-XXXXXX");
	assert_non_null(mkdtemp(n->home));
	rig_open(n);
}

static inline void rig_restore(struct rig_node *n, const char *copy)
{
	store_close(n->s);
	n->s = NULL;
	ok(backup_restore(n->home, copy, &n->env));
	rig_open(n);
}

static inline void rig_stop(struct rig_node *n)
{
	store_close(n->s);
	n->s = NULL;
	nftw(n->home, rig_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* A root for a province with commune "C" and villages "C-1" and "C-2" in it. */
static inline void rig_root(struct rig_node *n)
{
	struct self self = {.number = ROOT_NUMBER,
	                    .role = ROLE_ROOT,
	                    .scope = (int64_t)ROOT_NUMBER << 35 | 1,
	                    .office_first = 1,
	                    .office_count = 0x3fff,
	                    .name = "root"};
	struct unit u = {.level = LEVEL_PROVINCE,
	                 .code = "P",
	                 .name = "Province",
	                 .valid_from = "2022-01-01",
	                 .households = -1,
	                 .population = -1};
	int64_t province, commune, id;

	rig_start(n);
	ok(enrol_root(n->s, &self));
	ok(unit_add(n->s, &u, &province));
	assert_int_equal(province, self.scope);
	u.parent = province;
	u.level = LEVEL_COMMUNE;
	strcpy(u.code, "C");
	strcpy(u.name, "Commune");
	ok(unit_add(n->s, &u, &commune));
	u.parent = commune;
	u.level = LEVEL_VILLAGE;
	strcpy(u.code, "C-1");
	strcpy(u.name, "Village one");
	ok(unit_add(n->s, &u, &id));
	strcpy(u.code, "C-2");
	strcpy(u.name, "Village two");
	ok(unit_add(n->s, &u, &id));
}

static inline int64_t rig_unit(struct rig_node *n, const char *code)
{
	struct unit u;

	ok(unit_find(n->s, code, &u));
	return u.id;
}

/* A node below parent, joined but not enrolled. */
static inline void rig_join(struct rig_node *n, struct rig_node *parent, const char *code,
                            enum role role)
{
	struct node want = {.role = role,
	                    .unit = rig_unit(parent, code),
	                    .office_count = role == ROLE_OFFICE,
	                    .name = "node"};
	struct invite_text inv, read;
	char text[INVITE_TEXT_MAX];

	ok(enrol_invite(parent->s, &want, "127.0.0.1:1", &inv));
	ok(invite_write(&inv, text));
	ok(invite_read(text, &read));
	rig_start(n);
	ok(enrol_join(n->s, &read, NULL));
}

static inline void rig_enrol(struct rig_node *n, struct rig_node *parent)
{
	struct buf ask = {0}, answer = {0};

	ok(enrol_ask(n->s, &ask));
	ok(enrol_serve(parent->s, n->s->self.number, ask.data, ask.len, &answer));
	ok(enrol_answer(n->s, answer.data, answer.len));
	buf_release(&ask);
	buf_release(&answer);
}

/* The first `most` round trips of a sync at most; returns the round trips. *refused: packs that were. */
static inline uint64_t rig_sync_try(struct rig_node *n, struct rig_node *parent, uint64_t most,
                                    uint64_t *refused)
{
	struct buf ask = {0}, answer = {0};
	struct sync_client c;
	uint64_t rounds;
	int rc;

	sync_init(&c, n->s, parent->s->self.scope);
	while (c.rounds < most && (rc = sync_next(&c, &ask)) == 1) {
		ok(sync_serve(parent->s, n->s->self.scope, ask.data, ask.len, &answer, NULL));
		ok(sync_answer(&c, answer.data, answer.len, 0));
	}
	if (c.rounds < most)
		ok(rc);
	*refused = c.refused;
	rounds = c.rounds;
	sync_release(&c);
	buf_release(&ask);
	buf_release(&answer);
	return rounds;
}

/* The same where nothing is to be refused. */
static inline uint64_t rig_sync_some(struct rig_node *n, struct rig_node *parent, uint64_t most)
{
	uint64_t refused, rounds = rig_sync_try(n, parent, most, &refused);

	if (refused)
		print_error("refused: %s\n", err_text());
	assert_int_equal(refused, 0);
	return rounds;
}

static inline uint64_t rig_sync(struct rig_node *n, struct rig_node *parent)
{
	return rig_sync_some(n, parent, UINT64_MAX);
}

/* All that from has and to may have, by a file. */
static inline void rig_sync_from(struct rig_node *to, struct rig_node *from)
{
	struct packfile_result r;

	ok(packfile_write(from->s, "rig-file", to->s->self.scope, false, &r));
	ok(packfile_read(to->s, "rig-file", &r));
	assert_int_equal(r.refused, 0);
	unlink("rig-file");
}

/* ---- rows of the table f_thing ---------------------------------------------------------------- */

static inline int64_t rig_insert(struct rig_node *n, int64_t unit, const char *a, int64_t b)
{
	struct tx *tx;
	int64_t id;

	ok(tx_begin(n->s, unit, &tx));
	id = tx_new_id(tx);
	ok(db_run(n->s, "INSERT INTO f_thing VALUES(?, ?, ?, ?)", "iiti", id, unit, a, b));
	ok(tx_commit(tx));
	tx_end(tx);
	return id;
}

static inline void rig_update(struct rig_node *n, int64_t unit, int64_t id, const char *a)
{
	struct tx *tx;

	ok(tx_begin(n->s, unit, &tx));
	ok(db_run(n->s, "UPDATE f_thing SET a = ? WHERE _id = ?", "ti", a, id));
	ok(tx_commit(tx));
	tx_end(tx);
}

static inline void rig_delete(struct rig_node *n, int64_t unit, int64_t id)
{
	struct tx *tx;

	ok(tx_begin(n->s, unit, &tx));
	ok(db_run(n->s, "DELETE FROM f_thing WHERE _id = ?", "i", id));
	ok(tx_commit(tx));
	tx_end(tx);
}

/* Column a of a row into out ("" for NULL); 0 when the row is not there. */
static inline int rig_a(struct rig_node *n, int64_t id, char out[64])
{
	sqlite3_stmt *st;
	const char *text;
	int there;

	out[0] = 0;
	ok(db_prepare(n->s, "SELECT a FROM f_thing WHERE _id = ?", &st));
	ok(db_bind(st, "i", id));
	there = db_step(n->s, st) == 1;
	text = there ? (const char *)sqlite3_column_text(st, 0) : NULL;
	if (text)
		snprintf(out, 64, "%s", text);
	sqlite3_finalize(st);
	return there;
}

static inline void rig_expect(struct rig_node *n, int64_t id, const char *a)
{
	char have[64];

	assert_true(rig_a(n, id, have));
	assert_string_equal(have, a);
}

static inline void rig_same(struct rig_node *x, struct rig_node *y, int64_t unit)
{
	struct verify_result vx, vy;

	ok(verify_store(x->s, unit, &vx));
	ok(verify_store(y->s, unit, &vy));
	assert_memory_equal(vx.hash[CLASS_OPEN], vy.hash[CLASS_OPEN], HASH_LEN);
}

#endif
