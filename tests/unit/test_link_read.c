/* test_link_read.c - what any CoAP client may read, and what it may not do. */
#include "tests/unit/link_stranger.h"

#define CORE "</numbers>;ct=\"50 110\",</empty>,</size>,</who>,</fail>,</stats>,</f>"

static int get(struct link *l, const char *path, const char *query, int accept, struct buf *reply)
{
	int format, rc = link_get(l, path, query, accept, &format, reply, WAIT_MS);

	return rc ? rc : format;
}

static void is_numbers(const struct buf *b, size_t offset, size_t len)
{
	uint8_t all[100000];

	assert_int_equal(b->len, len);
	rig_fill(all, offset + len, 7);
	assert_memory_equal(b->data, all + offset, len);
}

static void reads(const struct link_identity *me)
{
	struct link *l = connect_as(me, hub.port);
	struct buf b = {0};

	assert_int_equal(get(l, "numbers", "5", -1, &b), 50);
	is_numbers(&b, 0, 5);
	assert_int_equal(get(l, "numbers", "100000", 110, &b), 110);
	is_numbers(&b, 0, 100000);
	assert_int_equal(get(l, "empty", NULL, -1, &b), 50);
	assert_int_equal(b.len, 0);
	assert_int_equal(get(l, "numbers", "5", 60, &b), ERR_BAD);
	assert_non_null(strstr(err_text(), "no such form"));
	assert_int_equal(get(l, "numbers", "404", -1, &b), ERR_BAD);
	assert_non_null(strstr(err_text(), "there is no 404"));
	assert_int_equal(get(l, "letters", NULL, -1, &b), ERR_BAD);
	assert_int_equal(get(l, ".well-known/core", NULL, -1, &b), 40);
	assert_string_equal(buf_cstr(&b), CORE);
	buf_release(&b);
	link_close(l);
}

static void readers_read(void **state)
{
	(void)state;
	reads(&looker);
}

static void nodes_read(void **state)
{
	(void)state;
	reads(&device.id);
}

static void who_enrols_reads_nothing(void **state)
{
	struct link *l = connect_as(&newcomer, hub.port);
	struct buf b = {0};

	(void)state;
	assert_int_equal(get(l, "numbers", "5", -1, &b), ERR_DENIED);
	assert_int_equal(get(l, ".well-known/core", NULL, -1, &b), ERR_DENIED);
	buf_release(&b);
	link_close(l);
}

static unsigned long figure(struct link *l, const char *format)
{
	unsigned long n;

	assert_int_equal(sscanf(ask_text(l, "stats", ""), format, &n), 1);
	return n;
}

#define REQUESTS "%*u %lu"
#define DATAGRAMS "%*u %*u %*u %*u %*u %*u %lu"

static void readers_do_nothing_else(void **state)
{
	struct link *watch = connect_as(&device.id, hub.port), *l = connect_as(&looker, hub.port);
	unsigned long before = figure(watch, REQUESTS), datagrams = figure(watch, DATAGRAMS);
	struct buf b = {0};

	(void)state;
	assert_int_equal(ask(l, "size", "1", 1, &b), ERR_DENIED);
	assert_int_equal(link_send(l, "w", 1), 0);
	assert_int_equal(ask(l, "who", "", 0, &b), ERR_DENIED);
	assert_int_equal(figure(watch, REQUESTS), before + 2);
	assert_int_equal(figure(watch, DATAGRAMS), datagrams);
	buf_release(&b);
	link_close(l);
	link_close(watch);
}

static void a_wrong_key_is_refused(void **state)
{
	struct link_identity wrong = looker;
	struct link *l;

	(void)state;
	wrong.psk_id = "another";
	assert_int_equal(link_connect(rig_addr(hub.port), &wrong, WAIT_MS, &l), ERR_DENIED);
	wrong = looker;
	wrong.psk = rig_secret;
	assert_int_equal(link_connect(rig_addr(hub.port), &wrong, WAIT_MS, &l), ERR_DENIED);
}

/* ---- programs that are none of ours ------------------------------------------------------------ */

/* GET /numbers?5000, block 1 of 1,024 bytes; token 07. */
static const uint8_t ask_block_1[] = "\x41\x01\x12\x34\x07\xb7numbers\x44"
				     "5000\x81\x16";

static void is_block_1(const uint8_t *reply, size_t len)
{
	struct buf b = {0};

	/* ACK, 2.05, the id and token; ETag; Content-Format 50; Block2 1, more, 1,024 */
	assert_true(len > 1024);
	assert_memory_equal(reply, "\x61\x45\x12\x34\x07\x44", 6);
	assert_memory_equal(reply + 10, "\x81\x32\xb1\x1e\xff", 5);
	buf_add(&b, reply + 15, len - 15);
	is_numbers(&b, 1024, 1024);
	buf_release(&b);
}

/* RFC 7252 section 9.1.3.1: the suite that every CoAP program has. */
static void the_suite_of_every_coap_program_reads(void **state)
{
	struct stranger s;
	uint8_t reply[2048];
	size_t len;

	(void)state;
	assert_int_equal(stranger_begin(&s, hub.port, looker.psk_id, rig_read_key,
	                                sizeof rig_read_key, MBEDTLS_TLS_PSK_WITH_AES_128_CCM_8),
	                 0);
	len = stranger_ask(&s, ask_block_1, sizeof ask_block_1 - 1, reply);
	is_block_1(reply, len); /* though block 0 was never asked for */
	stranger_end(&s);
}

/* It has no ephemeral keys: an invite that is found later would open what was recorded. */
static void that_suite_does_not_enrol(void **state)
{
	struct stranger s;

	(void)state;
	assert_int_not_equal(stranger_begin(&s, hub.port, newcomer.psk_id, rig_secret,
	                                    sizeof rig_secret, MBEDTLS_TLS_PSK_WITH_AES_128_CCM_8),
	                     0);
	stranger_end(&s);
	assert_int_equal(stranger_begin(&s, hub.port, newcomer.psk_id, rig_secret,
	                                sizeof rig_secret,
	                                MBEDTLS_TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256),
	                 0);
	stranger_end(&s);
}

static size_t plain_ask(int fd, const void *message, size_t len, uint8_t out[2048])
{
	struct pollfd p = {fd, POLLIN, 0};
	ssize_t n;

	assert_int_equal(send(fd, message, len, 0), len);
	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
	n = recv(fd, out, 2048, 0);
	assert_true(n > 0);
	return (size_t)n;
}

static void this_machine_s_programs_read_without_keys(void **state)
{
	static const uint8_t post_who[] = "\x41\x02\x12\x35\x08\xb3who",
			     datagram[] = "\x50\x02\x12\x36\xb1"
					  "f\xffw";
	struct rig_server conf = {.addr = "127.0.0.1:0", .me = &office};
	struct rig_relay to = {0};
	struct rig_process target;
	uint8_t reply[2048];
	char plain[32];
	int fd = rig_socket(&to.server_port);

	(void)state;
	close(fd);
	snprintf(plain, sizeof plain, "127.0.0.1:%d", to.server_port);
	conf.plain = plain;
	target = rig_start(rig_serve_work, &conf);
	fd = -1;
	rig_relay_far(&to, &fd);
	is_block_1(reply, plain_ask(fd, ask_block_1, sizeof ask_block_1 - 1, reply));
	assert_true(plain_ask(fd, post_who, sizeof post_who - 1, reply) >= 5);
	assert_memory_equal(reply, "\x61\x81\x12\x35\x08", 5); /* 4.01 */
	assert_true(plain_ask(fd, datagram, sizeof datagram - 1, reply) >= 4);
	assert_int_equal(reply[1], 0x81);
	close(fd);
	rig_stop(&target);
}

static void plain_coap_stays_on_this_machine(void **state)
{
	static const char *const bad[] = {"0.0.0.0:5683", "[::]:5683", "10.0.0.1:5683"};
	struct link_service service = {0};
	const char *const paths[] = {NULL};
	struct link_server *v;
	size_t i;

	(void)state;
	assert_int_equal(link_listen("127.0.0.1:0", &office.id, paths, &service, &v), 0);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(link_listen_plain(v, bad[i]), ERR_BAD);
	link_server_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_read),
		cmocka_unit_test(nodes_read),
		cmocka_unit_test(who_enrols_reads_nothing),
		cmocka_unit_test(readers_do_nothing_else),
		cmocka_unit_test(a_wrong_key_is_refused),
		cmocka_unit_test(the_suite_of_every_coap_program_reads),
		cmocka_unit_test(that_suite_does_not_enrol),
		cmocka_unit_test(this_machine_s_programs_read_without_keys),
		cmocka_unit_test(plain_coap_stays_on_this_machine),
	};

	return cmocka_run_group_tests_name("link read", tests, rig_hub_up, rig_hub_down);
}
