/* model.h - a made-up province whose true shares are known.
 *
 * The population file gives each commune its people, households and villages. Shares differ from
 * commune to commune: towns are ahead, small and far communes behind. One number an indicator is
 * solved for so that the whole province comes out at the share set for it. Answers are then dealt to a
 * commune's households like cards (shuffled()), not thrown like dice, so that a commune of 900
 * households keeps its share too.
 */
#ifndef GEN_MODEL_H
#define GEN_MODEL_H

#include <stddef.h>
#include <stdint.h>

enum share { SMARTPHONE, FIBRE, EID, BANK, SHARES };
#define COVERAGE_SHARE 0.99 /* of villages */

struct commune {
	char code[16], name[64];
	uint64_t seed;
	uint32_t people, households, villages;
	double remote;        /* 0 in a big town; 1 and more for a small commune far out */
	double tilt;          /* makes the mean household as large as people / households */
	double adults;        /* a household, on average */
	double share[SHARES]; /* of its people, households or adults */
};

struct province {
	struct commune *commune; /* count of them, owned; in the file's order */
	size_t count;
	double reach; /* villages more remote than this have no signal */
};

struct household {
	uint32_t persons, adults;
	uint32_t smartphones, eid, bank, fibre;
};

extern const struct share_info {
	const char *code; /* as the built-in indicators have it */
	double share;     /* of the whole province */
	double slope;     /* how much worse it gets with distance, in log odds */
} shares[SHARES];

/* Reads the population file (its columns by name) and solves for the shares. Says what is wrong on
 * stderr and ends the process when it cannot. */
void province_load(struct province *p, const char *file, uint64_t seed);
void province_release(struct province *p);
/* NULL when there is none. */
const struct commune *province_commune(const struct province *p, const char *code);

/* Villages are 1..c->villages; they share the commune's households evenly. */
uint32_t village_households(const struct commune *c, uint32_t village);
int village_covered(const struct province *p, const struct commune *c, uint32_t village);
/* number is 1..village_households(). */
struct household household_draw(const struct commune *c, uint32_t village, uint32_t number);
/* A stream of its own for all else about it. */
uint64_t household_stream(const struct commune *c, uint32_t village, uint32_t number);

#endif
