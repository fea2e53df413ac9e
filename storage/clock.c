/* clock.c - the hybrid logical clock's state. */
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/mutant.h"

#include <stdlib.h>

#define RESET_MS (30 * CLOCK_AHEAD_MS) /* a clock that was off by more has no battery */

int64_t clock_true_ms(struct store *s, int64_t wall_ms)
{
	int64_t offset, learnt;

	meta_int(s, "offset_ms", &offset);
	meta_int(s, "learnt_ms", &learnt);
	if (llabs(offset) > RESET_MS && wall_ms >= learnt &&
	    (offset > 0 || wall_ms + offset < learnt))
		return wall_ms; /* it has been set right since */
	return wall_ms + offset;
}

int64_t clock_now_ms(struct store *s)
{
	int64_t now = clock_true_ms(s, s->env->now_ms(s->env->arg)), seen;

	clock_seen(s, &seen);
	/* it is later than what we have seen */
	return now > clock_ms(seen) || MUTANT_IS(26) ? now : clock_ms(seen);
}

int clock_learn(struct store *s, int64_t parent_ms, int64_t half_trip_ms)
{
	int64_t now = parent_ms + half_trip_ms;
	int rc = meta_set_int(s, "offset_ms", now - s->env->now_ms(s->env->arg));

	return rc ? rc : meta_set_int(s, "learnt_ms", now);
}

bool clock_is_behind(struct store *s)
{
	int64_t seen;

	clock_seen(s, &seen);
	return clock_true_ms(s, s->env->now_ms(s->env->arg)) < clock_ms(seen);
}

int clock_seen(struct store *s, int64_t *clock)
{
	int rc = meta_int(s, "clock", clock);

	return rc == ERR_NOTFOUND ? 0 : rc;
}

int clock_saw(struct store *s, int64_t clock)
{
	int64_t seen;
	int rc = clock_seen(s, &seen);

	if (rc || clock <= seen || MUTANT_IS(19))
		return rc;
	return meta_set_int(s, "clock", clock);
}
