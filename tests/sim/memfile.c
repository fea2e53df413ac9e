/* memfile.c - files in memory. */
#include "tests/sim/memfile.h"
#include "tests/sim/prng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 96

static struct file files[FILES_MAX];
static unsigned cut_after;
static int cut;

/* ---- files -------------------------------------------------------------------------------------- */

struct file *file_find(const char *name)
{
	size_t i;

	for (i = 0; i < FILES_MAX; i++)
		if (files[i].name[0] && !strcmp(files[i].name, name))
			return &files[i];
	return NULL;
}

struct file *file_make(const char *name)
{
	struct file *f = file_find(name);
	size_t i;

	for (i = 0; !f && i < FILES_MAX; i++)
		if (!files[i].name[0])
			f = &files[i];
	if (f)
		snprintf(f->name, sizeof f->name, "%s", name);
	return f;
}

void *file_memory(void *p)
{
	if (!p) {
		fprintf(stderr, "sim: out of memory\n");
		abort();
	}
	return p;
}

static void file_room(struct file *f, size_t len)
{
	if (len > f->cap) {
		f->cap = len + len / 2 + 4096;
		f->data = file_memory(realloc(f->data, f->cap));
	}
}

void file_resize(struct file *f, size_t len)
{
	file_room(f, len);
	if (len > f->len)
		memset(f->data + f->len, 0, len - f->len);
	f->len = len;
}

static void forget_late(struct file *f)
{
	size_t i;

	for (i = 0; i < f->nlate; i++) {
		free(f->late[i].was);
		free(f->late[i].is);
	}
	f->nlate = 0;
}

void file_drop_shm(struct file *f)
{
	size_t i;

	for (i = 0; i < SHM_MAX; i++) {
		free(f->shm[i]);
		f->shm[i] = NULL;
	}
}

void file_drop(struct file *f)
{
	forget_late(f);
	file_drop_shm(f);
	free(f->late);
	free(f->data);
	memset(f, 0, sizeof *f);
}

int file_power_gone(void)
{
	if (cut_after && !--cut_after)
		cut = 1;
	return cut;
}

static void note_late(struct file *f, const void *data, size_t len, size_t at)
{
	struct unsynced *u;

	if (f->nlate == f->cap_late) {
		f->cap_late = f->cap_late * 2 + 16;
		f->late = file_memory(realloc(f->late, f->cap_late * sizeof *f->late));
	}
	u = &f->late[f->nlate++];
	*u = (struct unsynced){.at = at, .len = len, .old_size = f->len};
	u->was = file_memory(calloc(1, len));
	u->is = file_memory(malloc(len));
	memcpy(u->is, data, len);
	if (at < f->len)
		memcpy(u->was, f->data + at, f->len - at < len ? f->len - at : len);
}

void memvfs_clear(void)
{
	size_t i;

	for (i = 0; i < FILES_MAX; i++)
		if (files[i].name[0])
			file_drop(&files[i]);
	cut = 0;
	cut_after = 0;
}

void memvfs_abandon(void)
{
	memset(files, 0, sizeof files);
	cut = 0;
	cut_after = 0;
}

void file_write(struct file *f, const void *data, size_t len, size_t at)
{
	if (cut_after)
		note_late(f, data, len, at);
	if (at > f->len)
		file_resize(f, at); /* a gap reads as zeros */
	file_room(f, at + len);
	if (at + len > f->len)
		f->len = at + len;
	memcpy(f->data + at, data, len);
}

void file_sync(struct file *f)
{
	forget_late(f);
}

/* ---- copies --------------------------------------------------------------------------------------- */

static void wal_name(const char *name, char out[NAME_LEN])
{
	snprintf(out, NAME_LEN, "%s-wal", name);
}

static void save_one(const char *name, uint8_t **data, size_t *len)
{
	const struct file *f = file_find(name);

	*data = NULL;
	*len = f ? f->len : 0;
	if (*len) {
		*data = file_memory(malloc(*len));
		memcpy(*data, f->data, *len);
	}
}

static void load_one(const char *name, const uint8_t *data, size_t len)
{
	struct file *f = file_make(name);

	file_memory(f);
	forget_late(f);
	file_drop_shm(f);
	file_room(f, len);
	f->len = len;
	if (len)
		memcpy(f->data, data, len);
}

void memvfs_save(const char *name, struct image *out)
{
	char wal[NAME_LEN];

	wal_name(name, wal);
	save_one(name, &out->db, &out->db_len);
	save_one(wal, &out->wal, &out->wal_len);
}

void memvfs_load(const char *name, const struct image *in)
{
	char wal[NAME_LEN];

	wal_name(name, wal);
	load_one(name, in->db, in->db_len);
	load_one(wal, in->wal, in->wal_len);
}

void image_release(struct image *i)
{
	free(i->db);
	free(i->wal);
	*i = (struct image){0};
}

/* ---- power cuts ------------------------------------------------------------------------------------ */

void memvfs_cut_after(unsigned calls)
{
	cut_after = calls;
	cut = 0;
}

int memvfs_was_cut(void)
{
	return cut;
}

static void put(struct file *f, const struct unsynced *u, const uint8_t *data)
{
	if (u->at + u->len > f->len)
		file_resize(f, u->at + u->len);
	memcpy(f->data + u->at, data, u->len);
}

/* Back to what was synced, then some of the writes again, whole or torn in the middle. */
static void settle(struct file *f, struct prng *p)
{
	struct unsynced half;
	size_t i;

	for (i = f->nlate; i-- > 0;) {
		put(f, &f->late[i], f->late[i].was);
		file_resize(f, f->late[i].old_size);
	}
	for (i = 0; i < f->nlate; i++) {
		half = f->late[i];
		if (chance(p, 25))
			half.len /= 2;
		if (chance(p, 50))
			put(f, &half, half.is);
	}
	forget_late(f);
}

void memvfs_power(uint64_t seed)
{
	struct prng p = {seed};
	size_t i;

	for (i = 0; i < FILES_MAX; i++)
		if (files[i].name[0])
			settle(&files[i], &p);
	cut = 0;
	cut_after = 0;
}
