/* column_plan.h - which columns of a table tell of which. */
#ifndef STORAGE_COLUMN_PLAN_H
#define STORAGE_COLUMN_PLAN_H

#include "storage/section.h"

#define PLAN_ROWS 32 /* fewer do not show what tells of what */

/* Puts into w->plan what suits the rows that w->entries insert into t. False, and no plan, when there are
 * too few. Only a writer asks: what it chose is told in the pack. */
bool column_plan_choose(struct work *w, const struct table *t);

#endif
