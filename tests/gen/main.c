/* main.c - the generator: what a village's devices, or a commune's office, would have recorded.
 *
 * gen --population FILE --check [--seed S]
 * gen --population FILE --commune CODE --village N [--device D] [--visits V] --out DIR [--seed S]
 * gen --population FILE --commune CODE --village 0 [--skip K] --out DIR [--seed S]
 *
 * Device D of a village visits its households (D-1)*V+1 to D*V. Village 0 is the office: the teams and the
 * signal of all villages but the first K. Writes CSV files for `cayda import` and counts.tsv: each
 * indicator's code, numerator and denominator over what was written, to be added up over several runs.
 */
#include "tests/gen/model.h"
#include "tests/gen/write.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE 0.001 /* a tenth of a percentage point */

static int check_line(const char *code, uint64_t yes, uint64_t all, double want)
{
	double share = (double)yes / (double)all;
	int off = fabs(share - want) > TOLERANCE;
	printf("%s\t%llu\t%llu\t%.2f %%\t%.0f %%%s\n", code, (unsigned long long)yes,
	       (unsigned long long)all, share * 100, want * 100, off ? "\toff" : "");
	return off;
}

/* Draws every household of the province and compares its shares with those set. */
static int check(const struct province *p)
{
	uint64_t people = 0, adults = 0, households = 0, villages = 0, covered = 0,
		 yes[SHARES] = {0};
	for (size_t i = 0; i < p->count; i++) {
		const struct commune *c = &p->commune[i];
		villages += c->villages;
		for (uint32_t v = 1; v <= c->villages; v++) {
			covered += (uint64_t)village_covered(p, c, v);
			for (uint32_t n = 1; n <= village_households(c, v); n++) {
				struct household h = household_draw(c, v, n);
				households++;
				people += h.persons;
				adults += h.adults;
				yes[SMARTPHONE] += h.smartphones;
				yes[FIBRE] += h.fibre;
				yes[EID] += h.eid;
				yes[BANK] += h.bank;
			}
		}
	}
	const uint64_t all[SHARES] = {people, households, adults, adults};
	int off = check_line("coverage", covered, villages, COVERAGE_SHARE);
	for (unsigned s = 0; s < SHARES; s++)
		off |= check_line(shares[s].code, yes[s], all[s], shares[s].share);
	return off;
}

static int wrong(const char *what)
{
	fprintf(stderr, "gen: %s\n", what);
	return 2;
}

static int generate(const struct province *p, struct job *job, const char *commune)
{
	job->province = p;
	job->commune = province_commune(p, commune);
	if (!job->commune)
		return wrong("the population file has no such commune");
	if (job->village > job->commune->villages)
		return wrong("the commune has fewer villages");
	job->first = (job->device - 1) * job->visits + 1;
	if (job->village &&
	    job->first + job->visits - 1 > village_households(job->commune, job->village))
		return wrong("the village has fewer households");
	return job->village ? write_village(job) : write_office(job);
}

int main(int argc, char **argv)
{
	static const struct option longs[] =
		{{"population", 1, NULL, 'p'}, {"commune", 1, NULL, 'c'},
	         {"village", 1, NULL, 'v'},    {"device", 1, NULL, 'd'},
	         {"visits", 1, NULL, 'n'},     {"skip", 1, NULL, 'k'},
	         {"seed", 1, NULL, 's'},       {"out", 1, NULL, 'o'},
	         {"check", 0, NULL, 'C'},      {0}};
	struct job job = {.device = 1, .visits = 100};
	const char *population = NULL, *commune = NULL;
	uint64_t seed = 1;
	int checking = 0, c;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		unsigned long long number = optarg ? strtoull(optarg, NULL, 10) : 0;
		switch (c) {
		case 'p':
			population = optarg;
			break;
		case 'c':
			commune = optarg;
			break;
		case 'v':
			job.village = (uint32_t)number;
			break;
		case 'd':
			job.device = (uint32_t)number;
			break;
		case 'n':
			job.visits = (uint32_t)number;
			break;
		case 'k':
			job.skip = (uint32_t)number;
			break;
		case 's':
			seed = number;
			break;
		case 'o':
			job.out = optarg;
			break;
		case 'C':
			checking = 1;
			break;
		default:
			return 2;
		}
	}
	if (!population || (!checking && (!commune || !job.out || !job.device)))
		return wrong(
			"--population, and --check or --commune, --village and --out, are needed");
	struct province p;
	province_load(&p, population, seed);
	int rc = checking ? check(&p) : generate(&p, &job, commune);
	province_release(&p);
	return rc;
}
