/* test_link.c - CoAP over DTLS on the loopback, between processes. */
#include "tests/unit/link_relay.h"

/* ---- exchanges ------------------------------------------------------------------------------ */

static void each_side_knows_the_other(void **state)
{
	struct link *l = connect_as(&device.id, hub.port);
	struct link_peer peer;

	(void)state;
	link_remote(l, &peer);
	assert_false(peer.enrolling);
	assert_int_equal(peer.number, office.info.number);
	assert_int_equal(peer.role, ROLE_OFFICE);
	assert_int_equal(peer.scope, office.info.scope);
	assert_string_equal(ask_text(l, "who", ""), "0 32769 device 33769");
	link_close(l);
}

static void an_office_is_served_by_its_root(void **state)
{
	struct rig_process province = rig_serve("127.0.0.1:0", &root);
	struct link *l = connect_as(&office.id, province.port);
	struct link_peer peer;

	(void)state;
	link_remote(l, &peer);
	assert_int_equal(peer.role, ROLE_ROOT);
	assert_string_equal(ask_text(l, "who", ""), "0 32768 office 33768");
	link_close(l);
	rig_stop(&province);
}

static void an_invite_s_secret_enrols(void **state)
{
	struct link *l = connect_as(&newcomer, hub.port);
	struct link_peer peer;

	(void)state;
	link_remote(l, &peer);
	assert_true(peer.enrolling);
	assert_int_equal(peer.number, 0);
	assert_string_equal(ask_text(l, "who", ""), "1 32845 - 0");
	fetches(l, 5000, 1);
	link_close(l);
}

static void answers_of_any_length_come_through(void **state)
{
	static const size_t sizes[] = {0, 1, 1023, 1024, 1025, 2048, 2049, 200 * 1024, 17};
	struct link *l = connect_as(&device.id, hub.port);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		fetches(l, sizes[i], (unsigned)i);
	fetches(l, LINK_BODY_MAX, 99);
	link_close(l);
}

static void two_links_at_once_do_not_mix(void **state)
{
	struct link *l[2];
	int i;

	(void)state;
	l[0] = connect_as(&device.id, hub.port);
	l[1] = connect_as(&other.id, hub.port);
	for (i = 0; i < 3; i++) {
		fetches(l[i % 2], 200 * 1024, (unsigned)i);
		fetches(l[1 - i % 2], 3000, 7 + (unsigned)i);
	}
	link_close(l[0]);
	link_close(l[1]);
}

/* ---- errors --------------------------------------------------------------------------------- */

static void errors_keep_their_kind_and_their_text(void **state)
{
	static const int map[][2] = {{ERR_DENIED, ERR_DENIED}, {ERR_NOTFOUND, ERR_BAD},
	                             {ERR_BAD, ERR_BAD},       {ERR_TOOBIG, ERR_BAD},
	                             {ERR_BUSY, ERR_NET},      {ERR_IO, ERR_NET}};
	struct link *l = connect_as(&device.id, hub.port);
	struct buf reply = {0};
	char body[16], text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof map / sizeof map[0]; i++) {
		snprintf(body, sizeof body, "%d", map[i][0]);
		assert_int_equal(ask(l, "fail", body, strlen(body), &reply), map[i][1]);
		/* What hides or rings in a peer's text does not reach the terminal. */
		snprintf(text, sizeof text, "says: kh\u00f4ng may: ???%s?", body);
		assert_non_null(strstr(err_text(), text));
		assert_int_equal(reply.len, 0);
	}
	assert_int_equal(ask(l, "nothing", "", 0, &reply), ERR_BAD);
	assert_string_equal(ask_text(l, "who", ""), "0 32769 device 33769");
	buf_release(&reply);
	link_close(l);
}

static void what_is_too_long_is_refused(void **state)
{
	struct link *l = connect_as(&device.id, hub.port);
	static const uint8_t body[LINK_REQUEST_MAX + 1];
	struct buf reply = {0};

	(void)state;
	assert_int_equal(ask(l, "who", body, LINK_REQUEST_MAX + 1, &reply), ERR_TOOBIG);
	assert_int_equal(ask(l, "who", body, LINK_REQUEST_MAX, &reply), 0);
	assert_int_equal(ask(l, "size", "524289", 6, &reply), ERR_NET);
	assert_non_null(strstr(err_text(), "longer than 524288"));
	assert_int_equal(ask(l, "size", "524288", 6, &reply), 0);
	assert_int_equal(reply.len, LINK_BODY_MAX);
	buf_release(&reply);
	link_close(l);
}

/* ---- who may not ---------------------------------------------------------------------------- */

static void refused(const char *addr, const struct link_identity *me, const char *text)
{
	int64_t start = now_ms();
	struct link *l;

	assert_int_equal(link_connect(addr, me, WAIT_MS, &l), ERR_DENIED);
	assert_null(l);
	if (!strstr(err_text(), text))
		fail_msg("no \"%s\" in: %s", text, err_text());
	assert_true(now_ms() - start < WAIT_MS / 2); /* told, and not just waited */
}

static void a_certificate_of_elsewhere_is_refused(void **state)
{
	struct rig_node both = stranger;
	struct link_identity wrong = device.id;
	struct link *l;

	(void)state;
	refused(rig_addr(hub.port), &stranger.id, "not the office it should be");
	rig_trust(&both, &root, NULL); /* it takes the office for its own; the office does not */
	refused(rig_addr(hub.port), &both.id, "does not accept this node's certificate");
	both = its_device;
	refused(rig_addr(hub.port), &both.id, "does not accept this node's certificate");
	wrong.key = its_device.key; /* a certificate that one has seen, without its key */
	assert_int_equal(link_connect(rig_addr(hub.port), &wrong, 1000, &l), ERR_NET);
}

/* It sends its office's certificate along, so that a chain to the root holds. */
static void a_chain_of_certificates_does_not_help(void **state)
{
	struct rig_process province = rig_serve("127.0.0.1:0", &root);
	struct rig_node sly = its_device;
	struct buf chain = {0};

	(void)state;
	identity_cert_pem(its_device.cert.data, its_device.cert.len, &chain);
	identity_cert_pem(other.cert.data, other.cert.len, &chain);
	buf_u8(&chain, 0);
	sly.id.cert = chain.data;
	sly.id.cert_len = chain.len;
	refused(rig_addr(province.port), &sly.id, "does not accept this node's certificate");
	refused(rig_addr(hub.port), &sly.id, "does not accept this node's certificate");
	buf_release(&chain);
	rig_stop(&province);
}

static void a_wrong_invite_is_refused(void **state)
{
	struct link_identity me = newcomer;

	(void)state;
	me.psk_id = "2.78";
	refused(rig_addr(hub.port), &me, "does not know this invite");
	me.psk_id = "2.077";
	refused(rig_addr(hub.port), &me, "does not know this invite");
	me.psk_id = "2.77";
	me.psk = (const uint8_t *)"another secret..";
	refused(rig_addr(hub.port), &me, "does not accept the invite's secret");
	an_invite_s_secret_enrols(state); /* and the right one still does */
}

static void nobody_there_is_told_at_once(void **state)
{
	int64_t start = now_ms();
	struct link *l;
	int port, fd = rig_socket(&port);

	(void)state;
	close(fd);
	assert_int_equal(link_connect(rig_addr(port), &device.id, WAIT_MS, &l), ERR_NET);
	assert_non_null(strstr(err_text(), "nobody listens"));
	assert_int_equal(link_connect(rig_addr(port), &newcomer, WAIT_MS, &l), ERR_NET);
	assert_true(now_ms() - start < 2000);
}

static void silence_is_waited_for_no_longer_than_asked(void **state)
{
	int64_t start = now_ms();
	struct link *l;
	int port, fd = rig_socket(&port);

	(void)state;
	assert_int_equal(link_connect(rig_addr(port), &device.id, 700, &l), ERR_NET);
	assert_non_null(strstr(err_text(), "does not answer"));
	assert_in_range(now_ms() - start, 600, 3000);
	close(fd);
}

static void an_address_is_read_with_care(void **state)
{
	static const char *const bad[] = {"",      ":",         ":5684",
	                                  "host:", "host:x",    "host:65536",
	                                  "[::1",  "[::1]5684", "host:123456",
	                                  "[]:1"};
	struct link *l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(link_connect(bad[i], &device.id, 100, &l), ERR_BAD);
	assert_int_equal(link_connect("no-such-host.invalid", &device.id, 100, &l), ERR_NET);
	assert_non_null(strstr(err_text(), "no-such-host.invalid"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_side_knows_the_other),
		cmocka_unit_test(an_office_is_served_by_its_root),
		cmocka_unit_test(an_invite_s_secret_enrols),
		cmocka_unit_test(answers_of_any_length_come_through),
		cmocka_unit_test(two_links_at_once_do_not_mix),
		cmocka_unit_test(errors_keep_their_kind_and_their_text),
		cmocka_unit_test(what_is_too_long_is_refused),
		cmocka_unit_test(a_certificate_of_elsewhere_is_refused),
		cmocka_unit_test(a_chain_of_certificates_does_not_help),
		cmocka_unit_test(a_wrong_invite_is_refused),
		cmocka_unit_test(nobody_there_is_told_at_once),
		cmocka_unit_test(silence_is_waited_for_no_longer_than_asked),
		cmocka_unit_test(an_address_is_read_with_care),
	};

	return cmocka_run_group_tests_name("link", tests, rig_hub_up, rig_hub_down);
}
