/* options.c - KEY=VALUE, of both directions or of one. */
#include "tests/link/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS 1000000.0
#define SECOND 1000000000.0

/* A cellular network's buffer, of the size at which TCP is not cut short by it. */
#define QUEUE_DEFAULT 32768

static const char usage[] =
	"usage: badlink NEAR:DEVICE FAR:DEVICE [KEY=VALUE]...\n"
	"Joins two network namespaces by a TUN device in each. Keys go for both directions, or for one\n"
	"with up. (near to far) or down. before them:\n"
	"  rate=64k          bit/s of IP packets, k and M; 0: no limit\n"
	"  delay=300         ms one way\n"
	"  queue=32768       bytes that may wait, or queue=500ms\n"
	"  loss=10           per cent of packets\n"
	"  burst=4           mean length of a run of losses; 1: independent\n"
	"  reorder=2/50      per cent that come that many ms later\n"
	"  duplicate=1       per cent that come twice\n"
	"  outage=20/60      s without anything, at the end of each so many s\n"
	"  mtu=600           longer packets vanish\n"
	"  block=udp         UDP vanishes\n"
	"and for the whole:\n"
	"  nat=signal        the near side's address and port are changed, anew at SIGUSR2;\n"
	"                    nat=outage: after each outage; nat=60: each so many s\n"
	"  seed=1            of all chance\n"
	"  stats=FILE        counts, written at SIGUSR1 and at the end\n"
	"  pcap=FILE         what the near side sends and gets\n";

/* A number and what follows it. */
static double number(const char *text, const char **rest)
{
	char *end;
	double v = strtod(text, &end);

	*rest = end;
	return end == text || v < 0 ? -1 : v;
}

/* A/B: 0 unless both are there. */
static int pair(const char *text, double *a, double *b)
{
	const char *rest;

	*a = number(text, &rest);
	if (*a < 0 || *rest != '/')
		return -1;
	*b = number(rest + 1, &rest);
	return *b < 0 || *rest ? -1 : 0;
}

static int set_queue(struct line_conf *c, double v, const char *rest)
{
	c->queue = strcmp(rest, "ms") == 0 ? (int64_t)(v * MS) : 0;
	c->queue_bytes = c->queue ? 0 : (uint64_t)v;
	return v < 0 || (*rest && !c->queue) ? -1 : 0;
}

static int set_rate(struct line_conf *c, double v, const char *rest)
{
	double unit = *rest == 'k' ? 1e3 : *rest == 'M' ? 1e6 : 1;

	c->rate = v < 0 ? 0 : (uint64_t)(v * unit);
	return v < 0 || (unit > 1 ? rest[1] : rest[0]) ? -1 : 0;
}

static int set_pair(struct line_conf *c, const char *key, const char *value)
{
	double a, b;

	if (pair(value, &a, &b))
		return -1;
	if (strcmp(key, "reorder") == 0) {
		c->reorder = a / 100;
		c->reorder_by = (int64_t)(b * MS);
		return 0;
	}
	c->outage = (int64_t)(a * SECOND);
	c->outage_every = (int64_t)(b * SECOND);
	return a < b ? 0 : -1;
}

static int set_line(struct line_conf *c, const char *key, const char *value)
{
	const char *rest;
	double v = number(value, &rest);

	if (strcmp(key, "reorder") == 0 || strcmp(key, "outage") == 0)
		return set_pair(c, key, value);
	if (strcmp(key, "block") == 0) {
		c->no_udp = true;
		return strcmp(value, "udp") ? -1 : 0;
	}
	if (strcmp(key, "rate") == 0)
		return set_rate(c, v, rest);
	if (strcmp(key, "queue") == 0)
		return set_queue(c, v, rest);
	if (strcmp(key, "delay") == 0)
		c->delay = (int64_t)(v * MS);
	else if (strcmp(key, "loss") == 0)
		c->loss = v / 100;
	else if (strcmp(key, "burst") == 0)
		c->burst = v;
	else if (strcmp(key, "duplicate") == 0)
		c->duplicate = v / 100;
	else if (strcmp(key, "mtu") == 0)
		c->mtu = (size_t)v;
	else
		return -1;
	return v < 0 || *rest ? -1 : 0;
}

static int set_nat(struct options *o, const char *value)
{
	const char *rest;
	double v;

	if (strcmp(value, "signal") == 0) {
		o->nat = NAT_SIGNAL;
	} else if (strcmp(value, "outage") == 0) {
		o->nat = NAT_OUTAGE;
	} else {
		v = number(value, &rest);
		o->nat = NAT_TIMER;
		o->nat_every = (int64_t)(v * SECOND);
		return v <= 0 || *rest ? -1 : 0;
	}
	return 0;
}

static int set(struct options *o, const char *key, const char *value)
{
	int rc = 0;

	if (strcmp(key, "seed") == 0)
		o->seed = strtoull(value, NULL, 10);
	else if (strcmp(key, "stats") == 0)
		o->stats = value;
	else if (strcmp(key, "pcap") == 0)
		o->pcap = value;
	else if (strcmp(key, "nat") == 0)
		rc = set_nat(o, value);
	else if (strncmp(key, "up.", 3) == 0)
		rc = set_line(&o->line[UP], key + 3, value);
	else if (strncmp(key, "down.", 5) == 0)
		rc = set_line(&o->line[DOWN], key + 5, value);
	else
		rc = set_line(&o->line[UP], key, value) | set_line(&o->line[DOWN], key, value);
	return rc;
}

static int set_side(struct options *o, enum direction side, char *arg)
{
	char *colon = strchr(arg, ':');

	if (!colon)
		return -1;
	*colon = '\0';
	o->space[side] = arg;
	o->device[side] = colon + 1;
	return 0;
}

int options_read(struct options *o, int argc, char **argv)
{
	int i, rc = argc < 3 ? -1 : 0;

	*o = (struct options){.seed = 1};
	for (i = 0; i < DIRECTIONS; i++)
		o->line[i] = (struct line_conf){.queue_bytes = QUEUE_DEFAULT, .burst = 1};
	if (!rc)
		rc = set_side(o, UP, argv[1]) | set_side(o, DOWN, argv[2]);
	if (rc) {
		fputs(usage, stderr);
		return rc;
	}
	for (i = 3; i < argc; i++) {
		char *equals = strchr(argv[i], '=');

		if (equals)
			*equals = '\0';
		if (!equals || set(o, argv[i], equals + 1)) {
			fprintf(stderr, "badlink: what is %s%s%s?\n", argv[i], equals ? "=" : "",
			        equals ? equals + 1 : "");
			return -1;
		}
	}
	return 0;
}
