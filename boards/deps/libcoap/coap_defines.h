/* coap_defines.h - what of libcoap is built in.
 *
 * Off: OSCORE, WebSockets, Q-Block, proxy, Unix sockets, threads (one poll loop), observers kept over a
 * restart. */
#ifndef COAP_DEFINES_H_
#define COAP_DEFINES_H_

#define COAP_ASYNC_SUPPORT 1
#define COAP_CLIENT_SUPPORT 1
#define COAP_DEFAULT_MTU 1472 /* what an Ethernet's packet carries; who sends decides what a path takes */
#define COAP_DEFAULT_MAX_PDU_RX_SIZE 2048UL /* over a stream, where a peer could name megabytes */
#define COAP_DISABLE_TCP 0
#define COAP_EPOLL_SUPPORT 1
#define COAP_IPV4_SUPPORT 1
#define COAP_IPV6_SUPPORT 1
#define COAP_MAX_LOGGING_LEVEL 8
#define COAP_SERVER_SUPPORT 1
#define COAP_WITH_LIBMBEDTLS 1

#endif
