/* explain.h - what `cayda indicator` shows of one indicator. */
#ifndef AGENT_EXPLAIN_H
#define AGENT_EXPLAIN_H

#include "agent/cmd.h"
#include "agent/out.h"
#include "storage/indicator_tell.h"

/* Which records count: "the latest of each household", translated, in the place of what out holds. */
void explain_counted(const struct definition *d, struct buf *out);
/* Begins an object with the definition in it; the caller goes on and ends it. */
void explain_json(struct json *j, const struct definition *d);

/* A target as three cells: share, year, document; and as an object. */
void explain_target_cells(struct table *table, const struct target *t);
void explain_target_json(struct json *j, const struct target *t);

/* Its definition, all its targets, and who set and changed them. */
int explain_show(struct ctx *ctx, const char *code);

struct explain {
	struct figures_of of;
	const char *when; /* as the user wrote it: a day or a period; NULL: today */
	const char *unit; /* NULL: this node's own */
	int64_t limit;    /* records shown, at most EXPLAINED_MAX */
};
/* Explains a figure down to its records. */
int explain_figure(struct ctx *ctx, const struct explain *t);

#endif
