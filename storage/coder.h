/* coder.h - an adaptive binary range coder: one function writes a thing or reads it back.
 *
 * Every decision is a bit with a probability that is learnt on the way, by the same steps on both
 * sides: calls made in the same order with the same contexts give back what was put in. Whole numbers
 * only, so that every machine learns the same. protocol/PROTOCOL.md says it in full.
 *
 * Writing, the value handed in is written and returned; reading, it is ignored and what was read is
 * returned. Bytes that nobody wrote give nonsense within the stated ranges, never more work than the
 * calls ask for; coder_end() tells.
 */
#ifndef STORAGE_CODER_H
#define STORAGE_CODER_H

#include "storage/buf.h"

#include <stdbool.h>

#define MODEL_BITS 16 /* 2^16 places for probabilities: 256 KiB, whatever is read */
#define TEXT_ORDERS 5 /* opinions on the next bit of a text */

/* What has been learnt. */
struct model {
	uint32_t chance[1 << MODEL_BITS]; /* see coder.c */
	uint16_t rate[256];               /* how far it moves, by n */
	int16_t stretch[4096];            /* logarithms of odds */
	int32_t weight[TEXT_ORDERS + 1][TEXT_ORDERS];
};

struct coder {
	struct model *m;  /* borrowed */
	struct buf *out;  /* borrowed; NULL when reading */
	const uint8_t *p; /* reading: borrowed until coder_end() */
	const uint8_t *end;
	uint64_t low; /* writing: lower end of the range, and a carry */
	uint32_t range;
	uint32_t code; /* reading: where in the range the bytes point */
	size_t held;   /* writing: bytes 0xff that wait for a carry */
	uint8_t cache; /* writing: the byte before them */
	bool begun;    /* writing: cache is one */
	unsigned over; /* reading: bytes asked for beyond the end */
	bool bad;      /* reading: a number longer than there are */
};

void model_init(struct model *m);
/* What was learnt counts for less from now on, so that what comes is learnt faster. */
void model_soften(struct model *m);

void coder_write(struct coder *c, struct model *m, struct buf *out);
void coder_read(struct coder *c, struct model *m, const void *data, size_t len);
/* Writing: the last bytes. Reading: true when all bytes were needed and none was lacking. */
bool coder_end(struct coder *c);
static inline bool coder_reading(const struct coder *c)
{
	return !c->out;
}

/* A context of a and b. */
static inline uint32_t ctx_of(uint32_t a, uint32_t b)
{
	uint32_t h = (a ^ (b + 0x7f4a7c15u)) * 0x9e3779b1u;

	return h ^ h >> 15;
}

unsigned coder_bit(struct coder *c, uint32_t ctx, unsigned bit);
/* A number below 2^bits, highest bit first. */
unsigned coder_tree(struct coder *c, uint32_t ctx, unsigned bits, unsigned v);
/* Any number: its length in bits, then those below the highest. */
uint64_t coder_number(struct coder *c, uint32_t ctx, uint64_t v);
/* len bytes; ctx is the kind of text. Writing: those at in; reading: in is NULL. They are put at
 * out, which may be NULL when writing. */
void coder_text(struct coder *c, uint32_t ctx, const uint8_t *in, uint8_t *out, size_t len);

/* A signed number as one that is small when it is near zero. */
static inline uint64_t zigzag(uint64_t v)
{
	return v << 1 ^ (0 - (v >> 63));
}
static inline uint64_t unzigzag(uint64_t v)
{
	return v >> 1 ^ (0 - (v & 1));
}

#endif
