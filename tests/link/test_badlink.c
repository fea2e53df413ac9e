/* test_badlink.c - the line's figures, proved in virtual time. SEED=n plays another sequence. */
#include "tests/link/held.h"
#include "tests/link/line.h"
#include "tests/link/nat.h"

#include <math.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)
#define PACKETS 200000
#define SIZE 1280
#define SIGMAS 5 /* one false alarm in two million */

static const uint8_t udp4[SIZE] = {0x45, [9] = IPPROTO_UDP};

static uint64_t seed(void)
{
	const char *s = getenv("SEED");

	return s ? strtoull(s, NULL, 10) : 20261122;
}

/* Offers PACKETS, one each gap; says how many passed and when the last did. */
static int offer(struct line *l, int64_t gap, int64_t *last)
{
	int64_t at[LINE_COPIES];
	int i, passed = 0;

	for (i = 0; i < PACKETS; i++) {
		if (!line_take(l, i * gap, udp4, SIZE, at))
			continue;
		passed++;
		*last = at[0];
	}
	return passed;
}

static void near_share(double wanted, int got, int of, double widening)
{
	double sigma = sqrt(wanted * (1 - wanted) / of * widening);

	if (fabs(got / (double)of - wanted) > SIGMAS * sigma)
		fail_msg("%d of %d, wanted %.4f, sigma %.5f, seed %llu", got, of, wanted, sigma,
		         (unsigned long long)seed());
}

static void a_full_line_delivers_its_rate(void **state)
{
	struct line_conf c = {.rate = 64000, .queue_bytes = 32768, .burst = 1};
	struct line l;
	int64_t last = 0;
	int passed;

	(void)state;
	line_init(&l, &c, seed());
	passed = offer(&l, 10 * MS, &last); /* 16 times too fast */
	assert_true(llabs(last - (int64_t)passed * 160 * MS) < MS);
	assert_true(passed > PACKETS / 16 && passed < PACKETS / 16 + 32);
	assert_int_equal(l.count[LINE_QUEUE].packets, PACKETS - passed);
	assert_int_equal(l.count[LINE_SENT].bytes, (uint64_t)PACKETS * SIZE);
}

static void an_idle_line_only_delays(void **state)
{
	struct line_conf c = {.rate = 64000, .delay = 300 * MS, .burst = 1};
	int64_t at[LINE_COPIES];
	struct line l;

	(void)state;
	line_init(&l, &c, seed());
	assert_int_equal(line_take(&l, SECOND, udp4, SIZE, at), 1);
	assert_int_equal(at[0], SECOND + 160 * MS + 300 * MS);
	assert_int_equal(line_take(&l, 2 * SECOND, udp4, 80, at), 1);
	assert_int_equal(at[0], 2 * SECOND + 10 * MS + 300 * MS);
}

static void a_queue_holds_so_many_bytes_or_ms(void **state)
{
	struct line_conf bytes = {.rate = 64000, .queue_bytes = 4 * SIZE, .burst = 1};
	struct line_conf ms = {.rate = 64000, .queue = 640 * MS, .burst = 1};
	const struct line_conf *each[] = {&bytes, &ms};
	int64_t at[LINE_COPIES];
	struct line l;
	int i, k, passed;

	(void)state;
	for (k = 0; k < 2; k++) {
		line_init(&l, each[k], seed());
		for (i = passed = 0; i < 20; i++)
			passed += line_take(&l, 0, udp4, SIZE, at);
		assert_int_equal(passed, 5); /* the last found four waiting */
	}
}

static void losses_are_as_many_as_told(void **state)
{
	double shares[] = {0.01, 0.1, 0.4};
	struct line l;
	int64_t last;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct line_conf c = {.loss = shares[i], .burst = 1};

		line_init(&l, &c, seed());
		near_share(1 - shares[i], offer(&l, MS, &last), PACKETS, 1);
	}
}

static void bursts_are_as_long_as_told(void **state)
{
	struct line_conf c = {.loss = 0.1, .burst = 4};
	int64_t at[LINE_COPIES];
	int i, passed, runs = 0, losses = 0, was = 1;
	struct line l;

	(void)state;
	line_init(&l, &c, seed());
	for (i = 0; i < PACKETS; i++) {
		passed = line_take(&l, i, udp4, SIZE, at);
		runs += was && !passed;
		losses += !passed;
		was = passed;
	}
	/* Packets of a run share their fate: the variance is 2 x 4 - 1 times that of single ones. */
	near_share(0.1, losses, PACKETS, 7);
	/* A run's length is geometric: mean 4, variance 12. */
	if (fabs(losses / (double)runs - 4) > SIGMAS * sqrt(12.0 / runs))
		fail_msg("%d losses in %d runs, seed %llu", losses, runs,
		         (unsigned long long)seed());
}

static void a_lost_packet_takes_its_time(void **state)
{
	struct line_conf c = {.rate = 64000, .loss = 0.5, .burst = 1};
	int64_t last = 0;
	struct line l;

	(void)state;
	line_init(&l, &c, seed());
	offer(&l, 0, &last);
	assert_true(last > (PACKETS - 40) * 160 * MS && last <= PACKETS * 160 * MS);
}

static void an_outage_takes_all_then_nothing(void **state)
{
	struct line_conf c = {.outage = 20 * SECOND, .outage_every = 60 * SECOND, .burst = 1};
	int64_t at[LINE_COPIES], t;
	struct line l;

	(void)state;
	line_init(&l, &c, seed());
	for (t = 0; t < 600 * SECOND; t += SECOND / 2)
		assert_int_equal(line_take(&l, t, udp4, SIZE, at), t % (60 * SECOND) < 40 * SECOND);
	assert_int_equal(line_outages(&c, 59 * SECOND), 0);
	assert_int_equal(line_outages(&c, 60 * SECOND), 1);
	assert_int_equal(line_outages(&c, 599 * SECOND), 9);
}

static void some_come_late_some_twice(void **state)
{
	struct line_conf c = {.reorder = 0.02,
	                      .reorder_by = 50 * MS,
	                      .duplicate = 0.03,
	                      .burst = 1,
	                      .delay = MS};
	int64_t at[LINE_COPIES];
	int i, late = 0, twice = 0;
	struct line l;

	(void)state;
	line_init(&l, &c, seed());
	for (i = 0; i < PACKETS; i++) {
		twice += line_take(&l, i, udp4, SIZE, at) == 2;
		late += at[0] == i + 51 * MS;
	}
	near_share(0.02, late, PACKETS, 1);
	near_share(0.03, twice, PACKETS, 1);
	assert_int_equal(l.count[LINE_DUPLICATED].packets, twice);
}

static void long_packets_and_udp_can_vanish(void **state)
{
	struct line_conf c = {.mtu = 600, .burst = 1}, blocked = {.no_udp = true, .burst = 1};
	uint8_t tcp[SIZE] = {0x45, [9] = IPPROTO_TCP};
	uint8_t udp6[SIZE] = {0x60, [6] = IPPROTO_UDP};
	int64_t at[LINE_COPIES];
	struct line l;

	(void)state;
	line_init(&l, &c, seed());
	assert_int_equal(line_take(&l, 0, udp4, 600, at), 1);
	assert_int_equal(line_take(&l, 0, udp4, 601, at), 0);
	assert_int_equal(l.count[LINE_MTU].packets, 1);
	line_init(&l, &blocked, seed());
	assert_int_equal(line_take(&l, 0, udp4, 100, at), 0);
	assert_int_equal(line_take(&l, 0, udp6, 100, at), 0);
	assert_int_equal(line_take(&l, 0, tcp, 100, at), 1);
	assert_int_equal(l.count[LINE_BLOCKED].packets, 2);
}

static void equal_seeds_have_equal_fates(void **state)
{
	struct line_conf c = {.loss = 0.3, .burst = 4};
	int64_t at[LINE_COPIES];
	struct line a, b, other;
	int i, differ = 0;

	(void)state;
	line_init(&a, &c, seed());
	line_init(&b, &c, seed());
	line_init(&other, &c, seed() + 1);
	for (i = 0; i < 1000; i++) {
		int fate = line_take(&a, i, udp4, SIZE, at);

		assert_int_equal(fate, line_take(&b, i * 7, udp4, 90, at));
		differ += fate != line_take(&other, i, udp4, SIZE, at);
	}
	assert_true(differ > 100);
}

static void packets_come_out_by_time(void **state)
{
	struct held h = {0};
	struct packet *p;
	int64_t last = -1;
	uint64_t nth = 0;
	int i;

	(void)state;
	srand((unsigned)seed());
	for (i = 0; i < 5000; i++)
		assert_int_equal(held_put(&h, rand() % 100, 0, udp4, 60), 0);
	for (i = 0; (p = held_first(&h)); i++) {
		assert_true(p->at > last || (p->at == last && p->nth > nth));
		last = p->at;
		nth = p->nth;
		held_drop(&h);
	}
	assert_int_equal(i, 5000);
	assert_int_equal(held_put(&h, 0, 0, udp4, HELD_PACKET + 1), -1);
	held_release(&h);
}

/* ---- NAT: checked against checksums computed anew ---------------------------------------------- */

static uint32_t sum_of(const uint8_t *p, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

struct sample {
	int version, protocol;
	size_t header, len; /* of the IP header; of all */
	uint8_t p[200];
};

/* Over header and all: 0xffff when the checksums within are right. */
static uint32_t payload_sum(const struct sample *s)
{
	size_t n = s->len - s->header;
	uint32_t sum = sum_of(s->p + (s->version == 4 ? 12 : 8), s->version == 4 ? 8 : 32,
	                      (uint32_t)n + (uint32_t)s->protocol);

	return sum_of(s->p + s->header, n, sum);
}

static void put_sum(uint8_t *at, uint32_t sum)
{
	uint32_t s = ~sum & 0xffff;

	at[0] = (uint8_t)(s >> 8);
	at[1] = (uint8_t)s;
}

static struct sample sample(int version, int protocol)
{
	struct sample s = {version, protocol, version == 4 ? 20 : 40, 117, {0}};
	size_t i, sum_at = s.header + (protocol == IPPROTO_TCP ? 16 : 6);

	for (i = 0; i < s.len; i++)
		s.p[i] = (uint8_t)rand();
	s.p[0] = version == 4 ? 0x45 : 0x60;
	s.p[version == 4 ? 9 : 6] = (uint8_t)protocol;
	if (version == 4) {
		s.p[6] = s.p[7] = s.p[10] = s.p[11] = 0;
		put_sum(s.p + 10, sum_of(s.p, 20, 0));
	}
	s.p[sum_at] = s.p[sum_at + 1] = 0;
	put_sum(s.p + sum_at, payload_sum(&s));
	return s;
}

static void assert_sums(const struct sample *s)
{
	assert_int_equal(payload_sum(s), 0xffff);
	if (s->version == 4)
		assert_int_equal(sum_of(s->p, 20, 0), 0xffff);
}

/* What the other side answers: addresses and ports exchanged, which leaves checksums right. */
static struct sample answer(const struct sample *s)
{
	size_t from = s->version == 4 ? 12 : 8, n = s->version == 4 ? 4 : 16;
	struct sample a = *s;

	memcpy(a.p + from, s->p + from + n, n);
	memcpy(a.p + from + n, s->p + from, n);
	memcpy(a.p + a.header, s->p + s->header + 2, 2);
	memcpy(a.p + a.header + 2, s->p + s->header, 2);
	return a;
}

static void nat_leaves_checksums_right(void **state)
{
	int i, version, protocol;
	struct nat n;

	(void)state;
	srand((unsigned)seed());
	nat_init(&n, seed());
	for (i = 0; i < 4000; i++) {
		version = i & 1 ? 4 : 6;
		protocol = i & 2 ? IPPROTO_UDP : IPPROTO_TCP;
		struct sample s = sample(version, protocol), out = s, back;

		assert_sums(&s);
		assert_true(nat_out(&n, out.p, out.len));
		assert_sums(&out);
		assert_memory_not_equal(out.p, s.p, s.len);
		back = answer(&out);
		if (i % 3 == 0) {
			nat_change(&n);
			assert_false(nat_in(&n, back.p, back.len));
			continue;
		}
		assert_true(nat_in(&n, back.p, back.len));
		assert_sums(&back);
		back = answer(&back);
		assert_memory_equal(back.p, s.p, s.len);
	}
}

static void nat_gives_another_address_and_port(void **state)
{
	struct sample s, before, after;
	struct nat n;

	(void)state;
	nat_init(&n, seed());
	s = before = after = sample(4, IPPROTO_UDP);
	assert_true(nat_out(&n, before.p, before.len));
	nat_change(&n);
	assert_true(nat_out(&n, after.p, after.len));
	assert_memory_not_equal(before.p + 12, after.p + 12, 4);
	assert_memory_not_equal(before.p + 20, after.p + 20, 2);
	assert_memory_equal(before.p + 16, s.p + 16, 4);
	assert_int_equal(n.changes, 1);
}

static void nat_refuses_what_it_cannot_read(void **state)
{
	uint8_t p[60] = {0};
	struct sample s = sample(4, IPPROTO_UDP);
	struct nat n;
	size_t len;

	(void)state;
	nat_init(&n, seed());
	assert_false(nat_out(&n, p, sizeof p));
	for (len = 0; len < 20; len++)
		assert_false(nat_out(&n, s.p, len));
	for (; len < s.len; len++) {
		struct sample cut = s;

		assert_true(nat_out(&n, cut.p, len)); /* within bounds: the sanitizer looks */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_line_delivers_its_rate),
		cmocka_unit_test(an_idle_line_only_delays),
		cmocka_unit_test(a_queue_holds_so_many_bytes_or_ms),
		cmocka_unit_test(losses_are_as_many_as_told),
		cmocka_unit_test(bursts_are_as_long_as_told),
		cmocka_unit_test(a_lost_packet_takes_its_time),
		cmocka_unit_test(an_outage_takes_all_then_nothing),
		cmocka_unit_test(some_come_late_some_twice),
		cmocka_unit_test(long_packets_and_udp_can_vanish),
		cmocka_unit_test(equal_seeds_have_equal_fates),
		cmocka_unit_test(packets_come_out_by_time),
		cmocka_unit_test(nat_leaves_checksums_right),
		cmocka_unit_test(nat_gives_another_address_and_port),
		cmocka_unit_test(nat_refuses_what_it_cannot_read),
	};

	printf("# seed %llu\n", (unsigned long long)seed());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
