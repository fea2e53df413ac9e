/* history.h - who changed what of a record, and when: read from the feeds, which forget nothing.
 *
 * A reader has what it is entitled to: where personal feeds do not come, personal answers are not
 * in a history either.
 */
#ifndef STORAGE_HISTORY_H
#define STORAGE_HISTORY_H

#include "storage/store.h"

#include <stdbool.h>

enum history_kind {
	HISTORY_RECORDED, /* the record began; then an ANSWERED for each answer it began with */
	HISTORY_ANSWERED, /* new is the first value of question in its row */
	HISTORY_CHANGED,  /* question, old and new */
	HISTORY_DELETED,
	HISTORY_SETTLED, /* somebody settled a conflict about question (conflict.h) */
	/* Somebody said of it and the record new (its id) that they are the same thing (same.h), that they are not,
	 * or took that back. */
	HISTORY_JOINED,
	HISTORY_DIFFERENT,
	HISTORY_PARTED
};

struct history {
	enum history_kind kind;
	const char *form;      /* or the ref table */
	int64_t row;           /* the record, or the row of the ref table */
	const char *question;  /* or its column when no form has it; NULL where there is none */
	const char *old, *new; /* as text; NULL when empty */
	uint32_t node;
	int64_t person; /* where it was said: 0 when not known */
	int64_t ms;     /* when it was written, by its author's clock put right */
	bool pending;   /* written here, not sealed yet: not sent */
};

/* Oldest first, those not sent last; h lives until fn returns, nonzero ends the walk and is
 * returned. Reads every pack of the record's unit. ERR_NOTFOUND names a record that is not
 * here and was not. */
int history_each(struct store *s, int64_t row, int (*fn)(void *arg, const struct history *h),
                 void *arg);

/* The same of the rows of ref tables in scope that want() says yes to: who set targets, units and
 * indicators, and changed them. What a row began with is not told. Reads every ref pack of scope. */
typedef bool history_want(void *arg, const char *table, int64_t row);
int history_ref(struct store *s, int64_t scope, history_want *want,
                int (*fn)(void *arg, const struct history *h), void *arg);

#endif
