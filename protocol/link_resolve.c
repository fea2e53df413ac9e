/* link_resolve.c - addresses as people write them, and names, looked up without waiting.
 *
 * getaddrinfo() takes the resolver's own time, half a minute where the network swallows its packets.
 * So it has a thread, which nobody waits for longer than they like. */
#include "protocol/link_coap.h"
#include "storage/err.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LOOKUPS_MAX 8                   /* threads, those included that nobody waits for any more */
#define STACK_BYTES ((size_t)256 << 10) /* glibc's resolver is fond of its stack */

/* host gets what is before the port, without brackets; port what is after the colon. */
static int split(const char *addr, char host[LINK_ADDR_MAX], char port[8])
{
	const char *colon = strrchr(addr, ':'), *end;
	size_t len = strlen(addr), host_len = len;

	snprintf(port, 8, "%d", LINK_PORT);
	if (!len || len >= LINK_ADDR_MAX)
		return -1;
	if (*addr == '[') {
		end = strchr(addr, ']');
		if (!end || (end[1] && end[1] != ':'))
			return -1;
		colon = end[1] ? end + 1 : NULL;
		host_len = (size_t)(end - ++addr);
	} else if (colon && strchr(addr, ':') != colon) {
		colon = NULL; /* an IPv6 address without brackets has no port */
	} else if (colon) {
		host_len = (size_t)(colon - addr);
	}
	if (!host_len)
		return -1;
	memcpy(host, addr, host_len);
	host[host_len] = 0;
	if (!colon)
		return 0;
	len = strlen(++colon);
	if (len < 1 || len > 5 || strspn(colon, "0123456789") != len || atoi(colon) > 65535)
		return -1;
	memcpy(port, colon, len + 1);
	return 0;
}

static int not_an_address(const char *addr)
{
	return err(ERR_BAD, "not an address: %.128s (write host, host:port or [IPv6]:port)", addr);
}

static int not_found(const char *host, int code)
{
	return err(ERR_NET, "%s is not found: check the name and the network (%s)", host,
	           gai_strerror(code));
}

int link_resolve(const char *addr, struct addrinfo **out)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM,
	                         .ai_flags = AI_NUMERICSERV | AI_PASSIVE};
	char host[LINK_ADDR_MAX], port[8];
	int bad;

	*out = NULL;
	if (split(addr, host, port))
		return not_an_address(addr);
	bad = getaddrinfo(host, port, &hints, out);
	return bad ? not_found(host, bad) : 0;
}

/* ---- without waiting ------------------------------------------------------------------------- */

struct link_lookup {
	char host[LINK_ADDR_MAX], port[8];
	atomic_int users; /* the thread, and who waits: the last one frees it */
	atomic_bool done;
	int ready; /* an eventfd, or -1 */
	int code;  /* of getaddrinfo() */
	struct addrinfo *list;
};

static atomic_int lookups; /* threads at work */

static void let_go(struct link_lookup *k)
{
	if (atomic_fetch_sub(&k->users, 1) > 1)
		return;
	if (k->list)
		freeaddrinfo(k->list);
	if (k->ready >= 0)
		close(k->ready);
	free(k);
}

static void *look_up(void *arg)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM,
	                         .ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG};
	struct link_lookup *k = arg;

	k->code = getaddrinfo(k->host, k->port, &hints, &k->list);
	if (k->code) { /* AI_ADDRCONFIG hides the loopback of a machine without a network */
		hints.ai_flags = AI_NUMERICSERV;
		k->code = getaddrinfo(k->host, k->port, &hints, &k->list);
	}
	atomic_store(&k->done, true);
	eventfd_write(k->ready, 1);
	let_go(k);
	atomic_fetch_sub(&lookups, 1);
	return NULL;
}

/* Signals are for the thread that has the poll loop. */
static int start_thread(struct link_lookup *k)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int bad;

	if (atomic_fetch_add(&lookups, 1) >= LOOKUPS_MAX) {
		atomic_fetch_sub(&lookups, 1);
		return EAGAIN;
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	atomic_store(&k->users, 2);
	bad = pthread_create(&thread, &attr, look_up, k);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (bad) {
		atomic_store(&k->users, 1);
		atomic_fetch_sub(&lookups, 1);
	}
	return bad;
}

int link_lookup_start(const char *addr, struct link_lookup **out)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM,
	                         .ai_flags = AI_NUMERICSERV | AI_NUMERICHOST};
	struct link_lookup *k = calloc(1, sizeof *k);
	int rc = 0;

	*out = NULL;
	if (!k)
		return err(ERR_NOMEM, "out of memory");
	atomic_store(&k->users, 1);
	k->ready = -1;
	if (split(addr, k->host, k->port))
		rc = not_an_address(addr);
	else if (!getaddrinfo(k->host, k->port, &hints, &k->list))
		atomic_store(&k->done, true);
	else if ((k->ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0 || start_thread(k))
		rc = err(ERR_NET, "%s cannot be looked up just now: try again", k->host);
	if (rc)
		let_go(k);
	else
		*out = k;
	return rc;
}

int link_lookup_fd(const struct link_lookup *k)
{
	return k->ready;
}

bool link_lookup_done(struct link_lookup *k)
{
	return atomic_load(&k->done);
}

int link_lookup_result(struct link_lookup *k, const struct addrinfo **out)
{
	*out = k->list;
	return k->code ? not_found(k->host, k->code) : 0;
}

void link_lookup_drop(struct link_lookup *k)
{
	if (k)
		let_go(k);
}
