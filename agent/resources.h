/* resources.h - what any CoAP program may read from an agent: coverage, as figures only.
 */
#ifndef AGENT_RESOURCES_H
#define AGENT_RESOURCES_H

#include "protocol/session.h"

/* For session_listen(): arg is the store. */
extern const struct link_resource agent_resources[];
int agent_get(void *arg, const char *path, const char *query, int accept, int *format,
              struct buf *reply);

#endif
