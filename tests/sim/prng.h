/* prng.h - splitmix64: small, and the same everywhere. All of a history's chance comes from one. */
#ifndef TESTS_SIM_PRNG_H
#define TESTS_SIM_PRNG_H

#include <stdbool.h>
#include <stdint.h>

struct prng {
	uint64_t state;
};

static inline uint64_t mix64(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static inline uint64_t draw(struct prng *p)
{
	return mix64(p->state += 0x9e3779b97f4a7c15);
}

/* 0 to n - 1; n at least 1. */
static inline unsigned below(struct prng *p, unsigned n)
{
	return (unsigned)(draw(p) % n);
}

/* The lesser of two draws: small numbers more often. */
static inline unsigned skewed(struct prng *p, unsigned n)
{
	unsigned a = below(p, n), b = below(p, n);

	return a < b ? a : b;
}

static inline bool chance(struct prng *p, unsigned percent)
{
	return below(p, 100) < percent;
}

#endif
