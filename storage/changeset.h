/* changeset.h - the bytes of a changeset (sqlite.org/sessionintro, "changeset format"), read and written
 * as they stand: sections, each a table's header and its changes.
 */
#ifndef STORAGE_CHANGESET_H
#define STORAGE_CHANGESET_H

#include "storage/buf.h"

#include <string.h>

#define CHANGE_COLUMNS 1600 /* of a table: more than a form may have */
#define CHANGE_NAME_MAX 72  /* bytes of a table's name, more than a form's table has */

enum value_type { V_UNDEFINED, V_INT, V_REAL, V_TEXT, V_BLOB, V_NULL }; /* as in the bytes */

struct cell {
	enum value_type type;
	uint32_t len; /* of a text or blob */
	union {
		uint64_t bits;    /* of an integer or a real; else 0 unless len */
		const uint8_t *p; /* of a text or blob with a length; borrowed */
	};
};

static inline int cell_same(const struct cell *a, const struct cell *b)
{
	if (a->type != b->type || a->len != b->len)
		return 0;
	return a->len ? !memcmp(a->p, b->p, a->len) : a->bits == b->bits;
}

struct section {
	unsigned ncol;
	const uint8_t *key;  /* ncol bytes; borrowed */
	const uint8_t *name; /* borrowed, without a terminator */
	size_t name_len;
};

/* Reads a table's header; bad is set when there is none, or one over the limits above. */
void section_read(struct cursor *c, struct section *s);
void section_write(struct buf *out, const struct section *s);
/* True at a header. */
static inline int section_next(const struct cursor *c)
{
	return c->p < c->end && *c->p == 'T';
}

void changeset_get(struct cursor *c, unsigned n, struct cell *cell); /* a record */
void changeset_put(struct buf *out, unsigned n, const struct cell *cell);

/* Appends the changeset with the changes of each section in the order of their ids: the order that
 * a session gives is that of a hash, and says nothing. One that is not of our tables (an integer in
 * column 0, the key) is appended as it is. */
void changeset_sorted(const uint8_t *set, size_t len, struct buf *out);

#endif
