/* explain.h - what `cayda indicator` shows of one indicator. */
#ifndef AGENT_EXPLAIN_H
#define AGENT_EXPLAIN_H

#include "agent/cmd.h"
#include "agent/out.h"
#include "storage/indicator_tell.h"

/* Which records count: "the latest of each household". Appended, translated. */
void explain_counted(const struct definition *d, struct buf *out);
/* Begins an object with the definition in it; the caller goes on and ends it. */
void explain_json(struct json *j, const struct definition *d);

struct explain {
	const char *code;
	const char *unit; /* NULL: this node's own */
	const char *day;  /* YYYY-MM-DD; NULL: all */
	int64_t limit;    /* records shown, at most EXPLAINED_MAX */
};
/* Explains a figure down to its records. */
int explain_figure(struct ctx *ctx, const struct explain *t);

#endif
