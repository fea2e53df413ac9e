/* clock.h - hybrid logical clock: 48 bits of milliseconds, 16 of counter, in an int64_t.
 *
 * After Kulkarni et al., "Logical Physical Clocks" (2014). A record gets its final clock
 * when it is sealed (pack.h), from the wall clock at which it was written, corrected by the
 * offset learnt from the parent, and always above every clock it could have seen.
 */
#ifndef STORAGE_CLOCK_H
#define STORAGE_CLOCK_H

#include "storage/store.h"

#include <stdbool.h>

#define CLOCK_SHIFT 16
#define CLOCK_SECOND \
	(INT64_C(1000) << CLOCK_SHIFT)      /* final clocks are whole seconds where they can be */
#define CLOCK_AHEAD_MS (24 * 3600 * 1000LL) /* further ahead of us: set aside */

static inline int64_t clock_from_ms(int64_t ms)
{
	return ms < 0 ? 0 : ms << CLOCK_SHIFT;
}
static inline int64_t clock_ms(int64_t clock)
{
	return clock >> CLOCK_SHIFT;
}

/* Our best idea of the true time, ms since 1970; and of what it was when our clock said wall_ms. The
 * parent's word corrects our clock, until that shows that it was set right itself. */
int64_t clock_now_ms(struct store *s);
int64_t clock_true_ms(struct store *s, int64_t wall_ms);
/* The parent says it is parent_ms now; half_trip_ms ago it said so. */
int clock_learn(struct store *s, int64_t parent_ms, int64_t half_trip_ms);
/* True when this node's clock, so corrected, is provably wrong: before what it has seen. */
bool clock_is_behind(struct store *s);
/* Highest final clock seen here. */
int clock_seen(struct store *s, int64_t *clock);
int clock_saw(struct store *s, int64_t clock); /* raises it */

#endif
