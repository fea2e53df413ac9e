/* tcp.h - a download by TCP on the line of a bed: New Reno with selective acknowledgements, which always has
 * more to send. What share of the line does it get? */
#ifndef TESTS_LINE_TCP_H
#define TESTS_LINE_TCP_H

#include "tests/line/bed.h"

#define TCP_FLYING 2048  /* segments not acknowledged, at most */
#define TCP_SEGMENT 1500 /* bytes of its packet */

struct tcp {
	double window, threshold; /* segments */
	uint64_t next, first; /* numbers: of the next new segment, of the first not acknowledged */
	uint64_t recover;     /* losses before it have halved the window already */
	unsigned flying;      /* segments believed to be on the line */
	uint64_t delivered;   /* segments that arrived, each once */
	int64_t heard, rtt;   /* us */
	struct tcp_segment {
		bool acked, flying, lost, came;
		int64_t sent_at;
		uint64_t order; /* of sending */
	} segment[TCP_FLYING];  /* by number modulo */
	uint64_t order;
	struct tcp_event {
		int64_t at; /* us */
		uint64_t number, order;
		bool back; /* an acknowledgement */
	} event[2 * TCP_FLYING];
	unsigned events;
};

void tcp_join(struct tcp *t, struct bed *b); /* from now on */

#endif
