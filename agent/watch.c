/* watch.c - what the agent notices: the network, and what others record in the same home. */
#include "agent/watch.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_routes(void)
{
	struct sockaddr_nl a = {.nl_family = AF_NETLINK,
	                        .nl_groups = RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE |
	                                     RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

void watch_open(struct watch *w, const char *home)
{
	w->routes = open_routes();
	w->files = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->files >= 0 && inotify_add_watch(w->files, home, IN_MODIFY) < 0) {
		close(w->files);
		w->files = -1;
	}
}

void watch_close(struct watch *w)
{
	if (w->routes >= 0)
		close(w->routes);
	if (w->files >= 0)
		close(w->files);
	w->routes = w->files = -1;
}

static bool appeared(const char *data, size_t len)
{
	const struct nlmsghdr *h = (const void *)data;
	bool found = false;

	for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len))
		found |= h->nlmsg_type == RTM_NEWROUTE || h->nlmsg_type == RTM_NEWADDR;
	return found;
}

bool watch_network(struct watch *w)
{
	_Alignas(struct nlmsghdr) char data[8192];
	bool found = false;
	ssize_t n;

	while (w->routes >= 0 && (n = recv(w->routes, data, sizeof data, 0)) > 0)
		found |= appeared(data, (size_t)n);
	return found;
}

bool watch_records(struct watch *w)
{
	_Alignas(struct inotify_event) char data[4096];
	const struct inotify_event *e;
	bool found = false;
	ssize_t n, at;

	while (w->files >= 0 && (n = read(w->files, data, sizeof data)) > 0)
		for (at = 0; at < n; at += (ssize_t)(sizeof *e + e->len)) {
			e = (const void *)(data + at);
			found |= e->len && strstr(e->name, ".db-wal") != NULL;
		}
	return found;
}
