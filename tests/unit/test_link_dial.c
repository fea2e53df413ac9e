/* test_link_dial.c - which address and session a link has, when some are silent, gone or other by now. */
#include "tests/unit/link_relay.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>

static struct link *connect_list(const char *addrs)
{
	struct link *l;

	if (link_connect(addrs, &device.id, WAIT_MS, &l))
		fail_msg("%s: %s", addrs, err_text());
	return l;
}

static void a_silent_address_does_not_hold_up_another(void **state)
{
	char addrs[128], live[32];
	int dead_port, dead = rig_socket(&dead_port);
	struct link *l;

	(void)state;
	snprintf(live, sizeof live, "127.0.0.1:%d", hub.port);
	snprintf(addrs, sizeof addrs, " 127.0.0.1:%d  %s ", dead_port, live);
	l = connect_list(addrs);
	assert_string_equal(link_address(l), live);
	assert_int_equal(link_transport(l), LINK_UDP);
	fetches(l, 100, 1);
	link_close(l);
	close(dead);
}

static void an_address_where_nobody_listens_is_passed_over(void **state)
{
	char addrs[128], live[32];
	int dead_port, dead = rig_socket(&dead_port);
	struct link *l;

	(void)state;
	close(dead);
	snprintf(live, sizeof live, "127.0.0.1:%d", hub.port);
	snprintf(addrs, sizeof addrs, "127.0.0.1:%d %s", dead_port, live);
	l = connect_list(addrs);
	assert_string_equal(link_address(l), live);
	link_close(l);
}

static void a_name_is_looked_up(void **state)
{
	char name[32];
	struct link *l;

	(void)state;
	snprintf(name, sizeof name, "localhost:%d", hub.port);
	l = connect_list(name); /* ::1 comes first, where nobody listens */
	assert_string_equal(link_address(l), name);
	fetches(l, 100, 1);
	link_close(l);
}

/* Whatever the resolver does, opening does not wait for it, and closing neither. */
static void opening_does_not_wait(void **state)
{
	char addrs[128];
	struct link *l;
	int i;

	(void)state;
	snprintf(addrs, sizeof addrs, "no-such-host.invalid 127.0.0.1:%d", hub.port);
	l = connect_list(addrs); /* a name that is not found is in nobody's way */
	link_close(l);
	for (i = 0; i < 20; i++) {
		assert_int_equal(link_open("some-host.invalid:1", &device.id, LINK_UDP, WAIT_MS,
		                           &l),
		                 0);
		assert_int_not_equal(link_state(l), LINK_UP);
		link_close(l);
	}
	assert_int_equal(link_open("[::1", &device.id, LINK_UDP, WAIT_MS, &l), ERR_BAD);
}

static void an_idle_link_waits_for_nothing(void **state)
{
	struct link *l = connect_as(&device.id, hub.port);
	struct pollfd fd = {link_fd(l), POLLIN, 0};

	(void)state;
	fetches(l, 100, 1);
	while (poll(&fd, 1, 0) > 0)
		assert_int_equal(link_process(l), 0);
	assert_int_equal(link_timeout_ms(l), -1);
	assert_int_equal(poll(&fd, 1, 1500), 0);
	fetches(l, 100, 2);
	link_close(l);
}

/* As by a power cut, and up again at the same port: nobody knows the session any more. */
static struct rig_process restart(struct rig_process *p, const struct rig_node *me)
{
	char addr[32];

	assert_int_equal(kill(p->pid, SIGKILL), 0);
	assert_int_equal(waitpid(p->pid, NULL, 0), p->pid);
	close(p->control);
	snprintf(addr, sizeof addr, "127.0.0.1:%d", p->port);
	return rig_serve(addr, me);
}

static void a_server_that_forgot_is_noticed_by_a_request(void **state)
{
	struct rig_process brief = rig_serve("127.0.0.1:0", &office), again;
	struct link *l = connect_as(&device.id, brief.port);

	(void)state;
	fetches(l, 100, 1);
	again = restart(&brief, &office);
	fetches(l, 100, 2);
	assert_string_equal(ask_text(l, "who", ""), "0 32769 device 33769");
	link_close(l);
	rig_stop(&again);
}

static void count_one(void *arg, const uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	++*(int *)arg;
}

static void a_server_that_forgot_is_noticed_by_datagrams(void **state)
{
	struct rig_process brief = rig_serve("127.0.0.1:0", &office), again;
	struct link *l = connect_as(&device.id, brief.port);
	struct pollfd fd = {link_fd(l), POLLIN, 0};
	int64_t end = now_ms() + WAIT_MS;
	int heard = 0;

	(void)state;
	link_on_datagram(l, count_one, &heard);
	again = restart(&brief, &office);
	while (!heard) {
		assert_true(now_ms() < end);
		assert_int_equal(link_send(l, "n\1", 2), 0);
		poll(&fd, 1, 200);
		assert_int_equal(link_process(l), 0);
	}
	assert_int_equal(link_state(l), LINK_UP);
	link_close(l);
	rig_stop(&again);
}

/* At the same address, and with a certificate that the device would trust. */
static void another_office_is_not_taken_for_the_one_before(void **state)
{
	struct rig_process brief = rig_serve("127.0.0.1:0", &office), again;
	struct link *l = connect_as(&device.id, brief.port);
	struct rig_node usurper = other;
	struct buf reply = {0};

	(void)state;
	fetches(l, 100, 1);
	rig_trust(&usurper, &office, &root); /* it lets the device in */
	again = restart(&brief, &usurper);
	assert_int_equal(ask(l, "size", "1", 1, &reply), ERR_DENIED);
	assert_non_null(strstr(err_text(), "another office"));
	link_close(l);
	rig_stop(&again);
}

/* ---- another address ------------------------------------------------------------------------- */

static void run(const char *command)
{
	if (system(command) != 0) {
		fprintf(stderr, "fails: %s\n", command);
		exit(1);
	}
}

/* In a network of its own, where the machine's address is taken away and another given. */
static void moves_work(int control, const void *arg)
{
	struct rig_process server;
	struct link *l = NULL;
	struct link_count before, after;
	int ok = 0;

	(void)arg;
	if (unshare(CLONE_NEWNET))
		exit(1);
	run("ip link set lo up && ip addr add 10.8.0.1/32 dev lo && ip addr add 10.9.0.1/32 dev lo");
	run("ip route add 10.8.0.0/24 dev lo src 10.9.0.1");
	run("ip route replace table local local 10.8.0.1 dev lo src 10.9.0.1");
	server = rig_serve("10.8.0.1:5684", &office);
	if (link_connect("10.8.0.1", &device.id, WAIT_MS, &l))
		exit(1);
	fetches(l, 100, 1);
	run("ip addr add 10.9.0.2/32 dev lo");
	run("ip route replace table local local 10.8.0.1 dev lo src 10.9.0.2");
	run("ip addr del 10.9.0.1/32 dev lo");
	usleep(1100000); /* the address is looked at once a second */
	link_counts(l, &before);
	fetches(l, 100, 2);
	link_counts(l, &after);
	/* No handshake: three flights would be over 900 bytes. */
	ok = after.sent - before.sent < 700;
	link_close(l);
	rig_stop(&server);
	if (write(control, &ok, sizeof ok) != sizeof ok)
		exit(1);
}

/* Needs root, for the network. */
static void a_machine_with_a_new_address_goes_on(void **state)
{
	struct rig_process mover = rig_start(moves_work, NULL);

	(void)state;
	assert_true(mover.port); /* what it wrote first: whether it went well */
	rig_stop(&mover);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_silent_address_does_not_hold_up_another),
		cmocka_unit_test(an_address_where_nobody_listens_is_passed_over),
		cmocka_unit_test(an_idle_link_waits_for_nothing),
		cmocka_unit_test(a_server_that_forgot_is_noticed_by_a_request),
		cmocka_unit_test(a_server_that_forgot_is_noticed_by_datagrams),
		cmocka_unit_test(another_office_is_not_taken_for_the_one_before),
		cmocka_unit_test(a_machine_with_a_new_address_goes_on),
		/* Last, as lookups may go on, and a fork then would look like a leak. */
		cmocka_unit_test(a_name_is_looked_up),
		cmocka_unit_test(opening_does_not_wait),
	};

	return cmocka_run_group_tests_name("link dial", tests, rig_hub_up, rig_hub_down);
}
