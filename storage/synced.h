/* synced.h - which tables are synced, and of which class. */
#ifndef STORAGE_SYNCED_H
#define STORAGE_SYNCED_H

#include "storage/store.h"

/* By name: the ref tables of schema.sql, f_* open, p_* personal; -1 for any other. */
int synced_class(const char *table);
/* The local number of a synced table, made when there is none. */
int synced_number(struct store *s, const char *table, int64_t *out);
/* Every synced table that is in the database, by class, then name. */
int synced_each(struct store *s, int (*fn)(void *arg, const char *table, enum class class),
                void *arg);

#endif
