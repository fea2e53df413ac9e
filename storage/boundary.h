/* boundary.h - where units lie: TopoJSON files that this node was given for its maps.
 *
 * Each holds from its first day until that of the next; they stay on this node. A unit's shape is found by its code,
 * and codes are used again over the years: so a map of a day's units needs that day's file.
 */
#ifndef STORAGE_BOUNDARY_H
#define STORAGE_BOUNDARY_H

#include "storage/buf.h"
#include "storage/store.h"
#include "storage/value.h"

#define BOUNDARIES_MAX 20 /* files: a country's units were changed as often in a century */

/* Keeps a file (topology.h) as of valid_from, YYYY-MM-DD; in the place of one of the same day. text is NUL-terminated.
 * ERR_BAD, ERR_TOOBIG as of topology_read(), or BOUNDARIES_MAX are kept. */
int boundary_put(struct store *s, const char *valid_from, const char *text);
int boundary_drop(struct store *s, const char *valid_from); /* ERR_NOTFOUND */
/* The first day of those of a day: the newest that hold by then, else the oldest. "" when none are kept. */
int boundary_of(struct store *s, const char *day, char valid_from[DATE_LEN]);
/* Appends the file of that first day. ERR_NOTFOUND. */
int boundary_read(struct store *s, const char *valid_from, struct buf *out);
/* By day; size in bytes. A nonzero return ends the walk and is returned. */
int boundary_each(struct store *s, int (*fn)(void *arg, const char *valid_from, int64_t size),
                  void *arg);

#endif
