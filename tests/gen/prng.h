/* prng.h - chance that comes out the same on every machine and in every run.
 *
 * splitmix64 (Steele, Lea, Flood, 2014): a stream is told by its seed alone, so that a household is
 * the same whichever run makes it.
 */
#ifndef GEN_PRNG_H
#define GEN_PRNG_H

#include <stdint.h>

static inline uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}
/* A seed for something inside what seed stands for. */
static inline uint64_t mix2(uint64_t seed, uint64_t with)
{
	return mix(seed ^ mix(with));
}
static inline uint64_t draw(uint64_t *stream)
{
	*stream += 0x9e3779b97f4a7c15u;
	return mix(*stream);
}
/* In [0, 1). */
static inline double draw_unit(uint64_t *stream)
{
	return (double)(draw(stream) >> 11) / 9007199254740992.0;
}
/* In 0..n-1. */
static inline unsigned draw_below(uint64_t *stream, unsigned n)
{
	return (unsigned)(draw_unit(stream) * n);
}

/* Where i comes when n things are shuffled: four Feistel rounds over the next power of four, walked
 * until it lies below n (Black and Rogaway, 2002). */
static inline uint32_t shuffled(uint64_t seed, uint32_t i, uint32_t n)
{
	unsigned half = 1;
	while (half < 16 && 1ull << (2 * half) < n)
		half++;
	uint32_t mask = (1u << half) - 1;
	do {
		uint32_t left = i >> half, right = i & mask;
		for (unsigned round = 0; round < 4; round++) {
			uint32_t next = left ^ ((uint32_t)mix2(seed + round, right) & mask);
			left = right;
			right = next;
		}
		i = left << half | right;
	} while (i >= n);
	return i;
}

#endif
