/* link_rig.h - what the tests of the link run against: nodes, and a server in a process of its own. */
#ifndef TESTS_UNIT_LINK_RIG_H
#define TESTS_UNIT_LINK_RIG_H

#include "protocol/identity.h"
#include "protocol/link.h"
#include "protocol/link_listen.h"
#include "storage/err.h"

#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#pragma GCC diagnostic ignored "-Wunused-function" /* no test uses all of it */

/* ---- nodes ---------------------------------------------------------------------------------- */

struct rig_node {
	uint8_t key[KEY_LEN];
	struct cert_info info;
	struct buf cert;
	struct link_identity id;
};

/* root -> office -> device; other -> its_device is another office under the same root; stranger
 * is of another province. */
static struct rig_node root, office, device, other, its_device, stranger;
static struct link_identity newcomer; /* has an invite and no certificate */
static struct link_identity looker;   /* may read */
static const uint8_t rig_secret[16] = "sixteen letters", rig_read_key[12] = "only to read";

static void rig_node(struct rig_node *n, struct rig_node *issuer, uint32_t number, enum role role)
{
	n->info.number = number;
	n->info.role = role;
	n->info.scope = 1000 + number;
	assert_int_equal(identity_keygen(n->key, n->info.pubkey), 0);
	assert_int_equal(identity_cert_make(&issuer->info, issuer->key, &n->info, &n->cert), 0);
	n->id.key = n->key;
	n->id.cert = n->cert.data;
	n->id.cert_len = n->cert.len;
}

static void rig_trust(struct rig_node *n, const struct rig_node *a, const struct rig_node *b)
{
	n->id.trust[0].der = a->cert.data;
	n->id.trust[0].len = a->cert.len;
	n->id.trust[1].der = b ? b->cert.data : NULL;
	n->id.trust[1].len = b ? b->cert.len : 0;
}

static int rig_set_up(void **state)
{
	(void)state;
	rig_node(&root, &root, 1, ROLE_ROOT);
	rig_node(&office, &root, 2 << 14, ROLE_OFFICE);
	rig_node(&device, &office, 2 << 14 | 1, ROLE_DEVICE);
	rig_node(&other, &root, 3 << 14, ROLE_OFFICE);
	rig_node(&its_device, &other, 3 << 14 | 1, ROLE_DEVICE);
	rig_node(&stranger, &stranger, 1, ROLE_ROOT);
	rig_trust(&root, &root, NULL);
	rig_trust(&office, &office, &root);
	rig_trust(&device, &root, NULL);
	rig_trust(&other, &other, &root);
	rig_trust(&its_device, &root, NULL);
	rig_trust(&stranger, &stranger, NULL);
	newcomer.psk_id = "2.77";
	newcomer.psk = rig_secret;
	newcomer.psk_len = sizeof rig_secret;
	looker.psk_id = "a looker";
	looker.psk = rig_read_key;
	looker.psk_len = sizeof rig_read_key;
	return 0;
}

static int rig_tear_down(void **state)
{
	struct rig_node *all[] = {&root, &office, &device, &other, &its_device, &stranger};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof all / sizeof all[0]; i++)
		buf_release(&all[i]->cert);
	return 0;
}

static void rig_fill(uint8_t *out, size_t len, unsigned seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = (uint8_t)((i * 2654435761u + seed * 40503u) >> 11);
}

/* ---- processes ------------------------------------------------------------------------------ */

/* Closing control ends it. */
struct rig_process {
	pid_t pid;
	int control, port;
};

/* Runs work(its end of a socket pair, arg) in a process that ends well only without leaks. */
static struct rig_process rig_start(void (*work)(int control, const void *arg), const void *arg)
{
	struct rig_process p = {0};
	int pair[2];

	fflush(stdout);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	p.pid = fork();
	assert_true(p.pid >= 0);
	if (p.pid == 0) {
		close(pair[0]);
		work(pair[1], arg);
		close(pair[1]);
		rig_tear_down(NULL);
		exit(0);
	}
	close(pair[1]);
	p.control = pair[0];
	if (read(p.control, &p.port, sizeof p.port) != sizeof p.port)
		fail_msg("the other process did not start");
	return p;
}

static void rig_stop(struct rig_process *p)
{
	int status = -1;

	shutdown(p->control, SHUT_RDWR); /* later processes have a copy of it */
	close(p->control);
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	assert_int_equal(status, 0);
}

static const char *rig_addr(int port)
{
	static char text[32];

	snprintf(text, sizeof text, "127.0.0.1:%d", port);
	return text;
}

/* ---- the server ----------------------------------------------------------------------------- */

struct rig_server {
	const char *addr;
	const struct rig_node *me;
	unsigned keep;     /* sessions; 0: as many as usual */
	const char *plain; /* address without encryption, or NULL */
	struct link_server *v;
	unsigned long wakes, requests, datagrams, gone;
};

static int rig_secret_of(void *arg, const char *id, uint8_t key[32])
{
	(void)arg;
	memcpy(key, rig_secret, sizeof rig_secret);
	return strcmp(id, "2.77") == 0 ? (int)sizeof rig_secret : ERR_NOTFOUND;
}

static void rig_stats(struct rig_server *s, struct buf *reply)
{
	struct link_count n;

	link_server_counts(s->v, &n);
	buf_printf(reply, "%lu %lu %llu %llu %llu %llu %lu %lu", s->wakes, s->requests,
	           (unsigned long long)n.sent, (unsigned long long)n.received,
	           (unsigned long long)n.datagrams_sent, (unsigned long long)n.datagrams_received,
	           s->datagrams, s->gone);
}

/* size: as many bytes as the body says, drawn by the seed after it. who: the peer. fail: the error
 * whose number the body says. stats: what the server counted. */
static int rig_request(void *arg, const struct link_peer *peer, const char *path,
                       const uint8_t *body, size_t len, struct buf *reply)
{
	struct rig_server *s = arg;
	char text[32] = "", *end;
	size_t n;

	s->requests++;
	memcpy(text, body, len < sizeof text ? len : sizeof text - 1);
	n = strtoul(text, &end, 10);
	if (strcmp(path, "size") == 0) {
		if (!buf_grow(reply, n))
			return reply->err;
		rig_fill(reply->data, n, (unsigned)strtoul(end, NULL, 10));
		reply->len = n;
	} else if (strcmp(path, "who") == 0) {
		buf_printf(reply, "%d %u %s %lld", peer->enrolling, (unsigned)peer->number,
		           peer->role ? role_name(peer->role) : "-", (long long)peer->scope);
	} else if (strcmp(path, "fail") == 0) {
		return err(atoi(text), "kh\u00f4ng may: \u2066%s\a", text);
	} else {
		rig_stats(s, reply);
	}
	return reply->err;
}

/* 'n' and a count: as many back, each byte changed; 'w': who the peer is, and the session's
 * key. Anything else is only counted. */
static void rig_datagram(void *arg, struct link_session *session, const struct link_peer *peer,
                         const uint8_t *data, size_t len)
{
	struct rig_server *s = arg;
	uint8_t back[LINK_MTU_MAX];
	char text[64];
	size_t i;
	int n;

	s->datagrams++;
	if (len > 1 && data[0] == 'n') {
		for (i = 0; i < len; i++)
			back[i] = data[i] ^ 0x5au;
		for (n = 0; n < data[1]; n++)
			if (link_server_send(session, back, len) && err_code() != ERR_BUSY)
				exit(1);
	} else if (len == 1 && data[0] == 'w') {
		n = snprintf(text, sizeof text, "%u %s %llu", (unsigned)peer->number,
		             peer->role ? role_name(peer->role) : "-",
		             (unsigned long long)link_session_key(session));
		if (link_server_send(session, text, (size_t)n) && err_code() != ERR_BUSY)
			exit(1);
	}
}

static int rig_reader_of(void *arg, const char *id, uint8_t key[32])
{
	(void)arg;
	memcpy(key, rig_read_key, sizeof rig_read_key);
	return strcmp(id, looker.psk_id) == 0 ? (int)sizeof rig_read_key : ERR_NOTFOUND;
}

static const struct link_resource rig_resources[] = {{"numbers", "ct=\"50 110\""},
                                                     {"empty", ""},
                                                     {NULL, NULL}};

/* numbers?COUNT: as many bytes, as 50 or 110. */
static int rig_get(void *arg, const struct link_peer *peer, const char *path, const char *query,
                   int accept, int *format, struct buf *reply)
{
	size_t n = strtoul(query, NULL, 10);

	(void)arg;
	*format = accept == 110 ? 110 : 50;
	if (peer->enrolling || (!peer->reader && !peer->number))
		return err(ERR_IO, "link let somebody through");
	if (strcmp(path, "empty") == 0)
		return 0;
	if (n == 404)
		return err(ERR_NOTFOUND, "there is no 404");
	if (!buf_grow(reply, n))
		return reply->err;
	rig_fill(reply->data, n, 7);
	reply->len = n;
	return 0;
}

static void rig_gone(void *arg, struct link_session *session)
{
	(void)session;
	((struct rig_server *)arg)->gone++;
}

static void rig_serve_work(int control, const void *arg)
{
	static const char *const paths[] = {"size", "who", "fail", "stats", NULL};
	struct rig_server s = *(const struct rig_server *)arg;
	struct link_service service = {&s,       rig_secret_of, rig_request, rig_datagram,
	                               rig_gone, rig_reader_of, rig_get,     rig_resources};
	struct pollfd fd[2] = {{control, POLLIN, 0}, {-1, POLLIN, 0}};
	int port;

	if (link_listen(s.addr, &s.me->id, paths, &service, &s.v)) {
		fprintf(stderr, "%s\n", err_text());
		exit(1);
	}
	if (s.keep)
		link_server_keep(s.v, s.keep);
	if (s.plain && link_listen_plain(s.v, s.plain))
		exit(1);
	port = link_server_port(s.v);
	if (write(control, &port, sizeof port) != sizeof port)
		exit(1);
	fd[1].fd = link_server_fd(s.v);
	while (!fd[0].revents) {
		poll(fd, 2, link_server_timeout_ms(s.v));
		s.wakes++;
		if (link_server_process(s.v))
			exit(1);
	}
	link_server_close(s.v);
}

static struct rig_process rig_serve(const char *addr, const struct rig_node *me)
{
	struct rig_server s = {.addr = addr, .me = me};

	return rig_start(rig_serve_work, &s);
}

/* ---- what the tests do all the time -------------------------------------------------------- */

#define WAIT_MS 20000 /* more than any of this takes, also under a sanitizer on a busy machine */

static struct rig_process hub; /* the office, for the tests that want nothing special */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct link *connect_as(const struct link_identity *me, int port)
{
	struct link *l;

	if (link_connect(rig_addr(port), me, WAIT_MS, &l))
		fail_msg("%s", err_text());
	return l;
}

static int ask(struct link *l, const char *path, const void *body, size_t len, struct buf *reply)
{
	return link_exchange(l, path, body, len, reply, WAIT_MS);
}

static const char *ask_text(struct link *l, const char *path, const char *body)
{
	static struct buf reply;
	static char text[300];

	if (ask(l, path, body, strlen(body), &reply))
		fail_msg("%s", err_text());
	snprintf(text, sizeof text, "%s", buf_cstr(&reply));
	buf_release(&reply);
	return text;
}

/* An answer of so many bytes. */
static void fetches(struct link *l, size_t len, unsigned seed)
{
	uint8_t *drawn = malloc(len + 1);
	struct buf reply = {0};
	char body[32];

	assert_non_null(drawn);
	rig_fill(drawn, len, seed);
	snprintf(body, sizeof body, "%zu %u", len, seed);
	if (ask(l, "size", body, strlen(body), &reply))
		fail_msg("%zu bytes: %s", len, err_text());
	assert_int_equal(reply.len, len);
	if (len)
		assert_memory_equal(reply.data, drawn, len);
	buf_release(&reply);
	free(drawn);
}

static int rig_hub_up(void **state)
{
	rig_set_up(state);
	hub = rig_serve("127.0.0.1:0", &office);
	return 0;
}

static int rig_hub_down(void **state)
{
	rig_stop(&hub);
	return rig_tear_down(state);
}

#endif
