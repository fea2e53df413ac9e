/* api_office.h - what an office's pages ask: what is to be looked at, the nodes below, targets, forms that are added. */
#ifndef AGENT_API_OFFICE_H
#define AGENT_API_OFFICE_H

#include "agent/api_in.h"

/* A list that goes on where another request stopped: members are counted, those before after are passed over. */
struct api_page {
	int64_t at, after, limit, n;
	bool more;
};
int api_page_open(struct call *c, struct api_page *p); /* arguments limit and after; ERR_BAD */
/* Is the member at hand to be written? 1: nor is any after it, the walk may end. */
int api_page_takes(struct api_page *p, bool *take);
/* Ends the array, and the object with "next"; rc is the walk's. */
int api_page_end(struct call *c, const struct api_page *p, int rc);
/* Members of the object that is open: "unit", "unit_name" and "unit_in"; "node" and "name". */
void api_unit_members(struct call *c, int64_t unit);
void api_node_members(struct call *c, uint32_t number);
/* The record id that the argument person has, or 0. */
int api_person(const struct call *c, int64_t *out);

int api_conflicts(struct call *c);
int api_conflict(struct call *c);
int api_duplicates(struct call *c);
int api_joined(struct call *c);
int api_pair(struct call *c);
int api_quarantine(struct call *c);
int api_nodes(struct call *c);
int api_invite(struct call *c);
int api_node_rename(struct call *c);
int api_node_revoke(struct call *c);
int api_targets(struct call *c);
int api_target_set(struct call *c);
int api_form_file(struct call *c);

#endif
