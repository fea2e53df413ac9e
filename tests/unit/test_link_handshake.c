/* test_link_handshake.c - shaking hands over lines that are slow, or lose much in a row. */
#include "tests/unit/link_lossy.h"

#define CLIENTS 20
#define PATIENCE_MS 20000 /* what a session gives one address, see session.c */

struct attempt {
	const struct link_identity *me;
	int port;
};

/* Connects, says how long that took (-1: it failed) and what it saw of the line, and waits to be ended. */
static void attempt_work(int control, const void *arg)
{
	const struct attempt *a = arg;
	struct link *l = NULL;
	int64_t start = now_ms();
	int ms = 0, saw[2] = {0};
	char end;

	if (write(control, &ms, sizeof ms) != sizeof ms)
		exit(1);
	ms = link_connect(rig_addr(a->port), a->me, PATIENCE_MS, &l) ? -1 : (int)(now_ms() - start);
	saw[0] = ms;
	saw[1] = l ? link_loss(l) : 0;
	if (write(control, saw, sizeof saw) != sizeof saw || read(control, &end, 1) < 0)
		exit(1);
	link_close(l);
}

static int by_size(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* So many at once, each over a line of its own. Their times in ms, the shortest first; how many have seen losses. */
static void shake_hands(const struct lossy *conf, const struct link_identity *me, int took[CLIENTS],
                        struct rig_seen *sum, int *lossy)
{
	struct rig_process line[CLIENTS], client[CLIENTS];
	struct lossy c = *conf;
	struct attempt a = {.me = me};
	struct rig_seen seen;
	int i, saw[2];

	*lossy = 0;
	memset(sum, 0, sizeof *sum);
	for (i = 0; i < CLIENTS; i++, c.seed++) {
		line[i] = lossy_line(&c);
		a.port = line[i].port;
		client[i] = rig_start(attempt_work, &a);
	}
	for (i = 0; i < CLIENTS; i++) {
		assert_int_equal(read(client[i].control, saw, sizeof saw), sizeof saw);
		took[i] = saw[0];
		*lossy += saw[1] > 0;
		seen = rig_order(&line[i], 's', 0);
		sum->up += seen.up;
		sum->down += seen.down;
		sum->up_count += seen.up_count;
		sum->down_count += seen.down_count;
	}
	for (i = 0; i < CLIENTS; i++) {
		rig_stop(&client[i]);
		rig_stop(&line[i]);
	}
	qsort(took, CLIENTS, sizeof took[0], by_size);
	print_message("%g %% lost, runs of %g, %d ms: median %d, worst %d ms; %llu bytes each; %d "
	              "saw losses\n",
	              conf->loss * 100, conf->burst, 2 * conf->delay_ms, took[CLIENTS / 2],
	              took[CLIENTS - 1], (unsigned long long)((sum->up + sum->down) / CLIENTS),
	              *lossy);
}

static void bursts_of_losses_do_not_end_it(void **state)
{
	struct lossy conf = {hub.port, 300, 0.1, 4, 1};
	struct rig_seen sum;
	int took[CLIENTS], lossy;

	(void)state;
	if (getenv("SEED"))
		conf.seed = strtoull(getenv("SEED"), NULL, 10);
	print_message("SEED=%llu\n", (unsigned long long)conf.seed);
	shake_hands(&conf, &device.id, took, &sum, &lossy);
	assert_true(took[0] >= 0);
	assert_in_range(lossy, 1, CLIENTS);
}

/* Over a slow line nothing is sent for nothing, except the first flight once, when nobody knows yet
 * how slow it is. A timer of 1 s would send each of the three flights twice. */
static void a_slow_line_is_given_its_time(void **state)
{
	struct lossy conf = {hub.port, 750, 0, 1, 1};
	struct rig_seen sum;
	int took[CLIENTS], lossy;

	(void)state;
	shake_hands(&conf, &device.id, took, &sum, &lossy);
	assert_true(took[0] >= 0);
	assert_in_range(lossy, 0, CLIENTS / 4); /* a busy machine may be late for a few */
	assert_in_range(sum.up_count, 3 * CLIENTS, 5 * CLIENTS - 1);
	assert_in_range(sum.down_count, 3 * CLIENTS, 5 * CLIENTS - 1);
	conf.delay_ms = 450;
	shake_hands(&conf, &newcomer, took, &sum, &lossy);
	assert_true(took[0] >= 0);
	assert_in_range(lossy, 0, CLIENTS / 4); /* a busy machine may be late for a few */
	assert_in_range(sum.up_count, 3 * CLIENTS, 4 * CLIENTS - 1);
	assert_in_range(sum.down_count, 3 * CLIENTS, 4 * CLIENTS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bursts_of_losses_do_not_end_it),
		cmocka_unit_test(a_slow_line_is_given_its_time),
	};

	return cmocka_run_group_tests_name("link handshake", tests, rig_hub_up, rig_hub_down);
}
