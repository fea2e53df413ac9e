/* rebuild.h - the tables again, from the feeds: they are only the feeds' shadow. */
#ifndef STORAGE_REBUILD_H
#define STORAGE_REBUILD_H

#include "storage/store.h"

/* Seals what is pending, drops every synced row and all merge state, and merges every pack
 * again, in one transaction (the caller's when one is open). What a joining node was given
 * before its first sync (its unit, built-in forms) stays until its feed replaces it. The
 * content hash (verify.h) is the same afterwards. */
int rebuild(struct store *s);

#endif
