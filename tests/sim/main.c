/* main.c - runs histories: those of seeds that once failed, then as many new ones as asked for.
 *
 * usage: sim [--seed K | --seeds N [--first K] [--jobs N] [--stop 1]]
 * --seed runs one and says what happened in it; --stop 1 ends at the first failure. Without arguments it is a test that speaks TAP.
 */
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_MAX 240 /* of one history */

const char *const count_names[N_COUNT] = {
	"nodes",     "rows",     "deleted",    "written after deletion",
	"conflicts", "packs",    "waiting",    "quarantined",
	"requests",  "restores", "power cuts", "files",
	"forged",    "revoked",
};

static int verbose;

/* ---- one history ------------------------------------------------------------------------------------------ */

_Noreturn void fail(struct world *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->why, sizeof w->why, fmt, ap);
	va_end(ap);
	longjmp(w->failed, 1);
}

void must(struct world *w, int rc, const char *what)
{
	if (rc)
		fail(w, "%s: %d: %s", what, rc, err_text());
}

void trace(struct world *w, const char *fmt, ...)
{
	char *line = w->trace[w->traced++ % TRACE_LINES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, TRACE_LEN, fmt, ap);
	va_end(ap);
	if (verbose)
		printf("  %6" PRId64 " s  %s\n", (w->now_ms - START_MS) / 1000, line);
}

static void print_failure(const struct world *w)
{
	unsigned i = w->traced > TRACE_LINES ? w->traced - TRACE_LINES : 0;

	fprintf(stderr, "seed %" PRIu64 ": %s\n", w->seed, w->why);
	for (; !verbose && i < w->traced; i++)
		fprintf(stderr, "  %s\n", w->trace[i % TRACE_LINES]);
	fprintf(stderr, "  replay: make sim SEED=%" PRIu64 "\n", w->seed);
}

/* What the workers say to who started them; in memory that all of them have. */
struct worker {
	uint64_t seed, done, failed, events, count[N_COUNT];
};

/* Returns whether all was well. */
static bool history(uint64_t seed, struct worker *sum)
{
	struct world *volatile w = calloc(1, sizeof *w);
	unsigned i;
	volatile bool good = false;

	if (!w)
		abort();
	if (!setjmp(w->failed)) {
		world_start(w, seed);
		for (i = 20 + skewed(&w->p, EVENTS_MAX); i; i--)
			act(w);
		quiet(w);
		check(w);
		good = true;
	}
	sum->events += w->events;
	for (i = 0; i < N_COUNT; i++)
		sum->count[i] += w->count[i];
	if (good) {
		world_stop(w);
	} else { /* what is open leaks: this process ends soon */
		print_failure(w);
		memvfs_abandon();
	}
	free(w);
	return good;
}

/* ---- many ------------------------------------------------------------------------------------------------- */

struct run {
	uint64_t first, count;
	int jobs;
	bool alone; /* no other process */
	bool stop;  /* at the first failure of anybody */
	struct worker *worker;
};

#define FAILURES_MAX 5 /* of one worker: what they left open fills its memory */

static bool enough(const struct run *r, int me)
{
	int i;

	for (i = 0; r->stop && i < r->jobs; i++)
		if (r->worker[i].failed)
			return true;
	return r->worker[me].failed >= FAILURES_MAX;
}

static void work(struct run *r, int me)
{
	struct worker *k = &r->worker[me];
	uint64_t i;

	for (i = (uint64_t)me; i < r->count && !enough(r, me); i += (uint64_t)r->jobs) {
		k->seed = r->first + i;
		if (!history(k->seed, k))
			k->failed++;
		k->done++;
	}
}

static void start(struct run *r)
{
	int i, status;
	pid_t pid[64];

	if (r->alone) { /* in this process, so that a debugger sees it */
		work(r, 0);
		return;
	}
	for (i = 0; i < r->jobs; i++) {
		fflush(stdout);
		pid[i] = fork();
		if (pid[i] == 0) {
			work(r, i);
			fflush(stdout);
			_exit(0);
		}
	}
	for (i = 0; i < r->jobs; i++) {
		if (pid[i] < 0 || waitpid(pid[i], &status, 0) < 0 || !WIFEXITED(status) ||
		    WEXITSTATUS(status)) {
			fprintf(stderr,
			        "seed %" PRIu64
			        ": the process ended\n  replay: make sim SEED=%" PRIu64 "\n",
			        r->worker[i].seed, r->worker[i].seed);
			r->worker[i].failed++;
			r->worker[i].done++;
		}
	}
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(struct run *r, struct worker *sum)
{
	int i, c;

	r->worker = mmap(NULL, (size_t)r->jobs * sizeof *r->worker, PROT_READ | PROT_WRITE,
	                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->worker == MAP_FAILED)
		abort();
	start(r);
	for (i = 0; i < r->jobs; i++) {
		sum->done += r->worker[i].done;
		sum->failed += r->worker[i].failed;
		sum->events += r->worker[i].events;
		for (c = 0; c < N_COUNT; c++)
			sum->count[c] += r->worker[i].count[c];
	}
	munmap(r->worker, (size_t)r->jobs * sizeof *r->worker);
}

/* ---- the two ways to be run ---------------------------------------------------------------------------- */

/* By hand, with figures. */
static uint64_t report(struct run *r)
{
	struct worker sum = {0};
	double began = seconds(), took;
	int i;

	run(r, &sum);
	took = seconds() - began;
	printf("sim: %" PRIu64 " histories, %" PRIu64 " events, %.1f s, %.0f histories/s\n",
	       sum.done, sum.events, took, (double)sum.done / took);
	for (i = 0; i < N_COUNT; i++)
		printf("%s %s %" PRIu64, i ? "," : "sim:", count_names[i], sum.count[i]);
	printf("\n%" PRIu64 " passed, %" PRIu64 " failed\n", sum.done - sum.failed, sum.failed);
	return sum.failed;
}

static uint64_t tap(const struct run *like, const char *name)
{
	static int number;
	struct worker sum = {0};
	struct run r = *like;

	run(&r, &sum);
	printf("%sok %d - %s\n", sum.failed ? "not " : "", ++number, name);
	fflush(stdout);
	return sum.failed;
}

/* As a test: the seeds that once failed, then SIM_SEEDS others. */
static uint64_t test(struct run *r)
{
	const char *root = getenv("ROOT"), *count = getenv("SIM_SEEDS");
	char path[1000], line[200], name[240];
	struct run one = {.count = 1, .jobs = 1};
	uint64_t failed = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/tests/sim/seeds", root ? root : ".");
	f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = 0;
		one.first = strtoull(line, NULL, 10);
		snprintf(name, sizeof name, "seed %s", line);
		if (one.first)
			failed += tap(&one, name);
	}
	if (f)
		fclose(f);
	r->count = count ? strtoull(count, NULL, 10) : 1000;
	snprintf(name, sizeof name, "%" PRIu64 " histories", r->count);
	return failed + tap(r, name);
}

static void read_arguments(int argc, char **argv, struct run *r)
{
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--seeds"))
			r->count = strtoull(argv[i + 1], NULL, 10);
		else if (!strcmp(argv[i], "--jobs"))
			r->jobs = atoi(argv[i + 1]);
		else if (!strcmp(argv[i], "--stop"))
			r->stop = atoi(argv[i + 1]);
		else if (!strcmp(argv[i], "--first"))
			r->first = strtoull(argv[i + 1], NULL, 10);
		else if (!strcmp(argv[i], "--seed")) {
			r->first = strtoull(argv[i + 1], NULL, 10);
			r->count = 1;
			r->jobs = 1;
			verbose = 1;
			r->alone = true;
		}
	}
}

int main(int argc, char **argv)
{
	struct run r = {.first = 1, .count = 1000, .jobs = 2};
	char folder[HOME_LEN];
	uint64_t failed;

	read_arguments(argc, argv, &r);
	if (r.jobs == 0) {
		r.alone = true;
		r.jobs = 1;
	}
	if (r.jobs < 1 || r.jobs > 64 || world_folder_make(folder)) {
		fprintf(stderr,
		        "usage: sim [--seed K | --seeds N [--first K] [--jobs N] [--stop 1]]\n");
		return 2;
	}
	memvfs_start();
	failed = argc > 1 ? report(&r) : test(&r);
	world_folder_remove();
	return failed > 0;
}
