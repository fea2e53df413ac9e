/* accounts.c - the file of accounts: a line each, read and written whole. */
#include "agent/accounts.h"

#include "agent/file.h"
#include "storage/durable.h"
#include "storage/err.h"
#include "storage/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER "cayda accounts 1\n"
#define LINE_MAX_BYTES 256                                   /* of one account */
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789._-" /* in a scanset, where - is last */

static const char *const roles[] = {NULL, "viewer", "editor", "admin"};

const char *account_role_name(enum account_role r)
{
	return roles[r];
}

enum account_role account_role_of(const char *name)
{
	enum account_role r;

	for (r = ACCOUNT_VIEWER; r <= ACCOUNT_ADMIN; r++)
		if (!strcmp(name, roles[r]))
			return r;
	return ACCOUNT_NONE;
}

int account_check_name(const char *name)
{
	size_t n = strspn(name, NAME_CHARS);

	if (!n || name[n] || n > ACCOUNT_NAME_MAX)
		return err(ERR_BAD,
		           "an account's name has 1 to %d of a-z, 0-9, '.', '-' and '_', unlike "
		           "\"%.40s\"",
		           ACCOUNT_NAME_MAX, name);
	return 0;
}

/* ---- passwords ---------------------------------------------------------------------------------------- */

int account_password(const char *typed, char out[PASSWORD_MAX + 1])
{
	struct buf b = {0};
	int rc = strlen(typed) > PASSWORD_MAX ? ERR_BAD : text_nfc(typed, strlen(typed), &b);

	memset(out, 0, PASSWORD_MAX + 1);
	if (rc || b.err || b.len > PASSWORD_MAX)
		rc = err(ERR_BAD, "a password is text of %d bytes at most", PASSWORD_MAX);
	else
		memcpy(out, buf_cstr(&b), b.len);
	if (b.data)
		password_wipe(b.data, b.len);
	buf_release(&b);
	return rc;
}

int account_set_password(const struct store_env *env, struct account *a, const char *password)
{
	char text[PASSWORD_MAX + 1];
	size_t chars = 0, i;
	int rc = account_password(password, text);

	for (i = 0; text[i]; i++)
		chars += (text[i] & 0xc0) != 0x80;
	if (!rc && chars < PASSWORD_MIN)
		rc = err(ERR_BAD, "a password has at least %d characters: four words will do",
		         PASSWORD_MIN);
	if (!rc)
		rc = env->random(env->arg, a->salt, sizeof a->salt);
	a->rounds = PASSWORD_ROUNDS;
	if (!rc)
		rc = password_hash(text, a->salt, a->rounds, a->hash);
	password_wipe(text, sizeof text);
	return rc;
}

/* ---- the file's lines ----------------------------------------------------------------------------------- */

static void put_hex(struct buf *b, const uint8_t *p, size_t len)
{
	char text[3];

	for (; len; len--, p++) {
		snprintf(text, sizeof text, "%02x", *p);
		buf_str(b, text);
	}
}

static void put_line(struct buf *b, const struct account *a)
{
	char text[LINE_MAX_BYTES];

	snprintf(text, sizeof text, "%s %s %" PRId64 " %" PRId64 " %" PRIu32 " ", a->name,
	         roles[a->role], a->unit, a->person, a->rounds);
	buf_str(b, text);
	put_hex(b, a->salt, sizeof a->salt);
	buf_u8(b, ' ');
	put_hex(b, a->hash, sizeof a->hash);
	buf_u8(b, '\n');
}

static bool take_hex(const char *text, uint8_t *out, size_t len)
{
	unsigned v;

	if (strspn(text, "0123456789abcdef") != 2 * len || text[2 * len])
		return false;
	for (; len; len--, text += 2) {
		sscanf(text, "%2x", &v);
		*out++ = (uint8_t)v;
	}
	return true;
}

static bool take_line(const char *line, struct account *a)
{
	char role[8], salt[2 * PASSWORD_SALT_LEN + 1], hash[2 * PASSWORD_HASH_LEN + 1];
	int end = 0;

	memset(a, 0, sizeof *a);
	if (sscanf(line, "%32[" NAME_CHARS "] %7s %" SCNd64 " %" SCNd64 " %" SCNu32 " %32s %64s%n",
	           a->name, role, &a->unit, &a->person, &a->rounds, salt, hash, &end) != 7 ||
	    line[end])
		return false;
	a->role = account_role_of(role);
	return a->role && a->rounds && a->rounds <= PASSWORD_ROUNDS_MAX &&
	       take_hex(salt, a->salt, sizeof a->salt) && take_hex(hash, a->hash, sizeof a->hash);
}

static int take_all(const char *home, char *text, struct accounts *a)
{
	char *line, *save = NULL;

	if (strncmp(text, HEADER, strlen(HEADER)) != 0)
		return err(ERR_CORRUPT, "%s/%s: this is no list of accounts", home, ACCOUNTS_FILE);
	a->list = calloc(ACCOUNTS_MAX, sizeof *a->list);
	if (!a->list)
		return err(ERR_NOMEM, "out of memory");
	for (line = strtok_r(text + strlen(HEADER), "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (a->n == ACCOUNTS_MAX || !take_line(line, &a->list[a->n]))
			return err(ERR_CORRUPT, "%s/%s: this is no list of accounts", home,
			           ACCOUNTS_FILE);
		a->n++;
	}
	return 0;
}

/* ---- reading -------------------------------------------------------------------------------------------- */

static void path_of(const char *home, const char *suffix, char path[4096])
{
	snprintf(path, 4096, "%s/" ACCOUNTS_FILE "%s", home, suffix);
}

void accounts_release(struct accounts *a)
{
	if (a->list)
		password_wipe(a->list, ACCOUNTS_MAX * sizeof *a->list);
	free(a->list);
	*a = (struct accounts){0};
}

int accounts_load(const char *home, struct accounts *a)
{
	char path[4096];
	struct buf text = {0};
	struct stat st;
	int rc = 0;

	path_of(home, "", path);
	if (stat(path, &st)) {
		accounts_release(a);
		return errno == ENOENT ? 0 : err(ERR_IO, "%s: %s", path, file_reason(errno));
	}
	if (a->inode == st.st_ino && a->at.tv_sec == st.st_mtim.tv_sec &&
	    a->at.tv_nsec == st.st_mtim.tv_nsec)
		return 0;
	accounts_release(a);
	rc = file_read(path, ACCOUNTS_MAX * LINE_MAX_BYTES, &text);
	if (!rc)
		rc = take_all(home, (char *)buf_cstr(&text), a);
	if (text.data)
		password_wipe(text.data, text.len);
	buf_release(&text);
	if (rc) {
		accounts_release(a);
		return rc;
	}
	a->inode = st.st_ino;
	a->at = st.st_mtim;
	return 0;
}

struct account *accounts_find(const struct accounts *a, const char *name)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (!strcmp(a->list[i].name, name))
			return &a->list[i];
	return NULL;
}

/* ---- writing -------------------------------------------------------------------------------------------- */

/* A new file, its owner's alone, that takes the other's place whole. */
static int save(const char *home, const struct account *list, size_t n)
{
	char path[4096], fresh[4096];
	struct buf b = {0};
	bool bad;
	size_t i;
	int fd;

	path_of(home, "", path);
	path_of(home, ".new", fresh);
	buf_str(&b, HEADER);
	for (i = 0; i < n; i++)
		put_line(&b, &list[i]);
	unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bad = b.err || fd < 0 || write(fd, b.data, b.len) != (ssize_t)b.len;
	if (bad)
		err(ERR_IO, "%s: cannot be written: %s", fresh, file_reason(errno));
	if (fd >= 0)
		close(fd);
	buf_release(&b);
	if (bad)
		unlink(fresh);
	return bad ? ERR_IO : durable_rename(fresh, path);
}

/* The home's folder is the lock of all that change the file. */
static int begin(const char *home, struct accounts *a, int *lock)
{
	*a = (struct accounts){0};
	*lock = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*lock < 0 || flock(*lock, LOCK_EX))
		return err(ERR_IO, "%s: %s", home, file_reason(errno));
	return accounts_load(home, a);
}

static int end(struct accounts *a, int lock, int rc)
{
	accounts_release(a);
	if (lock >= 0)
		close(lock);
	return rc;
}

int accounts_put(const char *home, const struct account *put, bool fresh)
{
	struct account list[ACCOUNTS_MAX], *old;
	struct accounts a;
	int lock, rc = begin(home, &a, &lock);

	old = rc ? NULL : accounts_find(&a, put->name);
	if (!rc && old && fresh)
		rc = err(ERR_EXISTS, "there is an account %s already", put->name);
	if (!rc && !old && !fresh)
		rc = err(ERR_NOTFOUND, "there is no account %s", put->name);
	if (!rc && !old && a.n == ACCOUNTS_MAX)
		rc = err(ERR_TOOBIG, "there are %d accounts already: remove some", ACCOUNTS_MAX);
	if (!rc && old) {
		*old = *put;
		rc = save(home, a.list, a.n);
	} else if (!rc) {
		if (a.n)
			memcpy(list, a.list, a.n * sizeof *list);
		list[a.n] = *put;
		rc = save(home, list, a.n + 1);
		password_wipe(list, sizeof list);
	}
	return end(&a, lock, rc);
}

int accounts_drop(const char *home, const char *name)
{
	struct account *old;
	struct accounts a;
	int lock, rc = begin(home, &a, &lock);

	old = rc ? NULL : accounts_find(&a, name);
	if (!rc && !old)
		rc = err(ERR_NOTFOUND, "there is no account %s", name);
	if (!rc) {
		*old = a.list[--a.n];
		rc = save(home, a.list, a.n);
	}
	return end(&a, lock, rc);
}
