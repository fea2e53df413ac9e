/* boundaries.h - the part of `cayda unit` that is about maps. */
#ifndef AGENT_BOUNDARIES_H
#define AGENT_BOUNDARIES_H

#include "agent/cmd.h"

/* Keeps the file as of a day (NULL: since ever), forgets that of the day, or without either lists what is kept. */
int boundaries_run(struct ctx *ctx, const char *path, const char *valid_from, bool drop);

#endif
