/* province.c - what a report of a province costs.
 *
 * province make HOME POPULATION    builds the database, see province_make.c
 * province figures HOME            province_page: coverage of every commune, as reports and pages get it, nothing having
 *                                  changed; province_after_pack: the same after one village's pack came;
 *                                  province_recompute: with nothing kept; province_walk: as of the day before the last;
 *                                  province_day: that day again; province_trend: a share at the ends of twelve
 *                                  months, asked for again, and province_trend_first
 * province run NAME COMMAND...     what a command takes, its output thrown away: NAME and NAME_rss
 *
 * Medians of ROUNDS, with the range. Prints "bench NAME VALUE UNIT" lines.
 */
#include "tests/bench/province.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/figures.h"
#include "storage/rollup.h"
#include "protocol/identity.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 7

static double clock_of(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double now(void)
{
	return clock_of(CLOCK_MONOTONIC);
}

/* A time, and for how much of it this process had a processor: a busy machine shows. */
struct took {
	double wall, cpu;
};

static int by_value(const void *a, const void *b)
{
	const struct took *x = a, *y = b;

	return (x->wall > y->wall) - (x->wall < y->wall);
}

static void print_median(const char *name, struct took *v, size_t n, double scale, const char *unit)
{
	qsort(v, n, sizeof *v, by_value);
	printf("bench %s %.3f %s (range %.3f to %.3f; %.3f of processor)\n", name,
	       v[n / 2].wall * scale, unit, v[0].wall * scale, v[n - 1].wall * scale,
	       v[n / 2].cpu * scale);
}

static void must(int rc)
{
	if (!rc)
		return;
	fprintf(stderr, "province: %s\n", err_text());
	exit(1);
}

/* ---- figures ------------------------------------------------------------------------------- */

struct reading {
	struct figures *f;
	int64_t sum; /* of all that was read */
	size_t units;
};

static int read_unit(void *arg, const struct unit *u)
{
	struct reading *r = arg;
	long at = geography_find(figures_geography(r->f), u->id);
	struct figure v;
	size_t i;

	r->units++;
	for (i = 0; i < figures_size(r->f); i++) {
		figures_get(r->f, i, at, &v);
		r->sum += v.numerator;
	}
	return 0;
}

/* What the coverage of every commune takes. */
static struct took page(struct store *s, const char *day)
{
	const struct figures_of of = {.day = day};
	struct took start = {now(), clock_of(CLOCK_PROCESS_CPUTIME_ID)};
	struct reading r = {0};
	long root;

	must(figures_open(s, &of, &r.f));
	root = geography_find(figures_geography(r.f), s->self.scope);
	geography_each(figures_geography(r.f), root, LEVEL_COMMUNE, read_unit, &r);
	figures_close(r.f);
	if (!r.units || !r.sum) {
		fprintf(stderr, "province: there are no figures\n");
		exit(1);
	}
	return (struct took){now() - start.wall, clock_of(CLOCK_PROCESS_CPUTIME_ID) - start.cpu};
}

/* What a line over months takes. */
static struct took trend(struct store *s)
{
	struct took start = {now(), clock_of(CLOCK_PROCESS_CPUTIME_ID)};
	char day[32];
	struct figures_of of = {.only = "smartphone", .day = day};
	struct figures *f;
	int month;

	for (month = 1; month <= 12; month++) {
		snprintf(day, sizeof day, "2022-%02d-28", month);
		must(figures_open(s, &of, &f));
		figures_close(f);
	}
	return (struct took){now() - start.wall, clock_of(CLOCK_PROCESS_CPUTIME_ID) - start.cpu};
}

static void figures(struct store *s)
{
	struct took warm[ROUNDS], pack[ROUNDS], cold[ROUNDS], walk[ROUNDS], day[ROUNDS],
		first[ROUNDS], line[ROUNDS];
	int64_t village;
	int i;

	must(db_int(s, &village, "SELECT max(_unit) FROM f_visit", ""));
	for (i = 0; i < ROUNDS; i++) {
		must(rollup_forget(s));
		cold[i] = page(s, NULL);
		warm[i] = page(s, NULL);
		must(rollup_mark(s, village));
		pack[i] = page(s, NULL);
		walk[i] = page(s, "2022-11-10");
		day[i] = page(s, "2022-11-10");
		first[i] = trend(s);
		line[i] = trend(s);
	}
	print_median("province_page", warm, ROUNDS, 1e3, "ms");
	print_median("province_after_pack", pack, ROUNDS, 1e3, "ms");
	print_median("province_recompute", cold, ROUNDS, 1, "s");
	print_median("province_walk", walk, ROUNDS, 1, "s");
	print_median("province_day", day, ROUNDS, 1e3, "ms");
	print_median("province_trend_first", first, ROUNDS, 1, "s");
	print_median("province_trend", line, ROUNDS, 1e3, "ms");
}

static int measure(const char *home)
{
	struct store *s;

	must(store_open(home, 0, &identity_env, &s));
	page(s, NULL); /* the disk's cache too is as it mostly is */
	figures(s);
	store_close(s);
	return 0;
}

/* ---- commands ------------------------------------------------------------------------------ */

/* Returns the exit status. */
static int run(const char *name, char **argv)
{
	struct rusage used;
	double start = now();
	pid_t pid = fork();
	int status = 0, null;

	if (pid == 0) {
		null = open("/dev/null", O_WRONLY);
		dup2(null, STDOUT_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
		return 1;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	printf("bench %s %.3f s\n", name, now() - start);
	printf("bench %s_rss %.1f MiB\n", name, (double)used.ru_maxrss / 1024);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "make")) {
		province_make(argv[2], argv[3]);
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "figures"))
		return measure(argv[2]);
	if (argc > 3 && !strcmp(argv[1], "run"))
		return run(argv[2], argv + 3);
	fprintf(stderr,
	        "usage: province make HOME POPULATION | figures HOME | run NAME COMMAND...\n");
	return 2;
}
