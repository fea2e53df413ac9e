/* draft.h - forms that somebody began to fill in: kept on this node alone, at every answer.
 *
 * A draft that became a record is remembered for DRAFT_SAVED_MS: who asks again to save it, because the answer
 * was lost on the way, is told that record, and there are not two.
 */
#ifndef STORAGE_DRAFT_H
#define STORAGE_DRAFT_H

#include "storage/buf.h"
#include "storage/store.h"

#define DRAFT_NAME_MAX 40               /* bytes of a name: letters, digits, '-' and '_' */
#define DRAFT_ANSWERS_MAX (1024 * 1024) /* bytes of one's answers */
#define DRAFTS_MAX 200 /* that are not saved yet; a village's volunteer has a handful */
#define DRAFT_SAVED_MS (7 * INT64_C(86400000))

struct draft {
	char name[DRAFT_NAME_MAX + 1];
	char form[64];
	int64_t unit, record, person; /* record, person: 0 for none */
	int64_t at_ms;
	int64_t saved; /* the record that it became, or 0 */
};

/* Puts it in the place of the one of that name. ERR_BAD: the name is none, or answers (len bytes) no JSON object;
 * ERR_TOOBIG; ERR_EXISTS: it is saved already. d->at_ms and d->saved are not looked at. */
int draft_put(struct store *s, const struct draft *d, const char *answers, size_t len);
/* ERR_NOTFOUND names it. answers may be NULL; else they replace what is there. */
int draft_get(struct store *s, const char *name, struct draft *out, struct buf *answers);
/* Those that are not saved, newest first. d lives until fn returns; nonzero ends the walk and is returned. */
int draft_each(struct store *s, int (*fn)(void *arg, const struct draft *d), void *arg);
int draft_drop(struct store *s, const char *name); /* ERR_NOTFOUND */
/* In the transaction that saves it: it is now that record. ERR_NOTFOUND. */
int draft_saved(struct store *s, const char *name, int64_t record);

#endif
