/* judge.h - what somebody says of records that disagree, or look like the same thing: what commands and pages share. */
#ifndef AGENT_JUDGE_H
#define AGENT_JUDGE_H

#include "agent/shown.h"
#include "storage/conflict.h"

/* The record that ref names, its form opened in a: answers_release() it, also on error. A row of another table, or
 * of a record that was deleted, has an id and no form. */
int judge_find(struct ctx *ctx, const char *ref, const char *unit_ref, struct answers *a,
               int64_t *row);

/* Settles what conflicts there are about st->question (by name or label) of the record that ref names; st->value is
 * as people type it. OUT: the record's form in a, as judge_find(); st->row; *settled as conflict_settle(). */
int judge_settle(struct ctx *ctx, const char *ref, const char *unit_ref, struct settling *st,
                 struct answers *a, size_t *settled);

/* Appends a value of a conflict, or of a history, as people read it; q NULL: of no question. */
int judge_value(struct ctx *ctx, struct answers *a, const struct question *q, const char *value,
                struct buf *out);

/* What is said of two records, storage/same.h; UNDO is about the first alone. */
enum judge_pair { JUDGE_MERGE, JUDGE_UNDO, JUDGE_DIFFER, JUDGE_PAIRS };
/* refs[1] is not looked at by UNDO; person: the member who says so, or 0. OUT: the ids of both. */
int judge_pair(struct ctx *ctx, enum judge_pair what, const char *const refs[2],
               const char *unit_ref, int64_t person, int64_t ids[2]);

#endif
