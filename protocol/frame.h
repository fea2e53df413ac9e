/* frame.h - a string of bytes through a bad line, one datagram a frame.
 *
 * A transfer carries up to FRAME_LEN_MAX bytes from one end of an authenticated relation to the
 * other; either end may send. Its id is a prefix of a hash over the content, so that the same
 * content is the same transfer also after a restart. frame_send.h sends one, frame_table.h holds
 * those that come. All of it is pure: bytes in, bytes out, told the time; no I/O.
 *
 * The bytes are cut into symbols of one size. A frame carries a symbol as it is (source), or a
 * combination over GF(256) of the symbols of one window (repair), or nothing (probe). Any so many
 * frames as a window has symbols give the window. The receiver answers frames that ask with a
 * state: how many it has and when they came; no frame is sent twice by a sender's life, and no
 * symbol that a state named is sent again. Format: PROTOCOL.md, "Frames".
 *
 * Times are microseconds of any monotonic clock of the caller's.
 */
#ifndef PROTOCOL_FRAME_H
#define PROTOCOL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_ID 8                  /* bytes of a transfer's id */
#define FRAME_LEN_MAX (1024 * 1024) /* bytes of a transfer; a push is far less */
#define FRAME_ROOM_MAX 1452         /* bytes of a frame: Ethernet's 1,500 less IPv6 and UDP */
#define FRAME_ROOM_MIN 480          /* IPv4's 576 that every host takes, less link's 96 */
#define FRAME_ROOM 1184             /* default: IPv6's 1,280 that every network takes, less 96 */
#define FRAME_OVERHEAD 76           /* default: IPv4, UDP, record with CID, CoAP */
#define FRAME_SYMBOLS_MAX 3072      /* so that a state with its map fits FRAME_ROOM_MIN */
#define FRAME_WINDOW 128            /* symbols of a window: the work and memory of solving one */
#define FRAME_WINDOWS_MAX (FRAME_SYMBOLS_MAX / FRAME_WINDOW)
#define FRAME_STATE_MAX FRAME_ROOM_MIN /* bytes of a state */

/* What is known of a line: in and out, so that the caller can keep it for the network. Zeroed:
 * nothing is known. */
struct frame_line {
	uint32_t rate;   /* bytes a second, IP headers included; 0: not known */
	uint32_t rtt_us; /* least round trip; 0: not known */
	uint16_t loss;   /* share of the frames, of 65,536 */
	uint16_t room;   /* bytes of a frame that are known to pass when FRAME_ROOM do not; or 0 */
};

/* The name and shape of a transfer, as frames say it. */
struct frame_name {
	uint8_t id[FRAME_ID];
	uint32_t len;  /* bytes of the transfer */
	uint16_t size; /* bytes of a symbol; the last one is shorter in its source frame */
};

/* The transfer that a state (what the receiver of a transfer says) is about: 0 and at least the
 * first two bytes of the id in tag; ERR_BAD for anything else, such as a frame. For a caller that
 * sends several transfers or both sends and receives: every datagram is a frame or a state. */
int frame_is_state(const uint8_t *bytes, size_t len, uint8_t tag[2]);

#endif
