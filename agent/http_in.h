/* http_in.h - what http.c and http_reply.c share. */
#ifndef AGENT_HTTP_IN_H
#define AGENT_HTTP_IN_H

#include "agent/http.h"
#include "storage/buf.h"

#include <microhttpd.h>

struct stream {
	struct http *h;
	struct MHD_Connection *c; /* NULL: free */
	uint64_t who, seen;       /* see struct http_handler */
	bool waits;               /* suspended until there is news */
	bool beat;                /* a sign of life is due */
};

/* A connection, from the longest without a request to the newest. */
struct conn {
	struct conn *prev, *next;
	struct MHD_Connection *c;
	int fd;
	bool streams, told_off; /* told_off: its end was asked for */
	bool waits;             /* suspended until http_again() */
};

#define HTTP_LISTEN (HTTP_FDS - 1)

struct http {
	struct MHD_Daemon *mhd;
	struct http_handler handler;
	int listen[HTTP_LISTEN]; /* 127.0.0.1, ::1, another; -1: not there */
	int port;
	struct conn oldest; /* ring of connections: oldest.next is the oldest */
	size_t nconn;       /* those told off left out */
	size_t bodies;      /* bytes promised */
	int waiting;        /* connections that wait */
	int64_t deaf_until; /* no descriptor was to be had: 0, or when to accept again */
	int64_t beat;       /* when streams' signs of life are due */
	struct stream stream[HTTP_STREAMS];
	bool closing;
};

/* Queues it on c; r is closed, and its text taken. */
enum MHD_Result http_reply_send(struct http *h, struct MHD_Connection *c, struct http_reply *r);
/* An error of this level, as JSON. */
enum MHD_Result http_refuse(struct http *h, struct MHD_Connection *c, unsigned status,
                            const char *why);
/* http_listen.c: opens 127.0.0.1 and ::1 at the port, 0 for any. ERR_BUSY, ERR_IO. */
int http_listen_loopback(struct http *h, int port);
/* Fills in peer, here and loopback. */
void http_whence(struct MHD_Connection *c, struct http_request *q);
/* Takes a place of h's for a stream on c; NULL: none is free. */
struct stream *http_stream_take(struct http *h, struct MHD_Connection *c);

#endif
