/* unit.h - the tree of places: province, district, commune, village.
 *
 * A unit is (code, valid_from): codes are reused over the years. Everything refers to a
 * unit by its row id.
 */
#ifndef STORAGE_UNIT_H
#define STORAGE_UNIT_H

#include "storage/csv.h"
#include "storage/store.h"

#include <stdbool.h>

#define UNIT_CODE_MAX 32
#define UNIT_DEPTH_MAX 16        /* a walk up the tree stops here: a loop in received rows ends */
#define UNIT_ALWAYS "1900-01-01" /* valid_from of a unit whose first day nobody gave */

enum level { LEVEL_NONE, LEVEL_PROVINCE, LEVEL_DISTRICT, LEVEL_COMMUNE, LEVEL_VILLAGE };

struct unit {
	int64_t id;
	int64_t parent; /* 0 for the root */
	enum level level;
	char code[UNIT_CODE_MAX];
	char name[NAME_MAX_LEN];
	char valid_from[11], valid_to[11]; /* YYYY-MM-DD; valid_to "" while in force */
	int64_t households, population;    /* -1 when not known */
};

const char *level_name(enum level l); /* "province"...; "" for LEVEL_NONE */
enum level level_of(const char *name);

int unit_get(struct store *s, int64_t id, struct unit *out);
/* The unit without a parent; ERR_NOTFOUND without text when it is not known here yet. */
int unit_root(struct store *s, int64_t *id);
/* By code (the one in force, else the newest), or by name, folded, when just one has it.
 * ERR_NOTFOUND names ref and, where there is one, the nearest code. */
int unit_find(struct store *s, const char *ref, struct unit *out);
/* True when unit is ancestor or below it; a unit that ended is also below what it became, where
 * that is one unit. */
bool unit_within(struct store *s, int64_t unit, int64_t ancestor);
/* The commune that holds unit (itself when it is one), 0 when there is none. */
int64_t unit_commune(struct store *s, int64_t unit);
/* Units directly below parent (0: the root), by code. u lives until fn returns; nonzero
 * ends the walk and is returned. */
int unit_each(struct store *s, int64_t parent, int (*fn)(void *arg, const struct unit *u),
              void *arg);

/* Adds one. parent 0 makes the root (only when there is none); its id is u->id, or where that
 * is 0 the unit that this node works for. The scope written to is the parent, so this opens its
 * own transaction. valid_from "" is UNIT_ALWAYS. ERR_EXISTS for the same code and valid_from. */
int unit_add(struct store *s, const struct unit *u, int64_t *id);
/* Puts a unit in place uncaptured, unless it is here: what a joining node knows of its own unit
 * from the invite. The row written by whoever made it takes its place as it comes. */
int unit_seed(struct store *s, const struct unit *u);
/* What unit_add() asks of a unit; the name is put in NFC, an empty valid_from filled in. */
int unit_check(struct unit *u);
/* Writes the row, inside a transaction of scope u->parent (the root: u->id). */
int unit_insert(struct store *s, const struct unit *u);

/* Imports a CSV with the columns code,name,level,parent_code and optionally valid_from, valid_to,
 * households, population; parents may come after children. Units that are there already are
 * left alone, or get households and population where those are new. valid_from (NULL or "": not
 * known) is the day of which the list is: a unit that stands in it with another name or parent than
 * until then takes over from it, which ends the day before. A bad row gets a call of
 * bad() (line number and text) and is left out; nothing is written when the header is wrong. */
struct unit_import_result {
	size_t added, known, bad;
};
int unit_import(struct store *s, const char *text, size_t len, const char *valid_from,
                void (*bad)(void *arg, unsigned line, const char *why), void *arg,
                struct unit_import_result *out);

/* Imports changes from a CSV, after the lists: old_code (or code), effective_date, and new_code,
 * kind (merged, split, abolished, renamed; without one merged, or renamed where there is a new_name),
 * new_name, new_parent. Each ends the old unit the day before (a split leaves it) and says what it
 * became. Rows whose old unit is not here count as elsewhere. What is known already stays. */
struct unit_change_result {
	size_t changed, known, elsewhere, bad;
};
int unit_change(struct store *s, const char *text, size_t len,
                void (*bad)(void *arg, unsigned line, const char *why), void *arg,
                struct unit_change_result *out);

#endif
