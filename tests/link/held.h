/* held.h - packets on their way, by the time at which they come out. */
#ifndef TESTS_LINK_HELD_H
#define TESTS_LINK_HELD_H

#include <stddef.h>
#include <stdint.h>

#define HELD_MAX 65536   /* packets: 100 Mbit/s for 8 s; more are dropped */
#define HELD_PACKET 2048 /* bytes, over any MTU that the devices are given */

struct packet {
	int64_t at;    /* ns since the line began */
	uint64_t nth;  /* those of one time keep their order */
	int direction; /* what the caller wants to know of it */
	size_t len;
	uint8_t data[HELD_PACKET];
};

struct held {
	struct packet **heap;
	size_t n, room;
	uint64_t nth;
};

/* Copies the packet. -1: too many, too long, or no memory. */
int held_put(struct held *h, int64_t at, int direction, const uint8_t *data, size_t len);

/* The one that comes out first, or NULL; borrowed until held_drop(). */
struct packet *held_first(const struct held *h);
void held_drop(struct held *h); /* there is one */

void held_release(struct held *h);

#endif
