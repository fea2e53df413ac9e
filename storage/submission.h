/* submission.h - reports that are handed in: a period's figures of a unit, frozen.
 *
 * Handing in writes the figures as lines of text into a row of f__submission in the unit's open feed.
 * So it travels up, to whom the unit's records go, in a pack that its author signed, and everybody
 * there reads the same bytes. Only offices and the root write such rows, and nobody changes or deletes
 * one: a correction is another row with the next version.
 *
 * The text, lines ended by a line feed:
 *	cayda submission 1
 *	unit CODE VALID-FROM NAME
 *	period 2026-Q3 FIRST-DAY LAST-DAY
 *	until DAY                      records dated up to it were counted
 *	CODE NUMERATOR DENOMINATOR     each indicator, in the order of the codes; "-": a plain number
 */
#ifndef STORAGE_SUBMISSION_H
#define STORAGE_SUBMISSION_H

#include "storage/buf.h"
#include "storage/period.h"
#include "storage/store.h"

#include <stdbool.h>

#define SUBMISSION_NOTE_MAX 500 /* bytes: a sentence or two */

/* When a report of that kind is due: as the root set it, else as period_deadline(). */
int submission_deadline(struct store *s, enum period_kind kind, struct deadline *out);
/* Sets it for everybody below. ERR_DENIED but on the root, ERR_BAD for a day that is none. */
int submission_set_deadline(struct store *s, enum period_kind kind, const struct deadline *d);

/* The figures of a unit as they are here now, with records up to the day until; appended. */
int submission_figures(struct store *s, int64_t unit, const struct period *p, const char *until,
                       struct buf *out);
/* Hands them in, in a transaction of its own; until is today or the period's last day, whichever is
 * earlier. ERR_DENIED on a device or for a unit that this node does not work for, ERR_EXISTS when the
 * last version says the same, ERR_BAD before the period began or for a PERIOD_DAYS. note may be NULL;
 * person is a member's row id or 0. */
int submission_add(struct store *s, int64_t unit, const struct period *p, const char *note,
                   int64_t person, int64_t *id);

struct submission {
	int64_t id, unit, person;   /* person 0: not known */
	const char *period, *until; /* as above */
	int64_t version;
	const char *note;    /* or NULL */
	const char *figures; /* NUL-terminated; of a peer: any text */
	uint8_t hash[HASH_LEN];
	bool intact;   /* the hash is that of the figures */
	uint32_t node; /* who wrote it, and signed the pack that brought it */
};
/* Those of a period (NULL: all) and a unit (0: all), by unit, period, version, id; x lives until fn
 * returns, nonzero ends the walk and is returned. */
int submission_each(struct store *s, int64_t unit, const char *period,
                    int (*fn)(void *arg, const struct submission *x), void *arg);
/* When it was written, by its author's clock put right; *pending: here, and not sealed yet. Reads
 * the packs of its feed. */
int submission_when(struct store *s, const struct submission *x, int64_t *ms, bool *pending);

#endif
