/* session_network.h - the machine that a session runs on: its network, its clocks.
 *
 * Private to session*.c.
 */
#ifndef PROTOCOL_SESSION_NETWORK_H
#define PROTOCOL_SESSION_NETWORK_H

#include "storage/network.h"

#include <stdbool.h>

int64_t session_now_us(void); /* monotonic */

/* What tells the network that we are in: the interface and router of the default route. */
void session_network(char out[NETWORK_NAME]);

/* The clock's offset was learnt since this machine was started, and the clock was not set since. */
bool session_clock_known(struct store *s);
/* It was learnt now. Writes only when there is something new to remember. */
int session_clock_learnt(struct store *s);

#endif
