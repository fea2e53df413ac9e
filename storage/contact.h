/* contact.h - when the nodes below were last here, and what with: what this node saw itself, in no feed.
 */
#ifndef STORAGE_CONTACT_H
#define STORAGE_CONTACT_H

#include "storage/store.h"

#define CONTACT_PROGRAM_MAX 32 /* bytes of a program's version, with NUL */

struct contact {
	uint32_t node;
	int64_t at_ms; /* when it last asked for something */
	int64_t same_ms; /* when it last held all that it may hold of what is here; 0: never seen so */
	char program[CONTACT_PROGRAM_MAX]; /* version; "": it has not said */
};

/* Puts them down in one transaction of their own; what is 0 or "" in one leaves what is known. */
int contact_put(struct store *s, const struct contact *c, size_t n);
/* Zeroed where nothing is known. */
int contact_get(struct store *s, uint32_t node, struct contact *out);

#endif
