/* draw.h - random numbers that a seed gives again: splitmix64. */
#ifndef TESTS_CRASH_DRAW_H
#define TESTS_CRASH_DRAW_H

#include <stdint.h>

/* 0 to below n; n above 0. */
static inline uint64_t draw(uint64_t *state, uint64_t n)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % n;
}

#endif
