/* crowd.c - slow clients: opens COUNT connections to PORT of ADDRESS (else 127.0.0.1), begins a request on each and sends a
 * byte of it now and then; whoever is thrown out comes again. Says "there" once all have been, and goes on until it is
 * killed. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *address = "127.0.0.1";

static int dial(int port)
{
	static const char head[] = "POST /api/record HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ";
	struct sockaddr_in a = {.sin_family = AF_INET,
	                        .sin_addr.s_addr = inet_addr(address),
	                        .sin_port = htons((unsigned short)port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd >= 0 && (connect(fd, (struct sockaddr *)&a, sizeof a) ||
	                send(fd, head, strlen(head), MSG_NOSIGNAL) < 0)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int main(int argc, char **argv)
{
	int port = argc >= 3 ? atoi(argv[1]) : 0, n = argc >= 3 ? atoi(argv[2]) : 0, i;
	int *fd = calloc((size_t)n + 1, sizeof *fd);
	char c;

	if (!port || !fd)
		return 2;
	if (argc == 4)
		address = argv[3];
	for (i = 0; i < n; i++)
		fd[i] = dial(port);
	puts("there");
	fflush(stdout);
	for (;;) {
		for (i = 0; i < n; i++) {
			ssize_t got = fd[i] < 0 ? 0 : recv(fd[i], &c, 1, MSG_DONTWAIT);

			if (got == 0) {
				if (fd[i] >= 0)
					close(fd[i]);
				fd[i] = dial(port);
			} else {
				send(fd[i], "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
			}
		}
		usleep(100000);
	}
}
