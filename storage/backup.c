/* backup.c - a copy of a home's database, and starting again from one. */
#include "storage/backup.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/mutant.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOME_MAX 4096 /* bytes of a home's name */
#define PATH_MAX_LEN (HOME_MAX + 32)
#define PAGES_A_STEP 256 /* so that a writer gets its turn between steps */
#define EPOCH_LEAP 512   /* when nothing tells how many restores there were before */

enum { RESTORED_NO, RESTORED_YES, RESTORED_NEW_EPOCH }; /* meta "restored" */

/* ---- writing a copy ------------------------------------------------------------------------------ */

static int copy_pages(struct store *s, sqlite3 *to, void (*step)(void *, int, int), void *arg)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", s->db, "main");
	int rc;

	if (!b)
		return err(ERR_IO, "the copy cannot be made: %s", sqlite3_errmsg(to));
	do {
		rc = sqlite3_backup_step(b, PAGES_A_STEP);
		if (step)
			step(arg, sqlite3_backup_pagecount(b) - sqlite3_backup_remaining(b),
			     sqlite3_backup_pagecount(b));
		if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
			sqlite3_sleep(20);
	} while (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
	sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE)
		return 0;
	if (rc == SQLITE_FULL)
		return err(ERR_IO, "the disk for the copy is full: free some space and try again");
	return err(ERR_IO, "the copy cannot be made: %s", sqlite3_errstr(rc));
}

static int sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return err(ERR_IO, "%s: %s", path, strerror(errno));
	rc = fsync(fd) ? err(ERR_IO, "%s: %s", path, strerror(errno)) : 0;
	close(fd);
	return rc;
}

/* The copy is written beside and renamed, so that an old copy is never half overwritten. */
int backup_write(struct store *s, const char *path, void (*step)(void *arg, int done, int total),
                 void *arg)
{
	char part[4096];
	sqlite3 *to = NULL;
	int rc;

	if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part)
		return err(ERR_TOOBIG, "the file's name is too long");
	unlink(part);
	rc = sqlite3_open_v2(part, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL)
	             ? err(ERR_IO, "%s cannot be written: check the folder and the disk", path)
	             : copy_pages(s, to, step, arg);
	if (!rc && sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL))
		rc = err(ERR_IO, "the copy cannot be made: %s", sqlite3_errmsg(to));
	sqlite3_close(to);
	if (!rc)
		rc = sync_file(part);
	if (!rc && rename(part, path))
		rc = err(ERR_IO, "%s cannot be written: %s", path, strerror(errno));
	if (rc)
		unlink(part);
	return rc;
}

/* ---- starting again from one ------------------------------------------------------------------------ */

/* The epoch after all that this home is known to have used. */
static int next_epoch(const char *home, const struct store_env *env, uint32_t of_copy, int64_t *out)
{
	struct store *old;
	uint16_t leap;
	int rc;

	if (store_open(home, 0, env, &old) == 0) {
		meta_int(old, "next_epoch", out); /* of a restore before this, used or not */
		if (*out < old->self.epoch)
			*out = old->self.epoch;
		if (*out < of_copy)
			*out = of_copy;
		++*out;
		store_close(old);
		return 0;
	}
	rc = env->random(env->arg, &leap, sizeof leap);
	*out = of_copy + 1 + leap % EPOCH_LEAP;
	return rc;
}

static int mark_restored(struct store *s, int64_t epoch)
{
	int rc;

	if (epoch > ID_EPOCH_MAX)
		return err(ERR_TOOBIG,
		           "this node was restored too often: join anew with a new invite");
	rc = meta_set_int(s, "restored", RESTORED_YES);
	return rc ? rc : meta_set_int(s, "next_epoch", epoch);
}

static int set_aside(const char *db)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	char from[PATH_MAX_LEN + 32], to[PATH_MAX_LEN + 32];
	size_t i;

	for (i = 0; i < sizeof tails / sizeof *tails; i++) {
		snprintf(from, sizeof from, "%s%s", db, tails[i]);
		snprintf(to, sizeof to, "%s.before-restore%s", db, tails[i]);
		if (rename(from, to) && errno != ENOENT)
			return err(ERR_IO, "%s cannot be moved aside: %s", from, strerror(errno));
	}
	return 0;
}

/* A whole copy of the copy, in a home of its own until it is known to be good. */
static int stage(const char *path, const char *home, const struct store_env *env,
                 struct store **out)
{
	sqlite3 *from = NULL;
	int rc = store_open(home, STORE_CREATE, env, out);

	if (rc)
		return rc;
	if (sqlite3_open_v2(path, &from, SQLITE_OPEN_READONLY, NULL)) {
		rc = err(ERR_NOTFOUND, "%s cannot be read", path);
	} else {
		struct store view = {.db = from};
		rc = copy_pages(&view, (*out)->db, NULL, NULL);
	}
	sqlite3_close(from);
	store_close(*out);
	*out = NULL;
	return rc ? rc : store_open(home, 0, env, out);
}

int backup_restore(const char *home, const char *path, const struct store_env *env)
{
	char staged[HOME_MAX], from[PATH_MAX_LEN], db[PATH_MAX_LEN];
	struct store *s = NULL;
	int64_t epoch;
	int rc;

	snprintf(staged, sizeof staged, "%s.restoring", home);
	snprintf(from, sizeof from, "%s/cayda.db", staged);
	snprintf(db, sizeof db, "%s/cayda.db", home);
	unlink(from);
	if (access(path, R_OK))
		return err(ERR_NOTFOUND, "%s: %s", path, strerror(errno));
	rc = stage(path, staged, env, &s);
	if (!rc && !s->self.number)
		rc = err(ERR_CORRUPT, "%s is not a copy of a cayda node", path);
	if (!rc)
		rc = next_epoch(home, env, s->self.epoch, &epoch);
	if (!rc)
		rc = mark_restored(s, epoch);
	store_close(s); /* checkpoints: the file alone is whole */
	if (!rc)
		rc = set_aside(db);
	if (!rc && mkdir(home, 0700) && errno != EEXIST)
		rc = err(ERR_IO, "the folder %s cannot be made: %s", home, strerror(errno));
	if (!rc && rename(from, db))
		rc = err(ERR_IO, "%s cannot be written: %s", db, strerror(errno));
	unlink(from);
	rmdir(staged);
	return rc;
}

/* ---- a restored node ----------------------------------------------------------------------------------- */

static int64_t restored(struct store *s)
{
	int64_t v;

	meta_int(s, "restored", &v);
	return v;
}

bool backup_restored(struct store *s)
{
	return restored(s) != RESTORED_NO;
}

int backup_caught_up(struct store *s)
{
	int rc = MUTANT_IS(21) ? 0 : backup_new_epoch(s);

	return !rc && restored(s) ? meta_set_bytes(s, "restored", NULL, 0) : rc;
}

int backup_new_epoch(struct store *s)
{
	int64_t epoch;
	int rc;

	if (restored(s) != RESTORED_YES)
		return 0;
	rc = meta_int(s, "next_epoch", &epoch);
	if (epoch <= s->self.epoch) /* feeds that came back were of a later one still */
		epoch = (int64_t)s->self.epoch + 1;
	if (!rc)
		rc = meta_set_int(s, "epoch", epoch);
	if (!rc)
		rc = meta_set_int(s, "counter", 0);
	if (!rc)
		rc = meta_set_int(s, "restored", RESTORED_NEW_EPOCH);
	if (!rc)
		s->self.epoch = (uint32_t)epoch;
	return rc;
}
