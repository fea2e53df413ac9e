/* coder.c - the range coder, and how a bit's probability is learnt. */
#include "storage/coder.h"

#include <string.h>

#define TOP (1u << 24)
/* After so many times a probability moves by a 128th of the error: what changes is followed. */
#define LIMIT 127
#define SOFT 6               /* the same after model_soften() */
#define TEXT_RATE 64         /* how fast the weights of a text's orders move */
#define WEIGHT_MAX (1 << 20) /* 16: further than any text drives it, and no sum overflows */
#define SHORT 7              /* bits of a number that is short */
#define SHAPED 3 /* bits of a number below its highest that are learnt with those before them */

/* A chance is how probable a 1 is, in 65536ths (16 bits), how often it was asked (8), and a sign of whose
 * it is (8): in one word, for the sake of speed. */
#define CHANCE(p, n, sign) ((uint32_t)(p) << 16 | (uint32_t)(n) << 8 | (sign))
#define CHANCE_P(c) ((c) >> 16)
#define CHANCE_N(c) ((c) >> 8 & 0xff)
#define CHANCE_SIGN(c) ((c)&0xff)
#define EVEN (1u << 15)

void model_soften(struct model *m)
{
	uint32_t *c;

	for (c = m->chance; c < m->chance + (1 << MODEL_BITS); c++)
		if (CHANCE_N(*c) > SOFT)
			*c = CHANCE(CHANCE_P(*c), SOFT, CHANCE_SIGN(*c));
}

/* ---- bytes ----------------------------------------------------------------------------------- */

void coder_write(struct coder *c, struct model *m, struct buf *out)
{
	*c = (struct coder){.m = m, .out = out, .range = UINT32_MAX};
}

static uint32_t next_byte(struct coder *c)
{
	if (c->p < c->end)
		return *c->p++;
	c->over++;
	return 0;
}

void coder_read(struct coder *c, struct model *m, const void *data, size_t len)
{
	int i;

	*c = (struct coder){.m = m, .p = data, .range = UINT32_MAX};
	c->end = c->p + len;
	for (i = 0; i < 4; i++)
		c->code = c->code << 8 | next_byte(c);
}

/* The highest byte of low is settled, unless a carry may still come. */
static void shift_low(struct coder *c)
{
	unsigned carry = (unsigned)(c->low >> 32);

	if (c->low < 0xff000000 || carry) {
		if (c->begun)
			buf_u8(c->out, c->cache + carry);
		for (; c->held; c->held--)
			buf_u8(c->out, 0xff + carry);
		c->cache = (uint8_t)(c->low >> 24);
		c->begun = true;
	} else {
		c->held++;
	}
	c->low = (c->low & (TOP - 1)) << 8;
}

bool coder_end(struct coder *c)
{
	struct buf *out = c->out;
	int i;

	if (!out)
		return c->p == c->end && c->over <= 4 && !c->bad;
	/* of the numbers in the range the one with most zeros at its end, which are left out */
	c->low = (c->low + TOP - 1) & ~(uint64_t)(TOP - 1);
	for (i = 0; i < 5; i++)
		shift_low(c);
	for (i = 0; i < 4 && out->len && !out->data[out->len - 1]; i++)
		out->len--;
	return !out->err;
}

/* One bit of which a 1 has the probability p in 4096ths. */
static inline unsigned read_bit(struct coder *c, uint32_t p)
{
	uint32_t range = c->range, code = c->code, bound = (range >> 12) * p;
	unsigned bit = code < bound;

	code -= bit ? 0 : bound;
	range = bit ? bound : range - bound;
	while (range < TOP) {
		range <<= 8;
		code = code << 8 | next_byte(c);
	}
	c->range = range;
	c->code = code;
	return bit;
}

static inline void write_bit(struct coder *c, uint32_t p, unsigned bit)
{
	uint32_t bound = (c->range >> 12) * p;

	c->low += bit ? 0 : bound;
	c->range = bit ? bound : c->range - bound;
	for (; c->range < TOP; c->range <<= 8)
		shift_low(c);
}

static inline unsigned put_bit(struct coder *c, uint32_t p, unsigned bit)
{
	if (coder_reading(c))
		return read_bit(c, p);
	write_bit(c, p, bit);
	return bit;
}

/* ---- decisions ----------------------------------------------------------------------------------- */

static inline uint32_t clamp(uint32_t p)
{
	return p < 1 ? 1 : p > 4095 ? 4095 : p;
}

/* The chance of a node of a context: in one of two places, or in that of the two that was asked less
 * often, which is then forgotten. */
static inline uint32_t *chance_of(struct model *m, uint32_t ctx, unsigned node)
{
	uint32_t h = (ctx + node * 0x2545f491u) * 0x9e3779b1u, at = h >> (32 - MODEL_BITS);
	uint32_t sign = h >> (24 - MODEL_BITS) & 0xff, *c = &m->chance[at], *d = &m->chance[at ^ 1];

	if (CHANCE_SIGN(*c) == sign)
		return c;
	if (CHANCE_SIGN(*d) == sign)
		return d;
	if (CHANCE_N(*d) < CHANCE_N(*c))
		c = d;
	*c = CHANCE(EVEN, 0, sign);
	return c;
}

static inline void learn(const struct model *m, uint32_t *at, unsigned bit)
{
	uint32_t c = *at, p = CHANCE_P(c), n = CHANCE_N(c), rate = m->rate[n];

	p = bit ? p + ((65535 - p) * rate >> 16) : p - (p * rate >> 16);
	*at = CHANCE(p, n + (n < LIMIT), CHANCE_SIGN(c));
}

static inline unsigned node_bit(struct coder *c, uint32_t ctx, unsigned node, unsigned bit)
{
	uint32_t *at = chance_of(c->m, ctx, node);

	bit = put_bit(c, clamp(CHANCE_P(*at) >> 4), bit);
	learn(c->m, at, bit);
	return bit;
}

unsigned coder_bit(struct coder *c, uint32_t ctx, unsigned bit)
{
	return node_bit(c, ctx, 1, bit);
}

unsigned coder_tree(struct coder *c, uint32_t ctx, unsigned bits, unsigned v)
{
	unsigned node = 1, i = bits;

	while (i--)
		node = node << 1 | node_bit(c, ctx, node, v >> i & 1);
	return node - (1u << bits);
}

/* Short ones by three decisions, the others by six more. */
static unsigned code_length(struct coder *c, uint32_t ctx, unsigned len)
{
	unsigned got = coder_tree(c, ctx, 3, len < SHORT ? len : SHORT);

	return got < SHORT ? got : SHORT + coder_tree(c, ctx_of(ctx, 0), 6, len - SHORT);
}

uint64_t coder_number(struct coder *c, uint32_t ctx, uint64_t v)
{
	unsigned len = 0, i;
	uint64_t got = 1;

	while (len < 64 && v >> len)
		len++;
	len = code_length(c, ctx, len);
	if (len > 64)
		c->bad = true;
	if (len < 2 || c->bad)
		return len;
	ctx = ctx_of(ctx, len);
	for (i = len - 1; i--;)
		got = got << 1 |
		      node_bit(c, ctx, len - i <= SHAPED + 1 ? (unsigned)got : 16 + i, v >> i & 1);
	return got;
}

/* ---- texts ---------------------------------------------------------------------------------------- */

/* 4096 / (1 + e^-x) for x = -8, -7.5 ... 8 */
static const uint16_t logistic[33] = {1,    2,    3,    6,    10,   16,   27,   45,   73,
                                      120,  194,  310,  488,  747,  1101, 1546, 2047, 2549,
                                      2994, 3348, 3607, 3785, 3901, 3975, 4022, 4050, 4068,
                                      4079, 4085, 4089, 4092, 4093, 4094};

/* The probability whose logarithm of odds is d / 256. */
static uint32_t squash(int32_t d)
{
	uint32_t at, w;

	if (d > 2047)
		return 4095;
	if (d < -2047)
		return 1;
	at = (uint32_t)(d + 2048);
	w = at & 127;
	at >>= 7;
	return (logistic[at] * (128 - w) + logistic[at + 1] * w + 64) >> 7;
}

static void init_stretch(struct model *m)
{
	uint32_t p = 0, v;
	int32_t d;

	for (d = -2047; d <= 2047; d++)
		for (v = squash(d); p <= v; p++)
			m->stretch[p] = (int16_t)d;
	for (; p < 4096; p++)
		m->stretch[p] = 2047;
}

void model_init(struct model *m)
{
	size_t i, k;

	for (i = 0; i < 1 << MODEL_BITS; i++)
		m->chance[i] = CHANCE(EVEN, 0, 0);
	for (i = 0; i <= TEXT_ORDERS; i++)
		for (k = 0; k < TEXT_ORDERS; k++)
			m->weight[i][k] = 20000;
	init_stretch(m);
	for (i = 0; i < 256; i++)
		m->rate[i] = (uint16_t)(131072 / (2 * i + 3));
}

/* n >> bits, towards the lower number also where the language leaves it open. */
static int32_t shift_down(int64_t n, int bits)
{
	return (int32_t)(n >= 0 ? n >> bits : -((-n + (1 << bits) - 1) >> bits));
}

/* The next bit of a text: what each order says of it, weighed by how right it was before. */
static unsigned text_bit(struct coder *c, const uint32_t ctx[TEXT_ORDERS], unsigned node,
                         unsigned bit)
{
	struct model *m = c->m;
	uint32_t *at[TEXT_ORDERS], p;
	int32_t said[TEXT_ORDERS], *w, error;
	int64_t sum = 0;
	unsigned i, voices = 0;

	for (i = 0; i < TEXT_ORDERS; i++) {
		at[i] = chance_of(m, ctx[i], node);
		said[i] = CHANCE_N(*at[i]) ? m->stretch[CHANCE_P(*at[i]) >> 4] : 0;
		voices += CHANCE_N(*at[i]) != 0;
	}
	w = m->weight[voices];
	for (i = 0; i < TEXT_ORDERS; i++)
		sum += (int64_t)w[i] * said[i];
	p = clamp(squash(shift_down(sum, 16)));
	bit = put_bit(c, p, bit);
	error = ((int32_t)(bit << 12) - (int32_t)p) * TEXT_RATE;
	for (i = 0; i < TEXT_ORDERS; i++) {
		w[i] += shift_down((int64_t)said[i] * error + (1 << 15), 16);
		w[i] = w[i] > WEIGHT_MAX ? WEIGHT_MAX : w[i] < -WEIGHT_MAX ? -WEIGHT_MAX : w[i];
		learn(m, at[i], bit);
	}
	return bit;
}

void coder_text(struct coder *c, uint32_t ctx, const uint8_t *in, uint8_t *out, size_t len)
{
	uint32_t of[TEXT_ORDERS], past = 0; /* the last four bytes */
	unsigned node, i;
	size_t at;

	for (at = 0; at < len; at++) {
		of[0] = ctx;
		of[1] = ctx_of(ctx, past & 0xff);
		of[2] = ctx_of(2, past & 0xffff);
		of[3] = ctx_of(3, past & 0xffffff);
		of[4] = ctx_of(4, past);
		for (node = 1, i = 8; i--;)
			node = node << 1 | text_bit(c, of, node, in ? in[at] >> i & 1u : 0);
		if (out)
			out[at] = (uint8_t)node;
		past = past << 8 | (node & 0xff);
	}
}
