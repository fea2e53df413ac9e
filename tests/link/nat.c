/* nat.c - addresses and ports rewritten in IPv4 and IPv6 packets. */
#include "tests/link/nat.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define IP4_HEADER 20
#define IP6_HEADER 40
#define IP6_FRAGMENT 8

/* Where things are in a packet. */
struct where {
	size_t addr_len;     /* 4 or 16; 0: not an IP packet */
	size_t source, dest; /* offsets of the addresses */
	int protocol;
	size_t payload; /* of its header; 0 in a fragment that is not the first */
};

static struct where where(const uint8_t *p, size_t len)
{
	struct where w = {0};
	unsigned version = len ? p[0] >> 4 : 0;

	if (version == 4 && len >= IP4_HEADER) {
		bool first = ((p[6] & 0x1f) | p[7]) == 0;

		w = (struct where){4, 12, 16, p[9], first ? (p[0] & 15U) * 4 : 0};
	} else if (version == 6 && len >= IP6_HEADER) {
		w = (struct where){16, 8, 24, p[6], IP6_HEADER};
		if (w.protocol == IPPROTO_FRAGMENT && len >= IP6_HEADER + IP6_FRAGMENT) {
			bool first = (p[IP6_HEADER + 2] | (p[IP6_HEADER + 3] & 0xf8)) == 0;

			w.protocol = p[IP6_HEADER];
			w.payload = first ? IP6_HEADER + IP6_FRAGMENT : 0;
		}
	}
	return w;
}

bool nat_is_udp(const uint8_t *p, size_t len)
{
	struct where w = where(p, len);

	return w.addr_len && w.protocol == IPPROTO_UDP;
}

bool nat_is_multicast(const uint8_t *p, size_t len)
{
	struct where w = where(p, len);

	return w.addr_len && (w.addr_len == 4 ? (p[w.dest] & 0xf0) == 0xe0 : p[w.dest] == 0xff);
}

void nat_init(struct nat *n, uint64_t seed)
{
	*n = (struct nat){.seed = seed};
	nat_change(n);
	n->changes = 0;
}

void nat_change(struct nat *n)
{
	n->changes++;
	n->seed = n->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	/* The top bit is left alone, so a port of the ephemeral range stays above the well-known. */
	n->mask = (uint16_t)(n->seed >> 49 | 1);
}

/* One to one, and no port becomes 0. */
static uint16_t mapped(const struct nat *n, uint16_t port)
{
	return port == n->mask ? port : port ^ n->mask;
}

static void outside(const struct nat *n, size_t addr_len, uint8_t addr[16])
{
	inet_pton(addr_len == 4 ? AF_INET : AF_INET6, addr_len == 4 ? NAT_POOL4 : NAT_POOL6, addr);
	addr[addr_len - 1] = (uint8_t)(1 + n->changes % NAT_POOL);
}

/* RFC 1624: the checksum at sum, after the n bytes at old (an even number of them, at an even
 * offset) have become those at new. */
static void fix(uint8_t *sum, const uint8_t *old, const uint8_t *new, size_t n)
{
	uint32_t s = (uint16_t) ~(sum[0] << 8 | sum[1]);
	size_t i;

	for (i = 0; i < n; i += 2) {
		s += (uint16_t) ~(old[i] << 8 | old[i + 1]);
		s += (uint32_t)(new[i] << 8 | new[i + 1]);
	}
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	sum[0] = (uint8_t)(~s >> 8);
	sum[1] = (uint8_t)~s;
}

/* Offset of the checksum over address and ports; 0: there is none. */
static size_t checksum_at(const struct where *w, const uint8_t *p, size_t len)
{
	size_t at, header;

	switch (w->payload ? w->protocol : -1) {
	case IPPROTO_TCP:
		at = w->payload + 16;
		header = 20;
		break;
	case IPPROTO_UDP:
		at = w->payload + 6;
		header = 8;
		if (w->payload + header <= len && !p[at] && !p[at + 1])
			return 0;
		break;
	case IPPROTO_ICMPV6:
		at = w->payload + 2;
		header = 4;
		break;
	default:
		return 0;
	}
	return w->payload + header <= len ? at : 0;
}

static void rewrite(const struct where *w, uint8_t *p, size_t len, size_t addr_at,
                    const uint8_t *addr, size_t port_at, uint16_t port)
{
	size_t sum = checksum_at(w, p, len);
	uint8_t bytes[2] = {(uint8_t)(port >> 8), (uint8_t)port};

	if (w->addr_len == 4)
		fix(p + 10, p + addr_at, addr, 4);
	if (sum) {
		fix(p + sum, p + addr_at, addr, w->addr_len);
		if (port_at)
			fix(p + sum, p + port_at, bytes, 2);
		if (w->protocol == IPPROTO_UDP && !p[sum] && !p[sum + 1])
			p[sum] = p[sum + 1] = 0xff; /* 0 would mean "none" */
	}
	memcpy(p + addr_at, addr, w->addr_len);
	if (port_at)
		memcpy(p + port_at, bytes, 2);
}

/* Offset of the port that a header has at place; 0: it has none. */
static size_t port_offset(const struct where *w, size_t len, size_t place)
{
	bool ports = w->protocol == IPPROTO_TCP || w->protocol == IPPROTO_UDP;

	return ports && w->payload && w->payload + 4 <= len ? w->payload + place : 0;
}

bool nat_out(struct nat *n, uint8_t *p, size_t len)
{
	struct where w = where(p, len);
	uint8_t addr[16];
	size_t port_at;

	if (!w.addr_len)
		return false;
	memcpy(w.addr_len == 4 ? n->inside4 : n->inside6, p + w.source, w.addr_len);
	outside(n, w.addr_len, addr);
	port_at = port_offset(&w, len, 0);
	rewrite(&w, p, len, w.source, addr, port_at,
	        port_at ? mapped(n, (uint16_t)(p[port_at] << 8 | p[port_at + 1])) : 0);
	return true;
}

/* An error quotes a packet of ours as it was outside. */
static bool quotes(const struct where *w, const uint8_t *p, size_t len)
{
	if (!w->payload || w->payload >= len)
		return false;
	if (w->protocol == IPPROTO_ICMP)
		return p[w->payload] != 0 && p[w->payload] != 8;
	return w->protocol == IPPROTO_ICMPV6 && p[w->payload] < 128;
}

bool nat_in(struct nat *n, uint8_t *p, size_t len)
{
	struct where w = where(p, len);
	uint8_t addr[16];
	size_t port_at;

	if (!w.addr_len || quotes(&w, p, len))
		return false;
	outside(n, w.addr_len, addr);
	if (memcmp(p + w.dest, addr, w.addr_len) != 0)
		return false;
	port_at = port_offset(&w, len, 2);
	rewrite(&w, p, len, w.dest, w.addr_len == 4 ? n->inside4 : n->inside6, port_at,
	        port_at ? mapped(n, (uint16_t)(p[port_at] << 8 | p[port_at + 1])) : 0);
	return true;
}
