/* test_link_tcp.c - CoAP over TLS over TCP (RFC 8323), where UDP does not pass. */
#include "tests/unit/link_relay.h"

#include <fcntl.h>

/* ---- a network that swallows UDP -------------------------------------------------------------- */

struct wall {
	int server_port, udp, tcp;
	int near, far; /* the connection that is passed on; a later one takes its place */
	bool deaf;     /* what the client writes is left where it is */
	int swallowed; /* datagrams */
};

static void wall_cut(struct wall *w)
{
	if (w->near >= 0) {
		close(w->near);
		close(w->far);
	}
	w->near = w->far = -1;
}

static void wall_accept(struct wall *w)
{
	struct sockaddr_in to = {.sin_family = AF_INET};

	wall_cut(w);
	w->near = accept(w->tcp, NULL, NULL);
	w->far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)w->server_port);
	if (w->near < 0 || connect(w->far, (struct sockaddr *)&to, sizeof to))
		abort();
}

static void wall_pass(struct wall *w, int from, int to)
{
	uint8_t data[4096];
	ssize_t n = recv(from, data, sizeof data, 0), sent = 0, k;

	for (; n > 0 && sent < n; sent += k)
		if ((k = send(to, data + sent, (size_t)(n - sent), MSG_NOSIGNAL)) <= 0)
			n = 0;
	if (n <= 0)
		wall_cut(w);
}

static void wall_work(int control, const void *arg)
{
	struct wall w = {.server_port = *(const int *)arg, .near = -1, .far = -1};
	struct sockaddr_in at = {.sin_family = AF_INET};
	struct pollfd fd[5];
	char order[2], dust[2048];
	int port, i;

	w.tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (;;) { /* a number that is free for both */
		w.udp = rig_socket(&port);
		at.sin_port = htons((uint16_t)port);
		if (!bind(w.tcp, (struct sockaddr *)&at, sizeof at))
			break;
		close(w.udp);
	}
	if (listen(w.tcp, 8) || write(control, &port, sizeof port) != sizeof port)
		exit(1);
	for (;;) {
		int fds[5] = {control, w.udp, w.tcp, w.deaf ? -1 : w.near, w.far};

		for (i = 0; i < 5; i++)
			fd[i] = (struct pollfd){fds[i], POLLIN, 0};
		poll(fd, 5, -1);
		if (fd[1].revents && recv(w.udp, dust, sizeof dust, 0) > 0)
			w.swallowed++;
		if (fd[3].revents)
			wall_pass(&w, w.near, w.far);
		else if (fd[4].revents)
			wall_pass(&w, w.far, w.near);
		else if (fd[2].revents)
			wall_accept(&w);
		if (!fd[0].revents)
			continue;
		if (read(control, order, 2) != 2)
			break;
		if (order[0] == 'c')
			wall_cut(&w);
		if (order[0] == 'd')
			w.deaf = order[1];
		if (write(control, &w.swallowed, sizeof w.swallowed) != sizeof w.swallowed)
			break;
	}
	wall_cut(&w);
	close(w.udp);
	close(w.tcp);
}

static struct rig_process wall_up(int server_port)
{
	return rig_start(wall_work, &server_port);
}

/* 'c': cuts the connection. 'd': deaf or not. Whatever the order, the datagrams that were swallowed. */
static int wall_order(struct rig_process *p, char what, char value)
{
	char order[2] = {what, value};
	int swallowed = 0;

	if (write(p->control, order, 2) != 2 ||
	    read(p->control, &swallowed, sizeof swallowed) != sizeof swallowed)
		fail_msg("the wall is gone");
	return swallowed;
}

/* ---- what goes over it ------------------------------------------------------------------------- */

static struct link *open_first(const struct link_identity *me, int port, enum link_transport first)
{
	struct link *l;
	struct pollfd fd = {-1, POLLIN, 0};
	int64_t end = now_ms() + WAIT_MS;

	assert_int_equal(link_open(rig_addr(port), me, first, WAIT_MS, &l), 0);
	fd.fd = link_fd(l);
	while (link_state(l) == LINK_OPENING) {
		assert_true(now_ms() < end);
		poll(&fd, 1, link_timeout_ms(l));
		if (link_process(l))
			fail_msg("%s", err_text());
	}
	return l;
}

static void where_udp_is_silent_tcp_is_taken(void **state)
{
	static const size_t sizes[] = {0, 1, 1024, 1025, 50000};
	struct rig_process wall = wall_up(hub.port);
	struct link *l = connect_as(&device.id, wall.port);
	struct link_peer peer;
	size_t i;

	(void)state;
	assert_int_equal(link_transport(l), LINK_TCP);
	assert_true(wall_order(&wall, 's', 0) > 0);
	link_remote(l, &peer);
	assert_int_equal(peer.number, office.info.number);
	assert_string_equal(ask_text(l, "who", ""), "0 32769 device 33769");
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		fetches(l, sizes[i], (unsigned)i);
	link_close(l);
	rig_stop(&wall);
}

static void what_was_remembered_is_tried_first(void **state)
{
	struct rig_process wall = wall_up(hub.port);
	struct link *l = open_first(&newcomer, wall.port, LINK_TCP);

	(void)state;
	assert_int_equal(link_transport(l), LINK_TCP);
	assert_int_equal(wall_order(&wall, 's', 0), 0);
	assert_string_equal(ask_text(l, "who", ""), "1 32845 - 0");
	link_close(l);
	l = open_first(&device.id, hub.port, LINK_UDP);
	assert_int_equal(link_transport(l), LINK_UDP);
	link_close(l);
	rig_stop(&wall);
}

static void who_is_not_wanted_is_told(void **state)
{
	struct rig_process wall = wall_up(hub.port);
	struct rig_node both = stranger;
	struct link_identity wrong = newcomer;
	struct link *l;
	int rc;

	(void)state;
	rig_trust(&both, &root, NULL);
	wrong.psk_id = "2.78";
	assert_int_equal(link_connect(rig_addr(wall.port), &stranger.id, WAIT_MS, &l), ERR_DENIED);
	assert_non_null(strstr(err_text(), "not the office it should be"));
	/* who closes with bytes unread resets the connection (RFC 1122 section 4.2.2.13), and the alert
	 * that says why may be gone with it */
	rc = link_connect(rig_addr(wall.port), &both.id, WAIT_MS, &l);
	assert_true(rc == ERR_DENIED || rc == ERR_NET);
	if (rc == ERR_DENIED)
		assert_non_null(strstr(err_text(), "does not accept this node's certificate"));
	assert_int_equal(link_connect(rig_addr(wall.port), &wrong, WAIT_MS, &l), ERR_DENIED);
	assert_non_null(strstr(err_text(), "does not know this invite"));
	rig_stop(&wall);
}

struct inbox {
	size_t count, len;
};

static void take(void *arg, const uint8_t *data, size_t len)
{
	struct inbox *in = arg;

	(void)data;
	in->count++;
	in->len = len;
}

static void await(struct link *l, const struct inbox *in, size_t count)
{
	int64_t end = now_ms() + WAIT_MS;
	struct pollfd fd = {link_fd(l), POLLIN, 0};

	while (in->count < count) {
		assert_true(now_ms() < end);
		poll(&fd, 1, 1000);
		assert_int_equal(link_process(l), 0);
	}
}

static void datagrams_go_both_ways(void **state)
{
	struct rig_process wall = wall_up(hub.port);
	struct link *l = open_first(&device.id, wall.port, LINK_TCP);
	uint8_t data[LINK_MTU_MAX] = {'n', 3};
	struct inbox in = {0};
	size_t i;

	(void)state;
	link_on_datagram(l, take, &in);
	for (i = 0; i < 20; i++) {
		assert_int_equal(link_send(l, data, link_payload_max(LINK_MTU_MAX)), 0);
		await(l, &in, 3 * (i + 1));
	}
	assert_int_equal(in.len, link_payload_max(LINK_MTU_MAX));
	link_close(l);
	rig_stop(&wall);
}

static unsigned long arrived(struct link *l)
{
	unsigned long n;

	assert_int_equal(sscanf(ask_text(l, "stats", ""), "%*u %*u %*u %*u %*u %*u %lu", &n), 1);
	return n;
}

/* When the line takes no more, who sends is told; what was taken arrives when it does again. */
static void nothing_piles_up(void **state)
{
	struct rig_process wall = wall_up(hub.port);
	struct link *l = open_first(&device.id, wall.port, LINK_TCP);
	unsigned long before = arrived(l);
	uint8_t data[1184] = {0};
	size_t sent = 0;
	int rc = 0;

	(void)state;
	wall_order(&wall, 'd', 1);
	while (!(rc = link_send(l, data, sizeof data)) && sent < 100000)
		sent++;
	assert_int_equal(rc, ERR_BUSY);
	wall_order(&wall, 'd', 0);
	assert_int_equal(arrived(l), before + sent);
	assert_int_equal(link_send(l, data, sizeof data), 0);
	assert_int_equal(arrived(l), before + sent + 1);
	link_close(l);
	rig_stop(&wall);
}

static void a_cut_connection_is_made_again(void **state)
{
	struct rig_process wall = wall_up(hub.port);
	struct link *l = open_first(&device.id, wall.port, LINK_TCP);

	(void)state;
	fetches(l, 100, 1);
	wall_order(&wall, 'c', 0);
	fetches(l, 100, 2);
	assert_int_equal(link_transport(l), LINK_TCP);
	link_close(l);
	rig_stop(&wall);
}

static int call(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)port);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

/* More of them than there is room for: they give way. */
static void silent_callers_do_not_hold_the_door(void **state)
{
	struct rig_process wall, target = rig_serve("127.0.0.1:0", &office);
	static const char noise[200] = "GET / HTTP/1.1\r\n\r\n";
	struct link *l = connect_as(&device.id, target.port);
	int fd[300], i;

	(void)state;
	wall = wall_up(target.port);
	for (i = 0; i < 300; i++) {
		if (i % 20 == 0)
			fetches(l, 10, 1); /* the server keeps up, or the system would drop some */
		fd[i] = call(target.port);
		if (i % 3 == 0)
			assert_true(send(fd[i], noise, sizeof noise, MSG_NOSIGNAL) > 0);
	}
	link_close(l);
	l = open_first(&device.id, wall.port, LINK_TCP);
	assert_int_equal(link_transport(l), LINK_TCP);
	fetches(l, 1000, 1);
	link_close(l);
	for (i = 0; i < 300; i++)
		close(fd[i]);
	rig_stop(&wall);
	rig_stop(&target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_udp_is_silent_tcp_is_taken),
		cmocka_unit_test(what_was_remembered_is_tried_first),
		cmocka_unit_test(who_is_not_wanted_is_told),
		cmocka_unit_test(datagrams_go_both_ways),
		cmocka_unit_test(nothing_piles_up),
		cmocka_unit_test(a_cut_connection_is_made_again),
		cmocka_unit_test(silent_callers_do_not_hold_the_door),
	};

	return cmocka_run_group_tests_name("link tcp", tests, rig_hub_up, rig_hub_down);
}
