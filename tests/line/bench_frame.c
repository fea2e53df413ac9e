/* bench_frame.c - what part of a bad line frames use, in virtual time, and what a repair frame costs.
 *
 * line_use is the ideal time over the time until the sender knows that all is there. The ideal is
 * bytes / rate / (1 - loss) and one round trip. Median and range of SEEDS.
 */
#include "tests/line/bed.h"
#include "protocol/frame_gf.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SEEDS 5
#define LEN 65536
#define LINE_SECOND INT64_C(1000000000)
#define ROUNDS 2000

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(const char *name, double *v, const char *unit)
{
	qsort(v, SEEDS, sizeof *v, by_value);
	printf("bench %s %.3f %s (range %.3f to %.3f)\n", name, v[SEEDS / 2], unit, v[0],
	       v[SEEDS - 1]);
}

static void measure(const char *name, unsigned rate, unsigned rtt_ms, double loss, double burst,
                    bool known)
{
	struct line_conf c = {.rate = rate * 1000,
	                      .delay = rtt_ms * LINE_SECOND / 2000,
	                      .queue_bytes = 32768,
	                      .loss = loss,
	                      .burst = burst};
	double use[SEEDS], sent[SEEDS], came[SEEDS], ideal;
	char text[64];
	struct bed b;
	int64_t start;
	unsigned i;

	ideal = (double)LEN * 8 / rate / 1000 / (1 - loss) + rtt_ms / 1000.0;
	for (i = 0; i < SEEDS; i++) {
		bed_init(&b, &c, &c, LEN, i + 1);
		if (known)
			b.known.rate = rate * 1000 / 8;
		bed_start(&b, false);
		start = b.now;
		if (!bed_run(&b, start + 600 * LINE_SECOND / 1000) || b.wrong)
			abort();
		use[i] = ideal * 1e6 / (double)(b.now - start);
		sent[i] = (double)b.up.count[LINE_SENT].bytes / LEN;
		came[i] = (double)b.down.count[LINE_SENT].bytes / LEN;
		bed_release(&b);
	}
	print(name, use, "ratio");
	snprintf(text, sizeof text, "%s_sent", name);
	print(text, sent, "bytes/byte");
	snprintf(text, sizeof text, "%s_states", name);
	print(text, came, "bytes/byte");
}

/* A combination of all symbols of 64 KiB. */
static void measure_repair(void)
{
	static uint8_t data[56 * 1171], out[1171];
	double v[SEEDS];
	struct timespec a, z;
	unsigned i, n, k;

	for (i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 2654435761u >> 13);
	for (i = 0; i < SEEDS; i++) {
		clock_gettime(CLOCK_MONOTONIC, &a);
		for (n = 0; n < ROUNDS; n++)
			for (k = 0; k < 56; k++)
				gf_add(out, data + k * sizeof out, gf_coefficient(n, k),
				       sizeof out);
		clock_gettime(CLOCK_MONOTONIC, &z);
		v[i] = ((double)(z.tv_sec - a.tv_sec) * 1e6 +
		        (double)(z.tv_nsec - a.tv_nsec) / 1e3) /
		       ROUNDS;
	}
	print("frame_repair", v, "us");
}

int main(void)
{
	measure("line_use_sim", 64, 600, 0.1, 1, false);
	measure("line_use_256_sim", 256, 800, 0.1, 1, false);
	measure("line_use_256_known_sim", 256, 800, 0.1, 1, true);
	measure("line_use_burst_sim", 64, 600, 0.1, 4, false);
	measure("line_use_20_sim", 64, 600, 0.2, 1, false);
	measure("line_use_0_sim", 64, 600, 0, 1, false);
	measure_repair();
	return 0;
}
