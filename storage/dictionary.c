/* dictionary.c - what the reader and the writer of a pack know before its first byte. */
#include "storage/dictionary.h"
#include "storage/body.h"
#include "storage/embed.h"
#include "storage/err.h"
#include "storage/node.h"

#include <string.h>

#define TEXTS (48 * 1024) /* bytes of the texts in a dictionary */

/* What dictionary 1 leaves behind, made when it is first asked for: by the one thread that works on a
 * store. Only what is used of it takes memory. */
static struct learnt known;
static bool ready;

void dictionary_none(struct learnt *l)
{
	model_init(&l->model);
	memset(&l->columns, 0, sizeof l->columns);
}

/* Parts: the scope of a feed of the root, the length of what follows, a body without what names its
 * format. */
static int read_parts(struct cursor c)
{
	static uint8_t room[TEXTS];
	struct buf texts = {.data = room, .cap = sizeof room}, entries = {0};
	struct feed_key key = {.author = ROOT_NUMBER};
	struct cursor part;
	const uint8_t *p;
	size_t len;
	int rc = 0;

	dictionary_none(&known);
	while (!rc && cursor_left(&c)) {
		key.scope = (int64_t)cursor_varint(&c);
		len = (size_t)cursor_varint(&c);
		p = cursor_bytes(&c, len);
		part = cursor_of(p, p ? len : 0);
		buf_reset(&entries);
		rc = p ? body_learn(&key, part, &known, &texts, &entries)
		       : err(ERR_BAD, "a pack that does not unpack");
	}
	buf_release(&entries);
	return rc;
}

/* All that is used of it. */
static void copy(struct learnt *to, const struct learnt *from)
{
	struct columns *t = &to->columns;
	const struct columns *f = &from->columns;

	to->model = from->model;
	memcpy(t->table, f->table, f->ntable * sizeof *f->table);
	memcpy(t->column, f->column, f->ncolumn * sizeof *f->column);
	memcpy(t->value, f->value, f->nchunk * sizeof *f->value);
	memcpy(t->book, f->book, f->nbook * sizeof *f->book);
	t->ntable = f->ntable;
	t->ncolumn = f->ncolumn;
	t->nchunk = f->nchunk;
	t->nbook = f->nbook;
	t->bad = f->bad;
}

int dictionary_begin(unsigned number, struct learnt *l)
{
	const struct embed_file *file = embed_dictionary;
	int rc = 0;

	if (number == 0) {
		dictionary_none(l);
		return 0;
	}
	if (!ready)
		rc = read_parts(cursor_of(file->data, file->len));
	if (rc)
		return rc;
	if (!ready)
		model_soften(&known.model);
	ready = true;
	copy(l, &known);
	return 0;
}
