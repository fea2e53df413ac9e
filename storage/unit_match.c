/* unit_match.c - is a row of a list the unit that is here? */
#include "storage/err.h"
#include "storage/text.h"
#include "storage/unit_row.h"

#include <string.h>

bool unit_same_name(const char *a, const char *b)
{
	struct buf x = {0}, y = {0};
	bool same = !text_fold(a, &x) && !text_fold(b, &y) && !strcmp(buf_cstr(&x), buf_cstr(&y));

	buf_release(&x);
	buf_release(&y);
	return same;
}

static bool same_parent(struct store *s, const char *parent_code, const struct unit *u)
{
	struct unit parent;

	return !u->parent ? !*parent_code
	                  : !unit_get(s, u->parent, &parent) && !strcmp(parent.code, parent_code);
}

enum unit_means unit_means(struct store *s, const struct unit *row, const char *parent_code,
                           bool keyed, bool dated, const struct unit *u)
{
	bool name = unit_same_name(u->name, row->name);

	if (!strcmp(u->valid_from, row->valid_from))
		return UNIT_SAME;
	if (u->level != row->level)
		return UNIT_OTHER;
	if (keyed) {
		if (u->valid_to[0])
			return UNIT_OTHER;
		return !dated || (!strcmp(u->valid_from, UNIT_ALWAYS) && name) ? UNIT_SAME
		                                                               : UNIT_OTHER;
	}
	if (strcmp(u->valid_from, row->valid_from) > 0 ||
	    (u->valid_to[0] && strcmp(u->valid_to, row->valid_from) < 0))
		return UNIT_OTHER;
	return name && same_parent(s, parent_code, u) ? UNIT_SAME : UNIT_TAKES_OVER;
}
