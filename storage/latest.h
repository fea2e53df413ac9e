/* latest.h - the last time that records of a form, as visits, were about each of another's, as households. */
#ifndef STORAGE_LATEST_H
#define STORAGE_LATEST_H

#include "storage/form.h"
#include "storage/store.h"

/* The question of f by which its records, which have a date, are each about one of another form; NULL: none. */
const struct question *latest_about(const struct form *f);

/* Calls fn with each record that records of f (in unit and below it; 0: all) are about, by id, and their last day.
 * Of records that were joined the one that stands for them is told (same.h). last lives until fn returns;
 * nonzero from fn ends the walk and is returned. f has latest_about(). */
int latest_each(struct store *s, const struct form *f, int64_t unit,
                int (*fn)(void *arg, int64_t about, const char *last), void *arg);

#endif
