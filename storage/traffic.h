/* traffic.h - bytes that went over the network, by month: what a data budget is measured by. */
#ifndef STORAGE_TRAFFIC_H
#define STORAGE_TRAFFIC_H

#include "storage/store.h"

/* month is "2026-11", as people count it where they are. */
int traffic_add(struct store *s, const char *month, uint64_t sent, uint64_t received);
int traffic_get(struct store *s, const char *month, uint64_t *bytes);

/* About how many bytes the next sync sends, headers and all; 0 when nothing waits. parent_scope: the unit
 * that the parent works for. */
int traffic_estimate(struct store *s, int64_t parent_scope, uint64_t *bytes);

#endif
