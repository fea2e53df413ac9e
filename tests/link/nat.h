/* nat.h - a router that gives the one host behind it another address, and at times a new one.
 *
 * Pure. Ports are mapped one to one by a mask that changes with the address, so nothing is kept
 * about flows, and fragments need no memory. What still comes to an address of before is refused,
 * as is ICMP that quotes a packet.
 */
#ifndef TESTS_LINK_NAT_H
#define TESTS_LINK_NAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The addresses outside: these prefixes with 1 to 250 as the last byte (RFC 5737, RFC 3849). */
#define NAT_POOL4 "203.0.113.0"
#define NAT_POOL6 "2001:db8:2::"
#define NAT_POOL 250

struct nat {
	uint64_t changes;   /* addresses had before */
	uint16_t mask;      /* port outside = port inside ^ mask */
	uint8_t inside4[4]; /* of the last packet that went out */
	uint8_t inside6[16];
	uint64_t seed;
};

void nat_init(struct nat *n, uint64_t seed);
void nat_change(struct nat *n);

/* Rewrites the source of a packet that goes out, or the destination of one that comes in, with
 * its checksums. False: it may not pass. */
bool nat_out(struct nat *n, uint8_t *packet, size_t len);
bool nat_in(struct nat *n, uint8_t *packet, size_t len);

/* What the line asks of a packet too. */
bool nat_is_udp(const uint8_t *packet, size_t len);
bool nat_is_multicast(const uint8_t *packet, size_t len);

#endif
