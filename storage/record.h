/* record.h - answers going into a form's tables and out of them.
 *
 * One place checks answers for the command line, import and pages alike: type, choice,
 * required. Values travel as text, the way ODK writes them: 2026-11-21, 07:55, "a b" for
 * several choices, decimals with a point.
 */
#ifndef STORAGE_RECORD_H
#define STORAGE_RECORD_H

#include "storage/form.h"
#include "storage/held.h"
#include "storage/store.h"

/* One answer; value NULL or "" means no answer. Borrowed. */
struct answer {
	const char *name;
	const char *value;
};

/* Adds a record for the transaction's scope (tx_scope() is its unit). person is the record
 * id of a `member`, or 0. A Q_RECORD value is a row id ("2.1-15"), or the key of a record in
 * the same unit. Answers to questions that the form does not have: ERR_NOTFOUND naming the
 * question. ERR_BAD names the question and says what is wanted. Required questions must be
 * answered; those with a preset are filled in. A date "today" stands for the local date.
 * ERR_EXISTS when the key question's value is taken in this unit. After these three and
 * ERR_TOOBIG nothing was written and the transaction goes on. */
int record_add(struct tx *tx, const struct form *f, int64_t person, const struct answer *a,
               size_t n, int64_t *id);
/* Changes the answers given, leaves the others. ERR_NOTFOUND when there is no such record,
 * ERR_BAD when it is of another unit than the transaction's; else as record_add(). Only cells
 * that change are written. */
int record_edit(struct tx *tx, const struct form *f, int64_t id, const struct answer *a, size_t n);

/* A record as it stands. value[i] answers form->q[i], NULL when not answered; all borrowed
 * from the walk or owned by the record, as the function says. */
struct record {
	int64_t id, unit, person;
	int version;
	const struct form *form;
	char **value;
};
/* The form that a record id belongs to: its code in out. ERR_NOTFOUND names the id. */
int record_form(struct store *s, int64_t id, char *code, size_t cap);
/* ERR_NOTFOUND unless person is 0 or the record of a member. */
int record_person(struct store *s, int64_t person);
/* Owned by the caller: record_free(). f must outlive it. */
int record_get(struct store *s, const struct form *f, int64_t id, struct record **out);
void record_free(struct record *r); /* NULL is allowed */
/* How far a record that was got or is walked has travelled, with all its changes. */
int record_held(struct store *s, const struct record *r, enum held *out);
/* The record whose key question has this value in unit; ERR_NOTFOUND names both. */
int record_by_key(struct store *s, const struct form *f, int64_t unit, const char *key,
                  int64_t *id);
/* Records of f at or below unit (0: all), oldest id first; limit 0: no limit. r lives until
 * fn returns; nonzero ends the walk and is returned. */
int record_each(struct store *s, const struct form *f, int64_t unit, size_t limit,
                int (*fn)(void *arg, const struct record *r), void *arg);
/* The same, of those whose ids are above after. */
int record_each_after(struct store *s, const struct form *f, int64_t unit, int64_t after,
                      size_t limit, int (*fn)(void *arg, const struct record *r), void *arg);

#endif
