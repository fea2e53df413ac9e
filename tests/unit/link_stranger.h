/* link_stranger.h - a DTLS client that is none of ours: Mbed TLS alone, one cipher suite, no Connection
 * ID, and CoAP written byte by byte. */
#ifndef TESTS_UNIT_LINK_STRANGER_H
#define TESTS_UNIT_LINK_STRANGER_H

#include "tests/unit/link_relay.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/ssl.h>
#include <mbedtls/timing.h>

struct stranger {
	int fd;
	int suites[2];
	mbedtls_ssl_context ssl;
	mbedtls_ssl_config conf;
	mbedtls_entropy_context entropy;
	mbedtls_ctr_drbg_context random;
	mbedtls_timing_delay_context timer;
};

static int stranger_send(void *arg, const unsigned char *data, size_t len)
{
	struct stranger *s = arg;
	ssize_t n = send(s->fd, data, len, 0);

	return n < 0 ? MBEDTLS_ERR_SSL_INTERNAL_ERROR : (int)n;
}

static int stranger_receive(void *arg, unsigned char *data, size_t len, uint32_t timeout_ms)
{
	struct stranger *s = arg;
	struct pollfd fd = {s->fd, POLLIN, 0};
	ssize_t n;

	if (poll(&fd, 1, timeout_ms ? (int)timeout_ms : WAIT_MS) <= 0)
		return MBEDTLS_ERR_SSL_TIMEOUT;
	n = recv(s->fd, data, len, 0);
	return n < 0 ? MBEDTLS_ERR_SSL_INTERNAL_ERROR : (int)n;
}

static void stranger_end(struct stranger *s)
{
	mbedtls_ssl_close_notify(&s->ssl);
	close(s->fd);
	mbedtls_ssl_free(&s->ssl);
	mbedtls_ssl_config_free(&s->conf);
	mbedtls_ctr_drbg_free(&s->random);
	mbedtls_entropy_free(&s->entropy);
}

/* What mbedtls_ssl_handshake() says. */
static int stranger_begin(struct stranger *s, int port, const char *id, const uint8_t *key,
                          size_t key_len, int suite)
{
	struct rig_relay to = {.server_port = port};
	int rc;

	memset(s, 0, sizeof *s);
	s->fd = -1;
	s->suites[0] = suite;
	rig_relay_far(&to, &s->fd);
	mbedtls_ssl_init(&s->ssl);
	mbedtls_ssl_config_init(&s->conf);
	mbedtls_entropy_init(&s->entropy);
	mbedtls_ctr_drbg_init(&s->random);
	assert_int_equal(mbedtls_ctr_drbg_seed(&s->random, mbedtls_entropy_func, &s->entropy, NULL,
	                                       0),
	                 0);
	assert_int_equal(mbedtls_ssl_config_defaults(&s->conf, MBEDTLS_SSL_IS_CLIENT,
	                                             MBEDTLS_SSL_TRANSPORT_DATAGRAM,
	                                             MBEDTLS_SSL_PRESET_DEFAULT),
	                 0);
	mbedtls_ssl_conf_rng(&s->conf, mbedtls_ctr_drbg_random, &s->random);
	mbedtls_ssl_conf_ciphersuites(&s->conf, s->suites);
	assert_int_equal(mbedtls_ssl_conf_psk(&s->conf, key, key_len, (const unsigned char *)id,
	                                      strlen(id)),
	                 0);
	assert_int_equal(mbedtls_ssl_setup(&s->ssl, &s->conf), 0);
	mbedtls_ssl_set_bio(&s->ssl, s, stranger_send, NULL, stranger_receive);
	mbedtls_ssl_set_timer_cb(&s->ssl, &s->timer, mbedtls_timing_set_delay,
	                         mbedtls_timing_get_delay);
	do
		rc = mbedtls_ssl_handshake(&s->ssl);
	while (rc == MBEDTLS_ERR_SSL_WANT_READ || rc == MBEDTLS_ERR_SSL_WANT_WRITE);
	return rc;
}

/* A message and the answer to it. */
static size_t stranger_ask(struct stranger *s, const void *message, size_t len, uint8_t out[2048])
{
	int n;

	assert_int_equal(mbedtls_ssl_write(&s->ssl, message, len), len);
	do
		n = mbedtls_ssl_read(&s->ssl, out, 2048);
	while (n == MBEDTLS_ERR_SSL_WANT_READ);
	assert_true(n > 0);
	return (size_t)n;
}

#endif
