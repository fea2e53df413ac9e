/* guess.c - a flood of logins: COUNT clients, each with an address of its own (127.1.x.y), try names and passwords at PORT
 * of ADDRESS, each anew as soon as it is answered. Says "there" once as many have been answered, and goes on until it is
 * killed; a line every second says how many were. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *address;
static int port;

static void try(struct pollfd *p, unsigned client, unsigned n)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)},
			   from = {.sin_family = AF_INET};
	const struct linger at_once = {1, 0}; /* or thousands of ports stay taken for a minute */
	char text[512], body[128];

	if (p->fd >= 0)
		close(p->fd);
	p->fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	p->events = POLLIN;
	from.sin_addr.s_addr = htonl(0x7f010000u | (client % 250 + 1) | client / 250 << 8);
	to.sin_addr.s_addr = inet_addr(address);
	snprintf(body, sizeof body, "name=%s&password=guess%u", n % 2 ? "xem" : "nobody", n);
	snprintf(text, sizeof text,
	         "POST /login HTTP/1.1\r\nHost: %s:%d\r\nOrigin: http://%s:%d\r\nContent-Type: "
	         "application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
	         address, port, address, port, strlen(body), body);
	if (bind(p->fd, (struct sockaddr *)&from, sizeof from) ||
	    connect(p->fd, (struct sockaddr *)&to, sizeof to) ||
	    send(p->fd, text, strlen(text), MSG_NOSIGNAL) < 0) {
		close(p->fd);
		p->fd = -1;
	}
}

int main(int argc, char **argv)
{
	unsigned n = argc == 4 ? (unsigned)atoi(argv[2]) : 0, i, answered = 0;
	struct pollfd *p = calloc(n + 1, sizeof *p);
	time_t told = 0;
	char text[4096];

	port = argc == 4 ? atoi(argv[1]) : 0;
	if (!port || !p)
		return 2;
	address = argv[3];
	for (i = 0; i < n; i++) {
		p[i].fd = -1;
		try(&p[i], i, i);
	}
	for (;;) {
		poll(p, n, 1000);
		for (i = 0; i < n; i++) {
			if (p[i].fd >= 0 && !p[i].revents)
				continue;
			if (p[i].fd >= 0 && recv(p[i].fd, text, sizeof text, MSG_DONTWAIT) > 0 &&
			    ++answered == n)
				puts("there");
			try(&p[i], i, answered);
		}
		if (time(NULL) != told) {
			told = time(NULL);
			printf("%u answered\n", answered);
			fflush(stdout);
		}
	}
}
