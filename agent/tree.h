/* tree.h - walking down the tree of places. */
#ifndef AGENT_TREE_H
#define AGENT_TREE_H

#include "storage/unit.h"

/* Calls fn for each unit of level at or below top that is in force, by code within its parent.
 * u lives until fn returns; nonzero ends the walk and is returned. */
int tree_level(struct store *s, const struct unit *top, enum level level,
               int (*fn)(void *arg, const struct unit *u), void *arg);
/* What a level is called, translated. */
const char *tree_level_title(enum level level);

#endif
