/* disk_inode.c - a file's bytes on the disk, and what was written and not synced. */
#include "tests/crash/disk_inode.h"
#include "tests/crash/draw.h"
#include "tests/crash/wrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A write that is not synced. data NULL: the file was cut, or grew, to at. */
struct write {
	uint8_t *data;
	size_t len, at;
	struct write *next;
};

void disk_give_up(const char *why)
{
	fprintf(stderr, "disk: %s\n", why);
	abort();
}

void *disk_take(size_t n)
{
	void *p = __real_calloc(1, n + 1);

	if (!p)
		disk_give_up("out of memory");
	return p;
}

static void free_writes(struct inode *n)
{
	struct write *w, *next;

	for (w = n->first; w; w = next) {
		next = w->next;
		__real_free(w->data);
		__real_free(w);
	}
	n->first = n->last = NULL;
}

static void put(struct inode *n, const uint8_t *data, size_t len, size_t at)
{
	if (at + len > n->len) {
		n->kept = __real_realloc(n->kept, at + len + 1);
		if (!n->kept)
			disk_give_up("out of memory");
		memset(n->kept + n->len, 0, at + len - n->len);
		n->len = at + len;
	}
	memcpy(n->kept + at, data, len);
}

static void resize(struct inode *n, size_t len)
{
	if (len > n->len)
		put(n, (const uint8_t *)"", len ? 1 : 0, len - 1);
	n->len = len;
}

void inode_write(struct inode *n, const void *data, size_t len, off_t at)
{
	struct write *w = disk_take(sizeof *w);

	w->len = len;
	w->at = (size_t)at;
	if (data) {
		w->data = disk_take(len);
		memcpy(w->data, data, len);
	}
	if (n->last)
		n->last->next = w;
	else
		n->first = w;
	n->last = w;
}

void inode_keep(struct inode *n)
{
	struct write *w;

	for (w = n->first; w; w = w->next) {
		if (w->data)
			put(n, w->data, w->len, w->at);
		else
			resize(n, w->at);
	}
	free_writes(n);
}

/* Some sectors of a write get there; the others, where the file grew, hold what was there. */
static void keep_some(struct inode *n, const struct write *w, size_t sector, unsigned percent,
                      uint64_t *chance)
{
	size_t at = w->at, end = w->at + w->len, upto, i;

	for (; at < end; at = upto) {
		upto = (at / sector + 1) * sector;
		upto = upto < end ? upto : end;
		if (draw(chance, 100) < percent) {
			put(n, w->data + (at - w->at), upto - at, at);
		} else if (upto > n->len && draw(chance, 2)) {
			i = n->len > at ? n->len : at;
			resize(n, upto);
			for (; i < upto; i++)
				n->kept[i] = (uint8_t)draw(chance, 256);
		}
	}
}

void inode_lose(struct inode *n, uint64_t *chance)
{
	static const unsigned percents[] = {0, 10, 50, 90, 100};
	size_t sector = draw(chance, 2) ? 512 : 4096, upto = SIZE_MAX;
	unsigned percent = percents[draw(chance, 5)];
	struct write *w;

	if (draw(chance, 3) == 0) { /* in their order, up to somewhere */
		upto = draw(chance, 40);
		percent = 100;
	}
	for (w = n->first; w && upto--; w = w->next) {
		if (w->data)
			keep_some(n, w, sector, percent, chance);
		else if (draw(chance, 100) < percent)
			resize(n, w->at);
	}
	free_writes(n);
}

struct inode *inode_new(bool folder)
{
	struct inode *n = disk_take(sizeof *n);

	n->folder = folder;
	return n;
}

void inode_free(struct inode *n)
{
	free_writes(n);
	__real_free(n->kept);
	__real_free(n);
}
