/* api_account.h - the pages for people with accounts: logging in and out, and what each may ask. */
#ifndef AGENT_API_ACCOUNT_H
#define AGENT_API_ACCOUNT_H

#include "agent/api_in.h"

/* Who asks by the network's way (door_is_net())? Sets c->who. DOOR_OPEN: somebody, or what anybody may have;
 * DOOR_LOGIN: nobody. */
enum door_says api_account_admits(struct call *c);
/* Is it a login or a logout, whose body is a form's? */
bool api_account_posts(const struct http_request *q);
/* Answers those, and the page for logging in; false: it is none of them. */
bool api_account_answers(struct call *c);
/* May c->who ask for that? Then c->q is what he may ask: with himself as its person, and within his unit. ERR_DENIED,
 * ERR_NOTFOUND. Without an account, whatever the request says. */
int api_account_allows(struct call *c, const struct route *t);
/* What he did, for the agent's log. */
void api_account_did(const struct call *c, const struct route *t);
void api_account_json(struct call *c); /* member "account" of the status */

/* Passwords are hashed beside the loop's other work. */
int api_account_timeout_ms(const struct api *a);
void api_account_process(struct api *a);
/* Of a stream that began with r->who: may it go on? */
bool api_account_lasts(struct api *a, uint64_t who);

#endif
