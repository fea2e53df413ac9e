/* province.h - a province's database, for what is measured on it. */
#ifndef TESTS_BENCH_PROVINCE_H
#define TESTS_BENCH_PROVINCE_H

/* Makes home the root of the province that the population file lists: its units, the built-in forms and
 * indicators, and what its village teams recorded in seven weeks, each team's packs sealed under a number
 * of its own and received in turn. Says how far it is on stderr; ends the process when it cannot. */
void province_make(const char *home, const char *population);

#endif
