/* test_link_hostile.c - what a peer, or anyone who can send a datagram, may try on a server. */
#include "protocol/link_client.h"
#include "tests/unit/link_relay.h"

/* One request with the given options (negative: without), past what link_exchange() would send. */
static unsigned raw(struct link *l, long block2, long block1, const char *body)
{
	coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON, COAP_REQUEST_CODE_POST, l->session);
	const coap_option_num_t options[2] = {COAP_OPTION_BLOCK2, COAP_OPTION_BLOCK1};
	const long values[2] = {block2, block1};
	int64_t end = now_ms() + WAIT_MS;
	uint8_t bytes[4];
	int i;

	assert_non_null(pdu);
	l->token++;
	l->answer.here = false;
	coap_add_token(pdu, 1, &l->token);
	coap_add_option(pdu, COAP_OPTION_URI_PATH, 4, (const uint8_t *)"size");
	for (i = 0; i < 2; i++)
		if (values[i] >= 0)
			coap_add_option(pdu, options[i],
			                coap_encode_var_safe(bytes, sizeof bytes,
			                                     (unsigned)values[i]),
			                bytes);
	if (*body)
		coap_add_data(pdu, strlen(body), (const uint8_t *)body);
	assert_int_not_equal(coap_send(l->session, pdu), COAP_INVALID_MID);
	while (!l->answer.here && now_ms() < end)
		coap_io_process(l->ctx, 100);
	assert_true(l->answer.here);
	return l->answer.code >> 5 << 8 | (l->answer.code & 31);
}

static long block(long num, long more, long szx)
{
	return num << 4 | more << 3 | szx;
}

static void pieces_of_no_answer_are_refused(void **state)
{
	struct link *l = connect_as(&device.id, hub.port);

	(void)state;
	assert_int_equal(raw(l, block(3, 0, 6), -1, ""), 0x408);
	assert_int_equal(raw(l, block(0xfffff, 0, 6), -1, ""), 0x408); /* 1 GiB away */
	fetches(l, 5000, 1);
	assert_int_equal(raw(l, block(4, 0, 6), -1, ""), 0x204);
	assert_int_equal(raw(l, block(5, 0, 6), -1, ""), 0x408); /* beyond its end */
	fetches(l, 5000, 2);
	link_close(l);
}

static void a_request_in_blocks_is_refused(void **state)
{
	struct link *l = connect_as(&device.id, hub.port);

	(void)state;
	assert_int_equal(raw(l, -1, block(0, 1, 6), "17"), 0x40d);
	assert_int_equal(raw(l, -1, block(1, 0, 6), "17"), 0x40d);
	assert_int_equal(raw(l, -1, block(0, 0, 6), "17"), 0x204); /* the only one */
	assert_int_equal(l->answer.len, 17);
	fetches(l, 5000, 3);
	link_close(l);
}

static void small_blocks_are_served(void **state)
{
	struct link *l = connect_as(&device.id, hub.port);

	(void)state;
	assert_int_equal(raw(l, block(0, 0, 0), -1, "100"), 0x204);
	assert_int_equal(l->answer.len, 16);
	assert_int_equal(l->answer.theirs.m, 1);
	assert_int_equal(raw(l, block(6, 0, 0), -1, ""), 0x204);
	assert_int_equal(l->answer.len, 4);
	assert_int_equal(l->answer.theirs.m, 0);
	link_close(l);
}

/* A first flight, so that what follows looks like something to the server. */
static size_t client_hello(uint8_t out[2048])
{
	struct link_identity me = newcomer;
	struct pollfd fd;
	struct link *l;
	int port;
	ssize_t n;

	fd.fd = rig_socket(&port);
	fd.events = POLLIN;
	assert_int_equal(link_connect(rig_addr(port), &me, 50, &l), ERR_NET);
	assert_int_equal(poll(&fd, 1, WAIT_MS), 1);
	n = recv(fd.fd, out, 2048, 0);
	assert_true(n > 0);
	close(fd.fd);
	return (size_t)n;
}

static void garbage_does_no_harm(void **state)
{
	const char *given = getenv("SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10)
	                      : (unsigned)identity_now_ms(NULL);
	uint8_t hello[2048], data[2048];
	struct rig_process target = rig_serve("127.0.0.1:0", &office);
	struct link *l = connect_as(&device.id, target.port);
	struct rig_relay r = {.server_port = target.port, .far = -1};
	size_t hello_len = client_hello(hello), len, i;
	int round;

	(void)state;
	print_message("SEED=%u\n", seed);
	srandom(seed);
	for (round = 0; round < 3000; round++) {
		if (round % 50 == 0) {
			rig_relay_far(&r, &r.far);
			fetches(l, 100, 1); /* the server keeps up, and serves */
		}
		memcpy(data, hello, hello_len);
		len = hello_len;
		for (i = (size_t)random() % 4; i > 0; i--)
			data[(size_t)random() % len] = (uint8_t)random();
		if (random() % 2)
			data[0] = (uint8_t)(20 +
			                    random() % 7); /* any content type, also with a CID */
		if (random() % 4 == 0)
			len = (size_t)random() % len;
		if (len && send(r.far, data, len, 0) < 0)
			fail_msg("the server is gone");
	}
	fetches(l, 5000, 2);
	link_close(l);
	l = connect_as(&newcomer, target.port); /* and takes new ones */
	fetches(l, 100, 3);
	link_close(l);
	close(r.far);
	rig_stop(&target);
}

/* Whoever writes a foreign address into its packets makes the server send there what it likes; until a
 * cookie has come back from there that is less than was sent, and nobody's place is taken: these are
 * more than may shake hands at once. */
static void strangers_are_sent_less_than_they_send(void **state)
{
	uint8_t hello[2048], data[2048];
	struct rig_process target = rig_serve("127.0.0.1:0", &office);
	struct rig_relay r = {.server_port = target.port, .far = -1};
	size_t len = client_hello(hello), sent = 0, received = 0;
	struct pollfd fd = {-1, POLLIN, 0};
	struct link *l;
	ssize_t n;
	int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		rig_relay_far(&r, &r.far);
		assert_int_equal(send(r.far, hello, len, 0), len);
		sent += len + 28;
		fd.fd = r.far;
		assert_int_equal(poll(&fd, 1, WAIT_MS), 1);
		n = recv(r.far, data, sizeof data, 0);
		assert_true(n > 28 && data[0] == 22 && data[13] == 3); /* HelloVerifyRequest */
		received += (size_t)n + 28;
	}
	assert_true(received < sent);
	l = connect_as(&device.id, target.port);
	fetches(l, 100, 1);
	link_close(l);
	close(r.far);
	rig_stop(&target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_of_no_answer_are_refused),
		cmocka_unit_test(a_request_in_blocks_is_refused),
		cmocka_unit_test(small_blocks_are_served),
		cmocka_unit_test(garbage_does_no_harm),
		cmocka_unit_test(strangers_are_sent_less_than_they_send),
	};

	return cmocka_run_group_tests_name("link hostile", tests, rig_hub_up, rig_hub_down);
}
