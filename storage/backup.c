/* backup.c - a copy of a home's database, and starting again from one. */
#include "storage/backup.h"
#include "storage/db.h"
#include "storage/durable.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/mutant.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOME_MAX 4096 /* bytes of a home's name */
#define PATH_MAX_LEN (HOME_MAX + 32)
#define PAGES_A_STEP 256 /* so that a writer gets its turn between steps */
#define EPOCH_LEAP 512   /* when nothing tells how many restores there were before */
#define COPY_LEAP 64     /* two copies of one home are unlikely to take the same */

enum { RESTORED_NO, RESTORED_YES, RESTORED_NEW_EPOCH }; /* meta "restored" */

/* ---- writing a copy ------------------------------------------------------------------------------ */

/* What went wrong with a copy, from or to which db is open. */
static int copy_failed(sqlite3 *db, int rc)
{
	int bad = rc & 0xff;

	if (bad == SQLITE_NOMEM || rc == SQLITE_IOERR_NOMEM)
		return err(ERR_NOMEM, "out of memory");
	if (bad == SQLITE_FULL || (bad != SQLITE_CORRUPT && sqlite3_system_errno(db) == ENOSPC))
		return err(ERR_IO, "the disk for the copy is full: free some space and try again");
	if (bad == SQLITE_NOTADB || bad == SQLITE_CORRUPT)
		return err(ERR_CORRUPT, "the copy is damaged, or is none: %s", sqlite3_errstr(rc));
	return err(ERR_IO, "the copy cannot be made: %s", sqlite3_errstr(rc));
}

static int copy_pages(sqlite3 *from, sqlite3 *to, void (*step)(void *, int, int), void *arg)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (!b)
		return copy_failed(to, sqlite3_extended_errcode(to));
	do {
		rc = sqlite3_backup_step(b, PAGES_A_STEP);
		if (step)
			step(arg, sqlite3_backup_pagecount(b) - sqlite3_backup_remaining(b),
			     sqlite3_backup_pagecount(b));
		if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
			sqlite3_sleep(20);
	} while (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? 0 : copy_failed(to, rc);
}

/* A copy that is one file. */
static int copy_out(struct store *s, const char *part, void (*step)(void *, int, int), void *arg)
{
	sqlite3 *to = NULL;
	int bad = sqlite3_open_v2(part, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	int rc = bad ? copy_failed(to, bad) : copy_pages(s->db, to, step, arg);

	if (!rc) {
		bad = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
		rc = bad ? copy_failed(to, sqlite3_extended_errcode(to)) : 0;
	}
	sqlite3_close(to);
	return rc;
}

/* The copy is written beside and renamed, so that an old copy is never half overwritten. */
int backup_write(struct store *s, const char *path, void (*step)(void *arg, int done, int total),
                 void *arg)
{
	char part[4096];
	int rc;

	if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part)
		return err(ERR_TOOBIG, "the file's name is too long");
	unlink(part);
	rc = copy_out(s, part, step, arg);
	if (!rc)
		rc = durable_rename(part, path);
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
	int rc = store_open(home, 0, env, &old);

	if (rc == ERR_NOMEM)
		return rc;
	if (!rc) {
		rc = meta_int(old, "next_epoch", out); /* of a restore before this, used or not */
		if (*out < old->self.epoch)
			*out = old->self.epoch;
		if (*out < of_copy)
			*out = of_copy;
		++*out;
		store_close(old);
		return rc == ERR_NOTFOUND ? 0 : rc;
	}
	rc = env->random(env->arg, &leap, sizeof leap);
	*out = of_copy + 1 + leap % EPOCH_LEAP;
	return rc;
}

int backup_mark(struct store *s, int64_t epoch)
{
	int rc;

	if (epoch > ID_EPOCH_MAX)
		return err(ERR_TOOBIG,
		           "this node was restored too often: join anew with a new invite");
	rc = meta_set_bytes(s, "instance", NULL, 0);
	if (!rc)
		rc = meta_set_int(s, "restored", RESTORED_YES);
	return rc ? rc : meta_set_int(s, "next_epoch", epoch);
}

/* When the file was made, which no copying program can set. False where the disk does not keep it. */
static bool birth_of(const char *path, int64_t *out)
{
	struct statx x;

	if (statx(AT_FDCWD, path, 0, STATX_BTIME, &x) || !(x.stx_mask & STATX_BTIME))
		return false;
	*out = x.stx_btime.tv_sec * INT64_C(1000000000) + x.stx_btime.tv_nsec;
	return true;
}

int backup_mark_next(struct store *s)
{
	int64_t epoch;
	uint16_t leap;
	int rc;

	if (backup_undecided(s))
		return 0;
	meta_int(s, "next_epoch", &epoch);
	if (epoch < s->self.epoch)
		epoch = s->self.epoch;
	rc = s->env->random(s->env->arg, &leap, sizeof leap);
	return rc ? rc : backup_mark(s, epoch + 1 + leap % COPY_LEAP);
}

static int mark_copied(struct store *s, int64_t birth)
{
	int64_t known;
	int rc = store_begin(s);

	if (rc)
		return rc;
	rc = meta_int(s, "birth", &known); /* another process may have been first */
	if (known != birth)
		rc = backup_mark_next(s);
	if (!rc)
		rc = meta_set_int(s, "birth", birth);
	if (!rc)
		rc = store_commit(s);
	store_end(s);
	return rc;
}

int backup_notice_copy(struct store *s)
{
	int64_t birth, known;
	char path[PATH_MAX_LEN];
	int rc;

	snprintf(path, sizeof path, "%s/cayda.db", s->home);
	if (!s->self.number || !birth_of(path, &birth))
		return 0;
	rc = meta_int(s, "birth", &known);
	if (!rc && known != birth)
		return mark_copied(s, birth);
	return rc == ERR_NOTFOUND ? meta_set_int(s, "birth", birth) : rc;
}

/* The database that is there gets a second name and keeps its own until the copy takes it: at no time is there none.
 * A WAL is there only beside one that could not be opened. */
static int keep_old(const char *db)
{
	static const char *const tails[] = {"-wal", "-shm"};
	char from[PATH_MAX_LEN + 32], to[PATH_MAX_LEN + 32];
	size_t i;

	snprintf(to, sizeof to, "%s.before-restore", db);
	unlink(to);
	if (link(db, to) && errno != ENOENT && rename(db, to)) /* some disks know no second name */
		return err(ERR_IO, "%s cannot be moved aside: %s", db, strerror(errno));
	for (i = 0; i < sizeof tails / sizeof *tails; i++) {
		snprintf(from, sizeof from, "%s%s", db, tails[i]);
		snprintf(to, sizeof to, "%s.before-restore%s", db, tails[i]);
		if (rename(from, to) && errno != ENOENT)
			return err(ERR_IO, "%s cannot be moved aside: %s", from, strerror(errno));
	}
	return durable_name(db); /* before another database meets that WAL */
}

/* A whole copy of the copy, in a home of its own until it is known to be good. */
static int stage(const char *path, const char *home, const struct store_env *env,
                 struct store **out)
{
	sqlite3 *from = NULL;
	int rc = store_open(home, STORE_CREATE, env, out), bad;

	if (rc)
		return rc;
	bad = sqlite3_open_v2(path, &from, SQLITE_OPEN_READONLY, NULL);
	rc = bad ? copy_failed(from, bad) : copy_pages(from, (*out)->db, NULL, NULL);
	sqlite3_close(from);
	store_close(*out);
	*out = NULL;
	return rc ? rc : store_open(home, 0, env, out);
}

/* The staged database takes the place of the home's. */
static int put_in_place(const char *staged, const char *home, const char *db)
{
	int rc = 0;

	if (!mkdir(home, 0700))
		rc = durable_name(home);
	else if (errno != EEXIST)
		rc = err(ERR_IO, "the folder %s cannot be made: %s", home, strerror(errno));
	if (!rc)
		rc = keep_old(db);
	return rc ? rc : durable_rename(staged, db);
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
		rc = backup_mark(s, epoch);
	store_close(s); /* checkpoints: the file alone is whole */
	if (!rc)
		rc = put_in_place(from, home, db);
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

bool backup_undecided(struct store *s)
{
	return restored(s) == RESTORED_YES;
}

int backup_caught_up(struct store *s)
{
	int rc = backup_new_epoch(s);

	return !rc && restored(s) ? meta_set_bytes(s, "restored", NULL, 0) : rc;
}

int backup_new_epoch(struct store *s)
{
	int64_t epoch;
	int rc;

	if (restored(s) != RESTORED_YES || MUTANT_IS(21))
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
