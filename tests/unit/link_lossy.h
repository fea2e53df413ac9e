/* link_lossy.h - a bad line between one client and the server: delay, and losses in bursts, drawn
 * from a seed. */
#ifndef TESTS_UNIT_LINK_LOSSY_H
#define TESTS_UNIT_LINK_LOSSY_H

#include "tests/unit/link_relay.h"

#define LOSSY_HELD 1024 /* datagrams on their way: more are lost */

struct lossy {
	int server_port;
	int delay_ms;       /* one way */
	double loss, burst; /* share of datagrams, and their mean number in a row */
	uint64_t seed;
};

struct lossy_held {
	int64_t due_ms;
	bool up;
	size_t len;
	uint8_t data[1500];
};

/* A relay with its state of both directions; the oldest of held is at first. */
struct lossy_line {
	struct lossy conf;
	struct rig_relay r;
	uint64_t random[2];
	bool bad[2];
	struct lossy_held held[LOSSY_HELD];
	size_t first, count;
};

static double lossy_draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* Two states: in one everything is lost, in the other nothing (Gilbert). */
static bool lossy_loses(struct lossy_line *l, bool up)
{
	double leave = 1 / l->conf.burst, draw = lossy_draw(&l->random[up]);
	double enter = leave * l->conf.loss / (1 - l->conf.loss);

	l->bad[up] = l->bad[up] ? draw >= leave : draw < enter;
	return l->bad[up];
}

static void lossy_take(struct lossy_line *l, bool up)
{
	struct lossy_held *h = &l->held[(l->first + l->count) % LOSSY_HELD];
	uint8_t dust[1500];
	socklen_t len = sizeof l->r.client;
	ssize_t n;

	if (l->count == LOSSY_HELD)
		h = NULL;
	n = recvfrom(up ? l->r.near : l->r.far, h ? h->data : dust, sizeof dust, 0,
	             up ? (struct sockaddr *)&l->r.client : NULL, up ? &len : NULL);
	if (n <= 0)
		return;
	if (up) {
		l->r.seen.up += (uint64_t)n + 28;
		l->r.seen.up_count++;
	} else {
		l->r.seen.down += (uint64_t)n + 28;
		l->r.seen.down_count++;
	}
	if (lossy_loses(l, up) || !h)
		return;
	h->len = (size_t)n;
	h->up = up;
	h->due_ms = now_ms() + l->conf.delay_ms;
	l->count++;
}

/* Passes on what is due. How long until the next, or -1. */
static int lossy_pass(struct lossy_line *l)
{
	struct lossy_held *h;
	int64_t now = now_ms();

	for (; l->count; l->count--, l->first = (l->first + 1) % LOSSY_HELD) {
		h = &l->held[l->first];
		if (h->due_ms > now)
			return (int)(h->due_ms - now);
		if (h->up ? send(l->r.far, h->data, h->len, 0) < 0
		          : sendto(l->r.near, h->data, h->len, 0, (struct sockaddr *)&l->r.client,
		                   sizeof l->r.client) < 0)
			continue;
	}
	return -1;
}

static void lossy_work(int control, const void *arg)
{
	struct lossy_line *l = calloc(1, sizeof *l);
	struct pollfd fd[3] = {{control, POLLIN, 0}, {0, POLLIN, 0}, {0, POLLIN, 0}};
	char order[2];
	int port;

	if (!l)
		exit(1);
	l->conf = *(const struct lossy *)arg;
	l->r.server_port = l->conf.server_port;
	l->r.far = -1;
	l->random[0] = l->conf.seed * 2;
	l->random[1] = l->conf.seed * 2 + 1;
	l->bad[0] = lossy_draw(&l->random[0]) < l->conf.loss;
	l->bad[1] = lossy_draw(&l->random[1]) < l->conf.loss;
	fd[1].fd = l->r.near = rig_socket(&port);
	rig_relay_far(&l->r, &l->r.far);
	fd[2].fd = l->r.far;
	if (write(control, &port, sizeof port) != sizeof port)
		exit(1);
	for (;;) {
		poll(fd, 3, lossy_pass(l));
		if (fd[1].revents)
			lossy_take(l, true);
		if (fd[2].revents)
			lossy_take(l, false);
		if (fd[0].revents &&
		    (read(control, order, 2) != 2 ||
		     write(control, &l->r.seen, sizeof l->r.seen) != sizeof l->r.seen))
			break;
	}
	close(l->r.near);
	close(l->r.far);
	free(l);
}

/* rig_order() of it, whatever the order, tells what both sides have sent into it. */
static struct rig_process lossy_line(const struct lossy *conf)
{
	return rig_start(lossy_work, conf);
}

#endif
