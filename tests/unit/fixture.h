/* fixture.h - a throwaway home for unit tests, a clock that stands still, no real keys. */
#ifndef UNIT_FIXTURE_H
#define UNIT_FIXTURE_H

#include "storage/db.h"
#include "storage/err.h"
#include "storage/store.h"
#include "storage/unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define FIXTURE_NOW_MS INT64_C(1795233600000) /* 2026-11-21 04:00 UTC */
#define FIXTURE_ROOT_UNIT ((INT64_C(1) << 49) | 1)

#define assert_ok(call)                                                \
	do {                                                           \
		int rc_ = (call);                                      \
		if (rc_)                                               \
			fail_msg("%s: %d %s", #call, rc_, err_text()); \
	} while (0)

/* Fails with code, and the message holds part. */
#define assert_err(call, code, part)                                                     \
	do {                                                                             \
		assert_int_equal((call), (code));                                        \
		if (!strstr(err_text(), (part)))                                         \
			fail_msg("'%s' is not in the message '%s'", (part), err_text()); \
	} while (0)

static inline int64_t fixture_now(void *arg)
{
	(void)arg;
	return FIXTURE_NOW_MS;
}

static inline int fixture_random(void *arg, void *out, size_t len)
{
	(void)arg;
	memset(out, 7, len);
	return 0;
}

/* Not SHA-256: only something that depends on every byte. */
static inline void fixture_hash(const void *data, size_t len, uint8_t out[HASH_LEN])
{
	const uint8_t *p = data;
	uint64_t h = 1469598103934665603u;
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ p[i]) * 1099511628211u;
	for (i = 0; i < HASH_LEN; i++)
		out[i] = (uint8_t)(h >> (i % 8 * 8));
}

static inline int fixture_sign(void *arg, const uint8_t key[KEY_LEN], const uint8_t hash[HASH_LEN],
                               uint8_t sig[SIG_LEN])
{
	(void)arg;
	(void)key;
	memcpy(sig, hash, HASH_LEN);
	memset(sig + HASH_LEN, 0, SIG_LEN - HASH_LEN);
	return 0;
}

static inline int fixture_verify(void *arg, const uint8_t pubkey[PUBKEY_LEN],
                                 const uint8_t hash[HASH_LEN], const uint8_t sig[SIG_LEN])
{
	(void)arg;
	(void)pubkey;
	return memcmp(sig, hash, HASH_LEN) ? ERR_DENIED : 0;
}

static const struct store_env fixture_env = {
	.now_ms = fixture_now,
	.random = fixture_random,
	.sha256 = fixture_hash,
	.sign = fixture_sign,
	.verify = fixture_verify,
};

static inline void fixture_open(const char *home, struct store **out)
{
	assert_ok(store_open(home, STORE_CREATE, &fixture_env, out));
}

/* A node of that number and role in a fresh folder; fixture_remove() ends it. */
static inline struct store *fixture_node(uint32_t number, enum role role, int64_t scope)
{
	struct self self = {.number = number,
	                    .role = role,
	                    .scope = scope,
	                    .epoch = 1,
	                    .name = "test"};
	char home[] = "/tmp/cayda-unit-XXXXXX";
	static const uint8_t key[PUBKEY_LEN] = {2, 1};
	struct store *s;

	assert_non_null(mkdtemp(home));
	fixture_open(home, &s);
	assert_ok(store_become(s, &self, key, key));
	return s;
}

static inline void fixture_remove(struct store *s)
{
	char command[512];

	snprintf(command, sizeof command, "rm -rf '%s'", s->home);
	store_close(s);
	assert_int_equal(system(command), 0);
}

static inline int64_t fixture_unit(struct store *s, int64_t parent, enum level level,
                                   const char *code, const char *name)
{
	struct unit u = {.parent = parent, .level = level, .households = -1, .population = -1};
	int64_t id;

	snprintf(u.code, sizeof u.code, "%s", code);
	snprintf(u.name, sizeof u.name, "%s", name);
	assert_ok(unit_add(s, &u, &id));
	return id;
}

/* The root node, with its province 24. */
static inline struct store *fixture_root(void)
{
	struct store *s = fixture_node(1u << 14, ROLE_ROOT, FIXTURE_ROOT_UNIT);

	fixture_unit(s, 0, LEVEL_PROVINCE, "24", "Tỉnh Bắc Giang");
	return s;
}

/* The first column of the first row. */
static inline int64_t count(struct store *s, const char *sql)
{
	sqlite3_stmt *st;
	int64_t n;

	assert_ok(db_prepare(s, sql, &st));
	assert_int_equal(db_step(s, st), 1);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* "name type," of each column of a table. */
static inline void columns(struct store *s, const char *tbl, struct buf *out)
{
	sqlite3_stmt *st;

	buf_reset(out);
	assert_ok(db_prepare(s, "SELECT name, type FROM pragma_table_info(?) ORDER BY cid", &st));
	assert_ok(db_bind(st, "t", tbl));
	while (db_step(s, st) == 1)
		buf_printf(out, "%s %s,", (const char *)sqlite3_column_text(st, 0),
		           (const char *)sqlite3_column_text(st, 1));
	sqlite3_finalize(st);
}

#endif
