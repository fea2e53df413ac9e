/* test_link_line.c - what the link does to and with the line under it. */
#include "tests/unit/link_relay.h"

static void ipv6_works_and_is_counted(void **state)
{
	struct rig_process six = rig_serve("[::]:0", &office);
	unsigned long long sent, received;
	struct link_count n;
	struct link *l;
	char addr[32];

	(void)state;
	snprintf(addr, sizeof addr, "[::1]:%d", six.port);
	if (link_connect(addr, &device.id, WAIT_MS, &l))
		fail_msg("%s", err_text());
	fetches(l, 3000, 1);
	link_counts(l, &n);
	assert_int_equal(sscanf(ask_text(l, "stats", ""), "%*u %*u %llu %llu", &sent, &received),
	                 2);
	assert_int_equal(sent, n.received);
	assert_true(received > n.sent);
	link_close(l);
	l = connect_as(&device.id, six.port); /* and IPv4 on the same socket */
	fetches(l, 10, 2);
	link_close(l);
	rig_stop(&six);
}

static void print_cost(const char *what, const struct link_count *a, const struct link_count *b)
{
	print_message("%s: %llu bytes sent, %llu received, %llu + %llu datagrams\n", what,
	              (unsigned long long)(b->sent - a->sent),
	              (unsigned long long)(b->received - a->received),
	              (unsigned long long)(b->datagrams_sent - a->datagrams_sent),
	              (unsigned long long)(b->datagrams_received - a->datagrams_received));
}

static void every_byte_is_counted(void **state)
{
	struct rig_process relay = rig_relay(hub.port);
	struct link *l = connect_as(&device.id, relay.port);
	struct link_count zero = {0}, shaken, asked, n;
	struct rig_seen seen;

	(void)state;
	link_counts(l, &shaken);
	fetches(l, 20, 1);
	link_counts(l, &asked);
	fetches(l, 50000, 1);
	link_counts(l, &n);
	seen = rig_order(&relay, 'u', 0);
	assert_int_equal(seen.up, n.sent);
	assert_int_equal(seen.down, n.received);
	assert_int_equal(seen.up_count, n.datagrams_sent);
	assert_int_equal(seen.down_count, n.datagrams_received);
	print_cost("handshake", &zero, &shaken);
	print_cost("20 bytes each way", &shaken, &asked);
	print_cost("50,000 bytes each way", &asked, &n);
	link_close(l);
	l = connect_as(&newcomer, relay.port);
	link_counts(l, &shaken);
	print_cost("handshake by invite", &zero, &shaken);
	link_close(l);
	rig_stop(&relay);
}

/* RFC 9146: the session lives on when the address changes, as behind a NAT that forgot. */
static void a_moved_client_keeps_its_session(void **state)
{
	const struct link_identity *all[] = {&device.id, &newcomer};
	struct rig_process relay = rig_relay(hub.port);
	struct rig_seen before, after;
	struct link *l;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		l = connect_as(all[i], relay.port);
		fetches(l, 10, 1);
		before = rig_order(&relay, 'm', 0);
		assert_true(before.up_cid > 0);
		fetches(l, 5000, 2);
		after = rig_order(&relay, 'm', 0);
		assert_int_equal(after.up_cid - before.up_cid, after.up_count - before.up_count);
		fetches(l, 10, 3);
		link_close(l);
	}
	rig_stop(&relay);
}

/* The server's farewell shows where it believes the client to be. */
static void a_forged_or_repeated_record_moves_nothing(void **state)
{
	struct rig_process brief = rig_serve("127.0.0.1:0", &office);
	struct rig_process relay = rig_relay(brief.port);
	struct link *l = connect_as(&device.id, relay.port);
	struct rig_seen before, after;
	struct buf reply = {0};

	(void)state;
	fetches(l, 10, 1);
	before = rig_order(&relay, 'f', 0);
	rig_stop(&brief);
	assert_int_equal(link_exchange(l, "size", "1", 1, &reply, 500), ERR_NET);
	after = rig_order(&relay, 'd', 0);
	assert_int_equal(after.stray, 0);
	assert_int_equal(after.down_count, before.down_count + 1);
	link_close(l);
	rig_stop(&relay);
}

static void connects_and_dies(int control, const void *arg)
{
	struct link *l = connect_as(&device.id, *(const int *)arg);

	fetches(l, 3000, 1);
	if (write(control, arg, sizeof(int)) == sizeof(int))
		_exit(0); /* no farewell */
}

/* Its address is that of a session which the server still holds. */
static void a_client_that_forgot_its_session_starts_anew(void **state)
{
	struct rig_process relay = rig_relay(hub.port);
	struct rig_process dead = rig_start(connects_and_dies, &relay.port);
	struct link *l;

	(void)state;
	rig_stop(&dead);
	l = connect_as(&newcomer, relay.port);
	assert_string_equal(ask_text(l, "who", ""), "1 32845 - 0");
	fetches(l, 3000, 2);
	rig_order(&relay, 'm', 0);
	fetches(l, 3000, 3);
	link_close(l);
	rig_stop(&relay);
}

static unsigned long requests(struct link *l)
{
	unsigned long n;

	assert_int_equal(sscanf(ask_text(l, "stats", ""), "%*u %lu", &n), 1);
	return n;
}

static void a_lost_datagram_runs_nothing_twice(void **state)
{
	struct rig_process relay = rig_relay(hub.port);
	struct link *l = connect_as(&device.id, relay.port);
	unsigned long before = requests(l);

	(void)state;
	rig_order(&relay, 'd', 1);
	fetches(l, 10, 1); /* the answer is lost: asked again, answered again, run once */
	rig_order(&relay, 'u', 1);
	fetches(l, 3000, 2);
	assert_int_equal(requests(l), before + 3);
	link_close(l);
	rig_stop(&relay);
}

static void a_dead_server_is_noticed(void **state)
{
	struct rig_process brief = rig_serve("127.0.0.1:0", &office);
	struct link *l = connect_as(&device.id, brief.port);
	struct buf reply = {0};
	int64_t start;

	(void)state;
	fetches(l, 10, 1);
	rig_stop(&brief); /* it says close_notify */
	start = now_ms();
	assert_int_equal(ask(l, "size", "1", 1, &reply), ERR_NET);
	assert_true(now_ms() - start < 2000);
	link_close(l);
}

static void an_idle_server_does_not_wake(void **state)
{
	struct link *l = connect_as(&device.id, hub.port);
	unsigned long before, after;

	(void)state;
	assert_int_equal(sscanf(ask_text(l, "stats", ""), "%lu", &before), 1);
	usleep(2500000);
	assert_int_equal(sscanf(ask_text(l, "stats", ""), "%lu", &after), 1);
	assert_in_range(after - before, 1, 2);
	link_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv6_works_and_is_counted),
		cmocka_unit_test(every_byte_is_counted),
		cmocka_unit_test(a_moved_client_keeps_its_session),
		cmocka_unit_test(a_forged_or_repeated_record_moves_nothing),
		cmocka_unit_test(a_client_that_forgot_its_session_starts_anew),
		cmocka_unit_test(a_lost_datagram_runs_nothing_twice),
		cmocka_unit_test(a_dead_server_is_noticed),
		cmocka_unit_test(an_idle_server_does_not_wake),
	};

	return cmocka_run_group_tests_name("link line", tests, rig_hub_up, rig_hub_down);
}
