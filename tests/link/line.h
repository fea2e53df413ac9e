/* line.h - one direction of a bad line: what becomes of each packet, and when.
 *
 * Pure: it is told the time, holds no packet and does no I/O, so that its figures can be proved
 * in virtual time. Times are nanoseconds since the line began.
 */
#ifndef TESTS_LINK_LINE_H
#define TESTS_LINK_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_COPIES 2 /* at most, of one packet */

struct line_conf {
	uint64_t rate;        /* bit/s of IP packets; 0: no limit */
	int64_t delay;        /* one way, after the last bit has left */
	uint64_t queue_bytes; /* a packet that finds more waiting is dropped; 0: no limit */
	int64_t queue;        /* the same as time, used instead when it is not 0 */
	double loss;          /* share of the packets that left: they took their time of the line */
	double burst;         /* mean length of a run of losses (Gilbert); 1: independent */
	double reorder;       /* share that comes reorder_by later, overtaken by others */
	int64_t reorder_by;
	double duplicate; /* share that comes twice */
	int64_t outage,
		outage_every; /* nothing passes for the last `outage` of each `outage_every` */
	size_t mtu;           /* a longer packet vanishes, and nobody is told; 0: no limit */
	bool no_udp;          /* UDP vanishes */
};

/* Why a packet did not pass. LINE_NAT is for the caller to count: nat.h refused it. */
enum line_fate {
	LINE_SENT,      /* put on the line by its sender: all of them */
	LINE_DELIVERED, /* copies that came out */
	LINE_LOST,
	LINE_QUEUE,
	LINE_OUTAGE,
	LINE_MTU,
	LINE_BLOCKED,
	LINE_NAT,
	LINE_DUPLICATED, /* second copies */
	LINE_FATES
};

struct line {
	struct line_conf conf;
	int64_t free_at; /* when the last bit of what waits will have left */
	uint64_t random; /* state of the generator */
	bool bad;        /* Gilbert: packets are being lost */
	struct {
		uint64_t packets, bytes; /* bytes of IP packets */
	} count[LINE_FATES];
};

/* Equal seeds and packets have equal fates. */
void line_init(struct line *l, const struct line_conf *conf, uint64_t seed);

/* A packet (IP, from its first byte) is put on the line. Returns how many copies come out, and
 * when, in at; counts all but LINE_DELIVERED, which is the caller's to count. */
int line_take(struct line *l, int64_t now, const uint8_t *packet, size_t len,
              int64_t at[LINE_COPIES]);

void line_count(struct line *l, enum line_fate fate, size_t len);

/* How many outages have ended. */
int64_t line_outages(const struct line_conf *conf, int64_t now);

#endif
