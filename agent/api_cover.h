/* api_cover.h - what the files of the coverage pages' interface share. */
#ifndef AGENT_API_COVER_H
#define AGENT_API_COVER_H

#include "agent/api_in.h"
#include "storage/figures.h"
#include "storage/value.h"

#define COVER_CHANGES_MAX 20 /* days that are offered as geographies */

/* The days that a request is about. */
struct cover {
	char today[DATE_LEN], as_of[DATE_LEN], geography[DATE_LEN];
	const char *until; /* as_of, or NULL where nobody asked for a day: then all records count */
};
int cover_days(const struct call *c, struct cover *v);
/* The unit that argument "unit" names, by its code on the geography's day or else by today's; this node's. */
int cover_place(struct call *c, const struct geography *g, long *at);
/* The number of the one that argument "indicator" names; without it, of the first that has a target there. */
int cover_indicator(const struct call *c, const struct figures *f, long at, size_t *k);

/* Members of an object. */
void cover_unit(struct json *j, const struct unit *u);
void cover_figure(struct json *j, const struct figure *f);

int api_coverage(struct call *c);
int api_trend(struct call *c);
int api_map(struct call *c);
int api_map_put(struct call *c);
int api_map_drop(struct call *c);

#endif
