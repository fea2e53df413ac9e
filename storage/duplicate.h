/* duplicate.h - households that look like the same one, recorded twice offline.
 *
 * Proposed, never joined by themselves: two of one unit with the same address, the same digital
 * address code, or the same head's name, case, accents and punctuation aside. What many share (a
 * village's name as the address) tells nothing. Names and addresses are personal answers: above the
 * commune nothing is proposed. Joining is same.h's.
 */
#ifndef STORAGE_DUPLICATE_H
#define STORAGE_DUPLICATE_H

#include "storage/form.h"
#include "storage/store.h"

#define DUPLICATE_FORM "household"
#define DUPLICATE_SHARED 20 /* households of a unit that share a word: more, and it tells nothing */

enum { DUPLICATE_ADDRESS = 1, DUPLICATE_CODE = 2, DUPLICATE_HEAD = 4 };

struct duplicate {
	int64_t unit;
	int64_t a, b; /* of records joined already, those that stand for them; a is the older id */
	unsigned why; /* DUPLICATE_* or'ed */
};
/* Proposals at or below unit (0: all) about which nobody has said anything, by unit, those with
 * only a name in common last; d lives until fn returns, nonzero ends the walk and is returned. f:
 * form DUPLICATE_FORM. */
int duplicate_each(struct store *s, const struct form *f, int64_t unit,
                   int (*fn)(void *arg, const struct duplicate *d), void *arg);

#endif
