/* api_routes.c - what pages can ask, and which account may: a line each. */
#include "agent/api_cover.h"
#include "agent/api_form.h"
#include "agent/api_office.h"

#include <string.h>

const struct route api_routes[] = {
	{"GET", "/", api_web, OF_ALL},
	{"GET", "/status", api_page_status, OF_ALL},
	{"GET", "/style.css", api_page_style, OF_ALL},
	{"GET", "/*", api_web, OF_ALL},
	{"GET", "/api/status", api_status, OF_ALL},
	{"POST", "/api/join", api_join, 0},
	{"GET", "/api/sync", api_sync_state, OF_ALL},
	{"POST", "/api/sync", api_sync_ask, AS_EDITOR | OF_ALL},
	{"GET", "/api/events", api_events, OF_ALL},
	{"GET", "/api/reports", api_reports, OF_ALL},
	{"GET", "/api/report/*", api_report, OF_UNIT},
	{"GET", "/api/coverage", api_coverage, OF_UNIT},
	{"GET", "/api/trend", api_trend, OF_UNIT},
	{"GET", "/api/map/*", api_map, OF_ALL},
	{"PUT", "/api/map/*", api_map_put, 0},
	{"DELETE", "/api/map/*", api_map_drop, 0},
	{"GET", "/api/units", api_units, OF_PARENT},
	{"GET", "/api/targets", api_targets, OF_UNIT},
	{"PUT", "/api/target", api_target_set, 0},
	{"GET", "/api/conflicts", api_conflicts, OF_UNIT},
	{"GET", "/api/duplicates", api_duplicates, OF_UNIT},
	{"GET", "/api/joined", api_joined, OF_UNIT},
	{"GET", "/api/quarantine", api_quarantine, OF_UNIT},
	{"GET", "/api/nodes", api_nodes, OF_UNIT},
	{"POST", "/api/invite", api_invite, 0},
	{"PATCH", "/api/node/*", api_node_rename, 0},
	{"POST", "/api/node/*/revoke", api_node_revoke, 0},
	{"POST", "/api/form-file", api_form_file, 0},
	{"GET", "/api/forms", api_forms, OF_ALL},
	{"GET", "/api/form/*", api_form, OF_ALL},
	{"GET", "/api/form/*/list/*", api_list, OF_ALL},
	{"POST", "/api/form/*/choices/*", api_choices, AS_EDITOR | OF_UNIT | NO_TRACE},
	{"POST", "/api/form/*/check", api_check, AS_EDITOR | OF_UNIT | NO_TRACE},
	{"GET", "/api/about/*", api_about, OF_UNIT},
	{"GET", "/api/records", api_list_records, OF_UNIT},
	{"POST", "/api/record", api_add, AS_EDITOR | OF_UNIT},
	{"GET", "/api/record/*", api_record, OF_RECORD},
	{"PATCH", "/api/record/*", api_edit, AS_EDITOR | OF_RECORD},
	{"GET", "/api/record/*/history", api_history, OF_RECORD},
	{"POST", "/api/record/*/settle/*", api_conflict, AS_EDITOR | OF_RECORD},
	{"POST", "/api/record/*/same/*", api_pair, AS_EDITOR | OF_RECORD},
	{"GET", "/api/drafts", api_drafts, OF_ALL},
	{"GET", "/api/draft/*", api_draft, OF_DRAFT},
	{"PUT", "/api/draft/*", api_draft_put, AS_EDITOR | OF_UNIT | OF_DRAFT | NO_TRACE},
	{"DELETE", "/api/draft/*", api_draft_drop, AS_EDITOR | OF_DRAFT | NO_TRACE},
	{NULL, NULL, NULL, 0},
};

/* Does path fit, and which parts does it name? */
static bool fits(struct call *c, const char *pattern, const char *path)
{
	size_t n = 0, len;

	while (*pattern && *pattern != '*' ? *pattern == *path : *pattern == '*') {
		if (*pattern++ != '*') {
			path++;
			continue;
		}
		len = strcspn(path, "/");
		if (!len || len >= API_PART_MAX || n == API_PARTS)
			return false;
		memcpy(c->part[n], path, len);
		c->part[n++][len] = 0;
		path += len;
	}
	return !*pattern && !*path;
}

/* A HEAD is a GET whose body is not sent. */
const struct route *api_route(struct call *c, bool *other)
{
	const char *method = strcmp(c->q->method, "HEAD") ? c->q->method : "GET";
	const struct route *t;

	*other = false;
	for (t = c->a->routes ? c->a->routes : api_routes; t->method; t++) {
		if (!fits(c, t->path, c->q->path))
			continue;
		if (!strcmp(t->method, method))
			return t;
		*other = true;
	}
	return NULL;
}
