/* shown.h - a record as people and programs see it. */
#ifndef AGENT_SHOWN_H
#define AGENT_SHOWN_H

#include "agent/answer.h"
#include "agent/out.h"
#include "storage/history.h"

/* The record that ref names: an id ("2.1-15"), or FORM:KEY in the unit that unit_ref names (NULL:
 * this node's own). Opens its form in a: answers_release() it, also on error. */
int shown_find(struct ctx *ctx, const char *ref, const char *unit_ref, struct answers *a,
               int64_t *id);

/* Appends value as people read it: a choice by its label, a linked record by its key. */
int shown_value(struct ctx *ctx, struct answers *a, const struct question *q, const char *value,
                struct buf *out);
/* The record that stands for it (storage/same.h): itself, unless it was joined to another. */
int64_t shown_rep(struct ctx *ctx, const struct record *r);
/* One object: id, form, unit (its code), person, version, held, same_as, then every question by
 * name. */
void shown_json(struct ctx *ctx, const struct answers *a, const struct record *r, struct json *j);

/* One object: ms, by, person, what, question, old, new, sent. */
void shown_history(const struct history *h, struct json *j);

/* What add and edit say: the record's id. */
int shown_id(const struct ctx *ctx, int64_t id);

/* The unit's code, or its row id when it is not known here. Valid until the next call. */
const char *shown_unit(struct ctx *ctx, int64_t unit);
/* How far the record has travelled with all its changes: a line, and a few words for a table. */
const char *shown_held(struct ctx *ctx, const struct record *r);
const char *shown_place(struct ctx *ctx, const struct record *r);

/* As JSON has them: a question's type, a feed's class, and (a msgid too) the state of a pack set aside. */
const char *shown_type(enum qtype t);
const char *shown_class(enum class c);
const char *shown_aside(int state);

#endif
