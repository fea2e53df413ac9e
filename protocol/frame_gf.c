/* frame_gf.c - GF(256) by a table of one row, made when it is needed: nothing is kept. */
#include "protocol/frame_gf.h"

#include <string.h>

#define POLYNOMIAL 0x1d /* x^8, reduced */

static uint8_t doubled(uint8_t x)
{
	return (uint8_t)(x << 1 ^ (x & 0x80 ? POLYNOMIAL : 0));
}

uint8_t gf_mul(uint8_t a, uint8_t b)
{
	uint8_t product = 0;

	for (; b; b >>= 1, a = doubled(a))
		if (b & 1)
			product ^= a;
	return product;
}

uint8_t gf_inverse(uint8_t a)
{
	uint8_t power = a, inverse = 1;
	unsigned bit;

	for (bit = 1; bit < 8; bit++) { /* a^254, for a^255 is 1 */
		power = gf_mul(power, power);
		inverse = gf_mul(inverse, power);
	}
	return inverse;
}

/* row[x] = by * x: each x is the sum of its lowest bit and the rest. */
static void make_row(uint8_t by, uint8_t row[256])
{
	unsigned x, bit;

	row[0] = 0;
	for (bit = 1; bit < 256; bit <<= 1) {
		row[bit] = by;
		for (x = 1; x < bit; x++)
			row[bit + x] = row[bit] ^ row[x];
		by = doubled(by);
	}
}

static void add_plain(uint8_t *to, const uint8_t *from, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		to[i] ^= from[i];
}

void gf_add(uint8_t *to, const uint8_t *from, uint8_t by, size_t len)
{
	uint8_t row[256];
	size_t i;

	if (by == 0)
		return;
	if (by == 1) {
		add_plain(to, from, len);
		return;
	}
	make_row(by, row);
	for (i = 0; i + 4 <= len; i += 4) {
		to[i] ^= row[from[i]];
		to[i + 1] ^= row[from[i + 1]];
		to[i + 2] ^= row[from[i + 2]];
		to[i + 3] ^= row[from[i + 3]];
	}
	for (; i < len; i++)
		to[i] ^= row[from[i]];
}

void gf_scale(uint8_t *to, uint8_t by, size_t len)
{
	uint8_t row[256];
	size_t i;

	if (by == 1)
		return;
	make_row(by, row);
	for (i = 0; i < len; i++)
		to[i] = row[to[i]];
}

/* A hash that is not linear over bits: rows that were would soon depend on each other. */
uint8_t gf_coefficient(uint32_t index, uint32_t column)
{
	uint32_t h = index * UINT32_C(0x9e3779b9) + column * UINT32_C(0x85ebca6b) + 1;

	h = (h ^ h >> 16) * UINT32_C(0x7feb352d);
	h = (h ^ h >> 15) * UINT32_C(0x846ca68b);
	return (uint8_t)(h ^ h >> 16);
}
