/* test_link_datagram.c - datagrams, either way on a session. */
#include "tests/unit/link_relay.h"

/* What has come back to a client. */
struct inbox {
	size_t count, len;
	uint8_t last[LINK_MTU_MAX];
};

static void take(void *arg, const uint8_t *data, size_t len)
{
	struct inbox *in = arg;

	in->count++;
	in->len = len;
	assert_true(len <= sizeof in->last);
	if (len)
		memcpy(in->last, data, len);
}

/* Runs the client's poll loop until so many datagrams are there. */
static void await(struct link *l, const struct inbox *in, size_t count)
{
	int64_t end = now_ms() + WAIT_MS;
	struct pollfd fd = {link_fd(l), POLLIN, 0};

	while (in->count < count) {
		assert_true(now_ms() < end);
		poll(&fd, 1, link_timeout_ms(l) < 0 ? 1000 : link_timeout_ms(l));
		if (link_process(l))
			fail_msg("%s", err_text());
	}
}

static struct link *connect_to(const struct link_identity *me, int port, struct inbox *in)
{
	struct link *l = connect_as(me, port);

	memset(in, 0, sizeof *in);
	link_on_datagram(l, take, in);
	return l;
}

static unsigned long server_figure(struct link *l, int which)
{
	unsigned long n[8] = {0};

	assert_int_equal(sscanf(ask_text(l, "stats", ""), "%lu %lu %lu %lu %lu %lu %lu %lu", &n[0],
	                        &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7]),
	                 8);
	return n[which];
}

enum { DATAGRAMS = 6, GONE = 7 };

static void they_go_both_ways(void **state)
{
	uint8_t data[LINK_MTU_MAX];
	struct inbox in;
	struct link *l = connect_to(&device.id, hub.port, &in);
	size_t most = link_payload_max(LINK_MTU_MAX), sizes[] = {2, 3, 500, 1184, most}, i, k;

	(void)state;
	rig_fill(data, sizeof data, 1);
	data[0] = 'n';
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		data[1] = (uint8_t)(1 + i);
		in.count = 0;
		assert_int_equal(link_send(l, data, sizes[i]), 0);
		await(l, &in, 1 + i);
		assert_int_equal(in.len, sizes[i]);
		for (k = 0; k < in.len; k++)
			assert_int_equal(in.last[k], data[k] ^ 0x5a);
	}
	fetches(l, 3000, 1); /* exchanges go on beside them */
	link_close(l);
}

static void the_peer_is_who_it_proved_to_be(void **state)
{
	unsigned long long key[2];
	struct inbox in;
	struct link *l;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		l = connect_to(i ? &newcomer : &device.id, hub.port, &in);
		assert_int_equal(link_send(l, "w", 1), 0);
		await(l, &in, 1);
		in.last[in.len] = 0;
		assert_int_equal(sscanf((char *)in.last, i ? "32845 - %llu" : "32769 device %llu",
		                        &key[i]),
		                 1);
		link_close(l);
	}
	assert_true(key[0] > 0 && key[1] > key[0]);
}

/* A payload of link_payload_max() makes a packet of that many bytes, the 20 aside that an IPv4
 * header is shorter; and nothing comes back. */
static void every_byte_of_one_is_accounted_for(void **state)
{
	const struct link_identity *all[] = {&device.id, &newcomer};
	static const size_t sizes[] = {LINK_MTU, 576, 100};
	uint8_t data[LINK_MTU] = {0};
	struct link_count before, after;
	struct inbox in;
	struct link *l;
	size_t i, k;

	(void)state;
	assert_int_equal(link_payload_max(LINK_MTU), 1184);
	assert_int_equal(link_payload_max(96), 0);
	assert_int_equal(link_payload_max(9000), link_payload_max(LINK_MTU_MAX));
	for (i = 0; i < 2; i++) {
		l = connect_to(all[i], hub.port, &in);
		for (k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
			link_counts(l, &before);
			assert_int_equal(link_send(l, data, link_payload_max(sizes[k])), 0);
			link_counts(l, &after);
			assert_int_equal(after.sent - before.sent, sizes[k] - 20);
			assert_int_equal(after.datagrams_sent - before.datagrams_sent, 1);
		}
		assert_int_equal(server_figure(l, DATAGRAMS) > 0, 1); /* after all of them */
		link_counts(l, &before);
		assert_int_equal(before.datagrams_received - after.datagrams_received, 1);
		link_close(l);
	}
}

/* Towards the client there is no Connection ID: such a packet is a little smaller. */
static void the_servers_are_no_larger(void **state)
{
	uint8_t data[LINK_MTU] = {'n', 1};
	struct link_count before, after;
	struct inbox in;
	struct link *l = connect_to(&device.id, hub.port, &in);

	(void)state;
	link_counts(l, &before);
	assert_int_equal(link_send(l, data, link_payload_max(LINK_MTU)), 0);
	await(l, &in, 1);
	link_counts(l, &after);
	assert_int_equal(after.received - before.received, LINK_MTU - 20 - 9);
	link_close(l);
}

static void nothing_is_queued(void **state)
{
	struct rig_process brief = rig_serve("127.0.0.1:0", &office);
	struct pollfd fd = {-1, POLLIN, 0};
	uint8_t data[LINK_MTU_MAX] = {0};
	struct inbox in;
	struct link *l = connect_to(&device.id, brief.port, &in);
	int rc = 0;

	(void)state;
	assert_int_equal(link_send(l, data, link_payload_max(LINK_MTU_MAX) + 1), ERR_TOOBIG);
	assert_int_equal(link_send(l, data, 0), 0);
	rig_stop(&brief); /* it says close_notify */
	fd.fd = link_fd(l);
	while (!rc) {
		assert_true(poll(&fd, 1, WAIT_MS) > 0);
		rc = link_process(l);
	}
	assert_int_equal(rc, ERR_NET);
	assert_int_equal(link_send(l, "x", 1), ERR_NET);
	link_close(l);
}

static void the_service_hears_when_a_session_goes(void **state)
{
	struct rig_process office_2 = rig_serve("127.0.0.1:0", &office);
	struct inbox in;
	struct link *watch = connect_to(&device.id, office_2.port, &in);
	struct link *l = connect_as(&device.id, office_2.port), *idle;
	int64_t end = now_ms() + WAIT_MS;

	(void)state;
	idle = connect_as(&device.id, office_2.port);
	assert_int_equal(link_send(l, "x", 1), 0);
	while (server_figure(watch, DATAGRAMS) < 1)
		assert_true(now_ms() < end);
	assert_int_equal(server_figure(watch, GONE), 0);
	link_close(idle); /* of which the service never heard */
	link_close(l);
	while (server_figure(watch, GONE) < 1)
		assert_true(now_ms() < end);
	assert_int_equal(link_send(watch, "n\1", 2), 0);
	await(watch, &in, 1);
	assert_int_equal(server_figure(watch, GONE), 1);
	link_close(watch);
	rig_stop(&office_2);
}

static void they_follow_a_client_that_moves(void **state)
{
	struct rig_process relay = rig_relay(hub.port);
	struct inbox in;
	struct link *l = connect_to(&device.id, relay.port, &in);

	(void)state;
	assert_int_equal(link_send(l, "n\2", 2), 0);
	await(l, &in, 2);
	rig_order(&relay, 'm', 0);
	assert_int_equal(link_send(l, "n\2", 2), 0);
	await(l, &in, 4);
	link_close(l);
	rig_stop(&relay);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_go_both_ways),
		cmocka_unit_test(the_peer_is_who_it_proved_to_be),
		cmocka_unit_test(every_byte_of_one_is_accounted_for),
		cmocka_unit_test(the_servers_are_no_larger),
		cmocka_unit_test(nothing_is_queued),
		cmocka_unit_test(the_service_hears_when_a_session_goes),
		cmocka_unit_test(they_follow_a_client_that_moves),
	};

	return cmocka_run_group_tests_name("link datagram", tests, rig_hub_up, rig_hub_down);
}
