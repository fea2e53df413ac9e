/* unit_row.h - a unit as it is stored; for storage/ only. */
#ifndef STORAGE_UNIT_ROW_H
#define STORAGE_UNIT_ROW_H

#include "storage/unit.h"

#include <sqlite3.h>

#define UNIT_COLUMNS "id, parent, level, code, name, valid_from, valid_to, households, population"

/* st selects UNIT_COLUMNS. */
void unit_read(sqlite3_stmt *st, struct unit *out);

/* Compared folded: spelling differs between sources. */
bool unit_same_name(const char *a, const char *b);

/* What a row of a list is to u, a stored unit of its code. Codes are reused: with another first day
 * it is another unit, unless one of the two days is only assumed (keyed: row->valid_from is the row's
 * own day, or where not dated no day at all). A list of a day means the units in force on it: with
 * another name or parent it is another unit, that takes over from u. */
enum unit_means { UNIT_OTHER, UNIT_SAME, UNIT_TAKES_OVER };
enum unit_means unit_means(struct store *s, const struct unit *row, const char *parent_code,
                           bool keyed, bool dated, const struct unit *u);

/* A unit that ended and what it became. */
struct unit_end {
	int64_t unit, became;
	char day[11]; /* first day of what it became */
	bool goes_on; /* only a part left: the unit does not end */
};

/* Puts down each of n: the successor row, and the last day of unit, the day before. What is down
 * already stays. Opens its own transactions, one a scope. ERR_DENIED on another node than the root. */
int unit_end_all(struct store *s, const struct unit_end *end, size_t n);
/* The root under the name of u from u->valid_from; what it was is kept as a unit that ended. */
int unit_rename_root(struct store *s, struct tx *tx, const struct unit *u);
/* The unit of that code in force on the day; ERR_NOTFOUND without text. */
int unit_on(struct store *s, const char *code, const char *day, struct unit *out);

#endif
