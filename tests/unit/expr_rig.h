/* expr_rig.h - a form of every kind of question, with answers, to evaluate expressions over. */
#ifndef UNIT_EXPR_RIG_H
#define UNIT_EXPR_RIG_H

#include "storage/err.h"
#include "storage/expr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sqlite3.h>

enum {
	A,
	B,
	NONE,
	T,
	EMPTY,
	S,
	M,
	D,
	DT,
	CALC,
	CALCN,
	GROUP,
	GA,
	REP,
	X,
	Y,
	INNER,
	Z,
	OUT,
	QUESTIONS
};

static const struct expr_question rig_q[QUESTIONS] = {
	[A] = {"a", NULL, 0, Q_INTEGER},
	[B] = {"b", NULL, 0, Q_DECIMAL},
	[NONE] = {"none", NULL, 0, Q_INTEGER},
	[T] = {"t", NULL, 0, Q_TEXT},
	[EMPTY] = {"empty", NULL, 0, Q_TEXT},
	[S] = {"s", "colour", 0, Q_SELECT_ONE},
	[M] = {"m", "colour", 0, Q_SELECT_MULTIPLE},
	[D] = {"d", NULL, 0, Q_DATE},
	[DT] = {"dt", NULL, 0, Q_DATETIME},
	[CALC] = {"calc", NULL, 0, Q_CALCULATE},
	[CALCN] = {"calc-n.1", NULL, 0, Q_CALCULATE},
	[GROUP] = {"group", NULL, 0, Q_GROUP},
	[GA] = {"ga", NULL, GROUP + 1, Q_INTEGER},
	[REP] = {"rep", NULL, 0, Q_REPEAT},
	[X] = {"x", NULL, REP + 1, Q_INTEGER},
	[Y] = {"y", NULL, REP + 1, Q_TEXT},
	[INNER] = {"inner", NULL, REP + 1, Q_REPEAT},
	[Z] = {"z", NULL, INNER + 1, Q_INTEGER},
	[OUT] = {"out", NULL, 0, Q_TEXT},
};
static const struct expr_form rig_form = {rig_q, QUESTIONS, 7, "vi"};

/* The answers; integers and decimals are bound as numbers. A row of rep is around X, Y and INNER:
 * the second. */
static const char *const rig_value[QUESTIONS] = {[A] = "5",
                                                 [B] = "2.5",
                                                 [T] = "Bản Đồn",
                                                 [S] = "red",
                                                 [M] = "red blue",
                                                 [D] = "2026-11-21",
                                                 [DT] = "2026-11-21T06:00:00",
                                                 [CALC] = "5 quả",
                                                 [CALCN] = "12",
                                                 [GA] = "-3",
                                                 [X] = "20",
                                                 [Y] = "hai",
                                                 [Z] = "4"};
static const char *const rig_rows[QUESTIONS] =
	{[X] = "[10,20,null,12]", [Y] = "[\"một\",\"hai\",null,\"ba\"]", [Z] = "[1,2,4]"};

static sqlite3 *rig_db;

static inline int rig_open(void **state)
{
	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &rig_db), 0);
	assert_int_equal(expr_functions(rig_db), 0);
	assert_int_equal(
		sqlite3_exec(
			rig_db,
			"CREATE TABLE choice(id INTEGER PRIMARY KEY, form INTEGER NOT NULL,"
			" list TEXT NOT NULL, ord INTEGER NOT NULL, name TEXT NOT NULL,"
			" label TEXT NOT NULL, more TEXT) STRICT;"
			"INSERT INTO choice(form, list, ord, name, label, more) VALUES"
			"(7,'colour',1,'red','{\"en\":\"Red\",\"vi\":\"Đỏ\"}','{\"warm\":\"1\"}'),"
			"(7,'colour',2,'blue','{\"en\":\"Blue\",\"vi\":\"Xanh\"}',NULL),"
			"(7,'colour',3,'pink','{\"en\":\"Pink\",\"vi\":\"Hồng\"}','{\"warm\":\"1\"}'),"
			"(8,'colour',1,'red','{\"vi\":\"khác\"}',NULL)",
			NULL, NULL, NULL),
		0);
	return 0;
}

static inline int rig_close(void **state)
{
	(void)state;
	return sqlite3_close(rig_db);
}

static inline void rig_bind(sqlite3_stmt *st, int at, const struct expr_ref *r)
{
	const char *v = rig_value[r->q];
	enum qtype t = rig_q[r->q].type;

	switch (r->kind) {
	case EXPR_REF_VALUE:
		if (v && (t == Q_INTEGER || r->q == CALCN))
			sqlite3_bind_int64(st, at, atoll(v));
		else if (v && t == Q_DECIMAL)
			sqlite3_bind_double(st, at, strtod(v, NULL));
		else if (v)
			sqlite3_bind_text(st, at, v, -1, SQLITE_STATIC);
		return;
	case EXPR_REF_ROWS:
		sqlite3_bind_text(st, at, rig_rows[r->q], -1, SQLITE_STATIC);
		return;
	case EXPR_REF_COUNT:
		sqlite3_bind_int(st, at, r->q == REP ? 4 : 3);
		return;
	case EXPR_REF_PLACE:
		sqlite3_bind_int(st, at, 2);
		return;
	case EXPR_REF_TODAY:
		sqlite3_bind_text(st, at, "2026-11-22", -1, SQLITE_STATIC);
		return;
	case EXPR_REF_NOW:
		sqlite3_bind_text(st, at, "2026-11-22T12:00:00", -1, SQLITE_STATIC);
		return;
	case EXPR_REF_ID:
		sqlite3_bind_text(st, at, "2.1-15", -1, SQLITE_STATIC);
		return;
	}
}

/* Evaluates into out, "NULL" for nothing, "error" and the message for what SQLite refuses; what the
 * translation returns is returned. */
static inline int rig_eval(const char *text, size_t self, enum expr_want want, char *out,
                           size_t cap)
{
	struct expr e;
	sqlite3_stmt *st = NULL;
	char *sql;
	size_t i;
	int rc = expr_translate(&rig_form, self, text, want, &e);

	if (rc) {
		snprintf(out, cap, "%s", err_text());
		return rc;
	}
	sql = sqlite3_mprintf(want == EXPR_FILTER ? "SELECT group_concat(name, ' ') FROM choice c0"
	                                            " WHERE form = 7 AND list = 'colour' AND %s"
	                                          : "SELECT %s",
	                      e.sql);
	rc = sqlite3_prepare_v2(rig_db, sql, -1, &st, NULL);
	for (i = 0; !rc && i < e.nref; i++)
		rig_bind(st, (int)i + 1, e.ref + i);
	if (!rc && sqlite3_step(st) == SQLITE_ROW)
		snprintf(out, cap, "%s",
		         sqlite3_column_type(st, 0) == SQLITE_NULL
		                 ? "NULL"
		                 : (const char *)sqlite3_column_text(st, 0));
	else
		snprintf(out, cap, "error: %s in %s", sqlite3_errmsg(rig_db), sql);
	sqlite3_finalize(st);
	sqlite3_free(sql);
	expr_release(&e);
	return 0;
}

#endif
