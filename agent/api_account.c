/* api_account.c - who asks over the network, and what each may: roles and units, in one place. */
#include "agent/api_account.h"

#include "agent/i18n.h"
#include "agent/shown.h"
#include "storage/draft.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BODY_MAX 2048    /* of a form with a name and a password */
#define SLICE_MS 8       /* of hashing, between the loop's other work */
#define SLICE_ROUNDS 500 /* between looks at the clock: under a millisecond */

/* ---- who asks ------------------------------------------------------------------------------------------- */

static bool is_api(const struct http_request *q)
{
	return !strncmp(q->path, "/api/", 5);
}

static bool is_logout(const struct http_request *q)
{
	return !strcmp(q->path, "/logout");
}

bool api_account_posts(const struct http_request *q)
{
	return !strcmp(q->method, "POST") && !is_api(q);
}

/* Nobody comes in by a list that cannot be read; that is said once. */
static void load(struct api *a)
{
	bool bad = accounts_load(a->ctx->home, &a->accounts) != 0;

	if (bad && !a->accounts_bad)
		fprintf(stderr, "cayda: %s\n", err_text());
	a->accounts_bad = bad;
}

enum door_says api_account_admits(struct call *c)
{
	char token[DOOR_TEXT];

	load(c->a);
	c->who = NULL;
	if (door_token(&c->a->door, c->q, token))
		c->who = login_who(c->a->login, &c->a->accounts, token, door_now_ms());
	password_wipe(token, sizeof token);
	if (c->who || api_account_posts(c->q) || !strcmp(c->q->path, "/login"))
		return DOOR_OPEN;
	return DOOR_LOGIN;
}

bool api_account_lasts(struct api *a, uint64_t who)
{
	if (who)
		load(a);
	return !who || login_lasts(a->login, &a->accounts, who, door_now_ms());
}

/* ---- in and out ------------------------------------------------------------------------------------------- */

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* A field of application/x-www-form-urlencoded; "" when it is not there or does not fit. */
static void field(const char *body, const char *name, char *out, size_t cap)
{
	size_t len = strlen(name), n = 0;
	const char *p = body;

	memset(out, 0, cap);
	while (p && (strncmp(p, name, len) != 0 || p[len] != '='))
		p = strchr(p, '&') ? strchr(p, '&') + 1 : NULL;
	for (p = p ? p + len + 1 : ""; *p && *p != '&'; p++) {
		bool coded = *p == '%' && hex(p[1]) >= 0 && hex(p[2]) >= 0;

		if (n + 1 == cap) {
			memset(out, 0, cap);
			return;
		}
		out[n++] = (char)(coded ? hex(p[1]) << 4 | hex(p[2]) : *p == '+' ? ' ' : *p);
		p += coded ? 2 : 0;
	}
}

/* As it was meant: without a space that a keyboard added, or its capital. */
static void tidy_name(char *name)
{
	char *from = name + strspn(name, " "), *p;

	memmove(name, from, strlen(from) + 1);
	name[strcspn(name, " ")] = 0;
	for (p = name; *p; p++)
		*p = (char)tolower((unsigned char)*p);
}

/* The proxy's own word is the last; who is before it may say anything. */
static const char *peer(const struct call *c, char out[HTTP_ADDR_TEXT])
{
	const char *said = c->q->loopback ? c->q->forwarded : NULL, *last;

	snprintf(out, HTTP_ADDR_TEXT, "%s", c->q->peer);
	if (said) {
		last = strrchr(said, ',');
		last = last ? last + 1 : said;
		last += strspn(last, " ");
		snprintf(out, HTTP_ADDR_TEXT, "%.*s", (int)strspn(last, "0123456789abcdefABCDEF.:"),
		         last);
	}
	return out;
}

static void try(struct call *c)
{
	char name[PASSWORD_MAX + 1], password[PASSWORD_MAX + 1], addr[HTTP_ADDR_TEXT];
	const struct account *a;
	int wait_s, rc;

	field(c->q->body, "name", name, sizeof name);
	field(c->q->body, "password", password, sizeof password);
	tidy_name(name);
	a = accounts_find(&c->a->accounts, name);
	rc = login_begin(c->a->login, a, name, password, peer(c, addr), door_now_ms(), c->q->ticket,
	                 &wait_s);
	password_wipe(password, sizeof password);
	c->r->later = rc == 0;
	if (!rc)
		return;
	c->r->retry_s = wait_s;
	api_page_login(c, rc == ERR_DENIED ? 429 : rc == ERR_BAD ? 400 : 503, err_text());
}

static void come_in(struct call *c)
{
	char token[LOGIN_TOKEN_TEXT], name[PASSWORD_MAX + 1], addr[HTTP_ADDR_TEXT];
	int rc = login_end(c->a->login, *c->q->ticket, door_now_ms(), token);

	c->r->later = rc == ERR_BUSY;
	if (c->r->later)
		return;
	if (!rc) {
		c->r->status = 303;
		c->r->location = "/";
		door_set_login(&c->a->door, c->q, token, c->r->cookie);
		password_wipe(token, sizeof token);
		return;
	}
	field(c->q->body, "name", name, sizeof name);
	tidy_name(name);
	fprintf(stderr, "cayda: pages: a wrong password for %s from %s\n",
	        accounts_find(&c->a->accounts, name) ? name : "an account that is none",
	        peer(c, addr));
	api_page_login(c, rc == ERR_DENIED ? 401 : 503, err_text());
}

static void leave(struct call *c)
{
	char token[DOOR_TEXT];

	if (door_token(&c->a->door, c->q, token))
		login_out(c->a->login, token);
	c->r->status = 303;
	c->r->location = "/login";
	door_set_login(&c->a->door, c->q, NULL, c->r->cookie);
	http_news(c->a->http); /* whose streams end */
}

bool api_account_answers(struct call *c)
{
	if (!api_account_posts(c->q)) {
		if (strcmp(c->q->path, "/login") != 0)
			return false;
		api_page_login(c, 200, NULL);
	} else if (is_logout(c->q)) {
		leave(c);
	} else if (c->q->len > BODY_MAX) {
		api_page_login(c, 413, _("the request is too big"));
	} else if (*c->q->ticket) {
		come_in(c);
	} else {
		try(c);
	}
	return true;
}

/* ---- the loop ---------------------------------------------------------------------------------------------- */

int api_account_timeout_ms(const struct api *a)
{
	return a->login && login_works(a->login) ? 0 : -1;
}

void api_account_process(struct api *a)
{
	int64_t until = http_now_ms() + SLICE_MS;
	bool ended = false;

	if (!a->login || !login_works(a->login))
		return;
	do
		ended |= login_step(a->login, SLICE_ROUNDS, door_now_ms());
	while (login_works(a->login) && http_now_ms() < until);
	if (ended)
		http_again(a->http);
}

/* ---- what each may ------------------------------------------------------------------------------------------- */

static enum account_role needed(const struct route *t)
{
	if (t->whose & AS_EDITOR)
		return ACCOUNT_EDITOR;
	return strcmp(t->method, "GET") ? ACCOUNT_ADMIN : ACCOUNT_VIEWER;
}

/* value NULL: it is not there. What does not find room is not seen, as in any request. */
static void set_arg(struct http_request *q, const char *name, const char *value)
{
	struct http_arg old[HTTP_ARGS_MAX];
	size_t n = q->nargs, i;

	memcpy(old, q->arg, sizeof old);
	q->nargs = 0;
	if (value)
		q->arg[q->nargs++] = (struct http_arg){name, value};
	for (i = 0; i < n && q->nargs < HTTP_ARGS_MAX; i++)
		if (strcmp(old[i].name, name) != 0)
			q->arg[q->nargs++] = old[i];
}

static int beyond(const struct call *c)
{
	return err(ERR_DENIED, "your account is for %s (%s): that lies outside of it", c->unit.name,
	           c->unit.code);
}

int api_within(const struct call *c, int64_t unit)
{
	return c->who && !unit_within(c->ctx->s, unit, c->unit.id) ? beyond(c) : 0;
}

static int unit_in(struct call *c, const char *name)
{
	const char *ref = http_arg(c->q, name);
	struct unit u;
	int rc;

	if (!ref || !*ref) {
		set_arg(&c->own, name, c->unit.code);
		return 0;
	}
	rc = unit_find(c->ctx->s, ref, &u);
	if (!rc && !unit_within(c->ctx->s, u.id, c->unit.id))
		rc = beyond(c);
	return rc;
}

static int record_in(struct call *c, const char *ref)
{
	struct record *r = NULL;
	struct answers a;
	int64_t id;
	int rc = shown_find(c->ctx, ref, http_arg(c->q, "unit"), &a, &id);

	if (!rc)
		rc = record_get(c->ctx->s, a.form, id, &r);
	if (!rc && !unit_within(c->ctx->s, r->unit, c->unit.id))
		rc = beyond(c);
	record_free(r);
	answers_release(&a);
	return rc;
}

/* One that is not there yet is anybody's. */
static int draft_own(struct call *c, const char *name)
{
	struct draft d;
	int rc = name ? draft_get(c->ctx->s, name, &d, NULL) : ERR_NOTFOUND;

	if (rc == ERR_NOTFOUND)
		return 0;
	return !rc && (!d.person || d.person != c->who->person)
	               ? err(ERR_DENIED, "somebody else began that: it is not yours")
	               : rc;
}

static int within(struct call *c, const struct route *t)
{
	static const char *const records[] = {"record", "other"}; /* arguments that name one */
	int rc = 0;
	size_t i;

	if (!(t->whose & (OF_ALL | OF_UNIT | OF_PARENT | OF_RECORD | OF_DRAFT)))
		return beyond(c);
	if (t->whose & (OF_UNIT | OF_RECORD))
		rc = unit_in(c, "unit");
	if (!rc && t->whose & OF_PARENT)
		rc = unit_in(c, "parent");
	if (!rc && t->whose & OF_RECORD)
		rc = record_in(c, c->part[0]);
	for (i = 0; !rc && i < sizeof records / sizeof *records; i++) {
		const char *ref = http_arg(c->q, records[i]);

		if (ref && *ref)
			rc = record_in(c, ref);
	}
	return rc;
}

int api_account_allows(struct call *c, const struct route *t)
{
	const struct account *a = c->who;
	int rc;

	if (!a)
		return 0;
	if (a->role < needed(t))
		return a->role == ACCOUNT_VIEWER
		               ? err(ERR_DENIED,
		                     "your account may only read: ask whoever gave it to you")
		               : err(ERR_DENIED,
		                     "your account may read and record, but not this: ask whoever "
		                     "gave it to you");
	c->own = *c->q;
	c->q = &c->own;
	set_arg(&c->own, "person", a->person ? id_text(a->person, c->person) : NULL);
	rc = draft_own(c, t->whose & OF_DRAFT ? c->part[0] : http_arg(c->q, "draft"));
	if (!rc)
		rc = unit_get(c->ctx->s, a->unit, &c->unit);
	if (rc || unit_within(c->ctx->s, c->ctx->s->self.scope, a->unit))
		return rc;
	return within(c, t);
}

void api_account_did(const struct call *c, const struct route *t)
{
	if (c->who && strcmp(t->method, "GET") != 0 && !(t->whose & NO_TRACE))
		fprintf(stderr, "cayda: pages: %s: %s %s\n", c->who->name, t->method, c->q->path);
}

void api_account_json(struct call *c)
{
	struct json *j = &c->j;
	char id[ID_TEXT];

	json_key(j, "account");
	if (!c->who) {
		json_null(j);
		return;
	}
	json_object(j);
	json_kstr(j, "name", c->who->name);
	json_kstr(j, "role", account_role_name(c->who->role));
	json_kstr(j, "unit", c->unit.code);
	json_kstr(j, "unit_name", c->unit.name);
	json_kstr(j, "person", c->who->person ? id_text(c->who->person, id) : NULL);
	json_end(j);
}
