/* backup.h - a copy of a home's database, and starting again from one.
 *
 * A home that was copied by hand is one that was restored: both of the two may go on to be used.
 * A restored node does not know what it wrote after the copy was made, and neither does its parent:
 * packs may have gone to a child or into a file. So that no sequence number and no row id is ever
 * used twice, whatever it writes from then on goes to feeds of a new epoch (store.h).
 */
#ifndef STORAGE_BACKUP_H
#define STORAGE_BACKUP_H

#include "storage/store.h"

#include <stdbool.h>

/* Copies the database to path while others use it (sqlite.org/backup); a file of that name is
 * replaced once the copy is whole. step() may be NULL; it gets pages done and in all. */
int backup_write(struct store *s, const char *path, void (*step)(void *arg, int done, int total),
                 void *arg);
/* Makes home what the copy holds. A database that is there already is kept beside it as
 * cayda.db.before-restore. ERR_CORRUPT when path is no whole copy: then nothing changed. */
int backup_restore(const char *home, const char *path, const struct store_env *env);

/* What backup_restore() says to the copy: it is one, and epoch is the first it may use. */
int backup_mark(struct store *s, int64_t epoch);

/* The same, with an epoch that this home has not used and a copy of it will hardly choose. */
int backup_mark_next(struct store *s);
/* When a home is opened: whether its database was copied as a file since it was last open, then as
 * backup_mark(). On disks that do not keep when a file was made, nothing is noticed. */
int backup_notice_copy(struct store *s);

/* True while a restored node has not heard from its parent. */
bool backup_restored(struct store *s);
/* True while a restored node has not chosen the epoch of what it writes. */
bool backup_undecided(struct store *s);
/* What the parent held of our own feeds has been fetched. */
int backup_caught_up(struct store *s);
/* Before the first write of a restored node: a new epoch. */
int backup_new_epoch(struct store *s);

#endif
