/* probe.c - plain sockets on both sides of a line, to see what it does to them.
 *
 *	probe udp NEAR FAR ADDRESS PORT COUNT SIZE GAP_MS
 *	probe tcp NEAR FAR ADDRESS PORT BYTES
 *
 * One process with a socket in each namespace: the near one sends, the far one, at ADDRESS, gets.
 * udp prints one line a datagram that came: its number, ms after it was sent, ms after the first came,
 * source address and port; the far side answers each with its number, and the answers that
 * came back are counted in a last line. Times of arrival are the kernel's. tcp sends a
 * pattern, checks it byte by byte, and prints bytes and ms.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define QUIET_MS 1500 /* nothing came for so long: nothing more will */
#define MAX_SIZE 2000

struct stamp {
	uint32_t nth;
	struct timespec sent;
};

struct side {
	int fd;
	struct sockaddr_storage addr;
	socklen_t len;
};

static void die(const char *what)
{
	fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double ms_between(const struct timespec *a, const struct timespec *b)
{
	return (double)(b->tv_sec - a->tv_sec) * 1e3 + (double)(b->tv_nsec - a->tv_nsec) / 1e6;
}

static int socket_in(const char *space, int family, int type)
{
	char path[256];
	int fd, one = 1, room = 8 << 20; /* a busy machine reads late */

	snprintf(path, sizeof path, "/run/netns/%s", space);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(space);
	close(fd);
	fd = socket(family, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (type == SOCK_DGRAM)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
	return fd;
}

static void open_sides(char **argv, int type, struct side *near, struct side *far)
{
	struct addrinfo hints = {.ai_socktype = type, .ai_flags = AI_NUMERICHOST}, *to;

	if (getaddrinfo(argv[4], argv[5], &hints, &to))
		die(argv[4]);
	near->fd = socket_in(argv[2], to->ai_family, type);
	far->fd = socket_in(argv[3], to->ai_family, type);
	memcpy(&far->addr, to->ai_addr, to->ai_addrlen);
	far->len = to->ai_addrlen;
	if (bind(far->fd, to->ai_addr, to->ai_addrlen))
		die("bind");
	freeaddrinfo(to);
}

static void print_arrival(const struct stamp *s, const struct timespec *came,
                          const struct timespec *first, const struct sockaddr_storage *from,
                          socklen_t len)
{
	char host[64], port[16];

	getnameinfo((const struct sockaddr *)from, len, host, sizeof host, port, sizeof port,
	            NI_NUMERICHOST | NI_NUMERICSERV);
	printf("%u %.3f %.3f %s %s\n", s->nth, ms_between(&s->sent, came), ms_between(first, came),
	       host, port);
}

/* One datagram at the far side: printed and answered. */
static void far_gets(const struct side *far, struct timespec *first)
{
	uint8_t data[MAX_SIZE];
	union {
		char space[256];
		struct cmsghdr align;
	} control;
	struct sockaddr_storage from;
	struct iovec io = {data, sizeof data};
	struct msghdr m = {.msg_name = &from,
	                   .msg_namelen = sizeof from,
	                   .msg_iov = &io,
	                   .msg_iovlen = 1,
	                   .msg_control = &control,
	                   .msg_controllen = sizeof control};
	struct cmsghdr *c;
	struct timespec came = {0};
	struct stamp s;

	if (recvmsg(far->fd, &m, 0) < (ssize_t)sizeof s)
		return;
	for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&came, CMSG_DATA(c), sizeof came);
	}
	memcpy(&s, data, sizeof s);
	if (!first->tv_sec)
		*first = came;
	print_arrival(&s, &came, first, &from, m.msg_namelen);
	sendto(far->fd, &s, sizeof s, 0, (struct sockaddr *)&from, m.msg_namelen);
}

static int udp(char **argv)
{
	int count = atoi(argv[6]), size = atoi(argv[7]), answered = 0, n = 0;
	double gap = atof(argv[8]), quiet = 0;
	struct side near, far;
	struct timespec began, now, first = {0};
	uint8_t data[MAX_SIZE] = {0};

	open_sides(argv, SOCK_DGRAM, &near, &far);
	clock_gettime(CLOCK_MONOTONIC, &began);
	while (n < count || quiet < QUIET_MS) {
		struct pollfd p[] = {{far.fd, POLLIN, 0}, {near.fd, POLLIN, 0}};
		double due, wait;

		clock_gettime(CLOCK_MONOTONIC, &now);
		due = n * gap - ms_between(&began, &now);
		if (n < count && due <= 0) {
			struct stamp s = {(uint32_t)n++, {0}};

			clock_gettime(CLOCK_REALTIME, &s.sent);
			memcpy(data, &s, sizeof s);
			sendto(near.fd, data, (size_t)size, 0, (struct sockaddr *)&far.addr,
			       far.len);
			continue;
		}
		wait = n < count ? due : 100;
		if (poll(p, 2, (int)wait + 1) == 0)
			quiet += n < count ? 0 : 100;
		else
			quiet = 0;
		if (p[0].revents)
			far_gets(&far, &first);
		if (p[1].revents)
			answered += recv(near.fd, data, sizeof data, 0) > 0;
	}
	printf("answered %d\n", answered);
	return 0;
}

static uint8_t pattern(size_t at)
{
	return (uint8_t)(at * 31 + at / 251);
}

static int tcp(char **argv)
{
	size_t bytes = strtoull(argv[6], NULL, 10), sent = 0, got = 0, i;
	struct side near, far;
	struct timespec began, now;
	uint8_t data[4096];
	int fd;

	open_sides(argv, SOCK_STREAM, &near, &far);
	if (listen(far.fd, 1))
		die("listen");
	clock_gettime(CLOCK_MONOTONIC, &began);
	if (connect(near.fd, (struct sockaddr *)&far.addr, far.len))
		die("connect");
	fd = accept(far.fd, NULL, NULL);
	while (got < bytes) {
		struct pollfd p[] = {{fd, POLLIN, 0}, {near.fd, sent < bytes ? POLLOUT : 0, 0}};
		ssize_t n;

		if (poll(p, 2, 60000) <= 0)
			die("stuck");
		if (p[1].revents & POLLOUT) {
			for (i = 0; i < sizeof data && sent + i < bytes; i++)
				data[i] = pattern(sent + i);
			n = send(near.fd, data, i, MSG_DONTWAIT);
			sent += n > 0 ? (size_t)n : 0;
		}
		if (p[0].revents) {
			n = recv(fd, data, sizeof data, 0);
			for (i = 0; n > 0 && i < (size_t)n; i++, got++) {
				if (data[i] != pattern(got))
					die("another byte came than was sent");
			}
			if (n <= 0)
				die("cut off");
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	printf("%zu %.0f\n", got, ms_between(&began, &now));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 9 && strcmp(argv[1], "udp") == 0)
		return udp(argv);
	if (argc == 7 && strcmp(argv[1], "tcp") == 0)
		return tcp(argv);
	fputs("probe: see its source\n", stderr);
	return 2;
}
