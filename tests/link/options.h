/* options.h - what badlink is told on its command line. */
#ifndef TESTS_LINK_OPTIONS_H
#define TESTS_LINK_OPTIONS_H

#include "tests/link/line.h"

enum direction { UP, DOWN, DIRECTIONS }; /* up: from the near side to the far one */

enum nat_when { NAT_NONE, NAT_SIGNAL, NAT_OUTAGE, NAT_TIMER };

struct options {
	const char *space[DIRECTIONS];  /* network namespaces, by name: near, far */
	const char *device[DIRECTIONS]; /* TUN devices in them */
	struct line_conf line[DIRECTIONS];
	enum nat_when nat;
	int64_t nat_every; /* ns, with NAT_TIMER */
	uint64_t seed;
	const char *stats, *pcap; /* paths, or NULL */
};

/* Borrows from argv. 0, or -1 after a line on stderr. */
int options_read(struct options *o, int argc, char **argv);

#endif
