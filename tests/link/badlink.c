/* badlink.c - a bad line between two network namespaces, and its meter. `badlink` tells its use.
 *
 * The devices are left as they are at the end, so another line can be put between the same
 * namespaces while programs in them run on.
 */
#include "tests/link/held.h"
#include "tests/link/nat.h"
#include "tests/link/options.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
#define PCAP_BUFFER (4 << 20)
#define BATCH 64 /* packets read at one go, so that those on their way are not kept waiting */

struct badlink {
	struct options o;
	struct line line[DIRECTIONS];
	struct nat nat;
	struct held held;
	int tun[DIRECTIONS]; /* near, far: read for that direction, written for the other */
	int timer, signals, poll;
	int64_t began; /* ns, monotonic */
	int64_t nats;  /* changes of address by the clock so far */
	int64_t late;  /* the latest that a packet came out */
	uint64_t written;
	FILE *pcap;
};

static void die(const char *what, const char *which)
{
	fprintf(stderr, "badlink: %s%s%s: %s\n", what, which ? " " : "", which ? which : "",
	        strerror(errno));
	exit(1);
}

static int64_t since(const struct badlink *b)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec - b->began;
}

/* ---- devices ---------------------------------------------------------------------------------- */

/* Opens a device in another namespace; it is made if it is not there. */
static int tun_open(const char *space, const char *device)
{
	struct ifreq req = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	char path[256];
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), there, fd;

	snprintf(path, sizeof path, "/run/netns/%s", space);
	there = open(path, O_RDONLY | O_CLOEXEC);
	if (home < 0 || there < 0 || setns(there, CLONE_NEWNET))
		die("cannot enter the namespace", space);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		die("cannot open", "/dev/net/tun");
	snprintf(req.ifr_name, sizeof req.ifr_name, "%s", device);
	if (ioctl(fd, TUNSETIFF, &req))
		die("cannot have the device", device);
	if (setns(home, CLONE_NEWNET))
		die("cannot go home from", space);
	close(there);
	close(home);
	return fd;
}

/* ---- what is written ---------------------------------------------------------------------------- */

static const char *const fate_names[LINE_FATES] = {"sent",    "delivered", "lost",
                                                   "queue",   "outage",    "mtu",
                                                   "blocked", "nat",       "duplicated"};

static void print_stats(const struct badlink *b, FILE *f)
{
	static const char *const names[DIRECTIONS] = {"up", "down"};
	int d, i;

	fprintf(f, "written %" PRIu64 "\n", b->written);
	fprintf(f, "ms %" PRId64 "\n", since(b) / 1000000);
	fprintf(f, "seed %" PRIu64 "\n", b->o.seed);
	fprintf(f, "nat_changes %" PRIu64 "\n", b->nat.changes);
	fprintf(f, "late_us %" PRId64 "\n", b->late / 1000);
	for (d = 0; d < DIRECTIONS; d++) {
		for (i = 0; i < LINE_FATES; i++) {
			fprintf(f, "%s_%s_packets %" PRIu64 "\n", names[d], fate_names[i],
			        b->line[d].count[i].packets);
			fprintf(f, "%s_%s_bytes %" PRIu64 "\n", names[d], fate_names[i],
			        b->line[d].count[i].bytes);
		}
	}
}

/* A reader never sees half a file. */
static void write_stats(struct badlink *b)
{
	char next[4096];
	FILE *f;

	if (b->pcap)
		fflush(b->pcap);
	if (!b->o.stats)
		return;
	b->written++;
	snprintf(next, sizeof next, "%s.next", b->o.stats);
	f = fopen(next, "w");
	if (!f)
		die("cannot write", next);
	print_stats(b, f);
	if (fclose(f) || rename(next, b->o.stats))
		die("cannot write", b->o.stats);
}

static void pcap_open(struct badlink *b)
{
	/* Nanoseconds, version 2.4, IP packets as they are (LINKTYPE_RAW). */
	const uint32_t head[6] = {0xa1b23c4d, 4 << 16 | 2, 0, 0, HELD_PACKET, 101};

	b->pcap = fopen(b->o.pcap, "w");
	if (b->pcap) /* no packet waits for the disk */
		setvbuf(b->pcap, NULL, _IOFBF, PCAP_BUFFER);
	if (!b->pcap || fwrite(head, sizeof head, 1, b->pcap) != 1)
		die("cannot write", b->o.pcap);
}

static void pcap_add(struct badlink *b, const uint8_t *p, size_t len)
{
	struct timespec t;
	uint32_t head[4];

	if (!b->pcap)
		return;
	clock_gettime(CLOCK_REALTIME, &t);
	head[0] = (uint32_t)t.tv_sec;
	head[1] = (uint32_t)t.tv_nsec;
	head[2] = head[3] = (uint32_t)len;
	fwrite(head, sizeof head, 1, b->pcap);
	fwrite(p, len, 1, b->pcap);
}

/* ---- packets -------------------------------------------------------------------------------------- */

/* The address changes by the clock, seen at the next packet either way. */
static void nat_tick(struct badlink *b, int64_t now)
{
	int64_t wanted = b->o.nat == NAT_TIMER    ? now / b->o.nat_every
	                 : b->o.nat == NAT_OUTAGE ? line_outages(&b->o.line[UP], now)
	                                          : 0;

	for (; b->nats < wanted; b->nats++)
		nat_change(&b->nat);
}

static void take(struct badlink *b, enum direction d, uint8_t *p, size_t len)
{
	int64_t at[LINE_COPIES], now = since(b);
	int i, n;

	if (nat_is_multicast(p, len))
		return; /* the kernel's own, about neighbours and groups: nobody is there */
	nat_tick(b, now);
	if (d == UP)
		pcap_add(b, p, len);
	n = line_take(&b->line[d], now, p, len, at);
	if (n && d == UP && b->o.nat && !nat_out(&b->nat, p, len)) {
		line_count(&b->line[d], LINE_NAT, len);
		return;
	}
	for (i = 0; i < n; i++) {
		if (held_put(&b->held, at[i], (int)d, p, len))
			line_count(&b->line[d], LINE_QUEUE, len);
	}
}

static void deliver(struct badlink *b, struct packet *p, int64_t now)
{
	enum direction d = (enum direction)p->direction;
	struct line *l = &b->line[d];

	if (now - p->at > b->late)
		b->late = now - p->at;
	nat_tick(b, now);
	if (d == DOWN && b->o.nat && !nat_in(&b->nat, p->data, p->len)) {
		line_count(l, LINE_NAT, p->len);
		return;
	}
	if (d == DOWN)
		pcap_add(b, p->data, p->len);
	/* A device that is down takes nothing: as if lost beyond this line. */
	if (write(b->tun[!d], p->data, p->len) == (ssize_t)p->len)
		line_count(l, LINE_DELIVERED, p->len);
}

static void deliver_due(struct badlink *b)
{
	struct itimerspec when = {0};
	struct packet *p;

	while ((p = held_first(&b->held))) {
		int64_t now = since(b), at;

		if (p->at > now) {
			at = p->at + b->began;
			when.it_value.tv_sec = at / SECOND;
			when.it_value.tv_nsec = at % SECOND;
			break;
		}
		deliver(b, p, now);
		held_drop(&b->held);
	}
	timerfd_settime(b->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void read_side(struct badlink *b, enum direction d)
{
	uint8_t p[HELD_PACKET];
	int i;

	for (i = 0; i < BATCH; i++) {
		ssize_t len = read(b->tun[d], p, sizeof p);

		if (len <= 0)
			return;
		take(b, d, p, (size_t)len);
	}
}

/* ---- the loop --------------------------------------------------------------------------------------- */

/* Nonzero: to end. */
static int signalled(struct badlink *b)
{
	struct signalfd_siginfo s;

	while (read(b->signals, &s, sizeof s) == (ssize_t)sizeof s) {
		if (s.ssi_signo == SIGUSR1)
			write_stats(b);
		else if (s.ssi_signo == SIGUSR2)
			nat_change(&b->nat);
		else
			return 1;
	}
	return 0;
}

static void watch(struct badlink *b, int fd)
{
	struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};

	if (epoll_ctl(b->poll, EPOLL_CTL_ADD, fd, &e))
		die("epoll", NULL);
}

static void loop(struct badlink *b)
{
	struct epoll_event e[4];
	uint64_t expired;
	int n, i;

	for (;;) {
		n = epoll_wait(b->poll, e, 4, -1);
		for (i = 0; i < n; i++) {
			if (e[i].data.fd == b->tun[UP])
				read_side(b, UP);
			else if (e[i].data.fd == b->tun[DOWN])
				read_side(b, DOWN);
			else if (e[i].data.fd == b->timer)
				(void)!read(b->timer, &expired, sizeof expired);
			else if (signalled(b))
				return;
		}
		deliver_due(b);
	}
}

/* Other programs of this machine shall not be part of the line. Where that is not allowed, late_us
 * tells how much they were. */
static void be_punctual(void)
{
	struct sched_param first = {.sched_priority = 1};

	prctl(PR_SET_TIMERSLACK, 1);
	mlockall(MCL_CURRENT | MCL_FUTURE);
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		setpriority(PRIO_PROCESS, 0, -10);
}

static void set_up(struct badlink *b)
{
	sigset_t set;
	int d;

	sigemptyset(&set);
	for (d = 0; d < 4; d++)
		sigaddset(&set, (int[]){SIGUSR1, SIGUSR2, SIGTERM, SIGINT}[d]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM); /* no line outlives the script that made it */
	b->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	b->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	b->poll = epoll_create1(EPOLL_CLOEXEC);
	if (b->signals < 0 || b->timer < 0 || b->poll < 0)
		die("cannot wait for things", NULL);
	b->began = since(b);
	nat_init(&b->nat, b->o.seed);
	for (d = 0; d < DIRECTIONS; d++) {
		line_init(&b->line[d], &b->o.line[d], b->o.seed * DIRECTIONS + (uint64_t)d);
		b->tun[d] = tun_open(b->o.space[d], b->o.device[d]);
		watch(b, b->tun[d]);
	}
	watch(b, b->signals);
	watch(b, b->timer);
	if (b->o.pcap)
		pcap_open(b);
	be_punctual();
}

int main(int argc, char **argv)
{
	static struct badlink b;

	if (options_read(&b.o, argc, argv))
		return 2;
	set_up(&b);
	write_stats(&b); /* it is there: the line is up */
	loop(&b);
	write_stats(&b);
	if (b.pcap && fclose(b.pcap))
		die("cannot write", b.o.pcap);
	held_release(&b.held);
	return 0;
}
