/* link_relay.h - a relay between client and server that counts, drops and moves. */
#ifndef TESTS_UNIT_LINK_RELAY_H
#define TESTS_UNIT_LINK_RELAY_H

#include "tests/unit/link_rig.h"

struct rig_seen {
	uint64_t up, down;             /* IP bytes to and from the server */
	uint64_t up_count, down_count; /* datagrams */
	uint64_t up_cid, down_cid;     /* of which of type tls12_cid (RFC 9146 section 3) */
	uint64_t stray;                /* datagrams from the server to the forger */
};

struct rig_relay {
	int server_port, near, far; /* sockets towards the client and the server */
	int forger;                 /* another towards the server */
	uint8_t last[2048];         /* the client's last record with a Connection ID */
	size_t last_len;
	struct sockaddr_in client;
	int drop_up, drop_down; /* datagrams that are still to be lost */
	struct rig_seen seen;
};

static int rig_socket(int *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) ||
	    getsockname(fd, (struct sockaddr *)&at, &len))
		abort();
	*port = ntohs(at.sin_port);
	return fd;
}

/* A fresh socket towards the server in *fd, closing the one that was there. */
static void rig_relay_far(const struct rig_relay *r, int *fd)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	int port;

	if (*fd >= 0)
		close(*fd);
	*fd = rig_socket(&port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)r->server_port);
	if (connect(*fd, (struct sockaddr *)&to, sizeof to))
		abort();
}

/* From elsewhere: the client's last record again, and the same made newer, with another end. */
static void rig_relay_forge(struct rig_relay *r)
{
	rig_relay_far(r, &r->forger);
	if (send(r->forger, r->last, r->last_len, 0) < 0)
		abort();
	r->last[8]++; /* of the sequence number */
	r->last[r->last_len - 1] ^= 1;
	if (send(r->forger, r->last, r->last_len, 0) < 0)
		abort();
}

static void rig_relay_up(struct rig_relay *r)
{
	socklen_t len = sizeof r->client;
	uint8_t data[2048];
	ssize_t n = recvfrom(r->near, data, sizeof data, 0, (struct sockaddr *)&r->client, &len);

	if (n <= 0 || (r->drop_up > 0 && r->drop_up--))
		return;
	r->seen.up += (uint64_t)n + 28;
	r->seen.up_count++;
	if (data[0] == 25) {
		r->seen.up_cid++;
		memcpy(r->last, data, (size_t)n);
		r->last_len = (size_t)n;
	}
	if (send(r->far, data, (size_t)n, 0) < 0)
		return;
}

static void rig_relay_down(struct rig_relay *r)
{
	uint8_t data[2048];
	ssize_t n = recv(r->far, data, sizeof data, 0);

	if (n <= 0)
		return;
	r->seen.down += (uint64_t)n + 28;
	r->seen.down_count++;
	r->seen.down_cid += data[0] == 25;
	if (r->drop_down > 0 && r->drop_down--)
		return;
	if (sendto(r->near, data, (size_t)n, 0, (struct sockaddr *)&r->client, sizeof r->client) <
	    0)
		return;
}

static void rig_relay_obey(struct rig_relay *r, const char order[2])
{
	switch (order[0]) {
	case 'm':
		rig_relay_far(r, &r->far);
		break;
	case 'f':
		rig_relay_forge(r);
		break;
	case 'u':
		r->drop_up = order[1];
		break;
	default:
		r->drop_down = order[1];
	}
}

static void rig_relay_work(int control, const void *arg)
{
	struct rig_relay r = {.server_port = *(const int *)arg, .far = -1, .forger = -1};
	struct pollfd fd[4] = {{control, POLLIN, 0},
	                       {0, POLLIN, 0},
	                       {0, POLLIN, 0},
	                       {0, POLLIN, 0}};
	char order[2], dust[64];
	int port;

	r.near = rig_socket(&port);
	rig_relay_far(&r, &r.far);
	if (write(control, &port, sizeof port) != sizeof port)
		exit(1);
	for (;;) {
		fd[1].fd = r.near;
		fd[2].fd = r.far;
		fd[3].fd = r.forger;
		poll(fd, 4, -1);
		if (fd[1].revents)
			rig_relay_up(&r);
		if (fd[2].revents)
			rig_relay_down(&r);
		if (fd[3].revents && recv(r.forger, dust, sizeof dust, 0) >= 0)
			r.seen.stray++;
		if (!fd[0].revents)
			continue;
		if (read(control, order, 2) != 2)
			break;
		rig_relay_obey(&r, order);
		if (write(control, &r.seen, sizeof r.seen) != (ssize_t)sizeof r.seen)
			break;
	}
	close(r.near);
	close(r.far);
	if (r.forger >= 0)
		close(r.forger);
}

static struct rig_process rig_relay(int server_port)
{
	return rig_start(rig_relay_work, &server_port);
}

/* 'u' or 'd': loses the next count datagrams from the client or the server. 'm': goes on from another
 * port towards the server. 'f': sends what a forger can make of the client's last record. Whatever
 * the order, what was seen so far. */
static struct rig_seen rig_order(struct rig_process *p, char what, char count)
{
	struct rig_seen seen = {0};
	char order[2] = {what, count};

	if (write(p->control, order, 2) != 2 ||
	    read(p->control, &seen, sizeof seen) != (ssize_t)sizeof seen)
		fail_msg("the relay is gone");
	return seen;
}

#endif
