/* same.h - records that are the same thing, recorded more than once.
 *
 * Joining two records changes neither of them: a row of the synced table f__same says that they
 * are the same, or that they are not, or (NULL) nothing any more. Readers resolve a record to the
 * one that stands for its group: the joined records of one unit, of which that is the one with the
 * smallest id among those that nobody named as the other one, or of all when there is none. So
 * chains and circles that two nodes make together come out the same everywhere.
 *
 * Records of one unit that were made from one submission of another program (origin.h) are the same
 * without anybody saying so: the one with the smallest id is as if the others were joined to it.
 */
#ifndef STORAGE_SAME_H
#define STORAGE_SAME_H

#include "storage/form.h"
#include "storage/store.h"

#include <stdbool.h>

#define SAME_PAIRS_MAX \
	10000 /* of a unit and kind, the oldest count: bounds what a peer makes us work */

/* Joins other to keep, in a transaction of its own. Both of form f and in one unit (ERR_BAD),
 * this node works for it (ERR_DENIED); ERR_EXISTS when they are joined already. person: the member
 * who says so (ERR_NOTFOUND), or 0. */
int same_join(struct store *s, const struct form *f, int64_t keep, int64_t other, int64_t person);
/* They are not the same: not to be proposed again. ERR_EXISTS when they are joined. */
int same_differ(struct store *s, const struct form *f, int64_t a, int64_t b, int64_t person);
/* Takes id out of everything that joins it; ERR_NOTFOUND when nothing does. */
int same_undo(struct store *s, const struct form *f, int64_t id, int64_t person);

/* The record that stands for id, itself when it is joined to none. */
int same_rep(struct store *s, int64_t unit, int64_t id, int64_t *rep);
/* The others of its group, by id. */
int same_others(struct store *s, int64_t unit, int64_t id, int (*fn)(void *arg, int64_t other),
                void *arg);

/* Every record at or below unit (0: all) that another one stands for, by unit and that one. said: somebody joined
 * it, which can be taken back; else it was made from the same submission. fn as in unit_each(). */
struct same {
	int64_t unit, rep, id;
	bool said;
};
int same_each(struct store *s, int64_t unit, int (*fn)(void *arg, const struct same *g), void *arg);

/* Works the groups of a unit out again (local table same_as): after rows of f__same or f__origin
 * came, in that transaction. */
int same_refresh(struct store *s, int64_t unit);

#endif
