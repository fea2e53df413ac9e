/* api_in.h - what the files of the JSON interface share: a call, and its routes. */
#ifndef AGENT_API_IN_H
#define AGENT_API_IN_H

#include "agent/api.h"
#include "agent/http_door.h"
#include "agent/login.h"
#include "agent/out.h"
#include "storage/err.h"

#define API_PARTS 2      /* of a path, that name something */
#define API_PART_MAX 128 /* bytes of one */
#define API_PAGE 50      /* members of a list, unless "limit" says otherwise */
#define API_PAGE_MAX 500

struct api_sync {
	bool asked;  /* by a page, the agent has not seen it yet */
	bool wanted; /* by a page, and it has not ended yet */
	bool busy;
	uint64_t done, total;
	int64_t ended_ms; /* wall clock; 0: none since the agent began */
	int rc;
	char error[ERR_TEXT_MAX];
	struct session_result last;
};

/* What events are about: a stream is told of those whose number it has not seen. */
enum api_news { NEWS_SYNC, NEWS_RECORDS, NEWS_COUNT };

struct api {
	struct ctx *ctx;            /* ctx->s NULL: the home is no node yet */
	const struct route *routes; /* NULL: api_routes */
	const char *lang;           /* the agent's own */
	struct http *http;
	struct door door;
	struct login *login; /* owned; NULL: nobody comes over the network */
	struct accounts accounts;
	bool accounts_bad; /* that was said */
	struct api_sync sync;
	struct children children; /* reports that are being made */
	uint32_t news[NEWS_COUNT];
	int64_t told; /* when streams were, last */
	bool due;     /* there is news since then */
};

struct call {
	struct api *a;
	struct ctx *ctx;
	const struct http_request *q;
	struct http_reply *r;
	struct json j; /* writes to r */
	char part[API_PARTS][API_PART_MAX];
	/* Over the network; else nobody is named, and all is allowed */
	bool net;
	const struct account *who; /* borrowed until the request is answered; NULL: nobody */
	struct unit unit;          /* who's */
	struct http_request own;   /* what q is then */
	char person[ID_TEXT];
};

/* Answers one route: 0, or ERR_* whose text is told; what was written until then is forgotten. */
struct route {
	const char *method, *path; /* each "*" is a part */
	int (*fn)(struct call *c);
	unsigned whose;
};
/* Which account may ask it: who only reads what is GET, an admin all; and of which places. What says of none is for accounts of
 * all that this node has. */
enum {
	AS_EDITOR = 1,  /* an editor too */
	OF_ALL = 2,     /* it is of no place: forms, how the sync goes */
	OF_UNIT = 4,    /* of what lies in the argument "unit" */
	OF_PARENT = 8,  /* of what lies in the argument "parent" */
	OF_RECORD = 16, /* of the record that the first part names */
	OF_DRAFT = 32,  /* of the draft that the first part names */
	NO_TRACE = 64   /* writes nothing, or too often to be told in the log */
};
extern const struct route api_routes[];      /* ends with a NULL method; in api_routes.c */
extern const struct route api_join_routes[]; /* of a home that is no node yet */
/* The one that a request is for, with c->part filled in. NULL: none; *other when only the method is another. */
const struct route *api_route(struct call *c, bool *other);

/* The number that an argument says, or otherwise. ERR_BAD. */
int api_number(const struct call *c, const char *name, int64_t min, int64_t max, int64_t otherwise,
               int64_t *out);
int api_limit(const struct call *c, int64_t *out);
/* The unit that an argument names; without one, this node's. */
int api_unit(struct call *c, const char *name, struct unit *out);
/* ERR_DENIED where c's account is not for that unit: a code that was looked at already may be another's on another day. */
int api_within(const struct call *c, int64_t unit);
/* A JSON object of texts by language, or null. */
void api_labels(struct json *j, const char *key, const char *labels);

/* Gives the answer the tag of its bytes; true when the browser has them: then the answer is 304, without them. */
bool api_known(struct call *c, const void *data, size_t len);

/* See struct http_handler; arg is the struct api. */
bool api_admit(void *arg, const struct http_request *q, struct http_reply *r);
void api_answer(void *arg, const struct http_request *q, struct http_reply *r);
size_t api_stream(void *arg, uint64_t who, uint64_t *seen, char *out, size_t cap);

int api_status(struct call *c);
int api_join(struct call *c);
int api_join_status(struct call *c);
int api_sync_state(struct call *c);
int api_sync_ask(struct call *c);
int api_events(struct call *c);
int api_events_timeout_ms(const struct api *a);
void api_events_process(struct api *a);
int api_reports(struct call *c);
int api_report(struct call *c);
void api_sync_json(struct call *c);
/* The pages' own files, embedded; "/" is index.html. */
int api_web(struct call *c);
bool api_web_public(const char *path); /* is it one of them, but not "/"? */
int api_page_status(struct call *c);
int api_page_style(struct call *c);
/* What stands in the place of pages for who may not see them; and after `cayda open`. */
void api_page_closed(struct call *c);
void api_page_opened(struct call *c);
/* Where one logs in; wrong: why that failed, or NULL. */
void api_page_login(struct call *c, unsigned status, const char *wrong);

#endif
