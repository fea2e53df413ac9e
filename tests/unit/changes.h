/* changes.h - random changesets of random tables, as SQLite's sessions make them: all types of values,
 * keys of several columns, tables of the shape that synced tables have, and others.
 */
#ifndef TESTS_UNIT_CHANGES_H
#define TESTS_UNIT_CHANGES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "storage/body.h"
#include "storage/err.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCOPE (INT64_C(16384) << 35 | 30)
#define BASE (INT64_C(32771) << 35 | INT64_C(1) << 24)
#define TABLES 4
#define COLUMNS 30

struct changes {
	uint64_t *seed;
	sqlite3 *db;
	int ntable, ncol[TABLES], kind[TABLES][COLUMNS];
	int64_t id; /* last given */
};

static inline uint32_t draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static inline void changes_run(struct changes *c, char *sql)
{
	if (sqlite3_exec(c->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		print_error("%s: %s\n", sqlite3_errmsg(c->db), sql);
		fail();
	}
	sqlite3_free(sql);
}

/* A value of a kind; the same few again and again, near the last, or anything. */
static inline char *changes_value(struct changes *c, int kind)
{
	static const char *const words[] = {"",
	                                    "1",
	                                    "0",
	                                    "viettel",
	                                    "không có",
	                                    "a''b",
	                                    "2022-02-29",
	                                    "2024-02-29",
	                                    "0000-01-01",
	                                    "24:00",
	                                    "23:59",
	                                    "1.50",
	                                    "Nguyễn Thị Thu Hà"};
	uint32_t r = draw(c->seed), q = draw(c->seed);

	switch (r % 23 ? kind : (int)(q % 11)) {
	case 0:
		return sqlite3_mprintf("%d", (int)(q % 7));
	case 1:
		return sqlite3_mprintf("%lld", (long long)(c->id - (int64_t)(q % 5)));
	case 2:
		return sqlite3_mprintf("%lld",
		                       (long long)((uint64_t)q << 33 ^ (uint64_t)r << 13 ^ q));
	case 3:
		return sqlite3_mprintf("'%s'", words[q % (sizeof words / sizeof *words)]);
	case 4:
		return sqlite3_mprintf("'20%02u-%02u-%02u'", q % 30, 1 + q / 32 % 12,
		                       1 + r / 32 % 28);
	case 5:
		return sqlite3_mprintf("'%02u:%02u'", q % 24, r % 60);
	case 6:
		return sqlite3_mprintf("%u.%05u", q % 90, r % 100000);
	case 7:
		return sqlite3_mprintf("%u.0e%d", q, (int)(r % 600) - 300);
	case 8:
		return sqlite3_mprintf("randomblob(%u)", q % 40);
	case 9:
		return sqlite3_mprintf("NULL");
	default:
		return sqlite3_mprintf("'%x %x'", q, r);
	}
}

static inline void changes_table(struct changes *c, int t)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	int i, ours = draw(c->seed) % 4 != 0, keys = ours ? 1 : 1 + (int)(draw(c->seed) % 2);

	c->ncol[t] = 3 + (int)(draw(c->seed) % (COLUMNS - 2));
	sqlite3_str_appendf(sql, "CREATE TABLE f_%d(c0 %s", t, ours ? "INTEGER NOT NULL" : "");
	for (i = 1; i < c->ncol[t]; i++) {
		c->kind[t][i] = (int)(draw(c->seed) % 11);
		sqlite3_str_appendf(sql, ", c%d", i);
	}
	c->kind[t][0] = ours ? -1 : (int)(draw(c->seed) % 8);
	sqlite3_str_appendf(sql, ", PRIMARY KEY(c0%s))", keys > 1 ? ", c2" : "");
	changes_run(c, sqlite3_str_finish(sql));
}

static inline void changes_start(struct changes *c, uint64_t *seed)
{
	int t;

	*c = (struct changes){.seed = seed, .id = BASE};
	assert_int_equal(sqlite3_open(":memory:", &c->db), SQLITE_OK);
	c->ntable = 1 + (int)(draw(seed) % TABLES);
	for (t = 0; t < c->ntable; t++)
		changes_table(c, t);
}

static inline void changes_stop(struct changes *c)
{
	assert_int_equal(sqlite3_close(c->db), SQLITE_OK);
}

static inline void changes_insert(struct changes *c, int t)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	char *v;
	int i;

	sqlite3_str_appendf(sql, "INSERT OR IGNORE INTO f_%d VALUES(", t);
	c->id += 1 + draw(c->seed) % 3;
	for (i = 0; i < c->ncol[t]; i++) {
		if (c->kind[t][i] < 0)
			v = sqlite3_mprintf("%lld", (long long)c->id);
		else if (i == 1 && draw(c->seed) % 20)
			v = sqlite3_mprintf("%lld", (long long)SCOPE);
		else
			v = changes_value(c, c->kind[t][i]);
		sqlite3_str_appendf(sql, "%s%s", i ? "," : "", v);
		sqlite3_free(v);
	}
	sqlite3_str_appendf(sql, ")");
	changes_run(c, sqlite3_str_finish(sql));
}

static inline char *changes_any(struct changes *c, int t, int column)
{
	if (c->kind[t][column] < 0) /* an id moves */
		return sqlite3_mprintf("%lld", (long long)c->id - (int64_t)(draw(c->seed) % 64));
	return changes_value(c, c->kind[t][column]);
}

static inline void changes_change(struct changes *c, int t)
{
	int i = (int)(draw(c->seed) % (uint32_t)c->ncol[t]);
	int k = (int)(draw(c->seed) % (uint32_t)c->ncol[t]);
	uint32_t part = draw(c->seed) % 9;
	char *v = changes_any(c, t, i), *w = changes_any(c, t, k);

	if (draw(c->seed) % 4 == 0)
		changes_run(c, sqlite3_mprintf("DELETE FROM f_%d WHERE rowid %% 9 = %u", t, part));
	else
		changes_run(c, sqlite3_mprintf("UPDATE OR IGNORE f_%d SET c%d = %s, c%d = %s"
		                               " WHERE rowid %% 9 = %u",
		                               t, i, v, k, w, part));
	sqlite3_free(v);
	sqlite3_free(w);
}

/* The changeset of a transaction, the caller's: sqlite3_free(). It may be empty. */
static inline void changes_make(struct changes *c, void **set, int *len)
{
	uint32_t n = draw(c->seed) % 4 ? draw(c->seed) % 4 : draw(c->seed) % 120;
	sqlite3_session *session;
	int t;

	assert_int_equal(sqlite3session_create(c->db, "main", &session), SQLITE_OK);
	assert_int_equal(sqlite3session_attach(session, NULL), SQLITE_OK);
	sqlite3session_indirect(session, draw(c->seed) % 8 == 0);
	while (n--) {
		t = (int)(draw(c->seed) % (uint32_t)c->ntable);
		if (draw(c->seed) % 4)
			changes_insert(c, t);
		else
			changes_change(c, t);
	}
	assert_int_equal(sqlite3session_changeset(session, len, set), SQLITE_OK);
	sqlite3session_delete(session);
}

#endif
