/* clock.c - the hybrid logical clock's state. */
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/mutant.h"

int64_t clock_now_ms(struct store *s)
{
	int64_t offset, seen, now;

	meta_int(s, "offset_ms", &offset);
	clock_seen(s, &seen);
	now = s->env->now_ms(s->env->arg) + offset;
	/* it is later than what we have seen */
	return now > clock_ms(seen) || MUTANT_IS(26) ? now : clock_ms(seen);
}

int clock_learn(struct store *s, int64_t parent_ms, int64_t half_trip_ms)
{
	return meta_set_int(s, "offset_ms", parent_ms + half_trip_ms - s->env->now_ms(s->env->arg));
}

bool clock_is_behind(struct store *s)
{
	int64_t offset, seen;

	meta_int(s, "offset_ms", &offset);
	clock_seen(s, &seen);
	return s->env->now_ms(s->env->arg) + offset < clock_ms(seen);
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
