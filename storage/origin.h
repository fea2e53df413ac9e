/* origin.h - which submission of another program a record was made from: its instanceID.
 *
 * Rows of the synced table f__origin, beside the record: whoever has the record knows it, so that what
 * ODK Collect or KoboToolbox took up is brought in once, on whichever node it is read again. Two nodes
 * that read it before they heard of each other make two records; where these are of one unit, they are
 * one thing on every node that has both (same.h). In two units they stay two: a unit's nodes do not see
 * another's records, and which place is right only people can say.
 *
 * A record made here has an instanceID that follows from its row id and its tree (UUID version 8, RFC
 * 9562 section 5.8), so that what goes out and comes back is known too. It stays when the record is
 * edited: an instance is the record, not a state of it.
 */
#ifndef STORAGE_ORIGIN_H
#define STORAGE_ORIGIN_H

#include "storage/buf.h"
#include "storage/form.h"

#define ORIGIN_MAX 128 /* bytes of an instanceID */
#define ORIGINS_MAX 8  /* of one submission: its own and earlier ones */

enum origin {
	ORIGIN_NEW,
	ORIGIN_EDITED,  /* a submission is here that it was before */
	ORIGIN_RELATED, /* it is here; that it was another before is new */
	ORIGIN_KNOWN    /* nothing of it is new */
};
struct origin_match {
	enum origin what;
	int64_t record; /* 0 when ORIGIN_NEW */
	int64_t unit;   /* of the record; 0 when that is not here (any more) */
};
/* instance is a submission's instanceID; was are others that it had before, with spaces between, or "".
 * ERR_BAD for an instanceID that is none. ERR_DENIED: it is a record of this tree that is not here. */
int origin_find(struct store *s, const struct form *f, const char *instance, const char *was,
                struct origin_match *out);
/* A record of the transaction's unit was made from it; what is known already is left. */
int origin_add(struct tx *tx, int64_t record, const char *instance, const char *was);
/* The record's instanceID: the last it came with, else its own. Appended. */
int origin_of(struct store *s, int64_t record, struct buf *out);

#endif
