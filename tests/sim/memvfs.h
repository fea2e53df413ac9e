/* memvfs.h - SQLite's files in memory, with what a power cut leaves of them.
 *
 * Registered as the default VFS of the process. A file is known by its name and stays when it is
 * closed. The copies of a database that a test takes and puts back hold its write-ahead log too.
 */
#ifndef TESTS_SIM_MEMVFS_H
#define TESTS_SIM_MEMVFS_H

#include <stddef.h>
#include <stdint.h>

/* The bytes of a database and of its log. */
struct image {
	uint8_t *db, *wal; /* owned */
	size_t db_len, wal_len;
};

void memvfs_start(void);
/* Forgets every file; all must be closed. */
void memvfs_clear(void);
/* The same when some are open and never will be closed: their memory is lost. */
void memvfs_abandon(void);

/* name is the database's file as SQLite opens it. */
void memvfs_save(const char *name, struct image *out);
/* The file must be closed. */
void memvfs_load(const char *name, const struct image *in);
void image_release(struct image *i);

/* After this many more writes and syncs the disk stops: each call fails, as at the moment of a power
 * cut. 0: it goes on for ever. */
void memvfs_cut_after(unsigned calls);
int memvfs_was_cut(void);
/* The power is back: of what was not synced, each write is there or not, as bits drawn from seed
 * say. All files must be closed. */
void memvfs_power(uint64_t seed);

#endif
