/* disk.c - what a disk holds once the power went. */
#include "tests/crash/disk.h"
#include "tests/crash/disk_inode.h"
#include "tests/crash/draw.h"
#include "tests/crash/wrap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDS 256
#define NAMES 64
#define NAME_LEN 192
#define CHANGES 256

static struct name {
	char path[NAME_LEN];
	struct inode *now;  /* what the kernel has under this name */
	struct inode *kept; /* what the disk has */
} names[NAMES];

/* A name that came to mean something else, and is not synced. */
static struct change {
	struct name *name;
	struct inode *to;
	unsigned op; /* changes of one op come together, within one folder */
} changes[CHANGES];

static size_t nchange, nname;
static struct inode *all;
static struct inode *of_fd[FDS];
static char folder_of_fd[FDS][NAME_LEN];
static char prefix[NAME_LEN];
static uint64_t ops, cut_op, chance;
static unsigned change_op;
static bool off;

/* ---- names -------------------------------------------------------------------------------------------- */

/* SQLite has absolute names, we have relative ones. */
static const char *full(const char *path, char out[NAME_LEN])
{
	char cwd[NAME_LEN / 2];

	if (path[0] == '/' || !getcwd(cwd, sizeof cwd))
		snprintf(out, NAME_LEN, "%s", path);
	else if (!strcmp(path, "."))
		snprintf(out, NAME_LEN, "%s", cwd);
	else
		snprintf(out, NAME_LEN, "%s/%s", cwd, path);
	return out;
}

static bool ours(const char *abs)
{
	size_t len = strlen(abs);

	return prefix[0] && !strncmp(abs, prefix, strlen(prefix)) &&
	       !(len > 4 && !strcmp(abs + len - 4, "-shm"));
}

static bool in_folder(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return !strncmp(path, folder, n) && path[n] == '/' && !strchr(path + n + 1, '/');
}

static struct name *name_of(const char *abs)
{
	size_t i;

	for (i = 0; i < nname; i++)
		if (!strcmp(names[i].path, abs))
			return names + i;
	if (nname == NAMES)
		disk_give_up("too many names");
	snprintf(names[nname].path, NAME_LEN, "%s", abs);
	return names + nname++;
}

static void read_file(const char *path, struct inode *n)
{
	struct stat st;
	int fd = __real_open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st))
		return;
	n->len = (size_t)st.st_size;
	n->kept = disk_take(n->len);
	if (__real_read(fd, n->kept, n->len) != (ssize_t)n->len)
		n->len = 0;
	__real_close(fd);
}

static struct inode *new_inode(bool folder)
{
	struct inode *n = inode_new(folder);

	n->next = all;
	return all = n;
}

/* The name, with what was there before the model first saw it. */
static struct name *known(const char *abs)
{
	struct name *n = name_of(abs);
	struct stat st;

	if (n->now || n->kept || stat(abs, &st))
		return n;
	n->now = n->kept = new_inode(S_ISDIR(st.st_mode));
	if (!n->now->folder)
		read_file(abs, n->now);
	return n;
}

static void change(struct name *n, struct inode *to, unsigned op)
{
	if (nchange == CHANGES)
		disk_give_up("too many changes of names");
	n->now = to;
	changes[nchange++] = (struct change){n, to, op};
}

/* ---- the power ------------------------------------------------------------------------------------------- */

void disk_watch(const char *of)
{
	disk_leave();
	full(of, prefix);
}

void disk_cut_at(uint64_t nth, uint64_t seed)
{
	ops = 0;
	cut_op = nth;
	chance = seed;
}

void disk_cut_now(void)
{
	off = true;
}

uint64_t disk_ops(void)
{
	return ops;
}

bool disk_is_off(void)
{
	return off;
}

/* One thing that the disk is asked to do: true when it is done in full. */
static bool step(void)
{
	if (cut_op && ++ops == cut_op)
		off = true;
	return !off;
}

void disk_leave(void)
{
	struct inode *n, *next;

	for (n = all; n; n = next) {
		next = n->next;
		inode_free(n);
	}
	all = NULL;
	nname = nchange = 0;
	memset(names, 0, sizeof names);
	memset(of_fd, 0, sizeof of_fd);
	memset(folder_of_fd, 0, sizeof folder_of_fd);
	prefix[0] = 0;
	off = false;
	cut_op = 0;
}

/* ---- names, as far as they got ------------------------------------------------------------------------------------ */

static void keep_names(const char *folder)
{
	size_t i, left = 0;

	for (i = 0; i < nchange; i++) {
		if (in_folder(changes[i].name->path, folder))
			changes[i].name->kept = changes[i].to;
		else
			changes[left++] = changes[i];
	}
	nchange = left;
}

static void lose_names(void)
{
	bool any = draw(&chance, 2), keep = false;
	size_t i, upto = draw(&chance, nchange + 1);

	for (i = 0; i < nchange; i++) {
		if (!i || changes[i].op != changes[i - 1].op)
			keep = any ? draw(&chance, 2) : i < upto;
		if (keep)
			changes[i].name->kept = changes[i].to;
	}
	nchange = 0;
}

/* Is the folder that holds it there? */
static bool reachable(const struct name *n)
{
	size_t i;

	for (i = 0; i < nname; i++)
		if (in_folder(n->path, names[i].path) && !names[i].kept)
			return false;
	return true;
}

static void write_file(const struct name *n)
{
	int fd = __real_open(n->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || __real_write(fd, n->kept->kept, n->kept->len) != (ssize_t)n->kept->len)
		disk_give_up("a file cannot be written");
	__real_close(fd);
}

/* Folders first, and their files last. */
static void make_real(void)
{
	size_t i;
	char shm[NAME_LEN + 8];

	for (i = 0; i < nname; i++) {
		__real_unlink(names[i].path);
		snprintf(shm, sizeof shm, "%.*s-shm", NAME_LEN - 1, names[i].path);
		__real_unlink(shm);
	}
	for (i = 0; i < nname; i++)
		__real_rmdir(names[i].path);
	for (i = 0; i < nname; i++) {
		if (!reachable(names + i))
			names[i].kept = NULL;
		if (names[i].kept && names[i].kept->folder)
			__real_mkdir(names[i].path, 0700);
	}
	for (i = 0; i < nname; i++) {
		if (names[i].kept && !names[i].kept->folder)
			write_file(names + i);
		names[i].now = names[i].kept;
	}
}

void disk_power(void)
{
	struct inode *n;

	for (n = all; n; n = n->next)
		inode_lose(n, &chance);
	lose_names();
	make_real();
	memset(of_fd, 0, sizeof of_fd);
	memset(folder_of_fd, 0, sizeof folder_of_fd);
	off = false;
	cut_op = 0;
}

/* ---- what is asked of the kernel ------------------------------------------------------------------------------ */

static struct inode *inode_of(int fd)
{
	return fd >= 0 && fd < FDS ? of_fd[fd] : NULL;
}

bool disk_dead(int fd, const char *path)
{
	char abs[NAME_LEN];

	if (!off)
		return false;
	if (path)
		return ours(full(path, abs));
	return inode_of(fd) || (fd >= 0 && fd < FDS && folder_of_fd[fd][0]);
}

void disk_known(const char *path)
{
	char abs[NAME_LEN];

	if (ours(full(path, abs)))
		known(abs);
}

void disk_opened(int fd, const char *path, bool made, bool emptied)
{
	char abs[NAME_LEN];
	struct name *n;
	struct stat st;

	if (!prefix[0] || fd >= FDS)
		return;
	full(path, abs);
	of_fd[fd] = NULL;
	folder_of_fd[fd][0] = 0;
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode)) {
		snprintf(folder_of_fd[fd], NAME_LEN, "%s", abs);
		return;
	}
	if (!ours(abs))
		return;
	n = name_of(abs);
	if (made) {
		step();
		change(n, new_inode(false), ++change_op);
	} else if (emptied && step()) {
		inode_write(n->now, NULL, 0, 0);
	}
	of_fd[fd] = n->now;
}

void disk_closed(int fd)
{
	if (fd < 0 || fd >= FDS)
		return;
	of_fd[fd] = NULL;
	folder_of_fd[fd][0] = 0;
}

void disk_wrote(int fd, const void *data, size_t len, off_t at)
{
	struct inode *n = inode_of(fd);

	if (!n)
		return;
	step(); /* one under way when the power goes may be torn */
	inode_write(n, data, len, at);
}

void disk_cut(int fd, off_t len)
{
	struct inode *n = inode_of(fd);

	if (!n)
		return;
	step();
	inode_write(n, NULL, 0, len);
}

void disk_synced(int fd)
{
	struct inode *n = inode_of(fd);

	if (n && step())
		inode_keep(n);
	else if (!n && fd >= 0 && fd < FDS && folder_of_fd[fd][0] && step())
		keep_names(folder_of_fd[fd]);
}

void disk_renamed(const char *from, const char *to)
{
	char a[NAME_LEN], b[NAME_LEN];
	struct name *old, *new;
	struct inode *n;

	if (!ours(full(from, a)) || !ours(full(to, b)))
		return;
	step();
	old = name_of(a);
	new = name_of(b);
	n = old->now;
	change(new, n, ++change_op);
	change(old, NULL, change_op);
}

void disk_linked(const char *from, const char *to)
{
	char a[NAME_LEN], b[NAME_LEN];

	if (!ours(full(from, a)) || !ours(full(to, b)))
		return;
	step();
	change(name_of(b), name_of(a)->now, ++change_op);
}

void disk_unlinked(const char *path)
{
	char abs[NAME_LEN];

	if (!ours(full(path, abs)))
		return;
	step();
	change(name_of(abs), NULL, ++change_op);
}

void disk_made(const char *path)
{
	char abs[NAME_LEN];

	if (!ours(full(path, abs)))
		return;
	step();
	change(name_of(abs), new_inode(true), ++change_op);
}
