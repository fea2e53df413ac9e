#include "tests/gen/model.h"

#include "tests/gen/prng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERSONS_MAX 8
#define CHILDREN_MAX 2

/* What Bac Giang had reached in 2022. */
const struct share_info shares[SHARES] = {
	[SMARTPHONE] = {"smartphone", 0.76, 0.5},
	[FIBRE] = {"fibre", 0.81, 0.8},
	[EID] = {"eid", 0.14, 0.4},
	[BANK] = {"bank", 0.40, 0.6},
};
static const double persons_weight[PERSONS_MAX + 1] = {0, 93, 176, 265, 256, 144, 52, 13, 1};
static const double children_weight[CHILDREN_MAX + 1] = {0.2, 0.4, 0.4};

enum deal { DEAL_PERSONS = SHARES, DEAL_CHILDREN };

/* ---- a household ----------------------------------------------------------------------------- */

static uint32_t adults_of(uint32_t persons, uint32_t children)
{
	return persons > children ? persons - children : 1;
}

static uint32_t pick(const double *weight, uint32_t n, double u)
{
	double sum = 0;
	for (uint32_t i = 0; i < n; i++)
		sum += weight[i];
	u *= sum;
	uint32_t i = 0;
	while (i + 1 < n && u >= weight[i])
		u -= weight[i++];
	return i;
}

static void tilted(double tilt, double out[PERSONS_MAX + 1])
{
	for (unsigned i = 0; i <= PERSONS_MAX; i++)
		out[i] = persons_weight[i] * exp(tilt * i);
}

/* How many of n say yes when each does with probability p: the number at u of its distribution. */
static uint32_t binomial(uint32_t n, double p, double u)
{
	double at = pow(1 - p, n);
	uint32_t k = 0;
	while (k < n && u >= at) {
		u -= at;
		at *= (n - k) / (k + 1.0) * p / (1 - p);
		k++;
	}
	return k;
}

static uint32_t first_of_village(const struct commune *c, uint32_t village)
{
	uint32_t each = c->households / c->villages, more = c->households % c->villages;
	return (village - 1) * each + (village - 1 < more ? village - 1 : more);
}

uint32_t village_households(const struct commune *c, uint32_t village)
{
	return first_of_village(c, village + 1) - first_of_village(c, village);
}

/* The card that household i of the commune holds in one deal: even over [0, 1). */
static double card(const struct commune *c, unsigned deal, uint32_t i)
{
	return (shuffled(mix2(c->seed, deal), i, c->households) + 0.5) / c->households;
}

struct household household_draw(const struct commune *c, uint32_t village, uint32_t number)
{
	uint32_t i = first_of_village(c, village) + number - 1;
	double weight[PERSONS_MAX + 1];
	struct household h = {0};
	tilted(c->tilt, weight);
	h.persons = pick(weight, PERSONS_MAX + 1, card(c, DEAL_PERSONS, i));
	h.adults = adults_of(h.persons,
	                     pick(children_weight, CHILDREN_MAX + 1, card(c, DEAL_CHILDREN, i)));
	h.smartphones = binomial(h.persons, c->share[SMARTPHONE], card(c, SMARTPHONE, i));
	h.eid = binomial(h.adults, c->share[EID], card(c, EID, i));
	h.bank = binomial(h.adults, c->share[BANK], card(c, BANK, i));
	h.fibre = card(c, FIBRE, i) < c->share[FIBRE];
	return h;
}

uint64_t household_stream(const struct commune *c, uint32_t village, uint32_t number)
{
	return mix2(mix2(c->seed, 1000 + village), number);
}

/* ---- the province ---------------------------------------------------------------------------- */

static void fail(const char *file, const char *what)
{
	fprintf(stderr, "gen: %s: %s\n", file, what);
	exit(1);
}

static double mean_persons(double tilt)
{
	double weight[PERSONS_MAX + 1], sum = 0, total = 0;
	tilted(tilt, weight);
	for (unsigned i = 0; i <= PERSONS_MAX; i++) {
		sum += weight[i] * i;
		total += weight[i];
	}
	return sum / total;
}

static double mean_adults(double tilt)
{
	double weight[PERSONS_MAX + 1], sum = 0, total = 0;
	tilted(tilt, weight);
	for (uint32_t i = 1; i <= PERSONS_MAX; i++) {
		total += weight[i];
		for (uint32_t k = 0; k <= CHILDREN_MAX; k++)
			sum += weight[i] * children_weight[k] * adults_of(i, k);
	}
	return sum / total;
}

static double tilt_for(double mean)
{
	double low = -5, high = 5;
	for (int i = 0; i < 60; i++) {
		double mid = (low + high) / 2;
		*(mean_persons(mid) < mean ? &low : &high) = mid;
	}
	return low;
}

/* How many of those an indicator counts live in c. */
static double counted(const struct commune *c, unsigned share)
{
	if (share == SMARTPHONE)
		return c->people;
	return share == FIBRE ? c->households : c->households * c->adults;
}

/* Sets each commune's share for the province-wide log odds given; returns the province's share. */
static double share_at(struct province *p, unsigned share, double odds)
{
	double yes = 0, all = 0;
	for (size_t i = 0; i < p->count; i++) {
		struct commune *c = &p->commune[i];
		c->share[share] = 1 / (1 + exp(shares[share].slope * c->remote - odds));
		yes += c->share[share] * counted(c, share);
		all += counted(c, share);
	}
	return yes / all;
}

static double village_remote(const struct commune *c, uint32_t village)
{
	uint64_t stream = mix2(c->seed, 2000 + village);
	return c->remote + 2 * draw_unit(&stream);
}

int village_covered(const struct province *p, const struct commune *c, uint32_t village)
{
	return village_remote(c, village) < p->reach;
}

static int descending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x < y) - (x > y);
}

static void solve_reach(struct province *p)
{
	size_t n = 0, k = 0;
	for (size_t i = 0; i < p->count; i++)
		n += p->commune[i].villages;
	double *remote = calloc(n + 1, sizeof *remote);
	if (!remote)
		fail("villages", "out of memory");
	for (size_t i = 0; i < p->count; i++)
		for (uint32_t v = 1; v <= p->commune[i].villages; v++)
			remote[k++] = village_remote(&p->commune[i], v);
	qsort(remote, n, sizeof *remote, descending);
	size_t without = (size_t)lround((1 - COVERAGE_SHARE) * (double)n);
	p->reach = without ? remote[without - 1] : INFINITY;
	free(remote);
}

static void solve(struct province *p, uint64_t seed)
{
	double people = 0;
	for (size_t i = 0; i < p->count; i++)
		people += p->commune[i].people;
	for (size_t i = 0; i < p->count; i++) {
		struct commune *c = &p->commune[i];
		c->seed = mix2(seed, strtoull(c->code, NULL, 10));
		uint64_t stream = c->seed;
		double town = !strncmp(c->name, "Phường", strlen("Phường"))       ? 0
		              : !strncmp(c->name, "Thị trấn", strlen("Thị trấn")) ? 0.5
		                                                                  : 1;
		double mean = people / (double)p->count;
		c->remote = town + log(mean / c->people) / 2 + 0.5 * draw_unit(&stream);
		c->tilt = tilt_for((double)c->people / c->households);
		c->adults = mean_adults(c->tilt);
	}
	for (unsigned s = 0; s < SHARES; s++) {
		double low = -20, high = 20;
		for (int i = 0; i < 60; i++) {
			double mid = (low + high) / 2;
			*(share_at(p, s, mid) < shares[s].share ? &low : &high) = mid;
		}
	}
	solve_reach(p);
}

/* ---- the population file ----------------------------------------------------------------------- */

enum { CODE, NAME, PEOPLE, HOUSEHOLDS, VILLAGES, COLUMNS, FIELDS_MAX = 32 };

/* Cuts a line of plain CSV; returns how many fields. */
static size_t cut(char *line, char *field[FIELDS_MAX])
{
	size_t n = 0;
	line[strcspn(line, "\r\n")] = 0;
	for (char *p = line; p && n < FIELDS_MAX; n++) {
		field[n] = p;
		p = strchr(p, ',');
		if (p)
			*p++ = 0;
	}
	return n;
}

static void header(const char *file, char *line, size_t where[COLUMNS])
{
	static const char *const names[COLUMNS] = {"code", "name", "pop2022_est",
	                                           "households2022_est", "villages_synthetic"};
	char *field[FIELDS_MAX];
	size_t n = cut(line, field);
	for (unsigned c = 0; c < COLUMNS; c++) {
		where[c] = 0;
		while (where[c] < n && strcmp(field[where[c]], names[c]))
			where[c]++;
		if (where[c] == n)
			fail(file, names[c]);
	}
}

static int commune_read(struct commune *c, char *line, const size_t where[COLUMNS])
{
	char *field[FIELDS_MAX];
	size_t n = cut(line, field);
	for (unsigned i = 0; i < COLUMNS; i++)
		if (where[i] >= n)
			return 0;
	memset(c, 0, sizeof *c);
	snprintf(c->code, sizeof c->code, "%s", field[where[CODE]]);
	snprintf(c->name, sizeof c->name, "%s", field[where[NAME]]);
	c->people = (uint32_t)strtoul(field[where[PEOPLE]], NULL, 10);
	c->households = (uint32_t)strtoul(field[where[HOUSEHOLDS]], NULL, 10);
	c->villages = (uint32_t)strtoul(field[where[VILLAGES]], NULL, 10);
	return c->villages && c->households >= c->villages && c->people >= c->households &&
	       c->people < c->households * PERSONS_MAX;
}

void province_load(struct province *p, const char *file, uint64_t seed)
{
	char line[1024];
	size_t where[COLUMNS];
	FILE *f = fopen(file, "r");
	*p = (struct province){0};
	if (!f || !fgets(line, sizeof line, f))
		fail(file, "cannot be read");
	header(file, line, where);
	while (fgets(line, sizeof line, f)) {
		p->commune = realloc(p->commune, (p->count + 1) * sizeof *p->commune);
		if (!p->commune)
			fail(file, "out of memory");
		if (!commune_read(&p->commune[p->count++], line, where))
			fail(file, "a row lacks people, households or villages");
	}
	fclose(f);
	if (!p->count)
		fail(file, "holds no commune");
	solve(p, seed);
}

void province_release(struct province *p)
{
	free(p->commune);
}

const struct commune *province_commune(const struct province *p, const char *code)
{
	for (size_t i = 0; i < p->count; i++)
		if (!strcmp(p->commune[i].code, code))
			return &p->commune[i];
	return NULL;
}
