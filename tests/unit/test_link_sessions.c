/* test_link_sessions.c - how many sessions a server holds, what each costs, and whose place is taken. */
#include "tests/unit/link_relay.h"

#define MANY 100
#define SESSION_BYTES (24 * 1024) /* of the server's memory, at most */

static uint64_t asked_bytes(struct link *l)
{
	struct link_count before, after;

	link_counts(l, &before);
	fetches(l, 20, 1);
	link_counts(l, &after);
	return after.sent - before.sent;
}

/* Over 400 bytes is a handshake; a request of 20 bytes is about 100. */
static void the_one_idle_longest_gives_way(void **state)
{
	struct rig_server conf = {.addr = "127.0.0.1:0", .me = &office, .keep = 3};
	struct rig_process small = rig_start(rig_serve_work, &conf);
	struct link *l[6];
	int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		l[i] = connect_as(&device.id, small.port);
		fetches(l[i], 20, 1);
		fetches(l[0], 20, 1); /* this one is always the last but one */
	}
	assert_true(asked_bytes(l[0]) < 400);
	assert_true(asked_bytes(l[5]) < 400);
	assert_true(asked_bytes(l[1]) > 400);
	for (i = 0; i < 6; i++)
		link_close(l[i]);
	rig_stop(&small);
}

/* Resident bytes of another process. */
static long resident(pid_t pid)
{
	char path[64];
	long pages = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%*d %ld", &pages), 1);
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

static void a_session_takes_little_memory(void **state)
{
	struct rig_process target = rig_serve("127.0.0.1:0", &office);
	struct link *l[MANY];
	long before;
	int i;

	(void)state;
	l[0] = connect_as(&device.id, target.port);
	fetches(l[0], 50000, 1);
	before = resident(target.pid);
	for (i = 1; i < MANY; i++) {
		l[i] = connect_as(&device.id, target.port);
		assert_int_equal(link_send(l[i], "x", 1), 0);
		fetches(l[i], 20, 1);
	}
	print_message("%ld bytes a session\n", (resident(target.pid) - before) / (MANY - 1));
#if !defined(__SANITIZE_ADDRESS__) /* which keeps what is freed */
	assert_in_range(resident(target.pid) - before, 1, (MANY - 1) * SESSION_BYTES);
#endif
	for (i = 0; i < MANY; i++)
		link_close(l[i]);
	rig_stop(&target);
}

/* ---- handshakes that stop where the address is proven ------------------------------------------ */

/* A first flight. */
static size_t client_hello(uint8_t out[2048])
{
	struct pollfd fd = {-1, POLLIN, 0};
	struct link *l;
	int port;
	ssize_t n;

	fd.fd = rig_socket(&port);
	assert_int_equal(link_open(rig_addr(port), &newcomer, LINK_UDP, WAIT_MS, &l), 0);
	assert_int_equal(poll(&fd, 1, WAIT_MS), 1);
	n = recv(fd.fd, out, 2048, 0);
	assert_true(n > 61 && out[59] == 0 && out[60] == 0); /* no session id, no cookie */
	link_close(l);
	close(fd.fd);
	return (size_t)n;
}

static void add_to(uint8_t *at, int bytes, unsigned n)
{
	for (; bytes-- > 0; n >>= 8) {
		n += at[bytes];
		at[bytes] = (uint8_t)n;
	}
}

static size_t receive(int fd, uint8_t out[2048])
{
	struct pollfd p = {fd, POLLIN, 0};
	ssize_t n;

	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
	n = recv(fd, out, 2048, 0);
	assert_true(n > 28);
	return (size_t)n;
}

/* Sends the hello, and it again with the cookie that came. Whether a handshake has begun: then the
 * next thing to come is a ServerHello (2), else it is the HelloVerifyRequest (3) for the first
 * hello, sent once more. */
static bool begins(int fd, const uint8_t *hello, size_t len)
{
	uint8_t second[2048], reply[2048];
	size_t n;

	assert_int_equal(send(fd, hello, len, 0), len);
	n = receive(fd, reply);
	assert_int_equal(reply[13], 3);
	n -= 28;
	memcpy(second, hello, 60);
	second[60] = (uint8_t)n;
	memcpy(second + 61, reply + 28, n);
	memcpy(second + 61 + n, hello + 61, len - 61);
	second[10]++; /* sequence number of the record, */
	second[18]++; /* and of the message */
	add_to(second + 11, 2, (unsigned)n);
	add_to(second + 14, 3, (unsigned)n);
	add_to(second + 22, 3, (unsigned)n);
	assert_int_equal(send(fd, second, len + n, 0), len + n);
	assert_int_equal(send(fd, hello, len, 0), len);
	receive(fd, reply);
	assert_in_range(reply[13], 2, 3);
	return reply[13] == 2;
}

static void one_address_does_not_take_all_places(void **state)
{
	struct rig_process target = rig_serve("[::]:0", &office);
	struct rig_relay to = {.server_port = target.port};
	uint8_t hello[2048];
	size_t len = client_hello(hello);
	int fd[80], i, begun = 0;
	struct link *l;
	char addr[32];

	(void)state;
	for (i = 0; i < 80; i++) {
		fd[i] = -1;
		rig_relay_far(&to, &fd[i]);
		begun += begins(fd[i], hello, len);
	}
	assert_int_equal(begun, 64);
	snprintf(addr, sizeof addr, "[::1]:%d", target.port);
	if (link_connect(addr, &device.id, WAIT_MS, &l)) /* another address has its own */
		fail_msg("%s", err_text());
	fetches(l, 100, 1);
	link_close(l);
	for (i = 0; i < 80; i++)
		close(fd[i]);
	rig_stop(&target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_one_idle_longest_gives_way),
		cmocka_unit_test(a_session_takes_little_memory),
		cmocka_unit_test(one_address_does_not_take_all_places),
	};

	return cmocka_run_group_tests_name("link sessions", tests, rig_hub_up, rig_hub_down);
}
